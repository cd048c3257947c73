"""Use-cases of order operations: show what will happen, do it once, and the history of what was done.

HTTP, staff pages and the AI at the front desk all come through here. Deciding is operations_policy's, writing the shop system's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from xinfu.commerce import methods_policy
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.model import OrderOperationRow
from xinfu.commerce.operations_contracts import (
    ChangeItems,
    ConfirmedBy,
    Done,
    HistoryEntry,
    Inputs,
    MoneyEffect,
    Operation,
    OrderOperated,
    OrderState,
    Preview,
    Reissue,
    ReissueItem,
    inputs_of,
)
from xinfu.commerce.operations_errors import ConfirmationMissing, KeyReused, OrderOutdated
from xinfu.commerce.operations_policy import PERMISSION, Plan, Surroundings, judge, token_of
from xinfu.commerce.ports import NoWallet, OrderConnector, RulesOf, Wallet, no_rules
from xinfu.identity import Permission, Settings
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import clean

_MONEY = ("cancel", "change_items", "change_payment")
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,80}")


class OrderOperations:
    """What may be done to orders. Whoever speaks for a customer (the AI, the customer) names them, and reaches their orders only."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, shop_system: OrderConnector, rules: RulesOf = no_rules,
        wallet: Wallet | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._settings = settings
        self._shop = shop_system
        self._rules = rules
        self._wallet = wallet or NoWallet()

    async def preview(
        self,
        actor: Actor,
        shop_id: Id,
        order_no: str,
        operation: Operation,
        inputs: Inputs | Mapping[str, Any],
        *,
        for_customer: Id | None = None,
    ) -> Preview:
        """What would happen, without anything happening.

        Raises Invalid, OrderNotFound, Forbidden, and the refusals of operations_errors.
        """
        asked = _asked(actor, shop_id, operation, inputs)
        async with self._database.read() as unit:
            order = theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)
            plan = judge(order, asked, await self._around(unit, order, asked, self._clock.now()))
        return _preview(order, asked, plan)

    async def perform(
        self,
        actor: Actor,
        shop_id: Id,
        order_no: str,
        operation: Operation,
        inputs: Inputs | Mapping[str, Any],
        *,
        token: str,
        key: str,
        confirmed_by: ConfirmedBy | None = None,
        confirmation: str = "",
        for_customer: Id | None = None,
    ) -> Done:
        """Do what the preview with this token said, once: the same key again gets the first answer, with `repeated` set.

        `confirmed_by` says who agreed (for the AI it must be the customer), `confirmation` by what: a message id, a word.
        Raises OrderOutdated when order, inputs or money are not those of the token any more, KeyReused, ConfirmationMissing, and what
        preview raises.
        """
        asked = _asked(actor, shop_id, operation, inputs)
        confirm(actor, confirmed_by)
        check_key(key)
        now = self._clock.now()
        try:
            async with self._database.unit() as unit:
                order = theirs(actor, await self._shop.locked(unit, shop_id, order_no), for_customer)
                if before := await _by_key(unit, shop_id, key):
                    return _again(before, order, operation, token)
                around = await self._around(unit, order, asked, now, lock=True)
                plan = judge(order, asked, around)
                if token != token_of(order, asked, plan.money):
                    raise OrderOutdated
                done = await self._write(unit, order, asked, plan, now)
                for reference, amount in methods_policy.moves(plan.money, around.methods):
                    await self._wallet.move(unit, shop_id, order.customer_id, reference, amount)
                _record(unit, actor, order, plan, done, key, token, confirmed_by or "", clean(confirmation)[:200])
        except IntegrityError as e:
            async with self._database.read() as unit:
                taken = await _by_key(unit, shop_id, key) is not None
            if taken:  # at the same moment, on another order
                raise KeyReused from e
            raise
        return done

    async def reissue_within(
        self, unit: Unit, actor: Actor, order: OrderState, items: Sequence[tuple[int, int]], *, key: str, at: datetime
    ) -> str:
        """Send these line positions and quantities again, in the caller's unit that holds the order. Returns the new order's number.

        Whoever calls has decided that it may be done. Raises the refusals of operations_errors.
        """
        asked = Reissue(items=tuple(ReissueItem(line=line, quantity=quantity) for line, quantity in items))
        plan = judge(order, asked, await self._around(unit, order, asked, at, lock=True))
        done = await self._write(unit, order, asked, plan, at)
        _record(unit, actor, order, plan, done, key, token_of(order, asked, plan.money), "staff", "")
        return done.new_order_no

    async def history(self, actor: Actor, shop_id: Id, order_no: str, *, for_customer: Id | None = None) -> list[HistoryEntry]:
        """What was done to the order, oldest first. Raises OrderNotFound."""
        actor.require(Permission.ORDERS_READ, shop_id)
        async with self._database.read() as unit:
            order = theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)
            return [
                HistoryEntry(r.id, r.at, r.operation, r.zh, r.en, r.actor_kind, r.actor_name, r.confirmed_by, r.answer_by)
                for r in await unit.scalars(_of_order(order).order_by(OrderOperationRow.at, OrderOperationRow.id))
            ]

    async def state(self, actor: Actor, shop_id: Id, order_no: str, *, for_customer: Id | None = None) -> OrderState:
        """The order as decisions see it, personal data whole. Raises OrderNotFound."""
        actor.require(Permission.ORDERS_READ, shop_id)
        async with self._database.read() as unit:
            return theirs(actor, await self._shop.state(unit, shop_id, order_no), for_customer)

    async def _around(self, unit: Unit, order: OrderState, asked: Inputs, now: datetime, *, lock: bool = False) -> Surroundings:
        zone = ZoneInfo(self._settings.current(order.shop_id).time_zone)
        skus: list[str] = []
        sent_again: dict[int, int] = {}
        if isinstance(asked, ChangeItems):
            skus = [change.to_sku for change in asked.changes]
        if isinstance(asked, Reissue):
            skus = [line.sku for line in order.lines]
            for row in await unit.scalars(_of_order(order).where(OrderOperationRow.operation == "reissue")):
                for position, quantity in row.again:
                    sent_again[position] = sent_again.get(position, 0) + quantity
        return Surroundings(
            now,
            zone,
            await self._shop.variants(unit, order.shop_id, skus),
            await _payment_urged_at(unit, order) if asked.operation == "urge_payment" else None,
            await _parcel_answer_by(unit, order) if asked.operation == "urge_parcel" else None,
            sent_again,
            self._rules(order.shop_id),
            await self._wallet.methods(unit, order.shop_id, order.customer_id, lock=lock) if asked.operation in _MONEY else {},
        )

    async def _write(self, unit: Unit, order: OrderState, asked: Inputs, plan: Plan, now: datetime) -> Done:
        id_ = new_id()
        new_no = ""
        if plan.changes.again:
            past = (await unit.scalars(_of_order(order).where(OrderOperationRow.operation == "reissue"))).all()
            new_no = await self._shop.send_again(unit, order, plan.changes.again, len(past) + 1, now)
        after = await self._shop.apply(unit, order, plan.changes, plan.money, now, id_)
        return Done(
            id_, asked.operation, order.id, order.no, order.customer_id, after.status, after.version, now, plan.lines, plan.money,
            plan.answer_by, new_no,
        )  # fmt: skip


