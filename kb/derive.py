"""What follows mechanically from entries: realis, selectors, time bounds. Never written by hand.

The terms added here carry ``t:computedBy`` in the ontology; ``handwritten`` finds them where somebody typed them.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import pyoxigraph as ox

from kb.dataset import RDF_TYPE, Dataset, node
from kb.model import Finding, Severity
from kb.namespaces import STAMPS, iri, shorten
from kb.times import bounds

_TRUE = ox.Literal("true", datatype=node("xsd:boolean"))
_FALSE = ox.Literal("false", datatype=node("xsd:boolean"))


def derive(dataset: Dataset) -> Dataset:
    """The dataset with ``t:realis`` of claims, Web Annotation selectors of anchors, and time bounds."""
    return dataset.with_quads(derived(dataset, dataset.quads))


def derived(dataset: Dataset, quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """What ``derive`` adds; time bounds of the expressions in ``quads`` only."""
    return [*_realis(dataset), *_selectors(dataset), *_stamps(quads)]


def handwritten(dataset: Dataset) -> list[Finding]:
    """A violation for each computed term or graph in hand-written data; give it the dataset before ``derive``.

    Conclusions are exempt from the rules on what may stand outside of claims, so that nobody may type one.
    """
    computed = {q.subject.value for q in dataset.default if q.predicate == node("t:computedBy")}  # type: ignore[union-attr]
    typed = dict.fromkeys(
        (q.subject.value, q.predicate.value)
        for q in dataset.quads
        if q.predicate.value in computed and isinstance(q.subject, ox.NamedNode)
    )
    return [
        Finding(
            Severity.VIOLATION,
            "hand-written-computed-term",
            graph,
            "Graphs of conclusions are made at build and must not be written by hand. Remove it, or make it a claim.",
            dataset.place(graph),
        )
        for graph in dataset.instances("t:InferredGraph")
    ] + [
        Finding(
            Severity.VIOLATION,
            "hand-written-computed-term",
            subject,
            f"{shorten(predicate)} is computed at build and must not be written by hand. Remove the line.",
            dataset.place(subject, predicate),
            path=predicate,
        )
        for subject, predicate in typed
    ]


def is_realis(dataset: Dataset, claim: str) -> bool:
    """Whether a claim speaks of something as having happened: positive, in a realis mode, and so all the way up."""
    seen: set[str] = set()
    current: str | None = claim
    while current is not None and not dataset.is_a(current, "schema:NewsArticle"):
        mode = dataset.value(current, "t:mode")
        if current in seen or mode is None or dataset.value(current, "t:polarity") != iri("polarity:positive"):
            return False
        if dataset.value(mode, "t:realisMode") != "true":
            return False
        seen.add(current)
        current = dataset.value(current, "t:reportedIn")
    return current is not None


def _realis(dataset: Dataset) -> Iterator[ox.Quad]:
    for claim in dataset.instances("t:Claim"):
        yield ox.Quad(ox.NamedNode(claim), node("t:realis"), _TRUE if is_realis(dataset, claim) else _FALSE)


def _selectors(dataset: Dataset) -> Iterator[ox.Quad]:
    for anchor in dataset.instances("oa:SpecificResource"):
        selector = ox.NamedNode(f"{anchor}#selector")
        yield ox.Quad(ox.NamedNode(anchor), node("oa:hasSelector"), selector)
        yield ox.Quad(selector, RDF_TYPE, node("oa:TextPositionSelector"))
        for ours, theirs in (("t:start", "oa:start"), ("t:end", "oa:end")):
            for value in dataset.values(anchor, ours):
                yield ox.Quad(selector, node(theirs), value)


def _stamps(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    expression = node("t:edtf")
    for quad in quads:
        if quad.predicate != expression or not isinstance(quad.object, ox.Literal):
            continue
        try:
            found = bounds(quad.object.value)
        except ValueError:
            continue  # kb.evidence.times says so, with its place
        for name, stamp in STAMPS.items():
            day: date | None = getattr(found, name)
            if day is not None:
                value = ox.Literal(day.isoformat(), datatype=node("xsd:date"))
                yield ox.Quad(quad.subject, node(stamp), value, quad.graph_name)
