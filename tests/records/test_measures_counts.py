import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, false, true, update

from bot.content_rule_lists import load_rule_lists
from conversations.escalations import Trigger
from records.measures import (
    celebration,
    engagement,
    escalations,
    goals,
    kept,
    own_words,
    participation,
    period,
    reach,
    register,
    splits,
    understanding,
    visits,
)
from records.measures.figures import Figure, hide, share
from records.measures.register import MEASURES
from records.states import UNPROMPTED
from records.tables import clients, ladder_entries
from records.tables import goals as goals_table
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
    assert fraction(engagement.active(world.connection, MARCH, true()), "engaged") == (2, 3)


@pytest.mark.parametrize("body", ["STOP", "help", "WHO", " "])
def test_words_that_are_no_talk_do_not_make_a_client_active(world: World, body: str) -> None:
    world.says(world.join(), on(5), body)
    assert fraction(engagement.active(world.connection, MARCH, true()), "engaged") == (0, 1)


def test_a_wrong_number_is_not_taking_part(world: World) -> None:
    client = world.join()
    world.consents(client, on(5), "wrong_number", world.says(client, on(5), "you got the wrong person"))
    assert fraction(engagement.active(world.connection, MARCH, true()), "engaged") == (0, 1)


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


def test_what_nobody_opened_in_the_chat_while_it_was_of_use_has_not_arrived(world: World) -> None:
    client = world.join()
    for state in ("delivered", "expired"):
        world.hears(client, on(3), state=state, channel="web_chat", by_sms_at=on(3))
    world.hears(client, on(3), state="expired")
    assert fraction(reach.reach(world.connection, MARCH, true()), "delivered") == (1, 2)


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


def test_each_question_of_each_conversation_has_its_own_reply_rate(world: World) -> None:
    client = world.join()
    world.asked(client, on(2), template="welcome/time")
    world.says(client, on(2, 11))
    world.asked(client, on(3), template="welcome/time")
    world.asked(client, on(3, 11), template="visit/ask")
    world.says(client, on(3, 12))
    world.hears(client, on(4), template="single/glad")
    found = engagement.replies(world.connection, MARCH, true())
    assert [(one.label, one.numerator, one.denominator) for one in found] == [
        ("answered", 2, 3),
        ("visit/ask", 1, 1),
        ("welcome/time", 1, 2),
    ]


def test_what_may_still_come_is_not_missed_yet(world: World) -> None:
    client = world.join((on(18), "invited"), (on(19), "active"))
    world.asked(client, on(19))
    world.plans(client, on(15), "planned")
    world.plans(client, on(15), "not_yet", on(18))
    world.visits(client, on(25), "planned")
    world.hears(client, on(19), state="sent")
    world.needs(client, on(19), Trigger.COMPLAINT, promised_by=on(21), due_at=on(21))
    so_far = replace(MARCH, until=on(20), now=on(20))
    for count in (
        reach.uptake,
        engagement.replies,
        goals.timely,
        goals.learning,
        visits.kept,
        escalations.promises,
    ):
        first = count(world.connection, so_far, true())[0]
        assert first.denominator == 0, count.__name__
    assert fraction(reach.reach(world.connection, so_far, true()), "delivered") == (1, 1)


def test_a_time_given_up_late_or_missed_was_due_as_well_as_the_new_one(world: World) -> None:
    client = world.join()
    for first, moved_at, missed in ((on(10), on(9, 11), False), (on(12), on(12, 15), True), (on(20), on(19, 9), False)):
        number = world.visits(client, on(30), "attended")
        world.logs(client, on(2), "visit_entered", number, starts_at=first.isoformat(), status="planned")
        if missed:
            world.logs(client, on(12, 14), "visit_missed", number, starts_at=first.isoformat(), status="missed")
        world.logs(client, moved_at, "visit_moved", number, starts_at=on(30).isoformat(), status="planned")
    found = visits.kept(world.connection, MARCH, true())
    assert [(one.label, one.numerator, one.denominator) for one in found][:3] == [
        ("attended", 3, 5),
        ("missed", 1, 5),
        ("moved_late", 1, 5),
    ]


def test_a_plan_is_another_only_if_its_version_is(world: World) -> None:
    client = world.join()
    for version in (1, 2):
        goal = world.plans(client, on(5), "not_yet", on(6))
        world.happens(client, goal, on(6, 11), "revised", version, was=1)
    assert fraction(goals.learning(world.connection, MARCH, true()), "turned") == (1, 2)


