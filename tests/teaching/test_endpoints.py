"""Teaching over HTTP: shapes, refusals and what odd input does."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Header

from tests.teaching.builders import SHOP, Log, Made, Said, a_trainer, a_version, everything_but_training, little_effort, own_csv
from xinfu.identity import http as signed_in
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import new_id
from xinfu.teaching import Asking, Lines, Readers, Training, imports, router

OVERVIEW = "http://shop.test/api/v1/training"


@pytest.fixture
async def http(database: Database, clock: FixedClock, data_dir: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    people = {"trainer": a_trainer(), "other": everything_but_training()}
    readers, lines = Readers(database, clock, data_dir / "models"), Lines(database, clock)
    training = Training(database, clock, data_dir / "models", readers, little_effort(tmp_path))
    log = Log((SHOP, Said("c" * 32, 1, "customer", "我的发票怎么开", clock.ms() - 1)))
    app = FastAPI()
    app.state.provided = {Lines: lines, Training: training, Asking: Asking(log, lines, readers, clock)}
    app.include_router(router)
    app.dependency_overrides = {signed_in.actor: lambda x_person=Header("trainer"): people[x_person], signed_in.shop: lambda: SHOP}
    install_problem_handlers(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test/api/v1/training") as client:
        yield client
    await training.stop()


async def test_a_file_a_run_and_its_end(http: httpx.AsyncClient) -> None:
    report = (await http.post("/lines/import", content=own_csv())).json()
    assert (report["stored"], report["created"]) == (True, 200)
    run = (await http.post("/runs")).json()
    assert (run["state"], run["compared_with"]) == ("running", "builtin")
    assert (await http.post("/runs")).json()["code"] == "training.running"
    assert (await http.post(f"/runs/{run['id']}/cancel")).json()["state"] == "cancelled"
    assert (await http.post(f"/runs/{run['id']}/cancel")).json()["code"] == "training.not_running"
    overview = (await http.get(OVERVIEW)).json()
    assert ([one["state"] for one in overview["runs"]], overview["train"] + overview["held"]) == (["cancelled"], 200)


async def test_a_version_is_published_and_taken_back(http: httpx.AsyncClient, database: Database, clock: FixedClock, made: Made) -> None:
    version = await a_version(database, clock, made)
    [listed] = (await http.get("/versions")).json()
    assert (listed["id"], listed["verdict"], listed["figures"]["verdict"]) == (version, "better", "better")
    assert (await http.get(f"/versions/{version}")).json() == listed
    assert (await http.put("/in-use", json={"version_id": version})).json()["version_id"] == version
    assert (await http.get(OVERVIEW)).json()["in_use"]["version_id"] == version
    assert (await http.put("/in-use", json={"version_id": None})).json()["version_id"] is None


async def test_labelling_and_taking_back(http: httpx.AsyncClient) -> None:
    [asked] = (await http.get("/unsure")).json()
    made = (await http.post("/lines", json={"text": asked["text"], "before": asked["before"], "intent": "invoice"})).json()
    assert (made["intent"], made["source"], made["actor"]) == ("invoice", "page", "试教员")
    assert (await http.get("/unsure")).json() == []
    assert [row["id"] for row in (await http.get("/lines", params={"head": "intent", "label": "invoice"})).json()["items"]] == [made["id"]]
    assert (await http.delete(f"/lines/{made['id']}")).status_code == 204
    assert (await http.delete(f"/lines/{made['id']}")).status_code == 404
    assert len((await http.get("/unsure", params={"head": "danger"})).json()) == 1


async def test_odd_input_is_refused_in_words(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await http.post("/lines", json={"text": "开票", "intent": "发飘"})).json()["code"] == "training.label_unknown"
    assert (await http.post("/lines", json={"text": " \u202e ", "intent": "invoice"})).status_code == 422
    assert (await http.post("/lines", json={"text": "开票"})).json()["code"] == "training.nothing_labelled"
    assert (await http.post("/lines/import", content=b"")).status_code == 422
    assert (await http.get("/lines", params={"cursor": "nonsense"})).status_code == 422
    assert (await http.get("/lines", params={"head": "mood"})).status_code == 422
    assert (await http.put("/in-use", json={"version_id": new_id()})).status_code == 404
    assert (await http.put("/in-use", json={"version_id": "\x00"})).status_code == 404
    assert (await http.get("/runs/nothing")).status_code == 404
    assert (await http.delete("/lines/%00")).status_code == 404
    assert (await http.get("/lines", params={"head": "intent", "label": "\x00"})).json()["code"] == "training.label_unknown"
    assert (await http.post("/runs")).json()["code"] == "training.too_few_lines"
    monkeypatch.setattr("xinfu.teaching.endpoints.MAX_BYTES", 10)
    assert (await http.post("/lines/import", content=own_csv())).status_code == 413


async def test_a_bad_file_comes_back_with_its_rows(http: httpx.AsyncClient) -> None:
    report = (await http.post("/lines/import", content="消息,意图\n开票,发飘\n".encode())).json()
    assert (report["stored"], report["problems_total"], report["problems"][0]["row"]) == (False, 1, 2)
    assert (await http.get(OVERVIEW)).json()["train"] == 0


async def test_who_may_not_train_sees_and_changes_nothing(http: httpx.AsyncClient) -> None:
    http.headers["x-person"] = "other"
    calls = [
        await http.get(OVERVIEW), await http.get("/lines"), await http.get("/unsure"), await http.get("/versions"), await http.post("/runs"),
        await http.post("/lines/import", content=own_csv()), await http.put("/in-use", json={"version_id": None}),
        await http.post("/lines", json={"text": "开票", "intent": "invoice"}), await http.delete(f"/lines/{new_id()}"),
    ]  # fmt: skip
    assert {call.status_code for call in calls} == {403}
    http.headers["x-person"] = "trainer"
    overview = (await http.get(OVERVIEW)).json()
    assert (overview["train"], overview["held"], overview["runs"], overview["in_use"]["since"]) == (0, 0, [], None)


async def test_the_limit_of_a_file_is_the_same_everywhere() -> None:
    assert (imports.MAX_BYTES, imports.MAX_ROWS) == (20 * 1024 * 1024, 100_000)
