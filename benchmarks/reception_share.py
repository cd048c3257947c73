"""How much of what customers ask the AI takes care of alone: each message of a file is the first thing a demo shop customer says.

    xinfu init --demo --data DIR
    python benchmarks/reception_share.py DIR FILE --column 2 [--limit N] [--json]

Everything runs in this process and nothing is stored: understanding, look-ups, decisions and previews are the real ones of the demo shop.
A message that seems unfinished is answered as after the pause. `answered` and `handed_over` and so on are what the AI page counts, too.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from xinfu.app import Centre
from xinfu.commerce.model import OrderRow
from xinfu.config import Config
from xinfu.conversations.contracts import Incoming, Message, Reply, Summary
from xinfu.kit.ids import Id, new_id
from xinfu.reception.today import KINDS, kind_of

BATCH = 64


@dataclass(slots=True)
class Shares:
    """Counts of first answers: by kind, why people took over, and by intent and kind."""

    total: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    by_intent: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, reply: Reply) -> None:
        data = (reply.say[0].data or {}) if reply.say else {}
        act, why, intent = (str(data.get(name, "")) for name in ("act", "why", "intent"))
        kind = kind_of(act, why)
        self.total += 1
        self.kinds[kind] += 1
        self.acts[act] += 1
        self.by_intent.setdefault(intent.partition("+")[0], Counter())[kind] += 1
        if reply.handover:
            self.reasons[reply.handover.reason] += 1

    def as_json(self) -> dict[str, Any]:
        return {
            "messages": self.total,
            "kinds": {kind: self.kinds[kind] for kind in KINDS},
            "hand_over_reasons": dict(self.reasons.most_common()),
            "acts": dict(self.acts.most_common()),
            "by_intent": {intent: dict(kinds) for intent, kinds in sorted(self.by_intent.items())},
        }


def messages_in(path: Path, column: int) -> list[str]:
    """Column `column` (from 1) of a tab-separated file; empty ones are left out."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [row[column - 1].strip() for row in rows if len(row) >= column and row[column - 1].strip()]


async def shares(centre: Centre, texts: Sequence[str]) -> Shares:
    """Play each text as the first message of a customer of the demo shop who has orders."""
    async with centre.database.read() as unit:
        rows = (
            await unit.execute(select(OrderRow.shop_id, OrderRow.customer_id).distinct().order_by(OrderRow.customer_id).limit(500))
        ).all()
    buyers = [(row.shop_id, row.customer_id) for row in rows]
    found = Shares()
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        readings = centre.understanding.read(part)
        batch = [
            _first(centre, *buyers[(start + i) % len(buyers)], text, reading)
            for i, (text, reading) in enumerate(zip(part, readings, strict=True))
        ]
        for incoming, reply in zip(batch, await centre.reception.respond(batch), strict=True):
            if reply.wait_s:
                [reply] = await centre.reception.respond([msgspec.structs.replace(incoming, waited=True)])
            found.count(await reply.work() if reply.work else reply)
    return found


def _first(centre: Centre, shop_id: Id, customer_id: Id, text: str, reading: Any) -> Incoming:
    conversation, now = new_id(), centre.clock.ms()
    message = Message(conversation, 1, "customer", customer_id, "访客", "text", text, now)
    return Incoming(Summary(conversation, shop_id, customer_id, "访客", language=reading.language), {}, message, reading, [])


async def play(data: Path, texts: Sequence[str]) -> Shares:
    """The shares for a demo shop that was made in `data`."""
    centre = Centre(Config(data=data))
    await centre.bus.start()
    await centre.settings.start()
    await centre.knowledge.start()
    try:
        return await shares(centre, texts)
    finally:
        await centre.bus.stop()
        centre.knowledge.stop()
        await centre.database.dispose()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("file", type=Path)
    options.add_argument("--column", type=int, default=1)
    options.add_argument("--limit", type=int)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    found = asyncio.run(play(chosen.data, messages_in(chosen.file, chosen.column)[: chosen.limit]))
    if chosen.json:
        json.dump(found.as_json(), sys.stdout, ensure_ascii=False, indent=1)
        return
    for kind in KINDS:
        print(f"{kind:12} {found.kinds[kind]:6} {found.kinds[kind] / max(1, found.total):7.1%}")
    print("handed over: " + ", ".join(f"{reason} {count}" for reason, count in found.reasons.most_common()))


if __name__ == "__main__":
    main()
