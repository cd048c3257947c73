"""How customers pay: their payment methods by reference, and money put on or taken off a gift card, exact and never below nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from xinfu.customers.contracts import PaymentKind, PaymentMethod
from xinfu.customers.errors import BalanceTooLow, MethodUnknown
from xinfu.customers.model import PaymentMethodRow
from xinfu.customers.repository import Row, chunks
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

GIFT_CARD: PaymentKind = "gift_card"


@dataclass(frozen=True, slots=True)
class NewMethod:
    """A payment method of the shop system; `balance` of a gift card only."""

    reference: str
    kind: PaymentKind
    currency: str
    balance: Money | None = None


class Wallet:
    """Payment methods inside a caller's unit. commerce and aftersales meet it through commerce.ports.Wallet."""

    async def methods(self, unit: Unit, shop_id: Id, customer_id: Id, *, lock: bool = False) -> dict[str, PaymentMethod]:
        """The customer's payment methods by reference, oldest first; with `lock` kept as they are until the unit ends."""
        query = select(PaymentMethodRow).where(PaymentMethodRow.shop_id == shop_id, PaymentMethodRow.customer_id == customer_id)
        query = query.order_by(PaymentMethodRow.id).execution_options(populate_existing=True)
        rows = await unit.scalars(query.with_for_update() if lock else query)
        return {row.reference: _value(row) for row in rows}

    async def move(self, unit: Unit, shop_id: Id, customer_id: Id, reference: str, amount: Money) -> None:
        """Put `amount` on a gift card, or take it off when it is negative. Raises MethodUnknown, BalanceTooLow, ValueError."""
        method = (await self.methods(unit, shop_id, customer_id, lock=True)).get(reference)
        if method is None or method.balance is None:
            raise MethodUnknown
        after = method.balance + amount  # ValueError for another currency
        if after < after.zero():
            raise BalanceTooLow
        own = (PaymentMethodRow.shop_id == shop_id, PaymentMethodRow.customer_id == customer_id, PaymentMethodRow.reference == reference)
        await unit.execute(update(PaymentMethodRow).where(*own).values(balance_minor=after.minor))


async def write_methods(unit: Unit, shop_id: Id, given: Mapping[Id, Sequence[NewMethod]]) -> None:
    """Make methods known by customer; one the shop system tells of again keeps its balance unless the told one changed."""
    known: dict[tuple[Id, str], PaymentMethodRow] = {}
    for chunk in chunks(list(given)):
        query = select(PaymentMethodRow).where(PaymentMethodRow.shop_id == shop_id, PaymentMethodRow.customer_id.in_(chunk))
        known.update({(row.customer_id, row.reference): row for row in await unit.scalars(query)})
    new: list[Row] = []
    for customer_id, methods in given.items():
        for method in methods:
            minor = method.balance.minor if method.balance is not None else None
            row = known.get((customer_id, method.reference))
            if row is None:
                own = {"id": new_id(), "shop_id": shop_id, "customer_id": customer_id, "reference": method.reference}
                new.append(own | {"kind": method.kind, "balance_minor": minor, "given_minor": minor, "currency": method.currency})
            elif (row.kind, row.given_minor) != (method.kind, minor):
                row.kind, row.balance_minor, row.given_minor = method.kind, minor, minor
    if new:
        await unit.execute(PaymentMethodRow.__table__.insert(), new)  # type: ignore[attr-defined]
    await unit.flush()


def _value(row: PaymentMethodRow) -> PaymentMethod:
    balance = None if row.balance_minor is None else Money(row.balance_minor, row.currency)
    return PaymentMethod(row.reference, row.kind, balance)  # type: ignore[arg-type]  # only PaymentKind is ever written
