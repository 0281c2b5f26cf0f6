"""A text to several clients: one for each, scheduled together, decided on and stopped together. Each act is logged.

What goes to a client is a nudge of its own with this campaign's id, so that it is settled, sent and explained like any
other. A campaign that waits for a supervisor has members, but no nudges.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Connection, Select, bindparam, case, func, insert, select, text, update

from conversations.nudges import NudgeKind, NudgeState
from records import engagement, holds
from records.engagement import Kind, entry, note_staff_act
from records.errors import NotFoundError, TooLateError
from records.holds import Scope
from records.ids import new_id
from records.sight import Sight, oversees, shown
from records.tables import campaign_members, campaigns, clients, messages, nudges, staff
from records.types import Moment
from records.worker_nudges import Wish, columns

LATEST = 50
STOPPED = "stopped_by_worker"
"""Why a nudge was cancelled that may be started again."""


class CampaignState(StrEnum):
    """WAITING is for a supervisor's yes."""

    WAITING = "waiting"
    GOING = "going"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a worker asks for. The `id` is the form's; `template` is "" where `words` says it, by language.

    `day`, `hour` and `last_day` are ISO, of each client's own clock; `skip_if` is a `nudge_terms.SkipIf`.
    """

    id: str
    name: str
    template: str
    words: Mapping[str, str]
    day: str
    hour: str
    skip_if: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One as it stands. `going` are how many get it, `left` how many of these have not gone out yet."""

    id: str
    name: str
    template: str
    words: Mapping[str, str]
    day: str
    hour: str
    skip_if: str
    last_day: str
    state: CampaignState
    created_by: str
    by: str
    created_at: datetime
    decided_by: str
    decided_because: str
    members: int
    going: int
    left: int


@dataclass(frozen=True, slots=True)
class Member:
    """What became of one client's text. `why_not` says in a word why they get none; moments are UTC.

    `nudge` and `message` are states, "" where there is none yet.
    """

    client_id: str
    first_name: str
    zone: ZoneInfo
    language: str
    why_not: str
    nudge: str
    due_at: datetime | None
    reason: str
    message: str
    message_reason: str
    error_code: int | None


Chosen = Mapping[str, Wish | str]
"""By client: what they get, or in a word why they get nothing."""

