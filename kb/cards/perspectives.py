"""Perspectives: rules that select claims, in words, and the graphs that are left when one of them is looked through."""

import pyoxigraph as ox

from kb.cards.facts import Facts, Json, article_link, as_iri, by_label, column, rows
from kb.engine import Engine
from kb.namespaces import BASE, iri, slug

WORDS = {
    "t:selectsArticle": "told in {}",
    "t:selectsOutlet": "in articles published by {}",
    "t:selectsHolder": "ascribed to {}",
    "t:selectsSide": "ascribed to states or organisations whose side is counted as: {}",
    "t:selectsBasis": "bound to their holder by: {}",
    "t:selectsBasisThroughout": "bound to their holder, at every link of the chain, by: {}",
    "t:selectsNaming": "whose source is named as: {}",
    "t:selectsMode": "put forward as: {}",
    "t:selectsRealis": "told as having happened: {}",
    "t:withoutVoice": "that do not reach us through {}",
}
"""What a rule asks, by its property, in the order in which it is told."""


def perspectives(engine: Engine) -> list[str]:
    """The slugs of all perspectives."""
    return [slug(found) for found in column(engine, "perspectives", "item", q=ox.Literal(""))]


def perspective_links(engine: Engine) -> list[Json]:
    """All perspectives as links, by label."""
    names = [f"{BASE}perspective/{name}" for name in perspectives(engine)]
    facts = Facts(engine)
    facts.load(names)
    return sorted((facts.link(name) for name in names), key=by_label)


def perspective(engine: Engine, name: str) -> str | None:
    """The IRI of the perspective that an IRI or a slug names; None where there is no such."""
    found = slug(name) if name.startswith(f"{BASE}perspective/") else name
    return f"{BASE}perspective/{found}" if found in perspectives(engine) else None


def perspective_graphs(engine: Engine, name: str) -> list[str]:
    """The IRIs of the graphs that the perspective of an IRI reaches."""
    return [as_iri(row["graph"]) for row in rows(engine, "perspective-graphs", perspective=name)]


def load_rules(facts: Facts, names: list[str]) -> None:
    """Loads what is needed to tell the rules of some perspectives in words."""
    facts.load(names)
    values = [value for name in names for term in WORDS for value in facts.iris(name, term)]
    facts.load(values)
    facts.load([outlet for value in values for outlet in facts.iris(value, "schema:publisher")])


def rule(facts: Facts, name: str) -> list[Json]:
    """What a perspective asks of claims: for each of its properties the words, and the values, any of which will do."""
    return [
        {"property": iri(term), "words": words.partition(" {}")[0], "values": found}
        for term, words in WORDS.items()
        if (found := _values(facts, name, term))
    ]


def rule_in_words(facts: Facts, name: str) -> str:
    """The same as a sentence; “No claims.” where nothing is asked."""
    parts = [
        words.format(" or ".join(value["label"] for value in found))
        for term, words in WORDS.items()
        if (found := _values(facts, name, term))
    ]
    return f"Claims {'; '.join(parts)}." if parts else "No claims."


def conclusions(engine: Engine, name: str) -> int:
    """How many different statements follow inside a perspective."""
    found = rows(engine, "conclusions-in-perspective", perspective=name)
    return int(as_iri(found[0]["conclusions"])) if found else 0


def _values(facts: Facts, name: str, term: str) -> list[Json]:
    links = [
        article_link(facts, one) if term == "t:selectsArticle" else facts.link(one) for one in facts.iris(name, term)
    ]
    words = {"true": "yes", "false": "no"}
    return links + [
        {"iri": None, "label": words.get(one.value, one.value), "lang": None} for one in facts.literals(name, term)
    ]
