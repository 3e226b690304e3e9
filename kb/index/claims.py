"""Claims as entries of lists: who holds and relays them, how they are put, what they are about and what they name.

What a claim says of the world is taken from its own graph and never leaves its entry.
"""

from collections.abc import Collection, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import pyoxigraph as ox

from kb.index.entry import Entry, Time
from kb.index.said import Said, Statement
from kb.namespaces import BASE, OWN, STAMPS, iri, path, shorten, slug

ABOVE_LIMIT = 50
"""Links of the longest chain that is followed."""

CERTAINTIES = ("certain", "probable", "possible", "underspecified")
"""From the firmest; the order when sorted by certainty."""

VOICE_COUNTS = ("1", "2", "3", "more")
"""Through how many voices a claim comes, as lists are narrowed by it."""

_CODED = {
    "basis": "t:attributionBasis",
    "certainty": "t:certainty",
    "mode": "t:mode",
    "naming": "t:sourceNaming",
    "polarity": "t:polarity",
}
_LINKED = {"about": "t:about", "addressee": "t:addressee", "holder": "t:holder", "perspective": "t:underPerspective"}
_ACCUSING = {iri("mode:accused"), iri("mode:alleged")}
_UNDATED = "~"
"""Sorts after every date."""


@dataclass(frozen=True)
class Located:
    """Somebody's claim that a place lies in another; all are paths, and ``voices`` as those of ``Claims.voices``."""

    inner: str
    outer: str
    claim: str
    holder: str
    voices: list[str]


