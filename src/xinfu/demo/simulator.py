"""Simulated customers: they come in over HTTP and the socket like anyone else, tell a story, react to what they hear, and leave.

Outside the centre in every way that matters: nothing here touches a service or the database. A visit that fails is logged and forgotten.
"""

import asyncio
import contextlib
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from xinfu.demo import stories
from xinfu.demo.guests import Guest
from xinfu.kit.ids import new_id

log = structlog.get_logger()

_RECONNECTS = 3
_QUIET_FOR_S = 1800.0  # how long a hand-over counts as waiting, as long as conversations stay open without a word


class Simulator:
    """Keeps up to `at_once` visits going, a new one about every `every_s` seconds. `pace` scales thinking and patience (tests: near 0)."""

    def __init__(
        self,
        base_url: str,
        shop: str,
        guest: Callable[[], Awaitable[Guest]],
        at_once: int = 6,
        every_s: float = 8.0,
        pace: float = 1.0,
        crowd: int = 8,
    ) -> None:
        self._base, self._shop, self._guest = base_url.rstrip("/"), shop, guest
        self._at_once, self._every_s, self._pace, self._crowd = at_once, every_s, pace, crowd
        self._rng = Random()  # noqa: S311 - small talk, not secrets
        self._door: asyncio.Task[None] | None = None
        self._visits: set[asyncio.Task[None]] = set()
        self._handed_over: list[float] = []

    @property
    def running(self) -> bool:
        return self._door is not None and not self._door.done()

    async def start(self) -> None:
        if not self.running:
            self._door = asyncio.create_task(self._open_door(), name="simulator")

    async def stop(self) -> None:
        """Everybody leaves at once."""
        tasks = [*self._visits, *([self._door] if self._door else [])]
        self._door = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _open_door(self) -> None:
        while True:
            await asyncio.sleep(self._every_s * (0.5 + self._rng.random()))
            if len(self._visits) < self._at_once:
                visit = asyncio.create_task(self._visit(), name="simulated visit")
                self._visits.add(visit)
                visit.add_done_callback(self._visits.discard)

    async def _visit(self) -> None:
        try:
            guest = await self._guest()
            since = time.monotonic() - _QUIET_FOR_S
            self._handed_over = [t for t in self._handed_over if t > since]
            story = stories.choose(self._rng, guest.english, guest.has_orders, quiet=len(self._handed_over) >= self._crowd)
            visit = Visit(self._base, self._shop, guest, story, self._rng, self._pace)
            await visit.run()
            if visit.state in ("queued", "agent"):
                self._handed_over.append(time.monotonic())
        except (OSError, WebSocketException, TimeoutError, ValueError, KeyError) as e:
            log.info("simulator.visit_ended", why=type(e).__name__)
        except Exception:
            log.exception("simulator.visit_failed")


