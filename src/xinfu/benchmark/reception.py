"""`xinfu bench reception`: how many customers one running centre serves, how fast, with nothing lost or doubled."""

import asyncio
import gc
import json
import time
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer
import uvloop
from picows import ws_connect
from rich.console import Console
from rich.table import Table

from xinfu.benchmark.load import Server, Supervisor, Tally, connect, offer

bench_app = typer.Typer(no_args_is_help=True, help="Measure a running centre.")
console = Console(stderr=True)


@bench_app.callback()
def _bench() -> None:
    """Measure a running centre."""


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """One run. Milliseconds are from the intended sending; `lost` are messages never acked, `unseen` never reached the supervisor."""

    sockets: int
    offered_per_s: float
    delivered_per_s: float
    sent: int
    acked: int
    answered: int
    queued: int
    lost: int
    doubled: int
    gaps: int
    errors: dict[str, int]
    ack_p50_ms: float
    ack_p99_ms: float
    answer_p50_ms: float
    answer_p99_ms: float
    max_ms: float
    supervisor_events: int
    unseen: int
    disconnects: int
    rss_mb: float
    server_cpu_us_per_message: float

    @property
    def clean(self) -> bool:
        return self.lost == self.doubled == self.gaps == self.unseen == 0 and not self.errors


@bench_app.command("reception")
def reception(
    url: Annotated[str, typer.Option(help="Address of the running centre.")],
    shop: Annotated[str, typer.Option(help="Slug of the shop to visit; empty for the first one.")] = "",
    sockets: Annotated[int, typer.Option(min=1)] = 5_000,
    rate: Annotated[str, typer.Option(help="Customer messages per second; several with commas, each a run of its own.")] = "1600",
    seconds: Annotated[float, typer.Option(min=1)] = 60,
    login: Annotated[str, typer.Option(help="A lead who watches the wall, as login:password. Empty: no supervisor.")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Open-loop load over real sockets; exit code 1 when anything was lost, doubled or out of order."""
    rates = [float(r) for r in rate.split(",")]
    gc.freeze()
    reports = uvloop.run(_measure(Server(url.rstrip("/")), shop, sockets, rates, seconds, login))
    if as_json:
        typer.echo(json.dumps([asdict(r) for r in reports]))
    else:
        _show(reports)
    if not all(r.clean for r in reports):
        raise typer.Exit(1)


async def _measure(server: Server, shop: str, sockets: int, rates: list[float], seconds: float, login: str) -> list[ReceptionReport]:
    tally = Tally()
    console.print(f"opening {sockets:,} chats")
    sessions = await asyncio.to_thread(server.sessions, shop, sockets, f"{time.time_ns():x}")
    customers = await connect(server, sessions, tally)
    supervisor = await _supervise(server, login, tally) if login else None
    await offer(customers, min(500, rates[0]), 3, tally)  # warm-up: caches, and the first batches of every kind
    reports = []
    for rate in rates:
        fresh = Tally(supervisor_last=tally.supervisor_last)
        for customer in customers:
            customer.tally = fresh
        if supervisor:
            supervisor.tally = fresh
        before = server.process()
        console.print(f"{rate:,.0f} messages/s for {seconds:g} s")
        took = await offer(customers, rate, seconds, fresh)
        reports.append(_report(fresh, customers, rate, took, before, server.process(), supervised=supervisor is not None))
    return reports


async def _supervise(server: Server, login: str, tally: Tally) -> Supervisor:
    name, _, password = login.partition(":")
    status, body, cookies = await asyncio.to_thread(server.call, "POST", "/api/v1/auth/login", {"login": name, "password": password})
    if status != 200:
        raise typer.BadParameter(f"login refused: {body}")
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "Origin": server.url}
    supervisor = Supervisor(tally)
    await ws_connect(lambda: supervisor, f"{server.ws}/ws/agent", extra_headers=headers)
    await asyncio.sleep(0.3)
    return supervisor


def _report(
    tally: Tally, customers: list[Any], rate: float, took: float, before: dict[str, float], after: dict[str, float], *, supervised: bool
) -> ReceptionReport:
    unseen = sum(1 for c in customers if c.n and tally.supervisor_last.get(c.conversation_id, 0) < c.last_seq) if supervised else 0
    return ReceptionReport(
        sockets=len(customers),
        offered_per_s=round(tally.sent / took, 1),
        delivered_per_s=round(tally.acked / max(took, max(tally.ack_s, default=0)), 1),
        sent=tally.sent,
        acked=tally.acked,
        answered=tally.answered,
        queued=tally.queued,
        lost=tally.sent - tally.acked - sum(tally.errors.values()),
        doubled=tally.doubled,
        gaps=tally.gaps,
        errors=tally.errors,
        ack_p50_ms=_percentile(tally.ack_s, 50),
        ack_p99_ms=_percentile(tally.ack_s, 99),
        answer_p50_ms=_percentile(tally.answer_s, 50),
        answer_p99_ms=_percentile(tally.answer_s, 99),
        max_ms=_percentile(tally.answer_s, 100),
        supervisor_events=tally.supervisor_events,
        unseen=unseen,
        disconnects=tally.disconnects,
        rss_mb=round(after["rss"] / 1e6, 1),
        server_cpu_us_per_message=round((after["cpu_s"] - before["cpu_s"]) / max(1, tally.acked) * 1e6, 1),
    )


def _percentile(values: list[float], p: float) -> float:
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] * 1000, 2)


def _show(reports: list[ReceptionReport]) -> None:
    table = Table(title="reception")
    table.add_column("")
    rows = [asdict(r) for r in reports]
    for r in reports:
        table.add_column(f"{r.offered_per_s:,.0f}/s", justify="right")
    for name in rows[0]:
        table.add_row(name, *(str(row[name]) for row in rows))
    console.print(table)
