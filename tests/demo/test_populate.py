"""An empty centre becomes the demo shop, on both stores."""

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, select

from xinfu.commerce import Orders, Products
from xinfu.commerce.model import OrderRow, ParcelScan, PriceChange
from xinfu.customers.model import Customer
from xinfu.demo import DEMO_PASSWORD, NAME, SLUG, DemoServices, Showroom, Size, logins, populate
from xinfu.demo.content import samples, scripts
from xinfu.identity import Authenticator, Passwords, Settings, Shops, SignIn, StaffAdmin, bootstrap, console_actor
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden
from xinfu.kit.ids import Id
from xinfu.knowledge import Knowledge, Scripts

SMALL = Size(customers=40, orders=150)


@pytest.fixture
def services(database: Database, clock: FixedClock) -> DemoServices:
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))  # strength is identity's to test
    passwords = Passwords(quick)
    staff = StaffAdmin(database, clock, passwords, Authenticator(database, clock))
    return DemoServices(database, clock, passwords, staff, Settings(database, clock), Knowledge(database, clock), Scripts(database, clock))


@pytest.fixture
def shops(services: DemoServices) -> Shops:
    authenticator = Authenticator(services.database, services.clock)
    return Shops(services.database, services.clock, services.settings, authenticator)


async def counted(database: Database, *tables: type) -> list[int]:
    async with database.read() as unit:
        return [await unit.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def check_the_customers_to_sign_in_as(services: DemoServices, shops: Shops, shop_id: Id) -> None:
    """They are known to the shop and have the orders their story tells of."""
    showroom = Showroom(services.database, services.clock, shops, "http://127.0.0.1:9")
    numbers = [(saga, (await shops.verify_identity_token(SLUG, guest.token))["sub"]) for saga, guest in await showroom.identities()]
    async with services.database.read() as unit:
        found = (await unit.execute(select(Customer.number, Customer.id, Customer.name).where(Customer.shop_id == shop_id))).all()
    ids: dict[str, tuple[Id, str]] = {row.number: (row.id, row.name) for row in found}
    products = Products(services.database, services.clock)
    orders = Orders(services.database, services.clock)
    of = await orders.orders_of(shop_id, [ids[number][0] for _, number in numbers])
    for saga, number in numbers:
        assert ids[number][1] == saga.name
        assert len(of.get(ids[number][0], [])) == len(saga.errands)
    assert await products.by_sku(shop_id, "FG-TEASET")


async def test_an_empty_centre_becomes_the_demo_shop_and_a_second_time_changes_nothing(services: DemoServices, shops: Shops) -> None:
    database, clock = services.database, services.clock
    shop_id = await populate(services, seed=3, size=SMALL)
    tables = (Customer, OrderRow, ParcelScan, PriceChange, AuditEntry)
    filled = await counted(database, *tables)
    assert filled[:2] == [40, 150]
    assert filled[2] > 500

    shop = await shops.by_slug(SLUG)
    settings = services.settings.current(shop_id)
    assert (shop.id, shop.name, settings.display_name) == (shop_id, NAME, NAME)
    assert settings.hours.start == settings.hours.end
    actor = console_actor([shop_id])
    assert {(p.login, p.name, p.role) for p in await services.staff.of_shop(actor, shop_id)} == {
        (p.login, p.name, p.role) for p in logins()
    }
    assert services.knowledge.by_topic(shop_id, "policy.returns")
    assert services.knowledge.search(shop_id, "退货运费谁出", "customer", 3)
    assert len(await services.scripts.scripts(actor, shop_id)) == len(scripts())
    assert len(await services.scripts.rehearsals.samples(actor, shop_id)) == len(samples())
    asked = (await services.knowledge.gaps.page(actor, shop_id, "open", None, 50)).items
    assert [gap.times for gap in asked] == [5, 3, 2, 1]
    sign_in = SignIn(database, clock, services.passwords, Authenticator(database, clock))
    for login in ("owner", "lead1", "agent6"):
        assert await sign_in.login(login, DEMO_PASSWORD, "127.0.0.1")
    filled = await counted(database, *tables)

    await check_the_customers_to_sign_in_as(services, shops, shop_id)

    clock.move(days=1)  # type: ignore[attr-defined]
    assert await populate(services, seed=3, size=SMALL) == shop_id
    assert await counted(database, *tables) == filled


async def test_switching_the_simulator_is_the_owner_s_and_a_refusal_leaves_it_off(services: DemoServices, shops: Shops) -> None:
    shop_id = (await bootstrap(services.database, services.clock, services.passwords, SLUG, NAME)).shop_id
    showroom = Showroom(services.database, services.clock, shops, "http://127.0.0.1:9")
    agent = Actor("staff", "a" * 32, "林晓禾", frozenset({shop_id}), frozenset({"conversations.serve"}))
    before = await counted(services.database, AuditEntry)
    with pytest.raises(Forbidden):
        await showroom.switch(agent, shop_id, True)
    assert not showroom.simulator.running
    assert await counted(services.database, AuditEntry) == before

    assert await showroom.switch(console_actor([shop_id]), shop_id, True)
    assert showroom.simulator.running
    assert not await showroom.switch(console_actor([shop_id]), shop_id, False)
    assert await counted(services.database, AuditEntry) == [before[0] + 2]
