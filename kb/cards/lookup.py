"""What an address, a slug or an identifier means here: what of ours it names, or what is the same as it."""

from collections.abc import Collection

from rapidfuzz import fuzz, process

from kb.cards.entities import ONTOLOGY
from kb.cards.facts import Facts, Json, article_link, kind_of
from kb.cards.names import called, registered
from kb.cards.rdf import PARTS, owner
from kb.engine import Engine
from kb.errors import QueryError
from kb.index.addresses import comparable, last_part
from kb.namespaces import BASE, DEFAULT_GRAPH, OWN, PREFIXES, path, slug

LISTED = ("actor", "article", "claim", "event", "object", "place")
"""Kinds that a slug means before all others; a perspective of an article, say, has the article's slug."""


def find(engine: Engine, text: str) -> list[str]:
    """The IRIs of ours that a slug, a path such as ``claim/x``, a prefixed name or an IRI can mean, sorted."""
    name = _path(text)
    term = name.removeprefix(f"{slug(ONTOLOGY)}#")
    if not is_local(term):
        return []
    wanted = (
        [f"{BASE}{name}"]
        if "/" in name or name != term or name == slug(ONTOLOGY)
        else [f"{BASE}{kind}/{name}" for kind in OWN]
    )
    marks = ", ".join("?" * len(wanted))
    return [there for (there,) in engine.index.rows(f"SELECT iri FROM address WHERE iri IN ({marks})", wanted)]


def meant(engine: Engine, text: str) -> list[str]:
    """The IRIs of what has a card and ``text`` means, sorted: by addresses here, else by addresses and identifiers
    elsewhere, else by what things are called; a part such as an anchor means what it belongs to. [] if nothing is."""
    found = find(engine, text)
    shown = [name for name in found if kind_of(name) in LISTED]
    shown = shown or [name for name in found if kind_of(name) not in PARTS]
    shown = shown or sorted({whole for name in found if (whole := owner(engine, name)) is not None})
    return shown or same_as(engine, text) or called(engine, text)


def addressed(engine: Engine, text: str) -> list[str]:
    """What ``text`` means by ``meant``, or the default graph: it has an address, though nothing is said of it."""
    return [DEFAULT_GRAPH] if _path(text) == path(DEFAULT_GRAPH) else meant(engine, text)


def among(engine: Engine, text: str, kinds: Collection[str]) -> list[str]:
    """The paths of what a text means among things of some kinds, sorted: by its address, else by what it is called."""
    for found in (find(engine, text), called(engine, text)):
        if known := [name for name in map(path, found) if name.partition("/")[0] in kinds]:
            return known
    return []


def same_as(engine: Engine, elsewhere: str) -> list[str]:
    """The IRIs of what an address or an identifier elsewhere means, such as ``Q42`` for one at Wikidata, sorted."""
    address = comparable(elsewhere)
    if "/" in address:
        return [
            name for (name,) in engine.index.rows("SELECT iri FROM same WHERE elsewhere = ? ORDER BY iri", [address])
        ]
    last = last_part(address.rpartition(":")[2])
    return [name for (name,) in engine.index.rows("SELECT DISTINCT iri FROM same WHERE last = ? ORDER BY iri", [last])]


def resolve(engine: Engine, text: str) -> str:
    """The IRI of the one thing with a card that ``text`` means; a term of the ontology means the ontology.

    QueryError where there is none, with what is most like it, or where there are several.
    """
    found = meant(engine, text)
    if len(found) == 1:
        return found[0].partition("#")[0]
    if found:
        several = ", ".join(name.removeprefix(BASE) for name in found)
        raise QueryError(f"{text!r} can mean several things.", reason="not-found", hint=f"Say which: {several}.")
    near = likely(engine, text)
    hint = f"Did you mean {', '.join(near)}?" if near else "Ask for the lists of claims, events, actors and so on."
    raise QueryError(f"There is nothing called {text!r} here.", reason="not-found", hint=hint)


def likely(engine: Engine, text: str, *, count: int = 5) -> list[str]:
    """The paths (``kind/slug``) most like an address or slug that means nothing, best first."""
    name = _path(text)
    kind, slash, rest = name.rpartition("/")
    starts = [f"{kind}/"] if slash and kind in OWN else [f"{kind}/" for kind in LISTED]
    there = {
        slug(found): path
        for start in reversed(starts)
        for found in registered(engine, f"{BASE}{start}")
        if (path := found.removeprefix(BASE))
    }
    close = process.extract(rest, there.keys(), scorer=fuzz.ratio, score_cutoff=60, limit=count)
    return [there[found] for found, _, _ in close]


def links(engine: Engine, names: list[str]) -> list[Json]:
    """Things as links with their kind, in the order given."""
    facts = Facts(engine)
    facts.load(names)
    facts.load([outlet for name in names for outlet in facts.iris(name, "schema:publisher")])
    found = ((name, article_link(facts, name) if kind_of(name) == "article" else facts.link(name)) for name in names)
    return [{**link, "kind": kind_of(name) or slug(ONTOLOGY)} for name, link in found]


def is_local(name: str) -> bool:
    """Whether a path can stand in an IRI as it is."""
    return bool(name) and all(c.isascii() and (c.isalnum() or c in "-_./") for c in name)


def _path(text: str) -> str:
    """An IRI, prefixed name or path as the path that stands behind our base."""
    name = text.strip()
    prefix, colon, rest = name.partition(":")
    if colon and PREFIXES.get(prefix, "").startswith(BASE):
        name = PREFIXES[prefix] + rest
    if name.startswith("http://"):
        name = f"https://{name.removeprefix('http://')}"
    return name.removeprefix(BASE).strip("/")
