"""How fast a list of 50,000 clients comes in, in how much memory, and that a killed import ends as a clean one.

Each import is the command itself, in a process of its own. The time on the clock stands beside the processor's own, as
other work on the machine makes the one longer and the other hardly.

    python benchmarks/imports.py [--rows 50000] [--visits 5000] [--kills 5]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table, func, select, update

from benchmarks.tools.figures import Figures
from bot.county_file import EXAMPLE
from records import people
from records.database import connect
from records.migrate import migrate
from records.roles import Role
from records.tables import clients, engagement, imports, visits

ROOT = Path(__file__).resolve().parents[1]
LONGEST_CSV, LONGEST_XLSX = 15.0, 90.0
"""Seconds for 50,000 clients."""
MOST_MEMORY = 300.0
"""MB."""

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings"}
HEAD = ("number", "first_name", "language", "worker_email", "zone", "notes")
VISIT_HEAD = ("number", "external_id", "date", "time", "place", "bring")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock and of the processor, and MB at the peak."""

    seconds: float
    processor: float
    memory: float
    said: str


def rows(count: int) -> Iterator[tuple[str, ...]]:
    yield HEAD
    for n in range(count):
        number = f"({707 + n // 10_000 % 2}) {200 + n // 10_000:03d}-{n % 10_000:04d}"
        yield number, f"Client {n}", "en" if n % 3 else "es", f"worker{n % 40}@example.org", "", "from the case system"


def visit_rows(count: int, day: str) -> Iterator[tuple[str, ...]]:
    yield VISIT_HEAD
    for n, row in enumerate(rows(count)):
        if n:
            yield row[0], f"case-{n}", day, f"{9 + n % 7}:30", "Oak St", "your ID"


def write_csv(path: Path, table: Iterator[tuple[str, ...]]) -> Path:
    path.write_text("".join(",".join(row) + "\n" for row in table), encoding="utf-8")
    return path


def write_xlsx(path: Path, table: Iterator[tuple[str, ...]]) -> Path:
    """As spreadsheets write it: texts in a list of their own, and cells that name their places."""
    places: dict[str, int] = {}
    lines = []
    for at, row in enumerate(table, start=1):
        cells = "".join(
            f'<c r="{column}{at}" t="s"><v>{places.setdefault(cell, len(places))}</v></c>'
            for column, cell in zip("ABCDEF", row, strict=True)
            if cell
        )
        lines.append(f'<row r="{at}" spans="1:6">{cells}</row>')
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{_kinds()}</Types>',
        "xl/workbook.xml": f'<workbook {NS} xmlns:r="{REL}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {NS}>{''.join(f'<si><t>{word}</t></si>' for word in places)}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {NS}><sheetData>{''.join(lines)}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _kinds() -> str:
    """What each part of a spreadsheet is, as its table of contents says."""
    common = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{common}.{kind}+xml"/>' for part, kind in KINDS.items()
    )


def fresh(file: Path) -> str:
    url = f"sqlite:///{file}"
    engine = connect(url)
    migrate(engine)
    with engine.begin() as connection:
        for n in range(40):
            people.add_staff(connection, f"worker{n}@example.org", f"W{n}", Role.ETW, "-", datetime.now(UTC))
    engine.dispose()
    return url


def environment(url: str) -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": url, "COUNTY": str(EXAMPLE)}


def command(kind: str, file: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "bot", "import", kind, str(file), *more]


def run(url: str, kind: str, file: Path, *more: str) -> Cost:
    """Raises AssertionError if the command fails. What is measured is this child alone: it is waited for by itself."""
    began = time.perf_counter()
    with subprocess.Popen(
        command(kind, file, *more), env=environment(url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        said = process.stdout.read()
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def kept(url: str) -> list[tuple[object, ...]]:
    """What a clean run and a broken one must have alike: all but ids and moments."""
    engine = connect(url)
    with engine.begin() as connection:
        columns = (clients.c.number, clients.c.first_name, clients.c.language, clients.c.zone, clients.c.consent)
        found = [tuple(row) for row in connection.execute(select(*columns).order_by(clients.c.number))]
        logged = [(connection.scalar(select(func.count()).select_from(engagement)),)]
    engine.dispose()
    return found + logged


def count(url: str, table: Table) -> int:
    engine = connect(url)
    with engine.begin() as connection:
        found = connection.scalar(select(func.count()).select_from(table)) or 0
    engine.dispose()
    return found


def killed(url: str, file: Path, times: int, span: float, chance: random.Random) -> int:
    """Kill the import at moments of chance, and let it end; gives how many were killed while they ran."""
    hit = 0
    for _ in range(times):
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command("clients", file), env=environment(url), stdout=quiet, stderr=quiet) as process:
            try:
                process.wait(chance.uniform(0.1, 1.0) * span)
            except subprocess.TimeoutExpired:
                process.kill()
                hit += 1
    run(url, "clients", file)
    return hit


def measure(folder: Path, wanted: int, of_visits: int, kills: int, figures: Figures) -> None:
    url, csv_file = fresh(folder / "csv.db"), write_csv(folder / "clients.csv", rows(wanted))
    first = run(url, "clients", csv_file)
    figures.at_most("CSV", first.seconds, LONGEST_CSV, " s", f"{first.processor:.1f} s of the processor")
    figures.at_most("CSV, peak memory", first.memory, MOST_MEMORY, " MB")
    clean, logged = kept(url), count(url, engagement)
    again = run(url, "clients", csv_file)
    changed = int(kept(url) != clean) + count(url, engagement) - logged
    figures.at_most(
        "rows changed by the same file", changed, 0, "", f"{again.seconds:.1f} s; {again.said.splitlines()[-1]}"
    )

    xlsx_url, xlsx_file = fresh(folder / "xlsx.db"), write_xlsx(folder / "clients.xlsx", rows(wanted))
    sheet = run(xlsx_url, "clients", xlsx_file)
    figures.at_most("XLSX", sheet.seconds, LONGEST_XLSX, " s", f"{sheet.processor:.1f} s of the processor")
    figures.at_most("XLSX, peak memory", sheet.memory, MOST_MEMORY, " MB")
    figures.at_most("rows that differ from those of the CSV", int(kept(xlsx_url) != clean), 0)

    killed_url = fresh(folder / "killed.db")
    hit = killed(killed_url, csv_file, kills, first.seconds / 3, random.Random(1))
    figures.at_least("killed while it ran", hit, min(kills, 3), " times")
    figures.at_most("rows that differ after the kills", int(kept(killed_url) != clean), 0)
    figures.note(f"{count(killed_url, imports)} rows of imports after it")
    measure_visits(folder, url, of_visits, figures)


def measure_visits(folder: Path, url: str, wanted: int, figures: Figures) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(update(clients).values(consent="active", consented_at=datetime.now(UTC)))
    engine.dispose()
    today = datetime.now(UTC).date()
    tuesday = today + timedelta(days=15 - today.weekday())
    file = write_csv(folder / "visits.csv", visit_rows(wanted, str(tuesday)))
    dry = run(url, "visits", file, "--dry-run")
    cost = run(url, "visits", file)
    figures.note(f"{wanted} visits: dry run {dry.seconds:.1f} s, run {cost.seconds:.1f} s, {cost.memory:.0f} MB")
    figures.note(" / ".join(dry.said.splitlines()))
    figures.at_least("visits entered", count(url, visits), wanted)


def main(wanted: int, of_visits: int, kills: int) -> int:
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="imports-") as folder:
        measure(Path(folder), wanted, of_visits, kills, figures)
    return figures.exit_status()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--visits", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    sys.exit(main(given.rows, given.visits, given.kills))
