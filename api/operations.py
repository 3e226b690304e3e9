"""What can be asked of each route: its parameters, formats and statuses, in one table by endpoint.

The table is what requests are held against, before a view is called (an unknown parameter is refused), and what
``api.openapi`` describes. A parameter that is given without a value is as one that is not given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import Flask, request

from api import search
from api.describe import DUMPS
from api.fields import checked, of_address
from api.negotiate import (
    DESCRIPTION,
    ENTITY,
    GRAPH,
    HOME,
    HTML,
    JSON,
    JSON_LD,
    LISTED,
    LISTED_PLACES,
    LISTING,
    MAPPED,
    PAGE_OR_JSON,
    RDF,
    SOLUTIONS,
    TRIPLES,
    Format,
    names,
)
from kb import cards
from kb.cards.keys import CARDS, ITEMS, Schema
from kb.guard import LIMITS
from kb.index.words import KINDS

TEXT: Final = Format("txt", "text/plain", "text")
ICON: Final = Format("svg", "image/svg+xml", "picture")
STATIC: Final = (Format("css", "text/css", "style"), Format("js", "text/javascript", "script"), ICON, JSON, TEXT)
"""Formats of files that are served as they are."""

MAX_TEXT: Final = 200
"""Characters of the longest value of most parameters."""

NO_CONTROLS: Final = r"^[^\u0000-\u001F]*$"
SLUG: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

BARE: Final = (414, 431)
"""What the HTTP library answers itself, without a body, where an address or the headers are longer than it reads."""

COMMON: Final = (400, *BARE, 500, 503)
"""Errors that any address can answer with."""

FOREIGN: Final = (403, 413, 429)
"""Errors of queries that others write."""

BODY: Final = (408, 411, 413, 415)
"""Errors of requests with a body."""


@dataclass(frozen=True)
class Parameter:
    """A field of an address: its name, what it is, and its values as JSON Schema; ``several`` may be given."""

    name: str
    about: str
    schema: Schema
    several: bool = False
    required: bool = False
    example: object = None


@dataclass(frozen=True)
class Operation:
    """What can be asked of a route, and what comes back.

    ``name`` and ``summary`` may have arguments of the route in braces; without a summary, the first line of the view's
    docstring serves. ``each`` is the argument whose values are operations of their own; some of them have
    ``other_formats``. ``bodies`` names the schema of
    the answer in JSON by the value of that argument, ``""`` for all others;
    ``features`` that of the answer in GeoJSON. ``parameters`` are None where they depend
    on the route's arguments: the view checks them then. ``status`` is that of success, and ``also`` what may come
    beside it (404 goes without saying where the route has arguments), ``same_body_on`` with the same body; ``headers``
    come with success. ``twins`` are the same with the suffix of a format. Answers that are ``momentary`` are not kept.
    Where ``others_ignored``, parameters that are not known are left aside.
    """

    tag: str
    name: str
    summary: str = ""
    each: str = ""
    formats: tuple[Format, ...] = ()
    other_formats: Mapping[str, tuple[Format, ...]] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    features: str = ""
    parameters: tuple[Parameter, ...] | None = ()
    status: int = 200
    also: tuple[int, ...] = COMMON
    headers: tuple[str, ...] = ()
    same_body_on: tuple[int, ...] = ()
    twins: bool = False
    momentary: bool = False
    others_ignored: bool = False


def text_parameter(name: str, about: str, **more: object) -> Parameter:
    """A parameter that takes a text; ``more`` are other keywords of JSON Schema."""
    return Parameter(name, about, {"type": "string", "maxLength": MAX_TEXT, "pattern": NO_CONTROLS, **more})


def format_parameter(table: tuple[Format, ...]) -> Parameter:
    """The parameter that chooses from a table of formats."""
    return Parameter("format", "The format; it goes before the Accept header.", one_of(names(table)))


def section_parameters(kind: str) -> tuple[Parameter, ...]:
    """The parameters of a card: which of its sections goes on where."""
    names = cards.SECTIONS.get(kind)
    return () if names is None else _in_parts(names)


def _in_parts(names: Iterable[str]) -> tuple[Parameter, ...]:
    """The parameters of what has sections that are shown in parts."""
    start: Schema = {"type": "integer", "minimum": 0, "maximum": 10**9 - 1}
    return (
        Parameter("section", "A section that is shown from a later item on; “more” has the address.", one_of([*names])),
        Parameter("after", "With section: how many of its items come before those that are shown.", start),
    )


def one_of(values: list[str]) -> Schema:
    """The schema of one of some texts."""
    return {"type": "string", "enum": values}


_GRAPHS: Final[Schema] = {"type": "array", "items": {"type": "string", "format": "iri"}}
EXAMPLE_QUERY: Final = """\
PREFIX t: <https://w3id.org/testimonia/ontology#>

