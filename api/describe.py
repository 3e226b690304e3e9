"""The dataset in its own words: SPARQL 1.1 Service Description, VoID, DCAT 3 and schema.org, all out of one build.

Everything here follows from the statistics of the build, so that it is true of it, cheap, and the same each time. The
IRIs are the addresses of record. Kinds of graph are described, not graphs: there are as many graphs as claims.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from api.negotiate import GRAPH, JSON_LD, N_QUADS, RDF, SOLUTIONS, TRIG
from kb.namespaces import BASE, DATASET, DEFAULT_GRAPH, iri, namespace, shorten
from kb.statistics import DEFAULT, KINDS, OTHER, WHOLE, Part, Statistics

VOID: Final = f"{BASE}.well-known/void"
"""The address of the VoID description."""

DUMPS: Final = {"jsonld": JSON_LD, "nq": N_QUADS, "trig": TRIG}
"""The dumps, by suffix, with their formats."""

_W3C_FORMATS: Final = {
    "application/ld+json": "JSON-LD",
    "application/n-quads": "N-Quads",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "application/trig": "TriG",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
}
"""Names of formats under http://www.w3.org/ns/formats/, by media type."""

_GEOSPARQL: Final = "http://www.opengis.net/def/function/geosparql/"
EXTENSIONS: Final = (
    f"{_GEOSPARQL}asGeoJSON",
    f"{_GEOSPARQL}centroid",
    f"{_GEOSPARQL}convexHull",
    f"{_GEOSPARQL}coordinateDimension",
    f"{_GEOSPARQL}difference",
    f"{_GEOSPARQL}dimension",
    f"{_GEOSPARQL}distance",
    f"{_GEOSPARQL}ehContains",
    f"{_GEOSPARQL}ehCoveredBy",
    f"{_GEOSPARQL}ehCovers",
    f"{_GEOSPARQL}ehDisjoint",
    f"{_GEOSPARQL}ehEquals",
    f"{_GEOSPARQL}ehInside",
    f"{_GEOSPARQL}ehMeet",
    f"{_GEOSPARQL}ehOverlap",
    f"{_GEOSPARQL}envelope",
    f"{_GEOSPARQL}getSRID",
    f"{_GEOSPARQL}intersection",
    f"{_GEOSPARQL}isEmpty",
    f"{_GEOSPARQL}isSimple",
    f"{_GEOSPARQL}length",
    f"{_GEOSPARQL}perimeter",
    f"{_GEOSPARQL}rcc8dc",
    f"{_GEOSPARQL}rcc8ec",
    f"{_GEOSPARQL}rcc8eq",
    f"{_GEOSPARQL}rcc8ntpp",
    f"{_GEOSPARQL}rcc8ntppi",
    f"{_GEOSPARQL}rcc8po",
    f"{_GEOSPARQL}rcc8tpp",
    f"{_GEOSPARQL}rcc8tppi",
    f"{_GEOSPARQL}relate",
    f"{_GEOSPARQL}sfContains",
    f"{_GEOSPARQL}sfCrosses",
    f"{_GEOSPARQL}sfDisjoint",
    f"{_GEOSPARQL}sfEquals",
    f"{_GEOSPARQL}sfIntersects",
    f"{_GEOSPARQL}sfOverlaps",
    f"{_GEOSPARQL}sfTouches",
    f"{_GEOSPARQL}sfWithin",
    f"{_GEOSPARQL}spatialDimension",
    f"{_GEOSPARQL}symDifference",
    f"{_GEOSPARQL}union",
    iri("xsd:date"),
    iri("xsd:dayTimeDuration"),
    iri("xsd:duration"),
    iri("xsd:gDay"),
    iri("xsd:gMonth"),
    iri("xsd:gMonthDay"),
    iri("xsd:gYear"),
    iri("xsd:gYearMonth"),
    iri("xsd:time"),
    iri("xsd:yearMonthDuration"),
)
"""Functions that queries may call by IRI, beyond those of SPARQL 1.1: GeoSPARQL, and casts to more datatypes."""

_KINDS: Final = {
    DEFAULT: "The default graph: vocabulary, registry, articles, attribution and editorial work. It says nothing of "
    "the world that the articles tell of.",
    "claims": "Named graphs of class t:Claim, one for each claim that has content: what its holder is said to put "
    "forward, quoted and not asserted.",
    "gazetteers": "Named graphs of class t:GazetteerGraph: coordinates and names as an attributed gazetteer has them.",
    "inferred": "Named graphs of class t:InferredGraph: conclusions computed at build, asserted by nobody.",
    OTHER: "Named graphs of no class that is described here.",
}
_UNTITLED: Final = "A knowledge base of attributed claims"
_NOT_SAID: Final = "Who is said to say what, on whose authority, in which words and where, as attributed claims in RDF."

