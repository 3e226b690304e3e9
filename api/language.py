"""The language that pages speak: English, with every text marked so that it can be translated.

A text in a template stands in ``{% trans %}`` or ``_("…")``; one in a table of Python in ``translatable("…")``, and a
template shows it with ``told(…)``. All of them are in the catalogue ``locale/messages.pot`` (``make messages``).
A translation is a catalogue ``locale/<language>/LC_MESSAGES/messages.mo``; where there are some, the Accept-Language
header chooses (RFC 9110, section 12.5.4). Data is shown in the language that it is in, whatever the page speaks.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from flask import Flask, g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

OWN: Final = "en"
"""The language of the texts themselves."""

LOCALE: Final = Path(__file__).parent / "locale"


def translatable(text: str) -> str:
    """The text, which is marked so."""
    return text


def catalogues(folder: Path) -> dict[str, GNUTranslations]:
    """The translations in a folder, by language."""
    found = {}
    for path in sorted(folder.glob("*/LC_MESSAGES/messages.mo")):
        with path.open("rb") as file:
            found[path.parents[1].name] = GNUTranslations(file)
    return found


def chooser(languages: Mapping[str, object]) -> Callable[[str], str]:
    """What tells the language for an Accept-Language header: the first that it prefers of ``languages`` and ours."""
    known = {OWN, *languages}

    @lru_cache(maxsize=1024)
    def choose(header: str) -> str:
        for wanted in parse_accept_header(header, LanguageAccept).values():
            parts = wanted.lower().split("-")
            for length in range(len(parts), 0, -1):  # RFC 4647, section 3.4: a tag without its last parts will do
                if "-".join(parts[:length]) in known:
                    return "-".join(parts[:length])
        return OWN

    return choose if languages else lambda header: OWN


def spoken() -> str:
    """The language of the page that answers this request."""
    return str(g.get("language", OWN)) if has_request_context() else OWN


def register(app: Flask, translations: Mapping[str, NullTranslations]) -> None:
    """Lets the pages of ``app`` speak the languages of ``translations``, each as a reader prefers it."""
    choose, own = chooser(translations), NullTranslations()

    def current() -> NullTranslations:
        return translations.get(spoken(), own)

    def singular(text: str) -> str:
        return current().gettext(text)

    def plural(one: str, many: str, count: int) -> str:
        return current().ngettext(one, many, count)

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(singular, plural, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(spoken=spoken, told=singular)
    app.extensions["testimonia"]["languages"] = sorted({OWN, *translations})

    @app.before_request
    def listen() -> None:
        g.language = choose(request.headers.get("Accept-Language", ""))
