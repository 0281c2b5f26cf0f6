"""When a client may be texted: each test names a defect seen in the field, or a rule of the domain guide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.county import Caps, County, Hours
from conversations.nudges import UNHEARD, NudgeKind
from conversations.situation import Client, PartOfDay, Sent, Situation
from conversations.visits import Visit, VisitStatus
from conversations.wall_clock import at_wall
from scheduler.windows import (
    Allowed,
    NoMomentError,
    at_clients_hour,
    good_moment,
    hour_inside,
    local_day,
    next_allowed,
    next_day,
    room,
    takes_place_of,
)

LA = ZoneInfo("America/Los_Angeles")
PHOENIX = ZoneInfo("America/Phoenix")
NEW_YORK = ZoneInfo("America/New_York")
CHECK_IN, REMINDER = NudgeKind.CHECK_IN, NudgeKind.STEP_REMINDER


def somebody(zone: ZoneInfo = LA, **changes: object) -> Situation:
    county = County("Demo", "Goal Line", "707 555 0100", LA)
    client = Client("1", "Maria", "en", zone)
    return replace(Situation(client, county), **changes)  # type: ignore[arg-type]


def local(text: str, zone: ZoneInfo = LA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def moved(kind: NudgeKind, wanted: str, situation: Situation | None = None, zone: ZoneInfo = LA) -> tuple[str, str]:
    """To when (local), and why."""
    at = local(wanted, zone)
    allowed = next_allowed(kind, at, situation or somebody(zone), at)
    return allowed.at.astimezone(zone).isoformat(" ", "minutes")[:16], allowed.reason


@pytest.mark.parametrize(
    ("kind", "wanted", "to", "reason"),
    [
        (CHECK_IN, "2026-03-04T09:00", "2026-03-04 09:00", ""),
        (CHECK_IN, "2026-03-04T19:59", "2026-03-04 19:59", ""),
        (CHECK_IN, "2026-03-04T20:00", "2026-03-05 09:00", "quiet_hours"),
        (CHECK_IN, "2026-03-04T23:30", "2026-03-05 09:00", "quiet_hours"),
        (CHECK_IN, "2026-03-05T00:00", "2026-03-05 09:00", "quiet_hours"),
        (CHECK_IN, "2026-03-05T00:30", "2026-03-05 09:00", "quiet_hours"),
        (CHECK_IN, "2026-03-05T08:59", "2026-03-05 09:00", "quiet_hours"),
        (CHECK_IN, "2026-03-06T20:30", "2026-03-09 09:00", "quiet_hours"),
        (CHECK_IN, "2026-03-07T12:00", "2026-03-09 09:00", "quiet_day"),
        (REMINDER, "2026-03-07T08:00", "2026-03-07 08:00", ""),
        (REMINDER, "2026-03-07T20:59", "2026-03-07 20:59", ""),
        (REMINDER, "2026-03-07T21:00", "2026-03-08 08:00", "quiet_hours"),
        (REMINDER, "2026-03-07T07:59", "2026-03-07 08:00", "quiet_hours"),
        (NudgeKind.WORKER_NUDGE, "2026-03-07T08:00", "2026-03-09 09:00", "quiet_day"),
        (NudgeKind.SILENCE, "2026-03-04T02:00", "2026-03-04 09:00", "quiet_hours"),
        (NudgeKind.END_OF_REST, "2026-03-04T21:00", "2026-03-05 09:00", "quiet_hours"),
    ],
)
def test_a_text_goes_at_the_next_moment_of_its_hours(kind: NudgeKind, wanted: str, to: str, reason: str) -> None:
    assert moved(kind, wanted) == (to, reason)


def test_a_check_in_keeps_off_a_holiday_and_a_reminder_the_client_asked_for_does_not() -> None:
    county = replace(somebody().county, holidays=frozenset({date(2026, 5, 25)}))
    assert moved(CHECK_IN, "2026-05-25T10:00", somebody(county=county)) == ("2026-05-26 09:00", "holiday")
    assert moved(REMINDER, "2026-05-25T10:00", somebody(county=county)) == ("2026-05-25 10:00", "")


def test_the_hours_are_those_of_the_client_not_of_the_county_or_the_server() -> None:
    at = datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert next_allowed(CHECK_IN, at, somebody(NEW_YORK), at) == Allowed(at)
    assert next_allowed(CHECK_IN, at, somebody(PHOENIX), at).at == datetime(2026, 7, 1, 16, tzinfo=UTC)


def test_the_client_zone_decides_which_day_it_is() -> None:
    saturday_in_new_york = datetime(2026, 3, 7, 5, 30, tzinfo=UTC)
    honolulu = ZoneInfo("Pacific/Honolulu")
    assert next_allowed(CHECK_IN, saturday_in_new_york, somebody(NEW_YORK), saturday_in_new_york).reason == "quiet_day"
    assert next_allowed(CHECK_IN, saturday_in_new_york, somebody(honolulu), saturday_in_new_york).reason == ""


@pytest.mark.parametrize(
    ("day", "utc_hour"), [("2026-03-06", 17), ("2026-03-09", 16), ("2026-10-30", 16), ("2026-11-02", 17)]
)
def test_nine_o_clock_stays_nine_o_clock_over_daylight_saving(day: str, utc_hour: int) -> None:
    at = local(f"{day}T03:00")
    assert next_allowed(CHECK_IN, at, somebody(), at).at == datetime.fromisoformat(f"{day}T{utc_hour}:00+00:00")


def test_each_zone_keeps_its_own_daylight_saving() -> None:
    at = datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert next_allowed(CHECK_IN, at, somebody(LA), at).at.hour == 16
    assert next_allowed(CHECK_IN, at, somebody(PHOENIX), at).at.hour == 16
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert next_allowed(CHECK_IN, at, somebody(LA), at).at.hour == 17
    assert next_allowed(CHECK_IN, at, somebody(PHOENIX), at).at.hour == 16


def test_a_missing_hour_comes_later_and_a_doubled_one_counts_once_and_first() -> None:
    assert at_wall(date(2026, 3, 8), time(2, 30), LA).isoformat() == "2026-03-08T03:30:00-07:00"
    assert at_wall(date(2026, 11, 1), time(1, 30), LA).isoformat() == "2026-11-01T01:30:00-07:00"
    assert at_wall(date(2026, 11, 1), time(1, 30, fold=1), LA).isoformat() == "2026-11-01T01:30:00-07:00"


def test_nobody_who_rests_is_texted_before_the_rest_is_over() -> None:
    client = replace(somebody().client, resting_until=local("2026-03-12T21:30"))
    assert moved(CHECK_IN, "2026-03-04T10:00", somebody(client=client)) == ("2026-03-13 09:00", "resting")
    assert moved(REMINDER, "2026-03-04T10:00", somebody(client=client)) == ("2026-03-13 08:00", "resting")
    assert moved(CHECK_IN, "2026-03-16T10:00", somebody(client=client)) == ("2026-03-16 10:00", "")


def test_a_moment_that_is_past_becomes_now() -> None:
    now = local("2026-03-04T11:00")
    assert next_allowed(CHECK_IN, now - timedelta(days=3), somebody(), now) == Allowed(now)


def test_the_second_of_two_equal_wall_clock_hours_is_later_than_the_first() -> None:
    now = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=LA)
    wanted = datetime(2026, 11, 1, 1, 45, tzinfo=LA)
    county = replace(somebody().county, send_hours=Hours(time(0), time(20)), send_days=frozenset(range(7)))
    assert next_allowed(CHECK_IN, wanted, somebody(county=county), now).at == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


def test_an_own_reminder_and_what_nobody_hears_keep_their_moment() -> None:
    resting = somebody(client=replace(somebody().client, resting_until=local("2026-03-12T21:30")))
    for kind in (NudgeKind.OWN_REMINDER, *UNHEARD):
        assert moved(kind, "2026-03-08T03:30", resting) == ("2026-03-08 03:30", "")


def test_a_promise_is_spoken_of_on_any_day_inside_the_legal_hours() -> None:
    assert moved(NudgeKind.PROMISE, "2026-03-07T20:30") == ("2026-03-07 20:30", "")
    assert moved(NudgeKind.PROMISE, "2026-03-07T21:30") == ("2026-03-08 08:00", "quiet_hours")


@pytest.mark.parametrize(
    ("wanted", "to", "reason"),
    [
        ("2026-05-23T10:00", "2026-05-24 09:00", "quiet_day"),  # a Saturday, two days before
        ("2026-05-24T08:30", "2026-05-24 09:00", "quiet_hours"),
        ("2026-05-24T19:59", "2026-05-24 19:59", ""),
        ("2026-05-24T20:00", "2026-05-25 09:00", "quiet_hours"),  # the day itself, a holiday
        ("2026-05-26T08:59", "2026-05-26 09:00", "quiet_hours"),
    ],
)
def test_what_is_about_visits_goes_on_any_day_next_to_one(wanted: str, to: str, reason: str) -> None:
    monday = Visit(1, local("2026-05-25T15:00"), "Ana", "Koster office")
    county = replace(somebody().county, holidays=frozenset({date(2026, 5, 25)}))
    resting = replace(somebody().client, resting_until=local("2026-06-12T21:30"))
    who = somebody(county=county, client=resting, visits=(monday,))
    assert moved(NudgeKind.VISIT_TOMORROW, wanted, who) == (to, reason)
    over = replace(who, visits=(replace(monday, status=VisitStatus.ENDED_BY_OFFICE),))
    assert moved(NudgeKind.VISIT_ENDED, "2026-05-24T10:00", over) == ("2026-05-26 09:00", "quiet_day")


def test_the_clients_hour_is_brought_inside_the_sending_hours() -> None:
    evening = replace(somebody().client, part_of_day=PartOfDay.EVENING)
    for hours, at in ((Hours(time(9), time(20)), "18:00"), (Hours(time(9), time(17)), "16:30")):
        county = replace(somebody().county, send_hours=hours)
        assert hour_inside(date(2026, 3, 5), somebody(client=evening, county=county)) == local(f"2026-03-05T{at}")
    late = replace(somebody().county, send_hours=Hours(time(12), time(20)))
    assert hour_inside(date(2026, 3, 5), somebody(county=late)) == local("2026-03-05T12:00")


@pytest.mark.parametrize(
    ("sent", "promised", "taken"),
    [
        (Sent(), [], False),
        (Sent(), ["2026-03-05T10:00"], False),
        (Sent(), ["2026-03-04T18:00"], True),
        (Sent(0, 2, 2), ["2026-03-06T10:00"], False),
        (Sent(0, 2, 2), ["2026-03-07T10:00", "2026-03-06T10:00"], True),
        (Sent(0, 2, 2), ["2026-03-20T10:00", "2026-03-06T10:00"], False),
        (Sent(0, 0, 10), ["2026-03-20T10:00", "2026-03-06T10:00"], True),
        (Sent(0, 0, 11), ["2026-04-20T10:00"], False),
    ],
)
def test_a_text_now_takes_the_place_of_promised_ones_when_a_cap_has_no_room_for_all(
    sent: Sent,
    promised: list[str],
    taken: bool,  # noqa: FBT001
) -> None:
    now = local("2026-03-04T10:00")
    assert takes_place_of([local(at) for at in promised], somebody(sent=sent), now) == taken


def test_a_steps_reminder_has_room_beside_a_visits_text_on_the_day_before_alone() -> None:
    now = local("2026-03-04T10:00")
    for day, has_room in (("2026-03-04", False), ("2026-03-05", True), ("2026-03-06", False)):
        who = somebody(sent=Sent(1, 4, 12), visits=(Visit(1, local(f"{day}T15:00"), "Ana", "Koster office"),))
        assert (room(REMINDER, who, now).reason == "") == has_room
        assert room(CHECK_IN, who, now).reason == "cap_day"


@pytest.mark.parametrize(
    "closed",
    [{"send_days": frozenset()}, {"send_hours": Hours(time(9), time(9))}, {"send_hours": Hours(time(20), time(9))}],
)
def test_a_county_without_any_hour_is_an_error_and_no_endless_search(closed: dict[str, object]) -> None:
    county = replace(somebody().county, **closed)  # type: ignore[arg-type]
    at = local("2026-03-04T12:00")
    with pytest.raises(NoMomentError):
        next_allowed(CHECK_IN, at, somebody(county=county), at)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (Sent(0, 3, 11), ""),
        (Sent(1, 1, 1), "cap_day"),
        (Sent(0, 4, 4), "cap_week"),
        (Sent(0, 3, 12), "cap_month"),
        (Sent(1, 4, 12), "cap_day"),
    ],
)
def test_a_client_gets_no_more_than_the_caps_allow(sent: Sent, reason: str) -> None:
    now = local("2026-03-04T14:00")
    found = room(CHECK_IN, somebody(sent=sent), now)
    assert found == Allowed(local("2026-03-05T10:00") if reason else now, reason)


def test_a_county_can_set_other_caps() -> None:
    county = replace(somebody().county, caps=Caps(2, 6, 20))
    now = local("2026-03-04T14:00")
    assert room(CHECK_IN, somebody(sent=Sent(1, 5, 19), county=county), now).reason == ""


@pytest.mark.parametrize(
    ("part", "hour"),
    [(PartOfDay.MORNING, 9), (PartOfDay.MIDDAY, 12), (PartOfDay.EVENING, 18), (None, 10)],
)
def test_the_next_day_begins_at_the_clients_own_hour(part: PartOfDay | None, hour: int) -> None:
    who = somebody(client=replace(somebody().client, part_of_day=part))
    assert next_day(CHECK_IN, who, local("2026-03-06T14:00")) == local(f"2026-03-09T{hour:02}:00")
    assert next_day(CHECK_IN, who, local("2026-03-04T23:00")) == local(f"2026-03-05T{hour:02}:00")
    assert at_clients_hour(date(2026, 3, 5), who.client) == local(f"2026-03-05T{hour:02}:00")


def test_what_has_to_move_anyway_moves_to_the_clients_hour() -> None:
    who = somebody(client=replace(somebody().client, part_of_day=PartOfDay.EVENING))
    now = local("2026-03-04T12:00")

    def good(kind: NudgeKind, wanted: str, situation: Situation = who) -> Allowed:
        return good_moment(kind, local(wanted), situation, now)

    assert good(CHECK_IN, "2026-03-07T12:00") == Allowed(local("2026-03-09T18:00"), "quiet_day")
    assert good(CHECK_IN, "2026-03-09T12:00") == Allowed(local("2026-03-09T12:00"))
    assert good(REMINDER, "2026-03-07T06:00") == Allowed(local("2026-03-07T08:00"), "quiet_hours")
    early = replace(who.county, send_hours=Hours(time(9), time(17)))
    assert good(CHECK_IN, "2026-03-07T12:00", somebody(client=who.client, county=early)).at == local("2026-03-09T09:00")


def test_the_clients_day_is_not_the_utc_day() -> None:
    assert local_day(datetime(2026, 3, 5, 4, tzinfo=UTC), somebody().client) == date(2026, 3, 4)
