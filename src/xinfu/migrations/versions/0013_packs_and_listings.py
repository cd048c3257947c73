"""Policy packs of a shop's own, which it goes by from when, what was judged lately; campaign listings with two people's names; rights"""

import json

import sqlalchemy as sa
from alembic import op

from xinfu.kit.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What a centre made before this version gives its roles, as a new centre does.
RIGHTS = {
    "specialist": ("listing.edit",),
    "lead": ("listing.check", "listing.edit"),
    "inspector": ("listing.check",),
}


def upgrade() -> None:
    _pack_tables()
    _listing_tables()
    _grant()


def downgrade() -> None:
    for table in ("listing_book", "listing_check", "policy_past_wish", "policy_pack_choice", "policy_pack_version"):
        op.drop_table(table)


def _pack_tables() -> None:
    op.create_table(
        "policy_pack_version",
        *_own(),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("zh", sa.String(80), nullable=False),
        sa.Column("en", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("author_id", sa.String(64), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack_version")),
        sa.UniqueConstraint("shop_id", "pack", "version", name=op.f("uq_policy_pack_version_shop_id_pack_version")),
    )
    op.create_table(
        "policy_pack_choice",
        *_own(),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack_choice")),
        sa.UniqueConstraint("shop_id", "n", name=op.f("uq_policy_pack_choice_shop_id_n")),
    )
    op.create_table(
        "policy_past_wish",
        *_own(),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("order_no", sa.String(64), nullable=False),
        sa.Column("case_number", sa.String(24), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("pack_version", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_past_wish")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_policy_past_wish_shop_id_key")),
    )
    op.create_index("ix_policy_past_wish_shop_at", "policy_past_wish", ["shop_id", "at"])
    for table in ("policy_pack_version", "policy_pack_choice", "policy_past_wish"):
        op.create_index(op.f(f"ix_{table}_shop_id"), table, ["shop_id"])


def _listing_tables() -> None:
    op.create_table(
        "listing_check",
        *_own(),
        sa.Column("campaign", sa.String(80), nullable=False),
        sa.Column("campaign_key", sa.String(80), nullable=False),
        sa.Column("sku", sa.String(80), nullable=False),
        sa.Column("sku_key", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("per_customer", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("entered_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.String(64), nullable=False),
        sa.Column("entered_by", sa.String(120), nullable=False),
        sa.Column("hands", sa.JSON(), nullable=False),
        sa.Column("checked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.String(64), nullable=False),
        sa.Column("checked_by", sa.String(120), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_check")),
    )
    op.create_index(op.f("ix_listing_check_shop_id"), "listing_check", ["shop_id"])
    op.create_index("ix_listing_check_sku", "listing_check", ["shop_id", "sku_key", "state"])
    op.create_index("ix_listing_check_state", "listing_check", ["shop_id", "state", "entered_at"])
    op.create_table(
        "listing_book",
        sa.Column("shop_id", sa.String(32), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_listing_book")),
    )


def _own() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("id", sa.String(32), nullable=False), sa.Column("shop_id", sa.String(32), nullable=False)


def _grant() -> None:
    role = sa.table("role", sa.column("key", sa.String), sa.column("permissions", sa.JSON))
    connection = op.get_bind()
    for key, held in connection.execute(sa.select(role.c.key, role.c.permissions)).all():
        known = json.loads(held) if isinstance(held, str) else held
        if key in RIGHTS and (new := sorted({*known, *RIGHTS[key]})) != known:
            connection.execute(role.update().where(role.c.key == key).values(permissions=new))
