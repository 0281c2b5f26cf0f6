"""Staff and clients, from the command line."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import typer
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.client_rows import BadRow, ClientRow, read_rows
from bot.clock import SystemClock
from bot.errors import Problem, StartError
from bot.ground import load_store, transaction
from bot.settings import DatabaseSettings, load
from bot.staff.passwords import hash_password
from records import people, sessions
from records.errors import NotFoundError
from records.people import Imported, NewClient
from records.roles import REACH, RIGHTS, Right, Role, needs_second_factor

ACTOR = "import"
CHUNK = 500
"""Clients a transaction: an import that was broken off goes on where it was when it is started again."""

SHORTEST_PASSWORD = 12


def add_staff(email: str, first_name: str, role: Role, team: str = "") -> None:
    """Raises StartError."""
    email, first_name = email.strip().lower(), first_name.strip()
    if "@" not in email or not first_name:
        raise StartError("Nobody was added:", [Problem("email and first name", "are both needed")])
    settings = load(DatabaseSettings)
    password = hash_password(_password())
    try:
        with transaction(settings) as connection:
            people.add_staff(connection, email, first_name, role, password, SystemClock().now())
            people.put_in_team(connection, email, team.strip(), SystemClock().now())
    except IntegrityError:
        raise StartError("Nobody was added:", [Problem("email", "somebody has it already")]) from None
    typer.echo(f"{first_name} can log in with {email} as a {role}.")


def put_in_team(email: str, team: str) -> None:
    """Raises StartError."""
    email, team = email.strip().lower(), team.strip()
    with _member(), transaction(load(DatabaseSettings)) as connection:
        people.put_in_team(connection, email, team, SystemClock().now())
    typer.echo(f"{email} is in the team {team}." if team else f"{email} is in no team.")


def reset_second_factor(email: str) -> None:
    """Raises StartError."""
    email = email.strip().lower()
    with _member(), transaction(load(DatabaseSettings)) as connection:
        sessions.forget_second_factor(connection, email)
    typer.echo(f"At the next log-in {email} sets up a second factor anew.")


def print_roles() -> None:
    for role, rights in RIGHTS.items():
        second = "; a second factor is needed" if needs_second_factor(role) else ""
        typer.echo(f"{role}: sees {REACH[role]}{second}")
        for right in Right:
            if right in rights:
                typer.echo(f"    {right}")


@contextmanager
def _member() -> Iterator[None]:
    try:
        yield
    except NotFoundError:
        remedy = "`milepost staff add` adds somebody"
        raise StartError("Nothing was changed:", [Problem("email", "is nobody's here", remedy)]) from None


def _password() -> str:
    """Typed twice on a terminal; from a pipe, its first line. Raises StartError."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise StartError("Nobody was added:", [Problem("password", "the two were not the same")])
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        remedy = "a sentence is easy to remember"
        raise StartError(
            "Nobody was added:", [Problem("password", f"is shorter than {SHORTEST_PASSWORD} characters", remedy)]
        )
    return password


def import_clients(file: Path, *, dry_run: bool) -> int:
    """Takes the good rows and names the bad ones; gives the exit status, 1 if a row was bad. Raises StartError."""
    settings, county = load_store()
    with transaction(settings) as connection:
        workers = {member.email: member.id for member in people.all_staff(connection) if member.active}
    good, bad = read_rows(file, county, workers)
    for row in bad:
        typer.echo(f"line {row.line}: {'; '.join(row.reasons)}", err=True)
    if dry_run:
        typer.echo(f"{_count(good)} would be taken, {_count(bad)} not. Nothing was changed.")
        return int(bool(bad))
    taken = Imported(0, 0, 0)
    for chunk in _chunks(good):
        with transaction(settings) as connection:
            taken = _sum(taken, _put(connection, chunk, workers, SystemClock().now()))
    typer.echo(f"{taken.added} added, {taken.changed} changed, {taken.unchanged} as they were; {_count(bad)} left out.")
    if taken.unclear:
        typer.echo(
            f"{taken.unclear} left out too: several people share the number, and the row does not say so.", err=True
        )
    return int(bool(bad or taken.unclear))


def _chunks(rows: Sequence[ClientRow]) -> Iterator[Sequence[ClientRow]]:
    yield from (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _put(connection: Connection, rows: Sequence[ClientRow], workers: Mapping[str, str], now: datetime) -> Imported:
    wanted = [
        NewClient(row.number, row.first_name, row.language, row.zone, workers[row.worker_email], row.shared)
        for row in rows
    ]
    return people.put_clients(connection, wanted, ACTOR, now)


def _sum(one: Imported, other: Imported) -> Imported:
    return Imported(
        one.added + other.added,
        one.changed + other.changed,
        one.unchanged + other.unchanged,
        one.unclear + other.unclear,
    )


def _count(rows: Sequence[ClientRow] | Sequence[BadRow]) -> str:
    return f"{len(rows)} row" + ("" if len(rows) == 1 else "s")
