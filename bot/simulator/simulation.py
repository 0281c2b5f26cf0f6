"""The weeks themselves: one event after another on a clock that jumps, never waits."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

from sqlalchemy import Engine

from bot.decider import Decider
from bot.simulator.bot_at_work import BotAtWork, Waits
from bot.simulator.carrier import Carrier, Report
from bot.simulator.caseload import Caseload, draw_lines, draw_trouble, settle_in
from bot.simulator.office import Office
from bot.simulator.phone_line import PhoneLine
from bot.simulator.plants import Plant, county_with, decider_with
from bot.simulator.tempers import Impulse
from bot.simulator.virtual_client import Utterance, VirtualClient, on_grid
from conversations.county import County
from conversations.languages import Language
from records.turns import Inbound

BEGINS = datetime(2026, 2, 9, 16, tzinfo=UTC)
"""A Monday, 8 in the morning in California. A holiday and the change of the clocks lie in the weeks that follow."""

LOOK_AGAIN = timedelta(minutes=1)
"""So soon we look again at what waits for another text to its number."""

COMES_BACK_WITHIN = 12
"""Days after which one who stopped may write START."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to simulate: clients number `first` and following, for so many weeks.

    `bustle` is how many times as much happens of its own accord as in a usual week.
    """

    first: int
    clients: int
    weeks: int
    seed: int
    plant: Plant | None = None
    bustle: float = 1.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """What a virtual client meant by a text: the provider's id of it, and the impulse behind it."""

    at: datetime
    nth: int
    provider_id: str
    why: Impulse | None
    text: str
    answered: bool


@dataclass
class Simulation:
    """One caseload's weeks. `county` is the real one: the bot's own may have a bug planted."""

    wanted: Wanted
    engine: Engine
    county: County
    languages: dict[str, Language]
    spoke: list[Spoke] = field(default_factory=list)
    rounds: int = 0
    _queue: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _inbox: list[Inbound] = field(default_factory=list)
    _reports: list[Report] = field(default_factory=list)
    _rang: dict[str, PhoneLine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seed = f"{self.wanted.seed}"
        self.ends = BEGINS + timedelta(weeks=self.wanted.weeks)
        self.chance = random.Random(f"{seed} office {self.wanted.first}")  # noqa: S311  made-up people
        self.carrier = Carrier(random.Random(f"{seed} carrier {self.wanted.first}"))  # noqa: S311
        seen = county_with(self.county, self.wanted.plant)
        decider = decider_with(Decider(seen, self.languages), self.wanted.plant)
        self.bot = BotAtWork(self.engine, decider, seen, self.carrier)
        lines = draw_lines(seed, self.wanted.first, self.wanted.clients, BEGINS)
        draw_trouble(self.carrier, lines, BEGINS, self.wanted.weeks)
        self.caseload: Caseload = self.bot.run(lambda connection: settle_in(connection, lines, self.chance, BEGINS))
        self._line_of = {line.number: line for line in lines}

    def run(self) -> None:
        """From the first invitation to the end of the weeks."""
        office = Office(self.bot, self.caseload, self.county, self.chance, BEGINS, self.ends, self.later)
        office.open(self.wanted.bustle)
        for client in self.caseload.people:
            for at, impulse in client.impulses(self.ends, self.wanted.bustle):
                self.later(at, partial(self._impulse, client, impulse))
        waits, now = self.bot.waits(), BEGINS
        while (now := self._next(waits, now)) < self.ends:
            waits = self._round(now, waits, office)
        self.bot.close()

    def later(self, at: datetime, do: Callable[[datetime], None]) -> None:
        heapq.heappush(self._queue, (at, next(self._order), do))

    def _next(self, waits: Waits, now: datetime) -> datetime:
        """The next moment at which something happens."""
        moments = [at for at in (waits.nudge, waits.text, waits.escalation) if at is not None]
        moments = [at if at > now else now + LOOK_AGAIN for at in moments]
        if self._queue:
            moments.append(self._queue[0][0])
        return min(moments, default=self.ends)

    def _round(self, now: datetime, waits: Waits, office: Office) -> Waits:
        """All that happens at one moment, in the order in which one needs the other; gives what waits then."""
        self.rounds += 1
        while self._queue and self._queue[0][0] <= now:
            heapq.heappop(self._queue)[2](now)
        self._take_reports(now)
        self._take_texts(now)
        if _is_due(waits.nudge, now):
            self.bot.take_due(now)
        if _is_due(waits.escalation, now):
            self.bot.pass_up(now)
        waits = self.bot.waits()
        while _is_due(waits.text, now) and self.bot.send(now):
            waits = self.bot.waits()
        self._expect()
        if waits.called:
            office.answer_calls(self.bot.new_calls(), now)
        return waits

    def _take_texts(self, now: datetime) -> None:
        inbox, self._inbox = self._inbox, []
        if inbox:
            self.bot.take_texts(inbox, now)

    def _take_reports(self, now: datetime) -> None:
        reports, self._reports = self._reports, []
        if not reports:
            return
        self.bot.take_reports(reports, now)
        rang: dict[str, PhoneLine] = {}
        for report in reports:
            line = self._line_of.get(report.number)
            if report.arrived is not None and line is not None:
                line.pending.append(report.arrived)
                rang[report.number] = line
        for line in rang.values():
            for at, client in line.ring(now):
                self.later(at, partial(self._answer, client))

    def _expect(self) -> None:
        """Reports of what was just handed over, and a look at what nobody knows of."""
        for report in self.carrier.due_reports():
            self.later(report.at, partial(self._has_come, report))
        for at in self.bot.unknown:
            self.later(at, self.bot.look_for_lost)
        self.bot.unknown.clear()

    def _has_come(self, report: Report, _now: datetime) -> None:
        self._reports.append(report)

    # clients

    def _answer(self, client: VirtualClient, now: datetime) -> None:
        if client.answers_at == now:
            self._say(client, client.answer(now), now)

    def _impulse(self, client: VirtualClient, impulse: Impulse, now: datetime) -> None:
        self._say(client, client.act(impulse, now), now)
        if client.stopped and impulse in (Impulse.STOP, Impulse.STOP_IN_WORDS) and client.person.temper.comes_back:
            days = 1 + client.chance.random() * COMES_BACK_WITHIN
            self.later(on_grid(now + timedelta(days=days)), partial(self._impulse, client, Impulse.START))

    def _say(self, client: VirtualClient, said: Sequence[Utterance], now: datetime) -> None:
        for utterance in said:
            if utterance.after:
                self.later(now + utterance.after, partial(self._send, client, utterance))
            else:
                self._send(client, utterance, now)

    def _send(self, client: VirtualClient, said: Utterance, now: datetime) -> None:
        line = self._line_of[client.person.number]
        line.last = client
        provider_id = f"IN{client.person.nth:06}{len(self.spoke):08}"
        self._inbox.append(
            Inbound(
                provider_id,
                line.number,
                said.text,
                media=int(said.has_media),
                answered_by_provider=said.answered,
            )
        )
        if said.answered and said.why in (Impulse.STOP, Impulse.START):
            self.carrier.hear_keyword(line.number, stops=said.why is Impulse.STOP)
        self.spoke.append(Spoke(now, client.person.nth, provider_id, said.why, said.text, said.answered))


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
