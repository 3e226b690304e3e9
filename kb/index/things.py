"""Registry entries, articles and perspectives as entries of lists, with how many claims concern each."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pyoxigraph as ox

from kb.index.claims import Claims
from kb.index.entry import Entry, Time, descending
from kb.index.said import Said
from kb.namespaces import BASE, iri, path, shorten, slug

KINDS = {
    "actors": "actor",
    "articles": "article",
    "events": "event",
    "objects": "object",
    "perspectives": "perspective",
    "places": "place",
}
"""The lists of things, with the kind that each lists."""

_CONCERNED = {
    "actors": "names",
    "articles": "article",
    "events": "about",
    "objects": "names",
    "perspectives": "perspective",
    "places": "names",
}
"""By which filter of the list of claims those are found that concern a thing: about it, in it, selected, naming it."""

OUTLET_COUNTS = ("0", "1", "2", "3", "more")
"""Of how many outlets articles tell of an event, as lists are narrowed by it."""

_OF_ACTORS = {"claims": "holder", "named": "names"}
_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d+)?")
_TOLD_BY = {"voices": "t:voiceCount", "independent_voices": "t:independentVoiceCount", "outlets": "t:outletCount"}
_APART = {iri(f"relation:{name}") for name in ("contradicts", "opposes", "differs-in-detail", "differs-in-certainty")}
_UNNAMED = {"naming/anonymous", "naming/hearsay"}
_NAMES = ("rdfs:label", "skos:altLabel", "skos:hiddenLabel")


class Values(Protocol):
    """By which values the list of claims is narrowed; claims have numbers, and values are as in ``Entry``."""

    def claims(self, name: str, value: str) -> Collection[int]:
        """The claims that have a value of a filter."""

    def of(self, name: str, claim: int) -> Collection[str]:
        """The values that a claim has of a filter."""


class Listed:
    """The values of entries that are at hand."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._claims: dict[tuple[str, str], list[int]] = {}
        self._values: dict[tuple[str, int], list[str]] = {}
        for number, entry in enumerate(entries):
            for name, value in entry.values:
                self._claims.setdefault((name, value), []).append(number)
                self._values.setdefault((name, number), []).append(value)

    def claims(self, name: str, value: str) -> Collection[int]:
        """The claims that have a value of a filter."""
        return self._claims.get((name, value), ())

    def of(self, name: str, claim: int) -> Collection[str]:
        """The values that a claim has of a filter."""
        return self._values.get((name, claim), ())


