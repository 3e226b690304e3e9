"""Saved questions: their heads, and parameters that are bound as terms."""

import pyoxigraph as ox
import pytest
from fake_engine import FakeEngine, example

from kb import cards
from kb.errors import SourceError
from kb.namespaces import PREFIXES, iri
from kb.questions import BadValue, Parameter, Question, bound, read, shown, value

HEAD = """\
# title: Who said it?
# description: Claims of some people
#   about something.
# param who (actor, several): Whoever speaks.
# param word (text): A word of the paraphrase.
# param day (date): A day.
"""
QUERY = """\
PREFIX actor: <https://w3id.org/testimonia/actor/>
PREFIX t: <https://w3id.org/testimonia/ontology#>

SELECT ?claim ?who
WHERE {
  VALUES ?who { actor:harbour-office }
  VALUES ?word { UNDEF }
  VALUES ?day { UNDEF }
  ?claim t:holder ?who ; t:paraphrase ?said . # VALUES ?who { actor:nobody }
  FILTER(!BOUND(?word) || CONTAINS(STR(?said), ?word))
}
ORDER BY ?claim
"""


@pytest.fixture(scope="module")
def engine() -> FakeEngine:
    return FakeEngine(example().quads)


def question(head: str = HEAD, query: str = QUERY) -> Question:
    return read("who", head + query, "who.rq")


def parameter(kind: str) -> Parameter:
    return Parameter("x", kind, "X.")


def test_a_head_tells_title_description_and_parameters() -> None:
    """Entries may go on in the next line; defaults are those of the query, none where it has UNDEF."""
    found = question()
    assert (found.title, found.description) == ("Who said it?", "Claims of some people about something.")
    who, word, day = found.parameters
    assert (who.name, who.type, who.several, who.description) == ("who", "actor", True, "Whoever speaks.")
    assert who.default == (ox.NamedNode(iri("actor:harbour-office")),)
    assert (word.type, word.several, word.default, day.type) == ("text", False, (), "date")


@pytest.mark.parametrize(
    ("head", "query", "line", "fault"),
    [
        ("", QUERY, 1, "has no “# title"),
        ("# title: T\n", QUERY, 1, "# description"),
        ("# title: T\n# descripton: D\n", QUERY, 2, "no line of a head"),
        (HEAD + "# param x actor: X.\n", QUERY, 7, "no line of a head"),
        (HEAD + "# title x (text): X.\n", QUERY, 7, "# param name (type)"),
        (HEAD + "# param: X.\n", QUERY, 7, "# param name (type)"),
        (HEAD + "# page: timeline\n", QUERY, 7, "# page: /timeline"),
        (HEAD + "# param x (thng): X.\n", QUERY, 7, "no type 'thng'"),
        (HEAD + "# param x (a||b): X.\n", QUERY, 7, "no type 'a||b'"),
        (HEAD + "# param format (text): X.\n", QUERY, 7, "'format' cannot be the name"),
        (HEAD + "# param firstDay (date): X.\n", QUERY, 7, "'firstDay' cannot be the name"),
        (HEAD + "# param who (actor): X.\n", QUERY, 7, "'who' cannot be the name"),
        (HEAD + "# param role (role): X.\n", QUERY, 7, "no block “VALUES ?role { … }”"),
        (HEAD, QUERY + "VALUES ?who { UNDEF }", 4, "several defaults"),
        (HEAD, QUERY.replace("{ actor:harbour-office }", "{ actor:harbour-office UNDEF }"), 4, "mixes UNDEF"),
    ],
)
def test_a_head_that_is_wrong_is_told_with_its_line(head: str, query: str, line: int, fault: str) -> None:
    """What cannot be read is an error that names file and line."""
    with pytest.raises(SourceError) as told:
        question(head, query)
    assert fault in str(told.value) and f"who.rq:{line}" in str(told.value)


def test_values_take_the_place_of_defaults_and_of_nothing_else() -> None:
    """The query has the given terms in the block of the parameter; a parameter without any has no block at all."""
    found = question()
    without = "\n  VALUES ?word { UNDEF }\n  VALUES ?day { UNDEF }"
    assert bound(found) == QUERY.replace(without, "")
    asked = bound(found, {"who": [ox.NamedNode(iri("actor:a")), ox.NamedNode(iri("actor:b"))], "word": []})
    assert f"VALUES ?who {{ <{iri('actor:a')}> <{iri('actor:b')}> }}" in asked
    assert "# VALUES ?who { actor:nobody }" in asked, "what stands in a comment is no block"


