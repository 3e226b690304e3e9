"""What claims tell, as values that can be compared: who in which role, how many, where, when, and how surely."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from kb.allen import may_share_a_day, opens_within
from kb.dataset import RDF_TYPE, Dataset, text_of
from kb.model import Truth
from kb.namespaces import ARTICLE_SLUG, iri
from kb.quantities import Amounts, amounts, equal
from kb.times import Bounds, bounds

_PROPERTIES = ("sem:hasPlace", "sem:subEventOf", "t:after", "t:concerns", "t:near")
"""What a claim says of its event or state as a whole, beside those who take part, the numbers and the time."""
_MENTIONS = frozenset(map(iri, ("t:participant", *_PROPERTIES)))
"""What names whom or what a claim tells of."""


@dataclass(frozen=True)
class Number:
    """A number as told: how it is put, by the slug of its approximation and its figures, and the amounts that fit."""

    close: str
    figures: tuple[Decimal | None, Decimal | None, Decimal | None]
    """The value, or the least and the most."""
    amounts: Amounts

    def excludes(self, other: "Number") -> bool:
        """Whether not both numbers can be so."""
        return equal(self.amounts, other.amounts) is Truth.IMPOSSIBLE


@dataclass(frozen=True)
class When:
    """A time as told: its expression, and its bounds."""

    edtf: str
    bounds: Bounds
    own_day: bool = False
    """Whether it is the day of the article that it is resolved from, as in "now": it may have been so before."""

    @property
    def vague(self) -> bool:
        """Whether another day is not excluded: the expression says that it is rough, or means the day of writing."""
        return self.own_day or any(sign in self.edtf for sign in "~?%")

    @property
    def one_of(self) -> bool:
        """Whether it is one day of several, as in "last week"."""
        return self.edtf.startswith("[")

    def overlaps(self, other: "When") -> bool:
        """Whether there is a day that both leave open."""
        return may_share_a_day(self.bounds, other.bounds)

    def within(self, other: "When") -> bool:
        """Whether it leaves open no day that the other does not."""
        return opens_within(self.bounds, other.bounds)


NumberKey = tuple[str, str, str]
"""The role and the name of what is counted, both empty where the event is measured, and the unit."""


@dataclass(frozen=True)
class Told:
    """A claim as it is compared; participants and the like are IRIs, words are what it is loaded with."""

    claim: str
    frame: str
    type: str
    state: bool
    affirmed: bool
    wanted: bool
    """Whether the holder wants it, or means to do it, or not to, and does not say that it is so."""
    mode: str
    certainty: str
    parts: Mapping[str, frozenset[str]]
    """By role, or property of the event: who, what or where."""
    numbers: Mapping[NumberKey, frozenset[Number]]
    times: frozenset[When]
    words: frozenset[tuple[str, str]]
    """Whom or what a loaded wording judges, and the wording."""


@dataclass(frozen=True)
class Identity:
    """Who may be whom, and what is what."""

    declared: frozenset[frozenset[str]]
    """Pairs of entries that an editor calls possibly the same."""
    described: Mapping[str, str]
    """By entry that is known from one article's description: a name that those described alike have in common."""
    kinds: Mapping[str, str]
    """Which kind of detail an entry is, where it is a ``place`` or an ``event``."""

    def declared_of(self, entry: str) -> list[frozenset[str]]:
        """The pairs of possibly same entries to which one belongs."""
        return self._declared_of.get(entry, [])

    @cached_property
    def _declared_of(self) -> Mapping[str, list[frozenset[str]]]:
        found: dict[str, list[frozenset[str]]] = {}
        for pair in self.declared:
            for end in pair:
                found.setdefault(end, []).append(pair)
        return found

    def kind(self, entry: str) -> str:
        """Which kind of detail an entry is: ``place``, ``event``, or else ``participant``."""
        return self.kinds.get(entry, "participant")

    def unnamed(self, entry: str) -> bool:
        """Whether it is an event, or an entry that one article describes and nobody knows by name."""
        return entry in self.described or self.kinds.get(entry) == "event"

    def name(self, entry: str) -> str:
        """The same for all entries that are described alike; of any other, its IRI."""
        return self.described.get(entry, entry)

    def possibly(self, one: str, other: str) -> bool:
        """Whether two entries are possibly the same, and nothing says that they are."""
        return one != other and (self.name(one) == self.name(other) or frozenset((one, other)) in self.declared)


