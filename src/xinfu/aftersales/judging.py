"""Gathers what a decision about a wish needs (order, earlier cases, prices of today) and asks the policy, by the pack in force."""

from datetime import datetime

from xinfu.aftersales import errors, repository
from xinfu.aftersales.casebook import Casebook
from xinfu.aftersales.contracts import Decision, Facts, LineFacts, MethodFacts, Wish, WishItem
from xinfu.aftersales.lifecycle import COUNTS, UNDECIDED
from xinfu.aftersales.model import CaseLineRow, CaseRow
from xinfu.aftersales.packs import Pack
from xinfu.aftersales.policy import busies_units, eligible, holds_lines, holds_units
from xinfu.commerce import OrderState, dispatched
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id

_BACK = ("return", "exchange")


class Judge:
    """Asks the policy about one order at one moment."""

    def __init__(self, book: Casebook) -> None:
        self._book = book

    async def judge(self, unit: Unit, order: OrderState, wish: Wish, now: datetime, *, besides: Id = "") -> Decision:
        """`besides`: the case this is about, judged again as if it were not there yet. Raises LineUnknown, LineTaken, TooMany,
        ExchangeUnknown."""
        return (await self.weigh(unit, order, wish, now, besides=besides))[1]

    async def weigh(self, unit: Unit, order: OrderState, wish: Wish, now: datetime, *, besides: Id = "") -> tuple[Facts, Decision]:
        """As judge, with the facts the decision stands on."""
        facts = await self.facts(unit, order, wish, now, besides=besides)
        return facts, eligible(wish, facts, self.pack(order.shop_id, now))

    def pack(self, shop_id: Id, now: datetime) -> Pack:
        """The pack in force. Raises PackUnknown."""
        return self._book.packs.in_force(shop_id, now, self._book.zone(shop_id))

    async def facts(self, unit: Unit, order: OrderState, wish: Wish, now: datetime, *, besides: Id = "") -> Facts:
        rows = {
            r.id: r for r in await repository.of_order(unit, order.shop_id, order.id) if r.state in COUNTS and r.id != besides
        }  # fmt: skip
        asked = [(rows[id_], li) for id_, found in (await repository.lines(unit, order.shop_id, list(rows))).items() for li in found]
        wanted = {item.line: item.to_sku for item in wish.items if item.to_sku}
        variants = await self._book.shop.variants(unit, order.shop_id, [*(li.sku for li in order.lines), *wanted.values()])
        lines = []
        for line in order.lines:
            if line.position in wanted:
                target = variants.get(wanted[line.position].upper())
                if wish.kind != "exchange" or target is None or target.product_id != line.product_id or target.stock < 1:
                    raise errors.ExchangeUnknown
            mine = [(r, li) for r, li in asked if li.position == line.position]
            now_price = variants[line.sku.upper()].price if line.sku.upper() in variants else None
            taken, busy, amount, open_ = _taken(mine)
            lines.append(
                LineFacts(
                    line.position, line.sku, line.name, line.category, line.quantity, line.price, now_price, line.no_return,
                    taken, busy, amount, open_,
                )
            )  # fmt: skip
        # What was ordered to be paid back is in the order's own payments from then on.
        reserved = sum(max(0, r.amount_minor - r.repaid_minor) for r in rows.values())
        return Facts(
            now, self._book.zone(order.shop_id), order.status, dispatched(order), order.placed_at, order.paid_at,
            order.delivered_at or order.completed_at, order.total, order.freight, order.paid, order.refunded, reserved, tuple(lines),
            {sku: v.price for sku, v in variants.items()}, order.asked_back or any(r.kind in _BACK for r in rows.values()),
            await self._methods(unit, order) if wish.refund_to else {},
            tuple(p.method for p in order.payments if p.kind == "payment" and p.state == "done"),
        )  # fmt: skip

    async def _methods(self, unit: Unit, order: OrderState) -> dict[str, MethodFacts]:
        found = await self._book.wallet.methods(unit, order.shop_id, order.customer_id)
        return {key: MethodFacts(m.reference, m.kind, m.balance) for key, m in found.items()}


def wish_again(row: CaseRow, lines: list[CaseLineRow]) -> Wish:
    """The wish a case was opened with, to be judged again."""
    return Wish(
        kind=row.kind, reason=row.reason, party=row.party, words=row.words, remedy=row.remedy, photos=tuple(row.photos),  # type: ignore[arg-type]
        items=tuple(WishItem(line=li.position, quantity=li.quantity, to_sku=li.to_sku) for li in lines), refund_to=row.refund_to,
        late=row.basis == "late_return",
    )  # fmt: skip


def _taken(mine: list[tuple[CaseRow, CaseLineRow]]) -> tuple[int, int, int, bool]:
    """Units gone for good, units away for a while, money asked for or granted, and whether one still waits to be decided."""
    return (
        sum(li.quantity for r, li in mine if holds_units(r.kind)),
        sum(li.quantity for r, li in mine if busies_units(r.kind) and r.state != "done"),
        sum(li.amount_minor for _, li in mine),
        any(r.state in UNDECIDED and holds_lines(r.kind) for r, _ in mine),
    )
