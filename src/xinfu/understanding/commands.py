"""`xinfu classify` and `xinfu eval …`: how messages are read, and how well, on files of one's own."""

import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from xinfu.kit.clock import SystemClock
from xinfu.understanding.evaluate import (
    ClassReport,
    EntityReport,
    Report,
    classify_lines,
    evaluate,
    evaluate_entities,
    evaluate_intent,
)

_MOST_CONFUSIONS = 15

eval_app = typer.Typer(no_args_is_help=True, help="Measure the readings on labelled files.")

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tab-separated file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def classify_command(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="One message per line; else standard input.")] = None,
    context: Annotated[bool, typer.Option("--context", help="Each line is: what the shop said last, a tab, the message.")] = False,
) -> None:
    """Read messages and print one JSON line for each: intent, stage, emotion, demand, abuse, danger, entities."""
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
    context: Annotated[bool, typer.Option("--context", help="Each line is: label, what the shop said last, message.")] = False,
    as_json: JsonOption = False,
) -> None:
    """A file of id, message and label, or of label and message."""
    _show(_checked(lambda: evaluate_intent(file, label_map, context=context)), as_json=as_json)


@eval_app.command("emotion")
def eval_emotion(file: FileArgument, as_json: JsonOption = False) -> None:
    """A file whose first column is the emotion and whose last is the message."""
    _show(_checked(lambda: evaluate("emotion", file)), as_json=as_json)


@eval_app.command("demand")
def eval_demand(file: FileArgument, as_json: JsonOption = False) -> None:
    """A file of what is wanted (information, action, refund, compensation, apology, fairness, none) and message."""
    _show(_checked(lambda: evaluate("demand", file)), as_json=as_json)


@eval_app.command("abuse")
def eval_abuse(file: FileArgument, as_json: JsonOption = False) -> None:
    """A file of manner (abuse, heated, clean) and message; heated and clean both are no abuse."""
    _show(_checked(lambda: evaluate("abuse", file)), as_json=as_json)


@eval_app.command("danger")
def eval_danger(file: FileArgument, as_json: JsonOption = False) -> None:
    """A file of danger (self_harm, threat, violence, injury, allergy, none) and message."""
    _show(_checked(lambda: evaluate("danger", file)), as_json=as_json)


@eval_app.command("stage")
def eval_stage(file: FileArgument, as_json: JsonOption = False) -> None:
    """A file of stage (pre, mid, after) and message."""
    _show(_checked(lambda: evaluate("stage", file)), as_json=as_json)


@eval_app.command("entities")
def eval_entities(
    file: FileArgument,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the messages were written on; else today.")] = None,
    as_json: JsonOption = False,
) -> None:
    """A file of message and, as JSON, the list of [kind, value] it names."""
    day = (today or SystemClock().now()).date()
    report = _checked(lambda: evaluate_entities(file, day))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _show_entities(report)


def _print_readings(lines: Iterable[str], *, context: bool) -> None:
    for reading in classify_lines(lines, context=context):
        typer.echo(json.dumps(reading, ensure_ascii=False))


def _checked[R](measure: Callable[[], R]) -> R:
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
    off = "" if report.ece is None else f" · calibration error {report.ece:.3f}"
    console.print(
        f"{report.lines:,} lines · accuracy {report.accuracy:.1%} · top three {report.top3:.1%} · macro F1 {report.macro_f1:.3f}{off}",
        soft_wrap=True,
    )
    together = [report.together] if report.together else []
    console.print(_classes([*together, *sorted(report.classes, key=lambda c: c.f1)]))
    confusions = Table("label", "read as", "times")
    for label, guess, times in report.confusions[:_MOST_CONFUSIONS]:
        confusions.add_row(label, guess, str(times))
    console.print(confusions)


def _show_entities(report: EntityReport) -> None:
    console = Console()
    console.print(
        f"{report.lines:,} lines, {report.whole_lines:,} wholly right · precision {report.precision:.3f} · recall {report.recall:.3f}"
        f" · false alarms in {report.false_alarms} of {report.empty_lines} lines that name nothing",
        soft_wrap=True,
    )
    console.print(_classes(sorted(report.kinds, key=lambda c: c.f1)))


def _classes(reports: Iterable[ClassReport]) -> Table:
    table = Table("label", "lines", "precision", "recall", "F1")
    for one in reports:
        table.add_row(one.label, str(one.lines), f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.2f}")
    return table
