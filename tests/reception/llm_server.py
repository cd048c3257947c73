"""A model endpoint of our own on a real loopback socket. Each test says how it behaves; what it was sent is kept word for word."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

type Behaviour = Callable[["Server", dict[str, Any], asyncio.StreamWriter], Awaitable[None]]


class Server:
    """`async with serving(behaviour) as server`, then server.url."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.bodies: list[str] = []
        self.headers: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
            body = (await reader.readexactly(length)).decode()
            self.headers.append(head)
            self.bodies.append(body)
            await self.behaviour(self, json.loads(body), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()


@contextlib.asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[Server]:
    server = Server(behaviour)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


async def send(writer: asyncio.StreamWriter, body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


def message(content: str | None, calls: list[tuple[str, Any]] | None = None, tokens: int = 50) -> bytes:
    said: dict[str, Any] = {"role": "assistant", "content": content}
    if calls:
        said["tool_calls"] = [
            {"id": f"call{i}", "type": "function", "function": {"name": n, "arguments": a if isinstance(a, str) else json.dumps(a)}}
            for i, (n, a) in enumerate(calls)
        ]
    choice = {"index": 0, "message": said, "finish_reason": "stop"}
    answer = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return json.dumps(
        {**answer, "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": tokens}}, ensure_ascii=False
    ).encode()


def chunk(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    piece = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(piece, ensure_ascii=False).encode() + b"\n\n"


# How a server can behave


def saying(*texts: str) -> Behaviour:
    """One answer after the other, the last one for ever. Streams when asked to."""

    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        text = texts[min(len(server.bodies), len(texts)) - 1]
        if not asked.get("stream"):
            await send(writer, message(text))
            return
        pieces = b"".join(chunk(text[i : i + 3]) for i in range(0, len(text), 3)) + b"data: [DONE]\n\n"
        await send(writer, pieces, kind="text/event-stream")

    return behave


def using(*rounds: list[tuple[str, Any]] | str) -> Behaviour:
    """Tool calls, round by round; a text ends the talk."""

    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        step = rounds[min(len(server.bodies), len(rounds)) - 1]
        await send(writer, message(step) if isinstance(step, str) else message(None, step))

    return behave


def raw(body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> Behaviour:
    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await send(writer, body, status, kind, more)

    return behave


def silent() -> Behaviour:
    """Takes the question and never answers."""

    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    return behave


def dripping(body: bytes, every_s: float = 0.1, kind: str = "application/json") -> Behaviour:
    """A byte at a time: each arrives in time, the whole does not."""

    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for i in range(len(body)):
            writer.write(body[i : i + 1])
            await writer.drain()
            await asyncio.sleep(every_s)

    return behave


def endless() -> Behaviour:
    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
            await writer.drain()

    return behave


def hanging_up() -> Behaviour:
    async def behave(server: Server, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.close()

    return behave
