"""How good the readings are: on labelled files, per class, with the confusions that matter. Used by the command line and the benchmarks."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import batched, islice
from pathlib import Path
from typing import Any, NamedTuple, get_args

from xinfu.understanding.contracts import EntityKind, Reading
from xinfu.understanding.entities import entities_in
from xinfu.understanding.heads import Heads
from xinfu.understanding.reader import Understanding
from xinfu.understanding.taxonomy import DANGERS, DEMANDS, EMOTIONS, HEADS, INTENT_KEYS, MANNERS

_BATCH = 256
_BINS = 10
_SHOWN = ("intent", "top", "stage", "emotion", "intensity", "demand", "abuse", "danger", "entities", "language")


class Line(NamedTuple):
    """A labelled message, and what the shop's side said before it where that is part of the question."""

    label: str
    text: str
    before: str | None = None


class Guess(NamedTuple):
    """The answers, likeliest first, and the chance given to the first; none where a decision has no chance of its own."""

    ranked: tuple[str, ...]
    p: float | None = None


@dataclass(frozen=True, slots=True)
class ClassReport:
    """One label: how many lines have it, how many of those given it are right, how many of those having it are found."""

    label: str
    lines: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Report:
    """`macro_f1` is over the labels the file has; `confusions` are (label, read as, times), most frequent first.

    `ece` is the expected calibration error: how far chances and truth lie apart. `together` counts all labels but the harmless one as one.
    """

    lines: int
    accuracy: float
    top3: float
    macro_f1: float
    ece: float | None
    classes: tuple[ClassReport, ...]
    confusions: tuple[tuple[str, str, int], ...]
    together: ClassReport | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class EntityReport:
    """Things named count as found when kind and value are right; a `false_alarm` is a line naming nothing in which something was found."""

    lines: int
    whole_lines: int
    precision: float
    recall: float
    f1: float
    empty_lines: int
    false_alarms: int
    kinds: tuple[ClassReport, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Question(NamedTuple):
    """One thing a message is asked: the labels a file may have, what the reading answers, and the model's head behind it, if any.

    `counts_as` names labels that are one to this question; `harmless` is the label that is nothing special.
    """

    labels: tuple[str, ...]
    answer: Callable[[Reading], Guess]
    head: str | None = None
    counts_as: Mapping[str, str] = {}
    harmless: str | None = None


QUESTIONS: dict[str, Question] = {
    "intent": Question(INTENT_KEYS, lambda r: Guess(tuple(key for key, _ in r.top), r.intent_p), "intent"),
    "emotion": Question(EMOTIONS, lambda r: Guess((r.emotion,), r.emotion_p), "emotion"),
    "demand": Question(DEMANDS, lambda r: Guess((r.demand,), r.demand_p), "demand"),
    "abuse": Question(
        MANNERS,
        lambda r: Guess(("abuse" if r.abuse else "none",)),
        "manner",
        counts_as=dict.fromkeys(set(MANNERS) - {"abuse"}, "none"),
    ),
    "danger": Question(DANGERS, lambda r: Guess((r.danger or "none",)), "danger", harmless="none"),
    "stage": Question(("pre", "mid", "after"), lambda r: Guess((r.stage,))),
}


def classify_lines(lines: Iterable[str], understanding: Understanding | None = None, *, context: bool = False) -> Iterator[dict[str, Any]]:
    """Every line as a plain dictionary, ready for JSON. With `context` a line is what was said before it, a tab, the message."""
    reader = understanding or Understanding.load()
    for batch in batched((line.rstrip("\r\n") for line in lines), _BATCH):
        split = [line.partition("\t") if context else ("", "", line) for line in batch]
        texts = [text if tab or not context else said for said, tab, text in split]
        before = [said if tab else None for said, tab, _ in split]
        for text, reading in zip(texts, reader.read(texts, before), strict=True):
            plain = asdict(reading)
            yield {"text": text} | {key: plain[key] for key in _SHOWN}


def evaluate(question: str, file: Path, understanding: Understanding | None = None) -> Report:
    """A tab-separated file whose first column is the label and whose last is the message. Raises ValueError for an unknown label."""
    return measured(question, labelled(question, file), understanding)


def evaluate_intent(
    file: Path, label_map: Path | None = None, understanding: Understanding | None = None, *, context: bool = False
) -> Report:
    """A file of id, message and label, or of label and message, or with `context` of label, what was said before, and message.

    `label_map` (with a header line) says which of our intents each label is; without one the labels are our intents themselves.
    Raises ValueError for a label the map does not know and an intent we do not have.
    """
    return measured("intent", intent_lines(file, label_map, context=context), understanding)


def evaluate_entities(file: Path, today: date) -> EntityReport:
    """A file of message and, as JSON, the list of [kind, value] it names; `today` is the day the messages were written on."""
    rows = [row for row in _rows(file) if not row[0].startswith("#")]
    if not rows:
        raise ValueError("the file has no lines")
    named = [Counter(map(tuple, json.loads(row[1]))) for row in rows]
    kinds = get_args(EntityKind.__value__)
    if strange := {kind for some in named for kind, _ in some} - set(kinds):
        raise ValueError(f"not a kind of entity: {sorted(strange)}")
    found = [Counter((entity.kind, entity.value) for entity in entities_in(row[0], today)) for row in rows]
    right = Counter(kind for some, truth in zip(found, named, strict=True) for kind, _ in (some & truth).elements())
    given = Counter(kind for some in found for kind, _ in some.elements())
    meant = Counter(kind for some in named for kind, _ in some.elements())
    whole = _counted("all", right.total(), given.total(), meant.total())
    return EntityReport(
        lines=len(rows),
        whole_lines=sum(some == truth for some, truth in zip(found, named, strict=True)),
        precision=whole.precision,
        recall=whole.recall,
        f1=whole.f1,
        empty_lines=sum(not truth for truth in named),
        false_alarms=sum(bool(some) and not truth for some, truth in zip(found, named, strict=True)),
        kinds=tuple(_counted(kind, right[kind], given[kind], meant[kind]) for kind in kinds if given[kind] or meant[kind]),
    )


def labelled(question: str, file: Path) -> list[Line]:
    """The lines of a file whose first column is the label and whose last is the message."""
    lines = [Line(row[0], row[-1]) for row in _rows(file) if not row[0].startswith("#")]
    if strange := {line.label for line in lines} - set(QUESTIONS[question].labels):
        raise ValueError(f"not a label of {question}: {sorted(strange)}")
    return lines


def intent_lines(file: Path, label_map: Path | None = None, *, context: bool = False) -> list[Line]:
    known = {row[0]: row[1] for row in islice(_rows(label_map), 1, None)} if label_map else {key: key for key in INTENT_KEYS}
    if strange := set(known.values()) - set(INTENT_KEYS):
        raise ValueError(f"not in the taxonomy: {sorted(strange)}")
    rows = [row for row in _rows(file) if not row[0].startswith("#")]
    if context:
        lines = [Line(row[0], row[2], row[1]) for row in rows]
    else:
        lines = [Line(row[0], row[1]) if len(row) == 2 else Line(row[2], row[1]) for row in rows]
    if unmapped := {line.label for line in lines} - set(known):
        raise ValueError(f"labels that are no intent and not in the map: {sorted(unmapped)}")
    return [line._replace(label=known[line.label]) for line in lines]


def measured(question: str, lines: Sequence[Line], understanding: Understanding | None = None) -> Report:
    reader = understanding or Understanding.load()
    asked = QUESTIONS[question]
    read = [
        reading for some in batched(lines, _BATCH) for reading in reader.read([line.text for line in some], [line.before for line in some])
    ]
    return compared(question, lines, [asked.answer(reading) for reading in read])


def compared(question: str, lines: Sequence[Line], guesses: Sequence[Guess]) -> Report:
    """What any guesser's answers to the lines are worth."""
    if not lines:
        raise ValueError("the file has no lines")
    asked = QUESTIONS[question]
    labels = [asked.counts_as.get(line.label, line.label) for line in lines]
    firsts = [asked.counts_as.get(guess.ranked[0], guess.ranked[0]) for guess in guesses]
    pairs = Counter(zip(labels, firsts, strict=True))
    classes = tuple(_class_report(label, pairs) for label in sorted(set(labels)))
    right = [label == first for label, first in zip(labels, firsts, strict=True)]
    wrong = Counter((line.label, first) for line, first, good in zip(lines, firsts, right, strict=True) if not good)
    chances = [guess.p for guess in guesses if guess.p is not None]
    return Report(
        lines=len(lines),
        accuracy=sum(right) / len(lines),
        top3=sum(label in (first, *guess.ranked[1:3]) for label, first, guess in zip(labels, firsts, guesses, strict=True)) / len(lines),
        macro_f1=sum(one.f1 for one in classes) / len(classes),
        ece=calibration_error(chances, right) if len(chances) == len(lines) else _head_error(asked, lines),
        classes=classes,
        confusions=tuple((label, guess, times) for (label, guess), times in sorted(wrong.items(), key=lambda row: (-row[1], row[0]))),
        together=_together(asked.harmless, pairs) if asked.harmless else None,
    )


def calibration_error(chances: Sequence[float], right: Sequence[bool]) -> float:
    """The expected calibration error over ten bins of equal width: how far the chance given and the share right lie apart."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, good in zip(chances, right, strict=True):
        bins.setdefault(min(_BINS - 1, int(chance * _BINS)), []).append((chance, good))
    return sum(abs(sum(chance for chance, _ in some) - sum(good for _, good in some)) for some in bins.values()) / len(chances)


def head_guesses(head: str, texts: Sequence[str], heads: Heads) -> list[Guess]:
    """What the model alone says, before any rule: its classes, likeliest first, and its chance."""
    guesses: list[Guess] = []
    for some in batched(texts, _BATCH):
        chances = heads.score(some).of[head]
        for row, order in zip(chances, (-chances).argsort(axis=1, kind="stable"), strict=True):
            guesses.append(Guess(tuple(HEADS[head][at] for at in order[:3]), float(row[order[0]])))
    return guesses


def _head_error(asked: Question, lines: Sequence[Line]) -> float | None:
    """Where rules decide together with the model, the chances that can be off are those of the model's own head."""
    if asked.head is None:
        return None
    guesses = head_guesses(asked.head, [line.text for line in lines], Heads.load())
    right = [line.label == guess.ranked[0] for line, guess in zip(lines, guesses, strict=True)]
    return calibration_error([guess.p or 0.0 for guess in guesses], right)


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from (row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row)


def _class_report(label: str, pairs: Counter[tuple[str, str]]) -> ClassReport:
    lines = sum(times for (actual, _), times in pairs.items() if actual == label)
    given = sum(times for (_, guess), times in pairs.items() if guess == label)
    return _counted(label, pairs[(label, label)], given, lines)


def _together(harmless: str, pairs: Counter[tuple[str, str]]) -> ClassReport:
    """Whether anything was seen at all, whatever it was taken for."""
    both = sum(times for (actual, guess), times in pairs.items() if harmless not in (actual, guess))
    given = sum(times for (_, guess), times in pairs.items() if guess != harmless)
    lines = sum(times for (actual, _), times in pairs.items() if actual != harmless)
    return _counted(f"not {harmless}", both, given, lines)


def _counted(label: str, right: int, given: int, lines: int) -> ClassReport:
    precision = right / given if given else 0.0
    recall = right / lines if lines else 0.0
    return ClassReport(label, lines, precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)
