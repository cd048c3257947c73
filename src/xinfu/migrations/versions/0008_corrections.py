"""What people put right about the AI's answers"""

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ai_correction",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("read_as", sa.String(64), nullable=False),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("article_id", sa.String(32), nullable=True),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_correction")),
        sa.UniqueConstraint("shop_id", "conversation_id", "seq", name=op.f("uq_ai_correction_shop_id_conversation_id_seq")),
    )
    op.create_index(op.f("ix_ai_correction_shop_id"), "ai_correction", ["shop_id"])
    op.create_index("ix_ai_correction_shop_at", "ai_correction", ["shop_id", "at"])


def downgrade() -> None:
    op.drop_table("ai_correction")
