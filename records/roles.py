"""What each role may do on the staff pages, and whose clients it reaches: what its work needs (domain guide 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The roles of staff, as the domain guide names them."""

    ICW = "icw"
    ETW = "etw"
    VC = "vc"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    OBSERVER = "observer"
    PROVIDER = "provider"
    ADMIN = "admin"


class Right(StrEnum):
    """What may be done. Every staff page names the one that it needs."""

    OWN_ACCOUNT = "log in, log out, and see to one's own account"
    SEE_CLIENTS = "see who the clients are, and their consent"
    SEE_PLANNED = "see what is planned for clients"
    SEE_GOALS = "see goals and plans, also those that the client does not share"
    READ_THREADS = "read what clients text and what is texted to them"
    KEEP_NOTES = "write notes about clients for colleagues"
    WRITE = "take a thread over, write in it, and hand it back"
    TEXT = "schedule nudges, start texts again, and let Milepost begin a conversation"
    KEEP_CONTACT = "invite, record a no to texts, change the number and the safety word"
    KEEP_VISITS = "enter, move and close visits, and offer free times"
    ANSWER = "answer escalations"
    KEEP_HOURS = "enter the hours that clients took part in a month"
    KEEP_LEAVE = "enter one's own leave"
    SAMPLE_THREADS = "read threads drawn at random, without names, numbers and places"
    READ_LOG = "read the engagement log"
    SEE_MEASURES = "see the measures of one's own clients, one's team, or the county: numbers alone"
    OVERSEE = "see what is overdue and passed up, and keep the leave and the calendars of others"
    REFER = "let a colleague or a provider see a client"
    TRANSFER = "give clients to another worker"
    KEEP_NOTICES = "see to notices that did not get through"
    MERGE = "make two records of one client one, and part them again"
    IMPORT = "bring in lists of clients and of visits"
    KEEP_STAFF = "open and close accounts, put them in teams, and let other systems in"


class Reach(StrEnum):
    """Whose clients a role reaches."""

    ALL = "all"
    TEAM = "those of the workers in one's team; without a team, all"
    OWN = "one's own: as worker, by a referral, or while one answers an escalation"
    AGREED = "those who were referred and agreed to it"
    NOBODY = "nobody's"


_READING = frozenset({Right.OWN_ACCOUNT, Right.SEE_CLIENTS, Right.SEE_PLANNED, Right.SEE_GOALS, Right.READ_THREADS})
_CASE_WORK = _READING | {
    Right.KEEP_NOTES,
    Right.WRITE,
    Right.TEXT,
    Right.KEEP_CONTACT,
    Right.KEEP_VISITS,
    Right.KEEP_HOURS,
    Right.ANSWER,
    Right.KEEP_LEAVE,
    Right.READ_LOG,
    Right.SEE_MEASURES,
    Right.REFER,
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ICW: frozenset(
        {Right.OWN_ACCOUNT, Right.SEE_CLIENTS, Right.SEE_PLANNED, Right.KEEP_CONTACT, Right.KEEP_LEAVE}
    ),
    Role.ETW: _CASE_WORK,
    Role.VC: _READING | {Right.KEEP_NOTES, Right.WRITE, Right.TEXT, Right.KEEP_VISITS, Right.ANSWER, Right.KEEP_LEAVE},
    Role.SUPERVISOR: _CASE_WORK | {Right.OVERSEE, Right.TRANSFER, Right.KEEP_NOTICES, Right.MERGE, Right.IMPORT},
    Role.MANAGER: frozenset({Right.OWN_ACCOUNT, Right.SEE_MEASURES}),
    Role.OBSERVER: frozenset({Right.OWN_ACCOUNT, Right.SAMPLE_THREADS}),
    Role.PROVIDER: frozenset({Right.OWN_ACCOUNT, Right.SEE_CLIENTS, Right.WRITE}),
    Role.ADMIN: frozenset({Right.OWN_ACCOUNT, Right.KEEP_NOTICES, Right.KEEP_STAFF, Right.IMPORT}),
}
"""Who lacks SEE_GOALS sees of a goal what its client shares, and who has WRITE without READ_THREADS of the texts their
own part (`records.thread_access`). A manager is shown numbers alone, an observer samples."""

REACH: Mapping[Role, Reach] = {
    Role.ICW: Reach.OWN,
    Role.ETW: Reach.OWN,
    Role.VC: Reach.OWN,
    Role.SUPERVISOR: Reach.TEAM,
    Role.MANAGER: Reach.NOBODY,
    Role.OBSERVER: Reach.NOBODY,
    Role.PROVIDER: Reach.AGREED,
    Role.ADMIN: Reach.NOBODY,
}


def needs_second_factor(role: Role) -> bool:
    """Whether a password alone does not do: for who sees more than their own clients, or keeps the accounts."""
    return bool(RIGHTS[role] & {Right.OVERSEE, Right.KEEP_STAFF})


def roles_with(right: Right) -> frozenset[Role]:
    return frozenset(role for role, rights in RIGHTS.items() if right in rights)
