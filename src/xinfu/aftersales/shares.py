"""Splitting what was paid over lines and units, to the cent: parts add up, and each line bears a coupon in proportion to its price."""

from collections.abc import Sequence


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` in parts proportional to `weights`, each within a cent of its exact share; they add up to `amount`.

    Weights of nothing get nothing, unless all are nothing: then the first gets all. Raises ValueError for negative values.
    """
    if amount < 0 or any(w < 0 for w in weights):
        raise ValueError("negative")
    whole = sum(weights)
    if whole == 0:
        return [amount if n == 0 else 0 for n in range(len(weights))]
    parts, before, seen = [], 0, 0
    for weight in weights:
        seen += weight
        upto = amount * seen // whole
        parts.append(upto - before)
        before = upto
    return parts


def of_units(share: int, quantity: int, gone: int, more: int) -> int:
    """What `more` units of a line are worth after `gone` of its `quantity` went: all units together are worth exactly `share`."""
    return share * (gone + more) // quantity - share * gone // quantity
