"""What leaves the house: tasks done outside, and refunds the house brought to their end"""

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'waiting'")
_WATCHED = sa.text("watched_until IS NOT NULL")
_REFUNDING = sa.text("state = 'refunding'")


def upgrade() -> None:
    op.add_column("payment", sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_payment_refunding", "payment", ["shop_id", "at"], sqlite_where=_REFUNDING, postgresql_where=_REFUNDING)
    op.create_table(
        "settlement_task",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("case_no", sa.String(24), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("method", sa.String(60), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("scans_seen", sa.SmallInteger(), nullable=False),
        sa.Column("watched_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_task")),
    )
    op.create_index(op.f("ix_settlement_task_shop_id"), "settlement_task", ["shop_id"])
    op.create_index("uq_settlement_task_key", "settlement_task", ["shop_id", "key", "part"], unique=True)
    op.create_index("ix_settlement_task_case", "settlement_task", ["shop_id", "case_no", "kind"])
    op.create_index("ix_settlement_task_order", "settlement_task", ["shop_id", "order_no"])
    op.create_index("ix_settlement_task_subject", "settlement_task", ["shop_id", "subject"])
    op.create_index("ix_settlement_task_open", "settlement_task", ["shop_id", "asked_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ix_settlement_task_watched", "settlement_task", ["shop_id", "watched_until"], sqlite_where=_WATCHED, postgresql_where=_WATCHED
    )
    op.create_index("ix_settlement_task_state", "settlement_task", ["shop_id", "state", "settled_at"])


def downgrade() -> None:
    op.drop_table("settlement_task")
    op.drop_index("ix_payment_refunding", "payment")
    op.drop_column("payment", "settled_at")