def test_goals_stand_as_they_stood_a_week_after_the_month(world: World) -> None:
    client = world.join()
    achieved, later, revised, paused, open_ended = (
        world.plans(client, day, "planned") for day in (on(5), on(6), on(7), on(8), on(8, month=5))
    )
    world.happens(client, achieved, on(3, month=4), "achieved")
    world.happens(client, later, on(20, month=4), "achieved")
    world.happens(client, revised, on(9), "revised", 2, was=1)
    world.happens(client, paused, on(9), "paused")
    world.happens(client, open_ended, on(9), "released")
    found = goals.outcomes(world.connection, MARCH, true())
    assert {one.label: one.numerator for one in found if one.numerator} == {
        "achieved": 1,
        "active": 1,
        "revised": 1,
        "paused": 1,
    }
    assert found[0].denominator == 4


def test_a_paused_goal_lives_on_only_in_the_months_before(world: World) -> None:
    client = world.join()
    goal = world.plans(client, on(5), "done", on(6))
    world.happens(client, goal, on(2, month=4), "paused")
    assert fraction(goals.living(world.connection, MARCH, true()), "living") == (1, 1)
    april = period.month(2026, 4, MARCH.now, COUNTY, LANGUAGES)
    assert fraction(goals.living(world.connection, april, true()), "living") == (0, 1)


def test_a_result_is_celebrated_at_once_by_us_and_within_two_working_days_by_a_person(world: World) -> None:
    client = world.join()
    for day in (6, 20):
        goal = world.plans(client, on(day), "done", on(day))
        world.connection.execute(update(goals_table).where(goals_table.c.number == goal).values(shared=True))
    world.hears(client, on(6))
    world.hears(client, on(10, 16, 59), author=world.worker)
    world.hears(client, on(25), author=world.worker)
    found = celebration.celebrated(world.connection, MARCH, true())
    assert [(one.numerator, one.denominator) for one in found] == [(1, 2), (1, 2)]


def test_an_opt_out_is_told_with_the_text_before_it(world: World) -> None:
    client = world.join((LAST_YEAR, "active"), (on(9), "revoked"))
    world.hears(client, on(7), template="visit/ask", priority=UNPROMPTED)
    world.hears(client, on(8), template="life_pulse/pulse", priority=UNPROMPTED)
    world.hears(client, on(10), template="single/glad", priority=UNPROMPTED)
    found = reach.opt_outs(world.connection, MARCH, true())
    assert fraction(found, "life_pulse/pulse") == (1, 1)
    assert fraction(found, "per_unprompted_text") == (1, 3)
    assert [round(one.denominator or 0, 2) for one in found[:1]] == [0.28]


def test_weeks_without_a_text_count_in_the_text_load(world: World) -> None:
    client = world.join()
    for day in (2, 3, 8, 9):
        world.hears(client, on(day), priority=UNPROMPTED)
    found = reach.load(world.connection, MARCH, true())
    assert [one.value for one in found] == [0, 3, 3]
    assert found[0].denominator == 5


def test_texts_from_before_a_client_changed_their_language_are_left_out(world: World) -> None:
    client = world.join(language="es")
    world.hears(client, on(3), language="en")
    world.logs(client, on(4), "preference_set", "language")
    world.hears(client, on(5), language="es")
    world.hears(client, on(6), language="en")
    assert fraction(reach.own_language(world.connection, MARCH, true()), "own_language") == (1, 2)


def test_danger_that_was_merged_is_touched_when_what_it_was_merged_into_is(world: World) -> None:
    client = world.join()
    leads = world.needs(client, on(9, 11), Trigger.COMPLAINT, contacted_at=on(9, 12, 10))
    world.needs(client, on(9, 12), Trigger.MEDICAL, level="U0", merged_into=leads)
    assert fraction(escalations.crises(world.connection, MARCH, true()), "in_time") == (1, 1)


def test_texts_that_say_we_did_not_understand_are_counted(world: World) -> None:
    client = world.join()
    for _ in range(4):
        world.says(client, on(3))
    world.hears(client, on(3), template="fallback/choice")
    world.hears(client, on(3), template="welcome/time")
    found = understanding.not_understood(world.connection, MARCH, true())
    assert [one.value for one in found] == [25]


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
    found = splits.compare(world.connection, MEASURES[2], MARCH, true(), splits.Split.LANGUAGE)
    assert [group[0].hidden for group in found.values()] == [True, True]


