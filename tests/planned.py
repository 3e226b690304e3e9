"""An invented corpus as it was planned: its claims, with the names under which they were written down."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from benchmarks import truth
from benchmarks.copying import similarity, words
from benchmarks.nouns import Claim, Count, Entity, Frame, Line, Part, Printed
from benchmarks.writing import claim_name, entity_name

Row = tuple[str, ...]
COMMON: Final = 20
"""Wordings up to which a word is no formula: sentences without such a word in common are shared by chance."""
KIND_OF_TAG: Final = {"c": "cue", "l": "loaded", "n": "name"}


@dataclass(frozen=True)
class Told:
    """A planned claim and where it stands."""

    plan: Claim
    page: Printed
    line: Line
    number: int

    @cached_property
    def name(self) -> str:
        return claim_name(self.page, self.line, self.number)

    @property
    def node(self) -> str:
        return f"node:{self.name.partition(':')[2]}"

    @property
    def article(self) -> str:
        return f"article:{self.page.article.slug}"

    @property
    def outlet(self) -> str:
        return self.page.article.outlet.name

    @cached_property
    def holder(self) -> str:
        return self.outlet if self.plan.holder is None else entity_name(self.page, self.plan.holder)

    @cached_property
    def passage(self) -> str:
        return f"anchor:{self.page.article.slug}-{self.line.name}"

    @cached_property
    def chain(self) -> "tuple[Told, ...]":
        """The claims that relay this one, from inside outwards."""
        if self.plan.above is None:
            return ()
        above = Told(self.line.sentence.claims[self.plan.above], self.page, self.line, self.plan.above)
        return (above, *above.chain)

    @cached_property
    def relays(self) -> frozenset[str]:
        """Everybody but the holder through whom it reaches us."""
        return frozenset((*(above.holder for above in self.chain), self.outlet)) - {self.holder}

    @property
    def cue(self) -> str:
        return self.words(self.plan.cue) if self.plan.cue else ""

    @property
    def parts(self) -> tuple[Part, ...]:
        return () if self.plan.relay else self.plan.parts

    @property
    def counts(self) -> Iterator[tuple[str, Part, Count]]:
        """Each quantity: its node, what is counted, and how many."""
        for at, part in enumerate(self.parts, start=1):
            if part.count:
                yield f"{self.node}-count-{at}", part, part.count

    @property
    def above(self) -> str:
        """What it is reported in: the next link of its chain."""
        return self.chain[0].name if self.chain else self.article

    @property
    def presupposed_in(self) -> str:
        """The claim that takes this one for granted, or ""."""
        at = self.plan.presupposed
        return "" if at is None else claim_name(self.page, self.line, at)

    @property
    def parted(self) -> set[tuple[str, str]]:
        """Who or what takes part, and in which role, both by name."""
        return {(self.named(part.who), f"role:{part.role}") for part in self.parts}

    @property
    def mentions(self) -> Iterator[tuple[str, str]]:
        """Each other that the event has to do with as a whole: the property, and whom or what."""
        for name, other in (
            ("sem:hasPlace", self.plan.place),
            ("t:near", self.plan.near),
            ("t:concerns", self.plan.concerns),
            ("t:after", self.plan.after),
        ):
            if other is not None:
                yield name, other.name

    def anchor(self, tag: str) -> str:
        """The anchor of tagged words: a cue, a name, a loaded word."""
        return f"{self.passage}-{KIND_OF_TAG[tag[0]]}-{tag[1:]}"

    def words(self, tag: str) -> str:
        """The words of a tagged stretch of the sentence."""
        return self.page.text[slice(*self.line.spans[tag])]

    def named(self, who: Entity | Frame) -> str:
        return entity_name(self.page, who)


@dataclass(frozen=True)
class Perspective:
    """A perspective that stands in the data: which claims it selects, and whether by whom or by which article."""

    selects: Callable[[Told], bool]
    narrow: bool


@dataclass(frozen=True)
class World:
    """A planned corpus: its pages, and what stands beside it in the data."""

    pages: Sequence[Printed]
    labels: Mapping[str, str]
    """Of all that has one, by prefixed name."""
    broader: Mapping[str, str]
    """The next broader type of a type of events."""
    sides: Mapping[str, str]
    """The side on which a holder is counted."""
    perspectives: Mapping[str, Perspective]

    @cached_property
    def claims(self) -> tuple[Told, ...]:
        return tuple(
            Told(claim, page, line, number)
            for page in self.pages
            for line in page.sentences
            for number, claim in enumerate(line.sentence.claims)
        )

    @cached_property
    def by_name(self) -> Mapping[str, Told]:
        return {told.name: told for told in self.claims}

    @cached_property
    def by_event(self) -> Mapping[str, list[Told]]:
        found: dict[str, list[Told]] = defaultdict(list)
        for told in self.claims:
            found[told.plan.frame.name].append(told)
        return found

    @cached_property
    def inner(self) -> Mapping[str, set[str]]:
        """Who is said to say something, by the claim that says so."""
        found: dict[str, set[str]] = defaultdict(set)
        for told in self.claims:
            found[told.above].add(told.holder)
        return found

    @cached_property
    def compared(self) -> Mapping[str, list[truth.Told]]:
        """The claims that say what is so, by the event that they are about, in the order of their names."""
        return self._by_event(wanted=False)

    def _by_event(self, *, wanted: bool) -> Mapping[str, list[truth.Told]]:
        found: dict[str, list[truth.Told]] = defaultdict(list)
        for told in sorted((one for page in self.pages for one in truth.told(page)), key=lambda one: one.name):
            if told.wanted == wanted:
                found[told.frame].append(told)
        return found

    @cached_property
    def sharing(self) -> frozenset[frozenset[str]]:
        """Pairs of articles that have a sentence in common."""
        return truth.sharing(self.pages)

    @cached_property
    def pairs(self) -> tuple[tuple[Told, Told, str], ...]:
        """Each two claims about one event that are compared, the one that says more first, and how they relate."""
        groups = (*self.compared.values(), *self._by_event(wanted=True).values())
        related = (truth.relation(one, two) for claims in groups for one, two in combinations(claims, 2))
        return tuple(
            (self.by_name[one.name], self.by_name[two.name], concept("relation", how)) for one, two, how in related
        )

    @cached_property
    def shared(self) -> list[tuple[tuple[Printed, Line], tuple[Printed, Line], str]]:
        """Each two sentences of different articles whose words agree, in the order of the articles, and how far."""
        told = [(page, line, words(page.text[line.start : line.end])) for page in self.pages for line in page.sentences]
        told.sort(key=lambda one: one[0].article.slug)
        wordings = {tuple(here) for _, _, here in told}
        standing = Counter(word for wording in wordings for word in set(wording))
        return [
            ((page, line), (other, copy), f"sharing:{how}")
            for (page, line, here), (other, copy, there) in combinations(told, 2)
            if page is not other and (how := alike(here, there))
            if any(standing[word] <= COMMON for word in {*here} & {*there})
        ]

    @cached_property
    def truths(self) -> Mapping[str, truth.Told]:
        """By name, each claim as it is compared."""
        return {one.name: one for page in self.pages for one in truth.told(page)}

    def tie(self, one: Told, two: Told) -> str:
        """What ties two claims that are compared."""
        return concept("independence", truth.independence(self.truths[one.name], self.truths[two.name], self.sharing))

    def relayed(self, told: Told) -> list[str]:
        """The labels of those who relay a claim, sorted; one that is empty where nobody does."""
        return sorted(self.labels[name] for name in told.relays) or [""]

    def label(self, kind: str, value: str) -> str:
        """The label of a concept."""
        return self.labels[f"{kind}:{value}"]

    def mode(self, told: Told) -> str:
        return self.label("mode", told.plan.mode)

    def polarity(self, told: Told) -> str:
        return self.label("polarity", "positive" if told.plan.positive else "negative")

    def certainty(self, told: Told) -> str:
        return self.label("certainty", told.plan.certainty)

    def types(self, told: Told) -> list[str]:
        """The type of what a claim tells, and all that are broader."""
        found = [f"type:{told.plan.frame.pattern.type}"]
        while found[-1] in self.broader:
            found.append(self.broader[found[-1]])
        return found

    def rows(self, told: Told, *more: str) -> Iterator[Row]:
        """A row for each who relays a claim, in the columns ``PUT`` and more."""
        for by in self.relayed(told):
            yield (by, told.name, self.labels[told.holder], self.mode(told), self.polarity(told), told.passage, *more)


def concept(kind: str, value: str) -> str:
    """The concept that a value of the truth means: sharedText is independence:shared-text."""
    return f"{kind}:{re.sub('[A-Z]', lambda found: '-' + found[0].lower(), value)}"


def alike(left: list[str], right: list[str]) -> str:
    """How far the words of two sentences agree; "" where it is not far enough."""
    ratio, shorter = similarity(left, right), min(len(left), len(right))
    common = ratio * (len(left) + len(right)) / 2
    if left == right:
        return "verbatim"
    if ratio >= 0.8 and common >= 10:
        return "near-verbatim"
    return "contained" if shorter >= 12 and common >= 0.8 * shorter and ratio >= 0.5 else ""
