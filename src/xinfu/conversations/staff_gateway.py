"""The staff's socket (docs/protocol.md section 2): one numbered event stream per person, and the few things that must be quick."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

import structlog

from xinfu.conversations import frames
from xinfu.conversations.cards import Attachments
from xinfu.conversations.contracts import Desk
from xinfu.conversations.frames import Send, StaffFrame
from xinfu.conversations.live import Live, StaffStream
from xinfu.conversations.metrics import REFUSED, SOCKETS
from xinfu.conversations.outbox import Outbox
from xinfu.conversations.service import Conversations
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.errors import NotFound, RateLimited, Refusal
from xinfu.kit.i18n import Locale, choose
from xinfu.kit.ids import Id

log = structlog.get_logger()

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type SendAsgi = Callable[[dict[str, Any]], Awaitable[None]]

BURST, PER_SECOND = 60.0, 20.0


class Doorman(Protocol):
    """identity.Authenticator, as much as the socket needs."""

    async def authenticate_socket(self, headers: Mapping[bytes, bytes], query: Mapping[str, str]) -> Actor: ...


class StaffGateway:
    """Accepts staff sockets and serves each until it closes."""

    def __init__(self, doorman: Doorman, conversations: Conversations, live: Live, attachments: Attachments, desk: Desk) -> None:
        self.doorman = doorman
        self.conversations = conversations
        self.live = live
        self.attachments = attachments
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: SendAsgi) -> None:
        await receive()
        headers = dict(scope["headers"])
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        locale = choose(headers.get(b"accept-language", b"").decode("latin-1"))
        await send({"type": "websocket.accept"})
        try:
            actor = await self.doorman.authenticate_socket(headers, query)
            shop_id = query.get("shop") or min(actor.shops, default="")
            if shop_id not in actor.shops:
                raise NotFound
        except Refusal as refusal:
            await send({"type": "websocket.send", "text": frames.error_frame(refusal, locale)})
            await send({"type": "websocket.close", "code": 4401})
            return
        serves = actor.may(Permission.CONVERSATIONS_SERVE, shop_id)
        leads = actor.may(Permission.CONVERSATIONS_LEAD, shop_id)
        stream = self.live.stream(actor, shop_id, sees_queue=serves, leads=leads)
        socket = StaffSocket(self, stream, locale)
        stream.outboxes[socket.outbox] = None
        SOCKETS.labels("staff").inc()
        try:
            if serves:
                await self.desk.connected(actor, shop_id)
            await socket.serve(receive, send)
        finally:
            SOCKETS.labels("staff").dec()
            stream.outboxes.pop(socket.outbox, None)
            if not stream.outboxes:
                self.live.left(stream)
                if serves:
                    await self.desk.disconnected(actor, shop_id)


class StaffSocket:
    """One open tab of a staff member."""

    def __init__(self, gateway: StaffGateway, stream: StaffStream, locale: Locale) -> None:
        self._gateway = gateway
        self._stream = stream
        self._actor = stream.actor
        self._shop_id = stream.shop_id
        self._locale = locale
        self.outbox = Outbox(joined=True)
        self._tokens, self._refilled = BURST, asyncio.get_running_loop().time()
        self._typed = 0.0

    async def serve(self, receive: Receive, send: SendAsgi) -> None:
        loop = asyncio.get_running_loop()
        self.outbox.put(frames.frame(t="hello", cur=self._stream.cursor, me=self._actor.id))
        reading = loop.create_task(self._receive(receive))
        sending = loop.create_task(self.outbox.pump(send))
        try:
            await asyncio.wait({reading, sending}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not sending.cancelled() and sending.exception() is None:
                await asyncio.wait_for(send({"type": "websocket.close", "code": sending.result()}), 1)
        except (TimeoutError, OSError, RuntimeError):
            pass
        finally:
            for task in (reading, sending):
                task.cancel()
            await asyncio.gather(reading, sending, return_exceptions=True)

    async def _receive(self, receive: Receive) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            client_id = None
            try:
                frame = frames.decode_staff(event.get("text") or event.get("bytes") or "")
                client_id = frame.id if isinstance(frame, Send) else None
                self._take_token()
                await self._handle(frame)
            except Refusal as refusal:
                REFUSED.labels(refusal.code).inc()
                self.outbox.put(frames.error_frame(refusal, self._locale, client_id))

    async def _handle(self, frame: StaffFrame) -> None:
        gateway, stream = self._gateway, self._stream
        match frame:
            case Send():
                await self._send(frame)
            case frames.ResumeStream():
                self._resume(frame.after)
            case frames.Ping():
                self.outbox.put('{"t":"pong"}')
            case frames.Typing():
                await self._typing(frame.conversation_id)
            case frames.Read():
                await gateway.conversations.read(self._actor, self._shop_id, frame.conversation_id, frame.seq)
            case frames.Watch():
                await gateway.conversations.head(self._actor, self._shop_id, frame.conversation_id)
                gateway.live.watch(stream, frame.conversation_id)
            case frames.Unwatch():
                gateway.live.unwatch(stream, frame.conversation_id)
            case frames.Wall():
                self._actor.require(Permission.CONVERSATIONS_READ_ALL, self._shop_id)
                stream.wall = frame.on
            case frames.Accept():
                await gateway.conversations.accept(self._actor, self._shop_id, frame.conversation_id)
            case frames.SetState():
                self._actor.require(Permission.CONVERSATIONS_SERVE, self._shop_id)
                await gateway.desk.set_state(self._actor, self._shop_id, frame.state, frame.reason)

    async def _send(self, frame: Send) -> None:
        conversations = self._gateway.conversations
        summary = await conversations.head(self._actor, self._shop_id, frame.conversation_id)
        locale: Locale = "en" if summary.language == "en" else "zh-CN"
        said = await self._gateway.attachments.complete(self._shop_id, summary.customer_id, self._actor, frame, locale)
        message = await conversations.say(self._actor, self._shop_id, frame.conversation_id, frame.id, said)
        self.outbox.put(frames.frame(t="ack", id=frame.id, conversation_id=frame.conversation_id, seq=message.seq))

    async def _typing(self, conversation_id: Id) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._typed < 2:
            return
        self._typed = now
        summary = self._gateway.conversations.intake.cached(conversation_id)
        if summary and summary.shop_id == self._shop_id and summary.assignee_id == self._actor.id:
            self._gateway.live.tell_customer(conversation_id, '{"t":"typing"}')

    def _resume(self, cursor: str) -> None:
        missed = self._stream.since(cursor)
        if missed is None:
            self.outbox.put(frames.frame(t="reset", cur=self._stream.cursor))
            return
        for frame in missed:
            self.outbox.put(frame)
        self.outbox.put(frames.frame(t="resumed", cur=self._stream.cursor))

    def _take_token(self) -> None:
        now = asyncio.get_running_loop().time()
        self._tokens = min(BURST, self._tokens + (now - self._refilled) * PER_SECOND)
        self._refilled = now
        if self._tokens < 1:
            raise RateLimited(retry_after_s=1)
        self._tokens -= 1
