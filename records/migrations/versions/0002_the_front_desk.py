"""the front desk."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_tables()
    change_clients()
    change_escalations()
    change_hook_deliveries()
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("redacted", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
    count_visits_too()


def count_visits_too() -> None:
    """What the caps count: the texts about visits are among them now."""
    counted = sa.text(
        "purpose IN ('reminder', 'check_in', 'visit', 'nudge') AND state NOT IN ('suppressed', 'cancelled', 'expired')"
    )
    op.drop_index("ix_messages_unprompted", table_name="messages")
    op.create_index(
        "ix_messages_unprompted", "messages", ["client_id", "at"], sqlite_where=counted, postgresql_where=counted
    )


def make_tables() -> None:
    op.create_table(
        "shared_phones",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("speaker_id", sa.String(length=32), nullable=True),
        sa.Column("spoke_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shared_phones")),
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("cover_id", sa.String(length=32), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["cover_id"], ["staff.id"], name=op.f("fk_leaves_cover_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_leaves_created_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_leaves_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    with op.batch_alter_table("leaves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leaves_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "free_times",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("worker_id", sa.String(length=32), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("held_for", sa.String(length=32), nullable=True),
        sa.Column("held_until", Moment(), nullable=True),
        sa.Column("visit_client", sa.String(length=32), nullable=True),
        sa.Column("visit", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["held_for"], ["clients.id"], name=op.f("fk_free_times_held_for")),
        sa.ForeignKeyConstraint(["worker_id"], ["staff.id"], name=op.f("fk_free_times_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_times")),
        sa.UniqueConstraint("worker_id", "starts_at", name=op.f("uq_free_times_worker_id_starts_at")),
    )
    with op.batch_alter_table("free_times", schema=None) as batch_op:
        batch_op.create_index(
            "ix_free_times_open",
            ["worker_id", "starts_at"],
            unique=False,
            sqlite_where=sa.text("visit IS NULL"),
            postgresql_where=sa.text("visit IS NULL"),
        )

    op.create_table(
        "roadmaps",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_roadmaps_client_id")),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_roadmaps")),
    )
    op.create_table(
        "instrument_answers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("instrument", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_instrument_answers_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_answers")),
    )
    with op.batch_alter_table("instrument_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instrument_answers_client_id"), ["client_id"], unique=False)

    op.create_table(
        "own_reminders",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("repeats", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_own_reminders_client_id")),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_own_reminders")),
    )
    op.create_table(
        "visits",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.String(length=32), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("bring", sa.String(length=40), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("leaves_at", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_visits_client_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["staff.id"], name=op.f("fk_visits_worker_id")),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_worker_id_starts_at"), ["worker_id", "starts_at"], unique=False)

    op.create_table(
        "hook_replies",
        sa.Column("hook", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hook", "webhook_id", name=op.f("pk_hook_replies")),
    )


def change_clients() -> None:
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consented_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("mode", sa.String(length=8), server_default="bot", nullable=False))
        batch_op.add_column(sa.Column("held_until", Moment(), nullable=True))
        batch_op.add_column(sa.Column("held_because", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("person_wrote_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("warned_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("idle_replies", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("idle_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("last_said", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("safety_word", sa.String(length=40), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_clients_number"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_clients_number_first_name"), ["number", "first_name"])

    op.execute(
        """UPDATE clients SET consented_at = (
            SELECT max(consent_events.at) FROM consent_events
            WHERE consent_events.client_id = clients.id AND consent_events."to" = 'active'
        )"""
    )


def change_escalations() -> None:
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("told_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("promised_by", Moment(), nullable=True))
        batch_op.add_column(sa.Column("promise_broken_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("assigned_to", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("held_by", sa.String(length=12), server_default="worker", nullable=False))
        batch_op.add_column(sa.Column("to_supervisor", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("passes_up_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("contacted_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("contacted_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("snoozed_until", Moment(), nullable=True))
        batch_op.add_column(sa.Column("snoozed_because", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("merged_into", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("reopens", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("next_step", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("next_step_by", sa.String(length=8), server_default="", nullable=False))
        batch_op.create_index(
            "ix_escalations_passing_up",
            ["passes_up_at"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_escalations_contacted_by"), "staff", ["contacted_by"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_escalations_assigned_to"), "staff", ["assigned_to"], ["id"])

    op.execute(
        """UPDATE escalations
        SET assigned_to = (SELECT clients.worker_id FROM clients WHERE clients.id = escalations.client_id),
            passes_up_at = CASE WHEN acknowledged_at IS NULL THEN due_at END
        WHERE resolved_at IS NULL"""
    )


def change_hook_deliveries() -> None:
    with op.batch_alter_table("hook_deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("occasion", sa.String(length=40), server_default="opened", nullable=False))
        batch_op.alter_column("escalation_id", existing_type=sa.VARCHAR(length=32), nullable=True)
        batch_op.drop_constraint(batch_op.f("uq_hook_deliveries_hook_escalation_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_hook_deliveries_hook_escalation_id_occasion"), ["hook", "escalation_id", "occasion"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_hook_deliveries_staff_id"), "staff", ["staff_id"], ["id"])
        batch_op.drop_index(batch_op.f("ix_hook_deliveries_due_at"))
        batch_op.create_index(
            "ix_hook_deliveries_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'due'"),
            postgresql_where=sa.text("state = 'due'"),
        )

    with op.batch_alter_table("hook_deliveries", schema=None) as batch_op:
        batch_op.alter_column("occasion", existing_type=sa.String(length=40), server_default=None)
