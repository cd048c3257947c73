"""What the demo shop's goods cost on which day: a few drops and one rise, so that price protection has something to be about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xinfu.commerce import NewProduct
from xinfu.demo.daytime import DAY
from xinfu.kit.money import Money


@dataclass(frozen=True, slots=True)
class PriceStep:
    """From `days` before today's local midnight on, the products of these stems cost `per_mille` of the listed price."""

    days: int
    stems: tuple[str, ...]
    per_mille: int


STEPS = (
    PriceStep(70, ("AP-DOWN", "AP-SHELL", "HA-AC15", "BE-SUN"), 1050),
    PriceStep(45, ("GPU-R70", "PH-WC12", "HA-WASH", "AP-KNIT", "TE-GREEN"), 1080),
    PriceStep(20, ("HA-AC15", "BE-SUN", "AP-SHELL", "BB-STROLL", "HA-WASH"), 1000),
    PriceStep(9, ("PH-WC12", "AP-DOWN", "AP-KNIT", "TE-GREEN"), 1000),
    PriceStep(2, ("GPU-R70", "CPU-X9", "BE-SERUM"), 950),
)


class PriceBook:
    """Prices by day. `today` is the local midnight of the day the shop is seen on."""

    def __init__(self, products: Sequence[NewProduct], today: int) -> None:
        self._products = products
        self._steps = [(today - step.days * DAY + 10 * 3600, step) for step in STEPS]
        self._changes: dict[str, list[tuple[int, int]]] = {}
        for at, step in self._steps:
            for stem in step.stems:
                self._changes.setdefault(stem, []).append((at, step.per_mille))

    def price(self, product: NewProduct, listed: Money, at: int) -> Money:
        """What a variant listed at `listed` cost at `at`; whole yuan wherever a step changed it."""
        per_mille = 1000
        for since, now in self._changes.get(product.number, ()):
            if at >= since:
                per_mille = now
        return listed if per_mille == 1000 else Money(listed.minor * per_mille // 100_000 * 100, listed.currency)

    def editions(self, opened: int, now: int) -> list[tuple[int, list[NewProduct]]]:
        """The catalogue as it was written at the opening and at each later step up to `now`, oldest first."""
        moments = [opened, *(at for at, _ in self._steps if at <= now)]
        return [(at, [self._at(p, at) for p in self._products]) for at in moments]

    def _at(self, product: NewProduct, at: int) -> NewProduct:
        if product.number not in self._changes:
            return product
        return replace(product, variants=tuple(replace(v, price=self.price(product, v.price, at)) for v in product.variants))
