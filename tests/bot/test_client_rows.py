from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.client_rows import BadRow, ClientRow, read_rows
from bot.errors import StartError
from conversations.county import County

COUNTY = County("Sample", "Goal Line", "707-555-0134", ZoneInfo("America/Los_Angeles"))
WORKERS = {"ana@example.org"}


def rows(tmp_path: Path, text: str) -> tuple[list[ClientRow], list[BadRow]]:
    path = tmp_path / "clients.csv"
    path.write_text(text, encoding="utf-8")
    return read_rows(path, COUNTY, WORKERS)


def test_good_rows_are_taken_as_a_county_writes_them(tmp_path: Path) -> None:
    good, bad = rows(
        tmp_path,
        "\ufeffNumber, First_Name ,language,worker_email,zone\n"
        "(707) 555-0111,Maria,EN,Ana@Example.org,\n"
        '+1 707 555 0112,"Núñez, Rosa",es,ana@example.org,America/Denver\n',
    )
    assert bad == []
    assert good == [
        ClientRow(2, "+17075550111", "Maria", "en", "ana@example.org", "America/Los_Angeles"),
        ClientRow(3, "+17075550112", "Núñez, Rosa", "es", "ana@example.org", "America/Denver"),
    ]


def test_people_who_share_a_phone_are_in_the_list_with_the_same_number_if_each_row_says_so(tmp_path: Path) -> None:
    good, bad = rows(
        tmp_path,
        "number,first_name,language,worker_email,zone,shared\n"
        "7075550111,Maria,en,ana@example.org,,yes\n"
        "7075550111,Jose,es,ana@example.org,,YES\n"
        "7075550111,Jose,es,ana@example.org,,yes\n"
        "7075550111,Rosa,es,ana@example.org,,\n"
        "7075550112,Lee,en,ana@example.org,,maybe\n",
    )
    assert [(row.first_name, row.shared) for row in good] == [("Maria", True), ("Jose", True)]
    assert [row.reasons for row in bad] == [
        ("the same number and first name as in line 3",),
        ("the same number as in line 2, and not both are marked as shared",),
        ("shared is neither yes nor no",),
    ]


def test_a_bad_row_is_named_with_all_its_reasons_and_the_good_ones_stay(tmp_path: Path) -> None:
    good, bad = rows(
        tmp_path,
        "number,first_name,language,worker_email,zone\n"
        "911,,xx,nobody@example.org,Mars\n"
        "7075550111,Maria,en,ana@example.org\n"
        "707-555-0111,Rosa,es,ana@example.org\n"
        f"7075550113,{'x' * 41},en,ana@example.org\n"
        '7075550114,"a\x07b",en,ana@example.org\n',
    )
    assert [row.line for row in good] == [3]
    assert [row.line for row in bad] == [2, 4, 5, 6]
    assert len(bad[0].reasons) == 5
    assert bad[1].reasons == ("the same number as in line 3, and not both are marked as shared",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"number,first_name\n1,2\n", "language, worker_email missing"),
        (b"", "missing"),
        (b"number,first_name,language,worker_email\n\xff\n", "UTF-8"),
        (b"number,first_name,language,worker_email\n" + b"x" * 200_000, "CSV"),
        (b"x" * 20_000_001, "20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(content)
    with pytest.raises(StartError, match=why):
        read_rows(path, COUNTY, WORKERS)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be read"):
        read_rows(tmp_path / "nowhere.csv", COUNTY, WORKERS)
