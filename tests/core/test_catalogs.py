from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.translations import template, updated, write_anew
from conversations.catalog import sentences
from conversations.dates import FORMS

LOCALES = Path(__file__).parents[2] / "locales"
CATALOGS = sorted(LOCALES.rglob("milepost.po"))


def load(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, abort_invalid=True)


def entries(catalog: Catalog) -> dict[tuple[str, str], str]:
    return {(message.context or "", str(message.id)): str(message.string) for message in catalog if message.id}


@pytest.fixture(params=CATALOGS, ids=lambda po: str(po.relative_to(LOCALES)))
def po(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_spanish_has_a_catalog() -> None:
    assert LOCALES / "es/LC_MESSAGES/milepost.po" in CATALOGS


def test_a_catalog_has_exactly_the_sentences_that_are_said(po: Path) -> None:
    said = {(sentence.context, sentence.text) for sentence in sentences()}
    found = set(entries(load(po)))
    assert sorted(said - found) == [], "missing: run python -m bot.translations, then translate"
    assert sorted(found - said) == [], "unused: run python -m bot.translations"


def test_a_catalog_has_no_empty_and_no_fuzzy_entries(po: Path) -> None:
    catalog = load(po)
    assert [place for place, text in entries(catalog).items() if not text] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_one_english_sentence_has_one_translation_unless_its_place_asks_for_another(po: Path) -> None:
    by_sentence: dict[str, set[str]] = {}
    for (_place, english), text in entries(load(po)).items():
        by_sentence.setdefault(english, set()).add(text)
    assert {english: texts for english, texts in by_sentence.items() if len(texts) > 1} == {}


def test_a_language_with_a_catalog_says_dates_in_its_own_way(po: Path) -> None:
    assert po.parts[-3] in FORMS


def test_every_sentence_stands_in_one_known_place() -> None:
    for sentence in sentences():
        place, _slash, step = sentence.context.partition("/")
        assert place
        assert step


def old_catalog(tmp_path: Path, english: str) -> Path:
    catalog = Catalog(locale="es", charset="utf-8", fuzzy=False)
    for message in template():
        if message.id:
            text = english if message.context == "goal_setting/meaning" else str(message.id)
            catalog.add(text, "traducido", context=message.context)
    path = tmp_path / "milepost.po"
    with path.open("wb") as target:
        write_po(target, catalog)
    return path


def test_a_changed_sentence_makes_its_translation_fuzzy(tmp_path: Path) -> None:
    new = updated(old_catalog(tmp_path, "What would it mean to you to get that done?"))
    message = new.get("What would it mean to you to get this done?", context="goal_setting/meaning")
    assert message is not None
    assert (message.string, message.fuzzy) == ("traducido", True)


def test_writing_a_catalog_anew_loses_no_translation(po: Path, tmp_path: Path) -> None:
    copy = tmp_path / po.name
    copy.write_bytes(po.read_bytes())
    write_anew(copy)
    assert entries(load(copy)) == entries(load(po))


def test_a_sentence_that_is_said_no_more_leaves_the_catalog(tmp_path: Path) -> None:
    old = "A sentence like no other"
    assert ("goal_setting/meaning", old) not in entries(updated(old_catalog(tmp_path, old)))
