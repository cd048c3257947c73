"""What order operations need of a shop system. The embedded shop (commerce.embedded) is one; a real shop system's adapter is another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from xinfu.commerce.operations_contracts import Changes, MoneyEffect, OrderState, VariantState
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


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
