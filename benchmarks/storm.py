"""A storm of reconnections: every open chat drops at once and comes back at once, each with its cursor and a message that was not acked.

    python benchmarks/storm.py --url http://127.0.0.1:8600 --customers 5000

Prints how long a customer waits from the drop until the thread is complete again, and proves that nothing was lost, doubled or out of
order. Exit code 1 when it was, or when someone was not back in time.
"""

import argparse
import asyncio
import contextlib
import json
import resource
import sys
import time
from typing import Any

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from xinfu.benchmark.load import Server
from xinfu.benchmark.replay import percentile
from xinfu.kit.ids import new_id


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--url", default="http://127.0.0.1:8600")
    options.add_argument("--shop", default="")
    options.add_argument("--customers", type=int, default=5000)
    options.add_argument("--within", type=float, default=60.0, help="seconds by which all must be back")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a socket is an open file
    report = asyncio.run(storm(Server(chosen.url), chosen.shop, chosen.customers, chosen.within))
    print(json.dumps(report) if chosen.json else "\n".join(f"{name:<16}{value:>12}" for name, value in report.items()))
    sys.exit(1 if report["lost"] or report["doubled"] or report["gaps"] or report["late"] else 0)


class Stormer(WSListener):
    """One customer over both sockets: what was acked, and every seq with the id of the message that has it."""

    def __init__(self, session: dict[str, Any]) -> None:
        self.token: str = session["token"]
        self.seen: dict[int, str] = {}
        self.acks: dict[str, int] = {}
        self.doubled = 0
        self.resumed = asyncio.get_running_loop().create_future()
        self.acked = asyncio.get_running_loop().create_future()
        self.transport: WSTransport | None = None

    @property
    def gaps(self) -> int:
        known = self.seen.keys() | set(self.acks.values())
        return max(known, default=0) - len(known)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(WSMsgType.TEXT, b'{"t":"resume","after":%d}' % max(self.seen, default=0))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        got = json.loads(frame.get_payload_as_bytes())
        if got["t"] == "resumed" and not self.resumed.done():
            self.resumed.set_result(None)
        elif got["t"] == "ack":
            self.doubled += self.acks.setdefault(got["id"], got["seq"]) != got["seq"]
            if not self.acked.done():
                self.acked.set_result(None)
        elif got["t"] == "msg":
            own = got.get("id", "")
            self.doubled += self.seen.setdefault(got["seq"], own) != own
            self.doubled += bool(own) and list(self.seen.values()).count(own) > 1

    def say(self) -> None:
        assert self.transport
        self.transport.send(WSMsgType.TEXT, b'{"t":"send","id":"storm","text":"\xe5\x9c\xa8\xe5\x90\x97"}')


async def storm(server: Server, shop: str, count: int, within_s: float) -> dict[str, Any]:
    """Open all, let each say one thing, drop all before the ack, bring all back; then hold acks against what is stored."""
    sessions = await asyncio.to_thread(server.sessions, shop, count, new_id()[-8:])
    customers = [Stormer(s) for s in sessions]
    for start in range(0, count, 100):
        await asyncio.gather(*(_open(server, c, within_s) for c in customers[start : start + 100]))
    for customer in customers:
        customer.say()
        assert customer.transport
        customer.transport.disconnect()  # cut with the words on their way: stored or not, the customer cannot know
    dropped = time.perf_counter()
    waits = await asyncio.gather(*(_back(server, c, dropped, within_s) for c in customers))
    back = [w for w in waits if w is not None]
    return {
        "customers": count,
        "late": count - len(back),
        "median_s": round(percentile(back, 0.5), 2),
        "p99_s": round(percentile(back, 0.99), 2),
        "all_s": round(max(back, default=0.0), 2),
        "lost": sum(not c.acks for c in customers),
        "gaps": sum(c.gaps for c in customers),
        "doubled": sum(c.doubled for c in customers),
    }


async def _open(server: Server, customer: Stormer, within_s: float) -> None:
    """Raises OSError, TimeoutError, WSError."""
    customer.resumed = asyncio.get_running_loop().create_future()
    await ws_connect(
        lambda: customer, f"{server.ws}/ws/customer?token={customer.token}",
        read_buffer_init_size=2048, websocket_handshake_timeout=within_s,
    )  # fmt: skip
    await asyncio.wait_for(customer.resumed, within_s)


async def _back(server: Server, customer: Stormer, dropped: float, within_s: float) -> float | None:
    """Reconnect and resume until it works, then say it again. Returns the wait in seconds, None when it took too long."""
    while (left := within_s - (time.perf_counter() - dropped)) > 0:
        try:
            await _open(server, customer, left)
        except (OSError, TimeoutError, WSError):
            await asyncio.sleep(0.2)
            continue
        waited = time.perf_counter() - dropped
        customer.say()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(customer.acked, within_s)
        return waited
    return None


if __name__ == "__main__":
    main()
