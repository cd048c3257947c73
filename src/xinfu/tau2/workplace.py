"""The services a retail agent works with, over one database, without a running centre: nothing is paid or sent from here."""

from zoneinfo import ZoneInfo

from xinfu import aftersales, commerce, customers, identity, migrations
from xinfu.aftersales import authority, ledger, settlement
from xinfu.aftersales.packs.service import PackDesk
from xinfu.config import Config
from xinfu.identity.policy import SEEDED_ROLES
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock, SystemClock
from xinfu.kit.database import Database
from xinfu.kit.durable import Durable
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id

ROLE = "specialist"


class Workplace:
    """Opened, it knows its shops and their packs. What leaves the house is asked for and waits for the centre to run."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.database = Database(config.database_url)
        self.settings = identity.Settings(self.database, self.clock)
        self.shops = identity.Shops(self.database, self.clock, self.settings, identity.Authenticator(self.database, self.clock))
        self.customers = customers.Customers(self.database, self.clock)
        packs = aftersales.Packs.shipped()
        self.packs = PackDesk(self.database, self.clock, self.settings, self.shops, packs)
        house, wallet = commerce.EmbeddedShop(), customers.Wallet()
        rules = aftersales.order_rules(packs, self.settings, self.clock)
        self.operations = commerce.OrderOperations(self.database, self.clock, self.settings, house, rules, wallet)
        outside = settlement.simulated(config.data / "outside.db", self.clock).outside
        asked = settlement.Settlement(
            self.database, self.clock, Bus(), self._shop_ids, house, ledger.Ledger(self.database), outside, Durable(config.durable_store)
        )
        limits = authority.Authority(self.database, self.clock, self.settings)
        self.cases = aftersales.Cases(
            self.database, self.clock, self.settings, house, packs, limits, asked, self.operations, wallet
        )  # fmt: skip

    async def open(self) -> None:
        """Make the tables as they are to be and read what is kept in memory."""
        await migrations.upgrade(self.config)
        await identity.bootstrap(self.database, self.clock, identity.Passwords())
        await self.settings.start()
        await self.packs.start()

    async def close(self) -> None:
        await self.database.dispose()

    async def shop(self, slug: str) -> identity.Shop:
        """Raises NotFound."""
        found = next((shop for shop in await self.shops.all() if shop.slug == slug), None)
        if found is None:
            raise NotFound
        return found

    def pack(self, shop_id: Id) -> str:
        """The pack the shop goes by today."""
        zone = ZoneInfo(self.settings.current(shop_id).time_zone)
        return self.packs.packs.in_force(shop_id, self.clock.now(), zone).id

    async def _shop_ids(self) -> list[Id]:
        return [shop.id for shop in await self.shops.all()]


def agent(shop_id: Id) -> Actor:
    """A person of the after-sales desk, with that role's rights and no others."""
    return Actor("staff", "retail-agent", "Retail agent", frozenset({shop_id}), SEEDED_ROLES[ROLE], ROLE)
