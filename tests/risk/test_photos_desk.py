"""Photos of cases are looked at in the background; one shown before becomes a finding with both beside each other, for a person to judge."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.risk.living import NOON, OTHER, READS, SHOP, Living, person
from xinfu.identity import Permission
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.ids import Id, new_id
from xinfu.risk import PhotoDesk, PhotoWorker, ShownCase, ShownPhoto
from xinfu.risk.model import FindingRow, PhotoRow
from xinfu.risk.photos_worker import PhotosBusy

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from photo_scenes import Shot, edited, jpeg, photo

BOWL = Shot(table=9000, goods=21_000, damage=3000, camera=3000, light=3000, place=3000)


class Album:
    """A PhotoSource in memory."""

    def __init__(self) -> None:
        self.cases: dict[str, ShownCase] = {}
        self.files: dict[Id, bytes] = {}

    async def shown(self, shop_id: Id, number: str) -> ShownCase | None:
        return self.cases.get(number) if shop_id == SHOP else None

    async def numbers(self, shop_id: Id, since: object) -> AsyncIterator[Sequence[str]]:
        yield list(self.cases)

    async def read(self, shop_id: Id, photo_id: Id) -> bytes | None:
        return self.files.get(photo_id)

    async def links(self, shop_id: Id, photo_ids: Sequence[Id]) -> dict[Id, tuple[str, str]]:
        return {id_: (f"/f/{id_}", f"/t/{id_}") for id_ in photo_ids if id_ in self.files}


class Eyes(PhotoWorker):
    """A worker without a process of its own: quick to start."""

    async def _run(self, work: Callable[..., Any], *args: object) -> Any:
        return await asyncio.to_thread(work, *args)


class Shop(Living):
    """A living shop whose cases have photos."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.album = Album()
        self.worker = Eyes
        super().__init__(database, clock)

    def build(self) -> None:
        super().build()
        self.photos = PhotoDesk(
            self.database, self.clock, self.shelf, self.feed, self.findings, self.source, self.album, self.worker(seconds=60)
        )

    async def start(self) -> None:
        await super().start()
        await self.photos.start()
        await self.photos.settled()

    async def stop(self) -> None:
        await self.photos.stop()
        await super().stop()

    async def shows(self, number: str, *pictures: bytes, customer: Id | None = None, day: int = 5) -> Id:
        """A case about an order of its own, with photos, looked at."""
        who = customer or await self.customer()
        await self.bought(f"o{number}", who, sku="BOWL-1", category="陶瓷 碗")
        ids = [new_id() for _ in pictures]
        self.album.files |= dict(zip(ids, pictures, strict=True))
        shas = [hashlib.sha256(picture).hexdigest() for picture in pictures]
        shown = tuple(ShownPhoto(id_, sha, NOON + timedelta(days=day)) for id_, sha in zip(ids, shas, strict=True))
        self.album.cases[number] = ShownCase(number, f"o{number}", who, shown)
        photos = tuple(sha[:32] for sha in shas)
        await self.asked(number, f"o{number}", who, day=day, kind="refund_only", reason="破损", amount=300.0, photos=photos)
        self.photos.case_changed(SHOP, number)
        await self.photos.settled()
        return who

    async def hard(self) -> list[FindingRow]:
        async with self.database.read() as unit:
            return list(await unit.scalars(select(FindingRow).where(FindingRow.hard).order_by(FindingRow.subject)))


@pytest.fixture
async def shop(database: Database, clock: Clock) -> AsyncIterator[Shop]:
    living = Shop(database, clock)
    await living.start()
    yield living
    await living.stop()


@pytest.fixture(scope="module")
def bowl() -> bytes:
    return jpeg(photo(BOWL))


@pytest.fixture(scope="module")
def again() -> bytes:
    return jpeg(edited(photo(BOWL), "mirror", 3), 80)


@pytest.fixture(scope="module")
def other() -> bytes:
    return jpeg(photo(replace(BOWL, goods=BOWL.goods + 3, damage=83, place=95, camera=4)))


async def test_a_photo_shown_before_is_a_finding_for_a_person_with_both_photos(shop: Shop, bowl: bytes, again: bytes) -> None:
    await shop.shows("A1", bowl)
    await shop.shows("A2", again, day=9)
    (row,) = await shop.hard()
    assert (row.subject, row.pattern, row.action, row.state) == ("A2", "fragile_claims", "review", "open")
    assert any("A1" in zh for zh, _ in row.reasons)
    shown = await shop.photos.of_case(person(permissions=READS), SHOP, "A2")
    (pair,) = shown.pairs
    assert (pair.later.case, pair.earlier.case) == ("A2", "A1")
    assert pair.later.url
    assert pair.earlier.url != pair.later.url
    assert (await shop.photos.of_case(person(permissions=READS), SHOP, "A1")).pairs == shown.pairs


