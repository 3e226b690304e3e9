"""The words of pages: all are marked, stand in the catalogue, and are those of a translation where there is one."""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import messages
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fake_engine import EXAMPLE, FakeEngine, example
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import nodes

from api import create_app
from api.language import catalogues, chooser
from kb.sources import read_snapshots

TEMPLATES = sorted((messages.API / "templates").glob("*.html"))
GAZETTE = "2024-03-05-gazette"
BROWSER = {"Accept": "text/html"}

TRANSLATED = ("_", "gettext", "ngettext")
NAMES = re.compile(r"\b(Testimonia|API|SPARQL|JSON(-LD)?|RDF|TriG|SHA-256|km|[a-z]+/…)(?!\w)")
"""What is called the same in every language."""

SEEN = ("alt", "aria-label", "aria-description", "label", "placeholder", "title")
"""Attributes that are read to people."""

UNREAD = ("code", "pre", "script", "style")


class Words(HTMLParser):
    """Gathers what of a template is read to people; an expression stands in it as its number between two marks."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNREAD:
            self.inside.append(tag)
        self.found += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def unmarked(source: str, app: Flask) -> list[str]:
    """The words of a template that are read to people, and are not marked."""
    tree = app.jinja_env.parse(source)
    read, shown, hidden = parted(tree, set())
    read, shown, _ = parted(tree, called(hidden) - called(shown))
    found = [line.strip() for line in read.splitlines()]
    found += [text for one in shown for text in constants(one) if not text.startswith(("#", "/", "?"))]
    return [text for text in found if re.search(r"[A-Za-z]{2}", NAMES.sub("", text))]


def parted(tree: nodes.Template, unread: set[str]) -> tuple[str, list[nodes.Node], list[nodes.Node]]:
    """What a template reads to people: its text, expressions in that, and all others; without some of its macros."""
    aside = [block for block in tree.find_all(nodes.Block) if block.name == "width"]
    aside += [macro for macro in tree.find_all(nodes.Macro) if macro.name in unread]
    left_out = {id(output) for one in aside for output in one.find_all(nodes.Output)}
    expressions: list[nodes.Node] = []
    words = Words()
    for output in tree.find_all(nodes.Output):
        for node in () if id(output) in left_out else output.nodes:
            if isinstance(node, nodes.TemplateData):
                words.feed(node.data)
            else:
                words.feed(f"\ue000{len(expressions)}\ue001")
                expressions.append(node)
    words.close()
    read = "\n".join(words.found)
    shown = sorted({int(number) for number in re.findall("\ue000(\\d+)\ue001", read)})
    hidden = [one for number, one in enumerate(expressions) if number not in shown]
    return re.sub("\ue000\\d+\ue001", " ", read), [expressions[number] for number in shown], hidden


def called(expressions: list[nodes.Node]) -> set[str]:
    """The macros of its own that expressions call."""
    return {one.node.name for one in expressions if isinstance(one, nodes.Call) and isinstance(one.node, nodes.Name)}


def constants(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression can come out as: branches, joined parts, and what is handed to a macro."""
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from constants(node.expr1)
        if node.expr2 is not None:
            yield from constants(node.expr2)
    elif isinstance(node, (nodes.And, nodes.Or, nodes.Add)):
        yield from constants(node.left)
        yield from constants(node.right)
    elif isinstance(node, (nodes.Concat, nodes.List, nodes.Tuple)):
        for one in getattr(node, "nodes", None) or node.items:
            yield from constants(one)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from constants(node.node)
    elif isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Dict):
        for pair in node.node.items:
            yield from constants(pair.value)
    elif isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in TRANSLATED):
        for one in node.args:
            yield from (text for text in constants(one) if " " in text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_all_words_of_a_template_are_marked(path: Path, app: Flask) -> None:
    """Nothing that a page says to people is outside of what translators see."""
    assert unmarked(path.read_text(encoding="utf-8"), app) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Claims</p>", ["Claims"]),
        ('<p title="All claims">{{ x }}</p>', ["All claims"]),
        ('<a class="wide" href="/claims">{{ _("Claims") }}</a>', []),
        ('<p>{{ "row" if n == "one" else "rows" }}</p>', ["row", "rows"]),
        ('<p class="{{ "row" if n else "rows" }}">{% trans n=n %}{{ n }} rows{% endtrans %}</p>', []),
        ('{{ hits(claims, "None is recorded.") }}{{ link(card["claim"]) }}', ["None is recorded."]),
        ('<p>{{ n ~ " claims" }} <code>GRAPH</code> {{ _("and") }} JSON</p>', [" claims"]),
        ('{% macro tone(x) %}red{% endmacro %}<p class="{{ tone(x) }}">place/…</p>', []),
        ('<p>{{ {"a": "surely", "b": _("possibly")}[x] }}</p>', ["surely"]),
    ],
)
def test_words_that_are_not_marked_are_found(source: str, words: list[str], app: Flask) -> None:
    """Text, attributes that are read out, and texts in expressions are found; names, classes and keys are not."""
    assert unmarked(source, app) == words


