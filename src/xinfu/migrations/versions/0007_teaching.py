"""Labelled messages, training runs, model versions; trainers may train"""

import json

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_RIGHT = "understanding.train"


def upgrade() -> None:
    op.create_table(
        "labelled_message",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("group_key", sa.String(64), nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(64)),
        sa.Column("emotion", sa.String(16)),
        sa.Column("demand", sa.String(16)),
        sa.Column("abuse", sa.String(8)),
        sa.Column("danger", sa.String(16)),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_labelled_message"),
        sa.UniqueConstraint("shop_id", "key", name="uq_labelled_message_shop_id_key"),
    )
    op.create_index("ix_labelled_message_shop_at", "labelled_message", ["shop_id", "at"])
    op.create_index("ix_labelled_message_shop_group", "labelled_message", ["shop_id", "group_key"])
    op.create_index("ix_labelled_message_shop_id", "labelled_message", ["shop_id"])
    op.create_table(
        "training_run",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("active", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("compared_with", sa.String(32), nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        sa.Column("version_id", sa.String(32)),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("touched_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_training_run"),
        sa.UniqueConstraint("active", name="uq_training_run_active"),
    )
    op.create_index("ix_training_run_shop_at", "training_run", ["shop_id", "started_at"])
    op.create_index("ix_training_run_shop_id", "training_run", ["shop_id"])
    op.create_table(
        "model_version",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("compared_with", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_version"),
        sa.UniqueConstraint("shop_id", "number", name="uq_model_version_shop_id_number"),
    )
    op.create_index("ix_model_version_shop_id", "model_version", ["shop_id"])
    op.create_table(
        "model_content",
        sa.Column("version_id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["model_version.id"], name="fk_model_content_version_id"),
        sa.PrimaryKeyConstraint("version_id", name="pk_model_content"),
    )
    op.create_index("ix_model_content_shop_id", "model_content", ["shop_id"])
    op.create_table(
        "model_in_use",
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("version_id", sa.String(32)),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["model_version.id"], name="fk_model_in_use_version_id"),
        sa.PrimaryKeyConstraint("shop_id", name="pk_model_in_use"),
    )
    _trainers_may_train()


def _trainers_may_train() -> None:
    role = sa.table("role", sa.column("key", sa.String), sa.column("permissions", sa.JSON))
    connection = op.get_bind()
    for (held,) in connection.execute(sa.select(role.c.permissions).where(role.c.key == "trainer")).all():
        now = sorted({*(json.loads(held) if isinstance(held, str) else held), _RIGHT})
        connection.execute(role.update().where(role.c.key == "trainer").values(permissions=now))


def downgrade() -> None:
    for table in ("model_in_use", "model_content", "model_version", "training_run", "labelled_message"):
        op.drop_table(table)
