"""Who may grant how much, every use and approval; the books, which the database itself keeps from being changed; rights for these"""

import json

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What a centre made before this version gives its roles, as a new centre does.
RIGHTS = {"lead": ("aftersales.approve", "ledger.read"), "inspector": ("ledger.read",)}

_BOOKS = ("ledger_entry", "ledger_line")
_REFUSED = "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
_SQLITE = (
    *(f"CREATE TRIGGER {t}_no_{what} BEFORE {what.upper()} ON {t} {_REFUSED}" for t in _BOOKS for what in ("update", "delete")),
    # INSERT OR REPLACE would delete a row without the trigger on deleting being asked.
    "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id "
    "OR (shop_id = NEW.shop_id AND (seq = NEW.seq OR key = NEW.key))) BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END",
    "CREATE TRIGGER ledger_line_no_replace BEFORE INSERT ON ledger_line WHEN EXISTS "
    "(SELECT 1 FROM ledger_line WHERE entry_id = NEW.entry_id AND n = NEW.n) BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END",
)
_POSTGRES = (
    "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$",
    *(
        f"CREATE TRIGGER {t}_no_{what} BEFORE {what.upper()} ON {t} "
        f"FOR EACH {'STATEMENT' if what == 'truncate' else 'ROW'} EXECUTE FUNCTION ledger_refuse()"
        for t in _BOOKS
        for what in ("update", "delete", "truncate")
    ),
)


def upgrade() -> None:
    _authority_tables()
    _ledger_tables()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.get_bind().exec_driver_sql(statement)
    _grant()


def downgrade() -> None:
    for table in (
        "ledger_line", "ledger_entry", "ledger_head", "authority_book", "authority_approval", "authority_use", "authority_rules",
    ):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION IF EXISTS ledger_refuse()")


def _authority_tables() -> None:
    op.create_table(
        "authority_rules",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", UtcDateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("author_id", sa.String(64), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_rules")),
        sa.UniqueConstraint("shop_id", "version", name=op.f("uq_authority_rules_shop_id_version")),
    )
    op.create_index(op.f("ix_authority_rules_shop_id"), "authority_rules", ["shop_id"], unique=False)
    op.create_table(
        "authority_use",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("action", sa.String(24), nullable=False),
        sa.Column("counts_as", sa.String(24), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(24), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_kind", sa.String(16), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("by_role", sa.String(32), nullable=False),
        sa.Column("approval_id", sa.String(32), nullable=True),
        sa.Column("rules_version", sa.BigInteger(), nullable=False),
        sa.Column("released_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_use")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_authority_use_shop_id_key")),
    )
    op.create_index("ix_authority_use_customer", "authority_use", ["shop_id", "customer_id", "at"], unique=False)
    op.create_index("ix_authority_use_day", "authority_use", ["shop_id", "day"], unique=False)
    op.create_index("ix_authority_use_order", "authority_use", ["shop_id", "order_no"], unique=False)
    op.create_index("ix_authority_use_person", "authority_use", ["shop_id", "by_id", "day"], unique=False)
    op.create_index(op.f("ix_authority_use_shop_id"), "authority_use", ["shop_id"], unique=False)
    op.create_table(
        "authority_approval",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("action", sa.String(24), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(24), nullable=False),
        sa.Column("by_policy", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("two_person", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("votes", sa.JSON(), nullable=False),
        sa.Column("rules_version", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_kind", sa.String(16), nullable=False),
        sa.Column("asked_by_id", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(120), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_approval")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_authority_approval_shop_id_key")),
    )
    op.create_index("ix_authority_approval_case", "authority_approval", ["shop_id", "case_no"], unique=False)
    op.create_index("ix_authority_approval_expiry", "authority_approval", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_authority_approval_shop_id"), "authority_approval", ["shop_id"], unique=False)
    op.create_index("ix_authority_approval_state", "authority_approval", ["shop_id", "state", "asked_at"], unique=False)
    op.create_table(
        "authority_book",
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_authority_book")),
    )


def _ledger_tables() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("case_no", sa.String(24), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_ledger_entry_shop_id_key")),
        sa.UniqueConstraint("shop_id", "seq", name=op.f("uq_ledger_entry_shop_id_seq")),
    )
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["shop_id", "at"], unique=False)
    op.create_index("ix_ledger_entry_case", "ledger_entry", ["shop_id", "case_no"], unique=False)
    op.create_index("ix_ledger_entry_customer", "ledger_entry", ["shop_id", "customer_id"], unique=False)
    op.create_index("ix_ledger_entry_order", "ledger_entry", ["shop_id", "order_no"], unique=False)
    op.create_index(op.f("ix_ledger_entry_shop_id"), "ledger_entry", ["shop_id"], unique=False)
    op.create_table(
        "ledger_line",
        sa.Column("entry_id", sa.String(32), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_line_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "n", name=op.f("pk_ledger_line")),
    )
    op.create_index("ix_ledger_line_account", "ledger_line", ["shop_id", "account", "at"], unique=False)
    op.create_index(op.f("ix_ledger_line_shop_id"), "ledger_line", ["shop_id"], unique=False)
    op.create_table(
        "ledger_head",
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_ledger_head")),
    )


def _grant() -> None:
    role = sa.table("role", sa.column("key", sa.String), sa.column("permissions", sa.JSON))
    connection = op.get_bind()
    for key, held in connection.execute(sa.select(role.c.key, role.c.permissions)).all():
        known = json.loads(held) if isinstance(held, str) else held
        if key in RIGHTS and (new := sorted({*known, *RIGHTS[key]})) != known:
            connection.execute(role.update().where(role.c.key == key).values(permissions=new))
