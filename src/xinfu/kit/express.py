"""The short way to the calls that are made all the time.

An endpoint marked `@often` stays FastAPI's: it is documented there, and FastAPI answers whatever is irregular about a request (an unknown
path, a value that does not fit, a body that is no JSON). A regular request goes past FastAPI's routing, middlewares and dependency solving,
which cost more than the answer does: the same functions are called with the same arguments, by a plan made once from their signatures.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.params import Depends, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from xinfu.kit.errors import Refusal
from xinfu.kit.http import locale_of, problem_response

BODY_LIMIT = 64 * 1024
_ID = re.compile(r"/([0-9a-f]{32})(?=/|$)")
_MARK = "_xinfu_often"
_NOTHING: Any = object()


def often[F: Callable[..., Any]](endpoint: F) -> F:
    """Mark an endpoint for the short way. Write it under the router's decorator."""
    setattr(endpoint, _MARK, True)
    return endpoint


class Express:
    """ASGI in front of `app`, whose routers these are."""

    def __init__(self, app: FastAPI, routers: Iterable[APIRouter]) -> None:
        self._app = app
        self._lines: dict[tuple[str, str], _Line] = {}
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute) and getattr(route.endpoint, _MARK, False):
                    line = _Line(route)
                    for method in route.methods or ():
                        self._lines[method, line.path] = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line, id_ = self._line(scope) if scope["type"] == "http" else (None, "")
        body: bytes | None = None
        try:
            if line is not None and line.body and (body := await _small_json(scope, receive)) is None:
                line = None
        except ClientDisconnect:
            return
        if line is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        request = Request(scope, receive)
        try:
            response = await line.answer(_Call(request, id_, body or b""))
        except _Irregular:
            await self._app(scope, receive if body is None else _again(body, receive), send)
            return
        except Refusal as refusal:
            response = problem_response(refusal, locale_of(request))
        except Exception as error:
            response = await self._trouble(request, error)
        await response(scope, receive, send)

    def _line(self, scope: Scope) -> "tuple[_Line | None, str]":
        path: str = scope["path"]
        if (found := _ID.search(path)) is None:
            return self._lines.get((scope["method"], path)), ""
        return self._lines.get((scope["method"], f"{path[: found.start()]}/{{}}{path[found.end() :]}")), found[1]

    async def _trouble(self, request: Request, error: Exception) -> Response:
        """As the handlers of the application answer it."""
        handler = next(self._app.exception_handlers[c] for c in type(error).__mro__ if c in self._app.exception_handlers)
        answered = handler(request, error)
        return await answered if isinstance(answered, Awaitable) else answered


class _Irregular(Exception):
    """Something does not fit; FastAPI knows how to say it."""


@dataclass(slots=True)
class _Call:
    """One request on its way."""

    request: Request
    id: str
    body: bytes
    query: dict[str, str] = field(init=False)
    solved: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        raw = self.request.scope["query_string"]
        self.query = dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True)) if raw else {}


class _Line:
    """One marked endpoint: its path with the id as {}, and how to answer."""

    def __init__(self, route: APIRoute) -> None:
        names = list(route.param_convertors)
        if len(names) > 1 or route.status_code not in (None, 200, 201):
            raise TypeError(f"{route.path} is too peculiar for the short way")
        self.path = re.sub(r"{[^}]*}", "{}", route.path)
        self._plan = _Plan(route.endpoint, names[0] if names else "")
        self.body = self._plan.body
        self._status = route.status_code or 200
        returned = get_type_hints(route.endpoint, include_extras=True)["return"]
        ready = inspect.isclass(returned) and issubclass(returned, Response)
        self._encode = None if ready else TypeAdapter(returned).dump_json

    async def answer(self, call: _Call) -> Response:
        result = await self._plan(call)
        if self._encode is None:
            response: Response = result
            return response
        return Response(self._encode(result, by_alias=True), self._status, media_type="application/json")


class _Plan:
    """How to call one function: which arguments are read from the request, and which other functions are asked first."""

    def __init__(self, function: Callable[..., Any], id_name: str) -> None:
        self.function = function
        plain = function if inspect.isroutine(function) else type(function).__call__  # a security scheme is an object
        self._awaited = inspect.iscoroutinefunction(plain)
        self._values: list[tuple[str, Callable[[_Call], Any]]] = []
        self._needs: list[tuple[str, _Plan]] = []
        hints = get_type_hints(plain, include_extras=True)
        for name, parameter in inspect.signature(function).parameters.items():
            self._take(name, hints[name], parameter.default, id_name)
        self.body: bool = any(plan.body for _, plan in self._needs) or any(isinstance(value, _Body) for _, value in self._values)

    def _take(self, name: str, hint: Any, default: Any, id_name: str) -> None:
        asked = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Depends)), None)
        if asked is not None:
            assert asked.dependency
            service = getattr(asked.dependency, "provides", None)
            if service is not None:
                self._values.append((name, lambda call: call.request.app.state.provided[service]))
            else:
                self._needs.append((name, _Plan(asked.dependency, id_name)))
        elif inspect.isclass(hint) and issubclass(Request, hint):
            self._values.append((name, lambda call: call.request))
        elif inspect.isclass(hint) and issubclass(hint, BaseModel):
            self._values.append((name, _Body(hint)))
        elif name == id_name:
            self._values.append((name, _Text(hint, lambda call: call.id, _NOTHING)))
        else:
            self._values.append((name, _of_query(name, hint, default)))

    async def __call__(self, call: _Call) -> Any:
        # Values first: what does not fit is for FastAPI to tell, before anything was done.
        arguments = {name: value(call) for name, value in self._values}
        for name, plan in self._needs:
            found = call.solved.get(plan.function, _NOTHING)
            if found is _NOTHING:
                found = call.solved[plan.function] = await plan(call)
            arguments[name] = found
        result = self.function(**arguments)
        return await result if self._awaited else result


class _Body:
    """The body as a model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._read = model.model_validate_json

    def __call__(self, call: _Call) -> Any:
        try:
            return self._read(call.body)
        except ValidationError as e:
            raise _Irregular from e


class _Text:
    """A value that travels as text, in the path or the query."""

    def __init__(self, hint: Any, given: Callable[[_Call], Any], default: Any) -> None:
        self._read = TypeAdapter(hint).validate_python
        self._given = given
        self._default = default

    def __call__(self, call: _Call) -> Any:
        text = self._given(call)
        if text is _NOTHING:
            if self._default is _NOTHING:
                raise _Irregular
            return self._default
        try:
            return self._read(text)
        except ValidationError as e:
            raise _Irregular from e


def _of_query(name: str, hint: Any, default: Any) -> _Text:
    said = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, FieldInfo)), None)
    if said is not None and (not isinstance(said, Query) or said.alias not in (None, name)):
        raise TypeError(f"{name} is too peculiar for the short way")
    return _Text(hint, lambda call: call.query.get(name, _NOTHING), _NOTHING if default is inspect.Parameter.empty else default)


async def _small_json(scope: Scope, receive: Receive) -> bytes | None:
    """The body, if it says that it is JSON and small. Nothing has been read when the answer is None."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if headers.get(b"content-type", b"").partition(b";")[0] != b"application/json" or not length.isdigit() or int(length) > BODY_LIMIT:
        return None
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that begins with a body already read."""
    waiting = [body]

    async def replay() -> Any:
        return {"type": "http.request", "body": waiting.pop(), "more_body": False} if waiting else await receive()

    return replay
