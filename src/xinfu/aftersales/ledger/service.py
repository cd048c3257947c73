"""Use-cases of the books: post inside the caller's transaction, read, add up, verify."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from xinfu.aftersales.ledger import repository
from xinfu.aftersales.ledger.contracts import Balance, Entry, Filter, Posting, Verification
from xinfu.aftersales.ledger.errors import LedgerConflict
from xinfu.aftersales.ledger.model import LedgerEntry, LedgerLine
from xinfu.aftersales.ledger.policy import FIRST, chained, check_posting, same, worded
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.database import Database, Unit
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money
from xinfu.kit.paging import Page, cursor_number, decode_cursor, encode_cursor

_STEP = 500  # entries read at once when all are


class Ledger:
    """The shop's books of what is given back. Nothing in them changes; a mistake is righted by another entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def post(self, unit: Unit, shop_id: Id, posting: Posting, actor: Actor, at: datetime) -> Entry:
        """Book it in the caller's transaction, once per key. Raises LedgerConflict, Unbalanced, Invalid."""
        check_posting(posting)
        seq, previous = await repository.hold(unit, shop_id)
        if before := await repository.by_key(unit, shop_id, posting.key):
            entry = _entry(before, (await repository.lines(unit, shop_id, [before.id]))[before.id], repeated=True)
            if not same(_posting(entry), posting):
                raise LedgerConflict
            return entry
        seq += 1
        said = Posting(
            key=posting.key, kind=posting.kind, lines=posting.lines, zh=worded(posting.zh), en=worded(posting.en), case_no=posting.case_no,
            order_no=posting.order_no, customer_id=posting.customer_id,
        )  # fmt: skip
        hash_ = chained(previous, shop_id, seq, said, (actor.kind, actor.id, actor.name), at)
        row = LedgerEntry(
            id=new_id(), shop_id=shop_id, seq=seq, key=said.key, kind=said.kind, case_no=said.case_no, order_no=said.order_no,
            customer_id=said.customer_id, zh=said.zh, en=said.en, actor_kind=actor.kind, actor_id=actor.id, actor_name=actor.name, at=at,
            previous=previous, hash=hash_,
        )  # fmt: skip
        unit.add(row)
        await unit.flush()  # its lines refer to it
        rows = [
            LedgerLine(entry_id=row.id, n=n, shop_id=shop_id, account=account, amount_minor=amount.minor, currency=amount.currency, at=at)
            for n, (account, amount) in enumerate(said.lines)
        ]
        unit.add_all(rows)
        await unit.flush()
        await repository.move_head(unit, shop_id, seq, hash_)
        return _entry(row, rows)

    async def of_case(self, actor: Actor, shop_id: Id, case_no: str) -> list[Entry]:
        """Oldest first."""
        return await self._all(actor, shop_id, Filter(case_no=case_no))

    async def of_order(self, actor: Actor, shop_id: Id, order_no: str) -> list[Entry]:
        """Oldest first."""
        return await self._all(actor, shop_id, Filter(order_no=order_no))

    async def search(self, actor: Actor, shop_id: Id, filter_: Filter, cursor: str | None = None, limit: int = 50) -> Page[Entry]:
        """Newest first. Raises Invalid for a cursor of another form."""
        actor.require(Permission.LEDGER_READ, shop_id)
        before = cursor_number(decode_cursor(cursor, 1)[0]) if cursor else None
        async with self._database.read() as unit:
            rows = await repository.search(unit, shop_id, filter_, before, limit + 1)
            items = await _entries(unit, shop_id, rows[:limit])
        return Page(items, encode_cursor(rows[limit - 1].seq) if len(rows) > limit else None)

    async def every(self, actor: Actor, shop_id: Id, filter_: Filter) -> AsyncIterator[Entry]:
        """All that match, newest first, read step by step."""
        actor.require(Permission.LEDGER_READ, shop_id)
        before: int | None = None
        while True:
            async with self._database.read() as unit:
                rows = await repository.search(unit, shop_id, filter_, before, _STEP)
                items = await _entries(unit, shop_id, rows)
            for entry in items:
                yield entry
            if len(rows) < _STEP:
                return
            before = rows[-1].seq

    async def balances(self, actor: Actor, shop_id: Id, since: datetime | None = None, until: datetime | None = None) -> list[Balance]:
        """Every account with something in it. Over all accounts of a currency each column adds up to zero."""
        actor.require(Permission.LEDGER_READ, shop_id)
        async with self._database.read() as unit:
            found = await repository.sums(unit, shop_id, since, until)
        return [
            Balance(account, currency, Money(debit, currency), Money(credit, currency), Money(closing, currency))  # type: ignore[arg-type]
            for account, currency, debit, credit, closing in sorted(found)
        ]

    async def verify(self, actor: Actor, shop_id: Id) -> Verification:
        """Read every entry from the first and follow the chain of hashes; anything changed, added, taken out or cut off shows."""
        actor.require(Permission.LEDGER_READ, shop_id)
        async with self._database.read() as unit:
            head_seq, head_hash = await repository.head(unit, shop_id)
            seq, previous = 0, FIRST
            while rows := await repository.onward(unit, shop_id, seq, _STEP):
                for entry in await _entries(unit, shop_id, rows):
                    if entry.seq > head_seq:
                        return _wrong(entry.seq, entry.seq - 1, previous, "多出来的", "more than was booked")
                    if wrong := _fault(entry, seq + 1, previous):
                        return _wrong(seq + 1, seq, previous, *wrong)
                    seq, previous = entry.seq, entry.hash
            stray = await repository.stray_lines(unit, shop_id)
        if (seq, previous) != (head_seq, head_hash):
            return _wrong(seq + 1, seq, previous, "末尾缺了记录", "entries at the end are gone")
        if stray:
            return _wrong(seq, seq, previous, "有不属于任何记录的分录", "there are lines without an entry")
        said = f"{seq} 笔记录完整，没有改动。", f"All {seq} entries are as they were booked."
        return Verification(True, seq, previous, None, *said)

    async def _all(self, actor: Actor, shop_id: Id, filter_: Filter) -> list[Entry]:
        return [entry async for entry in self.every(actor, shop_id, filter_)][::-1]


