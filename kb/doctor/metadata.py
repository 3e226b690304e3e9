"""What is measured of how a service and its data describe themselves, and of whether their addresses lead anywhere."""

import datetime
import re
from collections import Counter
from urllib.parse import urlsplit

import pyoxigraph as ox

from kb.doctor.visit import RDF, Outcome, Visit, triples_of
from kb.namespaces import iri

_SD = "http://www.w3.org/ns/sparql-service-description#"
_DCAT = "http://www.w3.org/ns/dcat#"
_DC = "http://purl.org/dc/elements/1.1/"
_PERSISTENT = ("w3id.org", "purl.org", "purl.net", "doi.org", "hdl.handle.net", "n2t.net", "data.europa.eu")
_LICENCE = ("dcterms:license", "dcterms:rights", "schema:license", "http://creativecommons.org/ns#license")
_TITLE = ("dcterms:title", "rdfs:label", "schema:name", f"{_DC}title")
_ABOUT = ("dcterms:description", "rdfs:comment", "schema:description", f"{_DC}description")
_WHO = ("dcterms:publisher", "dcterms:creator", "schema:publisher", "schema:creator", "foaf:maker")
_WHEN = ("dcterms:modified", "dcterms:issued", "dcterms:created", "schema:dateModified", "prov:generatedAtTime")
_VERSION = ("owl:versionInfo", "dcterms:identifier", "dcterms:hasVersion", f"{_DCAT}version", "schema:version")
_DUMPS = ("void:dataDump", f"{_DCAT}downloadURL", "schema:contentUrl")
_SOURCES = (
    "dcterms:source",
    "dcterms:provenance",
    "prov:wasDerivedFrom",
    "prov:wasGeneratedBy",
    "prov:wasAttributedTo",
    "schema:isBasedOn",
)
_FRESH = 366
_TRIED = 3


def service_description(visit: Visit) -> Outcome:
    """Whether the endpoint, asked for RDF without a query, describes itself as a service."""
    classes = {triple.object for triple in visit.description if triple.predicate.value == iri("rdf:type")}
    return _has(ox.NamedNode(f"{_SD}Service") in classes, f"{len(visit.description)} triples", "no sd:Service")


def service_terms(visit: Visit) -> Outcome:
    """The share of endpoint, language, formats and dataset that the service description names."""
    wanted = ("endpoint", "supportedLanguage", "resultFormat", "defaultDataset")
    there = {triple.predicate.value for triple in visit.description}
    return _share([f"sd:{name}" for name in wanted if f"{_SD}{name}" not in there], len(wanted))


def void(visit: Visit) -> Outcome:
    """Whether there is a description of the dataset at /.well-known/void."""
    classes = {triple.object.value for triple in visit.void if isinstance(triple.object, ox.NamedNode)}
    return _has(iri("void:Dataset") in classes, f"{len(visit.void)} triples", "no void:Dataset at /.well-known/void")


def void_terms(visit: Visit) -> Outcome:
    """The share of what clients need that the description of the dataset names."""
    wanted = ("void:sparqlEndpoint", "void:triples", "void:uriSpace", "void:vocabulary", "void:exampleResource")
    return _share([name for name in wanted if not visit.values(name)], len(wanted))


def partitions(visit: Visit) -> Outcome:
    """Whether the description tells which classes and properties there are, and how many of each."""
    wanted = ("void:classPartition", "void:propertyPartition")
    return _share([name for name in wanted if not visit.values(name)], len(wanted))


def counted(visit: Visit) -> Outcome:
    """Whether a number of triples that the description tells is the number that a query counts."""
    told = {int(value.value) for value in visit.values("void:triples") if value.value.isdigit()}  # type: ignore[union-attr]
    default = visit.number("SELECT ( COUNT(*) AS ?n ) { ?s ?p ?o }")
    named = visit.number("SELECT ( COUNT(*) AS ?n ) { GRAPH ?g { ?s ?p ?o } }")
    if default is None or named is None:
        return Outcome(0, "the triples cannot be counted")
    if not told:
        return Outcome(0, "no number is told")
    true = {int(default), int(default + named)}
    return _has(bool(told & true), "as counted", f"{max(told):,} are told, {int(default):,} are in the default graph")


def dumps(visit: Visit) -> Outcome:
    """Whether a dump is named, and is there."""
    named = [value.value for value in visit.values(*_DUMPS) if isinstance(value, ox.NamedNode)]
    if not named:
        return Outcome(0, "no dump is named")
    replies = {name: visit.ask(visit.here(name), method="HEAD") for name in named[:_TRIED]}
    gone = [name for name, reply in replies.items() if reply is None or reply.status != 200]
    return Outcome(1 - len(gone) / len(replies), f"not there: {', '.join(gone)}" if gone else f"{len(named)} are named")


def licence(visit: Visit) -> Outcome:
    """Whether the metadata, or else the data, name a licence by its IRI."""
    found = [str(value) for value in visit.values(*_LICENCE) if isinstance(value, ox.NamedNode)]
    if not found:
        names = " ".join(f"<{iri(name) if not name.startswith('http') else name}>" for name in _LICENCE)
        rows = visit.rows(f"SELECT ?o {{ VALUES ?p {{ {names} }} ?s ?p ?o FILTER ( isIRI(?o) ) }} LIMIT 1")
        found = [str(row["o"]) for row in rows or ()]
    return _has(bool(found), found[0] if found else "", "no licence is named")


