"""Articles from files: tables and Markdown, problems row by row, nothing stored when there is one."""

import json
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from typer.testing import CliRunner

from tests.knowledge.builders import SHOP, a_trainer
from xinfu.cli import app
from xinfu.kit.clock import FixedClock, to_ms
from xinfu.kit.database import Database
from xinfu.kit.errors import Invalid
from xinfu.kit.tabular import Problems, parse_time
from xinfu.knowledge import ArticleIn, Knowledge
from xinfu.knowledge.imports import FileKind, read_articles
from xinfu.knowledge.model import Article, ArticleVersion

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(text: str, kind: FileKind = "table") -> tuple[list[ArticleIn], list[tuple[int, str]]]:
    problems = Problems()
    articles = read_articles(text.encode(), kind, SHANGHAI, problems)
    return articles, [(p.row, p.field) for p in problems.found]


def test_a_table_with_chinese_headings_is_read() -> None:
    header = "主题,标题,正文,关键词,对象,状态,负责人,复核日期,生效,失效\n"
    [one], wrong = read(
        header + 'policy.x,怎么开发票,"- 电子\n- 纸质",专票;电子发票|抬头,客服,草稿,小林,2026-12-01,2026-03-01 08:00,2026-04-01\n'
    )
    assert wrong == []
    assert (one.topic, one.title, one.body, one.audience, one.status) == ("policy.x", "怎么开发票", "- 电子\n- 纸质", "staff", "draft")
    assert (one.keywords, one.owner) == (["专票", "电子发票", "抬头"], "小林")
    assert one.effective_from == to_ms(parse_time("2026-03-01T08:00+08:00", UTC))


def test_each_wrong_row_is_named_with_its_field() -> None:
    _, wrong = read(
        "topic,title,body,audience,effective_from,effective_until,colour\n"
        "Wrong Topic,甲,文,,,,\n"
        ",,文,,,,\n"
        ",乙,,,,,\n"
        ",丙,文,everyone,,,\n"
        ",丁,文,,2026-05-01,2026-04-01,\n"
        ",戊,文,,soon,,\n"
        ",己,文,,,,\n"
        ",己,别的文,,,,\n"
    )
    assert [w for w in wrong if w[1] != "colour"] == [
        (2, "topic"), (3, "title"), (4, "body"), (5, "audience"), (6, "effective_until"), (7, "effective_from"), (9, "title"),
    ]  # fmt: skip
    assert (2, "colour") in wrong


def test_markdown_is_cut_at_its_headings() -> None:
    articles, wrong = read(
        "\n# 怎么开发票 #\n主题: policy.invoice\n- 关键词:专票;抬头\n对象: 客户\n\n在订单页申请。\n\n## 抬头\n注意: 税号要对。\n"
        "```\n# 不是标题\n```\n# 营业时间\n早八点到零点。\n",
        "markdown",
    )
    assert wrong == []
    first, second = articles
    assert (first.title, first.topic, first.keywords, first.audience) == ("怎么开发票", "policy.invoice", ["专票", "抬头"], "customer")
    assert first.body == "在订单页申请。\n\n## 抬头\n注意: 税号要对。\n```\n# 不是标题\n```"
    assert (second.title, second.body) == ("营业时间", "早八点到零点。")


def test_markdown_problems_name_the_line() -> None:
    _, wrong = read("前言\n# 甲\n\n# 乙\n对象: 大家\n\n文\n", "markdown")
    assert wrong == [(1, ""), (2, "body"), (4, "audience")]
    with pytest.raises(Invalid):
        read("\n\n", "markdown")


@given(st.binary(max_size=300), st.sampled_from(["table", "markdown"]))
def test_any_bytes_give_articles_problems_or_a_refusal(data: bytes, kind: FileKind) -> None:
    problems = Problems()
    try:
        articles = read_articles(data, kind, UTC, problems)
    except Invalid:
        return
    assert articles or problems.total


async def test_a_file_is_stored_whole_or_not_at_all_and_twice_changes_nothing(database: Database, clock: FixedClock) -> None:
    knowledge, trainer = Knowledge(database, clock), a_trainer()
    good = "title,body\n甲,一\n乙,二\n".encode()
    bad = await knowledge.import_file(trainer, SHOP, "title,body\n甲,改\n乙,\n丙,三\n".encode(), "table", UTC)
    assert (bad.stored, bad.refused, await _count(database)) == (False, 1, (0, 0))
    done = await knowledge.import_file(trainer, SHOP, good, "table", UTC)
    assert (done.created, done.updated, done.unchanged) == (2, 0, 0)
    again = await knowledge.import_file(trainer, SHOP, good, "table", UTC)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    more = await knowledge.import_file(trainer, SHOP, "# 甲\n新的一\n# 丙\n三\n".encode(), "markdown", UTC)
    assert (more.created, more.updated) == (1, 1)
    assert await _count(database) == (3, 4)
    assert [hit.title for hit in knowledge.search(SHOP, "新的一")] == ["甲"]
    knowledge.stop()


def test_the_command_brings_a_file_in_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    data, good, bad = tmp_path / "data", tmp_path / "a.md", tmp_path / "b.csv"
    good.write_text("# 怎么开发票\n在订单页申请。\n", "utf-8")
    bad.write_text("title,body\n甲,\n", "utf-8")
    run = CliRunner()
    done = run.invoke(app, ["import", "articles", str(good), "--data", str(data), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["created"]) == (0, 1)
    refused = run.invoke(app, ["import", "articles", str(bad), "--data", str(data), "--json"])
    assert (refused.exit_code, json.loads(refused.stdout)["problems"][0]["row"]) == (1, 2)


async def _count(database: Database) -> tuple[int, int]:
    async with database.read() as unit:
        counts = [await unit.scalar(select(func.count()).select_from(table)) for table in (Article, ArticleVersion)]
    return (counts[0] or 0, counts[1] or 0)