def theirs(actor: Actor, order: OrderState | None, for_customer: Id | None) -> OrderState:
    """The order, if it is one this actor may reach here. Raises OrderNotFound: that another's order exists is not ours to tell."""
    speaks_for_customer = actor.kind in ("ai", "customer")
    if order is None or (speaks_for_customer and for_customer is None) or for_customer not in (None, order.customer_id):
        raise OrderNotFound
    return order


def confirm(actor: Actor, confirmed_by: str | None) -> None:
    """Raises ConfirmationMissing when the AI acts on anything but the customer's own yes."""
    if confirmed_by is None or (actor.kind in ("ai", "customer") and confirmed_by != "customer"):
        raise ConfirmationMissing


def check_key(key: str) -> None:
    """Raises Invalid for an idempotency key that is too short to be one's own, too long to be stored, or of odd characters."""
    if not _KEY.fullmatch(key):
        raise Invalid(why="key: 8…80 A-Z a-z 0-9 . _ : -")


def _asked(actor: Actor, shop_id: Id, operation: Operation, inputs: Inputs | Mapping[str, Any]) -> Inputs:
    if operation not in PERMISSION:
        raise Invalid(why=f"operation: {str(operation)[:40]}")
    actor.require(PERMISSION[operation], shop_id)
    return inputs_of(operation, inputs)


