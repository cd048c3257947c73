"""What other folders ask about people and shops inside a transaction of their own."""

from dataclasses import dataclass

from xinfu.identity import repository
from xinfu.identity.contracts import Permission
from xinfu.identity.policy import role_permissions
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who works in a shop and may sign in."""

    id: Id
    name: str
    role: str


async def holders(unit: Unit, shop_id: Id, permission: Permission) -> list[Colleague]:
    """Who in this shop holds the permission now."""
    able = {role.key for role in await repository.roles(unit) if permission in role_permissions(role.key, role.permissions)}
    people = await repository.staff_of_shop(unit, shop_id)
    return [Colleague(p.id, p.name, p.role) for p in people if p.role in able and not p.disabled]


async def role_keys(unit: Unit) -> list[str]:
    return [role.key for role in await repository.roles(unit)]


async def shop_currency(unit: Unit, shop_id: Id) -> str:
    """What the shop counts in; CNY for one nobody opened."""
    shop = await repository.shop_by_id(unit, shop_id)
    return shop.currency if shop else "CNY"
