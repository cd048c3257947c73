"""From texts to model rows, a whole batch at once: character n-grams hashed with numpy, then looked up among the n-grams the model knows.

Unknown n-grams are dropped rather than hashed onto known ones, so an unheard-of product name adds nothing instead of noise.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

type Ints = npt.NDArray[np.uint32]

BITS = 21
_EDGE = 2  # stands before and after every text, so that n-grams know where a message begins and ends
_STEP = np.uint32(0x9E3779B1)
_GAP = np.uint32(0x51ED270B)
_SPREAD = tuple(np.uint32(odd) for odd in (0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1, 0x2C1B3C6D, 0x297A2D39))
KINDS = len(_SPREAD)  # n-grams of 1 to 4 characters, and pairs with one and two characters between them


def _folding() -> Ints:
    """What every character of the basic plane is read as: width and case folded, digits alike, controls as spaces, final points dropped."""
    table = np.arange(0x10000, dtype=np.uint32)
    for code in range(0x10000):
        if 0x4E00 <= code <= 0x9FFF or 0xD800 <= code <= 0xDFFF:
            continue
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(folded) == 1:
            table[code] = ord(folded)
    table[:0x20] = table[0x7F:0xA1] = 0x20
    table[[code for code in range(0x10000) if 0x30 <= table[code] <= 0x39]] = 0x30
    for mark in "。.～~、;：:\"'“”‘’()《》〈〉「」【】[]":
        table[ord(mark)] = 0x2C  # a pause like any other
        table[table == ord(mark)] = 0x2C
    return table


_FOLD = _folding()


def encode(texts: Sequence[str]) -> Ints:
    """All texts as one row of folded code points, an edge before the first, between any two and after the last."""
    joined = "\x02" + "\x02".join(texts) + "\x02"
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = _FOLD[np.minimum(raw, 0xFFFF)]
    wide = raw > 0xFFFF
    if wide.any():
        codes[wide] = raw[wide]
    edges = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=edges[1:])
    codes[edges] = _EDGE
    keep = np.ones(len(codes), dtype=bool)
    keep[1:] = (codes[1:] != codes[:-1]) | ((codes[1:] != 0x20) & (codes[1:] != 0x2C))
    if len(codes) > 3:  # 啊啊啊啊啊啊 says no more than 啊啊啊
        keep[3:] &= (codes[3:] != codes[2:-1]) | (codes[2:-1] != codes[1:-2]) | (codes[1:-2] != codes[:-3])
    keep[edges] = True
    return codes[keep]


def hashes(texts: Sequence[str]) -> tuple[Ints, npt.NDArray[np.int64]]:
    """One line of `KINDS` n-gram hashes per character (0 where none fits), and the line on which every text begins."""
    codes = encode(texts)
    size = len(codes)
    edge = codes == _EDGE
    owner = np.cumsum(edge)
    out = np.zeros((size, KINDS), dtype=np.uint32)
    rolling = codes * _STEP
    out[:, 0] = np.where(edge, 0, _spread(rolling, 0))
    for length in range(2, 5):
        if size < length:
            break
        rolling = (rolling[:-1] + codes[length - 1 :]) * _STEP
        inside = owner[length - 2 : size - 1] == owner[: size - length + 1]
        out[: size - length + 1, length - 1] = np.where(inside, _spread(rolling, length - 1), 0)
    for gap in (2, 3):
        if size <= gap:
            break
        pair = (codes[:-gap] * _GAP + codes[gap:]) * _STEP
        inside = owner[gap - 1 : size - 1] == owner[: size - gap]
        out[: size - gap, gap + 2] = np.where(inside, _spread(pair, gap + 2), 0)
    return out, np.flatnonzero(edge)[:-1]


def _spread(rolling: Ints, kind: int) -> Ints:
    mixed = (rolling ^ (rolling >> np.uint32(15))) * _SPREAD[kind]
    return (mixed >> np.uint32(32 - BITS)) | np.uint32(1)  # odd, so that no n-gram is mistaken for "none"
