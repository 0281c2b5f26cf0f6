"""when what is not settled was counted."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM measured_months")  # without who is not counted in a share; each is counted again
    with op.batch_alter_table("measured_months", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counted_at", Moment(), nullable=True))
