"""Personal data replaced by stable placeholders before a text leaves the house, and put back into what comes home. Pure.

Two nets: the values known of this customer and their orders, wherever and however they are written; and the shapes of personal data,
whoever's it is. Hiding too much costs little, because everything hidden is put back.
"""

import re
import unicodedata
from datetime import date
from typing import Any, Literal

from xinfu.kit.text import clean
from xinfu.understanding.entities import entities_in

type Secret = Literal["NAME", "PHONE", "EMAIL", "ADDRESS", "ORDER", "TRACKING", "NUMBER", "CONTACT"]

_KINDS = "NAME|PHONE|EMAIL|ADDRESS|ORDER|TRACKING|NUMBER|CONTACT"
PLACEHOLDER = re.compile(rf"\[(?:{_KINDS})_\d+\]")
_LOOSE = re.compile(rf"(?<![A-Za-z])(?:{_KINDS})_\d+", re.IGNORECASE)  # a placeholder bent out of shape
_FORGED = re.compile(rf"\[(?=(?:{_KINDS})_\d)")
_NAMED: dict[str, Secret] = {"phone": "PHONE", "email": "EMAIL", "address": "ADDRESS", "order_no": "ORDER", "tracking_no": "TRACKING"}
_ANY_DAY = date(2000, 1, 3)  # dates are not hidden, so it does not matter which day it is
_PUNCTUATION = re.compile("([，。！？：；（）～…]+)")
_BETWEEN = r"[\s\-·.]{0,2}"
_SURNAME = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗花方俞任袁柳史唐费岑薛雷贺倪汤"
    "罗毕郝安常于傅齐康伍余顾孟黄穆萧尹姚邵汪毛戴宋庞熊纪舒项祝董梁杜阮蓝季贾江颜郭梅林钟徐邱骆高夏蔡田胡凌霍万卢莫房干应丁宣邓洪包"
    "石崔吉龚程裴陆荣翁甄曲封段侯宁仇甘武符刘景龙叶黎白赖卓池乔闻党翟谭申冉雍桑桂牛边燕温庄晏柴阎习容向古易廖耿匡文寇广东欧利聂辛简饶关佟涂"
)
_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]{0,2}\d){6,}")
_DATE = re.compile(r"(?:19|20)\d\d-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?!\d)")
_SHAPES: tuple[tuple[Secret, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"[\w.+-]{1,64}\s?@\s?[\w-]{1,60}(?:\.[\w-]{1,30})+", re.ASCII)),
    (
        "CONTACT",
        re.compile(r"(?:微信|wechat|weixin|vx|qq|whatsapp|telegram)(?:号|id)?\s?[:：是为]?\s?([a-z0-9][a-z0-9_-]{4,24})", re.IGNORECASE),
    ),
    ("ORDER", re.compile(r"(?<![A-Za-z0-9])#?[A-Za-z]{1,4}-?\d{6,}(?:-\d+)?")),
    (
        "ADDRESS",
        re.compile(
            r"\d{1,5}\s+(?:[A-Z][\w']*\s+){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl)\b\.?"
            r"(?:,?\s*(?:Apt|Suite|Unit|Flat|#)\.?\s*\w+)?(?:,\s*[A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*){0,3}){0,3}(?:[,\s]+\d{4,6}(?:-\d{4})?)?"
        ),
    ),
    (
        "ADDRESS",
        re.compile(
            r"[\u3400-\u9fffA-Za-z0-9 ]{0,14}?(?:大道|大街|路|街|巷|弄|胡同|村|小区|花园|家园|苑|公寓|大厦|广场|新城)"
            r"[\u3400-\u9fff ]{0,8}?\d{1,5}(?:[ \dA-Za-z号弄楼栋幢座单元室层#-]{0,24}[\d号弄楼栋幢座元室层])?"
        ),
    ),
    ("ADDRESS", re.compile(r"\d{1,4}\s?(?:号楼|栋|幢|座)\s?(?:\d{1,2}\s?单元)?\s?\d{2,5}\s?[室号]?|\d{1,2}\s?单元\s?\d{2,5}\s?室?")),
    ("PHONE", re.compile(r"(?<!\d)(?:\+?\d{1,3}[ -]?)?\(?\d{3,4}\)?[ .-]\d{3,4}[ .-]?\d{3,4}(?!\d)")),
    ("PHONE", re.compile(r"[零〇一二三四五六七八九幺](?:\s?[零〇一二三四五六七八九幺]){6,}")),
    (
        "PHONE",
        re.compile(
            r"(?:尾号|尾数|后四位|末四位|后4位|last (?:four|4)(?: digits)?|ending (?:in|with))\D{0,6}?(\d{3,4})(?!\d)", re.IGNORECASE
        ),
    ),
    (
        "NAME",
        re.compile(
            r"(?:我叫|我的名字[是叫]|名字[是叫:：]|姓名[是:：]?|收件人[是叫:：]?|收货人[是叫:：]?|联系人[是叫:：]?|户名[是:：]?|持卡人[是:：]?)\s?"
            r"([\u3400-\u9fff](?:[\u3400-\u9fff·]{1,3}))"
        ),
    ),
    ("NAME", re.compile(rf"我[是姓]([{_SURNAME}][\u3400-\u9fff]{{0,2}})(?=[，。,.!！;；\s]|$)")),
    ("NAME", re.compile(rf"([{_SURNAME}][\u3400-\u9fff]{{0,2}}?)(?=先生|女士|小姐|太太)")),
    (
        "NAME",
        re.compile(
            r"(?i:my name is|my name's|i am|i'm|this is|name:|signed by|mr\.?|mrs\.?|ms\.?|dr\.?)"
            r"\s+([A-Z][a-z'-]+(?:\s+[A-Z][a-z'-]+){0,2})"
        ),
    ),
)  # fmt: skip


