"""What the weekly digest says: goals first, how clients fare and what changed, what waits. No client, and no few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jinja2

from bot import measuring, wording
from bot.clock import Clock
from bot.hooks.letters import Mail
from bot.site.pages import speak_in
from bot.staff.oversight import measure_words
from bot.wording import _
from conversations.county import County
from conversations.languages import Language
from records import weekly_digests
from records.hook_queue import HookDelivery
from records.measures import kept, period, splits
from records.measures.figures import PUBLISHED, Figure, Unit, hide
from records.measures.register import Measure
from records.reading import Reader
from records.writer import Writer

GOALS = "M9"
FIRST = 3
"""Of what became of goals: achieved, revised, replaced."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the last four weeks, and of the four before if there is one to compare it with."""

    measure: Measure
    now: Figure
    before: Figure | None


class WeeklyMail:
    """Writes one reader's, in the language of their pages. E-mail leaves the house: small cells are as if published."""

    def __init__(
        self,
        reader: Reader,
        writer: Writer,
        county: County,
        languages: Mapping[str, Language],
        public_url: str,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._county = county
        self._languages = languages
        self._public_url = public_url
        self._clock = clock
        self._pages = _environment()

    async def write(self, delivery: HookDelivery) -> Mail:
        """Raises StorageError."""
        now = self._clock.now()
        asked = partial(weekly_digests.of_person, staff_id=delivery.staff_id or "", now=now)
        waiting = await self._reader.run(asked)
        lines = await self._lines(kept.of(waiting.sight))
        wording.speak(waiting.language or wording.ENGLISH)
        page = self._pages.get_template("weekly.html").render(
            goals=[line for line in lines if line.measure.id == GOALS][:FIRST],
            health=_firsts(line for line in lines if line.measure.id != GOALS),
            notable=[line for line in lines if changed(line)],
            waiting=waiting,
            fewest=PUBLISHED,
            url=self._public_url,
        )
        title = _("Your week: what became of goals, and what waits")
        return Mail(title, page, {"List-Unsubscribe": f"<{self._public_url}/staff/account#weekly>"})

    async def _lines(self, scope: kept.Scope) -> Sequence[Line]:
        measures, now = measuring.the_ones(measuring.HEALTH), self._clock.now()
        lately, before = [
            await measuring.count(self._reader, self._writer, measures, span(now, self._county, self._languages), scope)
            for span in (period.lately, period.before)
        ]
        found = []
        for one in measures:
            earlier = {figure.label: figure for figure in hide(before[one.id].figures, PUBLISHED)}
            figures = hide(lately[one.id].figures, PUBLISHED)
            found += [Line(one, figure, earlier.get(figure.label)) for figure in figures if not figure.item]
        return found


def changed(line: Line) -> bool:
    """Whether a share differs by more than 10 points from the four weeks before, each of 30 people or more."""
    if line.before is None or line.now.unit is not Unit.SHARE:
        return False
    return bool(splits.flagged({"now": [line.now], "before": [line.before]}))


def _firsts(lines: Iterable[Line]) -> Sequence[Line]:
    """The first figure of each measure."""
    return list({line.measure.id: line for line in reversed(list(lines))}.values())[::-1]


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    speak_in(environment)
    environment.filters.update(measure_words.FILTERS)
    return environment
