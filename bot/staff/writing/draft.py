"""A text that a worker is about to schedule: what it says on the phone, when it would go, what is amiss. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.staff import fields
from bot.staff.writing.timing_draft import Timing, anchored, rounds, terms_of
from bot.wording import _, told
from conversations import content_rules, merge_fields, wording
from conversations.effects import Purpose, Send, SendWords, Texted
from conversations.languages import Language
from conversations.nudge_terms import NO_TERMS, Terms
from conversations.nudges import NudgeKind
from conversations.situation import Situation
from conversations.text_rules import Broken, RuleLists
from conversations.worker_templates import WORKER_TEMPLATES
from scheduler.windows import Allowed, NoMomentError, local_day, next_allowed, next_day
from scheduler.worker_terms import over

OWN = "own"
LONGEST, LONGEST_NAME = 600, 80
A_WEEK = timedelta(days=7)
FARTHEST = timedelta(days=366)
NO_TIMING = Timing()
CAPS = (CAP_DAY, CAP_WEEK) = ("cap_day", "cap_week")


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it was filled in. `what` is a template's name or OWN; `date`, `time` are the client's wall clock.

    `put_by` is who put the words into the client's language, where the worker does not write it.
    """

    token: str
    what: str = ""
    words: str = ""
    date: str = ""
    time: str = ""
    timing: Timing = NO_TIMING
    put_by: str = ""
    id: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """The text as the phone will show it. `hints` are for the worker to weigh; `draft` says that nobody reviewed it."""

    body: str
    language: str
    segments: int
    encoding: str
    hints: Sequence[str] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Going:
    """When it would go (UTC), why not at the moment asked for, and which it would be of the texts of seven days."""

    at: datetime
    wanted: datetime
    reason: str
    in_week: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """`problems` are by the field they belong beside. Only a draft without any can be scheduled.

    `rounds` are the next moments at which a text comes that comes again.
    """

    problems: Mapping[str, str] = field(default_factory=dict)
    shown: Shown | None = None
    goes: Going | None = None
    terms: Terms = NO_TERMS
    rounds: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What a draft is weighed against. `texts` are when other unprompted texts went or are to go (UTC).

    `writes` says whether the worker writes the client's language.
    """

    situation: Situation
    language: Language
    lists: RuleLists | None
    texts: Sequence[datetime]
    now: datetime
    writes: bool = True


def weigh(draft: Draft, around: Around) -> Weighed:
    problems: dict[str, str] = {}
    phone = shown(draft.what, filled(draft.words, around), around)
    if phone is None:
        problems["words"] = _("Choose a text above, or write your own here.")
    elif draft.what == OWN:
        problems |= words_amiss(draft.words, draft.put_by, around)
    wanted = _wanted(draft, around, problems)
    if wanted is None:
        return Weighed(problems, phone)
    situation, timing = around.situation, draft.timing
    goes = going(wanted, around, problems)
    if goes and timing.beyond and goes.reason in CAPS:
        goes = going(wanted, around, problems, beyond=True)
    else:
        timing = replace(timing, beyond="")
    terms = terms_of(timing, situation, wanted, around.now, problems)
    if goes and over(terms, situation, goes.at):
        problems["amount" if timing.anchor else "date"] = _("The rules leave no moment for it before then.")
    return Weighed(problems, phone, goes, terms, rounds(terms, wanted, situation.client.zone))


def words_amiss(words: str, put_by: str, around: Around) -> dict[str, str]:
    """What is amiss with words of one's own, by field: nothing to put in, or nobody who put them into the language."""
    problems: dict[str, str] = {}
    _look_for_fields(words, around, problems)
    if amiss := interpreter_missing(put_by, around):
        problems["put_by"] = amiss
    return problems


def interpreter_missing(put_by: str, around: Around) -> str:
    """What to do where words of one's own are in a language that one does not write; "" where nothing is amiss."""
    return "" if around.writes or put_by else _("Say who put it into their language: a colleague or an interpreter.")


def answer(words: str, name: str, around: Around) -> Shown | None:
    """A worker's own words as they go out at once under their first name; None where there are none."""
    said = as_texted(SendWords(words[:LONGEST], Purpose.HUMAN, signed=name), around) if words else None
    return _shown(OWN, said, around) if said else None


def as_texted(wish: Send | SendWords, around: Around) -> Texted | None:
    languages = {around.situation.client.language: around.language}
    (said,) = wording.say([wish], around.situation, languages, around.now)
    return said if isinstance(said, Texted) else None


