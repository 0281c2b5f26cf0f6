"""clients who look like one person and are two."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "two_people",
        sa.Column("one_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["clients.id"], name=op.f("fk_two_people_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["clients.id"], name=op.f("fk_two_people_other_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_two_people_by_id")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_two_people")),
    )
