"""A made-up retail shop on a store, and what all of it holds at a moment."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tests.tau2 import fiction
from xinfu import commerce, customers, identity, schema
from xinfu.identity import console_actor
from xinfu.kit.auth import Actor
from xinfu.kit.ids import Id
from xinfu.tau2 import Hand, Outcome, Workplace, Yes, agent, export

type Json = dict[str, Any]

PACK = "tau2-retail"
_SETTINGS = identity.ShopSettings(display_name="Fiction", locale="en", time_zone="America/New_York")


class Place:
    """One shop of a workplace, with a retail agent at work in it."""

    def __init__(self, work: Workplace, shop_id: Id) -> None:
        self.work = work
        self.shop_id = shop_id
        self.actor = agent(shop_id)
        self._asked = 0

    async def act(self, name: str, customer: str = "ann_1", actor: Actor | None = None, yes: Yes | None = None, **given: Any) -> Outcome:
        self._asked += 1
        hand = Hand(self.work.operations, self.work.cases, self.work.customers, actor or self.actor, self.shop_id)
        return await hand.act(name, given, customer, yes or Yes("yes", f"test:{self._asked:06}"))

    async def export(self) -> Json:
        return await export(self.work.database, self.work.cases, console_actor([self.shop_id]), self.shop_id)

    async def held(self) -> tuple[Json, dict[str, int]]:
        """The whole shop, and how many rows every table has; who looked is not counted."""
        async with self.work.database.read() as unit:
            tables = [t for t in schema.metadata.sorted_tables if t.schema is None and t.name != "audit_entry"]
            rows = {t.name: (await unit.scalar(select(func.count()).select_from(t))) or 0 for t in tables}
        return await self.export(), rows

    async def customer(self, number: str) -> Id:
        return (await self.work.customers.accounts(self.shop_id, [number]))[number][0]


async def place(work: Workplace, folder: Path, given: Json | None = None, slug: str = "fiction", pack: str | None = PACK) -> Place:
    """The made-up shop, or another in the same form, imported and set on a pack."""
    await work.settings.start()
    made = await work.shops.create(console_actor([]), slug, "Fiction", "USD", _SETTINGS)
    if pack:
        await work.packs.choose(console_actor([made.id]), made.id, pack)
    path = folder / "shop.json"
    path.write_text(json.dumps(given or fiction.shop()))
    await commerce.import_tau2(work.database, path, made.id, customers.write_tau2_users, work.clock.now())
    return Place(work, made.id)
