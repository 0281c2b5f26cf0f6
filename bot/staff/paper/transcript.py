"""A client's thread for the case file, as a PDF or as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.site.wall_time import wall_time
from bot.staff.paper.pdf import Paper
from bot.staff.plain_words.clients import CHANNEL_TAGS
from bot.staff.plain_words.filters import actor, language, reason, text_state
from bot.wording import N_, _, ngettext
from records import unopened
from records.staff_reads import Text

REDACTED = N_("[a private number was taken out]")
LACKS = N_("A box stands for a sign that this print has not got. The plain text has them all.")


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands above the texts. `case_number` is as typed for this print alone; `names` are first names by id."""

    county: str
    client: str
    zone: ZoneInfo
    case_number: str
    span: str
    printed_at: datetime
    printed_by: str
    names: Mapping[str, str]

    @property
    def foot(self) -> str:
        return _(
            "Printed by %(printed_by)s, %(at)s. Confidential case record.",
            printed_by=self.printed_by,
            at=_both_times(self.printed_at, self.zone),
        )

    def lines(self) -> Iterator[str]:
        yield _("Texts with %(client)s", client=self.client)
        yield f"{self.county}, Milepost"
        if self.case_number:
            yield _("Case number: %(case_number)s", case_number=self.case_number)
        yield self.span


def head_as_text(cover: Cover) -> str:
    return "".join(f"{_plain(line)}\n" for line in (*cover.lines(), cover.foot, ""))


def as_text(cover: Cover, texts: Iterable[Text]) -> Iterator[str]:
    """Line by line, each with its end. No line of a text can be taken for one of ours: theirs begin with a bar."""
    for text in texts:
        yield f"{_plain(_about(cover, text))}\n"
        for line in text.body.splitlines() or [""]:
            yield f"| {_plain(line)}\n"
        yield "\n"


def as_pdf(cover: Cover, texts: Sequence[Text]) -> bytes:
    """In memory, at a third of a second for a thousand texts; of right-to-left ones seven."""
    title, *more = cover.lines()
    paper = Paper(title, cover.foot)
    paper.heading(title)
    for line in more:
        paper.line(line)
    paper.gap()
    for text in texts:
        paper.line(_about(cover, text), 8, grey=True)
        paper.line(text.body)
        paper.gap(2)
    if not texts:
        paper.line(_("No texts in this time."))
    if paper.lacks:
        paper.line(_(LACKS), 8, grey=True)
    return paper.done()


def _about(cover: Cover, text: Text) -> str:
    said = [actor(text.author, cover.names), _both_times(text.at, cover.zone), language(text.language)]
    if channel := CHANNEL_TAGS.get(text.channel):
        said.append(channel)
    if text.direction == "out":
        said.append(text_state(text, cover.zone))
    if text.reason and not text.error_code and text.reason != unopened.NOT_OPENED:
        said.append(reason(text.reason))
    if text.redacted:
        said.append(_(REDACTED))
    if sent := len(text.pictures):
        said.append(ngettext("[a picture]", "[%(count)s pictures]", sent))
    return " \u00b7 ".join(said)


def _both_times(at: datetime, zone: ZoneInfo) -> str:
    return f"{wall_time(at, zone)} {at.astimezone(zone):%Y} ({at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"


def _plain(line: str) -> str:
    """Without signs that would move a terminal's cursor or break the line."""
    return "".join(sign if sign.isprintable() or sign in "\t\u200c\u200d" else "\ufffd" for sign in line)
