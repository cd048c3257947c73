"""Files of records from outside: CSV, JSON and JSON Lines, read row by row with every problem named in both languages.

What a record means is the importer's business; this file knows encodings, headers, amounts, times and limits.
"""

import csv
import io
import json
import re
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from xinfu.kit.errors import Invalid, TooLarge
from xinfu.kit.money import Money
from xinfu.kit.text import clean

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 500_000
_MAX_PROBLEMS = 200
_NUMBER_OR_PHONE = re.compile(r"[+\-]?[\d\s().\-]*\d")
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place: the line of a CSV or JSON Lines file, or the position in a JSON array, from 1."""

    row: int
    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row as read. Values are text from CSV, any JSON value otherwise."""

    row: int
    values: dict[str, Any]


@dataclass(slots=True)
class Problems:
    """Collects problems; counts all, keeps the first 200 so that a wrong file gives a readable answer."""

    found: list[Problem] = field(default_factory=list)
    total: int = 0
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, name: str, zh: str, en: str) -> None:
        self.total += 1
        self.rows.add(row)
        if len(self.found) < _MAX_PROBLEMS:
            self.found.append(Problem(row, name, zh, en))


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. `stored` False: nothing was, because of the problems. `refused` counts the records left out or at fault."""

    stored: bool
    created: int
    updated: int
    unchanged: int
    refused: int
    problems_total: int
    problems: tuple[Problem, ...]


def nothing_stored(problems: Problems) -> Report:
    return Report(False, 0, 0, 0, len(problems.rows), problems.total, tuple(problems.found))


def read_records(data: bytes, headers: Mapping[str, str], problems: Problems) -> list[Record]:
    """The records of a file whose first character tells the format: `[` JSON, `{` JSON Lines (or one JSON object), otherwise CSV.

    `headers` maps other spellings of a column (folded) to its key. Raises TooLarge and Invalid for a file as a whole.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(limit=f"{MAX_BYTES // 1024 // 1024} MB")
    text = _decoded(data)
    start = text.lstrip()[:1]
    source = _json(text) if start == "[" else _json_lines(text, problems) if start == "{" else _csv(text, headers, problems)
    records: list[Record] = []
    for record in source:
        if len(records) == MAX_ROWS:
            raise TooLarge(limit=f"{MAX_ROWS} 行 / rows")
        records.append(record)
    if not records and not problems.total:
        raise Invalid(why="文件是空的 / the file is empty")
    return records


async def read_body(stream: AsyncIterable[bytes]) -> bytes:
    """An uploaded file, refused with TooLarge as soon as it is one."""
    data = bytearray()
    async for piece in stream:
        data += piece
        if len(data) > MAX_BYTES:
            raise TooLarge(limit=f"{MAX_BYTES // 1024 // 1024} MB")
    return bytes(data)


UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/json", "application/x-ndjson")},
    }
}
"""For the OpenAPI document of an endpoint that takes such a file as its body."""


