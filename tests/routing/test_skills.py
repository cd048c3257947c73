"""Skills: who asks for one gets the best of those who have it, else anyone after a short wait; and coming back is heard at once."""

import random

import pytest
from sqlalchemy import func, select

from tests.routing.support import SHOP, House, agent_actor
from xinfu.conversations.contracts import Returned
from xinfu.identity import Permission
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.ids import new_id
from xinfu.routing.model import AgentSkill
from xinfu.routing.policy import SKILL_WAIT_MS
from xinfu.routing.service import Routing

OWNER = Actor("staff", new_id(), "店主", frozenset({SHOP}), frozenset({Permission.STAFF_READ, Permission.STAFF_MANAGE}), "owner")


async def skilled(house: House, actor: Actor, **skills: int) -> None:
    await house.routing.set_skills(OWNER, SHOP, actor.id, skills)


async def test_the_best_of_the_free_who_have_the_skill_is_offered_the_customer(house: House) -> None:
    await house.comes_online("mei")
    lan, bo = await house.comes_online("lan"), await house.comes_online("bo")
    await skilled(house, lan, 显卡=2)
    await skilled(house, bo, 显卡=4)
    first = house.board.arrives(skill="显卡")
    await house.settle()
    assert house.offered_to(first) == "bo"
    second = house.board.arrives(skill="显卡")
    await house.settle()
    assert house.offered_to(second) == "lan"
    plain = house.board.arrives()
    await house.settle()
    assert house.offered_to(plain) == "mei"


async def test_a_busy_specialist_is_waited_for_but_not_longer_than_the_limit_and_others_pass(house: House) -> None:
    mei, lan = await house.comes_online("mei"), await house.comes_online("lan")
    await skilled(house, lan, 显卡=3)
    await house.routing.set_state(lan, SHOP, "busy", "")
    asks, plain = house.board.arrives(skill="显卡"), house.board.arrives()
    await house.settle()
    assert (house.offered_to(asks), house.offered_to(plain)) == (None, "mei")
    house.board.accept(plain, mei)
    await house.settle(seconds=SKILL_WAIT_MS / 1000 - 1)
    assert house.offered_to(asks) is None
    await house.settle(seconds=1)
    assert house.offered_to(asks) == "mei"


async def test_the_specialist_who_gets_free_in_time_gets_the_customer(house: House) -> None:
    await house.comes_online("mei")
    lan = await house.comes_online("lan")
    await skilled(house, lan, 显卡=3)
    await house.routing.set_state(lan, SHOP, "acw", "")
    asks = house.board.arrives(skill="显卡")
    await house.settle(seconds=5)
    await house.routing.set_state(lan, SHOP, "online", "")
    await house.settle()
    assert house.offered_to(asks) == "lan"


async def test_nobody_waits_for_a_skill_nobody_at_work_has_nor_in_danger(house: House) -> None:
    lan = agent_actor("lan")
    await skilled(house, lan, 显卡=3)
    await house.comes_online("mei")
    asks = house.board.arrives(skill="显卡")
    await house.settle()
    assert house.offered_to(asks) == "mei"
    await house.comes_online("bo")
    await house.comes_online("lan")
    await house.routing.set_state(lan, SHOP, "busy", "")
    danger = house.board.arrives(2, skill="显卡")
    await house.settle()
    assert house.offered_to(danger) == "bo"


async def test_after_a_specialist_did_not_take_it_anyone_else_may(house: House) -> None:
    await house.comes_online("mei")
    lan = await house.comes_online("lan")
    await skilled(house, lan, 显卡=3)
    asks = house.board.arrives(skill="显卡")
    await house.settle()
    assert house.offered_to(asks) == "lan"
    await house.settle(seconds=20)
    assert house.offered_to(asks) == "mei"


