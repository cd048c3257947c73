"""uvicorn's WebSocket with a short cut for sockets that carry a lot: messages come and go by plain calls.

By ASGI a message in either direction costs a queue and the wake-up of a task, and an inbound one also pausing and resuming the reading.
An application that answers from elsewhere anyway (a batch that has just been stored) needs none of it. All the rest, the handshake, pings,
closing, fragments, stays uvicorn's and websockets'. The application finds the short cut in the scope's extensions under `WIRE` and must do
without it elsewhere.
"""

from collections.abc import Callable
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

WIRE = "xinfu.wire"


class Wire(Protocol):
    """What the application may use of the socket; all of it from the loop only."""

    def take(self, taker: Callable[[str | bytes], None]) -> None: ...
    def write(self, text: str) -> bool: ...


def wire_of(scope: dict[str, Any]) -> Wire | None:
    """The short cut of this connection, None where the server has none."""
    found: Wire | None = scope.get("extensions", {}).get(WIRE)
    return found


class DirectWebSocket(WebSocketsSansIOProtocol):
    """Give this class to uvicorn as `ws`."""

    _taker: Callable[[str | bytes], None] | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[WIRE] = self

    def take(self, taker: Callable[[str | bytes], None]) -> None:
        """From now on call `taker` with every message as it arrives. What came before and what is no message still comes by receive()."""
        self._taker = taker

    def write(self, text: str) -> bool:
        """Send a text frame now. False when the peer reads too slowly to take more: keep it and use the awaited send."""
        if not self.writable.is_set():
            return False
        if not self.close_sent and not self.transport.is_closing():
            try:
                self.conn.send_text(text.encode())
            except InvalidState:  # the closing handshake has begun: nobody is there to read it
                return True
            self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    def send_receive_event_to_app(self) -> None:
        if self._taker is None or self.close_sent or not self.queue.empty():
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.curr_msg_data_type == "bytes":
            self._taker(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.conn.send_close(1007)
            self.handle_parser_exception()
            return
        self._taker(text)
