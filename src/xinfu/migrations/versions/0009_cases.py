"""The life of a case: what goes back, by when, who looks after it, what was done on it; appeals"""

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
_TEXTS = {"decided_by_id": 64, "assignee_id": 32, "assignee": 120, "risk_action": 12, "refund_to": 80, "return_tracking": 64}


def upgrade() -> None:
    with op.batch_alter_table("aftersales_case") as batch:
        for name, length in _TEXTS.items():
            batch.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=EMPTY))
        batch.add_column(sa.Column("repaid_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("due_at", UtcDateTime(timezone=True), nullable=True))
        for name in ("appealed", "gift"):
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("work", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.create_index("ix_aftersales_case_due", "aftersales_case", ["shop_id", "state", "due_at"])
    op.create_index("ix_aftersales_case_parcel", "aftersales_case", ["shop_id", "return_tracking"])
    # Accepting did not send anything on its way yet: goods are waited for, and whatever is only money is looked at once more.
    op.execute("UPDATE aftersales_case SET state = 'awaiting_goods' WHERE state = 'accepted' AND kind IN ('return', 'exchange', 'repair')")
    op.execute("UPDATE aftersales_case SET state = 'open' WHERE state = 'accepted'")
    _appeals()


def downgrade() -> None:
    op.drop_table("aftersales_appeal")
    op.execute("UPDATE aftersales_case SET state = 'accepted' WHERE state NOT IN ('open', 'declined', 'withdrawn')")
    for index in ("due", "parcel"):
        op.drop_index(f"ix_aftersales_case_{index}", "aftersales_case")
    with op.batch_alter_table("aftersales_case") as batch:
        for column in (*_TEXTS, "repaid_minor", "due_at", "appealed", "gift", "work"):
            batch.drop_column(column)


def _appeals() -> None:
    op.create_table(
        "aftersales_appeal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_kind", sa.String(16), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("against_id", sa.String(64), nullable=False),
        sa.Column("against", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.String(64), nullable=False),
        sa.Column("decided_by", sa.String(120), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["aftersales_case.id"], name=op.f("fk_aftersales_appeal_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_appeal")),
    )
    op.create_index(op.f("ix_aftersales_appeal_shop_id"), "aftersales_appeal", ["shop_id"])
    op.create_index(op.f("ix_aftersales_appeal_case_id"), "aftersales_appeal", ["case_id"])
    op.create_index("ix_aftersales_appeal_state", "aftersales_appeal", ["shop_id", "state", "at"])