def identity(dataset: Dataset) -> Identity:
    """Who may be whom, as a dataset has it."""
    same, described = "t:possiblySameAs", {}
    declared = {frozenset((one, other)) for one in dataset.having(same) for other in dataset.texts(one, same)}
    for entry in dataset.having("rdfs:label"):
        if ARTICLE_SLUG.match(entry.rpartition("/")[2]):
            kinds = " ".join(sorted(dataset.texts(entry, "rdf:type")))
            label = dataset.texts(entry, "rdfs:label")[-1]
            described[entry] = f"{kinds} {label.partition(' (')[0].casefold()}"
    kinds_of = {entry: kind for kind, name in _KINDS for entry in dataset.instances(name)}
    return Identity(frozenset(declared), described, kinds_of)


_KINDS = (("event", "t:EventFrame"), ("place", "geo:Feature"))
"""What is neither takes part; what is both is a place."""


def told(dataset: Dataset, identity: Identity, *, own: Container[str] | None = None) -> list[Told]:
    """What is compared: claims whose holders commit to the content or its denial, or want it; sorted by IRI.

    A claim commits where its mode does (``t:committingMode``), and wants where its mode does (``t:wantingMode``); each
    relay above it must affirm, in a mode that commits, that it was said. A claim that only says who said something has
    no content of its own. Only claims in ``own``, where that is given.
    """
    reader = _Reader(dataset, identity)
    claims = (claim for claim in dataset.instances("t:Claim") if own is None or claim in own)
    return [one for one in map(reader.read, claims) if one is not None]


class _Reader:
    """Reads claims of one dataset; holds what would otherwise be looked up for each."""

    def __init__(self, dataset: Dataset, identity: Identity) -> None:
        self._dataset = dataset
        self._identity = identity
        self._committing, self._wanting = (
            {mode for mode in dataset.instances("skos:Concept") if dataset.value(mode, name) == "true"}
            for name in ("t:committingMode", "t:wantingMode")
        )
        self._claims = set(dataset.instances("t:Claim"))
        self._loaded = _loaded(dataset)

    def read(self, claim: str) -> Told | None:
        """What a claim tells; None where it is not compared."""
        data = self._dataset
        frame = data.value(claim, "t:about")
        mode = data.value(claim, "t:mode")
        wanted = mode in self._wanting
        if frame is None or not (wanted or mode in self._committing) or not self._relayed_as_said(claim):
            return None
        said: dict[tuple[str, str], list[str]] = {}
        for quad in data.graphs.get(claim, ()):
            said.setdefault((text_of(quad.subject), quad.predicate.value), []).append(text_of(quad.object))
        kinds = said.get((frame, RDF_TYPE.value), [])
        if iri("sem:Event") not in kinds and iri("t:State") not in kinds:
            return None
        parts, numbers = self._parts(said, frame)
        return Told(
            claim,
            frame,
            _one(said, frame, "sem:eventType"),
            iri("t:State") in kinds,
            data.value(claim, "t:polarity") == iri("polarity:positive"),
            wanted,
            _short(mode),
            _short(data.value(claim, "t:certainty")),
            parts,
            numbers,
            frozenset(_times(data, said, frame)),
            frozenset(self._words(claim)),
        )  # fmt: skip

    def _relayed_as_said(self, claim: str) -> bool:
        """Whether all above a claim affirm, in a mode that commits, that it was said."""
        data, seen = self._dataset, {claim}
        above = data.value(claim, "t:reportedIn")
        while above in self._claims:
            assert above is not None
            if above in seen or data.value(above, "t:mode") not in self._committing:
                return False
            if data.value(above, "t:polarity") != iri("polarity:positive"):
                return False
            seen.add(above)
            above = data.value(above, "t:reportedIn")
        return True

    def _parts(
        self, said: Mapping[tuple[str, str], list[str]], frame: str
    ) -> tuple[dict[str, frozenset[str]], dict[NumberKey, frozenset[Number]]]:
        parts: dict[str, set[str]] = {}
        numbers: dict[NumberKey, set[Number]] = {}
        for name in _PROPERTIES:
            if found := said.get((frame, iri(name))):
                parts[name] = set(found)
        for part in said.get((frame, iri("t:participation")), ()):
            role, who = _one(said, part, "sem:roleType"), _one(said, part, "t:participant")
            counts = said.get((part, iri("t:quantity")), [])
            share = any((count, iri("t:subsetOf")) in said for count in counts)
            if not share:  # a share of somebody counted is no other participant
                parts.setdefault(role, set()).add(who)
            for count in counts:
                _count(said, count, f"{'of them ' if share else ''}{role}", self._identity.name(who), numbers)
        for count in said.get((frame, iri("t:quantity")), ()):
            _count(said, count, "", "", numbers)
        return {role: frozenset(who) for role, who in parts.items()}, {
            key: frozenset(counts) for key, counts in numbers.items()
        }

    def _words(self, claim: str) -> Iterator[tuple[str, str]]:
        """Targets and words of the loaded wordings that judge what a claim tells.

        Words on an event, or on somebody whom the article describes by them, do so wherever these are told of. Words on
        somebody known by name may judge one act only, and count where one claim alone of the passage tells of them.
        """
        for word in self._around(claim):
            target, words = word[3:]
            if self._identity.unnamed(target) or self._tellers[word] == 1:
                yield self._identity.name(target), words

    @cached_property
    def _tellers(self) -> Mapping["Loaded", int]:
        """By loaded wording, how many claims of its passage tell of its target."""
        return Counter(word for claim in self._claims for word in self._around(claim))

    def _around(self, claim: str) -> Iterator["Loaded"]:
        """The loaded wordings in the passages of a claim, of whom or what the claim tells."""
        data, mentioned = self._dataset, {self._dataset.value(claim, "t:about")}
        mentioned |= {text_of(q.object) for q in data.graphs.get(claim, ()) if q.predicate.value in _MENTIONS}
        for anchor in data.texts(claim, "t:evidence"):
            start, end = data.span(anchor)
            for word in self._loaded.get(data.value(anchor, "oa:hasSource") or "", ()):
                if start <= word[1] and word[2] <= end and word[3] in mentioned:
                    yield word


