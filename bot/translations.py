"""Keeps the translators' files in step with the sentences: `python -m bot.translations` writes them anew.

The English sentence is the msgid and its place the context, so a changed sentence makes its translations fuzzy. The
build leaves fuzzy ones out, and a test fails on them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from conversations.catalog import notes

LOCALES = Path(__file__).parents[1] / "locales"
ROOM = 120
REVISED_BY_HAND = datetime(2026, 1, 1, tzinfo=UTC)
"""A template holds no date: it would change with every run."""


def template() -> Catalog:
    catalog = Catalog(
        project="milepost", msgid_bugs_address="the repository", creation_date=REVISED_BY_HAND, charset="utf-8"
    )
    for sentence, note in notes().items():
        catalog.add(sentence.text, context=sentence.context, auto_comments=[note] if note else [])
    return catalog


def updated(po: Path) -> Catalog:
    """The file's catalog with today's sentences: the new ones empty, the changed ones fuzzy, the unused ones gone."""
    with po.open("rb") as source:
        catalog = read_po(source, abort_invalid=True)
    catalog.update(template(), update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def write_anew(po: Path) -> None:
    catalog = updated(po)
    with po.open("wb") as target:
        write_po(target, catalog, width=ROOM)


def main() -> None:
    for po in sorted(LOCALES.rglob("*.po")):
        write_anew(po)


if __name__ == "__main__":
    main()
