"""How much of a client's thread a member of staff may read just now (domain guide 1.2 and 8.5).

Workers read the threads of those whom they work with. A supervisor reads any of the team's, and says why where it is
not their own work. A provider reads what they wrote, and what the client wrote while they had the thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from conversations.situation import Mode
from records.engagement import BOT, CLIENT, Kind, note_staff_act
from records.log_reads import Asked, page
from records.roles import Right
from records.sessions import Session
from records.sight import own
from records.staff_reads import Text
from records.tables import clients, engagement


class Reads(StrEnum):
    ALL = "all"
    OWN_PART = "own part"
    ONCE_TOLD_WHY = "once told why"
    NOTHING = "nothing"


class Why(StrEnum):
    """Why a supervisor reads a thread that is not their own work."""

    COACHING = "coaching"
    QUALITY = "quality"
    CONCERN = "concern"
    HELPING = "helping"
    REQUEST = "request"
    OTHER = "other"


def reads(connection: Connection, me: Session, client_id: str, since: datetime) -> Reads:
    """Of a client in sight. A reason holds if it was given after `since`."""
    if not me.may(Right.READ_THREADS):
        return Reads.OWN_PART if me.may(Right.WRITE) else Reads.NOTHING
    if not me.oversees:
        return Reads.ALL
    theirs = select(clients.c.id).where(clients.c.id == client_id, own(me.sight))
    told = select(engagement.c.id).where(
        engagement.c.client_id == client_id,
        engagement.c.kind == Kind.THREAD_OPENED,
        engagement.c.actor == me.staff_id,
        engagement.c.at >= since,
    )
    found = connection.scalar(theirs) or connection.scalar(told.limit(1))
    return Reads.ALL if found else Reads.ONCE_TOLD_WHY


def tell_why(connection: Connection, staff_id: str, client_id: str, why: Why, words: str, now: datetime) -> None:
    """It stands in the engagement log, in their own words."""
    note_staff_act(connection, Kind.THREAD_OPENED, staff_id, now, client_id=client_id, subject=why, reason=words)


def own_part(connection: Connection, client_id: str, staff_id: str, texts: Sequence[Text]) -> Sequence[Text]:
    """Of these texts, those that `staff_id` wrote, and those of the client from their take-over to the hand-back.

    Whoever else writes in between has the client's next answers.
    """
    asked = Asked(client_id=client_id, kinds=frozenset({Kind.MODE_CHANGED}))
    changes = [(row.at, row.subject == Mode.HUMAN and row.actor == staff_id) for row in page(connection, asked).rows]
    seen: list[Text] = []
    has_it = False
    for text in texts:
        while changes and changes[-1][0] <= text.at:
            has_it = changes.pop()[1]
        if text.author == staff_id or (has_it and text.author == CLIENT):
            seen.append(text)
        elif text.author not in (BOT, CLIENT):
            has_it = False
    return seen
