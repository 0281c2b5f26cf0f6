"""Two machines that answer each other are stopped after a few texts; a person never notices (delivery design)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conversations.arrival import Arrival, Effects
from conversations.effects import CountIdle, Send
from conversations.escalations import Level, Trigger
from conversations.folding import fold, trace
from conversations.situation import Idle

MOST_REPLIES = 6
WITHIN = timedelta(minutes=10)
LONGEST_CHOICE = 3
"""Who repeats so few letters answers menus: "1", "yes", "2"."""


def kept_short(arrival: Arrival, effects: Effects, *, leads_nowhere: bool) -> Effects:
    """The effects, and the count of idle answers; without them once there were too many."""
    before = arrival.situation.idle
    said = trace(arrival.said.text)
    replies = any(isinstance(effect, Send) for effect in effects)
    if not replies:
        return effects
    if not leads_nowhere and not repeats(arrival, said):
        return (*effects, CountIdle(replace(before, last_said=said)))
    running = arrival.heard_within(before.since, WITHIN)
    count = Idle(before.replies + 1 if running else 1, before.since if running else arrival.now, said)
    if count.replies <= MOST_REPLIES:
        return (*effects, CountIdle(count))
    told = (arrival.tell(Trigger.ANSWERING_MACHINE, Level.U3),) if count.replies == MOST_REPLIES + 1 else ()
    return (*told, CountIdle(count))


def repeats(arrival: Arrival, said: str) -> bool:
    return said == arrival.situation.idle.last_said and len(fold(arrival.said.text)) > LONGEST_CHOICE
