"""The short way answers exactly as FastAPI does, whatever comes."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from xinfu.kit.errors import NotFound, NotSignedIn
from xinfu.kit.express import BODY_LIMIT, Express, often
from xinfu.kit.http import install_problem_handlers, provided

THING = "01a20187ee9e779da0c06e0a5f787c39"


class Book:
    """A service."""

    def __init__(self) -> None:
        self.read: list[str] = []


class NoteIn(BaseModel):
    words: str = Field(min_length=1, max_length=100_000)
    level: int = 0


class NoteOut(BaseModel):
    said: str
    level: int


async def reader(request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]) -> str:
    if token is None:
        raise NotSignedIn
    return f"{token.credentials} at {request.url.path}"


Reader = Annotated[str, Depends(reader)]
TheBook = Annotated[Book, Depends(provided(Book))]
ThingId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
router = APIRouter(prefix="/api")


@router.get("/things")
@often
async def things(
    who: Reader, book: TheBook, view: Literal["mine", "all"] = "mine", q: Annotated[str | None, Query(max_length=5)] = None, limit: int = 20
) -> dict[str, Any]:
    book.read.append("things")
    return {"who": who, "view": view, "q": q, "limit": limit}


@router.get("/things/newest")
async def newest() -> str:
    return "not marked"


@router.get("/things/{thing_id}")
@often
async def thing(who: Reader, thing_id: ThingId, request: Request) -> Response:
    if thing_id != THING:
        raise NotFound
    return Response(f"{who} {request.headers.get('x-extra')}".encode(), media_type="text/plain")


@router.post("/things/{thing_id}/notes", status_code=201)
@often
async def note(who: Reader, book: TheBook, thing_id: ThingId, body: NoteIn) -> NoteOut:
    book.read.append(body.words)
    return NoteOut(said=f"{who}: {body.words}", level=body.level)


@router.get("/crash")
@often
async def crash() -> dict[str, str]:
    raise RuntimeError("a mistake of ours")


@router.get("/full")
@often
async def full() -> dict[str, str]:
    raise OSError(28, "no space left")


@pytest.fixture
async def both() -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient, Express]]:
    """FastAPI alone, and the short way in front of it."""
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(router)
    app.state.provided = {Book: Book()}
    express = Express(app, [router])
    clients = [
        httpx.AsyncClient(transport=httpx.ASGITransport(app=door, raise_app_exceptions=False), base_url="http://test/api/")
        for door in (app, express)
    ]
    yield clients[0], clients[1], express
    for client in clients:
        await client.aclose()


def _of(answer: httpx.Response) -> tuple[int, str | None, bytes]:
    return answer.status_code, answer.headers.get("content-type"), answer.content


GET = [
    "things", "things?view=all&limit=3", "things?view=none", "things?limit=x", "things?limit=", "things?q=", "things?q=%E4%BD%A0",
    "things?q=toolong", "things?q=a&q=b", "things?unknown=1", "things?q=%ff", "things/newest", "things/", "things//", f"things/{THING}",
    f"things/{THING.upper()}", f"things/{'0' * 32}", "things/xyz", f"things/{THING}/notes", f"things/{THING}/nothing", "nowhere", "crash", "full",
]  # fmt: skip


@pytest.mark.parametrize("path", GET)
async def test_every_reading_request_has_the_same_answer(both: tuple[httpx.AsyncClient, httpx.AsyncClient, Express], path: str) -> None:
    plain, short, _ = both
    for headers in ({}, {"Authorization": "Bearer me"}, {"Authorization": "Bearer me", "X-Extra": "1", "Accept-Language": "en"}):
        for method in ("GET", "HEAD", "DELETE"):
            wanted = await plain.request(method, path, headers=headers)
            assert _of(await short.request(method, path, headers=headers)) == _of(wanted)


BODIES = [
    b'{"words":"hello"}', b'{"words":"\xe4\xbd\xa0\xe5\xa5\xbd","level":3}', b'{"words":""}', b'{"words":1}', b"{}", b"[]", b"null", b"", b"{",
    b'{"words":"\\ud800"}', b'{"words":"a","level":"7"}', b'{"words":"a","level":NaN}', b'{"words":"\xff"}', b'{"words":"a"} ',
    b'{"words":"' + b"x" * (BODY_LIMIT + 1) + b'"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "text/plain", "APPLICATION/JSON", None])
async def test_every_writing_request_has_the_same_answer(
    both: tuple[httpx.AsyncClient, httpx.AsyncClient, Express], body: bytes, kind: str | None
) -> None:
    plain, short, _ = both
    for headers in ({}, {"Authorization": "Bearer me"}):
        sent = headers | ({"Content-Type": kind} if kind else {})
        wanted = await plain.post(f"things/{THING}/notes", content=body, headers=sent)
        assert _of(await short.post(f"things/{THING}/notes", content=body, headers=sent)) == _of(wanted)


async def test_a_body_in_pieces_arrives_whole(both: tuple[httpx.AsyncClient, httpx.AsyncClient, Express]) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'{"words"', b':"in ', b'pieces"}'):
            yield piece

    headers = {"Authorization": "Bearer me", "Content-Type": "application/json"}
    for extra in ({}, {"Content-Length": "20"}):
        answer = await both[1].post(f"things/{THING}/notes", content=pieces(), headers=headers | extra)
        assert answer.status_code == 201 and answer.json()["said"].endswith("in pieces")


async def test_a_regular_request_does_not_pass_fastapi_and_an_irregular_one_does_nothing_first(
    both: tuple[httpx.AsyncClient, httpx.AsyncClient, Express], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, short, express = both
    asked: list[str] = []

    async def fastapi(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await Response(status_code=204)(scope, receive, send)

    app = express._app
    monkeypatch.setattr(express, "_app", _Told(app, fastapi))
    headers = {"Authorization": "Bearer me"}
    assert (await short.get("things", headers=headers)).status_code == 200
    assert (await short.post(f"things/{THING}/notes", json={"words": "x"}, headers=headers)).status_code == 201
    assert asked == []
    before = list(app.state.provided[Book].read)
    await short.get("things?limit=x", headers=headers)
    await short.post(f"things/{THING}/notes", json={"words": ""}, headers=headers)
    assert asked == ["/api/things", f"/api/things/{THING}/notes"] and app.state.provided[Book].read == before


class _Told:
    """The application's state and handlers, with another door."""

    def __init__(self, app: FastAPI, door: Any) -> None:
        self.state, self.exception_handlers, self._door = app.state, app.exception_handlers, door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._door(scope, receive, send)


def test_what_the_short_way_cannot_do_is_refused_when_it_is_built() -> None:
    odd = APIRouter()

    @odd.get("/a/{one}/{two}")
    @often
    async def two_ids(one: str, two: str) -> str:
        return one + two

    with pytest.raises(TypeError):
        Express(FastAPI(), [odd])
    for parameter in (Annotated[str, Header()], Annotated[str, Query(alias="else")], Annotated[dict[str, str], Body()]):
        peculiar = APIRouter()

        async def takes(value: Any) -> str:
            return str(value)

        takes.__annotations__["value"] = parameter
        peculiar.get("/b")(often(takes))
        with pytest.raises(TypeError):
            Express(FastAPI(), [peculiar])
