"""A peer that goes silent without a word of goodbye is dropped, and holds no place."""

import asyncio
import base64
from pathlib import Path

from tests.server import RunningCentre


def open_sockets(centre: RunningCentre) -> float:
    _, text, _ = centre.call("GET", "/metrics")
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith('xinfu_sockets{side="customer"}'))


async def becomes(centre: RunningCentre, count: float) -> bool:
    """Whether the centre counts `count` open customer sockets within half a minute."""
    for _ in range(150):
        if await asyncio.to_thread(open_sockets, centre) == count:
            return True
        await asyncio.sleep(0.2)
    return False


async def test_a_peer_that_never_answers_a_ping_is_dropped(tmp_path: Path) -> None:
    centre = RunningCentre(tmp_path / "data", extra=("--ping", "1")).start()
    try:
        token = centre.session("silent")["token"]
        reader, writer = await asyncio.open_connection("127.0.0.1", centre.port)
        key = base64.b64encode(b"0123456789abcdef").decode()
        writer.write(
            f"GET /ws/customer?token={token} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        assert await becomes(centre, 1)
        assert await becomes(centre, 0)
        writer.close()
    finally:
        centre.stop()
