"""The filters by which templates say what the records say in one word."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.site.wall_time import hour, short_day, wall_time
from bot.staff.plain_words.browsers import browser
from bot.staff.plain_words.clients import (
    CHANNEL_NAMES,
    CHANNEL_TAGS,
    CHANNELS,
    CONSENTS,
    GROUPS,
    LIST_KINDS,
    MODES,
    NOTE_KINDS,
    PARTS_OF_DAY,
    REMINDER_STATUSES,
    RHYTHMS,
    ROLES,
    SPEAKERS,
    UPLOAD_STATES,
    VERDICTS,
    VISIT_STATUSES,
)
from bot.staff.plain_words.escalations import ABOUT, HELD_BY, HOLDS, LEVELS, OCCASIONS, OUTCOMES, TRIGGERS
from bot.staff.plain_words.log import LOG_KINDS, SUBJECTS
from bot.staff.plain_words.plans import (
    CHANGE_REASONS,
    GOAL_EVENTS,
    GOAL_STATUSES,
    OWNERS,
    PLAN_PARTS,
    PLAN_WORDS,
    STEP_STATUSES,
)
from bot.staff.plain_words.texts import (
    CAMPAIGN_STATES,
    IN_CHAT,
    NUDGE_KINDS,
    NUDGE_STATES,
    PICTURE_PROBLEMS,
    REASONS,
    STATES,
    WHY_NOT,
)
from bot.wording import Words, _, locale, ngettext
from conversations import provider_errors
from conversations.goals import Moment
from conversations.repeats import TWO_WEEKS, day_of_month, weekdays
from records.channels import ChannelName
from records.engagement import BOT, CLIENT
from records.searchable_words import excerpt
from records.staff_reads import Text


def in_words(table: Mapping[str, str]) -> Callable[[object], str]:
    return lambda word: table.get(str(word), str(word).replace("_", " "))


ERROR = re.compile(r"error (\d+)")


def reason(why: str) -> str:
    """Why something was moved, held or dropped. What a person wrote is left as written."""
    if why.startswith(("merged_into:", "after:")):
        other = NUDGE_KINDS.get(why.partition(":")[2], "")
        return _("another text went out at that moment: %(text)s", text=other.lower())
    if code := ERROR.fullmatch(why):
        return _(provider_errors.of(int(code[1])).means)
    if why in LEVELS:
        return _("raised to %(level)s: %(means)s", level=why, means=LEVELS[why])
    return REASONS.get(why) or OUTCOMES.get(why) or CHANNELS.get(why) or (why if " " in why else why.replace("_", " "))


def about(kind: str, subject: str) -> str:
    """What a row of the log tells, with its subject where that says more than a number."""
    told = LOG_KINDS.get(kind, kind.replace("_", " "))
    words = SUBJECTS.get(kind.partition("_")[0], {}).get(subject)
    return f"{told}: {words[0].lower()}{words[1:]}" if words else told


def message_state(state: str, error_code: int | None) -> str:
    said = STATES.get(state, state)
    return f"{said}: {_(provider_errors.of(error_code).means)}" if error_code else said


def text_state(text: Text, zone: ZoneInfo) -> str:
    """What became of a text of ours on its channel, and when it goes by another."""
    in_chat = IN_CHAT.get(text.state) if text.channel == ChannelName.WEB_CHAT else None
    if in_chat and text.by_sms_at and text.state not in SETTLED_IN_CHAT:
        at = hour_or_day(text.by_sms_at, text.at, zone)
        return _("%(said)s; goes by text after %(at)s", said=in_chat, at=at)
    if in_chat:
        return in_chat
    said = message_state(text.state, text.error_code)
    if text.channel == ChannelName.SMS and text.by_sms_at and text.error_code != provider_errors.NOT_OPENED:
        return _("%(said)s, by text: they did not open the chat", said=said)
    return said


def hour_or_day(at: datetime, since: datetime, zone: ZoneInfo) -> str:
    """The hour alone if it is of the same day as `since`."""
    is_same_day = at.astimezone(zone).date() == since.astimezone(zone).date()
    return clock_time(at, zone) if is_same_day else wall_time(at, zone)


SETTLED_IN_CHAT = frozenset({"delivered", "expired"})


def how_often(repeats: str) -> str:
    """How often a client's own reminder comes; "" for once."""
    if repeats == TWO_WEEKS:
        return _("every two weeks")
    if day := day_of_month(repeats):
        return _("every month on day %(day)s", day=day)
    days = weekdays(repeats)
    names = get_day_names("wide", locale=locale())
    if len(days) == len(names):
        return _("every day")
    return _("every %(days)s", days=format_list([names[day] for day in days], locale=locale())) if days else ""


