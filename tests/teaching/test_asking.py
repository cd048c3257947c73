"""The list for labelling: what was said lately, without personal data, doubtful first, labelled ones gone."""

from pathlib import Path

import pytest

from tests.teaching.builders import OTHER, SHOP, Log, Said, a_person, a_trainer
from xinfu.identity import Permission
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden
from xinfu.teaching import Asking, Labels, Lines, Readers
from xinfu.teaching.asking import doubt


def asking(database: Database, clock: FixedClock, folder: Path, *said: tuple[str, Said]) -> tuple[Asking, Lines]:
    lines = Lines(database, clock)
    return Asking(Log(*said), lines, Readers(database, clock, folder), clock), lines


async def test_the_doubtful_come_first_and_what_is_labelled_goes(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    at = clock.ms() - 60_000
    said = [
        (SHOP, Said("c" * 32, 1, "customer", "我的发票怎么开", at)),
        (SHOP, Said("c" * 32, 2, "ai", "请问开给个人还是公司？", at + 1)),
        (SHOP, Said("c" * 32, 3, "customer", "那个嗯，就是上次那样的 电话13800001234", at + 2)),
        (SHOP, Said("c" * 32, 4, "customer", "[图片]", at + 3, kind="image")),
        (OTHER, Said("d" * 32, 1, "customer", "别家的客户", at + 4)),
        (SHOP, Said("e" * 32, 1, "customer", "很久以前说的话", clock.ms() - 90 * 86_400_000)),
    ]
    queue, lines = asking(database, clock, tmp_path, *said)
    found = await queue.least_sure(a_trainer(), SHOP, "intent", 10)
    assert {one.text[:3] for one in found} == {"我的发", "那个嗯"}
    assert [doubt(one.reading, "intent") for one in found] == sorted((doubt(one.reading, "intent") for one in found), reverse=True)
    leaning = next(one for one in found if one.text.startswith("那个"))
    assert (leaning.before, "13800001234" in leaning.text) == ("请问开给个人还是公司？", False)

    await lines.add(SHOP, leaning.text, leaning.before, Labels(intent="confirm"), "page", a_trainer())
    assert [one.text for one in await queue.least_sure(a_trainer(), SHOP, "intent", 10)] == ["我的发票怎么开"]
    assert len(await queue.least_sure(a_trainer(), SHOP, "emotion", 10)) == 2  # nobody has said how they feel


@pytest.mark.parametrize("missing", [Permission.UNDERSTANDING_TRAIN, Permission.CONVERSATIONS_READ_ALL])
async def test_both_rights_are_needed_to_read_what_customers_said(
    database: Database, clock: FixedClock, tmp_path: Path, missing: Permission
) -> None:
    queue, _ = asking(database, clock, tmp_path, (SHOP, Said("c" * 32, 1, "customer", "我的发票怎么开", clock.ms() - 1)))
    with pytest.raises(Forbidden):
        await queue.least_sure(a_person(*(set(Permission) - {missing})), SHOP, "intent", 10)
