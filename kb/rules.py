"""The rules of ``shapes/`` as they are written: their names, what they say, and which statements each can see.

Nothing is applied here; ``kb.checks`` does that, with pySHACL.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from kb.dataset import RDF_TYPE, Dataset, parse, text_of
from kb.model import Block, Finding, Place, Severity, Source
from kb.namespaces import DEFAULT_GRAPH, PREFIXES, iri, shorten

SEVERITY: Final = {
    iri("sh:Info"): Severity.INFO,
    iri("sh:Warning"): Severity.WARNING,
    iri("sh:Violation"): Severity.VIOLATION,
}
_TARGETS: Final = ("sh:targetClass", "sh:targetNode", "sh:targetObjectsOf", "sh:targetSubjectsOf")
_PREFIXED: Final = re.compile(r"(?<![\w?:])([a-z]+):([\w-]*)")
_ALWAYS: Final = frozenset(iri(name) for name in ("rdf:first", "rdf:rest", "rdf:type", "rdfs:subClassOf"))
"""Properties that any rule may look at: SHACL finds the members of classes by them."""
_PLAIN: Final = frozenset(
    iri(f"sh:{name}")
    for name in re.findall(
        r"\w+",
        """
    alternativePath and class datatype description disjoint equals flags hasValue ignoredProperties in
    inversePath languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength
    message minCount minExclusive minInclusive minLength name node nodeKind not oneOrMorePath or path
    pattern prefixes property select severity sparql targetClass targetNode targetObjectsOf
    targetSubjectsOf uniqueLang xone zeroOrMorePath zeroOrOnePath
    """,
    )
)
"""Terms of SHACL that look along the properties that a shape names, and no others."""
_MASKED: Final = re.compile(
    r"(?P<iri><[^<>\s]*>)|\"{3}.*?\"{3}|'{3}.*?'{3}|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?P<comment>\#[^\n]*)",
    re.S,
)
"""IRIs, and what says nothing of properties: strings and comments."""
_WORD: Final = re.compile(r"<[^<>\s]*>|[?$]\w+|[A-Za-z][\w-]*:[\w-]*|\w+|\S")
_OPEN: Final = frozenset("{}.)]")
"""Signs behind which a subject may stand."""


@dataclass(frozen=True)
class Rule:
    """A shape that looks at the data by itself: its name, what it says of an offender, how much that weighs."""

    iri: str
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
    inside: bool = False
    """Whether what it tells of a claim is told in the claim's graph, not in its block, where both have the property."""
    sees: frozenset[str] | None = None
    """The IRIs of all properties that it can look along; None where it may look along any."""


def rules(shapes: Sequence[Source]) -> list[Rule]:
    """Every rule in the shapes files, by name; SourceError where a file is not valid Turtle."""
    dataset = read(tuple(shapes))
    found = {text_of(q.subject) for q in dataset.quads if q.predicate.value in map(iri, _TARGETS)}
    named = {q.subject.value for q in dataset.quads if isinstance(q.subject, ox.NamedNode)}
    said: dict[str, list[ox.Quad]] = {}
    for quad in dataset.quads:
        said.setdefault(text_of(quad.subject), []).append(quad)
    return sorted((_rule(dataset, said, shape) for shape in found & named), key=lambda rule: rule.name)


@lru_cache(maxsize=8)
def read(shapes: tuple[Source, ...]) -> Dataset:
    """The shapes files as a dataset; SourceError where one is not valid Turtle."""
    return parse(shapes)


def nameless(dataset: Dataset) -> bool:
    """Whether a shape that looks at the data by itself has no IRI."""
    return any(q.predicate.value in map(iri, _TARGETS) and isinstance(q.subject, ox.BlankNode) for q in dataset.quads)


def nothing(dataset: Dataset, rules: Iterable[Rule]) -> list[Finding]:
    """A violation where no rule has anything to look at."""
    expected = {name for rule in rules for name in rule.classes}
    if dataset.quads and not (expected and not expected & present(dataset)):
        return []
    message = "There is nothing to check: no article, no claim, no registry entry. Name the folder that has them."
    return [fault("nothing-checked", message)]


def present(dataset: Dataset) -> set[str]:
    """The classes that have members."""
    return {text_of(quad.object) for quad in dataset.quads if quad.predicate == RDF_TYPE}


def stopped(rule: Rule, seconds: float) -> Finding:
    """The violation for a rule that did not end in time."""
    return broken(rule.name, f"it did not end within {seconds:g} seconds", rule.place)


def fault(rule: str, message: str, place: Place | None = None) -> Finding:
    """A violation of nobody in particular."""
    return Finding(Severity.VIOLATION, rule, DEFAULT_GRAPH, message, place)


def broken(rule: str, reason: str, place: Place | None) -> Finding:
    """The violation for a rule that could not be applied."""
    return fault(rule, f"Broken rule, so that what it guards is not checked: {reason}. Repair the shape.", place)


