"""The embedded shop as an OrderConnector: freezes an order of our own tables, and writes changes back with the packed form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, select, update

from xinfu.commerce import repository
from xinfu.commerce.bulk import NewLine, NewOrder
from xinfu.commerce.contracts import OrderChanged
from xinfu.commerce.model import Invoice, OrderLineRow, OrderMark, OrderRow, Payment, ProductRow, VariantRow
from xinfu.commerce.operations_contracts import (
    Changes,
    InvoiceDetails,
    InvoiceState,
    Line,
    MoneyEffect,
    OrderState,
    PaymentLine,
    PaymentRef,
    RefundPart,
    VariantState,
)
from xinfu.commerce.packing import pack, stamp_of
from xinfu.commerce.policy import order_key, phone_tail
from xinfu.commerce.writing import bulk_write
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

NO_RETURN = "no_return_confirmed"
"""Key of an order line's extras: the buyer confirmed at this purchase that it cannot be given back without a reason."""


ITEMS_CHANGED = "items_changed"
ASKED_BACK = "asked_back"
ADDRESS_PARTS = "address_parts"
CANCEL_REASON = "cancel_reason"
"""Keys of an order's extras: its items were changed; goods of it are being returned or exchanged; its address in parts, as set here; why
it was cancelled."""


class EmbeddedShop:
    """Orders in our own tables. Stock is counted by whoever imports it and is not touched here."""

    async def locked(self, unit: Unit, shop_id: Id, no: str) -> OrderState | None:
        return await self._frozen(unit, _order(shop_id, no).with_for_update())

    async def state(self, unit: Unit, shop_id: Id, no: str) -> OrderState | None:
        return await self._frozen(unit, _order(shop_id, no))

    async def variants(self, unit: Unit, shop_id: Id, skus: Sequence[str]) -> dict[str, VariantState]:
        if not skus:
            return {}
        query = select(VariantRow, ProductRow.name).join(ProductRow, ProductRow.id == VariantRow.product_id)
        query = query.where(VariantRow.shop_id == shop_id, func.upper(VariantRow.sku).in_([sku.upper() for sku in skus]))
        return {
            v.sku.upper(): VariantState(v.sku, v.product_id, name, _pairs(v.options), Money(v.price_minor, v.currency), v.stock)
            for v, name in await unit.execute(query)
        }

    async def apply(self, unit: Unit, order: OrderState, changes: Changes, money: MoneyEffect, at: datetime, reference: str) -> OrderState:
        row = (await unit.scalars(_order(order.shop_id, order.no))).one()
        if changes.status == "cancelled":
            row.status, row.cancelled_at = "cancelled", at
        if changes.receiver is not None and changes.receiver_phone is not None and changes.address is not None:
            row.receiver, row.receiver_phone, row.address = changes.receiver, changes.receiver_phone, changes.address
            row.receiver_tail = phone_tail(changes.receiver_phone)
        row.extras = row.extras | _noted(changes)
        if changes.gift is not None:
            row.gift = changes.gift
        if changes.note is not None:
            row.note = changes.note
        row.total_minor = money.total.minor
        await _write_lines(unit, order, changes)
        await _write_money(unit, order, changes, money, at, reference)
        if changes.invoice is not None:
            await _write_invoice(unit, order, changes.invoice)
        await _mark(unit, order, changes, at)
        await unit.flush()
        packed = await repository.packed_from_tables(unit, order.shop_id, order.id)
        view = pack(packed)
        if view != row.view:
            row.view, row.stamp = view, stamp_of(view)
            unit.announce(OrderChanged(order.shop_id, order.customer_id, order.no))
        await unit.flush()
        after = await self.state(unit, order.shop_id, order.no)
        assert after is not None  # it was locked a moment ago
        return after

    async def send_again(self, unit: Unit, order: OrderState, again: Sequence[tuple[int, int]], nth: int, at: datetime) -> str:
        zero = order.total.zero()
        by_position = {line.position: line for line in order.lines}
        bought = [(by_position[position], quantity) for position, quantity in again]
        lines = tuple(NewLine(li.sku, li.name, quantity, zero, li.options) for li, quantity in bought)
        new = NewOrder(
            f"{order.no}-R{nth}",
            order.customer_id,
            "paid",
            at,
            lines,
            zero,
            zero,
            order.receiver,
            order.receiver_phone,
            order.address,
            # A present stays one: the buyer's own phone is not in the order, any other tells the same.
            buyer_phone="0" if order.gift else "",
            note=order.no,
            paid_at=at,
            extras={"again": order.no},
        )
        await bulk_write(unit, order.shop_id, orders=[new], at=at)
        return new.no

    async def pay_back(
        self, unit: Unit, order: OrderState, parts: Sequence[RefundPart], at: datetime, reference: str
    ) -> tuple[PaymentRef, ...]:
        total = sum((part.amount for part in parts), order.total.zero())
        if not parts or not order.total.zero() < total or not total <= order.refundable:
            raise ValueError("more than is refundable")
        await _write_money(unit, order, Changes(), MoneyEffect(total, order.total.zero(), order.total, tuple(parts)), at, reference)
        await _mark(unit, order, Changes(), at)
        await unit.flush()
        return await _refunds(unit, order.shop_id, Payment.order_id == order.id, Payment.reference == reference)

    async def refunding(self, unit: Unit, shop_id: Id) -> tuple[PaymentRef, ...]:
        return await _refunds(unit, shop_id, Payment.state == "refunding")

    async def refund_of(self, unit: Unit, shop_id: Id, payment_id: Id) -> PaymentRef | None:
        found = await _refunds(unit, shop_id, Payment.id == payment_id, lock=True)
        return found[0] if found else None

    async def settle(
        self, unit: Unit, shop_id: Id, payment_id: Id, state: Literal["done", "void"], at: datetime, *, method: str | None = None
    ) -> PaymentRef | None:
        ref = await self.refund_of(unit, shop_id, payment_id)
        if ref is None or ref.state != "refunding":
            return None
        way = ref.method if method is None else method
        mine = (Payment.shop_id == shop_id, Payment.id == payment_id)
        await unit.execute(update(Payment).where(*mine).values(state=state, settled_at=at, method=way))
        order = select(Payment.order_id).where(*mine).scalar_subquery()
        marks = update(OrderMark).where(OrderMark.shop_id == shop_id, OrderMark.order_id == order)
        await unit.execute(marks.values(revision=OrderMark.revision + 1))
        return replace(ref, state=state, method=way)

    async def _frozen(self, unit: Unit, query: Select[OrderRow]) -> OrderState | None:
        row = (await unit.scalars(query.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            return None
        packed = await repository.packed_from_tables(unit, row.shop_id, row.id)
        mark = await unit.get(OrderMark, row.id, populate_existing=True) or OrderMark(
            order_id=row.id, revision=0, hold_reason="", pay_method=""
        )
        return OrderState(
            row.id,
            row.no,
            row.shop_id,
            row.customer_id,
            f"{mark.revision}.{row.stamp}",
            packed.status,
            row.placed_at,
            row.pay_by,
            row.paid_at,
            row.completed_at,
            Money(row.total_minor, row.currency),
            Money(row.freight_minor, row.currency),
            await _lines(unit, row),
            await _payments(unit, row),
            row.receiver,
            row.receiver_phone,
            row.address,
            row.gift,
            row.note,
            packed.parcels,
            mark.reviewed_at,
            mark.held_at,
            mark.hold_reason,
            mark.intercept_at,
            mark.pay_method,
            await _invoice(unit, row),
            row.extras.get(ITEMS_CHANGED) is True,
            row.extras.get(ASKED_BACK) is True,
        )


def _noted(changes: Changes) -> dict[str, object]:
    """What changes leave in the order's extras. An address given as one line has no parts any more."""
    noted: dict[str, object] = {ITEMS_CHANGED: True} if changes.lines else {}
    if changes.address_parts is not None:
        noted[ADDRESS_PARTS] = dict(changes.address_parts)
    if changes.cancel_reason:
        noted[CANCEL_REASON] = changes.cancel_reason
    return noted


def _order(shop_id: Id, no: str) -> Select[OrderRow]:
    return select(OrderRow).where(OrderRow.shop_id == shop_id, OrderRow.no_key == order_key(no))


async def _lines(unit: Unit, row: OrderRow) -> tuple[Line, ...]:
    query = select(OrderLineRow, ProductRow.category).outerjoin(ProductRow, ProductRow.id == OrderLineRow.product_id)
    query = query.where(OrderLineRow.shop_id == row.shop_id, OrderLineRow.order_id == row.id).order_by(OrderLineRow.position)
    return tuple(
        Line(
            li.position,
            li.sku,
            li.product_id,
            li.name,
            _pairs(li.options),
            li.quantity,
            Money(li.price_minor, row.currency),
            category or "",
            li.extras.get(NO_RETURN) is True,
        )
        for li, category in await unit.execute(query)
    )


async def _payments(unit: Unit, row: OrderRow) -> tuple[PaymentLine, ...]:
    query = select(Payment).where(Payment.shop_id == row.shop_id, Payment.order_id == row.id).order_by(Payment.position)
    found = tuple(
        [
            PaymentLine("refund" if p.kind == "refund" else "payment", p.method, Money(p.amount_minor, p.currency), p.state)  # type: ignore[arg-type]
            for p in await unit.scalars(query)
        ]
    )
    if not any(p.kind == "payment" for p in found) and (row.paid_at is not None or row.status not in ("unpaid", "cancelled")):
        # A shop system that names no payments, only that it was paid: then the whole total was, in a way it did not say.
        return (PaymentLine("payment", "", Money(row.total_minor, row.currency)), *found)
    return found


async def _invoice(unit: Unit, row: OrderRow) -> InvoiceState | None:
    query = select(Invoice).where(Invoice.shop_id == row.shop_id, Invoice.order_id == row.id).order_by(Invoice.id.desc()).limit(1)
    found = (await unit.scalars(query)).one_or_none()
    return InvoiceState(found.title, found.number, found.issued_at) if found else None


async def _write_lines(unit: Unit, order: OrderState, changes: Changes) -> None:
    for change in changes.lines:
        query = update(OrderLineRow).where(
            OrderLineRow.shop_id == order.shop_id, OrderLineRow.order_id == order.id, OrderLineRow.position == change.position
        )
        options = [list(pair) for pair in change.to.options]
        await unit.execute(query.values(sku=change.to.sku, options=options, price_minor=change.to.price.minor))


async def _write_money(unit: Unit, order: OrderState, changes: Changes, money: MoneyEffect, at: datetime, reference: str) -> None:
    """Refunds and what is paid or due, in the order it happens. What was due before is void: the new sum holds it."""
    own = (Payment.shop_id == order.shop_id, Payment.order_id == order.id)
    if changes.status == "cancelled" or changes.lines:
        await unit.execute(update(Payment).where(*own, Payment.state == "due").values(state="void"))
    new = [("refund", part.method, part.amount, "done" if part.at_once else "refunding", at, reference) for part in money.parts]
    if money.charge:
        method, state = (money.charged_to, "done") if money.charged_to else (order.pay_method, "due")
        new.insert(0, ("payment", method, money.charge, state, at, reference))
    if not new:
        return
    position = (await unit.scalar(select(func.max(Payment.position)).where(*own)) or 0) + 1
    if await unit.scalar(select(func.count()).where(*own, Payment.kind == "payment", Payment.state == "done")) == 0 and order.paid:
        new.insert(0, ("payment", "", order.paid, "done", order.paid_at or order.placed_at, ""))  # what was only implied so far
    for n, (kind, method, amount, state, when, named) in enumerate(new, position):
        unit.add(
            Payment(
                shop_id=order.shop_id,
                order_id=order.id,
                position=n,
                kind=kind,
                method=method,
                amount_minor=amount.minor,
                currency=amount.currency,
                at=when,
                reference=named,
                state=state,
                settled_at=at if state == "done" and named else None,
                extras={},
            )
        )


async def _write_invoice(unit: Unit, order: OrderState, asked: InvoiceDetails) -> None:
    query = select(Invoice).where(Invoice.shop_id == order.shop_id, Invoice.order_id == order.id).order_by(Invoice.id.desc()).limit(1)
    last = (await unit.scalars(query)).one_or_none()
    if last is None or last.issued_at is not None:
        last = Invoice(shop_id=order.shop_id, order_id=order.id, number="", issued_at=None, replaces=last.number if last else "")
        unit.add(last)
    last.title, last.tax_no, last.email, last.electronic = asked.title, asked.tax_no, asked.email, asked.electronic
    last.amount_minor, last.currency = asked.amount.minor, asked.amount.currency


async def _mark(unit: Unit, order: OrderState, changes: Changes, at: datetime) -> None:
    mark = await unit.get(OrderMark, order.id)
    if mark is None:
        mark = OrderMark(order_id=order.id, shop_id=order.shop_id, revision=0, hold_reason="", pay_method="")
        unit.add(mark)
    mark.revision += 1
    if changes.reviewed:
        mark.reviewed_at = at
    if changes.held is not None:
        mark.held_at, mark.hold_reason = (at, changes.hold_reason) if changes.held else (None, "")
    if changes.intercepting:
        mark.intercept_at = at
    if changes.pay_method is not None:
        mark.pay_method = changes.pay_method


async def _refunds(unit: Unit, shop_id: Id, *those: ColumnElement[bool], lock: bool = False) -> tuple[PaymentRef, ...]:
    query = select(Payment, OrderRow.no, OrderRow.customer_id).join(OrderRow, OrderRow.id == Payment.order_id)
    query = query.where(Payment.shop_id == shop_id, Payment.kind == "refund", *those).order_by(
        Payment.at, Payment.order_id, Payment.position
    )
    query = query.execution_options(populate_existing=True)
    return tuple(
        [
            PaymentRef(p.id, shop_id, no, customer_id, p.method, Money(p.amount_minor, p.currency), p.at, p.state, p.reference)  # type: ignore[arg-type]
            for p, no, customer_id in await unit.execute(query.with_for_update(of=Payment) if lock else query)
        ]
    )


def _pairs(options: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((pair[0], pair[1]) for pair in options)
