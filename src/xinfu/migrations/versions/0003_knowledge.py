"""Who is good at what; questions nobody could answer; articles and scripts with their whole history and review"""

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EMPTY, NONE = sa.text("''"), sa.text("'[]'")


def upgrade() -> None:
    op.create_table(
        "agent_skill",
        sa.Column("staff_id", sa.String(32), nullable=False),
        sa.Column("skill", sa.String(64), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        *_identity(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_skill")),
        sa.UniqueConstraint("shop_id", "staff_id", "skill", name=op.f("uq_agent_skill_shop_id_staff_id_skill")),
    )
    op.create_index(op.f("ix_agent_skill_shop_id"), "agent_skill", ["shop_id"])
    _articles()
    _scripts()


def _articles() -> None:
    with op.batch_alter_table("article") as table:
        table.add_column(sa.Column("keywords", sa.JSON(), nullable=False, server_default=NONE))
        table.create_index("ix_article_shop_review", ["shop_id", "review_on"])
        table.create_index("ix_article_updated_at", ["updated_at"])
    with op.batch_alter_table("article_version") as table:
        table.add_column(sa.Column("keywords", sa.JSON(), nullable=False, server_default=NONE))
        table.add_column(sa.Column("owner", sa.String(120), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("review_on", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("saved_by_id", sa.String(64), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("restored_from", sa.BigInteger(), nullable=True))
    op.create_table(
        "knowledge_gap",
        sa.Column("question", sa.String(500), nullable=False),
        sa.Column("normalised", sa.String(500), nullable=False),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("wordings", sa.JSON(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first_asked_at", UtcDateTime(), nullable=False),
        sa.Column("last_asked_at", UtcDateTime(), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("article_id", sa.String(32), nullable=True),
        *_identity(),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_knowledge_gap_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gap")),
    )
    op.create_index(op.f("ix_knowledge_gap_shop_id"), "knowledge_gap", ["shop_id"])
    op.create_index(op.f("ix_knowledge_gap_article_id"), "knowledge_gap", ["article_id"])
    op.create_index("ix_knowledge_gap_shop_state", "knowledge_gap", ["shop_id", "state", "times"])


def _scripts() -> None:
    with op.batch_alter_table("script") as table:
        table.add_column(sa.Column("author_id", sa.String(64), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("author", sa.String(120), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("reviewer_id", sa.String(64), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("reviewer", sa.String(120), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("review_note", sa.String(500), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("reviewed_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE script SET status = 'approved' WHERE status = 'reviewed'")
    with op.batch_alter_table("script_use") as table:
        table.add_column(sa.Column("resolved", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("rating", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("handed_back", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_script_use_shop_conversation", ["shop_id", "conversation_id"])
    op.create_table(
        "script_sample",
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        *_identity(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_sample")),
    )
    op.create_index(op.f("ix_script_sample_shop_id"), "script_sample", ["shop_id"])


def downgrade() -> None:
    op.drop_table("script_sample")
    with op.batch_alter_table("script_use") as table:
        table.drop_index("ix_script_use_shop_conversation")
        for name in ("handed_back", "rating", "resolved"):
            table.drop_column(name)
    op.execute("UPDATE script SET status = 'reviewed' WHERE status = 'approved'")
    with op.batch_alter_table("script") as table:
        for name in ("reviewed_at", "review_note", "reviewer", "reviewer_id", "author", "author_id"):
            table.drop_column(name)
    op.drop_table("knowledge_gap")
    with op.batch_alter_table("article_version") as table:
        for name in ("restored_from", "saved_by_id", "review_on", "owner", "keywords"):
            table.drop_column(name)
    with op.batch_alter_table("article") as table:
        table.drop_index("ix_article_updated_at")
        table.drop_index("ix_article_shop_review")
        table.drop_column("keywords")
    op.drop_table("agent_skill")


def _identity() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("id", sa.String(32), nullable=False), sa.Column("shop_id", sa.String(32), nullable=False)
