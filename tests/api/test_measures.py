from __future__ import annotations

from aiohttp import ClientSession

from records.api_tokens import Scope
from tests.api.callers import Caller, let_in
from tests.staff.office import Office
from tests.staff.test_measures_page import fill, put_in_a_team


async def test_a_month_comes_with_its_definitions_and_the_few_are_hidden(office: Office, caller: Caller) -> None:
    await office.write(lambda connection: fill(connection, office))
    month = (await caller.get("/measures", month="2026-02")).body
    assert [one["id"] for one in month["measures"]] == [f"M{n}" for n in range(1, 29)]
    active, goals = month["measures"][2], month["measures"][8]
    assert active["denominator"] == "clients enrolled on the first day who had not opted out by the last"
    assert active["figures"][0] == {
        "label": "engaged",
        "numerator": 19,
        "denominator": 33.0,
        "value": 19 / 33,
        "unit": "share",
        "hidden": False,
    }
    assert [one["label"] for one in goals["figures"]][:3] == ["achieved", "revised", "replaced"]
    assert month["counted_at"]
    assert (await caller.get("/measures")).body["month"] == "2026-02"
    assert (await caller.get("/measures", month="1999-01")).status == 404


async def test_a_teams_token_does_not_give_away_the_few_who_are_in_none(office: Office, http: ClientSession) -> None:
    await office.write(lambda connection: fill(connection, office))
    await office.write(lambda connection: put_in_a_team(connection, office.ana))
    north = await let_in(office, http, [Scope.MEASURES_READ], "North")
    active = (await north.get("/measures", month="2026-02")).body["measures"][2]["figures"][0]
    assert active["hidden"]
    assert (active["numerator"], active["denominator"], active["value"]) == (None, None, None)
