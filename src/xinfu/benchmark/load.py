"""An open-loop load of customers over real sockets: messages leave at their intended times whatever the server does, and every ack,
answer and supervisor event is counted. Latency runs from the intended time, so a stalled server cannot hide its stall."""

import asyncio
import http.client
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

_ASKED = (
    "我的快递到哪了", "你们发什么快递", "怎么退货", "退款多久到账", "可以开发票吗", "降价了可以补差价吗", "在吗", "谢谢",
    "支持哪些付款方式", "保修多久", "会员有什么好处", "优惠券怎么用", "运费谁出", "能送到乡下吗", "几点上班", "怎么修改收货地址",
    "有没有大一码的", "这个是纯棉的吗", "什么时候发货", "包裹破了怎么办",
)  # fmt: skip
_BEFORE = ("", "您好,", "请问", "麻烦问下", "那个,", "亲 ", "想问一下", "客服你好 ")
_AFTER = ("", "?", "呀", "呢", " 谢谢", ",急", "~", "。。")
# 1,280 different sentences, so that no cache of whole questions answers them all.
QUESTIONS = tuple(f"{before}{asked}{after}" for asked in _ASKED for before in _BEFORE for after in _AFTER)


class _Any(msgspec.Struct):
    t: str
    id: str = ""
    seq: int = 0
    code: str = ""


class _Head(msgspec.Struct):
    id: str
    last_seq: int


class _Event(msgspec.Struct):
    t: str
    kind: str = ""
    c: _Head | None = None
    f: list["_Event"] = []


_decode = msgspec.json.Decoder(_Any).decode
_decode_event = msgspec.json.Decoder(_Event).decode


@dataclass(slots=True)
class Tally:
    """What one run saw. Times are seconds from the intended sending."""

    sent: int = 0
    acked: int = 0
    answered: int = 0
    queued: int = 0
    doubled: int = 0
    gaps: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    ack_s: list[float] = field(default_factory=list)
    answer_s: list[float] = field(default_factory=list)
    supervisor_events: int = 0
    supervisor_last: dict[str, int] = field(default_factory=dict)
    disconnects: int = 0


class Customer(WSListener):
    """One customer's socket."""

    def __init__(self, tally: Tally, session: dict[str, Any]) -> None:
        self.tally = tally
        self.conversation_id: str = session["conversation_id"]
        self.transport: WSTransport | None = None
        self.pending: dict[str, float] = {}
        self.unanswered: list[float] = []
        self.last_seq = int(session["last_seq"])
        self.acked: set[str] = set()
        self.people = session["state"] in ("queued", "agent")
        self.n = 0
        self.resumed = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(WSMsgType.TEXT, json.dumps({"t": "resume", "after": self.last_seq}).encode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        self.tally.disconnects += 1

    def send(self, text: str, intended: float) -> None:
        self.n += 1
        self.tally.sent += 1
        client_id = f"b{self.n}"
        self.pending[client_id] = intended
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, f'{{"t":"send","id":"{client_id}","text":"{text}"}}'.encode())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        got = _decode(frame.get_payload_as_bytes())
        tally = self.tally
        match got.t:
            case "ack":
                self._acked(got)
            case "msg":
                self._seen(got.seq)
                if self.unanswered:
                    now = time.perf_counter()
                    tally.answer_s.extend(now - t for t in self.unanswered)
                    tally.answered += len(self.unanswered)
                    self.unanswered.clear()
            case "state":
                self.people = b'"queued"' in frame.get_payload_as_bytes() or b'"agent"' in frame.get_payload_as_bytes()
                if self.people:
                    tally.queued += len(self.unanswered)
                    self.unanswered.clear()
            case "resumed":
                if not self.resumed.done():
                    self.resumed.set_result(None)
            case "error":
                tally.errors[got.code] = tally.errors.get(got.code, 0) + 1
                self.pending.pop(got.id, None)
            case _:
                pass

    def _acked(self, got: _Any) -> None:
        intended = self.pending.pop(got.id, None)
        if intended is None:
            self.tally.doubled += 1
            return
        self.tally.acked += 1
        self.tally.ack_s.append(time.perf_counter() - intended)
        self._seen(got.seq)
        if self.people:
            self.tally.queued += 1
        else:
            self.unanswered.append(intended)

    def _seen(self, seq: int) -> None:
        if seq <= self.last_seq:
            self.tally.doubled += 1
        elif seq != self.last_seq + 1:
            self.tally.gaps += 1
        self.last_seq = max(self.last_seq, seq)


