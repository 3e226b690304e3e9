"""Rules as they are written: which statements each can see."""

import pytest

from kb import build as builds
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.paths import data_dir
from kb.rules import Rule, looked_along, rules

SHAPES = builds.shapes(data_dir())
NAMED = {rule.name: rule for rule in rules(SHAPES)}


def rule(text: str) -> Rule:
    """The one rule of a shapes file."""
    (found,) = rules([Source("mine.ttl", turtle_prologue() + text, False)])
    return found


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value WHERE { ?value t:holder ?who }",
        "SELECT $this ?value WHERE { ?value t:holder|t:cue ?who ; t:mode mode:stated . }",
        "SELECT $this ?value WHERE { ?value t:holder ?who . FILTER(?who != actor:x && !BOUND(?who)) }",
        "SELECT $this ?value (t:holder AS ?path) { ?value a t:Claim # ?value ?any\n }",
        "SELECT $this ?value { ?value t:holder \"; ?p ?o\" , '{ } ?s ?p' }",
        "SELECT $this ?value { GRAPH ?value { ?value t:reportedIn+ ?who } FILTER(?who IN (actor:x, actor:y)) }",
        "SELECT $this ?value { ?value t:holder ?who . FILTER NOT EXISTS { actor:x t:side ?side } }",
    ],
)
def test_a_query_that_names_its_properties_sees_only_these(query: str) -> None:
    """Variables in other places than that of the property let a rule see nothing else."""
    found = looked_along(query)
    assert found is not None and found <= {
        iri(name)
        for name in (
            *("actor:x", "actor:y", "mode:stated"),
            *("t:Claim", "t:cue", "t:holder", "t:mode", "t:reportedIn", "t:side"),
        )
    }


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value WHERE { ?value ?path ?object }",
        "SELECT $this ?value WHERE { ?value t:holder ?who ; ?path ?object }",
        "SELECT $this ?value WHERE { ?value t:holder ?who . actor:x ?path ?value }",
        "SELECT $this ?value WHERE { <https://example.org/#x> ?path ?value }",
        "SELECT $this ?value WHERE { OPTIONAL { actor:x ?path actor:y } }",
        "SELECT $this ?value WHERE { ?value t:holder [ ?path ?object ] }",
        "SELECT $this ?value WHERE { [] ?path ?value }",
        "SELECT $this ?value WHERE { ?value # of ours\n ?path ?object }",
        "SELECT $this ?value WHERE { ?value !t:holder ?object }",
        "SELECT $this ?value WHERE { ?value !(t:holder|t:cue) ?object }",
        "SELECT $this ?value WHERE { GRAPH ?value { } }",
        "SELECT $this ?value WHERE { ?value other:holder ?object }",
        "PREFIX t: <https://example.org/> SELECT $this ?value WHERE { ?value t:holder ?object }",
    ],
)
def test_a_query_whose_property_may_be_any_sees_everything(query: str) -> None:
    """What may stand for a property, or cannot be told from the words, is taken for any property."""
    assert looked_along(query) is None


def test_a_core_shape_sees_its_path_and_what_it_refers_to() -> None:
    """Properties of shapes inside of a shape are seen too, those of its neighbours are not."""
    sees = rule(
        """shape:x a sh:NodeShape ; sh:targetClass t:Claim ; sh:property shape:y .
        shape:y sh:path ( t:reportedIn [ sh:inversePath t:snapshot ] ) ; sh:minCount 1 .
        shape:z sh:path t:mode ."""
    ).sees
    assert sees is not None and {iri("t:reportedIn"), iri("t:snapshot"), iri("rdf:type")} <= sees
    assert iri("t:mode") not in sees


def test_a_shape_with_terms_beyond_its_properties_sees_everything() -> None:
    """Whether a shape is closed depends on all properties."""
    assert rule("shape:x a sh:NodeShape ; sh:targetClass t:Claim ; sh:closed true .").sees is None


def test_few_rules_see_a_paraphrase_by_name() -> None:
    """Whoever rewords a paraphrase does not wait for the rules on times, places and parts."""
    sees = {name for name, one in NAMED.items() if one.sees is not None and iri("t:paraphrase") in one.sees}
    assert {"claim-paraphrase", "neutral-paraphrase", "paraphrase-names-speaker"} <= sees and len(sees) < 8
    assert sum(one.sees is None for one in NAMED.values()) < len(NAMED) / 5
