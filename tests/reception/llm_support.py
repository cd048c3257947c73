"""A language model set up for one shop, against an endpoint of our own; setup and budget are kept in memory."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from tests.reception.desk import ARTICLES, CARD, ME, NOW, SHIRT, SHOP, Books, Papers, Rules, Shelf
from tests.reception.llm_server import Behaviour, Server, serving
from xinfu.commerce.contracts import Order, Product
from xinfu.identity.contracts import ShopSettings
from xinfu.kit.clock import FixedClock
from xinfu.kit.ids import Id
from xinfu.knowledge.contracts import Hit
from xinfu.reception.llm import Job, Llm
from xinfu.reception.llm_settings import LlmSettings
from xinfu.understanding.contracts import Language


class Setups:
    def __init__(self, settings: LlmSettings | None) -> None:
        self.settings = settings

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    @property
    def any_on(self) -> bool:
        return self.settings is not None

    def current(self, shop_id: Id) -> LlmSettings | None:
        return self.settings if self.settings and self.settings.shop_id == shop_id else None


class Purse:
    """A budget that remembers every reservation and settlement."""

    def __init__(self) -> None:
        self.tokens = 0
        self.outcomes: list[tuple[str, str]] = []

    async def reserve(self, shop_id: Id, tokens: int, budget: int) -> bool:
        if self.tokens + tokens > budget:
            return False
        self.tokens += tokens
        return True

    async def settle(self, shop_id: Id, reserved: int, used: int, use: str, outcomes: Sequence[str]) -> None:
        self.tokens += used - reserved
        self.outcomes += [(use, outcome) for outcome in outcomes]


class Bench:
    """`llm` with everything around it; `result` outcomes are in `purse.outcomes` once stop() ran."""

    def __init__(self, llm: Llm, purse: Purse, server: Server, setups: Setups, clock: FixedClock, books: Books) -> None:
        self.llm = llm
        self.purse = purse
        self.server = server
        self.setups = setups
        self.clock = clock
        self.books = books

    def change(self, **fields: Any) -> None:
        assert self.setups.settings
        self.setups.settings = replace(self.setups.settings, version=self.setups.settings.version + 1, **fields)


@contextlib.asynccontextmanager
async def bench(
    behaviour: Behaviour,
    *orders: Order,
    articles: Sequence[Hit] = tuple(ARTICLES),
    products: Sequence[Product] = (SHIRT, CARD),
    previews: Any = None,
    acting: Any = None,
    **fields: Any,
) -> AsyncIterator[Bench]:
    async with serving(behaviour) as server:
        settings = LlmSettings(
            SHOP, enabled=True, url=server.url, model="m", key="sk-test-key", rewrite=True, converse=True, draft=True, budget_tokens=10**6,
            version=1,
        )  # fmt: skip
        setups, purse, clock, books = Setups(replace(settings, **fields)), Purse(), FixedClock(NOW), Books(*orders)
        rules = Rules(ShopSettings())
        llm = Llm(setups, purse, books, Shelf(*products), Papers(*articles), rules, clock, previews, acting)  # type: ignore[arg-type]
        await llm.start()
        try:
            yield Bench(llm, purse, server, setups, clock, books)
        finally:
            await llm.stop()


def job(said: str, reply: str = "", language: Language = "zh", **more: Any) -> Job:
    return Job(SHOP, "7" * 32, ME, "文小北", language, said, reply, **more)