def licence_for_people(visit: Visit) -> Outcome:
    """Whether the front page speaks of a licence."""
    reply = visit.ask(f"{visit.site}/", "text/html")
    page = "" if reply is None or reply.status != 200 else reply.text
    return _has(bool(re.search(r"licen[cs]e", page, re.I)), "the front page names it", "not on the front page")


def title(visit: Visit) -> Outcome:
    """Whether the metadata have a title and a description."""
    return _share([word for word, names in (("title", _TITLE), ("description", _ABOUT)) if not visit.values(*names)], 2)


def publisher(visit: Visit) -> Outcome:
    """Whether the metadata say who made or publishes the data."""
    return _first(visit, _WHO, "nobody is named")


def provenance(visit: Visit) -> Outcome:
    """Whether the metadata, or else the data, say what they were made from."""
    if visit.values(*_SOURCES):
        return _first(visit, _SOURCES, "")
    names = " ".join(f"<{iri(name)}>" for name in _SOURCES)
    found = visit.truth(f"ASK {{ VALUES ?p {{ {names} }} ?s ?p ?o }}")
    return _has(found is True, "the data say it", "nothing is said of the sources")


def version(visit: Visit) -> Outcome:
    """Whether the metadata name a version or an identifier of what is served."""
    return _first(visit, _VERSION, "no version")


def dated(visit: Visit) -> Outcome:
    """Whether the metadata have a date: full marks for one of the last year, half for an older one."""
    dates = sorted(found for value in visit.values(*_WHEN) if (found := _date(str(value))) is not None)
    if not dates:
        return Outcome(0, "no date")
    age = (datetime.datetime.now(datetime.UTC).date() - dates[-1]).days
    return Outcome(1.0 if age <= _FRESH else 0.5, f"{dates[-1]}, {age} days ago")


def persistent(visit: Visit) -> Outcome:
    """Whether the dataset's own IRI stands under a service of persistent addresses."""
    subjects = {
        triple.subject.value
        for triple in visit.metadata
        if isinstance(triple.subject, ox.NamedNode)
        and triple.predicate.value == iri("rdf:type")
        and triple.object in (ox.NamedNode(iri("void:Dataset")), ox.NamedNode(f"{_DCAT}Dataset"))
    }
    good = sorted(name for name in subjects if (urlsplit(name).hostname or "") in _PERSISTENT)
    return _has(bool(good), good[0] if good else "", "no dataset with such an IRI")


def findable(visit: Visit) -> Outcome:
    """Whether the front page leads machines to a description: a link to it, or one in JSON-LD."""
    reply = visit.ask(f"{visit.site}/", "text/html")
    if reply is None or reply.status != 200:
        return Outcome(0, "no front page")
    text = reply.text + reply.headers.get("link", "")
    found = re.search(r"application/ld\+json|rel=[\"']?describedby|well-known/void", text)
    return _has(found is not None, "the front page does", "nothing on the front page does")


def dereferenced(visit: Visit) -> Outcome:
    """The share of three things whose IRI, or its place on this site, gives RDF that speaks of it."""
    names = _some_things(visit)
    good = sum(any(name in str(triple) for triple in triples_of(visit.look_up(name, RDF))) for name in names)
    return _of_things(good, len(names))


def readable(visit: Visit) -> Outcome:
    """The share of three things whose IRI, or its place on this site, gives a page to a browser."""
    names = _some_things(visit)
    replies = [visit.look_up(name, "text/html") for name in names]
    good = sum(reply is not None and reply.status == 200 and reply.media_type == "text/html" for reply in replies)
    return _of_things(good, len(names))


def _some_things(visit: Visit) -> list[str]:
    """Three things of the data's own, spread over those that are known; the examples of the metadata first.

    Own is what stands under void:uriSpace or, where none is told, on the host that most things are of.
    """
    known = [name for name in visit.things if name.startswith(("http://", "https://"))]
    spaces = tuple(value.value for value in visit.values("void:uriSpace") if isinstance(value, ox.Literal))
    hosts = Counter(urlsplit(name).hostname for name in known)
    most = max(hosts, key=lambda host: (hosts[host], str(host)), default=None)
    own = [name for name in known if (name.startswith(spaces) if spaces else urlsplit(name).hostname == most)]
    return own[:: max(1, len(own) // _TRIED)][:_TRIED]


def _of_things(good: int, total: int) -> Outcome:
    return Outcome(good / total, f"{good} of {total} things") if total else Outcome(None, "no thing with a web address")


def _date(text: str) -> datetime.date | None:
    """The first day that a text names as ISO 8601 has it, or None."""
    for match in re.finditer(r"\d{4}-\d\d-\d\d", text):
        try:
            return datetime.date.fromisoformat(match[0])
        except ValueError:
            continue
    return None


def _first(visit: Visit, names: tuple[str, ...], missed: str) -> Outcome:
    found = visit.values(*names)
    return _has(bool(found), str(found[0])[:200] if found else "", missed)


def _share(missing: list[str], of: int) -> Outcome:
    return Outcome(1 - len(missing) / of, f"missing: {', '.join(missing)}" if missing else "complete")


def _has(met: bool, seen: str, missed: str) -> Outcome:
    return Outcome(1.0 if met else 0.0, seen if met else missed)
