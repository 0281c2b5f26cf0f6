"""An import from its file to the database: once, whatever breaks it off."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select, update

from bot.__main__ import main
from bot.county_file import EXAMPLE
from records import people
from records.database import connect
from records.roles import Role
from records.tables import clients, engagement, imports, nudges, visits
from tests.bot.tables_for_tests import of_texts

ROOT = Path(__file__).resolve().parents[2]
HEAD = ["Phone", "First name", "Language", "Worker email"]
VISITS = ["phone", "external_id", "date", "time", "place", "status"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = connect(migrated_url)
    with engine.begin() as connection:
        people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "-", datetime.now(UTC))
    yield engine
    engine.dispose()


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    migrated_url: str,
    engine: Engine,
) -> Run:
    """Runs a command; gives its exit status, what it said, and what it complained about."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("COUNTY", str(EXAMPLE))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["milepost", "import", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        said = capsys.readouterr()
        if isinstance(exit_.value.code, str):
            return 1, said.out, said.err + exit_.value.code
        return exit_.value.code or 0, said.out, said.err

    return run


def number(n: int) -> str:
    return f"(707) 555-{n:04d}"


def client_rows(count: int) -> list[list[str]]:
    return [HEAD, *([number(n), f"Client {n}", "en", "ana@example.org"] for n in range(count))]


def csv(rows: list[list[str]], name: str) -> str:
    Path(name).write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return name


def rows(engine: Engine, table: Table) -> list[Any]:
    with engine.begin() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def test_csv_and_spreadsheet_of_the_same_clients_are_the_same_list(run: Run, engine: Engine) -> None:
    assert "600 new, 0 changed, 0 same, 0 bad." in run("clients", csv(client_rows(600), "list.csv"))[1]
    before = rows(engine, clients)
    of_texts(Path("list.xlsx"), client_rows(600))
    status, out, _err = run("clients", "list.xlsx")
    assert (status, "0 new, 0 changed, 600 same, 0 bad." in out) == (0, True)
    assert rows(engine, clients) == before


def test_a_dry_run_and_its_report_say_what_a_run_does_and_change_nothing(run: Run, engine: Engine) -> None:
    run("clients", csv(client_rows(2), "first.csv"))
    mixed = client_rows(3)
    mixed[2][1] = "Renamed"
    mixed.append(["12", "Rosalinda", "en", "ana@example.org"])
    before = rows(engine, clients), rows(engine, imports), rows(engine, engagement)
    status, out, err = run("clients", csv(mixed, "second.csv"), "--dry-run", "--report", "dry.csv")
    assert (status, "1 new, 1 changed, 1 same, 1 bad." in out) == (1, True)
    assert (rows(engine, clients), rows(engine, imports), rows(engine, engagement)) == before
    dry = Path("dry.csv").read_text(encoding="utf-8-sig")
    assert dry.splitlines() == [
        "row,verdict,reasons",
        "2,same,",
        "3,changed,first_name",
        "4,new,",
        "5,bad,number is no valid phone number",
    ]
    run("clients", "second.csv", "--report", "run.csv")
    assert Path("run.csv").read_text(encoding="utf-8-sig") == dry
    assert "Rosalinda" not in out + err + dry


def test_the_same_file_again_changes_nothing_and_says_so(run: Run, engine: Engine) -> None:
    run("clients", csv(client_rows(3), "list.csv"))
    before = rows(engine, clients), rows(engine, engagement)
    assert "This file was imported on" in run("clients", "list.csv")[1]
    assert (rows(engine, clients), rows(engine, engagement)) == before
    assert [row.counts for row in rows(engine, imports)] == [{"new": 3}, {"same": 3}]


def test_an_empty_list_is_done_at_once(run: Run, engine: Engine) -> None:
    assert run("clients", csv([HEAD], "list.csv"))[:2] == (
        0,
        "0 new, 0 changed, 0 same, 0 bad.\nNothing was changed.\n",
    )
    assert rows(engine, imports)[0].finished_at is not None