Value = str | int | ox.Literal | ox.NamedNode
Said = Mapping[str, Value | Sequence[Value] | None]


def service(found: Statistics) -> list[ox.Triple]:
    """The SPARQL 1.1 Service Description (W3C, 2013) of ``/sparql``.

    It names no feature, because none of those that the standard defines is there: graphs that are named in a query
    are not fetched, the default graph is not the union of the named ones, none is empty, no other endpoint is asked.
    """
    formats = dict.fromkeys(_format(form.syntax) for form in (*SOLUTIONS, *GRAPH) if form.syntax in _W3C_FORMATS)
    said = [
        *_say(
            f"{BASE}sparql",
            {
                "rdf:type": iri("sd:Service"),
                "sd:defaultDataset": DATASET,
                "sd:defaultEntailmentRegime": "http://www.w3.org/ns/entailment/Simple",
                "sd:endpoint": f"{BASE}sparql",
                "sd:extensionFunction": EXTENSIONS,
                "sd:resultFormat": list(formats),
                "sd:supportedLanguage": iri("sd:SPARQL11Query"),
            },
        ),
        *_say(
            DATASET,
            {
                "rdf:type": [iri("sd:Dataset"), iri("void:Dataset")],
                "rdfs:seeAlso": VOID,
                "sd:defaultGraph": DEFAULT_GRAPH,
                "void:subset": [_subset(kind) for kind in _kinds(found)],
            },
        ),
        *_say(DEFAULT_GRAPH, {"rdf:type": iri("sd:Graph")}),
    ]
    for kind, part in _kinds(found).items():
        said += _kind(kind, part)
    return [*said, *_titles(found)]


def void(found: Statistics, build: str) -> list[ox.Triple]:
    """The VoID description (W3C note, 2011) of the dataset, with figures for each kind of graph, and of its links."""
    said = [
        *_say(
            VOID,
            {
                "rdf:type": iri("void:DatasetDescription"),
                "dcterms:title": ox.Literal("VoID description of what is served here", language="en"),
                "foaf:primaryTopic": DATASET,
            },
        ),
        *_titles(found),
        *_say(
            DATASET,
            {
                "rdf:type": [iri("sd:Dataset"), iri("void:Dataset")],
                "dcat:version": ox.Literal(build),
                "foaf:homepage": BASE,
                "sd:defaultGraph": DEFAULT_GRAPH,
                "void:dataDump": [f"{BASE}dump.{suffix}" for suffix in DUMPS],
                "void:exampleResource": list(found.examples),
                "void:feature": [_format(form.media_type) for form in RDF],
                "void:rootResource": BASE,
                "void:sparqlEndpoint": f"{BASE}sparql",
                "void:subset": [_subset(kind) for kind in _kinds(found)],
                "void:uriSpace": ox.Literal(BASE),
                "void:vocabulary": vocabularies(found.parts[WHOLE]),
            },
        ),
    ]
    for kind, part in found.parts.items():
        said += [*_kind(kind, part), *_partitions(kind, part)]
    for name, spaces in found.links.items():
        for space, count in spaces.items():
            said += _linkset(name, space, count)
    return said


