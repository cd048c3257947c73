"""The bigram index: what is found, what is kept apart, and what survives."""

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.kit.search import MOST_TERMS, BigramIndex, Entry, excerpt, query_terms

SHOP, OTHER = "a" * 32, "b" * 32


def an_index(folder: Path | None = None) -> BigramIndex:
    return BigramIndex(folder, {"title": 2.0, "body": 1.0}, ("audience",))


def an_entry(key: str, title: str, body: str = "", shop: str = SHOP, audience: str = "customer", rank: int = 0) -> Entry:
    return Entry(key, shop, {"title": title, "body": body}, {"audience": audience}, rank, f"kept {key}")


def keys(index: BigramIndex, query: str, **more: object) -> list[str]:
    return [found.key for found in index.search(SHOP, query, **more)]  # type: ignore[arg-type]


@pytest.fixture
def filled() -> BigramIndex:
    index = an_index()
    index.rebuild(
        [
            an_entry("freight", "退货运费谁承担", "质量问题由店铺承担,七天无理由由买家承担。", rank=3),
            an_entry("send", "什么时候发货", "拍下后四十八小时内发货。", rank=2),
            an_entry("phone", "Phone X15 保修", "iPhone15Pro 也在保修之列 ABC123。", audience="staff", rank=1),
            an_entry("theirs", "退货运费谁承担", shop=OTHER),
        ]
    )
    return index


def test_a_chinese_question_finds_the_entry_that_answers_it(filled: BigramIndex) -> None:
    assert keys(filled, "请问退货的话运费是谁承担呀")[0] == "freight"
    assert keys(filled, "多久发货") == ["send"]


def test_width_and_case_do_not_matter(filled: BigramIndex) -> None:
    assert keys(filled, "ＡＢＣ１２３") == ["phone"]
    assert keys(filled, "abc123") == ["phone"]


def test_a_single_character_and_the_beginning_of_a_word_are_enough(filled: BigramIndex) -> None:
    assert keys(filled, "退") == ["freight"]
    assert keys(filled, "修") == ["phone"]
    assert keys(filled, "iphone") == ["phone"]


def test_a_word_in_the_title_counts_for_more() -> None:
    index = an_index()
    index.rebuild([an_entry("body", "说明", "发票 怎么开"), an_entry("title", "发票", "怎么开"), an_entry("none", "其他", "内容")])
    assert keys(index, "发票") == ["title", "body"]


def test_other_shops_and_other_facets_are_never_found(filled: BigramIndex) -> None:
    assert "theirs" not in keys(filled, "退货运费谁承担")
    assert [f.key for f in filled.search(OTHER, "退货运费")] == ["theirs"]
    assert keys(filled, "保修", facets={"audience": "customer"}) == []
    assert keys(filled, "保修", facets={"audience": ["customer", "staff"]}) == ["phone"]
    assert keys(filled, "保修", facets={"audience": []}) == []


def test_need_asks_for_a_share_of_the_words(filled: BigramIndex) -> None:
    assert keys(filled, "退货保修") != []
    assert keys(filled, "退货保修", need=1.0) == []
    assert keys(filled, "退货运费", need=1.0) == ["freight"]


def test_the_newest_come_first_when_asked_and_bounds_hold(filled: BigramIndex) -> None:
    query = "承担 发货 保修"
    assert keys(filled, query, newest=True) == ["freight", "send", "phone"]
    assert keys(filled, query, newest=True, before=3) == ["send", "phone"]
    assert keys(filled, query, newest=True, since=2) == ["freight", "send"]
    assert keys(filled, query, newest=True, limit=1) == ["freight"]


def test_nothing_is_seen_before_the_commit_and_an_upsert_replaces() -> None:
    index = an_index()
    index.upsert([an_entry("1", "旧的标题")])
    assert keys(index, "标题") == []
    index.commit()
    index.upsert([an_entry("1", "新的名字")])
    index.commit()
    assert (keys(index, "标题"), keys(index, "名字"), len(index)) == ([], ["1"], 1)


