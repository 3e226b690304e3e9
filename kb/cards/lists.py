"""Lists of what there is, with filters and keyset paging, near matches, and the figures of the front page."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb.cards import perspectives
from kb.cards.claims import hits
from kb.cards.entities import kinds_of
from kb.cards.facts import Facts, Json, article_link, as_iri, as_number, column, rows, slug
from kb.cards.lookup import is_local
from kb.cards.names import nearest
from kb.engine import Engine, Term
from kb.namespaces import BASE, OWN

LISTS = {
    "actors": "actor",
    "articles": "article",
    "claims": "claim",
    "events": "event",
    "objects": "object",
    "perspectives": "perspective",
    "places": "place",
}
"""The lists, by their path, with the kind that each lists."""

CODED = ("certainty", "mode", "polarity")
"""Filters of claims whose values are the concepts of the scheme of the same name."""

LINKED = {
    "about": "event",
    "addressee": "actor",
    "article": "article",
    "holder": "actor",
    "perspective": "perspective",
}
"""Filters of claims whose values are slugs, with the kind of thing that each names."""

FILTERS = {"claims": (*CODED, *LINKED, "names", "realis"), "events": ("perspective",)}
"""The filters of lists that have any; ``names`` takes a path such as ``place/eastquay``, ``realis`` true or false."""


@dataclass(frozen=True)
class Page:
    """One page of a list: how many there are in all, the items, and the slug after which the next page begins."""

    total: int
    items: Sequence[Json]
    after: str | None


class BadFilter(ValueError):
    """A filter with a value that it does not take; ``choices`` are those it does (some of them, where many)."""

    def __init__(self, name: str, value: str, choices: Sequence[str]) -> None:
        super().__init__(f"“{value}” is no value of “{name}”")
        self.name = name
        self.value = value
        self.choices = choices


def listing(
    engine: Engine,
    name: str,
    *,
    q: str = "",
    filters: Mapping[str, str] | None = None,
    after: str = "",
    limit: int = 50,
) -> Page:
    """One page of the list ``name`` in the order of slugs.

    ``q`` looks into labels, name forms, headlines and paraphrases; ``filters``, those of ``FILTERS``, narrow by their
    values.
    BadFilter where a filter's value names nothing.
    """
    everything = {"q": ox.Literal(q)}
    found = _claims(engine, q, filters or {}) if name == "claims" else column(engine, name, "item", **everything)
    if name == "events" and filters and (view := filters.get("perspective")):
        _known(engine, "perspective", "perspective", view)
        told = set(column(engine, "events-in-perspective", "item", perspective=f"{BASE}perspective/{view}"))
        found = [event for event in found if event in told]
    start = bisect_right(found, f"{BASE}{LISTS[name]}/{after}") if after else 0
    chosen = found[start : start + limit]
    items = hits(engine, chosen) if name == "claims" else _entries(engine, name, chosen)
    more = start + limit < len(found)
    return Page(len(found), items, slug(chosen[-1]) if more and chosen else None)


def choices(engine: Engine, name: str) -> list[str]:
    """The values that a coded filter takes, sorted."""
    return [slug(found) for found in column(engine, "concepts", "concept", scheme=f"{BASE}scheme/{name}")]


def overview(engine: Engine) -> Json:
    """The front page: the articles, how much there is of each kind, and the events with the most holders."""
    articles = column(engine, "articles", "item", q=ox.Literal(""))
    events = _counts(engine, "event")
    totals = {name: len(column(engine, name, "item", q=ox.Literal(""))) for name in LISTS if name != "claims"}
    claims = len(_claims(engine, "", {}))
    contested = sorted(events, key=lambda event: (-events[event]["holders"], -events[event]["claims"], event))[:5]
    return {
        "articles": _entries(engine, "articles", articles),
        "totals": dict(sorted({**totals, "claims": claims}.items())),
        "contested": _entries(engine, "events", contested),
    }


def _entries(engine: Engine, name: str, iris: Sequence[str]) -> list[Json]:
    """Registry entries and articles in short, in the order given."""
    facts = Facts(engine)
    facts.load(iris)
    counts: dict[str, Json] = {}
    if name in ("articles", "events"):
        counts = _counts(engine, LISTS[name])
    if name == "perspectives":
        counts = perspectives.counts(engine)
        perspectives.load_rules(facts, list(iris))
        empty = {"claims": 0, "contradictions": 0, "holders": 0}
        return [
            {**facts.link(found), "rule": perspectives.rule_in_words(facts, found), **counts.get(found, empty)}
            for found in iris
        ]
    facts.load([outlet for found in iris for outlet in facts.iris(found, "schema:publisher")])
    none = {"claims": 0, "holders": 0}
    return [_entry(facts, name, found, counts.get(found, none)) for found in iris]


def _entry(facts: Facts, name: str, found: str, counts: Json) -> Json:
    if name == "articles":
        return {
            **article_link(facts, found),
            "headline": facts.text(found, "schema:headline"),
            "outlet": facts.link_to(found, "schema:publisher"),
            "byline": facts.text(found, "schema:author"),
            "published": facts.text(found, "schema:datePublished"),
            **counts,
        }
    entry = {**facts.link(found), "kinds": kinds_of(facts, found)}
    return {**entry, **counts} if name == "events" else entry


def _counts(engine: Engine, kind: str) -> dict[str, Json]:
    return {
        as_iri(row["item"]): {key: as_number(as_iri(row[key])) for key in ("claims", "holders")}
        for row in rows(engine, f"claims-per-{kind}")
        if "item" in row
    }


def _claims(engine: Engine, q: str, filters: Mapping[str, str]) -> list[str]:
    """The claims that fit all filters, sorted."""
    bound: dict[str, str | Term] = {"q": ox.Literal(q)}
    for name, value in filters.items():
        if name in CODED:
            if value not in choices(engine, name):
                raise BadFilter(name, value, choices(engine, name))
            bound[name] = f"{BASE}{name}/{value}"
        elif name in LINKED:
            _known(engine, name, LINKED[name], value)
            bound[name] = f"{BASE}{LINKED[name]}/{value}"
        elif name == "realis":
            if value not in ("true", "false"):
                raise BadFilter(name, value, ["true", "false"])
            bound[name] = ox.Literal(value, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
    narrowed = [
        column(engine, query, "claim", **{variable: bound.pop(name)})
        for name, query, variable in (
            ("article", "claims-in-article", "article"),
            ("addressee", "claims-addressed", "who"),
            ("perspective", "claims-in-perspective", "perspective"),
        )
        if name in bound
    ]
    if "names" in filters:
        kind, _, rest = filters["names"].partition("/")
        _known(engine, "names", kind, rest)
        narrowed.append(column(engine, "claims-naming", "claim", thing=f"{BASE}{kind}/{rest}"))
    found = set(column(engine, "claims", "item", **bound)).intersection(*narrowed)
    return sorted(found)


def _known(engine: Engine, name: str, kind: str, value: str) -> None:
    """BadFilter where no thing of ``kind`` has the slug ``value``; it names the nearest."""
    if kind not in OWN or not is_local(value) or not engine.quads(subjects=[f"{BASE}{kind}/{value}"]):
        near = nearest(engine, kind, value) if kind in OWN else []
        cut = 0 if name == "names" else len(kind) + 1
        raise BadFilter(name, value, [found[1:][cut:] for found in near])