class Visit:
    """One customer's visit: a session, a socket that is opened again when it breaks, and a story told over it."""

    def __init__(self, base: str, shop: str, guest: Guest, story: stories.Story, rng: Random, pace: float) -> None:
        self._base, self._shop, self._guest, self._story, self._rng, self._pace = base, shop, guest, story, rng, pace
        self.state = "ai"
        self.said: list[str] = []
        self.heard: list[str] = []
        self.rated: int | None = None
        self._token = ""
        self._last_seq = 0
        self._cards: list[str] = []
        self._rating_asked = False
        self._answers = 0
        self._news = asyncio.Event()
        self._unacked: dict[str, dict[str, Any]] = {}
        self._socket: ClientConnection | None = None

    async def run(self) -> None:
        locale = "en" if self._guest.english else "zh-CN"
        body = {"shop": self._shop, "identity_token": self._guest.token, "locale": locale}
        session = await asyncio.to_thread(_post, f"{self._base}/api/v1/widget/sessions", body)
        self._token, self._last_seq, self.state = session["token"], session["last_seq"], session["state"]
        listening = asyncio.create_task(self._listen(), name="simulated ear")
        telling = asyncio.create_task(self._tell(), name="simulated mouth")
        try:
            await asyncio.wait((listening, telling), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (listening, telling):
                task.cancel()
            results = await asyncio.gather(listening, telling, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _listen(self) -> None:
        """Reads until cancelled; on a broken connection opens another, resumes, and sends again what was not acknowledged."""
        address = f"{self._base.replace('http', 'ws', 1)}/ws/customer?token={urllib.parse.quote(self._token)}"
        for attempt in range(_RECONNECTS + 1):
            with contextlib.suppress(ConnectionClosed):
                async with connect(address, max_size=2**20, compression=None, proxy=None) as socket:
                    await socket.send(json.dumps({"t": "resume", "after": self._last_seq}))
                    for frame in list(self._unacked.values()):
                        await socket.send(json.dumps(frame))
                    self._socket = socket
                    async for text in socket:
                        self._take(json.loads(text))
            self._socket = None
            await asyncio.sleep((1 + attempt * 2) * self._pace)
        raise ConnectionError("the centre is away")

    def _take(self, frame: dict[str, Any]) -> None:
        kind = frame.get("t")
        if kind in ("ack", "error"):  # stored, or refused for good
            self._unacked.pop(frame.get("id", ""), None)
        elif kind == "msg":
            self._last_seq = max(self._last_seq, frame["seq"])
            if frame["from"] in ("ai", "agent"):
                self._answers += 1
                self.heard.append(frame.get("text", ""))
                self._cards = [o["no"] for o in (frame.get("data") or {}).get("orders", ())] or self._cards
        elif kind == "state":
            self.state = frame["state"]
        elif kind == "rate":
            self._rating_asked = True
        self._news.set()

    async def _tell(self) -> None:
        await self._until(lambda: self._socket is not None, 20)
        for step in self._story.steps:
            if not stories.applies(step, self.heard[-1] if self.heard else "", bool(self._cards)):
                continue
            await self._think(2, 6)
            before = self._answers
            await self._do(step)
            if not await self._answered(before):
                return
        if self._story.thanks and self._rng.random() < 0.8:
            await self._think(2, 5)
            before = self._answers
            await self._say((self._rng.choice(self._story.thanks),))
            await self._answered(before)
        await self._until(lambda: self._rating_asked, 12)
        if self._rating_asked:
            self.rated = stories.score(self._rng, self._story.mood)
            await self._send({"t": "rate", "score": self.rated, "tags": []})
            await self._think(0.5, 1)

    async def _answered(self, before: int) -> bool:
        """Waits for an answer; a waiting customer asks once whether anybody is there, then gives up."""
        if await self._until(lambda: self._answers > before, 20 if self.state == "ai" else 90):
            return True
        await self._say(("Hello? Anyone there?",) if self._guest.english else (self._rng.choice(("人呢？", "还在吗", "有人吗")),))
        return await self._until(lambda: self._answers > before, 120)

    async def _do(self, step: stories.Step) -> None:
        if step.human:
            await self._send({"t": "human"})
        elif step.card and (no := await self._card()):
            await self._send({"t": "send", "id": new_id(), "kind": "order", "order": no})
        else:
            await self._say(stories.words(self._rng, step.ways, self._guest.english))

    async def _card(self) -> str | None:
        if not self._cards:
            cards = await asyncio.to_thread(_get, f"{self._base}/api/v1/widget/orders", self._token)
            self._cards = [card["no"] for card in (cards if isinstance(cards, list) else cards.get("items", []))]
        return self._cards[0] if self._cards else None

    async def _say(self, messages: tuple[str, ...]) -> None:
        for text in messages:
            self.said.append(text)
            await self._send({"t": "typing"})
            await asyncio.sleep((0.3 + len(text) * 0.12 * self._rng.random()) * self._pace)
            await self._send({"t": "send", "id": new_id(), "text": text})

    async def _send(self, frame: dict[str, Any]) -> None:
        """A message without a connection waits in `_unacked` for the next one; anything else is let go."""
        if frame["t"] == "send":
            self._unacked[frame["id"]] = frame
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(json.dumps(frame))

    async def _think(self, least: float, most: float) -> None:
        await asyncio.sleep((least + (most - least) * self._rng.random()) * self._pace)

    async def _until(self, done: Callable[[], bool], seconds: float) -> bool:
        """True when `done` became true within the time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds * self._pace, 0.5)):
                while not done():
                    self._news.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), 0.5)
        return done()


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 - our own address
    return dict(_read(request))


def _get(url: str, token: str) -> Any:
    return _read(urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}))  # noqa: S310


def _read(request: urllib.request.Request) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=15) as response:
        return json.load(response)
