"""What is let in before anything evaluates it."""

import pytest

from kb.errors import QueryError
from kb.guard import MAX_CHAIN, MAX_DEPTH, MAX_LENGTH, MAX_TOKENS, Guarded, guard
from kb.namespaces import BASE


def reason(query: str) -> str:
    with pytest.raises(QueryError) as caught:
        guard(query)
    return caught.value.reason


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
    assert guard(query) == Guarded("SELECT", ("http://c/one", f"{BASE}claim/x"), ("http://n",))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { service silent ?where { ?s ?p ?o } }",
        "SELECT * { { # { \n SeRvIcE <x> {} } }",
        "INSERT DATA { <a> <b> <c> }",
        "PREFIX x: <http://x/> delete where { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
        "WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_service_and_update_are_refused(query: str) -> None:
    """Nothing that reaches out or writes is let in, whatever its letter case or surroundings."""
    assert reason(query) == "forbidden"


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <x> {}" }',
        "SELECT * { ?s <http://x/SERVICE> ?service }",
        "PREFIX ex: <http://x/> SELECT * { ?s ex:SERVICE ex:service }",
        'SELECT * { ?s ?p """ } } SERVICE "quoted" { """ }',
        "SELECT * # SERVICE\n{ ?s ?p 'it\\'s { SERVICE' }",
        "ASK { FILTER(1<2 && 3>2) }",
    ],
)
def test_words_inside_strings_names_and_comments_are_no_keywords(query: str) -> None:
    """A harmless query that only mentions a forbidden word is let in."""
    assert guard(query).form in ("SELECT", "ASK")


@pytest.mark.parametrize("bracket", ["{", "(", "["])
def test_deep_nesting_is_refused_before_any_parser_recurses(bracket: str) -> None:
    """One level over the limit is too deep, of any bracket; the limit itself is not."""
    assert reason("ASK " + bracket * (MAX_DEPTH + 1)) == "too-complex"
    assert guard("ASK " + bracket * MAX_DEPTH).form == "ASK"


def test_a_million_brackets_are_refused_by_length() -> None:
    """A query over the length limit is refused whatever is in it."""
    assert reason("ASK " + "{" * MAX_LENGTH) == "too-long"


@pytest.mark.parametrize("link", ["+1", "/<a>", "||true", "!", " UNION {}", " OPTIONAL {}"])
def test_long_flat_chains_are_refused(link: str) -> None:
    """The engine recurses over flat chains as well, so they are counted."""
    assert reason("ASK { " + link * (MAX_CHAIN + 1)) == "too-complex"


def test_too_many_tokens_are_refused() -> None:
    """A long list of values is refused by its number of tokens."""
    assert reason("SELECT * { VALUES ?x { " + "1 " * MAX_TOKENS + "} }") == "too-complex"


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [("", 1, 1), ("PREFIX x: <http://x/>\n  FIND ?x", 2, 3), ("SELECT\x00", 1, 7), ("PREFIX a", 1, 9)],
)
def test_what_is_no_query_has_its_place(query: str, line: int, column: int) -> None:
    """A query without a form, or with a NUL, is a syntax error with line and column."""
    with pytest.raises(QueryError) as caught:
        guard(query)
    assert (caught.value.reason, caught.value.line, caught.value.column) == ("syntax", line, column)
