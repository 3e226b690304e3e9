"""What is let in before anything evaluates it."""

import random
import re

import pyoxigraph as ox
import pytest
from places import ROOT

from kb import guard as guards
from kb.errors import LimitError, QueryError
from kb.grammar import MOST_DEPTH, tokens
from kb.guard import LIMITS, READ_AT_ONCE, guard, in_turn
from kb.namespaces import BASE, DEFAULT_GRAPH, PREFIXES, iri
from kb.paths import queries_dir


def refused(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        guard(query)
    return caught.value


def repeated(unit: str, count: int, *, before: str = "", after: str = "", by: str = " ") -> str:
    return f"ASK {{ {before}{by.join([unit] * count)}{after} }}"


AT_THE_LIMIT = {
    "length": lambda most: "ASK {}" + " " * (most - 6),
    "tokens": lambda most: "SELECT " + "?x " * (most - 3) + "{ }",
    "depth": lambda most: "ASK " + "{" * most + "}" * most,
    "operators": lambda most: repeated("1", most + 1, before="FILTER(", after=")", by="||"),
    "clauses": lambda most: repeated("OPTIONAL {}", most),
    "joins": lambda most: repeated("?s ?p ?o .", most),
    "path": lambda most: repeated("<a>", most, before="?s ", after=" ?o", by="/"),
    "closures": lambda most: f"ASK {{ ?s {'(' * most}<a>{')*' * most} ?o }}",
    "values": lambda most: repeated("1", most, before="VALUES ?x {", after="}"),
    "declarations": lambda most: "PREFIX a: <b> " * most + "ASK {}",
    "described": lambda most: "DESCRIBE " + "<a> " * most,
    "graphs": lambda most: "ASK " + "FROM <a> " * most + "{}",
}
"""For each limit, a query that has just as much as is allowed."""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT"),
        ("# a comment { { {\nask {}", "ASK"),
        ("BASE <http://b/> PREFIX x: <y#> construct where { ?s x:p 1 }", "CONSTRUCT"),
        ("PREFIX a:<http://a/> DESCRIBE a:b", "DESCRIBE"),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(query: str, expected: str) -> None:
    """Comments, BASE and PREFIX come before the form, in any letter case."""
    assert guard(query).form == expected


def test_the_dataset_clause_is_read() -> None:
    """FROM and FROM NAMED are resolved against prefixes and the base, and only before the first group."""
    query = (
        "PREFIX c: <http://c/> SELECT (1 AS ?x) FROM c:one FROM <claim/x> FROM NAMED <http://n> WHERE { ?s ?from ?o }"
    )
    found = guard(query)
    assert (found.default_graphs, found.named_graphs) == (("http://c/one", f"{BASE}claim/x"), ("http://n",))
    assert found.prefixes == (("c", "http://c/"),)


def test_the_iris_of_a_query_are_known_with_their_parts() -> None:
    """Each IRI is expanded and has its place, what it is for, and whether it stands inside a GRAPH."""
    query = (
        "BASE <http://b/> PREFIX x: <x#> CONSTRUCT { ?s x:made 1 } FROM <g> WHERE "
        "{ GRAPH x:h { ?s a x:T ; ^x:p/!x:q 'v'^^x:d } ?s <\\u0061> x:a\\,b FILTER(x:f(?s) = x:last) }"
    )
    found = guard(query).iris
    assert [(query[m.at], m.iri.removeprefix("http://b/"), m.role, m.in_graph) for m in found] == [
        ("x", "x#made", "template", False),
        ("<", "g", "graph", False),
        ("x", "x#h", "graph", False),
        ("x", "x#T", "type", True),
        ("x", "x#p", "predicate", True),
        ("x", "x#q", "predicate", True),
        ("x", "x#d", "datatype", True),
        ("<", "a", "predicate", False),
        ("x", "x#a,b", "term", False),
        ("x", "x#f", "function", False),
        ("x", "x#last", "term", False),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { service silent ?where { ?s ?p ?o } }",
        "SELECT * { { # { \n SeRvIcE <x> {} } }",
        "SELECT * { SERVICESILENT<http://127.0.0.1/>{?s ?p ?o} }",
        "PREFIX x: <http://127.0.0.1/> SELECT * { SERVICEx:y{?s ?p ?o} }",
        "PREFIX x: <http://127.0.0.1/> PREFIX SERVICEx: <http://x/> SELECT * { SERVICEx:y{?s ?p ?o} }",
        "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1/>{?x ?y ?z} }",
        "SELECT * { ?s ?p 1SERVICE <http://127.0.0.1/>{?x ?y ?z} }",
        "SELECT * { ?s <http://x/\\u0041#> ?o . SERVICE <http://127.0.0.1/> {?x ?y ?z} }",
        "SELECT * { ?s ?p '''a\\''''SERVICE <http://127.0.0.1/> {?x ?y ?z} }",
        "INSERT DATA { <a> <b> <c> }",
        "PREFIX x: <http://x/> delete where { ?s ?p ?o }",
        "BASE <http://x/> # ASK {}\n DROP ALL",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
        "WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        *(f"{word} GRAPH <a> TO <b>" for word in ("ADD", "MOVE", "COPY", "Create")),
    ],
)
def test_service_and_update_are_refused(query: str) -> None:
    """Nothing that reaches out or writes is let in, whatever its letter case, and wherever the engine would see it."""
    error = refused(query)
    assert error.reason == "forbidden"
    assert error.line is not None and error.hint


