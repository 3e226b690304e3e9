"""What is told of an empty answer."""

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example

from kb import cards, hints
from kb.guard import guard
from kb.namespaces import DEFAULT_GRAPH, PREFIXES

PROLOGUE = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
TABLES = ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
GRAPHS = (
    ox.RdfFormat.TURTLE,
    ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.RDF_XML,
    ox.RdfFormat.JSON_LD,
    ox.RdfFormat.TRIG,
    ox.RdfFormat.N_QUADS,
)


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine(example().quads)


def told(engine: FakeEngine, query: str) -> str:
    return hints.hint(
        guard(PROLOGUE + query),
        lambda name, role: cards.occurs(engine, name, role),
        lambda name: cards.alike(engine, name),
    )


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("SELECT * { ?e sem:eventType ?x }", "sem:eventType is what claims say"),
        ("SELECT * { ?e a sem:Event }", "sem:Event is what claims say"),
        (
            f"SELECT * FROM <{DEFAULT_GRAPH}> FROM NAMED claim:2024-03-05-gazette-demand {{ ?e sem:eventType ?x }}",
            "sem:eventType is what claims say",
        ),
        ("SELECT * { GRAPH ?g { ?c t:holder ?x } }", "t:holder is not used inside the graphs of claims"),
        ("SELECT * { ?c t:holdr ?x }", "property t:holdr. Did you mean t:holder?"),
        ("SELECT * { ?c a t:Clam }", "class t:Clam. Did you mean t:Claim?"),
        ("SELECT * { ?c t:holder actor:northport-heralt }", "Did you mean actor:northport-herald"),
        ("SELECT * { GRAPH claim:none { ?s ?p ?o } }", "There is no graph claim:none."),
        ("SELECT * FROM claim:none { ?s ?p ?o }", "There is no graph claim:none."),
        ("SELECT * { ?s <http://x/é> ?o }", "Nothing in the data has the property <http://x/\\xe9>."),
        ("SELECT * { ?c t:holder/foaf:nothing ?x }", "foaf:nothing"),
        ("SELECT * { ?c rdfs:lable ?x }", "property rdfs:lable. Did you mean rdfs:label?"),
        ('SELECT * { ?c rdfs:label "Northport Gazette" }', 'write "..."@en'),
    ],
)
def test_a_name_that_is_not_where_it_was_asked_is_told(engine: FakeEngine, query: str, hint: str) -> None:
    """Names that do not occur, or occur on the other side of GRAPH only, are told with what is like them."""
    found = told(engine, query)
    assert hint in found
    assert found.isascii() and "\n" not in found and len(found) <= hints.MOST


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?c t:holder ?x }",
        "SELECT * { GRAPH ?c { ?e a sem:Event } ?c t:holder ?x }",
        f"SELECT * FROM <{DEFAULT_GRAPH}> {{ ?c t:holder ?x }}",
        "SELECT * FROM claim:2024-03-05-gazette-demand { ?e sem:eventType ?x }",
        "CONSTRUCT { ?c t:nothing ?x } { ?c t:holder ?x }",
        "ASK { FILTER(xsd:integer('1') = '2'^^<http://x/none>) }",
        'SELECT * { ?c rdfs:label "none"@en FILTER(?c = "none") }',
        "ASK {}",
    ],
)
def test_of_a_query_that_asks_rightly_nothing_is_told(engine: FakeEngine, query: str) -> None:
    """Where every name is where it was asked, or only made, called or a datatype, there is no hint."""
    assert told(engine, query) == ""


def test_only_the_first_names_are_looked_up() -> None:
    """A query with thousands of names costs a few look-ups, and each name is looked up once."""
    asked: list[str] = []

    def occurs(name: str, role: str) -> frozenset[str]:
        asked.append(name)
        return frozenset({"default", "claims"})

    names = " ".join(f"<http://x/{number % 500}>" for number in range(5000))
    query = f"ASK {{ ?s <http://x/p> <http://x/p> VALUES ?s {{ {names} }} }}"
    assert hints.hint(guard(query), occurs, lambda name: []) == ""
    assert len(asked) == hints.LOOKED_AT and asked[:3] == ["http://x/p", "http://x/p", "http://x/0"]


@pytest.mark.parametrize("media_type", TABLES)
def test_an_empty_table_is_seen_in_every_format(media_type: str) -> None:
    """A table without rows is empty, and one with a single row of nothing is not."""
    form = ox.QueryResultsFormat.from_media_type(media_type)
    store = ox.Store()
    for query, empty in (
        ("SELECT ?a ?b { ?a ?b ?c }", True),
        ("SELECT * {} LIMIT 0", True),
        ("SELECT ?a { VALUES ?a { 1 } }", False),
        ("SELECT ('}' AS ?a) {}", False),
    ):
        assert hints.is_empty(store.query(query).serialize(format=form) or b"", media_type) is empty


@pytest.mark.parametrize("media_type", TABLES[:2])
def test_no_is_empty_and_yes_is_not(media_type: str) -> None:
    """The answer ``false`` can want an explanation, ``true`` cannot."""
    form = ox.QueryResultsFormat.from_media_type(media_type)
    for query, empty in (("ASK { ?a ?b ?c }", True), ("ASK {}", False)):
        assert hints.is_empty(ox.Store().query(query).serialize(format=form) or b"", media_type) is empty


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
def test_an_empty_graph_is_seen_in_every_format(form: ox.RdfFormat) -> None:
    """A graph without triples is empty, with or without prefixes, and one with a triple is not."""
    triple = ox.Triple(ox.BlankNode("x"), ox.NamedNode("http://x/p"), ox.Literal(""))
    for triples, empty in (([], True), ([triple], False)):
        for prefixes in ({}, {"x": "http://x/"}):
            body = ox.serialize(triples, format=form, prefixes=prefixes) or b""
            assert hints.is_empty(body, form.media_type) is empty
