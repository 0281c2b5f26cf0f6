"""Problems as a list for people, and as an exit status for programs."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from bot.errors import Problem, Severity


def report(problems: Sequence[Problem]) -> int:
    """Prints them, errors last, where the eye is; gives 1 if there are errors, else 0."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    for problem in (*(problem for problem in problems if problem not in errors), *errors):
        typer.echo(f"{problem.severity}: {problem}")
    warnings = len(problems) - len(errors)
    typer.echo(f"{_count(len(errors), 'error')}, {_count(warnings, 'warning')}." if problems else "All is well.")
    return 1 if errors else 0


def _count(number: int, of_what: str) -> str:
    return f"{number} {of_what}" + ("" if number == 1 else "s")
