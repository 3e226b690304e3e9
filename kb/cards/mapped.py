"""What claims say of places and ways: where gazetteers have these places, and who says what goes from where to where.

That a claim names a place says nothing of whether anything was there. Places that no gazetteer here has are counted and
not placed; a way is the way of one claim, with its speaker.
"""

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence

from kb.cards.chosen import Chosen, chosen
from kb.cards.claims import hit, load_claims
from kb.cards.facts import Facts, Json
from kb.cards.indexed import claims_of, named_as
from kb.cards.places import geometry, in_gazetteers
from kb.engine import Engine
from kb.index.entry import numbers
from kb.namespaces import BASE

PLACES = 200
"""Places on the map, or beside it, at most: those that most claims name."""

WAYS = 20
"""Ways that are shown at most, those with the most ends first."""

ENDS = {"origins": "role/origin", "paths": "role/path", "destinations": "role/destination"}
"""What places are to a way, and the role by which claims say so."""


def mapped(engine: Engine, given: Mapping[str, Sequence[str]]) -> Json:
    """The places that chosen claims name, and the ways that they tell of; BadFilter as for ``chosen``."""
    claims = chosen(engine, given)
    named = _named(engine, claims)
    order = sorted(named, key=lambda place: (-_union(named[place].values()).bit_count(), place))
    facts = Facts(engine)
    spots = in_gazetteers(engine, facts, [f"{BASE}{place}" for place in order])
    ways = _ways(named)
    shown = sorted(ways, key=lambda number: (-len(ways[number]), number))[:WAYS]
    there = [place for place in order if f"{BASE}{place}" in spots]
    elsewhere = [place for place in order if f"{BASE}{place}" not in spots]
    ends = {place for number in shown for places in ways[number].values() for place in places}
    facts.load(f"{BASE}{place}" for place in (*there[:PLACES], *elsewhere[:PLACES], *ends))

    def entry(place: str) -> Json:
        iri = f"{BASE}{place}"
        return {
            **facts.link(iri),
            "claims": _union(named[place].values()).bit_count(),
            "more": claims.address(names=place),
            "gazetteers": spots.get(iri, []),
        }

    return {
        "total": claims.total,
        "naming": _union(some for roles in named.values() for some in roles.values()).bit_count(),
        "places": {"total": len(there), "items": [entry(place) for place in there[:PLACES]]},
        "without_point": {"total": len(elsewhere), "items": [entry(place) for place in elsewhere[:PLACES]]},
        "ways": {"total": len(ways), "items": _told(engine, facts, {number: ways[number] for number in shown})},
        "gazetteers": _gazetteers(facts, {one["iri"] for some in spots.values() for one in some}),
        "more": claims.address(),
    }


def as_geojson(card: Json) -> Json:
    """The same as GeoJSON (RFC 7946): points of places, a line for each way with two ends that have points.

    A line is what somebody claims, drawn straight from the first point to the last; it is no road.
    """
    points = {one["iri"]: geometry(one["gazetteers"][:1]) for one in card["places"]["items"]}
    found = [
        {
            "type": "Feature",
            "id": one["iri"],
            "geometry": geometry(one["gazetteers"]),
            "properties": {key: one[key] for key in ("iri", "label", "lang", "claims", "gazetteers")},
        }
        for one in (*card["places"]["items"], *card["without_point"]["items"])
    ]
    for way in card["ways"]["items"]:
        for origin in way["origins"]:
            for destination in way["destinations"]:
                ends = (points.get(origin["iri"]), points.get(destination["iri"]))
                line = [end["coordinates"] for end in ends if end is not None]
                found.append(
                    {
                        "type": "Feature",
                        "id": way["claim"]["iri"],
                        "geometry": {"type": "LineString", "coordinates": line} if len(line) == 2 else None,
                        "properties": {**way["claim"], "origin": origin, "destination": destination},
                    }
                )
    return {"type": "FeatureCollection", "features": found}


def _named(engine: Engine, claims: Chosen) -> dict[str, dict[str, int]]:
    """The places that chosen claims name, as paths, with the claims by the role in which they do."""
    found: dict[str, dict[str, int]] = {}
    for place, role, entries in named_as(engine, "place/", "place0"):
        if left := entries & claims.claims:
            found.setdefault(place, {})[role] = left
    return found


def _ways(named: Mapping[str, Mapping[str, int]]) -> dict[int, dict[str, list[str]]]:
    """The claims that tell of a way, by number, each with its ends as far as they are places."""
    found: dict[int, dict[str, list[str]]] = {}
    for place, roles in sorted(named.items()):
        for end, role in ENDS.items():
            for number in numbers(roles.get(role, 0)):
                found.setdefault(number, {}).setdefault(end, []).append(place)
    return found


def _told(engine: Engine, facts: Facts, ways: Mapping[int, Mapping[str, Sequence[str]]]) -> list[Json]:
    """Ways as they are shown, each with its claim."""
    claims = claims_of(engine, list(ways))
    load_claims(facts, claims.values())
    return [
        {
            "claim": hit(facts, claims[number]),
            **{end: [facts.link(f"{BASE}{place}") for place in way.get(end, ())] for end in ENDS},
        }
        for number, way in ways.items()
    ]


def _gazetteers(facts: Facts, names: set[str]) -> list[Json]:
    """The gazetteers that points are of: whose they are, of which day, under which licence, and what they note."""
    return [
        {
            "iri": name,
            "source": facts.text(name, "dcterms:source") or facts.iri(name, "dcterms:source"),
            "issued": facts.text(name, "dcterms:issued"),
            "license": facts.iri(name, "dcterms:license"),
            "notes": facts.strings(name, "t:note"),
        }
        for name in sorted(names)
    ]


def _union(entries: Iterable[int]) -> int:
    """What is in any of some sets."""
    return functools.reduce(operator.or_, entries, 0)
