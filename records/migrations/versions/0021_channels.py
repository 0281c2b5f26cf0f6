"""more than one channel."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(length=8), server_default="sms", nullable=False))
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preferred_channel", sa.String(length=8), server_default="sms", nullable=False))
        batch_op.add_column(sa.Column("spoke_on", sa.String(length=8), server_default="sms", nullable=False))
        batch_op.add_column(sa.Column("whatsapp_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("channels_off", sa.String(length=40), server_default="", nullable=False))