def test_deleting_by_key_and_by_facet(filled: BigramIndex) -> None:
    filled.delete(["freight"])
    filled.delete_by("audience", "staff")
    filled.commit()
    assert keys(filled, "承担 发货 保修") == ["send"]


async def test_write_changes_and_commits_off_the_loop(filled: BigramIndex) -> None:
    await filled.write([an_entry("new", "积分兑换")], ["send"])
    assert (keys(filled, "积分"), keys(filled, "发货")) == (["new"], [])


def test_a_folder_keeps_its_entries(tmp_path: Path) -> None:
    first = an_index(tmp_path / "search")
    assert first.fresh
    first.rebuild([an_entry("1", "退货政策")])
    first.close()
    second = an_index(tmp_path / "search")
    assert not second.fresh
    assert second.search(SHOP, "退货")[0].keep == "kept 1"


@pytest.mark.parametrize("damage", ["meta", "segments", "layout", "garbage", "file"])
def test_a_damaged_folder_is_emptied_and_usable(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "search"
    index = an_index(folder)
    index.rebuild([an_entry(str(n), f"退货政策{n}") for n in range(50)])
    index.close()
    del index
    if damage == "meta":
        (folder / "meta.json").write_text("{")
    elif damage == "segments":
        for path in folder.iterdir():
            if path.suffix in (".store", ".idx", ".term"):
                path.write_bytes(b"")
    elif damage == "layout":
        mark = json.loads((folder / "layout.json").read_text())
        (folder / "layout.json").write_text(json.dumps(mark | {"layout": 0}))
    elif damage == "garbage":
        (folder / "layout.json").write_bytes(b"\xff\xfe")
    else:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        folder.write_text("not a folder")
    again = an_index(folder)
    assert again.fresh
    again.rebuild([an_entry("1", "退货政策")])
    assert keys(again, "退货") == ["1"]


def test_a_failed_commit_undoes_its_batch_and_the_index_goes_on(tmp_path: Path) -> None:
    index = an_index()
    index.rebuild([an_entry("1", "退货政策")])
    with pytest.raises(ValueError, match="nothing like a text"):
        index.rebuild(_failing())
    index.upsert([an_entry("2", "换货政策")])
    index.commit()
    assert sorted(keys(index, "政策")) == ["1", "2"]


def _failing() -> list[Entry]:
    class Odd(list[Entry]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            yield an_entry("3", "保修政策")
            raise ValueError("nothing like a text")

    return Odd()


def test_many_threads_may_write_and_read_at_once(tmp_path: Path) -> None:
    index = an_index(tmp_path / "search")

    def work(n: int) -> None:
        for i in range(5):
            index.upsert([an_entry(f"{n}.{i}", f"退货政策{n}")])
            index.commit()
            index.search(SHOP, "退货")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(index) == 20


@given(st.text(max_size=300))
def test_no_query_is_an_error(query: str) -> None:
    index = _SHARED
    assert isinstance(index.search(SHOP, query, 3), list)
    assert len(query_terms(query)) <= MOST_TERMS


@given(st.text(max_size=200), st.text(max_size=20), st.integers(10, 80))
def test_an_excerpt_is_short_and_comes_from_the_text(text: str, query: str, width: int) -> None:
    short = excerpt(text, query, width)
    assert len(short) <= width + 2
    assert short.strip("…") in " ".join(text.split())


def test_an_excerpt_shows_the_place_that_was_found() -> None:
    text = "前面说了很多别的事情," * 20 + "最后才问退货运费谁出," + "后面又说了很多," * 20
    assert "退货运费" in excerpt(text, "退货运费")
    assert excerpt(text, "退货运费").startswith("…")


_SHARED = an_index()
_SHARED.rebuild([an_entry("1", "退货政策")])


def test_single_characters_lift_what_was_found_and_find_nothing_alone() -> None:
    index = BigramIndex(None, {"title": 1.0}, (), {"title": 2.0})
    index.rebuild(
        [Entry(key, "s", {"title": title}) for key, title in (("one", "现金退回本店"), ("two", "现金积抵分扣"), ("three", "分外好"))]
    )
    assert [found.key for found in index.search("s", "现金分抵积")] == ["two", "one"]
    assert index.search("s", "积木") == []
