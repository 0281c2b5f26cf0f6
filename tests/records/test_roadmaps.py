"""A client's road: saved, and known again where the county uses roadmaps."""

from dataclasses import replace

import pytest_asyncio

from conversations.county import Tool
from conversations.effects import KeepRoadmap
from conversations.roadmaps import Roadmap, RoadmapStatus
from records.engagement import Kind
from records.tables import engagement, roadmaps
from tests.records.place import NOW, Place

ROAD = Roadmap(1, "a steady job", "a home of our own", ("my card", "three interviews"))


@pytest_asyncio.fixture
async def on_the_road(place: Place) -> Place:
    """A county that uses roadmaps."""
    await place.writer.close()
    place.county = replace(place.county, tools=frozenset({Tool.ROADMAP}))
    place.start()
    return place


async def test_a_road_is_kept_as_it_was_said_and_moves_on(on_the_road: Place) -> None:
    place = on_the_road
    await place.decides(KeepRoadmap(ROAD))
    assert (await place.decides()).roadmap == ROAD
    place.later(days=9)
    await place.decides(KeepRoadmap(replace(ROAD, reached=1)))
    assert (await place.decides()).roadmap == replace(ROAD, reached=1)
    (row,) = place.rows(roadmaps)
    assert row.set_at == NOW


async def test_the_newest_road_counts(on_the_road: Place) -> None:
    place = on_the_road
    await place.decides(KeepRoadmap(ROAD))
    await place.decides(
        KeepRoadmap(replace(ROAD, status=RoadmapStatus.REPLACED)), KeepRoadmap(Roadmap(2, "a house", marks=("save",)))
    )
    assert (await place.decides()).roadmap == Roadmap(2, "a house", marks=("save",))
    assert [row.status for row in place.rows(roadmaps)] == [RoadmapStatus.REPLACED, RoadmapStatus.ACTIVE]
    assert (await place.decides(client=1)).roadmap is None


async def test_a_county_without_roadmaps_does_not_look_for_them(place: Place) -> None:
    await place.decides(KeepRoadmap(ROAD))
    assert (await place.decides()).roadmap is None


async def test_the_log_names_the_road_and_none_of_its_words(place: Place) -> None:
    await place.decides(KeepRoadmap(ROAD))
    (log,) = place.rows(engagement, engagement.c.kind == Kind.ROADMAP_KEPT)
    assert (log.subject, log.reason, log.detail) == ("1", "", {"status": "active", "reached": 0})
