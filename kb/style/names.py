"""Names that nothing describes: misspelt terms and references that lead nowhere, each with what was probably meant.

Where a rule in ``shapes/`` finds one of them too, its finding stays, at the exact line and with the likely name;
here only what no other rule says is added.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

import pyoxigraph as ox

from kb.dataset import Dataset
from kb.model import Finding, Place, Source
from kb.namespaces import OWN, PREFIXES, STANDARD, iri, shorten
from kb.style.document import Document, Term
from kb.style.rules import finding

_ENTITIES: Final = tuple(
    iri(f"{kind}:")
    for kind in ("actor", "anchor", "article", "claim", "event", "node", "object", "perspective", "place", "snapshot")
)
_CONCEPTS: Final = tuple(
    iri(f"{kind}:") for kind in OWN if iri(f"{kind}:") not in _ENTITIES and kind not in ("graph", "shape")
)
_STANDARD: Final = tuple(STANDARD.values())
_TYPES: Final = ("a", "rdf:type")
_GUESSES: Final = 20
"""Names for which a likely one is looked for; where there are more, the fault is not one of spelling."""


@dataclass(frozen=True)
class Unknown:
    """A name in a file that nothing describes; ``subjects`` are what is spoken of there: the subject and its graph."""

    iri: str
    term: bool
    place: Place
    subjects: tuple[str, ...]


def described(dataset: Dataset) -> frozenset[str]:
    """All that is written as a subject in the default graph; of nodes, which belong to claims, in any graph."""
    return frozenset(
        quad.subject.value
        for quad in dataset.quads
        if isinstance(quad.subject, ox.NamedNode)
        and (isinstance(quad.graph_name, ox.DefaultGraph) or quad.subject.value.startswith(PREFIXES["node"]))
    )


def unknown(source: Source, document: Document, known: frozenset[str]) -> Iterator[Unknown]:
    """Each place in a file where a term, a concept or an entity of ours is named that is not among ``known``."""
    spaces = {declaration.name: declaration.iri for declaration in document.declarations}
    kinds: dict[tuple[str, bool], str | None] = {}

    def fault(term: Term, is_term: bool) -> str | None:
        key = (term.name, is_term)
        if key not in kinds:
            value = _expand(term.name, spaces)
            kinds[key] = value if value not in known and _is_named_by_us(value, is_term) else None
        return kinds[key]

    for graph, block in document.blocks():
        for statement in block.statements:
            typing = statement.predicate.text in _TYPES
            for term in (statement.predicate, *statement.objects):
                is_term = term is statement.predicate or typing
                if term.name and term.name != "a" and (value := fault(term, is_term)):
                    subjects = tuple(_expand(name, spaces) for name in (block.subject.name, graph) if name)
                    place = Place(source.name, term.line, term.line)
                    yield Unknown(value, is_term or value.startswith((*_CONCEPTS, PREFIXES["t"])), place, subjects)


def _expand(name: str, spaces: Mapping[str, str]) -> str:
    if name.startswith("<"):
        return name[1:-1]
    prefix, _, local = name.partition(":")
    return spaces.get(prefix, f"{prefix}:") + local.replace("\\", "")


def _is_named_by_us(value: str, term: bool) -> bool:
    """Whether a name must be described here: a property or class of any known vocabulary, else only one of ours."""
    return value.startswith((*_ENTITIES, *_CONCEPTS, PREFIXES["t"], *(_STANDARD if term else ())))


def judge(found: Sequence[Unknown], findings: Iterable[Finding], known: frozenset[str]) -> Iterator[Finding]:
    """All ``findings``, those on an unknown name with its line and the likely name; and those on all other names."""
    likely = _likely([one.iri for one in found], known)
    spoken: dict[str, list[Unknown]] = {}
    for one in found:
        for subject in one.subjects:
            spoken.setdefault(subject, []).append(one)
    told: set[tuple[str, tuple[str, ...]]] = set()
    for each in findings:
        mine = [one for one in spoken.get(each.focus, ()) if _names(each, one.iri)]
        told.update((one.iri, one.subjects) for one in mine)
        yield replace(each, place=mine[0].place, message=each.message + likely.get(mine[0].iri, "")) if mine else each
    for one in found:
        if (one.iri, one.subjects) not in told:
            name, hint = shorten(one.iri), likely.get(one.iri, "")
            if one.term:
                rule, message = "undeclared-term", f"The ontology has no term {name}.{hint} Correct the spelling."
            else:
                rule, message = "dangling-reference", f"Nothing describes {name}.{hint} Correct it, or write its block."
            yield finding(rule, one.place.file, one.place.line, message, one.subjects[0])


def _names(each: Finding, value: str) -> bool:
    """Whether a finding speaks of an IRI, as its value or in its message."""
    pattern = rf"(?<![\w-]){re.escape(shorten(value))}(?![\w-])"
    return each.value == value or re.search(pattern, each.message) is not None


def _likely(values: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """For unknown IRIs, `` Did you mean …?`` with the name that is the same in another vocabulary, or a near one."""
    spaces: dict[str, set[str]] = {}
    for value in known:
        space, local = _split(value)
        if space in PREFIXES.values():
            spaces.setdefault(space, set()).add(local)
    hints = {}
    for value in list(dict.fromkeys(values))[:_GUESSES]:
        space, local = _split(value)
        names = [f"{other}{local}" for other in sorted(spaces) if local in spaces[other]]
        names += [f"{space}{name}" for name in get_close_matches(local, sorted(spaces.get(space, ())), 1, 0.75)]
        if names:
            hints[value] = f" Did you mean {shorten(names[0])}?"
    return hints


def _split(value: str) -> tuple[str, str]:
    """Namespace and local name of an IRI."""
    at = max(value.rfind("/"), value.rfind("#")) + 1
    return value[:at], value[at:]
