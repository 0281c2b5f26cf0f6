from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.imports import limits
from bot.imports.tables import open_table
from tests.bot.tables_for_tests import NS, of_texts, sheet, text_cell, workbook, zipped

NEEDED, OPTIONAL = ("number", "first_name"), ("zone",)
HEAD = text_cell("number") + text_cell("first_name")


def cells(path: Path) -> list[tuple[int, str, str]]:
    return [(row.number, row.cells["number"], row.cells["first_name"]) for row in open_table(path, NEEDED, OPTIONAL)]


def csv(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_file_is_read_whatever_stands_between_its_cells(tmp_path: Path, separator: str, mark: str) -> None:
    lines = [["Phone Number", "FIRST NAME"], ["7075550111", '"Núñez, Rosa;"'], ["", ""], ["7075550112", "José"]]
    path = csv(tmp_path, mark + "\r\n".join(separator.join(line) for line in lines))
    assert cells(path) == [(2, "7075550111", "Núñez, Rosa;"), (4, "7075550112", "José")]


def test_a_row_has_the_number_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    assert cells(csv(tmp_path, 'number,first_name\n1,"two\nlines"\n\n2,b\n')) == [(2, "1", "two\nlines"), (4, "2", "b")]
    rows = f'<row r="3">{HEAD}</row><row r="7"><c r="B7" t="str"><v>x</v></c></row>'
    path = workbook(tmp_path / "list.xlsx", f"<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>")
    assert cells(path) == [(7, "", "x")]


@pytest.mark.parametrize("names", ["Phone,First name", "TELÉFONO,Nombre", "Numero de teléfono,primer_nombre"])
def test_columns_go_by_the_names_that_people_give_them(tmp_path: Path, names: str) -> None:
    assert cells(csv(tmp_path, f"{names}\n1,a\n")) == [(2, "1", "a")]


def test_unknown_columns_are_named_unless_a_name_may_be_somebody_s_number(tmp_path: Path) -> None:
    path = csv(tmp_path, "number,first_name,Case notes,7075550111,=1+1,\n1,a,b,c,d,e\n")
    assert open_table(path, NEEDED, OPTIONAL).unknown == ("Case notes", "column D", "column E")


def test_what_a_spreadsheet_made_of_numbers_days_and_hours_is_undone(tmp_path: Path) -> None:
    words = f'<sst {NS}><si><r><t>Ma</t></r><r><t>ria</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>'
    values = [
        ("<c><v>17075550123.0</v></c>", "17075550123"),
        ("<c><v>1.7075550123E10</v></c>", "17075550123"),
        ('<c s="1"><v>46083</v></c>', "2026-03-02"),
        ('<c s="3"><v>46083</v></c>', "2026-03-02"),
        ('<c s="1"><v>46083.395833333336</v></c>', "2026-03-02 09:30:00"),
        ('<c s="2"><v>0.5868055555555556</v></c>', "14:05:00"),
        ('<c s="4"><v>5</v></c>', "5"),
        ('<c t="b"><v>1</v></c>', "yes"),
        ('<c t="s"><v>0</v></c>', "Maria"),
        ('<c t="str"><f>HYPERLINK("x")</f><v>stored</v></c>', "stored"),
        ('<c t="d"><v>2026-03-02T09:30:00Z</v></c>', "2026-03-02 09:30:00"),
    ]
    path = workbook(
        tmp_path / "list.xlsx", sheet([HEAD, *(cell + text_cell("a") for cell, _shown in values)]), words=words
    )
    assert [number for _row, number, _name in cells(path)] == [shown for _cell, shown in values]


def test_hostile_cells_are_read_as_they_are(tmp_path: Path) -> None:
    hostile = ["=1+1", "<script>", "\u202eabc", "x" * 32_767]
    path = of_texts(tmp_path / "list.xlsx", [["number", "first_name"], *([one, "a"] for one in hostile)])
    assert [number for _row, number, _name in cells(path)] == hostile
    assert cells(csv(tmp_path, "number,first_name\n=1+1,a\0b\n")) == [(2, "=1+1", "a\0b")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"number\n1\n", "first_name missing"),
        (b"", "missing"),
        (b"number,phone,first_name\n1,2,3\n", "more than one column"),
        ("number,first_name\n1,José\n".encode("cp1252"), "not UTF-8 -> .*CSV UTF-8"),
        (b"number,first_name\n" + b"x" * 200_000, "is not CSV"),
        (b"number,first_name\n1," + b"x" * 32_768, "row 2: has a cell of more than 32,767"),
        (b"number,first_name" + b",a" * 64, "more than 64 columns"),
        (b"x" * 20_000_001, "over 20 MB -> split"),
        (b"\xd0\xcf\x11\xe0 old", "old or an encrypted spreadsheet -> save it as .xlsx"),
        (b"PK\x03\x04 broken", "no sound .xlsx file -> "),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_what_to_do(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(StartError, match=why):
        open_table(csv(tmp_path, content), NEEDED, OPTIONAL)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be read"):
        open_table(tmp_path / "nowhere.csv", NEEDED, OPTIONAL)


def test_a_file_without_names_of_columns_repeats_nobody_s(tmp_path: Path) -> None:
    with pytest.raises(StartError) as error:
        open_table(csv(tmp_path, "7075550111,Rosalinda\n"), NEEDED, OPTIONAL)
    assert not {"7075550111", "Rosalinda"} & set(str(error.value).replace(",", " ").split())


def _declares(path: Path) -> Path:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    return workbook(path, bomb + sheet([HEAD]))


def _far(path: Path) -> Path:
    return workbook(path, sheet([HEAD, '<c r="XFD1048576"><v>1</v></c>']))


def _word_missing(path: Path) -> Path:
    return workbook(path, sheet([HEAD, '<c t="s"><v>7</v></c>']))


def _no_sheet(path: Path) -> Path:
    return zipped(path, {"xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": "<Relationships/>"})


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (_declares, "no sound"),
        (_far, "more than 64 columns"),
        (_word_missing, "no sound"),
        (_no_sheet, "no sound"),
        (lambda path: zipped(path, {"other.txt": "x"}), "no sound"),
        (lambda path: workbook(path, sheet([HEAD])[:-20]), "no sound"),
        (lambda path: workbook(path, sheet([HEAD]), words="<sst>" + " " * 40_000_001), "40 MB of text"),
        (lambda path: workbook(path, sheet([HEAD, '<c s="x"><v>1</v></c>'])), "no sound"),
    ],
)
def test_a_spreadsheet_that_is_broken_or_an_attack_is_refused(
    tmp_path: Path, made: Callable[[Path], Path], why: str
) -> None:
    with pytest.raises(StartError, match=why):
        open_table(made(tmp_path / "list.xlsx"), NEEDED, OPTIONAL)


def test_a_table_of_too_many_rows_or_too_much_when_unpacked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = of_texts(tmp_path / "list.xlsx", [["number", "first_name"], ["1", "a"], ["2", "b"]])
    monkeypatch.setattr(limits, "MOST_ROWS", 2)
    assert open_table(path, NEEDED, OPTIONAL).rows == 2
    monkeypatch.setattr(limits, "MOST_ROWS", 1)
    with pytest.raises(StartError, match="more than 1 rows -> split the file"):
        open_table(path, NEEDED, OPTIONAL)
    monkeypatch.setattr("bot.imports.xlsx_rows.MOST_UNPACKED", 100)
    with pytest.raises(StartError, match="unpacks to more than"):
        open_table(path, NEEDED, OPTIONAL)
