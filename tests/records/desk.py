"""What the tests of escalations share: to need a person, and to look at what became of it."""

from collections.abc import Sequence
from typing import Any

from conversations.effects import TellWorker
from conversations.escalations import Level, Trigger
from conversations.office_hours import due
from records import escalations, people
from records.engagement import Kind
from records.escalations import Closing, Outcome
from records.roles import Role
from records.tables import engagement, hook_deliveries
from records.tables import escalations as table
from tests.records.place import NOW, Place


def needs(place: Place, trigger: Trigger, level: Level, **more: Any) -> TellWorker:  # noqa: ANN401  its own
    return TellWorker(trigger, level, due(level, place.now, place.county), **more)


def item(place: Place, trigger: Trigger) -> Any:  # noqa: ANN401  a row
    return place.rows(table, table.c.trigger == trigger)[-1]


async def opened(place: Place, trigger: Trigger, level: Level, client: int = 0) -> str:
    """A new item; gives its id."""
    await place.decides(needs(place, trigger, level), client=client)
    found: str = item(place, trigger).id
    return found


def calls(place: Place, trigger: Trigger) -> Sequence[str]:
    """The occasions that one of the hooks is to hear of."""
    rows = place.rows(hook_deliveries, hook_deliveries.c.escalation_id == item(place, trigger).id)
    return [row.occasion for row in rows if row.hook == "desk"]


def logged(place: Place, kind: Kind) -> Sequence[Any]:
    return place.rows(engagement, engagement.c.kind == kind)


def hire(place: Place, first_name: str, role: Role = Role.ETW) -> str:
    """A new member of staff; gives the id."""
    email = f"{first_name.lower()}@example.org"
    found: str = place.do(lambda c: people.add_staff(c, email, first_name, role, "hash", NOW))
    return found


def take(place: Place, one: str, staff_id: str = "") -> bool:
    done: bool = place.do(lambda c: escalations.acknowledge(c, one, staff_id or place.worker, place.now))
    return done


def contact(place: Place, one: str, staff_id: str = "") -> bool:
    done: bool = place.do(lambda c: escalations.contacted(c, one, staff_id or place.worker, place.now))
    return done


def close(place: Place, one: str, outcome: Outcome = Outcome.TALKED) -> bool:
    closing = Closing(outcome)
    done: bool = place.do(lambda c: escalations.resolve(c, one, closing, place.worker, place.county, place.now))
    return done
