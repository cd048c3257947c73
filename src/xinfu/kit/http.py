"""The edges of FastAPI that every folder's endpoints share: services by type, refusals as problem+json, the reader's language."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from xinfu.kit.errors import Invalid, NotFound, Refusal, StorageUnavailable
from xinfu.kit.i18n import Locale, choose

log = structlog.get_logger()

STORAGE_RETRY_S = 3
# What a full disk or a database that went away looks like, from SQLAlchemy, from both drivers of the message log, and from the files.
_STORAGE_TROUBLE = (
    DBAPIError, sqlite3.OperationalError, OSError,
    asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError,
)  # fmt: skip


def provided[T](cls: type[T]) -> Callable[[Request], Awaitable[T]]:
    """A FastAPI dependency that yields the one instance of `cls` that app.py put into app.state.provided."""

    async def dependency(request: Request) -> T:  # async, or FastAPI would send it through a thread
        service: T = request.app.state.provided[cls]
        return service

    dependency.provides = cls  # type: ignore[attr-defined]  # kit.express takes it without the detour
    return dependency


def locale_of(request: Request) -> Locale:
    return choose(request.headers.get("accept-language"))


def problem_response(refusal: Refusal, locale: Locale) -> JSONResponse:
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s is not None else None
    return JSONResponse(refusal.problem(locale), refusal.status, headers, media_type="application/problem+json")


def install_problem_handlers(app: FastAPI) -> None:
    """Map every refusal, validation failure and crash to RFC 9457 once for the whole API."""

    @app.exception_handler(Refusal)
    async def _refusal(request: Request, refusal: Refusal) -> JSONResponse:
        return problem_response(refusal, locale_of(request))

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [{"field": ".".join(str(p) for p in e["loc"]), "why": e["msg"]} for e in error.errors()[:20]]
        refusal = Invalid(why="; ".join(f"{f['field']}: {f['why']}" for f in fields[:3]))
        body: dict[str, Any] = {**refusal.problem(locale_of(request)), "fields": fields}
        return JSONResponse(_encodable(body), refusal.status, media_type="application/problem+json")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return problem_response(NotFound(), locale_of(request))
        body = {"type": "about:blank", "title": str(error.detail), "status": error.status_code, "detail": str(error.detail), "code": "http"}
        return JSONResponse(body, error.status_code, dict(error.headers or {}), media_type="application/problem+json")

    async def _crash(request: Request, error: Exception) -> JSONResponse:
        log.error("http.crash", path=request.url.path, exc_info=error)
        return problem_response(_Crash(), locale_of(request))

    async def _storage(request: Request, error: Exception) -> JSONResponse:
        if not _passes(error):
            return await _crash(request, error)
        log.warning("http.storage_unavailable", path=request.url.path, reason=f"{type(error).__name__}: {error}"[:200])
        return problem_response(StorageUnavailable(retry_after_s=STORAGE_RETRY_S), locale_of(request))

    app.add_exception_handler(Exception, _crash)
    for trouble in _STORAGE_TROUBLE:
        app.add_exception_handler(trouble, _storage)


class _Crash(Refusal):
    code, status = "internal", 500
    zh, en = "系统出了点问题，已经记录。请稍后再试。", "Something went wrong on our side and was recorded. Please try again."


def _passes(error: Exception) -> bool:
    """Is it trouble of the storage, which a later try may not meet, rather than a mistake of ours?"""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return not isinstance(error, FileNotFoundError)


def _encodable(value: Any) -> Any:
    """The same value with lone surrogates replaced: a validation message may quote text that UTF-8 cannot carry."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {k: _encodable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_encodable(v) for v in value]
    return value
