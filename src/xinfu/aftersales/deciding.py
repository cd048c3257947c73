"""Saying yes or no to a case: what a yes puts at stake, whether this person may grant it, and who is asked when not."""

from collections.abc import Sequence
from dataclasses import replace

from xinfu.aftersales import errors, lifecycle, repository
from xinfu.aftersales.authority import Action, Approval, Ask, Authority, Ruling
from xinfu.aftersales.casebook import Casebook, said
from xinfu.aftersales.checklists import checklist
from xinfu.aftersales.contracts import Case, Grant
from xinfu.aftersales.desk_contracts import Stake, Terms
from xinfu.aftersales.grants import amount_of, grant_of, words, worth
from xinfu.aftersales.life import Life, case_key
from xinfu.aftersales.model import CaseLineRow, CaseRow
from xinfu.aftersales.policy import holds_money
from xinfu.aftersales.shares import split
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.identity import Permission
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.database import Unit
from xinfu.kit.errors import Conflict, Invalid
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

GIVING = frozenset({"compensation", "goodwill"})
_BY_POLICY = frozenset({"no_reason", "quality", "warranty", "price_protection", "reissue"})
_GRANT_ACTION: dict[str, Action] = {"points": "compensation_points", "coupon": "compensation_coupon", "cash": "compensation_cash"}


