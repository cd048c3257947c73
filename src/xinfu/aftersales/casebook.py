"""Finding, holding, showing and recording cases: what every use-case about a case begins and ends with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from xinfu.aftersales import errors, repository
from xinfu.aftersales.contracts import Case, CaseChanged
from xinfu.aftersales.model import CaseEventRow, CaseRow
from xinfu.aftersales.packs import Pack, Packs
from xinfu.aftersales.views import case_of
from xinfu.commerce import NoWallet, OrderConnector, OrderState, Wallet
from xinfu.commerce.errors import OrderNotFound
from xinfu.identity import Settings
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict
from xinfu.kit.ids import Id
from xinfu.kit.text import clean


class Casebook:
    """Cases as rows of one shop's book. The order is held before its cases, so that all done to one order happens one at a time."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, shop_system: OrderConnector, packs: Packs, wallet: Wallet | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self.shop = shop_system
        self.packs = packs
        self.wallet = wallet or NoWallet()
        self._settings = settings

    async def find(self, unit: Unit, actor: Actor, shop_id: Id, number: str, for_customer: Id | None = None) -> CaseRow:
        """Raises CaseNotFound."""
        return reach(actor, await repository.by_number(unit, shop_id, clean(number).upper()[:24]), for_customer)

    async def hold(
        self, unit: Unit, actor: Actor, shop_id: Id, number: str, version: int | None = None, for_customer: Id | None = None
    ) -> tuple[CaseRow, OrderState]:
        """The case as it is now, with its order kept from changing until the unit ends. Raises CaseNotFound, OrderNotFound, Conflict."""
        seen = await self.find(unit, actor, shop_id, number, for_customer)
        order = await self.shop.locked(unit, shop_id, seen.order_no)
        if order is None:
            raise OrderNotFound
        row = await self.find(unit, actor, shop_id, number, for_customer)
        if version is not None and version != row.version:
            raise Conflict
        return row, order

    async def tell(
        self, unit: Unit, actor: Actor, row: CaseRow, now: datetime, code: str, zh: str, en: str, *, public: bool = True
    ) -> None:
        """Timeline, audit entry and announcement of one step, in its own transaction."""
        row.version += 1
        await unit.flush()
        unit.add(
            CaseEventRow(
                shop_id=row.shop_id, case_id=row.id, n=row.version, at=now, code=code, zh=zh, en=en, actor_kind=actor.kind,
                actor_name=actor.name, public=public,
            )
        )  # fmt: skip
        detail = {"number": row.number, "order": row.order_no, "amount": f"{row.amount_minor}", "currency": row.currency}
        audit.record(unit, actor, now, f"aftersales.{code}", row.shop_id, "aftersales_case", row.id, **detail)
        unit.announce(
            CaseChanged(
                row.shop_id, row.customer_id, row.number, row.state, row.kind,  # type: ignore[arg-type]  # as they were written
                row.order_no, code, row.version, zh, en, public,
            )
        )  # fmt: skip
        await unit.flush()

    async def views(self, unit: Unit, shop_id: Id, rows: Sequence[CaseRow]) -> list[Case]:
        ids = [row.id for row in rows]
        lines, events = await repository.lines(unit, shop_id, ids), await repository.events(unit, shop_id, ids)
        return [case_of(row, lines[row.id], events[row.id]) for row in rows]

    async def view(self, unit: Unit, row: CaseRow, *, repeated: bool = False) -> Case:
        seen = (await self.views(unit, row.shop_id, [row]))[0]
        return replace(seen, repeated=True) if repeated else seen

    def zone(self, shop_id: Id) -> ZoneInfo:
        return ZoneInfo(self._settings.current(shop_id).time_zone)

    def pack_of(self, row: CaseRow) -> Pack:
        """The very pack the case was judged by."""
        return self.packs.version(row.shop_id, row.pack, row.pack_version)


def reach(actor: Actor, row: CaseRow | None, for_customer: Id | None) -> CaseRow:
    """Raises CaseNotFound, also for another customer's: that it exists is not ours to tell."""
    speaks_for_customer = actor.kind in ("ai", "customer")
    if row is None or (speaks_for_customer and for_customer is None) or for_customer not in (None, row.customer_id):
        raise errors.CaseNotFound
    return row


def said(zh: str, en: str, note: str) -> tuple[str, str]:
    """A sentence with a person's own words behind it."""
    words = clean(note)[:500]
    return (f"{zh}：{words}", f"{en}: {words}") if words else (zh, en)
