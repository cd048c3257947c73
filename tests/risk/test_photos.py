"""Photos: found again however they were changed; other goods on the same table are not the same; hostile files are refused."""

import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xinfu.risk.contracts import Scene
from xinfu.risk.photos import PhotoAlbum, PhotoMatcher
from xinfu.risk.photos_open import NotAPicture, PictureTooLarge, open_picture
from xinfu.risk.photos_print import Print, Why
from xinfu.risk.photos_worker import PhotosBusy, PhotoWorker

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from photo_scenes import EDITS, Shot, another_view, edited, jpeg, photo

BOWL = Shot(table=9000, goods=21_000, damage=3000, camera=3000, light=3000, place=3000)


@pytest.fixture(scope="module")
def matcher():
    return PhotoMatcher()


@pytest.fixture(scope="module")
def bowl():
    return photo(BOWL)


@pytest.fixture(scope="module")
def pool(matcher, bowl):
    return [("first", matcher.look(jpeg(bowl)).print)]


def found(matcher, data, pool) -> list[str]:
    return [seen.photo_id for seen in matcher.match(data, pool) if seen.score >= 0.5]


@pytest.mark.parametrize("edit", [*EDITS, "mirror+rotate", "crop+jpeg"])
def test_an_edited_photo_is_found_again(matcher, bowl, pool, edit):
    assert found(matcher, jpeg(edited(bowl, edit, 11), 80), pool) == ["first"]


def test_the_same_damage_from_another_place_in_another_light_is_found_again(matcher, pool):
    seen = matcher.match(jpeg(photo(another_view(BOWL, 5))), pool)
    assert [(s.photo_id, s.why) for s in seen] == [("first", Why.SAME_THING)]


def test_the_same_file_needs_no_second_look(matcher, bowl, pool):
    (seen,) = matcher.match(jpeg(bowl), pool)
    assert (seen.score, seen.why) == (1.0, Why.SAME_FILE)


@pytest.mark.parametrize("number", range(6))
def test_other_goods_on_the_same_table_are_not_the_same(matcher, pool, number):
    other = replace(
        BOWL, goods=BOWL.goods + 1 + number, damage=77 + number, place=90 + number, camera=number, light=BOWL.light + number % 2
    )
    assert found(matcher, jpeg(photo(other)), pool) == []


def test_what_is_kept_of_a_photo_survives_being_stored(matcher, bowl, pool):
    kept = Print.unpack(pool[0][1].pack())
    assert (kept.sha256, kept.size, kept.quality, kept.view) == (pool[0][1].sha256, pool[0][1].size, pool[0][1].quality, pool[0][1].view)
    assert np.array_equal(kept.descriptors, pool[0][1].descriptors)
    assert found(matcher, jpeg(edited(bowl, "crop", 3)), [("stored", kept)]) == ["stored"]


def test_an_empty_wall_is_like_no_other_empty_wall(matcher):
    walls = [jpeg(np.full((300, 400, 3), shade, np.uint8)) for shade in (120, 160)]
    assert found(matcher, walls[1], [("wall", matcher.look(walls[0]).print)]) == []


def test_the_camera_tells_when_it_was_taken():
    picture, out = Image.new("RGB", (64, 64), "red"), BytesIO()
    exif = picture.getexif()
    exif[306] = "2026:02:03 04:05:06"
    picture.save(out, "JPEG", exif=exif)
    assert open_picture(out.getvalue()).taken_at == datetime(2026, 2, 3, 4, 5, 6)


def png_of(wide: int, high: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("wide", "high"), [(60_000, 60_000), (2_000_000_000, 10), (8000, 8000)])
def test_a_picture_that_would_unpack_to_gigabytes_is_refused_before_it_is_unpacked(wide, high):
    with pytest.raises(PictureTooLarge):
        open_picture(png_of(wide, high))


def test_half_a_file_is_refused(bowl):
    whole = jpeg(bowl)
    with pytest.raises(NotAPicture):
        open_picture(whole[: len(whole) // 2])


def test_a_file_of_many_megabytes_is_refused_unread():
    with pytest.raises(PictureTooLarge):
        open_picture(b"\xff\xd8" + b"\0" * (21 * 1024 * 1024))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBP"]))
def test_any_bytes_are_a_picture_or_a_refusal(body, start):
    try:
        open_picture(start + body)
    except (NotAPicture, PictureTooLarge):
        return


def test_photos_of_later_claims_and_of_the_same_claim_are_not_compared(tmp_path, bowl):
    files = {}
    for name, edit in (("a", "jpeg"), ("b", "crop"), ("c", "rotate")):
        files[name] = tmp_path / f"{name}.jpg"
        files[name].write_bytes(jpeg(edited(bowl, edit, 4)))
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    album = PhotoAlbum(files | {"bad": tmp_path / "bad.jpg"})
    assert album.seen_before("k1", ["a", "b", "bad"], Scene()) == ()
    assert {(m.photo_id, m.photo_id2) for m in album.seen_before("k2", ["c"], Scene())} == {("c", "a"), ("c", "b")}
    assert album.refused == {"bad": NotAPicture.code}


def test_opencv_stays_out_of_the_centre_until_a_photo_is_looked_at():
    told = subprocess.run([sys.executable, "-c", "import xinfu.risk, sys; print('cv2' in sys.modules)"], capture_output=True, text=True)
    assert told.stdout.strip() == "False", told.stderr


async def test_the_worker_compares_refuses_and_stands_up_again(bowl, pool):
    async with PhotoWorker(seconds=300) as worker:
        looked = await worker.look(jpeg(edited(bowl, "mirror", 1)))
        with pytest.raises(NotAPicture):
            await worker.look(b"nothing")
        assert [s.photo_id for s in await worker.match(looked, pool)] == ["first"]
        worker.close()
        assert (await worker.look(jpeg(bowl))).print.sha256 == pool[0][1].sha256


async def test_a_worker_that_takes_too_long_says_so(bowl):
    async with PhotoWorker(seconds=0.001) as worker:
        with pytest.raises(PhotosBusy):
            await worker.look(jpeg(bowl))
