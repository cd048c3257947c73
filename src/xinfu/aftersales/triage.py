"""The first look at a new case: how far the customer is trusted, what risk says, and a yes at once where nothing speaks against it.

A machine says yes or brings a person; it never refuses. When risk cannot tell in time, the case goes on as if it had said nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from xinfu.aftersales import repository
from xinfu.aftersales.contracts import Case, RiskView, RiskWord, TrustWord
from xinfu.aftersales.desk_contracts import Terms
from xinfu.aftersales.lifecycle import OVER
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.service import Cases
from xinfu.aftersales.trust import History, trust_of
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.commerce.contracts import Order
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

log = structlog.get_logger()

RISK_LIMIT_S = 1.0
_ORDERS = 200
_CASES = 200


class Orders(Protocol):
    """What the customer bought; commerce.Orders is one."""

    async def orders_of(self, shop_id: Id, customer_ids: Sequence[Id], limit: int = 10) -> dict[Id, list[Order]]: ...


class Acting(Protocol):
    """The AI with what its role holds now; identity.Roles is one."""

    async def ai(self, shop_id: Id) -> Actor: ...


class Triage:
    """Looks at each case once, right after it was opened."""

    def __init__(self, cases: Cases, orders: Orders, acting: Acting, risk: RiskView | None) -> None:
        self._cases = cases
        self._orders = orders
        self._acting = acting
        self._risk = risk
        cases.on_opened.append(self.look)

    async def look(self, case: Case) -> Case:
        """The case as it stands afterwards. Looking twice changes nothing more."""
        if case.work.triaged or case.state != "open":
            return case
        now = self._cases.book.clock.now()
        risk = await self._ask_risk(case)
        bought = (await self._orders.orders_of(case.shop_id, [case.customer_id], _ORDERS)).get(case.customer_id, [])
        ai = await self._acting.ai(case.shop_id)
        house = system_actor(case.shop_id)
        async with self._cases.book.database.unit() as unit:
            row, order = await self._cases.book.hold(unit, house, case.shop_id, case.number)
            work = work_of(row)
            if work.triaged or row.state != "open":
                return await self._cases.book.view(unit, row)
            before = [r for r in await repository.of_customer(unit, case.shop_id, case.customer_id, _CASES) if r.id != row.id]
            trust = trust_of(history_of(bought, before), now, self._cases.book.pack_of(row).trust)
            keep_work(row, replace(work, trust=trust, risk=risk, triaged=True))
            row.risk_action = risk.action if risk else ""
            if risk is not None and risk.action != "approve":
                await self._cases.book.tell(unit, house, row, now, "checking", "正在核实", "It is being looked into")
            elif await self._simple(unit, row, order, trust, before, ai, now):
                await self._cases.deciding.grant(unit, ai, row, order, "", Terms(), auto=True)
            return await self._cases.book.view(unit, row)

    async def look_again(self, shop_id: Id, number: str) -> None:
        """Something new is known about a case, such as a photo shown before: while it lives, no machine gives anything for it any more.

        What was granted already stands, and the customer notices nothing; a person sees why to look. A word taken back changes nothing.
        """
        async with self._cases.book.database.read() as unit:
            row = await repository.by_number(unit, shop_id, number)
            case = await self._cases.book.view(unit, row) if row is not None else None
        if case is None or case.state in OVER or (risk := await self._ask_risk(case)) is None or risk.action == "approve":
            return
        house = system_actor(shop_id)
        async with self._cases.book.database.unit() as unit:
            row, _ = await self._cases.book.hold(unit, house, shop_id, number)
            if row.state in OVER or row.risk_action == risk.action:
                return
            keep_work(row, replace(work_of(row), risk=risk))
            row.risk_action = risk.action
            told = "有了新的疑点，请看一眼", "Something new speaks against it; please have a look"
            await self._cases.book.tell(unit, house, row, self._cases.book.clock.now(), "risk", *told, public=False)

    async def _simple(
        self, unit: Unit, row: CaseRow, order: OrderState, trust: TrustWord, before: Sequence[CaseRow], ai: Actor, now: datetime
    ) -> bool:
        """Within the rules, small, of a customer trusted enough, and within what the AI may grant."""
        if row.verdict != "allowed":
            return False
        rule, deciding = self._cases.book.pack_of(row).auto, self._cases.deciding
        goods = await deciding.goods_worth(unit, row, order)
        at_stake = Money(max(row.amount_minor, goods.minor if row.kind == "exchange" else 0), row.currency)
        lately = sum(1 for r in before if r.opened_at > now - timedelta(days=30) and work_of(r).auto)
        if rule.limit.currency != row.currency or not rule.covers(row.kind, at_stake, trust.level, lately):
            return False
        return await deciding.could(unit, ai, row, order)

    async def _ask_risk(self, case: Case) -> RiskWord | None:
        if self._risk is None:
            return None
        try:
            async with asyncio.timeout(RISK_LIMIT_S):
                return await self._risk.look(case.shop_id, case)
        except (Exception, TimeoutError) as e:  # whatever it is, an honest customer does not wait for it
            log.warning("case.risk_unknown", case_no=case.number, reason=type(e).__name__)
            return None


def history_of(bought: Sequence[Order], cases: Sequence[CaseRow]) -> History:
    works = [(r, work_of(r)) for r in cases]
    back = [r for r, _ in works if r.kind in ("return", "refund_only") and r.state not in ("declined", "withdrawn")]
    return History(
        min((o.placed_at for o in bought), default=None),
        sum(1 for o in bought if o.status in ("delivered", "completed", "returned")),
        len(back),
        sum(1 for _, w in works if w.clawed > 0),
        sum(1 for _, w in works if w.inspection is not None and not w.inspection.matches),
    )
