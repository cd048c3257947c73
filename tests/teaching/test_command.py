"""`xinfu train`: files in, a model out, figures as text and JSON, and exit codes that scripts can use."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.teaching.builders import Made, little_effort, own_csv
from xinfu import identity, training
from xinfu.cli import app
from xinfu.config import Config
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound
from xinfu.teaching.model import ModelVersion
from xinfu.teaching.readers import Readers
from xinfu.training import Result


async def test_files_become_a_published_model(database: Database, clock: FixedClock, data_dir: Path, tmp_path: Path) -> None:
    made = await identity.bootstrap(database, clock, identity.Passwords())
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(own_csv())
    bad.write_text("text,intent\n开票,发飘\n")
    models = data_dir / "models"
    refused = await training.train(database, models, "", [good, bad], True, effort=little_effort(tmp_path))
    assert (refused.version, [report.stored for _, report in refused.files]) == (None, [False, False])
    result = await training.train(database, models, "main", [good], True, effort=little_effort(tmp_path))
    assert result.version is not None
    assert (result.published, result.version.verdict, result.files[0][1].created) == (True, "better", 200)
    readers = Readers(database, clock, models)
    await readers.refresh()
    assert readers.version_of(made.shop_id) == result.version.id
    with pytest.raises(NotFound):
        await training.train(database, models, "elsewhere", [good], True)


def a_result(made: Made, verdict: str) -> Result:
    return Result([], ModelVersion(id="v", number=3, verdict=verdict, figures=made.figures), published=False)


@pytest.mark.parametrize(("verdict", "code"), [("better", 0), ("unclear", 0), ("worse", 1)])
def test_the_exit_code_tells_the_verdict(monkeypatch: pytest.MonkeyPatch, made: Made, tmp_path: Path, verdict: str, code: int) -> None:
    asked: list[object] = []

    async def run(config: Config, *rest: object) -> Result:
        asked.append((config.data, *rest[:3]))
        return a_result(made, verdict)

    monkeypatch.setattr(training, "run", run)
    printed = CliRunner().invoke(app, ["train", "--data", str(tmp_path), "--shop", "main", "--json"])
    assert (printed.exit_code, asked) == (code, [(tmp_path, "main", [], False)])
    assert json.loads(printed.output)["version"]["number"] == 3
    shown = CliRunner().invoke(app, ["train", "--data", str(tmp_path)])
    assert training.VERDICTS[verdict][1] in shown.output.replace("\n", " ")


def test_a_bad_file_ends_with_two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def run(*_: object) -> Result:
        return Result([], None, published=False)

    monkeypatch.setattr(training, "run", run)
    assert CliRunner().invoke(app, ["train", "--data", str(tmp_path)]).exit_code == 2
