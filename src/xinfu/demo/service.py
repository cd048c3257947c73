"""What the demo adds to a running centre: the switch of the simulated customers and the identities of the shop page."""

from xinfu.demo.guests import Guest, Guests
from xinfu.demo.populate import SLUG
from xinfu.demo.sagas import Saga
from xinfu.demo.simulator import Simulator
from xinfu.identity import Permission, Shops
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id


class Showroom:
    """`base_url` is where the running centre answers, e.g. http://127.0.0.1:8600; app.py starts the simulator and stops it."""

    def __init__(self, database: Database, clock: Clock, shops: Shops, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._guests = Guests(shops, clock)
        self.simulator = Simulator(base_url, SLUG, self._guests.anyone)

    async def simulating(self, actor: Actor, shop_id: Id) -> bool:
        actor.require(Permission.SETTINGS_EDIT, shop_id)
        return self.simulator.running

    async def switch(self, actor: Actor, shop_id: Id, on: bool) -> bool:
        """Open or close the door to simulated customers."""
        actor.require(Permission.SETTINGS_EDIT, shop_id)
        async with self._database.unit() as unit:
            audit.record(unit, actor, self._clock.now(), "demo.simulator", shop_id, "simulator", SLUG, on=on)
        await (self.simulator.start() if on else self.simulator.stop())
        return self.simulator.running

    async def identities(self) -> list[tuple[Saga, Guest]]:
        return await self._guests.samples()
