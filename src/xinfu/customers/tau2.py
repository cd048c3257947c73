"""The users of a tau2 retail file as customers; what has no column of its own stays in `extras` as given. See commerce.tau2."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import select

from xinfu.customers.bulk import NewAddress, NewCustomer
from xinfu.customers.contracts import PaymentKind
from xinfu.customers.model import Customer, PaymentMethodRow
from xinfu.customers.policy import ADDRESS_PARTS
from xinfu.customers.wallet import NewMethod, write_methods
from xinfu.customers.writing import bulk_write
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

_ADDRESS = ("address1", "address2", "city", "state", "zip", "country")
_KINDS: frozenset[str] = frozenset(get_args(PaymentKind.__value__))
_CURRENCY = "USD"

type Json = dict[str, Any]


async def write_tau2_users(unit: Unit, shop_id: Id, users: Mapping[str, Json], at: datetime) -> dict[str, Id]:
    """Insert or update by user id, with their payment methods; returns customer ids by user id."""
    ids = (await bulk_write(unit, shop_id, [_customer(user) for user in users.values()], at)).ids
    await write_methods(unit, shop_id, {ids[key]: [_method(m) for m in user["payment_methods"].values()] for key, user in users.items()})
    return ids


async def tau2_users(unit: Unit, shop_id: Id) -> dict[str, Json]:
    """The same form again: as given, with today's addresses and balances. Customers who came another way are left out."""
    balances: dict[Id, dict[str, int]] = {}
    query = select(PaymentMethodRow).where(PaymentMethodRow.shop_id == shop_id, PaymentMethodRow.balance_minor.is_not(None))
    for row in await unit.scalars(query):
        balances.setdefault(row.customer_id, {})[row.reference] = row.balance_minor or 0
    out: dict[str, Json] = {}
    for customer in await unit.scalars(select(Customer).where(Customer.shop_id == shop_id).order_by(Customer.id)):
        if given := customer.extras.get("tau2"):
            own = balances.get(customer.id, {})
            methods = {key: _told(method, own.get(key)) for key, method in given["payment_methods"].items()}
            out[given["user_id"]] = given | {"address": customer.extras.get(ADDRESS_PARTS) or given["address"], "payment_methods": methods}
    return out


def _told(method: Json, balance: int | None) -> Json:
    """The method with its balance, left as it was written when it says the same."""
    if balance is None or _minor(method) == balance:
        return method
    return method | {"balance": balance / 100}


def _minor(method: Json) -> int:
    return Money.parse(repr(method["balance"]), _CURRENCY).minor


def _method(method: Json) -> NewMethod:
    """Raises ValueError for a balance that is no amount or below nothing."""
    if "balance" not in method:
        return NewMethod(method["id"], method["source"] if method["source"] in _KINDS else "other", _CURRENCY)
    if (minor := _minor(method)) < 0:
        raise ValueError(f"balance {method['balance']!r}")
    return NewMethod(method["id"], "gift_card", _CURRENCY, Money(minor, _CURRENCY))


def _customer(user: Json) -> NewCustomer:
    name = f"{user['name']['first_name']} {user['name']['last_name']}"
    address = ", ".join(str(part) for key in _ADDRESS if (part := user["address"].get(key)))
    return NewCustomer(
        number=user["user_id"],
        name=name,
        email=user["email"],
        language="en",
        addresses=(NewAddress(name, "", address),),
        extras={"tau2": user},
    )
