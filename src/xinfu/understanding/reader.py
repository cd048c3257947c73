"""Understanding: the one object others hold. Model, rules and entities put together into readings."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from xinfu.kit.clock import Clock, SystemClock, zone
from xinfu.kit.text import fold
from xinfu.understanding import policy
from xinfu.understanding.contracts import Emotion, Language, Reading, Stage
from xinfu.understanding.entities import entities_in
from xinfu.understanding.heads import Floats, Heads
from xinfu.understanding.pinyin import in_characters
from xinfu.understanding.taxonomy import DANGERS, DEMANDS, INTENT_KEYS, MANNERS, STAGE_OF

_TOP = 3
_LONGEST = 600  # characters the model reads: what matters to a customer is said by then, and a pasted log must not hold up the batch
_SURE = 0.97
_INDEX = {key: at for at, key in enumerate(INTENT_KEYS)}
_ABUSE = MANNERS.index("abuse")
_SAFE = DANGERS.index("none")
_STAGES: tuple[Stage, ...] = ("pre", "mid", "after")
_IN_STAGE = np.array([[STAGE_OF[key] == stage for stage in _STAGES] for key in INTENT_KEYS], dtype=np.float32)
_STAGE_SHOWS = 0.25  # the chance of a stage's own intents from which a message that fits any stage is counted to it
_BEFORE_SHARE = 0.95  # the most that what was said before may count
_BRIEF = 1.4  # a message of three characters is all brevity, one of eleven none
_TOO_LITTLE = 0.05
_BEFORE_READ = 80  # characters, from the end: a long answer's question stands last
_LATIN = re.compile("[a-z]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CODE = re.compile(r"[a-z#-]*\d[a-z\d-]*")
_A_FEW = 3  # letters


class _Words(NamedTuple):
    """What the rules found in one text."""

    folded: str
    insult: bool
    rule: str | None


class Understanding:
    """Reads customer messages. Holds nothing that changes: one instance may be used by any number of threads."""

    def __init__(self, heads: Heads, clock: Clock, zone_name: str = "Asia/Shanghai") -> None:
        self._heads = heads
        self._clock = clock
        self._zone = zone(zone_name)

    @classmethod
    def load(cls, clock: Clock | None = None) -> "Understanding":
        """With the model that comes with Xinfu. `clock` decides what 昨天 means when `read` is not told."""
        return cls(Heads.load(), clock or SystemClock())

    def read(self, texts: Sequence[str], before: Sequence[str | None] | None = None, today: date | None = None) -> list[Reading]:
        """One reading per text. `before`: what the shop's side said last to each customer, for answers that only make sense after it."""
        if not texts:
            return []
        if before is not None and len(before) != len(texts):
            raise ValueError("one `before` for each text")
        today = today or self._clock.now().astimezone(self._zone).date()
        texts = [in_characters(text) for text in texts]
        words = [self._rules(text) for text in texts]
        scores = self._heads.score([text[:_LONGEST] for text in texts])
        intents = scores.of["intent"]
        if before is not None:
            intents = self._with_before(intents, texts, words, before)
        ranked, best = self._best(intents)
        stages = (intents @ _IN_STAGE).tolist()
        emotions = scores.of["emotion"].tolist()
        demands, demand_p = scores.of["demand"].argmax(axis=1).tolist(), scores.of["demand"].max(axis=1).tolist()
        insulting = scores.of["manner"][:, _ABUSE].tolist()
        dangers = scores.of["danger"].tolist()
        felt = scores.intensity.tolist()
        readings = []
        for at, (text, word) in enumerate(zip(texts, words, strict=True)):
            top = tuple((INTENT_KEYS[i], p) for i, p in zip(ranked[at], best[at], strict=True))
            if word.rule:
                top = _ruled(word.rule, top)
            abuse = policy.is_abuse(word.insult, 0.0 if word.rule and not word.insult else insulting[at])
            emotion, emotion_p = _feeling(emotions[at], word, abuse)
            readings.append(
                Reading(
                    intent=top[0][0],
                    intent_p=top[0][1],
                    top=top,
                    stage=_stage(top[0][0], stages[at]),
                    emotion=emotion,
                    emotion_p=emotion_p,
                    intensity=policy.strength(emotion, word.folded, felt[at], abuse),
                    abuse=abuse,
                    danger=policy.danger(word.folded, dangers[at]),
                    entities=entities_in(text, today),
                    language=_language(word.folded, before[at] if before else None),
                    demand=DEMANDS[demands[at]],
                    demand_p=demand_p[at],
                )
            )
        return readings

    def _rules(self, text: str) -> _Words:
        folded = fold(text)
        rule = policy.whole_message(folded) or ("human_request" if policy.wants_person(folded) else None)
        return _Words(folded, policy.insults(folded), rule)

    def _best(self, intents: Floats) -> tuple[list[list[int]], list[list[float]]]:
        """The most probable intents of each text, best first, and their probabilities; the first one's is how often such a one is right."""
        some = np.argpartition(intents, -_TOP, axis=1)[:, -_TOP:]
        chances = np.take_along_axis(intents, some, axis=1)
        order = np.argsort(-chances, axis=1, kind="stable")
        chances = np.take_along_axis(chances, order, axis=1)
        chances[:, 0] = self._heads.sure(chances[:, 0])
        return np.take_along_axis(some, order, axis=1).tolist(), np.minimum(chances, chances[:, :1]).tolist()

    def _with_before(self, intents: Floats, texts: Sequence[str], words: Sequence[_Words], before: Sequence[str | None]) -> Floats:
        """A short message that says little by itself takes its meaning from what was said before it: both are read as one text, which
        counts the more the shorter the message is and the less sure its own reading."""
        sure = intents.max(axis=1)
        brief = np.clip(_BRIEF - np.array([len(text) for text in texts]) / 8, 0, 1)
        share = (_BEFORE_SHARE * brief * (1 - sure**4)).astype(np.float32)
        rows = [at for at, said in enumerate(before) if said and share[at] > _TOO_LITTLE and words[at].rule is None]
        if not rows:
            return intents
        joined = self._heads.score([f"{(before[at] or '')[-_BEFORE_READ:]}，{texts[at]}" for at in rows]).of["intent"]
        mixed = intents.copy()
        weight = share[rows, None]
        mixed[rows] = (1 - weight) * intents[rows] + weight * joined
        return mixed


