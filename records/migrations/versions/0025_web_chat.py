"""web chat: links and codes that open it, who is in it, and its own queue."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.String(length=32)

BY_PROVIDER = "channel <> 'web_chat'"
BY_WEB_CHAT = "channel = 'web_chat'"
UNDER_WAY = "state IN ('claimed', 'unknown')"


def _where(name: str, columns: list[str], rows: str, *, unique: bool = False) -> None:
    op.create_index(
        name, "messages", columns, unique=unique, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows)
    )


def upgrade() -> None:
    op.create_table(
        "chat_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_chat_links_client_id_clients")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_chat_links")),
    )
    op.create_index(op.f("ix_chat_links_client_id"), "chat_links", ["client_id"])
    op.create_table(
        "chat_codes",
        sa.Column("id", ID, nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_codes")),
    )
    op.create_index(op.f("ix_chat_codes_number_asked_at"), "chat_codes", ["number", "asked_at"])
    op.create_index(op.f("ix_chat_codes_browser_hash"), "chat_codes", ["browser_hash"])
    op.create_index(op.f("ix_chat_codes_asked_at"), "chat_codes", ["asked_at"])
    op.create_table(
        "chat_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("on_own_phone", sa.Boolean(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_chat_sessions_client_id_clients")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_chat_sessions")),
    )
    op.create_index(op.f("ix_chat_sessions_client_id"), "chat_sessions", ["client_id"])
    op.create_table(
        "sealed_texts",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_sealed_texts_message_id_messages")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_sealed_texts")),
    )
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chat_until", Moment(), nullable=True))
    for name in ("ix_messages_to_send", "uq_messages_under_way"):
        op.drop_index(name, table_name="messages")
    _where("ix_messages_to_send", ["priority", "due_at", "id"], f"state = 'due' AND {BY_PROVIDER}")
    _where("ix_messages_to_show", ["priority", "due_at", "id"], f"state = 'due' AND {BY_WEB_CHAT}")
    _where("uq_messages_under_way", ["number", "channel"], UNDER_WAY, unique=True)
