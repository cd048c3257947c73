"""`xinfu risk …`: score a scenario folder, or measure the scores against its truth."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from xinfu.risk import evaluate, scenario
from xinfu.risk.scenario import NotAScenario

risk_app = typer.Typer(no_args_is_help=True, help="Abuse of after-sales service: score and measure scenario folders.")

FolderArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Scenario folder of CSV files.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


@risk_app.command("score")
def score_command(
    folder: FolderArgument,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Where the findings are written.")],
    as_json: JsonOption = False,
) -> None:
    """Score accounts, claims, links and photos; each claim on what was known when it was opened."""
    result = _checked(lambda: scenario.run(folder))
    scenario.write(result, out)
    found = {
        "accounts": sum(r.score >= 0.5 for r in result.accounts),
        "claims": sum(r.score >= 0.5 for r in result.claims),
        "links": sum(r.score >= 0.5 for r in result.links),
        **result.timing,
    }
    if as_json:
        typer.echo(json.dumps(found))
    else:
        Console(stderr=True).print(f"{out}: " + ", ".join(f"{name} {value}" for name, value in found.items()))


@risk_app.command("eval")
def eval_command(
    folder: FolderArgument,
    out: Annotated[Path | None, typer.Option("--out", file_okay=False, help="Also write the findings here.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Score a folder and compare with its truth.csv."""
    _checked(lambda: evaluate.read_truth(folder))
    result = _checked(lambda: scenario.run(folder))
    if out is not None:
        scenario.write(result, out)
    figures = evaluate.compare(folder, result)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures)


def _checked[T](work: Callable[[], T]) -> T:
    """A folder that cannot be read is one sentence and exit code 2."""
    try:
        return work()
    except NotAScenario as refusal:
        Console(stderr=True).print(f"{refusal.detail('en')}\n{refusal.detail('zh-CN')}")
        raise typer.Exit(2) from None


def _show(figures: dict[str, Any]) -> None:
    table = Table("what", "precision", "recall", "found", "true")
    for name in ("accounts", "rings", "links", "photos"):
        _line(table, name, figures[name])
    for pattern, both in figures["patterns"].items():
        _line(table, f"{pattern}, accounts", both["accounts"])
        _line(table, f"{pattern}, claims", {**both["claims"], "true": both["claims"]["decidable"]})
    console = Console()
    console.print(table)
    for name in ("hubs", "claims", "timing"):
        console.print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures[name].items()))


def _line(table: Table, name: str, row: dict[str, Any]) -> None:
    table.add_row(name, *(str(row.get(key, "") if row.get(key) is not None else "–") for key in ("precision", "recall", "found", "true")))
