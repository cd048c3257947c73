"""An entity as a person looks at it: the accounts, what they share, which of that joins them and which is only a busy place. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xinfu.kit.ids import Id
from xinfu.kit.masking import mask_name, mask_phone
from xinfu.risk.contracts import Kind
from xinfu.risk.links import Held
from xinfu.risk.model import TrustRow
from xinfu.risk.shelf import ShopBook

_NOISE = (Kind.TIMING, Kind.BATCH)
"""Shared with strangers all the time: shown only where several of these accounts share it."""

SHOWN_MEMBERS = 40
SHOWN_VALUES = 60


def graph(
    book: ShopBook,
    customer_id: Id,
    members: Sequence[Id],
    names: Mapping[Id, str],
    trusted: Mapping[tuple[str, str], TrustRow],
    name: Callable[[str, str], str],
) -> dict[str, Any]:
    """Members, shared values and edges as numbers of both; those that join people first, then the busiest places."""
    shown = [customer_id, *(m for m in members if m != customer_id)][:SHOWN_MEMBERS]
    found: dict[tuple[Kind, str], Held] = {}
    holders: dict[tuple[Kind, str], list[int]] = {}
    for n, member in enumerate(shown):
        for held in book.held(member):
            key = (held.kind, held.value)
            known = found.get(key)
            found[key] = held if known is None or held.joins else known
            holders.setdefault(key, []).append(n)
    told = [k for k in found if found[k].joins or len(holders[k]) > 1 or k[0] not in _NOISE]
    order = sorted(told, key=lambda k: (not found[k].joins, -len(holders[k]), k))[:SHOWN_VALUES]
    return {
        "entity_id": min(members),
        "customer_id": customer_id,
        "size": len(members),
        "members": [_member(book, member, names) for member in shown],
        "values": [_value(found[k], trusted.get(k), name(*k)) for k in order],
        "edges": [[n, v] for v, k in enumerate(order) for n in holders[k]],
    }


def shown_name(name: str, *, known: bool) -> str:
    """Visitors are called by a number, which tells nothing."""
    return mask_name(name) if known else name


def label_of(kind: str, value: str) -> str:
    """A shared value with enough hidden that it gives nobody away, and enough left to tell two apart."""
    match kind:
        case Kind.PHONE:
            return mask_phone(value)
        case Kind.MASKED_PHONE:
            return value
        case Kind.ADDRESS | Kind.BUILDING:
            words = value.split("|", 1)[0]
            return f"{words[:6]}****"
        case Kind.STATION:
            return value
        case Kind.BATCH:
            return f"{value.split('@', 1)[0][:3]}****"
        case Kind.TIMING:
            what = value.split("@", 1)[0]
            return what if what in ("numbers", "registered") else value.split("@", 1)[0][:24]
        case _:
            return f"#{value[:6]}"


def _member(book: ShopBook, member: Id, names: Mapping[Id, str]) -> dict[str, Any]:
    risk = book.account(member)
    facts = book.book.facts
    return {
        "customer_id": member,
        "name": names.get(member, ""),
        "score": round(risk.score, 4),
        "patterns": [p.value for p in risk.patterns],
        "reasons": [(r.zh, r.en) for r in risk.reasons][:6],
        "cases": len(facts.claims_of.get(member, ())),
        "level": (account.level or 0) if (account := facts.accounts.get(member)) else 0,
    }


def _value(held: Held, trust: TrustRow | None, key: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": held.kind.value,
        "label": label_of(held.kind, held.value),
        "holders": held.holders,
        "joins": held.joins,
        "relation": trust.relation if trust else "",
    }
