"""The fault suite: the house is killed, cut off and lied to, on a database and against a provider of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import typer

from bot.trust import catalogue, report, runs
from bot.trust.ground import open_grounds
from bot.trust.trial import Trial
from records.channels import ChannelName


def run_trials(only: Sequence[str], seed: int, database: str | None, channel: ChannelName, *, full: bool) -> int:
    """Prints a table; gives the exit status, 1 if something that must hold does not. Raises StartError."""
    trials = catalogue.IN_FULL if full else catalogue.IN_SHORT
    names = {trial.name for trial in trials}
    if unknown := set(only) - names:
        raise typer.BadParameter(f"no trial {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}")
    chosen = [trial for trial in trials if not only or trial.name in only]
    return asyncio.run(_run(chosen, seed, database, channel, full=full))


async def _run(trials: Sequence[Trial], seed: int, database: str | None, channel: ChannelName, *, full: bool) -> int:
    rows = []
    async with open_grounds(database, channel) as grounds:
        for line in report.heading(grounds.database, channel, seed, full=full):
            typer.echo(line)
        for trial in trials:
            rows.append(await runs.run_one(trial, seed, grounds))
            typer.echo(report.line(rows[-1]))
    for row in rows:
        for line in report.broken(row, seed, channel, full=full, given=database is not None):
            typer.echo(line)
    return int(not all(row.figures.holds for row in rows))
