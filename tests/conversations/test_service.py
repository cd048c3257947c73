"""What people do with conversations: who may, what it changes, what it leaves unchanged, who is told."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from tests.conversations.support import OTHER_SHOP, SERVES, SHOP, Centre, CustomerEnd, agent, lead
from xinfu.conversations.cards import Attachment
from xinfu.conversations.contracts import Summary
from xinfu.conversations.errors import AlreadyTaken, NobodyThere, NotYours, WrongState
from xinfu.conversations.keeper import Keeper
from xinfu.conversations.live import StaffStream
from xinfu.conversations.outbox import Outbox
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Forbidden, Invalid, NotFound

HELLO = Attachment("text", "您好,我来看看")


def follow(centre: Centre, actor: Actor) -> tuple[StaffStream, Outbox]:
    """A browser of this person, connected."""
    may = actor.permissions
    stream = centre.live.stream(actor, SHOP, sees_queue=Permission.CONVERSATIONS_SERVE in may, leads=Permission.CONVERSATIONS_LEAD in may)
    outbox = Outbox()
    stream.outboxes[outbox] = None
    return stream, outbox


def events(outbox: Outbox) -> list[dict[str, Any]]:
    return [json.loads(f) for f in outbox._frames]


async def test_an_accepted_conversation_is_answered_and_its_clock_stops(centre: Centre) -> None:
    c, me = await centre.waiting(), agent()
    centre.clock.move(seconds=7)
    taken = await centre.conversations.accept(me, SHOP, c.id)
    assert (taken.state, taken.assignee_id, taken.queued_at) == ("agent", me.id, None)
    centre.clock.move(seconds=5)
    await centre.conversations.say(me, SHOP, c.id, "a1", HELLO)
    head = await centre.store.head(c.id)
    assert head and (head.first_response_ms, head.waiting_since, head.unread) == (12_000, None, 0)


async def test_two_agents_accepting_at_once_one_gets_it(centre: Centre) -> None:
    c = await centre.waiting()
    results = await asyncio.gather(*(centre.conversations.accept(agent(f"客服{n}"), SHOP, c.id) for n in range(8)), return_exceptions=True)
    assert sum(isinstance(r, Summary) for r in results) == 1
    assert all(isinstance(r, Summary | AlreadyTaken) for r in results)


async def test_only_the_one_who_serves_can_answer(centre: Centre) -> None:
    c, me, other = await centre.waiting(), agent(), agent("小陈")
    await centre.conversations.accept(me, SHOP, c.id)
    before = await centre.store.messages(c.id)
    with pytest.raises(NotYours):
        await centre.conversations.say(other, SHOP, c.id, "a1", HELLO)
    assert await centre.store.messages(c.id) == before


async def test_an_answer_sent_twice_is_stored_once(centre: Centre) -> None:
    c, me = await centre.waiting(), agent()
    await centre.conversations.accept(me, SHOP, c.id)
    first = await centre.conversations.say(me, SHOP, c.id, "a1", HELLO)
    again = await centre.conversations.say(me, SHOP, c.id, "a1", HELLO)
    assert first.seq == again.seq
    assert sum(m.sender == "agent" for m in await centre.store.messages(c.id)) == 1


async def test_a_transfer_takes_the_whole_context_and_is_audited(centre: Centre) -> None:
    c, me, other = await centre.waiting(), agent(), agent("小陈")
    await centre.conversations.accept(me, SHOP, c.id)
    moved = await centre.conversations.transfer(me, SHOP, c.id, (other.id, other.name), "", "要懂显卡的")
    assert (moved.state, moved.assignee_id) == ("agent", other.id)
    notes = await centre.store.notes(c.id)
    assert [n.text for n in notes if n.kind == "event"] == ["accepted", "transferred"]
    assert any(n.text == "要懂显卡的" for n in notes)
    with pytest.raises(NotYours):
        await centre.conversations.say(me, SHOP, c.id, "late", HELLO)


async def test_nobody_transfers_to_themself(centre: Centre) -> None:
    c, me = await centre.waiting(), agent()
    await centre.conversations.accept(me, SHOP, c.id)
    with pytest.raises(NobodyThere):
        await centre.conversations.transfer(me, SHOP, c.id, (me.id, me.name), "", "")


async def test_back_in_the_queue_the_customer_keeps_the_time_already_waited(centre: Centre) -> None:
    c, me = await centre.waiting(), agent()
    await centre.conversations.accept(me, SHOP, c.id)
    centre.clock.move(minutes=3)
    back = await centre.conversations.transfer(me, SHOP, c.id, None, "", "")
    assert back.state == "queued" and back.queued_at == c.waiting_since


async def test_a_consult_is_never_seen_by_the_customer(centre: Centre) -> None:
    c, me, boss = await centre.waiting(), agent(), lead()
    end = CustomerEnd()
    await centre.conversations.accept(me, SHOP, c.id)
    centre.live.join(c.id, end)
    _, outbox = follow(centre, boss)
    await centre.conversations.consult(me, SHOP, c.id, None, "能不能免运费?")
    await centre.conversations.answer(boss, SHOP, c.id, "可以,走授权", to_knowledge=False)
    await centre.conversations.whisper(boss, SHOP, c.id, "慢慢来")
    await centre.conversations.add_note(me, SHOP, c.id, "老客户")
    assert end.frames() == [] and end.seqs == []
    assert any(e.get("what") == "consult" for e in events(outbox))
    assert [n.kind for n in await centre.store.notes(c.id)][-4:] == ["consult", "answer", "whisper", "note"]


async def test_a_lead_takes_over_from_a_person_and_from_the_ai(centre: Centre) -> None:
    boss = lead()
    served, with_ai = await centre.waiting(), await centre.opened()
    await centre.conversations.accept(agent(), SHOP, served.id)
    await centre.say(with_ai.id, "在吗")
    for c in (served, with_ai):
        taken = await centre.conversations.take_over(boss, SHOP, c.id)
        assert (taken.state, taken.assignee_id) == ("agent", boss.id)


async def test_a_closed_conversation_asks_for_a_rating_unless_spared(centre: Centre) -> None:
    for spare in (False, True):
        c, me, end = await centre.waiting(), agent(), CustomerEnd()
        await centre.conversations.accept(me, SHOP, c.id)
        centre.live.join(c.id, end)
        closed = await centre.conversations.close(me, SHOP, c.id, "solved", spare=spare, reason="很有礼貌" if spare else "")
        assert (closed.state, closed.spared, closed.rating_asked) == ("closed", spare, not spare)
        assert any(f["t"] == "rate" for f in end.frames()) is not spare
        event = (await centre.store.notes(c.id))[-1]
        assert event.data and event.data["spared"] is spare


async def test_a_rating_is_kept_and_a_wrong_one_refused(centre: Centre) -> None:
    c = await centre.opened()
    customer = Actor("customer", c.customer_id, "云朵", frozenset({SHOP}))
    await centre.say(c.id, "谢谢")
    await centre.conversations.rate(c.id, customer, 5, ["耐心"], "很好")
    head = await centre.store.head(c.id)
    assert head and head.rating == 5
    for wrong in (0, 6, -1):
        with pytest.raises(Invalid):
            await centre.conversations.rate(c.id, customer, wrong, [], "")
    assert (await centre.store.head(c.id)) == head


async def test_asking_for_a_person_works_from_any_state(centre: Centre) -> None:
    c = await centre.opened()
    customer = Actor("customer", c.customer_id, "云朵", frozenset({SHOP}))
    queued = await centre.conversations.ask_for_person(c.id, customer, {})
    again = await centre.conversations.ask_for_person(c.id, customer, {})
    assert queued.state == again.state == "queued"
    assert sum(n.kind == "handover" for n in await centre.store.notes(c.id)) == 1


async def test_a_message_left_outside_hours_waits_with_its_contact(centre: Centre) -> None:
    c = await centre.opened()
    customer = Actor("customer", c.customer_id, "云朵", frozenset({SHOP}))
    await centre.conversations.leave_message(c.id, customer, "19900001234", "包裹破了")
    head = await centre.store.head(c.id)
    assert head and (head.state, head.callback) == ("queued", "19900001234")


async def test_silence_closes_a_conversation_but_never_one_that_waits(centre: Centre) -> None:
    quiet, waiting = await centre.opened(), await centre.waiting()
    await centre.say(quiet.id, "在吗")
    served = await centre.waiting()
    await centre.conversations.accept(agent(), SHOP, served.id)
    centre.clock.move(minutes=31)
    await Keeper(centre.conversations, centre.settings, centre.clock).sweep()
    states = [(await centre.store.head(c.id)).state for c in (quiet, waiting, served)]  # type: ignore[union-attr]
    assert states == ["closed", "queued", "agent"]


type UseCase = Callable[[Centre, Actor, Summary], Awaitable[Any]]
USE_CASES: dict[str, tuple[Permission, UseCase]] = {
    "accept": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.accept(a, SHOP, c.id)),
    "say": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.say(a, SHOP, c.id, "1", HELLO)),
    "note": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.add_note(a, SHOP, c.id, "x")),
    "transfer": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.transfer(a, SHOP, c.id, None, "", "")),
    "consult": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.consult(a, SHOP, c.id, None, "?")),
    "answer": (Permission.CONVERSATIONS_LEAD, lambda x, a, c: x.conversations.answer(a, SHOP, c.id, "x", to_knowledge=True)),
    "whisper": (Permission.CONVERSATIONS_LEAD, lambda x, a, c: x.conversations.whisper(a, SHOP, c.id, "x")),
    "take_over": (Permission.CONVERSATIONS_LEAD, lambda x, a, c: x.conversations.take_over(a, SHOP, c.id)),
    "close": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.close(a, SHOP, c.id, "", spare=False, reason="")),
    "reopen": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.reopen(a, SHOP, c.id)),
    "tag": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.tag(a, SHOP, c.id, ["x"])),
    "ask_rating": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.ask_rating(a, SHOP, c.id)),
    "spare": (Permission.CONVERSATIONS_SERVE, lambda x, a, c: x.conversations.spare(a, SHOP, c.id, "")),
}


@pytest.mark.parametrize("name", USE_CASES)
async def test_without_its_permission_a_use_case_changes_nothing(centre: Centre, name: str) -> None:
    permission, use_case = USE_CASES[name]
    c = await centre.waiting()
    before = (await centre.store.head(c.id), await centre.store.messages(c.id), await centre.store.notes(c.id))
    held = (SERVES | {Permission.CONVERSATIONS_LEAD, Permission.CONVERSATIONS_READ_ALL}) - {permission}
    with pytest.raises(Forbidden):
        await use_case(centre, agent("外人", frozenset(held)), c)
    with pytest.raises(NotFound):
        await use_case(centre, agent("别家", frozenset(Permission), OTHER_SHOP), c)
    assert (await centre.store.head(c.id), await centre.store.messages(c.id), await centre.store.notes(c.id)) == before


async def test_a_shop_never_reaches_into_another_by_a_known_id(centre: Centre) -> None:
    c = await centre.waiting()
    stranger = agent("别家", frozenset(Permission), OTHER_SHOP)
    for attempt in (
        centre.conversations.accept(stranger, OTHER_SHOP, c.id),
        centre.conversations.opened(stranger, OTHER_SHOP, c.id),
        centre.conversations.take_over(stranger, OTHER_SHOP, c.id),
        centre.conversations.earlier(stranger, OTHER_SHOP, c.id, None, 10),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await centre.conversations.page(stranger, OTHER_SHOP, "queue", None, 20)).items == []


async def test_an_agent_without_read_all_cannot_open_a_colleagues_conversation(centre: Centre) -> None:
    c = await centre.waiting()
    await centre.conversations.accept(agent(), SHOP, c.id)
    with pytest.raises(Forbidden):
        await centre.conversations.opened(agent("小陈"), SHOP, c.id)
    assert (await centre.conversations.opened(lead(), SHOP, c.id)).conversation.id == c.id


async def test_pages_follow_each_other_without_gap_or_repeat(centre: Centre) -> None:
    boss = lead()
    wanted = []
    for _ in range(7):
        centre.clock.move(seconds=1)
        wanted.append((await centre.opened()).id)
    seen: list[str] = []
    cursor = None
    while True:
        page = await centre.conversations.page(boss, SHOP, "all", cursor, 3)
        seen += [json.loads(bytes(item))["id"] for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == wanted[::-1]


async def test_a_wrong_state_is_refused_in_words(centre: Centre) -> None:
    c = await centre.opened()
    with pytest.raises(WrongState):
        await centre.conversations.accept(agent(), SHOP, c.id)


async def test_applying_the_events_to_the_old_state_equals_fetching_the_new_one(centre: Centre) -> None:
    """Each kind of change, followed by a lead with the wall on who also watches: list rows, messages and notes."""
    boss, me, other = lead(), agent(), agent("小陈")
    stream, outbox = follow(centre, boss)
    stream.wall = True
    c = await centre.opened()
    centre.live.watch(stream, c.id)
    customer = Actor("customer", c.customer_id, "云朵", frozenset({SHOP}))
    conv = centre.conversations
    steps: list[Callable[[], Awaitable[Any]]] = [
        lambda: centre.say(c.id, "我的快递到哪了"),
        lambda: centre.say(c.id, "我生气了,转人工"),
        lambda: conv.offer(boss, SHOP, c.id, me.id, me.name, 1),
        lambda: conv.withdraw_offer(boss, SHOP, c.id),
        lambda: conv.offer(boss, SHOP, c.id, me.id, me.name, 1),
        lambda: conv.accept(me, SHOP, c.id),
        lambda: centre.say(c.id, "在吗"),
        lambda: conv.say(me, SHOP, c.id, "1", HELLO),
        lambda: conv.read(me, SHOP, c.id, 3),
        lambda: conv.read_by_customer(c.id, 4),
        lambda: conv.add_note(me, SHOP, c.id, "老客户"),
        lambda: conv.tag(me, SHOP, c.id, ["物流"]),
        lambda: conv.consult(me, SHOP, c.id, boss.id, "?"),
        lambda: conv.answer(boss, SHOP, c.id, "好", to_knowledge=False),
        lambda: conv.whisper(boss, SHOP, c.id, "稳住"),
        lambda: conv.transfer(me, SHOP, c.id, (other.id, other.name), "", "交给你"),
        lambda: conv.take_over(boss, SHOP, c.id),
        lambda: conv.return_to_queue(boss, SHOP, c.id, "away"),
        lambda: conv.take_over(boss, SHOP, c.id),
        lambda: conv.ask_rating(boss, SHOP, c.id),
        lambda: conv.spare(boss, SHOP, c.id, "礼貌"),
        lambda: conv.close(boss, SHOP, c.id, "solved", spare=False, reason=""),
        lambda: conv.rate(c.id, customer, 5, [], ""),
        lambda: conv.reopen(boss, SHOP, c.id),
        lambda: conv.leave_message(c.id, customer, "19900001234", "x"),
    ]
    applied: dict[str, Any] = {"conversation": {}, "message": {}, "note": {}}
    for number, step in enumerate(steps):
        centre.clock.move(seconds=1)
        await step()
        for e in events(outbox):
            if e["kind"] == "conversation" and e["c"]["version"] > applied["conversation"].get("version", 0):
                applied["conversation"] = e["c"]
            elif e["kind"] == "message":
                applied["message"][e["m"]["seq"]] = e["m"]
            elif e["kind"] == "note":
                applied["note"][e["n"]["n"]] = e["n"]
        outbox._frames.clear()
        fetched = await conv.opened(boss, SHOP, c.id)
        encoded = json.loads(msgspec.json.encode(fetched))
        assert applied["conversation"] == encoded["conversation"], f"step {number}"
        assert list(applied["message"].values()) == encoded["messages"], f"step {number}"
        assert list(applied["note"].values()) == encoded["notes"], f"step {number}"
