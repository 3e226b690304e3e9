"""Pages to read: the front page, how to ask for a correction, and what the problems mean."""

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, g, render_template

from api import describe
from api.errors import KINDS, Problem
from api.negotiate import HOME, HTML, RDF
from api.represent import as_json, as_rdf, engine, negotiated, questions
from kb import cards
from kb.questions import firsts

blueprint = Blueprint("pages", __name__)

FIRST_QUESTIONS = 3
ONE_SENTENCE = "Testimonia records who said what about contested events, where, and on whose authority."
ROBOTS = "User-agent: *\nDisallow: /data\nDisallow: /dump.\nDisallow: /sparql\n"
NO_FACTS = "Nothing here is stated as fact: whatever is told of the world is what somebody is said to have claimed."


@blueprint.get("/")
def home() -> Response:
    """What this is and what it holds; for those who ask for RDF, the dataset as DCAT has it."""
    g.may_be_indexed = True
    form = negotiated(HOME)
    if form in RDF:
        triples = describe.dcat(engine().statistics, engine().build_id)
        return as_rdf([ox.Quad(*triple) for triple in triples], form)
    found = {
        "about": ONE_SENTENCE,
        "caution": NO_FACTS,
        **cards.overview(engine()),
        "questions": [
            {
                "name": one.name,
                "title": one.title,
                "description": one.first[1] if one.first else one.description,
                "href": f"/questions/{one.name}",
            }
            for one in firsts(questions().values(), most=FIRST_QUESTIONS)
        ],
        "lists": [f"/{name}" for name in cards.LISTS],
        "sparql": "/sparql",
    }
    if form is HTML:
        return _page("home.html", **found, dataset=describe.schema_org(engine().statistics, engine().build_id))
    return as_json(found)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers may fetch; pages that should not be found say so themselves, and so must be fetched."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon, for those who look for it in its old place."""
    return current_app.send_static_file("icon.svg")


@blueprint.get("/corrections")
def corrections() -> Response:
    """How to ask for a correction."""
    g.may_be_indexed = True
    return _page("corrections.html")


@blueprint.get("/problem/<kind>")
def problem(kind: str) -> Response:
    """What a kind of problem means."""
    if kind not in KINDS:
        raise Problem(404, f"There is no problem “{kind[:80]}”.", f"There are {', '.join(sorted(KINDS))}.", "not-found")
    status, title, meaning = KINDS[kind]
    return _page("problem_kind.html", status=status, title=title, meaning=meaning)


def _page(template: str, **values: object) -> Response:
    return Response(render_template(template, **values), content_type=HTML.content_type)
