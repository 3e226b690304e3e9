"""The nouns: what became of one thing, and of all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.cards.facts import kind_of

CLAIM = "claim"
TERM = "term"
LISTED = (CLAIM, "article", "event", "actor", "place", "object", "perspective", TERM)
"""Kinds of thing that are told one by one; ``term`` is whatever belongs to the vocabulary."""

COUNTED = {
    "account": "accounts",
    "anchor": "anchors",
    "comparison": "comparisons",
    "contradiction": "contradictions",
    "drift": "changes on the way",
    "graph": "graphs of conclusions",
    "node": "nodes",
    "reuse": "shared passages",
    "snapshot": "snapshots of texts",
}
"""Kinds that are counted, and what they are called."""


@dataclass(frozen=True)
class Change:
    """One property that changed: its label and IRI, what is no longer, and what is now.

    Without an IRI it is what a claim says; each of these statements begins with the speaker.
    """

    property: str
    iri: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """What became of one thing: ``added``, ``changed``, ``renamed``, ``retired`` or ``removed``.

    Of a claim, ``label`` is its paraphrase, ``speaker`` who holds it and through whom, ``speaker_before`` the same
    where that was another, ``article`` where it is from, as slug and label. What is retired or renamed has a
    ``reason``, the day ``since`` when it is so, and the IRI of its ``replacement``, each where there is one.
    """

    what: str
    kind: str
    iri: str
    label: str
    speaker: str = ""
    speaker_before: str = ""
    article: str = ""
    reason: str = ""
    since: str = ""
    replacement: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Tally:
    """How many things of a kind were added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Diff:
    """What became of the things that are told, claims first, by article; and ``counts`` of all others by kind."""

    entries: tuple[Entry, ...] = ()
    counts: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not self.entries and not self.counts


def kind(name: str) -> str:
    """The kind of a thing; ``term`` for whatever belongs to the vocabulary."""
    found = kind_of(name)
    return found if found in LISTED or found in COUNTED else TERM
