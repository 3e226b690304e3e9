"""``/openapi.json`` and ``/docs/api``: what can be asked here, for programs and as a page to try it out on."""

import json
from contextvars import Context
from pathlib import Path

from flask import Blueprint, Response, current_app, g, render_template, request
from werkzeug.test import create_environ, run_wsgi_app

from api import openapi, reading
from api.headers import SCRIPTED
from api.negotiate import HTML
from api.openapi import Source
from api.represent import as_json, build_id, engine, questions
from kb.cards.facts import Json

blueprint = Blueprint("reference", __name__)


@blueprint.get("/openapi.json")
def document() -> Response:
    """All of this as OpenAPI 3.1."""
    g.may_be_indexed = True
    return as_json(_document())


@blueprint.get("/docs/api")
def page() -> Response:
    """All of this as a page, with a form for each operation."""
    g.may_be_indexed = True
    response = Response(
        render_template("reference.html", page=reading.read(_document())), content_type=HTML.content_type
    )
    response.headers.update(SCRIPTED)
    return response


def _document() -> Json:
    """The document of the build that this request asks, made once."""
    own, key = current_app.extensions["testimonia"], (build_id(), request.script_root)
    if own.get("reference", (None,))[0] != key:
        own["reference"] = (key, openapi.document(_source()))
    found: Json = own["reference"][1]
    return found


def _source() -> Source:
    app = current_app
    folder = Path(app.static_folder or "")
    app_object, root = app._get_current_object(), request.root_url  # type: ignore[attr-defined]

    def ask(path: str) -> Json | None:
        environ = create_environ(path, root, headers={"Accept": "application/json"})
        pieces, status, _ = Context().run(run_wsgi_app, app_object.wsgi_app, environ, buffered=True)
        return json.loads(b"".join(pieces)) if status.startswith("200") else None

    return Source(
        rules=list(app.url_map.iter_rules()),
        views=app.view_functions,
        engine=engine(),
        questions=questions(),
        files=sorted(path.name for path in folder.iterdir()),
        ask=ask,
        root=request.script_root,
    )
