"""What a simulation prints: totals, measures, who was needed, and whether everything holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from bot.simulator.measures import Measure
from bot.simulator.runs import Result
from bot.simulator.simulation import Wanted
from bot.simulator.totals import Totals

NAME, TRIGGER, CHECK = 24, 22, 36


def lines(result: Result, wanted: Wanted) -> Iterator[str]:
    """Everything, with nothing in it that differs from one run to the next."""
    yield f"{wanted.clients} clients, {wanted.weeks} weeks, seed {wanted.seed}"
    yield from _totals(result.totals)
    yield from _measures(result.measures)
    yield from _people(result.totals)
    yield from _verdicts(result)
    yield from _broken(result, wanted)


def _totals(totals: Totals) -> Iterator[str]:
    yield ""
    yield "Totals"
    for name, count in totals.counts.items():
        yield f"  {name:{NAME}} {count:7}"
    for title, counted in (
        ("consent at the end", totals.consents),
        ("what left, by purpose", totals.purposes),
        ("texts, by state", totals.states),
        ("hooks called", totals.hooks),
    ):
        yield f"  {title:{NAME}} {_counted(counted)}"


def _counted(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


def _measures(measures: list[Measure]) -> Iterator[str]:
    yield ""
    yield "Measures (domain guide 8.2)"
    for one in measures:
        note = f"   ({one.note})" if one.note else ""
        yield f"  {one.id:4} {one.name:{NAME}} {_value(one)}{note}"


def _value(one: Measure) -> str:
    if one.values:
        return f"median {one.median:.1f}, 90th {one.ninetieth:.1f}, maximum {max(one.values):.1f} {one.unit}"
    if not one.denominator:
        return "-"
    return f"{one.numerator:6} / {one.denominator:<6} {one.numerator / one.denominator:6.2f}"


def _people(totals: Totals) -> Iterator[str]:
    yield ""
    yield "Who was needed"
    yield f"  {'trigger':{TRIGGER}} {'opened':>7} {'in time':>8} {'passed up':>10} {'reopened':>9}"
    for trigger, count in sorted(totals.opened.items()):
        share = totals.in_time[trigger] / count
        yield (
            f"  {trigger:{TRIGGER}} {count:7} {share:8.2f} {totals.passed_up[trigger]:10} {totals.reopened[trigger]:9}"
        )


def _verdicts(result: Result) -> Iterator[str]:
    yield ""
    yield "What must hold"
    for verdict in result.verdicts:
        mark = "BROKEN" if verdict.broken else "holds"
        excused = f", {verdict.excused} stated exceptions" if verdict.excused else ""
        broken = f", {len(verdict.broken)} broken" if verdict.broken else ""
        yield f"  {mark:6} {verdict.name:{CHECK}} {verdict.looked} looked at{excused}{broken}"


def _broken(result: Result, wanted: Wanted) -> Iterator[str]:
    for name, broken, script in result.broken:
        yield ""
        who = f"client {broken.nth}" if broken.nth else "no client"
        yield f"BROKEN {name}: seed {wanted.seed}, {who}, {_moment(broken.at)}: {broken.what}"
        yield from (f"    {line}".replace("\n", "\n    ") for line in script)
        if broken.nth:
            yield f"  again: {again(wanted, broken.nth)}"


def again(wanted: Wanted, nth: int) -> str:
    """The command that prints this client's whole thread."""
    size = f"--clients {wanted.clients} --weeks {wanted.weeks} --seed {wanted.seed}"
    return f"milepost simulate {size} --client {nth}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
