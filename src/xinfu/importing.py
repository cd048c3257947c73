"""`xinfu import …`: files into a shop of a centre, running or not. Problems are told row by row; nothing is half stored."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from xinfu import aftersales, commerce, customers, identity, knowledge, migrations
from xinfu.aftersales.packs.service import PackDesk
from xinfu.config import Config
from xinfu.kit.auth import Actor
from xinfu.kit.clock import SystemClock, zone
from xinfu.kit.database import Database
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id
from xinfu.kit.tabular import Report

import_app = typer.Typer(no_args_is_help=True, help="Bring products, orders, customers or a whole data set into a shop.")
console = Console(stderr=True)

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, JSON or JSON Lines.")]
DataOption = Annotated[Path, typer.Option("--data", help="Folder of the centre.")]
DatabaseOption = Annotated[str | None, typer.Option("--database", help="postgresql://… instead of the files in the folder.")]
ShopOption = Annotated[str, typer.Option("--shop", help="Slug of the shop; empty for the first one.")]
KeepOption = Annotated[bool, typer.Option("--keep-good", help="Store the good rows even if others are wrong.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]

TAU2_SETTINGS = identity.ShopSettings(
    display_name="Tau2 Retail",
    display_name_en="Tau2 Retail",
    welcome="您好，请问需要什么帮助？",
    welcome_en="Hello! Ask me about an order, a delivery or a product.",
    locale="en",
    time_zone="America/New_York",
    hours=identity.OpeningHours(start="00:00", end="00:00"),
)


class _Services:
    """The few services an import needs, without a running centre."""

    def __init__(self, config: Config) -> None:
        self.clock = SystemClock()
        self.database = Database(config.database_url)
        self.settings = identity.Settings(self.database, self.clock)
        authenticator = identity.Authenticator(self.database, self.clock)
        self.shops = identity.Shops(self.database, self.clock, self.settings, authenticator)
        self.customers = customers.Customers(self.database, self.clock)
        self.imports = commerce.Imports(self.database, self.clock, self.settings, self.shops, self.customers)
        self.customer_imports = customers.CustomerImports(self.database, self.clock, self.settings)
        self.packs = PackDesk(self.database, self.clock, self.settings, self.shops, aftersales.Packs.shipped())


type Work[T] = Callable[[_Services, Actor, Id], Awaitable[T]]


@import_app.command("products")
def products(
    file: FileArgument, data: DataOption, database: DatabaseOption = None, shop: ShopOption = "", keep_good: KeepOption = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Products with their variants (docs/import.md)."""
    _report(_run(data, database, shop, lambda s, actor, id_: s.imports.products(actor, id_, file.read_bytes(), keep_good)), as_json)


