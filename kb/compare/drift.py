"""How what is told changes on its way: more or less sure, with or without its source; along a chain, or in time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.compare.dependence import Origin, Origins
from kb.compare.told import Told
from kb.dataset import Dataset
from kb.namespaces import iri

RETOLD = ("same-content", "differs-in-certainty", "differs-in-wording", "narrower")
"""Relations in which one claim tells again what the other tells, or a part of it."""
_SCALE = {"possible": 1, "probable": 2, "certain": 3}


@dataclass(frozen=True, order=True)
class Drift:
    """A change from an earlier claim to a later one, or to the article that relays it; kind and rule are slugs."""

    earlier: str
    later: str
    kind: str
    rule: str


@dataclass(frozen=True)
class Retelling:
    """A claim and a later one that tells the same again."""

    earlier: Told
    later: Told
    first: Origin
    then: Origin

    @property
    def asserted(self) -> bool:
        """Whether neither merely takes it for granted: nobody gives a source for that, or says how sure they are."""
        return "presumed" not in (self.earlier.mode, self.later.mode)

    @property
    def ranks(self) -> tuple[int, int] | None:
        """How sure both are, where both are on the scale."""
        one, other = _SCALE.get(self.earlier.certainty), _SCALE.get(self.later.certainty)
        return None if one is None or other is None else (one, other)


@dataclass(frozen=True)
class Change:
    """A kind of drift between articles: its name, what it is called in one direction and in the other, and when."""

    rule: str
    kinds: tuple[str, str]
    """Where the condition holds of earlier and later, and where it holds of later and earlier."""
    holds: Callable[[Retelling], bool]


CHANGES = (
    Change(
        "surer-later", ("certainty-gained", "certainty-lost"), lambda r: r.ranks is not None and r.ranks[0] < r.ranks[1]
    ),
    Change(
        "hedge-dropped",
        ("certainty-gained", "certainty-lost"),
        lambda r: r.asserted and _hedged(r.earlier, r.first) and r.later.certainty == "certain",
    ),
    Change(
        "source-dropped",
        ("attribution-lost", "attribution-gained"),
        lambda r: (
            r.asserted
            and not r.first.own_voice
            and (r.first.unnamed or r.first.holder not in (r.first.publisher, r.then.holder))
            and r.then.own_voice
        ),
    ),
    Change(
        "source-unnamed",
        ("attribution-lost", "attribution-gained"),
        lambda r: r.asserted and not r.first.own_voice and not r.first.unnamed and r.then.unnamed,
    ),
    Change(
        "relay-dropped",
        ("attribution-lost", "attribution-gained"),
        lambda r: (
            r.first.holder == r.then.holder and not r.then.own_voice and bool(set(r.first.relays[:-1]) - r.then.voices)
        ),
    ),
)
"""What is looked for between an earlier and a later claim; each also the other way round."""


def _hedged(told: Told, origin: Origin) -> bool:
    """Whether the text passes something on without showing how sure anybody is of it."""
    return told.certainty == "underspecified" and (told.mode == "alleged" or origin.unnamed)


def between(retold: Iterable[tuple[Told, Told]], origins: Origins, published: Mapping[str, str]) -> Iterator[Drift]:
    """Drift between claims of two articles of different days; ``published`` has the day of each article.

    Nothing is gained or lost between two articles where either tells it both ways: a change counts where it holds of
    all that the earlier article tells of it and all that the later one does.
    """
    tellings: dict[tuple[str, str], dict[str, Told]] = defaultdict(dict)
    pairs = []
    for one, other in retold:
        first, then = origins.by_claim[one.claim], origins.by_claim[other.claim]
        for told, near, article in ((one, other, then.article), (other, one, first.article)):
            tellings[told.claim, article][near.claim] = near
        days = published.get(first.article, "")[:10], published.get(then.article, "")[:10]
        if all(days) and days[0] != days[1]:
            pairs.append((one, other) if days[0] < days[1] else (other, one))

    def told_in(article: str, one: Told, other: Told) -> Iterable[Told]:
        found = {claim.claim: claim for claim in (one, other) if origins.by_claim[claim.claim].article == article}
        return (found | tellings[one.claim, article] | tellings[other.claim, article]).values()

    for earlier, later in pairs:
        before, after = (origins.by_claim[one.claim].article for one in (earlier, later))
        ours, theirs = told_in(before, earlier, later), told_in(after, earlier, later)
        onward = [_retelling(one, other, origins) for one in ours for other in theirs]
        back = [_retelling(other, one, origins) for one in ours for other in theirs]
        for change in CHANGES:
            for kind, retellings in zip(change.kinds, (onward, back), strict=True):
                if all(map(change.holds, retellings)):
                    yield Drift(earlier.claim, later.claim, kind, change.rule)


def _retelling(one: Told, other: Told, origins: Origins) -> Retelling:
    return Retelling(one, other, origins.by_claim[one.claim], origins.by_claim[other.claim])


def along_chains(dataset: Dataset, claims: Iterable[str]) -> Iterator[Drift]:
    """Drift from a claim to who relays it: relayed as a fact by a cue that vouches, or with less certainty."""
    for claim in claims:
        above = dataset.value(claim, "t:reportedIn")
        if above is None:
            continue
        own = _rank(dataset, claim)
        if dataset.value(claim, "t:cueFactive") == "true" and own is not None and own < _SCALE["certain"]:
            yield Drift(claim, above, "certainty-gained", "relay-vouches")
        relayed = _rank(dataset, above)
        if own is not None and relayed is not None and relayed < own:
            yield Drift(claim, above, "certainty-lost", "relay-hedges")
        if dataset.value(claim, "t:mode") == iri("mode:alleged") and own == _SCALE["certain"]:
            yield Drift(claim, above, "certainty-lost", "relay-doubts")


def _rank(dataset: Dataset, claim: str) -> int | None:
    return _SCALE.get((dataset.value(claim, "t:certainty") or "").rpartition("/")[2])
