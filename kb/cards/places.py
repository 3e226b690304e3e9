"""Which places lie in which, as somebody claims, and where gazetteers have them.

That a place lies in another is never said here in our own voice: every way from one to the other is made of claims of
one and the same holder, since what follows from the claims of several is claimed by nobody.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.cards.claims import spoken
from kb.cards.facts import Facts, Json
from kb.engine import Engine
from kb.namespaces import BASE, slug

_WITHIN = """
WITH RECURSIVE found(inner, "outer", claim, holder) AS (
    SELECT inner, "outer", claim, holder FROM located
    WHERE "outer" = :outer AND (:holders = '[]' OR holder IN (SELECT value FROM json_each(:holders)))
    UNION
    SELECT l.inner, l."outer", l.claim, l.holder
    FROM located l JOIN found f ON l."outer" = f.inner AND l.holder = f.holder
)
SELECT inner, "outer", claim, holder FROM found ORDER BY inner, "outer", claim, holder
"""


@dataclass(frozen=True)
class Way:
    """How a place comes to lie in another: by claims of one holder, one for each step from the inner to the outer.

    All are paths.
    """

    inner: str
    outer: str
    holder: str
    claims: tuple[str, ...]


def ways_into(engine: Engine, outer: str, holders: Sequence[str] = ()) -> list[Way]:
    """Every place that somebody (one of ``holders``, if any are given) claims lies in ``outer``.

    There is one way for each holder, the shortest; the shortest of all come first.
    """
    rows = engine.index.rows(_WITHIN, {"outer": outer, "holders": json.dumps(list(holders))})
    steps: dict[tuple[str, str], dict[str, str]] = {}
    for inner, around, claim, holder in rows:
        steps.setdefault((holder, around), {}).setdefault(inner, claim)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for holder in sorted({holder for holder, _ in steps}):
        reached = {outer}
        left: list[tuple[str, tuple[str, ...]]] = [(outer, ())]
        for place, so_far in left:  # grows while it is read: the shortest ways come first
            for inner, claim in steps.get((holder, place), {}).items():
                if inner not in reached:
                    reached.add(inner)
                    found[inner, holder] = (claim, *so_far)
                    left.append((inner, found[inner, holder]))
    ways = [Way(inner, outer, holder, claims) for (inner, holder), claims in found.items()]
    return sorted(ways, key=lambda way: (len(way.claims), way.inner, way.holder))


def located(engine: Engine, *, inner: str = "", outer: str = "") -> list[tuple[Way, int]]:
    """Who claims in one step that a place lies in another, and in how many claims: for one of the two, a path.

    The way has the first of these claims; who speaks through others is told apart.
    """
    sql = """
    SELECT inner, "outer", holder, min(claim), count(*) FROM located WHERE inner = :inner OR "outer" = :outer
    GROUP BY "outer", inner, holder, voices ORDER BY "outer", inner, holder, voices
    """
    rows = engine.index.rows(sql, {"inner": inner, "outer": outer})
    return [(Way(one, around, holder, (claim,)), count) for one, around, holder, claim, count in rows]


def located_as_json(engine: Engine, facts: Facts, ways: Sequence[tuple[Way, int]]) -> list[Json]:
    """The ways of ``located`` as they are shown, with ``total`` claims and, if there are several, where these are."""
    shown = told(engine, facts, [way for way, _ in ways])
    return [
        {
            **shown[way],
            "total": count,
            "more": None
            if count == 1
            else f"/claims?names={way.inner}&role=located-thing&place={slug(way.outer)}&holder={slug(way.holder)}",
        }
        for way, count in ways
    ]


def told(engine: Engine, facts: Facts, ways: Collection[Way]) -> dict[Way, Json]:
    """Ways as they are shown: the two places, whose claims they are made of, and these with their speakers."""
    sql = "SELECT claim, voices FROM located WHERE claim IN (SELECT value FROM json_each(?))"
    claims = sorted({claim for way in ways for claim in way.claims})
    voices = {claim: json.loads(found) for claim, found in engine.index.rows(sql, (json.dumps(claims),))}
    names = {name for way in ways for name in (way.inner, way.outer, way.holder)}
    names |= {voice for some in voices.values() for voice in some if voice.startswith("actor/")}
    facts.load(f"{BASE}{name}" for name in names)
    links = {name: facts.link(f"{BASE}{name}") for name in names}
    spoken_by = {
        claim: spoken([links[voice]["label"] if voice in links else voice for voice in some])
        for claim, some in voices.items()
    }
    return {
        way: {
            "place": links[way.inner],
            "in": links[way.outer],
            "holder": links[way.holder],
            "claims": [{"iri": f"{BASE}{claim}", "speaker": spoken_by[claim]} for claim in way.claims],
        }
        for way in ways
    }


def in_gazetteers(engine: Engine, facts: Facts, places: Sequence[str]) -> dict[str, list[Json]]:
    """Where gazetteers have places, and what they call them, by the IRI of the place; the source and day of each.

    ``precision`` is the last digit that the gazetteer writes, in degrees.
    """
    sql = """
    SELECT place, lat, long, gazetteer, source, issued, names FROM spot
    WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place, gazetteer
    """
    found: dict[str, list[Json]] = {}
    rows = engine.index.rows(sql, (json.dumps([slug(place) for place in places]),))
    facts.load({gazetteer for _, _, _, gazetteer, *_ in rows})
    for place, lat, long, gazetteer, source, issued, names in rows:
        entry = {
            "iri": gazetteer,
            "source": source,
            "issued": issued,
            "license": facts.iri(gazetteer, "dcterms:license"),
            "lat": float(lat),
            "long": float(long),
            "precision": max(_last_digit(lat), _last_digit(long)),
            "names": [{"text": text, "lang": lang} for text, lang in json.loads(names)],
        }
        found.setdefault(f"{BASE}place/{place}", []).append(entry)
    return found


def geometry(gazetteers: Sequence[Json]) -> Json | None:
    """The points of gazetteers as a GeoJSON geometry (RFC 7946, WGS 84); None where there is none."""
    points = [[one["long"], one["lat"]] for one in gazetteers]
    if len(points) > 1:
        return {"type": "MultiPoint", "coordinates": points}
    return {"type": "Point", "coordinates": points[0]} if points else None


def features(engine: Engine, items: Sequence[Json], *, following: str | None) -> Json:
    """Places of a list as GeoJSON; the geometry is null where no gazetteer here has a place.

    Of several gazetteers each gives a point.
    """
    facts = Facts(engine)
    facts.load(item["iri"] for item in items)
    spots = in_gazetteers(engine, facts, [item["iri"] for item in items])
    found = [_feature(facts, item, spots.get(item["iri"], [])) for item in items]
    return {"type": "FeatureCollection", "features": found, "next": following}


def _feature(facts: Facts, item: Json, gazetteers: Sequence[Json]) -> Json:
    own = ("iri", "source", "issued", "license", "precision", "names")
    return {
        "type": "Feature",
        "id": item["iri"],
        "geometry": geometry(gazetteers),
        "properties": {
            **item,
            "name_forms": facts.strings(item["iri"], "skos:altLabel"),
            "gazetteers": [{key: one[key] for key in own} for one in gazetteers],
        },
    }


def _last_digit(degrees: str) -> float:
    """What the last digit of a decimal number stands for."""
    return float(f"1e-{len(degrees.partition('.')[2])}")
