"""The command line of `xinfu replay`: options in, a table or JSON out, exit code 1 when a message was lost or doubled."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from xinfu.benchmark.replay import ReplayOptions, ReplayReport, replay


def replay_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Customer messages, one line each, tab-separated")],
    url: Annotated[str, typer.Option(help="Address of a running centre")] = "http://127.0.0.1:8600",
    column: Annotated[int, typer.Option(min=0, help="Which column holds the message, from 0")] = 0,
    rate: Annotated[float, typer.Option(min=0.01, help="Messages per second")] = 50.0,
    shop: Annotated[str, typer.Option(help="Slug of the shop; empty for the first one")] = "",
    per_customer: Annotated[int, typer.Option(min=1, help="How many lines one customer says")] = 1,
    patience: Annotated[float, typer.Option(min=1.0, help="Seconds a message may wait for its answer")] = 30.0,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON")] = False,
) -> None:
    """Play a file of real messages as live customers and prove that nothing is lost or doubled."""
    report = asyncio.run(replay(ReplayOptions(file, url, column, rate, shop, per_customer, patience)))
    if json:
        typer.echo(report.as_json())
    else:
        Console().print(_table(report))
    if not report.clean:
        raise typer.Exit(1)


def _table(report: ReplayReport) -> Table:
    table = Table(title=f"{report.offered} messages in {report.seconds} s", show_header=False)
    for name in ("offered", "answered", "handed_over", "unanswered", "refused", "lost", "doubled"):
        value = getattr(report, name)
        bad = value and name in ("lost", "doubled")
        table.add_row(name.replace("_", " "), f"[bold red]{value:,}[/]" if bad else f"{value:,}")
    table.add_row("stored p50 / p99", f"{report.ack_p50_ms} / {report.ack_p99_ms} ms")
    table.add_row("answered p50 / p99", f"{report.p50_ms} / {report.p99_ms} ms")
    return table
