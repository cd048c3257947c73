"""A shop with its packs over one store, and a draft to change."""

from datetime import date
from importlib import resources
from types import SimpleNamespace
from typing import Any, cast

from tests.aftersales.desk import ALL, SHANGHAI
from tests.commerce.builders import OTHER, SHOP, someone
from xinfu.aftersales.packs import Packs
from xinfu.aftersales.packs.contracts import Draft, SavedPack
from xinfu.aftersales.packs.service import PackDesk
from xinfu.aftersales.packs.writing import without_head
from xinfu.identity import Permission, Shops
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id

TEXT = resources.files("xinfu.aftersales.packs").joinpath("cn-default.toml").read_text("utf-8")
BODY = without_head(TEXT)
OWNER: Actor = ALL
READER = someone(Permission.AFTERSALES_READ)
TODAY = date(2026, 3, 10)
__all__ = ["OTHER", "SHOP"]


async def _by_id(shop_id: Id) -> Any:
    return SimpleNamespace(currency="CNY")


class PackShop:
    """Packs of one shop; `publish` checks and publishes in one go."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.packs = Packs.shipped()
        self.desk = PackDesk(database, clock, SHANGHAI, cast("Shops", SimpleNamespace(by_id=_by_id)), self.packs)

    async def publish(self, text: str = BODY, day: date = TODAY, pack: str = "own", adopt: bool = True) -> SavedPack:
        draft = Draft(pack, day, text)
        checked = await self.desk.check(OWNER, SHOP, draft)
        assert checked.problems == ()
        return await self.desk.publish(OWNER, SHOP, draft, token=checked.token, newest=checked.newest, adopt=adopt)
