"""Fills an empty centre with the demo shop, through the services of each folder: people, settings, knowledge, goods, customers, orders."""

import asyncio
from dataclasses import dataclass, replace

from xinfu import commerce, customers
from xinfu.demo import catalogue, content
from xinfu.demo.daytime import DAY, as_datetime, midnight
from xinfu.demo.generator import DAYS, Generator
from xinfu.demo.people import make_people
from xinfu.demo.staff import DEMO_PASSWORD, OWNER, STAFF, DemoStaff
from xinfu.identity import OpeningHours, Passwords, Settings, StaffAdmin, bootstrap, console_actor
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.knowledge import Knowledge, Scripts
from xinfu.routing import replace_skills

SLUG = "demo"
NAME = "心选百货"
NAME_EN = "Xinxuan Store"
ROUND_THE_CLOCK = OpeningHours(start="00:00", end="00:00")


@dataclass(frozen=True, slots=True)
class DemoServices:
    """The services populate goes through, as app.py or the command line made them; settings and knowledge need not be started."""

    database: Database
    clock: Clock
    passwords: Passwords
    staff: StaffAdmin
    settings: Settings
    knowledge: Knowledge
    scripts: Scripts


@dataclass(frozen=True, slots=True)
class Size:
    customers: int = 3_000
    orders: int = 20_000


async def populate(services: DemoServices, seed: int = 1, size: Size | None = None) -> Id:
    """The id of the demo shop, filled. Each step leaves alone what is there; the settings come last and mark a shop as complete."""
    made = await bootstrap(services.database, services.clock, services.passwords, SLUG, NAME, OWNER.login, DEMO_PASSWORD)
    shop_id = made.shop_id
    await services.settings.load(shop_id)
    if services.settings.current(shop_id).display_name_en == NAME_EN:
        return shop_id
    actor = console_actor([shop_id])
    await asyncio.gather(*(_hire(services, actor, shop_id, person) for person in await _missing(services, actor, shop_id)))
    await _dress_owner(services, actor, shop_id)
    await services.knowledge.start()
    await services.knowledge.load_articles(actor, shop_id, content.articles())
    await services.scripts.load_scripts(actor, shop_id, content.scripts())
    await _rehearse(services, actor, shop_id)
    await _wonder(services, actor, shop_id)
    await _stock(services, shop_id, seed, size or Size())
    await _open(services, actor, shop_id)
    return shop_id


async def _missing(services: DemoServices, actor: Actor, shop_id: Id) -> list[DemoStaff]:
    there = {person.login for person in await services.staff.of_shop(actor, shop_id)}
    return [person for person in STAFF if person.login not in there]


async def _hire(services: DemoServices, actor: Actor, shop_id: Id, person: DemoStaff) -> None:
    view, _ = await services.staff.create(actor, shop_id, person.login, person.name, person.role, password=DEMO_PASSWORD)
    themself = Actor("staff", view.id, person.name, frozenset({shop_id}))
    await services.staff.update_me(themself, None, person.opening_line, person.locale)
    if person.role == "lead":  # what wants somebody with power comes to them first
        async with services.database.unit() as unit:
            await replace_skills(unit, shop_id, view.id, {"lead": 5})


async def _dress_owner(services: DemoServices, actor: Actor, shop_id: Id) -> None:
    for view in await services.staff.of_shop(actor, shop_id):
        if view.login == OWNER.login:
            await services.staff.update_me(Actor("staff", view.id, OWNER.name, frozenset({shop_id})), OWNER.name, None, None)


async def _rehearse(services: DemoServices, actor: Actor, shop_id: Id) -> None:
    there = {sample.title for sample in await services.scripts.rehearsals.samples(actor, shop_id)}
    for sample in content.samples():
        if sample.title not in there:
            await services.scripts.rehearsals.create(actor, shop_id, sample)


async def _wonder(services: DemoServices, actor: Actor, shop_id: Id) -> None:
    """Questions nobody could answer. The conversations they came from are not part of the demo."""
    gaps = services.knowledge.gaps
    if (await gaps.page(actor, shop_id, None, None, 1)).items:
        return
    for question in content.unanswered():
        gaps.note(shop_id, question, "", new_id())
    await gaps.flush()


async def _stock(services: DemoServices, shop_id: Id, seed: int, size: Size) -> None:
    """Goods with their price history, customers, orders: one transaction."""
    now = services.clock.now()
    seconds = int(now.timestamp())
    products = catalogue.products()
    people = make_people(seed, now, size.customers)
    async with services.database.unit() as unit:
        written = await customers.bulk_write(unit, shop_id, [p.record for p in people], now)
        generator = Generator(seed, now, people, written.ids, products)
        for at, edition in generator.prices.editions(midnight(seconds) - (DAYS + 2) * DAY, seconds):
            await commerce.bulk_write(unit, shop_id, products=edition, at=as_datetime(at))
        await commerce.bulk_write(unit, shop_id, orders=generator.orders(size.orders), at=now)


async def _open(services: DemoServices, actor: Actor, shop_id: Id) -> None:
    view = await services.settings.view(actor, shop_id)
    settings = replace(
        view.current.settings,
        display_name=NAME,
        display_name_en=NAME_EN,
        welcome="您好，我是心选百货的小心。订单、物流、商品的问题都可以直接问我，也可以随时说「转人工」。",
        welcome_en="Hello, welcome to Xinxuan Store. Ask me about an order, a parcel or a product, or say you want a person.",
        hours=ROUND_THE_CLOCK,
    )
    await services.settings.save(actor, shop_id, settings, view.newest)
