"""The optional language model of a shop: its setup, its tokens by month, its outcomes by day"""

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "llm_setup",
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("rewrite", sa.Boolean(), nullable=False),
        sa.Column("converse", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("voice", sa.String(500), nullable=False),
        sa.Column("temperature", sa.Float(), nullable=False),
        sa.Column("customer_limit_ms", sa.BigInteger(), nullable=False),
        sa.Column("draft_limit_ms", sa.BigInteger(), nullable=False),
        sa.Column("budget_tokens", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(120), nullable=False),
        *_of_shop("llm_setup"),
        sa.UniqueConstraint("shop_id", name=op.f("uq_llm_setup_shop_id")),
    )
    op.create_table(
        "llm_usage",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        *_of_shop("llm_usage"),
        sa.UniqueConstraint("shop_id", "month", name=op.f("uq_llm_usage_shop_id_month")),
    )
    op.create_table(
        "llm_count",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("use", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        *_of_shop("llm_count"),
        sa.UniqueConstraint("shop_id", "day", "use", "outcome", name=op.f("uq_llm_count_shop_id_day_use_outcome")),
    )
    for table in ("llm_setup", "llm_usage", "llm_count"):
        op.create_index(op.f(f"ix_{table}_shop_id"), table, ["shop_id"])


def downgrade() -> None:
    for table in ("llm_count", "llm_usage", "llm_setup"):
        op.drop_table(table)


def _of_shop(table: str) -> tuple[sa.Column[str], sa.Column[str], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