async def _entries(unit: Unit, shop_id: Id, rows: Sequence[LedgerEntry]) -> list[Entry]:
    lines = await repository.lines(unit, shop_id, [row.id for row in rows])
    return [_entry(row, lines[row.id]) for row in rows]


def _entry(row: LedgerEntry, lines: Sequence[LedgerLine], *, repeated: bool = False) -> Entry:
    return Entry(
        row.id, row.shop_id, row.seq, row.key, row.kind,
        tuple((line.account, Money(line.amount_minor, line.currency)) for line in lines),  # type: ignore[misc]
        row.case_no, row.order_no, row.customer_id, row.zh, row.en, row.actor_kind, row.actor_id, row.actor_name, row.at, row.previous,
        row.hash, repeated,
    )  # fmt: skip


def _posting(entry: Entry) -> Posting:
    return Posting(
        key=entry.key, kind=entry.kind, lines=entry.lines, zh=entry.zh, en=entry.en, case_no=entry.case_no, order_no=entry.order_no,
        customer_id=entry.customer_id,
    )  # fmt: skip


def _fault(entry: Entry, seq: int, previous: str) -> tuple[str, str] | None:
    if entry.seq != seq:
        return "中间缺了记录", "an entry is gone"
    if entry.previous != previous:
        return "和前一笔接不上", "it does not follow the one before"
    by = (entry.actor_kind, entry.actor_id, entry.actor_name)
    if chained(previous, entry.shop_id, entry.seq, _posting(entry), by, entry.at) != entry.hash:
        return "内容被改过", "its content was changed"
    return None


def _wrong(at: int, good: int, hash_: str, zh: str, en: str) -> Verification:
    return Verification(False, good, hash_, at, f"第 {at} 笔有问题：{zh}。", f"Entry {at}: {en}.")
