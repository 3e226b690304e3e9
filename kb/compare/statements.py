"""Comparisons, counts and drift as statements of the default graph, under names that stay from build to build."""

from collections.abc import Iterable, Iterator
from functools import cache

import pyoxigraph as ox

from kb.compare import Account, Compared, Comparison, Frame, compare
from kb.compare.drift import Drift
from kb.compare.given import Given, read
from kb.dataset import RDF_TYPE, Dataset, Node, node
from kb.namespaces import iri

_term = cache(node)
"""The node of a term of the ontology: there are few of them, and each is used for every comparison."""


def with_comparisons(dataset: Dataset) -> Dataset:
    """The dataset with what is computed between its claims, and with who supports whom.

    A comparison in the data stands instead of the computed one for its pair; what supports is taken from both.
    """
    given = read(dataset)
    return dataset.with_quads([*statements(compare(given)), *coded_support(given)])


def statements(found: Compared) -> Iterator[ox.Quad]:
    """Everything that was computed, frame by frame, then drift."""
    for frame in found.frames:
        yield from _counts(frame)
        for comparison in frame.comparisons:
            yield from _comparison(comparison)
            if comparison.corroborates:
                yield from _support(comparison.relation.left.claim, comparison.relation.right.claim)
        for account in frame.accounts:
            yield from _account(frame, account)
    for drift in found.drifts:
        yield from _drift(drift)


def name_of(comparison: Comparison) -> str:
    """The IRI of a computed comparison: made of its claims in the order of their names, whichever says more."""
    return name_of_pair(*comparison.pair)


def name_of_pair(one: str, other: str) -> str:
    """The IRI that the comparison of two claims has, if it is computed."""
    return iri(f"comparison:{_joined(*sorted((one, other)))}")


def _joined(one: str, other: str) -> str:
    return f"{one.rpartition('/')[2]}-and-{other.rpartition('/')[2]}"


def _counts(frame: Frame) -> Iterator[ox.Quad]:
    """How many tell of a frame, and how many pairs of claims were not compared; the former where anybody does."""
    found, counts = {"t:uncomparedPairs": frame.uncompared}, frame.counts
    if counts is not None:
        found |= {
            "t:independentVoiceCount": counts.independent_voices,
            "t:outletCount": counts.outlets,
            "t:sideCount": counts.sides,
            "t:voiceCount": counts.voices,
        }
    for name, count in sorted(found.items()):
        yield ox.Quad(ox.NamedNode(frame.name), _term(name), _literal(count, "xsd:integer"))


def _comparison(comparison: Comparison) -> Iterator[ox.Quad]:
    subject, relation = ox.NamedNode(name_of(comparison)), comparison.relation
    yield ox.Quad(subject, RDF_TYPE, _term("t:Comparison"))
    yield from _all(subject, "t:byRule", (f"rule:{relation.rule}", f"rule:{comparison.tie.name}"))
    yield from _all(subject, "t:differsIn", (f"detail:{kind}" for kind in relation.differs_in))
    yield ox.Quad(subject, _term("t:independence"), _term(f"independence:{comparison.tie.independence}"))
    yield ox.Quad(subject, _term("t:left"), ox.NamedNode(relation.left.claim))
    if relation.possibly:
        yield ox.Quad(subject, _term("t:onlyPossibly"), _literal("true", "xsd:boolean"))
    yield ox.Quad(subject, _term("t:relation"), _term(f"relation:{relation.relation}"))
    yield ox.Quad(subject, _term("t:right"), ox.NamedNode(relation.right.claim))


def _account(frame: Frame, account: Account) -> Iterator[ox.Quad]:
    subject = node(f"account:{account.name.rpartition('/')[2]}")
    yield ox.Quad(subject, RDF_TYPE, _term("t:Account"))
    yield ox.Quad(subject, _term("t:accountOf"), ox.NamedNode(frame.name))
    for claim in account.claims:
        yield ox.Quad(subject, _term("t:toldIn"), ox.NamedNode(claim.claim))


def _drift(drift: Drift) -> Iterator[ox.Quad]:
    subject = node(f"drift:{_joined(drift.earlier, drift.later)}-{drift.rule}")
    yield ox.Quad(subject, RDF_TYPE, _term("t:Drift"))
    yield ox.Quad(subject, _term("t:byRule"), _term(f"rule:{drift.rule}"))
    yield ox.Quad(subject, _term("t:change"), _term(f"change:{drift.kind}"))
    yield ox.Quad(subject, _term("t:earlier"), ox.NamedNode(drift.earlier))
    yield ox.Quad(subject, _term("t:later"), ox.NamedNode(drift.later))


def coded_support(given: Given) -> Iterator[ox.Quad]:
    """Who supports whom by comparisons in the data."""
    for one, other in given.supporting:
        if one not in given.wanting:
            yield from _support(one, other)


def _support(one: str, other: str) -> Iterator[ox.Quad]:
    """Both ways between two claims that support each other."""
    yield ox.Quad(ox.NamedNode(one), _term("t:corroborates"), ox.NamedNode(other))
    yield ox.Quad(ox.NamedNode(other), _term("t:corroborates"), ox.NamedNode(one))


def _all(subject: ox.NamedNode, name: str, values: Iterable[str]) -> Iterator[ox.Quad]:
    for value in values:
        yield ox.Quad(subject, _term(name), _term(value))


def _literal(value: object, datatype: str) -> Node:
    return ox.Literal(str(value), datatype=node(datatype))
