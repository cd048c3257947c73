"""How fast entities are kept: one new fact in a book of many, and a whole rebuild of a million accounts.

python benchmarks/risk_speed.py --accounts 1000000 --book 50000
"""

import argparse
import gc
import json
import random
import time

import numpy as np

from xinfu.risk.contracts import Kind, Pattern
from xinfu.risk.links import LinkBook
from xinfu.risk.policy import KINDS
from xinfu.risk.rebuild import Columns, entities


def columns(accounts: int, seed: int) -> Columns:
    """Each account with a device, a payee, an address and a network; one in fifty in a ring of about twenty, many in dormitories."""
    rng = np.random.default_rng(seed)
    who = np.arange(accounts)
    ringed = rng.random(accounts) < 0.02
    ring = rng.integers(0, max(accounts // 1000, 1), accounts)
    parts, kinds, base = [], [], 0
    for kind, pool in ((Kind.DEVICE, 4), (Kind.PAYEE, 3), (Kind.ADDRESS, 4), (Kind.IP, 2)):
        own = np.where(rng.random(accounts) < 0.1, rng.integers(0, max(accounts // 500, 1), accounts), accounts // 500 + who)
        fresh = own if kind in (Kind.ADDRESS, Kind.IP) else accounts // 500 + who
        value = np.where(ringed, accounts // 500 + accounts + ring * pool + rng.integers(0, pool, accounts), fresh)
        parts.append(value + base)
        size = int(value.max()) + 1
        kinds.append(np.full(size, KINDS.index(kind), dtype=np.int8))
        base += size
    signed = np.flatnonzero(ringed & (rng.random(accounts) < 0.7) | (rng.random(accounts) < 0.005))
    patterns = np.where(ringed[signed], ring[signed] % len(Pattern), rng.integers(0, len(Pattern), len(signed)))
    return Columns(accounts, np.tile(who, 4), np.concatenate(parts), np.concatenate(kinds), signed, patterns)


def updates(accounts: int, seed: int) -> list[float]:
    """Seconds of each of the last 20,000 facts put into a book of so many accounts, in random order."""
    data = columns(accounts, seed)
    facts: list[tuple[int, int, int]] = [(a, v, -1) for a, v in zip(data.account.tolist(), data.value.tolist(), strict=True)]
    facts += [(a, -1, p) for a, p in zip(data.suspect_account.tolist(), data.suspect_pattern.tolist(), strict=True)]
    random.Random(seed).shuffle(facts)
    book, patterns = LinkBook(), tuple(Pattern)
    kinds = [KINDS[k] for k in data.kinds.tolist()]
    gc.collect()
    gc.freeze()
    seconds = []
    for i, (account, value, pattern) in enumerate(facts):
        began = time.perf_counter()
        if value >= 0:
            book.add(str(account), kinds[value], str(value))
        else:
            book.suspect(str(account), frozenset((patterns[pattern],)))
        if i >= len(facts) - 20_000:
            seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--accounts", type=int, default=1_000_000)
    p.add_argument("--book", type=int, default=50_000)
    p.add_argument("--seed", type=int, default=1)
    k = p.parse_args()
    data = columns(k.accounts, k.seed)
    began = time.perf_counter()
    labels = entities(data)
    rebuild = time.perf_counter() - began
    sizes = np.bincount(labels)
    taken = np.array(updates(k.book, k.seed)) * 1000
    figures = {
        "accounts": k.accounts,
        "facts": len(data.account),
        "rebuild_s": round(rebuild, 2),
        "entities_of_several": int((sizes > 1).sum()),
        "largest": int(sizes.max()),
        "update_p50_ms": round(float(np.percentile(taken, 50)), 4),
        "update_p99_ms": round(float(np.percentile(taken, 99)), 4),
        "update_p999_ms": round(float(np.percentile(taken, 99.9)), 4),
        "update_max_ms": round(float(taken.max()), 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
