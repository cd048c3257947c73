"""Which questions are the same one in other words. Plain and pure: character pairs, how many two questions share, an index to find them by.

Two questions belong together when they share enough of their single characters and pairs (Dice's coefficient), after politeness and
question words are taken out. A question is compared with those that share one of its rarer pieces; the rest cannot be close enough.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable

from xinfu.kit.ids import Id
from xinfu.kit.text import bigrams, fold

ALIKE = 0.6
ALIKE_OTHER_INTENT = 0.8  # what was understood as something else must say nearly the same
_POLITE = re.compile(
    r"你好|您好|在吗|在么|请问|麻烦|谢谢|想问一下|问一下|问下|想知道|我想|一下|那个|就是|亲+|老板|客服|"
    r"可不可以|能不能|是不是|有没有|可以|能否|是否|怎么样|怎么|怎样|如何|什么|多少|哪里|吗|嘛|么|呢|吧|啊|呀|哦|哈|你们|我们|您|你|我|的|了"
)
_ENGLISH = frozenset(
    "a an the is are am do does did can could would you your i my me we to of for in on it this that please hi hello".split()  # noqa: SIM905
)


def normalised(question: str) -> str:
    """What a question is about: folded, without politeness, question words and punctuation. All politeness stays as it is."""
    folded = fold(question)
    kept = _POLITE.sub(" ", folded)
    words = [word for word in re.findall(r"[a-z0-9]+|[^\W\d_a-z]+", kept) if word not in _ENGLISH]
    return " ".join(words) or " ".join(re.findall(r"\w+", folded))


def grams(plain: str) -> frozenset[str]:
    """The single characters and pairs of Chinese, the words of Latin script."""
    singles = (c for c in plain if not c.isspace() and not c.isascii())
    return frozenset((*bigrams(plain.replace(" ", "")), *singles)) if not plain.isascii() else frozenset(plain.split())


def alike(a: frozenset[str], b: frozenset[str]) -> float:
    """Dice's coefficient, 0..1."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


class Groups:
    """The groups of one shop, by the wordings they were asked in."""

    def __init__(self) -> None:
        self._wordings: list[tuple[Id, str, frozenset[str]]] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._exact: dict[str, Id] = {}

    def add(self, group: Id, plain: str, intent: str) -> None:
        """One more wording of a group."""
        if plain in self._exact:
            return
        self._exact[plain] = group
        pieces = grams(plain)
        for piece in pieces:
            self._holding[piece].append(len(self._wordings))
        self._wordings.append((group, intent, pieces))

    def closest(self, plain: str, intent: str) -> Id | None:
        """The group this question belongs to, or None when it is a new one."""
        if plain in self._exact:
            return self._exact[plain]
        pieces = grams(plain)
        best, group = 0.0, None
        for number in self._candidates(pieces):
            candidate, other, held = self._wordings[number]
            close = alike(pieces, held)
            if close > best and close >= (ALIKE if other == intent else ALIKE_OTHER_INTENT):
                best, group = close, candidate
        return group

    def _candidates(self, pieces: frozenset[str]) -> Iterable[int]:
        """Whoever shares ALIKE with n pieces holds at least ALIKE / (2 - ALIKE) of them, so one of the rarest others plus one."""
        least = math.ceil(ALIKE / (2 - ALIKE) * len(pieces))
        rarest = sorted(pieces, key=lambda piece: (len(self._holding.get(piece, ())), piece))[: len(pieces) - least + 1]
        found: set[int] = set()
        for piece in rarest:
            found.update(self._holding.get(piece, ()))
        return found
