"""A shop's products in memory: found by id, by sku, and by the words of a question. Pure; service.Products keeps it fresh."""

import math
from collections import defaultdict
from collections.abc import Sequence

from xinfu.commerce.contracts import Product
from xinfu.kit.ids import Id
from xinfu.kit.text import bigrams, fold

_NAME, _BRAND, _CATEGORY, _SUMMARY = 3.0, 2.0, 1.5, 0.5
_ENOUGH = 0.3
"""A product is a hit when it has this share of the weight of those words of the question that the catalogue knows at all."""


class Catalogue:
    """Immutable once made."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products = list(products)
        self.by_id: dict[Id, Product] = {p.id: p for p in products}
        self.by_sku: dict[str, Product] = {v.sku.upper(): p for p in products for v in p.variants}
        self.categories = list(dict.fromkeys(p.category for p in products if p.category))
        self._grams: dict[str, dict[int, float]] = defaultdict(dict)
        for n, p in enumerate(self.products):
            for text, weight in ((p.summary, _SUMMARY), (p.category, _CATEGORY), (p.brand, _BRAND), (p.name, _NAME)):
                for gram in bigrams(text):
                    self._grams[gram][n] = max(weight, self._grams[gram].get(n, 0.0))

    def search(self, text: str, limit: int) -> list[Product]:
        """Best first. A sku written in the text decides; otherwise rare character pairs count more than common ones."""
        words = fold(text).upper().split()
        exact = [self.by_sku[word] for word in words if word in self.by_sku]
        scores: dict[int, float] = defaultdict(float)
        whole = 0.0
        for gram in set(bigrams(text)):
            if (holders := self._grams.get(gram)) is None:
                continue
            rarity = math.log(1 + len(self.products) / (1 + len(holders)))
            whole += rarity * _NAME
            for n, weight in holders.items():
                scores[n] += rarity * weight
        enough = whole * _ENOUGH
        ranked = sorted((n for n, score in scores.items() if score >= enough), key=lambda n: (-scores[n], n))
        found = {p.id: p for p in (*exact, *(self.products[n] for n in ranked[: limit + len(exact)]))}
        return list(found.values())[:limit]
