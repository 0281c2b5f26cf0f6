import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, false, true

from conversations.escalations import Trigger
from records.measures import engagement, escalations, goals, reach, register, splits, visits
from records.measures.figures import Figure
from records.measures.register import MEASURES
from records.tables import clients
from tests.records.world import COUNTY, LANGUAGES, MARCH, World, on

LAST_YEAR = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    with engine.begin() as connection:
        yield World(connection)


def fraction(figures: Sequence[Figure], label: str) -> tuple[int | None, float | None]:
    return next((figure.numerator, figure.denominator) for figure in figures if figure.label == label)


def test_who_joined_after_the_first_day_or_was_out_by_the_last_is_not_counted(
    world: World,
) -> None:
    world.says(world.join(), on(31, 23, 59))
    world.says(world.join(), on(1, 0, 0, month=4))
    world.join((LAST_YEAR, "active"), (on(9), "revoked"))
    world.join((on(2), "active"))
    world.says(world.join((on(1, 20), "active")), on(3))
    assert fraction(engagement.active(world.connection, MARCH, true()), "active") == (2, 3)


@pytest.mark.parametrize("body", ["STOP", "help", "WHO", " "])
def test_words_that_are_no_talk_do_not_make_a_client_active(world: World, body: str) -> None:
    world.says(world.join(), on(5), body)
    assert fraction(engagement.active(world.connection, MARCH, true()), "active") == (0, 1)


def test_a_wrong_number_is_not_taking_part(world: World) -> None:
    client = world.join()
    world.consents(client, on(5), "wrong_number", world.says(client, on(5), "you got the wrong person"))
    assert fraction(engagement.active(world.connection, MARCH, true()), "active") == (0, 1)


def test_the_month_one_cliff_is_of_those_whose_60_days_are_over(world: World) -> None:
    for begins, wrote in ((on(5, month=1), on(10, month=2)), (on(5, month=1), on(8, month=1)), (on(1), on(2))):
        world.says(world.join((begins, "active")), wrote)
    assert fraction(engagement.hold(world.connection, MARCH, true()), "held") == (1, 2)


def test_two_texts_of_one_check_in_are_one_question_and_nights_count_in_the_reply_time(world: World) -> None:
    client = world.join()
    world.asked(client, on(3, 18), world.asked(client, on(3, 17, 59)))
    world.says(client, on(4, 6))
    world.asked(client, on(20))
    world.says(client, on(23, 10, 1))
    assert fraction(engagement.replies(world.connection, MARCH, true()), "answered") == (1, 2)
    assert [figure.value for figure in engagement.reply_time(world.connection, MARCH, true())] == [720, 720]


def test_reach_leaves_out_what_never_left_and_who_had_stopped_with_the_carrier(world: World) -> None:
    client = world.join()
    for state in ("delivered", "undelivered", "sent", "suppressed", "cancelled"):
        world.hears(client, on(3), state=state)
    world.hears(client, on(3), state="failed", error_code=21610)
    found = reach.reach(world.connection, MARCH, true())
    assert (fraction(found, "delivered"), fraction(found, "not_known")) == ((1, 3), (1, 3))


def test_a_yes_counts_within_14_days_of_the_invitation(world: World) -> None:
    world.join((on(30), "invited"), (on(12, month=4), "active"))
    world.join((on(3), "invited"), (on(18), "active"))
    world.join((on(28, month=2), "invited"), (on(1), "active"))
    assert fraction(reach.uptake(world.connection, MARCH, true()), "yes") == (1, 2)


def test_silence_is_no_result_of_a_step(world: World) -> None:
    client = world.join()
    for status, reviewed in (("done", on(4)), ("not_yet", on(12)), ("no_reply", None)):
        world.plans(client, on(3), status, reviewed)
    found = goals.follow_through(world.connection, MARCH, true())
    assert (fraction(found, "followed"), fraction(found, "no_reply")) == ((1, 2), (1, 3))
    assert fraction(goals.timely(world.connection, MARCH, true()), "timely") == (1, 3)


def test_a_visit_that_the_office_ended_was_not_due(world: World) -> None:
    client = world.join()
    for status in ("attended", "missed", "ended_by_client", "ended_by_office"):
        world.visits(client, on(31, 16), status)
    assert fraction(visits.kept(world.connection, MARCH, true()), "attended") == (1, 3)


def test_staff_answer_in_working_minutes_and_a_merged_item_is_not_counted(world: World) -> None:
    client = world.join()
    friday, monday = on(6, 16, 30), on(9, 8, 15)
    leads = world.needs(client, friday, Trigger.ASKED_FOR_PERSON, contacted_at=monday, promised_by=on(9, 8, 10))
    world.needs(client, friday, Trigger.COMPLAINT, contacted_at=on(20), merged_into=leads)
    median = escalations.response(world.connection, MARCH, true())[0]
    assert (median.value, median.numerator) == (45, 1)
    assert fraction(escalations.promises(world.connection, MARCH, true()), "kept") == (0, 1)


def test_each_item_of_danger_is_listed_with_its_minutes(world: World) -> None:
    client = world.join()
    world.needs(client, on(6, 16, 50), Trigger.SELF_HARM, level="U0", acknowledged_at=on(9, 8, 5))
    world.needs(client, on(9, 12), Trigger.MEDICAL, level="U0", contacted_at=on(9, 12, 16))
    share, *items = escalations.crises(world.connection, MARCH, true())
    assert ((share.numerator, share.denominator), [item.value for item in items]) == ((1, 2), [15, 16])


def test_the_groups_of_a_split_add_up_to_the_whole(world: World) -> None:
    for n in range(9):
        client = world.join(language="es" if n % 3 else "en")
        world.asked(client, on(4))
        world.visits(client, on(4), "attended" if n % 2 else "missed")
        world.says(client, on(5))
        world.plans(client, on(3), "done", on(4))
    for measure in MEASURES:
        if measure.count is None or not measure.compared:
            continue
        whole = measure.count(world.connection, MARCH, true())
        parts = [measure.count(world.connection, MARCH, clients.c.language == code) for code in ("en", "es")]
        for place, figure in enumerate(whole):
            assert figure.numerator == sum(part[place].numerator or 0 for part in parts), measure.id


def test_of_nobody_every_measure_gives_zeros(world: World) -> None:
    world.says(world.join(), on(3))
    for measure in MEASURES:
        found = register.figures(world.connection, measure, MARCH, false())
        assert all(figure.numerator == 0 and not figure.value for figure in found), measure.id


def test_a_group_that_is_hidden_takes_another_along(world: World) -> None:
    for n in range(13):
        world.join(language="es" if n < 3 else "en")
    found = splits.by_language(world.connection, MEASURES[2], MARCH, true())
    assert [group[0].hidden for group in found.values()] == [True, True]


def test_differences_over_ten_points_between_large_groups_are_flagged(world: World) -> None:
    for n in range(60):
        client = world.join(language="es" if n % 2 else "en")
        if n % 2 or n < 30:
            world.says(client, on(4))
    assert splits.flagged(splits.by_language(world.connection, MEASURES[2], MARCH, true())) == ["active"]


def test_the_trend_is_one_month_after_another(world: World) -> None:
    found = splits.trend(world.connection, MEASURES[2], MARCH, true(), 4)
    assert [period.since.astimezone(COUNTY.zone).month for period, _ in found] == [12, 1, 2, 3]
    assert all(one.until == after.since for (one, _), (after, _) in itertools.pairwise(found))
    assert MARCH.until - MARCH.since == timedelta(days=31) - timedelta(hours=1)
    assert set(LANGUAGES) == {"en", "es"}
