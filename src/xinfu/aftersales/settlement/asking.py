"""Asking for something to be done outside: what is written in the caller's own transaction, money held on the order and in the books."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from xinfu.aftersales.ledger import Ledger
from xinfu.aftersales.settlement import postings, repository
from xinfu.aftersales.settlement.contracts import TaskKind
from xinfu.aftersales.settlement.errors import AmountInvalid, RefundTooMuch, TaskChanged
from xinfu.aftersales.settlement.model import WALLET, TaskRow
from xinfu.aftersales.settlement.ports import Shipment
from xinfu.aftersales.settlement.views import asked_of
from xinfu.commerce import OrderConnector, OrderState, PaymentRef, Wallet, refund_parts
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.operations_contracts import RefundPart
from xinfu.kit import audit
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money


@dataclass(frozen=True, slots=True)
class Reason:
    """Who asks for something, when, under which key and case, and why in both languages."""

    actor: Actor
    at: datetime
    key: str
    case_no: str
    zh: str
    en: str


class Asking:
    """Writes tasks. Nothing here reaches outside; that begins after the commit."""

    def __init__(self, shop_system: OrderConnector, ledger: Ledger, wallet: Wallet) -> None:
        self._shop = shop_system
        self._wallet = wallet
        self._ledger = ledger

    async def refund(
        self, unit: Unit, shop_id: Id, order_no: str, amount: Money, why: Reason, account: str, to: str = ""
    ) -> tuple[PaymentRef, ...]:
        order = await self._locked(unit, shop_id, order_no)
        if before := await repository.by_key(unit, shop_id, why.key):
            _same(before, "refund", order.no, why.case_no, amount)
            found = [await self._shop.refund_of(unit, shop_id, row.subject) for row in before]
            return tuple(ref for ref in found if ref is not None)
        _check(amount, order)
        if order.refundable < amount:
            raise RefundTooMuch(left=str(order.refundable))
        cards = await self.cards(unit, shop_id, order.customer_id)
        refs = await self._shop.pay_back(unit, order, parts_of(order, amount, to, cards), why.at, why.key)
        for part, ref in enumerate(refs):
            await self._hold(unit, ref, why, part, account, cards)
        return refs

    async def adopt(self, unit: Unit, ref: PaymentRef, at: datetime) -> None:
        """A refund an order operation wrote: held in the books and paid like any other."""
        if await repository.with_subject(unit, ref.shop_id, [ref.id]):
            return
        zh, en = f"订单 {ref.order_no} 操作后退款", f"Refund after a change of order {ref.order_no}"
        why = Reason(system_actor(ref.shop_id), at, f"operation:{ref.id}", "", zh, en)
        await self._hold(unit, ref, why, 0, "sales", await self.cards(unit, ref.shop_id, ref.customer_id))

    async def take(
        self, unit: Unit, shop_id: Id, kind: Literal["clawback", "charge"], order_no: str, amount: Money, why: Reason, method: str | None
    ) -> TaskRow:
        """Money from the customer: what they were given too early, or what an exchange costs more."""
        order = await self._locked(unit, shop_id, order_no)
        if before := await repository.by_key(unit, shop_id, why.key):
            _same(before, kind, order.no, why.case_no, amount)
            return before[0]
        _check(amount, order)
        way = method if method is not None else next((p.method for p in order.payments if p.kind == "payment" and p.state == "done"), "")
        payload = {WALLET: True} if way in await self.cards(unit, shop_id, order.customer_id) else {}
        row = _row(unit, shop_id, kind, why, order.no, order.customer_id, amount=amount, method=way, what="sales", payload=payload)
        await self._ledger.post(unit, shop_id, postings.owed(row), why.actor, why.at)
        return row

    async def ship(
        self, unit: Unit, shop_id: Id, kind: TaskKind, shipment: Shipment, customer_id: Id, why: Reason, at_our_cost: bool
    ) -> TaskRow:
        if before := await repository.by_key(unit, shop_id, why.key):
            _same(before, kind, shipment.order_no, why.case_no, None)
            return before[0]
        payload = {"shipment": msgspec.to_builtins(shipment), "at_our_cost": at_our_cost}
        return _row(unit, shop_id, kind, why, shipment.order_no, customer_id, payload=payload)

    async def grant(
        self, unit: Unit, shop_id: Id, order_no: str, customer_id: Id, what: str, value: int, worth: Money, why: Reason
    ) -> TaskRow:
        if value <= 0 or worth.minor < 0:
            raise AmountInvalid
        if before := await repository.by_key(unit, shop_id, why.key):
            _same(before, "grant", order_no, why.case_no, worth)
            return before[0]
        return _row(unit, shop_id, "grant", why, order_no, customer_id, amount=worth, what=what, payload={"value": value})

    async def cards(self, unit: Unit, shop_id: Id, customer_id: Id) -> frozenset[str]:
        """The customer's gift cards, by reference."""
        methods = await self._wallet.methods(unit, shop_id, customer_id)
        return frozenset([reference for reference, method in methods.items() if method.balance is not None])

    async def _locked(self, unit: Unit, shop_id: Id, order_no: str) -> OrderState:
        order = await self._shop.locked(unit, shop_id, order_no)
        if order is None:
            raise OrderNotFound
        return order

    async def _hold(self, unit: Unit, ref: PaymentRef, why: Reason, part: int, account: str, cards: Container[str]) -> None:
        row = _row(
            unit, ref.shop_id, "refund", why, ref.order_no, ref.customer_id,
            part=part, subject=ref.id, amount=ref.amount, method=ref.method, what=account,
            payload={WALLET: True} if ref.method in cards else {},
        )  # fmt: skip
        await self._ledger.post(unit, ref.shop_id, postings.due(row), why.actor, why.at)


