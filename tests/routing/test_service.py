"""Routing: who is offered whom, what happens when they do not answer or are gone, and what everyone is told."""

import asyncio
import random

import pytest

from tests.routing.support import OTHER_SHOP, SHOP, House, agent_actor
from xinfu.conversations.contracts import Changed, Summary
from xinfu.identity import OpeningHours, ShopSettings
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.routing import repository
from xinfu.routing.service import SYNC_MS, Routing


async def test_the_longest_idle_agent_is_offered_the_next_customer(house: House) -> None:
    mei, lan = await house.comes_online("mei"), await house.comes_online("lan")
    first = house.board.arrives()
    await house.settle()
    assert house.offered_to(first) == "mei"
    house.board.accept(first, mei)
    second = house.board.arrives()
    await house.settle()
    assert house.offered_to(second) == "lan"
    house.board.accept(second, lan)
    house.board.close(second)
    third = house.board.arrives()
    await house.settle()
    assert house.offered_to(third) == "mei"


async def test_danger_is_offered_before_urgent_before_whoever_came_first(house: House) -> None:
    normal, urgent, danger = (house.board.arrives(priority) for priority in (0, 1, 2))
    await house.settle()
    assert [house.routing.queue(agent_actor("mei"), SHOP)[n].conversation_id for n in range(3)] == [danger, urgent, normal]
    await house.comes_online("mei")
    assert house.offered_to(danger) == "mei"


async def test_no_one_is_offered_more_than_they_can_carry_and_one_at_a_time(house: House) -> None:
    mei = await house.comes_online("mei")
    queue = [house.board.arrives() for _ in range(4)]
    for taken in (queue[0], queue[1]):
        await house.settle()
        assert [house.offered_to(c) for c in queue].count("mei") == 1
        house.board.accept(taken, mei)
    await house.settle()
    assert [house.offered_to(c) for c in queue[2:]] == [None, None]
    house.board.close(queue[0])
    await house.settle()
    assert house.offered_to(queue[2]) == "mei"


async def test_an_offer_not_taken_goes_to_another_and_twice_not_taken_is_a_break(house: House) -> None:
    mei, lan = await house.comes_online("mei"), await house.comes_online("lan")
    conversation = house.board.arrives()
    await house.settle()
    await house.settle(seconds=19)
    assert house.offered_to(conversation) == "mei"
    await house.settle(seconds=1)
    assert house.offered_to(conversation) == "lan"
    house.board.accept(conversation, lan)
    second = house.board.arrives()
    await house.settle()
    assert house.offered_to(second) == "mei"
    await house.settle(seconds=20)
    assert house.state_of(mei) == ("break", "no_answer")
    assert house.offered_to(second) == "lan"
    assert house.board.doubled == 0


async def test_the_only_agent_is_asked_again_and_accepting_forgives_a_lapse(house: House) -> None:
    mei = await house.comes_online("mei")
    for _ in range(3):
        conversation = house.board.arrives()
        await house.settle()
        await house.settle(seconds=20)
        assert house.offered_to(conversation) == "mei"
        house.board.accept(conversation, mei)
        house.board.close(conversation)
    await house.settle()
    assert house.state_of(mei) == ("online", "")


async def test_a_waiting_customer_is_offered_when_someone_comes_online_or_back_from_a_break(house: House) -> None:
    conversation = house.board.arrives()
    await house.settle()
    assert house.offered_to(conversation) is None
    mei = await house.comes_online("mei")
    assert house.offered_to(conversation) == "mei"
    await house.routing.set_state(mei, SHOP, "break", "喝水")
    await house.settle()
    assert house.offered_to(conversation) is None
    await house.routing.set_state(mei, SHOP, "online", "")
    await house.settle()
    assert house.offered_to(conversation) == "mei"


async def test_customers_of_another_shop_are_offered_to_its_own_people_only(house: House) -> None:
    await house.comes_online("mei")
    elsewhere = house.board.arrives(shop_id=OTHER_SHOP)
    await house.settle()
    assert house.offered_to(elsewhere) is None
    await house.comes_online("lan", OTHER_SHOP)
    assert house.offered_to(elsewhere) == "lan"


async def test_everyone_waiting_is_told_their_place_whenever_it_changes(house: House) -> None:
    mei = await house.comes_online("mei")
    for _ in range(3):  # the house learns how long things take
        done = house.board.arrives()
        await house.settle()
        house.board.accept(done, mei)
        await house.settle(seconds=60)
        house.board.close(done)
    await house.routing.set_state(mei, SHOP, "busy", "")
    first, second = house.board.arrives(), house.board.arrives()
    await house.settle()
    assert [(house.board.places[c].position, house.board.places[c].eta_s) for c in (first, second)] == [(1, 30), (2, 60)]
    house.board.close(first)
    await house.settle()
    assert (house.board.places[second].position, house.board.places[second].eta_s) == (1, 30)


