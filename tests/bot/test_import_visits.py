from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.decider import Decider
from bot.imports.tables import open_table
from bot.imports.texts_ahead import TextsAhead
from bot.imports.visit_list import VisitList
from bot.languages import load_languages
from conversations.county import County
from records.import_verdicts import Judged, bad
from records.turns import Turns
from records.visit_imports import WantedVisit

COUNTY = County("Sample", "Goal Line", "707-555-0134", ZoneInfo("America/Los_Angeles"))
HEAD = "Phone,external id,Fecha,Hora,Lugar,bring,by_phone,status,worker_email\n"


def read(tmp_path: Path, text: str) -> list[WantedVisit | Judged]:
    path = tmp_path / "visits.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    turns = Turns(Decider(COUNTY, load_languages(COUNTY.languages)), COUNTY)
    visits = VisitList(COUNTY, {"ana@example.org": "ana"}, "import", turns, TextsAhead())
    return [visits.read(row) for row in open_table(path, VisitList.needed, VisitList.optional)]


def test_a_row_says_when_where_and_whether_by_phone(tmp_path: Path) -> None:
    good, by_phone, ended = read(
        tmp_path,
        "7075550111,A-1,3/10/2026,9:30 am,Oak St,your ID,,,ana@example.org\n"
        "7075550111,A-2,2026-03-11 14:05:00,,,,yes,Planned,\n"
        "7075550111,A-3,,,,,,ended by office,\n",
    )
    assert isinstance(good, WantedVisit)
    assert (str(good.on), str(good.at), good.place, good.bring) == ("2026-03-10", "09:30:00", "Oak St", "your ID")
    assert isinstance(by_phone, WantedVisit)
    assert (str(by_phone.at), by_phone.by_phone, by_phone.worker_id) == ("14:05:00", True, None)
    assert isinstance(ended, WantedVisit)
    assert ended.ended


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("7075550111,,2026-03-10,9:30,Oak St,,,,", "external_id is missing"),
        ("7075550111,A,soon,9:30,Oak St,,,,", "date is no day"),
        ("7075550111,A,2026-03-10,late,Oak St,,,,", "time is no hour"),
        ("7075550111,A,2026-03-10,9:30,,,,,", "place is missing"),
        ("7075550111,A,2026-03-10,9:30,Oak St,,,moved,", "status is neither"),
        ("7075550111,A,2026-03-10,9:30,Oak St,,maybe,,", "by_phone is neither"),
        ("7075550111,A,2026-03-10,9:30,Oak St,,,,nobody@example.org", "worker_email belongs to nobody"),
        ("7075550111,A,2026-03-10,9:30,a very long place indeed,,,,", "place is longer than 20 characters"),
        ("7075550111,A,2026-03-10,9:30,=1+1,,,,", "place holds a formula or code"),
        ("7075550111,A,2026-03-10,9:30,Oak St,<b>ID</b>,,,", "bring holds a formula or code"),
        ("7075550111,A,2026-03-10,9:30,Oak\u202e St,,,,", "place holds characters that cannot be seen"),
    ],
)
def test_a_row_that_is_no_visit_says_why(tmp_path: Path, row: str, why: str) -> None:
    (found,) = read(tmp_path, f"{row}\n")
    assert isinstance(found, Judged)
    assert [reason for reason in found.reasons if reason.startswith(why)]


def test_one_external_id_is_one_visit(tmp_path: Path) -> None:
    row = "7075550111,A,2026-03-10,9:30,Oak St,,,,\n"
    assert read(tmp_path, row + row)[1] == bad("the same external_id as in row 2")
