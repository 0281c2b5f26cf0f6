"""What is stored of many texts at once is what is stored of each by itself."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from records import acceptances, outbox
from records.acceptances import Acceptance
from records.outbox import Claimed
from records.states import MessageState, Outcome
from records.tables import attempts, engagement, messages
from tests.records.place import NOW, Place, texted

OUT = messages.c.direction == "out"
WITHOUT_ID = [column for column in engagement.c if column.name != "id"]


async def claimed(place: Place, how_many: int) -> list[Claimed]:
    """A text to each of so many clients."""
    for client in range(how_many):
        await place.decides(texted(f"text {client}"), client=client)
    return sorted(place.claims(), key=lambda text: text.number)


def one_by_one(connection: Connection, accepted: Sequence[Acceptance]) -> None:
    for one in accepted:
        outbox.outcome(connection, one.attempt_id, Outcome.ACCEPTED, one.at, provider_id=one.provider_id)


def stored(place: Place, store: Callable[[Connection], None]) -> list[Any]:
    """All rows as they would be; nothing is kept."""
    with place.engine.connect() as connection:
        store(connection)
        rows = [connection.execute(select(table).order_by(table.c.id)).all() for table in (messages, attempts)]
        log = connection.execute(select(*WITHOUT_ID).order_by(engagement.c.message_id, engagement.c.kind)).all()
        connection.rollback()
    return [*rows, [row for row in log if row.kind == "text_status"]]


async def test_texts_that_were_taken_are_stored_together_as_each_by_itself(place: Place) -> None:
    accepted = [
        Acceptance(text.attempt_id, f"OUT{n}", NOW + timedelta(seconds=n))
        for n, text in enumerate(await claimed(place, 5))
    ]
    together = stored(place, lambda connection: acceptances.store(connection, accepted))
    assert together == stored(place, lambda connection: one_by_one(connection, accepted))
    assert {row.state for row in together[0] if row.direction == "out"} == {MessageState.ACCEPTED}
    assert len(together[2]) == 5


async def test_what_was_heard_before_counts_as_it_does_for_one_text(place: Place) -> None:
    reported, bound, unknown, stolen, plain = await claimed(place, 5)
    place.do(lambda c: outbox.fold_status(c, reported.attempt_id, "delivered", "OUT0", None, NOW))
    place.do(lambda c: outbox.fold_status(c, bound.attempt_id, "a new word", "OUT1", None, NOW))
    place.do(lambda c: outbox.outcome(c, unknown.attempt_id, Outcome.UNKNOWN, NOW, reason="crash"))
    accepted = [
        Acceptance(text.attempt_id, name, NOW)
        for text, name in ((reported, "OUT0"), (bound, "OUT1"), (unknown, "OUT2"), (stolen, "OUT0"), (plain, "OUT4"))
    ]
    together = stored(place, lambda connection: acceptances.store(connection, accepted))
    assert together == stored(place, lambda connection: one_by_one(connection, accepted))
    states = {row.provider_id: row.state for row in together[0] if row.direction == "out"}
    assert states == {"OUT0": "delivered", "OUT1": "accepted", "OUT2": "accepted", None: "accepted", "OUT4": "accepted"}


async def test_storing_it_twice_changes_nothing(place: Place) -> None:
    accepted = [Acceptance(text.attempt_id, f"OUT{n}", NOW) for n, text in enumerate(await claimed(place, 3))]
    place.do(lambda connection: acceptances.store(connection, accepted))
    once = stored(place, lambda _connection: None)
    place.do(lambda connection: acceptances.store(connection, accepted))
    assert stored(place, lambda _connection: None) == once