@pytest.mark.parametrize(
    "word",
    [
        '" }',
        '"@en } ?s ?p ?o {',
        "\\",
        '\\"',
        "} UNION { SERVICE <http://127.0.0.1/> { ?a ?b ?c } } #",
        "?who",
        "é\U0001f600",
    ],
)
def test_a_text_stays_a_text(engine: FakeEngine, word: str) -> None:
    """Whatever characters a value has, the query has it as one term and reads no part of it as its own."""
    asked = question(
        "# title: T\n# description: D\n# param word (text): W.\n", "SELECT ?word { VALUES ?word { UNDEF } }"
    )
    assert engine.select(cards.asked(engine, asked, {"word": [word]}).query) == [{"word": ox.Literal(word)}]


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("text", "two words", '"two words"'),
        ("truth", "true", '"true"^^xsd:boolean'),
        ("date", "2022-02-28", '"2022-02-28"^^xsd:date'),
        ("number", "-12", '"-12"^^xsd:integer'),
        ("number", "0.5", '"0.5"^^xsd:decimal'),
        ("actor", "harbour-office", "actor:harbour-office"),
        ("actor", "/actor/harbour-office", "actor:harbour-office"),
        ("actor", "actor:harbour-office", "actor:harbour-office"),
        ("actor", "https://w3id.org/testimonia/actor/harbour-office", "actor:harbour-office"),
        ("mode", "denied", "mode:denied"),
        ("thing", "place/eastquay", "place:eastquay"),
        ("thing", "https://w3id.org/testimonia/claim/x", "claim:x"),
    ],
)
def test_a_value_is_read_as_a_term(kind: str, text: str, term: str) -> None:
    """Slug, path, prefixed name and IRI mean the same thing; what is shown of a term reads as that term."""
    found = value(parameter(kind), text)
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    rows = ox.Store().query(f"{prologue}SELECT ?x {{ VALUES ?x {{ {term} }} }}")
    assert isinstance(rows, ox.QuerySolutions)
    assert [row["x"] for row in rows] == [found]
    assert value(parameter(kind), shown(parameter(kind), found)) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("truth", "yes"),
        ("date", "2022-02-30"),
        ("date", "20220228"),
        ("date", "yesterday"),
        ("number", "1e3"),
        ("number", "١٢"),
        ("number", "9" * 40),
        ("text", "x" * 201),
        ("text", "a\x00b"),
        ("actor", "place/eastquay"),
        ("actor", "a b"),
        ("actor", "x> <y"),
        ("actor", ""),
        ("actor", "../x"),
        ("thing", "eastquay"),
        ("thing", "nothing/x"),
        ("thing", "https://example.org/x"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(kind: str, text: str) -> None:
    """What is no value of the type is told with the parameter's name."""
    with pytest.raises(BadValue) as told:
        value(parameter(kind), text)
    assert told.value.name == "x"


def test_a_question_is_asked_of_what_there_is(engine: FakeEngine) -> None:
    """Several values are alternatives; an empty one asks nothing; what is not there is told with what is like it."""
    found = question()
    both = cards.asked(engine, found, {"who": ["harbour-office", "northport-herald"]})
    one = cards.asked(engine, found, {})
    everybody = cards.asked(engine, found, {"who": [""]})
    counts = [len(engine.select(asked.query)) for asked in (one, both, everybody)]
    assert counts == sorted(set(counts)) and counts[0] > 0
    assert both.given == {"who": ["harbour-office", "northport-herald"], "word": [], "day": []}
    assert everybody.given["who"] == []
    with pytest.raises(BadValue) as told:
        cards.asked(engine, found, {"who": ["harbor-office"]})
    assert told.value.choices[0] == "actor/harbour-office"
    with pytest.raises(BadValue, match="one value"):
        cards.asked(engine, found, {"day": ["2022-01-01", "2022-01-02"]})
    with pytest.raises(BadValue, match="at most 20"):
        cards.asked(engine, found, {"who": ["harbour-office"] * 21})


def test_the_choices_of_a_parameter_are_named(engine: FakeEngine) -> None:
    """Values of our lists and registered things come with their labels; too many are none."""
    shown_as = {choice["value"]: choice["label"] for choice in cards.choices_of(engine, parameter("mode"))}
    assert shown_as["denied"] == "Denied"
    assert {choice["value"] for choice in cards.choices_of(engine, parameter("article"))} == {"2024-03-05-gazette"}
    assert cards.choices_of(engine, parameter("mode"), most=3) == []
    assert cards.choices_of(engine, parameter("date")) == []


def test_a_bare_slug_can_mean_anything_that_it_means_alone(engine: FakeEngine) -> None:
    """A parameter that takes any thing takes a slug without its kind where only one thing has it."""
    asked = question(
        "# title: T\n# description: D\n# param what (thing): W.\n", "SELECT ?what { VALUES ?what { UNDEF } }"
    )
    assert cards.asked(engine, asked, {"what": ["eastquay"]}).given == {"what": ["place/eastquay"]}
    with pytest.raises(BadValue):
        cards.asked(engine, asked, {"what": ["nowhere-at-all"]})


def test_a_parameter_can_name_its_choices(engine: FakeEngine) -> None:
    """Words with bars between them are all that a parameter takes, and what one can choose from."""
    found = question(
        "# title: T\n# description: D\n# param when (before|after): W.\n", "SELECT * { VALUES ?when { UNDEF } }"
    )
    (when,) = found.parameters
    assert (when.type, when.choices) == ("choice", ("before", "after"))
    assert value(when, "after") == ox.Literal("after")
    assert [choice["value"] for choice in cards.choices_of(engine, when)] == ["before", "after"]
    with pytest.raises(BadValue) as told:
        value(when, "during")
    assert told.value.choices == ("before", "after")
