"""Bad manners on the customer's socket: each gets a clear error, nothing is stored, and the centre serves on."""

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.faults.customers import Customer
from tests.server import RunningCentre


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    running = RunningCentre(tmp_path_factory.mktemp("sockets") / "data").start()
    yield running
    running.stop()


async def live(centre: RunningCentre, token: str) -> ClientConnection:
    socket = await connect(f"{centre.ws}/ws/customer?token={token}", compression=None)
    await socket.send('{"t":"resume","after":0}')
    while json.loads(await socket.recv())["t"] != "state":
        pass
    return socket


async def answer_to(socket: ClientConnection, frame: str, kind: str = "error") -> dict[str, Any]:
    await socket.send(frame)
    while True:
        got: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if got["t"] == kind:
            return got


def say(text: str, client_id: str = "m1", **more: Any) -> str:
    return json.dumps({"t": "send", "id": client_id, "text": text, **more})


BAD: dict[str, tuple[str, str]] = {
    "broken JSON": ('{"t":"send","id":', "malformed"),
    "not an object": ("[1,2,3]", "malformed"),
    "no kind": ('{"id":"x"}', "malformed"),
    "unknown kind": ('{"t":"refund_everything"}', "unknown_kind"),
    "wrong types": ('{"t":"send","id":7,"text":[]}', "malformed"),
    "no id": ('{"t":"send","text":"hi"}', "malformed"),
    "empty id": (say("hi", ""), "invalid"),
    "long id": (say("hi", "x" * 65), "invalid"),
    "empty text": (say("   "), "invalid"),
    "only invisible characters": (say("\u200b\u202e\u0000"), "invalid"),
    "text of 4,001 characters": (say("长" * 4001), "too_large"),
    "text of 1 MB": (say("x" * 1_000_000), "too_large"),
    "another's file": (say("", kind="image", file="0" * 32), "not_found"),
    "an order that is not theirs": (say("", kind="order", order="20260101000001"), "not_found"),
    "an unknown product": (say("", kind="product", product="0" * 32), "not_found"),
    "a rating out of range": ('{"t":"rate","score":99}', "invalid"),
    "deep nesting": ("[" * 20_000, "malformed"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_frame_gets_its_error_and_stores_nothing(centre: RunningCentre, name: str) -> None:
    frame, code = BAD[name]
    customer = Customer(centre, centre.session(f"bad-{name}")["token"])
    socket = await live(centre, customer.token)
    error = await answer_to(socket, frame)
    assert error["code"] == code and error["detail"]
    assert await customer.stored() == []
    assert (await answer_to(socket, say("在吗", "ok"), "ack"))["seq"] == 1
    await socket.close()


async def test_hostile_text_is_kept_as_text(centre: RunningCentre) -> None:
    customer = Customer(centre, centre.session("hostile")["token"])
    socket = await live(centre, customer.token)
    words = "<script>alert(1)</script><img src=x onerror=alert(1)>'; DROP TABLE log.message;--"
    await answer_to(socket, say(words), "ack")
    assert (await customer.stored())[0]["text"] == words
    await socket.close()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", base64.urlsafe_b64encode(b"{}").decode() * 3])
async def test_a_forged_token_is_turned_away(centre: RunningCentre, token: str) -> None:
    async with connect(f"{centre.ws}/ws/customer?token={token}", compression=None) as socket:
        assert json.loads(await socket.recv())["code"] == "token_invalid"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd and closed.value.rcvd.code == 4401


async def test_a_token_signed_without_our_key_is_turned_away(centre: RunningCentre) -> None:
    token = centre.session("forger")["token"]
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["cnv"] = "0" * 32
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for forged in (f"{head}.{other}.{signature}", f"{none}.{other}."):
        async with connect(f"{centre.ws}/ws/customer?token={forged}", compression=None) as socket:
            assert json.loads(await socket.recv())["code"] == "token_invalid"


async def test_too_many_frames_are_held_back_with_a_time_to_retry(centre: RunningCentre) -> None:
    socket = await live(centre, centre.session("hasty")["token"])
    for n in range(40):
        await socket.send(say("快点", f"m{n}"))
    errors, acks = [], 0
    while len(errors) + acks < 40:
        got = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if got["t"] == "error":
            errors.append(got)
        acks += got["t"] == "ack"
    assert errors and all(e["code"] == "rate_limited" and e["retry_after_s"] >= 1 and e["id"] for e in errors)
    assert acks >= 19
    await socket.close()


async def test_endless_abuse_closes_the_socket(centre: RunningCentre) -> None:
    socket = await live(centre, centre.session("abuser")["token"])
    with pytest.raises(websockets.ConnectionClosed) as closed:
        for _ in range(200):
            await socket.send("rubbish")
            await socket.recv()
    assert closed.value.rcvd and closed.value.rcvd.code == 4429


async def test_a_storm_of_reconnections_loses_nothing(centre: RunningCentre) -> None:
    customers = [Customer(centre, centre.session(f"storm-{n}")["token"]) for n in range(150)]
    enough = asyncio.Event()
    talking = [asyncio.create_task(c.talk(enough, 0.3)) for c in customers]
    for _ in range(3):
        await asyncio.sleep(1)
        for task in talking:  # every socket drops at once, and comes back at once
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        talking = [asyncio.create_task(c.talk(enough, 0.3)) for c in customers]
    await asyncio.sleep(1)
    enough.set()
    await asyncio.wait_for(asyncio.gather(*talking), 60)
    for customer in customers:
        await customer.nothing_lost_nothing_doubled()


async def test_a_client_that_does_not_read_is_cut_off_and_costs_the_others_nothing(centre: RunningCentre) -> None:
    token = centre.session("slow")["token"]
    reader, writer = await asyncio.open_connection("127.0.0.1", centre.port, limit=1024)
    key = base64.b64encode(b"0123456789abcdef").decode()
    writer.write(
        f"GET /ws/customer?token={token} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    customer = Customer(centre, token)
    lively = await live(centre, token)
    for n in range(12):
        await answer_to(lively, say("在吗" * 500, f"m{n}"), "ack")
        await asyncio.sleep(0.2)
    assert len([m for m in await customer.stored() if m["from"] == "customer"]) == 12
    writer.close()
    await lively.close()
