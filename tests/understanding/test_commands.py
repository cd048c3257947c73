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