_INSERT = text(
    "INSERT INTO campaigns (id, name, template, words, day, hour, skip_if, last_day, state, created_by, created_at)"
    " VALUES (:id, :name, :template, :words, :day, :hour, :skip_if, :last_day, :state, :created_by, :created_at)"
    " ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("words", type_=JSON()), bindparam("created_at", type_=Moment()))


def schedule(
    connection: Connection, new: NewCampaign, chosen: Chosen, staff_id: str, now: datetime, *, waits: bool
) -> bool:
    """Keep it, and plan it unless it `waits` for a yes. A second time with the same id changes nothing: False.

    Two that come at the same moment are told apart by the database itself, whatever process they come to.
    """
    state = CampaignState.WAITING if waits else CampaignState.GOING
    row: dict[str, object] = {
        "id": new.id,
        "name": new.name,
        "template": new.template,
        "words": dict(new.words),
        "day": new.day,
    }
    row |= {
        "hour": new.hour,
        "skip_if": new.skip_if,
        "last_day": new.last_day,
        "state": state,
        "created_by": staff_id,
        "created_at": now,
    }
    if connection.execute(_INSERT, row).first() is None:
        return False
    members = [
        {"campaign_id": new.id, "client_id": client_id, "why_not": wish if isinstance(wish, str) else ""}
        for client_id, wish in chosen.items()
    ]
    connection.execute(insert(campaign_members), members)
    detail = {"campaign": new.id, "clients": len(members)}
    note_staff_act(connection, Kind.CAMPAIGN_SCHEDULED, staff_id, now, subject=state, detail=detail)
    if not waits:
        _plan(connection, new.id, chosen, staff_id, now)
    return True


def exists(connection: Connection, campaign_id: str) -> bool:
    return connection.scalar(select(campaigns.c.id).where(campaigns.c.id == campaign_id)) is not None


def find(connection: Connection, campaign_id: str, sight: Sight) -> Campaign:
    """Raises NotFoundError unless it is one's own, or of a worker whom one oversees."""
    row = connection.execute(_campaigns(sight).where(campaigns.c.id == campaign_id)).first()
    if row is None:
        raise NotFoundError("no such campaign")
    return _campaign(row)


def latest(connection: Connection, staff_id: str, sight: Sight) -> Sequence[Campaign]:
    """Somebody's own, the newest first."""
    wanted = _campaigns(sight).where(campaigns.c.created_by == staff_id)
    rows = connection.execute(wanted.order_by(campaigns.c.id.desc()).limit(LATEST))
    return [_campaign(row) for row in rows]


def waiting(connection: Connection, sight: Sight) -> Sequence[Campaign]:
    """Those that wait for a supervisor's yes, the oldest first."""
    wanted = _campaigns(sight).where(text("campaigns.state = 'waiting'"))
    return [_campaign(row) for row in connection.execute(wanted.order_by(campaigns.c.created_at))]


def members(connection: Connection, campaign_id: str, sight: Sight) -> Sequence[Member]:
    """By name; those who are in sight."""
    of_nudge = (nudges.c.campaign == campaign_members.c.campaign_id) & (nudges.c.client_id == clients.c.id)
    wanted = (
        select(
            clients.c.id,
            clients.c.first_name,
            clients.c.zone,
            clients.c.language,
            campaign_members.c.why_not,
            nudges.c.state.label("nudge"),
            nudges.c.due_at,
            nudges.c.reason,
            messages.c.state.label("message"),
            messages.c.reason.label("message_reason"),
            messages.c.error_code,
        )
        .select_from(campaign_members)
        .join(clients, clients.c.id == campaign_members.c.client_id)
        .outerjoin(nudges, of_nudge)
        .outerjoin(messages, messages.c.nudge_id == nudges.c.id)
        .where(campaign_members.c.campaign_id == campaign_id, shown(sight))
        .order_by(clients.c.first_name, clients.c.id)
    )
    return [
        Member(
            row.id,
            row.first_name,
            ZoneInfo(row.zone),
            row.language,
            row.why_not,
            row.nudge or "",
            row.due_at,
            row.reason or "",
            row.message or "",
            row.message_reason or "",
            row.error_code,
        )
        for row in connection.execute(wanted)
    ]


def member_ids(connection: Connection, campaign_id: str) -> Sequence[str]:
    wanted = select(campaign_members.c.client_id).where(campaign_members.c.campaign_id == campaign_id)
    return list(connection.scalars(wanted))


def approve(connection: Connection, campaign_id: str, chosen: Chosen, by: str, because: str, now: datetime) -> None:
    """It goes out. Raises TooLateError unless it waits for that."""
    row = _locked(connection, campaign_id, CampaignState.WAITING)
    _decided(connection, campaign_id, CampaignState.GOING, by, because, now)
    _plan(connection, campaign_id, chosen, row.created_by, now)


def refuse(connection: Connection, campaign_id: str, by: str, because: str, now: datetime) -> None:
    """Raises TooLateError unless it waits for an answer."""
    _locked(connection, campaign_id, CampaignState.WAITING)
    _decided(connection, campaign_id, CampaignState.REFUSED, by, because, now)


def stop(connection: Connection, campaign_id: str, by: str, now: datetime) -> int:
    """Nothing of it leaves any more; gives how many nudges that stopped. What stopped already stays so.

    Those that are texts by now, but have not left, are held.
    """
    try:
        _locked(connection, campaign_id, CampaignState.GOING)
    except TooLateError:
        return 0
    planned = _planned(connection, campaign_id, NudgeState.PLANNED)
    _settle(connection, planned, NudgeState.CANCELLED, STOPPED)
    holds.place(connection, Scope.CAMPAIGN, campaign_id, "its worker stopped it", by, now)
    _set(connection, campaign_id, CampaignState.STOPPED)
    detail = {"campaign": campaign_id, "stopped": len(planned)}
    note_staff_act(connection, Kind.CAMPAIGN_STOPPED, by, now, detail=detail)
    _log(connection, Kind.NUDGE_CANCELLED, {one.client_id: "the worker stopped it" for one in planned}, by, now)
    return len(planned)


def start_again(connection: Connection, campaign_id: str, chosen: Chosen, by: str, now: datetime) -> None:
    """What was stopped goes on. Raises TooLateError unless it is stopped."""
    _locked(connection, campaign_id, CampaignState.STOPPED)
    holds.release(connection, Scope.CAMPAIGN, campaign_id, by, now)
    _set(connection, campaign_id, CampaignState.GOING)
    note_staff_act(connection, Kind.CAMPAIGN_STARTED_AGAIN, by, now, detail={"campaign": campaign_id})
    stopped = _planned(connection, campaign_id, NudgeState.CANCELLED, STOPPED)
    again: dict[str, str] = {}
    for one in stopped:
        wish = chosen.get(one.client_id, "no_consent")
        values: dict[str, object] = {"reason": wish}
        if isinstance(wish, Wish):
            values = {"state": NudgeState.PLANNED, "held": 0, "version": nudges.c.version + 1, **columns(wish)}
            again[one.client_id] = wish.reason
        connection.execute(update(nudges).where(nudges.c.id == one.id).values(values))
    _log(connection, Kind.NUDGE_SCHEDULED, again, by, now)


def _campaigns(sight: Sight) -> Select[Any]:
    decider = staff.alias("decider")
    theirs = campaign_members.c.campaign_id == campaigns.c.id
    of_it = nudges.c.campaign == campaigns.c.id
    everybody = select(func.count()).where(theirs).scalar_subquery()
    gets_it = select(func.count()).where(theirs, campaign_members.c.why_not == "").scalar_subquery()
    left = select(func.count()).where(of_it, nudges.c.state == NudgeState.PLANNED).scalar_subquery()
    return (
        select(
            campaigns,
            staff.c.first_name.label("by"),
            decider.c.first_name.label("decider"),
            everybody.label("members"),
            gets_it.label("going"),
            left.label("left_to_go"),
        )
        .join(staff, staff.c.id == campaigns.c.created_by)
        .outerjoin(decider, decider.c.id == campaigns.c.decided_by)
        .where(oversees(sight, campaigns.c.created_by))
    )


def _campaign(row: Any) -> Campaign:  # noqa: ANN401  a row of _campaigns
    return Campaign(
        row.id,
        row.name,
        row.template,
        row.words,
        row.day,
        row.hour,
        row.skip_if,
        row.last_day,
        CampaignState(row.state),
        row.created_by,
        row.by,
        row.created_at,
        row.decider or "",
        row.decided_because,
        row.members,
        row.going,
        row.left_to_go,
    )


def _locked(connection: Connection, campaign_id: str, state: CampaignState) -> Any:  # noqa: ANN401  its row
    row = connection.execute(select(campaigns).where(campaigns.c.id == campaign_id).with_for_update()).one()
    if row.state != state:
        raise TooLateError
    return row


def _set(connection: Connection, campaign_id: str, state: CampaignState, **more: object) -> None:
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(state=state, **more))


