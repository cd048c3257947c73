"""The goods of the demo shop: one TOML file per department, read into the records that commerce.bulk_write takes.

A product's variants are the product of its options; the SKU is the stem with one code per option (AP-TEE-WH-M). A department's
`common` attributes hold for every product that does not say otherwise, and `needs` names what each of its products must answer.
"""

import functools
import itertools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from xinfu.commerce import NewProduct, NewVariant
from xinfu.kit.money import Money


@dataclass(frozen=True, slots=True)
class Department:
    """One category of the shop. `key` also names its picture."""

    key: str
    category: str
    needs: frozenset[str]
    products: tuple[NewProduct, ...]


@functools.cache
def departments() -> tuple[Department, ...]:
    """Every department, in a fixed order."""
    files = sorted(f.name for f in resources.files(__name__).iterdir() if f.name.endswith(".toml"))
    return tuple(_department(tomllib.loads(resources.files(__name__).joinpath(name).read_text("utf-8"))) for name in files)


def products() -> tuple[NewProduct, ...]:
    return tuple(p for d in departments() for p in d.products)


def _department(data: dict[str, Any]) -> Department:
    key, category = data["key"], data["category"]
    return Department(
        key=key,
        category=category,
        needs=frozenset(data["needs"]),
        products=tuple(_product(p, key, category, data["brands"], data["common"]) for p in data["product"]),
    )


def _product(p: dict[str, Any], key: str, category: str, brands: dict[str, str], common: dict[str, str]) -> NewProduct:
    return NewProduct(
        number=p["stem"],
        name=p["name"],
        category=category,
        brand=p["brand"],
        summary=p["summary"],
        image=f"/pages/goods/{key}.svg",
        attributes={**common, "brand_story": brands[p["brand"]], **p["attributes"]},
        variants=tuple(_variants(p)),
    )


def _variants(p: dict[str, Any]) -> list[NewVariant]:
    """Stock differs from variant to variant, by position, so that some run low."""
    options: dict[str, dict[str, str]] = p.get("options", {})
    extra = {code: Money.parse(amount) for code, amount in p.get("extra", {}).items()}
    out = []
    for place, codes in enumerate(itertools.product(*options.values())):
        price = sum((extra[c] for c in codes if c in extra), Money.parse(p["price"]))
        chosen = tuple((name, values[code]) for (name, values), code in zip(options.items(), codes, strict=True))
        out.append(NewVariant("-".join((p["stem"], *codes)), chosen, price, stock=max(0, p["stock"] * (7 - place * 3 % 8) // 7)))
    return out
