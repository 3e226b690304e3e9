"""Things, each in every format: entities, vocabulary, and whether all is well."""

import re
from collections.abc import Sequence

import pyoxigraph as ox
from flask import Blueprint, Response, g, redirect, render_template, request

from api import negotiate
from api.errors import Problem
from api.headers import momentary
from api.metrics import CONTENT_TYPE
from api.negotiate import ENTITY, HTML, JSON, Format
from api.represent import (
    as_json,
    as_rdf,
    engine,
    href,
    metrics,
    negotiated,
    showing,
    snapshots,
)
from kb import __version__, cards
from kb.namespaces import BASE, OWN

blueprint = Blueprint("rest", __name__)

_MAX_TEXT = 200
_VOCABULARY = tuple(
    sorted(
        set(OWN)
        - {
            *cards.PARTS,
            "actor",
            "article",
            "claim",
            "comparison",
            "contradiction",
            "event",
            "graph",
            "object",
            "perspective",
            "place",
            "reuse",
        }
    )
)
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KINDS = ", ".join(kind for kind in OWN if kind not in cards.PARTS)
_TEMPLATES = {
    "actor": "actor.html",
    "article": "article.html",
    "claim": "claim.html",
    "event": "event.html",
    "object": "thing.html",
    "perspective": "perspective.html",
    "place": "thing.html",
}


@blueprint.get(f"/<any({_KINDS}):kind>/<name>")
def entity(kind: str, name: str) -> Response:
    """An entity, in the format that its suffix or the Accept header names."""
    slug, form = _twin(name)
    card: cards.Json | None = None
    quads: Sequence[ox.Quad] = ()
    if _SLUG.fullmatch(slug):
        if form in (HTML, JSON):
            card = cards.card(engine(), f"{BASE}{kind}/{slug}", snapshots=snapshots(), showing=showing())
        else:
            quads = cards.description(engine(), f"{BASE}{kind}/{slug}")
    if not card and not quads:
        raise _unknown(kind, slug)
    g.may_be_indexed = kind in _VOCABULARY
    template = _TEMPLATES.get(kind, "concept.html")
    return _twins(_represent(form, card, quads, template, f"/{kind}/{slug}"), f"/{kind}/{slug}", f"{kind}/{slug}")


@blueprint.get("/ontology")
@blueprint.get("/ontology.<suffix>")
def ontology(suffix: str = "") -> Response:
    """The whole ontology: terms, schemes and concepts."""
    form = negotiated(ENTITY) if not suffix else negotiate.by_name(suffix, ENTITY)
    if form is None:
        raise Problem(404, f"There is no format “{suffix[:20]}”.", _suffixes(), "not-found")
    g.may_be_indexed = True
    readable = form in (HTML, JSON)
    card = cards.ontology_card(engine()) if readable else None
    quads = () if readable else cards.ontology(engine())
    return _twins(_represent(form, card, quads, "ontology.html", "/ontology"), "/ontology", "ontology")


@blueprint.get(f"/<any({', '.join(cards.PARTS)}):kind>/<name>")
def part(kind: str, name: str) -> Response:
    """A redirection to the claim or article that a part belongs to, in the same format where a suffix names one."""
    slug, dot, suffix = name.rpartition(".")
    if not dot or negotiate.by_name(suffix, ENTITY) is None:
        slug, suffix = name, ""
    found = cards.owner(engine(), f"{BASE}{kind}/{slug}") if _SLUG.fullmatch(slug) else None
    if found is None:
        raise _unknown(kind, slug)
    return _see_other(f"{href(found)}.{suffix}" if suffix else f"{href(found)}")


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether this process answers, and with which build; no evaluator is asked."""
    momentary()
    return as_json({"ok": True, "build": engine().build_id, "version": __version__})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether queries are answered here and now, which walls stand around them, and what the evaluators do."""
    momentary()
    state = engine().state
    alive = state.free + state.quick + state.long
    response = as_json(
        {
            "ready": alive > 0,
            "build": engine().build_id,
            "walls": dict(sorted(state.walls.items())),
            "evaluators": {"free": state.free, "quick": state.quick, "long": state.long},
            "waiting": state.waiting,
        }
    )
    response.status_code = 200 if alive else 503
    return response


@blueprint.get("/metrics")
def counted() -> Response:
    """What is counted here, for Prometheus."""
    momentary()
    return Response(metrics().text(), content_type=CONTENT_TYPE)


def _twin(name: str) -> tuple[str, Format]:
    """The slug, and the format that its suffix names; without one, the format that the request asks for."""
    slug, dot, suffix = name.rpartition(".")
    found = negotiate.by_name(suffix, ENTITY) if dot else None
    return (slug, found) if found is not None else (name, negotiated(ENTITY))


def _represent(form: Format, card: cards.Json | None, quads: Sequence[ox.Quad], template: str, path: str) -> Response:
    if form is JSON:
        return as_json(card)
    if form is HTML:
        twins = [(found.title, f"{path}.{found.name}") for found in ENTITY if found is not HTML]
        return Response(render_template(template, card=card, twins=twins), content_type=HTML.content_type)
    return as_rdf(quads, form)


def _twins(response: Response, path: str, local: str) -> Response:
    """Adds links to the address of record and to the same thing in all formats."""
    response.headers.add("Link", f'<{BASE}{local}>; rel="canonical"')
    for form in ENTITY:
        link = f'<{request.script_root}{path}.{form.name}>; rel="alternate"; type="{form.media_type}"'
        response.headers.add("Link", link)
    return response


def _unknown(kind: str, slug: str) -> Problem:
    near = cards.nearest(engine(), kind, slug[:_MAX_TEXT])
    if near:
        hint = f"Did you mean {', '.join(near)}?"
    else:
        lists = {single: plural for plural, single in cards.LISTS.items()}
        hint = f"/{lists[kind]} lists what there is." if kind in lists else "/ontology lists the terms there are."
    return Problem(404, f"There is no {kind} “{slug[:_MAX_TEXT]}” here.", hint, "not-found")


def _see_other(location: str) -> Response:
    response = redirect(location, 303)
    assert isinstance(response, Response)
    return response


def _suffixes() -> str:
    return f"There are {', '.join('.' + name for name in negotiate.names(ENTITY))}."