@pytest.mark.parametrize("query", ["SELECT * { \\u0053ERVICE <http://127.0.0.1/> {} }", "\\u004COAD <http://x/>"])
def test_escapes_outside_of_texts_are_no_words(query: str) -> None:
    """A keyword spelt with escapes is a syntax error and never that keyword."""
    assert refused(query).reason == "syntax"


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <x> {}" }',
        "SELECT * { ?s <http://x/SERVICE> ?service }",
        "PREFIX ex: <http://x/> SELECT * { ?s ex:SERVICE ex:service }",
        "PREFIX service: <http://x/> SELECT * { ?s service:a ?o . GRAPH service:g { ?s ?p ?o } }",
        'SELECT * { ?s ?p """ } } SERVICE "quoted" { """ }',
        "SELECT * # SERVICE\n{ ?s ?p 'it\\'s { SERVICE' }",
        "ASK { FILTER(1<2 && 3>2) }",
    ],
)
def test_words_inside_strings_names_and_comments_are_no_keywords(query: str) -> None:
    """A harmless query that only mentions a forbidden word is let in."""
    assert guard(query).form in ("SELECT", "ASK")


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_lets_in_what_it_says_and_no_more(name: str) -> None:
    """A query with just as much as a limit allows is let in; with one more it is refused, and the limit is named."""
    most = LIMITS[name].most
    assert guard(AT_THE_LIMIT[name](most)).form in ("ASK", "SELECT", "DESCRIBE")
    error = refused(AT_THE_LIMIT[name](most + 1))
    assert error.reason == ("too-long" if name == "length" else "too-complex")
    assert f"{most:,}" in str(error) and LIMITS[name].what in str(error) and f"“{name}”" in error.hint


@pytest.mark.parametrize("name", LIMITS)
def test_the_engine_survives_what_a_limit_lets_in(name: str) -> None:
    """Queries at the limits are parsed and planned by the engine, in this process."""
    query = AT_THE_LIMIT[name](LIMITS[name].most)
    if name == "tokens":
        query = "SELECT " + " ".join(f"?x{n}" for n in range(LIMITS[name].most - 3)) + " { }"
    assert ox.Store().query(query, base_iri=BASE) is not None


