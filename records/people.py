"""Members of staff, and the clients that are imported or entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from conversations.nudges import NudgeState
from conversations.situation import Consent, Rhythm
from records import chat_access, chat_sessions, consent, engagement
from records.bulk import inserting, one_of
from records.engagement import Kind, entry
from records.errors import NotFoundError, RefusedError
from records.ids import new_id
from records.import_verdicts import SAME, Judged, Verdict, bad
from records.roles import REACH, Role
from records.sight import Sight, oversees
from records.tables import clients, consent_events, former_numbers, nudges, staff, talks, teams


@dataclass(frozen=True, slots=True)
class StaffMember:
    id: str
    email: str
    first_name: str
    role: Role
    active: bool


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client as a list names them. `number` is E.164; `zone` an IANA name.

    The number tells clients apart, on a shared phone the number and the first name. Whether the phone is shared is
    taken at first only: later the client says so.
    """

    number: str
    first_name: str
    language: str
    zone: str
    worker_id: str
    phone_is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """How many clients were new, differed from what was known, or were as known.

    `unclear` are those whose number several people share already, and whose name is none of theirs: to add one, the
    list must say that the phone is shared.
    """

    added: int
    changed: int
    unchanged: int
    unclear: int = 0


def add_staff(
    connection: Connection, email: str, first_name: str, role: Role, password_hash: str, now: datetime
) -> str:
    """A new member of staff; gives the id. `email` in lower case; raises IntegrityError if it is taken."""
    staff_id = new_id(now)
    row = {
        "id": staff_id,
        "email": email,
        "first_name": first_name,
        "role": role,
        "password_hash": password_hash,
        "active": True,
        "created_at": now,
    }
    connection.execute(insert(staff), [row])
    return staff_id


def set_password(connection: Connection, email: str, password_hash: str) -> None:
    """Raises NotFoundError."""
    changed = connection.execute(update(staff).where(staff.c.email == email).values(password_hash=password_hash))
    if not changed.rowcount:
        raise NotFoundError("no such member of staff")


def set_active(connection: Connection, email: str, *, active: bool) -> None:
    """Open or close an account. Raises NotFoundError."""
    if not connection.execute(update(staff).where(staff.c.email == email).values(active=active)).rowcount:
        raise NotFoundError("no such member of staff")


def put_in_team(connection: Connection, email: str, team: str, now: datetime) -> None:
    """The team of this name is made if there is none; "" is no team. Raises NotFoundError."""
    team_id = connection.scalar(select(teams.c.id).where(teams.c.name == team)) if team else None
    if team and team_id is None:
        team_id = new_id(now)
        connection.execute(insert(teams).values(id=team_id, name=team))
    if not connection.execute(update(staff).where(staff.c.email == email).values(team_id=team_id)).rowcount:
        raise NotFoundError("no such member of staff")


def all_staff(connection: Connection) -> Sequence[StaffMember]:
    """By first name."""
    columns = (staff.c.id, staff.c.email, staff.c.first_name, staff.c.role, staff.c.active)
    rows = connection.execute(select(*columns).order_by(staff.c.first_name, staff.c.id))
    return [StaffMember(row.id, row.email, row.first_name, Role(row.role), row.active) for row in rows]


def reached_by_list(connection: Connection, staff_id: str) -> frozenset[str] | None:
    """The ids of the workers to whom, and from whom, a list that this member of staff brings in may give clients.

    None: all, for an admin, and for a supervisor of the whole county.
    """
    row = connection.execute(select(staff.c.role, staff.c.team_id).where(staff.c.id == staff_id)).one()
    sight = Sight(REACH[Role(row.role)], staff_id, row.team_id)
    if Role(row.role) is Role.ADMIN or sight.sees_all:
        return None
    return frozenset(connection.scalars(select(staff.c.id).where(oversees(sight, staff.c.id))))


def overseen(connection: Connection, sight: Sight) -> Sequence[tuple[str, str]]:
    """(id, first name) of who sees, and of the workers whose clients they see; accounts that are open, by name."""
    wanted = select(staff.c.id, staff.c.first_name).where(staff.c.active, oversees(sight, staff.c.id))
    rows = connection.execute(wanted.order_by(staff.c.first_name, staff.c.id))
    return [(row.id, row.first_name) for row in rows]


_KNOWN = select(
    clients.c.number,
    clients.c.first_name,
    clients.c.language,
    clients.c.zone,
    clients.c.worker_id,
    clients.c.id,
).where(one_of(clients.c.number, "numbers"))
_ADD = inserting(
    clients,
    (
        "id",
        "number",
        "first_name",
        "language",
        "zone",
        "consent",
        "phone_is_shared",
        "rhythm",
        "worker_id",
        "created_at",
    ),
)
_COMPARED = {"first_name": "first_name", "zone": "zone", "worker_id": "worker_email"}
"""What a list may change in a client, and what the list calls it."""