def name_of(shape: str) -> str:
    """The short name of a shape: the local name of one of ours, else the prefixed name or the IRI."""
    return shape.removeprefix(PREFIXES["shape"]) if shape.startswith(PREFIXES["shape"]) else shorten(shape)


class Places:
    """Finds lines: in the block of an offender or, for a claim, in the graph of the same name."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._by_graph: dict[str, list[Block]] = {}
        for found in dataset.blocks.values():
            for block in found:
                if block.graph is not None:
                    self._by_graph.setdefault(block.graph, []).append(block)

    def find(self, subject: str, predicate: str | None, *, inside: bool = False) -> Place | None:
        """The line of ``predicate`` in a block or the graph of ``subject``, else the first line of either.

        With ``inside`` the graph is looked into first.
        """
        own = sorted(self._dataset.blocks.get(subject, ()), key=_unlikely)
        graph = sorted(self._by_graph.get(subject, ()), key=lambda block: block.place)
        blocks = [*graph, *own] if inside else [*own, *graph]
        for block in blocks:
            if predicate is not None and predicate in block.predicates:
                return Place(block.place.file, block.predicates[predicate], block.place.end)
        return self._dataset.place(subject) or next((block.place for block in blocks), None)


def _unlikely(block: Block) -> tuple[bool, bool]:
    """Sorts blocks of one subject: what is said in our own voice first, in an article's file before the registry.

    An entry of the registry that has a fault elsewhere too has it where it does not belong.
    """
    return block.graph is not None, not block.place.file.endswith(".trig")


def _rule(dataset: Dataset, said: Mapping[str, Sequence[ox.Quad]], shape: str) -> Rule:
    severity = dataset.value(shape, "sh:severity") or iri("sh:Violation")
    across = tuple(sorted(dataset.texts(shape, "t:acrossArticles")))
    return Rule(
        shape,
        name_of(shape),
        SEVERITY.get(severity, Severity.VIOLATION),
        dataset.value(shape, "sh:message") or "",
        dataset.place(shape),
        tuple(sorted(dataset.texts(shape, "sh:targetClass"))),
        across,
        _names(dataset, shape) if across else frozenset(),
        dataset.value(shape, "t:toldInContent") == "true",
        _sees(said, shape),
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


def _sees(said: Mapping[str, Sequence[ox.Quad]], shape: str) -> frozenset[str] | None:
    """The properties that a shape can look along: those named in it, in what it refers to, and in its queries."""
    seen, todo = set(_ALWAYS), [shape]
    done: set[str] = set()
    while todo:
        subject = todo.pop()
        if subject in done:
            continue
        done.add(subject)
        for quad in said.get(subject, ()):
            predicate, value = quad.predicate.value, text_of(quad.object)
            if predicate.startswith(PREFIXES["sh"]) and predicate not in _PLAIN:
                return None
            if predicate == iri("sh:select"):
                found = looked_along(value)
                if found is None:
                    return None
                seen |= found
            elif not isinstance(quad.object, ox.Literal):
                seen.add(value)
                if predicate not in (iri("sh:prefixes"), iri("sh:class"), iri("sh:targetClass"), RDF_TYPE.value):
                    todo.append(value)
    return frozenset(seen)


def looked_along(select: str) -> frozenset[str] | None:
    """The IRIs in a query, among them each property that it looks along; None where it may look along any.

    It may where a variable stands for a property, and it is taken to where that cannot be told from the words alone.
    """
    masked = _MASKED.sub(lambda found: found["iri"] or (" " if found["comment"] else ' "" '), select)
    words = _WORD.findall(masked)
    start = words.index("{") if "{" in words else len(words)
    if {word.upper() for word in words} & {"BASE", "DESCRIBE", "PREFIX", "SERVICE"}:
        return None
    found: set[str] = set()
    for at, word in enumerate(words):
        if word.startswith("<"):
            found.add(word[1:-1])
        elif ":" in word[1:]:
            prefix, _, local = word.partition(":")
            if prefix not in PREFIXES:
                return None
            found.add(PREFIXES[prefix] + local)
        if at >= start and _may_be_any(words[at : at + 3]):
            return None
    return frozenset(found)


def _may_be_any(words: Sequence[str]) -> bool:
    """Whether three words of a query may begin with a triple whose property is a variable, or a path that excludes."""
    first, second, third = (*words, "", "")[:3]
    variable = second.startswith(("?", "$"))
    if first.startswith(("?", "$")) or first in (";", "[", "]"):
        return variable
    if first == "!":
        return second[:1] in ("(", "^", "<") or ":" in second or second == "a"
    if first in _OPEN:
        return second == "(" or (first == "{" and second == "}") or (_is_iri(second) and third.startswith(("?", "$")))
    return False


def _is_iri(word: str) -> bool:
    return word.startswith("<") or ":" in word[1:]
