"""The nouns: plain frozen values that pass between the parts. No I/O, no RDF library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How much a finding weighs: a violation is not published, a warning wants a human, information is a note."""

    INFO = 0
    WARNING = 1
    VIOLATION = 2


class Truth(StrEnum):
    """Whether something holds, as far as what is stated goes: in every case that fits it, in some, or in none."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of a file: lines count from 1, ``end`` is the last line of the block."""

    file: str
    line: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Fingerprint = tuple[str, str, str]
"""Rule, focus and value of a finding."""


@dataclass(frozen=True)
class Finding:
    """One fault in the data: which rule, on what, where, what is wrong and what to do."""

    severity: Severity
    rule: str
    focus: str
    message: str
    place: Place | None = None
    value: str | None = None
    path: str | None = None
    """IRI of the property that the rule looked along, where it is a single one."""
    component: str | None = None
    """IRI of the SHACL constraint component that was not met; None for rules that are written in code."""
    term: str | None = None
    """``value`` as Turtle writes it, where it is an IRI or a literal of the data."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What stays the same when lines move: the rule, who breaks it, and the value (empty where there is none)."""
        return (self.rule, self.focus, self.value or "")

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Files and lines first, so that a report reads like the files do."""
        place = self.place or Place("~", 0, 0)
        return (place.file, place.line, -self.severity, self.rule, self.focus, self.value or "", self.message)


@dataclass(frozen=True)
class Source:
    """A hand-written file: its name as shown in messages, its text, and whether it is TriG (else Turtle)."""

    name: str
    text: str
    trig: bool


@dataclass(frozen=True)
class Block:
    """Where the statements about one subject stand in one file: the line of each predicate, the range of its objects.

    Ranges are offsets into the file's text, from the first object to the end of the last.
    """

    place: Place
    graph: str | None
    predicates: Mapping[str, int] = field(default_factory=dict)
    objects: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What a build is: its id, what went in, how much came out, and how its files are written (0 for long ago)."""

    build_id: str
    inputs: str
    version: str
    counts: Mapping[str, int]
    edition: int = 0