class Supervisor(WSListener):
    """A lead's wall: counts conversation events and remembers how far each conversation was seen."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(WSMsgType.TEXT, b'{"t":"wall","on":true}')

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            event = _decode_event(frame.get_payload_as_bytes())
            for one in event.f if event.t == "batch" else (event,):
                if one.kind == "conversation" and one.c is not None:
                    self.tally.supervisor_events += 1
                    self.tally.supervisor_last[one.c.id] = one.c.last_seq


@dataclass(frozen=True, slots=True)
class Server:
    """The centre under load, over plain HTTP."""

    url: str

    @property
    def ws(self) -> str:
        return "ws" + self.url.removeprefix("http")

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any, dict[str, str]]:
        """One request. Returns (status, decoded body, cookies)."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=60)
        try:
            return _exchange(connection, method, path, body, headers or {})
        finally:
            connection.close()

    def sessions(self, shop: str, count: int, visitors: str) -> list[dict[str, Any]]:
        """Open `count` chats, over a few kept-alive connections."""

        def some(numbers: Sequence[int]) -> list[dict[str, Any]]:
            parts = urlsplit(self.url)
            connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=60)
            out = []
            for n in numbers:
                status, body, _ = _exchange(
                    connection, "POST", "/api/v1/widget/sessions", {"shop": shop, "visitor": f"bench-{visitors}-{n}"}, {}
                )
                if status != 200:
                    raise RuntimeError(f"session refused: {status} {body}")
                out.append(body)
            connection.close()
            return out

        with ThreadPoolExecutor(8) as pool:
            return [s for part in pool.map(some, [range(i, count, 8) for i in range(8)]) for s in part]

    def process(self) -> dict[str, float]:
        """Resident bytes and CPU seconds of the server, from its own /metrics."""
        _, text, _ = self.call("GET", "/metrics")
        wanted = {"process_resident_memory_bytes": "rss", "process_cpu_seconds_total": "cpu_s"}
        found = (line.split(" ") for line in str(text).splitlines() if line and line[0] != "#")
        return {wanted[name]: float(value) for name, value in found if name in wanted}


async def connect(server: Server, sessions: list[dict[str, Any]], tally: Tally) -> list[Customer]:
    """Open all sockets, a hundred at a time, and wait until each is live."""
    customers: list[Customer] = []

    async def one(session: dict[str, Any]) -> Customer:
        customer = Customer(tally, session)
        await ws_connect(
            lambda: customer, f"{server.ws}/ws/customer?token={session['token']}",
            read_buffer_init_size=2048, websocket_handshake_timeout=60,
        )  # fmt: skip
        await asyncio.wait_for(customer.resumed, 60)
        return customer

    for start in range(0, len(sessions), 100):
        customers.extend(await asyncio.gather(*(one(s) for s in sessions[start : start + 100])))
    return customers


async def offer(customers: list[Customer], rate: float, seconds: float, tally: Tally) -> float:
    """Send at `rate` for `seconds`, round-robin; then wait up to 20 s for what is still under way. Returns the seconds taken to offer."""
    begin = time.perf_counter()
    total, sent = int(rate * seconds), 0
    while sent < total:
        due = min(total, int((time.perf_counter() - begin) * rate) + 1)
        while sent < due:
            customers[sent % len(customers)].send(QUESTIONS[(sent * 37 + sent // len(customers)) % len(QUESTIONS)], begin + sent / rate)
            sent += 1
        await asyncio.sleep(0.001)
    took = time.perf_counter() - begin
    for _ in range(200):
        if not any(c.pending or c.unanswered for c in customers):
            break
        await asyncio.sleep(0.1)
    return took


def _exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]
) -> tuple[int, Any, dict[str, str]]:
    payload = None if body is None else json.dumps(body).encode()
    connection.request(method, path, payload, {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    raw = response.read()
    cookies = {}
    for value in response.headers.get_all("Set-Cookie") or []:
        name, _, rest = value.partition("=")
        cookies[name] = rest.partition(";")[0]
    is_json = "json" in (response.headers.get("Content-Type") or "")
    return response.status, json.loads(raw) if is_json and raw else raw.decode(errors="replace"), cookies