async def test_with_nobody_at_work_customers_stay_queued_and_nothing_is_promised(house: House) -> None:
    conversation = house.board.arrives()
    await house.settle(minutes=5)
    assert (house.board.offers, house.board.places, house.routing.staffed(SHOP)) == ([], {}, False)
    await house.comes_online("mei")
    assert house.routing.staffed(SHOP)
    assert house.offered_to(conversation) == "mei"


async def test_a_short_loss_of_connection_changes_nothing_but_no_offer_goes_there(house: House) -> None:
    mei = await house.comes_online("mei")
    await house.routing.disconnected(mei, SHOP)
    conversation = house.board.arrives()
    await house.settle(seconds=59)
    assert (house.state_of(mei), house.offered_to(conversation)) == (("online", ""), None)
    await house.routing.connected(mei, SHOP)
    await house.settle()
    assert house.offered_to(conversation) == "mei"


async def test_a_long_loss_is_offline_and_coming_back_is_as_before(house: House) -> None:
    mei = await house.comes_online("mei")
    await house.routing.disconnected(mei, SHOP)
    await house.settle(seconds=60)
    assert house.state_of(mei) == ("offline", "disconnected")
    await house.routing.connected(mei, SHOP)
    assert house.state_of(mei) == ("online", "")


async def test_customers_of_someone_gone_for_good_return_to_the_queue_with_the_time_they_waited(house: House) -> None:
    mei = await house.comes_online("mei")
    conversation = house.board.arrives()
    arrived = house.clock.ms()
    await house.settle()
    house.board.accept(conversation, mei)
    await house.settle()
    await house.routing.disconnected(mei, SHOP)
    await house.settle(seconds=60)
    await house.settle(seconds=176)
    assert house.board.all[conversation].state == "agent"
    await house.settle(seconds=6)
    assert house.board.all[conversation].state == "queued"
    assert house.board.all[conversation].queued_at == arrived
    await house.comes_online("lan")
    assert house.offered_to(conversation) == "lan"


async def test_a_conversation_taken_by_someone_who_signed_off_long_ago_stays_with_them(house: House) -> None:
    mei = await house.comes_online("mei")
    await house.routing.set_state(mei, SHOP, "offline", "")
    await house.settle(seconds=3600)
    conversation = house.board.arrives()
    await house.settle()
    house.board.accept(conversation, mei)
    await house.settle(seconds=100)
    await house.routing.disconnected(mei, SHOP)  # a page loaded again
    await house.settle(seconds=3)
    await house.routing.connected(mei, SHOP)
    await house.settle(seconds=70)
    assert house.board.all[conversation].state == "agent"
    await house.settle(seconds=20)
    assert house.board.all[conversation].state == "queued"


async def test_leads_hear_once_of_each_limit_passed(house: House) -> None:
    mei = await house.comes_online("mei")
    house.settings.value = ShopSettings(first_response_s=15, round_response_s=30, offer_timeout_s=300)
    conversation = house.board.arrives()
    await house.settle(seconds=14)
    assert house.board.alarms == []
    await house.settle(seconds=4)
    await house.settle(seconds=4)
    assert house.board.alarms == [(conversation, "first_response")]
    house.board.accept(conversation, mei)
    house.board.answer(conversation)
    await house.settle(minutes=2)
    house.board.writes(conversation)
    await house.settle(seconds=29)
    assert len(house.board.alarms) == 1
    await house.settle(seconds=4)
    await house.settle(seconds=4)
    assert house.board.alarms[1:] == [(conversation, "round_response")]


async def test_outside_hours_with_nobody_there_no_alarm_rings(house: House) -> None:
    house.settings.value = ShopSettings(hours=OpeningHours(start="22:00", end="23:00"))
    house.board.arrives()
    await house.settle(minutes=10)
    assert house.board.alarms == []


async def test_an_event_that_was_lost_is_made_good_by_looking(house: House) -> None:
    await house.comes_online("mei")
    conversation = house.board.arrives(announced=False)
    await house.settle(seconds=3)
    assert house.offered_to(conversation) == "mei"
    del house.board.all[conversation]
    other = house.board.arrives()
    await house.settle(seconds=3)
    assert house.offered_to(other) == "mei"
    assert [place.conversation_id for place in house.routing.queue(agent_actor("mei"), SHOP)] == [other]


async def test_an_old_event_arriving_late_changes_nothing(house: House) -> None:
    mei = await house.comes_online("mei")
    conversation = house.board.arrives()
    old = house.board.all[conversation]
    await house.settle()
    house.board.accept(conversation, mei)
    await house.settle()
    house.bus.publish(Changed(old, "ai", None))
    await house.settle()
    assert house.routing.queue(mei, SHOP) == []
    assert house.board.presences[mei.id].load == 1


