"""The knowledge base over HTTP: shapes, refusals and what odd input does."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Header

from tests.knowledge.builders import SHOP, a_trainer
from xinfu.identity import Settings
from xinfu.identity import http as signed_in
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import new_id
from xinfu.kit.paging import encode_cursor
from xinfu.knowledge import Knowledge, Scripts, router, scripts_router


@pytest.fixture
async def knowledge(database: Database, clock: FixedClock) -> AsyncIterator[Knowledge]:
    knowledge = Knowledge(database, clock)
    await knowledge.start()
    yield knowledge
    knowledge.stop()


@pytest.fixture
async def http(database: Database, clock: FixedClock, knowledge: Knowledge) -> AsyncIterator[httpx.AsyncClient]:
    app, people = FastAPI(), {name: a_trainer() for name in ("first", "second")}
    app.state.provided = {Knowledge: knowledge, Scripts: Scripts(database, clock), Settings: Settings(database, clock)}
    app.include_router(router)
    app.include_router(scripts_router)
    app.dependency_overrides = {signed_in.actor: lambda x_person=Header("first"): people[x_person], signed_in.shop: lambda: SHOP}
    install_problem_handlers(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test/api/v1") as client:
        yield client


async def test_an_article_lives_from_writing_to_archive(http: httpx.AsyncClient) -> None:
    made = (
        await http.post("/knowledge/articles", json={"title": " 发票怎么开\u202e ", "body": "在订单页申请。", "topic": "invoice"})
    ).json()
    assert (made["title"], made["version"], made["status"]) == ("发票怎么开", 1, "published")
    one = f"/knowledge/articles/{made['id']}"

    [hit] = (await http.get("/knowledge/search", params={"q": "发票"})).json()
    assert (hit["article_id"], hit["topic"]) == (made["id"], "invoice")

    saved = await http.put(one, json=made | {"body": "现在自动开。"})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    late = await http.put(one, json=made)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")

    assert [v["version"] for v in (await http.get(f"{one}/versions")).json()] == [2, 1]
    assert (await http.delete(one)).status_code == 204
    assert (await http.get("/knowledge/search", params={"q": "发票"})).json() == []
    assert (await http.get("/knowledge/articles")).json() == {"items": [], "next": None}
    [archived] = (await http.get("/knowledge/articles", params={"status": "archived"})).json()["items"]
    assert archived["id"] == made["id"]


async def test_a_script_lives_from_writing_to_deletion(http: httpx.AsyncClient) -> None:
    given = {"shared": True, "title": "退款到账", "body": "{客户}您好,三天内到账。", "group": "售后"}
    made = (await http.post("/scripts", json=given)).json()
    assert (made["active"], made["variables"], made["initials"]) == (False, ["{客户}"], "tkdz")
    one = f"/scripts/{made['id']}"

    assert (await http.get("/scripts")).json() == []
    submitted = (await http.post(f"{one}/submit", json={"version": 1})).json()
    assert (submitted["status"], [r["id"] for r in (await http.get("/scripts/reviews")).json()]) == ("in_review", [made["id"]])
    own = await http.post(f"{one}/approve", json={"version": 2})
    assert (own.status_code, own.json()["code"]) == (409, "review_own_words")
    http.headers["x-person"] = "second"
    assert (await http.post(f"{one}/return", json={"version": 2, "note": " "})).status_code == 422
    assert (await http.post(f"{one}/approve", json={"version": 2})).json()["active"] is True
    assert [s["id"] for s in (await http.get("/scripts/suggest", params={"q": "退款怎么还没到账"})).json()] == [made["id"]]
    sample = {"title": "催款", "lines": [{"sender": "customer", "text": "退款到账了吗"}], "variables": {"{客户}": "王女士"}}
    kept = (await http.post("/scripts/samples", json=sample)).json()
    assert [s["id"] for s in (await http.get("/scripts/samples")).json()] == [kept["id"]]
    tried = (await http.post("/scripts/rehearse", json=given | {"script_id": made["id"]})).json()
    assert (tried["suggested_in"], tried["errors"], tried["samples"][0]["rendered"]) == (1, 0, "王女士您好,三天内到账。")
    assert (await http.put(f"/scripts/samples/{kept['id']}", json=sample | {"variables": {}})).status_code == 200
    assert (await http.post("/scripts/rehearse", json=given)).json()["samples"][0]["missing"] == ["{客户}"]
    assert (await http.delete(f"/scripts/samples/{kept['id']}")).status_code == 204
    assert (await http.post(f"{one}/used", json={"conversation_id": new_id()})).status_code == 204
    [seen] = (await http.get("/scripts")).json()
    assert seen["uses"] == 1
    assert (await http.get("/scripts/outcomes")).json()[0]["conversations"] == 1

    refused = await http.post("/scripts", json=given | {"body": "{密码}"}, headers={"accept-language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (422, "script_variable_unknown")
    assert "{密码}" in refused.json()["detail"]

    assert (await http.delete(one)).status_code == 204
    assert (await http.delete(one)).status_code == 404


async def test_odd_input_is_refused_and_never_a_crash(http: httpx.AsyncClient) -> None:
    odd = ["%00", "'; drop table article", "x" * 32, "0" * 33, "..", "%F0%9F%98%80"]
    for text in odd:
        assert (await http.get(f"/knowledge/articles/{text}/versions")).status_code == 404
        assert (await http.delete(f"/scripts/{text}")).status_code == 404
    for cursor in ("bm9uc2Vuc2U", encode_cursor("\x00", new_id()), encode_cursor("题", "\x00"), "===", "发票"):
        assert (await http.get("/knowledge/articles", params={"cursor": cursor})).status_code == 422
    assert (await http.get("/knowledge/search", params={"q": '\x00 AND title:* "('})).status_code == 200
    assert (await http.post("/knowledge/articles", json={"title": "\x00\u200b ", "body": "内容"})).status_code == 422
    assert (await http.post("/knowledge/articles", json={"title": "题", "body": "x" * 20_001})).status_code == 422
    assert (await http.post("/knowledge/articles", json={"title": "题", "body": "文", "effective_from": 2**63})).status_code == 422
    assert (await http.post("/scripts", json={"title": "a\x00b", "body": "x", "keywords": ["\x00k"]})).json()["keywords"] == ["k"]


async def test_an_articles_history_shows_what_changed_and_can_be_brought_back(http: httpx.AsyncClient) -> None:
    made = (await http.post("/knowledge/articles", json={"title": "发票", "body": "旧", "keywords": ["开票"], "owner": "小林"})).json()
    one = f"/knowledge/articles/{made['id']}"
    await http.put(one, json=made | {"body": "新", "review_on": 0})
    second, first = (await http.get(f"{one}/versions")).json()
    assert (second["changed"], first["changed"], first["keywords"]) == (["body", "review_on"], [], ["开票"])
    assert (await http.get(f"{one}/versions/2")).json() == second
    assert [a["id"] for a in (await http.get("/knowledge/reviews")).json()] == [made["id"]]
    back = await http.post(f"{one}/versions/1/restore", json={"version": 2})
    assert (back.status_code, back.json()["body"], back.json()["version"]) == (200, "旧", 3)
    assert (await http.post(f"{one}/versions/1/restore", json={"version": 2})).status_code == 409
    assert (await http.get(f"{one}/versions/77")).status_code == 404
    assert (await http.get(f"{one}/versions/0")).status_code == 422


async def test_a_file_of_articles_is_imported_or_nothing_of_it(http: httpx.AsyncClient) -> None:
    good = "标题,正文,关键词\n怎么开发票,在订单页申请,专票;电子票\n"
    assert (await http.post("/knowledge/import", content=good.encode())).json()["created"] == 1
    markdown = "# 能送到哪里\n对象: 客服\n\n全国大部分地区。\n"
    done = (await http.post("/knowledge/import", params={"format": "markdown"}, content=markdown.encode())).json()
    assert (done["stored"], done["created"]) == (True, 1)
    [found] = (await http.get("/knowledge/search", params={"q": "专票"})).json()
    assert found["title"] == "怎么开发票"
    wrong = (await http.post("/knowledge/import", content="标题,正文\n新的,有\n,空\n".encode())).json()
    assert (wrong["stored"], wrong["created"], wrong["problems"][0]["row"]) == (False, 0, 3)
    assert len((await http.get("/knowledge/articles")).json()["items"]) == 2
    assert (await http.post("/knowledge/import", content=b"")).status_code == 422
    assert (await http.post("/knowledge/import", params={"format": "markdown"}, content=b"\xff\xfe")).status_code == 422


async def test_a_question_nobody_could_answer_becomes_an_article(http: httpx.AsyncClient, knowledge: Knowledge) -> None:
    for question in ("耳机能不能刻字", "耳机可以刻字吗", "今天天气好吗"):
        knowledge.gaps.note(SHOP, question, "product", new_id())
    await knowledge.gaps.flush()
    most, other = (await http.get("/knowledge/gaps")).json()["items"]
    assert (most["question"], most["times"], most["also_asked"], most["state"]) == ("耳机能不能刻字", 2, ["耳机可以刻字吗"], "open")
    assert (await http.post(f"/knowledge/gaps/{other['id']}/dismiss")).json()["state"] == "dismissed"
    again = await http.post(f"/knowledge/gaps/{other['id']}/dismiss")
    assert (again.status_code, again.json()["code"]) == (409, "gap_state")
    draft = (await http.post(f"/knowledge/gaps/{most['id']}/draft")).json()
    assert (draft["title"], draft["keywords"], draft["status"]) == ("耳机能不能刻字", ["耳机可以刻字吗"], "draft")
    unwritten = await http.put(f"/knowledge/articles/{draft['id']}", json=draft | {"status": "published"})
    assert (unwritten.status_code, unwritten.json()["code"]) == (422, "article_not_written")
    await http.put(f"/knowledge/articles/{draft['id']}", json=draft | {"status": "published", "body": "可以。"})
    [answered] = (await http.get("/knowledge/gaps", params={"state": "answered"})).json()["items"]
    assert answered["article_id"] == draft["id"]
    assert (await http.post(f"/knowledge/gaps/{other['id']}/reopen")).json()["state"] == "open"
    assert (await http.post("/knowledge/gaps/nonsense/draft")).status_code == 404
    assert (await http.get("/knowledge/gaps", params={"state": "nonsense"})).status_code == 422
