"""Labelled messages read from a file (CSV, JSON, JSON Lines), row by row. No I/O here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinfu.kit.errors import Invalid, TooLarge
from xinfu.kit.tabular import Problems, Record, read_records
from xinfu.kit.text import clean
from xinfu.teaching import policy
from xinfu.teaching.contracts import HEADS, LABELS, Head, Labels
from xinfu.understanding.taxonomy import INTENTS

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
LONGEST = 4_000

HEADERS: dict[str, str] = {
    "消息": "text", "内容": "text", "message": "text", "text": "text", "上一句": "before", "前一句": "before", "客服": "before",
    "context": "before", "before": "before", "意图": "intent", "情绪": "emotion", "诉求": "demand", "辱骂": "abuse", "危险": "danger",
    **{head: head for head in HEADS},
}  # fmt: skip
_SPOKEN: dict[Head, Mapping[str, str]] = {
    "intent": {intent.zh: intent.key for intent in INTENTS},
    "emotion": {
        "愤怒": "anger", "生气": "anger", "焦急": "anxiety", "着急": "anxiety", "担心": "worry", "担忧": "worry", "失望": "loss",
        "失落": "loss", "困惑": "confusion", "疑惑": "confusion", "高兴": "happiness", "平静": "calm",
    },
    "demand": {
        "信息": "information", "办理": "action", "退款": "refund", "补偿": "compensation", "道歉": "apology", "公道": "fairness",
        "无": "none",
    },
    "abuse": {"是": "yes", "否": "no", "true": "yes", "false": "no", "1": "yes", "0": "no"},
    "danger": {"无": "none", "自伤": "self_harm", "威胁": "threat", "受伤": "injury", "过敏": "allergy", "暴力": "violence"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """One good row of a file."""

    text: str
    before: str
    labels: Labels


def read_lines(data: bytes, problems: Problems) -> list[Given]:
    """The good rows; what is wrong with the others is in `problems`. Raises TooLarge and Invalid for the file as a whole."""
    if len(data) > MAX_BYTES:
        raise TooLarge(limit=f"{MAX_BYTES // 1024 // 1024} MB")
    records = read_records(data, HEADERS, problems)
    if len(records) > MAX_ROWS:
        raise TooLarge(limit=f"{MAX_ROWS:,} 行 / rows")
    known = set().union(*(record.values for record in records))
    if records and "text" not in known:
        raise Invalid(why="没有“消息”这一列（text） / there is no column 'text'")
    if records and not known.intersection(HEADS):
        raise Invalid(why=f"没有标签列（{'、'.join(HEADS)}） / there is no column of labels ({', '.join(HEADS)})")
    rows: dict[str, int] = {}
    good: dict[str, Given] = {}
    for record in records:
        given = _row(record, problems)
        if given is None:
            continue
        key = policy.line_key(given.text, given.before)
        first = rows.setdefault(key, record.row)
        kept = good.setdefault(key, given)
        for head in given.labels.given().keys() & kept.labels.given().keys():
            if given.labels.of(head) != kept.labels.of(head):
                problems.add(
                    record.row, head, f"和第 {first} 行是同一条消息，标签却不同", f"is the message of row {first} with another label"
                )
        good[key] = Given(kept.text, kept.before, policy.merged(kept.labels, given.labels))
    return list(good.values())


def _row(record: Record, problems: Problems) -> Given | None:
    faults = problems.total
    text = _words(record, "text", problems)
    before = _words(record, "before", problems)
    if not text and problems.total == faults:
        problems.add(record.row, "text", "必填", "is required")
    labels = {head: _label(record, head, problems) for head in HEADS}
    if problems.total == faults and not any(labels.values()):
        problems.add(record.row, "", "没有标签", "has no label")
    return Given(text, before, Labels(**labels)) if problems.total == faults else None


def _words(record: Record, name: str, problems: Problems) -> str:
    """What people wrote may begin with a dash or an equals sign: it is read by a model, never by a spreadsheet."""
    value = _value(record, name)
    if value is None:
        return ""
    if not isinstance(value, str):
        problems.add(record.row, name, "应该是文字", "must be text")
        return ""
    if len(value) > LONGEST:
        problems.add(record.row, name, f"最多 {LONGEST} 个字", f"must have at most {LONGEST} characters")
        return ""
    return policy.without_personal(clean(value))


def _label(record: Record, head: Head, problems: Problems) -> str | None:
    value = _value(record, head)
    if isinstance(value, bool | int) or value is None:
        word = "" if value is None else str(value).lower()
    elif isinstance(value, str):
        word = clean(value).lower()
    else:
        problems.add(record.row, head, "应该是文字", "must be text")
        return None
    if not word:
        return None
    found = _SPOKEN[head].get(word, word)
    if found not in LABELS[head]:
        problems.add(record.row, head, f"没有标签“{word[:40]}”", f"there is no label '{word[:40]}'")
        return None
    return found


def _value(record: Record, name: str) -> Any:
    """JSON may use the other names of a column too."""
    if name in record.values:
        return record.values[name]
    return next((value for key, value in record.values.items() if HEADERS.get(str(key).lower()) == name), None)
