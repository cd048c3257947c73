"""Search over conversations: what is found, page by page, and that it follows the log whatever happens to queue, folder or disk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from xinfu.conversations import search as module
from xinfu.conversations.contracts import Message
from xinfu.conversations.search import ConversationHit, ConversationSearch
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id
from xinfu.kit.paging import encode_cursor

SHOP, OTHER = "a" * 32, "b" * 32


class Log:
    """The message log as the index sees it."""

    def __init__(self) -> None:
        self.messages: list[tuple[Id, Message]] = []
        self.failing = 0
        self.reads = 0

    async def after_position(self, at: int, conversation_id: Id, seq: int, limit: int = 1000) -> list[tuple[Id, Message]]:
        self.reads += 1
        if self.failing:
            self.failing -= 1
            raise OSError("disk")
        after = [(s, m) for s, m in self.messages if (m.at, m.conversation_id, m.seq) > (at, conversation_id, seq)]
        return sorted(after, key=lambda pair: (pair[1].at, pair[1].conversation_id, pair[1].seq))[:limit]

    def say(self, conversation: int, seq: int, text: str, at: int, shop: Id = SHOP) -> tuple[Id, Message]:
        pair = (shop, Message(_id(conversation), seq, "customer", "c" * 32, "顾客", "text", text, at))
        self.messages.append(pair)
        return pair


def _id(conversation: int) -> Id:
    return f"{conversation:032x}"


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def search(log: Log, tmp_path: Path) -> AsyncIterator[ConversationSearch]:
    search = ConversationSearch(tmp_path / "conversations", gather_s=0)
    await search.start(log)
    await search.settled()
    yield search
    await search.stop()


async def found(search: ConversationSearch, query: str, shop: Id = SHOP) -> list[tuple[Id, int]]:
    return [(hit.conversation_id, hit.seq) for hit in (await search.find(shop, query)).items]


async def test_each_conversation_is_shown_once_at_its_newest_match_newest_first(search: ConversationSearch, log: Log) -> None:
    search.feed([log.say(1, 1, "退货运费谁出", 1000), log.say(2, 1, "我想问退货运费", 2000), log.say(1, 2, "退货运费还没退", 3000)])
    search.feed([log.say(3, 1, "什么时候发货", 4000)])
    await search.settled()
    assert (await search.find(SHOP, "退货运费")).items == [
        ConversationHit(_id(1), 2, "退货运费还没退"),
        ConversationHit(_id(2), 1, "我想问退货运费"),
    ]
    assert await found(search, "没有这样的话") == []
    assert await found(search, "") == []


async def test_another_shop_finds_nothing(search: ConversationSearch, log: Log) -> None:
    search.feed([log.say(1, 1, "退货运费", 1000)])
    await search.settled()
    assert await found(search, "退货运费", OTHER) == []


async def test_pages_hold_every_conversation_once(search: ConversationSearch, log: Log) -> None:
    said = [log.say(n % 23, 1 + n // 23, f"第{n}次问退货", 1000 + n // 7) for n in range(200)]
    search.feed(said)
    await search.settled()
    seen: list[Id] = []
    cursor = None
    while True:
        page = await search.find(SHOP, "退货", 5, cursor)
        seen += [hit.conversation_id for hit in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(_id(n) for n in range(23))


async def test_a_conversation_that_repeats_itself_does_not_hide_the_others(
    search: ConversationSearch, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROUNDS", 2)
    search.feed([log.say(1, 1, "退货", 1), *(log.say(2, n, "退货退货", 10 + n) for n in range(1, 60))])
    await search.settled()
    seen: list[Id] = []
    cursor = None
    while True:
        page = await search.find(SHOP, "退货", 2, cursor)
        seen += [hit.conversation_id for hit in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [_id(2), _id(1)]


@pytest.mark.parametrize("cursor", ["nonsense", encode_cursor("x"), encode_cursor("-1"), encode_cursor("9" * 30), encode_cursor("１")])
async def test_a_cursor_that_is_not_ours_is_refused(search: ConversationSearch, cursor: str) -> None:
    with pytest.raises(Invalid):
        await search.find(SHOP, "退货", 5, cursor)


async def test_what_was_said_while_the_centre_was_down_is_found_after_the_start(log: Log, tmp_path: Path) -> None:
    folder = tmp_path / "conversations"
    first = ConversationSearch(folder, gather_s=0)
    await first.start(log)
    first.feed([log.say(1, 1, "退货运费", 10**9)])
    await first.settled()
    await first.stop()
    log.say(2, 1, "退货地址", 10**9 + 5)
    log.say(3, 1, "退货晚到的", 10**9 - 5)  # committed late with an earlier time
    second = ConversationSearch(folder, gather_s=0)
    await second.start(log)
    await second.settled()
    assert await found(second, "退货") == [(_id(2), 1), (_id(1), 1), (_id(3), 1)]
    await second.stop()


@pytest.mark.parametrize("damage", ["index", "position", "all"])
async def test_a_damaged_folder_is_filled_again_from_the_log(log: Log, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "conversations"
    first = ConversationSearch(folder, gather_s=0)
    for n in range(50):
        log.say(n, 1, f"退货 {n}", 10**9 + n * 120_000)
    await first.start(log)
    await first.settled()
    await first.stop()
    for path in folder.iterdir():
        if damage == "all" or (path.name == "position.json") == (damage == "position"):
            path.write_bytes(b"{")
    second = ConversationSearch(folder, gather_s=0)
    await second.start(log)
    await second.settled()
    assert len((await second.find(SHOP, "退货", 100)).items) == 50
    await second.stop()


async def test_a_flood_beyond_the_queue_is_read_from_the_log_instead(
    search: ConversationSearch, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUEUE", 10)
    for n in range(50):
        search.feed([log.say(n, 1, "退货", 1000 + n)])
    await search.settled()
    assert len((await search.find(SHOP, "退货", 100)).items) == 50


async def test_a_failing_log_is_tried_again_and_nothing_is_missed(
    search: ConversationSearch, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0)
    monkeypatch.setattr(module, "QUEUE", 1)
    log.failing = 3
    search.feed([log.say(1, 1, "退货", 1000), log.say(2, 1, "退货", 1001)])
    await search.settled()
    assert await found(search, "退货") == [(_id(2), 1), (_id(1), 1)]
    assert log.failing == 0


async def test_a_failing_index_is_tried_again_and_nothing_is_missed(
    search: ConversationSearch, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, failures = search._index.commit, [OSError(28, "no space"), ValueError("writer killed")]

    def unreliable() -> None:
        if failures:
            raise failures.pop()
        commit()

    monkeypatch.setattr(module, "RETRY_S", 0)
    monkeypatch.setattr(search._index, "commit", unreliable)
    search.feed([log.say(1, 1, "退货", 1000)])
    await search.settled()
    assert await found(search, "退货") == [(_id(1), 1)]
    assert failures == []


async def test_feeding_never_waits_even_before_the_start(log: Log, tmp_path: Path) -> None:
    search = ConversationSearch(None, gather_s=0)
    search.feed([log.say(1, 1, "退货", 1000)])
    await search.start(log)
    await search.settled()
    assert await found(search, "退货") == [(_id(1), 1)]
    await search.stop()


async def test_an_erased_conversation_is_no_longer_found(search: ConversationSearch, log: Log) -> None:
    search.feed([log.say(1, 1, "退货", 1000), log.say(2, 1, "退货", 1001)])
    await search.settled()
    await search.forget([_id(1)])
    assert await found(search, "退货") == [(_id(2), 1)]


async def test_pictures_without_words_are_left_out(search: ConversationSearch, log: Log) -> None:
    search.feed([log.say(1, 1, "", 1000), log.say(1, 2, "退货", 1001)])
    await asyncio.wait_for(search.settled(), 20)
    assert await found(search, "退货") == [(_id(1), 2)]
