"""What is told of a query that is not valid."""

import pyoxigraph as ox
import pytest

from kb import grammar
from kb.errors import QueryError
from kb.guard import guard
from kb.mistakes import MISTAKES, RULES, Scene, excerpt, explained
from kb.namespaces import PREFIXES

AGAINST_THE_GRAMMAR = {
    "no query at all": ("# nothing", "", "Begin with one of these"),
    "graph of a dataset": ("SELECT * FROM WHERE { ?s ?p ?o }", "WHERE", "the IRI of a graph"),
    "escaped for HTML": ("ASK { FILTER(?y &lt; 3) }", "&", "write the character itself"),
    "smart quotes": ("ASK { ?x ?p “hello” }", "“", "straight quotes"),
    "backslash": ("\\u0041SK {}", "\\", "inside texts and IRIs only"),
    "text not closed": ('ASK { ?s ?p "abc }', '"abc }', "not closed"),
    "operator of another language": ("ASK { FILTER(?s == ?o) }", "=", "a single “=”"),
    "later standard": ("ASK { << ?s ?p ?o >> ?a ?b }", "<", "SPARQL 1.2"),
    "brackets": ("ASK {\n { ?s ?p ?o\n", "", "“{” at line 2, column 2 is not closed"),
    "commas in SELECT": ("SELECT ?x, ?y { ?x ?p ?y }", ",", "without commas"),
    "nothing selected": ("SELECT { ?s ?p ?o }", "{", "with “*”"),
    "declaration": ("@prefix x: <http://x/> . ASK {}", "@prefix", "without “@”"),
    "name of a value": ("SELECT (COUNT(?s)) { ?s ?p ?o }", ")", "AS ?name"),
    "order of modifiers": ("SELECT * {} LIMIT 3 ORDER BY ?x", "ORDER", "ORDER BY, LIMIT"),
    "number expected": ("SELECT * {} LIMIT ten", "ten", "LIMIT takes a whole number"),
    "datatype or language": ('ASK { ?s ?p "a"^^date }', "date", "xsd:date"),
    "IRI": ("ASK { <a b> ?p ?o }", "<", "no spaces"),
    "condition": ("ASK { FILTER ?o > 3 }", "?o", "FILTER( … )"),
    "braces missing": ("ASK { OPTIONAL ?s ?p ?o }", "?s", "OPTIONAL { … }"),
    "misspelt or bare word": ("SELCT * {}", "SELCT", "Did you mean SELECT?"),
    "variable without name": ("ASK { ? ?p ?o }", "?", "right behind its “?”"),
    "dot missing": ("ASK {\n ?s ?p ?o\n ?a ?b ?c }", "?a", "A “.” is missing"),
    "triple not whole": ("ASK { ?s ?p }", "}", "the object is missing"),
    "more after the end": ("ASK {};", ";", "without “;”"),
}
"""For each mistake: a query with it, the token at fault, and what the hint says."""

