"""A text to several that a worker is about to schedule: who gets what, and when; who gets nothing, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.staff.writing.draft import OWN, Around, Going, Shown, filled, going, shown
from bot.staff.writing.timing_draft import Timing, terms_of
from conversations import merge_fields
from conversations.nudge_terms import NO_TERMS, Terms
from conversations.situation import Consent, Mode, Situation
from conversations.wall_clock import at_wall
from conversations.worker_templates import WORKER_TEMPLATES
from scheduler.spread import spread
from scheduler.worker_terms import over

NO_CONSENT = "no_consent"
NOT_WRITTEN = "not_written"
NOTHING_TO_PUT_IN = "nothing_to_put_in"
NO_ROOM = "no_room"
NO_MOMENT = "no_moment"

STILL_OF_USE = timedelta(days=7)
"""So far a text may be moved from the moment asked for; beyond that it is about another week."""


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """The form as it was filled in. `words` are by language; `date`, `time` are each client's wall clock."""

    token: str
    name: str = ""
    what: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    time: str = ""
    skip_if: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One client's. `why_not` says in a word why they get nothing; else the text and its moment are there."""

    situation: Situation
    why_not: str
    shown: Shown | None = None
    goes: Going | None = None
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True)
class InLanguage:
    """What those of one language get, as the phone of the first of them shows it."""

    shown: Shown
    how_many: int


@dataclass(frozen=True, slots=True)
class Split:
    """All parts, in the order in which they go."""

    parts: Sequence[Part]

    @property
    def out(self) -> Sequence[Part]:
        return [part for part in self.parts if not part.why_not]

    @property
    def left_out(self) -> Sequence[Part]:
        return [part for part in self.parts if part.why_not]

    @property
    def first_at(self) -> datetime | None:
        return min((part.goes.at for part in self.out if part.goes), default=None)

    @property
    def last_at(self) -> datetime | None:
        return max((part.goes.at for part in self.out if part.goes), default=None)

    @property
    def moved(self) -> Sequence[Part]:
        """Those whom the rules let hear of it at another moment than was asked for."""
        return [part for part in self.out if part.goes and part.goes.reason]

    @property
    def by_language(self) -> Sequence[InLanguage]:
        texts: dict[str, list[Shown]] = {}
        for part in self.out:
            if part.shown:
                texts.setdefault(part.shown.language, []).append(part.shown)
        return [InLanguage(max(each, key=lambda one: one.segments), len(each)) for each in texts.values()]


def split(
    draft: CampaignDraft, arounds: Sequence[Around], day: date, hour: time, a_second: float, asked_at: datetime
) -> Split:
    """One text for each, spread over what is left of the sending hours. `a_second` is the sender's pace in segments.

    `asked_at` is when the worker asked for it: what a client writes after that may make it needless.
    """
    parts = [_part(draft, around) for around in arounds]
    gets_it = [(part, around) for part, around in zip(parts, arounds, strict=True) if not part.why_not]
    if not gets_it:
        return Split(parts)
    left = _left_of_day(gets_it[0][1], day, hour)
    longest = max(part.shown.segments for part, _ in gets_it if part.shown)
    later = iter(spread(len(gets_it), left, longest, a_second))
    each = zip(parts, arounds, strict=True)
    timed = [part if part.why_not else _timed(part, around, day, hour, next(later)) for part, around in each]
    return Split([_on_terms(part, draft, asked_at) for part in timed])


def languages_of(arounds: Sequence[Around]) -> Sequence[str]:
    """Those in which the county texts, of the clients who may be texted, in the county's order."""
    theirs = {around.situation.client.language for around in arounds if not _unreached(around.situation)}
    return [code for code in arounds[0].situation.county.languages if code in theirs] if arounds else ()


def written_by(arounds: Sequence[Around]) -> Sequence[str]:
    """Those of them that the worker writes."""
    own = {around.language.code for around in arounds if around.writes}
    return [code for code in languages_of(arounds) if code in own]


def says_something(draft: CampaignDraft) -> bool:
    return draft.what in WORKER_TEMPLATES or (draft.what == OWN and any(draft.words.values()))


def _part(draft: CampaignDraft, around: Around) -> Part:
    situation = around.situation
    if why_not := _unreached(situation):
        return Part(situation, why_not)
    code = situation.client.language
    if around.language.code != code:
        return Part(situation, NOT_WRITTEN)
    words = draft.words.get(code, "") if draft.what == OWN else ""
    if merge_fields.missing(words, merge_fields.known(situation, code, around.now)):
        return Part(situation, NOTHING_TO_PUT_IN)
    phone = shown(draft.what, filled(words, around), around)
    return Part(situation, "" if phone else NOT_WRITTEN, phone)


def _left_of_day(around: Around, day: date, hour: time) -> timedelta:
    """From the moment at which the first of them goes until that day's sending hours end."""
    zone, closes = around.situation.client.zone, around.situation.county.send_hours.closes
    first = going(at_wall(day, hour, zone), around, {})
    if first is None:
        return timedelta(0)
    return max(at_wall(first.at.astimezone(zone).date(), closes, zone) - first.at, timedelta(0))


def _timed(part: Part, around: Around, day: date, hour: time, later: timedelta) -> Part:
    wanted = at_wall(day, hour, around.situation.client.zone)
    first = going(wanted, around, {})
    goes = going(first.at + later, around, {}) if first else None
    if first is None or goes is None:
        return Part(part.situation, NO_MOMENT)
    if goes.at - wanted > STILL_OF_USE:
        return Part(part.situation, NO_ROOM)
    meant = goes.wanted if not first.reason else wanted
    return Part(part.situation, "", part.shown, Going(goes.at, meant, first.reason or goes.reason, goes.in_week))


def _on_terms(part: Part, draft: CampaignDraft, asked_at: datetime) -> Part:
    if part.goes is None:
        return part
    timing = Timing(skip_if=draft.skip_if, last_day=draft.last_day)
    terms = terms_of(timing, part.situation, part.goes.at, asked_at, {})
    is_over = (draft.last_day and not terms.not_after) or over(terms, part.situation, part.goes.at)
    return Part(part.situation, NO_ROOM) if is_over else replace(part, terms=terms)


def _unreached(situation: Situation) -> str:
    if situation.client.consent is not Consent.ACTIVE:
        return NO_CONSENT
    return "" if situation.client.mode is Mode.BOT else f"mode_{situation.client.mode}"