class Fields:
    """Typed access to one record; every problem goes to `problems` with the path of the field, and a harmless value is given back."""

    def __init__(self, record: Record, problems: Problems, zone: tzinfo, currency: str, path: str = "") -> None:
        self.row = record.row
        self._values = record.values
        self.problems = problems
        self.zone = zone
        self.currency = currency
        self._path = path

    def wrong(self, name: str, zh: str, en: str) -> None:
        self.problems.add(self.row, self._path + name, zh, en)

    def has(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def text(self, name: str, limit: int = 200, required: bool = False) -> str:
        value = self._values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            if required:
                self.wrong(name, "必填", "is required")
            return ""
        if not isinstance(value, str):
            self.wrong(name, "应该是文字", "must be text")
            return ""
        value = clean(value)
        if required and not value:
            self.wrong(name, "必填", "is required")
        if len(value) > limit:
            self.wrong(name, f"最多 {limit} 个字", f"must have at most {limit} characters")
        if value[:1] in "=+-@" and value and not _NUMBER_OR_PHONE.fullmatch(value):
            self.wrong(name, "不能以 = + - @ 开头：在表格软件里会被当成公式", "must not start with = + - @: a spreadsheet would run it")
        return value[:limit]

    def choice(self, name: str, options: Mapping[str, str], default: str) -> str:
        """One of the options' values; keys are the accepted spellings."""
        value = self.text(name)
        if not value:
            return default
        if (found := options.get(value.lower())) is None:
            known = ", ".join(sorted(set(options.values())))
            self.wrong(name, f"不认识“{value[:40]}”，可用：{known}", f"unknown '{value[:40]}'; use one of: {known}")
            return default
        return found

    def whole(self, name: str, default: int = 0, low: int = 0, high: int = 1_000_000_000) -> int:
        value = self._values.get(name)
        if value in (None, ""):
            return default
        text = str(value).strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,15}", text) or isinstance(value, bool | float):
            self.wrong(name, "应该是整数", "must be a whole number")
            return default
        if not low <= int(text) <= high:
            self.wrong(name, f"应在 {low} 到 {high} 之间", f"must be between {low} and {high}")
            return default
        return int(text)

    def amount(self, name: str, required: bool = False) -> Money | None:
        """An exact amount that is not negative. JSON numbers are read from their digits, never through a float."""
        value = self._values.get(name)
        if value in (None, ""):
            if required:
                self.wrong(name, "必填", "is required")
            return None
        try:
            money = Money.parse(re.sub(r"^[¥¥$]", "", str(value).strip()), self.currency)
        except ValueError:
            money = None
        if money is None or isinstance(value, bool) or not 0 <= money.minor < 10**13:
            self.wrong(name, "应该是金额，如 199.00，最多两位小数", "must be an amount such as 199.00 with at most two decimals")
            return None
        return money

    def time(self, name: str, required: bool = False) -> datetime | None:
        """A moment in UTC; text without an offset is in the shop's zone."""
        text = self.text(name, 40, required)
        if not text:
            return None
        try:
            return parse_time(text, self.zone)
        except ValueError:
            self.wrong(name, "应该是时间，如 2026-03-01 12:30", "must be a time such as 2026-03-01 12:30")
            return None

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Options: a JSON object, or text like 颜色=黑；尺码=M."""
        value = self._values.get(name)
        if value in (None, ""):
            return ()
        if isinstance(value, str):
            parts = [p for p in re.split("[;；]", value) if p.strip()]
            split = [re.split("[=＝:：]", p, maxsplit=1) for p in parts]
            if any(len(s) != 2 for s in split):
                self.wrong(name, "应该像 颜色=黑；尺码=M", "must look like colour=black;size=M")
                return ()
            return tuple((clean(k)[:60], clean(v)[:120]) for k, v in split)
        if isinstance(value, dict):
            return tuple((clean(str(k))[:60], clean(str(v))[:120]) for k, v in value.items())
        self.wrong(name, "应该像 颜色=黑；尺码=M", "must look like colour=black;size=M")
        return ()

    def words(self, name: str) -> tuple[str, ...]:
        """A list of short words: a JSON array, or text separated by ; or ,"""
        value = self._values.get(name)
        if value in (None, ""):
            return ()
        items: Sequence[Any] = re.split("[;；,，]", value) if isinstance(value, str) else value if isinstance(value, list) else ()
        return tuple(dict.fromkeys(clean(str(i))[:40] for i in items if str(i).strip()))[:50]

    def nested(self, name: str) -> "Fields":
        """The one record nested under `name`."""
        return Fields(Record(self.row, self.mapping(name)), self.problems, self.zone, self.currency, f"{self._path}{name}.")

    def children(self, name: str) -> list["Fields"]:
        """The records nested under `name`."""
        value = self._values.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.wrong(name, "应该是一组对象", "must be a list of objects")
            return []
        return [
            Fields(
                Record(v["_row"] if isinstance(v.get("_row"), int) else self.row, v),
                self.problems,
                self.zone,
                self.currency,
                f"{self._path}{name}[{i}].",
            )
            for i, v in enumerate(value, 1)
        ]

    def mapping(self, name: str) -> dict[str, Any]:
        """A JSON object as it is."""
        value = self._values.get(name)
        if value in (None, ""):
            return {}
        if not isinstance(value, dict):
            self.wrong(name, "应该是对象", "must be an object")
            return {}
        return value


def parse_time(text: str, zone: tzinfo) -> datetime:
    """ISO 8601, or 2026/3/1 12:30; without an offset in `zone`. Raises ValueError."""
    text = text.strip()
    if slashed := _SLASHED.fullmatch(text):
        year, month, day, rest = slashed.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}{_padded(rest)}"
    if len(text) == 10:
        at = datetime.combine(date.fromisoformat(text), time())
    else:
        at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    try:
        return at.astimezone(UTC)
    except OverflowError as e:
        raise ValueError("time out of range") from e


def _padded(rest: str) -> str:
    """' 9:05' as ' 09:05', as spreadsheets write it."""
    return re.sub(r"^(\s)(\d):", r"\g<1>0\2:", rest)


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark; otherwise GB18030, which Chinese spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(why="文件编码无法识别，请存为 UTF-8 / unknown encoding, save as UTF-8")


def _no_number(word: str) -> None:
    """NaN and Infinity are not JSON."""
    raise ValueError(word)


def _json(text: str) -> Iterator[Record]:
    try:
        values = json.loads(text, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as e:
        raise Invalid(why=f"JSON: {e}") from e
    for row, value in enumerate(values, 1):
        if not isinstance(value, dict):
            raise Invalid(why=f"第 {row} 项不是对象 / item {row} is not an object")
        yield Record(row, value)


def _json_lines(text: str, problems: Problems) -> Iterator[Record]:
    for row, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, parse_float=str, parse_constant=_no_number)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            yield Record(row, value)
        else:
            problems.add(row, "", "这一行不是 JSON 对象", "this line is not a JSON object")


def _csv(text: str, headers: Mapping[str, str], problems: Problems) -> Iterator[Record]:
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [clean(h) for h in next(reader, [])]
        keys = [headers.get(n.lower(), n) for n in names]
        for cells in reader:
            if not any(c.strip() for c in cells):
                continue
            if len(cells) > len(keys):
                problems.add(reader.line_num, "", "列数比表头多", "more columns than the header")
                continue
            yield Record(reader.line_num, {k: c.strip() for k, c in zip(keys, cells, strict=False) if k})
    except csv.Error as e:
        raise Invalid(why=f"CSV: {e}") from e