class UnknownPlaceholder(ValueError):
    """A text names something that was never hidden: made up, or bent out of shape."""


class Mask:
    """The hiding of one exchange. The same value is the same placeholder wherever it stands."""

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}  # folded value → placeholder
        self._values: dict[str, str] = {}  # placeholder → value to put back
        self._counts: dict[str, int] = {}
        self._known: dict[str, tuple[Secret, str]] = {}  # pattern → kind, value as we write it
        self._finder: re.Pattern[str] | None = None

    def know(self, kind: Secret, *values: str) -> None:
        """Hide these values wherever they stand, in any width, case and spacing."""
        for value in values:
            for form in _forms(kind, _flat(value)):
                self._known.setdefault(_loosely(form), (kind, form))
        self._finder = None

    def hide(self, text: str) -> str:
        """The text as it may leave the house."""
        flat = _FORGED.sub("(", _flat(text))
        flat = self._hide_known(flat)
        flat = self._hide_named(flat)
        for kind, shape in _SHAPES:
            flat = self._outside(flat, shape, kind)
        return self._outside(flat, _NUMBER, "NUMBER")

    def hide_all(self, value: Any) -> Any:
        """Every text in a JSON-like value. Before it is written as JSON: its escapes would disturb the shapes."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {key: self.hide_all(part) for key, part in value.items()}
        return [self.hide_all(part) for part in value] if isinstance(value, list | tuple) else value

    def restore(self, text: str) -> str:
        """Put everything back. Raises UnknownPlaceholder."""
        whole = PLACEHOLDER.sub(self._back, text)
        if _LOOSE.search(whole):
            raise UnknownPlaceholder
        return whole

    def value_of(self, placeholder: str) -> str:
        return self._values.get(placeholder, "")

    def _back(self, match: re.Match[str]) -> str:
        value = self._values.get(match.group())
        if value is None:
            raise UnknownPlaceholder
        return value

    def _hide_known(self, flat: str) -> str:
        if not self._known:
            return flat
        if self._finder is None:
            longest_first = sorted(self._known, key=len, reverse=True)
            self._finder = re.compile("|".join(f"({pattern})" for pattern in longest_first), re.IGNORECASE)
            self._order = [self._known[pattern] for pattern in longest_first]
        return self._finder.sub(lambda m: self._placeholder(*self._order[(m.lastindex or 1) - 1]), flat)

    def _hide_named(self, flat: str) -> str:
        """What the reader of messages takes for a phone, an address, an order: the same eyes that read the customer."""
        parts, at = [], 0
        for entity in entities_in(flat, _ANY_DAY):
            kind = _NAMED.get(entity.kind)
            if kind and not PLACEHOLDER.search(flat, entity.start, entity.end):
                parts += [flat[at : entity.start], self._placeholder(kind, flat[entity.start : entity.end])]
                at = entity.end
        return "".join([*parts, flat[at:]])

    def _outside(self, flat: str, shape: re.Pattern[str], kind: Secret) -> str:
        """Apply one shape to what is not hidden yet: placeholders are never looked into."""
        parts = re.split(rf"(\[(?:{_KINDS})_\d+\])", flat)
        return "".join(part if i % 2 else shape.sub(lambda m: self._found(m, kind), part) for i, part in enumerate(parts))

    def _found(self, match: re.Match[str], kind: Secret) -> str:
        whole = match.group()
        if kind == "NUMBER":
            date = _DATE.match(whole)
            kept = date.group() if date else ""
            rest = whole[len(kept) :]
            return kept + (_NUMBER.sub(lambda m: self._placeholder("NUMBER", m.group()), rest))
        if match.re.groups:
            secret = match.group(1)
            start = match.start(1) - match.start()
            return whole[:start] + self._placeholder(kind, secret) + whole[start + len(secret) :]
        lead = len(whole) - len(whole.lstrip())
        return whole[:lead] + self._placeholder(kind, whole.strip()) + whole[lead + len(whole.strip()) :]

    def _placeholder(self, kind: Secret, value: str) -> str:
        folded = value.lower()
        known = self._placeholders.get(folded)
        if known is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            known = self._placeholders[folded] = f"[{kind}_{number}]"
            self._values[known] = value
        return known


def used_in(text: str) -> frozenset[str]:
    """The placeholders that stand in a text."""
    return frozenset(PLACEHOLDER.findall(text))


def _flat(text: str) -> str:
    """Letters and digits in one width. Chinese punctuation stays: the model answers in what it is given."""
    parts = _PUNCTUATION.split(text)
    return clean("".join(part if i % 2 else unicodedata.normalize("NFKC", part) for i, part in enumerate(parts)))


def _forms(kind: Secret, value: str) -> list[str]:
    """The value, and the parts of it by which people would still know it."""
    if len(value) < 2:
        return []
    forms = [value]
    if kind == "NAME":
        words = value.split()
        if len(words) > 1:
            forms += [word for word in words if len(word) >= 3 and not word.isdigit()]
        elif len(value) >= 3 and all("\u3400" <= c <= "\u9fff" for c in value):
            forms.append(value[1:])
    if kind == "ADDRESS":
        pieces = re.split(r"[,\s，]+|(?<=[省市区县旗])|(?<=街道)|(?<=[镇乡])", value)
        forms += [piece for piece in pieces if len(piece) >= 4 and any(c.isdigit() for c in piece)]
    if kind == "PHONE" and len(digits := re.sub(r"\D", "", value)) > 7:
        forms += [digits, digits[-11:]]
    return forms


def _loosely(value: str) -> str:
    """A pattern for the value with spaces, dashes and dots anywhere between its characters."""
    pattern = _BETWEEN.join(re.escape(c) for c in re.sub(r"[\s\-·.]", "", value))
    before = r"(?<![A-Za-z0-9])" if value[:1].isascii() else ""
    after = r"(?![A-Za-z0-9])" if value[-1:].isascii() else ""
    return f"{before}{pattern}{after}"
