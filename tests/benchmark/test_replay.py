"""The replay against a small pretend centre that can be told to lose, double, refuse or hang up."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from hypothesis import given
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner

from xinfu.benchmark import ReplayOptions, replay, replay_command
from xinfu.benchmark.replay import Line, compare, percentile, read_lines


class PretendCentre:
    """Keeps messages by visitor. What a message says decides what goes wrong with it."""

    def __init__(self) -> None:
        self.url = ""
        self.stored: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.numbers: dict[str, int] = defaultdict(int)
        self.once: set[str] = set()
        self.sessions = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/api/v1/widget/sessions")
        def open_session(body: dict[str, str]) -> dict[str, str]:
            self.sessions += 1
            return {"token": f"visitor-{self.sessions}"}

        @app.websocket("/ws/customer")
        async def serve(socket: WebSocket, token: str) -> None:
            await socket.accept()
            try:
                while True:
                    await self.receive(socket, token, json.loads(await socket.receive_text()))
            except (WebSocketDisconnect, RuntimeError):
                pass

        return app

    async def receive(self, socket: WebSocket, token: str, frame: dict[str, Any]) -> None:
        if frame["t"] == "resume":
            for message in self.stored[token]:
                await socket.send_json(message)
            await socket.send_json({"t": "resumed", "seq": len(self.stored[token])})
            return
        text, own = frame["text"], frame["id"]
        if "busy" in text and self.first(own):
            await socket.send_json({"t": "error", "code": "overloaded", "detail": "", "id": own, "retry_after_s": 0})
            return
        if "refused" in text:
            await socket.send_json({"t": "error", "code": "invalid", "detail": "", "id": own})
            return
        seq = self.keep(token, text, own)
        if "hang up" in text and self.first(own):
            await socket.close(1001)
            return
        await socket.send_json({"t": "ack", "id": own, "seq": seq, "at": ""})
        if "person" in text:
            await socket.send_json({"t": "state", "state": "queued"})
        elif "silence" not in text:
            await socket.send_json(self.put(token, {"from": "ai", "text": "在的"}))

    def keep(self, token: str, text: str, own: str) -> int:
        known = [m["seq"] for m in self.stored[token] if m.get("id") == own]
        if known:
            return int(known[0])
        if "lose" in text:
            self.numbers[token] += 1
            return self.numbers[token]
        if "skip" in text:
            self.numbers[token] += 2
        seq = int(self.put(token, {"from": "customer", "id": own, "text": text})["seq"])
        if "double" in text:
            self.put(token, {"from": "customer", "id": own, "text": text})
        if "copy" in text:
            self.put(token, {"from": "customer", "id": "another", "text": text})
        return seq

    def put(self, token: str, message: dict[str, Any]) -> dict[str, Any]:
        self.numbers[token] += 1
        stored = {"t": "msg", "seq": self.numbers[token], "kind": "text", **message}
        self.stored[token].append(stored)
        return stored

    def first(self, own: str) -> bool:
        fresh = own not in self.once
        self.once.add(own)
        return fresh


@pytest.fixture
async def pretend() -> AsyncIterator[PretendCentre]:
    centre = PretendCentre()
    server = uvicorn.Server(uvicorn.Config(centre.app(), host="127.0.0.1", port=0, log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    centre.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield centre
    server.should_exit = True
    await serving


def a_file(folder: Path, *texts: str) -> Path:
    file = folder / "messages.tsv"
    file.write_text("".join(f"{i}\t{text}\tlabel\n" for i, text in enumerate(texts)), encoding="utf-8")
    return file


def options(centre: PretendCentre, file: Path, **more: Any) -> ReplayOptions:
    return ReplayOptions(file, centre.url, column=1, **{"rate": 200.0, "patience_s": 5.0, "lead_s": 0.1, **more})


async def test_every_message_of_an_honest_centre_is_answered_or_handed_over(pretend: PretendCentre, tmp_path: Path) -> None:
    report = await replay(options(pretend, a_file(tmp_path, "在吗", "I want a person", "到哪了")))
    assert (report.offered, report.answered, report.handed_over, report.unanswered) == (3, 2, 1, 0)
    assert report.clean
    assert pretend.sessions == 3
    assert 0 < report.ack_p50_ms <= report.ack_p99_ms


async def test_one_customer_may_say_several_lines(pretend: PretendCentre, tmp_path: Path) -> None:
    report = await replay(options(pretend, a_file(tmp_path, "一", "二", "三", "四", "五"), per_customer=2))
    assert (report.offered, report.answered, report.clean) == (5, 5, True)
    assert pretend.sessions == 3


@pytest.mark.parametrize(("word", "lost", "doubled"), [("lose", 1, 0), ("double", 0, 1), ("copy", 0, 1), ("skip", 2, 0)])
async def test_a_centre_that_loses_or_doubles_is_found_out(
    pretend: PretendCentre, tmp_path: Path, word: str, lost: int, doubled: int
) -> None:
    report = await replay(options(pretend, a_file(tmp_path, "在吗", f"please {word} this")))
    assert (report.lost, report.doubled, report.clean) == (lost, doubled, False)


async def test_a_broken_connection_and_a_busy_centre_cost_nothing(pretend: PretendCentre, tmp_path: Path) -> None:
    report = await replay(options(pretend, a_file(tmp_path, "hang up", "busy", "busy and hang up")))
    assert (report.answered, report.lost, report.doubled) == (3, 0, 0)


async def test_what_the_centre_refuses_is_neither_lost_nor_answered(pretend: PretendCentre, tmp_path: Path) -> None:
    report = await replay(options(pretend, a_file(tmp_path, "refused")))
    assert (report.refused, report.answered, report.unanswered, report.lost) == (1, 0, 0, 0)


async def test_a_message_without_an_answer_is_counted_and_still_checked(pretend: PretendCentre, tmp_path: Path) -> None:
    report = await replay(options(pretend, a_file(tmp_path, "silence"), patience_s=0.5))
    assert (report.unanswered, report.lost) == (1, 0)


async def test_a_centre_that_is_not_there_has_lost_everything(pretend: PretendCentre, tmp_path: Path) -> None:
    report = await replay(ReplayOptions(a_file(tmp_path, "在吗"), "http://127.0.0.1:1", column=1, patience_s=0.5, lead_s=0.1))
    assert (report.offered, report.unanswered, report.lost) == (1, 1, 1)


@pytest.mark.parametrize(("text", "code"), [("在吗", 0), ("lose", 1)])
async def test_the_command_says_by_its_exit_code_whether_all_is_well(pretend: PretendCentre, tmp_path: Path, text: str, code: int) -> None:
    app = Typer()
    app.command()(replay_command)
    arguments = [str(a_file(tmp_path, text)), "--column", "1", "--url", pretend.url, "--json"]
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert result.exit_code == code
    assert json.loads(result.stdout)["lost"] == code


def test_lines_without_the_column_or_without_words_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "messages.tsv"
    file.write_text("1\t在吗\n2\n3\t  \n4\t\u200b好\tx\n", encoding="utf-8")
    assert list(read_lines(file, 1)) == ["在吗", "好"]


@given(st.integers(1, 30), st.data())
def test_the_comparison_finds_exactly_what_is_missing_and_what_is_there_twice(count: int, data: st.DataObject) -> None:
    lines = [Line(str(i), 0.0, id=f"id{i}") for i in range(count)]
    missing = data.draw(st.sets(st.sampled_from(range(count))))
    twice = data.draw(st.sets(st.sampled_from(range(count)))) - missing
    kept = [i for i in range(count) if i not in missing for _ in range(2 if i in twice else 1)]
    stored = [{"t": "msg", "seq": n, "from": "customer", "id": f"id{i}"} for n, i in enumerate(kept, 1)]
    check = compare(lines, stored)
    assert (check.lost, check.doubled) == (len(missing), len(twice))


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_percentile_is_one_of_the_values_and_enough_do_not_exceed_it(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(v <= found for v in values) >= share * len(values) - 1e-6
