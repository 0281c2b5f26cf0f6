"""What the records say in one word, in plain English for staff. A word that is not here is shown as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bot.site.wall_time import wall_time
from conversations.goals import Moment
from records.engagement import BOT, CLIENT

TRIGGERS = {
    "asked_for_person": "Asked for a person",
    "not_understood": "Not understood twice",
    "second_setback": "Two setbacks in a row",
    "quiet": "Has gone quiet",
    "supportive_service": "May need money, a ride, child care or tools",
    "opted_out": "Stopped the texts",
    "invite_unanswered": "Did not answer the invite",
    "media": "Sent a picture or a voice message",
    "nudge_expired": "Your text could not go out in time",
    "set_aside": "Milepost could not handle a text; please read it",
    "delivery_failing": "Texts do not arrive",
    "wrong_number": "Wrong number",
}

LEVELS = {"U0": "safety, now", "U1": "today", "U2": "next working day", "U3": "worth a look"}

OUTCOMES = {
    "talked": "Talked",
    "left_message": "Left a message",
    "met": "Met",
    "plan_changed": "Plan changed",
    "referred": "Referred to somebody",
    "no_contact": "No contact after three tries",
    "not_needed": "Not needed",
}
"""Domain guide 7.3."""

CONSENTS = {
    "none": "not invited yet",
    "invited": "invited, no answer yet",
    "active": "gets texts",
    "revoked": "stopped the texts",
    "closed": "gets no texts",
}

NUDGE_KINDS = {
    "invite": "Invite to texts",
    "step_reminder": "Reminder of the step",
    "check_in": "Check-in",
    "worker_nudge": "Text from a worker",
    "silence": "A second try, if they stay silent",
    "quiet": "You are told, if they stay silent",
    "end_of_rest": "End of the rest",
}

GOAL_STATUSES = {
    "active": "under way",
    "achieved": "reached",
    "replaced": "replaced",
    "paused": "resting",
    "released": "let go",
}

STEP_STATUSES = {
    "planned": "planned",
    "done": "done",
    "some": "some of it done",
    "not_yet": "not yet",
    "changed": "plans changed",
    "no_reply": "no answer",
}

STATES = {
    "due": "waiting to go out",
    "claimed": "going out",
    "unknown": "may have gone out; being looked up",
    "accepted": "handed to the carrier",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "did not arrive",
    "failed": "did not arrive",
    "suppressed": "not sent",
    "cancelled": "taken back",
    "expired": "not sent: it came too late to be of use",
    "parked": "set aside",
}

LOST = frozenset({"failed", "undelivered", "suppressed", "expired"})

ERRORS = {
    21211: "this is no number that can be texted",
    21610: "they told the carrier to stop these texts",
    21614: "this number cannot get texts; it may be a landline",
    30003: "the phone is off or out of reach",
    30005: "the number is not in use",
    30006: "this number cannot get texts; it may be a landline",
    30007: "the carrier filtered it out",
    30008: "the carrier gave no reason",
    30034: "the county's number is not registered with the carriers yet",
}
"""The provider's error codes (domain guide 7.2)."""

LOG_KINDS = {
    "text_in": "Client texted",
    "text_out": "Text to the client",
    "text_status": "What became of a text",
    "goal_set": "Goal set",
    "goal_revised": "Plan revised",
    "goal_achieved": "Goal reached",
    "goal_replaced": "Goal replaced",
    "goal_paused": "Goal resting",
    "goal_resumed": "Goal taken up again",
    "goal_released": "Goal let go",
    "step_reviewed": "Step looked back on",
    "idea_kept": "Idea kept",
    "nudge_planned": "Text planned",
    "nudge_sent": "Planned text went out",
    "nudge_held": "Planned text held back",
    "nudge_merged": "Planned text merged into another",
    "nudge_dropped": "Planned text dropped",
    "nudge_cancelled": "Planned text cancelled",
    "nudge_scheduled": "Text scheduled by a worker",
    "nudge_edited": "Scheduled text changed",
    "consent_changed": "Consent changed",
    "preference_set": "Preference set",
    "escalation_opened": "A person is needed",
    "escalation_repeated": "A person is needed, asked again",
    "escalation_acknowledged": "A person took it",
    "escalation_resolved": "A person closed it",
    "set_aside": "Could not be taken; set aside",
    "thread_viewed": "Texts looked at",
    "log_exported": "Log downloaded",
    "client_added": "Client added",
    "client_changed": "Client changed",
}

