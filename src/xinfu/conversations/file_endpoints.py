"""HTTP of uploaded files: staff upload here, everyone downloads by signed link. The widget's upload calls `receive_upload` too."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from xinfu.conversations.file_errors import NoFile
from xinfu.conversations.files import MAX_BYTES, Files, StoredFile
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.identity.contracts import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.errors import TooLarge
from xinfu.kit.http import provided
from xinfu.kit.ids import Id

router = APIRouter(prefix="/api/v1", tags=["files"])

type Store = Annotated[Files, Depends(provided(Files))]

_PIECE = 64 * 1024
_FRAMING = 16 * 1024  # what multipart adds around a file
# For @router.post(..., openapi_extra=UPLOAD_BODY): the body is read by receive_upload, not by FastAPI.
UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
            }
        },
    }
}
# Even should a browser show it, nothing in a file may run, load or send anything.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
    "Cache-Control": "private, max-age=86400, immutable",
    "Referrer-Policy": "no-referrer",
}


class UploadedOut(BaseModel):
    """An upload, ready to be sent as a message by its id."""

    id: Id
    kind: str
    name: str
    size: int
    mime: str
    url: str
    thumb: str | None = None
    width: int | None = None
    height: int | None = None


async def receive_upload(request: Request, files: Files, shop_id: Id, uploader: Actor) -> UploadedOut:
    """Take the part `file` of a multipart request in for this uploader. Reads no more of the body than a file may have."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > MAX_BYTES + _FRAMING:
        raise TooLarge(limit="10 MB")
    limited = Request(request.scope, _limited(request.receive))
    async with limited.form(max_files=1, max_fields=8, max_part_size=4096) as form:
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise NoFile
        stored = await files.store(shop_id, uploader, part.filename or "", _pieces(part))
    return uploaded(files, stored)


def uploaded(files: Files, stored: StoredFile) -> UploadedOut:
    return UploadedOut(kind=stored.kind, **files.reference(stored)["file"])


@router.post("/files", status_code=201, openapi_extra=UPLOAD_BODY)
async def upload(request: Request, actor: CurrentActor, shop: CurrentShop, files: Store) -> UploadedOut:
    """Pictures (JPEG, PNG, WebP, GIF), PDF, plain text, audio and video, 10 MB at most. Pictures lose their metadata."""
    actor.require(Permission.CONVERSATIONS_SERVE, shop)
    return await receive_upload(request, files, shop, actor)


@router.get("/files/{file_id}", response_class=FileResponse)
async def download(
    file_id: str, files: Store, sig: Annotated[str, Query(max_length=64)] = "", thumb: Annotated[bool, Query()] = False
) -> FileResponse:
    """The link is the permission. A wrong or expired one is answered as if there were no such file."""
    stored, path = await files.open(file_id, sig, thumbnail=thumb)
    small = path.suffix == ".thumb"
    return FileResponse(
        path,
        media_type="image/webp" if small else ("text/plain; charset=utf-8" if stored.mime == "text/plain" else stored.mime),
        headers=_HARMLESS,
        filename=stored.name if not small else None,
        content_disposition_type="inline" if stored.kind == "image" else "attachment",
    )


def _limited(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    """The same, but raising TooLarge as soon as more has come than any allowed upload has."""
    size = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BYTES + _FRAMING:
            raise TooLarge(limit="10 MB")
        return message

    return counted


async def _pieces(part: UploadFile) -> AsyncIterator[bytes]:
    while piece := await part.read(_PIECE):
        yield piece
