"""One number, several people: whose a text is, and what belongs to the number."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from conversations.effects import Effect, KeepIdea
from conversations.escalations import Trigger
from conversations.events import Event, Said
from conversations.shared_phone import Held, Phone, Routing
from conversations.situation import Consent, Situation
from records import people, phones
from records.channels import ChannelName
from records.engagement import Kind
from records.tables import clients, engagement, escalations, ideas, messages, shared_phones
from records.writer import Inbound, Taken
from tests.records.place import NOW, ZONE, Place, texted


@pytest.fixture
def lee(place: Place) -> str:
    """Shares the phone of client 0."""
    new = [people.NewClient(place.numbers[0], "Lee", "es", ZONE, place.worker, phone_is_shared=True)]
    place.do(lambda c: people.put_clients(c, new, place.worker, NOW))
    place.do(lambda c: c.execute(clients.update().values(consent=Consent.ACTIVE)))
    found: str = place.rows(clients, clients.c.first_name == "Lee")[0].id
    return found


def keep(place: Place) -> list[tuple[str, Said]]:
    """What was decided on, with the first name of whose it is."""
    kept: list[tuple[str, Said]] = []

    def decide(situation: Situation, event: Event) -> Sequence[Effect]:
        assert isinstance(event, Said)
        kept.append((situation.client.first_name, event))
        return [KeepIdea(event.text)]

    place.script.on_text = decide
    return kept


def routes(place: Place, how: Callable[[Phone, Held], Routing]) -> list[Phone]:
    seen: list[Phone] = []

    def route(phone: Phone, said: Held) -> Routing:
        seen.append(phone)
        return how(phone, said)

    place.script.on_shared = route
    return seen


def ask(phone: Phone, said: Held) -> Routing:
    now_so = replace(phone, held=(*phone.held, said), asked_at=NOW)
    return Routing((), now_so, ((phone.people[0].client.id, (texted("Who is this?"),)),))


def all_to_lee(phone: Phone, said: Held) -> Routing:
    lee = phone.people[1].client.id
    given = tuple((lee, held) for held in (*phone.held, said))
    return Routing(given, Phone(phone.people, lee, NOW))


async def test_a_text_waits_until_it_is_known_whose_it_is(place: Place, lee: str) -> None:
    kept = keep(place)
    asked = routes(place, ask)
    await place.says("done")
    await place.says("it went well")
    assert kept == []
    assert [row.client_id for row in place.rows(messages, messages.c.direction == "in")] == [None, None]
    assert [one.client.first_name for one in asked[0].people] == ["Client0", "Lee"]
    assert [held.said.text for held in asked[1].held] == ["done"]
    routes(place, all_to_lee)
    await place.says("Lee")
    ((who, said),) = kept
    assert (who, said.text) == ("Lee", "done\nit went well\nLee")
    mine = place.rows(messages, messages.c.direction == "in")
    assert {(row.client_id, row.language) for row in mine} == {(lee, "es")}
    assert [row.client_id for row in place.rows(ideas)] == [lee]
    log = place.rows(engagement, engagement.c.kind == Kind.TEXT_IN)
    assert [(row.client_id, row.message_id) for row in log] == [(lee, row.id) for row in mine]
    (state,) = place.rows(shared_phones)
    assert (state.speaker_id, state.spoke_at, state.asked_at, state.held) == (lee, NOW, None, [])


async def test_the_words_of_a_text_that_waits_are_in_its_message_alone(place: Place, lee: str) -> None:
    routes(place, ask)
    await place.says("my secret")
    assert "secret" not in str(place.rows(shared_phones))


async def test_what_concerns_the_number_goes_to_all_and_is_answered_once(place: Place, lee: str) -> None:
    kept = keep(place)
    routes(place, lambda phone, said: Routing(tuple((one.client.id, said) for one in phone.people), phone))
    await place.says("STOP")
    assert [(who, said.text, said.is_answered) for who, said in kept] == [
        ("Client0", "STOP", False),
        ("Lee", "STOP", True),
    ]
    (log,) = place.rows(engagement, engagement.c.kind == Kind.TEXT_IN)
    assert log.client_id == place.ids[0]
    assert place.rows(messages)[0].client_id == place.ids[0]


async def test_a_phone_that_several_text_from_is_shared_and_the_others_are_known_by_name(
    place: Place, lee: str
) -> None:
    loaded = await place.decides()
    assert (loaded.client.phone_is_shared, loaded.others_here) == (True, ("Lee",))
    assert not place.rows(clients, clients.c.id == place.ids[0])[0].phone_is_shared, "nobody said so"
    alone = await place.decides(client=1)
    assert (alone.client.phone_is_shared, alone.others_here) == (False, ())


@pytest.mark.parametrize("gone", [Consent.NONE, Consent.CLOSED, Consent.REVOKED, Consent.WRONG_NUMBER])
async def test_who_does_not_text_from_it_shares_no_phone(place: Place, lee: str, gone: Consent) -> None:
    place.do(lambda c: c.execute(clients.update().where(clients.c.id == lee).values(consent=gone)))
    loaded = await place.decides()
    assert (loaded.client.phone_is_shared, loaded.others_here) == (False, ())


async def test_a_text_on_which_the_desk_fails_is_set_aside_for_each_one_s_worker(place: Place, lee: str) -> None:
    def fail(_phone: Phone, _said: Held) -> Routing:
        raise KeyError

    routes(place, fail)
    await place.says("hello")
    assert {row.client_id for row in place.rows(escalations)} == {place.ids[0], lee}
    assert {row.trigger for row in place.rows(escalations)} == {Trigger.SET_ASIDE}
    assert len(place.rows(engagement, engagement.c.kind == Kind.TEXT_IN)) == 1


async def test_the_page_of_a_shared_phone_shows_one_thread(place: Place, lee: str) -> None:
    routes(place, ask)
    await place.says("hello")
    (phone,) = place.do(lambda c: phones.phones(c, lee))
    assert (phone.client_id, phone.first_name) == (place.ids[0], "Client0, Lee")
    assert [text.body for text in phone.texts] == ["hello"]
    assert len(place.do(phones.phones)) == len(place.numbers)


async def test_numbers_nobody_should_text_are_taken_out_at_the_door(place: Place) -> None:
    kept = keep(place)
    await place.says("my ssn is 123 45 6789")
    ((_who, said),) = kept
    assert (said.text, said.held_private) == ("my ssn is [hidden]", True)
    row = place.rows(messages)[0]
    assert (row.body, row.redacted) == ("my ssn is [hidden]", True)
    assert "6789" not in repr(Inbound("SM9", place.numbers[0], "my ssn is 123 45 6789"))


async def test_a_number_that_changes_needs_a_new_yes_and_nothing_goes_to_the_old_one(place: Place) -> None:
    await place.decides(texted("one"))
    place.do(lambda c: people.change_number(c, place.ids[0], "+15550109999", place.worker, NOW))
    client = place.rows(clients, clients.c.id == place.ids[0])[0]
    assert (client.number, client.consent) == ("+15550109999", Consent.NONE)
    (text,) = place.rows(messages, messages.c.direction == "out")
    assert (text.state, text.reason, text.number) == ("cancelled", people.NUMBER_CHANGED, place.numbers[0])
    kinds = [row.kind for row in place.rows(engagement)][-3:]
    assert sorted(kinds) == sorted([Kind.CLIENT_CHANGED, Kind.CONSENT_CHANGED, Kind.TEXT_STATUS])


async def test_a_list_adds_a_second_person_only_to_a_phone_that_it_says_is_shared(place: Place) -> None:
    def put(name: str, *, shared: bool) -> people.Imported:
        new = people.NewClient(place.numbers[0], name, "en", ZONE, place.worker, phone_is_shared=shared)
        found: people.Imported = place.do(lambda c: people.put_clients(c, [new], place.worker, NOW))
        return found

    assert put("Rosa", shared=False) == people.Imported(0, 1, 0)
    assert put("Lee", shared=True) == people.Imported(1, 0, 0)
    assert put("Lee", shared=False) == people.Imported(0, 0, 1)
    assert put("Ana", shared=False) == people.Imported(0, 0, 0, 1)
    names = [row.first_name for row in place.rows(clients, clients.c.number == place.numbers[0])]
    assert names == ["Rosa", "Lee"]


async def test_whose_a_text_of_the_web_chat_is_needs_no_question(place: Place, lee: str) -> None:
    kept, asked = keep(place), routes(place, ask)
    texts = [
        Inbound("WC1", place.numbers[0], "hi", channel=ChannelName.WEB_CHAT, writer=lee),
        Inbound("WC2", place.numbers[0], "hi", channel=ChannelName.WEB_CHAT, writer=place.ids[1]),
    ]
    assert [await place.writer.take_text(one) for one in texts] == [Taken.STORED, Taken.NOT_THEIRS]
    assert [name for name, _ in kept] == ["Lee"]
    assert asked == []
    assert [row.client_id for row in place.rows(messages, messages.c.direction == "in")] == [lee]
