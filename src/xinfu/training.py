"""`xinfu train`: labelled files into a shop, a model from them, and how it compares. Exit codes: 0 done, 1 clearly worse, 2 refused."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinfu import identity, migrations, teaching
from xinfu.config import Config
from xinfu.kit.clock import SystemClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Invalid
from xinfu.kit.tabular import Report
from xinfu.teaching.model import ModelVersion
from xinfu.teaching.training import Told

VERDICTS = {
    "better": ("比现在的好。", "Better than the present model."),
    "unclear": ("看不出明显差别。", "Not clearly better."),
    "worse": ("比现在的差。", "Worse than the present model."),
    "too_few": ("留出的消息太少，还不能下结论。", "Too few held-out messages to tell."),
}
_MOST_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Result:
    """What a call did. `version` None: nothing was trained, because a file had problems."""

    files: list[tuple[str, Report]]
    version: ModelVersion | None
    published: bool


def train_command(
    data: Annotated[Path, typer.Option("--data", help="Folder of the centre.")],
    files: Annotated[list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="CSV, JSON or JSON Lines.")] = None,
    database: Annotated[str | None, typer.Option("--database", help="postgresql://… instead of the files in the folder.")] = None,
    shop: Annotated[str, typer.Option("--shop", help="Slug of the shop; empty for the first one.")] = "",
    publish: Annotated[bool, typer.Option("--publish", help="Use the new model at once unless it is clearly worse.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:  # fmt: skip
    """Train a model from your own labelled messages and compare it with the present one on messages held out."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=as_json) as progress:
        bar = progress.add_task("training", total=1.0)
        told = lambda step, share: progress.update(bar, description=step, completed=share)  # noqa: E731
        result = asyncio.run(run(Config(data=data, database=database), shop, files or [], publish, told))
    if as_json:
        typer.echo(json.dumps(as_plain(result), ensure_ascii=False))
    else:
        _show(result)
    if result.version is None:
        raise typer.Exit(2)
    if result.version.verdict == "worse":
        raise typer.Exit(1)


async def run(config: Config, slug: str, files: Sequence[Path], publish: bool, told: Told | None = None) -> Result:
    """Everything of the command but its printing."""
    await migrations.upgrade(config)
    database = Database(config.database_url)
    try:
        return await train(database, config.data / "models", slug, files, publish, told)
    finally:
        await database.dispose()


async def train(
    database: Database,
    folder: Path,
    slug: str,
    files: Sequence[Path],
    publish: bool,
    told: Told | None = None,
    effort: teaching.Effort | None = None,
) -> Result:
    """Store the files, train, compare, and publish if asked to. Before a training begins every file must be good."""
    clock = SystemClock()
    lines = teaching.Lines(database, clock)
    readers = teaching.Readers(database, clock, folder)
    training = teaching.Training(database, clock, folder, readers, effort)
    shops = identity.Shops(database, clock, identity.Settings(database, clock), identity.Authenticator(database, clock))
    shop = await (shops.by_slug(slug) if slug else shops.first())
    actor = identity.console_actor([shop.id])
    reports = await lines.import_files(actor, shop.id, [(str(file), file.read_bytes()) for file in files])
    if any(not report.stored for _, report in reports):
        return Result(reports, None, False)
    try:
        begun = await training.begin(actor, shop.id, told)
        ended = await training.finish(actor, shop.id, begun.id)
    finally:
        await training.stop()
    if ended.version_id is None:
        raise Invalid(why=f"训练没有完成 / the training did not finish: {ended.problem or ended.state}")
    version = await training.version(actor, shop.id, ended.version_id)
    published = publish and version.verdict != "worse"
    if published:
        await training.use(actor, shop.id, version.id)
    return Result(reports, version, published)


def as_plain(result: Result) -> dict[str, Any]:
    version = result.version
    return {
        "files": [{"file": name, **asdict(report)} for name, report in result.files],
        "version": None if version is None else {"id": version.id, "number": version.number, "verdict": version.verdict, **version.figures},
        "published": result.published,
    }


def _show(result: Result) -> None:
    console = Console(file=sys.stdout)
    for name, report in result.files:
        console.print(f"{name}: {report.created} new, {report.updated} changed, {report.unchanged} known, {report.problems_total} problems")
        for problem in report.problems:
            console.print(f"  {problem.row} {problem.field}: {problem.en} / {problem.zh}", style="red")
    if result.version is None:
        return
    figures = result.version.figures
    table = Table("", "held out", "accuracy", "macro-F1 (95 %)", "change (95 %)", "ECE", "verdict")
    for head, one in figures["heads"].items():
        f1, change = one["candidate"]["macro_f1"], one["difference"]["macro_f1"]
        ece = one["candidate"]["ece"]
        table.add_row(
            head, str(one["lines"]), f"{one['present']['accuracy'][1]:.3f} → {one['candidate']['accuracy'][1]:.3f}",
            f"{one['present']['macro_f1'][1]:.3f} → {f1[1]:.3f} ({f1[0]:.3f} to {f1[2]:.3f})",
            f"{change[1]:+.3f} ({change[0]:+.3f} to {change[2]:+.3f})",
            "" if ece is None else f"{ece:.3f}", one["verdict"],
        )  # fmt: skip
    console.print(table)
    changed = Table("", "label", "lines", "F1 before", "F1 now")
    for head, one in figures["heads"].items():
        for row in one["classes"][:_MOST_SHOWN]:
            changed.add_row(head, row["label"], str(row["lines"]), f"{row['present']:.2f}", f"{row['candidate']:.2f}")
    console.print(changed)
    zh, en = VERDICTS[result.version.verdict]
    state = "已启用 published" if result.published else "未启用 not published"
    console.print(f"第 {result.version.number} 版 version {result.version.number}: {zh} {en} ({state})")
