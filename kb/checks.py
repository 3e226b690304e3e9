"""Consistency: the rules in ``shapes/`` applied to a dataset. The only module that knows pySHACL and rdflib.

pySHACL runs the shapes. It is given the dataset in a pyoxigraph store, which answers the ``sh:select`` queries;
the default graph is moved into ``graph:default`` first, because ``GRAPH ?g`` never reaches a default graph.
What would let faults through unseen is a finding itself: no data, no rules, a rule that sees nothing of what it
is made for, a rule that cannot be run.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox
import rdflib
from pyshacl import consts
from pyshacl.graph_abstraction import OxigraphDataGraph
from pyshacl.validator import Validator

from kb.dataset import RDF_TYPE, Dataset, Node, Subject, parse, text_of
from kb.model import Block, Finding, Place, Severity, Source
from kb.namespaces import DEFAULT_GRAPH, PREFIXES, iri, shorten

_SEVERITY: Final = {
    iri("sh:Info"): Severity.INFO,
    iri("sh:Warning"): Severity.WARNING,
    iri("sh:Violation"): Severity.VIOLATION,
}
_TARGETS: Final = ("sh:targetClass", "sh:targetNode", "sh:targetObjectsOf", "sh:targetSubjectsOf")
_PREFIXED: Final = re.compile(r"(?<![\w?:])([a-z]+):([\w-]*)")
_KNOWN_IRI: Final = re.compile("(?:" + "|".join(re.escape(ns) for ns in PREFIXES.values()) + r")[\w-]+")


@dataclass(frozen=True)
class Rule:
    """A shape that looks at the data by itself: its name, what it says of an offender, how much that weighs."""

    name: str
    severity: Severity
    message: str
    place: Place | None
    classes: tuple[str, ...]
    """IRIs of the classes whose members it looks at; empty where it finds its offenders by a query."""
    across: tuple[str, ...] = ()
    """IRIs of the classes by whose members it joins what several articles say; empty where one article is enough."""
    names: frozenset[str] = frozenset()
    """The IRIs that a rule across articles names, in its query or its constraints."""


def rules(shapes: Sequence[Source]) -> list[Rule]:
    """Every rule in the shapes files, by name; SourceError where a file is not valid Turtle."""
    return sorted(_read(tuple(shapes)).rules.values(), key=lambda rule: rule.name)


def check(dataset: Dataset, shapes: Sequence[Source]) -> list[Finding]:
    """What the rules in ``shapes`` find in ``dataset``, each once, in the order of the files.

    The dataset is whole: hand-written files, what ``kb.derive`` adds, ontology and concepts. A rule that cannot be
    run, or that sees nothing although there is something to see, is a violation under its own name.
    SourceError where a shapes file is not valid Turtle.
    """
    found = {*faults(shapes), *nothing(dataset, shapes), *apply(dataset, shapes)}
    return sorted(found, key=lambda finding: finding.sort_key)


def faults(shapes: Sequence[Source]) -> tuple[Finding, ...]:
    """What is wrong with the rules themselves."""
    return _read(tuple(shapes)).faults


def nothing(dataset: Dataset, shapes: Sequence[Source]) -> list[Finding]:
    """A violation where no rule has anything to look at."""
    expected = {name for rule in rules(shapes) for name in rule.classes}
    if dataset.quads and not (expected and not expected & _present(dataset)):
        return []
    message = "There is nothing to check: no article, no claim, no registry entry. Name the folder that has them."
    return [_fault("nothing-checked", message)]


def apply(
    dataset: Dataset,
    shapes: Sequence[Source],
    *,
    wanted: Callable[[Rule], bool] = lambda rule: True,
    begin: Callable[[str], None] = lambda rule: None,
) -> list[Finding]:
    """What the ``wanted`` rules find; ``begin`` hears the name of each before it is run."""
    known = _read(tuple(shapes))
    chosen = {name: rule for name, rule in known.rules.items() if wanted(rule)}
    with _quiet_literals():
        return list(_findings(dataset, replace(known, rules=chosen), _present(dataset), begin))


def stopped(rule: Rule, seconds: float) -> Finding:
    """The violation for a rule that did not end in time."""
    return _broken(rule.name, f"it did not end within {seconds:g} seconds", rule.place)


def place_of(dataset: Dataset, focus: str, path: str | None) -> Place | None:
    """Where a finding on ``focus`` points to in a dataset, of which only the blocks are looked at."""
    return _Places(dataset).find(focus, path)


def _present(dataset: Dataset) -> set[str]:
    """The classes that have members."""
    return {text_of(quad.object) for quad in dataset.quads if quad.predicate == RDF_TYPE}


@dataclass(frozen=True)
class _Shapes:
    """The shapes files as read: for pySHACL, by the IRI of each rule, and what is wrong with them."""

    graph: rdflib.Graph
    rules: Mapping[str, Rule]
    faults: tuple[Finding, ...]


@lru_cache(maxsize=8)
def _read(shapes: tuple[Source, ...]) -> _Shapes:
    dataset = parse(shapes)
    graph = rdflib.Graph()
    for quad in dataset.quads:
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    found: dict[str, Rule] = {}
    faults: list[Finding] = []
    for subject in {q.subject for q in dataset.quads if q.predicate.value in map(iri, _TARGETS)}:
        if isinstance(subject, ox.NamedNode):
            found[subject.value] = _rule(dataset, subject.value)
        else:
            message = "A shape has a target but no IRI, so that nobody can name it. Give it one."
            faults.append(_fault("unnamed-rule", message))
    for quad in dataset.quads:
        if quad.predicate.value.startswith(PREFIXES["sh"]) and rdflib.URIRef(quad.predicate.value) not in rdflib.SH:
            rule, place = _name(text_of(quad.subject)), dataset.place(text_of(quad.subject), quad.predicate.value)
            faults.append(_broken(rule, f"{shorten(quad.predicate.value)} is no term of SHACL", place))
    if not found:
        faults.append(_fault("no-rules", "There are no rules to check by. Name the folder that has the shapes."))
    return _Shapes(graph, found, tuple(faults))


def _rule(dataset: Dataset, shape: str) -> Rule:
    severity = dataset.value(shape, "sh:severity") or iri("sh:Violation")
    return Rule(
        _name(shape),
        _SEVERITY.get(severity, Severity.VIOLATION),
        dataset.value(shape, "sh:message") or "",
        dataset.place(shape),
        tuple(sorted(text_of(value) for value in dataset.values(shape, "sh:targetClass"))),
        across := tuple(sorted(text_of(value) for value in dataset.values(shape, "t:acrossArticles"))),
        _names(dataset, shape) if across else frozenset(),
    )


def _names(dataset: Dataset, shape: str) -> frozenset[str]:
    """The IRIs in a shape, in its constraints and in its queries."""
    found: set[str] = set()
    for subject in (shape, *dataset.texts(shape, "sh:sparql")):
        for quad in dataset.about(subject):
            value = text_of(quad.object)
            found.add(value)
            if quad.predicate.value == iri("sh:select"):
                found.update(f"{PREFIXES[p]}{name}" for p, name in _PREFIXED.findall(value) if p in PREFIXES)
    return frozenset(found)


def _findings(dataset: Dataset, known: _Shapes, present: set[str], begin: Callable[[str], None]) -> Iterator[Finding]:
    """What each rule finds, one rule after the other, so that a broken one hides nothing but itself."""
    graph = _Data(_store(dataset))
    validator = Validator(graph, shacl_graph=known.graph)
    executor = validator.make_executor()
    places = _Places(dataset)
    try:
        harvested = {str(shape.node): shape for shape in validator.shacl_graph.shapes}
    except Exception as error:
        yield _broken("shapes", _reason(error), None)
        return
    for shape_iri, rule in known.rules.items():
        shape = harvested[shape_iri]
        begin(rule.name)
        try:
            if present.intersection(rule.classes) and not shape.focus_nodes(graph):
                yield _broken(rule.name, "it looked at nothing, although there is something to look at", rule.place)
            for _, node, triples in shape.validate(executor, graph)[1]:
                yield _finding(_properties(node, triples), rule, places)
        except Exception as error:
            yield _broken(rule.name, _reason(error), rule.place)


def _store(dataset: Dataset) -> ox.Store:
    """The dataset in a store, its default graph under the name that ``GRAPH ?g`` can reach."""
    store, default = ox.Store(), ox.NamedNode(DEFAULT_GRAPH)
    for quad in dataset.quads:
        graph = default if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return store


class _Data(OxigraphDataGraph):
    """The data as pySHACL sees it: the union of all graphs."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__(store)
        self._default_union = True

    def __bool__(self) -> bool:
        """True. pySHACL asks this for every result, and else would count all triples each time."""
        return True


