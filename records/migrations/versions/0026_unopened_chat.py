"""texts in the web chat that nobody opened: when they go by SMS."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

UNOPENED = "channel = 'web_chat' AND state IN ('accepted', 'sent')"


def upgrade() -> None:
    op.add_column("messages", sa.Column("by_sms_at", Moment(), nullable=True))
    op.create_index(
        "ix_messages_unopened",
        "messages",
        ["by_sms_at"],
        sqlite_where=sa.text(UNOPENED),
        postgresql_where=sa.text(UNOPENED),
    )
