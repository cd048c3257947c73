"""What was done to orders and when; differences due and refunds under way; invoices by e-mail; after-sales requests; rights for these"""

import json

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")

# What a centre made before this version gives its roles, as a new centre does. Roles the owner made narrower otherwise stay as narrow.
_DESK = ("aftersales.read", "aftersales.request", "orders.cancel", "orders.invoice", "orders.modify", "orders.urge")
_AGENT = (*_DESK, "orders.reprice", "orders.review")
_SPECIALIST = (*_AGENT, "aftersales.decide", "orders.reissue")
_READ = ("aftersales.read",)
RIGHTS = {
    "agent": _AGENT, "specialist": _SPECIALIST, "lead": _SPECIALIST, "ai": _DESK,
    "trainer": _READ, "inspector": _READ, "planner": _READ,
}  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("payment") as batch:
        batch.add_column(sa.Column("state", sa.String(12), nullable=False, server_default="done"))
    with op.batch_alter_table("invoice") as batch:
        batch.add_column(sa.Column("email", sa.String(200), nullable=False, server_default=EMPTY))
        batch.add_column(sa.Column("electronic", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("replaces", sa.String(60), nullable=False, server_default=EMPTY))
    _order_tables()
    _case_tables()
    _grant()


def downgrade() -> None:
    for table in (
        "aftersales_counter",
        "aftersales_event",
        "aftersales_case_line",
        "aftersales_case",
        "order_operation",
        "order_mark",
    ):
        op.drop_table(table)
    with op.batch_alter_table("invoice") as batch:
        for column in ("replaces", "electronic", "email"):
            batch.drop_column(column)
    with op.batch_alter_table("payment") as batch:
        batch.drop_column("state")


def _order_tables() -> None:
    op.create_table(
        "order_mark",
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("held_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("hold_reason", sa.String(200), nullable=False),
        sa.Column("intercept_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("pay_method", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_mark")),
    )
    op.create_index(op.f("ix_order_mark_shop_id"), "order_mark", ["shop_id"])
    op.create_table(
        "order_operation",
        *_own(),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(20), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("confirmed_by", sa.String(16), nullable=False),
        sa.Column("confirmation", sa.String(200), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("answer_by", UtcDateTime(timezone=True), nullable=True),
        sa.Column("again", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_operation")),
    )
    op.create_index(op.f("ix_order_operation_shop_id"), "order_operation", ["shop_id"])
    op.create_index("uq_order_operation_key", "order_operation", ["shop_id", "key"], unique=True)
    op.create_index("ix_order_operation_order", "order_operation", ["shop_id", "order_id", "at"])
    op.create_index("ix_order_operation_customer", "order_operation", ["shop_id", "customer_id", "operation", "at"])


def _case_tables() -> None:
    op.create_table(
        "aftersales_case",
        *_own(),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("party", sa.String(12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("remedy", sa.String(200), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("pack_version", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(12), nullable=False),
        sa.Column("freight_payer", sa.String(12), nullable=False),
        sa.Column("freight_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("disposition", sa.String(16), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("confirmed_by", sa.String(16), nullable=False),
        sa.Column("confirmation", sa.String(200), nullable=False),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by_kind", sa.String(16), nullable=False),
        sa.Column("opened_by", sa.String(120), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_case")),
    )
    op.create_index(op.f("ix_aftersales_case_shop_id"), "aftersales_case", ["shop_id"])
    op.create_index("uq_aftersales_case_number", "aftersales_case", ["shop_id", "number"], unique=True)
    op.create_index("uq_aftersales_case_key", "aftersales_case", ["shop_id", "key"], unique=True)
    for tail, column in (("order", "order_id"), ("customer", "customer_id"), ("state", "state")):
        op.create_index(f"ix_aftersales_case_{tail}", "aftersales_case", ["shop_id", column, "opened_at"])
    op.create_table(
        "aftersales_case_line",
        *_own(),
        _case_id(),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("sku", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("to_sku", sa.String(80), nullable=False),
        _of_case("aftersales_case_line"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_case_line")),
    )
    op.create_index("ix_aftersales_case_line_order", "aftersales_case_line", ["shop_id", "order_id"])
    op.create_table(
        "aftersales_event",
        *_own(),
        _case_id(),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        _of_case("aftersales_event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_event")),
    )
    for table in ("aftersales_case_line", "aftersales_event"):
        op.create_index(op.f(f"ix_{table}_shop_id"), table, ["shop_id"])
        op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"])
    op.create_table(
        "aftersales_counter",
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "day", name=op.f("pk_aftersales_counter")),
    )


def _grant() -> None:
    role = sa.table("role", sa.column("key", sa.String), sa.column("permissions", sa.JSON))
    connection = op.get_bind()
    for key, held in connection.execute(sa.select(role.c.key, role.c.permissions)).all():
        known = json.loads(held) if isinstance(held, str) else held
        if key in RIGHTS and (new := sorted({*known, *RIGHTS[key]})) != known:
            connection.execute(role.update().where(role.c.key == key).values(permissions=new))


def _own() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("id", sa.String(32), nullable=False), sa.Column("shop_id", sa.String(32), nullable=False)


def _case_id() -> sa.Column[str]:
    return sa.Column("case_id", sa.String(32), nullable=False)


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["aftersales_case.id"], name=op.f(f"fk_{table}_case_id"))
