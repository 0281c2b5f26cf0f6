"""The document and the page that is made of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from aiohttp import ClientSession

from bot.api.document import document, example_of
from bot.api.problems import ProblemKind
from bot.api.routes import ROUTES
from records.api_tokens import Scope
from tests.api.callers import Caller
from tests.api.world import World
from tests.staff.office import Office

README = Path(__file__).resolve().parents[2] / "README.md"


async def test_the_page_shows_every_call_scope_and_problem_and_loads_nothing_from_elsewhere(
    office: Office, http: ClientSession
) -> None:
    async with http.get(f"{office.url}/api/v1/docs") as answer:
        page = await answer.text()
    assert answer.status == 200
    for route in ROUTES:
        assert f"{route.method} /api/v1{route.path}" in page
        assert f'id="{route.view.__name__}"' in page
    for kind in ProblemKind:
        assert f'id="{kind.slug}"' in page
    for scope in Scope:
        assert scope in page
    assert not re.search(r'(?:src|href)="https?:', page)


def test_every_example_is_one_that_may_be_sent() -> None:
    for route in ROUTES:
        if route.has_body:
            said = json.dumps(example_of(route.takes))
            route.takes.model_validate_json(said)


def test_every_call_has_a_name_of_its_own_and_says_what_can_go_wrong() -> None:
    written = document()
    operations = [said for methods in written["paths"].values() for said in methods.values()]
    assert len({said["operationId"] for said in operations}) == len(ROUTES)
    for said in operations:
        assert {"401", "403", "429", "500", "503"} <= set(said["responses"])
    assert "/log/{row_id}" in written["paths"]
    json.dumps(written)


async def test_the_calls_that_the_readme_shows_work_as_they_stand(world: World, caller: Caller) -> None:
    section = README.read_text(encoding="utf-8").partition("## Connect your case system")[2].partition("\n## ")[0]
    shown = section.replace("\\\n", "").replace("\\&", "&")
    calls = re.findall(r"^curl (?:-X (\w+) )?PUBLIC_URL/api/v1(\S+).*?(?:--json +'(.*)')?$", shown, re.MULTILINE)
    assert len(calls) == 3
    for method, path, body in calls:
        said = {"json": json.loads(body)} if body else {}
        answered = await caller.call(method or "GET", path, **said)
        assert answered.status in (200, 201), answered.body