class Things:
    """All things of a build that are listed, seen beside its claims and their values."""

    def __init__(self, claims: Claims, values: Values) -> None:
        self._claims = claims
        self._said = claims.said
        self._found = values

    def entries(self, name: str) -> list[Entry]:
        """The entries of a list, by slug."""
        return [self.entry(name, one) for one in self.under(name)]

    def under(self, name: str) -> list[str]:
        """The things of a list, by slug."""
        return sorted(self._said.under(KINDS[name]), key=slug)

    def entry(self, name: str, thing: str) -> Entry:
        """The entry of a thing in a list."""
        said = self._said
        words = [slug(thing), *(text for prop in _NAMES for text in said.texts(thing, prop))]
        label, published = said.label(thing), ""
        if name == "articles":
            outlets = [said.label(outlet) for outlet in said.iris(thing, "schema:publisher")]
            bylines = said.texts(thing, "schema:author")
            words += [*outlets, *bylines, *said.texts(thing, "schema:headline")]
            label = next(iter([*outlets, *bylines]), "")
            published = next(iter(said.texts(thing, "schema:datePublished")), "")[:10]
        counts = self._counts(name, thing)
        order = {
            "claims": descending(counts["claims"]),
            "holders": descending(counts.get("holders", 0)) + descending(counts["claims"]),
            "label": folded(label),
            "published": published or "~",
            "slug": "",
        }
        if name == "events":
            apart = descending(counts["contradicting"]) + descending(counts["differing"])
            order["contested"] = apart + order["holders"]
            order["single-voiced"] = ("0" if is_single_voiced(counts) else "1") + order["claims"]
        times = [Time(published, published, published, published, published)] if published else []
        return Entry(slug(thing), words, counts, order, set(self._values(name, thing)), times)

    def _counts(self, name: str, thing: str) -> dict[str, int]:
        """Claims and their holders; of actors those that they hold, and those that name them."""
        said = self._said
        if name == "actors":
            return {filter_name: len(self._concerned(thing, by)) for filter_name, by in _OF_ACTORS.items()}
        claims = self._concerned(thing, _CONCERNED[name])
        holders = {who for one in claims for who in self._found.of("holder", one)}
        found = {"claims": len(claims), "holders": len(holders)}
        if name == "perspectives":
            found["contradictions"] = self._clashes[thing]
        if name == "articles":
            found["unnamed"] = sum(map(self._is_unnamed, claims))
        if name == "events":
            for key, term in _TOLD_BY.items():
                found[key] = int(next(iter(said.texts(thing, term)), 0))
            relations = self._relations.get(thing, Counter())
            found["contradicting"] = relations["contradicts"] + relations["opposes"]
            found["differing"] = relations["differs-in-detail"] + relations["differs-in-certainty"]
        return found

    def _is_unnamed(self, claim: int) -> bool:
        """Whether a claim rests only on a source without a name: as in how-much-rests-on-unnamed-sources."""
        is_passive = "basis/implied-by-passive" in self._found.of("basis", claim)
        return is_passive or not _UNNAMED.isdisjoint(self._found.of("naming", claim))

    def _values(self, name: str, thing: str) -> Iterator[tuple[str, str]]:
        said = self._said
        concerned = set(self._concerned(thing, _CONCERNED[name]))
        if name == "actors":
            concerned |= set(self._concerned(thing, "holder"))
        if name != "perspectives":
            for claim in concerned:
                for view in self._found.of("perspective", claim):
                    yield "perspective", view
        for kind in said.iris(thing, "rdf:type"):
            yield "kind", shorten(kind)
        for side in said.iris(thing, "t:side"):
            yield "side", path(side)
        for outlet in said.iris(thing, "schema:publisher"):
            yield "outlet", path(outlet)
        if name == "events":
            for claim in concerned:
                for found in self._found.of("type", claim):
                    yield "type", found
            for relation in self._relations.get(thing, ()):
                yield "relation", f"relation/{relation}"
            for detail in self._details.get(thing, ()):
                yield "differs_in", path(detail)
            outlets = next(iter(said.texts(thing, "t:outletCount")), "0")
            yield "outlets", OUTLET_COUNTS[min(int(outlets), len(OUTLET_COUNTS) - 1)]
            yield "several", str(len({tuple(self._found.of("article", claim)) for claim in concerned}) > 1).lower()

    def _concerned(self, thing: str, name: str) -> Collection[int]:
        """The claims that have a thing as a value of a filter."""
        return self._found.claims(name, path(thing))

    @cached_property
    def _relations(self) -> dict[str, Counter[str]]:
        """How many pairs of claims of two articles, at least one of them about an event, stand so to each other."""
        found: dict[str, Counter[str]] = {}
        for name, events in self._across:
            for event in events:
                found.setdefault(event, Counter()).update(map(slug, self._said.iris(name, "t:relation")))
        return found

    @cached_property
    def _details(self) -> dict[str, set[str]]:
        """In what claims of two articles differ that exclude or oppose each other, or differ in detail or certainty."""
        found: dict[str, set[str]] = {}
        for name, events in self._across:
            if _APART & set(self._said.iris(name, "t:relation")):
                for event in events:
                    found.setdefault(event, set()).update(self._said.iris(name, "t:differsIn"))
        return found

    @cached_property
    def _across(self) -> list[tuple[str, set[str]]]:
        """The comparisons between claims of two articles, with the events that these are about."""
        said, found = self._said, []
        for name in said.instances("t:Comparison"):
            ends = [end for term in ("t:left", "t:right") for end in said.iris(name, term)]
            if len({self._claims.article(end) for end in ends}) > 1:
                found.append((name, {event for end in ends for event in said.iris(end, "t:about")}))
        return found

    @cached_property
    def _clashes(self) -> Counter[str]:
        """How many contradictions there are inside each perspective."""
        said = self._said
        clashes = said.instances("t:Contradiction")
        return Counter(view for clash in clashes for view in set(said.iris(clash, "t:underPerspective")))


def is_single_voiced(counts: Mapping[str, int]) -> bool:
    """Whether several claims about an event come from no two voices that are known to be independent, and agree."""
    apart = counts["contradicting"] + counts["differing"]
    return counts["claims"] > 1 and counts["voices"] > 0 and counts["independent_voices"] <= 1 and not apart


@dataclass(frozen=True)
class Spot:
    """Where one gazetteer has a place: degrees (WGS 84) as it writes them, whose it is and of which day.

    ``names`` are what it calls the place, its own choice first: a list of pairs of text and language, as JSON.
    """

    place: str
    lat: str
    long: str
    gazetteer: str
    source: str | None
    issued: str | None
    names: str


def spots(said: Said) -> Iterator[Spot]:
    """Where gazetteers have places; what is no pair of degrees (the checks tell of it) is left out."""
    for gazetteer in said.instances("t:GazetteerGraph"):
        found: dict[str, dict[str, str]] = {}
        names: dict[str, list[tuple[bool, str, str | None]]] = {}
        for subject, prop, value in said.graph(gazetteer):
            if isinstance(value, ox.Literal) and subject.startswith(f"{BASE}place/"):
                found.setdefault(subject, {})[prop] = value.value
                if prop in (iri("rdfs:label"), iri("skos:altLabel")):
                    names.setdefault(subject, []).append((prop != iri("rdfs:label"), value.value, value.language))
        sources = [*said.texts(gazetteer, "dcterms:source"), *said.iris(gazetteer, "dcterms:source")]
        source, issued = next(iter(sources), None), next(iter(said.texts(gazetteer, "dcterms:issued")), None)
        for place, written in sorted(found.items()):
            lat, long = written.get(iri("wgs84:lat"), ""), written.get(iri("wgs84:long"), "")
            if _is_degrees(lat, 90) and _is_degrees(long, 180):
                called = [(text, lang) for _, text, lang in sorted(names.get(place, []), key=lambda one: one[:2])]
                yield Spot(slug(place), lat, long, gazetteer, source, issued, json.dumps(called, ensure_ascii=False))


def _is_degrees(text: str, most: int) -> bool:
    return bool(_DEGREES.fullmatch(text)) and abs(float(text)) <= most


def folded(text: str) -> str:
    """A text as it is sorted: without case and marks on letters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