async def test_many_things_at_once_never_offer_anything_twice_and_nobody_is_forgotten(house: House) -> None:
    chance = random.Random(7)
    house.board.pause = lambda: chance.random() / 2000
    people = [await house.comes_online(f"p{n}") for n in range(6)]
    arrived: list[str] = []

    async def customers() -> None:
        for _ in range(60):
            arrived.append(house.board.arrives(chance.choice([0, 0, 0, 1, 2])))
            await asyncio.sleep(chance.random() / 1000)

    async def agent(actor: Actor) -> None:
        for _ in range(80):
            mine = [c for c in house.board.all.values() if c.offered_to == actor.id]
            if mine and chance.random() < 0.8:
                house.board.accept(mine[0].id, actor)
            serving = [c for c in house.board.all.values() if c.state == "agent" and c.assignee_id == actor.id]
            assert len(serving) <= house.settings.value.capacity
            if serving and chance.random() < 0.7:
                house.board.close(serving[0].id)
            if chance.random() < 0.1:
                await house.routing.set_state(actor, SHOP, chance.choice(["break", "busy", "offline"]), "")
            await house.routing.set_state(actor, SHOP, "online", "")
            await asyncio.sleep(chance.random() / 1000)

    async def turns() -> None:
        for _ in range(150):
            house.clock.move(seconds=chance.choice([0.1, 1, 4]))
            await house.routing.turn()

    await asyncio.gather(customers(), *(agent(actor) for actor in people), turns(), turns())
    for _ in range(200):
        await house.settle(seconds=1)
        for actor in people:
            for c in [c for c in house.board.all.values() if c.offered_to == actor.id]:
                house.board.accept(c.id, actor)
            for c in [c for c in house.board.all.values() if c.state == "agent" and c.assignee_id == actor.id]:
                house.board.close(c.id)
    assert house.board.doubled == 0
    assert {c.state for c in house.board.all.values()} == {"closed"}
    assert all(p.load == 0 for p in house.routing.presence(SHOP))


async def test_after_a_restart_the_queue_and_who_was_there_are_known(house: House) -> None:
    mei = await house.comes_online("mei")
    served, waiting = house.board.arrives(), house.board.arrives()
    await house.settle()
    house.board.accept(served, mei)
    await house.settle()
    again = Routing(house.database, house.clock, house.settings, house.board, house.bus)
    await again.start()
    try:
        assert [(p.state, p.load) for p in again.presence(SHOP)] == [("online", 1)]
        assert [place.conversation_id for place in again.queue(mei, SHOP)] == [waiting]
        assert again.staffed(SHOP)
        house.clock.move(seconds=61)
        await again.turn()
        assert [p.state for p in again.presence(SHOP)] == ["offline"]
    finally:
        await again.stop()


async def test_every_state_is_kept_with_its_times(house: House) -> None:
    mei = await house.comes_online("mei")
    began = house.clock.now()
    house.clock.move(minutes=30)
    await house.routing.set_state(mei, SHOP, "break", " 午饭\u202e ")
    await house.routing.set_state(mei, SHOP, "break", "午饭")
    async with house.database.read() as unit:
        rows = await repository.history(unit, SHOP, mei.id)
    assert [(r.state, r.reason, r.from_at, r.to_at) for r in rows] == [
        ("online", "", began, house.clock.now()),
        ("break", "午饭", house.clock.now(), None),
    ]


async def test_who_may_not_serve_cannot_go_online_and_nothing_changes(house: House) -> None:
    await house.comes_online("mei")
    before = house.routing.presence(SHOP)
    looker = Actor("staff", "1" * 32, "巡检", frozenset({SHOP}), frozenset({"staff.read"}))
    with pytest.raises(Forbidden):
        await house.routing.set_state(looker, SHOP, "online", "")
    with pytest.raises(NotFound):
        await house.routing.set_state(agent_actor("mei"), OTHER_SHOP, "online", "")
    with pytest.raises(Forbidden):
        house.routing.queue(looker, SHOP)
    assert house.routing.agents(looker, SHOP) == before
    assert house.routing.presence(OTHER_SHOP) == []


async def test_colleagues_are_told_of_state_and_load(house: House) -> None:
    mei = await house.comes_online("mei")
    assert house.board.presences[mei.id].state == "online"
    conversation = house.board.arrives()
    await house.settle()
    house.board.accept(conversation, mei)
    await house.settle()
    assert (house.board.presences[mei.id].load, house.board.presences[mei.id].capacity) == (1, 2)


async def test_the_ticker_brings_customer_and_agent_together_by_itself(house: House) -> None:
    await house.routing.start()
    try:
        mei = agent_actor("mei")
        await house.routing.connected(mei, SHOP)
        await house.routing.set_state(mei, SHOP, "online", "")
        conversation = house.board.arrives()
        async with asyncio.timeout(10):
            while house.offered_to(conversation) is None:
                await asyncio.sleep(0.01)
    finally:
        await house.routing.stop()


async def test_a_long_queue_is_read_more_rarely(house: House) -> None:
    reads = 0
    whole = house.board.queued_everywhere

    async def counted() -> list[Summary]:
        nonlocal reads
        reads += 1
        return await whole()

    house.board.queued_everywhere = counted  # type: ignore[method-assign]
    for _ in range(500):
        house.board.arrives()
    house.clock.move(milliseconds=SYNC_MS)
    await house.settle()
    reads = 0  # five hundred are known now
    house.clock.move(milliseconds=SYNC_MS)
    await house.settle()
    assert reads == 0
    house.clock.move(milliseconds=500)
    await house.settle()
    assert reads == 1
