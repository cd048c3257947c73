"""`xinfu tau2 apply` and `xinfu export tau2`: the published retail form as files, in and out."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from xinfu.config import Config
from xinfu.identity import console_actor
from xinfu.tau2.shop import Json, export
from xinfu.tau2.tasks import SLUG, Copies, Played, play, read_tasks, report
from xinfu.tau2.workplace import Workplace

tau2_app = typer.Typer(no_args_is_help=True, help="Tasks in the tau2 retail form, played through the services.")
export_app = typer.Typer(no_args_is_help=True, help="Write what a shop holds into files.")
console = Console(stderr=True)

DataOption = Annotated[Path, typer.Option("--data", help="Folder of the centre.")]
DatabaseOption = Annotated[str | None, typer.Option("--database", help="postgresql://… instead of the files in the folder.")]
ShopOption = Annotated[str, typer.Option("--shop", help="Slug of the shop.")]


@export_app.command("tau2")
def export_command(target: Path, data: DataOption, database: DatabaseOption = None, shop: ShopOption = SLUG) -> None:
    """The shop in the form it came in; never touched, it equals the file it came from."""
    found, _ = asyncio.run(_export(Config(data=data, database=database), shop))
    target.write_text(json.dumps(found, indent=4), "utf-8")
    console.print(f"{len(found['users']):,} customers, {len(found['products']):,} products, {len(found['orders']):,} orders in {target}")


@tau2_app.command("apply")
def apply_command(
    tasks: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tasks of the form, as JSON.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for what each task changed and report.json.")],
    data: DataOption,
    database: DatabaseOption = None,
    shop: ShopOption = SLUG,
    whole: Annotated[bool, typer.Option("--whole", help="Write the whole shop after each task, not only what changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Do the writing actions each task expects, on a fresh copy of the shop per task. The shop itself stays as it is."""
    out.mkdir(parents=True, exist_ok=True)
    summary = asyncio.run(_apply(Config(data=data, database=database), shop, tasks, out, whole))
    if as_json:
        typer.echo(json.dumps(summary))
        return
    table = Table("action", "done", "refused", title=f"{summary['tasks']} tasks, {summary['actions']} actions, {summary['done']} done")
    for name, tally in summary["by_action"].items():
        table.add_row(name, str(tally["done"]), str(tally["refused"]))
    console.print(table)


async def _apply(config: Config, shop: str, tasks: Path, out: Path, whole: bool) -> Json:
    before, pack = await _export(config, shop)
    todo = read_tasks(tasks, before)
    played: list[Played] = []
    with tempfile.TemporaryDirectory() as folder, console.status("copying the shop") as status:
        copies = Copies(Path(folder))
        try:
            await copies.prepare(before, pack)
            for task in todo:
                status.update(f"task {task.id}")
                one = await play(*await copies.fresh(), task, before)
                (out / f"task-{task.id}.json").write_text(json.dumps(one.shop if whole else one.changed, indent=4), "utf-8")
                played.append(one)
        finally:
            await copies.close()
    told = report(played)
    (out / "report.json").write_text(json.dumps(told, indent=2), "utf-8")
    summary: Json = told["summary"]
    return summary


async def _export(config: Config, slug: str) -> tuple[Json, str]:
    """The shop, and the pack it goes by. Raises NotFound."""
    work = Workplace(config)
    try:
        await work.open()
        shop = await work.shop(slug)
        return await export(work.database, work.cases, console_actor([shop.id]), shop.id), work.pack(shop.id)
    finally:
        await work.close()
