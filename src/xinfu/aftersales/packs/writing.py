"""A pack as values in the form it is read from, and as TOML: what is written is read back as the very same pack. Pure."""

import dataclasses
import json
import re
from datetime import date
from typing import Any

from xinfu.aftersales.packs.pack import Pack
from xinfu.kit.money import Money

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = re.compile(r"\s*(id|version|effective_from)\s*=")


def values_of(pack: Pack) -> dict[str, Any]:
    """As JSON has it: dates and amounts are text, what is not set is left out."""
    found = _plain(pack)
    found["effective_from"] = pack.effective_from.isoformat()
    return dict(found)


def toml_of(pack: Pack) -> str:
    """The whole pack as TOML."""
    values = {**values_of(pack), "effective_from": pack.effective_from}
    return "\n".join(_table((), values)).strip() + "\n"


def with_head(text: str, pack: Pack) -> str:
    """The owner's own TOML, comments and all, under the pack's id, version and date instead of what it says of them itself."""
    if text.lstrip()[:1] == "{":
        return toml_of(pack)
    lines = text.splitlines()
    first_table = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    top = [line for line in lines[:first_table] if not _HEAD.match(line)]
    head = [f"{key} = {_value(getattr(pack, key))}" for key in ("id", "version", "effective_from")]
    return "\n".join([*head, *top, *lines[first_table:]]).strip() + "\n"


def without_head(text: str) -> str:
    """The text without what the house sets itself when it is published."""
    lines = text.splitlines()
    first_table = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    return "\n".join([*(line for line in lines[:first_table] if not _HEAD.match(line)), *lines[first_table:]]).strip() + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value.plain()
    if dataclasses.is_dataclass(value):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: _plain(own) for name, own in pairs if own is not None and own not in ((), {})}
    if isinstance(value, dict):
        return {key: _plain(own) for key, own in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(own) for own in value]
    return value


def _table(path: tuple[str, ...], values: dict[str, Any]) -> list[str]:
    plain = {k: v for k, v in values.items() if not _is_table(v)}
    out = [f"{_key(k)} = {_value(v)}" for k, v in plain.items()]
    for key, value in values.items():
        here = (*path, key)
        name = ".".join(_key(part) for part in here)
        if isinstance(value, dict):
            own = _table(here, value)
            only_tables = value and all(_is_table(v) for v in value.values())
            out += own if only_tables else ["", f"[{name}]", *own]
        elif _is_table(value):
            for item in value:
                out += ["", f"[[{name}]]", *_table(here, item)]
    return out


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)
