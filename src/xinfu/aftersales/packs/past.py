"""What was judged, kept so that another pack can judge it again: the wish without the customer's words, and the facts of the order."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from xinfu.aftersales.contracts import Facts, Wish
from xinfu.aftersales.packs.contracts import WishJudged
from xinfu.aftersales.packs.model import PastWishRow

_wish: TypeAdapter[Wish] = TypeAdapter(Wish)
_facts: TypeAdapter[Facts] = TypeAdapter(Facts)


@dataclass(frozen=True, slots=True)
class PastWish:
    """One wish as it was judged. `case_number` '' = it was refused."""

    order_no: str
    case_number: str
    pack: str
    pack_version: int
    wish: Wish
    facts: Facts


def row_of(judged: WishJudged) -> dict[str, Any]:
    """The columns of its row. The same refusal on one day counts once, however often the customer asks."""
    wish, facts = replace(judged.wish, words="", remedy=""), judged.facts
    key = f"case:{judged.case_number}" if judged.case_number else f"no:{_digest(judged)}"
    return {
        "shop_id": judged.shop_id, "key": key, "at": facts.now, "order_no": judged.order_no, "case_number": judged.case_number,
        "pack": judged.decision.pack, "pack_version": judged.decision.pack_version,
        "wish": _wish.dump_python(wish, mode="json"), "facts": _facts.dump_python(facts, mode="json"),
    }  # fmt: skip


def past_of(row: PastWishRow) -> PastWish | None:
    """None for one kept in a form that is no longer known."""
    try:
        wish, facts = _wish.validate_python(row.wish), _facts.validate_python(row.facts)
    except ValidationError:
        return None
    return PastWish(row.order_no, row.case_number, row.pack, row.pack_version, wish, facts)


def _digest(judged: WishJudged) -> str:
    wish, day = judged.wish, judged.facts.now.astimezone(judged.facts.zone).date()
    items = [(item.line, item.quantity, item.to_sku) for item in wish.items]
    told = repr((judged.order_no, wish.kind, wish.reason, items, day)).encode()
    return hashlib.blake2b(told, digest_size=16).hexdigest()
