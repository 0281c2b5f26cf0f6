"""Who is away, and who answers for them."""

from datetime import UTC, date, datetime

import pytest

from records import leaves, people
from records.engagement import Kind
from records.errors import NotFoundError, RefusedError
from records.leaves import TEAM, Cover
from tests.records.desk import hire, logged
from tests.records.place import NOW, Place

MONDAY, TUESDAY, FRIDAY, NEXT_MONDAY = (date(2026, 3, day) for day in (2, 3, 6, 9))


def away(place: Place, staff_id: str, first: date, last: date, cover: str | None = None) -> str:
    added: str = place.do(lambda c: leaves.add(c, staff_id, first, last, cover, place.worker, place.now))
    return added


def answers(place: Place, staff_id: str, now: datetime = NOW) -> Cover | None:
    found: Cover | None = place.do(lambda c: leaves.covers(c, [staff_id], place.county, now)).get(staff_id)
    return found


async def test_a_leave_lasts_from_its_first_day_to_its_last_by_the_county_s_calendar(place: Place) -> None:
    away(place, place.worker, TUESDAY, FRIDAY, hire(place, "Ben"))

    def there(day: int, hour: int) -> bool:
        return answers(place, place.worker, datetime(2026, 3, day, hour, tzinfo=UTC)) is None

    assert [there(3, 7), there(3, 9), there(7, 7), there(7, 9)] == [True, False, False, True]


async def test_who_covers_answers_or_their_cover_or_the_team(place: Place) -> None:
    ben, cy = hire(place, "Ben"), hire(place, "Cy")
    assert answers(place, place.worker) is None
    away(place, place.worker, MONDAY, FRIDAY, ben)
    assert answers(place, place.worker) == Cover(ben, "Ben")
    away(place, ben, MONDAY, MONDAY, cy)
    assert answers(place, place.worker) == Cover(cy, "Cy")
    away(place, cy, MONDAY, MONDAY)
    assert answers(place, place.worker) == TEAM


async def test_two_who_cover_for_each_other_leave_it_to_the_team(place: Place) -> None:
    ben = hire(place, "Ben")
    away(place, place.worker, MONDAY, FRIDAY, ben)
    away(place, ben, MONDAY, FRIDAY, place.worker)
    assert answers(place, place.worker) == TEAM


async def test_a_cover_who_has_left_leaves_it_to_the_team(place: Place) -> None:
    away(place, place.worker, MONDAY, FRIDAY, hire(place, "Ben"))
    place.do(lambda c: people.set_active(c, "ben@example.org", active=False))
    assert answers(place, place.worker) == TEAM


async def test_those_for_whom_somebody_answers_today_are_known(place: Place) -> None:
    ben, cy = hire(place, "Ben"), hire(place, "Cy")
    away(place, place.worker, MONDAY, FRIDAY, ben)
    away(place, cy, MONDAY, FRIDAY)
    assert place.do(lambda c: leaves.covered_by(c, ben, place.county, NOW)) == {place.worker}
    assert place.do(lambda c: leaves.covered_by(c, None, place.county, NOW)) == {cy}


async def test_the_same_leave_twice_is_one(place: Place) -> None:
    first = away(place, place.worker, TUESDAY, FRIDAY)
    assert away(place, place.worker, TUESDAY, FRIDAY) == first
    (line,) = logged(place, Kind.LEAVE_ADDED)
    assert line.detail == {
        "staff_id": place.worker,
        "first_day": "2026-03-03",
        "last_day": "2026-03-06",
        "cover_id": None,
    }


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        (FRIDAY, NEXT_MONDAY, "2026-03-03 to 2026-03-06"),
        (MONDAY, TUESDAY, "2026-03-03 to 2026-03-06"),
        (MONDAY, NEXT_MONDAY, "2026-03-03 to 2026-03-06"),
        (NEXT_MONDAY, MONDAY, "the other way round"),
    ],
)
async def test_a_leave_that_overlaps_another_or_ends_before_it_begins_is_refused(
    place: Place, first: date, last: date, refusal: str
) -> None:
    away(place, place.worker, TUESDAY, FRIDAY)
    with pytest.raises(RefusedError, match=refusal):
        away(place, place.worker, first, last)


async def test_nobody_covers_for_themselves_or_is_covered_by_a_stranger(place: Place) -> None:
    with pytest.raises(RefusedError):
        away(place, place.worker, MONDAY, FRIDAY, place.worker)
    with pytest.raises(NotFoundError):
        away(place, place.worker, MONDAY, FRIDAY, "nobody")


async def test_leaves_are_listed_and_taken_back_once(place: Place) -> None:
    ben = hire(place, "Ben")
    away(place, place.worker, MONDAY, MONDAY)
    later = away(place, place.worker, FRIDAY, FRIDAY, ben)
    place.later(days=1)
    (ahead,) = place.do(lambda c: leaves.ahead(c, place.county, place.now))
    assert (ahead.id, ahead.first_name, ahead.first_day, ahead.cover) == (later, "Ana", FRIDAY, "Ben")
    assert len(place.do(lambda c: leaves.of(c, place.worker))) == 2
    assert [place.do(lambda c: leaves.remove(c, later, place.worker, place.now)) for _ in range(2)] == [True, False]
    assert place.do(lambda c: leaves.ahead(c, place.county, place.now)) == []
    assert len(logged(place, Kind.LEAVE_REMOVED)) == 1