def test_a_report_that_cannot_be_written_stops_before_anything_is_taken(run: Run, engine: Engine) -> None:
    status, _out, err = run("clients", csv(client_rows(1), "list.csv"), "--report", "nowhere/report.csv")
    assert (status, "cannot be written -> " in err) == (1, True)
    assert rows(engine, clients) == []


def test_killed_at_any_moment_it_goes_on_and_ends_as_a_clean_run(run: Run, engine: Engine, tmp_path: Path) -> None:
    wanted = client_rows(4000)
    file = csv(wanted, "list.csv")
    command = [sys.executable, "-m", "bot", "import", "clients", file]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    kills = 0
    for part in (1, 1500, 3000):
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            while process.poll() is None and len(rows(engine, clients)) < part:
                time.sleep(0.01)
            kills += process.poll() is None
            process.kill()
    assert kills
    assert "4,000 new, 0 changed, 0 same, 0 bad." in run("clients", file)[1]
    found = rows(engine, clients)
    assert sorted(row.first_name for row in found) == sorted(row[1] for row in wanted[1:])
    logged = [row.client_id for row in rows(engine, engagement)]
    assert sorted(logged) == sorted(row.id for row in found)
    (one,) = rows(engine, imports)
    assert (one.done, one.counts) == (4000, {"new": 4000})


def a_weekday(weeks: int) -> str:
    """A Tuesday so many weeks ahead."""
    today = datetime.now(UTC).date()
    return str(today.fromordinal(today.toordinal() - today.weekday() + 1 + 7 * weeks))


def visit_rows(place: str = "Oak St", at: str = "9:30", status: str = "") -> list[list[str]]:
    return [VISITS, *([number(n), f"case-{n}", a_weekday(2), at, place, status] for n in range(3))]


@pytest.fixture
def known(run: Run, engine: Engine) -> None:
    run("clients", csv(client_rows(3), "clients.csv"))
    with engine.begin() as connection:
        connection.execute(update(clients).values(consent="active", consented_at=datetime.now(UTC)))


@pytest.mark.usefixtures("known")
def test_visits_are_reminded_of_as_if_a_worker_had_entered_them(run: Run, engine: Engine) -> None:
    file = csv(visit_rows(), "visits.csv")
    status, out, _err = run("visits", file, "--dry-run")
    assert (status, "3 new, 0 changed, 0 same, 0 bad." in out) == (0, True)
    assert "Texts that would follow, at most: 6." in out
    assert "segments a second the longest wait is" in out
    assert (rows(engine, visits), rows(engine, nudges)) == ([], [])
    assert "3 new, 0 changed, 0 same, 0 bad." in run("visits", file)[1]
    planned = sorted(row.kind for row in rows(engine, nudges) if row.state == "planned")
    assert planned == sorted(["visit_ask", "visit_tomorrow"] * 3)
    before = rows(engine, visits), rows(engine, nudges), rows(engine, engagement)
    assert "0 new, 0 changed, 3 same, 0 bad.\nThis file was imported on" in run("visits", file)[1]
    assert (rows(engine, visits), rows(engine, nudges), rows(engine, engagement)) == before


@pytest.mark.usefixtures("known")
def test_visits_that_moved_or_ended_take_their_reminders_along(run: Run, engine: Engine) -> None:
    run("visits", csv(visit_rows(), "visits.csv"))
    assert "0 new, 0 changed, 3 moved, 0 same, 0 bad." in run("visits", csv(visit_rows(at="14:00"), "moved.csv"))[1]
    assert [row.starts_at.minute for row in rows(engine, visits)] == [0, 0, 0]
    file = csv(visit_rows(status="ended_by_office"), "ended.csv")
    assert "3 ended, 0 same, 0 bad." in run("visits", file)[1]
    assert {row.kind for row in rows(engine, nudges) if row.state == "planned"} == {"visit_ended"}
