"""The one prefix table: every Turtle, TriG and SPARQL file and every Python module takes its IRIs from here."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

BASE: Final = "https://w3id.org/testimonia/"

OWN: Final = (
    "account",
    "acled",
    "actor",
    "anchor",
    "approximation",
    "article",
    "basis",
    "certainty",
    "change",
    "claim",
    "comparison",
    "contradiction",
    "detail",
    "direction",
    "drift",
    "event",
    "excuse",
    "graph",
    "independence",
    "method",
    "mode",
    "naming",
    "node",
    "object",
    "perspective",
    "place",
    "plover",
    "polarity",
    "relation",
    "retirement",
    "reuse",
    "role",
    "rule",
    "scheme",
    "section",
    "sentiment",
    "shape",
    "sharing",
    "side",
    "snapshot",
    "type",
)
"""Kinds of IRI that are ours: the prefix is also the first segment of the path, here and over HTTP."""

STANDARD: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

PREFIXES: Final[dict[str, str]] = dict(
    sorted({**{name: f"{BASE}{name}/" for name in OWN}, **STANDARD, "t": f"{BASE}ontology#"}.items())
)
"""Prefix to namespace IRI, alphabetical."""

ARTICLE_SLUG: Final = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
"""What an article and its file are called: the day of publication, then words."""

DEFAULT_GRAPH: Final = f"{BASE}graph/default"
"""The name under which the default graph can be asked for, and into which it is moved for checking."""


STAMPS: Final = {
    "earliest_begin": "sem:hasEarliestBeginTimeStamp",
    "latest_begin": "sem:hasLatestBeginTimeStamp",
    "earliest_end": "sem:hasEarliestEndTimeStamp",
    "latest_end": "sem:hasLatestEndTimeStamp",
}
"""The properties that hold the bounds of a time, by the names that ``kb.times.Bounds`` has for them."""

DATASET: Final = f"{BASE}#dataset"
"""The whole of what is served, as descriptions name it."""


@lru_cache(maxsize=4096)
def iri(name: str) -> str:
    """The IRI that a prefixed name such as ``claim:x`` stands for; KeyError for a prefix not in the table."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def path(name: str) -> str:
    """One of our IRIs without what all have in common, such as ``place/eastquay``; those of others whole."""
    return name.removeprefix(BASE)


def slug(name: str) -> str:
    """The last part of one of our IRIs."""
    return name.rpartition("/")[2]


def namespace(value: str) -> str:
    """An IRI up to its last ``/`` or ``#``."""
    return value[: max(value.rfind("/"), value.rfind("#")) + 1]


@lru_cache(maxsize=4096)
def shorten(value: str) -> str:
    """The prefixed name of an IRI where the table has its namespace, else the IRI in angle brackets."""
    best = max((ns for ns in PREFIXES.values() if value.startswith(ns)), key=len, default=None)
    if best is None or not is_local_name(value[len(best) :]):
        return f"<{value}>"
    prefix = next(p for p, ns in PREFIXES.items() if ns == best)
    return f"{prefix}:{value[len(best) :]}"


def is_local_name(text: str) -> bool:
    """Whether ``text`` can stand behind a prefix in Turtle without an escape."""
    return bool(text) and all(c.isalnum() or c in "-_" for c in text) and not text.startswith("-")


def turtle_prologue(names: Iterable[str] = PREFIXES) -> str:
    """Turtle declarations of some prefixes, of all where none are named, alphabetical, one a line."""
    return "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(names))