@pytest.mark.parametrize("bracket", ["{", "(", "["])
def test_deep_nesting_is_refused_before_its_syntax_is_looked_at(bracket: str) -> None:
    """Brackets that are never closed are too deep, not only wrong."""
    assert refused("ASK " + bracket * (LIMITS["depth"].most + 1)).reason == "too-complex"


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        (f"ASK {{ ?s ?p {'[ ?p ' * 41}1{']' * 41} ; {' ; '.join(['?q ?o'] * 41)} }}", "joins"),
        (f"ASK {{ ?s ?p ({'1 ' * 40}) }}", "joins"),
        (f"CONSTRUCT WHERE {{ {'?s ?p ?o . ' * 81} }}", "joins"),
        (f"ASK {{ {'VALUES ?x { 1 } ' * 81} }}", "joins"),
        ("ASK { ?s ((<a>+/<b>)*|<c>)* ?o }", "closures"),
        (f"ASK {{ ?s !({'|'.join(['<a>'] * 31)}) ?o }}", "path"),
        (f"ASK {{ ?s {'^(' * 59}<a>{')' * 59} ?o FILTER({'!' * 501}true) }}", "operators"),
        ("SELECT " + " ".join(f"(1 AS ?x{n})" for n in range(201)) + " {}", "clauses"),
        ("ASK { VALUES ?x { " + "1 " * 10_001 + "} }", "values"),
    ],
)
def test_what_costs_as_much_counts_as_much(query: str, limit: str) -> None:
    """Lists, blank nodes, short forms, negated sets and named values count like what they stand for."""
    assert f"“{limit}”" in refused(query).hint


@pytest.mark.parametrize(
    "query",
    [
        "ASK {}",
        "ASK { ?s ?p ?o }",
        "ASK { GRAPH ?g { ?s <p> ?o FILTER(?o > 5 && ?s != <x>) } }",
        "SELECT ?s { ?s a <T> } LIMIT 1000",
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 5",
        "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5",
        "PREFIX x: <y> DESCRIBE x:z",
    ],
)
def test_a_query_that_only_looks_something_up_is_light(query: str) -> None:
    """One triple pattern with few rows, or one thing described, can cost nobody anything."""
    assert guard(query).light


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s a <T> }",
        "SELECT ?s { ?s a <T> } LIMIT 1001",
        "SELECT ?s { ?s a <T> } LIMIT 5 OFFSET 100000",
        "SELECT DISTINCT ?s { ?s a <T> } LIMIT 5",
        "SELECT ?s { ?s a <T> } ORDER BY ?s LIMIT 5",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } LIMIT 1",
        "SELECT ?s { ?s a <T> } GROUP BY ?s LIMIT 1",
        "ASK { ?s ?p ?o . ?a ?b ?c }",
        "ASK { ?s ?p ?o , ?q }",
        "ASK { ?s <a>/<b> ?o }",
        "ASK { ?s <a>* ?o }",
        "ASK { ?s !<a> ?o }",
        "ASK { GRAPH ?g { GRAPH ?h { ?s ?p ?o } } }",
        "ASK { ?s ?p ?o FILTER REGEX(?o, 'a') }",
        "ASK { ?s ?p ?o FILTER(STRLEN(?o) > 5) }",
        "ASK { ?s ?p ?o FILTER NOT EXISTS { ?o ?p ?s } }",
        "ASK { ?s ?p ?o OPTIONAL { ?a ?b ?c } }",
        "ASK { { ?s ?p ?o } UNION {} }",
        "ASK { BIND(1 AS ?x) }",
        "ASK { VALUES ?x { 1 } }",
        "ASK { { SELECT * { ?s ?p ?o } } }",
        "ASK FROM <g> { ?s ?p ?o }",
        "DESCRIBE ?s { ?s ?p ?o }",
        "DESCRIBE <a> <b>",
        "DESCRIBE *",
    ],
)
def test_whatever_can_be_costly_is_not_light(query: str) -> None:
    """Joins, paths, sorting, grouping, functions, sub-selects, datasets and long answers wait with the others."""
    assert not guard(query).light


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("", 1, 1),
        ("PREFIX x: <http://x/>\n  FIND ?x", 2, 3),
        ("SELECT\x00", 1, 7),
        ("PREFIX a", 1, 8),
        ("ASK {\n ?s x:p 1 }", 2, 5),
        ("ASK { <//[> ?p ?o }", 1, 7),
        ("ASK {\n ?s ?p 1\n\n", 2, 9),
        ("ASK {\n ?s ?p '\ud800' }", 2, 9),
    ],
)
def test_what_is_no_query_has_its_place(query: str, line: int, column: int) -> None:
    """A fault of syntax, an unknown prefix, a NUL and half a character have a place; the end that of the last word."""
    error = refused(query)
    assert (error.reason, error.line, error.column) == ("syntax", line, column)


