"""Every query of teaching; each names the shop, except where the house looks after all shops' models and runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, tuple_, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.teaching.contracts import HEADS, Head, Part
from xinfu.teaching.model import LabelledMessage, ModelContent, ModelInUse, ModelVersion, TrainingRun

_CHUNK = 500


async def known_lines(unit: Unit, shop_id: Id) -> Sequence[Sequence[Any]]:
    """(key, group, part, removed, intent, emotion, demand, abuse, danger) of everything ever labelled."""
    m = LabelledMessage
    columns = (m.key, m.group_key, m.part, m.removed, m.intent, m.emotion, m.demand, m.abuse, m.danger)
    found: list[Sequence[Any]] = []
    rows = await unit.stream(select(*columns).where(m.shop_id == shop_id).execution_options(yield_per=_CHUNK))
    async for some in rows.partitions(_CHUNK):  # piece by piece: a hundred thousand at once would hold up everybody else
        found += [tuple(row) for row in some]
    return found


async def keys_among(unit: Unit, shop_id: Id, keys: Sequence[str], head: Head) -> set[str]:
    """Which of the keys are labelled under the head."""
    m = LabelledMessage
    found: set[str] = set()
    for at in range(0, len(keys), _CHUNK):
        some = select(m.key).where(m.shop_id == shop_id, m.key.in_(keys[at : at + _CHUNK]), getattr(m, head).is_not(None))
        found.update((await unit.execute(some)).scalars())
    return found


async def by_key(unit: Unit, shop_id: Id, key: str) -> LabelledMessage | None:
    found = select(LabelledMessage).where(LabelledMessage.shop_id == shop_id, LabelledMessage.key == key)
    return (await unit.execute(found)).scalar_one_or_none()


async def line(unit: Unit, shop_id: Id, line_id: Id) -> LabelledMessage | None:
    m = LabelledMessage
    found = select(m).where(m.shop_id == shop_id, m.id == line_id, m.removed.is_(False))
    return (await unit.execute(found)).scalar_one_or_none()


async def part_of_group(unit: Unit, shop_id: Id, group: str) -> Part | None:
    found = select(LabelledMessage.part).where(LabelledMessage.shop_id == shop_id, LabelledMessage.group_key == group).limit(1)
    part: Part | None = (await unit.execute(found)).scalar_one_or_none()  # type: ignore[assignment]
    return part


async def balance(unit: Unit, shop_id: Id, head: Head, label: str) -> tuple[int, int]:
    """How many messages of the label are held out, of how many."""
    m = LabelledMessage
    query = select(m.part, func.count()).where(m.shop_id == shop_id, getattr(m, head) == label).group_by(m.part)
    counts: dict[str, int] = dict((await unit.execute(query)).tuples().all())
    return counts.get("held", 0), sum(counts.values())


async def insert_lines(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    connection = await unit.connection()
    for at in range(0, len(rows), _CHUNK):
        await connection.execute(insert(LabelledMessage.__table__), rows[at : at + _CHUNK])  # type: ignore[arg-type]


async def update_line(unit: Unit, shop_id: Id, key: str, values: dict[str, Any]) -> None:
    await unit.execute(update(LabelledMessage).where(LabelledMessage.shop_id == shop_id, LabelledMessage.key == key).values(**values))


async def lines(
    unit: Unit, shop_id: Id, head: Head | None, label: str | None, after: tuple[datetime, Id] | None, limit: int
) -> Sequence[LabelledMessage]:
    """Newest first."""
    m = LabelledMessage
    query = select(m).where(m.shop_id == shop_id, m.removed.is_(False))
    if head:
        query = query.where(getattr(m, head) == label if label else getattr(m, head).is_not(None))
    if after:
        query = query.where(tuple_(m.at, m.id) < tuple_(*after))
    return (await unit.execute(query.order_by(m.at.desc(), m.id.desc()).limit(limit))).scalars().all()


async def every_line(unit: Unit, shop_id: Id) -> Sequence[Sequence[Any]]:
    """(text, before, part, intent, emotion, demand, abuse, danger), in the order of the keys, so that a training can be repeated."""
    m = LabelledMessage
    columns = (m.text, m.before, m.part, m.intent, m.emotion, m.demand, m.abuse, m.danger)
    query = select(*columns).where(m.shop_id == shop_id, m.removed.is_(False)).order_by(m.key)
    return [tuple(row) for row in await unit.execute(query)]


async def counts(unit: Unit, shop_id: Id) -> dict[Head, dict[str, dict[str, int]]]:
    """Per head and label, how many lines are in which part."""
    m = LabelledMessage
    found: dict[Head, dict[str, dict[str, int]]] = {}
    for head in HEADS:
        column = getattr(m, head)
        query = select(column, m.part, func.count()).where(m.shop_id == shop_id, m.removed.is_(False), column.is_not(None))
        for label, part, count in await unit.execute(query.group_by(column, m.part)):
            found.setdefault(head, {}).setdefault(label, {"train": 0, "held": 0})[part] = count
    return found


async def parts(unit: Unit, shop_id: Id) -> dict[str, int]:
    m = LabelledMessage
    query = select(m.part, func.count()).where(m.shop_id == shop_id, m.removed.is_(False)).group_by(m.part)
    return {"train": 0, "held": 0} | dict((await unit.execute(query)).tuples().all())


async def run(unit: Unit, shop_id: Id, run_id: Id) -> TrainingRun | None:
    return (await unit.execute(select(TrainingRun).where(TrainingRun.shop_id == shop_id, TrainingRun.id == run_id))).scalar_one_or_none()


async def runs(unit: Unit, shop_id: Id, limit: int) -> Sequence[TrainingRun]:
    query = select(TrainingRun).where(TrainingRun.shop_id == shop_id).order_by(TrainingRun.started_at.desc(), TrainingRun.id.desc())
    return (await unit.execute(query.limit(limit))).scalars().all()


async def abandon(unit: Unit, silent_since: datetime, now: datetime) -> None:
    """Runs of any shop that nobody has touched for long belonged to a process that is gone."""
    gone = update(TrainingRun).where(TrainingRun.active.is_not(None), TrainingRun.touched_at < silent_since)
    await unit.execute(gone.values(active=None, state="failed", problem="interrupted", finished_at=now))


async def active_runs(unit: Unit) -> set[Id]:
    """Of every shop."""
    return set((await unit.execute(select(TrainingRun.id).where(TrainingRun.active.is_not(None)))).scalars())


async def touch(unit: Unit, shop_id: Id, run_id: Id, values: dict[str, Any]) -> bool:
    """Change a run that goes on; False when it does not any more."""
    r = TrainingRun
    changed = await unit.execute(
        update(r).where(r.shop_id == shop_id, r.id == run_id, r.active.is_not(None)).values(**values).returning(r.id)
    )
    return changed.scalar_one_or_none() is not None


async def versions(unit: Unit, shop_id: Id, limit: int) -> Sequence[ModelVersion]:
    query = select(ModelVersion).where(ModelVersion.shop_id == shop_id).order_by(ModelVersion.number.desc()).limit(limit)
    return (await unit.execute(query)).scalars().all()


async def version(unit: Unit, shop_id: Id, version_id: Id) -> ModelVersion | None:
    found = select(ModelVersion).where(ModelVersion.shop_id == shop_id, ModelVersion.id == version_id)
    return (await unit.execute(found)).scalar_one_or_none()


async def newest_number(unit: Unit, shop_id: Id) -> int:
    return (await unit.execute(select(func.max(ModelVersion.number)).where(ModelVersion.shop_id == shop_id))).scalar_one() or 0


async def content(unit: Unit, shop_id: Id, version_id: Id) -> bytes | None:
    found = select(ModelContent.content).where(ModelContent.shop_id == shop_id, ModelContent.version_id == version_id)
    return (await unit.execute(found)).scalar_one_or_none()


async def in_use(unit: Unit, shop_id: Id) -> ModelInUse | None:
    return (await unit.execute(select(ModelInUse).where(ModelInUse.shop_id == shop_id))).scalar_one_or_none()


async def in_use_everywhere(unit: Unit) -> Sequence[Sequence[Any]]:
    """(shop, version, number, sha256) of every shop that has a model of its own in use."""
    query = select(ModelInUse.shop_id, ModelVersion.id, ModelVersion.number, ModelVersion.sha256)
    return [tuple(row) for row in await unit.execute(query.join(ModelVersion, ModelVersion.id == ModelInUse.version_id))]
