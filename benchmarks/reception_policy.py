"""What the front desk costs per message in CPU time of one core, look-ups from memory: median and p95 over batches, by kind of message.

    python benchmarks/reception_policy.py [--batch 64] [--rounds 200] [--json]

Each round is a batch of different conversations in their first or second turn; the cost of understanding and storing is not in it.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.reception.desk import ME, SHOP, Desk, a_reading, an_order

from xinfu.conversations.contracts import Incoming, Message, Summary

KINDS = {
    "greeting": ("在吗", "greeting"),
    "thanks": ("谢谢", "thanks_bye"),
    "order": ("我的快递到哪了", "logistics_tracking"),
    "policy": ("怎么开发票", "invoice"),
    "attribute": ("青岚T恤什么面料", "product_attribute"),
    "price": ("青岚T恤多少钱", "price"),
    "hand-over": ("转人工", "human_request"),
    "not understood": ("嗯那个啥来着", "unknown"),
}


def batch_of(kind: str, size: int, memories: list[dict[str, Any]]) -> list[Incoming]:
    text, intent = KINDS[kind]
    reading = a_reading(intent)
    return [
        Incoming(
            Summary(f"{i:032x}", SHOP, ME, "访客"),
            memories[i],
            Message(f"{i:032x}", 1, "customer", ME, "访客", "text", text, 0),
            reading,
            [],
        )
        for i in range(size)
    ]


def stand_ins_from_memory(desk: Desk) -> None:
    """Let the stand-ins for catalogue and knowledge answer the same question from memory: their cost is not ours."""
    shelf, papers = desk.reception._products, desk.reception._knowledge
    found: dict[tuple[str, str], Any] = {}
    search_products, search_papers = shelf.search, papers.search

    async def products(shop_id: str, text: str, limit: int = 5) -> Any:
        if ("product", text) not in found:
            found["product", text] = await search_products(shop_id, text, limit)
        return found["product", text]

    def articles(shop_id: str, query: str, audience: str = "customer", limit: int = 5) -> Any:
        if ("article", query) not in found:
            found["article", query] = search_papers(shop_id, query, "customer", limit)
        return found["article", query]

    shelf.search, papers.search = products, articles


async def measure(kind: str, size: int, rounds: int) -> dict[str, float]:
    desk = Desk(an_order())
    stand_ins_from_memory(desk)
    costs = []
    memories: list[dict[str, Any]] = [{} for _ in range(size)]
    for round_ in range(rounds):
        batch = batch_of(kind, size, memories)
        begun = time.thread_time_ns()
        replies = await desk.reception.respond(batch)
        costs.append((time.thread_time_ns() - begun) / size / 1000)
        memories = [{} for _ in range(size)] if round_ % 2 else [r.memory or {} for r in replies]
    return {"median_us": round(statistics.median(costs), 1), "p95_us": round(statistics.quantiles(costs, n=20)[-1], 1)}


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    found = {kind: await measure(kind, chosen.batch, chosen.rounds) for kind in KINDS}
    if chosen.json:
        print(json.dumps({"batch": chosen.batch, "rounds": chosen.rounds, "kinds": found}, ensure_ascii=False))
        return
    for kind, cost in found.items():
        print(f"{kind:16} {cost['median_us']:7.1f} µs median {cost['p95_us']:7.1f} µs p95 per message")


if __name__ == "__main__":
    asyncio.run(main())
