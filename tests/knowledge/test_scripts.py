"""Scripts: shared ones wait for review and their campaign, personal ones stay personal, uses are counted."""

import pytest
from sqlalchemy import func, select

from tests.knowledge.builders import OTHER, SHOP, a_sample, a_script, a_trainer, an_agent
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, Invalid, NotFound
from xinfu.kit.ids import new_id
from xinfu.knowledge import ScriptIn, Scripts
from xinfu.knowledge.errors import UnknownVariable
from xinfu.knowledge.model import Script, ScriptUse
from xinfu.knowledge.schemas_scripts import ScriptChange

HOUR = 3_600_000


@pytest.fixture
def scripts(database: Database, clock: FixedClock) -> Scripts:
    return Scripts(database, clock)


def changed(given: ScriptIn, version: int, **more: object) -> ScriptChange:
    return ScriptChange(**(given.model_dump() | more), version=version)


async def approved(scripts: Scripts, given: ScriptIn) -> Script:
    """A shared script as two people bring it into use."""
    row = await scripts.create(a_trainer(), SHOP, given)
    await scripts.submit(a_trainer(), SHOP, row.id, 1)
    return await scripts.approve(a_trainer(), SHOP, row.id, 2)


async def titles(scripts: Scripts, actor: Actor, *, everything: bool = False) -> list[str]:
    return [row.title for row, _ in await scripts.scripts(actor, SHOP, everything=everything)]


async def test_a_shared_script_is_for_all_once_it_is_reviewed(scripts: Scripts) -> None:
    trainer, agent = a_trainer(), an_agent()
    row = await scripts.create(trainer, SHOP, a_script(shared=True))
    assert await titles(scripts, agent, everything=True) == []
    assert await titles(scripts, trainer, everything=True) == ["退款到账"]
    await scripts.submit(trainer, SHOP, row.id, 1)
    assert await titles(scripts, agent) == []
    await scripts.approve(a_trainer(), SHOP, row.id, 2)
    assert await titles(scripts, agent) == ["退款到账"]


async def test_a_campaign_script_is_offered_only_in_its_window(scripts: Scripts, clock: FixedClock) -> None:
    start = clock.ms() + HOUR
    given = a_script("大促话术", shared=True, active_from=start, active_until=start + HOUR)
    await approved(scripts, given)
    agent = an_agent()
    assert await titles(scripts, agent) == []
    clock.move(hours=1)
    assert await titles(scripts, agent) == ["大促话术"]
    clock.move(hours=1)
    assert await titles(scripts, agent) == []


async def test_a_personal_script_is_its_owners_alone(scripts: Scripts) -> None:
    owner, trainer = an_agent(), a_trainer()
    row = await scripts.create(owner, SHOP, a_script("我的开场"))
    assert await titles(scripts, owner) == ["我的开场"]
    assert await titles(scripts, trainer, everything=True) == []
    for refused in (
        scripts.change(trainer, SHOP, row.id, changed(a_script("改过"), 1)),
        scripts.delete(trainer, SHOP, row.id),
        scripts.used(trainer, SHOP, row.id, new_id()),
    ):
        with pytest.raises(NotFound):
            await refused
    assert await titles(scripts, owner) == ["我的开场"]
    await scripts.delete(owner, SHOP, row.id)
    assert await titles(scripts, owner) == []


async def test_shared_scripts_are_not_touched_without_the_permission(scripts: Scripts, database: Database) -> None:
    agent = an_agent()
    row = await approved(scripts, a_script(shared=True))
    before = await _counts(database)
    for refused in (
        scripts.create(agent, SHOP, a_script("另一个", shared=True)),
        scripts.change(agent, SHOP, row.id, changed(a_script("改过", shared=True), 1)),
        scripts.delete(agent, SHOP, row.id),
        scripts.load_scripts(agent, SHOP, [a_script("批量")]),
        scripts.submit(agent, SHOP, row.id, 3),
        scripts.approve(agent, SHOP, row.id, 3),
        scripts.send_back(agent, SHOP, row.id, 3, "不合适"),
        scripts.in_review(agent, SHOP),
        scripts.rehearsals.create(agent, SHOP, a_sample()),
        scripts.rehearsals.change(agent, SHOP, row.id, a_sample()),
        scripts.rehearsals.delete(agent, SHOP, row.id),
    ):
        with pytest.raises(Forbidden):
            await refused
    assert await _counts(database) == before
    assert await titles(scripts, agent) == ["退款到账"]


