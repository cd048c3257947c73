"""Text from outside, normalised once at the door."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """What we store: no control or direction-override characters, no lone surrogates, \\n line ends, trimmed. Width is kept."""
    text = _LONE_SURROGATE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def fold(text: str) -> str:
    """What we compare and search: NFKC (full-width to half-width), lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def bigrams(text: str) -> list[str]:
    """Character bigrams of the folded text for Chinese search; runs of Latin letters or digits stay whole words."""
    out: list[str] = []
    for run in re.findall(r"[a-z0-9]+|[^\W\d_a-z]+", fold(text)):
        if run[0].isascii() or len(run) == 1:
            out.append(run)
        else:
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
    return out


def clip(text: str, length: int) -> str:
    """At most `length` characters on one line, with … where something was cut."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
