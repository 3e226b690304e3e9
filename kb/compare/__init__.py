"""Comparisons between claims, computed from what they tell and where they come from.

Claims about one frame are compared each with each: those that say what is so, and those that say what somebody wants,
apart from each other. Of a frame with more than ``EACH_WITH_EACH`` claims, those that tell
exactly the same are gathered into an account, and accounts are compared; of more accounts than that, each is compared
with those that most claims give. How many pairs of claims have no comparison of their own is said of the frame.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from kb.compare import drift
from kb.compare.dependence import Origins, Tie, groups, joined, tie, voices
from kb.compare.drift import Drift
from kb.compare.given import Given
from kb.compare.relations import Relation, relate
from kb.compare.told import Identity, Told
from kb.namespaces import iri

EACH_WITH_EACH = 32
"""Claims, or accounts, of a frame up to which all are compared with each other."""


Group = list[Told]
"""Claims about one frame that are compared with each other."""


@dataclass(frozen=True)
class Comparison:
    """Two claims, how they relate by what they tell, and what ties them."""

    relation: Relation
    tie: Tie

    @property
    def pair(self) -> frozenset[str]:
        """The two claims."""
        return frozenset((self.relation.left.claim, self.relation.right.claim))

    @property
    def corroborates(self) -> bool:
        """Whether each supports the other: surely the same is said to be so, by voices that are independent."""
        same = self.relation.relation == "same-content" and not self.relation.possibly
        return same and not self.relation.left.wanted and self.tie.independence == "independent"


@dataclass(frozen=True)
class Account:
    """The claims about a large frame that tell exactly the same; the first stands for all in comparisons."""

    claims: tuple[Told, ...]

    @property
    def name(self) -> str:
        """That of the claim that stands for all."""
        return self.claims[0].claim


@dataclass(frozen=True)
class Counts:
    """How many tell of a frame, as defined by the terms of the ontology with these names."""

    voices: int
    independent_voices: int
    outlets: int
    sides: int


@dataclass(frozen=True)
class Frame:
    """What was computed of the claims about one frame."""

    name: str
    counts: Counts | None
    """Of the claims that say what is so; None where there are none."""
    comparisons: tuple[Comparison, ...]
    accounts: tuple[Account, ...]
    """Only of a frame with too many claims to compare each with each."""
    uncompared: int
    """Pairs of claims that have no comparison of their own."""


@dataclass(frozen=True)
class Compared:
    """All that is computed between claims, sorted."""

    frames: tuple[Frame, ...]
    drifts: tuple[Drift, ...]


def compare(given: Given) -> Compared:
    """The comparisons, counts and drift of what is given, except of pairs that are coded by hand.

    Claims about two frames that are possibly the same are compared too; they neither contradict nor support each other.
    """
    known = gather(given)
    found = [compare_frames(known, names) for names in together(known)]
    frames = sorted((frame for one in found for frame in one.frames), key=lambda frame: frame.name)
    drifts = {drift for one in found for drift in one.drifts}
    return Compared(tuple(frames), tuple(sorted(drifts.union(given.along_chains))))


@dataclass(frozen=True)
class Known:
    """What is given, frame by frame, and where all claims come from."""

    given: Given
    origins: Origins
    so: Mapping[str, Group]
    """By frame: claims that say what is so."""
    wanted: Mapping[str, Group]
    """By frame: claims that say what somebody wants."""


def gather(given: Given) -> Known:
    """What is given, ordered for comparing."""
    origins = joined(given.origins, given.identity, given.credited, given.reuse, given.anchors)
    so: dict[str, Group] = {}
    wanted: dict[str, Group] = {}
    for one in sorted(given.told, key=lambda one: (one.frame, one.claim)):
        here = so.setdefault(one.frame, []), wanted.setdefault(one.frame, [])
        if one.claim in origins.by_claim:
            here[one.wanted].append(one)
    return Known(given, origins, so, wanted)


def together(known: Known) -> list[list[str]]:
    """The frames, in groups that need not be compared with each other; all sorted."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for name in known.so:
        if name in seen:
            continue
        group, todo = [], [name]
        while todo:
            frame = todo.pop()
            if frame in known.so and frame not in seen:
                seen.add(frame)
                group.append(frame)
                todo += (end for pair in known.given.identity.declared_of(frame) for end in pair)
        found.append(sorted(group))
    return found


