"""How good the readings are: on labelled files, per class, with the confusions that matter. Used by the command line and the benchmarks."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import batched, islice
from pathlib import Path
from typing import Any

from xinfu.understanding.contracts import Reading
from xinfu.understanding.reader import Understanding
from xinfu.understanding.taxonomy import EMOTIONS, INTENT_KEYS

_BATCH = 256


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
    """`macro_f1` is over the labels the file has; `confusions` are (label, read as, times), most frequent first."""

    lines: int
    accuracy: float
    top3: float
    macro_f1: float
    classes: tuple[ClassReport, ...]
    confusions: tuple[tuple[str, str, int], ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def classify_lines(lines: Iterable[str], understanding: Understanding | None = None, *, context: bool = False) -> Iterator[dict[str, Any]]:
    """Every line as a plain dictionary, ready for JSON. With `context` a line is what was said before it, a tab, the message."""
    reader = understanding or Understanding.load()
    for batch in batched((line.rstrip("\r\n") for line in lines), _BATCH):
        split = [line.partition("\t") if context else ("", "", line) for line in batch]
        texts = [text if tab or not context else said for said, tab, text in split]
        before = [said if tab else None for said, tab, _ in split]
        for text, reading in zip(texts, reader.read(texts, before), strict=True):
            yield {"text": text} | _plain(reading)


def evaluate_intent(file: Path, label_map: Path | None, understanding: Understanding | None = None) -> Report:
    """A tab-separated file of id, message and label; `label_map` (with a header line) says which of our intents each label is.

    Without a map the labels are our intents themselves. Raises ValueError for a label the map does not know and an intent we do not have.
    """
    known = {row[0]: row[1] for row in islice(_rows(label_map), 1, None)} if label_map else {key: key for key in INTENT_KEYS}
    if strange := set(known.values()) - set(INTENT_KEYS):
        raise ValueError(f"not in the taxonomy: {sorted(strange)}")
    rows = list(_rows(file))
    if unmapped := {row[2] for row in rows} - set(known):
        raise ValueError(f"labels missing from the map: {sorted(unmapped)}")
    readings = _read([row[1] for row in rows], understanding)
    return _report([known[row[2]] for row in rows], [[key for key, _ in reading.top] for reading in readings])


def evaluate_emotion(file: Path, understanding: Understanding | None = None) -> Report:
    """A tab-separated file whose first column is the emotion and whose last is the message. Raises ValueError for an unknown emotion."""
    rows = [row for row in _rows(file) if not row[0].startswith("#")]
    if strange := {row[0] for row in rows} - set(EMOTIONS):
        raise ValueError(f"not an emotion: {sorted(strange)}")
    readings = _read([row[-1] for row in rows], understanding)
    return _report([row[0] for row in rows], [[reading.emotion] for reading in readings])


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from (row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row)


def _read(texts: Sequence[str], understanding: Understanding | None) -> list[Reading]:
    reader = understanding or Understanding.load()
    return [reading for batch in batched(texts, _BATCH) for reading in reader.read(batch)]


def _report(labels: Sequence[str], guesses: Sequence[Sequence[str]]) -> Report:
    if not labels:
        raise ValueError("the file has no lines")
    pairs = Counter((label, guess[0]) for label, guess in zip(labels, guesses, strict=True))
    classes = tuple(_class_report(label, pairs) for label in sorted(set(labels)))
    right = sum(times for (label, guess), times in pairs.items() if label == guess)
    near = sum(label in guess[:3] for label, guess in zip(labels, guesses, strict=True))
    wrong = sorted(((label, guess, times) for (label, guess), times in pairs.items() if label != guess), key=lambda row: (-row[2], row))
    return Report(
        lines=len(labels),
        accuracy=right / len(labels),
        top3=near / len(labels),
        macro_f1=sum(one.f1 for one in classes) / len(classes),
        classes=classes,
        confusions=tuple(wrong),
    )


def _class_report(label: str, pairs: Counter[tuple[str, str]]) -> ClassReport:
    lines = sum(times for (actual, _), times in pairs.items() if actual == label)
    given = sum(times for (_, guess), times in pairs.items() if guess == label)
    right = pairs[(label, label)]
    precision = right / given if given else 0.0
    recall = right / lines if lines else 0.0
    return ClassReport(label, lines, precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)


def _plain(reading: Reading) -> dict[str, Any]:
    return asdict(reading)
