"""Which questions are the same one in other words. Plain and pure: what is left of a question, how much two share, an index to find by.

A question is cut into single characters and pairs, after politeness and question words are taken out. Two belong together when they share
enough of them and speak of the same deed (a return is not an exchange, however alike the words). A new question is compared only with those
that share its rarest pieces, so that the cost stays the same however many there are.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from xinfu.kit.ids import Id
from xinfu.kit.text import bigrams, fold

ALIKE = 0.7
ALIKE_OTHER_INTENT = 0.85  # what was understood as something else must say nearly the same
WORDINGS = 30  # of one group; a group asked in more ways is known well enough
_RAREST = 6
_NEWEST = 300  # with one piece; older ones with a piece that common are found by their rarer pieces
_COMPARED = 40
_DEEDS = frozenset("退换租借修拒查催改买卖")
_POLITE = re.compile(
    r"你好|您好|在吗|在么|请问|麻烦|谢谢|想问一下|问一下|问下|想知道|我想|一下|那个|这个|这款|就是|亲+|老板|客服|帮忙|帮|操作|付款|支持|"
    r"可不可以|能不能|是不是|有没有|会不会|可以|能否|是否|怎么样|怎么|怎样|如何|什么|多少|多久|哪里|吗|嘛|么|呢|吧|啊|呀|哦|哈|不$|"
    r"你们|我们|您|你|我|的|了|能|有|用|谁|几"
)
_ENGLISH_WORDS = """
a an the is are am do does did can could would you your i my me we to of for in on it this that there have has any how what with
please hi hello
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())


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
    """0..1: the mean of what both share of all they say, and of what the shorter one says; 0 when they speak of different deeds."""
    if not a or not b or (a & _DEEDS) != (b & _DEEDS):
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b)) + shared / (2 * min(len(a), len(b)))


class Groups:
    """The groups of one shop, by the wordings they were asked in."""

    def __init__(self) -> None:
        self._wordings: list[tuple[Id, str, frozenset[str]]] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._exact: dict[str, Id] = {}
        self._sizes: Counter[Id] = Counter()

    def add(self, group: Id, plain: str, intent: str) -> None:
        """One more wording of a group."""
        if plain in self._exact or self._sizes[group] >= WORDINGS:
            return
        self._exact[plain] = group
        self._sizes[group] += 1
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
        """Those that share the most of the rarest pieces."""
        known = sorted((len(numbers), piece) for piece in pieces if (numbers := self._holding.get(piece)))
        shared: Counter[int] = Counter()
        for _, piece in known[:_RAREST]:
            shared.update(self._holding[piece][-_NEWEST:])
        return [number for number, _ in shared.most_common(_COMPARED)]
