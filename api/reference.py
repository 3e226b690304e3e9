"""``/openapi.json`` and ``/docs/api``: what can be asked here, for programs and as a page to try it out on."""

import json
from contextvars import Context
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.test import create_environ, run_wsgi_app

from api import openapi, reading
from api.headers import SCRIPTED
from api.negotiate import HTML
from api.openapi import Source
from api.represent import as_json, build_id, engine, questions
from kb.cards.facts import Json
from kb.errors import LimitError

blueprint = Blueprint("reference", __name__)


@blueprint.get("/openapi.json")
def document() -> Response:
    """All of this as OpenAPI 3.1."""
    return as_json(_document())


@blueprint.get("/docs/api")
def page() -> Response:
    """All of this as a page, with a form for each operation."""
    response = Response(
        render_template("reference.html", page=reading.read(_document())), content_type=HTML.content_type
    )
    response.headers.update(SCRIPTED)
    return response


def _document() -> Json:
    """The document of the build that this request asks, made once."""
    own, key = current_app.extensions["testimonia"], (build_id(), request.script_root)
    made: tuple[object, Json] | None = own.get("reference")
    if made is None or made[0] != key:
        made = own["reference"] = (key, openapi.document(_source()))
    return made[1]


def _source() -> Source:
    """What the document is made of; LimitError, later, where an example cannot be had now."""
    app = current_app
    folder = Path(app.static_folder or "")
    wsgi_app, base = app.wsgi_app, f"http://localhost{request.script_root}/"

    def ask(path: str) -> Json | None:
        environ = create_environ(path, base, headers={"Accept": "application/json"})
        pieces, status, _ = Context().run(run_wsgi_app, wsgi_app, environ, buffered=True)
        if status.startswith("5"):  # it would be another document a moment later
            raise LimitError(f"The example {path} has no answer now.", reason="busy", hint="Ask again a little later.")
        return json.loads(b"".join(pieces)) if status.startswith("200") else None

    return Source(
        rules=list(app.url_map.iter_rules()),
        views=app.view_functions,
        engine=engine(),
        questions=questions(),
        files=sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()),
        ask=ask,
        root=request.script_root,
    )
