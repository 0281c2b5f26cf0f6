"""What the suite prints: a row a trial as it ends, and how to run again what broke."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from bot.trust.trial import Row
from records.channels import ChannelName

_WIDTHS = "{:13} {:>7} {:>7} {:>5} {:>7} {:>5} {:>8}  {:7} {}"


def heading(database: str, channel: ChannelName, seed: int, *, full: bool) -> Iterator[str]:
    """`database` is the kind of it and its version, never its address."""
    size = "full" if full else "quick"
    where = "" if channel is ChannelName.SMS else f", {channel}"
    yield f"milepost {version('milepost')} on {database}{where}, {size} form, seed {seed}"
    yield ""
    yield _WIDTHS.format("trial", "asked", "sent", "lost", "doubled", "late", "seconds", "verdict", "what")


def line(row: Row) -> str:
    figures = row.figures
    verdict = "holds" if figures.holds else "BROKEN"
    counts = (figures.asked, figures.sent, figures.lost, figures.doubled, figures.late)
    what = "; ".join([row.what, *figures.notes])
    return _WIDTHS.format(row.name, *(f"{count:,}" for count in counts), f"{row.seconds:.0f}", verdict, what)


def broken(row: Row, seed: int, channel: ChannelName, *, full: bool, given: bool) -> Iterator[str]:
    """What broke in a trial, and the command that runs it again; `given` if the database was named."""
    if row.figures.holds:
        return
    yield ""
    yield f"BROKEN {row.name}:"
    yield from (f"    {what}" for what in row.figures.broken)
    database = " --database URL" if given else ""
    size = " --full" if full else ""
    size += " --whatsapp" if channel is ChannelName.WHATSAPP else ""
    yield f"  again: milepost trust --only {row.name} --seed {seed}{size}{database}"
