"""Two records of one client made into one, and, until something else happens to them, made into two again.

The record that goes stays as an empty shell that points to the other, because the engagement log, which is never
changed, names it. Everything else follows: texts, consent with its evidence, goals, visits, items, notes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, select, update

from conversations.goals import GoalEvent, GoalStatus
from conversations.nudges import OF_A_VISIT, NudgeKind, NudgeState
from conversations.situation import Consent, Mode
from records import consent as rules
from records import engagement
from records.engagement import Kind, entry
from records.errors import NotFoundError, RefusedError, TooLateError
from records.escalations import Outcome
from records.ids import new_id
from records.sight import Sight, shown
from records.tables import (
    campaign_members,
    chat_links,
    chat_sessions,
    client_merges,
    clients,
    consent_events,
    escalations,
    former_numbers,
    free_times,
    goal_events,
    goals,
    group_members,
    ideas,
    instrument_answers,
    ladder_entries,
    messages,
    notes,
    nudges,
    own_reminders,
    referrals,
    roadmaps,
    shared_phones,
    staff,
    steps,
    talks,
    visits,
)
from records.tables import engagement as engagement_rows
from records.types import Moment

MAY_BE_UNDONE_FOR = timedelta(days=7)
LATEST = 20
MERGED = "merged"
CHOICES = ("number", "first_name", "language", "worker_id")
LOOKS = (Kind.THREAD_VIEWED, Kind.THREAD_SEARCHED, Kind.THREAD_SAMPLED, Kind.TRANSCRIPT_PRINTED)

STRICTEST_FIRST = (
    Consent.REVOKED,
    Consent.WRONG_NUMBER,
    Consent.EXPIRED,
    Consent.CLOSED,
    Consent.NONE,
    Consent.INVITED,
    Consent.RENEW_DUE,
    Consent.ACTIVE,
)
SAFEST_FIRST = (Mode.SILENT, Mode.STOPPED, Mode.HUMAN, Mode.BOT)

FOLLOW = (
    former_numbers,
    consent_events,
    ideas,
    instrument_answers,
    ladder_entries,
    messages,
    notes,
    escalations,
    nudges,
    referrals,
)
"""Rows with ids of their own, which change their client."""

COUNTED = (roadmaps, visits, own_reminders)
"""Rows that are counted within a client, and go on counting after those of the other."""

WHOLE = (talks, goals, steps, goal_events, roadmaps, visits, own_reminders, group_members, campaign_members)
"""Small tables of which the merge keeps all rows of both, as they were; each after what it refers to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`id` is the form's: what comes twice under it is done once.

    `from_gone` are those of the CHOICES, and "goal", that stand as the record that goes has them.
    """

    id: str
    kept_id: str
    gone_id: str
    from_gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    id: str
    at: datetime
    by: str
    client_id: str
    first_name: str
    may_be_undone: bool


def merge(connection: Connection, wanted: Wanted, by: str, sight: Sight, now: datetime) -> bool:
    """False if it was done already. Raises NotFoundError if one is out of sight, RefusedError if they are the same."""
    if connection.scalar(select(client_merges.c.id).where(client_merges.c.id == wanted.id)):
        return False
    if wanted.kept_id == wanted.gone_id:
        raise RefusedError("Choose two different records.")
    kept, gone = _both(connection, wanted, sight)
    before = _snapshot(connection, kept, gone)
    log: list[dict[str, Any]] = []
    _drop_texts(connection, kept, gone, wanted)
    offsets = {table.name: _highest(connection, table, kept.id) for table in COUNTED}
    goal_offset = _highest(connection, goals, kept.id)
    _move_goals(connection, kept.id, gone.id, goal_offset)
    _one_open_goal(connection, kept.id, goal_offset, now, gones_stands="goal" in wanted.from_gone)
    for table in COUNTED:
        own = update(table).where(table.c.client_id == gone.id)
        connection.execute(own.values(client_id=kept.id, number=table.c.number + offsets[table.name]))
    _settle_nudges(connection, kept.id, gone.id, offsets, goal_offset)
    _end_doubles(connection, kept.id, gone.id, by, now)
    for table in FOLLOW:
        connection.execute(update(table).where(table.c.client_id == gone.id).values(client_id=kept.id))
    connection.execute(delete(talks).where(talks.c.client_id == gone.id))
    for ways_in in (chat_links, chat_sessions):
        connection.execute(delete(ways_in).where(ways_in.c.client_id == gone.id))
    _move_members(connection, kept.id, gone.id)
    _move_times(connection, kept.id, gone.id, offsets[visits.name])
    log += _one_client(connection, kept, gone, wanted, by, now)
    log.append(entry(Kind.CLIENT_MERGED, now, client_id=kept.id, worker_id=kept.worker_id, actor=by, subject=gone.id))
    engagement.append(connection, log)
    row = {"id": wanted.id, "at": now, "by_id": by, "kept_id": kept.id, "gone_id": gone.id, "before": before}
    connection.execute(insert(client_merges).values({**row, "through": log[-1]["id"]}))
    return True


def undo(connection: Connection, merge_id: str, by: str, sight: Sight, now: datetime) -> None:
    """Raises NotFoundError, and TooLateError once something else happened to the client, or a week went by."""
    found = connection.execute(
        select(client_merges)
        .join(clients, clients.c.id == client_merges.c.kept_id)
        .where(client_merges.c.id == merge_id, shown(sight))
    ).first()
    if found is None:
        raise NotFoundError("no such merge")
    rules.LOCK.first(connection, {"ids": [found.kept_id]})
    if not _may_be_undone(connection, found, now):
        raise TooLateError
    _put_back(connection, found)
    values = {"undone_at": now, "undone_by": by}
    connection.execute(update(client_merges).where(client_merges.c.id == merge_id).values(values))
    engagement.note_staff_act(connection, Kind.CLIENT_MERGE_UNDONE, by, now, client_id=found.kept_id)


def _put_back(connection: Connection, found: Row[Any]) -> None:
    before, both = found.before, (found.kept_id, found.gone_id)
    for table in FOLLOW:
        for ids in _parts(before["ids"][table.name]):
            connection.execute(update(table).where(table.c.id.in_(ids)).values(client_id=found.gone_id))
    changed = [(clients.metadata.tables[name], row) for name, rows in before["changed"].items() for row in rows]
    for table, row in (*changed, *((clients, before["clients"][id_]) for id_ in both)):
        values = _read(table, row)
        connection.execute(update(table).where(table.c.id == values["id"]).values(values))
    for table in reversed(WHOLE):
        connection.execute(delete(table).where(table.c.client_id.in_(both)))
    for table in WHOLE:
        if rows := [_read(table, row) for row in before["whole"][table.name]]:
            connection.execute(insert(table), rows)
    new = former_numbers.c.client_id == found.kept_id, former_numbers.c.until == found.at
    connection.execute(delete(former_numbers).where(*new))
    made = consent_events.c.client_id == found.kept_id, consent_events.c.at == found.at
    connection.execute(delete(consent_events).where(*made))


def latest(connection: Connection, sight: Sight, now: datetime) -> Sequence[Merge]:
    """The newest first; not those that were undone."""
    rows = connection.execute(
        select(client_merges, clients.c.first_name, staff.c.first_name.label("by"))
        .join(clients, clients.c.id == client_merges.c.kept_id)
        .join(staff, staff.c.id == client_merges.c.by_id)
        .where(shown(sight), client_merges.c.undone_at.is_(None))
        .order_by(client_merges.c.id.desc())
        .limit(LATEST)
    ).all()
    return [
        Merge(row.id, row.at, row.by, row.kept_id, row.first_name, _may_be_undone(connection, row, now)) for row in rows
    ]


def _may_be_undone(connection: Connection, found: Row[Any], now: datetime) -> bool:
    it = engagement_rows.c
    since = select(it.id).where(it.client_id == found.kept_id, it.id > found.through, it.kind.not_in(LOOKS)).limit(1)
    return found.undone_at is None and now < found.at + MAY_BE_UNDONE_FOR and connection.execute(since).first() is None


def _both(connection: Connection, wanted: Wanted, sight: Sight) -> tuple[Row[Any], Row[Any]]:
    ids = sorted((wanted.kept_id, wanted.gone_id))
    locked = select(clients).where(clients.c.id.in_(ids), shown(sight)).order_by(clients.c.id).with_for_update()
    rows = {row.id: row for row in connection.execute(locked)}
    if len(rows) != len(ids):
        raise NotFoundError("no such client")
    return rows[wanted.kept_id], rows[wanted.gone_id]


def _snapshot(connection: Connection, kept: Row[Any], gone: Row[Any]) -> dict[str, Any]:
    """What `undo` needs: the small tables whole, of the others the ids of what moves and the rows that change."""
    both = (kept.id, gone.id)
    whole = {
        table.name: [_kept(row) for row in connection.execute(select(table).where(table.c.client_id.in_(both)))]
        for table in WHOLE
    }
    ids = {
        table.name: list(connection.scalars(select(table.c.id).where(table.c.client_id == gone.id))) for table in FOLLOW
    }
    changing = {
        nudges: nudges.c.client_id.in_(both),
        escalations: (escalations.c.client_id == gone.id) & escalations.c.resolved_at.is_(None),
        referrals: (referrals.c.client_id == gone.id) & referrals.c.ended_at.is_(None),
        free_times: free_times.c.held_for.in_(both) | free_times.c.visit_client.in_(both),
    }
    changed = {
        table.name: [_kept(row) for row in connection.execute(select(table).where(where))]
        for table, where in changing.items()
    }
    return {"whole": whole, "ids": ids, "changed": changed, "clients": {kept.id: _kept(kept), gone.id: _kept(gone)}}


def _drop_texts(connection: Connection, kept: Row[Any], gone: Row[Any], wanted: Wanted) -> None:
    """What waits to go to a number that stands no longer, and what would be said twice."""
    rules.cancel_messages(connection, gone.id, (), MERGED)
    if "number" in wanted.from_gone and gone.number != kept.number:
        rules.cancel_messages(connection, kept.id, (), MERGED)


def _highest(connection: Connection, table: Table, client_id: str) -> int:
    found: int | None = connection.scalar(select(func.max(table.c.number)).where(table.c.client_id == client_id))
    return found or 0


def _move_goals(connection: Connection, kept: str, gone: str, offset: int) -> None:
    """A goal is copied under its new number, then its steps and events follow, then the old one goes."""
    old = connection.execute(select(goals).where(goals.c.client_id == gone)).all()
    if not old:
        return
    new = []
    for row in old:
        values = {column.name: getattr(row, column.name) for column in goals.c}
        after = row.replaced_by + offset if row.replaced_by else None
        new.append({**values, "client_id": kept, "number": row.number + offset, "replaced_by": after})
    connection.execute(insert(goals), new)
    for table in (steps, goal_events):
        theirs = update(table).where(table.c.client_id == gone)
        connection.execute(theirs.values(client_id=kept, goal=table.c.goal + offset))
    connection.execute(delete(goals).where(goals.c.client_id == gone))


def _one_open_goal(connection: Connection, kept: str, offset: int, now: datetime, *, gones_stands: bool) -> None:
    """Where both have one, the other makes way, which is not a failure."""
    open_ = goals.c.client_id == kept, goals.c.status.in_([GoalStatus.ACTIVE, GoalStatus.PAUSED])
    rows = connection.execute(select(goals.c.number, goals.c.version).where(*open_).order_by(goals.c.number)).all()
    if len(rows) <= 1:
        return
    stands = next(row for row in rows if (row.number > offset) == gones_stands)
    for row in rows:
        if row.number == stands.number:
            continue
        values = {"status": GoalStatus.REPLACED, "closed_at": now, "replaced_by": stands.number}
        connection.execute(update(goals).where(goals.c.client_id == kept, goals.c.number == row.number).values(values))
        event = {"id": new_id(now), "client_id": kept, "goal": row.number, "at": now, "kind": GoalEvent.REPLACED}
        connection.execute(insert(goal_events).values({**event, "version": row.version, "reason": MERGED, "was": None}))


def _settle_nudges(connection: Connection, kept: str, gone: str, offsets: Mapping[str, int], goal_offset: int) -> None:
    """What is planned for both goes out once: of the record that goes, what the other has not got stays planned."""
    open_goal = connection.scalar(
        select(goals.c.number).where(
            goals.c.client_id == kept, goals.c.status.in_([GoalStatus.ACTIVE, GoalStatus.PAUSED])
        )
    )
    gones_stands = open_goal is not None and open_goal > goal_offset
    planned = nudges.c.state == NudgeState.PLANNED
    for row in connection.execute(select(nudges).where(nudges.c.client_id == gone)).all():
        subject = _renumbered(row, offsets, goal_offset, gones_stands=gones_stands)
        values: dict[str, Any] = {"key": f"{MERGED}:{row.id}", "subject": subject or row.subject}
        if row.state == NudgeState.PLANNED and subject is None:
            values |= {"state": NudgeState.CANCELLED, "reason": MERGED}
        connection.execute(update(nudges).where(nudges.c.id == row.id).values(values))
    if gones_stands:
        about = nudges.c.client_id == kept, planned, nudges.c.kind.in_([NudgeKind.STEP_REMINDER, NudgeKind.CHECK_IN])
        connection.execute(update(nudges).where(*about).values(state=NudgeState.CANCELLED, reason=MERGED))


def _renumbered(row: Row[Any], offsets: Mapping[str, int], goal_offset: int, *, gones_stands: bool) -> str | None:
    """What a nudge is about under the new numbers; None where it must not go out."""
    kind = NudgeKind(row.kind)
    if kind in OF_A_VISIT:
        return str(int(row.subject) + offsets[visits.name])
    if kind is NudgeKind.OWN_REMINDER:
        return str(int(row.subject) + offsets[own_reminders.name])
    if kind in (NudgeKind.STEP_REMINDER, NudgeKind.CHECK_IN) and gones_stands and "." in row.subject:
        goal, _, step = row.subject.partition(".")
        return f"{int(goal) + goal_offset}.{step}"
    return str(row.subject) if kind in (NudgeKind.WORKER_NUDGE, NudgeKind.PROMISE) else None


def _end_doubles(connection: Connection, kept: str, gone: str, by: str, now: datetime) -> None:
    """An open item or referral that both have stays open once."""
    theirs = select(escalations.c.trigger).where(escalations.c.client_id == kept, escalations.c.resolved_at.is_(None))
    doubles = (
        escalations.c.client_id == gone,
        escalations.c.resolved_at.is_(None),
        escalations.c.trigger.in_(list(connection.scalars(theirs))),
    )
    closed = {"resolved_at": now, "resolved_by": by, "outcome": Outcome.NOT_NEEDED}
    connection.execute(update(escalations).where(*doubles).values(closed))
    seen = select(referrals.c.staff_id).where(referrals.c.client_id == kept, referrals.c.ended_at.is_(None))
    twice = (
        referrals.c.client_id == gone,
        referrals.c.ended_at.is_(None),
        referrals.c.staff_id.in_(list(connection.scalars(seen))),
    )
    connection.execute(update(referrals).where(*twice).values(ended_at=now))


def _move_members(connection: Connection, kept: str, gone: str) -> None:
    for table in (group_members, campaign_members):
        (of,) = (column for column in table.primary_key if column.name != "client_id")
        there = list(connection.scalars(select(of).where(table.c.client_id == kept)))
        connection.execute(delete(table).where(table.c.client_id == gone, of.in_(there)))
        connection.execute(update(table).where(table.c.client_id == gone).values(client_id=kept))


def _move_times(connection: Connection, kept: str, gone: str, offset: int) -> None:
    connection.execute(update(free_times).where(free_times.c.held_for == gone).values(held_for=kept))
    theirs = update(free_times).where(free_times.c.visit_client == gone)
    connection.execute(theirs.values(visit_client=kept, visit=free_times.c.visit + offset))
    connection.execute(update(shared_phones).where(shared_phones.c.speaker_id == gone).values(speaker_id=kept))


def _one_client(
    connection: Connection, kept: Row[Any], gone: Row[Any], wanted: Wanted, by: str, now: datetime
) -> list[dict[str, Any]]:
    """The stricter consent and the safer mode stand. Gives what the log has to say of it."""
    stands = {name: getattr(gone if name in wanted.from_gone else kept, name) for name in CHOICES}
    source, other = (gone, kept) if "number" in wanted.from_gone else (kept, gone)
    consents = [Consent(source.consent)]
    if other.number == source.number or other.consent == Consent.REVOKED:
        consents.append(Consent(other.consent))
    consent = min(consents, key=STRICTEST_FIRST.index)
    mode = min((Mode(kept.mode), Mode(gone.mode)), key=SAFEST_FIRST.index)
    shell = {"number": f"~{gone.id[-18:]}", "consent": Consent.CLOSED, "external_id": None, "merged_into": kept.id}
    connection.execute(update(clients).where(clients.c.id == gone.id).values(shell))
    values = {
        **stands,
        "consent": consent,
        "consented_at": source.consented_at,
        "mode": mode,
        "phone_is_shared": kept.phone_is_shared or gone.phone_is_shared,
        "safety_word": kept.safety_word or gone.safety_word,
        "external_id": kept.external_id or gone.external_id,
        **{name: _later(getattr(kept, name), getattr(gone, name)) for name in ("last_heard_at", "person_wrote_at")},
        **{name: _later(getattr(kept, name), getattr(gone, name)) for name in ("last_check_in_at", "warned_at")},
    }
    if gone.held_until and (not kept.held_until or gone.held_until > kept.held_until):
        values |= {"held_until": gone.held_until, "held_because": gone.held_because}
    connection.execute(update(clients).where(clients.c.id == kept.id).values(values))
    if other.number != source.number:
        row = {"id": new_id(now), "client_id": kept.id, "number": other.number, "until": now, "changed_by": by}
        connection.execute(insert(former_numbers), [row])
    if consent == kept.consent:
        return []
    event = {"id": new_id(now), "client_id": kept.id, "at": now, "to": consent, "channel": "staff", "actor": by}
    more = {"language": stands["language"], "exact_text": "", "evidence_message_id": None}
    connection.execute(insert(consent_events), [{**event, **more}])
    about = {"client_id": kept.id, "worker_id": stands["worker_id"], "actor": by}
    return [entry(Kind.CONSENT_CHANGED, now, **about, subject=consent, reason=MERGED)]


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _kept(row: Row[Any]) -> dict[str, Any]:
    """A row as JSON."""
    values = zip(row._fields, row, strict=True)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values}


def _read(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was before `_kept`."""
    return {name: _value(table.c[name], value) for name, value in row.items()}


def _value(column: ColumnElement[Any], value: Any) -> Any:  # noqa: ANN401  of any column
    return datetime.fromisoformat(value) if isinstance(column.type, Moment) and value is not None else value


def _parts(ids: Sequence[str]) -> Sequence[Sequence[str]]:
    return [ids[at : at + 500] for at in range(0, len(ids), 500)]
