"""How many after-sales decisions a second the pure policy makes on one core.

    python benchmarks/case_decisions.py [--seconds 5] [--seed 1] [--json OUT.json]

Each decision is one wish judged by cn-default over an order of 1 to 6 lines with coupons, earlier cases and every kind and reason, and the
first step of the life of the case it would become. Wishes are drawn beforehand; only judging is timed. The floor is 1,000 a second.
"""

import argparse
import json
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from xinfu.aftersales import Packs, eligible
from xinfu.aftersales.contracts import Facts, Kind, LineFacts, Reason, Wish, WishItem
from xinfu.aftersales.lifecycle import Standing, step
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
CATEGORIES = ("服饰", "手机", "家电", "美妆", "生鲜", "定制", "图书")


def drawn(rng: random.Random) -> tuple[Wish, Facts]:
    """One wish about one order, of any kind; some name too much, some come too late."""
    lines = []
    for position in range(rng.randint(1, 6)):
        quantity, price = rng.randint(1, 5), rng.randint(500, 200_000)
        lines.append(
            LineFacts(
                position, f"SKU{position}", f"商品{position}", rng.choice(CATEGORIES), quantity, Money(price),
                Money(price - rng.randint(-500, 500)), rng.random() < 0.2, rng.randint(0, quantity) if rng.random() < 0.2 else 0,
            )
        )  # fmt: skip
    goods = sum(line.price.minor * line.quantity for line in lines)
    total = Money(max(1, goods - rng.randint(0, goods // 3)) + 600)
    delivered = NOW - timedelta(days=rng.uniform(0, 40))
    facts = Facts(
        NOW, ZONE, rng.choice(("delivered", "delivered", "delivered", "shipped", "paid")), True, delivered - timedelta(days=3),
        delivered - timedelta(days=3), delivered, total, Money(600), total, Money(0), 0, tuple(lines),
    )  # fmt: skip
    named = rng.sample(lines, rng.randint(0, len(lines)))
    wish = Wish(
        kind=rng.choice(get_args(Kind.__value__)), reason=rng.choice(get_args(Reason.__value__)),
        items=tuple(WishItem(line=line.position, quantity=rng.randint(1, line.quantity)) for line in named),
        photos=(new_id(),) if rng.random() < 0.5 else (),
    )  # fmt: skip
    return wish, facts


def measure(seconds: float, seed: int) -> dict[str, object]:
    rng = random.Random(seed)
    cases, pack = [drawn(rng) for _ in range(5_000)], Packs.shipped().version("", "cn-default", 1)
    verdicts: Counter[str] = Counter()
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for wish, facts in cases:
            try:
                decision = eligible(wish, facts, pack)
            except Refusal:
                verdicts["named wrongly"] += 1
                continue
            verdicts[decision.verdict] += 1
            if decision.allowed:
                step(Standing(wish.kind, "open", decision.total.minor, grant="points" if wish.kind == "goodwill" else ""), "accept")
        done += len(cases)
    took = time.perf_counter() - begun
    shares = {name: round(n / done, 3) for name, n in verdicts.most_common()}
    return {"decisions": done, "seconds": round(took, 2), "per_second": round(done / took), "shares": shares, "seed": seed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = measure(given.seconds, given.seed)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if given.json:
        given.json.write_text(text + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
