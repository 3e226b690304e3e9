"""The web side of Testimonia: ``create_app`` makes a Flask application around an engine that it is given.

    negotiate   formats and which of them a request gets
    operations  what can be asked of each route, and is checked
    errors      every error as problem+json or a page
    fields      the fields of addresses and forms
    represent   values into responses
    pictures    where the parts of pictures stand
    sparql      /sparql
    describe    the dataset in its own words: service description, VoID, DCAT, schema.org
    dataset     VoID, dumps, graphs one by one
    rest        things, vocabulary, health
    filters     what filters are asked for, and the fields of their forms
    lists       lists with filters
    timeline    the times that claims tell of
    flat        what claims tell of events, as flat tables
    compare     two articles or speakers against each other, and what is left without some voices
    questions   saved questions, each with a form and its answer
    search      what is found by words, and what an address means
    maps        what claims say of places, on a map; who relays whom
    pictures    where the parts of pictures stand
    pages       pages to read
    pictures    where the parts of pictures stand
    bodies      the keys of answers that are no cards
    openapi     all that can be asked, as OpenAPI
    reading     the same, as a page shows it
    reference   that document, and a page to try it out on
    headers     what every answer carries
    cache       answers kept in front of the application
    language    the language that pages speak
    metrics     what is counted, for Prometheus
    straight    plain queries from the event loop to an evaluator and back
    twins       things in RDF from the event loop
    gateway     from the HTTP server to the application and back
    server      the server around it

Blueprints know nothing of each other; what they share stands in represent and errors.
"""

from collections.abc import Mapping
from gettext import NullTranslations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    compare,
    dataset,
    errors,
    flat,
    headers,
    language,
    lists,
    maps,
    operations,
    pages,
    reference,
    rest,
    search,
    sparql,
    timeline,
)
from api import questions as saved
from api.cache import AnswerCache
from api.metrics import Metrics
from api.pictures import amounts, times
from api.pictures.shares import shares
from api.represent import build_id, href, pieces, questions_at, questions_on, remaining_in
from api.straight import Straight
from kb import __version__
from kb.cards import LISTS
from kb.engine import Engine
from kb.namespaces import OWN
from kb.passages import Showing, by_hash_too
from kb.questions import Question

MAX_BODY = 1_000_000
"""Bytes of the largest request that is read."""

CACHE_BYTES = 64_000_000
"""Bytes of the answers that are kept."""


def create_app(
    engine: Engine,
    *,
    questions: Mapping[str, Question] | None = None,
    snapshots: Mapping[str, str] | None = None,
    showing: Showing | None = None,
    cache_bytes: int = CACHE_BYTES,
    proxies: int = 0,
    translations: Mapping[str, NullTranslations] | None = None,
) -> Flask:
    """An application that serves what ``engine`` holds.

    ``questions`` are the saved questions by name; ``snapshots`` the texts of articles by slug, as far as they are at
    hand: with them, a claim's page shows its passage, as much of it as ``showing`` allows. ``cache_bytes`` bounds the
    answers that are kept. ``proxies`` is how many reverse proxies stand in front, whose word for a client's address
    (X-Forwarded-For) is taken. ``translations`` of pages are catalogues by language; without it, those that ship.
    """
    spoken = language.catalogues(language.LOCALE) if translations is None else translations
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    cache = AnswerCache(
        headers.constant(app.wsgi_app),
        lambda: engine.build_id,
        language=language.chooser(spoken),
        max_bytes=cache_bytes,
    )
    app.wsgi_app = cache  # type: ignore[method-assign]
    app.extensions["testimonia"] = {
        "cache": cache,
        "engine": engine,
        "questions": dict(questions or {}),
        "showing": showing or Showing(),
        "snapshots": by_hash_too(snapshots or {}),
    }
    app.jinja_env.globals.update(
        amount_scale=amounts.scale,
        build=build_id,
        href=href,
        pieces=pieces,
        questions_at=questions_at,
        questions_on=questions_on,
        remaining_in=remaining_in,
        shares=shares,
        times_together=times.together,
        version=__version__,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    language.register(app, spoken)
    errors.register(app)
    headers.register(app, engine, questions or {}, snapshots or {}, showing or Showing(), proxies=proxies)
    operations.register(app)
    for module in (sparql, dataset, rest, lists, maps, saved, search, timeline, flat, compare, pages, reference):
        app.register_blueprint(module.blueprint)
    places = {rule.rule.split("/", 2)[1].partition("<")[0].partition(".")[0] for rule in app.url_map.iter_rules()}
    own = app.extensions["testimonia"]
    own["straight"] = Straight(engine, cache, salt=own["salt"])
    own["metrics"] = Metrics(engine, cache, {*places, *OWN, *LISTS})
    return app
