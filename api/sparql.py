"""``/sparql``: the query operation of the SPARQL 1.1 Protocol (W3C, 2013, section 2.1), read only; and the editor."""

from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request
from werkzeug.http import parse_options_header

from api import describe, fields, negotiate
from api.errors import UPDATE, Problem, bad_parameter, not_acceptable
from api.fields import Fields
from api.headers import SCRIPTED, momentary, unchanged
from api.negotiate import DESCRIPTION, GRAPH, HTML, SOLUTIONS, Format
from api.represent import (
    answered,
    as_json,
    as_rdf,
    asking,
    built,
    chosen,
    client,
    engine,
    questions,
    result_page,
    still_there,
    whole,
)
from kb import cards, guard, hints, mistakes, narrowing
from kb.engine import Answer
from kb.errors import QueryError
from kb.guard import Guarded
from kb.namespaces import BASE, DEFAULT_GRAPH, PREFIXES, slug

blueprint = Blueprint("sparql", __name__)

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
HINT = "Testimonia-Hint"
_UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
_PLAIN_QUERY = """\
PREFIX t: <https://w3id.org/testimonia/ontology#>

SELECT ?claim ?holder ?mode ?paraphrase WHERE {
  ?claim a t:Claim ;
    t:holder ?holder ;
    t:mode ?mode ;
    t:paraphrase ?paraphrase .
}
ORDER BY ?claim
LIMIT 20
"""


