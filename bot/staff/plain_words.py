"""What the records say in one word, in plain English for staff. A word that is not here is shown as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from bot.site.wall_time import hour, wall_time
from bot.staff.access.browsers import browser
from conversations import provider_errors
from conversations.goals import Moment
from conversations.repeats import TWO_WEEKS, day_of_month, weekdays
from records.engagement import BOT, CLIENT

TRIGGERS = {
    "self_harm": "Words of self-harm",
    "partner_violence": "Words of violence at home",
    "harm_to_others": "Words of harm to a child or an elder",
    "medical": "Words of a medical emergency",
    "crisis_in_doubt": "May be in danger; please read the texts",
    "hint_of_danger": "A text may hint at danger; please read it",
    "unsafe_to_text": "Said that texts are not safe",
    "safety_word": "Used their safety word",
    "basic_need": "Needs food, shelter or power",
    "asked_for_person": "Asked for a person",
    "waits_for_reply": "Waits for a person's answer",
    "complaint": "Is angry or complains",
    "help_getting_there": "Needs help getting to a visit",
    "no_time_fits": "No free time for a visit fits",
    "running_late": "Is running late for a visit",
    "visit_missed": "Missed a visit",
    "visit_ended": "Called off a visit, without a new time",
    "not_understood": "Not understood twice",
    "out_of_scope": "Asked something that Milepost cannot answer",
    "second_setback": "Two setbacks in a row",
    "supportive_service": "May need money, a ride, child care or tools",
    "low_life_pulse": "Said that things are hard right now",
    "quiet": "Has gone quiet",
    "opted_out": "Stopped the texts",
    "opt_out_in_doubt": "May want the texts to stop",
    "wrong_number": "Wrong number",
    "consent_expired": "Did not say whether texts are still welcome",
    "delivery_failing": "Texts do not arrive",
    "filtered_by_carrier": "The carriers do not let the county's texts through",
    "language_not_offered": "Wants a language that is not offered",
    "private_number_sent": "Sent a private number; it was taken out",
    "content_rule_broken": "A text broke a rule for what we write",
    "invite_unanswered": "Did not answer the invite",
    "media": "Sent a picture or a voice message",
    "answering_machine": "A machine answers the texts",
    "nudge_expired": "Your text could not go out in time",
    "promise_broken": "Was promised a person, and none came in time",
    "set_aside": "Milepost could not handle a text; please read it",
    "restored": "Milepost was put back from a backup; please see what is missing",
}

ABOUT = {
    "a_ride": "a ride",
    "child_care": "child care",
    "phone_visit": "a visit by phone",
    "something_else": "something else",
}
"""What an item is about, where more than the trigger is known."""

HOLDS = {**TRIGGERS, "paused": "Paused by a worker"}
"""Why what goes out by itself waits."""

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
    "renew_due": "asked whether texts are still welcome",
    "expired": "did not renew the yes to texts",
    "revoked": "stopped the texts",
    "wrong_number": "this is not their number",
    "closed": "gets no texts",
}

CHANNELS = {
    "sms": "by text",
    "bot": "by Milepost",
    "provider": "from the carrier",
    "staff": "on the staff pages",
    "voice": "by phone call",
    "mail": "by mail or e-mail",
    "in_person": "in person",
}
"""How somebody said that texts are welcome, or not."""

MODES = {
    "bot": "Milepost answers",
    "human": "a person has the thread",
    "stopped": "stopped after a crisis",
    "silent": "texts are not safe",
}

VISIT_STATUSES = {
    "planned": "not confirmed yet",
    "confirmed": "confirmed",
    "attended": "attended",
    "missed": "missed",
    "ended_by_client": "called off by the client",
    "ended_by_office": "called off by the office",
}

REMINDER_STATUSES = {
    "set": "to come",
    "sent": "sent, not answered",
    "done": "done",
    "removed": "removed",
}

OWNERS = {"client": "the client", "worker": "the worker"}
"""Whose the next step is."""

HELD_BY = {
    "worker": "the worker",
    "team": "the team",
    "supervisor": "the supervisor",
    "manager": "the manager",
}

OCCASIONS = {
    "opened": "A person is needed",
    "repeated": "Asked again",
    "raised": "More urgent than before",
    "reassigned": "Given to somebody else",
    "again": "Called again: nobody took it",
    "half_time": "Half of the time is over",
    "passed_up": "Passed up: nobody took it in time",
    "promise_broken": "A promise to the client was not kept",
    "back": "Back after it was put off",
    "resolved": "Closed",
    "digest": "The daily digest",
}
"""What a notice to another system says."""

NUDGE_KINDS = {
    "invite": "Invite to texts",
    "renewal": "Are texts still welcome?",
    "step_reminder": "Reminder of the step",
    "own_reminder": "A reminder that they asked for",
    "visit_ask": "Question about the visit",
    "visit_tomorrow": "Reminder the day before the visit",
    "visit_today": "Reminder on the day of the visit",
    "visit_missed": "After a missed visit: another time?",
    "visit_ended": "The visit is called off: another time?",
    "check_in": "Check-in",
    "worker_nudge": "Text from a worker",
    "later": "An open question, asked again",
    "silence": "A second try, if they stay silent",
    "quiet": "You are told, if they stay silent",
    "still_quiet": "You are told again, if they stay silent",
    "end_of_rest": "End of the rest",
    "breath": "Words that wait for more",
    "promise": "A person was promised by then",
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

GOAL_EVENTS = {
    "set": "Set",
    "revised": "Revised",
    "achieved": "Reached",
    "replaced": "Replaced by another goal",
    "paused": "Put to rest",
    "resumed": "Taken up again",
    "released": "Let go",
}

PLAN_PARTS = {
    "text": "Goal",
    "meaning": "Why",
    "difficulty": "Size",
    "step.text": "Step",
    "step.when": "When",
    "step.where": "Where",
    "step.support": "Who helps",
    "step.obstacle": "Pothole",
    "step.detour": "Detour",
    "step.first_action": "First action",
    "step.reminder": "Reminder",
}

PLAN_WORDS = {
    "easy": "easy",
    "just_right": "just right",
    "a_lot": "a lot",
    "that_morning": "that morning",
    "hour_before": "one hour before",
    "night_before": "the night before",
    "none": "none",
}

CHANGE_REASONS = {
    "step": "another step",
    "when": "another time",
    "where": "another place or way",
    "pothole": "another pothole",
    "next_step": "the next step",
    "new_time": "a new time",
    "smaller": "a smaller step",
    "smaller_step": "a smaller step",
    "new_plan": "a new plan",
    "new_goal": "a new goal",
    "shared": "shared with the worker",
    "not_shared": "not shared with the worker",
    "that_morning": "reminder that morning",
    "hour_before": "reminder one hour before",
    "night_before": "reminder the night before",
    "none": "no reminder",
}

NUDGE_STATES = {
    "merged": "part of another text",
    "dropped": "dropped",
    "cancelled": "cancelled",
}

RHYTHMS = {
    "daily": "every day",
    "weekly": "every week",
    "two_weeks": "every two weeks",
    "when_i_text": "only when they text",
}

PARTS_OF_DAY = {"": "any time in the sending hours", "morning": "morning", "midday": "midday", "evening": "evening"}

UPLOAD_STATES = {
    "weighing": "being looked at",
    "weighed": "waits for your word",
    "running": "being brought in",
    "finished": "brought in",
    "stopped": "stopped",
    "dropped": "dropped",
}

VERDICTS = {
    "new": "New",
    "changed": "Changed",
    "moved": "Moved to another time",
    "ended": "Called off by the office",
    "same": "As known already",
    "bad": "Left out",
}

STATES = {
    "due": "waiting to go out",
    "held": "held back",
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

CAMPAIGN_STATES = {
    "waiting": "waits for a supervisor's yes",
    "going": "goes out",
    "refused": "not approved",
    "stopped": "stopped",
}

WHY_NOT = {
    "no_consent": "They do not get texts. Call, write a letter or meet.",
    "mode_human": "A person has the thread. Write to them there.",
    "mode_stopped": "The texts are stopped until a person starts them again.",
    "mode_silent": "Texts are not safe for them. Use the safe-contact plan.",
    "not_written": "Nobody wrote it in their language. Choose a reviewed text, or call.",
    "nothing_to_put_in": "What stands in {braces} is not known of them. Leave it out, or write to them alone.",
    "no_room": "The limits leave no room within a week. Choose a later day.",
    "no_moment": "The county's hours and holidays leave no moment for it.",
}
"""Why a client gets none of a text to several, and what to do instead."""

GROUPS = {
    "": "All of my clients",
    "chosen": "Those I choose",
    "quiet": "Those who have not texted for a week",
    "visit_soon": "Those with a visit in the next seven days",
}

LOG_KINDS = {
    "text_in": "Client texted",
    "text_out": "Text to the client",
    "text_status": "What became of a text",
    "text_interpreted": "Put into the client's language by",
    "goal_set": "Goal set",
    "goal_revised": "Plan revised",
    "goal_achieved": "Goal reached",
    "goal_replaced": "Goal replaced",
    "goal_paused": "Goal resting",
    "goal_resumed": "Goal taken up again",
    "goal_released": "Goal let go",
    "step_reviewed": "Step looked back on",
    "idea_kept": "Idea kept",
    "roadmap_kept": "Roadmap kept",
    "nudge_planned": "Text planned",
    "nudge_sent": "Planned text went out",
    "nudge_held": "Planned text held back",
    "nudge_merged": "Planned text merged into another",
    "nudge_dropped": "Planned text dropped",
    "nudge_cancelled": "Planned text cancelled",
    "nudge_scheduled": "Text scheduled by a worker",
    "nudge_edited": "Scheduled text changed",
    "nudge_beyond_cap": "Text scheduled beyond the limit",
    "campaign_scheduled": "Text to several scheduled",
    "campaign_decided": "Text to several answered by a supervisor",
    "campaign_stopped": "Text to several stopped",
    "campaign_started_again": "Text to several started again",
    "consent_changed": "Consent changed",
    "mode_changed": "Who answers",
    "texts_held": "Texts held back",
    "hold_ended": "Texts go out again",
    "preference_set": "Preference set",
    "instrument_answered": "Question answered",
    "visit_entered": "Visit entered",
    "visit_confirmed": "Visit confirmed",
    "visit_leave_planned": "Said when they leave for the visit",
    "visit_moved": "Visit moved",
    "visit_attended": "Visit attended",
    "visit_missed": "Visit missed",
    "visit_ended_by_client": "Visit called off by the client",
    "visit_ended_by_office": "Visit called off by the office",
    "times_held": "Free times held for a client",
    "times_offered": "Free times offered",
    "time_withdrawn": "Free time withdrawn",
    "reminder_set": "Own reminder set",
    "reminder_sent": "Own reminder sent",
    "reminder_done": "Own reminder done",
    "reminder_removed": "Own reminder removed",
    "escalation_opened": "A person is needed",
    "escalation_repeated": "A person is needed, asked again",
    "escalation_acknowledged": "A person took it",
    "escalation_contacted": "A person turned to the client",
    "escalation_reassigned": "Given to somebody else",
    "escalation_snoozed": "Put off",
    "escalation_back": "Back after it was put off",
    "escalation_merged": "Added to another of the same client",
    "escalation_called_again": "Nobody took it; called again",
    "escalation_passed_on": "Nobody took it; passed on",
    "escalation_resolved": "A person closed it",
    "promise_broken": "A promise to the client was not kept",
    "leave_added": "Leave entered",
    "leave_removed": "Leave removed",
    "set_aside": "Could not be taken; set aside",
    "thread_opened": "Said why they read the texts",
    "thread_viewed": "Texts looked at",
    "list_imported": "List brought in",
    "transcript_printed": "Texts printed for the case file",
    "log_exported": "Log downloaded",
    "measures_exported": "Measures downloaded",
    "client_added": "Client added",
    "client_changed": "Client changed",
    "plan_written": "Plan written down by a worker, and sent for a yes",
    "note_added": "Note written",
    "note_changed": "Note changed",
    "client_merged": "Two records of a client made one",
    "client_merge_undone": "Two records of a client parted again",
    "client_transferred": "Client given to another worker",
    "client_referred": "Client referred to a colleague",
    "referral_ended": "Referral ended",
    "account_changed": "Account changed",
    "system_let_in": "Another system was let in",
    "system_shut_out": "Another system was shut out",
}

NOTE_KINDS = {
    "note": "Note",
    "call": "Talked by phone",
    "visit": "Met in person",
    "letter": "Wrote a letter or an e-mail",
    "no_answer": "Tried to call, no answer",
    "addition": "Added",
}

CLIENT_CHANGES = {
    "number": "The phone number",
    "safety_word_set": "A safety word was set",
    "safety_word_cleared": "The safety word was cleared",
}

THREAD_REASONS = {
    "coaching": "Coaching a worker",
    "quality": "Looking at how the texts go",
    "concern": "A concern or a complaint about this client's texts",
    "helping": "Helping out for their worker",
    "request": "The client, or somebody for them, asked for it",
    "other": "Something else",
}
"""Why a supervisor reads a thread, by `records.thread_access.Why`."""

ACCOUNT_CHANGES = {
    "opened": "Opened",
    "invited": "An invitation was made",
    "password_set": "A password was set",
    "second_factor_set": "A second factor was set up",
    "second_factor_reset": "The second factor was reset",
    "identity_tied": "Tied to a county account",
    "log_ins_ended": "Other log-ins were ended",
    "languages": "The languages they write were noted",
    "calendar_opened": "An address for their calendar was made",
    "calendar_closed": "The address for their calendar was ended",
}

REASONS = {
    "paused": "waited: a worker paused what goes out by itself",
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
    "kept_for:visit": "waited: the texts about a visit come first",
    "visit_over_cap": "beyond the limit: a visit cannot wait",
    "mode_human": "waited: a person has this conversation",
    "mode_stopped": "waited: the texts are stopped until a person starts them again",
    "mode_silent": "waited: texts are not safe for the client",
    "person_needed": "waited: a person is needed at once",
    "person_wrote": "waited: a person wrote in the last 12 hours",
    "renew_due": "waited: the client was asked whether texts are still welcome",
    "heard_since": "moved: the client was heard of",
    "kept": "a person turned to the client in time",
    "reminder_over": "the reminder came or was removed already",
    "visit_over": "the visit was long ago",
    "visit_moved": "the visit was moved",
    "visit_attended": "the visit took place",
    "visit_ended_by_client": "the client called the visit off",
    "visit_ended_by_office": "the office called the visit off",
    "past_its_end": "the last day chosen for it had passed",
    "no_consent": "the client does not get texts",
    "answered": "the client had answered",
    "already_answered": "the client had been invited or had answered already",
    "expired": "it came too late to be of use",
    "rest_over": "the rest was over already",
    "too_late": "its day or hour had passed",
    "goal_closed": "the goal is closed",
    "step_changed": "there is a newer step",
    "step_over": "the step was looked back on already",
    "replanned": "replaced by a newer plan",
    "opted_out": "the client stopped the texts",
    "wrong_number": "it is not the client's number",
    "consent_expired": "the client did not say that texts are still welcome",
    "danger": "the client may be in danger",
    "reminder_chosen": "the client chose another reminder",
    "already_reported": "the client had told how it went",
    "rest_ended": "the rest is over",
    "asked_for_later": "the client asked to hear it later",
    "plan_changed": "the plan changed",
    "said_moved": "the client heard of the new time at once",
    "stopped_by_worker": "its worker stopped it",
    "restored": "it may have gone out before Milepost was put back from a backup",
}


SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "nudge": NUDGE_KINDS,
    "campaign": CAMPAIGN_STATES,
    "escalation": TRIGGERS,
    "promise": TRIGGERS,
    "consent": CONSENTS,
    "text": STATES,
    "texts": HOLDS,
    "hold": HOLDS,
    "mode": MODES,
    "client": CLIENT_CHANGES,
    "note": NOTE_KINDS,
    "account": ACCOUNT_CHANGES,
    "thread": THREAD_REASONS,
}
"""What the subject of a log row can be, by the first word of the row's kind."""


