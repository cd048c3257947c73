"""Two storms: everyone opens the chat at the same moment, and every open chat drops and comes back at the same moment.

    python benchmarks/storm.py --url http://127.0.0.1:8600 --customers 5000

First, each customer makes their session, opens the socket and has the thread; then all say something and drop before the ack, and come back
each with their cursor and that message. Prints how long they wait, and proves that nothing was lost, doubled or out of order. Exit code 1
when it was, or when someone was not there in time.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from wire import Wire, spread

from xinfu.benchmark.load import Server
from xinfu.kit.ids import new_id

TROUBLE = (OSError, TimeoutError, WSError, asyncio.IncompleteReadError)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--url", default="http://127.0.0.1:8600")
    options.add_argument("--shop", default="")
    options.add_argument("--customers", type=int, default=5000)
    options.add_argument("--within", type=float, default=60.0, help="seconds by which all must be there")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a socket is an open file
    report = uvloop.run(storms(Server(chosen.url), chosen.shop, chosen.customers, chosen.within))
    print(json.dumps(report) if chosen.json else "\n".join(f"{name:<10} {value}" for name, value in report.items()))
    proof = report["proof"]
    failed = report["first"]["failed"] + report["back"]["failed"] + proof["lost"] + proof["doubled"] + proof["gaps"]
    sys.exit(1 if failed else 0)


class Stormer(WSListener):
    """One customer over all their sockets: what was acked, and every seq with the id of the message that has it."""

    def __init__(self, visitor: str) -> None:
        self.visitor = visitor
        self.token = ""
        self.session_s = 0.0
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


async def storms(server: Server, shop: str, count: int, within_s: float) -> dict[str, Any]:
    """Everyone for the first time, then everyone again; then hold acks against what is stored."""
    run = new_id()[-8:]
    customers = [Stormer(f"storm-{run}-{n}") for n in range(count)]
    first = await _at_once(server, customers, within_s, lambda c, left: _come(server, shop, c, left))
    first["session"] = spread([c.session_s for c in customers if c.token])
    there = [c for c in customers if c.transport is not None]
    for customer in there:
        customer.say()
        assert customer.transport
        customer.transport.disconnect()  # cut with the words on their way: stored or not, the customer cannot know
    back = await _at_once(server, there, within_s, lambda c, left: _open(server, c, left))
    waiting = [c for c in there if c.resumed.done() and not c.resumed.cancelled()]
    for customer in waiting:
        customer.say()
    await asyncio.wait([c.acked for c in waiting], timeout=within_s)
    proof = {"lost": sum(not c.acks for c in there), "gaps": sum(c.gaps for c in there), "doubled": sum(c.doubled for c in there)}
    return {"customers": count, "first": first, "back": back, "proof": proof}


async def _at_once(
    server: Server, customers: list[Stormer], within_s: float, arrive: Callable[[Stormer, float], Awaitable[None]]
) -> dict[str, Any]:
    """All arrive at the same moment and try until they are there; what that took them, the server and this program."""
    before, own = await asyncio.to_thread(server.process), time.process_time()
    begin = time.perf_counter()

    async def one(customer: Stormer) -> float | None:
        while (left := within_s - (time.perf_counter() - begin)) > 0:
            customer.resumed = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(arrive(customer, left), left)
            except TROUBLE:
                await asyncio.sleep(0.2)
                continue
            return time.perf_counter() - begin
        return None

    waits = await asyncio.gather(*(one(c) for c in customers))
    after = await asyncio.to_thread(server.process)
    there = [w for w in waits if w is not None]
    return {
        "failed": len(customers) - len(there),
        "wait": spread(there),
        "server_cpu_s": round(after["cpu_s"] - before["cpu_s"], 2),
        "own_cpu_s": round(time.process_time() - own, 2),  # of this very program, which shares the machine with the server
        "server_rss_mb": round(after["rss"] / 1e6, 1),
    }


async def _come(server: Server, shop: str, customer: Stormer, left: float) -> None:
    """A customer's first steps: the session over a connection of their own, then the socket. Raises what is in TROUBLE."""
    if not customer.token:
        begin = time.perf_counter()
        wire = Wire(server.url)
        try:
            status, body = await wire.call("POST", "/api/v1/widget/sessions", {"shop": shop, "visitor": customer.visitor})
        finally:
            await wire.close()
        if status != 200:
            raise OSError(status, body[:200])
        customer.session_s, customer.token = time.perf_counter() - begin, json.loads(body)["token"]
    await _open(server, customer, left)


async def _open(server: Server, customer: Stormer, left: float) -> None:
    """Raises OSError, TimeoutError, WSError."""
    await ws_connect(
        lambda: customer, f"{server.ws}/ws/customer?token={customer.token}",
        read_buffer_init_size=2048, websocket_handshake_timeout=left,
    )  # fmt: skip
    await customer.resumed


if __name__ == "__main__":
    main()
