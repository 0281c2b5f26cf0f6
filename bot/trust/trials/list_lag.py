"""Answers and reports are lost, and the provider's list shows a text late: it is looked for twice, and goes once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from bot.trust import people
from bot.trust.fake_twilio import Fault, Weather
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from bot.trust.orders import SHORT
from conversations.situation import Consent

LAG = (SHORT.settle + SHORT.look_again / 2).total_seconds()
"""Seconds: the first look is too early for all of them."""

HASTE = 0.01
"""Of the usual time."""

BLIND = Weather(
    faults={Fault.RESET: 0.05, Fault.ACCEPTED_BUT_RESET: 0.05, Fault.ACCEPTED_BUT_BROKEN: 0.05},
    reports_lost=1.0,
    lists_fail=0.1,
    list_lag=LAG,
)


@dataclass(frozen=True, slots=True)
class ListLag:
    """Who is not `patient` takes for lost what the list does not show yet: that is to see the trial find it out."""

    texts: int
    patient: bool = True
    name: str = "list-lag"

    @property
    def what(self) -> str:
        return f"{self.texts:,} texts, 15% of the answers lost, no report comes, the list lags {LAG:g} s behind"

    async def run(self, ground: Ground) -> Figures:
        ground.provider.weather = BLIND
        await ground.serve(replace(ground.order(), slower=1.0 if self.patient else HASTE))
        now = ground.clock.now()
        persons = await ground.write(partial(people.move_in, nths=range(self.texts), consent=Consent.ACTIVE, now=now))
        wanted = await ground.write(partial(people.due_texts, persons=persons, each=1, now=now))
        await ground.at_rest()
        return of_texts(wanted, ground.provider.ledger)
