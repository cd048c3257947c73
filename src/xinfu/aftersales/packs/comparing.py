"""What differs between two packs, key by key. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.writing import values_of

_HEAD = ("id", "version", "effective_from")
_NAMED_BY = {"category": "names", "level": "trust", "zone": "zone"}


@dataclass(frozen=True, slots=True)
class Change:
    """`key` like quality.return_days or category[手机].exchange_days. None: not there."""

    key: str
    was: str | None
    now: str | None


def changes(old: Pack, new: Pack) -> list[Change]:
    """In the order of the new pack, what is gone at the end."""
    was, now = dict(_flat("", _body(old))), dict(_flat("", _body(new)))
    keys = [*now, *(key for key in was if key not in now)]
    return [Change(key, was.get(key), now.get(key)) for key in keys if was.get(key) != now.get(key)]


def _body(pack: Pack) -> dict[str, Any]:
    return {key: value for key, value in values_of(pack).items() if key not in _HEAD}


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, own in value.items():
            yield from _flat(f"{path}.{key}" if path else key, own)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for n, own in enumerate(value):
            yield from _flat(f"{path}[{_name(path, own, n)}]", own)
    elif isinstance(value, list):
        yield path, "、".join(str(own) for own in value)
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    else:
        yield path, str(value)


def _name(path: str, item: dict[str, Any], n: int) -> str:
    """Items of a list are told apart by what they are about, so that a new one at the front does not change them all."""
    key = _NAMED_BY.get(path.rsplit(".", 1)[-1], "")
    own = item.get(key, n)
    return str(own[0] if isinstance(own, list) and own else own)
