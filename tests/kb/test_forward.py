"""Compiled rules, held against owlrl."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks.corpus import Plan, write
from kb import build as builds
from kb import closure, forward, reference
from kb.dataset import RDF_TYPE, Dataset
from kb.errors import SourceError
from kb.forward import Contradiction, Support, Triple, alone, compile_rules, meeting, together
from kb.namespaces import iri, shorten

X = "https://example.org/"
TYPE = RDF_TYPE.value


def axiom(subject: str, name: str, value: str) -> Triple:
    return X + subject, iri(name), iri(value) if ":" in value else X + value


def chain_axiom(conclusion: str, *members: str) -> list[Triple]:
    heads = [f"{X}list-{conclusion}-{n}-{'-'.join(members)}" for n in range(len(members))]
    ends = [*heads[1:], iri("rdf:nil")]
    return [
        (X + conclusion, iri("owl:propertyChainAxiom"), heads[0]),
        *((head, iri("rdf:first"), X + member) for head, member in zip(heads, members, strict=True)),
        *((head, iri("rdf:rest"), end) for head, end in zip(heads, ends, strict=True)),
    ]


def inside(
    axioms: Sequence[Triple], background: Iterable[Triple], said: Mapping[str, Sequence[Triple]]
) -> tuple[dict[Triple, set[Support]], list[Contradiction], set[str]]:
    """What the claims conclude, each conclusion with what it rests on; the contradictions; the claims without any."""
    rules = compile_rules(axioms)
    known = alone(rules, {"": background})
    each = alone(rules, said, known)
    against = {found.support[0] for found in each.contradictions}
    found: dict[Triple, set[Support]] = {}
    for name in rules.relations:
        for s, o, claim in each.concluded(name):
            if claim not in against and name.startswith(X) and " " not in name:
                found.setdefault((s, name, o), set()).add((claim,))
    met = meeting(rules, each, known)
    more, clashes, left = together(rules, met, set(said) - against)
    for triple, support in more.items():
        if triple[1].startswith(X) and " " not in triple[1]:
            found.setdefault(triple, set()).add(support)
    sound = set(said) - against - (set(met.by_claim) - set(left))
    return found, [*each.contradictions, *clashes], sound


def story(seed: int) -> tuple[list[Triple], list[Triple], dict[str, list[Triple]]]:
    """Some axioms of all kinds that are known, a background, and claims about few things, so that they meet."""
    draw = random.Random(seed)
    properties, classes, things = [f"p{n}" for n in range(3)], [f"C{n}" for n in range(3)], [f"x{n}" for n in range(4)]
    kinds = {
        "rdfs:subPropertyOf": (properties, properties),
        "owl:inverseOf": (properties, properties),
        "owl:equivalentProperty": (properties, properties),
        "rdfs:subClassOf": (classes, classes),
        "owl:equivalentClass": (classes, classes),
        "rdfs:domain": (properties, classes),
        "rdfs:range": (properties, classes),
    }
    axioms = []
    for name, (left, right) in kinds.items():
        if draw.random() < 0.5:
            axioms.append(axiom(*draw.sample(left, 1), name, *draw.sample(right, 1)))
    for name in ("owl:TransitiveProperty", "owl:SymmetricProperty"):
        if draw.random() < 0.5:
            axioms.append(axiom(draw.choice(properties), "rdf:type", name))
    for length in (2, 3):
        if draw.random() < 0.5:
            axioms += chain_axiom(draw.choice(properties), *draw.choices(properties, k=length))
    if draw.random() < 0.25:
        axioms.append(axiom(draw.choice(properties), "rdf:type", "owl:AsymmetricProperty"))
    if draw.random() < 0.25:
        axioms.append(axiom(draw.choice(properties), "rdf:type", "owl:IrreflexiveProperty"))
    if draw.random() < 0.25:
        axioms.append(axiom(*draw.sample(classes, 1), "owl:disjointWith", "D"))
    if draw.random() < 0.25:
        axioms.append(axiom(draw.choice(properties), "owl:propertyDisjointWith", "q"))

    def tell(count: int) -> list[Triple]:
        found = []
        for _ in range(count):
            if draw.random() < 0.2:
                found.append((X + draw.choice(things), TYPE, X + draw.choice([*classes, "D"])))
            else:
                found.append((X + draw.choice(things), X + draw.choice([*properties, "q"]), X + draw.choice(things)))
        return found

    return axioms, tell(1), {f"claim-{n}": tell(draw.randint(1, 2)) for n in range(draw.randint(2, 6))}


@pytest.mark.parametrize("seed", range(60))
def test_rules_conclude_what_owlrl_concludes(seed: int) -> None:
    """On claims drawn at random, with axioms of all kinds, both conclude the same and contradictions are the same."""
    axioms, background, said = story(seed)
    rules = compile_rules(axioms)
    if alone(rules, {"": background}).contradictions:
        background = []
    found, clashes, sound = inside(axioms, background, said)
    everything = [triple for claim in said.values() for triple in claim]
    assert bool(reference.conclusions([*background, *everything], axioms)[1]) == bool(clashes)
    given = [triple for claim in sound for triple in said[claim]]
    expected, errors = reference.conclusions([*background, *given], axioms)
    ours = {triple for triple, supports in found.items() if any(sound.issuperset(one) for one in supports)}
    known = {
        triple for triple in reference.conclusions(background, axioms)[0] | set(background) if triple[1].startswith(X)
    }
    assert errors == []
    assert ours - set(given) == {triple for triple in expected if triple[1].startswith(X)} - known


@pytest.mark.parametrize("seed", range(60))
def test_some_statements_at_a_time_conclude_what_all_at_once_do(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few are taken at a time, the conclusions are the same, and so are the contradictions."""
    axioms, _, said = story(seed + 200)
    draw = random.Random(seed)
    background = []
    for n in range(40):
        group = n // 4 if draw.random() < 0.95 else draw.randrange(10)
        thing, other = (f"{X}y{group}-{draw.randrange(3)}" for _ in range(2))
        if draw.random() < 0.2:
            background.append((thing, TYPE, X + draw.choice(("C0", "C1", "D"))))
        else:
            background.append((thing, X + draw.choice(("p0", "p1", "p2", "q")), other))
    background += [(X + "x0", X + "p0", X + "x1"), (X + "x3", TYPE, X + "C0")]
    rules = compile_rules(axioms)

    def told() -> tuple[object, ...]:
        known = alone(rules, {"": background})
        facts = {name: sorted(known.facts(name)) for name in rules.relations}
        concluded = {name: sorted(known.concluded(name)) for name in rules.relations}
        return facts, concluded, known.contradictions, inside(axioms, background, said)

    expected = told()
    monkeypatch.setattr(forward, "_AHEAD", 1)
    for size in (1, 3, 10):
        monkeypatch.setattr(forward, "BATCH", size)
        assert told() == expected


