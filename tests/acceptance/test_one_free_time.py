"""Clients who move their visits to the same free time at the same moment: one gets it, the others are offered more."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.app import Part, open_house
from bot.channels.twilio_webhooks import Signature
from bot.door import open_door
from bot.trust.fake_twilio import AUTH_TOKEN
from conversations.effects import SaveVisit
from conversations.visit_acts import HELD_FOR
from conversations.visits import Visit, VisitEvent
from records import visits
from records.tables import escalations, free_times
from records.tables import visits as visits_table
from tests.acceptance.office import Office, Person, at, open_office

MANY = 8
WANTED = at(12, 9)
FREE = [WANTED, *(at(day, hour) for day in (13, 16, 17, 18) for hour in (9, 10, 11, 13, 14, 15))]


async def test_of_clients_who_want_one_time_at_once_one_gets_it_and_the_others_are_offered_more(
    migrated_url: str, free_port: int, unused_tcp_port: int
) -> None:
    """By two servers on one database."""
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(open_office(migrated_url, free_port, at(4, 10)))
        other_door = await another_server(stack, office, unused_tcp_port)
        await office.house.writer.run(lambda c: visits.offer(c, office.ana, FREE, office.ana, office.clock.now()))
        people = [await with_visit(office, f"Client{n}") for n in range(MANY)]
        for person in people:
            await office.says(person, "VISIT")
            await office.says(person, "2")
            await office.move_to(office.clock.now() + HELD_FOR)  # the next one is shown the same times
        doors = [office.twilio.webhook, other_door]
        both = [says_at(office, doors[n % 2], person, "1") for n, person in enumerate(people)]
        assert set(await asyncio.gather(*both)) == {200}
        await office.all_sent()
        answers = Counter([(await office.heard(person))[-1] for person in people])
        assert answers == {"visit/moved": 1, "visit/times_left": MANY - 1}
        for person in people:
            if (await office.heard(person))[-1] == "visit/times_left":
                await office.says(person, "1")
        assert {(await office.heard(person))[-1] for person in people} == {"visit/moved"}
        starts = [visit.starts_at for visit in await office.rows(visits_table)]
        assert len(set(starts)) == MANY
        assert sorted(starts) == sorted(time.starts_at for time in await office.rows(free_times) if time.visit_client)
        assert await office.rows(escalations) == []


async def with_visit(office: Office, first_name: str) -> Person:
    return await office.client(first_name, SaveVisit(Visit(1, at(11, 10), "Ana", "Oak Street"), VisitEvent.ENTERED))


async def another_server(stack: AsyncExitStack, office: Office, port: int) -> str:
    """On the same database; gives its address."""
    plan = office.house.plan
    url = f"http://127.0.0.1:{port}"
    settings = plan.settings.model_copy(update={"public_url": url, "port": port})
    house = await stack.enter_async_context(open_house(replace(plan, settings=settings, part=Part.WEB), None))
    await stack.enter_async_context(open_door(house, Signature(AUTH_TOKEN, url)))
    return url


async def says_at(office: Office, door: str, person: Person, text: str) -> int:
    form = {"MessageSid": f"SM{person.id}", "From": person.number, "To": "+17075550100", "Body": text, "NumMedia": "0"}
    return await office.twilio.post_signed(f"{door}/twilio/message", form | {"AccountSid": "AC" + "0" * 32})
