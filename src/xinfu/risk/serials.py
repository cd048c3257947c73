"""Serial numbers of what went out and what came back: reading noise is forgiven, another unit is not."""

import re
import unicodedata

_UNREADABLE = "?*_■□"


def normal(serial: str) -> str:
    text = unicodedata.normalize("NFKC", serial).upper()
    for mark in _UNREADABLE:
        text = text.replace(mark, "?")
    return re.sub(r"[^0-9A-Z?]", "", text)


def distance(out: str, back: str) -> int:
    """How many characters differ (one lost or added counts as one); an unreadable character fits anything."""
    a, b = normal(out), normal(back)
    if a == b:
        return 0
    if len(a) == len(b):
        wrong = sum(x != y and "?" not in (x, y) for x, y in zip(a, b, strict=True))
        if wrong <= 1:
            return wrong
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            same = x == y or "?" in (x, y)
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (not same))
    return row[-1]


def unreadable(serial: str) -> bool:
    """So little could be read that it says nothing."""
    text = normal(serial)
    return len(text) < 4 or text.count("?") * 2 > len(text)
