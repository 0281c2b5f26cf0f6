"""The provider's bad answers of all kinds, and no report that would tell: the list alone says what left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil

from bot.trust import people
from bot.trust.fake_twilio import Fault
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from conversations.situation import Consent

KINDS = tuple(kind for kind in Fault if kind not in {Fault.REFUSED, Fault.SLOW})
SHARE = 0.02
"""Of each kind exactly. More would only try how long the house leaves such a provider alone."""


@dataclass(frozen=True, slots=True)
class BadAnswers:
    texts: int
    name: str = "answers"

    @property
    def what(self) -> str:
        kinds = "429, 5xx, hang, reset, no JSON; with and without taking the text"
        return f"{self.texts:,} texts, {len(KINDS)} kinds of bad answers ({kinds}), {SHARE:.0%} each, no reports"

    async def run(self, ground: Ground) -> Figures:
        provider = ground.provider
        provider.reports = ()
        bad = [kind for kind in KINDS for _ in range(ceil(self.texts * SHARE))]
        answers: list[Fault | None] = [*bad, *(None for _ in range(self.texts - len(bad)))]
        ground.luck.shuffle(answers)
        for answer in answers:
            provider.fail(answer)
        await ground.serve()
        now = ground.clock.now()
        persons = await ground.write(partial(people.move_in, nths=range(self.texts), consent=Consent.ACTIVE, now=now))
        wanted = await ground.write(partial(people.due_texts, persons=persons, each=1, now=now))
        await ground.at_rest()
        figures = of_texts(wanted, provider.ledger)
        figures.notes.append(f"{len(provider.requests) - len(wanted)} tried again")
        return figures