def dcat(found: Statistics, build: str) -> list[ox.Triple]:
    """The DCAT 3 description (W3C, 2024): the dataset, its dumps with sizes and hashes, and what serves it."""
    licence = [triple.object for triple in _own(found) if triple.predicate.value == iri("dcterms:license")]
    shared: Said = {"dcterms:license": [term for term in licence if isinstance(term, ox.NamedNode)]}
    files = {suffix: f"{BASE}#dump-{suffix}" for suffix in found.dumps}
    said = [
        *_titles(found),
        *_say(
            DATASET,
            {
                "rdf:type": iri("dcat:Dataset"),
                "dcat:distribution": list(files.values()),
                "dcat:landingPage": BASE,
                "dcat:version": ox.Literal(build),
                "rdfs:seeAlso": VOID,
            },
        ),
    ]
    for suffix, file in found.dumps.items():
        form = DUMPS[suffix]
        said += _say(
            files[suffix],
            {
                **shared,
                "rdf:type": iri("dcat:Distribution"),
                "dcat:accessURL": BASE,
                "dcat:byteSize": _typed(str(file.bytes), "xsd:nonNegativeInteger"),
                "dcat:downloadURL": f"{BASE}dump.{suffix}",
                "dcat:mediaType": f"https://www.iana.org/assignments/media-types/{form.media_type}",
                "dcterms:title": ox.Literal(f"The whole dataset as {form.title}", language="en"),
                "spdx:checksum": f"{files[suffix]}-sha256",
            },
        )
        said += _say(
            f"{files[suffix]}-sha256",
            {
                "rdf:type": iri("spdx:Checksum"),
                "spdx:algorithm": iri("spdx:checksumAlgorithm_sha256"),
                "spdx:checksumValue": _typed(file.sha256, "xsd:hexBinary"),
            },
        )
    for path, description, title, standard in _SERVICES:
        said += _say(
            f"{BASE}{path}",
            {
                **shared,
                "rdf:type": iri("dcat:DataService"),
                "dcat:endpointDescription": f"{BASE}{description}",
                "dcat:endpointURL": f"{BASE}{path}",
                "dcat:servesDataset": DATASET,
                "dcterms:conformsTo": standard,
                "dcterms:title": ox.Literal(title, language="en"),
            },
        )
    return said


def schema_org(found: Statistics, build: str) -> dict[str, object]:
    """The dataset as schema.org has it, JSON-LD for search engines."""
    own: dict[str, list[str]] = {}
    for triple in _own(found):
        own.setdefault(triple.predicate.value, []).append(getattr(triple.object, "value", ""))
    described: dict[str, object] = {
        "@context": "https://schema.org/",
        "@id": DATASET,
        "@type": "Dataset",
        "name": own.get(iri("dcterms:title"), [_UNTITLED])[0],
        "description": own.get(iri("dcterms:description"), [_NOT_SAID])[0],
        "url": BASE,
        "version": build,
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "contentSize": f"{file.bytes} B",
                "contentUrl": f"{BASE}dump.{suffix}",
                "encodingFormat": DUMPS[suffix].media_type,
                "sha256": file.sha256,
            }
            for suffix, file in found.dumps.items()
        ],
    }
    if creators := own.get(iri("dcterms:creator")):
        described["creator"] = [{"@type": "Organization", "name": name} for name in creators]
    if licences := own.get(iri("dcterms:license")):
        described["license"] = licences[0]
    if found.published:
        described["temporalCoverage"] = "/".join(found.published)
    if found.reviewed:
        described["dateModified"] = found.reviewed[-1]
    return described


def vocabularies(part: Part) -> list[str]:
    """The namespaces of the properties and classes that are used."""
    return sorted({namespace(name) for name in (*part.classes, *part.properties)})


_SERVICES: Final = (
    ("", "openapi.json", "Things, lists and saved questions", "https://spec.openapis.org/oas/v3.1.1"),
    ("data", "openapi.json", "SPARQL 1.1 Graph Store, read only", "https://www.w3.org/TR/sparql11-http-rdf-update/"),
    ("sparql", "sparql", "SPARQL 1.1 endpoint, query only", "https://www.w3.org/TR/sparql11-protocol/"),
)
"""What serves the dataset: where, what describes it, what it is, and the standard that it follows."""


def _titles(found: Statistics) -> Iterator[ox.Triple]:
    """What the data says of the dataset itself, its makers as agents, and the days that the data knows of."""
    makers: list[Value] = []
    said = set()
    for triple in _own(found):
        said.add(triple.predicate.value)
        if triple.predicate.value == iri("dcterms:creator") and isinstance(triple.object, ox.Literal):
            maker = f"{BASE}#creator" + (f"-{len(makers) + 1}" if makers else "")
            makers.append(maker)
            yield from _say(maker, {"rdf:type": iri("foaf:Agent"), "foaf:name": triple.object})
        elif triple.predicate.value != iri("rdf:type"):
            yield triple
    written: dict[str, Value | Sequence[Value] | None] = {"dcterms:creator": makers}
    for name, text in (("dcterms:title", _UNTITLED), ("dcterms:description", _NOT_SAID)):
        if iri(name) not in said:
            written[name] = ox.Literal(text, language="en")
    if found.reviewed and iri("dcterms:modified") not in said:
        written["dcterms:modified"] = _typed(found.reviewed[-1], "xsd:date")
    if found.published:
        written["dcterms:temporal"] = period = f"{BASE}#published"
        first, last = (_typed(day, "xsd:date") for day in found.published)
        yield from _say(
            period, {"rdf:type": iri("dcterms:PeriodOfTime"), "dcat:startDate": first, "dcat:endDate": last}
        )
    yield from _say(DATASET, written)


