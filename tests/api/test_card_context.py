"""Cards as JSON-LD: what a processor reads from them is what the default graph holds, and nothing that is claimed."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from fake_engine import EXAMPLE, FakeEngine, example
from flask.testing import FlaskClient
from places import ROOT

from api import create_app
from api.negotiate import ENTITY as FORMATS
from api.negotiate import by_name
from kb import cards
from kb.engine import EmbeddedEngine, Engine
from kb.model import Source
from kb.namespaces import BASE, OWN, PREFIXES, iri, turtle_prologue
from kb.sources import read_snapshots

QUADS = ("trig", "nq", "jsonld")
"""Formats that can carry named graphs."""

GAZETTE = "2024-03-05-gazette"


def names(engine: Engine) -> list[str]:
    """The IRIs of everything that has a card."""
    found = engine.select("SELECT DISTINCT ?s { ?s ?p ?o } ORDER BY ?s")
    iris = [row["s"].value for row in found if isinstance(row["s"], ox.NamedNode)]
    return [name for name in iris if cards.kind_of(name) in set(OWN) - set(cards.PARTS) and "#" not in name]


def expanded(card: Mapping[str, Any]) -> set[ox.Quad]:
    """What a JSON-LD processor reads from a card."""
    text = json.dumps({**cards.document(), **card}).encode()
    return set(ox.parse(text, format=ox.RdfFormat.JSON_LD))


@pytest.fixture(scope="module")
def built(example_build: Any) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(example_build, workers=1)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def shipped_cards(shipped_engine: EmbeddedEngine) -> dict[str, cards.Json]:
    """The cards of everything that ships."""
    return all_cards(shipped_engine, {})


def all_cards(engine: Engine, snapshots: Mapping[str, str]) -> dict[str, cards.Json]:
    found = {name: cards.card(engine, name, snapshots=snapshots) for name in names(engine)}
    return {name: card for name, card in found.items() if card is not None}


def check(engine: Engine, found: Mapping[str, cards.Json]) -> set[str]:
    """Reads all cards as a JSON-LD processor does; the properties that came out of them."""
    read = expanded({"@graph": list(found.values())})
    assert all(quad.graph_name == ox.DefaultGraph() for quad in read)
    triples = {quad.triple for quad in read}
    default = {quad.triple for quad in engine.quads(subjects={quad.subject.value for quad in read})}
    assert triples - default == set()
    own = {ox.NamedNode(name) for name in found}
    assert {triple for triple in default if triple.subject in own} <= triples
    return {triple.predicate.value for triple in triples}


def test_a_processor_reads_only_what_the_default_graph_holds(built: EmbeddedEngine) -> None:
    """Of everything in the example, each triple of its card is one of the default graph, and all about it are there."""
    found = all_cards(built, read_snapshots(EXAMPLE / "sources"))
    assert found.keys() == set(names(built))
    check(built, found)


def test_a_processor_reads_only_what_the_default_graph_of_the_shipped_data_holds(
    shipped_engine: EmbeddedEngine, shipped_cards: dict[str, cards.Json]
) -> None:
    """So it is with everything in the data that ships, and the chief properties come out."""
    assert shipped_cards.keys() == set(names(shipped_engine))
    seen = check(shipped_engine, shipped_cards)
    chief = ("rdf:type", "rdfs:label", "skos:prefLabel", "t:evidence", "t:holder", "t:mode", "t:relation")
    assert {iri(name) for name in chief} <= seen
    assert not seen & {iri("sem:eventType"), iri("t:participation"), iri("t:saidBy")}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # its own
@pytest.mark.parametrize("name", ["actor:port", f"article:{GAZETTE}", f"claim:{GAZETTE}-demand", "scheme:mode"])
def test_two_processors_read_the_same(engine: FakeEngine, name: str) -> None:
    """rdflib and pyoxigraph read the same triples from a card."""
    text = json.dumps({**cards.document(), **(cards.card(engine, iri(name)) or {})})
    graph = rdflib.Graph().parse(data=text, format="json-ld").serialize(format="nt")
    one = set(ox.parse(graph, format=ox.RdfFormat.N_TRIPLES))
    assert one == set(ox.parse(text, format=ox.RdfFormat.JSON_LD))
    assert one


def test_readable_keys_mean_what_they_say(built: EmbeddedEngine) -> None:
    """Without the block of statements, the keys of a claim still give its holder, mode, certainty and evidence."""
    name = iri(f"claim:{GAZETTE}-barrels")
    card = cards.card(built, name)
    assert card is not None
    del card["own"]
    found = {(quad.predicate.value, quad.object) for quad in expanded(card) if quad.subject == ox.NamedNode(name)}
    for link, value in (
        ("t:holder", "actor:harbour-office"),
        ("t:mode", "mode:stated"),
        ("t:certainty", "certainty:certain"),
        ("t:evidence", f"anchor:{GAZETTE}-p5-s1"),
    ):
        assert (iri(link), ox.NamedNode(iri(value))) in found
    assert (iri("t:realis"), ox.Literal("true", datatype=ox.NamedNode(iri("xsd:boolean")))) in found


def test_every_key_of_a_card_is_documented(
    shipped_engine: EmbeddedEngine, shipped_cards: dict[str, cards.Json], built: EmbeddedEngine
) -> None:
    """Each key of a card or of the context stands once in docs/cards.md, with what the context makes of it."""
    page = (ROOT / "docs" / "cards.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| .+ \|$", page, re.M)
    told = dict(rows)
    assert len(told) == len(rows)
    context = cards.document()["@context"]
    used = keys([*shipped_cards.values(), *all_cards(built, {}).values(), cards.ontology_card(shipped_engine)])
    assert used - told.keys() == set()
    assert context.keys() - told.keys() - PREFIXES.keys() - {"@version"} == set()
    assert told == {key: meaning(context.get(key)) for key in told}


def test_what_a_processor_looks_at_is_in_the_context(shipped_cards: dict[str, cards.Json]) -> None:
    """A key that a processor comes to has a meaning, or is said to have none."""
    context = cards.document()["@context"]
    looked_at = keys(list(shipped_cards.values()), lambda key: key in context and context[key] is not None)
    assert looked_at - context.keys() == set()


def keys(value: object, into: Callable[[str], bool] = lambda key: True) -> set[str]:
    """The keys of cards at any depth, below the keys that ``into`` lets pass; without statements and languages."""
    if isinstance(value, list):
        return {key for found in value for key in keys(found, into)}
    if not isinstance(value, dict):
        return set()
    inside = [found for key, found in value.items() if key not in ("own", "names") and into(key)]
    return set(value) | keys(inside, into)


def meaning(term: Any) -> str:
    """What the documentation says of a term of the context."""
    if term is None:
        return "–"
    if isinstance(term, str):
        return f"`{term}`"
    return f"`^{term['@reverse']}`" if "@reverse" in term else f"`{term['@id']}`"


def test_the_context_is_served_for_long(client: FlaskClient) -> None:
    """The context document is JSON-LD, may be kept for a day, and has a validator and leave for other origins."""
    answer = client.get("/context.jsonld")
    assert answer.content_type == "application/ld+json"
    assert json.loads(answer.data) == cards.document()
    assert "max-age" in answer.headers["Cache-Control"] and answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/context.jsonld", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_card_names_its_context(client: FlaskClient) -> None:
    """The body names the context by its address of record, and the Link header where it is served here."""
    answer = client.get("/place/eastquay.json")
    assert answer.get_json()["@context"] == f"{BASE}context.jsonld"
    link = '</context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    assert link in answer.headers.getlist("Link")
    assert "json-ld#context" not in str(client.get("/place/eastquay.ttl").headers.getlist("Link"))


@pytest.mark.long
def test_the_twins_of_everything_that_ships_agree(shipped_engine: EmbeddedEngine) -> None:
    """JSON-LD, TriG and N-Quads are the same quads, Turtle, N-Triples and RDF/XML those of the default graph."""
    client = create_app(shipped_engine, cache_bytes=0).test_client()
    for name in names(shipped_engine):
        path = "/" + name.removeprefix(BASE)
        read = {form: quads(client, path, form) for form in (*QUADS, "ttl", "nt", "rdf")}
        default = {quad for quad in read["nq"] if quad.graph_name == ox.DefaultGraph()}
        assert all(read[form] == read["nq"] for form in QUADS), path
        assert all(read[form] == default for form in ("ttl", "nt", "rdf")), path


def quads(client: FlaskClient, path: str, form: str) -> set[ox.Quad]:
    found = by_name(form, FORMATS)
    assert found is not None
    kind = ox.RdfFormat.from_media_type(found.media_type)
    assert kind is not None
    dataset = ox.Dataset(ox.parse(client.get(f"{path}.{form}").data, format=kind))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


class Counting(FakeEngine):
    """Counts how often it is asked."""

    calls = 0

    def select(self, *args: Any, **options: Any) -> Any:
        self.calls += 1
        return super().select(*args, **options)

    def quads(self, *args: Any, **options: Any) -> Any:
        self.calls += 1
        return super().quads(*args, **options)


def story(many: int) -> str:
    """Claims of one actor about one event, put to another one, with one thing in them, each compared with one claim."""
    blocks = []
    for n in range(many):
        claim = f"claim:{GAZETTE}-many-{n:04}"
        blocks.append(
            f"""{claim} a t:Claim ; t:about event:dumping ; t:addressee actor:port-director ;
            t:certainty certainty:certain ; t:evidence anchor:{GAZETTE}-p5-s1 ; t:holder actor:port ;
            t:mode mode:stated ; t:polarity polarity:positive ; t:paraphrase "The port said {n}."@en ;
            t:presupposedIn claim:{GAZETTE}-demand ;
            t:reportedIn article:{GAZETTE} ; t:underPerspective perspective:{GAZETTE} .
            {claim} {{ event:dumping a sem:Event ; t:participation node:{GAZETTE}-many-{n:04}-part .
            node:{GAZETTE}-many-{n:04}-part a t:Participation ; t:participant object:barrels ;
            sem:roleType role:cargo . }}
            comparison:many-{n:04} a t:Comparison ; t:left claim:{GAZETTE}-demand ; t:right {claim} ;
            t:relation relation:compatible ; t:independence independence:unknown .
            graph:inferred-many-{n:04} a t:InferredGraph ; prov:wasDerivedFrom claim:{GAZETTE}-demand , {claim} .
            graph:inferred-many-{n:04} {{ actor:port t:relayedBy actor:harbour-office . }}
            node:{GAZETTE}-use-{n:04} a t:NameUse ; t:nameOf place:eastquay ; t:nameForm "East Quay"@en ;
            t:usedBy article:{GAZETTE} ."""
        )
    return turtle_prologue() + "\n".join(blocks)


CARDS = (
    "actor:port",
    "actor:port-director",
    "event:dumping",
    "object:barrels",
    "place:eastquay",
    f"article:{GAZETTE}",
    f"claim:{GAZETTE}-demand",
    f"perspective:{GAZETTE}",
)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_asks_as_often_however_much_is_linked(name: str) -> None:
    """A card of something with 300 links asks the engine no more often than one with 60, and is not longer."""
    asked, lengths = [], []
    for many in (60, 300):
        engine = Counting(example(Source(f"many-{many}.trig", story(many), True)).quads)
        found = cards.card(engine, iri(name))
        asked.append(engine.calls)
        lengths.append(len(json.dumps(found)))
    assert asked[0] == asked[1]
    assert lengths[1] < lengths[0] * 1.02


@pytest.mark.parametrize(
    ("path", "section"),
    [
        (f"/claim/{GAZETTE}-demand", "presupposes"),
        (f"/claim/{GAZETTE}-demand", "comparisons"),
        (f"/claim/{GAZETTE}-demand", "follows"),
        ("/place/eastquay", "name_uses"),
    ],
)
def test_a_long_section_is_read_to_its_end(path: str, section: str) -> None:
    """Following ``more`` from page to page gives every item of a section once, in JSON, and as many pages in HTML."""
    client = create_app(FakeEngine(example(Source("many.trig", story(45), True)).quads)).test_client()
    seen: list[str] = []
    following: str | None = path
    total = 0
    while following is not None:
        place, _, query = following.partition("?")
        card = client.get(f"{place}.json?{query}").get_json()
        listed = card[section]
        items = listed["items"] if isinstance(listed, dict) else listed
        total = listed["total"] if isinstance(listed, dict) else card[f"{section}_total"]
        seen += [item["iri"] for item in items]
        following = listed["more"] if isinstance(listed, dict) else card[f"{section}_more"]
        page = client.get(f"{place}.html?{query}").text
        assert (following is None) or following.replace("&", "&amp;") in page
    assert len(seen) == len(set(seen)) == total >= 45


@pytest.mark.parametrize(
    "query", ["section=nothing", "after=3", "section=comparisons&after=x", "section=comparisons&section=comparisons"]
)
def test_a_section_that_is_not_there_is_an_error(client: FlaskClient, query: str) -> None:
    """An unknown section, or a place that is no number, is 400 and says what there is."""
    answer = client.get(f"/claim/{GAZETTE}-demand.json?{query}")
    assert (answer.status_code, answer.get_json()["title"]) == (400, "A parameter does not fit")


def test_what_follows_from_a_claim_stands_apart() -> None:
    """A conclusion names the claims that it rests on and their speakers, and is no part of what is said."""
    engine = FakeEngine(example(Source("many.trig", story(1), True)).quads)
    card = cards.card(engine, iri(f"claim:{GAZETTE}-demand"))
    assert card is not None
    (found,) = card["follows"]["items"]
    assert len(found["rests_on"]) == 2
    (statement,) = found["statements"]
    speaker = "fishermen (Gazette, 5 March 2024), as relayed by Northport Gazette"
    assert statement.startswith(f"Follows by rule from what is claimed by {speaker} and by Port")
    assert "taken together" in statement
    assert not any("Harbour office" in line for line in card["content"]["statements"])
    assert f"  {statement}" in cards.text(card).splitlines()


def test_a_claim_of_a_build_tells_what_follows_from_it(shipped_engine: EmbeddedEngine) -> None:
    """In the data that ships conclusions are drawn, each inside a perspective and with how that was done."""
    graphs = shipped_engine.select(
        f"SELECT ?c {{ ?g a <{iri('t:InferredGraph')}> ; <{iri('prov:wasDerivedFrom')}> ?c }} ORDER BY ?c LIMIT 1"
    )
    card = cards.card(shipped_engine, cards.resolve(shipped_engine, str(graphs[0]["c"])[1:-1]))
    assert card is not None
    found = card["follows"]["items"][0]
    assert found["perspectives"] and found["how"].startswith("Computed at build") and found["statements"]


def test_names_are_told_by_language_and_by_who_uses_them(shipped_engine: EmbeddedEngine) -> None:
    """A place has its labels and name forms under each language, and which article writes which form."""
    card = cards.card(shipped_engine, iri("place:karabakh"))
    assert card is not None
    assert card["names"]["en"]["labels"]
    assert all(use["article"]["iri"] and use["outlet"]["label"] for use in card["name_uses"]["items"])
    assert "Karabakh" in {use["text"] for use in card["name_uses"]["items"]}