def _preview(order: OrderState, asked: Inputs, plan: Plan) -> Preview:
    return Preview(
        asked.operation, order.id, order.no, order.customer_id, order.status, order.version, token_of(order, asked, plan.money),
        plan.lines, plan.money, plan.warnings, plan.answer_by,
    )  # fmt: skip


async def _by_key(unit: Unit, shop_id: Id, key: str) -> OrderOperationRow | None:
    query = select(OrderOperationRow).where(OrderOperationRow.shop_id == shop_id, OrderOperationRow.key == key)
    return (await unit.scalars(query)).one_or_none()


def _again(before: OrderOperationRow, order: OrderState, operation: Operation, token: str) -> Done:
    if (before.order_id, before.operation, before.token) != (order.id, operation, token):
        raise KeyReused
    return replace(msgspec.convert(before.result, Done), repeated=True)


def _record(
    unit: Unit, actor: Actor, order: OrderState, plan: Plan, done: Done, key: str, token: str, confirmed_by: str, confirmation: str
) -> None:
    """History, audit entry and announcement of one operation, in its own transaction."""
    unit.add(
        OrderOperationRow(
            id=done.id,
            shop_id=order.shop_id,
            order_id=order.id,
            order_no=order.no,
            customer_id=order.customer_id,
            operation=done.operation,
            key=key,
            token=token,
            at=done.at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            confirmed_by=confirmed_by,
            confirmation=confirmation,
            zh=plan.history.zh,
            en=plan.history.en,
            answer_by=plan.answer_by,
            again=[list(pair) for pair in plan.changes.again],
            result=msgspec.to_builtins(done),
        )
    )
    detail = {"order": order.no, "operation_id": done.id, "confirmed_by": confirmed_by, **_told(plan.money)}
    audit.record(unit, actor, done.at, f"order.{done.operation}", order.shop_id, "order", order.id, **detail)
    unit.announce(OrderOperated(order.shop_id, order.customer_id, order.no, done.operation))


def _told(money: MoneyEffect) -> dict[str, str]:
    moved = {"refund": money.refund, "charge": money.charge}
    return {name: f"{amount.plain()} {amount.currency}" for name, amount in moved.items() if amount}


def _of_order(order: OrderState) -> Any:
    return select(OrderOperationRow).where(OrderOperationRow.shop_id == order.shop_id, OrderOperationRow.order_id == order.id)


async def _payment_urged_at(unit: Unit, order: OrderState) -> datetime | None:
    """When this buyer was last reminded of any order."""
    query = select(OrderOperationRow.at).where(
        OrderOperationRow.shop_id == order.shop_id,
        OrderOperationRow.customer_id == order.customer_id,
        OrderOperationRow.operation == "urge_payment",
    )
    return (await unit.scalars(query.order_by(OrderOperationRow.at.desc()).limit(1))).one_or_none()


async def _parcel_answer_by(unit: Unit, order: OrderState) -> datetime | None:
    query = _of_order(order).where(OrderOperationRow.operation == "urge_parcel").order_by(OrderOperationRow.at.desc()).limit(1)
    last = (await unit.scalars(query)).one_or_none()
    return last.answer_by if last else None
