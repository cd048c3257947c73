"""Use-cases of those who ask: show what the rules say, open a case, take it back, look it up; and the yes or no to it.

HTTP, staff pages, the customer's page and the AI at the front desk all come through here. Deciding is policy's, by the pack in force.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError

from xinfu.aftersales import errors, lifecycle, repository
from xinfu.aftersales.authority import Authority
from xinfu.aftersales.casebook import Casebook
from xinfu.aftersales.checklists import checklist
from xinfu.aftersales.contracts import Case, CasePreview, Decision, Kind, State, Wish, Work, wish_of
from xinfu.aftersales.deciding import Deciding
from xinfu.aftersales.desk_contracts import Filter, Terms
from xinfu.aftersales.judging import Judge
from xinfu.aftersales.life import Life, Reissues, standing_of
from xinfu.aftersales.model import CaseLineRow, CaseRow
from xinfu.aftersales.packs import Pack, Packs
from xinfu.aftersales.packs.contracts import WishJudged
from xinfu.aftersales.settlement import Settlement
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderConnector, OrderState, Sentence, Wallet, check_key, confirm, theirs
from xinfu.commerce.operations_contracts import ConfirmedBy
from xinfu.commerce.operations_errors import KeyReused
from xinfu.identity import Permission, Settings
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Forbidden
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean

KINDS: Mapping[Kind, tuple[str, str]] = {
    "return": ("退货", "return"),
    "exchange": ("换货", "exchange"),
    "repair": ("维修", "repair"),
    "refund_only": ("仅退款", "refund without return"),
    "reissue": ("补发", "sending again"),
    "price_protection": ("价保", "price protection"),
    "compensation": ("补偿", "compensation"),
    "dispute": ("纠纷", "dispute"),
    "adverse_reaction": ("不良反应", "adverse reaction"),
    "goodwill": ("关怀", "goodwill"),
}

type Opened = Callable[[Case], Awaitable[Case]]


class Cases:
    """What customers ask for. Whoever speaks for a customer (the AI, the customer) names them, and reaches their cases only.

    `on_opened` are awaited after the commit of an opening and give the case as it stands then (triage looks at it there).
    """

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, shop_system: OrderConnector, packs: Packs, authority: Authority,
        settlement: Settlement, reissues: Reissues, wallet: Wallet | None = None,
    ) -> None:  # fmt: skip
        self.book = Casebook(database, clock, settings, shop_system, packs, wallet)
        self.life = Life(self.book, settlement, reissues)
        self.judge = Judge(self.book)
        self.deciding = Deciding(self.book, self.life, authority)
        self.on_opened: list[Opened] = []
        self._authority = authority
        self._database = database
        self._clock = clock
        self._shop = shop_system

    async def preview(
        self, actor: Actor, shop_id: Id, order_no: str, wish: Wish | Mapping[str, Any], *, for_customer: Id | None = None
    ) -> CasePreview:
        """What the rules say to this wish and what it would bring; a wish they do not allow is told why, not raised.

        Raises Invalid, OrderNotFound, Forbidden, LineUnknown, LineTaken, TooMany, ExchangeUnknown.
        """
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        asked = _asked(actor, wish)
        async with self._database.read() as unit:
            order = theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)
            facts, decision = await self.judge.weigh(unit, order, asked, self._clock.now())
        if not decision.allowed and self._database.bus:  # kept for the owner who asks what another pack would have said
            self._database.bus.publish(WishJudged(shop_id, order.no, "", asked, facts, decision))
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
        asked = _asked(actor, wish)
        confirm(actor, confirmed_by)
        check_key(key)
        now = self._clock.now()
        try:
            async with self._database.unit() as unit:
                order = theirs(actor, await self._shop.locked(unit, shop_id, order_no), for_customer)
                if before := await repository.by_key(unit, shop_id, key):
                    if (before.order_id, before.token) != (order.id, token):
                        raise KeyReused
                    return await self.book.view(unit, before, repeated=True)
                facts, decision = await self.judge.weigh(unit, order, asked, now)
                _check_shown(order, asked, decision, token)
                row = await self._row(unit, actor, order, asked, decision, now)
                row.key, row.token, row.confirmed_by, row.confirmation = key, token, confirmed_by or "", clean(confirmation)[:200]
                await _store(unit, row, decision)
                zh, en = KINDS[asked.kind]
                unit.announce(WishJudged(shop_id, order.no, row.number, asked, facts, decision))
                await self.book.tell(unit, actor, row, now, "opened", f"已提交{zh}申请", f"Asked for: {en}")
                opened = await self.book.view(unit, row)
        except IntegrityError as e:
            if await self._key_taken(shop_id, key):  # at the same moment, for another order
                raise KeyReused from e
            raise
        for hook in self.on_opened:
            opened = await hook(opened)
        return opened

    async def withdraw(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> Case:
        """Take a case back; one already withdrawn stays so. Raises CaseNotFound, StateForbids."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        async with self._database.unit() as unit:
            row, order = await self.book.hold(unit, actor, shop_id, number, None, for_customer)
            if row.state == "withdrawn":
                return await self.book.view(unit, row, repeated=True)
            lifecycle.check("customer" if for_customer else "agent", standing_of(row), "withdraw")
            grant_key = work_of(row).grant_key
            await self.life.take(unit, actor, row, order, "withdraw", ("申请已撤销", "Withdrawn"), code="withdrawn")
            await self._authority.withdraw_of_case(unit, actor, shop_id, row.number)
            if grant_key:
                await self._authority.release(unit, actor, shop_id, grant_key)
            return await self.book.view(unit, row)

    async def accept(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str = "", terms: Terms | None = None) -> Case:
        """Grant it as it was shown, or by `terms`. Raises what Deciding.accept raises."""
        return await self.deciding.accept(actor, shop_id, number, version, note, terms or Terms())

    async def decline(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str) -> Case:
        """Say no, with a reason the customer can read. Raises what Deciding.decline raises."""
        return await self.deciding.decline(actor, shop_id, number, version, note)

    async def get(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> Case:
        """Raises CaseNotFound."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            return await self.book.view(unit, await self.book.find(unit, actor, shop_id, number, for_customer))

    async def by_id(self, shop_id: Id, case_id: Id) -> Case:
        """For whoever holds a signed link to it. Raises CaseNotFound."""
        async with self._database.read() as unit:
            row = await repository.by_id(unit, shop_id, case_id)
            if row is None:
                raise errors.CaseNotFound
            return await self.book.view(unit, row)

    async def of_order(self, actor: Actor, shop_id: Id, order_no: str, *, for_customer: Id | None = None) -> list[Case]:
        """Cases about an order, oldest first. Raises OrderNotFound."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._database.read() as unit:
            order = theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)
            return await self.book.views(unit, shop_id, await repository.of_order(unit, shop_id, order.id))

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id, limit: int = 30) -> list[Case]:
        """A customer's cases, newest first; none for a customer nobody knows. The AI names the customer it speaks for."""
        return list((await self.search(actor, shop_id, customer_id, None, None, limit)).items)

    async def search(
        self, actor: Actor, shop_id: Id, customer_id: Id | None, state: State | None, cursor: str | None, limit: int = 30
    ) -> Page[Case]:
        """Newest first; of one customer or of all. Raises Invalid for a cursor of another form."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        if (customer_id is None and actor.kind in ("ai", "customer")) or (customer_id is not None and not is_id(customer_id)):
            return Page([], None)
        wanted = Filter(customer_id=customer_id, state=state)
        async with self._database.read() as unit:
            rows = await repository.newest(unit, shop_id, wanted, actor.id, self._clock.now(), _after(cursor), limit + 1)
            items = await self.book.views(unit, shop_id, rows[:limit])
        more = encode_cursor(rows[limit - 1].opened_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return Page(items, more)

    def pack_of(self, shop_id: Id) -> Pack:
        """The pack in force in this shop now. Raises PackUnknown."""
        return self.judge.pack(shop_id, self._clock.now())

    def pack_version(self, shop_id: Id, pack: str, version: int) -> Pack:
        """The very pack a case was judged by. Raises PackUnknown."""
        return self.book.packs.version(shop_id, pack, version)

    async def _row(self, unit: Unit, actor: Actor, order: OrderState, wish: Wish, decision: Decision, now: datetime) -> CaseRow:
        local = now.astimezone(self.book.zone(order.shop_id))
        nth = await repository.next_number(unit, order.shop_id, f"{local:%Y%m%d}")
        row = CaseRow(
            id=new_id(), shop_id=order.shop_id, number=f"AS{local:%y%m%d}-{nth:04d}", order_id=order.id, order_no=order.no,
            customer_id=order.customer_id, kind=wish.kind, state="open", reason=wish.reason, party=wish.party, words=wish.words,
            remedy=wish.remedy, photos=list(wish.photos), pack=decision.pack, pack_version=decision.pack_version, basis=decision.basis,
            verdict=decision.verdict, freight_payer=decision.freight_payer, freight_minor=decision.freight_refund.minor,
            amount_minor=decision.total.minor, currency=decision.total.currency, disposition=decision.disposition,
            explanation=msgspec.to_builtins(decision.lines), opened_at=now, opened_by_kind=actor.kind, opened_by=actor.name,
            decided_at=None, decided_by="", decided_by_id="", closed_at=None, version=0, key="", token="", confirmed_by="", confirmation="",
            repaid_minor=0, due_at=None, assignee_id="", assignee="", risk_action="", appealed=False, gift=order.gift,
            refund_to=wish.refund_to, return_tracking="",
        )  # fmt: skip
        difference = decision.difference.minor if decision.difference else 0
        work = Work(checklist=checklist(wish.kind, now, self.book.pack_of(row)), difference=difference)
        keep_work(row, work)
        row.due_at = self.life.due(row, work, now)
        return row

    async def _key_taken(self, shop_id: Id, key: str) -> bool:
        async with self._database.read() as unit:
            return await repository.by_key(unit, shop_id, key) is not None


def _asked(actor: Actor, given: Wish | Mapping[str, Any]) -> Wish:
    """The wish, checked. Goodwill, of any form, is the house's to offer and nobody's to ask. Raises Invalid, Forbidden."""
    wish = wish_of(given)
    if (wish.late or wish.kind == "goodwill") and actor.kind not in ("staff", "token"):
        raise Forbidden(permission="goodwill")
    return wish


def _check_shown(order: OrderState, wish: Wish, decision: Decision, token: str) -> None:
    """Raises NotEligible, CaseOutdated."""
    if not decision.allowed:
        against = [line for line in decision.lines if line.against]
        raise errors.NotEligible(why="".join(x.zh for x in against), why_en=" ".join(x.en for x in against))
    if token != _token(order, wish, decision):
        raise errors.CaseOutdated


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


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
