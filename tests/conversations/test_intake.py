"""Messages on their way in: stored before they are acked, once per client id, in order, or refused as a whole."""

import asyncio
from typing import Any

import pytest

from tests.conversations.support import Centre, CustomerEnd, EchoDesk, Origin
from xinfu.conversations import intake as intake_module
from xinfu.conversations.contracts import Incoming, Reply
from xinfu.conversations.intake import CustomerSays
from xinfu.conversations.store import Commit
from xinfu.kit.errors import NotFound, Overloaded, StorageUnavailable
from xinfu.kit.ids import new_id


async def test_a_message_is_stored_with_its_answer_before_it_is_acked(centre: Centre) -> None:
    c = await centre.opened()
    origin = await centre.say(c.id, "我的快递到哪了", "m1")
    stored = await centre.store.messages(c.id)
    assert origin.acks == {"m1": 1}
    assert [(m.seq, m.sender, m.text) for m in stored] == [(1, "customer", "我的快递到哪了"), (2, "ai", "收到:我的快递到哪了")]
    head = await centre.store.head(c.id)
    assert head and (head.last_seq, head.last_text, head.last_sender) == (2, "收到:我的快递到哪了", "ai")


async def test_the_same_client_id_gets_the_same_seq_and_stores_nothing(centre: Centre) -> None:
    c = await centre.opened()
    first = await centre.say(c.id, "在吗", "m1")
    await centre.say(c.id, "你好", "m2")
    again = await centre.say(c.id, "在吗", "m1")
    assert first.acks == again.acks
    assert len(await centre.store.messages(c.id)) == 4


async def test_the_same_client_id_twice_in_one_batch_is_stored_once(centre: Centre) -> None:
    c = await centre.opened()
    origin = Origin()
    for _ in range(5):
        centre.intake.say(CustomerSays(c.id, "m1", "text", "在吗", None, origin))
    await origin.heard(5)
    assert origin.acks == {"m1": 1}
    assert [m.seq for m in await centre.store.messages(c.id)] == [1, 2]


async def test_a_client_id_is_remembered_after_a_restart(centre: Centre) -> None:
    c = await centre.opened()
    await centre.say(c.id, "在吗", "m1")
    centre.intake._hot.clear()
    again = await centre.say(c.id, "在吗", "m1")
    assert again.acks == {"m1": 1}
    assert len(await centre.store.messages(c.id)) == 2


async def test_the_front_desk_remembers_after_a_restart(centre: Centre) -> None:
    c = await centre.opened()
    await centre.say(c.id, "一")
    centre.intake._hot.clear()
    await centre.say(c.id, "二")
    assert (await centre.store.load([c.id]))[c.id].memory == {"count": 2}


async def test_many_conversations_at_once_each_count_from_one_without_gaps(centre: Centre) -> None:
    opened = await asyncio.gather(*(centre.opened() for _ in range(40)))
    origin = Origin()
    for n in range(10):
        for c in opened:
            centre.intake.say(CustomerSays(c.id, f"m{n}", "text", f"第{n}句", None, origin))
    await origin.heard(400)
    for c in opened:
        stored = await centre.store.messages(c.id)
        assert [m.seq for m in stored] == list(range(1, 21))
        assert [m.client_id for m in stored if m.sender == "customer"] == [f"m{n}" for n in range(10)]


async def test_an_unknown_conversation_is_refused(centre: Centre) -> None:
    origin = await centre.say(new_id(), "有人吗")
    assert [type(r) for _, r in origin.refusals] == [NotFound]


async def test_a_batch_that_cannot_be_stored_is_refused_whole_and_leaves_no_trace(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    c = await centre.opened()
    end = CustomerEnd()
    centre.live.join(c.id, end)
    commit = centre.store.commit

    async def full(batch: Commit) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(centre.store, "commit", full)
    origin = await centre.say(c.id, "在吗", "m1")
    assert [(i, type(r)) for i, r in origin.refusals] == [("m1", StorageUnavailable)]
    assert end.seqs == [] and end.frames() == []
    monkeypatch.setattr(centre.store, "commit", commit)
    assert (await centre.say(c.id, "在吗", "m1")).acks == {"m1": 1}
    assert [m.seq for m in await centre.store.messages(c.id)] == [1, 2]


async def test_a_full_queue_answers_overloaded_with_a_time_to_retry(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    c = await centre.opened()
    monkeypatch.setattr(centre.intake, "_queue", asyncio.Queue(1))
    origin = Origin()
    centre.intake.say(CustomerSays(c.id, "m1", "text", "一", None, origin))
    with pytest.raises(Overloaded) as refused:
        centre.intake.say(CustomerSays(c.id, "m2", "text", "二", None, origin))
    assert refused.value.retry_after_s


class BrokenDesk:
    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        raise ValueError("broken")


class SlowDesk:
    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        await asyncio.sleep(60)
        return []


@pytest.mark.parametrize("desk", [BrokenDesk(), SlowDesk(), None])
async def test_a_failing_front_desk_hands_the_customer_to_people(centre: Centre, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "RESPONDER_LIMIT_S", 0.05)
    centre.intake.responder = desk
    c = await centre.opened()
    await centre.say(c.id, "在吗")
    head = await centre.store.head(c.id)
    assert head and head.state == "queued"
    assert (await centre.store.messages(c.id))[0].text == "在吗"
    assert [n.kind for n in await centre.store.notes(c.id)] == ["handover"]


async def test_fragments_of_one_batch_after_a_handover_are_stored_without_a_second_handover(centre: Centre) -> None:
    c = await centre.opened()
    origin = Origin()
    for n, text in enumerate(["转人工", "快点", "人工!"]):
        centre.intake.say(CustomerSays(c.id, f"m{n}", "text", text, None, origin))
    await origin.heard(3)
    head = await centre.store.head(c.id)
    assert head and head.state == "queued"
    assert sum(1 for n in await centre.store.notes(c.id) if n.kind == "handover") == 1
    assert sum(1 for m in await centre.store.messages(c.id) if m.sender == "customer") == 3


async def test_people_are_not_answered_for_by_the_ai(centre: Centre) -> None:
    c = await centre.waiting()
    before = len(await centre.store.messages(c.id))
    await centre.say(c.id, "还在吗")
    stored = await centre.store.messages(c.id)
    assert [m.sender for m in stored[before:]] == ["customer"]


async def test_a_closed_conversation_is_taken_up_again_by_the_next_message(centre: Centre) -> None:
    c = await centre.opened()
    await centre.say(c.id, "一")
    head = await centre.store.head(c.id)
    assert head
    await centre.conversations.close_silent(c.shop_id, c.id, "ai", head.last_at)
    closed = await centre.store.head(c.id)
    assert closed and closed.state == "closed"
    await centre.say(c.id, "二")
    again = await centre.store.head(c.id)
    assert again and (again.state, again.closed_at) == ("ai", None)
    assert isinstance(centre.intake.responder, EchoDesk)