class Claims:
    """All claims of a build with what lists need to know of them."""

    def __init__(self, said: Said) -> None:
        self.said = said
        # each claim is asked about many times while tables are written
        self.links = cache(self._links)
        self.named = cache(self._named)
        self.types = cache(self._types)
        self.broader = cache(self._broader)

    @property
    def all(self) -> KeysView[str]:
        """The IRIs of claims."""
        return self.said.content.keys()

    def _links(self, claim: str) -> list[str]:
        """The claim, the claims above it, and the article: innermost first."""
        found = [claim]
        while len(found) <= ABOVE_LIMIT and (above := self.said.iris(found[-1], "t:reportedIn")):
            if above[0] in found:
                break
            found.append(above[0])
        return found

    def article(self, claim: str) -> str | None:
        """The article at the end of the chain; None where the chain ends at none."""
        end = self.links(claim)[-1]
        return end if end in self._articles else None

    def relays(self, claim: str) -> set[str]:
        """The voices other than its holder through which a claim reaches us: holders above it, and the outlet."""
        above = self.links(claim)[1:]
        voices = {
            voice for link in above for name in ("t:holder", "schema:publisher") for voice in self.said.iris(link, name)
        }
        return voices - set(self.said.iris(claim, "t:holder"))

    def voices(self, claim: str) -> list[str]:
        """Who speaks, outermost first, as paths, or as a byline where no outlet is printed; no voice twice in a row."""
        found: list[str] = []
        for link in reversed(self.links(claim)):
            printed = [path(voice) for name in ("t:holder", "schema:publisher") for voice in self.said.iris(link, name)]
            voice = next(iter([*printed, *self.said.texts(link, "schema:author")]), None)
            if voice is not None and found[-1:] != [voice]:
                found.append(voice)
        return found

    def _named(self, claim: str) -> set[tuple[str, str]]:
        """What of ours is named in the content, with its role there: a role, or the property that leads to it."""
        parts: dict[str, dict[str, list[str]]] = {}
        for subject, prop, value in self.said.content[claim]:
            if isinstance(value, ox.NamedNode):
                parts.setdefault(subject, {}).setdefault(prop, []).append(value.value)
        found = set()
        for properties in parts.values():
            for prop, values in properties.items():
                roles = properties.get(iri("sem:roleType"), []) if prop == iri("t:participant") else [prop]
                found |= {(value, role) for value in values if _has_page(value) for role in roles}
        return found

    def _types(self, claim: str) -> set[str]:
        """The types of what the content is about, with all that are broader."""
        found = {
            value.value for _, prop, value in self._with(claim, "sem:eventType") if isinstance(value, ox.NamedNode)
        }
        return {broader for one in found for broader in self.broader(one)}

    def places(self, claim: str) -> set[str]:
        """The places at which the content is said to be."""
        return {value.value for _, _, value in self._with(claim, "sem:hasPlace") if isinstance(value, ox.NamedNode)}

    def _broader(self, concept: str) -> set[str]:
        """A concept and all that are broader."""
        found, left = {concept}, [concept]
        while left:
            new = set(self.said.iris(left.pop(), "skos:broader")) - found
            found |= new
            left += new
        return found

    def times(self, claim: str) -> list[Time]:
        """The times of the content, each once."""
        by_subject: dict[str, dict[str, str]] = {}
        for subject, prop, value in self.said.content[claim]:
            if isinstance(value, ox.Literal):
                by_subject.setdefault(subject, {})[prop] = value.value
        nodes = {value.value for _, _, value in self._with(claim, "sem:hasTime") if isinstance(value, ox.NamedNode)}
        found = set()
        for node in nodes:
            literals = by_subject.get(node, {})
            if edtf := literals.get(iri("t:edtf")):
                found.add(Time(edtf, *(literals.get(iri(name)) for name in STAMPS.values())))
        return sorted(found, key=lambda time: (time.edtf, time.earliest_begin or ""))

    def accused(self, claim: str) -> set[str]:
        """Of whom a claim says something bad, by the rule of the question do-the-accused-answer.

        Somebody else commits to it; and they are said to have had a part for which one is blamed, in an event of a
        harmful kind or in what is put as an accusation or allegation; or not to have done what is not harmful.
        """
        said, types = self.said, self._values_of(claim, "sem:eventType")
        holders, modes = set(said.iris(claim, "t:holder")), set(said.iris(claim, "t:mode"))
        if not modes & self._committing:
            return set()
        affirmed = iri("polarity:positive") in said.iris(claim, "t:polarity")
        roles, participants = (self._values_of(claim, name) for name in ("sem:roleType", "t:participant"))
        found = set()
        for event, nodes in self._values_of(claim, "t:participation").items():
            harmful = any(self.broader(one) & self._harmful for one in types.get(event, ()))
            for node in nodes if event in types else ():
                culpable = {said.texts(role, "t:culpable") == ["true"] for role in self._telling(roles.get(node, ()))}
                if affirmed:
                    blamed = True in culpable and (harmful or bool(modes & _ACCUSING))
                else:
                    bound = iri("role:bound-party") in roles.get(node, ())
                    blamed = bool(culpable) and not harmful and (True in culpable or bound)
                found |= participants.get(node, set()) if blamed else set()
        return {one for one in found if one.startswith(f"{BASE}actor/") and holders - {one}}

    def _telling(self, roles: Collection[str]) -> list[str]:
        """The roles of which the vocabulary tells whether one is blamed for playing them."""
        return [role for role in roles if self.said.texts(role, "t:culpable")]

    def _values_of(self, claim: str, name: str) -> dict[str, set[str]]:
        """What the subjects of the content have under a property."""
        found: dict[str, set[str]] = {}
        for subject, _, value in self._with(claim, name):
            if isinstance(value, ox.NamedNode):
                found.setdefault(subject, set()).add(value.value)
        return found

    @cached_property
    def _harmful(self) -> set[str]:
        """The types of event that are bad for somebody as such."""
        types = self.said.values("t:valence")
        return {one for one in types if iri("sentiment:negative") in self.said.iris(one, "t:valence")}

    def located(self) -> Iterator[Located]:
        """Who claims of which place that it lies in which other.

        Only those count in which somebody commits to it (``t:committingMode``), as do all who relay it; so what is
        taken for granted counts, and what is denied, asked or demanded does not.
        """
        for claim in self.all:
            if iri("type:location") not in self.types(claim) or not self._affirms(claim):
                continue
            inside = {value for value, role in self.named(claim) if role == iri("role:located-thing")}
            for holder in self.said.iris(claim, "t:holder"):
                for outer in sorted(self.places(claim)):
                    for inner in sorted(inside - {outer}):
                        if inner.startswith(f"{BASE}place/"):
                            yield Located(path(inner), path(outer), path(claim), path(holder), self.voices(claim))

    def entries(self) -> list[Entry]:
        """All claims, by slug."""
        return [self.entry(claim) for claim in sorted(self.all, key=slug)]

    def entry(self, claim: str) -> Entry:
        """The entry of a claim."""
        said, times, article = self.said, self.times(claim), self.article(claim)
        start, end = self._position(claim)
        certainty = next((slug(found) for found in said.iris(claim, "t:certainty")), "")
        firmness = CERTAINTIES.index(certainty) if certainty in CERTAINTIES else len(CERTAINTIES)
        return Entry(
            slug(claim),
            [slug(claim), *said.texts(claim, "t:paraphrase")],
            {},
            {
                "article": f"{slug(article or '~')} {start:09} {end:09}",
                "certainty": str(firmness),
                "date": min((time.earliest_begin or time.latest_end or _UNDATED for time in times), default=_UNDATED),
                "slug": "",
            },
            set(self._values(claim)),
            times,
        )

    def _values(self, claim: str) -> Iterator[tuple[str, str]]:
        said, article = self.said, self.article(claim)
        for filter_name, prop in (*_CODED.items(), *_LINKED.items()):
            for value in said.iris(claim, prop):
                yield filter_name, path(value)
        for value in said.texts(claim, "t:realis"):
            yield "realis", value
        if article is not None:
            yield "article", path(article)
            for outlet in said.iris(article, "schema:publisher"):
                yield "outlet", path(outlet)
        relays = self.relays(claim)
        for voice in relays:
            yield "relayed_by", path(voice)
        yield "voices", VOICE_COUNTS[min(len(relays), len(VOICE_COUNTS) - 1)]
        for name, role in self.named(claim):
            code = path(role) if role.startswith(BASE + "role/") else shorten(role)
            yield "names", path(name)
            yield "role", code
            yield "named_as", f"{path(name)} {code}"
        for found in self.types(claim):
            yield "type", path(found)
        for accused in self.accused(claim):
            yield "accused", path(accused)
        for place in self.places(claim):
            yield "at", path(place)
        yield "dated", _flag(bool(self.times(claim)))
        words = self._loaded_words(claim)
        yield "loaded", _flag(bool(words))
        for word in words:
            yield "loaded_word", word.casefold()
        for frame in said.iris(claim, "t:about"):
            for count in said.texts(frame, "t:independentVoiceCount"):
                yield "single_source", _flag(int(count) <= 1)
        yield "shared", _flag(any(self._meets(anchor, self._reused) for anchor in said.iris(claim, "t:evidence")))

    def _loaded_words(self, claim: str) -> set[str]:
        """The words that an editor marked as loaded in the passages of a claim."""
        found = {mark for anchor in self.said.iris(claim, "t:evidence") for mark in self._meeting(anchor, self._loaded)}
        return {word for mark in found for word in self.said.texts(mark, "t:exactWords")}

    def _meets(self, anchor: str, marks: Mapping[str, Sequence[tuple[int, int, str]]]) -> bool:
        return next(self._meeting(anchor, marks), None) is not None

    def _meeting(self, anchor: str, marks: Mapping[str, Sequence[tuple[int, int, str]]]) -> Iterator[str]:
        """The marks of the same text that share a character with a passage."""
        for source, start, end in self._ranges(anchor):
            yield from (mark for first, last, mark in marks.get(source, ()) if first < end and start < last)

    def _ranges(self, anchor: str) -> Iterator[tuple[str, int, int]]:
        """The text that an anchor points into, with the first character and the one after the last."""
        starts, ends = self.said.texts(anchor, "t:start"), self.said.texts(anchor, "t:end")
        for source in self.said.iris(anchor, "oa:hasSource"):
            if starts and ends:
                yield source, int(starts[0]), int(ends[0])

    def _by_source(self, anchors: set[str]) -> dict[str, list[tuple[int, int, str]]]:
        found: dict[str, list[tuple[int, int, str]]] = {}
        for anchor in sorted(anchors):
            for source, start, end in self._ranges(anchor):
                found.setdefault(source, []).append((start, end, anchor))
        return found

    @cached_property
    def _loaded(self) -> dict[str, list[tuple[int, int, str]]]:
        """The passages with loaded words, by text."""
        said = self.said
        wordings = set(said.instances("t:LoadedWording"))
        marks = {mark for mark in said.values("oa:hasBody") if wordings.intersection(said.iris(mark, "oa:hasBody"))}
        return self._by_source({anchor for mark in marks for anchor in said.iris(mark, "oa:hasTarget")})

    @cached_property
    def _reused(self) -> dict[str, list[tuple[int, int, str]]]:
        """The passages whose words stand in other articles too, by text."""
        said = self.said
        return self._by_source(
            {found for one in said.instances("t:TextReuse") for found in said.iris(one, "t:passage")}
        )

    @cached_property
    def _articles(self) -> set[str]:
        return set(self.said.instances("schema:NewsArticle"))

    def _affirms(self, claim: str) -> bool:
        """Whether the holder of a claim, and whoever relays it, affirms that its content is so."""
        links = [link for link in self.links(claim) if link in self.said.content]
        modes = {mode for link in links for mode in self.said.iris(link, "t:mode")}
        polarities = {polarity for link in links for polarity in self.said.iris(link, "t:polarity")}
        return modes <= self._committing and polarities == {iri("polarity:positive")}

    @cached_property
    def _committing(self) -> set[str]:
        modes = self.said.values("t:committingMode")
        return {mode for mode in modes if self.said.texts(mode, "t:committingMode") == ["true"]}

    def _position(self, claim: str) -> tuple[int, int]:
        """Where the passages of a claim begin and end in the article."""
        ranges = [found for anchor in self.said.iris(claim, "t:evidence") for found in self._ranges(anchor)]
        return min((start for _, start, _ in ranges), default=0), max((end for _, _, end in ranges), default=0)

    def _with(self, claim: str, name: str) -> Iterator[Statement]:
        wanted = iri(name)
        return (statement for statement in self.said.content[claim] if statement[1] == wanted)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _has_page(name: str) -> bool:
    """Whether an IRI is one of ours that people ask for; nodes belong to their claim."""
    kind = path(name).partition("/")[0]
    return name.startswith(BASE) and kind in OWN and kind != "node"
