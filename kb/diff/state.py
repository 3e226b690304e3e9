"""One side with what is known of it so far: what things are called, who speaks, and what they state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kb.cards.claims import article_of, hit, lead, load_claims
from kb.cards.content import content, content_iris
from kb.cards.facts import Facts, article_link, kind_of
from kb.diff.model import CLAIM, Entry, kind
from kb.diff.side import Side
from kb.engine import Term
from kb.namespaces import STAMPS, iri, path, shorten, slug

_ANCHORS = {iri("t:cue"), iri("t:evidence")}
_TIMES = {iri("t:statementTime")}
_STAMPS = {iri(name) for name in STAMPS.values()}


@dataclass(frozen=True)
class State:
    """One side, with what is known of it so far."""

    side: Side
    facts: Facts
    computed: frozenset[str]
    stated: dict[str, list[ox.Quad]] = field(default_factory=dict)
    contents: dict[str, list[ox.Quad]] = field(default_factory=dict)

    @staticmethod
    def of(side: Side) -> "State":
        computed = (quad.subject for quad in side.terms() if quad.predicate.value == iri("t:computedBy"))
        return State(side, Facts(side), frozenset(term.value for term in computed if isinstance(term, ox.NamedNode)))

    def load(self, names: Iterable[str], *, compared: Iterable[str]) -> None:
        """Loads what is told of things: their labels, who speaks, and of those that are ``compared`` all they say."""
        names, compared = set(names), set(compared)
        self.facts.load(names)
        for quad in self.side.quads(subjects=compared, graphs=[name for name in compared if kind_of(name) == CLAIM]):
            if isinstance(quad.graph_name, ox.NamedNode):
                self.contents.setdefault(quad.graph_name.value, []).append(quad)
            elif isinstance(quad.subject, ox.NamedNode):
                self.stated.setdefault(quad.subject.value, []).append(quad)
        stated = [quad for quads in self.stated.values() for quad in quads]
        said = [quad for quads in self.contents.values() for quad in quads]
        named = content_iris([*stated, *said])
        load_claims(self.facts, {name for name in (*names, *named) if kind_of(name) == CLAIM})
        self.facts.load([*named, *(self.facts.iri(name, "schema:publisher") for name in names)])

    def standing(self, name: str) -> str:
        """``there``, ``retired`` or ``absent``, of a loaded thing."""
        if not self.facts.has(name):
            return "absent"
        return "retired" if self.facts.truth(name, "owl:deprecated") else "there"

    def renamed(self, name: str) -> str | None:
        """What a retired thing is called now; None where it is another thing that replaces it, or nothing."""
        reason = self.facts.iri(name, "t:retiredBecause")
        is_renamed = reason is None or slug(reason) == "renamed"
        return self.facts.iri(name, "dcterms:isReplacedBy") if is_renamed else None

    def retired(self, entry: Entry, what: str) -> Entry:
        """The entry of a retired thing with reason, day and replacement."""
        because, note = self.facts.link_to(entry.iri, "t:retiredBecause"), self.facts.text(entry.iri, "t:note")
        return replace(
            entry,
            what=what,
            reason=": ".join(part for part in (because and str(because["label"]), note) if part),
            since=self.facts.text(entry.iri, "t:retiredOn") or "",
            replacement=self.facts.iri(entry.iri, "dcterms:isReplacedBy") or "",
        )

    def entry(self, what: str, name: str) -> Entry:
        """What is told of a thing as it is in this state."""
        of_kind = kind(name)
        if of_kind != CLAIM:
            link = article_link(self.facts, name) if of_kind == "article" else self.facts.link(name)
            return Entry(what, of_kind, name, str(link["label"]))
        article = article_of(self.facts, name)
        where = "" if article is None else f"{slug(article)} ({article_link(self.facts, article)['label']})"
        shown = hit(self.facts, name)
        speaker = shown["speaker"] if shown["holder"] else ""
        return Entry(what, of_kind, name, shown["paraphrase"] or "", speaker=speaker, article=where)

    def values(self, name: str, computed: frozenset[str], renamed: Mapping[str, str]) -> dict[tuple[str, str], str]:
        """What is stated of a thing, as a text by its property and whatever makes two values the same."""
        found: dict[tuple[str, str], str] = {}
        for quad in self.stated.get(name, []):
            if quad.predicate.value not in computed:
                key, told = self._value(quad.predicate.value, quad.object)
                found[quad.predicate.value, renamed.get(key, key)] = told
        return found

    def statements(self, claim: str) -> dict[str, str]:
        """What a claim says, as sentences with their speaker by the same without."""
        lead_words = lead(self.facts, claim)
        quads, focus = self.contents.get(claim, []), self.facts.iri(claim, "t:about")
        said = content(self.facts, quads, focus=focus, lead=lead_words).as_json()
        bodies = ("".join(str(part["text"]) for part in sentence) for sentence in said["sentences"])
        return dict(zip(bodies, said["statements"], strict=True))

    def bare(self, claim: str, called: str, *, plain: bool) -> dict[str, str]:
        """The triples that a claim says, with their speaker by the same without; ``plain``: only numbers and texts.

        What is ``called`` otherwise now has nodes that are called so too.
        """
        lead_words = lead(self.facts, claim)
        found = {}
        for quad in self.contents.get(claim, []):
            is_plain = isinstance(quad.object, ox.Literal) and quad.predicate.value != iri("t:verbatim")
            if not plain or (is_plain and quad.predicate.value not in _STAMPS):
                triple = " ".join(_written(term) for term in (quad.subject, quad.predicate, quad.object))
                key = triple.replace(f"node:{slug(claim)}-", f"node:{slug(called)}-")
                found[key] = f"{lead_words} {triple}"
        return found

    def _value(self, predicate: str, value: Term) -> tuple[str, str]:
        """What makes a value the same as another, and how it is told."""
        if isinstance(value, ox.Literal):
            return str(value), f"“{value.value}”{f' ({value.language})' if value.language else ''}"
        if not isinstance(value, ox.NamedNode):
            members = self.side.members(value) if isinstance(value, ox.BlankNode) else []
            told = f"( {' '.join(map(_written, members))} )"
            return told, told
        name = value.value
        if predicate in _ANCHORS:
            told = self._anchor(name)
            return told, told
        if predicate in _TIMES:
            told = f"“{self.facts.text(name, 't:verbatim')}”, {self.facts.text(name, 't:edtf')}"
            return told, told
        if kind_of(name) == CLAIM:
            return name, f"{path(name)} ({hit(self.facts, name)['speaker']})"
        label = str(self.facts.link(name)["label"])
        return name, label if label == shorten(name) else f"{label} ({path(name)})"

    def _anchor(self, name: str) -> str:
        paragraph, start, end = (self.facts.text(name, f"t:{part}") for part in ("paragraph", "start", "end"))
        words, digest = self.facts.text(name, "t:exactWords"), self.facts.text(name, "schema:sha256") or ""
        quoted = f" “{words}”" if words else ""
        return f"paragraph {paragraph}, characters {start} to {end}{quoted}, hash {digest[:8]}"


def _written(term: Term | ox.BlankNode) -> str:
    """A term as Turtle writes it, with prefixes."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    if isinstance(term, ox.Literal) and not term.language and term.datatype.value != iri("xsd:string"):
        return f"{ox.Literal(term.value)}^^{shorten(term.datatype.value)}"
    return str(term)