@import_app.command("orders")
def orders(
    file: FileArgument, data: DataOption, database: DatabaseOption = None, shop: ShopOption = "", keep_good: KeepOption = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Orders with lines, payments and parcels; their customers must be known."""
    _report(_run(data, database, shop, lambda s, actor, id_: s.imports.orders(actor, id_, file.read_bytes(), keep_good)), as_json)


@import_app.command("customers")
def import_customers(
    file: FileArgument, data: DataOption, database: DatabaseOption = None, shop: ShopOption = "", keep_good: KeepOption = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Customers by their number in the shop system."""
    _report(
        _run(data, database, shop, lambda s, actor, id_: s.customer_imports.customers(actor, id_, file.read_bytes(), keep_good)), as_json
    )


@import_app.command("articles")
def import_articles(
    file: FileArgument, data: DataOption, database: DatabaseOption = None, shop: ShopOption = "", as_json: JsonOption = False
) -> None:
    """Articles of the knowledge base; a name that ends in .md or .markdown is read as Markdown."""

    async def work(s: _Services, actor: Actor, shop_id: Id) -> Report:
        articles = knowledge.Knowledge(s.database, s.clock)
        kind: knowledge.FileKind = "markdown" if file.suffix.lower() in (".md", ".markdown") else "table"
        return await articles.import_file(actor, shop_id, file.read_bytes(), kind, zone(s.settings.current(shop_id).time_zone))

    _report(_run(data, database, shop, work), as_json)


@import_app.command("tau2")
def tau2(
    file: FileArgument,
    data: DataOption,
    database: DatabaseOption = None,
    shop: Annotated[str, typer.Option("--shop", help="Slug of the shop it becomes.")] = "tau2",
    pack: Annotated[str, typer.Option("--pack", help="Policy pack the shop goes by; empty leaves it as it is.")] = "",
    as_json: JsonOption = False,
) -> None:
    """The retail data set of tau2-bench (db.json) as an English shop of its own."""

    async def work(s: _Services, actor: Actor, shop_id: Id) -> commerce.Tau2Report:
        if pack:
            await s.packs.choose(actor, shop_id, pack)
        return await commerce.import_tau2(s.database, file, shop_id, customers.write_tau2_users, s.clock.now())

    report = _run(data, database, shop, work, make=True)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report), default=str))
    else:
        console.print(f"{report.users:,} customers, {report.products:,} products, {report.orders:,} orders in shop [bold]{shop}[/bold]")


def _run[T](data: Path, database: str | None, slug: str, work: Work[T], *, make: bool = False) -> T:
    return asyncio.run(_in_shop(Config(data=data, database=database), slug, work, make=make))


async def _in_shop[T](config: Config, slug: str, work: Work[T], *, make: bool) -> T:
    await migrations.upgrade(config)
    services = _Services(config)
    try:
        await identity.bootstrap(services.database, services.clock, identity.Passwords())
        await services.settings.start()
        known = await services.shops.all()
        shop = next((s for s in known if s.slug == slug or not slug), None)
        if shop is None:
            if not make:
                raise NotFound
            actor = identity.console_actor([s.id for s in known])
            shop = await services.shops.create(actor, slug, TAU2_SETTINGS.display_name, "USD", TAU2_SETTINGS)
            await _stock_knowledge(services, shop.id)
        with console.status("importing"):
            return await work(services, identity.console_actor([shop.id]), shop.id)
    finally:
        await services.database.dispose()


async def _stock_knowledge(services: _Services, shop_id: Id) -> None:
    """What the AI of a fresh English shop may say about how things go here; the owner edits it like any article."""
    articles = knowledge.Knowledge(services.database, services.clock)
    await articles.start()
    actor = identity.console_actor([shop_id])
    await articles.load_articles(actor, shop_id, [knowledge.ArticleIn(topic=t, title=title, body=body) for t, title, body in _ARTICLES])
    articles.stop()


_ARTICLES = (
    ("policy.returns", "Returning an item", "Delivered orders can be returned. Tell us the order and the items; a colleague opens it."),
    ("policy.exchange", "Exchanging an item", "An item of a delivered order can be exchanged for another option of the same product."),
    ("policy.cancel", "Cancelling an order", "An order not processed yet can be cancelled; the payment goes back the way it came."),
    ("policy.address_change", "Changing the address", "The address can be changed as long as the order has not been processed."),
    ("policy.refund_time", "When refunds arrive", "To a gift card at once; to other payment methods within 5 to 7 business days."),
    ("policy.payment", "Ways to pay", "We take gift cards, PayPal and credit cards."),
)


def _report(report: Report, as_json: bool) -> None:
    body: dict[str, Any] = dataclasses.asdict(report)
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        console.print(f"created {report.created:,}, updated {report.updated:,}, unchanged {report.unchanged:,}, refused {report.refused:,}")
        if report.problems:
            table = Table("row", "field", "what is wrong", title=f"{report.problems_total:,} problems")
            for problem in report.problems:
                table.add_row(str(problem.row), problem.field, problem.zh)
            console.print(table)
    if not report.stored:
        raise typer.Exit(1)
