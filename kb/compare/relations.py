"""How two claims about one frame relate by what they tell: a table of rules, tried in order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from kb.compare.told import Identity, Number, Told, When


class Match(Enum):
    """How one detail of two claims compares."""

    SAME = "same"
    LEFT = "left says more"
    RIGHT = "right says more"
    EITHER = "each says something that the other leaves open"
    DIFFERENT = "not the same, and both may be so"
    EXCLUDES = "not both can be so"


@dataclass(frozen=True)
class Detail:
    """One detail compared: its kind (a concept of scheme:detail), how, and whether it rests on a mere possibility."""

    kind: str
    match: Match
    possibly: bool = False


@dataclass(frozen=True)
class Compared:
    """Two claims, detail by detail, with what the rules look at."""

    left: Told
    right: Told
    details: tuple[Detail, ...]

    def has(self, *matches: Match) -> bool:
        """Whether some detail compares in one of these ways."""
        return any(detail.match in matches for detail in self.details)

    @property
    def left_more(self) -> bool:
        """Whether the left claim tells something of which the right one says nothing."""
        return self.has(Match.LEFT, Match.EITHER)

    @property
    def right_more(self) -> bool:
        """Whether the right claim tells something of which the left one says nothing."""
        return self.has(Match.RIGHT, Match.EITHER)

    @property
    def same(self) -> bool:
        """Whether both tell the same, as far as details go."""
        return all(detail.match is Match.SAME for detail in self.details)

    @property
    def possibly(self) -> bool:
        """Whether the event, or some detail, is only possibly the same."""
        return self.left.frame != self.right.frame or any(detail.possibly for detail in self.details)

    @property
    def excluded(self) -> bool:
        """Whether both affirm one event as being so, and some detail for certain excludes that of the other."""
        both = self.left.affirmed and self.right.affirmed and self.left.frame == self.right.frame
        both = both and not self.left.wanted
        return both and any(detail.match is Match.EXCLUDES and not detail.possibly for detail in self.details)

    @property
    def denied(self) -> bool:
        """Whether one denies, or refuses, what the other has: the affirmed content has all that the denied one has."""
        more = self.right_more if self.left.affirmed else self.left_more
        return not more and not self.possibly and not self.has(Match.DIFFERENT, Match.EXCLUDES)

    @property
    def opposed(self) -> bool:
        """Whether one affirms and the other denies, or one wants it and the other does not."""
        return self.left.affirmed != self.right.affirmed


@dataclass(frozen=True)
class Rule:
    """A relation, its name in the ontology, and when it holds where no rule above it does."""

    name: str
    relation: str
    holds: Callable[[Compared], bool]


RULES = (
    Rule("wanted-and-refused", "opposes", lambda pair: pair.left.wanted and pair.opposed and pair.denied),
    Rule("denied-and-affirmed", "contradicts", lambda pair: pair.opposed and pair.denied),
    Rule("denied-otherwise", "compatible", lambda pair: pair.opposed),
    Rule("excluding-detail", "contradicts", lambda pair: pair.excluded),
    Rule("other-detail", "differs-in-detail", lambda pair: pair.has(Match.DIFFERENT, Match.EXCLUDES)),
    Rule(
        "same-details-other-certainty",
        "differs-in-certainty",
        lambda pair: pair.same and pair.left.certainty != pair.right.certainty,
    ),
    Rule(
        "same-details-other-words",
        "differs-in-wording",
        lambda pair: pair.same and pair.left.words != pair.right.words,
    ),
    Rule("same-details", "same-content", lambda pair: pair.same),
    Rule("details-apart", "compatible", lambda pair: pair.left_more and pair.right_more),
    Rule("more-details", "narrower", lambda pair: True),
)
"""The first rule that holds says how two claims relate."""


@dataclass(frozen=True)
class Relation:
    """How two claims relate, the one that says more on the left where one does; slugs of concepts.

    ``differs_in`` names what is not the same between them, also where that does not decide the relation; ``possibly``
    is true where somebody or something is only possibly the same in both.
    """

    left: Told
    right: Told
    relation: str
    rule: str
    differs_in: tuple[str, ...]
    possibly: bool


def relate(left: Told, right: Told, identity: Identity) -> Relation:
    """The relation of two claims about one frame, both of what is so or both of what is wanted."""
    details = _details(left, right, identity)
    if not left.affirmed and not right.affirmed:
        details = (_denied(detail, left, right) for detail in details)
    pair = Compared(left, right, tuple(details))
    rule = next(rule for rule in RULES if rule.holds(pair))
    if rule.name == "more-details" and pair.right_more:
        pair = Compared(right, left, pair.details)
    return Relation(pair.left, pair.right, rule.relation, rule.name, tuple(sorted(_differing(pair))), pair.possibly)


def _differing(pair: Compared) -> set[str]:
    found = {d.kind for d in pair.details if d.match in (Match.DIFFERENT, Match.EXCLUDES)}
    if pair.opposed:
        found.add("polarity")
    if pair.left.certainty != pair.right.certainty:
        found.add("certainty")
    if pair.left.words != pair.right.words:
        found.add("wording")
    edtf = [{when.edtf for when in one.times} for one in (pair.left, pair.right)]
    if all(edtf) and edtf[0] != edtf[1] and "date" not in found:
        found.add("date-expression")
    return found


def _denied(detail: Detail, left: Told, right: Told) -> Detail:
    """A detail of two denials: who leaves it out denies more, but one day of several is told closer by its date."""
    if detail.kind == "date" and left.times and right.times and any(when.one_of for when in left.times | right.times):
        return detail
    return replace(detail, match=_TURNED.get(detail.match, detail.match))


def _details(left: Told, right: Told, identity: Identity) -> Iterator[Detail]:
    if left.type != right.type:
        yield Detail("type", Match.DIFFERENT)
    for role in sorted(left.parts.keys() | right.parts.keys()):
        yield from _who(left.parts.get(role, frozenset()), right.parts.get(role, frozenset()), identity)
    for key in sorted(left.numbers.keys() | right.numbers.keys()):
        match = _numbers(left.numbers.get(key, frozenset()), right.numbers.get(key, frozenset()))
        if match is Match.EXCLUDES and not key[1]:  # a measure, such as two years, is told in round numbers
            match = Match.DIFFERENT
        role = key[0].removeprefix("of them ")
        counted = left.parts.get(role, frozenset()) & right.parts.get(role, frozenset())
        known = any(identity.name(who) == key[1] for who in counted)
        yield Detail("number", match, possibly=match is Match.EXCLUDES and not known)
    match = _times(left.times, right.times)
    if match is Match.EXCLUDES and (left.state or right.state):  # a state may hold on two days, an event does not
        match = Match.DIFFERENT
    yield Detail("date", match)


def _who(left: frozenset[str], right: frozenset[str], identity: Identity) -> Iterator[Detail]:
    """Who or what plays a part in one claim and in the other; nobody and nothing excludes another."""
    ours, theirs = sorted(left - right), sorted(right - left)
    for one in list(ours):
        other = next((other for other in theirs if identity.possibly(one, other)), None)
        if other is not None:
            ours.remove(one)
            theirs.remove(other)
            yield Detail(identity.kind(one), Match.SAME, possibly=True)
    kind = identity.kind(next(iter(ours or theirs or sorted(left))))
    yield Detail(kind, _more(ours, theirs, Match.DIFFERENT if left and right else Match.EITHER))


def _numbers(left: frozenset[Number], right: frozenset[Number]) -> Match:
    if left and right and left != right:
        excluded = any(one.excludes(other) for one in left for other in right)
        return Match.EXCLUDES if excluded and len(left) == len(right) == 1 else Match.DIFFERENT
    return _more(left - right, right - left, Match.DIFFERENT)


def _times(left: frozenset[When], right: frozenset[When]) -> Match:
    """How times compare by the days that they leave open, never by how they are written."""
    if not left or not right:
        return _more(left, right, Match.EITHER)
    apart = [(one, other) for one in left for other in right if not one.overlaps(other)]
    if len(apart) == len(left) * len(right):
        vague = any(one.vague or other.vague for one, other in apart)
        return Match.DIFFERENT if vague else Match.EXCLUDES
    within = all(any(one.within(other) for other in right) for one in left)
    around = all(any(other.within(one) for one in left) for other in right)
    return _MORE_BY_TIME[within, around]


_TURNED = {Match.LEFT: Match.RIGHT, Match.RIGHT: Match.LEFT}
_MORE_BY_TIME = {
    (True, True): Match.SAME,
    (True, False): Match.LEFT,
    (False, True): Match.RIGHT,
    (False, False): Match.EITHER,
}


def _more(ours: Iterable[object], theirs: Iterable[object], both: Match) -> Match:
    """Which of two claims has something that the other lacks."""
    table = {(False, False): Match.SAME, (True, False): Match.LEFT, (False, True): Match.RIGHT, (True, True): both}
    return table[bool(list(ours)), bool(list(theirs))]