def test_differences_over_ten_points_between_large_groups_are_flagged(world: World) -> None:
    for n in range(60):
        client = world.join(language="es" if n % 2 else "en")
        if n % 2 or n < 30:
            world.says(client, on(4))
    assert splits.flagged(splits.compare(world.connection, MEASURES[2], MARCH, true(), splits.Split.LANGUAGE)) == [
        "engaged"
    ]


def test_a_settled_month_is_counted_once_and_kept_as_it_was(world: World) -> None:
    world.needs(world.join(), on(3), Trigger.MEDICAL, level="U0", contacted_at=on(3, 10, 5))
    crises = next(measure for measure in MEASURES if measure.id == "M28")
    first = kept.count(world.connection, crises, MARCH, kept.COUNTY)
    assert first.row is not None
    kept.keep(world.connection, [first.row, first.row])
    world.needs(world.join(), on(4), Trigger.MEDICAL, level="U0")
    assert kept.count(world.connection, crises, MARCH, kept.COUNTY) == kept.Counted(first.figures)


def test_what_is_not_settled_is_kept_for_the_day_and_of_few_clients_not_at_all(world: World) -> None:
    crises = next(measure for measure in MEASURES if measure.id == "M28")
    so_far = replace(MARCH, now=MARCH.until + timedelta(hours=12))
    first = kept.count(world.connection, crises, so_far, kept.COUNTY)
    assert first.row is not None
    kept.keep(world.connection, [first.row])
    world.needs(world.join(), on(4), Trigger.MEDICAL, level="U0")
    for later, expected in ((2, 1), (20, 2), (24 * 20, 2)):
        found = kept.count(
            world.connection, crises, replace(so_far, now=so_far.now + timedelta(hours=later)), kept.COUNTY
        )
        assert len(found.figures) == expected
    assert kept.count(world.connection, crises, so_far, kept.of_worker("w" * 32)).row is None


def test_one_month_comes_after_another() -> None:
    found = period.months_until(MARCH, 4)
    assert [one.since.astimezone(COUNTY.zone).month for one in found] == [12, 1, 2, 3]
    assert all(one.until == after.since for one, after in itertools.pairwise(found))
    assert MARCH.until - MARCH.since == timedelta(days=31) - timedelta(hours=1)
    assert set(LANGUAGES) == {"en", "es"}


def test_of_workers_own_words_those_without_a_hint_and_those_with_an_open_question_are_counted(world: World) -> None:
    client = world.join()
    for body, said in (
        ("Hi Maria. What would help you this week?", {"author": world.worker}),
        ("You must call me NOW!!!", {"author": world.worker}),
        ("Hi Maria, how are the kids?", {"author": world.worker, "template": "worker_template/help"}),
        ("Hi Maria. What is your goal?", {}),
        ("Xin chào", {"author": world.worker, "language": "vi"}),
        ("You must call.", {"author": world.worker, "state": "held"}),
    ):
        world.hears(client, on(9), body=body, **said)
    world.says(client, on(9))
    found = own_words.content_quality(world.connection, replace(MARCH, lists=load_rule_lists(LANGUAGES)), true())
    assert [(one.label, one.numerator, one.denominator) for one in found] == [
        ("no_hint", 1, 2),
        ("open_question", 1, 2),
    ]


def test_the_ladder_counts_levels_and_moves_and_who_stands_apart_by_what_was_entered_last(world: World) -> None:
    for february, march in (((5, 20), (20, 20)), ((0, 20), (0, 20)), (None, (15, 20)), ((20, 20), "exempt")):
        client = world.join()
        for month, said in (("2026-02", february), ("2026-03", (1, 20)), ("2026-03", march)):
            if said:
                hours, plan = (0, 0) if isinstance(said, str) else said
                row = {"hours": hours, "plan_hours": plan, "apart": said if isinstance(said, str) else ""}
                world.put(ladder_entries, on(9), client_id=client, month=month, by_id=world.worker, at=on(9), **row)
    found = participation.participation(world.connection, MARCH, true())
    assert {one.label: (one.numerator, one.denominator) for one in found if one.numerator} == {
        "none": (1, 3),
        "substantial": (1, 3),
        "full": (1, 3),
        "exempt": (1, 4),
        "any>full": (1, 2),
        "none>none": (1, 2),
    }
    assert len(found) == 4 + 2 + 16


def test_of_each_total_of_a_measure_a_second_number_is_hidden_with_a_lone_small_one() -> None:
    levels = [share(str(size), [(f"{size}/{n}", n < size) for n in range(40)], part=True) for size in (2, 18, 20)]
    moves = [replace(one, total="moves") for one in levels[1:]]
    assert [one.hidden for one in hide([*levels, *moves])] == [True, True, False, False, False]
