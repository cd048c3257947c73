"""Labelled messages: from files, from the labelling page, from corrections at the desk. One message has one set of labels, the newest."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.tabular import Problems, Report, nothing_stored
from xinfu.kit.text import clean
from xinfu.teaching import policy, repository
from xinfu.teaching.contracts import LABELS, Head, Labels, Part, Source
from xinfu.teaching.errors import LabelUnknown, TextMissing
from xinfu.teaching.imports import LONGEST, Given, read_lines
from xinfu.teaching.model import LabelledMessage


@dataclass(slots=True)
class _Balance:
    """Which part every text is in, and how many lines of each label are held out of how many."""

    groups: dict[str, Part] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    def count(self, part: Part, stratum: str) -> None:
        self.total[stratum] += 1
        self.held[stratum] += part == "held"

    def part(self, group: str, stratum: str) -> Part:
        part = self.groups.get(group)
        if part is None:
            part = self.groups[group] = policy.part_of(group, self.held[stratum], self.total[stratum])
        self.count(part, stratum)
        return part


@dataclass(slots=True)
class _Plan:
    """What a file does to the table: rows to insert, values to change by key."""

    fresh: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    unchanged: int = 0


class Lines:
    """The store of labelled messages."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, shop_id: Id, text: str, before: str | None, labels: Labels, source: Source, actor: Actor) -> LabelledMessage:
        """Keep what a person says a message means; for the same message once more, the labels given now replace the old ones.

        Raises TextMissing, LabelUnknown, NothingLabelled.
        """
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        given = self._checked(text, before, labels)
        key, now = policy.line_key(given.text, given.before), self._clock.now()
        async with self._database.unit() as unit:
            row = await repository.by_key(unit, shop_id, key)
            if row is None:
                row = LabelledMessage(id=new_id(), shop_id=shop_id, **await self._new(unit, shop_id, key, given, source))
                unit.add(row)
            else:
                kept = labels if row.removed else policy.merged(_labels_of(row), labels)
                for name, value in (
                    asdict(kept) | {"text": given.text, "before": given.before, "source": source, "removed": False}
                ).items():
                    setattr(row, name, value)
            row.actor_id, row.actor, row.at = actor.id, actor.name, now
            audit.record(unit, actor, now, "labels.added", shop_id, "labelled_message", row.id, source=source, **labels.given())
        return row

    async def import_file(self, actor: Actor, shop_id: Id, data: bytes) -> Report:
        """All rows of a file, or, with any problem, none. Raises TooLarge and Invalid for the file as a whole."""
        [(_, report)] = await self.import_files(actor, shop_id, [("", data)])
        return report

    async def import_files(self, actor: Actor, shop_id: Id, files: Sequence[tuple[str, bytes]]) -> list[tuple[str, Report]]:
        """All rows of all (name, content) files, or, with any problem in one of them, none of any."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        read: list[tuple[str, list[Given], Problems]] = []
        for name, data in files:
            problems = Problems()
            read.append((name, await asyncio.to_thread(read_lines, data, problems), problems))
        if any(problems.total for _, _, problems in read):
            return [(name, nothing_stored(problems)) for name, _, problems in read]
        reports: list[tuple[str, Report]] = []
        async with self._database.unit() as unit:
            for name, given, _ in read:
                reports.append((name, await self._stored(unit, actor, shop_id, given)))
        return reports

    async def _stored(self, unit: Unit, actor: Actor, shop_id: Id, given: Sequence[Given]) -> Report:
        now = self._clock.now()
        known = await repository.known_lines(unit, shop_id)
        plan = await asyncio.to_thread(_plan, known, given)
        stamp = {"source": "file", "actor_id": actor.id, "actor": actor.name, "at": now, "removed": False}
        await repository.insert_lines(unit, [{"shop_id": shop_id, **row, **stamp} for row in plan.fresh])
        for key, values in plan.changed.items():
            await repository.update_line(unit, shop_id, key, {**values, **stamp})
        created, updated = len(plan.fresh), len(plan.changed)
        audit.record(unit, actor, now, "labels.imported", shop_id, "labelled_message", "", created=created, updated=updated)
        return Report(True, created, updated, plan.unchanged, 0, 0, ())

    async def remove(self, actor: Actor, shop_id: Id, line_id: Id, head: Head | None = None) -> None:
        """Take a line back, or one label of it: with the last label its words go too, its part stays remembered. Raises NotFound."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        async with self._database.unit() as unit:
            row = await repository.line(unit, shop_id, line_id) if is_id(line_id) else None
            if row is None:
                raise NotFound
            gone = _labels_of(row).given().keys() if head is None else {head}
            for one in gone:
                setattr(row, one, None)
            if not _labels_of(row).given():
                row.text = row.before = ""
                row.removed = True
            audit.record(unit, actor, self._clock.now(), "labels.removed", shop_id, "labelled_message", row.id, heads=sorted(gone))

    async def page(
        self, actor: Actor, shop_id: Id, head: Head | None, label: str | None, cursor: str | None, limit: int
    ) -> Page[LabelledMessage]:
        """Newest first; with a head only lines labelled there, with one of its labels only those. Raises LabelUnknown."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        if label and (head is None or label not in LABELS[head]):
            raise LabelUnknown(head=head or "", label=label)
        after = None
        if cursor:
            at, last = decode_cursor(cursor, 2)
            after = (cursor_time(at), cursor_id(last))
        async with self._database.read() as unit:
            rows = await repository.lines(unit, shop_id, head, label, after, limit + 1)
        more = encode_cursor(rows[limit - 1].at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return Page(rows[:limit], more)

    async def counts(self, actor: Actor, shop_id: Id) -> tuple[dict[str, int], dict[Head, dict[str, dict[str, int]]]]:
        """Lines per part, and per head and label."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        async with self._database.read() as unit:
            return await repository.parts(unit, shop_id), await repository.counts(unit, shop_id)

    async def labelled(self, shop_id: Id, keys: Sequence[str], head: Head) -> set[str]:
        """Which of these messages need no label of this kind any more."""
        async with self._database.read() as unit:
            return await repository.keys_among(unit, shop_id, keys, head)

    @staticmethod
    def _checked(text: str, before: str | None, labels: Labels) -> Given:
        policy.check_labels(labels)
        said, earlier = clean(text), clean(before or "")
        if not said or max(len(said), len(earlier)) > LONGEST:
            raise TextMissing(limit=LONGEST)
        return Given(policy.without_personal(said), policy.without_personal(earlier), labels)

    @staticmethod
    async def _new(unit: Unit, shop_id: Id, key: str, given: Given, source: Source) -> dict[str, Any]:
        group = policy.group_key(given.text)
        part = await repository.part_of_group(unit, shop_id, group)
        if part is None:
            head, label = next(iter(given.labels.given().items()))
            part = policy.part_of(group, *await repository.balance(unit, shop_id, head, label))
        words = {"key": key, "group_key": group, "part": part, "text": given.text, "before": given.before}
        return {**words, **asdict(given.labels), "source": source, "removed": False}


def _plan(known: Sequence[Sequence[Any]], given: Sequence[Given]) -> _Plan:
    """What a file adds and changes. `known`: (key, group, part, removed, labels…) of all it has. May take seconds: not for the loop."""
    labels: dict[str, tuple[bool, Labels]] = {}
    balance = _Balance()
    for key, group, part, removed, *said in known:
        labels[key] = (removed, Labels(*said))
        balance.groups[group] = part
        if not removed:
            balance.count(part, policy.stratum(labels[key][1]))
    plan = _Plan()
    for one in given:
        key, words = policy.line_key(one.text, one.before), {"text": one.text, "before": one.before}
        if key not in labels:
            group = policy.group_key(one.text)
            part = balance.part(group, policy.stratum(one.labels))
            plan.fresh.append({"id": new_id(), "key": key, "group_key": group, "part": part, **words, **asdict(one.labels)})
            continue
        removed, old = labels[key]
        kept = one.labels if removed else policy.merged(old, one.labels)
        if kept == old and not removed:
            plan.unchanged += 1
        else:
            plan.changed[key] = {**words, **asdict(kept)}
    return plan


def _labels_of(row: LabelledMessage) -> Labels:
    return Labels(row.intent, row.emotion, row.demand, row.abuse, row.danger)