UNCLEAR = "several people share the number, and the row does not say that the phone is shared"
ELSEWHERE = "the client is another team's; an admin can bring in a list of all teams"
NUMBER_CHANGED = "the number changed"
_TO_NUMBER = (
    update(clients)
    .where(clients.c.id == bindparam("client"))
    .values(number=bindparam("to_number"), consent=Consent.NONE, consented_at=None)
)
_CANCEL_NUDGES = (
    update(nudges)
    .where(nudges.c.client_id == bindparam("client"), nudges.c.state == NudgeState.PLANNED)
    .values(state=NudgeState.CANCELLED, reason=NUMBER_CHANGED, version=nudges.c.version + 1)
    .returning(nudges.c.kind)
)
_CHANGE = (
    update(clients)
    .where(clients.c.id == bindparam("client"))
    .values(first_name=bindparam("to_first_name"), zone=bindparam("to_zone"), worker_id=bindparam("to_worker"))
)


def put_clients(connection: Connection, wanted: Sequence[NewClient], staff_id: str, now: datetime) -> Imported:
    """As `take_clients`; gives how many there were of each."""
    became = Counter(one.verdict for one in take_clients(connection, wanted, staff_id, now))
    return Imported(became[Verdict.NEW], became[Verdict.CHANGED], became[Verdict.SAME], became[Verdict.BAD])


def take_clients(
    connection: Connection,
    wanted: Sequence[NewClient],
    staff_id: str,
    now: datetime,
    reach: Collection[str] | None = None,
) -> Sequence[Judged]:
    """Add the clients who are new, and bring the others up to date. The same list twice changes nothing.

    A known number with another first name is a client who was renamed, unless the phone is said to be shared: then it
    is one more person. What a client decides is not touched: consent, and the language of one who is known. `reach`
    holds the ids of the workers whose clients may be changed; None: all.
    """
    weighed = _weigh(wanted, _known(connection, wanted), reach)
    rows = [_client_row(one.wanted, now) for one in weighed if one.judged.verdict is Verdict.NEW]
    changes = [_change(one.wanted, one.known) for one in weighed if one.judged.verdict is Verdict.CHANGED]
    _ADD.run(connection, rows)
    if changes:
        connection.execute(_CHANGE, changes)
    log = [
        entry(Kind.CLIENT_ADDED, now, client_id=row["id"], worker_id=row["worker_id"], actor=staff_id) for row in rows
    ] + [
        entry(Kind.CLIENT_CHANGED, now, client_id=row["client"], worker_id=row["to_worker"], actor=staff_id)
        for row in changes
    ]
    engagement.append(connection, log)
    return [one.judged for one in weighed]


def add_client(connection: Connection, wanted: NewClient, staff_id: str, now: datetime) -> str:
    """One client, entered by hand; gives the id. Raises RefusedError if somebody has the number already."""
    there = _known(connection, [wanted]).get(wanted.number, ())
    if any(row.first_name == wanted.first_name for row in there):
        raise RefusedError("Somebody called %(name)s has this number already.", name=wanted.first_name)
    if there and not wanted.phone_is_shared:
        raise RefusedError("Somebody has this number already. If they share the phone, say so below.")
    row = _client_row(wanted, now)
    _ADD.run(connection, [row])
    added = entry(Kind.CLIENT_ADDED, now, client_id=row["id"], worker_id=wanted.worker_id, actor=staff_id)
    engagement.append(connection, [added])
    return str(row["id"])


def bring_up_to_date(
    connection: Connection,
    known: Any,  # noqa: ANN401  a row of `clients`, locked
    wanted: NewClient,
    staff_id: str,
    now: datetime,
) -> tuple[str, ...]:
    """As `take_clients` does it to one who is known; gives what changed. Raises IntegrityError if another is so."""
    fields = _differing(wanted, known)
    if fields:
        connection.execute(_CHANGE, [_change(wanted, known)])
        by = {"client_id": known.id, "worker_id": wanted.worker_id, "actor": staff_id}
        engagement.append(connection, [entry(Kind.CLIENT_CHANGED, now, **by)])
    return fields


def weigh_clients(
    connection: Connection, wanted: Sequence[NewClient], reach: Collection[str] | None = None
) -> Sequence[Judged]:
    """What `take_clients` would make of them. Changes nothing."""
    return [one.judged for one in _weigh(wanted, _known(connection, wanted), reach)]


@dataclass(frozen=True, slots=True)
class _Weighed:
    wanted: NewClient
    judged: Judged
    known: Any = None


def _known(connection: Connection, wanted: Sequence[NewClient]) -> dict[str, list[Any]]:
    """Who has these numbers, locked."""
    known: dict[str, list[Any]] = {}
    for row in connection.execute(_KNOWN.with_for_update(key_share=True), {"numbers": [one.number for one in wanted]}):
        known.setdefault(row.number, []).append(row)
    return known