def _ruled(intent: str, top: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """The rule's intent first; what the model thought shares what is left."""
    others = [(key, p) for key, p in top if key != intent][: _TOP - 1]
    known = sum(p for _, p in others) or 1.0
    return ((intent, _SURE), *((key, p * (1 - _SURE) / max(known, 1.0)) for key, p in others))


def _stage(intent: str, chances: list[float]) -> Stage:
    """The intent's own stage; for one that fits any stage, the stage the other likely intents belong to, if they are likely enough."""
    if (own := STAGE_OF[intent]) != "any":
        return own
    most = max(chances)
    return _STAGES[chances.index(most)] if most >= _STAGE_SHOWS else "any"


def _feeling(chances: list[float], word: _Words, abuse: bool) -> tuple[Emotion, float]:
    emotion, p = policy.emotion(chances)
    if abuse and emotion != "anger":
        return "anger", 0.9
    if word.rule == "thanks_bye" and emotion == "calm":
        return "happiness", 0.8
    if word.rule in ("greeting", "confirm", "deny") and emotion != "calm" and "!!" not in word.folded and not policy.swears(word.folded):
        return "calm", 0.8
    return emotion, p


def _language(folded: str, before: str | None) -> Language:
    """English when Latin letters outweigh Chinese characters: one Chinese character says about as much as two letters.

    Numbers, codes, signs and two or three letters (ok, XL) belong to no language: they are in the one spoken `before`.
    """
    han = 0 if folded.isascii() else len(_HAN.findall(folded))
    latin = len(_LATIN.findall(folded))
    if han == 0 and before and (latin <= _A_FEW or len(_LATIN.findall(_CODE.sub("", folded))) <= _A_FEW):
        return _language(fold(before), None)
    if han == 0:
        return "en" if latin and _LATIN.search(_CODE.sub("", folded)) else "zh"
    return "en" if latin > 2 * han else "zh"
