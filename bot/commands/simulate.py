"""A virtual caseload against the whole bot, on a virtual clock, to see that everything holds that must."""

from __future__ import annotations

import logging

import typer

from bot import log
from bot.simulator import report, runs
from bot.simulator.plants import Plant
from bot.simulator.simulation import Wanted


def run_simulation(wanted: Wanted, jobs: int, client: int | None, database: str | None) -> int:
    """Prints what happened; gives the exit status, 1 if something that must hold does not."""
    log.set_up(level=logging.CRITICAL)  # what fails is a finding, and told as one
    result = runs.run(wanted, jobs, only=client, database=database)
    shown = report.lines(result, wanted) if client is None else result.thread
    for line in shown:
        typer.echo(line)
    return int(not result.holds)


def planted(name: str | None) -> Plant | None:
    """The rule to turn off, by its name. Raises typer.BadParameter."""
    try:
        return Plant(name) if name else None
    except ValueError:
        raise typer.BadParameter(f"one of {', '.join(Plant)}") from None
