"""Every query on customers; each names the shop. Those of visits are in visits.py."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import RowMapping, Table, bindparam, func, or_, select, update

from xinfu.customers.model import ChannelIdentity, Customer, CustomerNote
from xinfu.customers.policy import digits_of
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.text import fold

customer: Table = Customer.__table__  # type: ignore[assignment]
identity: Table = ChannelIdentity.__table__  # type: ignore[assignment]
_CHUNK = 500
BRIEF = (customer.c.id, customer.c.shop_id, customer.c.name, customer.c.vip, customer.c.language, customer.c.number)

type Row = dict[str, Any]


async def briefs(unit: Unit, shop_id: Id, ids: Sequence[Id]) -> Sequence[RowMapping]:
    found: list[RowMapping] = []
    for chunk in chunks(ids):
        query = select(*BRIEF).where(customer.c.shop_id == shop_id, customer.c.id.in_(chunk))
        found.extend((await unit.execute(query)).mappings())
    return found


async def get(unit: Unit, shop_id: Id, customer_id: Id, *, lock: bool = False) -> Customer | None:
    query = select(Customer).where(Customer.shop_id == shop_id, Customer.id == customer_id)
    return await unit.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


async def notes_of(unit: Unit, shop_id: Id, customer_id: Id, limit: int = 50) -> Sequence[CustomerNote]:
    """Newest first."""
    query = select(CustomerNote).where(CustomerNote.shop_id == shop_id, CustomerNote.customer_id == customer_id)
    return (await unit.scalars(query.order_by(CustomerNote.id.desc()).limit(limit))).all()


async def channels_of(unit: Unit, shop_id: Id, customer_id: Id) -> Sequence[str]:
    query = select(ChannelIdentity.channel).where(ChannelIdentity.shop_id == shop_id, ChannelIdentity.customer_id == customer_id)
    return (await unit.scalars(query.distinct().order_by(ChannelIdentity.channel))).all()


async def search(unit: Unit, shop_id: Id, text: str, after: Id | None, limit: int) -> Sequence[Customer]:
    """By number, whole phone, last four digits of a phone, or part of the name; newest first, `after` a customer's id."""
    query = select(Customer).where(Customer.shop_id == shop_id)
    if text := text.strip():
        ways = [Customer.number == text, func.lower(Customer.name).contains(fold(text), autoescape=True)]
        digits = digits_of(text)
        if len(digits) == 4:
            ways.append(Customer.phone_tail == digits)
        if len(digits) >= 7:
            ways.append(Customer.phone == digits)
        query = query.where(or_(*ways))
    if after is not None:
        query = query.where(Customer.id < after)
    return (await unit.scalars(query.order_by(Customer.id.desc()).limit(limit))).all()


async def write_rows(unit: Unit, shop_id: Id, rows: Sequence[Row]) -> tuple[int, int, dict[str, Id]]:
    """Insert new numbers, update those whose digest differs. Returns (created, updated, ids by number)."""
    known: dict[str, tuple[Id, str]] = {}
    for chunk in chunks([row["number"] for row in rows]):
        query = select(customer.c.number, customer.c.id, customer.c.digest)
        for found in await unit.execute(query.where(customer.c.shop_id == shop_id, customer.c.number.in_(chunk))):
            known[found.number] = (found.id, found.digest)
    new = [row for row in rows if row["number"] not in known]
    changed = [row for row in rows if row["number"] in known and known[row["number"]][1] != row["digest"]]
    if new:
        await unit.execute(customer.insert(), new)
    if changed:
        columns = [name for name in changed[0] if name not in ("id", "shop_id", "number", "created_at")]
        statement = update(customer).where(customer.c.shop_id == shop_id, customer.c.id == bindparam("_id"))
        values = [{"_id": known[row["number"]][0], **{name: row[name] for name in columns}} for row in changed]
        await unit.execute(statement.values({name: bindparam(name) for name in columns}), values)
    ids = {number: id_ for number, (id_, _) in known.items()} | {row["number"]: row["id"] for row in new}
    return len(new), len(changed), ids


def chunks[T](items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[i : i + _CHUNK] for i in range(0, len(items), _CHUNK))