def _weigh(
    wanted: Sequence[NewClient], known: Mapping[str, Sequence[Any]], reach: Collection[str] | None
) -> list[_Weighed]:
    weighed: list[_Weighed] = []
    new: set[tuple[str, str]] = set()
    for one in wanted:
        there = known.get(one.number, ())
        row = _same(one, there)
        key = (one.number, one.first_name if one.phone_is_shared else "")
        if row is not None and reach is not None and row.worker_id not in reach:
            weighed.append(_Weighed(one, bad(ELSEWHERE)))
        elif row is not None:
            fields = _differing(one, row)
            weighed.append(_Weighed(one, Judged(Verdict.CHANGED, fields) if fields else SAME, row))
        elif there and not one.phone_is_shared:
            weighed.append(_Weighed(one, bad(UNCLEAR)))
        elif key in new:
            weighed.append(_Weighed(one, SAME))
        else:
            new.add(key)
            weighed.append(_Weighed(one, Judged(Verdict.NEW)))
    return weighed


def _same(wanted: NewClient, known: Sequence[Any]) -> Any:  # noqa: ANN401  a row of _KNOWN, or None
    """Who of those with this number it is."""
    named = next((row for row in known if row.first_name == wanted.first_name), None)
    if named is None and len(known) == 1 and not wanted.phone_is_shared:
        return known[0]
    return named


def _change(wanted: NewClient, known: Any) -> dict[str, str]:  # noqa: ANN401  as above
    return {
        "client": known.id,
        "to_first_name": wanted.first_name,
        "to_zone": wanted.zone,
        "to_worker": wanted.worker_id,
    }


def _differing(wanted: NewClient, known: object) -> tuple[str, ...]:
    return tuple(shown for name, shown in _COMPARED.items() if getattr(wanted, name) != getattr(known, name))


def _client_row(wanted: NewClient, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "number": wanted.number,
        "first_name": wanted.first_name,
        "language": wanted.language,
        "zone": wanted.zone,
        "consent": Consent.NONE,
        "phone_is_shared": wanted.phone_is_shared,
        "rhythm": Rhythm.WEEKLY,
        "worker_id": wanted.worker_id,
        "created_at": now,
    }


def set_safety_word(connection: Connection, client_id: str, word: str, staff_id: str, now: datetime) -> None:
    """The word by which a client says that they are not safe, up to 40 characters; "" for none. Raises NotFoundError.

    The word itself is in no log (domain guide 6.8).
    """
    client = consent.LOCK.first(connection, {"ids": [client_id]})
    if client is None:
        raise NotFoundError("no such client")
    connection.execute(update(clients).where(clients.c.id == client_id).values(safety_word=word))
    subject = "safety_word_set" if word else "safety_word_cleared"
    engagement.note_staff_act(connection, Kind.CLIENT_CHANGED, staff_id, now, client_id=client_id, subject=subject)


def change_number(connection: Connection, client_id: str, number: str, staff_id: str, now: datetime) -> None:
    """A client has another number (E.164): nothing more goes to the old one, and the new one is to be asked.

    Consent was for the old number (domain guide 3.10): it is NONE again, and the history stays. Raises NotFoundError,
    and IntegrityError if somebody of this first name has the number.
    """
    client = consent.LOCK.first(connection, {"ids": [client_id]})
    if client is None:
        raise NotFoundError("no such client")
    was = connection.scalar(select(clients.c.number).where(clients.c.id == client_id))
    if was == number:
        return
    connection.execute(_TO_NUMBER, {"client": client_id, "to_number": number})
    former = {"id": new_id(now), "client_id": client_id, "number": was, "until": now, "changed_by": staff_id}
    connection.execute(insert(former_numbers), [former])
    chat_sessions.end_all(connection, client_id)
    chat_access.end_links(connection, client_id)
    gone = consent.cancel_messages(connection, client_id, (), NUMBER_CHANGED)
    dropped = connection.execute(_CANCEL_NUDGES, {"client": client_id}).all()
    connection.execute(delete(talks).where(talks.c.client_id == client_id))
    happened = {
        "id": new_id(now),
        "client_id": client_id,
        "at": now,
        "to": Consent.NONE,
        "channel": "staff",
        "language": client.language,
        "exact_text": "",
        "evidence_message_id": None,
        "actor": staff_id,
    }
    connection.execute(insert(consent_events), [happened])
    about = partial(entry, now=now, client_id=client_id, worker_id=client.worker_id, language=client.language)
    log = [
        about(Kind.CLIENT_CHANGED, actor=staff_id, subject="number"),
        about(Kind.CONSENT_CHANGED, actor=staff_id, subject=Consent.NONE, reason=NUMBER_CHANGED),
    ]
    log += [about(Kind.TEXT_STATUS, subject="cancelled", reason=NUMBER_CHANGED, message_id=id_) for id_ in gone]
    log += [about(Kind.NUDGE_CANCELLED, subject=row.kind, reason=NUMBER_CHANGED) for row in dropped]
    engagement.append(connection, log)
