"""What was found about risk and what people said of it; where customers were seen; contacts that weighed on staff; rights for these"""

import json

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_READ = ("risk.read",)
RIGHTS = {"specialist": _READ, "inspector": _READ, "lead": ("risk.decide", "risk.read")}


def upgrade() -> None:
    _findings()
    _contacts()
    _grant()


def downgrade() -> None:
    for table in ("risk_contact", "risk_exclusion", "risk_finding", "risk_rules", "risk_sighting", "risk_trust"):
        op.drop_table(table)


def _findings() -> None:
    op.create_table(
        "risk_finding",
        sa.Column("subject_kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.String(32), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("pattern", sa.String(24), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("action", sa.String(12), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("money_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("found_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.String(64), nullable=False),
        sa.Column("decided_by", sa.String(120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("appealed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("appealed_by", sa.String(120), nullable=False),
        sa.Column("appeal_words", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_finding")),
        sa.UniqueConstraint(
            "shop_id", "subject_kind", "subject", "pattern", name=op.f("uq_risk_finding_shop_id_subject_kind_subject_pattern")
        ),
    )
    op.create_index("ix_risk_finding_shop_customer", "risk_finding", ["shop_id", "customer_id"])
    op.create_index(op.f("ix_risk_finding_shop_id"), "risk_finding", ["shop_id"])
    op.create_index("ix_risk_finding_shop_state", "risk_finding", ["shop_id", "state", "money_minor", "id"])
    op.create_table(
        "risk_trust",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("relation", sa.String(16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_trust")),
        sa.UniqueConstraint("shop_id", "kind", "value", name=op.f("uq_risk_trust_shop_id_kind_value")),
    )
    op.create_index(op.f("ix_risk_trust_shop_id"), "risk_trust", ["shop_id"])
    op.create_table(
        "risk_rules",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(120), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_rules")),
        sa.UniqueConstraint("shop_id", "version", name=op.f("uq_risk_rules_shop_id_version")),
    )
    op.create_index(op.f("ix_risk_rules_shop_id"), "risk_rules", ["shop_id"])


def _contacts() -> None:
    op.create_table(
        "risk_sighting",
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("device", sa.String(32), nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_sighting")),
        sa.UniqueConstraint(
            "shop_id", "customer_id", "device", "network", name=op.f("uq_risk_sighting_shop_id_customer_id_device_network")
        ),
    )
    op.create_index(op.f("ix_risk_sighting_shop_id"), "risk_sighting", ["shop_id"])
    op.create_table(
        "risk_contact",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("active_s", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("abusive", sa.BigInteger(), nullable=False),
        sa.Column("pressing_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("warned_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("warned_by", sa.String(120), nullable=False),
        sa.Column("stopped_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(120), nullable=False),
        sa.Column("stop_words", sa.Text(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_contact")),
        sa.UniqueConstraint("shop_id", "conversation_id", "started_at", name=op.f("uq_risk_contact_shop_id_conversation_id_started_at")),
    )
    op.create_index("ix_risk_contact_shop_customer", "risk_contact", ["shop_id", "customer_id", "started_at"])
    op.create_index(op.f("ix_risk_contact_shop_id"), "risk_contact", ["shop_id"])
    op.create_index("ix_risk_contact_shop_pressing", "risk_contact", ["shop_id", "pressing_at"])
    op.create_table(
        "risk_exclusion",
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.String(16), nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reverted_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reverted_by", sa.String(120), nullable=False),
        sa.Column("reverted_why", sa.Text(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_exclusion")),
    )
    op.create_index("ix_risk_exclusion_shop_at", "risk_exclusion", ["shop_id", "at"])
    op.create_index(op.f("ix_risk_exclusion_shop_id"), "risk_exclusion", ["shop_id"])
    op.create_index("ix_risk_exclusion_shop_subject", "risk_exclusion", ["shop_id", "kind", "subject"])


def _grant() -> None:
    role = sa.table("role", sa.column("key", sa.String), sa.column("permissions", sa.JSON))
    connection = op.get_bind()
    for key, held in connection.execute(sa.select(role.c.key, role.c.permissions)).all():
        known = json.loads(held) if isinstance(held, str) else held
        if key in RIGHTS and (new := sorted({*known, *RIGHTS[key]})) != known:
            connection.execute(role.update().where(role.c.key == key).values(permissions=new))