def _properties(node: Any, triples: Any) -> dict[Any, Any]:
    """One validation result as pySHACL builds it: its properties, the values without the graph they came from."""
    return {p: o[1] if isinstance(o, tuple) else o for s, p, o in triples if s == node}


def _finding(result: Mapping[Any, Any], rule: Rule, places: "_Places") -> Finding:
    focus, value = str(result[consts.SH_focusNode]), result.get(consts.SH_value)
    detail = None if value is None or str(value) == focus else str(value)
    if focus == DEFAULT_GRAPH and detail is not None:
        focus, detail = detail, None
    found, source = result.get(consts.SH_resultPath), result[consts.SH_sourceShape]
    path = str(found) if isinstance(found, rdflib.URIRef) else None
    return Finding(
        _SEVERITY.get(str(result[consts.SH_resultSeverity]), Severity.VIOLATION),
        _name(str(source)) if isinstance(source, rdflib.URIRef) else rule.name,
        focus,
        _KNOWN_IRI.sub(lambda match: shorten(match.group()), str(result.get(consts.SH_resultMessage, ""))),
        places.find(focus, path),
        detail,
        path,
        str(result[consts.SH_sourceConstraintComponent]),
        value.n3() if detail is not None and isinstance(value, rdflib.URIRef | rdflib.Literal) else None,
    )


