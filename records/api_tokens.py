"""Tokens by which other systems are let in. Only a hash of each is kept, so the table is of no use to who reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from conversations.marking import N_
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, RefusedError
from records.ids import new_id
from records.roles import Reach
from records.sight import Sight
from records.tables import api_tokens, teams

OPERATOR = "operator"

LONGEST_NAME = 80
LONGEST_LIFE = timedelta(days=366)
USED_EVERY = timedelta(minutes=1)
"""That a token is used is written down so often at most."""


class Scope(StrEnum):
    """What a token lets do."""

    CLIENTS_READ = "clients:read"
    CLIENTS_CONTACT = "clients:contact"
    CLIENTS_WRITE = "clients:write"
    VISITS_READ = "visits:read"
    VISITS_WRITE = "visits:write"
    NUDGES_READ = "nudges:read"
    NUDGES_WRITE = "nudges:write"
    THREADS_READ = "threads:read"
    ESCALATIONS_READ = "escalations:read"
    ESCALATIONS_WRITE = "escalations:write"
    LOG_READ = "log:read"
    MEASURES_READ = "measures:read"
    WEBHOOKS_WRITE = "webhooks:write"


MEANS = {
    Scope.CLIENTS_READ: N_("list clients, with consent and language"),
    Scope.CLIENTS_CONTACT: N_("see clients' first names and numbers too"),
    Scope.CLIENTS_WRITE: N_("add clients, keep them up to date, ask for an invitation"),
    Scope.VISITS_READ: N_("list visits"),
    Scope.VISITS_WRITE: N_("enter, move and close visits"),
    Scope.NUDGES_READ: N_("list what falls due, and what workers wrote for it"),
    Scope.NUDGES_WRITE: N_("schedule texts to clients, and cancel them"),
    Scope.THREADS_READ: N_("read what clients text and what is texted to them; each look is logged"),
    Scope.ESCALATIONS_READ: N_("list escalations, with what each is about"),
    Scope.ESCALATIONS_WRITE: N_("acknowledge and resolve escalations"),
    Scope.LOG_READ: N_("follow the engagement log, without names and texts"),
    Scope.MEASURES_READ: N_("read the measures of a month, with small groups hidden"),
    Scope.WEBHOOKS_WRITE: N_("be told of events at an address of one's own"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """Who calls, and what for. Its acts stand in the log under its id."""

    id: str
    name: str
    scopes: frozenset[str]
    team_id: str | None
    used_at: datetime | None

    @property
    def sight(self) -> Sight:
        """A team's clients; without a team, all."""
        return Sight(Reach.TEAM, team_id=self.team_id)


@dataclass(frozen=True, slots=True)
class ListedToken:
    """As who keeps the tokens sees it. Moments are UTC; `team` is "" for the whole county; `state` one word."""

    id: str
    name: str
    scopes: Sequence[str]
    team: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """`team` is a team's name, "" for the whole county; `secret_hash` is all that is kept of the secret."""

    name: str
    scopes: Collection[Scope]
    team: str
    secret_hash: str
    expires_at: datetime


def create(connection: Connection, wanted: NewToken, by: str, now: datetime) -> str:
    """Gives the id. `by` is a staff id, or OPERATOR. Raises RefusedError with what to do."""
    name = " ".join(wanted.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RefusedError(
            "Give it a name of at most %(most)s characters, such as that of the other system.", most=LONGEST_NAME
        )
    if not wanted.scopes:
        raise RefusedError("Choose at least one thing that it may do.")
    if not now < wanted.expires_at <= now + LONGEST_LIFE:
        raise RefusedError("Let it end on a day within a year.")
    team_id = connection.scalar(select(teams.c.id).where(teams.c.name == wanted.team)) if wanted.team else None
    if wanted.team and team_id is None:
        raise RefusedError("There is no such team.")
    row = {
        "id": new_id(now),
        "name": name,
        "secret_hash": wanted.secret_hash,
        "scopes": sorted(wanted.scopes),
        "team_id": team_id,
        "created_by": by,
        "created_at": now,
        "expires_at": wanted.expires_at,
    }
    connection.execute(insert(api_tokens).values(row))
    detail = {"token": row["id"], "scopes": row["scopes"]}
    note_staff_act(connection, Kind.SYSTEM_LET_IN, by, now, subject=name[:60], detail=detail)
    return str(row["id"])


def find(connection: Connection, secret_hash: str, now: datetime) -> Token | None:
    """The token of this secret, unless it was revoked or has run out."""
    wanted = select(api_tokens).where(api_tokens.c.secret_hash == secret_hash, _stands(now))
    row = connection.execute(wanted).first()
    return Token(row.id, row.name, frozenset(row.scopes), row.team_id, row.used_at) if row else None


def note_use(connection: Connection, token_id: str, now: datetime) -> None:
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=now))


def listed(connection: Connection, now: datetime) -> Sequence[ListedToken]:
    """Those that stand first, the newest before the others."""
    wanted = select(api_tokens, teams.c.name.label("team")).outerjoin(teams, teams.c.id == api_tokens.c.team_id)
    rows = connection.execute(wanted.order_by(api_tokens.c.id.desc()))
    return sorted((_listed(row, now) for row in rows), key=lambda one: one.state != ACTIVE)


def revoke(connection: Connection, token_id: str, by: str, now: datetime) -> None:
    """From now on it opens nothing; done twice it is done once. Raises NotFoundError."""
    row = connection.execute(select(api_tokens).where(api_tokens.c.id == token_id).with_for_update()).first()
    if row is None:
        raise NotFoundError("no such token")
    if row.revoked_at is not None:
        return
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(revoked_at=now, revoked_by=by))
    note_staff_act(connection, Kind.SYSTEM_SHUT_OUT, by, now, subject=row.name[:60], detail={"token": token_id})


def names(connection: Connection) -> dict[str, str]:
    """By id, for what they did."""
    return {row.id: row.name for row in connection.execute(select(api_tokens.c.id, api_tokens.c.name))}


ACTIVE, EXPIRED, REVOKED = "active", "expired", "revoked"


def _listed(row: Any, now: datetime) -> ListedToken:  # noqa: ANN401  a row of the query above
    state = REVOKED if row.revoked_at else ACTIVE if row.expires_at > now else EXPIRED
    return ListedToken(row.id, row.name, row.scopes, row.team or "", row.created_at, row.expires_at, row.used_at, state)


def _stands(now: datetime) -> ColumnElement[bool]:
    return and_(api_tokens.c.revoked_at.is_(None), api_tokens.c.expires_at > now)
