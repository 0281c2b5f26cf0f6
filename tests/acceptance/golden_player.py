"""Plays a golden script against the whole bot, in one process, on a clock that goes from what falls due to what does.

    Mon Mar 2 9:00am    GIVEN  MARIA is a client, in English
    Mon Mar 2 9:00am    GIVEN  MARIA has joined
    Mon Mar 2 9:30am    GIVEN  MARIA plans: get my food card; sign up online; wed 10am; no sitter; I ask my sister
    Tue Mar 3 9:00am    ANA    offers Wed Mar 4 9:00am, Thu Mar 5 2:00pm
    Tue Mar 3 9:01am    CLOCK  goes on
    Tue Mar 3 9:02am    MARIA  0
    Tue Mar 3 9:02am    THEN   mode: human

GIVEN is what came before: it is played as well, in texts that are not shown. ANA is a member of staff, and what she can
do stands in `ACTS`. THEN looks at what is stored, once what was said at that minute is whole (`golden_facts`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from sqlalchemy import Engine, select

from bot.county_file import EXAMPLE, load_county
from bot.decider import Decider
from bot.languages import load_languages
from bot.script import US, Spoken
from bot.simulator.bot_at_work import BotAtWork
from bot.simulator.carrier import Carrier, Handed
from conversations.events import (
    Event,
    VisitChanged,
    WorkerInvited,
    WorkerJoined,
    WorkerLeft,
    WorkerPlanned,
    WorkerWrote,
)
from conversations.languages import Language
from conversations.visits import Visit, VisitEvent, VisitStatus
from records import people, thread_acts, visits
from records.escalations import Closing, Outcome, Owner
from records.outbox import Claimed
from records.roles import Role
from records.tables import clients, escalations, talks
from records.turns import Inbound
from scheduler.channel import Accepted
from tests.acceptance.golden import Golden
from tests.acceptance.golden_facts import Facts

ANA, CLOCK, GIVEN, THEN = "ANA", "CLOCK", "GIVEN", "THEN"
A_MOMENT = timedelta(seconds=30)
TO_THE_END = timedelta(seconds=59)
LANGUAGES = {"English": "en", "Spanish": "es"}
COUNTY = replace(load_county(EXAMPLE), asks_for_support=False)
"""As the dialogues of domain guide 10 have it."""

ANSWERS: Mapping[str, str] = {
    "invite": "Yes",
    "privacy": "1",
    "time": "1",
    "rhythm": "2",
    "ready": "2",
    "size": "2",
    "recap_whole": "1",
    "recap_short": "1",
    "reminder": "4",
    "share": "1",
    "how_did_it_go": "1",
    "what_next": "1",
    "revise": "1",
}
"""What is said in the texts that are not shown, at each step with a menu."""

IN_WORDS = frozenset({"meaning", "where", "rehearse", "helped", "got_in_way", "learned"})
WORDS = {"en": "at home", "es": "en casa"}
"""What is said at those, where GIVEN names nothing else."""

GOAL = {"en": "GOAL", "es": "META"}

OF_A_PLAN = ("goal", "step", "when", "pothole", "detour", "reminder")
"""What GIVEN says of a plan, in this order; the last may be left out."""


@cache
def languages() -> Mapping[str, Language]:
    return load_languages(COUNTY.languages)


class Phones(Carrier):
    """Every text arrives."""

    def take(self, text: Claimed, now: datetime) -> Accepted:
        self.handed.append(Handed(now, text.attempt_id, text.message_id, text.number, text.body))
        return Accepted(f"SM{text.attempt_id}")


class Player:
    def __init__(self, engine: Engine, script: Golden) -> None:
        self.script = script
        self.phones = Phones(random.Random(0))
        self.bot = BotAtWork(engine, Decider(COUNTY, languages()), COUNTY, self.phones)
        self.now = script.lines[0].at.astimezone(UTC)
        self.ids: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.played: list[Spoken] = []
        self.shown = 0
        self.texts = 0
        self.ana = self.bot.run(
            lambda connection: people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "-", self.now)
        )

    def play(self) -> Sequence[Spoken]:
        for line in self.script.lines:
            if line.who != US:
                self.go_to(line.at)
                self.do(line)
                self.listen()
        self.go_to(self.script.lines[-1].at + TO_THE_END)
        self.bot.close()
        assert not self.bot.failures
        return self.played

    # time

    def go_to(self, at: datetime) -> None:
        """All that falls due until then happens at its own moment."""
        at = at.astimezone(UTC)
        while (due := self.next_due()) is not None and due <= at:
            self.now = max(self.now, due)
            self.happen()
            self.listen()
        self.now = max(self.now, at)
        assert self.now <= at + TO_THE_END, f"it is {self.now} already"

    def next_due(self) -> datetime | None:
        waits = self.bot.waits()
        return min((at for at in (waits.nudge, waits.text, waits.escalation) if at is not None), default=None)

    def happen(self) -> None:
        waits = self.bot.waits()
        if waits.nudge and waits.nudge <= self.now:
            self.bot.take_due(self.now)
        if waits.escalation and waits.escalation <= self.now:
            self.bot.pass_up(self.now)
        self.bot.send(self.now)

    def listen(self) -> None:
        """Write down what has arrived since."""
        self.bot.send(self.now)
        handed = self.phones.handed[self.shown :]
        self.played += [Spoken(text.at, US, text.body) for text in handed]
        self.shown = len(self.phones.handed)

    # doing

    def do(self, line: Spoken) -> None:
        match line.who:
            case "GIVEN":
                self.played.append(line)
                self.come_before(line.text)
            case "THEN":
                self.go_to(line.at + TO_THE_END)
                facts = Facts(self.bot, self.ids, self.script.zone, self.now)
                self.played.append(replace(line, text=facts.told(line.text)))
            case "ANA":
                self.played.append(line)
                self.act(line.text)
            case "CLOCK":
                self.played.append(line)
            case name:
                self.played.append(line)
                self.says(name, line.text)

    def says(self, name: str, text: str) -> None:
        self.texts += 1
        self.bot.take_texts([Inbound(f"IN{self.texts}", self.numbers[name], text)], self.now)

    # what came before

    def come_before(self, text: str) -> None:
        for pattern, given in GIVENS:
            if found := re.fullmatch(pattern, text):
                given(self, *found.groups())
                self.shown = len(self.phones.handed)
                return
        raise AssertionError(f"nobody knows what is meant by: {text}")

    def is_client(self, name: str, language: str) -> None:
        self.enter([name], f"+1707555{len(self.ids) + 111:04}", language)

    def share_a_phone(self, one: str, other: str, language: str) -> None:
        self.enter([one, other], "+17075550122", language)

    def enter(self, names: Sequence[str], number: str, language: str) -> None:
        zone, shared = str(self.script.zone), len(names) > 1
        new = [
            people.NewClient(number, name.title(), LANGUAGES[language], zone, self.ana, phone_is_shared=shared)
            for name in names
        ]
        self.bot.run(lambda connection: people.put_clients(connection, new, self.ana, self.now))
        for name in names:
            wanted = select(clients.c.id).where(clients.c.first_name == name.title())
            self.ids[name] = self.bot.run(lambda connection: connection.scalars(wanted).one())  # noqa: B023  at once
            self.numbers[name] = number

    def has_joined(self, name: str, shares: str | None) -> None:
        self.turn(name, WorkerInvited("Ana"))
        self.talk(name, {"privacy": "2"} if shares else {})

    def plans(self, name: str, words: str) -> None:
        self.says_hidden(name, GOAL[self.language(name)])
        self.talk(name, dict(zip(OF_A_PLAN, words.split("; "), strict=False)))

    def did_it(self, name: str, words: str) -> None:
        self.talk(name, dict(zip(OF_A_PLAN[1:], words.split("; "), strict=False)))

    def falters(self, name: str, when: str) -> None:
        self.talk(name, {"how_did_it_go": "3", "when": when})

    def talk(self, name: str, said: Mapping[str, str]) -> None:
        """Answer whatever is asked, until nothing is."""
        answers = {**dict.fromkeys(IN_WORDS, WORDS[self.language(name)]), **ANSWERS, **said}
        while at := self.asked(name):
            self.says_hidden(name, answers[at])

    def says_hidden(self, name: str, text: str) -> None:
        text = f"{name.title()} {text}" if list(self.numbers.values()).count(self.numbers[name]) > 1 else text
        self.says(name, text)
        self.now += A_MOMENT
        self.happen()

    def language(self, name: str) -> str:
        wanted = select(clients.c.language).where(clients.c.id == self.ids[name])
        return str(self.bot.run(lambda connection: connection.scalars(wanted).one()))

    def asked(self, name: str) -> str | None:
        self.bot.send(self.now)
        wanted = select(talks.c.at).where(talks.c.client_id == self.ids[name], talks.c.place == "open")
        return self.bot.run(lambda connection: connection.scalar(wanted))

    # what staff do

    def act(self, text: str) -> None:
        for pattern, act in ACTS:
            if found := re.fullmatch(pattern, text, re.DOTALL):
                act(self, *found.groups())
                return
        raise AssertionError(f"Ana does not know how to: {text}")

    def turn(self, name: str, event: Event) -> None:
        self.bot.act(self.ids[name], event, self.ana, self.now)

    @property
    def client(self) -> str:
        """Whom Ana means."""
        return next(iter(self.ids))

    def invites(self) -> None:
        self.turn(self.client, WorkerInvited("Ana"))

    def joins(self) -> None:
        self.turn(self.client, WorkerJoined("Ana"))

    def writes(self, words: str) -> None:
        self.turn(self.client, WorkerWrote("Ana", words))

    def hands_back(self) -> None:
        self.turn(self.client, WorkerLeft("Ana"))

    def writes_plan(self, goal: str, step: str, at: str, obstacle: str, detour: str) -> None:
        when = self.moment(at).isoformat(timespec="minutes")
        plan = {"goal": goal, "step": step, "when": when, "obstacle": obstacle, "detour": detour}
        self.turn(self.client, WorkerPlanned(plan))

    def enters_visit(self, at: str, place: str, bring: str | None) -> None:
        starts = self.moment(at).astimezone(UTC)
        number = self.bot.run(lambda connection: visits.next_number(connection, self.ids[self.client]))
        visit = Visit(number, starts, "Ana", place, bring or "")
        self.turn(self.client, VisitChanged(visit, VisitEvent.ENTERED))

    def offers(self, times: str) -> None:
        moments = [self.moment(at) for at in times.split(", ")]
        self.bot.run(lambda connection: visits.offer(connection, self.ana, moments, self.ana, self.now))

    def marks_visit(self, how: str) -> None:
        latest = self.bot.run(lambda connection: visits.of_client(connection, self.ids[self.client]))[0].visit
        changed = replace(latest, status=VisitStatus(how))
        self.turn(self.client, VisitChanged(changed, VisitEvent(how)))

    def resolves(self, trigger: str, outcome: str, next_step: str, owner: str) -> None:
        closing = Closing(Outcome(outcome), next_step=next_step, next_step_by=Owner(owner))
        wanted = select(escalations.c.id).where(escalations.c.trigger == trigger, escalations.c.resolved_at.is_(None))
        item = self.bot.run(lambda connection: connection.scalars(wanted).one())
        resolve = partial(thread_acts.resolve, self.bot.turns, escalation_id=item, closing=closing, staff_id=self.ana)
        self.bot.run(lambda connection: resolve(connection=connection, county=COUNTY, now=self.now))

    def moment(self, written: str) -> datetime:
        year = self.script.lines[0].at.year
        return datetime.strptime(f"{year} {written}", "%Y %a %b %d %I:%M%p").replace(tzinfo=self.script.zone)


GIVENS = (
    (r"(\w+) is a client, in (\w+)", Player.is_client),
    (r"(\w+) and (\w+) share a phone, in (\w+)", Player.share_a_phone),
    (r"(\w+) has joined(, and shares the phone)?", Player.has_joined),
    (r"(\w+) plans: (.*)", Player.plans),
    (r"(\w+) did it, and plans: (.*)", Player.did_it),
    (r"(\w+) did not get to it, and plans anew: (.*)", Player.falters),
)
ACTS = (
    (r"invites", Player.invites),
    (r"joins", Player.joins),
    (r"writes: (.*)", Player.writes),
    (r"hands back", Player.hands_back),
    (r"writes down a plan: (.*); (.*); (.*); (.*); (.*)", Player.writes_plan),
    (r"enters a visit ([^,]*), ([^,]*)(?:, bring (.*))?", Player.enters_visit),
    (r"offers (.*)", Player.offers),
    (r"marks the visit (\w+)", Player.marks_visit),
    (r"resolves (\w+): (\w+); next: (.*), by the (\w+)", Player.resolves),
)
