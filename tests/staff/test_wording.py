"""Staff read the pages in their own language, and no word of ours is beside the catalog."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment
from markupsafe import Markup

import bot
from bot.translations import LOCALES, template
from bot.wording import STAFF_LANGUAGES, Words, _, ngettext, speak
from tests.staff.office import Browser, Office

HOUSE = Path(bot.__file__).parent
TEMPLATES = sorted(HOUSE.glob("staff/templates/**/*.html"))
AT_THE_CONSOLE = {HOUSE / "imports/report.py"}
"""Commands speak English."""

MODULES = sorted({*HOUSE.glob("staff/**/*.py"), *HOUSE.glob("imports/*.py")} - AT_THE_CONSOLE)
CATALOGS = sorted(LOCALES.rglob("staff.po"))


def load(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, abort_invalid=True)


@pytest.fixture(params=CATALOGS, ids=lambda po: po.parts[-3])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return load(request.param)


def forms(message: object) -> tuple[str, ...]:
    return tuple(message) if isinstance(message, tuple | list) else (str(message),)


PUT_IN = re.compile(r"%(?:\((\w+)\)s|%)")


def test_a_translation_puts_in_what_the_english_does(catalog: Catalog) -> None:
    wrong = []
    for message in catalog:
        if not message.id or not message.string or message.fuzzy:
            continue
        english = {name for form in forms(message.id) for name in PUT_IN.findall(form)}
        for form in filter(None, forms(message.string)):
            strange = PUT_IN.sub("", form).count("%")
            if strange or (english ^ set(PUT_IN.findall(form))) - {"num", "count"}:
                wrong.append(form)
    assert wrong == []


def test_the_catalog_has_exactly_what_staff_read(catalog: Catalog) -> None:
    said = {(message.context, forms(message.id)) for message in template("staff") if message.id}
    found = {(message.context, forms(message.id)) for message in catalog if message.id}
    assert sorted(map(str, said ^ found)) == [], "run python -m bot.translations, then translate"


def test_nothing_that_staff_read_waits_for_a_translation(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.id and (message.fuzzy or not all(forms(message.string)))] == []


class Bare(HTMLParser):
    """The words of a page that were written into the template itself."""

    READ_OUT = frozenset({"title", "placeholder", "aria-label", "alt", "label"})
    NOT_OURS = frozenset({"code", "kbd", "script", "style"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        self.words += [value for name, value in attrs if name in self.READ_OUT and value and has_words(value)]

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if has_words(data) and not self.NOT_OURS & set(self.inside[-1:]):
            self.words.append(data.strip())


def has_words(text: str) -> bool:
    return re.search(r"[A-Za-z]{2}", text.replace("Milepost", "").replace("milepost", "")) is not None


def written_in(template: str) -> list[str]:
    """The template with `*` for what is put in, and without what goes through gettext."""
    page, in_trans = Bare(), False
    for _line, kind, value in Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(template):
        if kind == "name" and value in {"trans", "endtrans"}:
            in_trans = value == "trans"
        elif kind == "data" and not in_trans:
            page.feed(value)
        elif kind == "variable_begin":
            page.feed("*")
    page.close()
    return page.words


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_word_of_a_template_goes_through_gettext(path: Path) -> None:
    assert written_in(path.read_text()) == []


GETTEXT = frozenset({"_", "N_", "ngettext", "pgettext", "Words", "RefusedError", "TooLateError"})
SENTENCE = re.compile(r"[A-Z][a-z']* .*[a-z]{2}", re.DOTALL)


def sentences_in(node: ast.AST) -> Iterator[str]:
    """Strings that read like a sentence of ours, and are neither docstrings nor for the translators."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Call(func=ast.Name(id=name)) if name in GETTEXT:
                continue
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Constant(value=str(words)) if SENTENCE.match(words):
                yield words
        yield from sentences_in(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_sentence_of_the_staff_pages_goes_through_gettext(path: Path) -> None:
    assert list(sentences_in(ast.parse(path.read_text()))) == []


def test_what_is_put_in_is_named_and_a_per_cent_sign_stays_one() -> None:
    assert _("%(share)s %% of %(whole)s", share=50, whole="all") == "50 % of all"
    assert [ngettext("%(count)s text", "%(count)s texts", count) for count in (1, 2)] == ["1 text", "2 texts"]


def test_a_table_of_words_speaks_to_who_reads_it_and_a_script_stays_words() -> None:
    table = Words({"sent": "sent"})
    speak("es")
    assert table["sent"] != table.english["sent"]
    speak("en")
    assert table["sent"] == "sent"
    assert Environment(autoescape=True).from_string("{{ w }}").render(w=_("%(x)s", x="<b>")) == Markup("&lt;b&gt;")


async def test_staff_choose_the_language_of_their_pages(ana: Browser) -> None:
    assert '<html lang="en">' in await ana.get("/staff")
    page = await ana.post("/staff/account/language", pages="es")
    assert '<html lang="es">' in page
    assert "Mi cuenta" in page
    assert "My account" not in page
    assert "Clientes" in await ana.get("/staff")
    assert '<html lang="es">' in await ana.post("/staff/account/language", pages="xx")


async def test_the_log_in_speaks_the_language_of_the_browser_or_the_one_that_is_asked_for(
    office: Office, browser: Browser
) -> None:
    async with browser.http.get(
        f"{office.url}/staff/log-in", headers={"Accept-Language": "es-MX,es;q=0.9,en"}
    ) as answer:
        assert '<html lang="es">' in await answer.text()
    assert '<html lang="en">' in await browser.get("/staff/log-in")
    assert '<html lang="es">' in await browser.get("/staff/log-in?language=es&next=/staff/visits")
    assert 'value="/staff/visits"' in await browser.get("/staff/log-in?next=/staff/visits")


async def test_what_goes_wrong_is_said_in_the_language_of_who_reads_it(ana: Browser) -> None:
    await ana.post("/staff/account/language", pages="es")
    headers = {"Accept": "text/html"}
    async with ana.http.get(f"{ana.url}/staff/nothing-here", headers=headers) as answer:
        assert "Not here" not in await answer.text()


def test_every_staff_language_but_english_has_a_catalog() -> None:
    assert {po.parts[-3] for po in CATALOGS} == set(STAFF_LANGUAGES) - {"en"}
