"""A word to customers who write on while they wait for people: it is no answer and takes nothing from their place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.support import SHOP, Centre, agent
from xinfu.conversations.contracts import Incoming, Reply, Said
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database


class Once:
    """Says one line per wait, and remembers that it did; 出错 breaks it."""

    def while_waiting(self, incoming: Incoming) -> Reply:
        if incoming.message.text == "出错":
            raise RuntimeError
        return Reply() if incoming.memory.get("told") else Reply([Said("都留着呢")], {**incoming.memory, "told": 1})


@pytest.fixture
async def centre(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[Centre]:
    running = await Centre(data_dir, postgres_dsn, clock).start()
    running.intake.waiting = Once()
    yield running
    await running.stop()


async def test_one_line_by_the_house_and_the_place_and_the_reply_clock_stay(centre: Centre) -> None:
    before = await centre.waiting()
    for text in ("人呢", "在吗", "？"):
        await centre.say(before.id, text)
    after = await centre.store.head(before.id)
    told = [m for m in await centre.store.messages(before.id) if m.text == "都留着呢"]
    assert [m.sender for m in told] == ["system"]
    assert after and (after.state, after.queued_at, after.waiting_since) == ("queued", before.queued_at, before.waiting_since)
    assert after.unread == before.unread + 3


async def test_a_fault_in_it_loses_no_message(centre: Centre) -> None:
    c = await centre.waiting()
    await centre.say(c.id, "出错")
    assert [m.text for m in await centre.store.messages(c.id)][-1] == "出错"


async def test_with_a_person_nothing_is_said_in_between(centre: Centre) -> None:
    c = await centre.waiting()
    await centre.conversations.accept(agent(), SHOP, c.id)
    await centre.say(c.id, "在吗")
    assert all(m.text != "都留着呢" for m in await centre.store.messages(c.id))
