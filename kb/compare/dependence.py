"""Whether two claims rest on different voices: a table of what ties them, tried in order.

Independence is what remains where nothing else holds, and is claimed for nobody whose source is not told.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from kb.compare.told import Identity
from kb.dataset import Dataset
from kb.namespaces import iri
from kb.reuse import NEAR

_HALF_OF_LONGER = Decimal("0.667")
"""The ratio where one passage stands whole in another and is half of it: two thirds of the words of both."""
_UNNAMED = (iri("naming:anonymous"), iri("naming:hearsay"))


Range = tuple[str, int, int]
"""A passage: its snapshot, and where it begins and ends there."""


@dataclass(frozen=True)
class Origin:
    """Where a claim comes from, as its article tells it."""

    claim: str
    article: str
    holder: str
    """The innermost voice: to whom the claim itself is ascribed."""
    relays: tuple[str, ...]
    """Who passes it on: the holders of the claims above, from inside outwards, and the outlet or byline."""
    house: str
    """Who owns the outlet or, where the data says nothing of that, the outlet or byline."""
    holder_house: str
    own_voice: bool
    """Whether the article says it with its own voice."""
    unnamed: bool
    """Whether the text does not tell who the source is."""
    passages: tuple[Range, ...]
    """What of the text it rests on."""
    shared: frozenset[str] = frozenset()
    """The text reuse, near-verbatim or closer, or whole and half of the longer one, that its passages overlap."""

    @property
    def publisher(self) -> str:
        """The outlet or byline of its article."""
        return self.relays[-1]

    @property
    def voices(self) -> frozenset[str]:
        """All through whom it reaches us."""
        return frozenset((self.holder, *self.relays))

    @property
    def returns(self) -> bool:
        """Whether its chain leads through others back to the outlet that prints it."""
        return self.holder == self.publisher and len(self.relays) > 1


@dataclass(frozen=True)
class Origins:
    """What is known of all articles together."""

    by_claim: Mapping[str, Origin]
    identity: Identity
    credited: frozenset[frozenset[str]]
    """Pairs of articles one of which credits the very text of the other."""
    sharing: frozenset[frozenset[str]]
    """Pairs of articles with a passage in common on which claims of both rest."""

    def sharing_with(self, article: str) -> list[str]:
        """The articles that share a passage with one."""
        return self._neighbours.get(article, [])

    def pairs_of(self, holder: str, article: str) -> list[frozenset[str]]:
        """The pairs of possibly same holders and of credited articles to which a claim belongs."""
        return [*self.identity.declared_of(holder), *(pair for pair in self.credited if article in pair)]

    @cached_property
    def _neighbours(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for pair in self.sharing:
            one, other = sorted(pair)
            found[one].append(other)
            found[other].append(one)
        return found


@dataclass(frozen=True)
class Tie:
    """A kind of dependence: its name in the ontology, the value of independence, and when it holds."""

    name: str
    independence: str
    holds: Callable[[Origin, Origin, Origins], bool]


TIES = (
    Tie("shared-passage", "shared-text", lambda a, b, _: a.article != b.article and bool(a.shared & b.shared)),
    Tie("same-holder", "same-origin", lambda a, b, _: a.holder == b.holder),
    Tie("one-owner", "same-origin", lambda a, b, _: a.holder_house == b.holder_house),
    Tie("self-citation", "same-origin", lambda a, b, _: _returns(a, b) or _returns(b, a)),
    Tie(
        "credited-voice",
        "same-origin",
        lambda a, b, _: a.article != b.article and (a.holder in b.relays or b.holder in a.relays),
    ),
    Tie("credited-text", "same-origin", lambda a, b, known: frozenset((a.article, b.article)) in known.credited),
    Tie("common-relay", "unknown", lambda a, b, _: a.house == b.house or bool(set(a.relays) & set(b.relays))),
    Tie("unnamed-source", "unknown", lambda a, b, _: a.unnamed or b.unnamed),
    Tie("possibly-same-holder", "unknown", lambda a, b, known: known.identity.possibly(a.holder, b.holder)),
    Tie(
        "text-shared-elsewhere",
        "unknown",
        lambda a, b, known: (a.own_voice or b.own_voice) and frozenset((a.article, b.article)) in known.sharing,
    ),
    Tie("no-tie-known", "independent", lambda a, b, _: True),
)
"""The first tie that holds says how far two claims depend on each other."""


def _returns(one: Origin, other: Origin) -> bool:
    return one.returns and one.holder in other.voices


def tie(one: str, other: str, origins: Origins) -> Tie:
    """What ties two claims, or ``no-tie-known``."""
    first, second = origins.by_claim[one], origins.by_claim[other]
    return next(tie for tie in TIES if tie.holds(first, second, origins))


def origins(dataset: Dataset, *, own: Container[str] | None = None) -> list[Origin]:
    """Where each claim comes from, with the passages that it rests on; those whose chain ends at no article are left to
    the shapes. Only claims in ``own``, where that is given."""
    articles = {name: _publisher(dataset, name) for name in dataset.instances("schema:NewsArticle")}
    found = []
    for claim in dataset.instances("t:Claim"):
        if own is not None and claim not in own:
            continue
        relays, article = _chain(dataset, claim, articles)
        holder = dataset.value(claim, "t:holder")
        if article is None or holder is None:
            continue
        naming, basis = dataset.value(claim, "t:sourceNaming"), dataset.value(claim, "t:attributionBasis")
        publisher = articles[article]
        found.append(
            Origin(
                claim,
                article,
                holder,
                (*relays, publisher),
                _house(dataset, publisher),
                _house(dataset, holder),
                basis == iri("basis:author-voice"),
                naming in _UNNAMED or basis == iri("basis:implied-by-passive"),
                tuple(anchors(dataset, dataset.texts(claim, "t:evidence")).values()),
            )
        )
    return found


def joined(
    found: Iterable[Origin],
    identity: Identity,
    credited: frozenset[frozenset[str]],
    reuse: Mapping[str, Iterable[str]],
    anchors: Mapping[str, Range],
) -> Origins:
    """The origins of all articles together, with the text that they share; ``reuse`` gives its anchors by its name."""
    shared: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for name, passages in reuse.items():
        for snapshot, start, end in (anchors[anchor] for anchor in passages if anchor in anchors):
            shared[snapshot].append((start, end, name))
    by_claim = {}
    for one in found:
        overlapped = frozenset(_overlapped(one.passages, shared))
        by_claim[one.claim] = replace(one, shared=overlapped) if overlapped else one
    return Origins(by_claim, identity, credited, frozenset(_sharing(by_claim.values())))


def anchors(dataset: Dataset, names: Iterable[str]) -> dict[str, Range]:
    """Where anchors stand."""
    return {name: (dataset.value(name, "oa:hasSource") or "", *dataset.span(name)) for name in names}


def _publisher(dataset: Dataset, article: str) -> str:
    return dataset.value(article, "schema:publisher") or dataset.value(article, "schema:author") or article


def _house(dataset: Dataset, outlet: str) -> str:
    return dataset.value(outlet, "schema:parentOrganization") or outlet


def _chain(dataset: Dataset, claim: str, articles: Mapping[str, str]) -> tuple[list[str], str | None]:
    relays: list[str] = []
    seen, above = {claim}, dataset.value(claim, "t:reportedIn")
    while above is not None and above not in articles:
        if above in seen:
            return relays, None
        seen.add(above)
        relays += dataset.texts(above, "t:holder")
        above = dataset.value(above, "t:reportedIn")
    return relays, above


def reuse(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """The text reuse by which claims depend on each other, with its anchors."""
    found = {}
    for name in dataset.instances("t:TextReuse"):
        ratio, containment = (Decimal(dataset.value(name, key) or 0) for key in ("t:ratio", "t:containment"))
        if ratio >= Decimal(str(NEAR)) or (containment >= 1 and ratio >= _HALF_OF_LONGER):
            found[name] = dataset.texts(name, "t:passage")
    return found


def _sharing(found: Iterable[Origin]) -> set[frozenset[str]]:
    articles: dict[str, set[str]] = defaultdict(set)
    for one in found:
        for name in one.shared:
            articles[name].add(one.article)
    return {frozenset(pair) for among in articles.values() for pair in combinations(sorted(among), 2)}


def _overlapped(passages: Iterable[Range], shared: Mapping[str, Iterable[tuple[int, int, str]]]) -> Iterator[str]:
    for snapshot, start, end in passages:
        for first, last, name in shared.get(snapshot, ()):
            if start < last and first < end:
                yield name


def credits(dataset: Dataset) -> set[frozenset[str]]:
    """Pairs of articles one of which credits the very text of the other."""
    article_of = {
        snapshot: article
        for article in dataset.instances("schema:NewsArticle")
        for snapshot in dataset.texts(article, "t:snapshot")
    }
    return {
        frozenset((article_of[snapshot], credited))
        for credit in dataset.instances("t:Credit")
        for anchor in dataset.texts(credit, "t:evidence")
        if (snapshot := dataset.value(anchor, "oa:hasSource") or "") in article_of
        for credited in dataset.texts(credit, "t:creditedText")
    }


def groups(claims: Mapping[str, Origin], known: Origins) -> int:
    """How many voices among some claims are independent of each other, at least as far as is known.

    Claims of unnamed sources are left out, for they may be anybody's; the others are joined wherever a tie holds
    between two of them; none is left where nobody is named. Time grows with the number of claims.
    """
    return _joined((one.claim, _keys(one, known)) for one in claims.values() if not one.unnamed)


def voices(claims: Mapping[str, Origin]) -> int:
    """How many innermost holders some claims have; unnamed sources of one shared passage are one."""
    return _joined(
        (one.holder, [f"reuse {name}" for name in one.shared] if one.unnamed and one.holder not in one.relays else [])
        for one in claims.values()
    )


def _joined(ends: Iterable[tuple[str, list[str]]]) -> int:
    """How many groups some things form that belong together wherever they have a key in common."""
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    things = set()
    for thing, keys in ends:
        things.add(thing)
        for key in keys:
            above[root(key)] = root(thing)
    return len({root(thing) for thing in things})


def _keys(one: Origin, known: Origins) -> list[str]:
    """What a claim has in common with every claim that it is tied to: two claims are tied where a key is the same."""
    keys = [f"house {one.house}", f"holder of {one.holder_house}", f"alike {known.identity.name(one.holder)}"]
    keys += [f"voice {voice}" for voice in one.voices]
    keys += [f"reuse {name}" for name in one.shared]
    keys += [f"pair {' '.join(sorted(pair))}" for pair in known.pairs_of(one.holder, one.article)]
    keys.append(f"article {one.article}")
    others = known.sharing_with(one.article)
    keys += [f"by {other} as {one.article}" for other in others]
    if one.own_voice:
        keys += [f"by {one.article} as {other}" for other in others]
    return keys