def test_our_own_queries_are_let_in() -> None:
    """Each query that ships is within all limits."""
    for path in sorted(queries_dir().rglob("*.rq")):
        assert guard(path.read_text(encoding="utf-8")).form == "SELECT", path.name


def test_the_whole_table_of_prefixes_may_be_declared() -> None:
    """A query may begin with every prefix there is."""
    prologue = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
    assert guard(f"{prologue}ASK {{ ?c a t:Claim }}").iris[0].iri == iri("t:Claim")


def test_the_page_of_limits_has_all_of_them() -> None:
    """docs/limits.md lists each limit as the table has it."""
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| (.+) \| (.+) \|$", page, re.M)
    assert rows == [(limit.name, f"{limit.most:,}", limit.what, limit.why) for limit in LIMITS.values()]


@pytest.mark.parametrize(
    ("group", "column"),
    [
        ("{ SELECT ?s { ?s ?p ?o } }", 25),
        ("{ SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }", 25),
        ("{ SELECT (STR(?g) AS ?x) { ?s ?p ?o } }", 25),
        ("{ SELECT * { ?s ?p ?o } }", 25),
        ("?a ?b ?c OPTIONAL { { SELECT DISTINCT ?s WHERE { ?s ?p ?o } } }", 45),
        ("{ SELECT ?g ?s { { SELECT ?s { ?s ?p ?o } } } }", 42),
        ("GRAPH <x:g> { ?s ?p ?o } { SELECT ?s { ?s ?p ?o } }", 50),
    ],
)
def test_a_sub_select_that_would_lose_its_graph_is_refused(group: str, column: int) -> None:
    """The engine answers it without saying of which graph its rows are, and counts over all: no attribution is lost."""
    error = refused(f"SELECT * {{ GRAPH ?g {{ {group} }} }}")
    assert (error.reason, error.line, error.column) == ("too-complex", 1, column)
    assert "?g" in str(error) and "?g" in error.hint


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { GRAPH ?g { { SELECT ?s $g { ?s ?p ?o } } } }",
        "SELECT * { GRAPH ?g { { SELECT ?g (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?g } } }",
        "SELECT * { GRAPH <x:g> { { SELECT ?s { ?s ?p ?o } } } }",
        "SELECT * { GRAPH ?g { GRAPH <x:g> { { SELECT ?s { ?s ?p ?o } } } } }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } { SELECT ?s { ?s ?p ?o } } }",
        "SELECT * { { SELECT ?g ?s { GRAPH ?g { ?s ?p ?o } } } }",
    ],
)
def test_a_sub_select_that_keeps_its_graph_is_let_in(text: str) -> None:
    """One that selects the variable, or stands in a graph that is named, or outside."""
    assert guard(text).form == "SELECT"


def test_what_is_refused_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text, refused once, is refused out of memory, with the same words."""
    text = "ASK { ?s ?p } # read once"
    first = refused(text)
    monkeypatch.setattr("kb.grammar.read", lambda text: pytest.fail("read again"))
    again = refused(text)
    assert (str(again), again.line, again.column) == (str(first), first.line, first.column)


def test_long_texts_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is read another waits, is told after a while to come again; a short one never waits."""
    monkeypatch.setattr("kb.guard._PATIENCE", 0.1)
    long = "ASK {} #" + "x" * READ_AT_ONCE
    with in_turn(long):
        with pytest.raises(LimitError) as caught:
            guard(long)
        assert caught.value.reason == "busy" and caught.value.retry_after
        assert guard("ASK {} # meanwhile").form == "ASK"
    assert guard(long).form == "ASK"


