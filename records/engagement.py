"""The engagement log: what happened, one row each, never changed and never taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select

from records.bulk import inserting
from records.ids import new_id
from records.prepared import Prepared
from records.tables import clients, engagement

BOT = "bot"
CLIENT = "client"
PROVIDER = "provider"

NOTHING: Mapping[str, Any] = {}


class Kind(StrEnum):
    """What a row of the log is about. Of a goal, a visit or a client's reminder it says what happened to it."""

    TEXT_IN = "text_in"
    TEXT_OUT = "text_out"
    TEXT_STATUS = "text_status"
    TEXT_INTERPRETED = "text_interpreted"
    GOAL_SET = "goal_set"
    GOAL_REVISED = "goal_revised"
    GOAL_ACHIEVED = "goal_achieved"
    GOAL_REPLACED = "goal_replaced"
    GOAL_PAUSED = "goal_paused"
    GOAL_RESUMED = "goal_resumed"
    GOAL_RELEASED = "goal_released"
    STEP_REVIEWED = "step_reviewed"
    IDEA_KEPT = "idea_kept"
    ROADMAP_KEPT = "roadmap_kept"
    NUDGE_PLANNED = "nudge_planned"
    NUDGE_SENT = "nudge_sent"
    NUDGE_HELD = "nudge_held"
    NUDGE_MERGED = "nudge_merged"
    NUDGE_DROPPED = "nudge_dropped"
    NUDGE_CANCELLED = "nudge_cancelled"
    NUDGE_SCHEDULED = "nudge_scheduled"
    NUDGE_EDITED = "nudge_edited"
    NUDGE_BEYOND_CAP = "nudge_beyond_cap"
    CAMPAIGN_SCHEDULED = "campaign_scheduled"
    CAMPAIGN_DECIDED = "campaign_decided"
    CAMPAIGN_STOPPED = "campaign_stopped"
    CAMPAIGN_STARTED_AGAIN = "campaign_started_again"
    CONSENT_CHANGED = "consent_changed"
    MODE_CHANGED = "mode_changed"
    TEXTS_HELD = "texts_held"
    HOLD_ENDED = "hold_ended"
    PREFERENCE_SET = "preference_set"
    INSTRUMENT_ANSWERED = "instrument_answered"
    VISIT_ENTERED = "visit_entered"
    VISIT_CONFIRMED = "visit_confirmed"
    VISIT_LEAVE_PLANNED = "visit_leave_planned"
    VISIT_MOVED = "visit_moved"
    VISIT_ATTENDED = "visit_attended"
    VISIT_MISSED = "visit_missed"
    VISIT_ENDED_BY_CLIENT = "visit_ended_by_client"
    VISIT_ENDED_BY_OFFICE = "visit_ended_by_office"
    TIMES_HELD = "times_held"
    TIMES_OFFERED = "times_offered"
    TIME_WITHDRAWN = "time_withdrawn"
    REMINDER_SET = "reminder_set"
    REMINDER_SENT = "reminder_sent"
    REMINDER_DONE = "reminder_done"
    REMINDER_REMOVED = "reminder_removed"
    ESCALATION_OPENED = "escalation_opened"
    ESCALATION_REPEATED = "escalation_repeated"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"
    ESCALATION_CONTACTED = "escalation_contacted"
    ESCALATION_REASSIGNED = "escalation_reassigned"
    ESCALATION_SNOOZED = "escalation_snoozed"
    ESCALATION_BACK = "escalation_back"
    ESCALATION_MERGED = "escalation_merged"
    ESCALATION_CALLED_AGAIN = "escalation_called_again"
    ESCALATION_PASSED_ON = "escalation_passed_on"
    ESCALATION_RESOLVED = "escalation_resolved"
    PROMISE_BROKEN = "promise_broken"
    LEAVE_ADDED = "leave_added"
    LEAVE_REMOVED = "leave_removed"
    SET_ASIDE = "set_aside"
    THREAD_OPENED = "thread_opened"
    THREAD_VIEWED = "thread_viewed"
    THREAD_SEARCHED = "thread_searched"
    THREAD_SAMPLED = "thread_sampled"
    LIST_IMPORTED = "list_imported"
    TRANSCRIPT_PRINTED = "transcript_printed"
    LOG_EXPORTED = "log_exported"
    MEASURES_EXPORTED = "measures_exported"
    CHAT_LINK_SENT = "chat_link_sent"
    CHAT_OPENED = "chat_opened"
    CHAT_LEFT = "chat_left"
    CHATS_ENDED = "chats_ended"
    CLIENT_ADDED = "client_added"
    CLIENT_CHANGED = "client_changed"
    PLAN_WRITTEN = "plan_written"
    LADDER_ENTERED = "ladder_entered"
    NOTE_ADDED = "note_added"
    NOTE_CHANGED = "note_changed"
    CLIENT_MERGED = "client_merged"
    CLIENT_MERGE_UNDONE = "client_merge_undone"
    CLIENT_TRANSFERRED = "client_transferred"
    CLIENT_REFERRED = "client_referred"
    REFERRAL_ENDED = "referral_ended"
    ACCOUNT_CHANGED = "account_changed"
    SYSTEM_LET_IN = "system_let_in"
    SYSTEM_SHUT_OUT = "system_shut_out"


Row = dict[str, Any]


def entry(  # noqa: PLR0913  a row has this many columns
    kind: Kind,
    now: datetime,
    *,
    client_id: str | None = None,
    worker_id: str | None = None,
    actor: str = BOT,
    language: str = "",
    subject: str = "",
    reason: str = "",
    message_id: str | None = None,
    detail: Mapping[str, Any] = NOTHING,
) -> Row:
    """One row, ready for `append`. `actor` is CLIENT, BOT, PROVIDER or the id of a member of staff."""
    return {
        "id": new_id(now),
        "at": now,
        "client_id": client_id,
        "worker_id": worker_id,
        "actor": actor,
        "kind": kind,
        "language": language,
        "subject": subject,
        "reason": reason,
        "message_id": message_id,
        "detail": detail,
    }


def text_status(message: Any, now: datetime, state: str, reason: str) -> Row:  # noqa: ANN401  a row of any query
    """A text's new state. The row names the message's id, client_id, worker_id and language."""
    return entry(
        Kind.TEXT_STATUS,
        now,
        client_id=message.client_id,
        worker_id=message.worker_id,
        language=message.language,
        subject=state,
        reason=reason,
        message_id=message.id,
    )


_APPEND = inserting(engagement, engagement.c.keys())


def append(connection: Connection, rows: Sequence[Row]) -> None:
    _APPEND.run(connection, rows)


_ABOUT = Prepared(select(clients.c.worker_id, clients.c.language).where(clients.c.id == bindparam("client")))


def note_staff_act(
    connection: Connection,
    kind: Kind,
    staff_id: str,
    now: datetime,
    *,
    client_id: str | None = None,
    subject: str = "",
    reason: str = "",
    detail: Mapping[str, Any] = NOTHING,
) -> None:
    """Log what a member of staff did: an act, or only a look (domain guide 8.5: every view of a thread)."""
    about = _ABOUT.first(connection, {"client": client_id})
    row = entry(
        kind,
        now,
        client_id=client_id,
        worker_id=about.worker_id if about else None,
        actor=staff_id,
        language=about.language if about else "",
        subject=subject,
        reason=reason,
        detail=detail,
    )
    append(connection, [row])
