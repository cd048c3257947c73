"""Pure decisions of the knowledge base: what counts now, which variables a script may hold, and how it is found by pinyin."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from xinfu.kit.text import bigrams, fold
from xinfu.knowledge.contracts import Audience
from xinfu.knowledge.errors import UnknownVariable, WindowReversed

VARIABLES = ("{客户}", "{订单号}", "{物流}", "{客服}")
TO_WRITE = "待写 / to be written"  # the body of a draft made from a question; it cannot be published like this
FITS = 0.6  # a script is suggested when this much of its title or of a keyword was said
SUGGESTED = 3  # at most so many at a time: a longer list is not read
_RUN = re.compile(r"[a-z]+|[0-9]+|[^\W\d_a-z]+")
_BRACED = re.compile(r"\{[^{}]*\}|[{}]")


def in_window(start: datetime | None, end: datetime | None, now: datetime) -> bool:
    """Whether now is inside [start, end); a missing bound is open."""
    return (start is None or start <= now) and (end is None or now < end)


def check_window(start: datetime | None, end: datetime | None) -> None:
    """Raises WindowReversed unless start comes before end."""
    if start is not None and end is not None and end <= start:
        raise WindowReversed


def visible_audiences(reader: Audience) -> tuple[Audience, ...]:
    """Staff also see what customers see; customers never see what is for staff."""
    return ("customer", "staff") if reader == "staff" else ("customer",)


def variables(body: str) -> tuple[str, ...]:
    """The variables of a script's body, each once, in order. Raises UnknownVariable for any other or stray brace."""
    found: dict[str, None] = {}
    for braced in _BRACED.findall(body):
        if braced not in VARIABLES:
            raise UnknownVariable(variable=braced[:40], known=" ".join(VARIABLES))
        found[braced] = None
    return tuple(found)


def changed_names(row: object, before: object | None, names: Sequence[str]) -> list[str]:
    """Which of the named attributes differ; all of a first version count as given, none as changed."""
    return [] if before is None else [name for name in names if getattr(row, name) != getattr(before, name)]


def render(body: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The body with its variables filled in, and the variables there is no value for (left standing)."""
    missing = tuple(name for name in variables(body) if not values.get(name))
    return _BRACED.sub(lambda found: values.get(found[0]) or found[0], body), missing


def phrases(title: str, keywords: Iterable[str]) -> tuple[frozenset[str], ...]:
    """What a script is about: the character pairs of its title and of each keyword."""
    return tuple(grams for text in (title, *keywords) if (grams := frozenset(bigrams(text))))


def fits(said: frozenset[str], about: Sequence[frozenset[str]]) -> float:
    """How well a script about these phrases answers what was said: the largest share of one phrase that occurs in it, 0..1."""
    return max((len(phrase & said) / len(phrase) for phrase in about), default=0.0)


def latin_forms(title: str, keywords: Iterable[str]) -> tuple[str, str]:
    """(initials, pinyin) of the title and each keyword, separated by spaces: 退款说明 gives 'tksm' and 'tuikuanshuoming'.

    Latin words and numbers stand in both as they are; punctuation in neither.
    """
    from pypinyin import Style, lazy_pinyin  # 55 MB of dictionaries, needed only where a script is saved

    initials, whole = [], []
    for text in (title, *keywords):
        short = long = ""
        for run in _RUN.findall(fold(text)):
            syllables = [run] if run.isascii() else lazy_pinyin(run, style=Style.NORMAL, errors="ignore")
            short += run if run.isascii() else "".join(s[0] for s in syllables)
            long += "".join(syllables)
        if long:
            initials.append(short)
            whole.append(long)
    return " ".join(initials), " ".join(whole)
