"""A pack from the text of TOML or JSON: strictly read, with everything that is wrong named at its place."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from xinfu.aftersales.packs.errors import PackInvalid
from xinfu.aftersales.packs.law import Fault, faults
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.places import Path, line_of, places_of

MAX_CHARACTERS = 200_000
_MOST = 100
_LINE = re.compile(r"at line (\d+)")
_pack: TypeAdapter[Pack] = TypeAdapter(Pack)


@dataclass(frozen=True, slots=True)
class PackProblem:
    """What is wrong in one place. `line` from 1; None when the pack did not come as text. `key` like category[2].names, '' = the whole."""

    line: int | None
    key: str
    zh: str
    en: str


def read_pack(text: str) -> Pack:
    """A pack from TOML or JSON. Raises PackInvalid with every problem."""
    return build_pack(parse(text), text)


def parse(text: str) -> dict[str, Any]:
    """The values of a text, not judged yet. Raises PackInvalid."""
    if len(text) > MAX_CHARACTERS:
        raise invalid([PackProblem(None, "", f"最多 {MAX_CHARACTERS} 个字", f"at most {MAX_CHARACTERS} characters")])
    try:
        if text.lstrip()[:1] != "{":
            return tomllib.loads(text)
        found = json.loads(text, parse_float=str, parse_constant=_no_number, object_pairs_hook=_once)
    except tomllib.TOMLDecodeError as e:
        line = _LINE.search(str(e))
        raise invalid([_unreadable(int(line[1]) if line else text.count("\n") + 1, "TOML", str(e))]) from e
    except json.JSONDecodeError as e:
        raise invalid([_unreadable(e.lineno, "JSON", e.msg)]) from e
    except (ValueError, RecursionError) as e:
        raise invalid([_unreadable(None, "TOML/JSON", str(e)[:200])]) from e
    return dict(found)


def build_pack(given: Mapping[str, Any], text: str = "") -> Pack:
    """A pack from values; `text` is where they stand, for the lines of problems. Raises PackInvalid with every problem."""
    currency = given.get("currency", "CNY")
    values = _with_zeros(given)
    places = places_of(text) if text else {}
    try:
        pack = _pack.validate_python(values, extra="forbid", context={"currency": currency if isinstance(currency, str) else "CNY"})
    except ValidationError as e:
        errors = e.errors(include_url=False)
        wrong = [_problem(places, tuple(x["loc"]), *_words(x)) for x in errors]
        known = {p.key for p in wrong}
        more = [_problem(places, fault.path, fault.zh, fault.en) for fault in _faults_besides(values, errors)]
        raise invalid([*wrong, *(p for p in more if p.key not in known)][:_MOST]) from e
    if found := faults(pack):
        raise invalid([_problem(places, fault.path, fault.zh, fault.en) for fault in found[:_MOST]])
    return pack


def _faults_besides(values: dict[str, Any], errors: Sequence[ErrorDetails]) -> list[Fault]:
    """What else is wrong with values whose form is: judged with something harmless in the places of what could not be read."""
    mended = json.loads(json.dumps(values, default=str))
    for error in errors:
        *above, last = error["loc"]
        try:
            inside = mended
            for part in above:
                inside = inside[part]
            if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
                del inside[last]
            else:
                inside[last] = _harmless(error)
        except (KeyError, IndexError, TypeError):
            return []
    try:
        return faults(_pack.validate_python(mended, extra="forbid", context={"currency": mended.get("currency", "CNY")}))
    except ValidationError:
        return []


def _harmless(error: ErrorDetails) -> Any:
    context = error.get("ctx", {})
    if error["type"] in ("greater_than_equal", "less_than_equal"):
        return context.get("ge", context.get("le"))
    if error["type"] == "literal_error":
        return str(context["expected"]).split(",")[0].split(" or ")[0].strip("'")
    return {"value_error": "0", "int_type": 30, "int_parsing": 30, "int_from_float": 30, "bool_parsing": True, "bool_type": True}.get(
        error["type"]
    )


def invalid(problems: Sequence[PackProblem]) -> PackInvalid:
    """The refusal that tells all of them."""
    refusal = PackInvalid(why="；".join(_told(p, p.zh) for p in problems[:5]), why_en="; ".join(_told(p, p.en) for p in problems[:5]))
    refusal.problems = tuple(problems)
    return refusal


def _told(problem: PackProblem, words: str) -> str:
    at = f"line {problem.line} " if problem.line else ""
    return f"{at}{problem.key}: {words}" if problem.key else f"{at}{words}"


def _problem(places: dict[Path, int], path: Path, zh: str, en: str) -> PackProblem:
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return PackProblem(line_of(places, path), key.removesuffix(".[key]"), zh, en)


def _unreadable(line: int | None, form: str, why: str) -> PackProblem:
    return PackProblem(line, "", f"不是正确的 {form}：{why}", f"not valid {form}: {why}")


def _with_zeros(given: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts left out are nothing in the pack's own currency."""
    values = dict(given)
    for section, keys in (("compensation", ("coupon_max", "cash_max")), ("auto", ("limit",))):
        if isinstance(own := values.get(section, {}), Mapping):
            values[section] = {**dict.fromkeys(keys, "0"), **own}
    return values


