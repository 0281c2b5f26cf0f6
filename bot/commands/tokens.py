"""Tokens for other systems, from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import typer

from bot.clock import SystemClock
from bot.errors import Problem, StartError
from bot.ground import transaction
from bot.settings import DatabaseSettings, load
from bot.token_secrets import hash_of, new_secret
from records import api_tokens
from records.api_tokens import OPERATOR, ListedToken, NewToken, Scope
from records.errors import NotFoundError, RefusedError

NOT_MADE = "No token was made:"


def create(name: str, scopes: Sequence[str], team: str, days: int) -> None:
    """Prints the secret, once. Raises StartError."""
    if unknown := [scope for scope in scopes if scope not in set(Scope)]:
        raise StartError(NOT_MADE, [Problem(one, "is no scope", f"one of {', '.join(Scope)}") for one in unknown])
    now, secret = SystemClock().now(), new_secret()
    wanted = NewToken(name, [Scope(one) for one in scopes], team.strip(), hash_of(secret), now + timedelta(days=days))
    try:
        with transaction(load(DatabaseSettings)) as connection:
            api_tokens.create(connection, wanted, OPERATOR, now)
    except RefusedError as no:
        raise StartError(NOT_MADE, [Problem("token", str(no))]) from None
    typer.echo("Copy it now: it is not kept here.", err=True)
    typer.echo(secret)


def list_tokens() -> None:
    """Raises StartError."""
    with transaction(load(DatabaseSettings)) as connection:
        found = api_tokens.listed(connection, SystemClock().now())
    for one in found:
        typer.echo(_line(one))
    if not found:
        typer.echo("No other system is let in.")


def revoke(token_id: str) -> None:
    """Raises StartError."""
    try:
        with transaction(load(DatabaseSettings)) as connection:
            api_tokens.revoke(connection, token_id, OPERATOR, SystemClock().now())
    except NotFoundError:
        remedy = "`milepost token list` lists them"
        raise StartError("Nothing was revoked:", [Problem("id", "is no token's", remedy)]) from None
    typer.echo("It opens nothing any more.")


def _line(one: ListedToken) -> str:
    used = f"used {one.used_at:%Y-%m-%d %H:%M} UTC" if one.used_at else "never used"
    reach = f"team {one.team}" if one.team else "the county"
    return f"{one.id} {one.name}: {one.state} until {one.expires_at:%Y-%m-%d}, {used}, {reach}: {' '.join(one.scopes)}"
