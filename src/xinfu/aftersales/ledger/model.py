"""Tables of the books. Entries and their lines are never changed or deleted: the database itself refuses it, on both stores."""

from datetime import datetime

from sqlalchemy import Connection, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class LedgerEntry(Identified, OfShop, Base):
    """One booking; `hash` covers all it says and the hash of the one before it in its shop."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("shop_id", "seq"),
        UniqueConstraint("shop_id", "key"),
        Index("ix_ledger_entry_case", "shop_id", "case_no"),
        Index("ix_ledger_entry_order", "shop_id", "order_no"),
        Index("ix_ledger_entry_customer", "shop_id", "customer_id"),
        Index("ix_ledger_entry_at", "shop_id", "at"),
    )

    seq: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(24))
    case_no: Mapped[str] = mapped_column(String(24))
    order_no: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[str] = mapped_column(String(32))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LedgerLine(OfShop, Base):
    """One side of an entry: + debit, − credit, in minor units."""

    __tablename__ = "ledger_line"
    __table_args__ = (Index("ix_ledger_line_account", "shop_id", "account", "at"),)

    entry_id: Mapped[Id] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account: Mapped[str] = mapped_column(String(24))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]


class LedgerHead(Base):
    """The last entry of a shop. Whoever books holds this row until the end, so that entries follow one another."""

    __tablename__ = "ledger_head"

    shop_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


# The same statements stand in the migration that made these tables; here they serve tables made from the models.
_TABLES = ("ledger_entry", "ledger_line")
_REFUSED = "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
SQLITE = (
    *(f"CREATE TRIGGER {t}_no_{what} BEFORE {what.upper()} ON {t} {_REFUSED}" for t in _TABLES for what in ("update", "delete")),
    # INSERT OR REPLACE would delete a row without the trigger on deleting being asked.
    "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id "
    "OR (shop_id = NEW.shop_id AND (seq = NEW.seq OR key = NEW.key))) BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END",
    "CREATE TRIGGER ledger_line_no_replace BEFORE INSERT ON ledger_line WHEN EXISTS "
    "(SELECT 1 FROM ledger_line WHERE entry_id = NEW.entry_id AND n = NEW.n) BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END",
)
POSTGRES = (
    "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$",
    *(
        f"CREATE TRIGGER {t}_no_{what} BEFORE {what.upper()} ON {t} "
        f"FOR EACH {'STATEMENT' if what == 'truncate' else 'ROW'} EXECUTE FUNCTION ledger_refuse()"
        for t in _TABLES
        for what in ("update", "delete", "truncate")
    ),
)


def _make_triggers(_: object, connection: Connection, **__: object) -> None:
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRES:
        connection.exec_driver_sql(statement)


# On the later of the two tables, so that both are there.
event.listen(LedgerLine.__table__, "after_create", _make_triggers)
