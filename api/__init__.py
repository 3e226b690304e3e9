"""The web side of Testimonia: ``create_app`` makes a Flask application around an engine that it is given.

    negotiate   formats and which of them a request gets
    errors      every error as problem+json or a page
    fields      the fields of addresses and forms
    represent   values into responses
    sparql      /sparql
    rest        things, lists, vocabulary, dump, health
    pages       pages to read
    headers     what every answer carries

Blueprints know nothing of each other; what they share stands in represent and errors.
"""

from collections.abc import Mapping

from flask import Flask

from api import errors, headers, pages, rest, sparql
from api.represent import href
from kb import __version__
from kb.engine import Engine
from kb.passages import Showing, by_hash_too
from kb.questions import Question

MAX_BODY = 1_000_000
"""Bytes of the largest request that is read."""


def create_app(
    engine: Engine,
    *,
    questions: Mapping[str, Question] | None = None,
    snapshots: Mapping[str, str] | None = None,
    showing: Showing | None = None,
) -> Flask:
    """An application that serves what ``engine`` holds.

    ``questions`` are the saved questions by name; ``snapshots`` the texts of articles by slug, as far as they are at
    hand: with them, a claim's page shows its passage, as much of it as ``showing`` allows.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.extensions["testimonia"] = {
        "engine": engine,
        "questions": dict(questions or {}),
        "showing": showing or Showing(),
        "snapshots": by_hash_too(snapshots or {}),
    }
    app.jinja_env.globals.update(href=href, version=__version__, build=lambda: engine.build_id)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    errors.register(app)
    headers.register(app, engine, snapshots or {}, showing or Showing())
    for blueprint in (sparql.blueprint, rest.blueprint, pages.blueprint):
        app.register_blueprint(blueprint)
    return app