MORE = [
    ("ASK { ?s ?p '''abc }", "'''abc }", "on whatever line"),
    ("ASK { ?s ?p 'it's' }", "s", "A quote inside a text"),
    ("ASK { FILTER(?s = ?o & ?p = 1) }", "&", "“&&”"),
    ("ASK { FILTER(?s = ?o | ?p = 1) }", "|", "“||”"),
    ("ASK { FILTER(?x AND ?y) }", "AND", "“&&”"),
    ("ASK { FILTER(?x OR ?y) }", "OR", "“||”"),
    ("ASK { FILTER(1 <> 2) }", ">", "“!=”"),
    ("ASK { FILTER(1 => 2) }", ">", "“>=”"),
    ("ASK { FILTER(1 !== 2) }", "=", "“!=”"),
    ("ASK { FILTER(?o LIKE 'a') }", "LIKE", "CONTAINS"),
    ("ASK { ?s ?p ?o LATERAL { ?s ?p ?o } }", "LATERAL", "SPARQL 1.1"),
    ("ASK { ?s ?p (1 2 }", "}", "“(” at line 1, column 13 is still open"),
    ("ASK { ?s ?p ?o }}", "}", "no open bracket"),
    ("SELECT COUNT(?s) AS ?n {}", "COUNT", "(COUNT( … ) AS ?name)"),
    ("SELECT (COUNT(?s) AS n) {}", "n", "AS ?n"),
    ("ASK { BIND(?x = 3) }", ")", "AS ?name"),
    ("SELECT * {} ORDER ?s", "?s", "ORDER BY"),
    ("SELECT * { ?s ?p ?o LIMIT 3 }", "LIMIT", "behind the closing"),
    ("PREFIX x <http://x/> ASK {}", "x", "PREFIX x: <"),
    ("PREFIX x: http://x/ ASK {}", "http:", "angle brackets"),
    ("PREFIX x: <http://x/>; ASK {}", ";", "without “;”"),
    ("ASK { NOT EXISTS { ?s ?p ?o } }", "NOT", "FILTER NOT EXISTS"),
    ("ASK { ?s = 3 }", "=", "inside FILTER"),
    ("ASK { ?s ?p ?o REGEX(?o, 'a') }", "REGEX", "inside FILTER"),
    ("ASK { ?s ?p ?o OPTIONL { ?s ?p ?o } }", "OPTIONL", "OPTIONAL?"),
    ("ASK { FILTER(contain('a', 'b')) }", "contain", "CONTAINS?"),
    ("ASK { FILTER(frobnicate('a')) }", "frobnicate", "no function"),
    ("ASK { ?s ?p hello }", "hello", '"hello"'),
    ("ASK { ?name ?p ?o . name ?q 1 }", "name", "?name"),
    ('ASK { ?s "p" ?o }', '"p"', "A predicate is"),
    ("ASK { ?s ?p 'a'@ }", "@", "language tag"),
    ("ASK {} WHERE {}", "WHERE", "one WHERE"),
]

AGAINST_OTHER_RULES = {
    "undeclared prefix": ("ASK { ?c a t:Claim }", "t:Claim", f"PREFIX t: <{PREFIXES['t']}>"),
    "IRI": ("ASK { <http://%zz> ?p ?o }", "<http://%zz>", "no valid IRI"),
    "text": ('ASK { FILTER REGEX("a", "\\d") }', '"\\d"', "“\\\\”"),
    "chained comparison": ("ASK { FILTER(1 < ?x < 3) }", "<", "not chained"),
    "rows of VALUES": ("ASK { VALUES (?a ?b) { (1 2) (3) } }", "(", "UNDEF"),
    "blank nodes": ("ASK { ?s ?p _:a . { ?s ?p _:a } }", "_:a", "another group"),
    "misplaced aggregate": ("ASK { FILTER(COUNT(?x) > 1) }", "COUNT", "HAVING"),
    "name that is taken": ("SELECT * { ?s ?p ?o BIND(1 AS ?s) }", "?s", "takes a new name"),
    "selected variables": ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "?s", "GROUP BY ?s"),
}

MORE_RULES = [
    ('ASK { ?s ?p "\\uD83D\\uDE00" }', '"\\uD83D\\uDE00"', "halves of characters"),
    ("ASK { ?s rdsf:label ?o }", "rdsf:label", "Did you mean “rdf:”?"),
    ("ASK { ?s qqqqq:x ?o }", "qqqqq:x", "Known prefixes: account,"),
    ('ASK { ?s ?p "\\n\\t\\d" }', '"\\n\\t\\d"', "“\\\\”"),
    ("ASK { ?s ?p 'a'@abcdefghij }", "@abcdefghij", "eight letters"),
    ("ASK { VALUES (?a ?a) { (1 2) } }", "VALUES", "twice"),
    ("SELECT ?x ?x {}", "?x", "selected twice"),
    ("SELECT * { ?s ?p ?o } GROUP BY ?s", "*", "“*” cannot"),
    ("SELECT ?s ?p (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s", "?p", "add ?p to GROUP BY"),
    ("SELECT ?s { ?s ?p ?o } HAVING(COUNT(?o) > 1)", "?s", "GROUP BY ?s"),
    ("SELECT (1 AS ?s) { ?s ?p ?o }", "?s", "choose another name"),
]