async def test_other_goods_on_the_same_table_are_no_finding(shop: Shop, bowl: bytes, other: bytes) -> None:
    await shop.shows("A1", bowl)
    await shop.shows("A2", other, day=9)
    assert [row.reasons for row in await shop.hard()] == []
    assert (await shop.photos.of_case(person(), SHOP, "A2")).pairs == []


async def test_a_photo_shown_twice_for_one_order_says_nothing(shop: Shop, bowl: bytes, again: bytes) -> None:
    who = await shop.shows("A1", bowl)
    one = shop.album.cases["A1"]
    fresh = new_id()
    shop.album.files[fresh] = again
    shop.album.cases["A3"] = ShownCase("A3", one.order_no, who, (ShownPhoto(fresh, "f" * 64, NOON + timedelta(days=8)),))
    await shop.asked("A3", one.order_no, who, day=8, kind="exchange", reason="破损", photos=("f" * 32,))
    shop.photos.case_changed(SHOP, "A3")
    await shop.photos.settled()
    assert await shop.hard() == []


async def test_pictures_made_to_hurt_are_refused_quietly_and_noted(shop: Shop, bowl: bytes) -> None:
    await shop.shows("A1", bowl[:400], b"GIF89a" + b"\0" * 50)
    async with shop.database.read() as unit:
        kept = [(row.refused, row.print) for row in await unit.scalars(select(PhotoRow))]
    assert kept == [("risk.not_a_picture", None)] * 2
    assert await shop.hard() == []
    unread = (await shop.photos.of_case(person(), SHOP, "A1")).unread
    assert len(unread) == 2
    assert "打不开" in unread[0].why[0]


async def test_a_picture_that_ends_the_worker_is_noted_and_the_next_one_is_looked_at(
    shop: Shop, bowl: bytes, again: bytes, monkeypatch
) -> None:
    await shop.shows("A1", bowl)
    look = shop.photos._worker.look

    async def ends(data: bytes) -> object:
        if data == b"bad":
            raise PhotosBusy
        return await look(data)

    monkeypatch.setattr(shop.photos._worker, "look", ends)
    await shop.shows("A2", b"bad", again, day=9)
    assert [row.subject for row in await shop.hard()] == ["A2"]
    (unread,) = (await shop.photos.of_case(person(), SHOP, "A2")).unread
    assert "人工" in unread.why[0]


async def test_what_was_found_stands_after_a_restart_and_what_was_left_is_looked_at(shop: Shop, bowl: bytes, again: bytes) -> None:
    await shop.shows("A1", bowl)
    await shop.stop()
    shop.build()  # A2 comes while nobody looks
    late = new_id()
    who = await shop.customer("李小红", "13800000002")
    shop.album.files[late] = again
    shop.album.cases["A2"] = ShownCase("A2", "oA2", who, (ShownPhoto(late, "e" * 64, NOON + timedelta(days=9)),))
    await super(Shop, shop).start()
    await shop.bought("oA2", who, sku="BOWL-1", category="陶瓷 碗")
    await shop.asked("A2", "oA2", who, day=9, kind="refund_only", reason="破损", photos=("e" * 32,))
    await shop.photos.start()
    await shop.photos.settled()
    assert [row.subject for row in await shop.hard()] == ["A2"]
    await shop.stop()
    shop.build()
    await shop.start()
    shop.feed.case_changed(SHOP, "A2")
    await shop.feed.settled()
    (row,) = await shop.hard()
    assert row.state == "open"


async def test_a_dismissed_match_counts_no_more(shop: Shop, bowl: bytes, again: bytes) -> None:
    await shop.shows("A1", bowl)
    await shop.shows("A2", again, day=9)
    (row,) = await shop.hard()
    await shop.desk.dismiss(person(), SHOP, row.id, version=row.version, words="同一件商品，补拍的照片")
    shop.feed.case_changed(SHOP, "A2")
    await shop.feed.settled()
    (row,) = await shop.hard()
    assert row.state == "dismissed"


async def test_only_who_judges_sees_the_photos_of_others(shop: Shop, bowl: bytes) -> None:
    await shop.shows("A1", bowl)
    with pytest.raises(Forbidden):
        await shop.photos.of_case(person(permissions=frozenset({Permission.CUSTOMERS_READ})), SHOP, "A1")
    with pytest.raises((Forbidden, NotFound)):
        await shop.photos.of_case(person(), OTHER, "A1")
