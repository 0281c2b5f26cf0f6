"""What stands at the head of every staff page, for whom it is there to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.wording import N_, _
from records.roles import Right
from records.sessions import Session

ALL_IN_A_ROW = 8
AT_FIRST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is what a page calls itself in `here`."""

    name: str
    title: str
    """In English, marked for the translators."""
    path: str
    right: Right
    key: str = ""
    """Pressed after `g`."""


@dataclass(frozen=True, slots=True)
class Menu:
    """`more` is unfolded; it is empty where all find room in a row."""

    row: Sequence[Entry]
    more: Sequence[Entry]

    def unfolded(self, here: str) -> str:
        """The title of the page one is on, if it is among `more`."""
        return next((_(entry.title) for entry in self.more if entry.name == here), "")


ENTRIES = (
    Entry("today", N_("Today"), "/staff", Right.ANSWER, "t"),
    Entry("caseload", N_("Clients"), "/staff/clients", Right.SEE_CLIENTS, "c"),
    Entry("waiting", N_("Waiting"), "/staff/waiting", Right.ANSWER, "w"),
    Entry("campaigns", N_("Nudges"), "/staff/campaigns", Right.TEXT, "n"),
    Entry("visits", N_("Visits"), "/staff/visits", Right.KEEP_VISITS, "v"),
    Entry("log", N_("Log"), "/staff/log", Right.READ_LOG, "l"),
    Entry("search", N_("Search texts"), "/staff/search", Right.READ_THREADS, "s"),
    Entry("approvals", N_("Approvals"), "/staff/approvals", Right.OVERSEE, "a"),
    Entry("team", N_("Team"), "/staff/team", Right.OVERSEE, "h"),
    Entry("measures", N_("Measures"), "/staff/measures", Right.SEE_MEASURES, "m"),
    Entry("samples", N_("Samples"), "/staff/samples", Right.SAMPLE_THREADS, "s"),
    Entry("leave", N_("Leave"), "/staff/leave", Right.KEEP_LEAVE, "e"),
    Entry("participation", N_("Participation"), "/staff/participation", Right.KEEP_HOURS, "p"),
    Entry("transfers", N_("Transfers"), "/staff/transfers", Right.TRANSFER, "r"),
    Entry("duplicates", N_("Duplicates"), "/staff/duplicates", Right.MERGE),
    Entry("imports", N_("Import"), "/staff/imports", Right.IMPORT, "i"),
    Entry("accounts", N_("Accounts"), "/staff/accounts", Right.KEEP_STAFF, "u"),
    Entry("tokens", N_("Tokens"), "/staff/tokens", Right.KEEP_STAFF, "k"),
    Entry("notices", N_("Notices"), "/staff/notices", Right.KEEP_NOTICES, "o"),
)
"""What is looked at most comes first."""


def menu_for(me: Session) -> Menu:
    theirs = [entry for entry in ENTRIES if me.may(entry.right)]
    in_row = len(theirs) if len(theirs) <= ALL_IN_A_ROW else AT_FIRST
    return Menu(theirs[:in_row], theirs[in_row:])