@dataclass(frozen=True)
class Operation:
    """What a request asks: the query, or None where it brings none, its dataset, and a format by name.

    ``perspective`` is the slug of the one that it is asked through, if any; ``narrowed`` is the query to be evaluated
    instead, which says itself what a perspective reaches.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    form: str | None
    perspective: str = ""
    narrowed: str | None = None


@blueprint.route("/sparql", methods=["GET", "HEAD", "POST"])
def sparql() -> Response:
    """The answer to a query; without one, a form for people or a description for machines."""
    operation = _operation()
    if operation.query is None:
        return _without_query(operation)
    try:
        return _answered(operation, operation.query)
    except QueryError as error:
        raise mistakes.explained(error, operation.query) from None


@blueprint.get("/sparql/terms")
def terms() -> Response:
    """What an editor of queries proposes: prefixes, terms with their meaning, and the saved questions as examples."""
    return as_json(
        {
            "prefixes": PREFIXES,
            "terms": cards.vocabulary(engine()),
            "questions": [
                {"name": one.name, "title": one.title, "query": one.text.strip()} for one in questions().values()
            ],
        }
    )


def _answered(operation: Operation, query: str) -> Response:
    """The answer to a query; QueryError or LimitError where there is none."""
    guarded = guard.guard(query)
    table = SOLUTIONS if guarded.form in ("SELECT", "ASK") else GRAPH
    form = format_for(operation.form, request.headers.get("Accept"), table)
    if guarded.volatile:
        momentary()
    elif unchanged(form.content_type):
        return Response(status=304, content_type=form.content_type)
    asked = asking(operation.narrowed or query, form, client())
    answer = answered(
        replace(
            asked,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            there=still_there(),
        )
    )
    hint = _hint(guarded, operation, answer)
    if form is HTML:
        found = cards.read(bytes(answer.body)) if table is SOLUTIONS else cards.read_triples(bytes(answer.body))
        response = result_page(
            "sparql.html", found, table, **_editor(operation, query), merged=answer.merged, hint=hint
        )
        response.headers.update(SCRIPTED)
    else:
        response = whole(answer.body, form)
    if hint:
        response.headers[HINT] = hint
    if answer.merged:
        response.headers["Testimonia-Attribution"] = "merged"
    return response


def _editor(operation: Operation, query: str) -> dict[str, Any]:
    """What the form of the editor shows."""
    return {
        "base": BASE,
        "prefixes": PREFIXES,
        "query": query,
        "perspective": operation.perspective,
        "perspectives": [(slug(one["iri"]), one["label"]) for one in cards.perspective_links(engine())],
        "examples": [(one.name, one.title) for one in questions().values()],
        "script": built("sparql.js"),
    }


def _hint(guarded: Guarded, operation: Operation, answer: Answer) -> str:
    """What to tell of an empty answer; nothing of any other."""
    if not hints.is_empty(answer.body, answer.media_type):
        return ""
    if operation.default_graphs or operation.named_graphs:
        guarded = replace(guarded, default_graphs=operation.default_graphs, named_graphs=operation.named_graphs)
    return hints.hint(
        guarded, lambda name, role: cards.occurs(engine(), name, role), lambda name: cards.alike(engine(), name)
    )


def _operation() -> Operation:
    """The request, checked; Problem where it is none that the protocol knows."""
    in_url = fields.of_address()
    _refuse_updates(in_url)
    if request.method in ("GET", "HEAD"):
        return _read(in_url, in_url)
    media_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    media_type = media_type.lower()
    if media_type == "application/sparql-update":
        raise UPDATE
    if media_type not in (FORM, DIRECT):
        raise Problem(
            415,
            f"A query cannot be sent as “{media_type[:80]}”." if media_type else "The Content-Type header is missing.",
            f"Send it as {DIRECT}, or as the field “query” of {FORM}.",
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "Queries are read uncompressed only.", "Leave out the Content-Encoding header.")
    if options.get("charset", "utf-8").lower() not in _UTF_8:
        raise Problem(415, "Queries are read as UTF-8 only.", "Leave out “charset”, or say charset=utf-8.")
    body = request.get_data()
    if media_type == DIRECT:
        if any(name == "query" for name, _ in in_url):
            raise bad_parameter("query", "The query is given twice: in the address and in the body.")
        return _read([*in_url, ("query", _text(body, "body"))], in_url)
    in_body = fields.decoded(body, "body")
    _refuse_updates(in_body)
    return _read([*in_url, *in_body], [*in_url, *in_body])


def _read(given: Fields, others: Fields) -> Operation:
    queries = [value for name, value in given if name == "query"]
    if len(queries) > 1:
        raise bad_parameter("query", f"There are {len(queries)} queries in one request; send one.")
    form, view = fields.single(others, "format"), fields.single(others, "perspective")
    query = (queries[0] if queries else "") or None
    default, named = _graphs("default-graph-uri", others), _graphs("named-graph-uri", others)
    perspective = _perspective(view) if view else None
    if perspective is not None and query is not None:
        guarded = guard.guard(query)
        if default or named or guarded.default_graphs or guarded.named_graphs:
            raise bad_parameter("perspective", "A perspective is a dataset of its own; leave out FROM and graph IRIs.")
        return _through(perspective, query, guarded.spelled(query), form)
    return Operation(query, default, named, form, slug(perspective) if perspective else "")


def _perspective(view: str) -> str:
    """The IRI of a perspective; Problem where there is no such."""
    perspective = cards.perspective(engine(), view[:200])
    if perspective is None:
        raise bad_parameter("perspective", f"There is no perspective “{view[:80]}”.", cards.perspectives(engine())[:20])
    return perspective


def _through(perspective: str, query: str, spelled: str, form: str | None) -> Operation:
    """The query, which the engine takes as ``spelled``, through a perspective: the default graph as it is, and as named
    graphs only its own."""
    narrowed = narrowing.narrowed(spelled, perspective)
    if narrowed is not None:
        return Operation(query, (), (), form, slug(perspective), narrowed)
    graphs = tuple(cards.perspective_graphs(engine(), perspective))
    return Operation(query, (DEFAULT_GRAPH,), graphs, form, slug(perspective), spelled)


def _graphs(name: str, given: Fields) -> tuple[str, ...]:
    """The IRIs of one of the dataset parameters; Problem where one is no absolute IRI."""
    found = tuple(value for key, value in given if key == name and value)
    for value in found:
        if not fields.is_absolute_iri(value):
            raise bad_parameter(name, f"“{name}” takes absolute IRIs, and “{value[:200]}” is none.")
    return found


def _refuse_updates(given: Fields) -> None:
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in given):
        raise UPDATE


def _text(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, f"The {where} is not UTF-8 (byte {error.start + 1}).") from None


def format_for(name: str | None, accept: str | None, table: tuple[Format, ...]) -> Format:
    """The format that the parameter or, without it, the Accept header asks for; Problem where there is none."""
    if not name:
        found = negotiate.choose(accept, table)
    else:
        found = negotiate.by_name(name, table)
        if found is None and negotiate.by_name(name, (*SOLUTIONS, *GRAPH)) is None:
            raise bad_parameter("format", f"“{name[:80]}” is no format.", negotiate.names((*SOLUTIONS, *GRAPH)))
    if found is None:
        raise not_acceptable(table)
    return found


def _without_query(operation: Operation) -> Response:
    if request.method == "POST":
        raise bad_parameter("query", "The request brings no query.")
    wanted = operation.form
    form = chosen(wanted, DESCRIPTION) if wanted else negotiate.named(request.headers.get("Accept"), DESCRIPTION)
    if form is HTML:
        page = render_template("sparql.html", **_editor(operation, _PLAIN_QUERY), table=None, formats=[])
        return Response(page, content_type=HTML.content_type, headers=SCRIPTED)
    if form is None:
        raise bad_parameter("query", "The request brings no query.")
    return as_rdf([ox.Quad(*triple) for triple in describe.service(engine().statistics)], form)
