"""The users of a tau2 retail file as customers; what has no column of its own stays in `extras` as given. See commerce.tau2."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xinfu.customers.bulk import NewAddress, NewCustomer
from xinfu.customers.writing import bulk_write
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id

_ADDRESS = ("address1", "address2", "city", "state", "zip", "country")


async def write_tau2_users(unit: Unit, shop_id: Id, users: Mapping[str, dict[str, Any]], at: datetime) -> dict[str, Id]:
    """Insert or update by user id; returns customer ids by user id."""
    return (await bulk_write(unit, shop_id, [_customer(user) for user in users.values()], at)).ids


def _customer(user: dict[str, Any]) -> NewCustomer:
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