@pytest.mark.parametrize(
    "axioms",
    [
        [axiom("p", "rdf:type", "owl:AsymmetricProperty")],
        [axiom("p", "rdf:type", "owl:TransitiveProperty")],
        [axiom("p", "rdfs:subPropertyOf", "r"), *chain_axiom("s", "r", "q")],
        [axiom("p", "owl:inverseOf", "r"), axiom("r", "owl:propertyDisjointWith", "q")],
        [axiom("p", "rdfs:range", "C"), axiom("C", "owl:disjointWith", "D")],
        chain_axiom("s", "q", "p", "p"),
    ],
)
def test_statements_that_meet_in_a_rule_are_taken_together(
    axioms: list[Triple], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far apart they stand, and whether they conclude something or exclude each other."""
    told = [("b", "q", "a"), ("a", "p", "b"), ("b", "p", "a"), ("b", "p", "e")]
    given = []
    for n, (s, p, o) in enumerate(told):
        given += [(X + s, X + p, X + o), *((f"{X}f{n}-{m}", X + "q", f"{X}g{n}-{m}") for m in range(3))]
    given.append((X + "b", TYPE, X + "D"))
    rules = compile_rules(axioms)
    whole = alone(rules, {"": given})
    monkeypatch.setattr(forward, "BATCH", 1)
    monkeypatch.setattr(forward, "_AHEAD", 1)
    some = alone(rules, {"": given})
    assert len(whole.parts) == 1 and len(some.parts) > 1
    assert some.contradictions == whole.contradictions
    for name in rules.relations:
        assert sorted(some.concluded(name)) == sorted(whole.concluded(name))
    assert whole.contradictions or any(map(whole.concluded, rules.relations))


def test_statements_that_meet_in_no_rule_follow_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains of parts that stand one after the other are cut between them; one that goes on at the end is not cut."""
    part = X + "part"
    rules = compile_rules([(part, TYPE, iri("owl:TransitiveProperty"))])
    monkeypatch.setattr(forward, "BATCH", 2)
    monkeypatch.setattr(forward, "_AHEAD", 1)
    apart = [(f"{X}{name}{n}", part, f"{X}{name}{n + 1}") for name in "abcd" for n in range(3)]
    found = alone(rules, {"": apart})
    assert len(found.parts) == 4 and len(found.concluded(part)) == 4 * 3
    found = alone(rules, {"": [*apart, (X + "a3", part, X + "c0")]})
    assert len(found.parts) == 3 and len(found.concluded(part)) == 2 * 3 + 7 * 8 // 2 - 7


@pytest.mark.parametrize("seed", range(20))
def test_what_a_conclusion_rests_on_is_enough(seed: int) -> None:
    """From nothing but the claims that a conclusion rests on, owlrl draws it; from fewer than two, none of those."""
    axioms, _, said = story(seed + 100)
    found, _, sound = inside(axioms, [], said)
    for triple, supports in found.items():
        for support in supports:
            if len(support) > 1 and sound.issuperset(support):
                given = [one for claim in support for one in said[claim]]
                assert triple in reference.conclusions(given, axioms)[0]
                for claim in support:
                    assert triple not in reference.conclusions(said[claim], axioms)[0]


def test_the_smallest_set_of_claims_is_told() -> None:
    """Of two ways to a conclusion that over fewer claims is given, and it is the same in every order."""
    part = X + "part"
    axioms = [(part, TYPE, iri("owl:TransitiveProperty"))]
    steps = {"e": ("a", "b"), "d": ("b", "c"), "c": ("c", "z"), "b": ("a", "y"), "a": ("y", "z"), "f": ("y", "z")}
    for order in (sorted(steps), sorted(steps, reverse=True)):
        said = {claim: [(X + steps[claim][0], part, X + steps[claim][1])] for claim in order}
        found, _, _ = inside(axioms, [], said)
        assert found[X + "a", part, X + "z"] == {("a", "b")}
        assert found[X + "b", part, X + "z"] == {("c", "d")}


def test_claims_that_contradict_each_other_conclude_nothing_together() -> None:
    """Two claims by which each is part of the other are told; the conclusions of the rest stand."""
    part = X + "part"
    axioms = [(part, TYPE, iri(f"owl:{kind}Property")) for kind in ("Transitive", "Irreflexive")]
    said = {name: [(X + name[0], part, X + name[1])] for name in ("ab", "ba", "bc", "cd")}
    found, clashes, sound = inside(axioms, [], said)
    assert {clash.support for clash in clashes} == {("ab", "ba")}
    assert {clash.thing for clash in clashes} == {X + "a", X + "b"}
    assert found == {(X + "b", part, X + "d"): {("bc", "cd")}}
    assert sound == {"bc", "cd"}


@pytest.mark.parametrize(
    "unknown",
    [
        ("p", "rdf:type", "owl:FunctionalProperty"),
        ("p", "rdf:type", "owl:ReflexiveProperty"),
        ("C", "owl:complementOf", "D"),
        ("C", "owl:onProperty", "p"),
        ("a", "owl:sameAs", "b"),
        ("p", "rdfs:subPropertyOf", "rdf:type"),
        ("C", "rdfs:subClassOf", "owl:Nothing"),
        ("C", "owl:disjointWith", "C"),
        ("p", "owl:propertyChainAxiom", "no-list"),
    ],
)
def test_an_axiom_that_no_rule_is_known_for_is_an_error(unknown: tuple[str, str, str]) -> None:
    """What is not concluded from is not passed over."""
    with pytest.raises(SourceError):
        compile_rules([axiom(*unknown)])


def test_labels_and_declarations_are_no_axioms(example: Dataset) -> None:
    """Of the ontology only that becomes rules from which something follows."""
    names = {name for _, name, _ in closure.axioms_of(example)}
    assert iri("rdfs:label") not in names
    assert {iri("owl:propertyChainAxiom"), iri("rdfs:subClassOf")} <= names


def assert_equal(dataset: Dataset) -> None:
    """All that stands under each perspective is what owlrl concludes from its realis claims, and nothing else."""
    assert list(reference.differences(dataset, closure.close(dataset))) == []


def test_a_conclusion_that_only_one_of_them_draws_is_told(example: Dataset) -> None:
    """One conclusion more, or one fewer, than owlrl has in an inferred graph is a difference."""
    closed = closure.close(example)
    graphs = {*closed.instances("t:InferredGraph")} - {iri("graph:inferred-default")}
    graph = min(name for name in graphs if name in closed.graphs)
    one = closed.graphs[graph][0]
    fewer = replace(closed, quads=tuple(quad for quad in closed.quads if quad != one))
    assert all(told.endswith("only by owlrl") for told in reference.differences(example, fewer))
    assert any(shorten(one.predicate.value) in told for told in reference.differences(example, fewer))
    other = ox.Quad(one.subject, one.predicate, ox.NamedNode("http://x/nobody"), one.graph_name)
    more = list(reference.differences(example, closed.with_quads([other])))
    assert more and all("nobody" in told and told.endswith("only by our rules") for told in more)


def test_rules_and_owlrl_agree_on_the_example(example: Dataset) -> None:
    """The invented story has the same conclusions by both, in the default graph and in each perspective."""
    assert_equal(example)


def test_rules_and_owlrl_agree_on_the_data_that_ships(shipped: Dataset) -> None:
    """So have the encoded articles, through every perspective that ships."""
    assert_equal(shipped)


@pytest.mark.parametrize("seed", [1, 2])
def test_rules_and_owlrl_agree_on_invented_corpora(seed: int, tmp_path: Path) -> None:
    """So has a corpus written at random in the real model."""
    write(Plan(3, seed, 12, 0.3, 0.0, False), tmp_path / "corpus")
    assert_equal(builds.load(tmp_path / "corpus"))
