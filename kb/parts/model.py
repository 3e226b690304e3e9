"""The nouns of checking part by part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kb.dataset import Dataset, statements
from kb.model import Block, Finding, Place, Source
from kb.rules import Rule
from kb.sources import folder_of
from kb.style.names import Unknown, described
from kb.work import Begin

Blocks = Mapping[str, Sequence[tuple[str, Block]]]
"""For each of some names the blocks of that subject, and those in the graph of that name, with their subjects."""


@dataclass(frozen=True)
class Part:
    """One article as files: its own, and its registry file where it has one. The part "" is the shared files."""

    slug: str
    files: tuple[Source, ...]


@dataclass(frozen=True)
class Links:
    """What others need to know of a part, told by its statements alone."""

    contents: tuple[str, ...]
    """A hash of the statements of each of its files."""
    described: tuple[str, ...]
    """What it describes outside of the graphs of claims, and nodes: what may be referred to."""
    registry: tuple[str, ...]
    """What of this its registry file describes."""
    graphs: tuple[str, ...]
    """The graphs in which it has statements."""
    refers: tuple[str, ...]
    """What it refers to that neither it nor a shared file describes."""
    across: Mapping[str, str]
    """For each class of ``t:acrossArticles``, the statements that the rules on it name, as N-Quads."""


@dataclass(frozen=True)
class Look:
    """What the text of a part shows: its layout, its strange names, and where everything stands."""

    layout: tuple[Finding, ...]
    strange: tuple[Unknown, ...]
    """Names that neither it nor the ontology describes, with their places."""
    lines: str
    """Where each subject stands, as JSON: by subject its blocks, each with the number of the file, the first and the
    last line, the graph, and the line of each property. Empty where that is to be found in the memory."""


@dataclass(frozen=True)
class Seen:
    """What a rule found in a part, without places, and a hash of the statements that it can see there."""

    content: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Judgement:
    """What all rules for one part found in it, without places.

    ``rules`` tells it rule by rule where the part was checked by itself, else it is empty.
    """

    findings: tuple[Finding, ...]
    rules: Mapping[str, Seen]


@dataclass(frozen=True)
class Shared:
    """What all parts see: the ontology, the shared files, the shapes."""

    files: tuple[Source, ...]
    shapes: tuple[Source, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def ontology(self) -> Dataset:
        """The vocabulary, without places."""
        return Dataset(statements([file for file in self.files if folder_of(file) == "ontology"]), {})

    @cached_property
    def data(self) -> Dataset:
        """The other shared files, without places."""
        return Dataset(statements([file for file in self.files if folder_of(file) != "ontology"]), {})

    @cached_property
    def described(self) -> frozenset[str]:
        """What the ontology and the shared files describe."""
        return described(self.ontology) | described(self.data)

    @property
    def across(self) -> dict[str, frozenset[str]]:
        """For each class of rules across articles, the IRIs that these rules name."""
        found: dict[str, frozenset[str]] = {}
        for rule in self.rules:
            for name in rule.across:
                found[name] = found.get(name, frozenset()) | rule.names
        return found


@dataclass(frozen=True)
class Job:
    """Work on some parts: called with what all see, the rules to leave out, and who hears of each rule."""

    work: Callable[[Shared, frozenset[str], Begin], Any]
    parts: Sequence[Part]
    kind: str
    """What it finds out, for whoever takes the result."""
    keys: Sequence[Sequence[str]] = ()
    """Under what its results are remembered, one for each."""
    skipped: frozenset[str] = frozenset()

    def names(self) -> str:
        """The articles that it is about, for errors."""
        return ", ".join(part.slug or "the shared files" for part in self.parts) or "the rules across articles"


def blocks_of(part: Part, lines: Mapping[str, Any], names: frozenset[str]) -> Blocks:
    """The blocks of some names in a part; ``lines`` is what ``Look`` has as JSON."""
    found: dict[str, list[tuple[str, Block]]] = {}
    for subject, written in lines.items():
        for number, first, last, graph, predicates in written:
            for name in names.intersection((subject, graph)):
                place = Place(part.files[number].name, first, last)
                found.setdefault(name, []).append((subject, Block(place, graph, predicates)))
    return found
