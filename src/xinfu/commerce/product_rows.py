"""Writing products and their variants: by product number, with the price history kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update

from xinfu.commerce.bulk import NewProduct, NewVariant, Tally
from xinfu.commerce.digest import chunks, digest
from xinfu.commerce.errors import SkuTaken
from xinfu.commerce.model import PriceChange, ProductRow, VariantRow
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, new_id

product: Table = ProductRow.__table__  # type: ignore[assignment]
variant: Table = VariantRow.__table__  # type: ignore[assignment]
price_history: Table = PriceChange.__table__  # type: ignore[assignment]

type Values = dict[str, Any]


async def write(unit: Unit, shop_id: Id, products: Sequence[NewProduct], at: datetime) -> Tally:
    """Insert new products, update those that differ; variants no longer named are removed. Raises SkuTaken."""
    latest = {p.number: p for p in products}
    known = await _known(unit, shop_id, list(latest))
    new: list[Values] = []
    changed: list[Values] = []
    touched: dict[Id, NewProduct] = {}
    for number, given in latest.items():
        found = known.get(number)
        values = _values(given, at)
        if found is None:
            new.append(values | {"id": new_id(), "shop_id": shop_id, "number": number})
            touched[new[-1]["id"]] = given
        elif found.digest != values["digest"]:
            changed.append(values | {"_id": found.id})
            touched[found.id] = given
    if new:
        await unit.execute(product.insert(), new)
    if changed:
        statement = update(product).where(product.c.shop_id == shop_id, product.c.id == bindparam("_id"))
        await unit.execute(statement.values({name: bindparam(name) for name in changed[0] if name != "_id"}), changed)
    if touched:
        await _write_variants(unit, shop_id, touched, at)
    return Tally(len(new), len(changed), len(latest) - len(new) - len(changed))


async def _known(unit: Unit, shop_id: Id, numbers: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for chunk in chunks(numbers):
        query = select(product.c.number, product.c.id, product.c.digest)
        for row in await unit.execute(query.where(product.c.shop_id == shop_id, product.c.number.in_(chunk))):
            found[row.number] = row
    return found


async def _write_variants(unit: Unit, shop_id: Id, products: Mapping[Id, NewProduct], at: datetime) -> None:
    """Bring the variants of these products to what is given, and note every new price."""
    wanted = {v.sku: product_id for product_id, p in products.items() for v in p.variants}
    for product_id, p in products.items():
        for v in p.variants:
            if wanted[v.sku] != product_id:
                raise SkuTaken(sku=v.sku)
    known = await _known_variants(unit, shop_id, list(products), list(wanted))
    gone = [row.id for row in known.values() if row.sku not in wanted]
    for row in known.values():
        if row.product_id != wanted.get(row.sku, row.product_id) and row.product_id not in products:
            raise SkuTaken(sku=row.sku)
    prices: list[Values] = []
    new: list[Values] = []
    kept: list[Values] = []
    for product_id, p in products.items():
        for position, given in enumerate(p.variants):
            values = _variant_values(given, product_id, position)
            found = known.get(given.sku)
            id_ = found.id if found else new_id()
            if found is None:
                new.append(values | {"id": id_, "shop_id": shop_id, "sku": given.sku})
            else:
                kept.append(values | {"_id": id_})
            if found is None or (found.price_minor, found.currency) != (given.price.minor, given.price.currency):
                prices.append(
                    {"id": new_id(), "shop_id": shop_id, "variant_id": id_, "at": at}
                    | {"price_minor": given.price.minor, "currency": given.price.currency}
                )
    for ids in chunks(gone):
        await unit.execute(delete(price_history).where(price_history.c.shop_id == shop_id, price_history.c.variant_id.in_(ids)))
        await unit.execute(delete(variant).where(variant.c.shop_id == shop_id, variant.c.id.in_(ids)))
    if new:
        await unit.execute(variant.insert(), new)
    if kept:
        statement = update(variant).where(variant.c.shop_id == shop_id, variant.c.id == bindparam("_id"))
        await unit.execute(statement.values({name: bindparam(name) for name in kept[0] if name != "_id"}), kept)
    if prices:
        await unit.execute(price_history.insert(), prices)


async def _known_variants(unit: Unit, shop_id: Id, products: Sequence[Id], skus: Sequence[str]) -> dict[str, Any]:
    """The stored variants of these products, and any others that already have one of these skus."""
    found: dict[str, Any] = {}
    columns = (variant.c.id, variant.c.sku, variant.c.product_id, variant.c.price_minor, variant.c.currency)
    for column, keys in ((variant.c.product_id, products), (variant.c.sku, skus)):
        for chunk in chunks(keys):
            for row in await unit.execute(select(*columns).where(variant.c.shop_id == shop_id, column.in_(chunk))):
                found[row.sku] = row
    return found


def _values(given: NewProduct, at: datetime) -> Values:
    return {
        "name": given.name,
        "category": given.category,
        "brand": given.brand,
        "summary": given.summary,
        "image": given.image,
        "attributes": given.attributes,
        "extras": given.extras,
        "digest": digest(given),
        "changed_at": at,
    }


def _variant_values(given: NewVariant, product_id: Id, position: int) -> Values:
    return {
        "product_id": product_id,
        "position": position,
        "options": [list(pair) for pair in given.options],
        "price_minor": given.price.minor,
        "currency": given.price.currency,
        "stock": given.stock,
        "extras": given.extras,
    }