def _no_number(word: str) -> None:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets a key be written twice, and the first is then lost without a word; TOML refuses it, and so do we."""
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise ValueError(f"{key[:60]} twice")
        out[key] = value
    return out


def _words(error: ErrorDetails) -> tuple[str, str]:
    """What pydantic found, as a person reads it."""
    kind, context = error["type"], error.get("ctx", {})
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain
    if kind == "greater_than_equal":
        return f"至少 {context['ge']}", f"at least {context['ge']}"
    if kind == "less_than_equal":
        return f"最多 {context['le']}", f"at most {context['le']}"
    if kind == "literal_error":
        known = re.sub(r" or ", ", ", str(context["expected"])).replace("'", "")
        return f"只能是 {known}", f"must be one of {known}"
    if kind == "value_error":
        return '金额写成 "20.00" 这样，最多两位小数，不为负', 'an amount like "20.00", not negative, at most two decimals'
    if kind in ("too_short", "string_too_short"):
        return "不能为空", "must not be empty"
    if kind in ("too_long", "string_too_long"):
        return "太长", "too long"
    return f"内容不对（{error['msg']}）", error["msg"]


_PLAIN: dict[str, tuple[str, str]] = {
    "missing": ("缺少这一项", "is missing"),
    "unexpected_keyword_argument": ("不认识这个名字", "unknown name"),
    "extra_forbidden": ("不认识这个名字", "unknown name"),
    "int_type": ("应该是整数", "must be a whole number"),
    "int_parsing": ("应该是整数", "must be a whole number"),
    "int_from_float": ("应该是整数", "must be a whole number"),
    "bool_type": ("应该是 true 或 false", "must be true or false"),
    "bool_parsing": ("应该是 true 或 false", "must be true or false"),
    "string_type": ("应该是文字", "must be text"),
    "string_pattern_mismatch": ("只能用小写字母、数字和连字符", "lower-case letters, digits and hyphens only"),
    "tuple_type": ("应该是一个列表", "must be a list"),
    "dict_type": ("应该是一组名字和值", "must be a table"),
    "dataclass_type": ("应该是一组名字和值", "must be a table"),
    "date_from_datetime_parsing": ("应该是日期，如 2026-03-01", "must be a date like 2026-03-01"),
    "date_from_datetime_inexact": ("应该是日期，如 2026-03-01", "must be a date like 2026-03-01"),
    "date_type": ("应该是日期，如 2026-03-01", "must be a date like 2026-03-01"),
    "date_parsing": ("应该是日期，如 2026-03-01", "must be a date like 2026-03-01"),
}
