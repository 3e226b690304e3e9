"""Perspectives: rules in the data, and which claims each of them selects.

A ``t:Perspective`` gives values of the properties in ``CONDITIONS``. Several values of one property mean any of them;
different properties must all be met. A perspective without any of them selects nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pyoxigraph as ox

from kb.dataset import Dataset, node


@dataclass(frozen=True)
class _Link:
    """What a claim says of itself and of the claims above it: the article, the voices and the bases of its chain."""

    article: frozenset[str]
    voices: frozenset[str]
    bases: frozenset[str]


@dataclass(frozen=True)
class Condition:
    """``traits`` of a claim meet the wanted values by ``fits``; a ``positive`` one is met by having a wanted value."""

    traits: Callable[[Dataset, str, _Link], Set[str]]
    fits: Callable[[Set[str], Set[str]], bool]
    positive: bool = True


def _own(name: str) -> Condition:
    """The claim's own value of a property is one of the wanted."""
    return Condition(lambda dataset, claim, link: frozenset(dataset.texts(claim, name)), _any)


def _any(found: Set[str], wanted: Set[str]) -> bool:
    return not found.isdisjoint(wanted)


def _only(found: Set[str], wanted: Set[str]) -> bool:
    return bool(found) and found <= wanted


CONDITIONS: Final[Mapping[str, Condition]] = MappingProxyType(
    {
        "t:selectsArticle": Condition(lambda dataset, claim, link: link.article, _any),
        "t:selectsBasis": _own("t:attributionBasis"),
        "t:selectsBasisThroughout": Condition(lambda dataset, claim, link: link.bases, _only),
        "t:selectsHolder": _own("t:holder"),
        "t:selectsMode": _own("t:mode"),
        "t:selectsNaming": _own("t:sourceNaming"),
        "t:selectsOutlet": Condition(lambda dataset, claim, link: _of(dataset, link.article, "schema:publisher"), _any),
        "t:selectsRealis": _own("t:realis"),
        "t:selectsSide": Condition(
            lambda dataset, claim, link: _of(dataset, dataset.texts(claim, "t:holder"), "t:side"), _any
        ),
        "t:withoutVoice": Condition(
            lambda dataset, claim, link: link.voices, lambda found, unwanted: found.isdisjoint(unwanted), positive=False
        ),
    }
)
"""What a perspective can ask of a claim, by the property of the ontology that defines it."""


def members(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """The claims that each perspective selects, sorted, by its IRI; give it what ``kb.derive`` returns."""
    rules = conditions(dataset)
    names = sorted({name for wanted in rules.values() for name in wanted})
    return select(rules, traits(dataset, dataset.instances("t:Claim") if names else (), names))


Traits = Mapping[str, Set[str]]
"""What a perspective can ask of a claim, by the names in ``CONDITIONS``: the values that the claim has."""


def conditions(dataset: Dataset) -> dict[str, Traits]:
    """What each perspective in a dataset asks for."""
    return {perspective: _conditions(dataset, perspective) for perspective in dataset.instances("t:Perspective")}


def traits(dataset: Dataset, claims: Iterable[str], names: Collection[str] = CONDITIONS.keys()) -> dict[str, Traits]:
    """What perspectives can ask of some claims."""
    links: dict[str, _Link] = {}
    found: dict[str, Traits] = {}
    for claim in claims:
        link = _link(dataset, claim, links)
        found[claim] = {name: CONDITIONS[name].traits(dataset, claim, link) for name in names}
    return found


def select(rules: Mapping[str, Traits], traits: Mapping[str, Traits]) -> dict[str, tuple[str, ...]]:
    """The claims, of those with ``traits``, that each perspective selects, sorted.

    Linear in claims and in what is selected: a perspective looks only at claims that have the rarest of its values.
    """
    asked = {name for wanted in rules.values() for name in wanted if CONDITIONS[name].positive}
    having: dict[tuple[str, str], list[str]] = {}
    for claim, found in traits.items():
        for name in asked:
            for value in found[name]:
                having.setdefault((name, value), []).append(claim)

    def selected(conditions: Traits) -> tuple[str, ...]:
        if not conditions:
            return ()
        lists = [
            [having.get((name, value), []) for value in wanted]
            for name, wanted in conditions.items()
            if CONDITIONS[name].positive
        ]
        fewest = min(lists, key=lambda found: sum(map(len, found)), default=[list(traits)])
        return tuple(
            claim
            for claim in sorted({claim for found in fewest for claim in found})
            if all(CONDITIONS[name].fits(traits[claim][name], wanted) for name, wanted in conditions.items())
        )

    return {perspective: selected(conditions) for perspective, conditions in rules.items()}


def quads(selected: Mapping[str, tuple[str, ...]]) -> list[ox.Quad]:
    """What the default graph says of the claims that perspectives select."""
    under = node("t:underPerspective")
    return [
        ox.Quad(ox.NamedNode(claim), under, ox.NamedNode(perspective))
        for perspective, claims in selected.items()
        for claim in claims
    ]


def _conditions(dataset: Dataset, perspective: str) -> Traits:
    given = {name: frozenset(dataset.texts(perspective, name)) for name in CONDITIONS}
    return {name: values for name, values in given.items() if values}


def _link(dataset: Dataset, claim: str, known: dict[str, _Link]) -> _Link:
    """The chain from a claim upwards; one that runs in a circle or nowhere ends there and reaches no article."""
    above: list[str] = []
    current: str | None = claim
    while current is not None and current not in known and current not in above and dataset.is_a(current, "t:Claim"):
        above.append(current)
        current = dataset.value(current, "t:reportedIn")
    if current is not None and current in known:
        link = known[current]
    elif current is not None and current not in above:
        link = _Link(frozenset({current}), _of(dataset, (current,), "schema:publisher"), frozenset())
    else:
        link = _Link(frozenset(), frozenset(), frozenset())
    for one in reversed(above):
        voices = link.voices.union(dataset.texts(one, "t:holder"))
        link = known[one] = _Link(link.article, voices, link.bases.union(dataset.texts(one, "t:attributionBasis")))
    return link


def _of(dataset: Dataset, subjects: Set[str] | tuple[str, ...], name: str) -> frozenset[str]:
    return frozenset(value for subject in subjects for value in dataset.texts(subject, name))
