"""Which tools a county uses, and what is left out where it does not (domain guide 2.16). GPDR/R itself is always on.

What a client was promised is kept all the same: a reminder that was set, a visit that was entered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from conversations.county import County, Tool
from conversations.notation import Known

OF_COMMAND: Mapping[str, Tool] = {
    "ideas": Tool.GOAL_STORMING,
    "detour": Tool.DETOUR,
    "plan": Tool.POCKET_PLAN,
    "visit": Tool.VISITS,
    "road": Tool.ROADMAP,
    "remind": Tool.OWN_REMINDERS,
    "list": Tool.OWN_REMINDERS,
}
"""Commands that are none where the tool is off."""

OF_FLOW: Mapping[str, Tool] = {
    "goal_storming": Tool.GOAL_STORMING,
    "visit": Tool.VISITS,
    "roadmap": Tool.ROADMAP,
    "own_reminder": Tool.OWN_REMINDERS,
    "life_pulse": Tool.LIFE_PULSE,
}
"""Flows that a worker cannot start where the tool is off."""


class Switch(Enum):
    ON = "the county uses this tool"
    OFF = "the county leaves this tool out"


def switch(tool: Tool) -> Callable[[Known], Switch]:
    """Where a flow leads into a tool, or goes on without it."""

    def which(known: Known) -> Switch:
        return Switch.ON if tool in known.situation.county.tools else Switch.OFF

    return which


def has_command(name: str, county: County) -> bool:
    return name not in OF_COMMAND or OF_COMMAND[name] in county.tools


def has_flow(name: str, county: County) -> bool:
    return name not in OF_FLOW or OF_FLOW[name] in county.tools
