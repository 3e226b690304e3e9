"""What is measured of the service itself: that it answers, how fast, by which ways, in which formats."""

import statistics
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kb.doctor.samples import Sample
from kb.doctor.visit import RESULTS, Outcome, Visit, results_of, triples_of
from kb.fetch import Reply

_TRIES = 5
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_SOLUTIONS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
_GRAPHS = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
_MANY = 10_001


def answers(visit: Visit) -> Outcome:
    """How many of five questions in a row got a valid answer."""
    replies = [visit.query("ASK {}", again=True) for _ in range(_TRIES)]
    good = sum(isinstance(results_of(reply), ox.QueryBoolean) for reply in replies)
    return Outcome(good / _TRIES, f"{good} of {_TRIES} questions were answered")


def alive(visit: Visit) -> Outcome:
    """Whether there is any statement to ask for, in the default graph or in another."""
    found = visit.truth("ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    return _yes(found is True, "there are statements", "no statement was found")


def latency(visit: Visit) -> Outcome:
    """The median time of an ASK over any statement: full marks under 0.3 s, none from 3 s."""
    times = [reply.seconds for _ in range(_TRIES) if (reply := visit.query("ASK { ?s ?p ?o }", again=True))]
    if not times:
        return Outcome(0, "no answer")
    return _speed(statistics.median(times), 0.3, 3.0)


def join(visit: Visit) -> Outcome:
    """The time of a join of three statements about one thing, cut at a thousand rows."""
    return _timed(visit.query("SELECT ?s ?a ?b { ?s a ?c ; ?p ?a ; ?q ?b } LIMIT 1000"), 1.0, 10.0)


def overview(visit: Visit) -> Outcome:
    """The time to list the classes with how many things each has."""
    return _timed(
        visit.query("SELECT ?c ( COUNT(?s) AS ?n ) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) LIMIT 50"), 2.0, 20.0
    )


def whole(visit: Visit) -> Outcome:
    """Whether ten thousand and one rows come where they are asked for, or fewer only where there are fewer."""
    total = visit.number("SELECT ( COUNT(*) AS ?n ) { ?s ?p ?o }")
    rows = visit.rows(f"SELECT * {{ ?s ?p ?o }} LIMIT {_MANY}")
    if total is None or rows is None:
        return Outcome(0, "no valid answer")
    wanted = min(_MANY, int(total))
    return _yes(len(rows) == wanted, f"{len(rows):,} rows came whole", f"{len(rows):,} rows came of {wanted:,}")


def sampled(visit: Visit, sample: Sample) -> Outcome:
    """Whether a sample query has the answer that the standard prescribes."""
    results = results_of(visit.query(sample.query))
    if not isinstance(results, ox.QuerySolutions):
        return Outcome(0, "no valid answer")
    try:
        rows = tuple(tuple("" if term is None else _lexical(term) for term in row) for row in results)
    except (SyntaxError, ValueError):
        return Outcome(0, "the answer is broken")
    return _yes(rows == sample.rows, "as prescribed", f"got {rows!r:.200}")


def construct(visit: Visit) -> Outcome:
    """Whether CONSTRUCT gives the triple that it was told to make."""
    query = "CONSTRUCT { <urn:x-a> <urn:x-b> ?x } WHERE { VALUES ?x { 1 } }"
    found = [str(triple) for triple in triples_of(visit.query(query, "text/turtle"))]
    wanted = '<urn:x-a> <urn:x-b> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    return _yes(found == [wanted], "as prescribed", f"got {found!r:.200}")


def describe(visit: Visit) -> Outcome:
    """Whether DESCRIBE of a thing that there is gives any triple."""
    if not visit.things:
        return Outcome(None, "no thing was found to describe")
    found = triples_of(visit.query(f"DESCRIBE <{visit.things[-1]}>", "text/turtle"))
    return _yes(bool(found), f"{len(found)} triples", "no triples")


def get(visit: Visit) -> Outcome:
    """Query via GET."""
    return _yes(visit.truth("ASK {}") is True, "answered", "no valid answer")


def post_form(visit: Visit) -> Outcome:
    """Query via URL-encoded POST."""
    body = urlencode({"query": "ASK {}"}).encode()
    return _is_true(visit.ask(visit.endpoint, RESULTS, method="POST", body=body, media_type=_FORM))


def post_direct(visit: Visit) -> Outcome:
    """Query via POST directly."""
    return _is_true(visit.ask(visit.endpoint, RESULTS, method="POST", body=b"ASK {}", media_type=_DIRECT))


def malformed(visit: Visit) -> Outcome:
    """Whether a query that is none gets status 400."""
    reply = visit.query("SELECT WHERE { nothing")
    status = 0 if reply is None else reply.status
    return _yes(status == 400, "status 400", f"status {status}" if status else "no answer")


def dataset(visit: Visit) -> Outcome:
    """Whether a default graph that is not there, named in the request, is empty."""
    found = visit.truth("ASK { ?s ?p ?o }", graph="urn:x-no-graph")
    return _yes(found is False, "the dataset of the request is kept to", "the dataset of the request is not kept to")


def solutions(visit: Visit) -> Outcome:
    """The share of the four formats of results that are given when asked for."""
    return _formats(visit, "SELECT ?x { VALUES ?x { 1 } }", _SOLUTIONS)


def graphs(visit: Visit) -> Outcome:
    """The share of four formats of RDF that are given when asked for."""
    return _formats(visit, "CONSTRUCT { <urn:x-a> <urn:x-b> ?x } WHERE { VALUES ?x { 1 } }", _GRAPHS)


def quality(visit: Visit) -> Outcome:
    """Whether the format with the higher quality value is given."""
    reply = visit.query("SELECT ?x { VALUES ?x { 1 } }", f"text/csv;q=0.1, {_SOLUTIONS[1]};q=0.9")
    found = "" if reply is None else reply.media_type
    return _yes(found == _SOLUTIONS[1], "the preferred format came", f"{found or 'nothing'} came")


def cors(visit: Visit) -> Outcome:
    """Whether a page of another site may ask."""
    reply = visit.query("ASK {}")
    allowed = "" if reply is None else reply.headers.get("access-control-allow-origin", "")
    return _yes(allowed in ("*", "https://doctor.invalid"), f"allowed for {allowed}", "not allowed")


def validator(visit: Visit) -> Outcome:
    """Whether an answer has an ETag or a Last-Modified, so that caches need not ask for it whole again."""
    reply = visit.query("ASK { ?s ?p ?o }")
    fields = {} if reply is None else reply.headers
    found = [name for name in ("etag", "last-modified") if name in fields]
    return _yes(bool(found), ", ".join(found), "neither ETag nor Last-Modified")


def secure(visit: Visit) -> Outcome:
    """Whether the endpoint is asked over TLS; does not apply to this machine."""
    parts = urlsplit(visit.endpoint)
    if parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return Outcome(None, "asked on this machine")
    return _yes(parts.scheme == "https", "https", parts.scheme)


def graph_store(visit: Visit) -> Outcome:
    """Whether the default graph can be read by the Graph Store HTTP Protocol at /data."""
    if not visit.is_ours:
        return Outcome(None, "the place of a graph store is not known")
    found = triples_of(visit.ask(f"{visit.site}/data?default", "application/n-triples"))
    return _yes(bool(found), f"{len(found):,} triples", "no triples at /data?default")


def ready(visit: Visit) -> Outcome:
    """Whether /readyz says that queries are answered."""
    return _operation(visit, "/readyz")


def healthy(visit: Visit) -> Outcome:
    """Whether /healthz says that the process answers."""
    return _operation(visit, "/healthz")


def metrics(visit: Visit) -> Outcome:
    """Whether /metrics gives counters in the text format of Prometheus."""
    found = _operation(visit, "/metrics")
    reply = visit.ask(f"{visit.site}/metrics") if found.score else None
    if reply is None:
        return found
    return _yes("# TYPE " in reply.text, "counters are given", "it is not the text format of Prometheus")


def _operation(visit: Visit, path: str) -> Outcome:
    if not visit.is_ours:
        return Outcome(None, "the place is not known")
    reply = visit.ask(visit.site + path)
    status = 0 if reply is None else reply.status
    return _yes(status == 200, "status 200", f"status {status}" if status else "no answer")


def _formats(visit: Visit, query: str, media_types: tuple[str, ...]) -> Outcome:
    missing = []
    for media_type in media_types:
        reply = visit.query(query, media_type)
        if reply is None or reply.status != 200 or reply.media_type != media_type or not reply.body:
            missing.append(media_type)
    share = 1 - len(missing) / len(media_types)
    return Outcome(share, f"not given: {', '.join(missing)}" if missing else f"all {len(media_types)} are given")


def _is_true(reply: Reply | None) -> Outcome:
    results = results_of(reply)
    return _yes(isinstance(results, ox.QueryBoolean) and bool(results), "answered", "no valid answer")


def _timed(reply: Reply | None, good: float, bad: float) -> Outcome:
    results = results_of(reply)
    if reply is None or results is None:
        return Outcome(0, "no valid answer")
    return _speed(reply.seconds, good, bad)


def _speed(seconds: float, good: float, bad: float) -> Outcome:
    """Full marks up to ``good`` seconds, none from ``bad``, evenly between."""
    return Outcome(max(0.0, min(1.0, (bad - seconds) / (bad - good))), f"{seconds:.3f} s")


def _yes(met: bool, seen: str, missed: str) -> Outcome:
    return Outcome(1.0 if met else 0.0, seen if met else missed)


def _lexical(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
