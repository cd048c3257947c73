"""The written sentences behind the model, and what training makes of them: alternatives chosen, slots filled, typing noise added.

A line in data/**/*.tsv may hold (one|another), [left out or not] and {slot}; slots are in data/slots.tsv.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xinfu.understanding.taxonomy import HEADS

_DATA = files("xinfu.understanding") / "data"
_FOLDERS = {"intent": "intents", "emotion": "emotions", "demand": "demands", "manner": "manners", "danger": "dangers"}
_CHOICE = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")
_HURRY = re.compile(r"急|快|谢|感|asap|hurry|urgent|thank")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Written:
    """One line as written: its label under one head, and for an emotion its intensity."""

    label: str
    intensity: int
    text: str


def _lines(name: str) -> Iterator[list[str]]:
    """The rows of one file, or of every file of a folder in the order of their names."""
    found = _DATA / name
    for file in sorted(found.iterdir(), key=lambda one: one.name) if found.is_dir() else [found]:
        for line in file.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split("\t")


def slots() -> dict[str, list[str]]:
    return {name: values.split("|") for name, values in _lines("slots.tsv")}


def lines_of(head: str) -> list[Written]:
    """All written lines of one head of the taxonomy. Raises ValueError for a label the taxonomy does not have."""
    found = [Written(row[0], int(row[1]) if head == "emotion" else 0, row[-1]) for row in _lines(_FOLDERS[head])]
    if strange := {line.label for line in found} - set(HEADS[head]):
        raise ValueError(f"not in the taxonomy: {sorted(strange)}")
    return found


def expand(template: str, filling: dict[str, list[str]], rng: random.Random) -> str:
    """One of the sentences the line stands for."""

    def choose(m: re.Match[str]) -> str:
        must, may = m.group(1, 2)
        if must is not None:
            return rng.choice(str(must).split("|"))
        return rng.choice(str(may).split("|")) if rng.random() < 0.5 else ""

    while True:
        template, chosen = _CHOICE.subn(choose, template)
        if not chosen:
            break
    return _SLOT.sub(lambda m: rng.choice(filling[m[1]]) if m[1] in filling else m[0], template)


@dataclass(frozen=True, slots=True)
class Noise:
    """How people open, end and vary what they type: from data/noise.tsv."""

    leads: tuple[str, ...]
    tails: tuple[str, ...]
    english_leads: tuple[str, ...]
    english_tails: tuple[str, ...]
    alone: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]


@cache
def noise() -> Noise:
    rows = [(kind, *value.split("|")) for kind, value in _lines("noise.tsv")]

    def of(kind: str) -> tuple[str, ...]:
        return tuple(row[1] for row in rows if row[0] == kind)

    swaps = tuple((row[1], row[2]) for row in rows if row[0] == "swap")
    return Noise(of("lead"), of("tail"), of("en_lead"), of("en_tail"), of("bare"), swaps)


def bare() -> list[str]:
    """Openings, endings, marks and plain words alone: people send them so, and they tell nothing. Hurry is a feeling and left out."""
    found = noise()
    marks = ("?", "??", "!", "。", "...", "1", "😊", "🙏", "👌")
    every = (*found.leads, *found.tails, *found.english_leads, *found.english_tails, *found.alone, *marks)
    return list(dict.fromkeys(word for text in every if (word := text.strip()) and not _HURRY.search(word)))


def richness(template: str) -> float:
    """How often a line is drawn compared with a plain one: the root of the number of sentences it stands for, within bounds."""
    choices = 1
    for m in _CHOICE.finditer(template):
        choices *= (m[1] if m[1] is not None else m[2]).count("|") + (1 if m[1] is not None else 2)
    return float(min(12.0, max(2.0, choices**0.5)))


def noisy(text: str, rng: random.Random) -> str:
    """The sentence as somebody in a hurry would type it: another word for the same, an opening, an ending, a lost or doubled character."""
    if text.isascii():
        return _noisy_english(text, rng)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        old, new = rng.choice(noise().swaps)
        text = text.replace(old, new, 1)
    if rng.random() < 0.35:
        text = rng.choice(noise().leads) + text
    if rng.random() < 0.35:
        text = text.rstrip("？?。") + rng.choice(noise().tails)
    if len(text) > 5 and rng.random() < 0.2:
        text = _slip(text, rng)
    return text


def _noisy_english(text: str, rng: random.Random) -> str:
    if rng.random() < 0.3:
        text = rng.choice(noise().english_leads) + text
    if rng.random() < 0.3:
        text = text.rstrip("?!.") + rng.choice(noise().english_tails)
    if rng.random() < 0.2:
        text = text.replace("'", "").replace(" you ", " u ").replace(" are ", " r ")
    return _slip(text, rng) if len(text) > 12 and rng.random() < 0.2 else text


def _slip(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] + text[at:]
