"""The first minute of a new centre: roles, a first shop, its owner. Running it again adds only what is missing."""

import dataclasses
from dataclasses import dataclass

from xinfu.identity import repository
from xinfu.identity.contracts import Permission, ShopSettings
from xinfu.identity.keys import Passwords, new_password
from xinfu.identity.model import Role, Staff, StaffShop
from xinfu.identity.policy import OWNER, SEEDED_ROLES, check_login
from xinfu.identity.service import new_shop
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """The centre's first shop and owner. `password` only when the owner was made just now; it is not kept anywhere."""

    shop_id: Id
    login: str
    password: str | None


def console_actor(shop_ids: list[Id]) -> Actor:
    """Whoever runs a command on the machine holds the data itself, so the command line may do everything in the shops named."""
    return Actor("system", "console", "命令行", frozenset(shop_ids), frozenset(Permission), OWNER)


async def bootstrap(
    database: Database,
    clock: Clock,
    passwords: Passwords,
    slug: str = "main",
    shop_name: str = "我的店铺",
    login: str = "owner",
    password: str | None = None,
) -> Bootstrapped:
    """Make the roles, a first shop and an owner where there are none. To be run before Settings.start()."""
    password = password or new_password()
    hashed = await passwords.hash(password)
    now = clock.now()
    async with database.unit() as unit:
        known = {role.key for role in await repository.roles(unit)}
        unit.add_all(Role(key=key, permissions=sorted(held)) for key, held in SEEDED_ROLES.items() if key not in known)
        await unit.flush()  # people refer to roles and shops
        shops = await repository.shops(unit)
        if shops:
            shop_id = shops[0].id
        else:
            shop_id = new_id()
            await new_shop(unit, console_actor([shop_id]), shop_id, slug, shop_name, "CNY", _named(shop_name), now)
        owners = await repository.all_owners(unit)
        if owners:
            first = await repository.staff_by_id(unit, owners[0])
            return Bootstrapped(shop_id, first.login if first else login, None)
        owner = Staff(
            id=new_id(), login=check_login(login), name="店主", password_hash=hashed, password_once=True, role=OWNER, created_at=now
        )
        unit.add(owner)
        await unit.flush()
        unit.add_all(StaffShop(staff_id=owner.id, shop_id=shop.id) for shop in await repository.shops(unit))
        audit.record(unit, console_actor([shop_id]), now, "staff.created", shop_id, "staff", owner.id, login=owner.login, role=OWNER)
        return Bootstrapped(shop_id, owner.login, password)


def _named(shop_name: str) -> ShopSettings:
    return dataclasses.replace(ShopSettings(), display_name=shop_name)
