"""What is planned, cancelled and settled: one change a nudge, and a line in the log for those a client may hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from conversations import nudge_terms
from conversations.effects import CancelNudges, PlanNudge, SettleNudge
from conversations.nudges import OF_SILENCE, UNHEARD, NudgeKind, NudgeState
from records import client_saving
from records.batch import Cause, OneClient, Row
from records.bulk import inserting, updating
from records.engagement import BOT, Kind
from records.ids import new_id
from records.nudge_book import PlannedNudge
from records.tables import nudges

KINDS = {
    NudgeState.PLANNED: Kind.NUDGE_PLANNED,
    NudgeState.SENT: Kind.NUDGE_SENT,
    NudgeState.MERGED: Kind.NUDGE_MERGED,
    NudgeState.DROPPED: Kind.NUDGE_DROPPED,
    NudgeState.CANCELLED: Kind.NUDGE_CANCELLED,
}

FOR_GOOD = frozenset({"no_consent", "goal_closed", "past_its_end"})
"""Why a text that would come again does not."""

_CHANGING = ("key", "subject", "state", "due_at", "wanted_at", "held", "reason", "words")

INSERT = inserting(nudges, nudges.c.keys())
UPDATE = updating(nudges, _CHANGING, also=["version = nudges.version + 1"])


def cancel(one: OneClient, effect: CancelNudges) -> None:
    one.loaded.book.cancel(effect.kinds, effect.reason, effect.subject)


def plan(one: OneClient, effect: PlanNudge) -> None:
    by = one.cause.actor if effect.kind is NudgeKind.INVITE else None
    one.loaded.book.plan(effect, new_id(one.now), by)


def settle(one: OneClient, effect: SettleNudge) -> None:
    nudge = one.loaded.book.settle(effect)
    if effect.to is NudgeState.SENT:
        one.sent_nudge = nudge
        if nudge.kind == NudgeKind.INVITE and nudge.created_by:  # what follows is the doing of who asked for it
            one.cause = Cause(nudge.created_by)
        if nudge.kind == NudgeKind.CHECK_IN:
            client_saving.change(one, last_check_in_at=one.now)
    if nudge.terms.comes_again and effect.to is not NudgeState.PLANNED and effect.reason not in FOR_GOOD:
        _comes_again(one, nudge)


def _comes_again(one: OneClient, nudge: PlannedNudge) -> None:
    """When its hour comes it is settled like any other: the time rules are looked at then."""
    if again := nudge_terms.next_round(nudge.terms, nudge.wanted_at, one.client.zone, one.now):
        at, terms = again[0].astimezone(UTC), again[1]
        id_ = new_id(one.now)
        kept = replace(nudge, id=id_, key=f"worker:{id_}", state=NudgeState.PLANNED, due_at=at, wanted_at=at)
        kept.held, kept.reason, kept.terms = 0, "", terms
        one.loaded.book.put(kept)


def finish(one: OneClient) -> None:
    """All changes of the client's book, once each."""
    for nudge in one.loaded.book.changes():
        if nudge.before is None:
            one.batch.add(INSERT, _new_row(one.client.id, nudge, one.now))
        else:
            one.batch.add(UPDATE, _changed_row(nudge))
        if nudge.kind in UNHEARD or _comes_and_goes(nudge):  # no text to a client; what it comes to is logged
            continue
        kind = Kind.NUDGE_HELD if nudge.held_back else KINDS[NudgeState(nudge.state)]
        detail = {"nudge": nudge.id, "about": nudge.subject, "due_at": nudge.due_at.isoformat()}
        asked_for = nudge.kind == NudgeKind.INVITE and nudge.state == NudgeState.PLANNED
        one.log(kind, nudge.kind, nudge.reason, actor=one.cause.actor if asked_for else BOT, detail=detail)


def _comes_and_goes(nudge: PlannedNudge) -> bool:
    """Every question sets timers for the client's silence, and every answer ends them."""
    did_nothing = nudge.state in {NudgeState.PLANNED, NudgeState.CANCELLED} and not nudge.held_back
    return did_nothing and nudge.kind in OF_SILENCE


def _new_row(client_id: str, nudge: PlannedNudge, now: datetime) -> Row:
    return {
        "id": nudge.id,
        "client_id": client_id,
        "kind": nudge.kind,
        "key": nudge.key,
        "subject": nudge.subject,
        "words": nudge.words,
        "template": "",
        "state": nudge.state,
        "due_at": nudge.due_at,
        "wanted_at": nudge.wanted_at,
        "held": nudge.held,
        "version": 1,
        "reason": nudge.reason,
        "created_by": nudge.created_by,
        "created_at": now,
        "campaign": nudge.campaign,
        "terms": nudge.terms.stored(),
    }


def _changed_row(nudge: PlannedNudge) -> Row:
    """What was said in a breath is in its messages, so it is not kept here once it is taken."""
    over = nudge.kind == NudgeKind.BREATH and nudge.state != NudgeState.PLANNED
    return {
        "id": nudge.id,
        "key": nudge.key,
        "subject": nudge.subject,
        "state": nudge.state,
        "due_at": nudge.due_at,
        "wanted_at": nudge.wanted_at,
        "held": nudge.held,
        "reason": nudge.reason,
        "words": "" if over else nudge.words,
    }
