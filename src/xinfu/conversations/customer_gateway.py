"""The customer's socket (docs/protocol.md section 1): raw ASGI, with the short cut of kit.websocket where the server has it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import structlog

from xinfu.conversations import frames
from xinfu.conversations.cards import Attachment, Attachments
from xinfu.conversations.errors import TokenInvalid
from xinfu.conversations.frames import CustomerFrame, Send
from xinfu.conversations.intake import CustomerSays
from xinfu.conversations.live import Live
from xinfu.conversations.metrics import REFUSED, SOCKETS
from xinfu.conversations.outbox import Outbox
from xinfu.conversations.service import Conversations
from xinfu.conversations.sessions import Sessions, Ticket
from xinfu.kit.errors import Invalid, NotFound, RateLimited, Refusal, StorageUnavailable, TooLarge
from xinfu.kit.i18n import Locale, choose
from xinfu.kit.text import clean
from xinfu.kit.websocket import Wire, wire_of

log = structlog.get_logger()

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type SendAsgi = Callable[[dict[str, Any]], Awaitable[None]]

BURST, PER_SECOND = 20.0, 5.0
BAD_FRAMES = 50
PAGE = 200
STORE_RETRY_S = 3
SILENT_START_S = 2.0  # a client that never says resume goes live on its own


class CustomerGateway:
    """Accepts customer sockets and serves each until it closes."""

    def __init__(self, sessions: Sessions, conversations: Conversations, live: Live, attachments: Attachments) -> None:
        self.sessions = sessions
        self.conversations = conversations
        self.live = live
        self.attachments = attachments

    async def __call__(self, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        query = parse_qs(scope["query_string"].decode("latin-1"))
        locale = choose(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))
        try:
            ticket = self.sessions.check(query.get("token", [""])[0])
        except TokenInvalid as refusal:
            await send({"type": "websocket.send", "text": frames.error_frame(refusal, locale)})
            await send({"type": "websocket.close", "code": 4401})
            return
        socket = CustomerSocket(self, ticket, locale, wire_of(scope))
        self.live.join(ticket.conversation_id, socket)
        SOCKETS.labels("customer").inc()
        try:
            await socket.serve(receive, send)
        finally:
            SOCKETS.labels("customer").dec()
            self.live.leave(ticket.conversation_id, socket)


class CustomerSocket:
    """One open socket: its cursor, its manners, and whether it is live or still catching up."""

    def __init__(self, gateway: CustomerGateway, ticket: Ticket, locale: Locale, wire: Wire | None = None) -> None:
        self._gateway = gateway
        self._ticket = ticket
        self._locale = locale
        self._wire = wire
        self.outbox = Outbox(wire=wire)
        self._sent = 0  # the highest seq this client was sent or acked, with nothing missing before it
        self._live = False
        self._catching: asyncio.Task[None] | None = None
        self._acked: set[int] = set()  # own messages acked while catching up: not to be sent a second time
        self._tokens, self._refilled = BURST, asyncio.get_running_loop().time()
        self._bad = 0
        self._typed = 0.0
        self._waiting: deque[CustomerFrame] = deque()  # behind a frame that takes a while, so that order is kept
        self._busy: asyncio.Task[None] | None = None

    async def serve(self, receive: Receive, send: SendAsgi) -> None:
        loop = asyncio.get_running_loop()
        silent = loop.call_later(SILENT_START_S, self._start_if_silent)
        if self._wire:
            self._wire.take(self._take)
        reading = loop.create_task(self._receive(receive))
        sending = loop.create_task(self.outbox.pump(send))
        try:
            await asyncio.wait({reading, sending}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not sending.cancelled() and sending.exception() is None:
                await asyncio.wait_for(send({"type": "websocket.close", "code": sending.result()}), 1)
        except (TimeoutError, OSError, RuntimeError):
            pass
        finally:
            silent.cancel()
            for task in (reading, sending, self._catching, self._busy):
                if task:
                    task.cancel()
            await asyncio.gather(reading, sending, return_exceptions=True)

    # pushed by Live and by intake, always from the loop

    def deliver(self, seq: int, frame: str) -> None:
        if not self._live or seq <= self._sent:
            return
        if seq == self._sent + 1:
            self._sent = seq
            self.outbox.put(frame)
        else:
            self._catch_up()

    def stored(self, client_id: str, seq: int, at: int) -> None:
        if self._live and seq == self._sent + 1:
            self._sent = seq
        elif seq > self._sent:
            self._acked.add(seq)
        self.outbox.put(frames.ack_frame(client_id, seq, at))

    def refused(self, client_id: str, refusal: Refusal) -> None:
        self.outbox.put(frames.error_frame(refusal, self._locale, client_id))

    # receiving

    async def _receive(self, receive: Receive) -> None:
        """What comes by ASGI's way: the end of the socket, and every message where there is no short cut."""
        while (event := await receive())["type"] != "websocket.disconnect":
            self._take(event.get("text") or event.get("bytes") or "")
            if self._busy:
                await self._busy

    def _take(self, text: str | bytes) -> None:
        """One message of the client. Nearly all are dealt with here and now."""
        if self._bad > BAD_FRAMES:
            return
        frame = None
        try:
            frame = frames.decode_customer(text)
            self._take_token()
        except Refusal as refusal:
            self._refuse(refusal, frame)
            return
        if self._busy:
            self._waiting.append(frame)  # as many as the token bucket lets through
        else:
            self._do(frame)

    def _do(self, frame: CustomerFrame) -> None:
        try:
            match frame:
                case Send(kind="text"):
                    self._say(frame, _words(frame))
                case frames.Resume():
                    self._resume(frame.after)
                case frames.Ping():
                    self.outbox.put('{"t":"pong"}')
                case frames.Typing():
                    self._typing(frame.text)
                case _:
                    self._busy = asyncio.create_task(self._take_time(frame))
        except Refusal as refusal:
            self._refuse(refusal, frame)
        if not self._live and self._catching is None:
            self._start_if_silent()

    async def _take_time(self, frame: CustomerFrame) -> None:
        """A frame that has to wait for something, and then those that came meanwhile."""
        try:
            await self._rarer(frame)
        except Refusal as refusal:
            self._refuse(refusal, frame)
        except Exception:
            log.exception("socket.frame_failed", kind=type(frame).__name__)
            self._refuse(StorageUnavailable(retry_after_s=STORE_RETRY_S), frame)
        self._busy = None
        while self._waiting and self._busy is None:
            self._do(self._waiting.popleft())

    def _refuse(self, refusal: Refusal, frame: CustomerFrame | None) -> None:
        REFUSED.labels(refusal.code).inc()
        self.outbox.put(frames.error_frame(refusal, self._locale, frame.id if isinstance(frame, Send) else None))
        self._bad += refusal.status < 500  # trouble of ours is no abuse of theirs
        if self._bad > BAD_FRAMES:
            self.outbox.close(4429)

    async def _rarer(self, frame: CustomerFrame) -> None:
        conversations, ticket = self._gateway.conversations, self._ticket
        match frame:
            case Send():
                said = await self._gateway.attachments.complete(ticket.shop_id, ticket.customer_id, ticket.actor(), frame, self._locale)
                self._say(frame, said)
            case frames.Read():
                await conversations.read_by_customer(ticket.conversation_id, frame.seq)
            case frames.Human():
                await conversations.ask_for_person(ticket.conversation_id, ticket.actor(), {})
            case frames.Rate():
                await conversations.rate(ticket.conversation_id, ticket.actor(), frame.score, frame.tags, frame.text)
            case frames.Callback():
                await conversations.leave_message(ticket.conversation_id, ticket.actor(), frame.contact, frame.text)
            case _:
                raise NotFound

    def _say(self, frame: Send, said: Attachment) -> None:
        if not 0 < len(frame.id) <= 64:
            raise Invalid(why="id")
        self._gateway.conversations.intake.say(CustomerSays(self._ticket.conversation_id, frame.id, said.kind, said.text, said.data, self))

    def _typing(self, text: str) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._typed < 2:
            return
        self._typed = now
        conversation_id = self._ticket.conversation_id
        summary = self._gateway.conversations.intake.cached(conversation_id)
        self._gateway.live.tell_typing(self._ticket.shop_id, summary, conversation_id, text)

    def _take_token(self) -> None:
        now = asyncio.get_running_loop().time()
        self._tokens = min(BURST, self._tokens + (now - self._refilled) * PER_SECOND)
        self._refilled = now
        if self._tokens < 1:
            raise RateLimited(retry_after_s=1)
        self._tokens -= 1

    # catching up

    def _resume(self, after: int) -> None:
        self._sent = max(0, after)
        self._live = False
        self._acked.clear()
        self._catch_up(answer=True)

    def _start_if_silent(self) -> None:
        """No resume was asked for: go live from here."""
        if not self._live and self._catching is None:
            self._catching = asyncio.create_task(self._from_here())

    async def _from_here(self) -> None:
        head = await self._head()
        self._sent = head
        self._catching = None
        self._catch_up()

    def _catch_up(self, *, answer: bool = False) -> None:
        self._live = False
        if self._catching:
            self._catching.cancel()
        self._catching = asyncio.create_task(self._run_catch_up(answer))

    async def _run_catch_up(self, answer: bool) -> None:
        """Send what is stored after the cursor until nothing is missing, then switch to live without a gap: the last look at the
        head and the switch happen in one step of the loop, between two pushes."""
        conversations, conversation_id = self._gateway.conversations, self._ticket.conversation_id
        while True:
            try:
                page = await conversations.store.messages(conversation_id, self._sent, PAGE)
            except Exception as crash:
                log.warning("socket.resume_waits", reason=type(crash).__name__)
                self.outbox.put(frames.error_frame(StorageUnavailable(retry_after_s=STORE_RETRY_S), self._locale))
                await asyncio.sleep(STORE_RETRY_S)
                continue
            for message in page:
                if message.seq <= self._sent:
                    continue
                self._sent = message.seq
                if message.seq not in self._acked:
                    self.outbox.put(frames.message_frame(message))
            cached = conversations.intake.cached(conversation_id)
            if len(page) < PAGE and (cached is None or cached.last_seq <= self._sent):
                break
        self._live = True
        self._acked.clear()
        self._catching = None
        if answer:
            self.outbox.put(frames.frame(t="resumed", seq=self._sent))
            await self._tell_state()

    async def _head(self) -> int:
        conversations, conversation_id = self._gateway.conversations, self._ticket.conversation_id
        summary = conversations.intake.cached(conversation_id) or await conversations.store.head(conversation_id)
        return summary.last_seq if summary else 0

    async def _tell_state(self) -> None:
        conversations, conversation_id = self._gateway.conversations, self._ticket.conversation_id
        summary = conversations.intake.cached(conversation_id) or await conversations.store.head(conversation_id)
        if summary:
            fields: dict[str, Any] = {"t": "state", "state": summary.state}
            if summary.assignee and summary.state == "agent":
                fields["name"] = summary.assignee
            self.outbox.put(frames.frame(**fields))
            conversations.customer_is_back(summary)
            if summary.rating_asked and summary.rating is None:
                self.outbox.put('{"t":"rate"}')


def _words(frame: Send) -> Attachment:
    text = clean(frame.text)
    if not text:
        raise Invalid(why="text")
    if len(text) > frames.TEXT_LIMIT:
        raise TooLarge(limit=f"{frames.TEXT_LIMIT} 字")
    return Attachment("text", text)
