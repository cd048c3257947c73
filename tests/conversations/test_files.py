"""Uploads: told by content, made safe, bounded, and reached only by a signed link."""

import io
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from xinfu.conversations.file_content import MAX_PIXELS, file_name
from xinfu.conversations.file_endpoints import router
from xinfu.conversations.file_errors import FileDamaged, FileKindRefused, NoFile, PictureTooLarge
from xinfu.conversations.files import MAX_BYTES, Files, StoredFile
from xinfu.conversations.model_files import FileRow
from xinfu.identity import Permission
from xinfu.identity import http as signed_in
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound, RateLimited, StorageUnavailable, TooLarge
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import new_id

SHOP, OTHER = "a" * 32, "b" * 32
GPS, ORIENTATION = 0x8825, 0x0112
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64


def a_customer(shop: str = SHOP) -> Actor:
    return Actor("customer", new_id(), "顾客", frozenset({shop}))


def an_agent() -> Actor:
    return Actor("staff", new_id(), "客服", frozenset({SHOP}), frozenset({Permission.CONVERSATIONS_SERVE}))


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("P" if kind == "GIF" else "RGB").save(out, kind, **options)
    return out.getvalue()


def a_phone_photo() -> bytes:
    """Lying on its side as phones store it, with the place it was taken at."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Phone maker"
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (31.0, 14.0, 9.0)
    return a_picture(exif=exif, comment=b"a secret comment")


def a_bomb() -> bytes:
    """A PNG of few bytes that claims, and would unpack to, far more pixels than we accept."""
    side = int(MAX_PIXELS**0.5) + 50
    header = side.to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress(b"\x00" * ((side // 8 + 2) * side), 9)
    parts = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    chunks = b"".join(len(d).to_bytes(4) + n + d + zlib.crc32(n + d).to_bytes(4) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + chunks


async def stream(content: bytes, piece: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), piece):
        yield content[start : start + piece]


@pytest.fixture
def files(database: Database, clock: FixedClock, tmp_path: Path) -> Files:
    return Files(database, tmp_path / "files", b"k" * 32, clock)


async def keep(files: Files, content: bytes, name: str = "photo.jpg", actor: Actor | None = None) -> StoredFile:
    return await files.store(SHOP, actor or a_customer(), name, stream(content))


async def bytes_of(files: Files, stored: StoredFile, *, thumbnail: bool = False) -> bytes:
    signature = files.link(stored.id).partition("sig=")[2]
    _, path = await files.open(stored.id, signature, thumbnail=thumbnail)
    return path.read_bytes()


async def nothing_is_left(database: Database, tmp_path: Path) -> bool:
    async with database.read() as unit:
        rows = await unit.scalar(select(func.count()).select_from(FileRow))
    return rows == 0 and not [p for p in (tmp_path / "files").rglob("*") if p.is_file()]


async def test_a_phone_photo_comes_out_upright_without_where_and_with_what_it_was_taken(files: Files) -> None:
    original = a_phone_photo()
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(GPS)
    stored = await keep(files, original)
    assert (stored.mime, stored.width, stored.height) == ("image/jpeg", 480, 640)
    content = await bytes_of(files, stored)
    assert (len(content), b"Phone maker" in content, b"secret" in content, b"Exif" in content) == (stored.size, False, False, False)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, len(picture.getexif())) == ((480, 640), 0)
    with Image.open(io.BytesIO(await bytes_of(files, stored, thumbnail=True))) as small:
        assert (small.format, small.size, len(small.getexif())) == ("WEBP", (360, 480), 0)


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
async def test_metadata_of_every_picture_kind_is_dropped(files: Files, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Phone maker"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a secret comment")
    options: dict[str, object] = {
        "PNG": {"exif": exif, "pnginfo": text},
        "WEBP": {"exif": exif, "xmp": b"a secret comment"},
        "GIF": {"comment": b"a secret comment"},
    }[kind]
    original = a_picture(kind, **options)
    assert b"secret" in original
    stored = await keep(files, original, "x")
    content = await bytes_of(files, stored)
    assert (b"secret" in content, b"Phone maker" in content) == (False, False)
    assert stored.mime == f"image/{kind.lower()}"


@pytest.mark.parametrize("store", ["sqlite"])
async def test_a_moving_picture_keeps_moving(files: Files) -> None:
    frames = [Image.new("P", (40, 30), n) for n in range(5)]
    out = io.BytesIO()
    palette = [v for n in range(256) for v in (n, 255 - n, n * 7 % 256)]
    for frame in frames:
        frame.putpalette(palette)
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80)
    stored = await keep(files, out.getvalue(), "wave.gif")
    with Image.open(io.BytesIO(await bytes_of(files, stored))) as picture:
        assert picture.n_frames == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize("store", ["sqlite"])
async def test_transparent_and_odd_picture_modes_are_understood(files: Files) -> None:
    for mode, kind in (("RGBA", "PNG"), ("LA", "PNG"), ("I;16", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "WEBP")):
        out = io.BytesIO()
        Image.new(mode, (20, 10)).save(out, kind)
        assert (await keep(files, out.getvalue())).width == 20


@pytest.mark.parametrize("store", ["sqlite"])
async def test_what_is_hidden_behind_a_picture_does_not_survive(files: Files) -> None:
    archive = b"PK\x03\x04 hidden <script>alert(1)</script>"
    content = await bytes_of(files, await keep(files, a_picture() + archive))
    assert b"hidden" not in content


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (a_bomb(), PictureTooLarge),
        (a_picture()[:-2000], FileDamaged),
        (a_picture("PNG")[:200], FileDamaged),
        (b"\xff\xd8\xff" + b"\x00" * 500, FileDamaged),
        (b"GIF89a/*<script>alert(1)</script>*/", FileDamaged),
        (b"PK\x03\x04" + b"\x00" * 100, FileKindRefused),
        (b"\x1f\x8b\x08" + b"\x00" * 100, FileKindRefused),
        (b"MZ" + b"\x00" * 100, FileKindRefused),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', FileKindRefused),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><p>hello", FileKindRefused),
        (b"just words " * 900 + b"<ScRiPt src=x>", FileKindRefused),
        ("国标文字".encode("gb18030"), FileKindRefused),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, FileKindRefused),
        (b"   %PDF-1.7 not at the start \xff", FileKindRefused),
        (b"", NoFile),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * MAX_BYTES, TooLarge),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else f"{value[:8]!r}",
)
@pytest.mark.parametrize("store", ["sqlite"])  # refused before any store is asked
async def test_what_is_refused_leaves_nothing_behind(
    files: Files, database: Database, tmp_path: Path, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await keep(files, content, "photo.jpg")
    assert await nothing_is_left(database, tmp_path)


async def test_an_endless_upload_is_cut_off_at_the_limit(files: Files, database: Database, tmp_path: Path) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000_000
            yield b"\xff\xd8\xff" + b"\x00" * 999_997

    with pytest.raises(TooLarge):
        await files.store(SHOP, a_customer(), "x.jpg", endless())
    assert sent <= MAX_BYTES + 1_000_000
    assert await nothing_is_left(database, tmp_path)


@pytest.mark.parametrize(
    ("content", "mime", "name"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf", "bill.pdf"),
        (MP4, "video/mp4", "bill.mp4"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\x00" * 64, "video/webm", "bill.webm"),
        (b"ID3\x04" + b"\x00" * 64, "audio/mpeg", "bill.mp3"),
        ("单号 1234\n谢谢".encode(), "text/plain", "bill.txt"),
    ],
)
@pytest.mark.parametrize("store", ["sqlite"])
async def test_files_are_known_by_content_whatever_they_are_called(files: Files, content: bytes, mime: str, name: str) -> None:
    stored = await keep(files, content, "..\\..\\bill.php")
    assert (stored.mime, stored.name, stored.kind, stored.width) == (mime, name, "file", None)
    assert await bytes_of(files, stored) == content


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a/../../etc/passwd", "passwd.jpg"),
        ("假期照片.JPEG", "假期照片.jpg"),
        ("x.jpg.exe", "x.jpg.jpg"),
        ('a"b;c\r\n.jpg', "abc.jpg"),
        ("", "file.jpg"),
        ("....", "file.jpg"),
        ("长" * 500, "长" * 100 + ".jpg"),
    ],
)
def test_names_are_made_safe(given: str, shown: str) -> None:
    assert file_name(given, "image/jpeg") == shown


async def test_a_full_disk_is_an_honest_refusal(files: Files, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(StorageUnavailable):
            await keep(files, a_picture())
    assert await nothing_is_left(database, tmp_path)


async def test_when_the_row_cannot_be_written_the_bytes_go_too(
    files: Files, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("database gone")

    with monkeypatch.context() as patched:
        patched.setattr(database, "unit", fail)
        with pytest.raises(RuntimeError):
            await keep(files, a_picture())
    assert await nothing_is_left(database, tmp_path)


async def test_one_uploader_cannot_flood_the_centre(files: Files) -> None:
    customer = a_customer()
    for _ in range(20):
        await keep(files, b"%PDF-1.4", actor=customer)
    with pytest.raises(RateLimited):
        await keep(files, b"%PDF-1.4", actor=customer)
    assert await keep(files, b"%PDF-1.4")


async def test_only_the_uploader_may_send_a_file_and_only_in_their_shop(files: Files) -> None:
    customer = a_customer()
    stored = await keep(files, a_picture(), actor=customer)
    assert await files.own(customer, SHOP, stored.id) == stored
    assert await files.get(SHOP, stored.id) == stored
    with pytest.raises(NotFound):
        await files.own(a_customer(), SHOP, stored.id)
    for shop, file_id in ((OTHER, stored.id), (SHOP, new_id()), (SHOP, "\x00")):
        with pytest.raises(NotFound):
            await files.get(shop, file_id)
    with pytest.raises(NotFound):
        await files.store(OTHER, customer, "x", stream(a_picture()))


async def test_a_link_works_for_a_week_and_for_its_own_file(files: Files, clock: FixedClock) -> None:
    stored, another = await keep(files, a_picture()), await keep(files, a_picture())
    signature = files.link(stored.id).partition("sig=")[2]
    for file_id, wrong in (
        (stored.id, ""),
        (stored.id, signature[:-1] + "~"),
        (another.id, signature),
        (stored.id, "签"),
        ("x", signature),
    ):
        with pytest.raises(NotFound):
            await files.open(file_id, wrong)
    clock.move(days=7)
    assert (await files.open(stored.id, signature))[0] == stored
    clock.move(days=1)
    with pytest.raises(NotFound):
        await files.open(stored.id, signature)
    fresh = files.signed({"file": {"id": stored.id, "mime": stored.mime, "url": "old"}})["file"]["url"]
    assert await files.open(stored.id, fresh.partition("sig=")[2])


async def test_links_of_another_centre_do_not_work_here(files: Files, database: Database, clock: FixedClock, tmp_path: Path) -> None:
    stored = await keep(files, a_picture())
    forged = Files(database, tmp_path / "files", b"x" * 32, clock).link(stored.id)
    with pytest.raises(NotFound):
        await files.open(stored.id, forged.partition("sig=")[2])


async def test_an_upload_cut_short_is_swept_at_the_next_start(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    left_over = tmp_path / "files" / "incoming" / "half.raw"
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"half")
    Files(database, tmp_path / "files", b"k" * 32, clock)
    assert not left_over.exists()


@pytest.fixture
async def http(files: Files) -> AsyncIterator[httpx.AsyncClient]:
    app, agent = FastAPI(), an_agent()
    app.state.provided = {Files: files}
    app.include_router(router)
    app.dependency_overrides = {signed_in.actor: lambda: agent, signed_in.shop: lambda: SHOP}
    install_problem_handlers(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test") as client:
        yield client


async def test_over_http_a_picture_is_shown_and_cannot_do_anything(http: httpx.AsyncClient) -> None:
    sent = await http.post("/api/v1/files", files={"file": ("照片.png", a_phone_photo(), "image/png")})
    about = sent.json()
    assert sent.status_code == 201
    assert {k: about[k] for k in ("kind", "name", "mime", "width", "height")} == {
        "kind": "image", "name": "照片.jpg", "mime": "image/jpeg", "width": 480, "height": 640,
    }  # fmt: skip
    got = await http.get(about["url"])
    assert (got.status_code, got.headers["content-type"], len(got.content)) == (200, "image/jpeg", about["size"])
    assert got.headers["content-disposition"].startswith("inline")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"].startswith("private")
    small = await http.get(about["thumb"])
    assert (small.headers["content-type"], len(small.content) < len(got.content)) == ("image/webp", True)
    assert (await http.get(about["url"][:-1] + "~")).status_code == 404
    assert (await http.get(f"/api/v1/files/{about['id']}")).status_code == 404


async def test_over_http_other_files_are_only_saved_never_shown(http: httpx.AsyncClient) -> None:
    about = (await http.post("/api/v1/files", files={"file": ("说明.html", "没有标记的文字".encode(), "text/html")})).json()
    got = await http.get(about["url"])
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["content-disposition"].startswith("attachment")
    assert (about["kind"], about["name"], about["thumb"]) == ("file", "说明.txt", None)


async def test_over_http_bad_uploads_get_clear_refusals(http: httpx.AsyncClient, database: Database, tmp_path: Path) -> None:
    async def code(**request: object) -> tuple[int, str]:
        answer = await http.post("/api/v1/files", **request)  # type: ignore[arg-type]
        return answer.status_code, answer.json()["code"]

    async def unannounced() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(400):
            yield b"\x00" * 65_536

    multipart = {"content-type": "multipart/form-data; boundary=x"}
    assert await code(files={"file": ("a.svg", b"<svg onload=alert(1)>", "image/png")}) == (415, "file_kind_refused")
    assert await code(files={"file": ("a.jpg", b"\x00" * (MAX_BYTES + 100_000))}) == (413, "too_large")
    assert await code(content=unannounced(), headers=multipart) == (413, "too_large")
    assert await code(data={"file": "text instead"}) == (422, "no_file")
    assert await code(json={"file": "x"}) == (422, "no_file")
    assert await code(content=b"--x\r\ngarbage", headers=multipart) == (422, "no_file")
    assert (await code(content=b"x", headers={"content-type": "multipart/form-data"}))[0] in (400, 422)
    assert await code(content=b"x", headers={"content-length": "many"}) == (422, "no_file")
    assert await nothing_is_left(database, tmp_path)
