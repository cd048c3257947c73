"""All entities at once, from columns: what `LinkBook` keeps fact by fact, for a million accounts in seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinfu.risk.policy import KINDS, LINK_RULES, unites_suspects_many

type Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """Facts as numbers: `account[i]` has value `value[i]`; `kinds[v]` is the position of value v's kind in KINDS.

    `suspects` are pairs of account and pattern (its position in PATTERNS).
    """

    accounts: int
    account: Ints
    value: Ints
    kinds: NDArray[np.int8]
    suspect_account: Ints
    suspect_pattern: Ints


def entities(columns: Columns) -> Ints:
    """For each account the smallest account of its entity."""
    account, value = _distinct(columns)
    holders = np.bincount(value, minlength=len(columns.kinds))
    few = np.array([LINK_RULES[kind].few for kind in KINDS])[columns.kinds]
    all_of = (holders >= 2) & (holders <= few)
    joined = all_of[value]
    left, right = [account[joined]], [value[joined]]
    nodes = len(columns.kinds)
    open_ = (~all_of & (holders >= 2))[value]
    account, value = account[open_], value[open_]
    for pattern in np.unique(columns.suspect_pattern):
        suspected = np.zeros(columns.accounts, dtype=bool)
        suspected[columns.suspect_account[columns.suspect_pattern == pattern]] = True
        mine = suspected[account]
        a, v = account[mine], value[mine]
        counts = np.bincount(v, minlength=len(columns.kinds))
        several = np.flatnonzero(counts >= 2)
        unites = np.zeros(len(counts), dtype=bool)
        unites[several] = unites_suspects_many(columns.kinds[several], holders[several], counts[several])
        keep = unites[v]
        left.append(a[keep])
        right.append(v[keep] + nodes)
        nodes += len(columns.kinds)
    return _components(columns.accounts, np.concatenate(left), np.concatenate(right))


def _distinct(columns: Columns) -> tuple[Ints, Ints]:
    # Most values have one holder and join nothing; only the rest is worth sorting.
    several = np.bincount(columns.value, minlength=len(columns.kinds))[columns.value] > 1
    size = max(len(columns.kinds), 1)
    key = np.unique(columns.account[several] * size + columns.value[several])
    return key // size, key % size


def _components(accounts: int, account: Ints, group: Ints) -> Ints:
    """Smallest labels spread through groups, with labels of labels followed, until nothing changes."""
    label = np.arange(accounts, dtype=np.int64)
    if not len(account):
        return label
    order = np.argsort(group, kind="stable")
    account, group = account[order], group[order]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    while True:
        least = np.repeat(np.minimum.reduceat(label[account], starts), sizes)
        new = label.copy()
        # Hook both the member and the account its label stands for: whole trees move at once.
        np.minimum.at(new, label[account], least)
        np.minimum.at(new, account, least)
        while True:
            further = new[new]
            if np.array_equal(further, new):
                break
            new = further
        if np.array_equal(new, label):
            return label
        label = new
