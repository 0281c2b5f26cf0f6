"""How long the queue of texts is, and when it will be gone."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import typer

from bot.clock import SystemClock
from bot.county_file import load_county
from bot.ground import transaction
from bot.settings import Settings, load
from records import backlog
from scheduler.forecast import Wave, forecast

AHEAD = timedelta(hours=24)
LONG = timedelta(minutes=30)
"""A text that comes so late was meant for another moment."""


def show_queue() -> None:
    """Raises StartError."""
    settings = load(Settings)
    county, a_second, now = load_county(settings.county), settings.twilio_segments_a_second, SystemClock().now()
    with transaction(settings) as connection:
        waiting = backlog.due(connection)
        coming = backlog.planned(connection, now + AHEAD)
        each = backlog.segments_each(connection)
    nudges = sum(count for _, count in coming)
    ahead = forecast([Wave(now, waiting), *(Wave(at, count * each) for at, count in coming)], a_second, now)
    typer.echo(f"Due now: {waiting} segments. In the next 24 hours: {nudges} nudges, {each:.1f} segments each.")
    if not waiting and not nudges:
        return
    clears = f"{ahead.clears_at.astimezone(county.zone):%a %H:%M}"
    minutes = ceil(ahead.longest / timedelta(minutes=1))
    worst = f"{ahead.worst_at.astimezone(county.zone):%a %H:%M}"
    typer.echo(f"At {a_second:g} segments a second the last has left by {clears}.")
    typer.echo(f"The longest wait is {minutes} min, of what falls due at {worst}.")
    if ahead.longest > LONG:
        remedy = "ask your provider for a higher rate (TWILIO_SEGMENTS_A_SECOND), or spread the nudges"
        typer.echo(f"That is too long for a reminder: {remedy}.")
