"""`xinfu classify` and `xinfu eval …`: how messages are read, and how well, on files of one's own."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from xinfu.understanding.evaluate import Report, classify_lines, evaluate_emotion, evaluate_intent

_MOST_CONFUSIONS = 15

eval_app = typer.Typer(no_args_is_help=True, help="Measure the readings on labelled files.")

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tab-separated file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def classify_command(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="One message per line; else standard input.")] = None,
    context: Annotated[bool, typer.Option("--context", help="Each line is: what the shop said last, a tab, the message.")] = False,
) -> None:
    """Read messages and print one JSON line for each: intent, emotion, danger, entities."""
    if file is None:
        _print_readings(sys.stdin, context=context)
    else:
        with file.open(encoding="utf-8") as lines:
            _print_readings(lines, context=context)


@eval_app.command("intent")
def eval_intent(
    file: FileArgument,
    label_map: Annotated[
        Path | None,
        typer.Option("--map", exists=True, dir_okay=False, help="Header, then label and our intent; else labels are ours."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """A file of id, message and label."""
    _show(_checked(lambda: evaluate_intent(file, label_map)), as_json=as_json)


@eval_app.command("emotion")
def eval_emotion(file: FileArgument, as_json: JsonOption = False) -> None:
    """A file whose first column is the emotion and whose last is the message."""
    _show(_checked(lambda: evaluate_emotion(file)), as_json=as_json)


def _print_readings(lines: Iterable[str], *, context: bool) -> None:
    for reading in classify_lines(lines, context=context):
        typer.echo(json.dumps(reading, ensure_ascii=False))


def _checked(measure: Callable[[], Report]) -> Report:
    """The report, or one plain sentence about what is wrong with the file."""
    try:
        return measure()
    except (ValueError, IndexError) as wrong:
        raise typer.BadParameter(str(wrong)) from wrong


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        return
    console = Console()
    console.print(f"{report.lines:,} lines · accuracy {report.accuracy:.1%} · top three {report.top3:.1%} · macro F1 {report.macro_f1:.3f}")
    classes = Table("label", "lines", "precision", "recall", "F1")
    for one in sorted(report.classes, key=lambda c: c.f1):
        classes.add_row(one.label, str(one.lines), f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.2f}")
    console.print(classes)
    confusions = Table("label", "read as", "times")
    for label, guess, times in report.confusions[:_MOST_CONFUSIONS]:
        confusions.add_row(label, guess, str(times))
    console.print(confusions)
