"""The command line: everything an owner or operator does outside the browser. Commands that report figures take --json."""

import asyncio
import gc
import json
import logging
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import structlog
import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from xinfu import backup as copies
from xinfu import benchmark, demo, identity, knowledge, migrations
from xinfu.app import create_app
from xinfu.config import Config
from xinfu.importing import import_app
from xinfu.kit.bus import Bus
from xinfu.kit.clock import SystemClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Refusal
from xinfu.kit.websocket import DirectWebSocket
from xinfu.risk import risk_app
from xinfu.tau2 import export_app, tau2_app
from xinfu.training import train_command
from xinfu.understanding.commands import classify_command, eval_app

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Xinfu 心服: the customer-service centre for e-commerce.")
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
app.add_typer(tau2_app, name="tau2")
app.add_typer(benchmark.bench_app, name="bench")
app.add_typer(eval_app, name="eval")
app.add_typer(risk_app, name="risk")
app.command("replay")(benchmark.replay_command)
app.command("classify")(classify_command)
app.command("train")(train_command)
console = Console(stderr=True)

DataOption = Annotated[Path, typer.Option("--data", help="Folder of this centre: tables, files, keys.")]
PortOption = Annotated[int, typer.Option("--port", help="Port to listen on.")]
HostOption = Annotated[str, typer.Option("--host", help="Address to listen on.")]
DatabaseOption = Annotated[str | None, typer.Option("--database", help="postgresql://… instead of the files in the folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]


def main() -> None:
    """Entry of the `xinfu` script: a refusal is one sentence and exit code 2, not a traceback."""
    try:
        app()
    except Refusal as refusal:
        console.print(f"[red]{refusal.detail('en')}[/red]\n{refusal.detail('zh-CN')}")
        sys.exit(2)


@app.command()
def init(
    data: DataOption,
    database: DatabaseOption = None,
    with_demo: Annotated[bool, typer.Option("--demo", help="Fill it with the demo shop.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make an empty centre (or the demo shop) and print the owner's first login."""
    with console.status("writing the demo shop" if with_demo else "making the tables"):
        made = asyncio.run(initialise(Config(data=data, database=database, demo=with_demo)))
    if as_json:
        typer.echo(json.dumps(made))
    else:
        _print_login(made)


@app.command()
def serve(
    data: DataOption,
    port: PortOption = 8600,
    host: HostOption = "127.0.0.1",
    database: DatabaseOption = None,
    ping: Annotated[float, typer.Option(min=0.5, help="Seconds between pings; a socket silent for as long again is dropped.")] = 20,
) -> None:
    """Run the centre in one process. An empty folder is initialised first."""
    config = Config(data=data, database=database, host=host, port=port)
    _print_login(asyncio.run(initialise(config)))
    _run(config, ping)


@app.command(name="demo")
def run_demo(
    data: DataOption = Path(".demo"),
    port: PortOption = 8600,
    host: HostOption = "127.0.0.1",
    database: DatabaseOption = None,
    simulate: Annotated[bool, typer.Option(help="Let simulated customers visit.")] = True,
) -> None:
    """Run the demo shop, with simulated customers unless told otherwise. Its data is made anew each day, so that now is always today."""
    config = Config(data=data, database=database, host=host, port=port, demo=True, simulate=simulate)
    asyncio.run(initialise(config))
    base = f"http://{host}:{port}"
    table = Table(title="心服 Xinfu demo · 心选百货", show_header=False)
    for what, where in (
        ("店铺页 shop page", f"{base}/shop/demo"),
        ("工作台 workbench", f"{base}/workbench/"),
        ("接口文档 API docs", f"{base}/docs"),
        ("模拟顾客 simulated customers", "on, switch in 设置 settings" if simulate else "off"),
    ):
        table.add_row(what, where)
    for person in demo.logins():
        table.add_row(f"{person.name} ({person.role})", f"{person.login} / {demo.DEMO_PASSWORD}")
    console.print(table)
    _run(config)


@app.command()
def backup(target: Path, data: DataOption, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Copy a centre, running or not, into one file."""
    _print_moved(asyncio.run(copies.backup(Config(data=data, database=database), target)), as_json)


@app.command()
def restore(source: Path, data: DataOption, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Fill an empty folder (and an empty PostgreSQL database) from a backup."""
    _print_moved(asyncio.run(copies.restore(Config(data=data, database=database), source)), as_json)


async def initialise(config: Config, size: demo.Size | None = None) -> dict[str, Any]:
    """Migrate, and make the first shop and owner (or the whole demo shop, of this size) where they are missing."""
    if config.demo:
        _drop_older_demo(config)
    await migrations.upgrade(config)
    clock, passwords = SystemClock(), identity.Passwords()
    database = Database(config.database_url, Bus())
    try:
        if not config.demo:
            made = await identity.bootstrap(database, clock, passwords)
            return {"login": made.login, "password": made.password}
        authenticator = identity.Authenticator(database, clock)
        services = demo.DemoServices(
            database,
            clock,
            passwords,
            identity.StaffAdmin(database, clock, passwords, authenticator),
            identity.Settings(database, clock),
            knowledge.Knowledge(database, clock),
            knowledge.Scripts(database, clock),
        )
        shop_id = await demo.populate(services, size=size)
        await demo.populate_cases(services, shop_id, config.data)
        (config.data / "demo-day").write_text(_today())
        return {"login": demo.OWNER.login, "password": demo.DEMO_PASSWORD}
    finally:
        await database.dispose()


def _run(config: Config, ping: float = 20) -> None:
    _configure_log()
    front = create_app(config)
    # Start-up objects live as long as the process; keeping them out of every collection keeps pauses short.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    uvicorn.run(
        front,
        host=config.host,
        port=config.port,
        loop="uvloop",
        http="httptools",
        ws=DirectWebSocket,
        ws_max_size=2 * 1024 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=ping,
        ws_ping_timeout=ping,
        backlog=8192,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=8,
    )


def _configure_log() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _drop_older_demo(config: Config) -> None:
    """Yesterday's demo would show yesterday's orders as new; only a folder this command made is ever removed."""
    mark = config.data / "demo-day"
    if config.database is None and mark.exists() and mark.read_text() != _today():
        shutil.rmtree(config.data)


def _today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def _print_login(made: dict[str, Any]) -> None:
    if made["password"]:
        console.print(f"店主首次登录 owner's first login: [bold]{made['login']}[/bold] / [bold]{made['password']}[/bold]")


def _print_moved(report: copies.BackupReport, as_json: bool) -> None:
    if as_json:
        typer.echo(copies.report_json(report))
        return
    table = Table("table", "rows", title=f"{report.store}, {report.files} files, {report.bytes / 1e6:.1f} MB")
    for name, count in sorted(report.rows.items()):
        table.add_row(name, f"{count:,}")
    console.print(table)
