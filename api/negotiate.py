"""Which format an answer takes: tables of formats, and one function that chooses from a table.

Precedence is that of RFC 9110, section 12.5.1: the most specific media range that fits a format gives its quality,
the highest quality wins, and equal qualities go to the format that stands first in the table.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header


@dataclass(frozen=True)
class Format:
    """One way to write an answer.

    ``name`` is the value of ``format=`` and, after a dot, the suffix of a twin; ``written_as`` is the media type
    whose syntax it is, where a more general type is sent on the client's wish.
    """

    name: str
    media_type: str
    title: str
    written_as: str = ""

    @property
    def syntax(self) -> str:
        """The media type that a serializer knows."""
        return self.written_as or self.media_type

    @property
    def content_type(self) -> str:
        """The media type with its character set, where its definition has one."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Format("html", "text/html", "page")
JSON = Format("json", "application/json", "JSON")
CSV = Format("csv", "text/csv", "CSV")
PROBLEM = Format("json", "application/problem+json", "problem")

_RESULTS_JSON = "application/sparql-results+json"
_RESULTS_XML = "application/sparql-results+xml"
_JSON_LD = "application/ld+json"

TURTLE = Format("ttl", "text/turtle", "Turtle")
N_TRIPLES = Format("nt", "application/n-triples", "N-Triples")
GEOJSON = Format("geojson", "application/geo+json", "GeoJSON")
RDF_XML = Format("rdf", "application/rdf+xml", "RDF/XML")
JSON_LD = Format("jsonld", _JSON_LD, "JSON-LD")
TRIG = Format("trig", "application/trig", "TriG")
N_QUADS = Format("nq", "application/n-quads", "N-Quads")

SOLUTIONS = (
    Format("json", _RESULTS_JSON, "JSON"),
    Format("xml", _RESULTS_XML, "XML"),
    CSV,
    Format("tsv", "text/tab-separated-values", "TSV"),
    HTML,
    Format("json", "application/json", "JSON", _RESULTS_JSON),
    Format("xml", "application/xml", "XML", _RESULTS_XML),
)
"""Tables and truth values."""

GRAPH = (
    TURTLE,
    N_TRIPLES,
    RDF_XML,
    JSON_LD,
    TRIG,
    N_QUADS,
    HTML,
    Format("jsonld", "application/json", "JSON-LD", _JSON_LD),
    Format("rdf", "application/xml", "RDF/XML", "application/rdf+xml"),
)
"""Graphs that a query makes."""

ENTITY = (TURTLE, HTML, JSON, JSON_LD, TRIG, N_QUADS, N_TRIPLES, RDF_XML)
"""Things. Turtle, N-Triples and RDF/XML hold default-graph triples only; TriG, N-Quads and JSON-LD content too."""

LISTING = (JSON, HTML, CSV)
LISTED = (JSON, HTML, CSV, TURTLE)
"""Lists. Turtle holds what the default graph says of the entries of a page."""

LISTED_PLACES = (*LISTED, GEOJSON)
PAGE_OR_JSON = (HTML, JSON)
MAPPED = (*PAGE_OR_JSON, GEOJSON)
ERROR = (PROBLEM, HTML, Format("json", "application/json", "problem"))
RDF = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, TRIG, N_QUADS)
"""What describes the dataset."""

DESCRIPTION = (HTML, *RDF)
"""What ``/sparql`` gives without a query."""

HOME = (HTML, JSON, *RDF)
TRIPLES = tuple(form for form in GRAPH if form not in (HTML, TRIG, N_QUADS))
"""A graph on its own, as the graph store protocol gives it."""

_PARAMETER = re.compile(r";\s*(?!q\s*=)[\w.-]+\s*=\s*(?:\"[^\"]*\"|[^;,\s]*)", re.I)
"""What is said beside a media type, but for its quality, rules out nothing that is written here: character sets (all is
UTF-8), versions of RDF, profiles of JSON-LD."""


@functools.lru_cache(maxsize=1024)
def choose(accept: str | None, table: tuple[Format, ...]) -> Format | None:
    """The format of ``table`` that an Accept header likes best; the first where there is none; None if none fits."""
    if accept is None or not accept.strip():
        return table[0]
    wanted = parse_accept_header(_PARAMETER.sub("", accept), MIMEAccept)
    best = max(table, key=lambda found: wanted.quality(found.media_type))  # the first of the best
    return best if wanted.quality(best.media_type) > 0 else None


def named(accept: str | None, table: Sequence[Format]) -> Format | None:
    """As ``choose``, but only a format that the header names by its type: a wildcard alone names none."""
    ranges = {media_type for media_type, quality in parse_accept_header(accept or "", MIMEAccept) if quality > 0}
    found = tuple(form for form in table if form.media_type in ranges)
    return choose(accept, found) if found else None


def by_name(name: str, table: Sequence[Format]) -> Format | None:
    """The first format of ``table`` with a short name, or None."""
    return next((found for found in table if found.name == name), None)


def names(table: Sequence[Format]) -> list[str]:
    """The short names of a table, each once, in its order."""
    return list(dict.fromkeys(found.name for found in table))
