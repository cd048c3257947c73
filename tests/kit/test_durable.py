"""Durable workflows on both stores: carried on where they stood, steps that ended not taken again, one life of an id, put away and woken."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xinfu.kit.durable import Durable


@pytest.fixture
def durable_store(data_dir: Path, postgres_dsn_empty: str | None) -> Path | str:
    return postgres_dsn_empty or data_dir / "durable.db"


class Work:
    """A workflow of two steps with a wait between them, and what it did."""

    def __init__(self, store: Path | str) -> None:
        self.durable = Durable(store)
        self.durable.workflow("work", self.run)
        self.did: list[str] = []
        self.loops: set[asyncio.AbstractEventLoop] = set()
        self.wait = 0.01
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, name: str) -> None:
        first = await self.durable.step("first", self._do, f"{name} first")
        await self.durable.sleep(self.wait)
        await self.durable.step("second", self._do, f"{name} second after {first}")

    async def _do(self, what: str) -> int:
        self.loops.add(asyncio.get_running_loop())
        self.did.append(what)
        await self.gate.wait()
        return len(what)

    async def idle(self) -> None:
        while self.durable.running:
            await asyncio.sleep(0.01)

    async def begun_again(self, id_: str, *args: str) -> str:
        """What beginning it once more says when its end is written down, which is a moment after its last step."""
        async with asyncio.timeout(20):
            while (told := await self.durable.begin("work", id_, *args)) == "under_way":
                await asyncio.sleep(0.02)
        return told


@pytest.fixture
async def work(durable_store: Path | str) -> AsyncIterator[Work]:
    work = Work(durable_store)
    yield work
    await work.durable.stop()


async def test_a_workflow_runs_once_for_its_id_and_its_steps_run_at_home(work: Work) -> None:
    assert not work.durable.awake
    assert await work.durable.begin("work", "a", "A") == "begun"
    await work.idle()
    assert await work.begun_again("a", "A") == "ended"
    assert work.did == ["A first", "A second after 7"]
    assert work.loops == {asyncio.get_running_loop()}


async def test_what_was_under_way_is_carried_on_without_the_steps_that_ended(work: Work, durable_store: Path | str) -> None:
    work.wait = 0.6
    assert await work.durable.begin("work", "a", "A") == "begun"
    assert await work.durable.begin("work", "a", "A") == "under_way"
    while not work.did:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    await work.durable.stop()
    later = Work(durable_store)
    await later.durable.wake()
    assert await later.durable.begin("work", "a", "A") == "under_way"
    while not later.did:
        await asyncio.sleep(0.02)
    await later.idle()
    await later.durable.stop()
    assert (work.did, later.did) == (["A first"], ["A second after 7"])


async def test_a_step_cut_short_is_taken_again(work: Work, durable_store: Path | str) -> None:
    work.gate.clear()
    await work.durable.begin("work", "a", "A")
    while not work.did:
        await asyncio.sleep(0.01)
    await work.durable.stop()
    later = Work(durable_store)
    await later.durable.wake()
    while len(later.did) < 2:
        await asyncio.sleep(0.02)
    await later.idle()
    await later.durable.stop()
    assert later.did == ["A first", "A second after 7"]


async def test_it_rests_only_when_nothing_is_under_way_and_the_loop_stays_usable(work: Work) -> None:
    work.gate.clear()
    await work.durable.begin("work", "a", "A")
    await work.durable.rest()
    assert work.durable.awake
    work.gate.set()
    await work.idle()
    await work.durable.rest()
    assert not work.durable.awake
    assert await asyncio.to_thread(lambda: "still there") == "still there"
    assert await work.durable.begin("work", "b", "B") == "begun"
    await work.idle()


async def test_what_ended_long_ago_is_forgotten_and_what_ended_lately_is_not(work: Work) -> None:
    await work.durable.begin("work", "a", "A")
    await work.idle()
    await asyncio.sleep(0.1)
    assert await work.durable.forget(datetime.now(UTC) - timedelta(days=1)) == 0
    assert await work.begun_again("a", "A") == "ended"
    assert await work.durable.forget(datetime.now(UTC) + timedelta(days=1)) == 1
    assert await work.durable.begin("work", "a", "A") == "begun"
    await work.idle()


async def test_two_cannot_be_awake_in_one_process(work: Work, tmp_path: Path) -> None:
    await work.durable.wake()
    other = Durable(tmp_path / "other.db")
    with pytest.raises(RuntimeError):
        await other.wake()
    await work.durable.stop()
    await other.wake()
    await other.stop()