async def test_another_shop_sees_and_touches_nothing(scripts: Scripts, database: Database) -> None:
    row = await approved(scripts, a_script(shared=True))
    before = await _counts(database)
    stranger = a_trainer(OTHER)
    assert await scripts.scripts(stranger, OTHER, everything=True) == []
    with pytest.raises(NotFound):
        await scripts.scripts(stranger, SHOP)
    with pytest.raises(NotFound):
        await scripts.change(stranger, OTHER, row.id, changed(a_script(shared=True), 3))
    with pytest.raises(NotFound):
        await scripts.delete(stranger, OTHER, row.id)
    assert await _counts(database) == before


async def test_a_script_with_an_unknown_variable_is_not_kept(scripts: Scripts, database: Database) -> None:
    with pytest.raises(UnknownVariable):
        await scripts.create(an_agent(), SHOP, a_script(body="您好{名字}"))
    assert await _counts(database) == (0, 0, 0)


async def test_a_save_on_an_old_version_changes_nothing(scripts: Scripts) -> None:
    owner = an_agent()
    row = await scripts.create(owner, SHOP, a_script())
    await scripts.change(owner, SHOP, row.id, changed(a_script("新标题"), 1))
    with pytest.raises(Conflict):
        await scripts.change(owner, SHOP, row.id, changed(a_script("旧标题"), 1))
    assert await titles(scripts, owner) == ["新标题"]


async def test_a_personal_script_cannot_be_made_shared(scripts: Scripts) -> None:
    trainer = a_trainer()
    row = await scripts.create(trainer, SHOP, a_script())
    with pytest.raises(Invalid):
        await scripts.change(trainer, SHOP, row.id, changed(a_script(shared=True), 1))


async def test_uses_are_counted_and_outlive_the_script(scripts: Scripts, database: Database) -> None:
    trainer, agent, conversation = a_trainer(), an_agent(), new_id()
    row = await approved(scripts, a_script(shared=True))
    for _ in range(3):
        await scripts.used(agent, SHOP, row.id, conversation)
    [(seen, _)] = await scripts.scripts(agent, SHOP)
    assert (seen.uses, seen.version) == (3, 3)
    await scripts.delete(trainer, SHOP, row.id)
    async with database.read() as unit:
        uses = (await unit.scalars(select(ScriptUse))).all()
    assert [(u.staff_id, u.conversation_id) for u in uses] == [(agent.id, conversation)] * 3


async def test_a_script_is_found_by_pinyin(scripts: Scripts) -> None:
    row = await scripts.create(an_agent(), SHOP, a_script("退款到账", keywords=["银行卡", "VIP 专享"]))
    assert row.initials.split() == ["tkdz", "yhk", "vipzx"]
    assert row.pinyin.split() == ["tuikuandaozhang", "yinhangka", "vipzhuanxiang"]


async def test_loading_again_changes_only_what_differs(scripts: Scripts) -> None:
    house = system_actor(SHOP)
    two = [a_script("甲", group="售前"), a_script("乙", group="售后")]
    assert await scripts.load_scripts(house, SHOP, two) == 2
    assert await scripts.load_scripts(house, SHOP, two) == 0
    assert await scripts.load_scripts(house, SHOP, [a_script("甲", body="换了", group="售前"), two[1]]) == 1
    assert sorted(await titles(scripts, an_agent())) == ["乙", "甲"]
    with pytest.raises(NotFound):
        await scripts.load_scripts(system_actor(OTHER), SHOP, two)


async def _counts(database: Database) -> tuple[int, int, int]:
    async with database.read() as unit:
        counts = [await unit.scalar(select(func.count()).select_from(table)) for table in (Script, ScriptUse, AuditEntry)]
    return (counts[0] or 0, counts[1] or 0, counts[2] or 0)