def in_words(table: Mapping[str, str]) -> Callable[[object], str]:
    return lambda word: table.get(str(word), str(word).replace("_", " "))


def reason(why: str) -> str:
    """Why something was moved, held or dropped. What a person wrote is left as written."""
    if why.startswith(("merged_into:", "after:")):
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
    return f"{said}: {provider_errors.of(error_code).means}" if error_code else said


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def how_often(repeats: str) -> str:
    """How often a client's own reminder comes; "" for once."""
    if repeats == TWO_WEEKS:
        return "every two weeks"
    if day := day_of_month(repeats):
        return f"every month on day {day}"
    days = weekdays(repeats)
    if len(days) == len(DAYS):
        return "every day"
    return f"every {' and '.join(DAYS[day] for day in days)}" if days else ""


def in_time(due_at: datetime, now: datetime) -> str:
    """How long until then, or since, as people say it: "due in 2 hours", "25 minutes late"."""
    minutes = round(abs((due_at - now).total_seconds()) / 60)
    hours, days = round(minutes / 60), round(minutes / (60 * 24))
    count, unit = next(
        (each for each in ((days, "day"), (hours, "hour")) if each[0] >= MANY[each[1]]), (minutes, "minute")
    )
    span = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"due in {span}" if due_at > now else f"{span} late"


