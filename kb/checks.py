"""Consistency: the rules in ``shapes/`` applied to a dataset. The only module that knows pySHACL and rdflib.

pySHACL runs the shapes. It is given the dataset in a pyoxigraph store, which answers the ``sh:select`` queries;
the default graph is moved into ``graph:default`` first, because ``GRAPH ?g`` never reaches a default graph.
What would let faults through unseen is a finding itself: no data, no rules, a rule that sees nothing of what it
is made for, a rule that cannot be run.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox
import rdflib
from pyshacl import consts
from pyshacl.graph_abstraction import OxigraphDataGraph
from pyshacl.validator import Validator

from kb import rules
from kb.dataset import Dataset, Node, Subject, statements, text_of
from kb.model import Finding, Severity, Source
from kb.namespaces import DEFAULT_GRAPH, PREFIXES, shorten
from kb.rules import SEVERITY, Places, Rule, name_of

_KNOWN_IRI: Final = re.compile("(?:" + "|".join(re.escape(ns) for ns in PREFIXES.values()) + r")[\w-]+")


def check(dataset: Dataset, shapes: Sequence[Source]) -> list[Finding]:
    """What the rules in ``shapes`` find in ``dataset``, each once, in the order of the files.

    The dataset is whole: hand-written files, what ``kb.derive`` adds, ontology and concepts. A rule that cannot be
    run, or that sees nothing although there is something to see, is a violation under its own name.
    SourceError where a shapes file is not valid Turtle.
    """
    known = rules.rules(shapes)
    places = Places(dataset)
    inside = {rule.name for rule in known if rule.inside}
    applied = (
        replace(found, place=found.place or places.find(found.focus, found.path, inside=found.rule in inside))
        for findings in apply(dataset, shapes, known).values()
        for found in findings
    )
    found = {*faults(shapes), *rules.nothing(dataset, known), *applied}
    return sorted(found, key=lambda finding: finding.sort_key)


def faults(shapes: Sequence[Source]) -> tuple[Finding, ...]:
    """What is wrong with the rules themselves."""
    dataset = rules.read(tuple(shapes))
    found = []
    if rules.nameless(dataset):
        message = "A shape has a target but no IRI, so that nobody can name it. Give it one."
        found.append(rules.fault("unnamed-rule", message))
    for quad in dataset.quads:
        if quad.predicate.value.startswith(PREFIXES["sh"]) and rdflib.URIRef(quad.predicate.value) not in rdflib.SH:
            subject = text_of(quad.subject)
            reason = f"{shorten(quad.predicate.value)} is no term of SHACL"
            found.append(rules.broken(name_of(subject), reason, dataset.place(subject, quad.predicate.value)))
    if not rules.rules(shapes):
        message = "There are no rules to check by. Name the folder that has the shapes."
        found.append(rules.fault("no-rules", message))
    return tuple(found)


def apply(
    dataset: Dataset,
    shapes: Sequence[Source],
    wanted: Iterable[Rule],
    *,
    begin: Callable[[str], None] = lambda rule: None,
) -> dict[str, list[Finding]]:
    """What the ``wanted`` rules of ``shapes`` find, by the rule, without places; ``begin`` hears of each rule before.

    Where the shapes cannot be read as such, that is found under the name ``shapes``.
    """
    found: dict[str, list[Finding]] = {}
    with _quiet_literals():
        for rule, finding in _findings(dataset, _graph(tuple(shapes)), wanted, begin):
            findings = found.setdefault(rule, [])
            if finding is not None:
                findings.append(finding)
    return found


@lru_cache(maxsize=8)
def _graph(shapes: tuple[Source, ...]) -> rdflib.Graph:
    """The shapes as pySHACL takes them."""
    graph = rdflib.Graph()
    for quad in statements(shapes):
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


def _findings(
    dataset: Dataset, shapes: rdflib.Graph, wanted: Iterable[Rule], begin: Callable[[str], None]
) -> Iterator[tuple[str, Finding | None]]:
    """Each rule, and what it finds, one after the other, so that a broken one hides nothing but itself."""
    graph, present = _Data(_store(dataset)), rules.present(dataset)
    validator = Validator(graph, shacl_graph=shapes)
    executor = validator.make_executor()
    try:
        harvested = {str(shape.node): shape for shape in validator.shacl_graph.shapes}
    except Exception as error:
        yield "shapes", rules.broken("shapes", _reason(error), None)
        return
    for rule in wanted:
        shape = harvested[rule.iri]
        begin(rule.name)
        yield rule.name, None
        try:
            if present.intersection(rule.classes) and not shape.focus_nodes(graph):
                reason = "it looked at nothing, although there is something to look at"
                yield rule.name, rules.broken(rule.name, reason, rule.place)
            for _, node, triples in shape.validate(executor, graph)[1]:
                yield rule.name, _finding(_properties(node, triples), rule)
        except Exception as error:
            yield rule.name, rules.broken(rule.name, _reason(error), rule.place)


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


def _finding(result: Mapping[Any, Any], rule: Rule) -> Finding:
    focus, value = str(result[consts.SH_focusNode]), result.get(consts.SH_value)
    detail = None if value is None or str(value) == focus else str(value)
    if focus == DEFAULT_GRAPH and detail is not None:
        focus, detail = detail, None
    found, source = result.get(consts.SH_resultPath), result[consts.SH_sourceShape]
    path = str(found) if isinstance(found, rdflib.URIRef) else None
    return Finding(
        SEVERITY.get(str(result[consts.SH_resultSeverity]), Severity.VIOLATION),
        name_of(str(source)) if isinstance(source, rdflib.URIRef) else rule.name,
        focus,
        _KNOWN_IRI.sub(lambda match: shorten(match.group()), str(result.get(consts.SH_resultMessage, ""))),
        None,
        detail,
        path,
        str(result[consts.SH_sourceConstraintComponent]),
        value.n3() if detail is not None and isinstance(value, rdflib.URIRef | rdflib.Literal) else None,
    )


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
