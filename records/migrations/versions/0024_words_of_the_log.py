"""the words of texts beside the log, saved views of it, and the participation ladder."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.String(length=32)


def upgrade() -> None:
    op.create_table(
        "log_followers",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("through", ID, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_log_followers")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_views_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_views_staff_id_name")),
    )
    op.create_table(
        "ladder_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("plan_hours", sa.Float(), nullable=False),
        sa.Column("apart", sa.String(length=12), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_ladder_entries_client_id_clients")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_ladder_entries_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_entries")),
    )
    op.create_index(op.f("ix_ladder_entries_client_id"), "ladder_entries", ["client_id"])
    op.create_index(op.f("ix_ladder_entries_month"), "ladder_entries", ["month"])
    if op.get_bind().dialect.name == "sqlite":
        # The words come folded, so nothing is left for the tokenizer to do but to part them at blanks.
        op.execute(
            "CREATE VIRTUAL TABLE log_words USING fts5"
            "(log_id UNINDEXED, client, words, tokenize='unicode61 remove_diacritics 0')"
        )
        return
    op.execute(
        "CREATE TABLE log_words"
        " (log_id VARCHAR(32) PRIMARY KEY, client_id VARCHAR(32) NOT NULL, words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_log_words_client_id ON log_words (client_id)")
    op.execute("CREATE INDEX ix_log_words_words ON log_words USING gin (words)")