MANY = {"day": 2, "hour": 2}
"""From so many on it is counted in these."""


def occasion(word: str) -> str:
    return in_words(OCCASIONS)(word.partition(":")[0])


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
            return day_name(day)
        case None:
            return when.words or "not said"


def stored_moment(stored: str, zone: ZoneInfo) -> str:
    """As `plan_moment`, of a moment as goals store it."""
    return plan_moment(Moment.read(stored), zone)


def change_reason(why: str) -> str:
    """Why a plan was changed. What a client wrote is left as written."""
    return CHANGE_REASONS.get(why, why)


US = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


def phone_number(e164: str) -> str:
    """As it is read in the United States; another country's as it is stored."""
    return US.sub(r"\1-\2-\3", e164)


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    return hour(at.astimezone(zone))


def day_name(day: date) -> str:
    return f"{day:%a %b} {day.day}"


def actor(who: str, names: Mapping[str, str]) -> str:
    """Whose doing it was; `names` are first names: of staff by id, of the client by CLIENT where there is but one."""
    return names.get(who) or {BOT: "Milepost", CLIENT: "the client"}.get(who, "somebody")


FILTERS: dict[str, Callable[..., object]] = {
    "browser": browser,
    "trigger": in_words(TRIGGERS),
    "item_about": in_words(ABOUT),
    "mode": in_words(MODES),
    "channel": in_words(CHANNELS),
    "visit_status": in_words(VISIT_STATUSES),
    "reminder_status": in_words(REMINDER_STATUSES),
    "owner": in_words(OWNERS),
    "held_by": in_words(HELD_BY),
    "occasion": occasion,
    "how_often": how_often,
    "in_time": in_time,
    "clock_time": clock_time,
    "day_name": day_name,
    "level": in_words(LEVELS),
    "outcome": in_words(OUTCOMES),
    "consent": in_words(CONSENTS),
    "note_kind": in_words(NOTE_KINDS),
    "nudge_kind": in_words(NUDGE_KINDS),
    "campaign_state": in_words(CAMPAIGN_STATES),
    "why_not": in_words(WHY_NOT),
    "group": in_words(GROUPS),
    "hold": in_words(HOLDS),
    "goal_status": in_words(GOAL_STATUSES),
    "step_status": in_words(STEP_STATUSES),
    "log_kind": in_words(LOG_KINDS),
    "about": about,
    "reason": reason,
    "message_state": message_state,
    "language": language,
    "plan_moment": plan_moment,
    "stored_moment": stored_moment,
    "goal_event": in_words(GOAL_EVENTS),
    "plan_part": in_words(PLAN_PARTS),
    "plan_word": in_words(PLAN_WORDS),
    "change_reason": change_reason,
    "nudge_state": in_words(NUDGE_STATES),
    "upload_state": in_words(UPLOAD_STATES),
    "verdict": in_words(VERDICTS),
    "rhythm": in_words(RHYTHMS),
    "part_of_day": in_words(PARTS_OF_DAY),
    "phone_number": phone_number,
    "actor": actor,
}
