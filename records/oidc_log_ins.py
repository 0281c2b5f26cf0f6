"""Log-ins by the county's own accounts: those under way at the issuer, and whose account it is that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from records.engagement import Kind, note_staff_act
from records.tables import oidc_log_ins, staff

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """`nonce` must come back in the token; `verifier` proves that it was us who asked for the code."""

    nonce: str
    verifier: str
    then: str


def begin(connection: Connection, state_hash: str, browser_hash: str, one: UnderWay, now: datetime) -> None:
    """Those that were never finished are swept away with it."""
    connection.execute(delete(oidc_log_ins).where(oidc_log_ins.c.begun_at <= now - LASTS))
    row = {"state_hash": state_hash, "browser_hash": browser_hash, "nonce": one.nonce, "verifier": one.verifier}
    connection.execute(insert(oidc_log_ins).values({**row, "then": one.then, "begun_at": now}))


def take(connection: Connection, state_hash: str, browser_hash: str, now: datetime) -> UnderWay | None:
    """The one that this browser began, once; None if there is none, or it took too long."""
    gone = (
        delete(oidc_log_ins)
        .where(oidc_log_ins.c.state_hash == state_hash, oidc_log_ins.c.browser_hash == browser_hash)
        .where(oidc_log_ins.c.begun_at > now - LASTS)
        .returning(oidc_log_ins.c.nonce, oidc_log_ins.c.verifier, oidc_log_ins.c.then)
    )
    row = connection.execute(gone).first()
    return UnderWay(*row) if row else None


def account_of(connection: Connection, identity: str, email: str, now: datetime) -> str | None:
    """The id of the open account of this identity, a hash of issuer and subject.

    The first time it is found by `email`, which the issuer verified, and is tied to the identity; "" ties none.
    """
    known = connection.execute(select(staff.c.id, staff.c.active).where(staff.c.oidc_identity == identity)).first()
    if known:
        return str(known.id) if known.active else None
    tie = update(staff).where(staff.c.email == email, staff.c.active, staff.c.oidc_identity.is_(None))
    tied = connection.execute(tie.values(oidc_identity=identity).returning(staff.c.id)).first() if email else None
    if tied is None:
        return None
    detail = {"staff": tied.id}
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, tied.id, now, subject="identity_tied", detail=detail)
    return str(tied.id)
