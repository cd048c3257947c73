"""Calls to an OpenAI-compatible endpoint: a size limit, no retries, no redirects, every fault given a short name. Callers limit the time.

The library takes seconds to import, so it is imported in a thread when the first shop switches a model on, and never otherwise.
"""

import asyncio
import importlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import structlog

from xinfu.kit.ids import Id
from xinfu.reception.llm_settings import LlmSettings

log = structlog.get_logger()

type Talk = list[dict[str, Any]]

MAX_BYTES = 256 * 1024  # of one answer; the longest we would show is a hundredth of it
MAX_TOKENS = 700


class Failed(Exception):
    """The endpoint gave nothing usable. `reason`: timeout, unreachable, status, broken, too_big."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants used. `arguments` None: it wrote something that is no JSON object."""

    id: str
    name: str
    arguments: dict[str, Any] | None
    raw: str


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    calls: tuple[Call, ...] = ()
    tokens: int = 0
    message: Mapping[str, Any] = field(default_factory=dict)


class Endpoints:
    """One client per shop, made anew when its setup changes."""

    def __init__(self) -> None:
        self._library: ModuleType | None = None
        self._loading = asyncio.Lock()
        self._clients: dict[Id, tuple[int, Any]] = {}

    async def warm(self) -> None:
        """Have the library ready before a customer waits for it."""
        async with self._loading:
            if self._library is None:
                self._library = await asyncio.to_thread(importlib.import_module, "openai")

    async def stop(self) -> None:
        clients, self._clients = list(self._clients.values()), {}
        for _, client in clients:
            await client.close()

    async def complete(
        self, settings: LlmSettings, talk: Talk, tools: Sequence[dict[str, Any]] = (), max_tokens: int = MAX_TOKENS
    ) -> Completion:
        """One answer, whole. Raises Failed."""
        more: dict[str, Any] = {"tools": list(tools)} if tools else {}
        try:
            client = await self._client(settings)
            answer = await client.chat.completions.create(
                model=settings.model, messages=talk, temperature=settings.temperature, max_tokens=max_tokens, **more
            )
            return _completion(answer, talk)
        except Exception as e:
            raise Failed(self._reason(e)) from e

    async def stream(self, settings: LlmSettings, talk: Talk, max_tokens: int = MAX_TOKENS) -> AsyncGenerator[str]:
        """The answer in pieces as they come. Raises Failed."""
        try:
            client = await self._client(settings)
            pieces = await client.chat.completions.create(
                model=settings.model, messages=talk, temperature=settings.temperature, max_tokens=max_tokens, stream=True
            )
            try:
                async for piece in pieces:
                    if piece.choices and isinstance(text := piece.choices[0].delta.content, str):
                        yield text
            finally:
                await pieces.close()
        except Exception as e:
            raise Failed(self._reason(e)) from e

    async def _client(self, settings: LlmSettings) -> Any:
        known = self._clients.get(settings.shop_id)
        if known and known[0] == settings.version:
            return known[1]
        await self.warm()
        library = self._library
        assert library is not None
        http = library.DefaultAsyncHttpx2Client(follow_redirects=False, event_hooks={"response": [_within_size]})
        client = library.AsyncOpenAI(
            base_url=settings.url,
            api_key=settings.key or "none",  # the library insists; a server of one's own may want none
            max_retries=0,
            timeout=60.0,  # the limit of each call is asyncio's; this one only frees a socket nobody waits for
            http_client=http,
            default_headers={"Accept-Encoding": "identity"},
        )
        self._clients[settings.shop_id] = (settings.version, client)
        if known:
            await known[1].close()
        return client

    def _reason(self, error: Exception) -> str:
        """Whatever goes wrong out there has one of five names in here; nothing of the answer goes into the log."""
        if isinstance(found := _cause(error, Failed), Failed):
            return found.reason
        library = self._library
        if isinstance(error, TimeoutError) or (library and isinstance(error, library.APITimeoutError)):
            return "timeout"
        if library and isinstance(error, library.APIStatusError):
            return "status"
        if library and isinstance(error, library.APIConnectionError):
            return "unreachable"
        return "broken"


class _Limited:
    """The body of an answer, cut off where no honest one goes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for piece in self._stream:
            seen += len(piece)
            if seen > MAX_BYTES:
                raise Failed("too_big")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _within_size(response: Any) -> None:
    """Asked for as it is; an answer packed all the same could unpack to anything."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Failed("broken")
    httpx = importlib.import_module("httpx2")
    limited = type("Limited", (_Limited, httpx.AsyncByteStream), {})
    response.stream = limited(response.stream)


def _cause(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


def _completion(answer: Any, talk: Talk) -> Completion:
    """The library builds its objects from whatever JSON came, so everything is looked at before it is believed."""
    message = answer.choices[0].message
    text = message.content if isinstance(message.content, str) else ""
    calls = tuple(_call(c) for c in message.tool_calls or ())
    said = {
        "role": "assistant",
        "content": text,
        **(
            {"tool_calls": [{"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.raw}} for c in calls]}
            if calls
            else {}
        ),
    }
    reported = getattr(answer.usage, "total_tokens", 0)
    estimate = size_of(talk) // 4 + len(text) // 4  # a server that reports nothing, or too little, does not go free
    return Completion(text, calls, max(reported if isinstance(reported, int) else 0, estimate), said)


def _call(call: Any) -> Call:
    raw = str(call.function.arguments or "")[:2000]
    try:
        arguments = json.loads(raw or "{}")
    except ValueError:
        arguments = None
    return Call(str(call.id)[:64], str(call.function.name)[:64], arguments if isinstance(arguments, dict) else None, raw)


def size_of(talk: Talk) -> int:
    """Characters of all that is sent; no tokenizer makes more tokens than bytes, few more than characters."""
    return sum(len(str(part)) for part in talk)
