"""Which size: compares the customer's measures with a product's size chart and says what fits and why, or that it does not say. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from xinfu.understanding.contracts import Entity

type Fit = Literal["fits", "between", "beyond"]

DIMENSIONS = ("height", "weight", "bust", "waist", "hip", "foot")
_NAMES = {
    "height": "身高|height", "weight": "体重|weight", "bust": "胸围|bust|chest", "waist": "腰围|waist", "hip": "臀围|hips?",
    "foot": "脚长|foot(?: length)?",
}  # fmt: skip
_NUMBER = r"(\d{1,3}(?:\.\d)?)"
_RANGE = re.compile(
    rf"(?:(?P<name>{'|'.join(_NAMES.values())})\s*)?{_NUMBER}\s*(?:cm|kg|厘米|公斤)?\s*[-–—~～至到]\s*{_NUMBER}\s*(?P<unit>cm|kg|厘米|公斤|斤|mm)?",
    re.IGNORECASE,
)
_ROW = re.compile(r"^\s*(?P<label>[A-Za-z0-9\u4e00-\u9fff./ ]{1,12}?)\s*码?\s*[:：]\s*(?P<rest>.+)$")
_TOLD = {name: re.compile(rf"(?:{words})[^\d]{{0,6}}{_NUMBER}\s*(cm|厘米|kg|公斤|斤|mm)?", re.IGNORECASE) for name, words in _NAMES.items()}
_KILOS = re.compile(rf"(?<![\d.]){_NUMBER}\s*(?:kg|公斤|千克|kilos?)", re.IGNORECASE)
_JIN = re.compile(rf"(?<![\d.]){_NUMBER}\s*斤")
_TALL = re.compile(r"(?<![\d.])(1[3-9]\d|20\d)(?:\.\d)?\s*(?:cm|厘米)?(?![\d.]|\s*(?:斤|kg|公斤|元|块))", re.IGNORECASE)
_METRES = re.compile(r"(?<![\d.])(?:1\.([3-9]\d?)\s*(?:m|米)|1米([3-9]\d?))", re.IGNORECASE)
_HINT = re.compile(r"[^。；;！!]*(?:选大|选小|大一码|小一码|偏大|偏小|为准|宽松|修身|size (?:up|down))[^。；;！!]*")


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Advice:
    """`size` is what to take; `because`: each measure with the row it falls into. `beyond`: outside every row, nothing is advised."""

    fit: Fit
    size: str
    because: tuple[tuple[str, float, str, str], ...]  # dimension, told, size, range of that size
    first: str
    last: str
    hint: str


def measures(text: str, heights: Iterable[Entity] = (), weights: Iterable[Entity] = ()) -> dict[str, float]:
    """The measures told in a text, in cm and kg, as far as they can be a person's."""
    found: dict[str, float] = {}
    for name, pattern in _TOLD.items():
        if m := pattern.search(text):
            value = float(m[1])
            found[name] = value / 2 if m[2] == "斤" else value / 10 if m[2] == "mm" else value
    for entity in heights:
        found["height"] = float(entity.value)
    for entity in weights:
        found["weight"] = float(entity.value)
    if "weight" not in found:
        if m := _KILOS.search(text):
            found["weight"] = float(m[1])
        elif m := _JIN.search(text):
            found["weight"] = float(m[1]) / 2
    if "height" not in found:
        if m := _METRES.search(text):
            digits = m[1] or m[2]
            found["height"] = 100 + int(digits) * (10 if len(digits) == 1 else 1)
        elif m := _TALL.search(text):
            found["height"] = float(m[1])
    limits = {"height": (45, 230), "weight": (2, 250), "foot": (8, 35)}
    return {name: value for name, value in found.items() if limits.get(name, (30, 180))[0] <= value <= limits.get(name, (30, 180))[1]}


@lru_cache(2048)
def rows_of(chart: str) -> tuple[Row, ...]:
    """The rows of a size chart written as text, smallest first as written; () when it has no ranges to compare with."""
    rows = []
    for part in re.split(r"[；;\n。]+", chart):
        row = _ROW.match(part)
        if row is None:
            continue
        ranges: dict[str, tuple[float, float]] = {}
        for m in _RANGE.finditer(row["rest"]):
            low, high = sorted((float(m[2]), float(m[3])))
            if name := _dimension(m["name"], m["unit"], high):
                ranges.setdefault(name, (low / 2, high / 2) if m["unit"] == "斤" else (low, high))
        if ranges:
            rows.append(Row(row["label"].strip(), ranges))
    return tuple(rows)


def advise(chart: str, body: Mapping[str, float]) -> Advice | None:
    """What the chart says for these measures; None when it has none of them."""
    rows = rows_of(chart)
    known = [d for d in DIMENSIONS if d in body and any(d in row.ranges for row in rows)]
    if not known:
        return None
    hint = ""
    if found := _HINT.search(chart.rsplit("；", 1)[-1].partition("。")[2] or ""):
        hint = found.group().strip()
    by_dimension = {d: _row_for(rows, d, body[d]) for d in known}
    outside = [d for d, at in by_dimension.items() if at is None]
    if outside:
        because = tuple((d, body[d], "", _whole(rows, d)) for d in outside)
        return Advice("beyond", "", because, rows[0].label, rows[-1].label, hint)
    whole = [i for i, row in enumerate(rows) if all(d in row.ranges and row.ranges[d][0] <= body[d] <= row.ranges[d][1] for d in known)]
    places = [at for at in by_dimension.values() if at is not None]
    best = (whole[-1] if "选大" in hint or ("大一码" in hint and "宽" not in hint) else whole[0]) if whole else max(places)
    told = []
    for d in known:
        at = best if whole else by_dimension[d]
        assert at is not None
        told.append((d, body[d], rows[at].label, _range(rows[at].ranges[d])))
    return Advice("fits" if whole else "between", rows[best].label, tuple(told), rows[0].label, rows[-1].label, hint)


def _row_for(rows: tuple[Row, ...], dimension: str, value: float) -> int | None:
    """The row a measure falls into; between two rows the larger one; None beyond both ends."""
    have = [(i, row.ranges[dimension]) for i, row in enumerate(rows) if dimension in row.ranges]
    for i, (low, high) in have:
        if low <= value <= high:
            return i
    if value < min(low for _, (low, _) in have) or value > max(high for _, (_, high) in have):
        return None
    return next(i for i, (low, _) in have if low > value)


def _dimension(name: str | None, unit: str | None, high: float) -> str:
    if name:
        return next(d for d, words in _NAMES.items() if re.fullmatch(words, name, re.IGNORECASE))
    if unit and unit.lower() in ("kg", "公斤", "斤"):
        return "weight"
    if unit and unit.lower() in ("cm", "厘米"):
        return "height" if high >= 100 else ""
    return ""


def _range(between: tuple[float, float]) -> str:
    return f"{between[0]:g}-{between[1]:g}"


def _whole(rows: tuple[Row, ...], dimension: str) -> str:
    have = [row.ranges[dimension] for row in rows if dimension in row.ranges]
    return _range((min(low for low, _ in have), max(high for _, high in have)))
