"""A text to several is kept once, however many processes it comes to at the same moment."""

import threading
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, func, select

from records import campaigns, people
from records.campaigns import NewCampaign
from records.ids import new_id
from records.people import NewClient
from records.roles import Role
from records.tables import campaign_members, clients, nudges
from records.tables import campaigns as table
from records.worker_nudges import Wish
from tests.records.place import NOW, ZONE

AT_ONCE, EACH = 8, 125


def staffed(connection: Connection) -> tuple[str, Sequence[str]]:
    """A worker and two clients of theirs."""
    worker = people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "hash", NOW)
    new = [NewClient(f"+1707555010{nth}", "Joe", "en", ZONE, worker) for nth in range(2)]
    people.put_clients(connection, new, worker, NOW)
    return worker, list(connection.scalars(select(clients.c.id)))


def test_a_thousand_at_once_with_one_id_are_one(engine: Engine) -> None:
    with engine.begin() as connection:
        worker, ids = staffed(connection)
    new = NewCampaign(new_id(NOW), "All", "help", {}, "2026-03-05", "11:00")
    chosen = dict.fromkeys(ids, Wish("Hi", "help", NOW, NOW, ""))
    kept: list[bool] = []
    together = threading.Barrier(AT_ONCE)

    def send() -> None:
        together.wait()
        for _ in range(EACH):
            with engine.begin() as connection:
                kept.append(campaigns.schedule(connection, new, chosen, worker, NOW, waits=False))

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept) == [False] * (AT_ONCE * EACH - 1) + [True]
    with engine.connect() as connection:
        counts = [connection.scalar(select(func.count()).select_from(one)) for one in (table, campaign_members, nudges)]
    assert counts == [1, 2, 2]
