"""Names that are asked for: where an IRI occurs, and which are much like one that is unknown.

What was looked up is remembered as long as the engine of a build lives.
"""

from weakref import WeakKeyDictionary

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from kb.cards.facts import rows
from kb.engine import Engine
from kb.index.folding import fold
from kb.namespaces import BASE, PREFIXES, namespace, slug

_MOST_KNOWN = 10_000
_OCCURRING: WeakKeyDictionary[Engine, dict[tuple[str, str, str], frozenset[str]]] = WeakKeyDictionary()


def occurs(engine: Engine, name: str, role: str) -> frozenset[str]:
    """Where an IRI occurs as ``predicate``, ``type``, ``term`` or name of a ``graph``: in the ``default`` graph, in
    those of ``claims``, in both or nowhere."""
    known = _OCCURRING.setdefault(engine, {})
    key = (engine.build_id, name, role)
    if key not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        (found,) = rows(engine, f"occurs-as-{role}", iri=name)
        places = ("default", "claims")
        known[key] = frozenset(place for place in places if place in found and found[place] == ox.Literal(True))
    return known[key]


def known_to_occur(engine: Engine, name: str, role: str) -> frozenset[str]:
    """As ``occurs``, without looking anything up; LookupError where that is not remembered, or the IRI unknown."""
    found = _OCCURRING[engine][engine.build_id, name, role]
    if not found:
        raise LookupError(name)
    return found


def called(engine: Engine, text: str) -> list[str]:
    """The IRIs of what has a text, or a slug made of it, for one of its names, in any spelling or script, sorted."""
    return [name for (name,) in engine.index.rows(_CALLED, [fold(text.replace("-", " "))])]


def nearest(engine: Engine, kind: str, wanted: str, *, count: int = 3) -> list[str]:
    """The addresses (``/kind/slug``) of what is called like one that does not exist, then those most like it."""
    start = f"{BASE}{kind}/"
    there = [slug(found) for found in registered(engine, start)]
    named = [slug(found) for found in called(engine, wanted) if found.startswith(start)]
    close = [name for name, _, _ in process.extract(wanted, there, scorer=fuzz.ratio, score_cutoff=60, limit=count)]
    parts = [name for name in there if wanted and wanted in name]
    return [f"/{kind}/{name}" for name in list(dict.fromkeys([*named, *close, *parts]))[:count]]


def alike(engine: Engine, name: str) -> list[str]:
    """The IRIs that are most like one that is unknown, best first, at most three: of ours those that are registered, of
    other vocabularies the properties and classes that are in use."""
    start = namespace(name)
    if start not in PREFIXES.values():
        return []
    if start.startswith(BASE):
        found = registered(engine, start)
    else:
        figures = engine.statistics.parts["whole"]
        found = [used for used in (*figures.properties, *figures.classes) if namespace(used) == start]
    there = {one.removeprefix(start): one for one in found}
    close = process.extract(name.removeprefix(start), sorted(there), scorer=fuzz.ratio, score_cutoff=70, limit=3)
    return [there[one] for one, _, _ in close]


def registered(engine: Engine, start: str) -> list[str]:
    """The IRIs of ours that begin with ``start`` and are of a class and in use, sorted."""
    behind = start[:-1] + chr(ord(start[-1]) + 1)
    return [name for (name,) in engine.index.rows(_REGISTERED, [start, behind])]


_CALLED = "SELECT DISTINCT iri FROM name JOIN thing ON id = thing WHERE folded = ? ORDER BY iri"
_REGISTERED = "SELECT iri FROM address WHERE iri >= ? AND iri < ? AND in_use ORDER BY iri"
