from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.imports import cells
from bot.imports.client_list import ClientList
from bot.imports.tables import open_table
from conversations.county import County
from records.import_verdicts import Judged
from records.people import NewClient

COUNTY = County("Sample", "Goal Line", "707-555-0134", ZoneInfo("America/Los_Angeles"))
HEAD = "number,first_name,language,worker_email,zone,shared\n"


def read(tmp_path: Path, text: str) -> list[NewClient | Judged]:
    path = tmp_path / "clients.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    clients = ClientList(COUNTY, {"ana@example.org": "ana"}, "import")
    return [clients.read(row) for row in open_table(path, ClientList.needed, ClientList.optional)]


def reasons(tmp_path: Path, text: str) -> list[tuple[str, ...]]:
    return [one.reasons for one in read(tmp_path, text) if isinstance(one, Judged)]


def test_good_rows_are_taken_as_a_county_writes_them(tmp_path: Path) -> None:
    text = (
        "(707) 555-0111,Maria,EN,Ana@Example.org,,\n"
        '+1 707 555 0112,"Núñez,  Rosa",es,ana@example.org,America/Denver,\n'
        "17075550113.0,Lee,en,ana@example.org,,x\n"
        "1.7075550114E+10,D'Arcy-José,en,ana@example.org,,no\n"
    )
    assert read(tmp_path, text)[:3] == [
        NewClient("+17075550111", "Maria", "en", "America/Los_Angeles", "ana"),
        NewClient("+17075550112", "Núñez, Rosa", "es", "America/Denver", "ana"),
        NewClient("+17075550113", "Lee", "en", "America/Los_Angeles", "ana", phone_is_shared=True),
    ]


def test_people_who_share_a_phone_have_the_same_number_if_each_row_says_so(tmp_path: Path) -> None:
    text = (
        "7075550111,Maria,en,ana@example.org,,yes\n"
        "7075550111,Jose,es,ana@example.org,,YES\n"
        "7075550111,Jose,es,ana@example.org,,yes\n"
        "7075550111,Rosa,es,ana@example.org,,\n"
        "7075550112,Lee,en,ana@example.org,,maybe\n"
    )
    assert reasons(tmp_path, text) == [
        ("the same number and first_name as in row 3",),
        ("the same number as in row 2, and not both are marked as shared",),
        ("shared is neither yes nor no",),
    ]


def test_a_bad_row_has_all_its_reasons_and_repeats_nothing(tmp_path: Path) -> None:
    (found,) = reasons(tmp_path, "911,,xx,stranger@example.org,Mars,\n")
    assert len(found) == 5
    assert not {"911", "xx", "stranger@example.org", "Mars"} & set("; ".join(found).split())
    (found,) = reasons(tmp_path, "1.70756E+10,Maria,en,ana@example.org,,\n")
    assert found[0].startswith("number was shortened by a spreadsheet")


@pytest.mark.parametrize(
    "name", ["=1+1", "@SUM(A1)", "-2", "<b>x</b>", "a\x07b", "a\u202eb", "a\0b", "x" * 41, "y" * 32_767, "{name}"]
)
def test_a_hostile_name_is_refused_and_not_repeated(tmp_path: Path, name: str) -> None:
    (found,) = reasons(tmp_path, f"7075550111,{name},en,ana@example.org,,\n")
    assert found
    assert name not in "; ".join(found)


@pytest.mark.parametrize("written", ["2026-03-02", "3/2/2026", "03/02/26", "2026-03-02 09:30:00"])
def test_a_day_is_read_as_a_us_office_or_a_spreadsheet_writes_it(written: str) -> None:
    day = cells.day(written)
    assert day is not None
    assert day.isoformat() == "2026-03-02"


@pytest.mark.parametrize("written", ["14:05", "14:05:00", "2:05 PM", "02:05pm", "2:05 p.m.", "2026-03-02 14:05:00"])
def test_an_hour_is_read_as_people_or_a_spreadsheet_write_it(written: str) -> None:
    assert str(cells.hour(written)) == "14:05:00"


@pytest.mark.parametrize("written", ["", "tomorrow", "13/13/2026", "25:00", "=NOW()", "9" * 30_000])
def test_what_is_no_day_and_no_hour_is_none(written: str) -> None:
    assert (cells.day(written), cells.hour(written)) == (None, None)
