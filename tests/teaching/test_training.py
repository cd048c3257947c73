"""Training from beginning to end in its own process, publishing, going back; and that several shops are read each with its own model."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tests.teaching.builders import (
    OTHER,
    OWN_WORDS,
    SHOP,
    Made,
    a_trainer,
    a_version,
    everything_but_training,
    little_effort,
    own_csv,
    train_apart,
)
from xinfu.kit.audit import AuditEntry
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.teaching import Labels, Lines, Readers, Training
from xinfu.teaching.errors import ClearlyWorse, ModelOutdated, NotRunning, TooFewLines, TrainingRunning
from xinfu.teaching.model import ModelContent, ModelInUse, ModelVersion, TrainingRun
from xinfu.teaching.training import Effort
from xinfu.understanding import Understanding

pytestmark = pytest.mark.slow

BUILT_IN = Understanding.load()


@pytest.fixture
def folder(data_dir: Path) -> Path:
    return data_dir / "models"


@pytest.fixture
def lines(database: Database, clock: FixedClock) -> Lines:
    return Lines(database, clock)


@pytest.fixture
def readers(database: Database, clock: FixedClock, folder: Path) -> Readers:
    return Readers(database, clock, folder, BUILT_IN)


@pytest.fixture
async def training(database: Database, clock: FixedClock, folder: Path, readers: Readers, tmp_path: Path) -> AsyncIterator[Training]:
    found = Training(database, clock, folder, readers, little_effort(tmp_path))
    yield found
    await found.stop()


async def everything(database: Database) -> list[int]:
    async with database.read() as unit:
        tables = (TrainingRun, ModelVersion, ModelContent, ModelInUse, AuditEntry)
        return [(await unit.execute(select(func.count()).select_from(table))).scalar_one() for table in tables]


async def test_a_shops_own_words_are_learnt_published_and_taken_back(
    lines: Lines, training: Training, readers: Readers, database: Database, folder: Path, clock: FixedClock
) -> None:
    trainer = a_trainer()
    await lines.import_file(trainer, SHOP, own_csv())
    steps: list[float] = []
    begun = await training.begin(trainer, SHOP, lambda _, share: steps.append(share))
    run = await training.finish(trainer, SHOP, begun.id)
    assert (run.state, run.share, run.compared_with, run.active) == ("done", 1.0, "builtin", None)
    assert steps == sorted(steps)
    assert steps[-1] == 1.0

    [version] = await training.versions(trainer, SHOP)
    intent = version.figures["heads"]["intent"]
    assert (version.number, version.verdict, version.lines + version.held) == (1, "better", 200)
    assert intent["lines"] == version.held
    assert intent["candidate"]["accuracy"][1] > 0.9 > intent["present"]["accuracy"][1]
    assert {row["label"] for row in intent["classes"]} == set(OWN_WORDS)
    for model in (intent["present"], intent["candidate"]):
        for low, middle, high in (model["accuracy"], model["macro_f1"]):
            assert 0 <= low <= middle <= high <= 1
    assert not any((folder / "work").iterdir())

    asked = ["丙要葫芦", "丙要葫芦"]
    assert {r.intent for r in readers.read(asked, None, None, [SHOP, OTHER])} != {"invoice"}  # not in use yet
    await training.use(trainer, SHOP, version.id)
    own, others = readers.read(asked, [None, None], None, [SHOP, OTHER])
    assert (own.intent, others.intent != "invoice") == ("invoice", True)
    assert readers.of(OTHER) is BUILT_IN

    elsewhere = Readers(database, clock, folder.parent / "another node", BUILT_IN)
    await elsewhere.refresh()  # has no file yet: takes it from the database
    assert elsewhere.read(["丙要葫芦"], None, None, [SHOP])[0].intent == "invoice"

    await training.use(trainer, SHOP, None)
    await elsewhere.refresh()
    assert [one.version_of(SHOP) for one in (readers, elsewhere)] == [None, None]
    async with database.read() as unit:
        done = (await unit.execute(select(AuditEntry.action).order_by(AuditEntry.id))).scalars().all()
    assert done == ["labels.imported", "training.begun", "training.done", "model.published", "model.published"]


async def test_the_same_lines_make_the_same_model_which_is_not_better_than_itself(made: Made, tmp_path: Path) -> None:
    again = await train_apart(tmp_path / "job", little_effort(tmp_path), made.content)
    assert again.content == made.content
    assert again.figures["verdict"] == "unclear"
    assert again.figures["heads"]["intent"]["difference"] == {"macro_f1": [0.0, 0.0, 0.0], "accuracy": [0.0, 0.0, 0.0]}


async def test_the_next_model_is_compared_with_the_one_in_use(
    lines: Lines, training: Training, database: Database, clock: FixedClock, made: Made
) -> None:
    trainer = a_trainer()
    await lines.import_file(trainer, SHOP, own_csv(10))
    first = await a_version(database, clock, made)
    await training.use(trainer, SHOP, first)
    run = await training.begin(trainer, SHOP)
    assert run.compared_with == first


async def test_a_clearly_worse_model_is_used_only_when_confirmed(
    training: Training, readers: Readers, database: Database, clock: FixedClock, made: Made
) -> None:
    version = await a_version(database, clock, made, verdict="worse")
    before = await everything(database)
    with pytest.raises(ClearlyWorse):
        await training.use(a_trainer(), SHOP, version)
    assert (await everything(database), readers.version_of(SHOP)) == (before, None)
    await training.use(a_trainer(), SHOP, version, even_if_worse=True)
    assert readers.version_of(SHOP) == version


async def test_a_damaged_copy_is_made_anew_and_a_damaged_model_is_never_used(
    training: Training, readers: Readers, database: Database, folder: Path, clock: FixedClock, made: Made
) -> None:
    trainer, file = a_trainer(), folder / SHOP / "1.npz"
    version = await a_version(database, clock, made)
    file.parent.mkdir(parents=True)
    file.write_bytes(made.content[:1000])
    await training.use(trainer, SHOP, version)
    assert file.read_bytes() == made.content

    await training.use(trainer, SHOP, None)
    file.unlink()
    async with database.unit() as unit:
        await unit.execute(update(ModelContent).values(content=b"something else"))
    with pytest.raises(ModelOutdated):
        await training.use(trainer, SHOP, version)
    async with database.unit() as unit:
        await unit.execute(update(ModelInUse).values(version_id=version))
    late = Readers(database, clock, folder, BUILT_IN)
    await late.refresh()
    assert late.of(SHOP) is BUILT_IN  # the shop is served all the same


async def test_one_training_at_a_time_and_it_can_be_cancelled(lines: Lines, training: Training, database: Database) -> None:
    trainer = a_trainer()
    await lines.import_file(trainer, SHOP, own_csv(10))
    run = await training.begin(trainer, SHOP)
    with pytest.raises(TrainingRunning):
        await training.begin(trainer, SHOP)
    assert (await training.cancel(trainer, SHOP, run.id)).state == "cancelled"
    with pytest.raises(NotRunning):
        await training.cancel(trainer, SHOP, run.id)
    assert await training.versions(trainer, SHOP) == []
    again = await training.begin(trainer, SHOP)
    await training.stop()
    assert (await training.run(trainer, SHOP, again.id)).problem == "interrupted"


async def test_a_run_whose_process_is_gone_is_given_up(lines: Lines, training: Training, database: Database, clock: FixedClock) -> None:
    trainer = a_trainer()
    await lines.import_file(trainer, SHOP, own_csv(10))
    run = await training.begin(trainer, SHOP)
    await asyncio.sleep(0)
    clock.move(minutes=10)
    await training.start()
    found = await training.run(trainer, SHOP, run.id)
    assert (found.state, found.problem, found.active) == ("failed", "interrupted", None)


async def test_a_training_that_fails_says_so_and_leaves_nothing(
    lines: Lines, database: Database, clock: FixedClock, folder: Path, readers: Readers, tmp_path: Path
) -> None:
    (tmp_path / "nonsense.json").write_text("{}")
    training = Training(database, clock, folder, readers, Effort(sentences=tmp_path / "nonsense.json", least=5))
    trainer = a_trainer()
    await lines.import_file(trainer, SHOP, own_csv(10))
    run = await training.finish(trainer, SHOP, (await training.begin(trainer, SHOP)).id)
    assert (run.state, run.version_id, run.active) == ("failed", None, None)
    assert "KeyError" in run.problem
    assert not any((folder / "work").iterdir())


async def test_too_few_lines_are_not_trained_on(lines: Lines, training: Training, database: Database) -> None:
    await lines.add(SHOP, "开票", "", Labels(intent="invoice"), "page", a_trainer())
    before = await everything(database)
    with pytest.raises(TooFewLines):
        await training.begin(a_trainer(), SHOP)
    assert await everything(database) == before


async def test_without_the_right_nothing_is_trained_or_published(
    lines: Lines, training: Training, readers: Readers, database: Database, clock: FixedClock, made: Made
) -> None:
    await lines.import_file(a_trainer(), SHOP, own_csv(10))
    version = await a_version(database, clock, made)
    before = await everything(database)
    someone = everything_but_training()
    for attempt in (
        lambda: training.begin(someone, SHOP),
        lambda: training.use(someone, SHOP, version),
        lambda: training.use(someone, SHOP, None),
        lambda: training.versions(someone, SHOP),
        lambda: training.runs(someone, SHOP),
        lambda: training.in_use(someone, SHOP),
    ):
        with pytest.raises(Forbidden):
            await attempt()
    stranger = a_trainer(OTHER)
    for elsewhere in (lambda: training.use(stranger, OTHER, version), lambda: training.use(stranger, SHOP, version)):
        with pytest.raises(NotFound):
            await elsewhere()
    assert await everything(database) == before
    assert readers.version_of(SHOP) is None


async def test_a_full_disk_leaves_the_model_in_use_until_there_is_room(
    training: Training, readers: Readers, database: Database, clock: FixedClock, folder: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await a_version(database, clock, made), await a_version(database, clock, made, number=2)
    await training.use(a_trainer(), SHOP, first)
    async with database.unit() as unit:  # another node publishes the second
        await unit.execute(update(ModelInUse).values(version_id=second))

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("xinfu.teaching.readers.place", full)
        await readers.refresh()
        assert readers.version_of(SHOP) == first
    await readers.refresh()
    assert readers.version_of(SHOP) == second
