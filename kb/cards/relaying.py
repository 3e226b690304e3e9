"""Who relays whom, and how much rests on whom: the chains through which claims reach us, counted.

A claim reaches us through every voice of its chain, from the outlet to its holder. What rests on a voice are the claims
that reach us through it; an event rests on it alone where every claim about it does. This counts what is told and says
nothing of whether it is so, nor of whether a voice could be done without.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.cards.chosen import Chosen, chosen
from kb.cards.facts import Facts, Json, article_link
from kb.cards.indexed import entries_by_value
from kb.cards.witnesses import witnesses
from kb.engine import Engine
from kb.index.entry import numbers
from kb.namespaces import BASE, slug

VOICES = 40
"""Voices that are shown, those on whom most rests."""

ARTICLES = 12
"""Articles that are shown one by one, those with the most claims."""

RELAYS = 40
"""Pairs of voices of whom one relays the other."""

Chain = tuple[str | None, tuple[str, ...]]
"""The article of a claim as a path, and its voices, outermost first: paths, or bylines where no outlet is printed."""


@dataclass
class Rests:
    """What rests on a voice: claims that it holds, and that it relays; in which articles; events, and those told of
    only through it."""

    held: int = 0
    relayed: int = 0
    articles: set[str] = field(default_factory=set)
    events: int = 0
    alone: int = 0


def relaying(engine: Engine, given: Mapping[str, Sequence[str]]) -> Json:
    """The voices through which chosen claims reach us, and how many pass from whom to whom; BadFilter as ``chosen``."""
    claims = chosen(engine, given)
    rows = _chains(engine, claims)
    chains = Counter(rows.values())
    found = _rests(engine, claims, rows)
    order = sorted(found, key=lambda voice: (-found[voice].held - found[voice].relayed, voice))
    pairs = Counter[tuple[str, str]]()
    articles = Counter[str]()
    for (article, voices), count in chains.items():
        for pair in pairwise(voices):
            pairs[pair] += count
        if article is not None:
            articles[article] += count
    first = [article for article, _ in sorted(articles.items(), key=lambda one: (-one[1], one[0]))[:ARTICLES]]
    relays = sorted(pairs.items(), key=lambda one: (-one[1], one[0]))[:RELAYS]
    facts = Facts(engine)
    shown = {*order[:VOICES], *(voice for pair, _ in relays for voice in pair)}
    facts.load(f"{BASE}{name}" for name in (*shown, *first))
    facts.load(outlet for one in first for outlet in facts.iris(f"{BASE}{one}", "schema:publisher"))
    letters = witnesses(engine, (_dated(facts, f"{BASE}{article}") for article in first))
    return {
        "total": claims.total,
        "articles": {
            "total": len(articles),
            "items": [
                {**letters[f"{BASE}{article}"], "claims": articles[article]}
                for article in sorted(first, key=lambda one: letters[f"{BASE}{one}"]["number"])
            ],
        },
        "voices": {
            "total": len(order),
            "items": [_voice(facts, claims, voice, found[voice]) for voice in order[:VOICES]],
        },
        "relays": {
            "total": len(pairs),
            "items": [{"by": _link(facts, by), "of": _link(facts, of), "claims": count} for (by, of), count in relays],
        },
        "flows": _flows(chains, set(first), set(order[:VOICES])),
        "more": claims.address(),
    }


def _chains(engine: Engine, claims: Chosen) -> dict[int, Chain]:
    """The chain of each chosen claim, by its number."""
    voices: dict[str, tuple[str, ...]] = {}
    found: dict[int, Chain] = {}
    for number, article, written in engine.index.rows("SELECT number, article, voices FROM voiced ORDER BY number"):
        if claims.claims >> number & 1:
            if written not in voices:
                voices[written] = tuple(json.loads(written))
            found[number] = (article, voices[written])
    return found


def _rests(engine: Engine, claims: Chosen, rows: Mapping[int, Chain]) -> dict[str, Rests]:
    found: dict[str, Rests] = {}
    for article, voices in rows.values():
        for voice in set(voices):
            one = found.setdefault(voice, Rests())
            one.held += voice == voices[-1]
            one.relayed += voice != voices[-1]
            if article is not None:
                one.articles.add(article)
    for _, entries in entries_by_value(engine, "claims", "about"):
        about = [rows[number][1] for number in numbers(entries & claims.claims)]
        for voice in {voice for voices in about for voice in voices}:
            found[voice].events += 1
        for voice in set.intersection(*map(set, about)) if about else ():
            found[voice].alone += 1
    return found


def _voice(facts: Facts, claims: Chosen, voice: str, rests: Rests) -> Json:
    through = rests.held + rests.relayed
    known = voice.startswith("actor/")
    return {
        "key": voice,
        "voice": _link(facts, voice),
        "through": through,
        "share": round(through / claims.total, 3),
        "held": rests.held,
        "held_more": claims.address(holder=slug(voice)) if known and rests.held else None,
        "relayed": rests.relayed,
        "relayed_more": claims.address(relayed_by=slug(voice)) if known and rests.relayed else None,
        "left_without": f"/remaining?without={slug(voice)}" if known else None,
        "articles": len(rests.articles),
        "events": rests.events,
        "events_through_it_alone": rests.alone,
    }


def _link(facts: Facts, voice: str) -> Json:
    """A voice as a link; one that is known by a byline only has no IRI."""
    return facts.link(f"{BASE}{voice}") if voice.startswith("actor/") else {"iri": None, "label": voice, "lang": None}


def _dated(facts: Facts, article: str) -> Json:
    return {**article_link(facts, article), "published": facts.text(article, "schema:datePublished")}


def _flows(chains: Mapping[Chain, int], articles: set[str], voices: set[str]) -> list[Json]:
    """How many claims come from which article through which voices to which holder, most first.

    The outlet at the outer end is not told again beside its article. Null stands for all articles, or all voices, that
    are not shown.
    """
    found: Counter[tuple[str | None, tuple[str | None, ...], str | None]] = Counter()
    for (article, heard), count in chains.items():
        kept = [voice if voice in voices else None for voice in heard]
        through = tuple(voice for at, voice in enumerate(kept[1:-1]) if voice is not None or at == 0 or kept[at])
        found[article if article in articles else None, through, kept[-1] if kept else None] += count
    return [
        {
            "article": None if article is None else f"{BASE}{article}",
            "through": list(through),
            "holder": holder,
            "claims": count,
        }
        for (article, through, holder), count in sorted(found.items(), key=lambda one: (-one[1], str(one[0])))
    ]
