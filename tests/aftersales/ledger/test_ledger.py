"""The books on both stores: balanced, once per key, never changed, and anything done to them behind our back is found."""

import asyncio
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from xinfu import migrations
from xinfu.aftersales.ledger import ACCOUNTS, Entry, Filter, Ledger, LedgerConflict, Posting, Unbalanced
from xinfu.config import Config
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound
from xinfu.kit.money import Money

SHOP, OTHER = "5" * 32, "6" * 32
BY = Actor("staff", "1" * 32, "小林", frozenset({SHOP, OTHER}), frozenset({Permission.LEDGER_READ}), "lead")


def refund(n: int, amount: int = 500, order: str = "A1", case: str = "AS1") -> Posting:
    lines = (("sales", Money(amount)), ("refunds_due", Money(-amount)))
    return Posting(
        key=f"refund:{n}", kind="refund", lines=lines, zh="退款给客户", en="Refund", case_no=case, order_no=order, customer_id="c1"
    )  # type: ignore[arg-type]


class Books:
    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        self.ledger = Ledger(database)

    async def post(self, posting: Posting, shop: str = SHOP) -> Entry:
        async with self.database.unit() as unit:
            return await self.ledger.post(unit, shop, posting, BY, self.clock.now())

    async def sql(self, *statements: str) -> None:
        async with self.database.engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def open_up(self) -> None:
        """Take the guards off, as someone with the database in their hands could."""
        tables = ("ledger_entry", "ledger_line")
        if self.database.is_sqlite:
            await self.sql(*(f"DROP TRIGGER {t}_no_{what}" for t in tables for what in ("update", "delete", "replace")))
        else:
            await self.sql(*(f"ALTER TABLE {t} DISABLE TRIGGER USER" for t in tables))

    async def close_again(self) -> None:
        if not self.database.is_sqlite:
            await self.sql(*(f"ALTER TABLE {t} ENABLE TRIGGER USER" for t in ("ledger_entry", "ledger_line")))


@pytest.fixture
def books(database: Database, clock: FixedClock) -> Books:
    return Books(database, clock)


async def test_entries_are_numbered_chained_and_found_by_order_and_case(books: Books) -> None:
    first = await books.post(refund(1))
    second = await books.post(refund(2, order="A2", case="AS2"))
    assert (first.seq, second.seq) == (1, 2) and second.previous == first.hash and first.previous == "0" * 64
    assert await books.ledger.of_order(BY, SHOP, "A2") == [second] and await books.ledger.of_case(BY, SHOP, "AS1") == [first]
    assert first.lines == (("sales", Money(500)), ("refunds_due", Money(-500))) and first.actor_name == "小林"
    assert (await books.ledger.verify(BY, SHOP)).ok


async def test_the_same_key_books_once_and_other_content_is_refused(books: Books) -> None:
    first = await books.post(refund(1))
    again = await books.post(replace(refund(1), zh="另一种说法"))
    assert again == replace(first, repeated=True)
    with pytest.raises(LedgerConflict):
        await books.post(refund(1, 501))
    assert (await books.post(refund(1), OTHER)).seq == 1  # a shop's keys are its own
    assert (await books.ledger.verify(BY, SHOP)).entries == 1


async def test_what_does_not_balance_is_refused_and_leaves_no_number_unused(books: Books) -> None:
    with pytest.raises(Unbalanced):
        await books.post(replace(refund(1), lines=(("sales", Money(5)), ("cash", Money(-4)))))
    with pytest.raises(Invalid):
        await books.post(replace(refund(1), key=""))
    assert (await books.post(refund(1))).seq == 1


async def test_a_transaction_that_fails_leaves_no_gap(books: Books) -> None:
    await books.post(refund(1))
    with pytest.raises(RuntimeError):
        async with books.database.unit() as unit:
            await books.ledger.post(unit, SHOP, refund(2), BY, books.clock.now())
            raise RuntimeError
    assert (await books.post(refund(3))).seq == 2 and (await books.ledger.verify(BY, SHOP)).ok


