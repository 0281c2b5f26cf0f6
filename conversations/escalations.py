"""When a person is needed: why, how soon, and what is open already (domain guide 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How soon a person is due (domain guide 7.1). The lower, the graver."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"


PRESSING = frozenset({Level.U0, Level.U1})
"""While one of these is open, no text goes out by itself (domain guide 7.3)."""


class Trigger(StrEnum):
    """Why a person is needed (domain guide 7.2). An item is open once a client and trigger."""

    SELF_HARM = "self_harm"
    PARTNER_VIOLENCE = "partner_violence"
    HARM_TO_OTHERS = "harm_to_others"
    MEDICAL = "medical"
    CRISIS_IN_DOUBT = "crisis_in_doubt"
    HINT_OF_DANGER = "hint_of_danger"
    UNSAFE_TO_TEXT = "unsafe_to_text"
    SAFETY_WORD = "safety_word"
    BASIC_NEED = "basic_need"
    ASKED_FOR_PERSON = "asked_for_person"
    WAITS_FOR_REPLY = "waits_for_reply"
    COMPLAINT = "complaint"
    HELP_GETTING_THERE = "help_getting_there"
    NO_TIME_FITS = "no_time_fits"
    RUNNING_LATE = "running_late"
    VISIT_MISSED = "visit_missed"
    VISIT_ENDED = "visit_ended"
    NOT_UNDERSTOOD = "not_understood"
    OUT_OF_SCOPE = "out_of_scope"
    SECOND_SETBACK = "second_setback"
    SUPPORTIVE_SERVICE = "supportive_service"
    LOW_LIFE_PULSE = "low_life_pulse"
    QUIET = "quiet"
    OPTED_OUT = "opted_out"
    OPT_OUT_IN_DOUBT = "opt_out_in_doubt"
    WRONG_NUMBER = "wrong_number"
    CONSENT_EXPIRED = "consent_expired"
    DELIVERY_FAILING = "delivery_failing"
    FILTERED_BY_CARRIER = "filtered_by_carrier"
    LANGUAGE_NOT_OFFERED = "language_not_offered"
    PRIVATE_NUMBER_SENT = "private_number_sent"
    CONTENT_RULE_BROKEN = "content_rule_broken"
    INVITE_UNANSWERED = "invite_unanswered"
    MEDIA = "media"
    ANSWERING_MACHINE = "answering_machine"
    """Something answers our texts by itself; we have stopped answering it."""
    NUDGE_EXPIRED = "nudge_expired"
    PROMISE_BROKEN = "promise_broken"
    SET_ASIDE = "set_aside"
    """Deciding on a text or a nudge failed in our own code; opened by the records."""
    RESTORED = "restored"
    """The database was put back from a copy; something of theirs since then is lost. Opened by the records."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An escalation that is not resolved. `contacted_at` is when a person first turned to the client about it (UTC)."""

    trigger: Trigger
    level: Level
    due_at: datetime
    contacted_at: datetime | None = None
