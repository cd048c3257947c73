"""What order operations need of a shop system. The embedded shop (commerce.embedded) is one; a real shop system's adapter is another."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from xinfu.commerce.operations_contracts import Changes, MoneyEffect, OrderState, PaymentRef, RefundPart, VariantState
from xinfu.commerce.rules import NO_RULES, OrderRules
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type RulesOf = Callable[[Id], OrderRules]
"""The rules of a shop by its id, as of now."""


class Method(Protocol):
    """One way a customer pays; `balance` is what a gift card holds, None for all others."""

    @property
    def reference(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def balance(self) -> Money | None: ...


class Wallet(Protocol):
    """The customers' own payment methods, in the caller's unit. customers.Wallet is one."""

    async def methods(self, unit: Unit, shop_id: Id, customer_id: Id, *, lock: bool = False) -> Mapping[str, Method]:
        """By reference; with `lock` kept as they are until the unit ends."""
        ...

    async def move(self, unit: Unit, shop_id: Id, customer_id: Id, reference: str, amount: Money) -> None:
        """Put `amount` on a gift card, or take it off when it is negative."""
        ...


class NoWallet:
    """For a shop system that keeps its customers' payment methods to itself."""

    async def methods(self, unit: Unit, shop_id: Id, customer_id: Id, *, lock: bool = False) -> Mapping[str, Method]:
        return {}

    async def move(self, unit: Unit, shop_id: Id, customer_id: Id, reference: str, amount: Money) -> None:
        raise LookupError(reference)


def no_rules(shop_id: Id) -> OrderRules:
    return NO_RULES


class OrderConnector(Protocol):
    """The writing half of contracts.ShopConnector: an order locked and frozen, and changes written to it.

    Both happen in the caller's unit, so that what is written, its history and its audit entry stand or fall together. An adapter of a
    system elsewhere keeps the order's copy here and puts the command for that system into the same unit.
    """

    async def locked(self, unit: Unit, shop_id: Id, no: str) -> OrderState | None:
        """The order as it is now, kept from changing until the unit ends; None when the shop has no such order."""
        ...

    async def state(self, unit: Unit, shop_id: Id, no: str) -> OrderState | None:
        """The order as it is now, without keeping it."""
        ...

    async def variants(self, unit: Unit, shop_id: Id, skus: Sequence[str]) -> dict[str, VariantState]:
        """The shop's variants with these skus, by sku in capitals."""
        ...

    async def apply(self, unit: Unit, order: OrderState, changes: Changes, money: MoneyEffect, at: datetime, reference: str) -> OrderState:
        """Write the changes, refunds as under way and a charge as due, each with the reference. Returns the order afterwards."""
        ...

    async def send_again(self, unit: Unit, order: OrderState, again: Sequence[tuple[int, int]], nth: int, at: datetime) -> str:
        """Make the order that sends these line positions and quantities again, free of charge. Returns its number."""
        ...

    async def pay_back(
        self, unit: Unit, order: OrderState, parts: Sequence[RefundPart], at: datetime, reference: str
    ) -> tuple[PaymentRef, ...]:
        """Write refunds as under way, on an order locked in this unit. `reference` names what asks for them, once in the order's life.

        Raises ValueError when they add up to more than is refundable.
        """
        ...

    async def refunding(self, unit: Unit, shop_id: Id) -> tuple[PaymentRef, ...]:
        """The shop's refunds still under way, oldest first."""
        ...

    async def refund_of(self, unit: Unit, shop_id: Id, payment_id: Id) -> PaymentRef | None:
        """One refund row of the shop, kept from changing until the unit ends; None when an import took it away."""
        ...

    async def settle(
        self, unit: Unit, shop_id: Id, payment_id: Id, state: Literal["done", "void"], at: datetime, *, method: str | None = None
    ) -> PaymentRef | None:
        """A refund under way went back (done; `method` if it went another way) or will not (void). None when it is not under way."""
        ...
