"""Holding texts back, of everybody, one client or one campaign, and letting them go again."""

from __future__ import annotations

import typer

from bot.clock import SystemClock
from bot.errors import Problem, StartError
from bot.ground import transaction
from bot.settings import DatabaseSettings, load
from records import holds, people
from records.errors import NotFoundError
from records.holds import NAMED, OPERATOR, Hold, Scope


def hold(scope: str, subject: str, because: str) -> None:
    """What is due, or falls due, is held from now on. Raises StartError."""
    title = "Nothing was held:"
    what = _scope(scope, subject, title)
    if not because.strip():
        raise StartError(title, [Problem("--because", "is needed: staff read it", "say why in a few words")])
    try:
        with transaction(load(DatabaseSettings)) as connection:
            placed = holds.place(connection, what, subject, because.strip(), OPERATOR, SystemClock().now())
    except NotFoundError:
        raise StartError(title, [Problem("client", "nobody has this id")]) from None
    typer.echo(f"{_named(what, subject)}: held." if placed else f"{_named(what, subject)}: held already.")


def release(scope: str, subject: str) -> None:
    """Raises StartError."""
    title = "Nothing was released:"
    what = _scope(scope, subject, title)
    try:
        with transaction(load(DatabaseSettings)) as connection:
            freed = holds.release(connection, what, subject, OPERATOR, SystemClock().now())
            others = len(holds.standing(connection))
    except NotFoundError:
        remedy = "`milepost holds` lists what is held"
        raise StartError(title, [Problem(_named(what, subject), "is not held", remedy)]) from None
    texts = "1 text is" if freed == 1 else f"{freed} texts are"
    rest = f" What another hold keeps stays held: `milepost holds` lists {others} more." if others else ""
    typer.echo(f"{_named(what, subject)}: released; {texts} due again.{rest}")


def list_holds() -> None:
    """Raises StartError."""
    with transaction(load(DatabaseSettings)) as connection:
        standing = holds.standing(connection)
        names = {member.id: member.first_name for member in people.all_staff(connection)}
    for one in standing:
        typer.echo(_line(one, names.get(one.by, one.by)))
    if not standing:
        typer.echo("No texts are held.")


def _line(one: Hold, by: str) -> str:
    return f"{_named(one.scope, one.subject)}: since {one.at:%Y-%m-%d %H:%M} UTC, by {by}: {one.because}"


def _named(scope: Scope, subject: str) -> str:
    return f"{scope} {subject}".strip()


def _scope(word: str, subject: str, title: str) -> Scope:
    """Raises StartError unless the scope has the id that it needs, and no other."""
    scope = Scope(word)
    if (scope in NAMED) != bool(subject):
        what = "needs its id" if scope in NAMED else "has no id"
        raise StartError(title, [Problem(scope, what)])
    return scope
