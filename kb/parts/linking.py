"""What the statements of each part tell of others: what it describes, what it refers to, who is checked with whom."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kb.dataset import RDF_TYPE, Dataset, node, statements, text_of
from kb.model import Source
from kb.namespaces import BASE
from kb.parts.model import Links, Part, Shared
from kb.style import described


def links(shared: Shared, part: Part) -> Links:
    """What others need to know of a part; SourceError for a file that no parser takes."""
    apart = [statements([file]) for file in part.files]
    quads = tuple(dict.fromkeys(quad for found in apart for quad in found))
    return replace(
        bonds(part, apart, shared.described),
        contents=tuple(
            hashlib.sha256(ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"").hexdigest() for found in apart
        ),
        across=_selected(shared, quads) if part.slug else {},
    )


def bonds(part: Part, apart: Sequence[Iterable[ox.Quad]], known: frozenset[str]) -> Links:
    """What binds a part to others, without contents; ``apart`` are the statements of each of its files, ``known`` is
    what shared files describe."""
    quads = [quad for found in apart for quad in found]
    registry = [quad for file, found in zip(part.files, apart, strict=True) if not file.trig for quad in found]
    own = described(Dataset(tuple(quads), {}))
    refers = {
        quad.object.value
        for quad in quads
        if isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(BASE)
        and (part.slug or quad.predicate == node("oa:hasSource"))  # of the shared files, only anchors are looked into
    }
    return Links(
        (),
        tuple(sorted(own)),
        tuple(sorted(described(Dataset(tuple(registry), {})))) if part.slug else (),
        tuple(sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)})),
        tuple(sorted(refers - own - known)),
        {},
    )


def around(known: Sequence[Dataset], names: Iterable[str]) -> list[ox.Quad]:
    """What other files say in our own voice of some names, and of all that they refer to then."""
    seen = set(names)
    todo, found = sorted(seen), []
    while todo:
        name = todo.pop()
        for quad in (quad for dataset in known for quad in dataset.about(name)):
            if isinstance(quad.graph_name, ox.DefaultGraph):
                found.append(quad)
                other = text_of(quad.object)
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
    return found


def _selected(shared: Shared, quads: Iterable[ox.Quad]) -> dict[str, str]:
    """For each class of rules across articles, the statements with a property, or of a class, that they name."""
    along: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        along.setdefault(quad.predicate.value, []).append(quad)
    types = [(quad, text_of(quad.object)) for quad in along.pop(RDF_TYPE.value, ())]
    found = {}
    for name, names in shared.across.items():
        classes = _narrower(shared, names)
        kept = [quad for quad, kind in types if kind in classes]
        kept += [quad for predicate in along if predicate in names for quad in along[predicate]]
        found[name] = (ox.serialize(kept, format=ox.RdfFormat.N_QUADS) or b"").decode()
    return found


def _narrower(shared: Shared, names: frozenset[str]) -> set[str]:
    """Some classes with their subclasses."""
    found, todo = set(names), list(names)
    while todo:
        for name in shared.ontology.subjects("rdfs:subClassOf", todo.pop()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def tangled(parts: Sequence[Part], links: Mapping[str, Links]) -> list[list[Part]]:
    """Groups of parts that write the same thing, or refer to what stands in each other's articles."""
    writer: dict[str, str] = {}
    joined: dict[str, str] = {}

    def root(slug: str) -> str:
        while slug in joined:
            slug = joined[slug]
        return slug

    def join(one: str, other: str) -> None:
        if root(one) != root(other):
            joined[root(one)] = root(other)

    for part in parts:
        for name in (*links[part.slug].described, *links[part.slug].graphs):
            join(writer.setdefault(name, part.slug), part.slug)
    listed = {name for part in parts for name in links[part.slug].registry}
    for part in parts:
        for name in links[part.slug].refers:
            if name in writer and name not in listed:
                join(writer[name], part.slug)
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(root(part.slug), []).append(part)
    return [group for group in groups.values() if len(group) > 1]


def needs(parts: Sequence[Part], links: Mapping[str, Links]) -> dict[str, tuple[Source, ...]]:
    """The registry files of other parts that a part refers to, and those that these refer to."""
    owner = {name: part.slug for part in parts for name in links[part.slug].registry}
    files = {part.slug: tuple(file for file in part.files if not file.trig) for part in parts}
    found: dict[str, tuple[Source, ...]] = {}
    for part in parts:
        reached: set[str] = set()
        todo = [part.slug]
        while todo:
            for name in links[todo.pop()].refers:
                slug = owner.get(name)
                if slug is not None and slug not in reached and slug != part.slug:
                    reached.add(slug)
                    todo.append(slug)
        if reached:
            found[part.slug] = tuple(file for slug in sorted(reached) for file in files[slug])
    wanted = {*links[""].refers, *links[""].described}  # what both write is seen as a whole
    shared = [file for part in parts if wanted.intersection(links[part.slug].described) for file in part.files]
    return {**found, "": tuple(shared)} if shared else found
