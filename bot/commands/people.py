"""Members of staff, from the command line."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import IntegrityError

from bot.clock import SystemClock
from bot.errors import Problem, StartError
from bot.ground import transaction
from bot.settings import DatabaseSettings, load
from bot.staff.passwords import hash_password
from records import people, sessions
from records.errors import NotFoundError
from records.roles import REACH, RIGHTS, Right, Role, needs_second_factor

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