def parts_of(order: OrderState, amount: Money, to: str, cards: Container[str]) -> tuple[RefundPart, ...]:
    """Where a refund goes: to the gift card named, or all of it to the way named as far as it was paid by it; else the ways it came."""
    came = [p for p in order.payments if p.method == to and p.state != "void"] if to else []
    left = sum((p.amount if p.kind == "payment" else -p.amount for p in came), amount.zero())
    if to in cards or amount <= left:
        return (RefundPart(to, amount),)
    return tuple(refund_parts(order, amount))


def _check(amount: Money, order: OrderState) -> None:
    if amount.minor <= 0 or amount.currency != order.total.currency:
        raise AmountInvalid


def _same(before: Sequence[TaskRow], kind: TaskKind, order_no: str, case_no: str, amount: Money | None) -> None:
    """Raises TaskChanged when the key stood for something else."""
    asked = sum(row.amount_minor or 0 for row in before)
    if any((row.kind, row.order_no, row.case_no) != (kind, order_no, case_no) for row in before) or (
        amount is not None and (asked, before[0].currency) != (amount.minor, amount.currency)
    ):
        raise TaskChanged


def _row(
    unit: Unit,
    shop_id: Id,
    kind: TaskKind,
    why: Reason,
    order_no: str,
    customer_id: Id,
    *,
    part: int = 0,
    subject: Id = "",
    amount: Money | None = None,
    method: str = "",
    what: str = "",
    payload: dict[str, Any] | None = None,
) -> TaskRow:
    row = TaskRow(
        id=new_id(),
        shop_id=shop_id,
        key=why.key,
        part=part,
        kind=kind,
        case_no=why.case_no,
        order_no=order_no,
        customer_id=customer_id,
        subject=subject,
        state="waiting",
        amount_minor=None if amount is None else amount.minor,
        currency="" if amount is None else amount.currency,
        method=method,
        what=what,
        payload=payload or {},
        attempt=1,
        tries=0,
        reference="",
        words="",
        answer={},
        scans_seen=0,
        watched_until=None,
        zh=why.zh,
        en=why.en,
        actor_kind=why.actor.kind,
        actor_id=why.actor.id,
        actor_name=why.actor.name,
        asked_at=why.at,
        begun_at=why.at,
        settled_at=None,
    )
    unit.add(row)
    told = {} if amount is None else {"amount": f"{amount.plain()} {amount.currency}"}
    audit.record(unit, why.actor, why.at, f"settlement.{kind}.asked", shop_id, "task", row.id, order=order_no, case=why.case_no, **told)
    unit.announce(asked_of(row))
    return row