def in_time(due_at: datetime, now: datetime) -> str:
    """How long until then, or since, as people say it: "due in 2 hours", "25 minutes late"."""
    minutes = round(abs((due_at - now).total_seconds()) / 60)
    hours, days = round(minutes / 60), round(minutes / (60 * 24))
    if days >= MANY:
        span = ngettext("%(count)s day", "%(count)s days", days)
    elif hours >= MANY:
        span = ngettext("%(count)s hour", "%(count)s hours", hours)
    else:
        span = ngettext("%(count)s minute", "%(count)s minutes", minutes)
    return _("due in %(span)s", span=span) if due_at > now else _("%(span)s late", span=span)


MANY = 2
"""From so many hours or days on it is counted in these."""


def occasion(word: str) -> str:
    return in_words(OCCASIONS)(word.partition(":")[0])


BABEL_HAS_NOT = Words({"hmn": "Hmong", "mww": "Hmong (White)", "ium": "Mien"})


def language(code: str) -> str:
    """The name of a language for whoever reads; the code where nobody knows one."""
    if code in BABEL_HAS_NOT:
        return BABEL_HAS_NOT[code]
    try:
        return Locale.parse(code, sep="-").get_display_name(locale()) or code
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
            return when.words or _("not said")


def stored_moment(stored: str, zone: ZoneInfo) -> str:
    """As `plan_moment`, of a moment as goals store it."""
    return plan_moment(Moment.read(stored), zone)


def change_reason(why: str) -> str:
    """Why a plan was changed. What a client wrote is left as written."""
    return CHANGE_REASONS.get(why, why)


def number(count: float) -> str:
    """With the signs between the thousands."""
    return format_decimal(count, locale=locale())


US = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")


def phone_number(e164: str) -> str:
    """As it is read in the United States; another country's as it is stored."""
    return US.sub(r"\1-\2-\3", e164)


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    return hour(at.astimezone(zone))


def day_name(day: date) -> str:
    return short_day(day)


def next_id(known: str) -> str:
    """What to ask a thread for as `before`, so that this very text is the newest on the page."""
    return f"{int(known, 16) + 1:032x}"


def actor(who: str, names: Mapping[str, str]) -> str:
    """Whose doing it was; `names` are first names: of staff by id, of the client by CLIENT where there is but one."""
    return names.get(who) or {BOT: "Milepost", CLIENT: _("the client")}.get(who) or _("somebody")


FILTERS: dict[str, Callable[..., object]] = {
    "browser": browser,
    "trigger": in_words(TRIGGERS),
    "item_about": in_words(ABOUT),
    "mode": in_words(MODES),
    "channel": in_words(CHANNELS),
    "channel_name": in_words(CHANNEL_NAMES),
    "channel_tag": in_words(CHANNEL_TAGS),
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
    "picture_problem": in_words(PICTURE_PROBLEMS),
    "group": in_words(GROUPS),
    "hold": in_words(HOLDS),
    "goal_status": in_words(GOAL_STATUSES),
    "step_status": in_words(STEP_STATUSES),
    "log_kind": in_words(LOG_KINDS),
    "about": about,
    "reason": reason,
    "message_state": message_state,
    "text_state": text_state,
    "language": language,
    "plan_moment": plan_moment,
    "stored_moment": stored_moment,
    "goal_event": in_words(GOAL_EVENTS),
    "plan_part": in_words(PLAN_PARTS),
    "plan_word": in_words(PLAN_WORDS),
    "change_reason": change_reason,
    "nudge_state": in_words(NUDGE_STATES),
    "upload_state": in_words(UPLOAD_STATES),
    "list_kind": in_words(LIST_KINDS),
    "verdict": in_words(VERDICTS),
    "rhythm": in_words(RHYTHMS),
    "part_of_day": in_words(PARTS_OF_DAY),
    "phone_number": phone_number,
    "actor": actor,
    "role": in_words(ROLES),
    "number": number,
    "speaker": in_words(SPEAKERS),
    "excerpt": excerpt,
    "next_id": next_id,
}
