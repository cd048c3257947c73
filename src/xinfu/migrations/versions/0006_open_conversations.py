"""The list of all open conversations is found without looking at the closed ones"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = sa.text("state <> 'closed'")


def upgrade() -> None:
    op.create_index(
        "ix_conversation_shop_open", "conversation", ["shop_id", "last_at", "id"], schema="log", sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_shop_open", "conversation", schema="log")
