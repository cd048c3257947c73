"""Labelled messages: from files, one by one, and taken back; what a bad file does, and what those without the right can do."""

import pytest
from sqlalchemy import func, select

from tests.teaching.builders import OTHER, SHOP, a_trainer, everything_but_training, own_csv
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound, TooLarge
from xinfu.teaching import Labels, Lines, imports
from xinfu.teaching.errors import LabelUnknown, NothingLabelled, TextMissing
from xinfu.teaching.model import LabelledMessage


@pytest.fixture
def lines(database: Database, clock: FixedClock) -> Lines:
    return Lines(database, clock)


async def rows_and_audit(database: Database) -> tuple[int, int]:
    async with database.read() as unit:
        stored = (await unit.execute(select(func.count()).select_from(LabelledMessage))).scalar_one()
        return stored, (await unit.execute(select(func.count()).select_from(AuditEntry))).scalar_one()


async def test_a_file_is_stored_once_and_then_known(lines: Lines, database: Database) -> None:
    trainer = a_trainer()
    first = await lines.import_file(trainer, SHOP, own_csv())
    assert (first.stored, first.created, first.updated, first.problems_total) == (True, 200, 0, 0)
    again = await lines.import_file(trainer, SHOP, own_csv())
    assert (again.created, again.updated, again.unchanged) == (0, 0, 200)
    changed = await lines.import_file(trainer, SHOP, "消息,意图,情绪\n甲要葫芦,优惠券,生气\n".encode())
    assert (changed.created, changed.updated) == (0, 1)
    page = await lines.page(trainer, SHOP, "intent", "coupon", None, 10)
    assert [(row.text, row.emotion, row.source, row.actor) for row in page.items] == [("甲要葫芦", "anger", "file", "试教员")]
    assert (await rows_and_audit(database))[0] == 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_files_may_come_in_any_of_three_encodings(lines: Lines, encoding: str) -> None:
    await lines.import_file(a_trainer(), SHOP, "消息,前一句,意图\n那发票呢,还有什么可以帮您,发票\n".encode(encoding))
    [row] = (await lines.page(a_trainer(), SHOP, None, None, None, 10)).items
    assert (row.text, row.before, row.intent) == ("那发票呢", "还有什么可以帮您", "invoice")


async def test_json_lines_are_read_too(lines: Lines) -> None:
    data = '{"text": "要开票", "intent": "invoice", "abuse": false}\n{"消息": "你是废物吧", "abuse": true, "danger": "none"}'.encode()
    assert (await lines.import_file(a_trainer(), SHOP, data)).created == 2
    page = await lines.page(a_trainer(), SHOP, "abuse", None, None, 10)
    assert {(row.text, row.abuse, row.danger) for row in page.items} == {("要开票", "no", None), ("你是废物吧", "yes", "none")}


async def test_a_bad_file_names_every_row_and_changes_nothing(lines: Lines, database: Database) -> None:
    bad = "text,intent,emotion\n好的,confirm,calm\n,invoice,\n开票,发飘,\n开票,,\n好 的,deny,\n开票,invoice,furious\n"
    report = await lines.import_file(a_trainer(), SHOP, bad.encode())
    assert not report.stored
    assert [(p.row, p.field) for p in report.problems] == [(3, "text"), (4, "intent"), (5, ""), (6, "intent"), (7, "emotion")]
    assert all(p.zh and p.en for p in report.problems)
    assert await rows_and_audit(database) == (0, 0)


async def test_rows_about_the_same_message_are_taken_together(lines: Lines) -> None:
    report = await lines.import_file(a_trainer(), SHOP, "text,intent,emotion\n开票,invoice,\n开票！,,calm\n开票,invoice,\n".encode())
    assert (report.stored, report.created) == (True, 1)
    [row] = (await lines.page(a_trainer(), SHOP, None, None, None, 10)).items
    assert (row.text, row.intent, row.emotion) == ("开票", "invoice", "calm")


@pytest.mark.parametrize("data", [b"", b"hello\nthere\n", b"text,mood\na,b\n", b"[1]", b"\xff\xff\xff\xff"])
async def test_what_is_no_such_file_is_refused_whole(lines: Lines, database: Database, data: bytes) -> None:
    with pytest.raises(Invalid):
        await lines.import_file(a_trainer(), SHOP, data)
    assert await rows_and_audit(database) == (0, 0)


