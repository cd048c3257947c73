"""Takes one step of a case inside the caller's transaction: the state, what it orders of settlement, what is due next, the record."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from xinfu.aftersales import repository
from xinfu.aftersales.casebook import Casebook
from xinfu.aftersales.checklists import next_due
from xinfu.aftersales.contracts import Grant, Work
from xinfu.aftersales.grants import words, worth
from xinfu.aftersales.lifecycle import CARE, OVER, Move, Standing, Step, after, step
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.settlement import Settlement, Shipment
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.kit.auth import Actor
from xinfu.kit.database import Unit
from xinfu.kit.money import Money


class Reissues(Protocol):
    """Sends goods of an order again; commerce.OrderOperations is one. Raises refusals of commerce."""

    async def reissue_within(
        self, unit: Unit, actor: Actor, order: OrderState, items: list[tuple[int, int]], *, key: str, at: datetime
    ) -> str: ...


class Life:
    """The one place a case changes its state. The order is held by the caller."""

    def __init__(self, book: Casebook, settlement: Settlement, reissues: Reissues) -> None:
        self._book = book
        self._settlement = settlement
        self._reissues = reissues

    async def take(
        self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, taken: Step, told: tuple[str, str], *, code: str = "",
        early: int = 0, public: bool = True,
    ) -> Move:  # fmt: skip
        """The step with all it orders, or StateForbids and nothing. `told`: how it reads in both languages."""
        now = self._book.clock.now()
        before = standing_of(row)
        move = step(before, taken, amount=early)
        reached = after(before, move, taken)
        work = work_of(row)
        work = await self._order_outside(unit, actor, row, order, move, work, now)
        row.state, row.repaid_minor = reached.state, reached.paid
        # The book of orders outside is the settlement's; here only how far it got.
        work = replace(work, was=reached.was, stuck=work.stuck if move.to == "stuck" else None, clawed=reached.clawed)
        keep_work(row, work)
        row.due_at = self.due(row, work, now)
        row.closed_at = now if row.state in OVER else None
        await self._book.tell(unit, actor, row, now, code or taken, *told, public=public)
        return move

    def due(self, row: CaseRow, work: Work, now: datetime) -> datetime | None:
        """By when the next step is due, by the pack the case was judged by."""
        pack = self._book.pack_of(row)
        hours = pack.due
        if row.state == "handling" and row.kind in CARE:
            return next_due(work.checklist) or now + timedelta(hours=pack.dispute.inform)
        if row.state == "returning":
            return work.clawback_by or now + timedelta(days=pack.early_refund.deadline_days)
        by_state: dict[str, int] = {
            "open": hours.decide, "approval": hours.approve, "awaiting_goods": hours.send_back, "received": hours.inspect,
            "refunding": hours.refund, "granting": hours.refund, "sending": hours.send, "handling": hours.repair, "stuck": hours.decide,
        }  # fmt: skip
        return now + timedelta(hours=by_state[row.state]) if row.state in by_state else None

    async def _order_outside(
        self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, move: Move, work: Work, now: datetime
    ) -> Work:
        key = case_key(row.number, row.version, "")
        if move.pay:
            zh, en = f"售后单 {row.number} 退款", f"Refund of case {row.number}"
            await self._settlement.refund(
                unit, row.shop_id, order.no, Money(move.pay, row.currency), case_no=row.number, key=f"{key}pay", actor=actor, at=now,
                zh=zh, en=en, account="goodwill" if row.kind in (*CARE, "compensation", "goodwill") else "sales",
                to=row.refund_to if row.kind == "return" else "",
            )  # fmt: skip
        if move.claw_back:
            zh, en = (
                f"售后单 {row.number} 货未退回，追回先退的款",
                f"Case {row.number}: the goods never came, the early refund is asked back",
            )
            await self._settlement.clawback(
                unit, row.shop_id, order.no, Money(move.claw_back, row.currency), case_no=row.number, key=f"{key}back", actor=actor,
                at=now, zh=zh, en=en,
            )  # fmt: skip
        if move.book:
            zh, en = f"售后单 {row.number} 取件", f"Fetching the goods of case {row.number}"
            await self._settlement.book(
                unit, row.shop_id, await self._shipment(unit, row, order), case_no=row.number, customer_id=row.customer_id,
                key=f"{key}book", actor=actor, at=now, zh=zh, en=en, at_our_cost=row.freight_payer in ("shop", "half"),
            )  # fmt: skip
        if move.send:
            work = await self._send(unit, actor, row, order, work, now, key)
            if row.kind == "exchange" and work.difference:
                await self._difference(unit, actor, row, order, work.difference, now, key)
        if move.give and work.grant:
            await self._give(unit, actor, row, order, work.grant, now, key)
            work = replace(work, grant=None, paid_grants=(*work.paid_grants, work.grant))
        return work

    async def _difference(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, minor: int, now: datetime, key: str) -> None:
        """What the other goods cost more is taken, what they cost less goes back, never above what was paid, by the way named."""
        zh, en = f"售后单 {row.number} 换货差价", f"Price difference of exchange {row.number}"
        amount = Money(abs(minor), row.currency)
        if minor > 0:
            await self._settlement.charge(
                unit, row.shop_id, order.no, amount, method=row.refund_to, case_no=row.number, key=f"{key}difference", actor=actor, at=now,
                zh=zh, en=en,
            )  # fmt: skip
        elif order.total.zero() < (back := min(amount, order.refundable)):
            await self._settlement.refund(
                unit, row.shop_id, order.no, back, case_no=row.number, key=f"{key}difference", actor=actor, at=now, zh=zh, en=en,
                to=row.refund_to,
            )  # fmt: skip

    async def _send(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, work: Work, now: datetime, key: str) -> Work:
        if row.kind == "reissue":
            lines = (await repository.lines(unit, row.shop_id, [row.id]))[row.id]
            items = [(li.position, li.quantity) for li in lines]
            no = await self._reissues.reissue_within(unit, actor, order, items, key=f"{key}reissue", at=now)
            work = replace(work, new_order_no=no)
        zh, en = f"售后单 {row.number} 寄出", f"Sending the goods of case {row.number}"
        await self._settlement.send(
            unit, row.shop_id, await self._shipment(unit, row, order), case_no=row.number, customer_id=row.customer_id, key=f"{key}send",
            actor=actor, at=now, zh=zh, en=en,
        )  # fmt: skip
        return work

    async def _give(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, grant: Grant, now: datetime, key: str) -> None:
        rule = self._book.pack_of(row).compensation
        told_zh, told_en = words(grant, row.currency)
        assert grant.what != "cash"  # cash is money of the order
        await self._settlement.grant(
            unit, row.shop_id, row.customer_id, grant.what, grant.amount, worth(grant, row.currency, rule), case_no=row.number,
            order_no=order.no, key=f"{key}give", actor=actor, at=now, zh=f"售后单 {row.number} 发放{told_zh}",
            en=f"Case {row.number} grants {told_en}",
        )  # fmt: skip

    async def _shipment(self, unit: Unit, row: CaseRow, order: OrderState) -> Shipment:
        """What a carrier is told: goods and address, neither price nor buyer."""
        lines = (await repository.lines(unit, row.shop_id, [row.id]))[row.id]
        goods = "、".join(f"{li.name} ×{li.quantity}" for li in lines)[:200]
        return Shipment(order.no, order.receiver, order.receiver_phone, order.address, goods)


def standing_of(row: CaseRow) -> Standing:
    work = work_of(row)
    return Standing(
        row.kind, row.state, row.amount_minor, row.repaid_minor, work.grant.what if work.grant else "",  # type: ignore[arg-type]
        work.was, work.clawed,  # type: ignore[arg-type]  # only ever written from the same literals
    )  # fmt: skip


def case_key(number: str, version: int, what: str) -> str:
    """An idempotency key of one step of a case."""
    return f"case:{number}:{version}:{what}"
