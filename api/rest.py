"""Things, each in every format: entities, vocabulary, and whether all is well."""

import re
from collections.abc import Callable, Mapping, Sequence

import pyoxigraph as ox
from flask import Blueprint, Response, g, render_template, request

from api import fields, negotiate
from api.errors import Problem
from api.fields import of_address
from api.headers import lasting, momentary
from api.metrics import CONTENT_TYPE
from api.negotiate import ENTITY, HTML, JSON, JSON_LD, Format
from api.pictures import chain, coverage
from api.represent import (
    address,
    as_json,
    as_rdf,
    engine,
    href,
    metrics,
    negotiated,
    redirected,
    showing,
    snapshots,
)
from kb import __version__, cards
from kb.namespaces import BASE, OWN

blueprint = Blueprint("rest", __name__)

_MAX_TEXT = 200
VOCABULARY = tuple(
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
_PICTURES: Mapping[str, Callable[[cards.Json], object]] = {"article": coverage.skyline, "claim": chain.ladder}


@blueprint.get(f"/<any({_KINDS}):kind>/<name>")
def entity(kind: str, name: str) -> Response:
    """An entity, in the format that its suffix or the Accept header names."""
    slug, suffix, form = _twin(name)
    section, after = fields.section(of_address(), cards.SECTIONS.get(kind, ()))
    iri, card, quads = f"{BASE}{kind}/{slug}", None, []
    if not _SLUG.fullmatch(slug):
        raise _unknown(kind, slug)
    if form in (HTML, JSON):
        card = cards.card(engine(), iri, snapshots=snapshots(), showing=showing(), section=section, after=after)
        retired = card if card and "retired" in card else None
    else:
        quads, retired = cards.description(engine(), iri), cards.tombstone(engine(), iri)
    if retired is not None:
        return _moved(retired, suffix)
    if not card and not quads:
        raise _unknown(kind, slug)
    g.may_be_indexed = kind in VOCABULARY
    template = _TEMPLATES.get(kind, "concept.html")
    return _twins(_represent(form, card, quads, template, f"/{kind}/{slug}"), f"/{kind}/{slug}")


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
    return _twins(_represent(form, card, quads, "ontology.html", "/ontology"), "/ontology")


@blueprint.get("/context.jsonld")
def context() -> Response:
    """What the keys of cards mean, as a JSON-LD context; the same whatever is served."""
    g.may_be_indexed = True
    lasting()
    return as_json(cards.document(), JSON_LD)


@blueprint.get(f"/<any({', '.join(cards.PARTS)}):kind>/<name>")
def part(kind: str, name: str) -> Response:
    """A redirection to the claim or article that a part belongs to, in the same format where a suffix names one; to a
    passage, at the place on the page where it stands."""
    slug, dot, suffix = name.rpartition(".")
    if not dot or negotiate.by_name(suffix, ENTITY) is None:
        slug, suffix = name, ""
    found = cards.owner(engine(), f"{BASE}{kind}/{slug}") if _SLUG.fullmatch(slug) else None
    if found is None:
        raise _unknown(kind, slug)
    if suffix:
        return redirected(f"{href(found)}.{suffix}", 303)
    if kind != "anchor":
        return redirected(f"{href(found)}", 303)
    paragraph = cards.paragraph(engine(), f"{BASE}{kind}/{slug}") if cards.kind_of(found) == "article" else None
    place = address("", {"section": "reading", "after": str(paragraph - 1)}) if paragraph else ""
    return redirected(f"{href(found)}{place}#{slug}", 303)


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


def _twin(name: str) -> tuple[str, str, Format]:
    """The slug, its suffix, and the format that this names; without one, the format that the request asks for."""
    slug, dot, suffix = name.rpartition(".")
    found = negotiate.by_name(suffix, ENTITY) if dot else None
    return (slug, f".{suffix}", found) if found is not None else (name, "", negotiated(ENTITY))


def _moved(card: cards.Json, suffix: str) -> Response:
    """A redirection from an address to that under which the same entry stands now, with what else the request says;
    Problem where it was retired."""
    retired = card["retired"]
    reason, replacement = retired["reason"], retired["replacement"]
    if replacement is not None and reason["code"] == "renamed":
        asked = request.query_string.decode("latin-1")
        return redirected(f"{href(replacement)}{suffix}{'?' if asked else ''}{asked}", 301)
    noted = " ".join(str(note["text"]) for note in card["notes"])
    raise Problem(
        410,
        f"The {card['kind']} “{card['label']}” was retired on {retired['date']}: {reason['label'].lower()}. {noted}",
        f"Use {replacement} instead."
        if replacement
        else "Nothing replaces it; /corrections says how that comes about.",
        "retired",
        headers={"Link": f'<{href(replacement)}{suffix}>; rel="successor-version"'} if replacement else {},
        members={"reason": reason["label"], "date": retired["date"], "replacement": replacement},
    )


def _represent(form: Format, card: cards.Json | None, quads: Sequence[ox.Quad], template: str, path: str) -> Response:
    if form is JSON:
        response = as_json({"@context": cards.CONTEXT, **(card or {})})
        link = f'<{request.script_root}/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
        response.headers.add("Link", f'{link}; type="{JSON_LD.media_type}"')
        return response
    if form is HTML:
        twins = [(found.title, f"{path}.{found.name}") for found in ENTITY if found is not HTML]
        draw = _PICTURES.get((card or {}).get("kind", ""))
        picture = None if draw is None or card is None else draw(card)
        page = render_template(template, card=card, twins=twins, picture=picture)
        return Response(page, content_type=HTML.content_type)
    return as_rdf(quads, form)


def _twins(response: Response, path: str) -> Response:
    for link in links_to_twins(path, request.script_root):
        response.headers.add("Link", link)
    return response


def links_to_twins(path: str, root: str) -> list[str]:
    """Links to the address of record of what is at a path here, below ``root``, and to it in all formats."""
    twins = [f'<{root}{path}.{form.name}>; rel="alternate"; type="{form.media_type}"' for form in ENTITY]
    return [f'<{BASE}{path.removeprefix("/")}>; rel="canonical"', *twins]


def _unknown(kind: str, slug: str) -> Problem:
    near = cards.nearest(engine(), kind, slug[:_MAX_TEXT])
    if near:
        hint = f"Did you mean {', '.join(near)}?"
    else:
        lists = {single: plural for plural, single in cards.LISTS.items()}
        hint = f"/{lists[kind]} lists what there is." if kind in lists else "/ontology lists the terms there are."
    return Problem(404, f"There is no {kind} “{slug[:_MAX_TEXT]}” here.", hint, "not-found")


def _suffixes() -> str:
    return f"There are {', '.join('.' + name for name in negotiate.names(ENTITY))}."