REASONS = {
    "quiet_hours": "moved out of the quiet hours",
    "quiet_day": "moved to a day on which texts go out",
    "holiday": "moved past a holiday",
    "resting": "moved to the end of the client's rest",
    "cap_day": "moved: one planned text a day is the limit",
    "cap_week": "moved: the limit for seven days is reached",
    "cap_month": "moved: the limit for thirty days is reached",
    "talking_now": "waited: the client was texting just then",
    "open_question": "waited: a question to the client is still open",
    "kept_for:step_reminder": "waited: the client was promised a reminder that day",
    "no_consent": "the client does not get texts",
    "answered": "the client had answered",
    "already_answered": "the client had been invited or had answered already",
    "expired": "it came too late to be of use",
    "rest_over": "the rest was over already",
    "too_late": "the step was under way already",
    "goal_closed": "the goal is closed",
    "step_changed": "there is a newer step",
    "step_over": "the step was looked back on already",
    "replanned": "replaced by a newer plan",
}


SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "nudge": NUDGE_KINDS,
    "escalation": TRIGGERS,
    "consent": CONSENTS,
    "text": STATES,
}
"""What the subject of a log row can be, by the first word of the row's kind."""


def in_words(table: Mapping[str, str]) -> Callable[[object], str]:
    return lambda word: table.get(str(word), str(word).replace("_", " "))


def reason(why: str) -> str:
    """Why something was moved, held or dropped. What a person wrote is left as written."""
    if why.startswith("merged_into:"):
        return f"another text went out at that moment: {NUDGE_KINDS.get(why.partition(':')[2], '')}".lower()
    if why in LEVELS:
        return f"raised to {why}: {LEVELS[why]}"
    return REASONS.get(why) or OUTCOMES.get(why) or (why if " " in why else why.replace("_", " "))


def about(kind: str, subject: str) -> str:
    """What a row of the log tells, with its subject where that says more than a number."""
    told = LOG_KINDS.get(kind, kind.replace("_", " "))
    words = SUBJECTS.get(kind.partition("_")[0], {}).get(subject)
    return f"{told}: {words[0].lower()}{words[1:]}" if words else told


def message_state(state: str, error_code: int | None) -> str:
    said = STATES.get(state, state)
    return f"{said}: {ERRORS.get(error_code, f'the carrier reported error {error_code}')}" if error_code else said


BABEL_HAS_NOT = {"hmn": "Hmong", "mww": "Hmong (White)", "ium": "Mien"}


def language(code: str) -> str:
    """The English name of a language; the code where nobody knows one."""
    if code in BABEL_HAS_NOT:
        return BABEL_HAS_NOT[code]
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def plan_moment(when: Moment, zone: ZoneInfo) -> str:
    """The moment of a step: with its hour, as a day, or in the client's own words."""
    match when.at:
        case datetime() as at:
            return wall_time(at, zone)
        case date() as day:
            return f"{day:%a %b} {day.day}"
        case None:
            return when.words or "not said"


def actor(who: str, names: Mapping[str, str]) -> str:
    """Whose doing it was; `names` are first names: of staff by id, of the client by CLIENT where there is but one."""
    return names.get(who) or {BOT: "Milepost", CLIENT: "the client"}.get(who, "somebody")


FILTERS: dict[str, Callable[..., object]] = {
    "trigger": in_words(TRIGGERS),
    "level": in_words(LEVELS),
    "outcome": in_words(OUTCOMES),
    "consent": in_words(CONSENTS),
    "nudge_kind": in_words(NUDGE_KINDS),
    "goal_status": in_words(GOAL_STATUSES),
    "step_status": in_words(STEP_STATUSES),
    "log_kind": in_words(LOG_KINDS),
    "about": about,
    "reason": reason,
    "message_state": message_state,
    "language": language,
    "plan_moment": plan_moment,
    "actor": actor,
}