async def test_many_at_once_make_one_chain_and_one_entry_per_key(books: Books) -> None:
    await asyncio.gather(*(books.post(refund(n % 6)) for n in range(18)))
    found = await books.ledger.verify(BY, SHOP)
    assert (found.ok, found.entries) == (True, 6)


@pytest.mark.parametrize("seed", range(2))
async def test_any_sequence_of_postings_balances_to_zero(books: Books, seed: int) -> None:
    dice = random.Random(seed)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for n in range(30):
        amounts = [
            (dice.choice(ACCOUNTS), dice.randint(1, 10**9) * dice.choice((1, -1)), dice.choice(("CNY", "USD")))
            for _ in range(dice.randint(1, 4))
        ]
        lines = [(a, Money(m, c)) for a, m, c in amounts]
        for currency in {c for _, _, c in amounts}:
            rest = -sum(m for _, m, c in amounts if c == currency)
            if rest:
                lines.append(("cash", Money(rest, currency)))
        if len(lines) < 2 or any(sum(x.minor for _, x in lines if x.currency == c) for c in ("CNY", "USD")):
            continue
        books.clock.move(hours=1)
        await books.post(replace(refund(n), lines=tuple(lines)))
        for account, amount in lines:
            expected[account, amount.currency] += amount.minor
    balances = await books.ledger.balances(BY, SHOP)
    assert {(b.account, b.currency): b.closing.minor for b in balances} == dict(expected)
    for currency in ("CNY", "USD"):
        of = [b for b in balances if b.currency == currency]
        assert sum(b.closing.minor for b in of) == 0 and sum(b.debit.minor - b.credit.minor for b in of) == 0
    assert (await books.ledger.verify(BY, SHOP)).ok


async def test_balances_tell_what_moved_in_a_period_and_where_it_ended(books: Books) -> None:
    await books.post(refund(1, 300))
    books.clock.move(days=1)
    noon = books.clock.now()
    await books.post(refund(2, 200))
    paid = Posting(key="paid:1", kind="refund_paid", lines=(("refunds_due", Money(300)), ("cash", Money(-300))), zh="已退", en="Paid")
    await books.post(paid)
    books.clock.move(days=1)
    await books.post(refund(3, 50))
    found = {
        b.account: (b.debit.minor, b.credit.minor, b.closing.minor) for b in await books.ledger.balances(BY, SHOP, noon, books.clock.now())
    }
    assert found == {"cash": (0, 300, -300), "refunds_due": (300, 200, -200), "sales": (200, 0, 500)}


async def test_search_pages_newest_first_and_narrows(books: Books) -> None:
    for n in range(5):
        await books.post(refund(n, order=f"A{n % 2}", case=f"AS{n}"))
        books.clock.move(hours=1)
    page = await books.ledger.search(BY, SHOP, Filter(), limit=3)
    rest = await books.ledger.search(BY, SHOP, Filter(), page.next, limit=3)
    assert [e.seq for e in (*page.items, *rest.items)] == [5, 4, 3, 2, 1] and rest.next is None
    assert [e.seq for e in (await books.ledger.search(BY, SHOP, Filter(order_no="A1"))).items] == [4, 2]
    assert (await books.ledger.search(BY, SHOP, Filter(account="freight"))).items == []
    since = books.clock.now().replace(hour=4)
    assert [e.seq for e in (await books.ledger.search(BY, SHOP, Filter(since=since))).items] == [5, 4, 3]
    with pytest.raises(Invalid):
        await books.ledger.search(BY, SHOP, Filter(), "nonsense")