def _own(found: Statistics) -> list[ox.Triple]:
    """What the default graph says of the dataset."""
    return [quad.triple for quad in ox.parse(found.about, format=ox.RdfFormat.N_QUADS)]


def _kinds(found: Statistics) -> dict[str, Part]:
    """The figures of the default graph and of each kind of named graph that there is."""
    return {kind: part for kind, part in found.parts.items() if kind != WHOLE}


def _subset(kind: str) -> str:
    """The IRI of the graphs of one kind together."""
    return {WHOLE: DATASET, DEFAULT: DEFAULT_GRAPH}.get(kind, f"{VOID}#{kind}")


def _kind(kind: str, part: Part) -> Iterator[ox.Triple]:
    """The figures of the graphs of one kind; how many they are is the extent."""
    yield from _say(
        _subset(kind),
        {
            "rdf:type": iri("void:Dataset"),
            "void:classes": len(part.classes),
            "void:distinctObjects": part.objects,
            "void:distinctSubjects": part.subjects,
            "void:entities": part.entities,
            "void:properties": len(part.properties),
            "void:triples": part.triples,
        },
    )
    if kind != WHOLE:
        yield from _say(_subset(kind), {"dcterms:description": ox.Literal(_KINDS[kind], language="en")})
    if kind not in (WHOLE, DEFAULT):
        extent = f"{VOID}#{kind}-extent"
        label = ox.Literal(f"{part.graphs} named graph{'' if part.graphs == 1 else 's'}", language="en")
        yield from _say(
            _subset(kind),
            {"dcterms:extent": extent, "dcterms:type": iri(KINDS[kind]) if kind in KINDS else None},
        )
        yield from _say(
            extent, {"rdf:type": iri("dcterms:SizeOrDuration"), "rdf:value": part.graphs, "rdfs:label": label}
        )


def _partitions(kind: str, part: Part) -> Iterator[ox.Triple]:
    for name, count in part.classes.items():
        cell = f"{VOID}#{kind}-class-{_fragment(name)}"
        yield from _say(_subset(kind), {"void:classPartition": cell})
        yield from _say(cell, {"void:class": name, "void:entities": count})
    for name, uses in part.properties.items():
        cell = f"{VOID}#{kind}-property-{_fragment(name)}"
        yield from _say(_subset(kind), {"void:propertyPartition": cell})
        yield from _say(
            cell,
            {
                "void:distinctObjects": uses.objects,
                "void:distinctSubjects": uses.subjects,
                "void:property": name,
                "void:triples": uses.triples,
            },
        )


def _linkset(name: str, space: str, count: int) -> Iterator[ox.Triple]:
    where = _fragment(space.partition("//")[2].rstrip("/#"))
    links, target = f"{VOID}#links-{_fragment(name)}-{where}", f"{VOID}#target-{where}"
    yield from _say(DEFAULT_GRAPH, {"void:subset": links})
    yield from _say(
        links,
        {
            "rdf:type": iri("void:Linkset"),
            "void:linkPredicate": name,
            "void:objectsTarget": target,
            "void:subjectsTarget": DATASET,
            "void:triples": count,
        },
    )
    yield from _say(target, {"rdf:type": iri("void:Dataset"), "void:uriSpace": ox.Literal(space)})


def _fragment(name: str) -> str:
    """An IRI, short where the prefix table has it, as it can stand in a fragment."""
    return quote(shorten(name).strip("<>"), safe=":")


def _format(media_type: str) -> str:
    return f"http://www.w3.org/ns/formats/{_W3C_FORMATS[media_type]}"


def _typed(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(iri(name)))


def _say(subject: str, said: Said) -> Iterator[ox.Triple]:
    """Triples about one subject; strings are IRIs, numbers integers, and None says nothing."""
    for name, given in said.items():
        for value in [given] if isinstance(given, (str, int, ox.Literal, ox.NamedNode)) else given or ():
            term = ox.NamedNode(value) if isinstance(value, str) else value
            term = ox.Literal(term) if isinstance(term, int) else term
            yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(iri(name)), term)