def told(query: str) -> QueryError:
    """What becomes of a query: the guard's word on it or the engine's, explained."""
    try:
        guard(query)
        ox.Store().query(query, base_iri="http://b/")
    except QueryError as error:
        return explained(error, query)
    except SyntaxError as error:
        return explained(QueryError(str(error), reason="syntax", line=1, column=1), query)
    raise AssertionError(f"{query} is valid")


@pytest.mark.parametrize(
    ("query", "token", "hint"), [*AGAINST_THE_GRAMMAR.values(), *MORE, *AGAINST_OTHER_RULES.values(), *MORE_RULES]
)
def test_a_common_mistake_is_found_and_explained(query: str, token: str, hint: str) -> None:
    """The token at fault is named, and the hint says in plain words what to do."""
    error = told(query)
    assert (error.reason, error.token) == ("syntax", token)
    assert hint in error.hint


def test_every_mistake_of_the_tables_has_its_case() -> None:
    """No kind of mistake is without a test."""
    assert list(AGAINST_THE_GRAMMAR) == [mistake.name for mistake in MISTAKES]
    assert list(AGAINST_OTHER_RULES) == [rule.name for rule in RULES]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_each_mistake_is_told_by_its_own_rule(mistake: object) -> None:
    """The first rule that speaks of a case is the one meant for it."""
    query = AGAINST_THE_GRAMMAR[mistake.name][0]  # type: ignore[attr-defined]
    reading = grammar.read(query)
    assert reading.fault is not None
    scene = Scene(query, reading, reading.fault.index, reading.fault.expected)
    assert next(found for found in MISTAKES if found.hint(scene)) is mistake


def test_a_mistake_nobody_foresaw_has_its_place_and_no_hint() -> None:
    """Where no rule speaks, place, token and what was expected are told all the same."""
    error = told("DESCRIBE")
    assert (error.line, error.column, error.hint) == (1, 9, "")
    assert "expected a variable, an IRI or “*”" in str(error)


@pytest.mark.parametrize(
    ("text", "at", "length", "expected"),
    [
        ("ASK { foo }", 6, 3, "ASK { foo }\n      ^^^"),
        ("a\n\tfoo\nb", 3, 3, " foo\n ^^^"),
        ("漢字 foo", 3, 3, "漢字 foo\n     ^^^"),
        ("e\u0301 漢", 3, 1, "e\u0301 漢\n  ^^"),
        ("", 0, 1, "\n^"),
        ("ASK {", 5, 1, "ASK {\n     ^"),
        ("a\r\nfoo\r\n", 3, 3, "foo\n^^^"),
        ("x\u202ey\x1b[2J", 0, 1, "x y [2J\n^"),
    ],
)
def test_the_caret_stands_under_the_token(text: str, at: int, length: int, expected: str) -> None:
    """Tabs, wide and combining characters are counted as they are shown, and nothing moves the cursor."""
    assert excerpt(text, at, length) == expected


@pytest.mark.parametrize("at", [0, 30, 500, 996])
def test_of_a_long_line_a_window_is_shown(at: int) -> None:
    """The excerpt of a long line is cut at both ends, says so, and the caret is under the right word."""
    text = " ".join(f"{number:03}" for number in range(250))
    shown, carets = excerpt(text, at // 4 * 4, 3).split("\n")
    assert len(shown) <= 102 and shown.startswith("…") is (at > 50) and shown.endswith("…") is (at < 949)
    assert shown[carets.index("^") : carets.index("^") + 3] == f"{at // 4:03}"


def test_an_error_without_a_place_stays_as_it_is() -> None:
    """A refusal for size has no line and gets no excerpt."""
    error = QueryError("Too long.", reason="too-long", hint="Split it.")
    assert explained(error, "ASK {}") is error


def test_a_refusal_has_its_line_too() -> None:
    """SERVICE is shown where it stands, with the hint of the refusal."""
    error = told("ASK {\n  SERVICE <http://x/> {} }")
    assert (error.reason, error.token, error.excerpt) == (
        "forbidden",
        "SERVICE",
        "  SERVICE <http://x/> {} }\n  ^^^^^^^",
    )
    assert "at home" in error.hint