async def test_too_large_files_are_refused(lines: Lines, monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    monkeypatch.setattr(imports, "MAX_ROWS", 100)
    with pytest.raises(TooLarge):
        await lines.import_file(a_trainer(), SHOP, own_csv())
    monkeypatch.setattr(imports, "MAX_BYTES", 100)
    with pytest.raises(TooLarge):
        await lines.import_file(a_trainer(), SHOP, own_csv())
    assert await rows_and_audit(database) == (0, 0)


async def test_personal_data_is_not_kept(lines: Lines) -> None:
    said = "我电话13800001234，单号XF202601010001，邮箱wang@example.com 帮我开票"
    row = await lines.add(SHOP, said, "", Labels(intent="invoice"), "correction", a_trainer())
    assert not any(secret in row.text for secret in ("13800001234", "202601010001", "wang"))
    assert "开票" in row.text


async def test_a_second_opinion_replaces_what_it_speaks_of(lines: Lines, database: Database) -> None:
    trainer = a_trainer()
    first = await lines.add(SHOP, "开票！", None, Labels(intent="invoice", emotion="calm"), "page", trainer)
    second = await lines.add(SHOP, "开 票", "", Labels(emotion="anger"), "correction", trainer)
    assert (second.id, second.intent, second.emotion) == (first.id, "invoice", "anger")
    other = await lines.add(SHOP, "开票", "要开票吗", Labels(intent="confirm"), "page", trainer)
    assert (other.id != first.id, other.part) == (True, first.part)  # same words in another place: another line, in the same part
    assert await rows_and_audit(database) == (2, 3)


@pytest.mark.parametrize(
    ("text", "labels", "refusal"),
    [
        ("", Labels(intent="invoice"), TextMissing),
        ("x" * 4001, Labels(intent="invoice"), TextMissing),
        ("开票", Labels(), NothingLabelled),
        ("开票", Labels(intent="发飘"), LabelUnknown),
        ("开票", Labels(danger="maybe"), LabelUnknown),
    ],
)
async def test_what_says_nothing_is_refused(lines: Lines, database: Database, text: str, labels: Labels, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await lines.add(SHOP, text, "", labels, "page", a_trainer())
    assert await rows_and_audit(database) == (0, 0)


async def test_a_removed_line_leaves_no_words_but_its_part(lines: Lines, database: Database) -> None:
    trainer = a_trainer()
    row = await lines.add(SHOP, "我要发票", "", Labels(intent="invoice"), "page", trainer)
    await lines.remove(trainer, SHOP, row.id)
    assert (await lines.page(trainer, SHOP, None, None, None, 10)).items == []
    async with database.read() as unit:
        [kept] = (await unit.execute(select(LabelledMessage))).scalars()
        assert (kept.text, kept.intent, kept.removed) == ("", None, True)
    with pytest.raises(NotFound):
        await lines.remove(trainer, SHOP, row.id)
    back = await lines.add(SHOP, "我要发票", "", Labels(emotion="calm"), "page", trainer)
    assert (back.id, back.text, back.intent, back.emotion, back.part) == (row.id, "我要发票", None, "calm", row.part)


async def test_one_label_can_be_taken_back_without_the_others(lines: Lines) -> None:
    trainer = a_trainer()
    row = await lines.add(SHOP, "我要发票", "", Labels(intent="invoice", emotion="anger"), "page", trainer)
    await lines.remove(trainer, SHOP, row.id, "emotion")
    [left] = (await lines.page(trainer, SHOP, None, None, None, 10)).items
    assert (left.text, left.intent, left.emotion) == ("我要发票", "invoice", None)
    await lines.remove(trainer, SHOP, row.id, "intent")
    assert (await lines.page(trainer, SHOP, None, None, None, 10)).items == []


async def test_parts_stay_when_more_lines_come(lines: Lines, database: Database) -> None:
    await lines.import_file(a_trainer(), SHOP, own_csv(10))
    before = await parts(database)
    await lines.import_file(a_trainer(), SHOP, own_csv(80))
    after = await parts(database)
    assert before.items() <= after.items()
    counts = await lines.counts(a_trainer(), SHOP)
    assert all(14 <= one["held"] <= 18 for one in counts[1]["intent"].values())  # a fifth of 80 of every label


async def parts(database: Database) -> dict[str, str]:
    async with database.read() as unit:
        return {row.key: row.part for row in (await unit.execute(select(LabelledMessage))).scalars()}


async def test_pages_follow_each_other(lines: Lines, clock: FixedClock) -> None:
    for number, text in enumerate(("一张发票", "两张发票", "三张发票")):
        clock.move(seconds=number)
        await lines.add(SHOP, text, "", Labels(intent="invoice"), "page", a_trainer())
    first = await lines.page(a_trainer(), SHOP, None, None, None, 2)
    second = await lines.page(a_trainer(), SHOP, None, None, first.next, 2)
    assert [row.text for row in (*first.items, *second.items)] == ["三张发票", "两张发票", "一张发票"]
    assert second.next is None


async def test_without_the_right_nothing_happens(lines: Lines, database: Database) -> None:
    row = await lines.add(SHOP, "我要发票", "", Labels(intent="invoice"), "page", a_trainer())
    before = await rows_and_audit(database)
    someone = everything_but_training()
    for attempt in (
        lambda: lines.add(SHOP, "开票", "", Labels(intent="invoice"), "page", someone),
        lambda: lines.import_file(someone, SHOP, own_csv()),
        lambda: lines.remove(someone, SHOP, row.id),
        lambda: lines.page(someone, SHOP, None, None, None, 10),
        lambda: lines.counts(someone, SHOP),
    ):
        with pytest.raises(Forbidden):
            await attempt()
    with pytest.raises(NotFound):
        await lines.remove(a_trainer(OTHER), SHOP, row.id)
    assert await rows_and_audit(database) == before
    assert (await lines.page(a_trainer(OTHER), OTHER, None, None, None, 10)).items == []