class _Places:
    """Finds lines: in the block of an offender or, for a claim, in the graph of the same name."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._by_graph: dict[str, list[Block]] = {}
        for found in dataset.blocks.values():
            for block in found:
                if block.graph is not None:
                    self._by_graph.setdefault(block.graph, []).append(block)

    def find(self, subject: str, predicate: str | None) -> Place | None:
        """The line of ``predicate`` in a block or the graph of ``subject``, else the first line of either."""
        own = sorted(self._dataset.blocks.get(subject, ()), key=_unlikely)
        blocks = (*own, *sorted(self._by_graph.get(subject, ()), key=lambda block: block.place))
        for block in blocks:
            if predicate is not None and predicate in block.predicates:
                return Place(block.place.file, block.predicates[predicate], block.place.end)
        return self._dataset.place(subject) or next((block.place for block in blocks), None)


def _unlikely(block: Block) -> tuple[bool, bool]:
    """Sorts blocks of one subject: what is said in our own voice first, in an article's file before the registry.

    An entry of the registry that has a fault elsewhere too has it where it does not belong.
    """
    return block.graph is not None, not block.place.file.endswith(".trig")


def _name(shape: str) -> str:
    """The short name of a shape: the local name of one of ours, else the prefixed name or the IRI."""
    return shape.removeprefix(PREFIXES["shape"]) if shape.startswith(PREFIXES["shape"]) else shorten(shape)


def _fault(rule: str, message: str, place: Place | None = None) -> Finding:
    return Finding(Severity.VIOLATION, rule, DEFAULT_GRAPH, message, place)


def _broken(rule: str, reason: str, place: Place | None) -> Finding:
    return _fault(rule, f"Broken rule, so that what it guards is not checked: {reason}. Repair the shape.", place)


def _reason(error: Exception) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {getattr(error, 'message', error)}".split())[:300].rstrip(".")


def _term(term: Subject | Node) -> rdflib.term.Node:
    if isinstance(term, ox.Literal):
        datatype = None if term.language else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, lang=term.language, datatype=datatype)
    return rdflib.BNode(term.value) if isinstance(term, ox.BlankNode) else rdflib.URIRef(text_of(term))


@contextmanager
def _quiet_literals() -> Iterator[None]:
    """Silences rdflib on literals that are not of their datatype: the rules say so, with the place."""
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
