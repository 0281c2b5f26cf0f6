"""Members of staff, from the command line."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from bot.clock import SystemClock
from bot.errors import Problem, StartError
from bot.ground import transaction
from bot.settings import DatabaseSettings, LinkSettings, load
from bot.staff.access.invitation_pages import link, new_token
from bot.staff.access.log_in import hash_of
from bot.staff.access.passwords import hash_password, problem_with
from records import accounts, invitations, own_account, people, sessions
from records.accounts import NewAccount
from records.errors import NotFoundError, RefusedError
from records.invitations import LASTS
from records.roles import REACH, RIGHTS, Right, Role, needs_second_factor

LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z]{2,4})?")
OPERATOR = "operator"
"""Who did it, in the log: whoever has the command line."""


def add_staff(email: str, first_name: str, role: Role, team: str = "") -> None:
    """Prints an invitation, unless a password comes by a pipe: so scripts set up a rehearsal. Raises StartError."""
    email, first_name = email.strip().lower(), first_name.strip()
    if "@" not in email or not first_name:
        raise StartError("Nobody was added:", [Problem("email and first name", "are both needed")])
    settings, password, token = load(DatabaseSettings), _piped_password([email, first_name]), new_token()
    public_url = "" if password else load(LinkSettings).public_url
    new, now = NewAccount(email, first_name, role, team.strip()), SystemClock().now()
    try:
        with transaction(settings) as connection:
            accounts.add(connection, new, hash_of(token), OPERATOR, now)
            if password:
                invitations.set_password(connection, hash_of(token), hash_password(password), now, is_all=True)
    except RefusedError as no:
        raise StartError("Nobody was added:", [Problem("email", str(no))]) from None
    typer.echo(f"{first_name} has an account as a {role}.")
    if public_url:
        _tell(email, public_url, token)


def invite(email: str, *, lost_second_factor: bool = False) -> None:
    """Raises StartError."""
    email, token, now = email.strip().lower(), new_token(), SystemClock().now()
    settings = load(LinkSettings)
    with _member(), transaction(settings) as connection:
        staff_id = accounts.id_of(connection, email)
        if lost_second_factor:
            sessions.forget_second_factor(connection, staff_id, OPERATOR, now)
        invitations.invite(connection, staff_id, hash_of(token), OPERATOR, now)
    _tell(email, settings.public_url, token)


def _tell(email: str, public_url: str, token: str) -> None:
    typer.echo(f"Give this link to {email} and nobody else. It works once, for {LASTS.days} days:\n")
    typer.echo(f"  {link(public_url, token)}")


def put_in_team(email: str, team: str) -> None:
    """Raises StartError."""
    email, team = email.strip().lower(), team.strip()
    with _member(), transaction(load(DatabaseSettings)) as connection:
        people.put_in_team(connection, email, team, SystemClock().now())
    typer.echo(f"{email} is in the team {team}." if team else f"{email} is in no team.")


def set_languages(email: str, writes: Sequence[str]) -> None:
    """Raises StartError."""
    email, now = email.strip().lower(), SystemClock().now()
    if strange := [code for code in writes if not LANGUAGE.fullmatch(code)]:
        raise StartError("Nothing was changed:", [Problem(strange[0], "is no code of a language", "write en, or es")])
    with _member(), transaction(load(DatabaseSettings)) as connection:
        staff_id = accounts.id_of(connection, email)
        own_account.set_languages(connection, staff_id, writes, OPERATOR, now)
    typer.echo(f"{email} writes {', '.join(writes) or 'the first language of the county'}.")


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
    except RefusedError as no:
        raise StartError("Nothing was changed:", [Problem("email", str(no))]) from None


def _piped_password(names: Sequence[str]) -> str:
    """The first line of the standard input, "" if a person sits there or it is empty. Raises StartError."""
    password = "" if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if problem := problem_with(password, names) if password else "":
        raise StartError("Nobody was added:", [Problem("password", problem)])
    return password
