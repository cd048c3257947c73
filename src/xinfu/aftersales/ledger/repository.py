"""Every query of the books; each names the shop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, select, text, update

from xinfu.aftersales.ledger.contracts import Filter
from xinfu.aftersales.ledger.model import LedgerEntry, LedgerHead, LedgerLine
from xinfu.aftersales.ledger.policy import FIRST
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def hold(unit: Unit, shop_id: Id) -> tuple[int, str]:
    """The last entry's number and hash, held until the unit ends."""
    statement = text(
        "INSERT INTO ledger_head (shop_id, seq, hash) VALUES (:shop, 0, :first) "
        "ON CONFLICT (shop_id) DO UPDATE SET seq = ledger_head.seq RETURNING seq, hash"
    )
    seq, last = (await unit.execute(statement, {"shop": shop_id, "first": FIRST})).one()
    return int(seq), str(last)


async def move_head(unit: Unit, shop_id: Id, seq: int, hash_: str) -> None:
    await unit.execute(update(LedgerHead).where(LedgerHead.shop_id == shop_id).values(seq=seq, hash=hash_))


async def head(unit: Unit, shop_id: Id) -> tuple[int, str]:
    found = (await unit.execute(select(LedgerHead.seq, LedgerHead.hash).where(LedgerHead.shop_id == shop_id))).one_or_none()
    return (found[0], found[1]) if found else (0, FIRST)


async def by_key(unit: Unit, shop_id: Id, key: str) -> LedgerEntry | None:
    return await unit.scalar(select(LedgerEntry).where(LedgerEntry.shop_id == shop_id, LedgerEntry.key == key))


async def lines(unit: Unit, shop_id: Id, entry_ids: Sequence[Id]) -> dict[Id, list[LedgerLine]]:
    found: dict[Id, list[LedgerLine]] = {id_: [] for id_ in entry_ids}
    query = select(LedgerLine).where(LedgerLine.shop_id == shop_id, LedgerLine.entry_id.in_(list(found))).order_by(LedgerLine.n)
    for line in await unit.scalars(query) if found else ():
        found[line.entry_id].append(line)
    return found


async def search(unit: Unit, shop_id: Id, filter_: Filter, before: int | None, limit: int) -> Sequence[LedgerEntry]:
    """Newest first, from the entry before number `before`."""
    query = _narrowed(select(LedgerEntry).where(LedgerEntry.shop_id == shop_id), filter_)
    if before is not None:
        query = query.where(LedgerEntry.seq < before)
    return (await unit.scalars(query.order_by(LedgerEntry.seq.desc()).limit(limit))).all()


async def onward(unit: Unit, shop_id: Id, after: int, limit: int) -> Sequence[LedgerEntry]:
    """Oldest first, from the entry after number `after`."""
    query = select(LedgerEntry).where(LedgerEntry.shop_id == shop_id, LedgerEntry.seq > after)
    return (await unit.scalars(query.order_by(LedgerEntry.seq).limit(limit))).all()


async def stray_lines(unit: Unit, shop_id: Id) -> int:
    """Lines that belong to no entry of the shop, or say another time than theirs."""
    of_entry = exists().where(LedgerEntry.id == LedgerLine.entry_id, LedgerEntry.shop_id == shop_id, LedgerEntry.at == LedgerLine.at)
    return await unit.scalar(select(func.count()).where(LedgerLine.shop_id == shop_id, ~of_entry)) or 0


async def sums(unit: Unit, shop_id: Id, since: datetime | None, until: datetime | None) -> Sequence[tuple[str, str, int, int, int]]:
    """(account, currency, debit, credit in the period, closing at its end)."""
    amount, within = LedgerLine.amount_minor, LedgerLine.at >= since if since else LedgerLine.amount_minor.is_not(None)
    query = select(
        LedgerLine.account, LedgerLine.currency,
        func.sum(case((and_(within, amount > 0), amount), else_=0)),
        func.sum(case((and_(within, amount < 0), -amount), else_=0)),
        func.sum(amount),
    ).where(LedgerLine.shop_id == shop_id)  # fmt: skip
    if until is not None:
        query = query.where(LedgerLine.at < until)
    found = await unit.execute(query.group_by(LedgerLine.account, LedgerLine.currency))
    return [(a, c, int(d), int(cr), int(total)) for a, c, d, cr, total in found]


def _narrowed(query: Select[Any], filter_: Filter) -> Select[Any]:
    for name in ("case_no", "order_no", "customer_id", "kind"):
        if wanted := getattr(filter_, name):
            query = query.where(getattr(LedgerEntry, name) == wanted)
    if filter_.since is not None:
        query = query.where(LedgerEntry.at >= filter_.since)
    if filter_.until is not None:
        query = query.where(LedgerEntry.at < filter_.until)
    if filter_.account is not None:
        query = query.where(exists().where(LedgerLine.entry_id == LedgerEntry.id, LedgerLine.account == filter_.account))
    return query
