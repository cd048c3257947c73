"""Articles read from a file, row by row: a table (CSV, JSON, JSON Lines) or Markdown. docs/import.md names the columns. No I/O here.

Markdown: every `# heading` begins an article. Lines like `topic: policy.returns` right below it say more about it; the rest is its text.
"""

import re
from collections.abc import Iterable
from datetime import tzinfo
from typing import Any, Literal

from pydantic import ValidationError

from xinfu.kit.clock import maybe_ms
from xinfu.kit.errors import Invalid, TooLarge
from xinfu.kit.tabular import MAX_BYTES, MAX_ROWS, Fields, Problems, Record, read_records
from xinfu.kit.text import clean
from xinfu.knowledge.schemas import ArticleIn

type FileKind = Literal["table", "markdown"]

HEADERS = {
    "主题": "topic", "标题": "title", "问题": "title", "question": "title", "正文": "body", "内容": "body", "答案": "body",
    "answer": "body",
    "关键词": "keywords", "也这样问": "keywords", "对象": "audience", "谁能看": "audience", "状态": "status", "负责人": "owner",
    "复核日期": "review_on", "review": "review_on", "生效": "effective_from", "from": "effective_from", "失效": "effective_until",
    "until": "effective_until",
}  # fmt: skip
_AUDIENCES = {"customer": "customer", "客户": "customer", "顾客": "customer", "staff": "staff", "员工": "staff", "客服": "staff"}
_STATUSES = {"draft": "draft", "草稿": "draft", "published": "published", "发布": "published", "已发布": "published"}
_NAMES = frozenset(ArticleIn.model_fields)
_HEADING = re.compile(r"#\s+(.*?)(?:\s+#+)?\s*")
_SAID = re.compile(r"(?:[-*]\s+)?([^\s:\uff1a]{1,20})\s*[:\uff1a]\s*(.*)")
_FENCE = re.compile(r"\s*(```|~~~)")


def read_articles(data: bytes, kind: FileKind, zone: tzinfo, problems: Problems) -> list[ArticleIn]:
    """The good articles of a file; what is wrong with the others is in `problems`. Raises TooLarge and Invalid for the whole file."""
    records: Iterable[Record] = _markdown(data, problems) if kind == "markdown" else read_records(data, HEADERS, problems)
    good: list[ArticleIn] = []
    rows: dict[tuple[str, str], int] = {}
    unknown: set[str] = set()
    for record in records:
        for name in record.values.keys() - _NAMES - unknown:  # said once, not with every row
            unknown.add(name)
            problems.add(record.row, str(name)[:40], "没有这一列", "no such column")
        before = problems.total
        article = _article(Fields(record, problems, zone, "CNY"), record)
        if article is None or problems.total > before:
            continue
        first = rows.setdefault((article.topic, article.title), record.row)
        if first != record.row:
            problems.add(record.row, "title", f"和第 {first} 行是同一条", f"is the same article as row {first}")
        good.append(article)
    return good


def _article(fields: Fields, record: Record) -> ArticleIn | None:
    values: dict[str, Any] = {
        "topic": fields.text("topic", 64),
        "title": fields.text("title", 200, required=True),
        "body": _body(fields, record),
        "keywords": _keywords(record.values.get("keywords")),
        "audience": fields.choice("audience", _AUDIENCES, "customer"),
        "status": fields.choice("status", _STATUSES, "published"),
        "owner": fields.text("owner", 120),
    }
    for name in ("review_on", "effective_from", "effective_until"):
        values[name] = maybe_ms(fields.time(name))
    if None not in (values["effective_from"], values["effective_until"]) and values["effective_until"] <= values["effective_from"]:
        fields.wrong("effective_until", "要晚于生效时间", "must be later than the start")
    if not values["title"] or not values["body"]:
        return None
    try:
        return ArticleIn.model_validate(values)
    except ValidationError as e:
        for error in e.errors():
            name = str(error["loc"][0])
            fields.wrong(name, f"不合要求：{str(values[name])[:40]}", f"is not valid: {error['msg']}")
        return None


def _body(fields: Fields, record: Record) -> str:
    """The text of an article may begin with a dash or an equals sign: it is read by people, never by a spreadsheet."""
    value = record.values.get("body")
    body = clean(value) if isinstance(value, str) else ""
    if not body:
        fields.wrong("body", "必填，应该是文字", "is required and must be text")
    elif len(body) > 20_000:
        fields.wrong("body", "最多 20000 个字", "must have at most 20000 characters")
    return body


def _keywords(value: object) -> list[str]:
    """A JSON array, or words separated by ; or | (a comma may belong to a question)."""
    parts = re.split(r"[;\uff1b|\uff5c\n]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    return list(dict.fromkeys(word for part in parts if (word := clean(str(part)))))


def _markdown(data: bytes, problems: Problems) -> list[Record]:
    if len(data) > MAX_BYTES:
        raise TooLarge(limit=f"{MAX_BYTES // 1024 // 1024} MB")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as e:
        raise Invalid(why="文件请存为 UTF-8 / save the file as UTF-8") from e
    found: list[tuple[int, str, list[str]]] = []
    fenced = False
    for number, line in enumerate(lines, 1):
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading:
            found.append((number, heading[1], []))
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            problems.add(number, "", "第一个 # 标题前面不能有文字", "there must be no text before the first # heading")
    if len(found) > MAX_ROWS:
        raise TooLarge(limit=f"{MAX_ROWS} 行 / rows")
    if not found and not problems.total:
        raise Invalid(why="文件里没有 # 标题 / the file has no # heading")
    return [_section(number, title, lines) for number, title, lines in found]


def _section(number: int, title: str, lines: list[str]) -> Record:
    """What is said about the article ends at the first line that says nothing we know: from there on it is its text."""
    values: dict[str, Any] = {"title": title}
    start = 0
    for start, line in enumerate([*lines, ""]):  # noqa: B007 - where it stopped is the point
        said = _SAID.fullmatch(line.strip())
        name = said and HEADERS.get(said[1].lower(), said[1].lower())
        if not said or name not in _NAMES or name in ("title", "body"):
            break
        values[name] = said[2]
    values["body"] = "\n".join(lines[start:])
    return Record(number, values)
