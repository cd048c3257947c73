"""The scripts of simulated customers, read from stories.toml, and the pure choices in them: who tells which, what is said next."""

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random
from typing import Any, Literal

type Mood = Literal["calm", "worried", "angry"]

_ENDINGS = ("~", "。", " 谢谢", "🙏", "...")
_SCORES: dict[Mood, tuple[int, ...]] = {"calm": (5, 5, 5, 4), "worried": (5, 4, 4, 3), "angry": (1, 2, 3, 4)}


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of a customer. `ways` are the alternatives, each one or more messages sent quickly after one another."""

    ways: tuple[tuple[str, ...], ...]
    card: bool
    only_if: tuple[str, ...]
    human: bool


@dataclass(frozen=True, slots=True)
class Story:
    key: str
    needs: str
    steps: tuple[Step, ...]
    thanks: tuple[str, ...]
    mood: Mood

    @property
    def calls_people(self) -> bool:
        """Likely to end with a person rather than with the AI."""
        return self.mood != "calm" or any(step.human for step in self.steps) or self.key == "human_first"


@functools.cache
def stories() -> tuple[Story, ...]:
    data = tomllib.loads(resources.files("xinfu.demo").joinpath("stories.toml").read_text("utf-8"))
    return tuple(_story(s) for s in data["story"])


def choose(rng: Random, english: bool, has_orders: bool, quiet: bool) -> Story:
    """A story this customer could tell; with `quiet` only one that hardly needs a person."""
    fitting = [
        s for s in stories() if (s.needs == "english") == english and (has_orders or s.needs != "order") and not (quiet and s.calls_people)
    ]
    return rng.choice(fitting)


def applies(step: Step, heard: str, cards_offered: bool) -> bool:
    return not step.only_if or (step.card and cards_offered) or any(word in heard for word in step.only_if)


def words(rng: Random, ways: Sequence[tuple[str, ...]], english: bool) -> tuple[str, ...]:
    """One of the ways to say it, the last message ending as people's messages happen to end."""
    chosen = rng.choice(ways)
    last = chosen[-1]
    if not english and rng.random() < 0.25:
        last = last.rstrip("？。！") + rng.choice(_ENDINGS)
    return (*chosen[:-1], last)


def score(rng: Random, mood: Mood) -> int:
    return rng.choice(_SCORES[mood])


def _story(s: dict[str, Any]) -> Story:
    return Story(s["key"], s.get("needs", ""), tuple(_step(step) for step in s["steps"]), tuple(s.get("thanks", ())), s.get("mood", "calm"))


def _step(step: dict[str, Any]) -> Step:
    ways = tuple((way,) if isinstance(way, str) else tuple(way) for way in step.get("say", ()))
    return Step(ways, step.get("card") == "yes", tuple(step.get("if", ())), step.get("human", False))