def _decided(
    connection: Connection, campaign_id: str, state: CampaignState, by: str, because: str, now: datetime
) -> None:
    _set(connection, campaign_id, state, decided_by=by, decided_at=now, decided_because=because)
    detail = {"campaign": campaign_id}
    note_staff_act(connection, Kind.CAMPAIGN_DECIDED, by, now, subject=state, reason=because, detail=detail)


def _planned(connection: Connection, campaign_id: str, state: NudgeState, reason: str = "") -> Sequence[Any]:
    """Its nudges in this state, with their clients locked as the ticker locks them."""
    theirs = select(nudges.c.client_id).where(nudges.c.campaign == campaign_id, nudges.c.state == state)
    locked = select(clients.c.id).where(clients.c.id.in_(theirs)).order_by(clients.c.id)
    connection.execute(locked.with_for_update(key_share=True))
    wanted = select(nudges.c.id, nudges.c.client_id).where(nudges.c.campaign == campaign_id, nudges.c.state == state)
    return connection.execute(wanted.where(nudges.c.reason == reason) if reason else wanted).all()


def _settle(connection: Connection, found: Sequence[Any], state: NudgeState, reason: str) -> None:
    ids = [one.id for one in found]
    values = {"state": state, "reason": reason, "version": nudges.c.version + 1}
    connection.execute(update(nudges).where(nudges.c.id.in_(ids)).values(values))


def _plan(connection: Connection, campaign_id: str, chosen: Chosen, staff_id: str, now: datetime) -> None:
    wishes = {client_id: wish for client_id, wish in chosen.items() if isinstance(wish, Wish)}
    not_now = {client_id: wish for client_id, wish in chosen.items() if isinstance(wish, str)}
    if not_now:
        why = case(not_now, value=campaign_members.c.client_id)
        missing = campaign_members.c.client_id.in_(not_now), campaign_members.c.campaign_id == campaign_id
        connection.execute(update(campaign_members).where(*missing).values(why_not=why))
    if not wishes:
        return
    rows = [
        {
            "id": new_id(now),
            "client_id": client_id,
            "kind": NudgeKind.WORKER_NUDGE,
            "key": f"campaign:{campaign_id}",
            "subject": "",
            "state": NudgeState.PLANNED,
            "held": 0,
            "version": 1,
            "created_by": staff_id,
            "created_at": now,
            "campaign": campaign_id,
            **columns(wish),
        }
        for client_id, wish in wishes.items()
    ]
    connection.execute(insert(nudges), rows)
    reasons = {client_id: wish.reason for client_id, wish in wishes.items()}
    _log(connection, Kind.NUDGE_SCHEDULED, reasons, staff_id, now)


def _log(connection: Connection, kind: Kind, whys: Mapping[str, str], by: str, now: datetime) -> None:
    engagement.append(connection, list(_lines(connection, kind, whys, by, now)))


def _lines(
    connection: Connection, kind: Kind, whys: Mapping[str, str], by: str, now: datetime
) -> Collection[engagement.Row]:
    about = select(clients.c.id, clients.c.worker_id, clients.c.language).where(clients.c.id.in_(whys))
    return [
        entry(
            kind,
            now,
            client_id=row.id,
            worker_id=row.worker_id,
            actor=by,
            language=row.language,
            subject=NudgeKind.WORKER_NUDGE,
            reason=whys[row.id],
        )
        for row in connection.execute(about)
    ]
