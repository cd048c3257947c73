"""Search shows a full page of what one may read, and nothing else; a customer's chats opened at once are one chat."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.conversations.support import SHOP, Centre, agent, lead
from xinfu.conversations.board import Board
from xinfu.conversations.contracts import Presence
from xinfu.conversations.search import ConversationSearch
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.ids import new_id


class NobodysDesk:
    async def connected(self, actor: Actor, shop_id: str) -> None: ...
    async def disconnected(self, actor: Actor, shop_id: str) -> None: ...
    async def set_state(self, actor: Actor, shop_id: str, state: object, reason: str) -> Presence:
        raise NotFound

    def presence(self, shop_id: str) -> list[Presence]:
        return []


@pytest.fixture
async def index(centre: Centre) -> AsyncIterator[ConversationSearch]:
    index = ConversationSearch(None, gather_s=0.01)
    centre.intake.listeners.append(index.feed)
    await index.start(centre.store)
    yield index
    await index.stop()


@pytest.fixture
def board(centre: Centre, index: ConversationSearch) -> Board:
    return Board(centre.conversations, index, centre.settings, NobodysDesk(), centre.clock)


async def _closed(centre: Centre, who: Actor, text: str) -> str:
    """A conversation in which `text` was said, served by `who` and closed."""
    c = await centre.opened()
    await centre.say(c.id, text)
    await centre.conversations.ask_for_person(c.id, Actor("customer", c.customer_id, "云朵"), {})
    await centre.conversations.accept(who, SHOP, c.id)
    await centre.conversations.close(who, SHOP, c.id, "", spare=False, reason="")
    return c.id


async def test_a_page_is_full_though_most_of_what_was_found_is_others(centre: Centre, board: Board, index: ConversationSearch) -> None:
    me, other = agent("小林"), agent("小陈")
    mine = []
    for n in range(12):
        for _ in range(3):
            await _closed(centre, other, "退货运费谁出")
        mine.append(await _closed(centre, me, f"退货运费 {n}"))
        centre.clock.move(seconds=1)
    await index.settled()
    seen: list[str] = []
    cursor, sizes = None, []
    while True:
        page = await board.search(me, SHOP, "退货运费", cursor, 5)
        seen += [item["conversation"].id for item in page["items"]]
        sizes.append(len(page["items"]))
        if (cursor := page["next"]) is None:
            break
    assert seen == mine[::-1] and sizes[:2] == [5, 5]
    everything = await board.search(lead(), SHOP, "退货运费", None, 100)
    assert len(everything["items"]) == 48 and everything["next"] is None


async def test_who_is_not_of_the_shop_finds_nothing(centre: Centre, board: Board, index: ConversationSearch) -> None:
    await _closed(centre, agent(), "退货运费谁出")
    await index.settled()
    with pytest.raises(NotFound):
        await board.search(agent(shop=new_id()), SHOP, "退货运费", None, 5)
    with pytest.raises(Forbidden):
        await board.search(agent(permissions=frozenset()), SHOP, "退货运费", None, 5)
    assert (await board.search(agent(), SHOP, "退货运费", None, 5))["items"] == []


async def test_two_tabs_opened_at_once_are_one_conversation(centre: Centre) -> None:
    customer = new_id()
    opened = await asyncio.gather(*(centre.conversations.open(SHOP, customer, "云朵", 0, "zh", fresh=n == 0) for n in range(5)))
    assert len({c.id for c in opened}) == 1
    assert [c.id for c in await centre.store.of_customer(SHOP, customer)] == [opened[0].id]
    assert (await centre.conversations.open(SHOP, customer, "云朵", 0, "zh")).id == opened[0].id


async def test_a_tab_closed_while_opening_does_not_fail_the_other(centre: Centre) -> None:
    customer = new_id()
    closed = asyncio.create_task(centre.conversations.open(SHOP, customer, "云朵", 0, "zh"))
    other = asyncio.create_task(centre.conversations.open(SHOP, customer, "云朵", 0, "zh"))
    await asyncio.sleep(0)
    closed.cancel()
    assert (await other).customer_id == customer
