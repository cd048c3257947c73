"""What the catalogue knows about things for sale when someone wants to sell them at another price: price, stock, lowest price, cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from xinfu.commerce.model import PriceChange, ProductRow, VariantRow
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """`lowest`: the lowest price since the day asked for (None: no history). `floor`: what it costs the house (None: nobody said)."""

    sku: str
    product_id: Id
    name: str
    options: tuple[tuple[str, str], ...]
    category: str
    image: str
    price: Money
    stock: int
    lowest: Money | None
    floor: Money | None


async def sale_facts(unit: Unit, shop_id: Id, skus: Sequence[str], since: datetime) -> dict[str, SaleFacts]:
    """By sku in capitals; unknown skus are left out. The floor is `cost` among the extras: one amount, or one for each sku."""
    wanted = sorted({sku.strip().upper() for sku in skus})
    query = select(VariantRow, ProductRow).join(ProductRow, ProductRow.id == VariantRow.product_id)
    query = query.where(VariantRow.shop_id == shop_id, ProductRow.shop_id == shop_id, func.upper(VariantRow.sku).in_(wanted))
    rows = (await unit.execute(query)).all()
    changes = select(PriceChange.variant_id, PriceChange.price_minor, PriceChange.at).where(
        PriceChange.shop_id == shop_id, PriceChange.variant_id.in_([v.id for v, _ in rows])
    )
    lowest = _lowest([(id_, minor, at) for id_, minor, at in (await unit.execute(changes.order_by(PriceChange.at))).all()], since)
    return {v.sku.upper(): _facts(v, p, lowest.get(v.id)) for v, p in rows}


def _lowest(changes: Sequence[tuple[Id, int, datetime]], since: datetime) -> dict[Id, int]:
    """Of each variant the lowest price that held since then: the one it came with counts too. Oldest change first."""
    held: dict[Id, list[int]] = {}
    for id_, minor, at in changes:
        held[id_] = [minor] if at <= since else [*held.get(id_, ()), minor]
    return {id_: min(prices) for id_, prices in held.items()}


def _facts(variant: VariantRow, product: ProductRow, lowest: int | None) -> SaleFacts:
    currency = variant.currency
    cost = variant.extras.get("cost", product.extras.get("cost"))
    if isinstance(cost, dict):
        cost = cost.get(variant.sku)
    return SaleFacts(
        variant.sku, variant.product_id, product.name, tuple((a, b) for a, b in variant.options), product.category, product.image,
        Money(variant.price_minor, currency), variant.stock,
        None if lowest is None else Money(min(lowest, variant.price_minor), currency), _amount(cost, currency),
    )  # fmt: skip


def _amount(given: Any, currency: str) -> Money | None:
    try:
        return Money.parse(str(given), currency) if given is not None and not isinstance(given, bool) else None
    except ValueError:
        return None
