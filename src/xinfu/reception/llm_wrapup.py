"""A conversation's summary in a language model's words: what it answers is read strictly and held against the built-in summary. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xinfu.reception.llm_check import Ground, refusal, tidy
from xinfu.reception.llm_masking import Mask, UnknownPlaceholder, used_in

LINE, PROMISE = 500, 200
_FENCE = re.compile(r"^```(?:json)?\s*|\s*```$")


@dataclass(frozen=True, slots=True)
class Summing:
    """The part of a wrap-up that words can better; the mood and the outcome are counted, not worded."""

    who: str
    want: str
    tried: str
    promised: tuple[str, ...]

    def hidden(self, mask: Mask) -> dict[str, Any]:
        return {
            "who": mask.hide(self.who),
            "want": mask.hide(self.want),
            "tried": mask.hide(self.tried),
            "promised": [mask.hide(promise) for promise in self.promised],
        }

    def text(self) -> str:
        return "\n".join((self.who, self.want, self.tried, *self.promised))


type Grounds = Callable[[str, str, int], Ground]  # told, rewriting, limit → what one part stands on


def judged(raw: str, built_in: Summing, mask: Mask, allowed: frozenset[str], grounds: Grounds) -> tuple[Summing | None, str]:
    """The summary as it may be read with 'used', or None and why not. One part that may not be read spoils all.

    Who it was and what was tried and promised lose no fact of the built-in words; there are as many promises as there were.
    """
    told = _read(raw)
    if told is None:
        return None, "format"
    if len(told.promised) != len(built_in.promised):
        return None, "dropped" if len(told.promised) < len(built_in.promised) else "unsupported"
    everything = built_in.text()
    parts = [
        (told.who, grounds(everything, built_in.who, LINE)),
        (told.want, grounds(everything, "", LINE)),
        (told.tried, grounds(everything, built_in.tried, LINE)),
        *((now, grounds(was, was, PROMISE)) for now, was in zip(told.promised, built_in.promised, strict=True)),
    ]
    texts: list[str] = []
    for words, ground in parts:
        text, why = _part(words, mask, allowed, ground)
        if text is None:
            return None, why
        texts.append(text)
    if any(known not in texts[0] for known in _names(built_in.who, mask)):
        return None, "dropped"
    return Summing(texts[0], texts[1], texts[2], tuple(texts[3:])), "used"


def _part(raw: str, mask: Mask, allowed: frozenset[str], ground: Ground) -> tuple[str | None, str]:
    words = tidy(raw)
    if used_in(words) - allowed:
        return None, "personal"
    try:
        text = mask.restore(words)
    except UnknownPlaceholder:
        return None, "placeholder"
    why = refusal(text, ground)
    return (None, why) if why else (text, "used")


def _names(who: str, mask: Mask) -> list[str]:
    """What stands behind the placeholders of who it was: it must still be there."""
    return [mask.value_of(placeholder) for placeholder in used_in(mask.hide(who))]


def _read(raw: str) -> Summing | None:
    """The model's JSON: exactly these parts, of exactly these kinds."""
    try:
        told = json.loads(_FENCE.sub("", raw.strip()))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or set(told) != {"who", "want", "tried", "promised"}:
        return None
    who, want, tried, promised = told["who"], told["want"], told["tried"], told["promised"]
    if not all(isinstance(part, str) for part in (who, want, tried)) or not isinstance(promised, list):
        return None
    if not all(isinstance(promise, str) for promise in promised):
        return None
    return Summing(who, want, tried, tuple(promised))
