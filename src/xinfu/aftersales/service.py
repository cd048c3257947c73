"""Use-cases of after-sales requests: show what the rules say, open one, take it back, decide it, look them up.

HTTP, staff pages and the AI at the front desk all come through here. Deciding is policy's, by the pack in force.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.exc import IntegrityError

from xinfu.aftersales import errors, repository
from xinfu.aftersales.contracts import (
    Case,
    CaseChanged,
    CasePreview,
    Decision,
    Facts,
    LineFacts,
    State,
    Wish,
    wish_of,
)
from xinfu.aftersales.model import CaseEventRow, CaseLineRow, CaseRow
from xinfu.aftersales.packs import Pack, Packs
from xinfu.aftersales.lifecycle import COUNTS, forbids
from xinfu.aftersales.policy import busies_units, eligible, holds_money, holds_units
from xinfu.aftersales.views import case_of
from xinfu.commerce import OrderConnector, OrderState, Sentence, check_key, confirm, dispatched, theirs
from xinfu.commerce.operations_contracts import ConfirmedBy
from xinfu.commerce.operations_errors import KeyReused
from xinfu.identity import Permission, Settings
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Invalid
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean

_KINDS = {
    "return": ("退货", "return"),
    "exchange": ("换货", "exchange"),
    "repair": ("维修", "repair"),
    "refund_only": ("仅退款", "refund without return"),
    "price_protection": ("价保", "price protection"),
}


class Cases:
    """What customers ask for. Whoever speaks for a customer (the AI, the customer) names them, and reaches their requests only."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, shop_system: OrderConnector, packs: Packs
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._shop = shop_system
        self._packs = packs

    async def preview(
        self, actor: Actor, shop_id: Id, order_no: str, wish: Wish | Mapping[str, Any], *, for_customer: Id | None = None
    ) -> CasePreview:
        """What the rules say to this wish and what it would bring; a wish they do not allow is told why, not raised.

        Raises Invalid, OrderNotFound, Forbidden, LineUnknown, LineTaken, TooMany, ExchangeUnknown.
        """
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        asked = wish_of(wish)
        async with self._database.read() as unit:
            order = theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)
            decision = await self._judge(unit, order, asked, self._clock.now())
        return CasePreview(order.no, order.customer_id, decision, _warnings(order), _token(order, asked, decision))

    async def open(
        self,
        actor: Actor,
        shop_id: Id,
        order_no: str,
        wish: Wish | Mapping[str, Any],
        *,
        token: str,
        key: str,
        confirmed_by: ConfirmedBy | None = None,
        confirmation: str = "",
        for_customer: Id | None = None,
    ) -> Case:
        """Open what the preview with this token showed, once: the same key again gets the first one, with `repeated` set.

        Raises NotEligible, CaseOutdated, KeyReused, ConfirmationMissing, and what preview raises.
        """
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        asked = wish_of(wish)
        confirm(actor, confirmed_by)
        check_key(key)
        now = self._clock.now()
        try:
            async with self._database.unit() as unit:
                order = theirs(actor, await self._shop.locked(unit, shop_id, order_no), for_customer)
                if before := await repository.by_key(unit, shop_id, key):
                    if (before.order_id, before.token) != (order.id, token):
                        raise KeyReused
                    return replace((await self._views(unit, shop_id, [before]))[0], repeated=True)
                decision = await self._judge(unit, order, asked, now)
                if not decision.allowed:
                    against = [line for line in decision.lines if line.against]
                    raise errors.NotEligible(why="".join(x.zh for x in against), why_en=" ".join(x.en for x in against))
                if token != _token(order, asked, decision):
                    raise errors.CaseOutdated
                row = await self._row(unit, actor, order, asked, decision, now)
                row.key, row.token, row.confirmed_by, row.confirmation = key, token, confirmed_by or "", clean(confirmation)[:200]
                await _store(unit, row, decision)
                zh, en = _KINDS[asked.kind]
                await self._tell(unit, actor, row, now, "opened", f"已提交{zh}申请", f"Asked for: {en}")
                return (await self._views(unit, shop_id, [row]))[0]
        except IntegrityError as e:
            if await self._key_taken(shop_id, key):  # at the same moment, for another order
                raise KeyReused from e
            raise

    async def withdraw(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> Case:
        """Take a request back; one already withdrawn stays so. Raises CaseNotFound, StateForbids."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        return await self._move(actor, shop_id, number, "withdrawn", None, "", for_customer)

    async def accept(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str = "") -> Case:
        """Grant it as it was shown. Raises CaseNotFound, Conflict, StateForbids, NothingLeft."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        return await self._move(actor, shop_id, number, "handling", version, note, None)

    async def decline(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str) -> Case:
        """Say no, with a reason the customer can read. Raises CaseNotFound, Conflict, StateForbids, Invalid."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        return await self._move(actor, shop_id, number, "declined", version, note, None)

    async def get(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> Case:
        """Raises CaseNotFound."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            row = _reach(actor, await repository.by_number(unit, shop_id, _number(number)), for_customer)
            return (await self._views(unit, shop_id, [row]))[0]

    async def of_order(self, actor: Actor, shop_id: Id, order_no: str, *, for_customer: Id | None = None) -> list[Case]:
        """Cases about an order, oldest first. Raises OrderNotFound."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            order = theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)
            return await self._views(unit, shop_id, await repository.of_order(unit, shop_id, order.id))

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id, limit: int = 30) -> list[Case]:
        """A customer's requests, newest first; none for a customer nobody knows. The AI names the customer it speaks for."""
        return list((await self.search(actor, shop_id, customer_id, None, None, limit)).items)

    async def search(
        self, actor: Actor, shop_id: Id, customer_id: Id | None, state: State | None, cursor: str | None, limit: int = 30
    ) -> Page[Case]:
        """Newest first; of one customer or of all. Raises Invalid for a cursor of another form."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        if (customer_id is None and actor.kind in ("ai", "customer")) or (customer_id is not None and not is_id(customer_id)):
            return Page([], None)
        async with self._database.read() as unit:
            rows = await repository.search(
                unit, shop_id, customer_id=customer_id, state=state, after=_after(cursor), limit=limit + 1
            )  # fmt: skip
            items = await self._views(unit, shop_id, rows[:limit])
        more = encode_cursor(rows[limit - 1].opened_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return Page(items, more)

    def pack_of(self, shop_id: Id) -> Pack:
        """The pack in force in this shop now. Raises PackUnknown."""
        return self._packs.in_force(shop_id, self._clock.now(), self._zone(shop_id))

    def pack_version(self, shop_id: Id, pack: str, version: int) -> Pack:
        """The very pack a request was judged by. Raises PackUnknown."""
        return self._packs.version(shop_id, pack, version)

    async def _judge(self, unit: Unit, order: OrderState, wish: Wish, now: datetime) -> Decision:
        zone = self._zone(order.shop_id)
        return eligible(wish, await self._facts(unit, order, wish, now, zone), self._packs.in_force(order.shop_id, now, zone))

    async def _facts(self, unit: Unit, order: OrderState, wish: Wish, now: datetime, zone: ZoneInfo) -> Facts:
        rows = {r.id: r for r in await repository.of_order(unit, order.shop_id, order.id) if r.state in COUNTS}
        asked = [(rows[id_], li) for id_, found in (await repository.lines(unit, order.shop_id, list(rows))).items() for li in found]
        wanted = {item.line: item.to_sku for item in wish.items if item.to_sku}
        variants = await self._shop.variants(unit, order.shop_id, [*(li.sku for li in order.lines), *wanted.values()])
        lines = []
        for line in order.lines:
            mine = [(r, li) for r, li in asked if li.position == line.position]
            if line.position in wanted:
                target = variants.get(wanted[line.position].upper())
                if wish.kind != "exchange" or target is None or target.product_id != line.product_id or target.stock < 1:
                    raise errors.ExchangeUnknown
            lines.append(
                LineFacts(
                    line.position,
                    line.sku,
                    line.name,
                    line.category,
                    line.quantity,
                    line.price,
                    variants[line.sku.upper()].price if line.sku.upper() in variants else None,
                    line.no_return,
                    sum(li.quantity for r, li in mine if holds_units(r.kind)),
                    sum(li.quantity for r, li in mine if busies_units(r.kind)),
                    sum(li.amount_minor for _, li in mine),
                    any(r.state == "open" for r, _ in mine),
                )
            )
        return Facts(
            now, zone, order.status, dispatched(order), order.placed_at, order.paid_at, order.delivered_at or order.completed_at,
            order.total, order.freight, order.paid, order.refunded, sum(r.amount_minor for r in rows.values()), tuple(lines),
            {sku: v.price for sku, v in variants.items()},
        )  # fmt: skip

    async def _row(self, unit: Unit, actor: Actor, order: OrderState, wish: Wish, decision: Decision, now: datetime) -> CaseRow:
        local = now.astimezone(self._zone(order.shop_id))
        nth = await repository.next_number(unit, order.shop_id, f"{local:%Y%m%d}")
        return CaseRow(
            id=new_id(), shop_id=order.shop_id, number=f"AS{local:%y%m%d}-{nth:04d}", order_id=order.id, order_no=order.no,
            customer_id=order.customer_id, kind=wish.kind, state="open", reason=wish.reason, party=wish.party, words=wish.words,
            remedy=wish.remedy, photos=list(wish.photos), pack=decision.pack, pack_version=decision.pack_version, basis=decision.basis,
            verdict=decision.verdict, freight_payer=decision.freight_payer, freight_minor=decision.freight_refund.minor,
            amount_minor=decision.total.minor, currency=decision.total.currency, disposition=decision.disposition,
            explanation=msgspec.to_builtins(decision.lines), opened_at=now, opened_by_kind=actor.kind, opened_by=actor.name,
            decided_at=None, decided_by="", closed_at=None, version=0, key="", token="", confirmed_by="", confirmation="",
        )  # fmt: skip

    async def _key_taken(self, shop_id: Id, key: str) -> bool:
        async with self._database.read() as unit:
            return await repository.by_key(unit, shop_id, key) is not None

    async def _move(
        self, actor: Actor, shop_id: Id, number: str, to: State, version: int | None, note: str, for_customer: Id | None
    ) -> Case:
        now = self._clock.now()
        async with self._database.unit() as unit:
            seen = _reach(actor, await repository.by_number(unit, shop_id, _number(number)), for_customer)
            order = await self._shop.locked(unit, shop_id, seen.order_no)  # one at a time, whatever is done to this order
            row = _reach(actor, await repository.by_number(unit, shop_id, seen.number), for_customer)
            if row.state == to:
                return replace((await self._views(unit, shop_id, [row]))[0], repeated=True)
            if version is not None and version != row.version:
                raise Conflict
            if row.state in ("done", "declined", "withdrawn"):
                raise forbids(row.state)  # type: ignore[arg-type]
            if to == "handling":
                await self._affordable(unit, order, row)
            row.state = to
            if to in ("handling", "declined"):
                row.decided_at, row.decided_by = now, actor.name
            row.closed_at = None if to == "handling" else now
            words = clean(note)[:500]
            zh, en = _MOVED[to]
            await self._tell(unit, actor, row, now, to, zh + (f"：{words}" if words else ""), en + (f": {words}" if words else ""))
            return (await self._views(unit, shop_id, [row]))[0]

    async def _affordable(self, unit: Unit, order: OrderState | None, row: CaseRow) -> None:
        """An order may have been cancelled or changed since. Raises NothingLeft."""
        if not holds_money(row.kind):
            return
        others = sum(
            r.amount_minor for r in await repository.of_order(unit, row.shop_id, row.order_id) if r.state in COUNTS and r.id != row.id
        )
        if order is None or row.amount_minor + others > order.refundable.minor:
            raise errors.NothingLeft

    async def _tell(self, unit: Unit, actor: Actor, row: CaseRow, now: datetime, code: str, zh: str, en: str) -> None:
        """Timeline, audit entry and announcement of one step, in its own transaction."""
        row.version += 1
        await unit.flush()
        unit.add(
            CaseEventRow(
                shop_id=row.shop_id, case_id=row.id, n=row.version, at=now, code=code, zh=zh, en=en, actor_kind=actor.kind,
                actor_name=actor.name, public=True,
            )
        )  # fmt: skip
        detail = {"number": row.number, "order": row.order_no, "amount": f"{row.amount_minor}", "currency": row.currency}
        audit.record(unit, actor, now, f"aftersales.{code}", row.shop_id, "aftersales_case", row.id, **detail)
        unit.announce(CaseChanged(row.shop_id, row.customer_id, row.number, row.state))  # type: ignore[arg-type]
        await unit.flush()

    async def _views(self, unit: Unit, shop_id: Id, rows: Sequence[CaseRow]) -> list[Case]:
        ids = [row.id for row in rows]
        lines, events = await repository.lines(unit, shop_id, ids), await repository.events(unit, shop_id, ids)
        return [case_of(row, lines[row.id], events[row.id]) for row in rows]

    def _zone(self, shop_id: Id) -> ZoneInfo:
        return ZoneInfo(self._settings.current(shop_id).time_zone)


_MOVED: dict[State, tuple[str, str]] = {
    "handling": ("店铺已同意", "Accepted by the shop"),
    "declined": ("店铺未同意", "Declined by the shop"),
    "withdrawn": ("申请已撤销", "Request withdrawn"),
}


async def _store(unit: Unit, row: CaseRow, decision: Decision) -> None:
    unit.add(row)
    await unit.flush()  # its lines refer to it
    unit.add_all(
        CaseLineRow(
            shop_id=row.shop_id, case_id=row.id, order_id=row.order_id, position=a.position, sku=a.sku, name=a.name,
            quantity=a.quantity, amount_minor=a.amount.minor, to_sku=a.to_sku,
        )
        for a in decision.amounts
    )  # fmt: skip


def _reach(actor: Actor, row: CaseRow | None, for_customer: Id | None) -> CaseRow:
    """Raises CaseNotFound, also for another customer's: that it exists is not ours to tell."""
    speaks_for_customer = actor.kind in ("ai", "customer")
    if row is None or (speaks_for_customer and for_customer is None) or for_customer not in (None, row.customer_id):
        raise errors.CaseNotFound
    return row


def _token(order: OrderState, wish: Wish, decision: Decision) -> str:
    """Stands for one wish about one version of the order with one decision."""
    told = [order.id, order.version, msgspec.to_builtins(wish), msgspec.to_builtins(decision)]
    return hashlib.blake2b(msgspec.json.encode(told, order="sorted"), digest_size=16).hexdigest()


def _warnings(order: OrderState) -> tuple[Sentence, ...]:
    if not order.gift:
        return ()
    return (
        Sentence(
            "gift",
            "收件人可能不是买家：价格和买家信息不要告诉收件人，退款只退给付款人。",
            "The receiver is perhaps not the buyer: tell the receiver neither price nor buyer; money goes back to who paid.",
        ),
    )


def _number(number: str) -> str:
    return clean(number).upper()[:24]


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
