"""Small queries with the answers that SPARQL 1.1 Query Language (W3C, 2013) prescribes, whatever data there is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A query and its rows: lexical forms in the order of the columns, "" for what is unbound."""

    name: str
    query: str
    rows: tuple[tuple[str, ...], ...]


_XSD = "http://www.w3.org/2001/XMLSchema#"

SAMPLES = (
    Sample("bind", "SELECT ?y { VALUES ?x { 1 2 } BIND ( ?x * 2 AS ?y ) } ORDER BY ?y", (("2",), ("4",))),
    Sample(
        "optional",
        'SELECT ?x ?y { VALUES ?x { 1 2 } OPTIONAL { VALUES ( ?x ?y ) { ( 1 "a" ) } } } ORDER BY ?x',
        (("1", "a"), ("2", "")),
    ),
    Sample(
        "union",
        "SELECT ?x { { VALUES ?x { 1 2 } } UNION { VALUES ?x { 3 } } FILTER ( ?x > 1 ) } ORDER BY ?x",
        (("2",), ("3",)),
    ),
    Sample("minus", "SELECT ?x { VALUES ?x { 1 2 } MINUS { VALUES ?x { 2 } } }", (("1",),)),
    Sample(
        "exists",
        "SELECT ?x { VALUES ?x { <urn:x-a> } FILTER NOT EXISTS { ?x <urn:x-no-property> ?y } }",
        (("urn:x-a",),),
    ),
    Sample(
        "aggregates",
        "SELECT ( COUNT(*) AS ?n ) ( SUM(?x) AS ?sum ) ( MAX(?x) AS ?max ) { VALUES ?x { 1 2 3 } }",
        (("3", "6", "3"),),
    ),
    Sample(
        "having",
        'SELECT ?k ( COUNT(?v) AS ?n ) { VALUES ( ?k ?v ) { ( "a" 1 ) ( "a" 2 ) ( "b" 3 ) } } '
        "GROUP BY ?k HAVING ( COUNT(?v) > 1 )",
        (("a", "2"),),
    ),
    Sample(
        "group-concat",
        'SELECT ( GROUP_CONCAT(?x; SEPARATOR = "|") AS ?all ) { VALUES ( ?k ?x ) { ( 1 "a" ) ( 2 "a" ) } }',
        (("a|a",),),
    ),
    Sample(
        "sub-select",
        "SELECT ?x ?most { VALUES ?x { 1 } { SELECT ( MAX(?y) AS ?most ) { VALUES ?y { 1 5 3 } } } }",
        (("1", "5"),),
    ),
    Sample("path", "SELECT ?y { <urn:x-a> <urn:x-no-property>* ?y }", (("urn:x-a",),)),
    Sample(
        "strings",
        'SELECT ( CONCAT(UCASE("ab"), SUBSTR("xcdy", 2, 2)) AS ?a ) ( STRAFTER("a-b", "-") AS ?b ) '
        '( REPLACE("aaa", "a{2}", "b") AS ?c ) ( ENCODE_FOR_URI("a b/é") AS ?d ) {}',
        (("ABcd", "b", "ba", "a%20b%2F%C3%A9"),),
    ),
    Sample("unicode", 'SELECT ?x ( STRLEN(?x) AS ?n ) { BIND ( "né😀" AS ?x ) }', (("né😀", "3"),)),
    Sample(
        "terms",
        'SELECT ( LANG("x"@en) AS ?a ) ( STR(DATATYPE(1.5)) AS ?b ) ( isNumeric(1) AS ?c ) ( isIRI(<urn:x>) AS ?d ) {}',
        (("en", f"{_XSD}decimal", "true", "true"),),
    ),
    Sample(
        "choice",
        'SELECT ( IF(1 IN ( 1, 2 ), "yes", "no") AS ?a ) ( COALESCE(1 / 0, "none") AS ?b ) {}',
        (("yes", "none"),),
    ),
    Sample(
        "dates",
        f'SELECT ( YEAR(?t) AS ?y ) ( MONTH(?t) AS ?m ) {{ BIND ( "2024-03-05T01:02:03Z"^^<{_XSD}dateTime> AS ?t ) }}',
        (("2024", "3"),),
    ),
    Sample(
        "hash",
        'SELECT ( SHA256("abc") AS ?h ) {}',
        (("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",),),
    ),
    Sample(
        "slice",
        "SELECT DISTINCT ?x { VALUES ?x { 3 1 2 2 } } ORDER BY DESC ( ?x ) LIMIT 1 OFFSET 1",
        (("2",),),
    ),
)
"""One sample for each corner of the language that clients rely on."""
