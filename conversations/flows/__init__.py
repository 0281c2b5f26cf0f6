"""Every conversation, one file each. `FLOWS` is the registry; a hand-over to no such place fails on import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from conversations.flows.fresh_start import fresh_start
from conversations.flows.front_door import front_door
from conversations.flows.goal_check_in import goal_check_in
from conversations.flows.goal_setting import goal_setting
from conversations.flows.goal_storming import goal_storming
from conversations.flows.life_pulse import life_pulse
from conversations.flows.own_reminder import own_reminder
from conversations.flows.preferences import preferences
from conversations.flows.renewal import renewal
from conversations.flows.resume import resume
from conversations.flows.roadmap import roadmap
from conversations.flows.safe_contact import safe_contact
from conversations.flows.stop_or_not import stop_or_not
from conversations.flows.visit import visit
from conversations.flows.welcome import welcome
from conversations.notation import End, Flow, FlowError, Into


def registry(flows: Iterable[Flow]) -> Mapping[str, Flow]:
    """Flows by their names. Raises FlowError where two share a name, or one leads into a place that is not there."""
    by_name: dict[str, Flow] = {}
    for flow in flows:
        if flow.name in by_name:
            raise FlowError(f"two flows are called {flow.name!r}")
        by_name[flow.name] = flow
    for flow in by_name.values():
        for name, step in flow.steps.items():
            if isinstance(step, End) and isinstance(step.then, Into):
                _check(f"{flow.name}/{name}", step.then, by_name)
    return MappingProxyType(by_name)


def _check(where: str, into: Into, flows: Mapping[str, Flow]) -> None:
    flow = flows.get(into.flow)
    if flow is None:
        raise FlowError(f"{where}: there is no flow {into.flow!r}")
    if into.at is not None and into.at not in {flow.starts_at, *flow.entries}:
        raise FlowError(f"{where}: {into.at!r} is no entry of {into.flow!r}")


FLOWS = registry(
    (
        welcome,
        front_door,
        goal_setting,
        goal_storming,
        roadmap,
        goal_check_in,
        fresh_start,
        resume,
        life_pulse,
        preferences,
        renewal,
        safe_contact,
        stop_or_not,
        own_reminder,
        visit,
    )
)
