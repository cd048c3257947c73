"""How a program outside the centre comes in as a customer: a session over HTTP, then the address of the socket. Standard library only."""

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

ANSWER_WITHIN_S = 15.0
AT_ONCE = 6


class DoorClosed(Exception):
    """The centre did not open a session: it said no, or what it said was no answer."""


async def open_session(url: str, shop: str) -> str:
    """The token of a new visitor. Raises DoorClosed, OSError."""
    return str((await asyncio.to_thread(_post, url, "/api/v1/widget/sessions", {"shop": shop}))["token"])


async def open_sessions(url: str, shop: str, count: int) -> list[str]:
    """Tokens of `count` new visitors, opened by a few doors at once; "" where one could not be had (its customer tries again later)."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one() -> str:
        async with at_once:
            try:
                return await open_session(url, shop)
            except (DoorClosed, OSError):
                return ""

    return list(await asyncio.gather(*(one() for _ in range(count))))


def socket_address(url: str, token: str) -> str:
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/ws/customer?token={quote(token)}"


def _post(url: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("POST", parts.path.rstrip("/") + path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise DoorClosed(f"{answer.status} {content[:200]!r}")
        decoded: dict[str, Any] = json.loads(content)
        return decoded
    except (http.client.HTTPException, ValueError) as e:
        raise DoorClosed(str(e)) from e
    finally:
        connection.close()