def compare_frames(known: Known, names: Iterable[str]) -> Compared:
    """The comparisons of some frames that ``together`` gives as a group, and drift between the articles on them."""
    identity, origins, written = known.given.identity, known.origins, known.given.coded

    def compared(one: Told, other: Told) -> Comparison:
        return Comparison(relate(one, other, identity), tie(one.claim, other.claim, origins))

    frames: list[Frame] = []
    retold: list[tuple[Told, Told]] = []
    for name in names:
        claims = known.so[name]
        pairs, accounts, uncompared = _pairs(name, known.so, identity)
        more, others, missing = _pairs(name, known.wanted, identity)
        found_here = [compared(one, other) for one, other in (*pairs, *more)]
        comparisons = tuple(c for c in found_here if c.pair not in written)
        counts = _counts(known, claims) if claims else None
        frames.append(Frame(name, counts, comparisons, (*accounts, *others), uncompared + missing))
        retold += [(c.relation.left, c.relation.right) for c in found_here if _retells(c, written)]
    return Compared(tuple(frames), tuple(sorted(set(drift.between(retold, origins, known.given.published)))))


def _retells(one: Comparison, written: Mapping[frozenset[str], tuple[str, frozenset[str]]]) -> bool:
    """Whether one claim tells again what the other tells: by its relation, or as an editor names their certainty."""
    relation, differs_in = written.get(one.pair, (one.relation.relation, frozenset()))
    named = "certainty" in differs_in and one.relation.left.affirmed == one.relation.right.affirmed
    return not one.relation.left.wanted and (relation in drift.RETOLD or named)


def _pairs(
    name: str, by_frame: Mapping[str, Group], identity: Identity
) -> tuple[list[tuple[Told, Told]], list[Account], int]:
    """The pairs of claims about a frame that are compared, its accounts, and how many pairs are left."""
    claims = by_frame[name]
    accounts = _accounts(claims) if len(claims) > EACH_WITH_EACH else []
    pairs = list(_accounts_pairs(accounts) if accounts else combinations(claims, 2))
    all_pairs = len(claims) * (len(claims) - 1) // 2
    for other in _possibly_the_same(name, by_frame, identity):
        all_pairs += len(claims) * len(other)
        if len(claims) * len(other) <= EACH_WITH_EACH**2:
            pairs += product(claims, other)
    return pairs, accounts, all_pairs - len(pairs)


def _possibly_the_same(name: str, by_frame: Mapping[str, Group], identity: Identity) -> Iterator[Group]:
    """The claims about each frame that is possibly the same as this one and comes after it by name."""
    for pair in sorted(identity.declared_of(name), key=sorted):
        first, second = min(pair), max(pair)
        if first == name and second in by_frame:
            yield by_frame[second]


def _accounts(claims: list[Told]) -> list[Account]:
    """Claims gathered by what they tell, those that most claims give first."""
    found: dict[object, list[Told]] = defaultdict(list)
    for one in claims:
        parts = frozenset(one.parts.items())
        numbers, words = frozenset(one.numbers.items()), one.words
        found[one.type, one.state, one.affirmed, one.certainty, parts, numbers, one.times, words].append(one)
    accounts = [Account(tuple(same)) for same in found.values()]
    return sorted(accounts, key=lambda account: (-len(account.claims), account.name))


def _accounts_pairs(accounts: list[Account]) -> Iterator[tuple[Told, Told]]:
    common = accounts[:EACH_WITH_EACH]
    yield from ((one.claims[0], other.claims[0]) for one, other in combinations(common, 2))
    yield from ((one.claims[0], other.claims[0]) for one in common for other in accounts[EACH_WITH_EACH:])


def _counts(known: Known, claims: list[Told]) -> Counts:
    found = {one.claim: known.origins.by_claim[one.claim] for one in claims}
    holders = {origin.holder for origin in found.values()}
    sides = {side for holder in holders for side in known.given.sides.get(holder, ())} - {iri("side:none")}
    outlets = {origin.publisher for origin in found.values()}
    return Counts(voices(found), groups(found, known.origins), len(outlets), len(sides))
