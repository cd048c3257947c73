"""Who may visit the demo: customers drawn at random for the simulator, and the ones a person can sign in as on the shop page."""

from dataclasses import dataclass
from random import Random

from xinfu.demo.people import Person, make_people
from xinfu.demo.populate import SLUG, Size
from xinfu.demo.sagas import CAST, SAGAS, Saga
from xinfu.identity import Shops
from xinfu.kit.clock import Clock


@dataclass(frozen=True, slots=True)
class Guest:
    """A known customer with the token that proves it to the widget."""

    name: str
    token: str
    english: bool
    has_orders: bool


class Guests:
    """Draws from the customers that populate made with the same seed."""

    def __init__(self, shops: Shops, clock: Clock, seed: int = 1, customers: int = Size().customers) -> None:
        self._shops = shops
        self._clock = clock
        self._seed, self._customers = seed, customers
        self._people: list[Person] = []
        self._rng = Random()  # noqa: S311 - who comes in next is no secret

    async def anyone(self) -> Guest:
        """One of the crowd: the customers of the sagas are left to whoever looks at the demo."""
        if not self._people:
            self._people = make_people(self._seed, self._clock.now(), self._customers)[len(CAST) :]
        (person,) = self._rng.choices(self._people, [p.habit for p in self._people])  # who buys often also asks often
        if person.record.language != "en" and self._rng.random() < 0.05:  # they are few, but a visitor should meet one
            person = self._rng.choice([p for p in self._people if p.record.language == "en"] or [person])
        return await self._guest(person.record.number, person.record.name, person.record.language == "en", True)

    async def samples(self) -> list[tuple[Saga, Guest]]:
        return [(saga, await self._guest(f"U{100001 + i}", saga.name, saga.english, bool(saga.errands))) for i, saga in enumerate(SAGAS)]

    async def _guest(self, number: str, name: str, english: bool, has_orders: bool) -> Guest:
        shop = await self._shops.by_slug(SLUG)
        return Guest(name, await self._shops.sign_identity(shop.id, number, name), english, has_orders)
