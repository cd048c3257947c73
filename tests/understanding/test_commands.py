"""`xinfu classify` and `xinfu eval …` print what the readings say, for people and for programs."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from xinfu.understanding.commands import classify_command, eval_app

app = typer.Typer()
app.command("classify")(classify_command)
app.add_typer(eval_app, name="eval")
run = CliRunner().invoke


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "lines.tsv"
    file.write_text("0\t转人工\thuman_request\n1\t谢谢\tthanks_bye\n2\t你好\tdeny\n", "utf-8")
    return file


def test_messages_from_standard_input_come_out_as_one_json_line_each() -> None:
    result = run(app, ["classify"], input="转人工\n我的快递到哪了\n")
    assert [json.loads(line)["intent"] for line in result.stdout.splitlines()] == ["human_request", "logistics_tracking"]


def test_context_is_what_stands_before_the_tab(tmp_path: Path) -> None:
    file = tmp_path / "asked.tsv"
    file.write_text("Which order do you mean?\t123\n您说的是哪个订单？\t123\n谢谢\n", "utf-8")
    result = run(app, ["classify", str(file), "--context"])
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["text"], one["language"]) for one in found] == [("123", "en"), ("123", "zh"), ("谢谢", "zh")]


def test_labels_may_be_our_own_intents_or_mapped(lines: Path, tmp_path: Path) -> None:
    report = json.loads(run(app, ["eval", "intent", str(lines), "--json"]).stdout)
    assert report["lines"] == 3
    assert report["confusions"] == [["deny", "greeting", 1]]
    mapped = tmp_path / "map.tsv"
    mapped.write_text("label\tintent\nhuman_request\thuman_request\nthanks_bye\tthanks_bye\ndeny\tgreeting\n", "utf-8")
    assert json.loads(run(app, ["eval", "intent", str(lines), "--map", str(mapped), "--json"]).stdout)["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("demand", "information\t多少钱\nnone\t谢谢\n"),
        ("abuse", "abuse\t你是猪吗\nheated\t太慢了\nclean\t你好\n"),
        ("danger", "self_harm\t我不想活了\nnone\t你好\n"),
        ("stage", "pre\t有红色的吗\nmid\t什么时候发货\n"),
    ],
)
def test_every_other_question_can_be_measured_too(tmp_path: Path, question: str, written: str) -> None:
    file = tmp_path / "lines.tsv"
    file.write_text(written, "utf-8")
    report = json.loads(run(app, ["eval", question, str(file), "--json"]).stdout)
    assert report["lines"] == written.count("\n")
    assert {"accuracy", "macro_f1", "ece", "classes", "confusions"} <= set(report)
    assert "macro F1" in run(app, ["eval", question, str(file)]).stdout
    file.write_text("bored\t哦\n", "utf-8")
    assert run(app, ["eval", question, str(file)]).exit_code == 2


def test_named_things_are_measured_by_the_day_they_were_written_on(tmp_path: Path) -> None:
    file = tmp_path / "named.tsv"
    file.write_text('明天送\t[["date", "2026-03-11"]]\n', "utf-8")
    found = json.loads(run(app, ["eval", "entities", str(file), "--today", "2026-03-10", "--json"]).stdout)
    assert (found["precision"], found["recall"]) == (1.0, 1.0)
    assert "1 wholly right" in run(app, ["eval", "entities", str(file), "--today", "2026-03-10"]).stdout
    missed = json.loads(run(app, ["eval", "entities", str(file), "--today", "2026-03-12", "--json"]).stdout)
    assert missed["recall"] == 0.0


def test_what_the_agent_said_can_be_part_of_a_measured_line(tmp_path: Path) -> None:
    file = tmp_path / "asked.tsv"
    file.write_text("human_request\t您好\t转人工\n", "utf-8")
    assert json.loads(run(app, ["eval", "intent", str(file), "--context", "--json"]).stdout)["accuracy"] == 1.0


def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "felt.tsv"
    file.write_text("bored\t哦\n", "utf-8")
    result = run(app, ["eval", "emotion", str(file)])
    assert result.exit_code == 2
    assert "bored" in result.output


def test_feelings_are_shown_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "felt.tsv"
    file.write_text("calm\t你好\n", "utf-8")
    result = run(app, ["eval", "emotion", str(file)])
    assert result.exit_code == 0
    assert "calm" in result.stdout
