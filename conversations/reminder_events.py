"""How talks about a client's own reminders begin: at a request, at a command, when one has come (domain guide 3.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from conversations import open_talk
from conversations.effects import Effect, Purpose
from conversations.languages import Language
from conversations.own_reminders import ReminderStatus
from conversations.reminder_acts import REMINDER, is_full, sent
from conversations.requests import Request, split
from conversations.situation import Situation
from conversations.visit_acts import VISIT, next_visit

Effects = tuple[Effect, ...]

FLOW = "own_reminder"


def requested(
    situation: Situation, words: str, now: datetime, language: Language, others: Iterable[Language] = ()
) -> Effects:
    """The client asked to be reminded. `words` are those behind the wish ("to call the school fri 9am"), or none.

    They are read in the client's language, or in that of the `others` that finds more of a time in them.
    """
    at_clients = now.astimezone(situation.client.zone)
    languages = (language, *(other for other in others if other is not language))
    readings = (split(words, each.times, at_clients) or Request("") for each in languages)
    request = min(readings, key=lambda reading: len(reading.what))
    when = request.moment.stored() if request.moment else ""
    answers = {"what": request.what, "when": when, "repeats": request.repeats}
    at = "too_far" if request.is_too_far and not is_full(situation) else None
    return open_talk.begin(situation, now, FLOW, at=at, answers={name: said for name, said in answers.items() if said})


def ask(situation: Situation, now: datetime) -> Effects:
    """REMIND alone."""
    return open_talk.begin(situation, now, FLOW)


def show(situation: Situation, now: datetime) -> Effects:
    """LIST: what is to come, by number. The next visit is on it; who picks that one goes on about it."""
    visit = next_visit(situation, now)
    return open_talk.begin(situation, now, FLOW, at="list", answers={VISIT: str(visit.number)} if visit else None)


def fall_due(situation: Situation, subject: str, now: datetime) -> Effects:
    """A reminder's hour has come; nothing for one that was removed, moved or sent meanwhile."""
    reminder = next((each for each in situation.own_reminders if str(each.number) == subject), None)
    if reminder is None or reminder.status is not ReminderStatus.SET:
        return ()
    answers = {REMINDER: subject, "what": reminder.what}
    begun = open_talk.begin(situation, now, FLOW, at="fired", answers=answers, purpose=Purpose.REMINDER)
    return (sent(reminder, situation, now), *begun)
