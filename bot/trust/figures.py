"""What a trial comes to: the provider's ledger against what was asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.trust.fake_twilio import Text
from bot.trust.people import Wanted

MOST_TOLD = 5
"""So many of what broke are named, each kind by itself."""


@dataclass
class Figures:
    """`late` are those that went when they were of no use or not allowed any more; `notes` are figures besides.

    `broken` says in sentences what does not hold.
    """

    asked: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    late: int = 0
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.late or self.broken)

    def add(self, other: Figures) -> None:
        self.asked += other.asked
        self.sent += other.sent
        self.lost += other.lost
        self.doubled += other.doubled
        self.late += other.late
        self.notes += other.notes
        self.broken += other.broken

    def breaks(self, what: str, which: Sequence[object]) -> int:
        """Says so, if there are any; gives how many."""
        if which:
            more = f" and {len(which) - MOST_TOLD} more" if len(which) > MOST_TOLD else ""
            self.broken.append(f"{what}: {', '.join(map(str, which[:MOST_TOLD]))}{more}")
        return len(which)


def of_texts(wanted: Sequence[Wanted], ledger: Sequence[Text]) -> Figures:
    """Each text that was asked for went once, in time, in its number's order, and no other did."""
    taken = defaultdict(list)
    for text in ledger:
        taken[text.number].append(text)
    asked = defaultdict(list)
    for want in wanted:
        asked[want.number].append(want)
    lost: list[str] = []
    doubled: list[str] = []
    late: list[str] = []
    swapped: list[str] = []
    others = [number for number in taken if number not in asked]
    for number, texts in asked.items():
        went = taken[number]
        bodies = [text.body for text in went]
        use = {text.body: text.expires_at for text in texts}
        lost += [number for text in texts if text.body not in bodies]
        doubled += [number for body in set(bodies) for _ in range(bodies.count(body) - 1)]
        late += [number for text in went if text.body in use and text.at > use[text.body]]
        others += [number for body in set(bodies) - set(use)]
        order = [body for body in dict.fromkeys(bodies) if body in use]
        if order != [text.body for text in texts if text.body in bodies]:
            swapped.append(number)
    figures = Figures(asked=len(wanted), sent=len(wanted) - len(lost))
    figures.lost = figures.breaks("never went", lost)
    figures.doubled = figures.breaks("went twice", doubled)
    figures.late = figures.breaks("went too late", late)
    figures.breaks("went in another order", swapped)
    figures.breaks("went without being asked for", others)
    return figures
