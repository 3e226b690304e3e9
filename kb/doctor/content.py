"""What is measured of the data itself, by queries that any endpoint answers."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from kb.doctor.visit import Outcome, Visit
from kb.namespaces import PREFIXES, iri

_SHARED = ("dcterms", "foaf", "geo", "oa", "org", "prov", "schema", "sem", "sh", "skos", "void", "wgs84")

WELL_KNOWN = tuple(
    sorted(
        {
            *(
                PREFIXES[name]
                for name in ("dcterms", "foaf", "geo", "oa", "org", "prov", "schema", "sem", "sh", "skos", "void")
            ),
            PREFIXES["wgs84"],
            "http://creativecommons.org/ns#",
            "http://purl.org/NET/c4dm/event.owl#",
            "http://purl.org/dc/elements/1.1/",
            "http://purl.org/linked-data/cube#",
            "http://purl.org/ontology/bibo/",
            "http://purl.org/vocab/frbr/core#",
            "http://rdfs.org/sioc/ns#",
            "http://schema.org/",
            "http://www.cidoc-crm.org/cidoc-crm/",
            "http://www.w3.org/2006/time#",
            "http://www.w3.org/2006/vcard/ns#",
            "http://www.w3.org/ns/dcat#",
            "http://www.w3.org/ns/sosa/",
        }
    )
)
"""Vocabularies that many use, beside RDF, RDFS and OWL."""


def _term(name: str) -> str:
    return f"<{iri(name)}>"


def _terms(names: Iterable[str]) -> str:
    return " ".join(_term(name) for name in names)


_LABELS = ("rdfs:label", "skos:prefLabel", "dcterms:title", "foaf:name", "schema:name", "schema:headline")
_LABEL = "|".join(_term(name) for name in _LABELS)
_TERMS = ("owl:Class", "rdfs:Class", "rdf:Property", "owl:DatatypeProperty", "owl:ObjectProperty")
_LINKS = ("owl:sameAs", "rdfs:seeAlso", "skos:broadMatch", "skos:closeMatch", "skos:exactMatch", "schema:sameAs")
_XSD = PREFIXES["xsd"]
_SHAPES = {
    "boolean": "^(true|false|0|1)$",
    "date": "^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$",
    "dateTime": "^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}",
    "integer": "^[+-]?[0-9]+$",
}
_LONG = 100
_FEW_BLANKS = 0.05


def labels(visit: Visit) -> Outcome:
    """The share of classes and properties in use, among those that the data define, that have a label."""
    defined = visit.rows(
        f"SELECT DISTINCT ?t ?named {{ VALUES ?kind {{ {_terms(_TERMS)} }} ?t a ?kind FILTER ( isIRI(?t) ) "
        f"BIND ( EXISTS {{ ?t {_LABEL} ?label }} AS ?named ) }}"
    )
    if defined is None:
        return Outcome(0, "no valid answer")
    if not defined:
        return Outcome(None, "the data define no classes and properties")
    good = sum(str(row.get("named", "")).startswith('"true"') for row in defined)
    return _share(good, len(defined), "classes and properties")


def labelled_things(visit: Visit) -> Outcome:
    """The share of linked things that have a name: what others point to, and has a class here."""
    pointed_to = f"?x ?p ?s . ?s a ?c FILTER ( isIRI(?s) && ?p != {_term('rdf:type')} )"
    rows = visit.rows(
        f"SELECT ?s ?named {{ {{ SELECT DISTINCT ?s {{ {pointed_to} }} LIMIT 200 }} "
        f"BIND ( EXISTS {{ ?s {_LABEL} ?label }} AS ?named ) }}"
    )
    if not rows:
        return Outcome(0 if rows is None else None, "no valid answer" if rows is None else "nothing points to anything")
    good = sum(str(row.get("named", "")).startswith('"true"') for row in rows)
    return _share(good, len(rows), "things")


def empty_labels(visit: Visit) -> Outcome:
    """Whether no label is empty or begins or ends with space."""
    query = f'ASK {{ ?s {_LABEL} ?o FILTER ( REGEX(STR(?o), "^\\\\s|\\\\s$|^$") ) }}'
    return _none(visit.truth(query), "every label is trimmed", "a label is empty or has space around it")


def malformed_literals(visit: Visit) -> Outcome:
    """Whether every boolean, date, time and integer is written as its datatype says."""
    bad = []
    for name, shape in _SHAPES.items():
        found = visit.truth(
            f'ASK {{ ?s ?p ?o FILTER ( DATATYPE(?o) = <{_XSD}{name}> && !REGEX(STR(?o), "{shape}") ) }}'
        )
        if found is None:
            return Outcome(0, "no valid answer")
        if found:
            bad.append(f"xsd:{name}")
    return Outcome(1 - len(bad) / len(_SHAPES), f"malformed: {', '.join(bad)}" if bad else "none is malformed")


def undefined(visit: Visit) -> Outcome:
    """The share of classes in use, in namespaces that the data define terms of, that are defined."""
    used = _names(visit.rows("SELECT DISTINCT ?c { ?s a ?c FILTER ( isIRI(?c) ) } LIMIT 2000"))
    kinds = _terms(("owl:Class", "rdfs:Class"))
    defined = _names(visit.rows(f"SELECT DISTINCT ?c {{ VALUES ?k {{ {kinds} }} ?c a ?k FILTER ( isIRI(?c) ) }}"))
    if used is None or defined is None:
        return Outcome(0, "no valid answer")
    spaces = {_space(name) for name in defined}
    own = {name for name in used if _space(name) in spaces}
    missing = sorted(own - defined)
    if not own:
        return Outcome(None, "the data define no classes")
    return Outcome(
        1 - len(missing) / len(own), f"not defined: {', '.join(missing[:3])}" if missing else f"all {len(own)} are"
    )


def deprecated(visit: Visit) -> Outcome:
    """Whether nothing has a class that the data call deprecated."""
    found = visit.truth(f"ASK {{ ?c {_term('owl:deprecated')} true . ?s a ?c }}")
    return _none(found, "none is in use", "a deprecated class is in use")


def vocabularies(visit: Visit) -> Outcome:
    """How many well-known vocabularies the data use beside RDF, RDFS and OWL: full marks for three."""
    used = _names(visit.rows("SELECT DISTINCT ?p { ?s ?p ?o } LIMIT 2000"))
    if used is None:
        return Outcome(0, "no valid answer")
    found = [space for space in WELL_KNOWN if any(name.startswith(space) for name in used)]
    return Outcome(min(1.0, len(found) / 3), f"{len(found)}: {', '.join(found[:6])}" if found else "none")


def blanks(visit: Visit) -> Outcome:
    """Whether at most one subject in twenty is a blank node."""
    total = visit.number("SELECT ( COUNT(DISTINCT ?s) AS ?n ) { ?s ?p ?o }")
    blank = visit.number("SELECT ( COUNT(DISTINCT ?s) AS ?n ) { ?s ?p ?o FILTER ( isBlank(?s) ) }")
    if not total or blank is None:
        return Outcome(0, "no valid answer")
    return Outcome(1.0 if blank / total <= _FEW_BLANKS else 0.0, f"{blank:,.0f} of {total:,.0f} subjects")


def addresses(visit: Visit) -> Outcome:
    """The share of some things whose IRIs are of the web, and plain: no query, no port, at most 100 characters."""
    if not visit.things:
        return Outcome(None, "no thing was found")
    good = sum(_is_plain(name) for name in visit.things)
    return _share(good, len(visit.things), "IRIs")


def links(visit: Visit) -> Outcome:
    """Whether anything is linked to something of another site."""
    rows = visit.rows(
        f"SELECT ?s ?o {{ VALUES ?p {{ {_terms(_LINKS)} }} ?s ?p ?o FILTER ( isIRI(?s) && isIRI(?o) ) }} LIMIT 500"
    )
    if rows is None:
        return Outcome(0, "no valid answer")
    hosts = {_host(str(row["o"])) for row in rows if _host(str(row["s"])) != _host(str(row["o"]))}
    shown = ", ".join(sorted(hosts)[:4])
    return Outcome(1.0 if hosts else 0.0, f"to {shown}" if hosts else "no links to other sites")


def languages(visit: Visit) -> Outcome:
    """Whether texts say which language they are in."""
    rows = visit.rows('SELECT DISTINCT ?l { ?s ?p ?o BIND ( LANG(?o) AS ?l ) FILTER ( ?l != "" ) } LIMIT 50')
    if rows is None:
        return Outcome(0, "no valid answer")
    found = sorted(str(row["l"]).strip('"') for row in rows)
    return Outcome(1.0 if found else 0.0, ", ".join(found) if found else "no text has a language")


def _names(rows: Iterable[object] | None) -> set[str] | None:
    """The IRIs in the one column of some rows."""
    if rows is None:
        return None
    return {
        str(value)[1:-1] for row in rows if isinstance(row, dict) for value in row.values() if str(value)[:1] == "<"
    }


def _is_plain(name: str) -> bool:
    try:
        parts = urlsplit(name)
        return parts.scheme in ("http", "https") and not parts.query and not parts.port and len(name) <= _LONG
    except ValueError:
        return False


def _space(name: str) -> str:
    return re.sub(r"[^#/]*$", "", name)


def _host(term: str) -> str:
    return urlsplit(term.strip("<>")).hostname or ""


def _share(good: int, total: int, what: str) -> Outcome:
    return Outcome(good / total, f"{good} of {total} {what}")


def _none(found: bool | None, seen: str, missed: str) -> Outcome:
    if found is None:
        return Outcome(0, "no valid answer")
    return Outcome(0.0 if found else 1.0, missed if found else seen)
