"""Pure decisions: when a shared value speaks for a ring, how surprising a history is, what is suggested. No I/O, no learned state."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinfu.kit.text import clean
from xinfu.risk.contracts import Action, Kind, Pattern
from xinfu.risk.errors import WordsMissing

FOUND = 0.5
"""From this score on a claim, an account or a pair counts as found."""

PATTERNS = tuple(Pattern)
KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class LinkRule:
    """How far one kind of shared value is believed.

    `few`: up to so many holders are taken for the same people without further proof (0: never).
    `many`: a value with more holders than this is a public place, whatever its holders do.
    `share` and `doubt`: beyond `few`, only holders with the same pattern of abuse are joined, and only if they are this share of
    all holders and a chance of at most e^-doubt explains so many of them.
    """

    few: int
    many: int
    share: float
    doubt: float


LINK_RULES: dict[Kind, LinkRule] = {
    Kind.DEVICE: LinkRule(8, 400, 0.2, 6.0),
    Kind.PAYEE: LinkRule(8, 400, 0.2, 6.0),
    Kind.PHONE: LinkRule(6, 200, 0.25, 6.0),
    # The digits a mask leaves visible: in a large shop strangers share them too.
    Kind.MASKED_PHONE: LinkRule(0, 100, 0.35, 6.4),
    Kind.PHOTO: LinkRule(40, 200, 0.2, 6.0),
    Kind.ADDRESS: LinkRule(0, 300, 0.3, 6.4),
    Kind.IP: LinkRule(0, 300, 0.35, 6.4),
    # Two rings may live in one village or use one obliging courier: neither joins anybody by itself, it only confirms other ties.
    Kind.BUILDING: LinkRule(0, 0, 1.0, 99.0),
    Kind.STATION: LinkRule(0, 0, 1.0, 99.0),
    Kind.BATCH: LinkRule(0, 200, 0.35, 6.4),
    Kind.TIMING: LinkRule(0, 100, 0.5, 10.0),
}
SUSPECT_RATE = 0.04
"""How often an honest account shows one sign of one given pattern."""

STRONG = frozenset({Kind.DEVICE, Kind.PAYEE, Kind.PHONE, Kind.PHOTO})


def unites_all(kind: Kind, holders: int) -> bool:
    """Few enough hold it, and people do not share such things by chance: they are one entity. That alone condemns nobody."""
    return 2 <= holders <= LINK_RULES[kind].few


def unites_suspects(kind: Kind, holders: int, suspects: int) -> bool:
    """Too many of its holders show the same pattern for it to be chance: those who show it are joined, nobody else."""
    rule = LINK_RULES[kind]
    if suspects < 2 or holders > rule.many or suspects < rule.share * holders:
        return False
    return _surprise(holders, suspects) >= rule.doubt


def _surprise(holders: int, suspects: int) -> float:
    """Chernoff's bound on seeing so many suspects among so many holders, as a negative natural logarithm."""
    share = suspects / holders
    if share <= SUSPECT_RATE:
        return 0.0
    innocent = (1 - share) * math.log((1 - share) / (1 - SUSPECT_RATE)) if share < 1 else 0.0
    return holders * (share * math.log(share / SUSPECT_RATE) + innocent)


def unites_suspects_many(kinds: NDArray[np.int8], holders: NDArray[np.int64], suspects: NDArray[np.int64]) -> NDArray[np.bool_]:
    """`unites_suspects` for whole columns; `kinds` are positions in KINDS."""
    rules = [LINK_RULES[kind] for kind in KINDS]
    share = suspects / np.maximum(holders, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        innocent = np.where(share < 1, (1 - share) * np.log((1 - share) / (1 - SUSPECT_RATE)), 0.0)
        surprise = np.where(share > SUSPECT_RATE, holders * (share * np.log(share / SUSPECT_RATE) + innocent), 0.0)
    enough = suspects >= np.array([r.share for r in rules])[kinds] * holders
    public = holders > np.array([r.many for r in rules])[kinds]
    return (suspects >= 2) & ~public & enough & (surprise >= np.array([r.doubt for r in rules])[kinds])


HONEST_RATE: dict[Pattern, float] = {
    Pattern.USE_AND_RETURN: 0.006,
    Pattern.OWN_COURIER_FREIGHT: 0.005,
    Pattern.FRAGILE_CLAIMS: 0.06,
    Pattern.HARASSMENT: 0.003,
    Pattern.ORDER_AND_REFUSE: 0.012,
    Pattern.SWAP: 0.001,
    Pattern.MALICIOUS_COMPLAINT: 0.03,
}
"""Signs per order (for fragile claims: per fragile order) that an honest customer gives by chance."""


def history_score(pattern: Pattern, signs: float, chances: int) -> float:
    """How little chance explains so many signs in so many orders: 0.5 at one in three hundred. One sign alone is never enough.

    Never falls when a sign is added (even with an order more); never rises when an honest order is added.
    """
    count = int(signs)
    if count < 1:
        return 0.0
    expected = max(chances, count) * HONEST_RATE[pattern]
    score = 0.2 * -math.log10(max(_poisson_tail(count, expected), 1e-300))
    return min(score, 0.45 if count < 2 else 0.98)


def _poisson_tail(count: int, expected: float) -> float:
    """P(X >= count). Summed upwards from `count`, so that small chances keep their digits."""
    term = math.exp(-expected + count * math.log(expected) - math.lgamma(count + 1))
    total = term
    for i in range(count + 1, count + 60):
        term *= expected / i
        total += term
        if term < total * 1e-9:
            break
    return min(total, 1.0)


def action(score: float, *, hard: bool) -> Action:
    """A machine may approve. More it may not: it asks for evidence or calls a person."""
    if hard or score >= FOUND:
        return Action.REVIEW
    return Action.EVIDENCE if score >= 0.4 else Action.APPROVE


def reason_of(words: str) -> str:
    """What a person gives as the reason of a decision, at most 2,000 characters. Raises WordsMissing for less than two."""
    said = clean(words)[:2000]
    if len(said) < 2:
        raise WordsMissing
    return said
