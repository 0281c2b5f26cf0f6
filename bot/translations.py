"""Keeps the translators' files in step with the sentences: `python -m bot.translations` writes them anew.

There are three catalogs a language: `milepost`, what clients are texted, where the place of a sentence is its context;
`chat`, what they read on the pages around their texts; and `staff`, what staff read. In all the English sentence is the
msgid, so a changed sentence makes its translations fuzzy. The build leaves fuzzy ones out, and a test fails on them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from conversations import provider_errors
from conversations.catalog import notes
from records.measures.register import MEASURES

HOUSE = Path(__file__).parents[1]
LOCALES = HOUSE / "locales"
CHAT = (HOUSE / "bot" / "chat", HOUSE / "bot" / "whatsapp")
"""The rooms whose words are for clients."""
ROOM = 120
REVISED_BY_HAND = datetime(2026, 1, 1, tzinfo=UTC)
"""A template holds no date: it would change with every run."""

CORE: dict[str, Any] = {"N_": None, "RefusedError": None, "TooLateError": None}
"""The functions whose first words are for the translators of what staff read; see `conversations.marking`."""

EDGE: dict[str, Any] = {
    **CORE,
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
"""At the edge also those that say them; see `bot.wording`. In conversations `_` is for clients."""

ROOMS: Mapping[str, Mapping[str, Any]] = {
    "bot": EDGE,
    "conversations": {**CORE, "Told": None},
    "records": CORE,
    "scheduler": CORE,
}


def template(domain: str = "milepost") -> Catalog:
    catalog = Catalog(
        project="milepost", msgid_bugs_address="the repository", creation_date=REVISED_BY_HAND, charset="utf-8"
    )
    if domain == "staff":
        _add_what_staff_read(catalog)
        return catalog
    if domain == "chat":
        for room in CHAT:
            _add_sentences(catalog, room, EDGE)
        return catalog
    for sentence, note in notes().items():
        catalog.add(sentence.text, context=sentence.context, auto_comments=[note] if note else [])
    return catalog


def _add_what_staff_read(catalog: Catalog) -> None:
    """Without where each stands: that would change with every line added above it."""
    for room, marks in ROOMS.items():
        _add_sentences(catalog, HOUSE / room, marks)
    for words in _said_elsewhere():
        catalog.add(words)


def _add_sentences(catalog: Catalog, room: Path, marks: Mapping[str, Any]) -> None:
    for file in sorted(file for kind in METHODS for file in room.rglob(f"*{kind}")):
        if room not in CHAT and any(file.is_relative_to(other) for other in CHAT):
            continue
        with file.open("rb") as source:
            for method in METHODS[file.suffix]:
                source.seek(0)
                for _line, message, comments, context in extract(method, source, marks, ["Translators:"], OPTIONS):
                    catalog.add(message, context=context, auto_comments=comments)


def _said_elsewhere() -> Iterator[str]:
    """What tables say that are read as they are."""
    for error in (*provider_errors.TABLE, provider_errors.of(None)):
        yield error.means
    for measure in MEASURES:
        parts = (measure.name, measure.numerator, measure.denominator, measure.excludes, measure.note, measure.not_yet)
        yield from filter(None, parts)


def words_of_tables(
    source: IO[bytes],
    _keywords: object,
    _comment_tags: object,
    options: object,  # noqa: ARG001  Babel's signature
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The words in each `Words({...})`, in the form in which Babel wants what a method finds."""
    for node in ast.walk(ast.parse(source.read())):
        match node:
            case ast.Call(func=ast.Name(id="Words"), args=[ast.Dict(values=values)]):
                for value in values:
                    if isinstance(value, ast.Constant) and value.value:
                        yield value.lineno, "_", str(value.value), []


METHODS: Mapping[str, Sequence[Callable[..., Iterable[Any]]]] = {
    ".html": [babel_extract],
    ".py": [extract_python, words_of_tables],
}
OPTIONS = {"silent": "false", "trimmed": "true"}


def updated(po: Path) -> Catalog:
    """The file's catalog with today's sentences: the new ones empty, the changed ones fuzzy, the unused ones gone."""
    with po.open("rb") as source:
        catalog = read_po(source, abort_invalid=True)
    catalog.update(template(po.stem), update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def write_anew(po: Path) -> None:
    catalog = updated(po)
    with po.open("wb") as target:
        write_po(target, catalog, width=ROOM, sort_output=po.stem != "milepost")


def main() -> None:
    for po in sorted(LOCALES.rglob("*.po")):
        write_anew(po)


if __name__ == "__main__":
    main()