Loaded = tuple[str, int, int, str, str]
"""In which snapshot and where a loaded wording stands, whom or what it judges, and its words in small letters."""


def _loaded(dataset: Dataset) -> dict[str, list[Loaded]]:
    """The loaded wordings, by snapshot."""
    found: dict[str, list[Loaded]] = {}
    for note in dataset.instances("oa:Annotation"):
        for anchor in dataset.texts(note, "oa:hasTarget"):
            snapshot = dataset.value(anchor, "oa:hasSource") or ""
            words = (dataset.value(anchor, "t:exactWords") or "").casefold()
            for body in dataset.texts(note, "oa:hasBody"):
                for target in dataset.texts(body, "t:target"):
                    found.setdefault(snapshot, []).append((snapshot, *dataset.span(anchor), target, words))
    return found


def _count(
    said: Mapping[tuple[str, str], list[str]], count: str, role: str, who: str, into: dict[NumberKey, set[Number]]
) -> None:
    """Adds a number; "several" and the like give none, so that there is nothing to compare."""
    found = [_one(said, count, name) for name in ("schema:value", "schema:minValue", "schema:maxValue")]
    if not any(found):
        return
    value, least, most = (Decimal(figure) if figure else None for figure in found)
    close = _short(_one(said, count, "t:approximation"))
    try:
        fitting = amounts(close, value=value, minimum=least, maximum=most)
    except ValueError:
        return  # shapes say so
    key = (role, who, _one(said, count, "schema:unitText"))
    into.setdefault(key, set()).add(Number(close, (value, least, most), fitting))


def _times(dataset: Dataset, said: Mapping[tuple[str, str], list[str]], frame: str) -> Iterator[When]:
    for node in said.get((frame, iri("sem:hasTime")), ()):
        edtf = _one(said, node, "t:edtf")
        try:
            found = bounds(edtf)
        except ValueError:
            continue  # kb.evidence.times says so, with its place
        written = dataset.value(_one(said, node, "t:relativeTo"), "schema:datePublished") or ""
        yield When(edtf, found, str(found.earliest_begin) == str(found.latest_end) == written[:10])


def _one(said: Mapping[tuple[str, str], list[str]], subject: str, name: str) -> str:
    return next(iter(said.get((subject, iri(name)), ())), "")


def _short(value: str | None) -> str:
    return (value or "").rpartition("/")[2]
