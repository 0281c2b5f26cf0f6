"""the log by language."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_engagement_language_id", "engagement", ["language", "id"])
