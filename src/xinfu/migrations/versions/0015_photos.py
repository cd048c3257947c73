"""Photos customers showed in cases, kept small enough to find them again, and which of them show the same"""

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_photo",
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("photo_id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sku", sa.String(120), nullable=False),
        sa.Column("category", sa.String(120), nullable=False),
        sa.Column("shown_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=True),
        sa.Column("refused", sa.String(40), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_photo")),
        sa.UniqueConstraint("shop_id", "case_number", "photo_id", name=op.f("uq_risk_photo_shop_id_case_number_photo_id")),
    )
    op.create_index(op.f("ix_risk_photo_shop_id"), "risk_photo", ["shop_id"])
    op.create_index("ix_risk_photo_shop_sha", "risk_photo", ["shop_id", "sha256"])
    op.create_index("ix_risk_photo_shop_shown", "risk_photo", ["shop_id", "shown_at"])
    op.create_index("ix_risk_photo_shop_customer", "risk_photo", ["shop_id", "customer_id", "shown_at"])
    op.create_index("ix_risk_photo_shop_sku", "risk_photo", ["shop_id", "sku", "shown_at"])
    op.create_table(
        "risk_photo_match",
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("photo_id", sa.String(32), nullable=False),
        sa.Column("sha", sa.String(32), nullable=False),
        sa.Column("other_case", sa.String(64), nullable=False),
        sa.Column("other_photo", sa.String(32), nullable=False),
        sa.Column("other_sha", sa.String(32), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("found_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_photo_match")),
        sa.UniqueConstraint(
            "shop_id", "case_number", "photo_id", "other_case", "other_photo",
            name=op.f("uq_risk_photo_match_shop_id_case_number_photo_id_other_case_other_photo"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_risk_photo_match_shop_id"), "risk_photo_match", ["shop_id"])
    op.create_index("ix_risk_photo_match_shop_other", "risk_photo_match", ["shop_id", "other_case"])


def downgrade() -> None:
    op.drop_table("risk_photo_match")
    op.drop_table("risk_photo")
