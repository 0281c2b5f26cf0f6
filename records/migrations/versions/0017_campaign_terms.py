"""what makes a text to several needless."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skip_if", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("last_day", sa.String(length=10), server_default="", nullable=False))