SELECT ?claim ?holder ?paraphrase WHERE {
  ?claim a t:Claim ; t:holder ?holder ; t:paraphrase ?paraphrase .
}
ORDER BY ?claim
LIMIT 3
"""

QUERY: Final = Parameter(
    "query",
    "A query in SPARQL 1.1: SELECT, ASK, CONSTRUCT or DESCRIBE.",
    {"type": "string", "maxLength": LIMITS["length"].most},
    example=EXAMPLE_QUERY,
)
DATASET: Final = (
    Parameter("default-graph-uri", "Graphs that are merged into the default graph of the query.", _GRAPHS, True),
    Parameter("named-graph-uri", "Graphs that the query can name.", _GRAPHS, True),
    Parameter(
        "perspective",
        "The slug or IRI of a perspective, which narrows GRAPH to what it selects; it excludes FROM and graph IRIs.",
        {"type": "string", "maxLength": MAX_TEXT},
    ),
    format_parameter((*SOLUTIONS, *GRAPH)),
)
"""What can be said of a query beside the query."""

OPERATIONS: Final[Mapping[str, Operation]] = {
    "compare.compare": Operation(
        "Lists",
        "compare",
        formats=PAGE_OR_JSON,
        bodies={"": "Versus"},
        parameters=(
            text_parameter(
                "left", "An article or an actor: its slug, path or IRI. Without it, what tells of the same."
            ),
            text_parameter("right", "What it is compared with: another of the same kind."),
            *_in_parts(cards.VERSUS),
            format_parameter(PAGE_OR_JSON),
        ),
        also=(*COMMON, 404, 406),
    ),
    "compare.remaining": Operation(
        "Lists",
        "remaining",
        formats=PAGE_OR_JSON,
        bodies={"": "Remaining"},
        parameters=(
            Parameter(
                "without",
                "Voices that are left out: the slugs, paths or IRIs of actors.",
                {"type": "array", "items": {"type": "string", "maxLength": MAX_TEXT}, "maxItems": cards.MAX_VALUES},
                several=True,
            ),
            text_parameter("perspective", "A perspective that is looked through: its slug, path or IRI."),
            *_in_parts(cards.REMAINING),
            format_parameter(PAGE_OR_JSON),
        ),
        also=(*COMMON, 406),
    ),
    "dataset.default_graph": Operation("Data", "default_graph", formats=TRIPLES, status=303, headers=("Location",)),
    "dataset.dump": Operation(
        "Data",
        "dump",
        formats=tuple(DUMPS.values()),
        also=(*COMMON, 206, 416),
        headers=("Accept-Ranges", "Link", "Repr-Digest"),
    ),
    "dataset.dump_hash": Operation("Data", "dump_hash", formats=(TEXT,)),
    "dataset.graph": Operation(
        "Data",
        "graph",
        formats=TRIPLES,
        parameters=(
            Parameter("graph", "The IRI of a named graph: that of a claim, for one.", {"type": "string"}),
            Parameter("default", "Given without a value: the default graph.", one_of([""])),
            format_parameter(TRIPLES),
        ),
        also=(*COMMON, 404, 406),
        headers=("Link",),
    ),
    "dataset.options": Operation("Data", "graph_options", headers=("Allow",), also=(500,), momentary=True),
    "dataset.void": Operation("Data", "void", formats=RDF, parameters=(format_parameter(RDF),), also=(*COMMON, 406)),
    "dataset.write": Operation(
        "Data", "graph_{method}", status=403, also=(500, *BODY[:3]), momentary=True, others_ignored=True
    ),
    **{
        f"flat.{name}": Operation(
            "Tables",
            name,
            formats=LISTING,
            bodies={"": name.capitalize()},
            parameters=None,
            also=(*COMMON, 406),
            headers=("Testimonia-Total", "Link") if name != "months" else ("Testimonia-Total",),
        )
        for name in cards.FLAT
    },
    "maps.places": Operation(
        "Pictures",
        "map",
        formats=MAPPED,
        bodies={"": "Map"},
        features="MapFeatures",
        parameters=None,
        also=(*COMMON, 406),
    ),
    "maps.voices": Operation(
        "Pictures", "voices", formats=PAGE_OR_JSON, bodies={"": "Voices"}, parameters=None, also=(*COMMON, 406)
    ),
    "pages.corrections": Operation("About", "corrections", formats=(HTML,)),
    "pages.favicon": Operation("About", "favicon", formats=(ICON,)),
    "pages.home": Operation("About", "home", formats=HOME, bodies={"": "Home"}, also=(*COMMON, 406)),
    "pages.problem": Operation("About", "problem", formats=(HTML,)),
    "pages.robots": Operation("About", "robots", formats=(TEXT,)),
    "questions.question": Operation(
        "Questions",
        "ask_{name}",
        each="name",
        formats=SOLUTIONS,
        bodies={"": "Results"},
        parameters=None,
        also=(*COMMON, *FOREIGN, 406),
    ),
    "questions.question_list": Operation(
        "Questions", "questions", formats=PAGE_OR_JSON, bodies={"": "Questions"}, also=(*COMMON, 406)
    ),
    "reference.document": Operation("About", "openapi", formats=(JSON,), bodies={"": "OpenApi"}),
    "reference.page": Operation("About", "docs_api", formats=(HTML,)),
    "rest.counted": Operation("Health", "metrics", formats=(TEXT,), momentary=True),
    "rest.entity": Operation(
        "Things",
        "show_{kind}",
        "The card of {a_kind}",
        each="kind",
        formats=ENTITY,
        bodies={**CARDS, "": "VocabularyCard"},
        parameters=None,
        also=(*COMMON, 301, 406, 410),
        headers=("Link",),
        twins=True,
    ),
    "rest.context": Operation("Things", "context", formats=(JSON_LD,)),
    "rest.healthz": Operation("Health", "healthz", formats=(JSON,), bodies={"": "Health"}, momentary=True),
    "lists.listing": Operation(
        "Lists",
        "list_{name}",
        "A page of the list of {name}",
        each="name",
        formats=LISTED,
        other_formats={"places": LISTED_PLACES},
        bodies={name: f"{item}Page" for name, item in ITEMS.items()},
        features="Places",
        parameters=None,
        also=(*COMMON, 406),
        headers=("Testimonia-Total", "Link"),
    ),
    "rest.ontology": Operation(
        "Things",
        "ontology",
        formats=ENTITY,
        bodies={"": "Ontology"},
        also=(*COMMON, 406),
        headers=("Link",),
    ),
    "rest.part": Operation(
        "Things", "owner_of_{kind}", "Where {a_kind} belongs to", each="kind", status=303, headers=("Location",)
    ),
    "rest.readyz": Operation(
        "Health", "readyz", formats=(JSON,), bodies={"": "Readiness"}, momentary=True, same_body_on=(503,)
    ),
    "search.lookup": Operation(
        "Search",
        "lookup",
        formats=(JSON, HTML),
        bodies={"": "Lookup"},
        parameters=(
            Parameter(
                "iri",
                "An IRI, a path, a prefixed name, a slug or an identifier as it is printed.",
                {"type": "string", "maxLength": search.MAX_ADDRESS},
                required=True,
                example="mode/denied",
            ),
            format_parameter(ENTITY),
        ),
        also=(*COMMON, 303, 404, 406),
    ),
    "search.search": Operation(
        "Search",
        "search",
        formats=LISTING,
        bodies={"": "Search"},
        parameters=(
            text_parameter("q", "The words, in any spelling or script; in quotation marks, as they stand together."),
            Parameter("kind", "The kind of thing.", one_of(list(KINDS))),
            Parameter(
                "limit",
                "How many entries a page has at most.",
                {"type": "integer", "minimum": 1, "maximum": search.MAX_LIMIT, "default": search.DEFAULT_LIMIT},
            ),
            Parameter(
                "after",
                "How many entries stand before the page; “next” has it.",
                {"type": "integer", "minimum": 0, "maximum": 10**9},
            ),
            format_parameter(LISTING),
        ),
        also=(*COMMON, 406),
        headers=("Testimonia-Total", "Link"),
    ),
    "sparql.sparql": Operation(
        "SPARQL",
        "sparql_{method}",
        formats=(*SOLUTIONS, *GRAPH, *DESCRIPTION),
        bodies={"": "Results"},
        parameters=(QUERY, *DATASET),
        also=(*COMMON, *FOREIGN, 406),
        headers=("Testimonia-Attribution", "Testimonia-Hint"),
        others_ignored=True,
    ),
    "sparql.terms": Operation("SPARQL", "sparql_terms", formats=(JSON,), bodies={"": "Terms"}),
    "static": Operation("About", "static", formats=STATIC, bodies={"": "Land"}, also=(*BARE, 500), others_ignored=True),
    "timeline.timeline": Operation(
        "Lists",
        "timeline",
        formats=LISTING,
        bodies={"": "Timeline"},
        parameters=None,
        also=(*COMMON, 406),
        headers=("Testimonia-Total", "Link"),
    ),
}
"""All routes, by endpoint."""


def register(app: Flask) -> None:
    """Makes ``app`` refuse the parameters that an operation does not know."""

    @app.before_request
    def check() -> None:
        operation = OPERATIONS.get(request.endpoint or "")
        if operation is None or operation.others_ignored or request.method == "OPTIONS":
            return
        parameters = operation.parameters
        if request.endpoint == "rest.entity":
            parameters = section_parameters((request.view_args or {})["kind"])
        if parameters is not None:
            checked(of_address(), [parameter.name for parameter in parameters])
