"""What the commands do and say. Each runs as `milepost` would, in this process."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.__main__ import main
from bot.county_file import EXAMPLE, load_county
from bot.trust.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from conversations import flows
from records.database import connect
from records.roles import Role
from records.tables import clients, nudges, staff, teams

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long sentence is easy"
LIVE = {
    "PUBLIC_URL": "https://texts.example.org",
    "SECRET_KEY": "k" * 32,
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "TWILIO_FROM": OUR_NUMBER,
}
HEAD = "number,first_name,language,worker_email,zone\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, sqlite_url: str) -> Run:
    """Runs a command; gives its exit status, what it said, and what it complained about."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COUNTY", str(EXAMPLE))

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["milepost", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as exit_:
            main()
        said = capsys.readouterr()
        if isinstance(exit_.value.code, str):
            return 1, said.out, said.err + exit_.value.code
        return exit_.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def ana(run: Run, migrated_sqlite_url: str) -> None:
    """A migrated database with Ana in it."""
    assert run("staff", "add", "Ana@Example.org", "Ana", stdin=f"{PASSWORD}\n")[0] == 0


def table(sqlite_url: str, column: str) -> list[object]:
    found = {"email": staff.c.email, "role": staff.c.role, "hash": staff.c.password_hash, "number": clients.c.number}
    engine = connect(sqlite_url)
    with engine.connect() as connection:
        values = list(connection.scalars(select(found[column])))
    engine.dispose()
    return values


@pytest.mark.parametrize(
    "command", ["", "serve", "demo", "check", "migrate", "backup", "restore", "restored", "staff", "import", "flow"]
)
def test_every_command_has_help(run: Run, command: str) -> None:
    status, out, _err = run(*command.split(), "--help")
    assert status == 0
    assert "Usage: milepost" in out


@pytest.mark.parametrize("command", ["serve", "check", "import clients x.csv", "staff add a@b.c Ana"])
def test_a_missing_database_is_one_clear_message(run: Run, command: str) -> None:
    status, out, err = run(*command.split(), stdin=f"{PASSWORD}\n")
    assert status == 1
    assert "Traceback" not in out + err
    assert "->" in out + err or "milepost migrate" in out + err


def test_a_county_starts_from_the_demo_s_file(run: Run, tmp_path: Path) -> None:
    status, out, _err = run("county")
    assert status == 0
    (tmp_path / "county.toml").write_text(out, encoding="utf-8")
    assert load_county(tmp_path / "county.toml") == load_county(EXAMPLE)


def test_a_moment_without_an_offset_is_none(run: Run) -> None:
    run("migrate")
    assert run("restored", "--made-at", "2026-03-02T09:00")[0] == 2
    assert run("restored", "--made-at", "2026-03-02T09:00-08:00")[0] == 0


def test_migrating_twice_is_safe(run: Run) -> None:
    assert run("migrate") == run("migrate")


def test_a_database_of_a_newer_release_is_left_alone(run: Run, sqlite_url: str) -> None:
    run("migrate")
    engine = connect(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_the_future'")
    engine.dispose()
    for command in ("migrate", "check", "staff add a@b.c Ana"):
        status, out, err = run(*command.split(), stdin=f"{PASSWORD}\n")
        assert status == 1
        assert "newer release" in out + err


def test_a_database_that_cannot_be_reached_is_said_so_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://somebody:hush@127.0.0.1:{free_port}/nothing")
    for command in ("migrate", "check"):
        status, out, err = run(command)
        assert status == 1
        assert "cannot be reached" in out + err or "DATABASE_URL" in out + err
        assert "hush" not in out + err


@pytest.mark.usefixtures("ana")
def test_staff_are_added_with_a_hashed_password(run: Run, sqlite_url: str) -> None:
    assert run("staff", "add", "sam@example.org", "Sam", "--role", "supervisor", stdin=PASSWORD)[0] == 0
    assert table(sqlite_url, "email") == ["ana@example.org", "sam@example.org"]
    assert table(sqlite_url, "role") == ["etw", "supervisor"]
    assert all(str(hashed).startswith("$argon2id$") for hashed in table(sqlite_url, "hash"))


@pytest.mark.usefixtures("ana")
def test_staff_are_put_in_teams_that_are_made_when_they_are_named(run: Run, sqlite_url: str) -> None:
    def members() -> list[tuple[str, str | None]]:
        engine = connect(sqlite_url)
        wanted = select(staff.c.first_name, teams.c.name).outerjoin(teams, teams.c.id == staff.c.team_id)
        with engine.connect() as connection:
            found = [(row[0], row[1]) for row in connection.execute(wanted.order_by(staff.c.first_name))]
        engine.dispose()
        return found

    assert run("staff", "add", "bea@example.org", "Bea", "--team", "North", stdin=PASSWORD)[0] == 0
    assert run("staff", "team", "ana@example.org", "North")[0] == 0
    assert members() == [("Ana", "North"), ("Bea", "North")]
    assert run("staff", "team", "Ana@example.org", "")[0] == 0
    assert members() == [("Ana", None), ("Bea", "North")]
    status, _out, err = run("staff", "team", "nobody@example.org", "North")
    assert (status, "is nobody's here" in err) == (1, True)


@pytest.mark.usefixtures("ana")
def test_an_invitation_is_printed_for_who_has_no_password_or_lost_something(
    run: Run, monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    assert "PUBLIC_URL" in run("staff", "add", "bea@example.org", "Bea")[2]
    assert table(sqlite_url, "email") == ["ana@example.org"]
    monkeypatch.setenv("PUBLIC_URL", "https://texts.example.org")
    links = {
        run("staff", "add", "bea@example.org", "Bea")[1].split()[-1],
        run("staff", "invite", "ana@example.org")[1].split()[-1],
        run("staff", "invite", "Ana@example.org", "--lost-second-factor")[1].split()[-1],
    }
    assert len(links) == 3
    assert all(re.fullmatch(r"https://texts.example.org/staff/invitation/[\w-]{43}", link) for link in links)
    assert "is nobody's here" in run("staff", "invite", "nobody@example.org")[2]


def test_the_roles_are_told_with_all_that_each_may_do(run: Run) -> None:
    status, out, _err = run("staff", "roles")
    assert status == 0
    assert [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")] == list(Role)
    assert "admin: sees nobody's; a second factor is needed" in out


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    ("arguments", "password", "why"),
    [
        (("ana@example.org", "Ana"), PASSWORD, "Somebody has"),
        (("bea@example.org", "Bea"), "short", "at least 15 characters"),
        (("bea", "Bea"), PASSWORD, "both needed"),
        (("bea@example.org", " "), PASSWORD, "both needed"),
    ],
)
def test_staff_who_cannot_be_added_are_not(
    run: Run, sqlite_url: str, arguments: tuple[str, str], password: str, why: str
) -> None:
    status, _out, err = run("staff", "add", *arguments, stdin=password)
    assert status == 1
    assert why in err
    assert len(table(sqlite_url, "email")) == 1


@pytest.mark.usefixtures("ana")
def test_a_list_is_imported_once_however_often(run: Run, tmp_path: Path, sqlite_url: str) -> None:
    people = "".join(f"7075550{n},Client,en,ana@example.org,\n" for n in range(100, 200))
    (tmp_path / "list.csv").write_text(HEAD + people + "911,Bad,xx,ana@example.org,\n")
    status, out, err = run("import", "clients", "list.csv", "--dry-run")
    assert (status, table(sqlite_url, "number")) == (1, [])
    assert "100 new, 0 changed, 0 same, 1 bad.\nThis was a dry run" in out
    assert "row 102: number is no valid phone number; language" in err
    assert "100 new, 0 changed, 0 same, 1 bad." in run("import", "clients", "list.csv")[1]
    assert "0 new, 0 changed, 100 same, 1 bad." in run("import", "clients", "list.csv")[1]
    assert len(table(sqlite_url, "number")) == 100


def test_check_names_every_problem_at_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = tmp_path / "county.toml"
    demo = EXAMPLE.read_text(encoding="utf-8")
    county.write_text(demo.replace("drafts_allowed = true", "drafts_allowed = false"), encoding="utf-8")
    monkeypatch.setenv("COUNTY", str(county))
    monkeypatch.setenv("SECRET_KEY", "short")
    status, out, _err = run("check")
    assert status == 1
    for where in ("SECRET_KEY", "PUBLIC_URL", "TWILIO_AUTH_TOKEN", "languages", "DATABASE_URL"):
        assert f"error: {where}" in out
    assert "short" not in out.replace("shorter", "")


def test_check_goes_on_past_a_county_file_that_cannot_be_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTY", "nowhere.toml")
    _status, out, _err = run("check")
    assert "error: COUNTY" in out
    assert "error: DATABASE_URL" in out
    monkeypatch.delenv("COUNTY")
    assert "error: COUNTY: is missing" in run("check")[1]


def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PUBLIC_URL": "https://texts.example.org",
        "SECRET_KEY": "k" * 32,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_FROM": "+17075550100",
    }.items():
        monkeypatch.setenv(name, value)


def test_check_finds_nothing_wrong_with_a_complete_installation(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch)
    run("migrate")
    status, out, _err = run("check")
    assert "error:" not in out
    assert status == 0
    assert "warning: languages: nobody has reviewed" in out


def test_hooks_need_a_secret(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch)
    demo = EXAMPLE.read_text(encoding="utf-8")
    (tmp_path / "county.toml").write_text(demo + '[hooks]\ncases = "https://cases.example.org/in"\n', encoding="utf-8")
    monkeypatch.setenv("COUNTY", str(tmp_path / "county.toml"))
    assert "error: HOOK_SECRET" in run("check")[1]
    assert "HOOK_SECRET" in run("serve")[2]


def test_a_clock_file_is_for_rehearsals_only(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(monkeypatch)
    run("migrate")
    (tmp_path / "clock").write_text("2026-03-02T09:00-08:00")
    assert "is the real provider" in run("serve", "--clock-file", "clock")[2]
    monkeypatch.setenv("TWILIO_API_BASE", "http://127.0.0.1:9")
    assert "--clock-file cannot be read" in run("serve", "--clock-file", "nowhere")[2]


def test_a_flow_that_is_written_wrongly_is_one_clear_message(tmp_path: Path) -> None:
    for package in ("bot", "conversations", "locales", "records", "scheduler"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    flow = tmp_path / "conversations" / "flows" / "front_door.py"
    written = flow.read_text(encoding="utf-8")
    flow.write_text(written.replace('starts_at="any_plans"', 'starts_at="nowhere"'), encoding="utf-8")
    command = [sys.executable, "-m", "bot", "flow", "paths"]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("A conversation is written wrongly:\n  - front_door: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", flows.FLOWS)
def test_every_flow_can_be_printed_and_drawn(run: Run, name: str) -> None:
    assert run("flow", "page", name, "--language", "es")[1].startswith(name.replace("_", " ").upper())
    assert run("flow", "diagram", name)[1].startswith("stateDiagram")


def test_a_flow_that_is_none_is_said_so_with_those_there_are(run: Run) -> None:
    assert "goal_setting" in run("flow", "page", "nothing")[2]


def test_every_path_of_a_flow_is_walked(run: Run) -> None:
    assert "welcome: " in run("flow", "paths", "welcome")[1]


def test_a_flow_is_played_as_its_client_would(run: Run, tmp_path: Path) -> None:
    status, out, _err = run("flow", "play", "welcome", "--language", "es", stdin="sí\n1\n")
    assert status == 0
    assert "Hola Maria" in out
    (tmp_path / "texts").write_text("yes\nESPANOL\n2\n2\n1\n2\n", encoding="utf-8")
    _status, golden, _err = run("flow", "play", "welcome", "--script", "texts", "--golden")
    assert golden.startswith("Mon Mar 2 9:00am    US     Goal Line: Hi Maria")
    assert "Mon Mar 2 9:01am    MARIA  yes" in golden
    assert "cannot be read" in run("flow", "play", "welcome", "--script", "nowhere")[2]


def test_texts_are_held_listed_and_released(run: Run, ana: None) -> None:
    assert run("holds") == (0, "No texts are held.\n", "")
    assert run("hold", "all", "--because", "A wrong text went out") == (0, "all: held.\n", "")
    assert run("hold", "all", "--because", "Once more") == (0, "all: held already.\n", "")
    assert run("hold", "campaign", "spring", "--because", "Typing error")[0] == 0
    status, out, _err = run("holds")
    assert status == 0
    first, second = out.splitlines()
    assert first.startswith("all: since ")
    assert first.endswith(" UTC, by operator: A wrong text went out")
    assert second.startswith("campaign spring: since ")
    status, out, _err = run("release", "all")
    assert (status, out.split(".")[0]) == (0, "all: released; 0 texts are due again")
    assert "lists 1 more" in out
    assert run("release", "campaign", "spring")[1] == "campaign spring: released; 0 texts are due again.\n"
    assert run("holds")[1] == "No texts are held.\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("hold all", "--because: is needed"),
        ("hold client --because x", "client: needs its id"),
        ("hold unprompted 7 --because x", "unprompted: has no id"),
        ("hold client nobody --because x", "nobody has this id"),
        ("release all", "all: is not held"),
        ("release campaign spring", "campaign spring: is not held"),
    ],
)
def test_what_cannot_be_held_or_released_is_one_clear_message(run: Run, ana: None, words: str, says: str) -> None:
    status, _out, err = run(*words.split())
    assert status == 1
    assert says in err
    assert run("holds")[1] == "No texts are held.\n"


def test_the_queue_is_told_with_the_moment_when_it_is_gone(
    run: Run, ana: None, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    assert run("queue")[1] == "Due now: 0 segments. In the next 24 hours: 0 nudges, 1.0 segments each.\n"
    Path("clients.csv").write_text(f"{HEAD}707-555-0111,Maria,en,ana@example.org,\n", encoding="utf-8")
    assert run("import", "clients", "clients.csv")[0] == 0
    later = datetime.now(UTC) + timedelta(hours=1)
    engine = connect(sqlite_url)
    with engine.begin() as connection:
        maria = connection.scalars(select(clients.c.id)).one()
        nudge = {"client_id": maria, "kind": "worker_nudge", "subject": "", "words": "", "template": "", "reason": ""}
        nudge |= {"state": "planned", "due_at": later, "wanted_at": later, "held": 0, "version": 1, "created_at": later}
        connection.execute(insert(nudges), [{**nudge, "id": f"{n:032}", "key": str(n)} for n in range(3600)])
    engine.dispose()
    first, clears, worst, advice = run("queue")[1].splitlines()
    assert first == "Due now: 0 segments. In the next 24 hours: 3600 nudges, 1.0 segments each."
    gone = (later + timedelta(hours=1)).astimezone(load_county(EXAMPLE).zone)
    assert clears == f"At 1 segments a second the last has left by {gone:%a %H:%M}."
    assert worst.startswith("The longest wait is 60 min")
    assert "TWILIO_SEGMENTS_A_SECOND" in advice
