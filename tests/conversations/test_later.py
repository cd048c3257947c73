"""Answers that come a little later: after a pause, after some work, after a restart; once each, and never lost."""

import asyncio
from collections.abc import Callable

from tests.conversations.support import Centre
from xinfu.conversations.contracts import STAFF_ONLY, Handover, Incoming, Message, Reply, Said
from xinfu.conversations.frames import message_frame
from xinfu.conversations.keeper import Keeper
from xinfu.kit.auth import Actor


class PatientDesk:
    """Waits for more after …; works on 办 until `go` is set; echoes the rest with what came before it."""

    def __init__(self) -> None:
        self.wait_s = 0.05
        self.go = asyncio.Event()
        self.worked: list[str] = []
        self.fails = False

    async def respond(self, batch: list[Incoming]) -> list[Reply]:
        return [self._one(incoming) for incoming in batch]

    def _one(self, incoming: Incoming) -> Reply:
        text = incoming.message.text
        if "人工" in text:
            return Reply([Said("好")], None, Handover("asked", {}))
        if text.endswith("…") and not incoming.waited:
            return Reply(wait_s=self.wait_s)
        if text == "办":
            return Reply(work=lambda: self._work(incoming.message.conversation_id))
        before = [m.text for m in incoming.recent if m.sender == "customer"]
        return Reply([Said("|".join([*before, text]))], {"heard": len(before) + 1})

    async def _work(self, conversation_id: str) -> Reply:
        self.worked.append(conversation_id)
        await self.go.wait()
        if self.fails:
            raise RuntimeError("the shop system is away")
        return Reply([Said("办好了")], {"done": 1}, None, ["看过订单"])


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


async def said(centre: Centre, conversation_id: str) -> list[tuple[str, str]]:
    return [(m.sender, m.text) for m in await centre.store.messages(conversation_id)]


async def answers(centre: Centre, conversation_id: str, count: int) -> list[str]:
    async with asyncio.timeout(10):
        while True:
            found = [text for sender, text in await said(centre, conversation_id) if sender == "ai"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)


def with_desk(centre: Centre) -> PatientDesk:
    centre.intake.responder = desk = PatientDesk()
    return desk


async def test_an_unfinished_message_is_answered_after_the_pause(centre: Centre) -> None:
    with_desk(centre)
    c = await centre.opened()
    origin = await centre.say(c.id, "我那个…", "m1")
    assert origin.acks == {"m1": 1}
    assert await answers(centre, c.id, 1) == ["我那个…"]


async def test_who_goes_on_is_answered_once_and_at_once(centre: Centre) -> None:
    desk = with_desk(centre)
    desk.wait_s = 0.2
    c = await centre.opened()
    await centre.say(c.id, "我那个…", "m1")
    await centre.say(c.id, "到哪了", "m2")
    assert [text for sender, text in await said(centre, c.id) if sender == "ai"] == ["我那个…|到哪了"]
    await asyncio.sleep(0.3)
    assert len(await said(centre, c.id)) == 3


async def test_a_message_left_unanswered_by_a_restart_is_answered_after_it(centre: Centre) -> None:
    desk = with_desk(centre)
    desk.wait_s = 600
    c, other = await centre.opened(), await centre.opened()
    await centre.say(c.id, "我那个…", "m1")
    await centre.say(other.id, "到哪了", "m1")
    centre.intake._hot.clear()
    assert await Keeper(centre.conversations, centre.settings, centre.clock).recover() == 1
    assert await answers(centre, c.id, 1) == ["我那个…"]
    assert len(await said(centre, other.id)) == 2


async def test_work_is_done_after_the_message_is_stored_and_what_came_meanwhile_is_answered_after_it(centre: Centre) -> None:
    desk = with_desk(centre)
    c, other = await centre.opened(), await centre.opened()
    await centre.say(c.id, "办", "m1")
    await until(lambda: desk.worked)
    assert await said(centre, c.id) == [("customer", "办")]
    await centre.say(c.id, "还有一件事", "m2")
    await centre.say(other.id, "在吗", "m1")  # nobody else waits for it
    assert await answers(centre, other.id, 1)
    assert await said(centre, c.id) == [("customer", "办"), ("customer", "还有一件事")]
    desk.go.set()
    assert await answers(centre, c.id, 2) == ["办好了", "办|还有一件事"]
    assert (await centre.store.load([c.id]))[c.id].memory == {"heard": 2}
    assert [n.text for n in await centre.store.notes(c.id)] == ["看过订单"]


async def test_work_that_fails_hands_over(centre: Centre) -> None:
    desk = with_desk(centre)
    desk.fails = True
    desk.go.set()
    c = await centre.opened()
    await centre.say(c.id, "办", "m1")
    assert await answers(centre, c.id, 1)
    head = await centre.store.head(c.id)
    assert head and head.state == "queued"


async def test_who_asked_for_a_person_meanwhile_gets_one_and_the_person_is_told_what_was_done(centre: Centre) -> None:
    desk = with_desk(centre)
    c = await centre.opened()
    await centre.say(c.id, "办", "m1")
    await until(lambda: desk.worked)
    await centre.conversations.ask_for_person(c.id, Actor("customer", c.customer_id, "访客"), {})
    desk.go.set()
    async with asyncio.timeout(10):
        while not [n for n in await centre.store.notes(c.id) if n.kind == "note"]:
            await asyncio.sleep(0.01)
    assert [n.text for n in await centre.store.notes(c.id) if n.kind == "note"] == ["办好了", "看过订单"]
    assert await said(centre, c.id) == [("customer", "办")]


async def test_work_cut_off_by_a_restart_is_begun_again(centre: Centre) -> None:
    desk = with_desk(centre)
    c = await centre.opened()
    await centre.say(c.id, "办", "m1")
    await until(lambda: desk.worked)
    centre.intake._hot.clear()
    for task in centre.intake._later._tasks:
        task.cancel()
    centre.intake._later.at_work.clear()
    desk.go.set()
    await Keeper(centre.conversations, centre.settings, centre.clock).recover()
    assert await answers(centre, c.id, 1) == ["办好了"]
    assert len(desk.worked) == 2


def test_what_was_decided_is_for_staff_and_never_in_the_customer_s_frame() -> None:
    data = {"act": "order", "intent": "price", "p": 0.9, "why": "unsure", "sources": [{"kind": "order", "id": "1"}], "choices": ["好"]}
    shown = message_frame(Message("c", 1, "ai", "ai", "小心", "text", "您好", 0, data))
    assert '"choices":["好"]' in shown
    assert not any(f'"{name}"' in shown for name in STAFF_ONLY)
    assert '"data"' not in message_frame(
        Message("c", 2, "ai", "ai", "小心", "text", "您好", 0, {"act": "greeting", "intent": "greeting", "p": 1.0})
    )