async def test_reading_needs_the_right_and_the_shop(books: Books) -> None:
    await books.post(refund(1))
    nobody = replace(BY, permissions=frozenset())
    stranger = replace(BY, shops=frozenset({OTHER}))
    for actor, refusal in ((nobody, Forbidden), (stranger, NotFound)):
        for work in (
            books.ledger.of_case(actor, SHOP, "AS1"),
            books.ledger.search(actor, SHOP, Filter()),
            books.ledger.balances(actor, SHOP),
            books.ledger.verify(actor, SHOP),
        ):
            with pytest.raises(refusal):
                await work
    assert await books.ledger.of_case(BY, OTHER, "AS1") == []


CHANGES = (
    "UPDATE ledger_entry SET zh = 'x'",
    "DELETE FROM ledger_line",
    "DELETE FROM ledger_entry",
    "UPDATE ledger_line SET amount_minor = 1",
)


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_database_itself_refuses_any_change(books: Books, statement: str) -> None:
    await books.post(refund(1))
    with pytest.raises(DBAPIError, match="never changed"):
        await books.sql(statement)
    assert (await books.ledger.verify(BY, SHOP)).ok


async def test_replacing_or_emptying_is_refused_too(books: Books) -> None:
    await books.post(refund(1))
    if books.database.is_sqlite:
        for table in ("ledger_entry", "ledger_line"):
            with pytest.raises(DBAPIError, match="never changed"):
                await books.sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        with pytest.raises(DBAPIError, match="never changed"):
            await books.sql("TRUNCATE ledger_entry, ledger_line")
    assert (await books.ledger.verify(BY, SHOP)).ok


async def test_a_migrated_database_refuses_as_well(data_dir: Path, postgres_dsn_empty: str | None, clock: FixedClock) -> None:
    config = Config(data=data_dir, database=postgres_dsn_empty)
    await migrations.upgrade(config)
    database = Database(config.database_url)
    try:
        books = Books(database, clock)
        await books.post(refund(1))
        for statement in CHANGES:
            with pytest.raises(DBAPIError, match="never changed"):
                await books.sql(statement)
    finally:
        await database.dispose()


@pytest.mark.parametrize(
    ("tampering", "at"),
    [
        ("UPDATE ledger_entry SET zh = 'x' WHERE seq = 2", 2),
        ("UPDATE ledger_entry SET order_no = 'A9' WHERE seq = 3", 3),
        ("UPDATE ledger_entry SET actor_name = '别人' WHERE seq = 1", 1),
        ("UPDATE ledger_entry SET at = '2026-03-09 00:00:00.000000+00:00' WHERE seq = 2", 2),
        ("UPDATE ledger_line SET amount_minor = amount_minor * 2 WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)", 2),
        ("UPDATE ledger_line SET account = 'cash' WHERE account = 'sales'", 1),
        ("DELETE FROM ledger_line WHERE n = 1 AND entry_id = (SELECT id FROM ledger_entry WHERE seq = 3)", 3),
        ("DELETE FROM ledger_line WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 4); DELETE FROM ledger_entry WHERE seq = 4", 4),
        ("DELETE FROM ledger_line WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2); DELETE FROM ledger_entry WHERE seq = 2", 2),
        ("UPDATE ledger_entry SET hash = previous WHERE seq = 4", 4),
        ("UPDATE ledger_entry SET shop_id = '6' WHERE seq = 2", 2),
        ("UPDATE ledger_line SET at = '2026-03-09 00:00:00.000000+00:00'", 4),
        ("UPDATE ledger_head SET seq = 3", 4),
        ("DELETE FROM ledger_head", 1),
    ],
)  # fmt: skip
async def test_any_tampering_with_the_guards_taken_off_is_found(books: Books, tampering: str, at: int) -> None:
    for n in range(4):
        await books.post(refund(n))
    await books.open_up()
    try:
        await books.sql(*tampering.split("; "))
        found = await books.ledger.verify(BY, SHOP)
    finally:
        await books.close_again()
    assert (found.ok, found.wrong_at) == (False, at) and f"第 {at} 笔" in found.zh and f"Entry {at}" in found.en
