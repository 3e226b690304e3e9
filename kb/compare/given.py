"""What comparing needs of a dataset: tables, which those of several articles can be put together from."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from kb.compare import drift
from kb.compare.dependence import Origin, Range, anchors, credits, origins, reuse
from kb.compare.drift import Drift
from kb.compare.told import Identity, Told, identity, told
from kb.dataset import Dataset
from kb.namespaces import iri

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Given:
    """What is compared, and all that this depends on."""

    told: tuple[Told, ...]
    origins: tuple[Origin, ...]
    identity: Identity
    credited: frozenset[frozenset[str]]
    """Pairs of articles one of which credits the very text of the other."""
    reuse: Mapping[str, tuple[str, ...]]
    """The text reuse by which claims depend on each other, with its anchors."""
    anchors: Mapping[str, Range]
    """Where anchors stand."""
    sides: Mapping[str, tuple[str, ...]]
    """On which sides editors count somebody."""
    published: Mapping[str, str]
    """When articles were published."""
    coded: Mapping[frozenset[str], tuple[str, frozenset[str]]]
    """By pair of claims, relation and details that differ (slugs) of the comparisons in the data; these are by hand."""
    supporting: tuple[tuple[str, str], ...]
    """The pairs that comparisons by hand call surely the same content from independent voices."""
    wanting: frozenset[str]
    """Claims that say what their holders want or mean to do, and not what is so."""
    along_chains: tuple[Drift, ...]


def read(dataset: Dataset, *, own: Container[str] | None = None) -> Given:
    """What a dataset with its text reuse gives to comparing; only of the things in ``own``, where that is given."""

    def ours(names: Iterable[str]) -> list[str]:
        return [name for name in names if own is None or name in own]

    known = identity(dataset)
    claims = ours(dataset.instances("t:Claim"))
    articles = ours(dataset.instances("schema:NewsArticle"))
    wanting = {mode for mode in dataset.instances("skos:Concept") if dataset.value(mode, "t:wantingMode") == "true"}
    return Given(
        told=tuple(told(dataset, known, own=own)),
        origins=tuple(origins(dataset, own=own)),
        identity=Identity(
            known.declared,
            {entry: known.described[entry] for entry in ours(known.described)},
            {entry: known.kinds[entry] for entry in ours(known.kinds)},
        ),
        credited=frozenset(credits(dataset)),
        reuse=reuse(dataset),
        anchors=anchors(dataset, ours(dataset.having("oa:hasSource"))),
        sides={name: dataset.texts(name, "t:side") for name in ours(dataset.having("t:side"))},
        published={name: dataset.value(name, "schema:datePublished") or "" for name in articles},
        coded=_coded(dataset),
        supporting=tuple(_supporting(dataset)),
        wanting=frozenset(claim for claim in claims if dataset.value(claim, "t:mode") in wanting),
        along_chains=tuple(drift.along_chains(dataset, claims)),
    )


def together(several: Iterable[Given]) -> Given:
    """What several parts of a dataset give that describe different things."""
    parts = tuple(several)
    return Given(
        told=tuple(chain.from_iterable(part.told for part in parts)),
        origins=tuple(chain.from_iterable(part.origins for part in parts)),
        identity=Identity(
            frozenset(chain.from_iterable(part.identity.declared for part in parts)),
            _union(part.identity.described for part in parts),
            _union(part.identity.kinds for part in parts),
        ),
        credited=frozenset(chain.from_iterable(part.credited for part in parts)),
        reuse=_union(part.reuse for part in parts),
        anchors=_union(part.anchors for part in parts),
        sides=_union(part.sides for part in parts),
        published=_union(part.published for part in parts),
        coded=_union(part.coded for part in parts),
        supporting=tuple(dict.fromkeys(chain.from_iterable(part.supporting for part in parts))),
        wanting=frozenset(chain.from_iterable(part.wanting for part in parts)),
        along_chains=tuple(chain.from_iterable(part.along_chains for part in parts)),
    )


def _union(several: Iterable[Mapping[K, V]]) -> dict[K, V]:
    return {key: value for one in several for key, value in one.items()}


def _coded(dataset: Dataset) -> dict[frozenset[str], tuple[str, frozenset[str]]]:
    found = {}
    for name in dataset.instances("t:Comparison"):
        ends = frozenset((*dataset.texts(name, "t:left"), *dataset.texts(name, "t:right")))
        relation = (dataset.value(name, "t:relation") or "").rpartition("/")[2]
        found[ends] = relation, frozenset(detail.rpartition("/")[2] for detail in dataset.texts(name, "t:differsIn"))
    return found


def _supporting(dataset: Dataset) -> Iterator[tuple[str, str]]:
    wanted = {
        "t:independence": (iri("independence:independent"),),
        "t:relation": (iri("relation:same-content"),),
    }
    for name in dataset.instances("t:Comparison"):
        if any(dataset.texts(name, key) != values for key, values in wanted.items()):
            continue
        one, other = dataset.value(name, "t:left"), dataset.value(name, "t:right")
        if one and other and dataset.value(name, "t:onlyPossibly") != "true":
            yield one, other
