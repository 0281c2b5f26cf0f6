"""Reports that are lost, doubled, swapped, or before the answer: a text stands where the highest one put it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, select

from bot.trust import people
from bot.trust.fake_twilio import Fault, Weather
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from conversations.situation import Consent
from records.tables import attempts, messages, status_events

A_MIX = Weather(
    faults={Fault.ACCEPTED_BUT_RESET: 0.1, Fault.SLOW: 0.2},
    reports_lost=0.3,
    reports_doubled=0.3,
    reports_early=0.3,
    reports_swapped=0.3,
)
ABOVE = {"queued": 1, "sent": 2, "delivered": 3}


@dataclass(frozen=True, slots=True)
class Reports:
    texts: int
    name: str = "reports"

    @property
    def what(self) -> str:
        return (
            f"{self.texts:,} texts whose reports are lost, doubled, swapped, early (30% each), 10% of the answers lost"
        )

    async def run(self, ground: Ground) -> Figures:
        provider = ground.provider
        provider.weather = A_MIX
        await ground.serve()
        now = ground.clock.now()
        persons = await ground.write(partial(people.move_in, nths=range(self.texts), consent=Consent.ACTIVE, now=now))
        wanted = await ground.write(partial(people.due_texts, persons=persons, each=1, now=now))
        await ground.at_rest()
        figures = of_texts(wanted, provider.ledger)
        fallen = await ground.read(_fallen)
        figures.breaks("stands lower than it was reported", fallen)
        return figures


def _fallen(connection: Connection) -> list[str]:
    """Texts whose state is not the highest of what was reported of them."""
    told = (
        select(messages.c.number, messages.c.state, status_events.c.status)
        .join(attempts, attempts.c.message_id == messages.c.id)
        .join(status_events, status_events.c.attempt_id == attempts.c.id)
    )
    return sorted({row[0] for row in connection.execute(told) if ABOVE.get(row[1], 1) < ABOVE[row[2]]})