def test_the_catalogue_has_all_texts() -> None:
    """The catalogue that translations begin with is that of the templates and tables; make messages writes it."""
    assert messages.TEMPLATE.read_text(encoding="utf-8") == messages.written(messages.catalogue())


class Marked(NullTranslations):
    """A language in which every text stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def bracketed() -> FlaskClient:
    snapshots = read_snapshots(EXAMPLE / "sources")
    app = create_app(FakeEngine(example().quads), snapshots=snapshots, translations={"xx": Marked()})
    return app.test_client()


def said(page: str) -> str:
    """What a page says outside of brackets."""
    words = Words()
    words.feed(page)
    text = "\n".join(words.found)
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    return NAMES.sub("", text)


def test_the_words_of_a_page_come_from_the_catalogue(bracketed: FlaskClient) -> None:
    """A page that shows no data is said wholly in the language that the reader prefers."""
    page = bracketed.get("/corrections", headers={**BROWSER, "Accept-Language": "xx, en;q=0.5"}).text
    assert '<html lang="xx">' in page
    assert "⟦What to send⟧" in page
    assert re.findall(r"[A-Za-z]{3,}", said(page)) == []


@pytest.mark.parametrize("path", ["/claims", "/objects?q=barrels", "/search?q=barrels"])
def test_a_page_with_data_is_said_in_the_language_of_the_reader(bracketed: FlaskClient, path: str) -> None:
    """Around the data, menus, fields, headings and buttons are those of the catalogue; the data is as it is."""
    page = bracketed.get(path, headers={**BROWSER, "Accept-Language": "xx"}).text
    assert "barrels" in page.lower()
    for tag in ("label", "button", "summary", "h2", "nav"):
        for inside in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", page, re.S):
            assert "⟦" in inside, inside


def test_readers_of_other_languages_get_ours(bracketed: FlaskClient) -> None:
    """Without a translation that the reader takes, a page is in English; caches are told that the header matters."""
    first = bracketed.get("/corrections", headers={**BROWSER, "Accept-Language": "xx"})
    other = bracketed.get("/corrections", headers={**BROWSER, "Accept-Language": "de, fr;q=0.5"})
    again = bracketed.get("/corrections", headers={**BROWSER, "Accept-Language": "xx;q=0.8"})
    assert "⟦" not in other.text and '<html lang="en">' in other.text
    assert first.text == again.text != other.text
    assert first.headers["Vary"] == other.headers["Vary"] == "Accept, Accept-Encoding, Accept-Language"
    assert first.headers["ETag"] == again.headers["ETag"] != other.headers["ETag"]
    data = bracketed.get("/claims?format=json", headers={"Accept-Language": "xx"})
    assert data.headers["Vary"] == "Accept, Accept-Encoding"


def test_a_catalogue_is_read_where_it_stands(tmp_path: Path) -> None:
    """A compiled catalogue under its language is a translation; where there is none, nothing depends on the header."""
    assert catalogues(tmp_path) == {}
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, read_po(['msgid "Claims"', 'msgstr "Behauptungen"'], locale="de"))
    found = catalogues(tmp_path)
    assert found["de"].gettext("Claims") == "Behauptungen"
    choose = chooser(found)
    assert [choose(header) for header in ("de-AT, en;q=0.5", "en, de;q=0.5", "fr", "", "*")] == [
        "de",
        "en",
        "en",
        "en",
        "en",
    ]
    assert chooser({})("de") == "en"