@pytest.mark.parametrize("seed", range(3))
async def test_with_any_mix_of_skills_everyone_is_served_and_none_is_kept_back_beyond_the_limit(house: House, seed: int) -> None:
    chance = random.Random(seed)
    people = [await house.comes_online(f"p{n}") for n in range(4)]
    for actor in people:
        await skilled(house, actor, **{skill: chance.randint(1, 5) for skill in "abc" if chance.random() < 0.4})
    for _ in range(60):
        if chance.random() < 0.7:
            house.board.arrives(chance.choice([0, 0, 1, 2]), skill=chance.choice(["", "a", "b", "c", "nobody"]))
        await house.settle(seconds=chance.choice([0, 2, 7]))
        waiting = [c for c in house.board.all.values() if c.state == "queued" and not c.offered_to]
        free = [p for p in house.routing.presence(SHOP) if p.state == "online" and p.load < p.capacity]
        idle = [p for p in free if p.id not in {c.offered_to for c in house.board.all.values()}]
        assert not idle or all(house.clock.ms() - (c.queued_at or 0) < SKILL_WAIT_MS and c.skill in "abc" for c in waiting)
        for actor in people:
            for c in [c for c in house.board.all.values() if c.offered_to == actor.id and chance.random() < 0.8]:
                house.board.accept(c.id, actor)
            for c in [c for c in house.board.all.values() if c.state == "agent" and c.assignee_id == actor.id and chance.random() < 0.5]:
                house.board.close(c.id)
            await house.routing.set_state(actor, SHOP, chance.choice(["online", "online", "busy"]), "")
    for _ in range(60):
        for actor in people:
            await house.routing.set_state(actor, SHOP, "online", "")
            for c in [c for c in house.board.all.values() if c.offered_to == actor.id]:
                house.board.accept(c.id, actor)
            for c in [c for c in house.board.all.values() if c.state == "agent" and c.assignee_id == actor.id]:
                house.board.close(c.id)
        await house.settle(seconds=10)
    assert {c.state for c in house.board.all.values()} == {"closed"}
    assert house.board.doubled == 0


async def test_skills_are_known_again_after_a_restart_and_can_be_taken_away(house: House) -> None:
    lan = agent_actor("lan")
    await skilled(house, lan, 显卡=3, 手机=1)
    again = Routing(house.database, house.clock, house.settings, house.board, house.bus)
    await again.start()
    await again.stop()
    assert again._floor(SHOP).skilled == {"显卡": {lan.id: 3}, "手机": {lan.id: 1}}
    await house.routing.set_skills(OWNER, SHOP, lan.id, {"手机": 5})
    assert await house.routing.skills(OWNER, SHOP) == {lan.id: {"手机": 5}}
    await house.routing.set_skills(OWNER, SHOP, lan.id, {})
    assert await house.routing.skills(OWNER, SHOP) == {}


async def test_who_may_not_manage_people_changes_no_skill(house: House) -> None:
    lan = agent_actor("lan")
    await skilled(house, lan, 显卡=3)
    with pytest.raises(Forbidden):
        await house.routing.set_skills(lan, SHOP, lan.id, {"显卡": 5})
    with pytest.raises(NotFound):
        await house.routing.set_skills(OWNER, SHOP, "../x", {"显卡": 5})
    async with house.database.read() as unit:
        rows = (await unit.execute(select(AgentSkill.staff_id, AgentSkill.skill, AgentSkill.level))).all()
        assert await unit.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "staff.skills")) == 1
    assert [tuple(row) for row in rows] == [(lan.id, "显卡", 3)]
    assert house.routing._floor(SHOP).skilled == {"显卡": {lan.id: 3}}


async def test_a_waiting_customer_who_comes_back_is_told_their_place_at_once(house: House) -> None:
    mei = await house.comes_online("mei")
    await house.routing.set_state(mei, SHOP, "busy", "")
    waiting = house.board.arrives()
    await house.settle()
    assert house.board.places.pop(waiting).position == 1
    await house.settle()
    assert waiting not in house.board.places
    house.bus.publish(Returned(SHOP, waiting))
    house.bus.publish(Returned("c" * 32, waiting))
    await house.settle()
    assert house.board.places[waiting].position == 1