class Deciding:
    """Accepting and declining, by people within their authority, by the system where nothing speaks against it."""

    def __init__(self, book: Casebook, life: Life, authority: Authority) -> None:
        self._book = book
        self._life = life
        self._authority = authority
        authority.on_decided.append(self._on_decided)

    async def accept(self, actor: Actor, shop_id: Id, number: str, version: int, note: str, terms: Terms) -> Case:
        """Grant it, or ask those who may. Raises CaseNotFound, Conflict, StateForbids, NothingLeft, AmountMissing, AmountTooHigh,
        AmountInvalid, NotGrantable."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number)
            if row.version != version and row.decided_by_id == actor.id and row.state not in ("open", *lifecycle.OVER):
                return await self._book.view(unit, row, repeated=True)
            if row.version != version:
                raise Conflict
            await self.grant(unit, actor, row, order, note, terms)
            return await self._book.view(unit, row)

    async def grant(
        self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, note: str, terms: Terms, *, auto: bool = False
    ) -> None:
        """The yes itself, in the caller's unit. With `auto` alone or not at all. Raises as accept, and BeyondAuthority."""
        if row.state != "open":
            raise lifecycle.forbids(row.state)  # type: ignore[arg-type]
        await self._agree_on(unit, row, order, terms)
        await self._affordable(unit, order, row)
        ask = await self.ask(unit, row, order)
        key = case_key(row.number, row.version, "grant")
        row.decided_at, row.decided_by, row.decided_by_id = self._book.clock.now(), actor.name, actor.id
        if ask is not None and not auto:
            ruling = await self._authority.check(unit, actor, row.shop_id, ask)
            if ruling.outcome == "approval":
                return await self._escalate(unit, actor, row, order, ask, key, note)
        if ask is not None:
            await self._authority.use(unit, actor, row.shop_id, ask, key=key)
            keep_work(row, replace(work_of(row), grant_key=key))
        return await self._begin(unit, actor, row, order, note, auto=auto)

    async def decline(self, actor: Actor, shop_id: Id, number: str, version: int, note: str) -> Case:
        """Say no, with a reason the customer can read. Raises CaseNotFound, Conflict, StateForbids, Invalid."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        if actor.kind not in ("staff", "token"):
            raise Invalid(why="a person refuses, never a machine")
        if not clean(note):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number)
            if row.state == "declined" and row.decided_by_id == actor.id:
                return await self._book.view(unit, row, repeated=True)
            if version != row.version:
                raise Conflict
            waited = row.state == "approval"
            row.decided_at, row.decided_by, row.decided_by_id = self._book.clock.now(), actor.name, actor.id
            await self._life.take(unit, actor, row, order, "decline", said("店铺未同意", "Declined by the shop", note), code="declined")
            if waited:
                await self._authority.withdraw_of_case(unit, actor, shop_id, row.number)
            return await self._book.view(unit, row)

    async def stake(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState) -> Stake | None:
        """Before it is decided: what a yes puts at stake, and whether this person may grant it alone. None when nothing is at stake yet."""
        if row.state != "open" or (ask := await self.ask(unit, row, order)) is None:
            return None
        ruling: Ruling = await self._authority.check(unit, actor, row.shop_id, ask)
        return Stake(ruling.outcome, ask.amount, tuple((line.zh, line.en) for line in ruling.lines))

    async def could(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState) -> bool:
        """May this actor grant the case as it stands, alone, and is there money enough?"""
        if row.amount_minor - row.repaid_minor > (await self.left(unit, order, row)).minor:
            return False
        ask = await self.ask(unit, row, order)
        return ask is None or (await self._authority.check(unit, actor, row.shop_id, ask)).outcome == "allowed"

    async def ask(self, unit: Unit, row: CaseRow, order: OrderState) -> Ask | None:
        """What authority is asked about this case as it stands; None when nothing is given away."""
        work = work_of(row)
        action, by_policy = _action(row, work.grant), row.basis in _BY_POLICY
        if work.grant:
            amount = worth(work.grant, row.currency, self._book.pack_of(row).compensation)
        elif row.kind == "reissue" or row.basis == "late_return":
            amount = await self.goods_worth(unit, row, order)
        else:
            amount = Money(row.amount_minor, row.currency)
        if amount.minor <= 0:
            return None
        return Ask(
            action=action, amount=amount, customer_id=row.customer_id, order_no=order.no, case_no=row.number, order_paid=order.paid,
            by_policy=by_policy,
        )  # fmt: skip

    # Inside

    async def _agree_on(self, unit: Unit, row: CaseRow, order: OrderState, terms: Terms) -> None:
        """Write what is granted into the case. Raises AmountMissing, AmountInvalid, AmountTooHigh."""
        lines = (await repository.lines(unit, row.shop_id, [row.id]))[row.id]
        if row.kind in GIVING:
            rule = self._book.pack_of(row).compensation
            grant = grant_of(terms.what, terms.amount, row.currency, rule, await self.left(unit, order, row))
            row.amount_minor = grant.amount if grant.what == "cash" else 0
            keep_work(row, replace(work_of(row), grant=grant))
        elif clean(terms.amount):
            if not holds_money(row.kind) or terms.what not in (None, "cash"):
                raise errors.AmountInvalid(why="这种售后单不涉及退款金额", why_en="this kind of case pays no money back")
            amount = amount_of(terms.amount, row.currency)
            if Money(row.amount_minor, row.currency) < amount:
                raise errors.AmountTooHigh(most=str(Money(row.amount_minor, row.currency)))
            lower(row, lines, amount.minor)

    async def left(self, unit: Unit, order: OrderState, row: CaseRow) -> Money:
        """What other cases leave of the order's money."""
        others = sum(
            max(0, r.amount_minor - r.repaid_minor)
            for r in await repository.of_order(unit, row.shop_id, row.order_id)
            if r.state in lifecycle.COUNTS and r.id != row.id
        )
        return Money(max(0, order.refundable.minor - others), order.total.currency)

    async def _affordable(self, unit: Unit, order: OrderState, row: CaseRow) -> None:
        """An order may have been cancelled or changed since. Raises NothingLeft."""
        if row.currency != order.total.currency or row.amount_minor - row.repaid_minor > (await self.left(unit, order, row)).minor:
            raise errors.NothingLeft

    async def goods_worth(self, unit: Unit, row: CaseRow, order: OrderState) -> Money:
        prices = {line.position: line.price for line in order.lines}
        lines = (await repository.lines(unit, row.shop_id, [row.id]))[row.id]
        return sum((prices[li.position] * li.quantity for li in lines if li.position in prices), order.total.zero())

    async def _escalate(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, ask: Ask, key: str, note: str) -> None:
        approval = await self._authority.request(unit, actor, row.shop_id, ask, key=key, words=note)
        keep_work(row, replace(work_of(row), approval_id=approval.id, grant_key=key))
        told = f"{actor.name} 请求审批 {ask.amount}", f"{actor.name} asked for approval of {ask.amount}"
        await self._life.take(unit, actor, row, order, "escalate", told, code="escalated", public=False)

    async def _begin(
        self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, note: str, *, auto: bool = False, approved: bool = False
    ) -> None:
        work = work_of(row)
        opened = checklist(row.kind, self._book.clock.now(), self._book.pack_of(row))  # type: ignore[arg-type]
        keep_work(row, replace(work, auto=auto, checklist=work.checklist or opened))
        grant = work.grant
        zh, en = "店铺已同意", "Accepted by the shop"
        if auto:
            zh, en = "符合规则，系统已自动同意", "Within the rules: accepted at once"
        if grant:
            zh, en = f"{zh}，给 {words(grant, row.currency)[0]}", f"{en}: {words(grant, row.currency)[1]}"
        await self._life.take(unit, actor, row, order, "approved" if approved else "accept", said(zh, en, note), code="accepted")

    async def _on_decided(self, unit: Unit, approval: Approval) -> None:
        """The case moves in the transaction that decides its approval."""
        row = await repository.by_number(unit, approval.shop_id, approval.case_no) if approval.case_no else None
        if row is None or row.state != "approval" or work_of(row).approval_id != approval.id:
            return None
        order = await self._book.shop.locked(unit, approval.shop_id, row.order_no)
        assert order is not None  # the case is about it
        by = decider(approval)
        if approval.approved:
            await self._affordable(unit, order, row)
            row.decided_at, row.decided_by, row.decided_by_id = self._book.clock.now(), by.name, by.id
            return await self._begin(unit, by, row, order, "", approved=True)
        keep_work(row, replace(work_of(row), approval_id="", grant_key="", grant=None))
        if row.kind in GIVING:
            row.amount_minor = 0
        told = said("审批没有通过，请另行处理", "The approval was not given; decide another way", approval.note)
        await self._life.take(unit, by, row, order, "unapproved", told, public=False)
        return None


def lower(row: CaseRow, lines: Sequence[CaseLineRow], amount: int) -> None:
    """Less than asked for: the freight goes first, the rest is borne by each line in proportion."""
    freight = min(row.freight_minor, max(0, amount - sum(li.amount_minor for li in lines)))
    for li, part in zip(lines, split(amount - freight, [li.amount_minor for li in lines]), strict=True):
        li.amount_minor = part
    row.freight_minor, row.amount_minor = freight, amount


def _action(row: CaseRow, grant: Grant | None) -> Action:
    if row.basis == "late_return":
        return "late_return"
    if row.kind == "goodwill":
        return "goodwill"
    if grant:
        return _GRANT_ACTION[grant.what]
    if row.kind in ("refund_only", "reissue", "price_protection"):
        return row.kind  # type: ignore[return-value]  # named as the kind
    return "refund"


def decider(approval: Approval) -> Actor:
    """Who had the last word; the system when time had it."""
    if not approval.votes:
        return system_actor(approval.shop_id)
    person = approval.votes[-1].person
    return Actor("staff", person.id, person.name, frozenset({approval.shop_id}), role=person.role)
