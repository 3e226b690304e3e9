"""The one table of criteria, and what measures an endpoint against it.

The schemes: SPARQLES (Vandenbussche and others, 2017), Umaka Score (DBCLS, 2017), KGHeartBeat (Pellegrino and others,
2024), the FAIR principles (Wilkinson and others, 2016), the SPARQL 1.1 recommendations (W3C, 2013), and the habits of
this house where none of them asks. Weights and thresholds are ours.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.doctor import content, metadata, protocol
from kb.doctor.report import Examination, Finding
from kb.doctor.samples import SAMPLES
from kb.doctor.visit import PAUSE, Ask, Outcome, OutOfTime, Visit


@dataclass(frozen=True)
class Criterion:
    """One thing that is measured: ``schemes`` ask for it, ``enough`` is the score from which nothing need be done."""

    name: str
    schemes: Sequence[str]
    asks: str
    weight: int
    remedy: str
    measure: Callable[[Visit], Outcome]
    enough: float = 1.0


_INTEROPERABILITY = ("SPARQLES interoperability", "SPARQL 1.1 Query")
_PROTOCOL = ("SPARQL 1.1 Protocol",)
_SERVE_BEHIND = "Serve it; our own server does."

CRITERIA = (
    Criterion(
        "answers",
        ("SPARQLES availability", "Umaka availability", "KGHeartBeat availability"),
        "Five questions in a row are answered.",
        5,
        "See the log of the server; watch it for a month, since one visit shows one moment.",
        protocol.answers,
    ),
    Criterion(
        "statements",
        ("Umaka availability", "KGHeartBeat amount of data"),
        "There is something to ask for.",
        3,
        "Load data into the store.",
        protocol.alive,
    ),
    Criterion(
        "ask-time",
        ("SPARQLES performance", "Umaka performance", "KGHeartBeat performance"),
        "An ASK over any statement takes at most 0.3 seconds.",
        2,
        "Give the server more memory or fewer neighbours, or stand a cache before it.",
        protocol.latency,
    ),
    Criterion(
        "join-time",
        ("SPARQLES performance",),
        "A thousand rows of a join take at most 1 second.",
        1,
        "Look for a missing index, or a store that lies on a slow disk.",
        protocol.join,
    ),
    Criterion(
        "overview-time",
        ("Umaka performance",),
        "The classes with their counts take at most 2 seconds.",
        1,
        "Publish the counts in VoID, so that nobody must ask for them.",
        protocol.overview,
    ),
    Criterion(
        "whole-answers",
        ("SPARQLES performance",),
        "Ten thousand and one rows come whole.",
        2,
        "Raise the limit of rows, or answer with an error instead of a part.",
        protocol.whole,
    ),
    *(
        Criterion(
            f"sparql-{sample.name}",
            _INTEROPERABILITY,
            f"The sample “{sample.name}” has the answer that the standard prescribes.",
            1,
            "Report it to the makers of the store, or take a newer version.",
            functools.partial(protocol.sampled, sample=sample),
        )
        for sample in SAMPLES
    ),
    Criterion(
        "sparql-construct",
        _INTEROPERABILITY,
        "CONSTRUCT gives the triple it makes.",
        1,
        _SERVE_BEHIND,
        protocol.construct,
    ),
    Criterion(
        "sparql-describe", _INTEROPERABILITY, "DESCRIBE of a thing gives triples.", 1, _SERVE_BEHIND, protocol.describe
    ),
    Criterion("protocol-get", _PROTOCOL, "A query is taken by GET.", 2, _SERVE_BEHIND, protocol.get),
    Criterion(
        "protocol-post-form", _PROTOCOL, "A query is taken as a form by POST.", 1, _SERVE_BEHIND, protocol.post_form
    ),
    Criterion(
        "protocol-post-direct",
        _PROTOCOL,
        "A query is taken as the body of a POST.",
        1,
        _SERVE_BEHIND,
        protocol.post_direct,
    ),
    Criterion(
        "protocol-malformed",
        _PROTOCOL,
        "What is no query gets status 400.",
        1,
        "Answer with 400, not with 200 or 500.",
        protocol.malformed,
    ),
    Criterion(
        "protocol-dataset",
        _PROTOCOL,
        "default-graph-uri is obeyed: a graph that is not there is empty.",
        1,
        "Keep to the dataset of the request, or answer with an error.",
        protocol.dataset,
    ),
    Criterion(
        "formats-of-results",
        ("SPARQLES interoperability", "KGHeartBeat versatility", "Umaka usefulness"),
        "JSON, XML, CSV and TSV are given for solutions.",
        2,
        "Switch the missing formats on.",
        protocol.solutions,
    ),
    Criterion(
        "formats-of-graphs",
        ("KGHeartBeat versatility", "Umaka validity"),
        "Turtle, N-Triples, RDF/XML and JSON-LD are given for graphs.",
        2,
        "Switch the missing formats on.",
        protocol.graphs,
    ),
    Criterion(
        "quality-values",
        ("RFC 9110",),
        "Quality values in Accept are kept to.",
        1,
        "Negotiate by quality, not by order.",
        protocol.quality,
    ),
    Criterion(
        "cors",
        ("Umaka usefulness",),
        "Pages of other sites may ask.",
        1,
        "Send Access-Control-Allow-Origin: *.",
        protocol.cors,
    ),
    Criterion(
        "validator",
        ("own",),
        "Answers have an ETag or a date of change.",
        1,
        "Send an ETag made of the version of the data.",
        protocol.validator,
    ),
    Criterion(
        "https",
        ("KGHeartBeat security",),
        "The endpoint is asked over TLS.",
        2,
        "Stand a proxy with a certificate before it.",
        protocol.secure,
    ),
    Criterion(
        "graph-store",
        ("SPARQL 1.1 Graph Store HTTP Protocol",),
        "The default graph is read at /data?default.",
        1,
        "Update the server.",
        protocol.graph_store,
    ),
    Criterion(
        "healthz",
        ("own",),
        "/healthz says that the process answers.",
        1,
        "Update the server, or let the proxy pass /healthz.",
        protocol.healthy,
    ),
    Criterion(
        "readyz",
        ("own",),
        "/readyz says that queries are answered.",
        1,
        "Update the server, or let the proxy pass /readyz.",
        protocol.ready,
    ),
    Criterion(
        "metrics",
        ("own",),
        "/metrics gives counters.",
        1,
        "Update the server; or keep it inside, and ask it from there.",
        protocol.metrics,
    ),
    Criterion(
        "service-description",
        ("SPARQLES discoverability", "Umaka operation", "FAIR F2"),
        "The endpoint describes itself when it is asked for RDF without a query.",
        3,
        "Give a SPARQL 1.1 Service Description there.",
        metadata.service_description,
    ),
    Criterion(
        "service-description-terms",
        ("SPARQLES discoverability",),
        "The description names endpoint, language, formats of results and default dataset.",
        1,
        "Add the terms that are missing.",
        metadata.service_terms,
    ),
    Criterion(
        "void",
        ("SPARQLES discoverability", "Umaka operation", "KGHeartBeat availability", "FAIR F2"),
        "The dataset is described at /.well-known/void.",
        3,
        "Publish a VoID description there.",
        metadata.void,
    ),
    Criterion(
        "void-terms",
        ("SPARQLES discoverability", "FAIR F3"),
        "It names endpoint, number of triples, space of IRIs, vocabularies and example things.",
        2,
        "Add the terms that are missing.",
        metadata.void_terms,
    ),
    Criterion(
        "void-partitions",
        ("Umaka usefulness", "KGHeartBeat understandability"),
        "It tells which classes and properties there are.",
        1,
        "Add void:classPartition and void:propertyPartition.",
        metadata.partitions,
    ),
    Criterion(
        "void-count",
        ("KGHeartBeat amount of data",),
        "The number of triples that it tells is the one that is counted.",
        1,
        "Make the description from the data when they are built.",
        metadata.counted,
    ),
    Criterion(
        "dump",
        ("KGHeartBeat availability", "FAIR A1"),
        "A dump is named, and there.",
        2,
        "Name one by void:dataDump, and keep it there.",
        metadata.dumps,
    ),
    Criterion(
        "licence-for-machines",
        ("KGHeartBeat licensing", "FAIR R1.1"),
        "A licence is named by its IRI.",
        3,
        "Add dcterms:license to the description of the dataset.",
        metadata.licence,
    ),
    Criterion(
        "licence-for-people",
        ("KGHeartBeat licensing",),
        "The front page speaks of the licence.",
        1,
        "Name it in the footer.",
        metadata.licence_for_people,
    ),
    Criterion(
        "title",
        ("KGHeartBeat believability", "FAIR F2", "FAIR R1"),
        "Title and description are given.",
        1,
        "Add dcterms:title and dcterms:description.",
        metadata.title,
    ),
    Criterion(
        "publisher",
        ("KGHeartBeat verifiability", "FAIR R1.2"),
        "It is said who publishes the data.",
        1,
        "Add dcterms:publisher.",
        metadata.publisher,
    ),
    Criterion(
        "provenance",
        ("KGHeartBeat verifiability", "FAIR R1.2"),
        "It is said what the data were made from.",
        1,
        "Add dcterms:source or PROV-O.",
        metadata.provenance,
    ),
    Criterion(
        "version",
        ("KGHeartBeat currency", "FAIR F1"),
        "What is served has a version or identifier.",
        1,
        "Add owl:versionInfo or dcterms:identifier.",
        metadata.version,
    ),
    Criterion(
        "date",
        ("Umaka freshness", "KGHeartBeat timeliness"),
        "It is said when the data last changed, within a year.",
        2,
        "Add dcterms:modified.",
        metadata.dated,
    ),
    Criterion(
        "persistent-id",
        ("FAIR F1",),
        "The dataset has a persistent IRI.",
        1,
        "Register one, for example at w3id.org.",
        metadata.persistent,
    ),
    Criterion(
        "front-page",
        ("FAIR F4",),
        "The front page leads machines to the description.",
        1,
        "Link to it, or put schema.org Dataset in JSON-LD there.",
        metadata.findable,
    ),
    Criterion(
        "dereferenced",
        ("Umaka validity", "KGHeartBeat availability", "FAIR A1"),
        "IRIs of things give RDF that speaks of them.",
        3,
        "Serve each IRI, or let it lead to where it is served.",
        metadata.dereferenced,
    ),
    Criterion(
        "pages",
        ("Umaka validity",),
        "IRIs of things give a page to a browser.",
        1,
        "Serve each IRI as a page too.",
        metadata.readable,
    ),
    Criterion(
        "labels-of-terms",
        ("Umaka usefulness", "KGHeartBeat understandability"),
        "Classes and properties that the data define have labels.",
        1,
        "Give each an rdfs:label.",
        content.labels,
        0.95,
    ),
    Criterion(
        "labels-of-things",
        ("KGHeartBeat understandability",),
        "Half of what is pointed to has a name.",
        1,
        "Give things an rdfs:label.",
        content.labelled_things,
        0.5,
    ),
    Criterion(
        "trimmed-labels",
        ("KGHeartBeat accuracy",),
        "No label is empty or has space around it.",
        1,
        "Trim labels when they are written.",
        content.empty_labels,
    ),
    Criterion(
        "literals",
        ("KGHeartBeat accuracy",),
        "Literals are written as their datatype says.",
        2,
        "Validate literals before they are loaded.",
        content.malformed_literals,
    ),
    Criterion(
        "defined-classes",
        ("KGHeartBeat consistency",),
        "Classes of own namespaces are defined.",
        1,
        "Define them, or mend the name.",
        content.undefined,
    ),
    Criterion(
        "deprecated-classes",
        ("KGHeartBeat consistency",),
        "Nothing has a deprecated class.",
        1,
        "Move it to what replaced the class.",
        content.deprecated,
    ),
    Criterion(
        "vocabularies",
        ("KGHeartBeat interoperability", "FAIR I2", "FAIR R1.3"),
        "Three well-known vocabularies are used beside RDF, RDFS and OWL.",
        2,
        "Say in well-known terms what they have words for.",
        content.vocabularies,
    ),
    Criterion(
        "blank-nodes",
        ("KGHeartBeat interpretability",),
        "At most one subject in twenty is blank.",
        1,
        "Give IRIs to what somebody may want to cite.",
        content.blanks,
    ),
    Criterion(
        "plain-iris",
        ("Umaka validity", "KGHeartBeat representational conciseness", "FAIR A1.1"),
        "IRIs are of the web, short and plain.",
        1,
        "Leave ports, queries and long paths out of IRIs.",
        content.addresses,
        0.95,
    ),
    Criterion(
        "links",
        ("Umaka validity", "KGHeartBeat interlinking", "FAIR I3"),
        "Things are linked to those of other sites.",
        2,
        "Add owl:sameAs, skos:exactMatch and the like.",
        content.links,
    ),
    Criterion(
        "languages",
        ("KGHeartBeat versatility",),
        "Texts say which language they are in.",
        1,
        "Add language tags.",
        content.languages,
    ),
)
"""What is measured, in the order in which it is told."""

UNMEASURED = {
    "SPARQLES availability over a month": "one visit shows one moment; five questions in a row stand for it",
    "Umaka freshness by what changed": "two visits would have to be compared; the date that is told stands for it",
    "KGHeartBeat centrality and reputation": "they need the whole cloud of linked data",
    "KGHeartBeat signature and history": "there is no place where they are looked for by all",
    "FAIR A1.2": "an endpoint that is open shows nothing of how it would let somebody in",
    "FAIR A2": "that metadata stay when the data are gone is not seen while they are there",
    "FAIR I1": "every answer that is read here is RDF or SPARQL results already",
}
"""What the schemes ask and one visit over HTTP cannot see, with the reason."""


def assess(
    url: str,
    *,
    ask: Ask,
    timeout: float = 10.0,
    budget: float = 120.0,
    pause: float = PAUSE,
    say: Callable[[str], None] = lambda line: None,
) -> Examination:
    """What an endpoint, or the endpoint of a site, scores; SetupError where nobody answers there.

    ``timeout`` is in seconds per question and ``budget`` for all of them: what is over it is not measured, and said so.
    ``pause`` is in seconds, between two questions. ``say`` is told the name of each criterion before it is measured.
    """
    visit = Visit(url, ask=ask, timeout=timeout, budget=budget, pause=pause)
    visit.reach()
    findings = []
    for criterion in CRITERIA:
        say(criterion.name)
        try:
            outcome = criterion.measure(visit)
            done = True
        except OutOfTime:
            outcome, done = Outcome(None, "not measured: the time was used up"), False
        fine = done and (outcome.score is None or outcome.score >= criterion.enough)
        findings.append(
            Finding(
                name=criterion.name,
                schemes=tuple(criterion.schemes),
                asks=criterion.asks,
                weight=criterion.weight,
                score=outcome.score,
                seen=outcome.seen,
                fine=fine,
                remedy="" if fine else criterion.remedy,
            )
        )
    return Examination(visit.endpoint, tuple(findings))