def test_reading_stops_where_there_is_too_much() -> None:
    """Brackets are read until there is one too many, and a text of many comparisons not ten times."""
    assert len(tokens("{" * 50_000)) == MOST_DEPTH + 1
    compared = "&&".join(["?a<?b&&?c>?d"] * 2_000)
    assert refused(f"SELECT * {{ FILTER({compared}) }}").reason == "syntax"
    assert guard("SELECT * { FILTER(" + "&&".join(["?a<?b&&?c>?d"] * 10) + ") }").form == "SELECT"


def test_words_are_spelled_as_the_engine_takes_them() -> None:
    """Truth values in small letters, and the default graph asked for without its name, all at their places."""
    named = "GRAPH <https://w3id.org/testimonia/graph/default>"
    text = f"ASK {{ FILTER(TRUE || False) {named} {{ ?s ?p 'TRUE' }} GRAPH ?g {{ {named} {{ ?s ?p true }} }} }}"
    found = guard(text)
    blank = " " * len(named)
    assert found.spelled(text) == text.replace("TRUE |", "true |").replace("False", "false").replace(named, blank, 1)
    assert found.spelled(text, moved=True) == text.replace("TRUE |", "true |").replace("False", "false")
    plain = f"ASK FROM <x:g> {{ {named} {{ ?s ?p ?o }} }}"
    assert guard(plain).spelled(plain) == plain


CONSTANTS = (
    *(
        "<a:b>",
        "<x:>",
        "<a:b#c>",
        "<a:'b'>",
        "<a#b>",
        "<b>",
        "<",
        "<=",
        "<a:b",
        f"<{DEFAULT_GRAPH}>",
        "x:y",
        "g:default",
    ),
    *(
        '"x"',
        "'x'",
        '""',
        "'#'",
        '"<a:b>"',
        "'\"'",
        '"\'"',
        '"""',
        "'''",
        '"""a"""',
        '"a\\"b"',
        '"',
        "'",
        "\\",
        "1",
        "?v",
    ),
    *("# it's\n", '# <a:b> "\n', "#", "\n", "true", "TRUE", "GRAPH", "FROM", "SERVICE", "\x00", "{", "}", "&&", ">"),
    "PREFIX g: <https://w3id.org/testimonia/graph/>",
)
"""What a query may have where another has a constant, and what only looks like one."""


def outcome(text: str) -> object:
    """What is known of a query, or why it is refused."""
    try:
        found = guard(text)
    except QueryError as error:
        return str(error), error.reason, error.line, error.column
    return found, found.prefixes, found.iris


@pytest.mark.parametrize("seed", range(4))
def test_a_query_is_read_as_if_nothing_like_it_had_been(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries that differ in constants only are read once; whatever stands there, nobody can tell that from what is
    known of them."""
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in sorted(queries_dir().glob("*.rq"))]
    texts += [
        "PREFIX g: <a:> ASK { GRAPH g:default { ?s ?p ?o } }",
        "ASK { GRAPH <a:b> { ?s ?p 'x' FILTER(?s = <a:b> && ?o > 3) } } # why",
        "PREFIX x: <a:b> SELECT * FROM <a:b> { ?s x:y 'b'@en } LIMIT 5",
        "DESCRIBE <a:b>",
        'SELECT * { GRAPH <a:b> { { SELECT ?s { ?s ?p "x" } } } }',
    ]
    texts = [text for text in texts if len(text) <= READ_AT_ONCE]
    known: dict[str, guards.Guarded] = {}
    alike = 0
    for _ in range(400):
        text = chance.choice(texts)
        places = [*re.finditer(r"<[^<>\s]*>|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*|\b[a-z]+:\w+", text)]
        for place in sorted(chance.sample(places, min(len(places), chance.randint(0, 3))), key=lambda m: -m.start()):
            text = text[: place.start()] + chance.choice(CONSTANTS) + text[place.end() :]
        monkeypatch.setattr(guards, "_outlines", {})
        guards._remembered.cache_clear()
        anew = outcome(text)
        monkeypatch.setattr(guards, "_outlines", known)
        guards._remembered.cache_clear()
        alike += guards._outline(text) in known
        assert outcome(text) == anew, text
    assert alike > 20 and known
