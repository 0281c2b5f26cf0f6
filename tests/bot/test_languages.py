import re
import shutil
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.languages import load_languages
from conversations.folding import fold
from conversations.languages import Encoding

LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOCALES, tmp_path / "locales"))


def problems(locales: Path, *codes: str) -> list[str]:
    with pytest.raises(StartError) as raised:
        load_languages(codes, locales)
    return [str(problem) for problem in raised.value.problems]


def test_english_is_what_is_written_and_spanish_what_its_catalog_says() -> None:
    english, spanish = load_languages(("en", "es")).values()
    assert english.translate("goal_check_in/how_did_it_go", "not yet") == "not yet"
    assert spanish.translate("goal_check_in/how_did_it_go", "not yet") == "todavía no"


def test_english_is_reviewed_and_spanish_is_a_draft() -> None:
    english, spanish = load_languages(("en", "es")).values()
    assert not english.review.is_draft
    assert spanish.review.is_draft
    assert (english.name, spanish.name, spanish.encoding) == ("English", "Español", Encoding.KEEP)


def test_every_word_is_folded_so_that_it_can_be_found() -> None:
    for language in load_languages(("en", "es")).values():
        times = language.times
        lists = (*language.replies.values(), *language.commands.values(), *language.intents.values())
        sets = (language.fillers, language.negations, language.counted, times.by_hour, times.skipped)
        numbers = (times.weekdays, times.months, times.parts_of_day, times.relative_days, times.units, times.numbers)
        for word in (word for words in (*lists, *sets, *numbers) for word in words):
            assert word == fold(word) != ""


def test_both_languages_have_words_for_the_same_replies_and_commands() -> None:
    english, spanish = load_languages(("en", "es")).values()
    assert english.replies.keys() == spanish.replies.keys()
    assert english.commands.keys() == spanish.commands.keys()


def test_a_language_that_is_not_there_is_named_with_what_to_do(locales: Path) -> None:
    assert problems(locales, "en", "vi", "tl") == [
        f"locales/{code}/words.toml: there is no such file -> write it, with locales/en/words.toml as the pattern, "
        "or take the language out of the county file"
        for code in ("vi", "tl")
    ]


def test_a_catalog_that_is_not_compiled_is_named_with_what_to_do(locales: Path) -> None:
    (locales / "es/LC_MESSAGES/milepost.mo").unlink()
    assert problems(locales, "es") == ["locales/es/LC_MESSAGES/milepost.mo: there is no such file -> make catalogs"]


@pytest.mark.parametrize("content", [b"", b"not a catalog"])
def test_a_broken_catalog_is_named(locales: Path, content: bytes) -> None:
    (locales / "es/LC_MESSAGES/milepost.mo").write_bytes(content)
    assert problems(locales, "es")[0].startswith("locales/es/LC_MESSAGES/milepost.mo: is no compiled catalog")


def test_a_file_that_is_no_toml_is_named_with_the_place(locales: Path) -> None:
    (locales / "es/words.toml").write_text("[language\n", "utf-8")
    assert problems(locales, "es")[0].startswith("locales/es/words.toml: is not TOML in UTF-8")


@pytest.mark.parametrize(
    ("line", "replacement", "problem"),
    [
        ('code = "es"', 'code = "fr"', "locales/es/words.toml language.code: is 'fr' -> write 'es'"),
        ("lunes = 0", 'lunes = "0"', "times.weekdays.lunes: Input should be a valid integer"),
        ("lunes = 0", "lunes = 7", "times.weekdays.lunes: Input should be less than or equal to 6"),
        ("enero = 1", "enero = 13", "times.months.enero: Input should be less than or equal to 12"),
        ('skip = ["saltar"', 'saltar = "saltar"\nskip = ["saltar"', "replies.saltar: Input should be a valid list"),
        ("opt_in = [", "opt_inn = [", "intents.opt_in: Field required"),
        ('encoding = "keep"', 'encoding = "ascii"', "language.encoding: Input should be 'keep' or 'fold'"),
    ],
)
def test_a_mistake_in_a_file_is_named_by_its_key(locales: Path, line: str, replacement: str, problem: str) -> None:
    words = locales / "es/words.toml"
    text = words.read_text("utf-8")
    assert line in text
    words.write_text(text.replace(line, replacement, 1), "utf-8")
    assert any(re.search(re.escape(problem), found) for found in problems(locales, "es")), problems(locales, "es")


def test_a_phrase_that_cannot_be_read_is_named_with_what_to_do(locales: Path) -> None:
    phrases = locales / "es/phrases.toml"
    phrases.write_text(phrases.read_text("utf-8").replace("stop = [", 'stop = ["(hola", ', 1), "utf-8")
    remedy = "write it as conversations/phrases.py says"
    assert problems(locales, "es") == [f"locales/es/phrases.toml: '(hola': a bracket has no counterpart -> {remedy}"]


def test_a_topic_that_is_missing_is_named(locales: Path) -> None:
    phrases = locales / "es/phrases.toml"
    phrases.write_text(phrases.read_text("utf-8").replace("self_harm = [", "self_harms = [", 1), "utf-8")
    assert (
        "locales/es/phrases.toml phrases.self_harm: Field required -> compare it with locales/en/phrases.toml"
        in problems(locales, "es")
    )


@pytest.mark.parametrize("content", [b"", b"no JSON\n", b"{}\n"])
def test_what_was_learned_is_named_where_it_cannot_be_read(locales: Path, content: bytes) -> None:
    (locales / "classifier.bin").write_bytes(content)
    assert problems(locales, "en")[0].startswith("locales/classifier.bin: cannot be read: ")
    (locales / "classifier.bin").unlink()
    assert problems(locales, "en")[0].endswith(" -> make it with: make classifier")


def test_a_mistake_in_the_words_of_other_languages_is_named(locales: Path) -> None:
    (locales / "keywords.toml").write_text("[vi]\nnames = []\nopt_out = []\n", "utf-8")
    assert problems(locales, "en", "es")[0].startswith("locales/keywords.toml vi.name: Field required")


def test_the_words_of_other_languages_stop_all_texts_and_name_them() -> None:
    english = load_languages(("en",))["en"]
    others = {other.code: other for other in english.others}
    assert {"vi", "tl", "zh", "ko", "hy", "ru", "ar", "fa", "es"} <= others.keys()
    assert {fold("dừng"), "alto"} <= english.intents["opt_out"]
    assert "en" not in others
    assert "es" not in {other.code for other in load_languages(("en", "es"))["en"].others}
