"""Registry entries, articles and perspectives as entries of lists, with how many claims concern each."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

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

_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d+)?")
_NAMES = ("rdfs:label", "skos:altLabel", "skos:hiddenLabel")


class Things:
    """All things of a build that are listed, seen beside its claims."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._said = claims.said

    def entries(self, name: str) -> list[Entry]:
        """The entries of a list, by slug."""
        found = self._said.under(KINDS[name])
        return [self._entry(name, one) for one in sorted(found, key=slug)]

    def _entry(self, name: str, thing: str) -> Entry:
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
        times = [Time(published, published, published, published, published)] if published else []
        return Entry(slug(thing), words, counts, order, set(self._values(name, thing)), times)

    def _counts(self, name: str, thing: str) -> dict[str, int]:
        """Claims and their holders; of actors those that they hold, and those that name them."""
        said = self._said
        if name == "actors":
            return {"claims": len(self._held.get(thing, ())), "named": len(self._naming.get(thing, ()))}
        claims = self._concerning(name).get(thing, set())
        found = {"claims": len(claims), "holders": len({who for one in claims for who in said.iris(one, "t:holder")})}
        if name == "perspectives":
            found["contradictions"] = self._clashes[thing]
        return found

    def _values(self, name: str, thing: str) -> Iterator[tuple[str, str]]:
        said = self._said
        concerned = set(self._concerning(name).get(thing, ()))
        if name == "actors":
            concerned |= self._held.get(thing, set())
        if name != "perspectives":
            for claim in concerned:
                for view in said.iris(claim, "t:underPerspective"):
                    yield "perspective", path(view)
        for kind in said.iris(thing, "rdf:type"):
            yield "kind", shorten(kind)
        for side in said.iris(thing, "t:side"):
            yield "side", path(side)
        for outlet in said.iris(thing, "schema:publisher"):
            yield "outlet", path(outlet)
        if name == "events":
            for claim in concerned:
                for found in self._claims.types(claim):
                    yield "type", path(found)

    def _concerning(self, name: str) -> Mapping[str, set[str]]:
        """The claims that concern each thing of a list: about it, in it, selected by it or naming it."""
        return {"articles": self._told, "events": self._about, "perspectives": self._selected}.get(name, self._naming)

    @cached_property
    def _about(self) -> dict[str, set[str]]:
        return self._by("t:about")

    @cached_property
    def _held(self) -> dict[str, set[str]]:
        return self._by("t:holder")

    @cached_property
    def _selected(self) -> dict[str, set[str]]:
        return self._by("t:underPerspective")

    @cached_property
    def _clashes(self) -> Counter[str]:
        """How many contradictions there are inside each perspective."""
        said = self._said
        clashes = said.instances("t:Contradiction")
        return Counter(view for clash in clashes for view in set(said.iris(clash, "t:underPerspective")))

    @cached_property
    def _told(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for claim in self._claims.all:
            if (article := self._claims.article(claim)) is not None:
                found.setdefault(article, set()).add(claim)
        return found

    @cached_property
    def _naming(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for claim in self._claims.all:
            for name, _ in self._claims.named(claim):
                found.setdefault(name, set()).add(claim)
        return found

    def _by(self, name: str) -> dict[str, set[str]]:
        """The claims by what a property of theirs names."""
        found: dict[str, set[str]] = {}
        for claim in self._claims.all:
            for thing in self._said.iris(claim, name):
                found.setdefault(thing, set()).add(claim)
        return found


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
