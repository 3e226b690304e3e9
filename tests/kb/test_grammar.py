"""SPARQL 1.1 as it is read before anything evaluates it."""

import pyoxigraph as ox
import pytest

from kb import grammar
from kb.paths import queries_dir

PREFIXES = "PREFIX x: <http://x/> PREFIX : <http://y/> "
GOOD = [
    "SELECT * { ?s x:p 'a'@en-GB , 1.5 ; a [ x:q () ] . } ORDER BY DESC(?x) ?y LIMIT 3 OFFSET 2",
    "ASK { ?s ^a/(x:b|!(^x:c|a))* ?o . OPTIONAL { ?s ?p ?o } "
    "FILTER(?x > 3 && NOT EXISTS { ?a ?b ?c } || ?x IN (1, -2)) }",
    "SELECT DISTINCT (COUNT(DISTINCT *) AS ?n) (GROUP_CONCAT(?x; SEPARATOR=', ') AS ?y) FROM <a> FROM NAMED x:b WHERE "
    "{ { ?a ?b ?x } UNION { GRAPH ?g { ?a x:a/x:b+|^x:c? ?x } } MINUS { ?x ?y 1 } } GROUP BY (STR(?a) AS ?k) ?b HAVING "
    "(COUNT(*) > 1) ORDER BY ASC(?k) LIMIT 5",
    "CONSTRUCT { ?s x:p [ x:q ?o ] , (1 2) . _:b a x:C } WHERE { SELECT ?s ?o { ?s !x:p ?o ; !(x:a|^x:b|a) true . } }",
    "CONSTRUCT FROM <g> WHERE { ?s a x:C ; x:p 'v'^^x:t }",
    "DESCRIBE x:a <b> ?c { ?c a x:D } OFFSET 1 LIMIT 1",
    "SELECT ?x (IF(BOUND(?x),1,2) AS ?y) (-?x*+3/2.5e3 AS ?z) { [] ?p (1 [x:a 1] ()) . [ x:q 2 ] . (1) x:r 3 . "
    "FILTER REGEX(STR(?x),'a','i') FILTER <http://www.w3.org/2001/XMLSchema#boolean>(?x) "
    "FILTER(!BOUND(?y) && ?x NOT IN (1,2)) } VALUES ?x { 1 'a' x:b UNDEF }",
    "SELECT * { { SELECT ?a { ?a ?b ?c } GROUP BY ?a } . { } . BIND(COALESCE(?a, ?b) AS ?z) . ?q ?w ?e . } "
    "VALUES () { () }",
    "ASK{?s?p?o;a<x>.?s x:a\\,b x:c.d.?e x:f'''g''';:h\"i\"@en-us}",
    "ASK { FILTER(?a<?b && ?c>?d) FILTER(1<2) FILTER(?a<=?b&&?c>=3||?d!=4) }",
    "SELECT*{?s?p 1.?s?p 1.0.?s?p .5.?s?p 1e3.?s ?p -1,+2,-.5}",
    "ASK { ?x x:p+1 . ?x x:p/x:q* 5 . ?x (x:a)?/x:b ?y . ?x ^(x:a/^x:b) ?y }",
    "ASK # c\n{ # } SERVICE\n ?s ?p '#' , <#> . # x\r?s ?p ?o }",
    "SELECT (UUID() AS ?u) (BNODE('a') AS ?c) (SUBSTR('a',1,2) AS ?d) (REPLACE('a','b','c','i') AS ?e) {}",
    "ASK { <http://x/\\u0041#b> ?p _:c.d }",
]
BAD = [
    ("SELCT * {}", 0, "SELCT"),
    ("SELECT ?x, ?y {}", 0, ","),
    ("ASK { ?s ?p ?o ?a ?b ?c }", 0, "?a"),
    ("ASK { ?s ?p }", 0, "}"),
    ("ASK { ?s ?p word }", 0, "word"),
    ("ASK { FILTER(?a == 1) }", 1, "="),
    ("SELECT * {} LIMIT 1 ORDER BY ?x", 0, "ORDER"),
    ('ASK { ?s ?p "open }', 0, '"open }'),
    ("ASK {} ;", 0, ";"),
    ("ASK { FILTER(REGEX('a')) }", 0, ")"),
    ("ASK { [] }", 0, "}"),
    ("ASK { << ?s ?p ?o >> ?a ?b }", 0, "<"),
    ("ASK { ?s ?p ?o LATERAL { ?s ?p ?o } }", 0, "LATERAL"),
    ("SELECTDISTINCT ?x {}", 0, "SELECTDISTINCT"),
]


def accepted(query: str) -> bool:
    try:
        ox.Store().query(query, base_iri="http://b/")
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("query", GOOD)
def test_what_the_standard_allows_is_read(query: str) -> None:
    """A query of the standard has no fault, and the engine takes it too."""
    assert grammar.read(PREFIXES + query).fault is None
    assert accepted(PREFIXES + query)


@pytest.mark.parametrize("query", GOOD)
def test_a_query_without_one_of_its_tokens_is_judged_as_the_engine_judges_it(query: str) -> None:
    """Whatever single token is left out, nothing is refused that the engine takes, but words without a space."""
    text = PREFIXES + query
    for token in grammar.tokens(text)[6:]:
        shorter = f"{text[: token.at]} {text[token.at + len(token.text) :]}"
        assert grammar.read(shorter).fault is None or not accepted(shorter), shorter


def test_our_own_queries_are_read() -> None:
    """Each query that ships follows the grammar."""
    files = sorted(queries_dir().rglob("*.rq"))
    assert files
    assert [path.name for path in files if grammar.read(path.read_text(encoding="utf-8")).fault is not None] == []


@pytest.mark.parametrize(("query", "nth", "token"), BAD)
def test_a_fault_is_found_at_its_very_token(query: str, nth: int, token: str) -> None:
    """The first token that cannot stand where it stands is the one that is told."""
    reading = grammar.read(query)
    assert reading.fault is not None
    place = [found.text for found in reading.tokens[: reading.fault.index]].count(token)
    assert (reading.tokens[reading.fault.index].text, place) == (token, nth)


def test_what_could_stand_there_is_told() -> None:
    """A fault lists the classes of token that were possible, also where the text ends too soon."""
    reading = grammar.read("ASK { ?s ?p ?o")
    assert reading.fault is not None and reading.fault.index == len(reading.tokens)
    assert {".", ";", ",", "}", "FILTER"} <= reading.fault.expected


def test_the_rules_that_begin_are_told_in_their_order() -> None:
    """Readers of a query learn where objects, steps and functions begin."""
    reading = grammar.read("ASK { ?s <a>/<b> 1 FILTER(STR(?s) = 'x') }")
    told = [
        (reading.tokens[index].text, rule) for index, rule in reading.begun if rule in ("Step", "Object", "Function")
    ]
    assert told == [("<a>", "Step"), ("<b>", "Step"), ("1", "Object"), ("STR", "Function")]


@pytest.mark.parametrize("opening", ['"""', "'''", '"', "'"])
def test_a_text_that_is_not_closed_is_one_token(opening: str) -> None:
    """What follows open quotes is not read again and again: it is one token, to the end or to the end of its line."""
    found = grammar.tokens(f"ASK {{ {opening}" + "\\\"\\'" * 40_000)
    assert [token.kind for token in found] == ["word", "mark", "open"]


def test_reading_stops_where_a_query_is_too_long() -> None:
    """Of a flood of tokens only as many are read as show that there are too many."""
    assert len(grammar.tokens("a." * 50_000)) == grammar.MOST_TOKENS + 1
