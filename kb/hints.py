"""What to tell whoever got an empty answer: which name of the query is not in the data, or not where it was asked."""

import itertools
import mmap
import re
from collections.abc import Callable, Sequence
from typing import Final

from kb.guard import Guarded, Mention
from kb.namespaces import DEFAULT_GRAPH, shorten

MOST: Final = 300
"""Characters of the longest hint: it travels in a header."""

LOOKED_AT: Final = 20
"""Names of a query that are looked up at most, so that a hint costs next to nothing."""

_LONGEST: Final = 20_000
"""Bytes of an answer that may still be empty: columns have names."""

_EMPTY: Final = {
    "application/sparql-results+json": re.compile(
        rb'\{"head":\{[^{}]*\},(?:"results":\{"bindings":\[\]\}|"boolean":false)\}'
    ),
    "application/sparql-results+xml": re.compile(
        rb".*(?:<results\s*/>|<results>\s*</results>|<boolean>false</boolean>)\s*</sparql>\s*", re.S
    ),
    "text/csv": re.compile(rb"[^\r\n]*\r?\n?"),
    "text/tab-separated-values": re.compile(rb"[^\r\n]*\r?\n?"),
    "application/rdf+xml": re.compile(rb"(?:<\?xml[^>]*>)?\s*<rdf:RDF[^>]*(?:/>|>\s*</rdf:RDF>)\s*", re.S),
    "application/ld+json": re.compile(rb"\s*(?:\[\s*\]|\{\s*\})\s*"),
}
"""What an answer without anything in it looks like, by media type; in the others it has no line that is no prefix."""


_BARE: Final = (
    'A text in quotes alone is found only where it has no language; names here have one: write "..."@en, '
    'or FILTER(STR(?name) = "...").'
)
"""What is said of a query that looks for a text by its words alone."""

_ROLES: Final = {
    "graph": "There is no graph {}.",
    "predicate": "Nothing in the data has the property {}.",
    "type": "Nothing in the data is of the class {}.",
    "term": "{} does not occur in the data.",
}
"""What is said of an IRI that occurs nowhere in its role."""


def is_empty(body: bytes | mmap.mmap, media_type: str) -> bool:
    """Whether an answer has no row, no triple, or is ``false``; a long one is not looked at."""
    if len(body) > _LONGEST:
        return False
    body = bytes(body)
    if media_type in _EMPTY:
        return _EMPTY[media_type].fullmatch(body) is not None
    return all(not line.strip() or line.lstrip().startswith(b"@prefix") for line in body.splitlines())


def hint(guarded: Guarded, occurs: Callable[[str, str], frozenset[str]], near: Callable[[str], Sequence[str]]) -> str:
    """One sentence in ASCII on why an answer may be empty; the empty text where nothing is to be said.

    Only the first ``LOOKED_AT`` names of the query are looked at.

    ``occurs`` tells in which of the ``default`` graph and the graphs of ``claims`` an IRI occurs in a role (``graph``,
    ``predicate``, ``type``, ``term``); ``near`` gives IRIs that are much like one that is unknown, best first.
    """
    dataset = (guarded.default_graphs, bool(guarded.named_graphs))
    moved = dataset not in (((), False), ((DEFAULT_GRAPH,), True))
    asked = {(m.iri, m.role, m.in_graph): m for m in guarded.iris if m.role in _ROLES and m.iri != DEFAULT_GRAPH}
    for mention in itertools.islice(asked.values(), LOOKED_AT):
        places = occurs(mention.iri, mention.role)
        if found := _said(mention, places, near, moved=moved):
            return found.encode("ascii", "backslashreplace").decode("ascii")[:MOST]
    return _BARE if guarded.bare else ""


def _said(mention: Mention, places: frozenset[str], near: Callable[[str], Sequence[str]], *, moved: bool) -> str:
    name = shorten(mention.iri)
    if not places:
        return f"{_ROLES[mention.role].format(name)}{_like(near(mention.iri))}"
    if moved or mention.role == "graph" or ("claims" if mention.in_graph else "default") in places:
        return ""
    if mention.in_graph:
        return f"{name} is not used inside the graphs of claims; ask for it outside of GRAPH {{ ... }}."
    return f"{name} is what claims say, and that stands in named graphs: put its pattern into GRAPH ?claim {{ ... }}."


def _like(names: Sequence[str]) -> str:
    return f" Did you mean {' or '.join(shorten(name) for name in names[:3])}?" if names else ""