def going_now(around: Around) -> Going | None:
    """When a text that nobody asked for may go, if it is wanted now; None where there is no moment for it."""
    return going(around.now, around, {})


def soonest(around: Around) -> datetime | None:
    """The next full quarter of an hour at which a text may go, on the client's clock; None where there is none."""
    quarter = timedelta(minutes=15)
    found = going(around.now + quarter - (around.now - datetime.min.replace(tzinfo=UTC)) % quarter, around, {})
    return found.at.astimezone(around.situation.client.zone) if found else None


def filled(words: str, around: Around) -> str:
    """A worker's own words, with what is known of the client in place of {first_name} and the like."""
    return merge_fields.merged(words, merge_fields.known(around.situation, around.language.code, around.now))


def shown(what: str, words: str, around: Around) -> Shown | None:
    """A template of this name, or a worker's own words, as the phone shows it; None where there is nothing to say."""
    said = _said(what, words, around)
    return _shown(what, said, around) if said and said.body else None


def _said(what: str, words: str, around: Around) -> Texted | None:
    if what == OWN:
        return as_texted(SendWords(words[:LONGEST]), around)
    if what in WORKER_TEMPLATES:
        return as_texted(Send(WORKER_TEMPLATES[what].says, purpose=Purpose.NUDGE), around)
    return None


def _hint(broken: Broken) -> str:
    why = told(broken.why)
    return f"{why[:1].upper()}{why[1:]}. {_(broken.remedy)}"


def _shown(what: str, said: Texted, around: Around) -> Shown:
    hints: list[str] = []
    if what == OWN and around.lists:
        broken = content_rules.hints(said.body, around.language, around.lists, [around.situation.county.phone])
        hints = [_hint(one) for one in broken]
    unreviewed = what != OWN and around.language.review.is_draft
    return Shown(said.body, said.language, said.segments, said.encoding, hints, unreviewed)


def _look_for_fields(words: str, around: Around, problems: dict[str, str]) -> None:
    values = merge_fields.known(around.situation, around.language.code, around.now)
    if unknown := merge_fields.missing(words, values):
        have = ", ".join(f"{{{name}}}" for name in values)
        problems["words"] = _(
            "For {%(unknown)s} there is nothing to put in here. There is %(have)s.", unknown=unknown[0], have=have
        )


def _wanted(draft: Draft, around: Around, problems: dict[str, str]) -> datetime | None:
    """The moment asked for, aware, in the client's zone; None with a problem noted."""
    where = "date"
    if draft.timing.anchor:
        wanted, where = anchored(draft.timing, around.situation, problems), "amount"
    else:
        wanted = fields.moment(draft.date, draft.time, around.situation.client.zone, problems)
    if wanted is None:
        return None
    if wanted <= around.now:
        is_today = wanted.date() == local_day(around.now, around.situation.client)
        problems["time" if is_today and where == "date" else where] = _("That moment is over.")
        return None
    if wanted > around.now + FARTHEST:
        problems["date"] = _("Choose a day within a year.")
        return None
    return wanted


def going(wanted: datetime, around: Around, problems: dict[str, str], *, beyond: bool = False) -> Going | None:
    """The first moment from `wanted` on that the hours, days, rest and caps allow, as far as one can know today.

    `beyond` leaves the caps aside.
    """
    situation = around.situation
    try:
        allowed = next_allowed(NudgeKind.WORKER_NUDGE, wanted, situation, around.now)
        while (full := _full(allowed.at, around)) and not beyond:
            tomorrow = next_day(NudgeKind.WORKER_NUDGE, situation, allowed.at)
            allowed = Allowed(tomorrow, full)
    except NoMomentError:
        problems["date"] = _("The county's hours and holidays leave no moment for this text.")
        return None
    return Going(allowed.at, wanted, allowed.reason, _in_week(allowed.at, around) + 1)


def _full(at: datetime, around: Around) -> str:
    """Which cap has no room for one more text at this moment; empty if all have."""
    client, caps = around.situation.client, around.situation.county.caps
    day = local_day(at, client)
    if sum(local_day(other, client) == day for other in around.texts) >= caps.a_day:
        return CAP_DAY
    return CAP_WEEK if _in_week(at, around) >= caps.a_week else ""


def _in_week(at: datetime, around: Around) -> int:
    """How many of the other texts fall in the seven days up to this moment."""
    return sum(at - A_WEEK < other <= at for other in around.texts)
