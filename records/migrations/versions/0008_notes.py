"""notes and former numbers."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_numbers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_former_numbers_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_numbers")),
    )
    op.create_index(op.f("ix_former_numbers_client_id"), "former_numbers", ["client_id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=True),
        sa.Column("adds_to", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_notes_client_id")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_notes_author_id")),
        sa.ForeignKeyConstraint(["adds_to"], ["notes.id"], name=op.f("fk_notes_adds_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_client_id_id"), "notes", ["client_id", "id"])
