"""What remains when one does without some voices, or looks through a perspective: of all, of each article and event.

A claim is gone where it reaches us through a voice that is left out, as holder anywhere in its chain or as publisher,
as ``t:withoutVoice`` has it (``kb.perspectives``). That it is gone says nothing of whether it holds.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from kb.cards.facts import Facts, Json, article_link, kind_of
from kb.cards.indexed import entries_by_value, members
from kb.cards.narrow import resolved, withdrawn
from kb.cards.perspectives import load_rules, perspectives, rule
from kb.engine import Engine
from kb.index.entry import numbers
from kb.namespaces import BASE, path, slug

REMAINING: Final = {"articles": 50, "silent": 20, "single": 20, "dependent": 20}
"""The sections that are shown in parts, with how many of their items are shown at once."""

VOICES = 40
"""Voices that are offered to be left out: those through which most claims reach us."""


def remaining(
    engine: Engine,
    *,
    without: Sequence[str] = (),
    perspective: Sequence[str] = (),
    section: str = "",
    after: int = 0,
) -> Json:
    """What is left without some voices, and through a perspective, as filters of claims take both.

    ``section`` is one of ``REMAINING``, of which the first ``after`` items are left out. BadFilter where a value names
    nothing.
    """
    voices = resolved(engine, "claims", "without", list(dict.fromkeys(without)))
    through = resolved(engine, "claims", "perspective", perspective)
    everything = members(engine, "claims", "", [""])
    left = everything & ~withdrawn(engine, "claims", voices)
    if through:
        left &= members(engine, "claims", "perspective", through)
    asked = {"without": [*map(slug, voices)], "perspective": [*map(slug, through)]}
    facts = Facts(engine)
    offered = _voices(engine, voices)
    facts.load(f"{BASE}{name}" for name in (*voices, *through, *offered))
    found = {"articles": _articles(engine, left), **_events(engine, left)}
    return {
        "without": [facts.link(f"{BASE}{name}") for name in voices],
        "perspective": next((facts.link(f"{BASE}{name}") for name in through), None),
        "claims": everything.bit_count(),
        "left": left.bit_count(),
        "same_as": None if through else _same_as(engine, facts, voices),
        "voices": [
            {**facts.link(f"{BASE}{name}"), "claims": number, "left_out": name in voices}
            for name, number in offered.items()
        ],
        "events": {name: len(found[name]) for name in ("told", "kept")},
        **{name: _section(facts, found[name], name, after if name == section else 0, asked) for name in REMAINING},
    }


def _section(
    facts: Facts, found: Sequence[tuple[str, int, int]], name: str, start: int, asked: Mapping[str, Sequence[str]]
) -> Json:
    """A part of articles or events: each with how many claims tell of it, and how many of these are left."""
    end = start + REMAINING[name]
    shown = found[start:end]
    facts.load(f"{BASE}{one}" for one, _, _ in shown)
    facts.load(outlet for one, _, _ in shown for outlet in facts.iris(f"{BASE}{one}", "schema:publisher"))
    items = [{**_link(facts, f"{BASE}{one}"), "claims": claims, "left": left} for one, claims, left in shown]
    query = urlencode({**asked, "section": name, "after": end}, doseq=True)
    return {"total": len(found), "items": items, "more": f"/remaining?{query}" if end < len(found) else None}


def _link(facts: Facts, name: str) -> Json:
    return article_link(facts, name) if kind_of(name) == "article" else facts.link(name)


def _articles(engine: Engine, left: int) -> list[tuple[str, int, int]]:
    """The articles, those that lose most first: path, claims, claims that are left."""
    found = [
        (name, entries.bit_count(), (entries & left).bit_count())
        for name, entries in entries_by_value(engine, "claims", "article")
    ]
    return sorted(found, key=lambda one: (one[2] - one[1], one[0]))


def _events(engine: Engine, left: int) -> dict[str, list[tuple[str, int, int]]]:
    """The events that are told of, and those of them that are ``kept``; that become ``silent``; that have a ``single``
    holder left of several; and that are ``dependent``: of which no two independent claims are left."""
    holders = {
        number: name for name, entries in entries_by_value(engine, "claims", "holder") for number in numbers(entries)
    }
    about = list(entries_by_value(engine, "claims", "about"))
    independent = _independent(engine, {number: name for name, entries in about for number in numbers(entries)})
    found: dict[str, list[tuple[str, int, int]]] = {
        name: [] for name in ("told", "kept", "silent", "single", "dependent")
    }
    for name, entries in about:
        kept = entries & left
        event = (name, entries.bit_count(), kept.bit_count())
        found["told"].append(event)
        found["kept" if kept else "silent"].append(event)
        if kept and kept != entries:
            if _holders(holders, kept) == 1 < _holders(holders, entries):
                found["single"].append(event)
            pairs = independent.get(name, ())
            if pairs and not any(kept >> one & kept >> other & 1 for one, other in pairs):
                found["dependent"].append(event)
    for name in ("silent", "single", "dependent"):
        found[name].sort(key=lambda one: (-one[1], one[0]))
    return found


def _independent(engine: Engine, about: Mapping[int, str]) -> dict[str, list[tuple[int, int]]]:
    """The pairs of claims about one event that are known as independent, by the event; ``about`` has that of each."""
    found: dict[str, list[tuple[int, int]]] = {}
    sql = """SELECT "left", "right" FROM compared WHERE independence = 'independent'"""
    for one, other in engine.index.rows(sql):
        if one in about and about[one] == about.get(other):
            found.setdefault(about[one], []).append((one, other))
    return found


def _holders(holders: Mapping[int, str], entries: int) -> int:
    return len({holders[number] for number in numbers(entries) if number in holders})


def _voices(engine: Engine, chosen: Sequence[str]) -> dict[str, int]:
    """The voices through which most claims reach us, and those that are chosen, with how many these are."""
    found: dict[str, int] = {}
    for key in ("holder", "relayed_by"):
        for name, entries in entries_by_value(engine, "claims", key):
            found[name] = found.get(name, 0) | entries
    counts = sorted(((-entries.bit_count(), name) for name, entries in found.items()))
    return {name: -number for at, (number, name) in enumerate(counts) if at < VOICES or name in chosen}


def _same_as(engine: Engine, facts: Facts, voices: Sequence[str]) -> Json | None:
    """The perspective in the data that leaves out just these voices, if there is one."""
    names = [f"{BASE}perspective/{one}" for one in perspectives(engine)]
    load_rules(facts, names)
    for name in names:
        asked = {slug(one["property"]).rpartition("#")[2]: one["values"] for one in rule(facts, name)}
        if asked.keys() == {"withoutVoice"}:
            left_out = {path(str(one["iri"])) for one in asked["withoutVoice"]}
            if left_out == set(voices):
                return facts.link(name)
    return None
