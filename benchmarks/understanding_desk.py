"""What the front desk makes of real messages: plays a file at a running centre and reads from its AI page what became of each.

For benchmarks/understanding.py, which says how: `xinfu demo --data DIR --no-simulate` is enough of a centre.
"""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from xinfu.benchmark.replay import ReplayOptions, replay


def shares(url: str, login: str, file: Path, rate: float = 20.0) -> dict[str, Any]:
    """How many answers of each kind the messages got: a new visitor each, counted by the centre itself before and after."""
    with httpx.Client(base_url=url, timeout=60) as client:
        name, _, password = login.partition(":")
        client.post("/api/v1/auth/login", json={"login": name, "password": password}).raise_for_status()
        before = _today(client)
        played = asyncio.run(replay(ReplayOptions(file=file, url=url, column=1, rate=rate)))
        after = _today(client)
    return {
        "offered": played.offered,
        "lost": played.lost,
        "doubled": played.doubled,
        "kinds": {kind: count - before["kinds"].get(kind, 0) for kind, count in after["kinds"].items()},
        "by_reason": {why: count - before["by_reason"].get(why, 0) for why, count in after["by_reason"].items()},
    }


def _today(client: httpx.Client) -> dict[str, Any]:
    found = client.get("/api/v1/ai/today")
    found.raise_for_status()
    return dict(found.json())
