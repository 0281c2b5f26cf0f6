"""What a case system says of clients and visits, under ids of its own. Said twice, it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from conversations.county import County
from records import people, visit_imports
from records.errors import ChangedError, NotFoundError, RefusedError
from records.import_verdicts import SAME, Judged, Verdict
from records.leaves import covered_by
from records.people import NewClient
from records.roles import REACH, RIGHTS, Right, Role
from records.sight import Sight, shown
from records.tables import clients, staff
from records.turns import Turns
from records.visit_imports import WantedVisit

NUMBER_TAKEN = "somebody of this first name has that number already"


@dataclass(frozen=True, slots=True)
class Put:
    """What became of it, and whom it is about."""

    client_id: str
    judged: Judged


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff for whom a system speaks."""

    staff_id: str
    first_name: str
    writes: frozenset[str]
    """The languages that they write to clients in."""


def person(
    connection: Connection, email: str, right: Right, client_id: str, sight: Sight, county: County, now: datetime
) -> Person:
    """Who acts. Raises RefusedError unless the account is open, has the right, and sees this client."""
    wanted = select(staff).where(staff.c.email == email.lower(), staff.c.active)
    row = connection.execute(wanted).first()
    if row is None or right not in RIGHTS[Role(row.role)] or not _reaches(sight, row.team_id):
        raise RefusedError("is nobody who may do this here")
    covers = frozenset(covered_by(connection, row.id, county, now))
    own = Sight(REACH[Role(row.role)], row.id, row.team_id, covers)
    if connection.execute(select(clients.c.id).where(clients.c.id == client_id, shown(own))).first() is None:
        raise RefusedError("is nobody who sees this client")
    return Person(row.id, row.first_name, frozenset(row.writes.split() or county.languages[:1]))


def worker_id(connection: Connection, email: str, sight: Sight) -> str:
    """Of who can have clients. Raises RefusedError."""
    row = connection.execute(select(staff).where(staff.c.email == email.lower(), staff.c.active)).first()
    if row is None or Right.TEXT not in RIGHTS[Role(row.role)] or not _reaches(sight, row.team_id):
        raise RefusedError("is nobody who can have clients here")
    return str(row.id)


def _reaches(sight: Sight, team_id: str | None) -> bool:
    return sight.team_id in (None, team_id)


def put_client(
    connection: Connection, external_id: str, wanted: NewClient, sight: Sight, actor: str, now: datetime
) -> Put:
    """Add this client, or bring who has this id up to date; one who is known by the number alone gets the id.

    Raises NotFoundError for a client out of sight, ChangedError where the number is that of a client with another id,
    RefusedError for what cannot be. A new number is as in `people.change_number`: they are to be asked again.
    """
    wanted_one = select(clients).where(clients.c.external_id == external_id).with_for_update(key_share=True)
    known = connection.execute(wanted_one).first()
    if known is None:
        return _put_by_number(connection, external_id, wanted, sight, actor, now)
    if connection.execute(select(clients.c.id).where(clients.c.id == known.id, shown(sight))).first() is None:
        raise NotFoundError("out of reach")
    fields: tuple[str, ...] = ("number",) if known.number != wanted.number else ()
    try:
        if fields:
            people.change_number(connection, known.id, wanted.number, actor, now)
        fields += people.bring_up_to_date(connection, known, wanted, actor, now)
    except IntegrityError:
        raise RefusedError(NUMBER_TAKEN) from None
    return Put(known.id, Judged(Verdict.CHANGED, fields) if fields else SAME)


def _put_by_number(
    connection: Connection, external_id: str, wanted: NewClient, sight: Sight, actor: str, now: datetime
) -> Put:
    in_sight = select(clients.c.id).where(clients.c.number == wanted.number, shown(sight))
    seen = set(connection.scalars(in_sight))
    (judged,) = people.take_clients(connection, [wanted], actor, now)
    if judged.verdict is Verdict.BAD:
        raise RefusedError(judged.reasons[0])
    same = clients.c.number == wanted.number, clients.c.first_name == wanted.first_name
    found = connection.execute(select(clients.c.id, clients.c.external_id).where(*same)).one()
    if judged.verdict is not Verdict.NEW:
        if found.id not in seen:
            raise NotFoundError("out of reach")
        if found.external_id is not None:
            raise ChangedError
        judged = Judged(Verdict.CHANGED, ("external_id", *judged.reasons))
    connection.execute(update(clients).where(clients.c.id == found.id).values(external_id=external_id))
    return Put(found.id, judged)


def put_visit(
    turns: Turns,
    connection: Connection,
    whose: str,
    said: WantedVisit,
    sight: Sight,
    county: County,
    actor: str,
    now: datetime,
) -> Put:
    """Enter, move or end a visit of the client whose id in the case system is `whose`; see `visit_imports.take`.

    The number and the name in `said` are taken from the client. Raises NotFoundError for a client out of sight.
    """
    theirs = select(clients.c.id, clients.c.number, clients.c.first_name)
    row = connection.execute(theirs.where(clients.c.external_id == whose, shown(sight))).first()
    if row is None:
        raise NotFoundError("no such client")
    said = replace(said, number=row.number, first_name=row.first_name)
    (judged,) = visit_imports.take(connection, turns, [said], county, actor, now)
    return Put(row.id, judged)
