"""the first tables."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "engagement",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=True),
        sa.Column("worker_id", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engagement_client_id_id"), ["client_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engagement_kind_id"), ["kind", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_engagement_worker_id_id"), ["worker_id", "id"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("consent", sa.String(length=20), nullable=False),
        sa.Column("phone_is_shared", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("part_of_day", sa.String(length=12), nullable=True),
        sa.Column("rhythm", sa.String(length=12), server_default="weekly", nullable=False),
        sa.Column("resting_until", Moment(), nullable=True),
        sa.Column("worker_id", sa.String(length=32), nullable=False),
        sa.Column("last_heard_at", Moment(), nullable=True),
        sa.Column("last_check_in_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["staff.id"], name=op.f("fk_clients_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("number", name=op.f("uq_clients_number")),
    )
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clients_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sessions_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_table(
        "consent_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("exact_text", sa.Text(), nullable=False),
        sa.Column("evidence_message_id", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_consent_events_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_events")),
    )
    with op.batch_alter_table("consent_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_events_client_id"), ["client_id"], unique=False)

    op.create_table(
        "escalations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("trigger", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=32), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("resolved_by", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["staff.id"], name=op.f("fk_escalations_acknowledged_by")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_escalations_client_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["staff.id"], name=op.f("fk_escalations_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index(
            "uq_escalations_open",
            ["client_id", "trigger"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "goals",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("difficulty", sa.String(length=12), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("setbacks", sa.Integer(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_goals_client_id")),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_goals")),
    )
    op.create_table(
        "ideas",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_ideas_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
    )
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ideas_client_id"), ["client_id"], unique=False)

    op.create_table(
        "nudges",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("wanted_at", Moment(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_nudges_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_nudges_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudges")),
        sa.UniqueConstraint("client_id", "key", name=op.f("uq_nudges_client_id_key")),
    )
    with op.batch_alter_table("nudges", schema=None) as batch_op:
        batch_op.create_index(
            "ix_nudges_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index(
            "ix_nudges_planned",
            ["client_id"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )

    op.create_table(
        "talks",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_talks_client_id")),
        sa.PrimaryKeyConstraint("client_id", "place", name=op.f("pk_talks")),
    )
    op.create_table(
        "goal_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "goal"], ["goals.client_id", "goals.number"], name=op.f("fk_goal_events_client_id_goal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_events")),
    )
    with op.batch_alter_table("goal_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_events_client_id_goal_at"), ["client_id", "goal", "at"], unique=False)

    op.create_table(
        "hook_deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hook", sa.String(length=40), nullable=False),
        sa.Column("escalation_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"], name=op.f("fk_hook_deliveries_escalation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_deliveries")),
        sa.UniqueConstraint("hook", "escalation_id", name=op.f("uq_hook_deliveries_hook_escalation_id")),
    )
    with op.batch_alter_table("hook_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hook_deliveries_due_at"), ["due_at"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(length=6), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("nudge_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_messages_client_id")),
        sa.ForeignKeyConstraint(["nudge_id"], ["nudges.id"], name=op.f("fk_messages_nudge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_messages_provider_id")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_client_id_id"), ["client_id", "id"], unique=False)
        batch_op.create_index(
            "ix_messages_strangers",
            ["number", "at"],
            unique=False,
            sqlite_where=sa.text("client_id IS NULL"),
            postgresql_where=sa.text("client_id IS NULL"),
        )
        batch_op.create_index(
            "ix_messages_to_send",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'due'"),
            postgresql_where=sa.text("state = 'due'"),
        )
        batch_op.create_index(
            "ix_messages_unfinished",
            ["number", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('due', 'claimed', 'unknown')"),
            postgresql_where=sa.text("state IN ('due', 'claimed', 'unknown')"),
        )
        batch_op.create_index(
            "ix_messages_unprompted",
            ["client_id", "at"],
            unique=False,
            sqlite_where=sa.text(
                "purpose IN ('reminder', 'check_in', 'nudge') AND state NOT IN ('suppressed', 'cancelled', 'expired')"
            ),
            postgresql_where=sa.text(
                "purpose IN ('reminder', 'check_in', 'nudge') AND state NOT IN ('suppressed', 'cancelled', 'expired')"
            ),
        )
        batch_op.create_index(
            "uq_messages_under_way",
            ["number"],
            unique=True,
            sqlite_where=sa.text("state IN ('claimed', 'unknown')"),
            postgresql_where=sa.text("state IN ('claimed', 'unknown')"),
        )

    op.create_table(
        "steps",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("support", sa.Text(), nullable=False),
        sa.Column("obstacle", sa.Text(), nullable=False),
        sa.Column("detour", sa.Text(), nullable=False),
        sa.Column("first_action", sa.Text(), nullable=False),
        sa.Column("reminder", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("planned_at", Moment(), nullable=False),
        sa.Column("reviewed_at", Moment(), nullable=True),
        sa.Column("review", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "goal"], ["goals.client_id", "goals.number"], name=op.f("fk_steps_client_id_goal")
        ),
        sa.PrimaryKeyConstraint("client_id", "goal", "number", name=op.f("pk_steps")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_attempts_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_attempts_provider_id")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_message_id"), ["message_id"], unique=False)

    op.create_table(
        "status_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_status_events_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_events")),
    )
    with op.batch_alter_table("status_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_status_events_attempt_id"), ["attempt_id"], unique=False)
