"""measures: what they look rows up by, and finished months as they were counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_consent_events_to_at", "consent_events", ["to", "at"])
    op.create_index("ix_steps_due_at", "steps", ["due_at"])
    op.create_index("ix_visits_starts_at", "visits", ["starts_at"])
    for name, column in (("ix_escalations_promised", "promised_by"), ("ix_escalations_contacted", "contacted_at")):
        rows = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "escalations", [column], sqlite_where=rows, postgresql_where=rows)
    op.create_table(
        "measured_months",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("measure", sa.String(length=4), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("month", "scope", "measure", "version", name=op.f("pk_measured_months")),
    )
