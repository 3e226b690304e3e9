"""The hand-written RDF as text: prefixes, blocks, order, and every term defined."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from places import CASES, EXAMPLE, ROOT

from kb import build as builds
from kb import style
from kb.dataset import Dataset, parse
from kb.model import Source
from kb.namespaces import BASE, PREFIXES, iri, shorten
from kb.paths import data_dir, ontology_dir, queries_dir, shapes_dir
from kb.sources import read_folder, read_source

RDF = sorted(
    [
        *ontology_dir().glob("*.ttl"),
        *shapes_dir().glob("*.ttl"),
        *data_dir().glob("registry/*.ttl"),
        *data_dir().glob("articles/*.trig"),
        *EXAMPLE.rglob("*.ttl"),
        *EXAMPLE.rglob("*.trig"),
        *CASES.rglob("*.trig"),
    ]
)
QUERIES = sorted([*queries_dir().rglob("*.rq"), *(ROOT / "benchmarks").rglob("*.rq")])


@pytest.mark.parametrize("path", RDF, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_files_are_in_house_style(path: Path) -> None:
    """Ontology, shapes, data, example and cases break no rule of style that can be seen in one file."""
    assert style.lint_file(read_source(path)) == []


@pytest.mark.parametrize("folder", [data_dir(), EXAMPLE], ids=["shipped", "example"])
def test_no_name_of_the_data_leads_nowhere(folder: Path) -> None:
    """Whatever the data and the ontology name is described somewhere."""
    assert style.lint(parse(builds.sources(folder))) == []


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.name)
def test_prefixes_of_queries_agree_with_the_one_table(path: Path) -> None:
    """Declared prefixes are those of the table, alphabetical, and used."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^PREFIX\s+([\w-]*):\s+<([^>]*)>", text, re.M)
    assert found == sorted(found)
    assert {name: space for name, space in found if PREFIXES.get(name) != space} == {}
    assert all(re.search(rf"(?<![\w-]){name}:", text.split("PREFIX")[-1]) for name, _ in found)


@pytest.fixture(scope="module")
def ontology() -> Dataset:
    return parse(read_folder(ontology_dir(), "*.ttl"))


def terms(dataset: Dataset) -> set[str]:
    """Every predicate and class that a dataset uses."""
    found = {q.predicate.value for q in dataset.quads}
    return found | {
        q.object.value
        for q in dataset.quads
        if q.predicate.value == iri("rdf:type") and isinstance(q.object, ox.NamedNode)
    }


@pytest.mark.parametrize("folder", [data_dir(), EXAMPLE], ids=["shipped", "example"])
def test_every_term_used_is_defined(folder: Path, ontology: Dataset) -> None:
    """Each class, property and concept in the data and in the ontology itself is defined in the ontology."""
    everything = builds.load(folder)
    defined = {q.subject.value for q in ontology.quads if isinstance(q.subject, ox.NamedNode)}
    lists = {iri("rdf:first"), iri("rdf:rest")}
    assert sorted(shorten(term) for term in terms(everything) - defined - lists) == []
    spaces = tuple(
        iri(f"{scheme.rpartition('/')[2]}:")
        for scheme in ("mode", "certainty", "polarity", "basis", "naming", "role", "type")
    )
    values = {
        q.object.value
        for q in everything.quads
        if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(spaces)
    }
    assert sorted(shorten(value) for value in values - defined) == []


def test_every_own_term_has_label_definition_and_example(ontology: Dataset) -> None:
    """A term or concept of ours without label, definition or example does not exist."""
    own = [
        s
        for s in {q.subject.value for q in ontology.quads if isinstance(q.subject, ox.NamedNode)}
        if s.startswith(BASE)
    ]
    own = [s for s in own if s != f"{BASE}ontology" and not s.startswith(iri("scheme:"))]
    assert len(own) > 250
    for subject in own:
        concept = iri("skos:Concept") in {v.value for v in ontology.values(subject, "rdf:type")}  # type: ignore[union-attr]
        label = "skos:prefLabel" if concept else "rdfs:label"
        assert len(ontology.values(subject, label)) == 1, subject
        assert len(ontology.values(subject, "skos:definition")) == 1, subject
        assert len(ontology.values(subject, "skos:example")) == 1, subject


def test_a_term_lives_in_one_file(ontology: Dataset) -> None:
    """No subject of the ontology has two blocks."""
    assert [subject for subject, blocks in ontology.blocks.items() if len(blocks) > 1] == []


def test_every_concept_is_in_its_scheme(ontology: Dataset) -> None:
    """A concept's IRI and its scheme agree, and each has at most one broader concept, of the same scheme."""
    for concept in ontology.instances("skos:Concept"):
        kind = concept.removeprefix(BASE).partition("/")[0]
        scheme = ontology.value(concept, "skos:inScheme") or ""
        assert scheme in ontology.instances("skos:ConceptScheme")
        assert scheme.rpartition("/")[2] in (kind, f"event-{kind}")
        broader = ontology.values(concept, "skos:broader")
        assert len(broader) <= 1
        assert all(
            (ontology.value(str(b.value), "skos:inScheme")) == scheme for b in broader if isinstance(b, ox.NamedNode)
        )


def test_the_dataset_semantics_are_in_the_header(ontology: Dataset) -> None:
    """The ontology says what it means to stand in a claim's graph, an inferred graph, and the default graph."""
    texts = " ".join(str(v) for v in ontology.values(f"{BASE}ontology", "t:datasetSemantics"))
    for word in ("quoted, not asserted", "t:InferredGraph", "graph/default"):
        assert word in texts


def test_queries_parse_and_begin_with_a_comment() -> None:
    """Every query file says on top what it is, and is valid SPARQL."""
    store = ox.Store()
    for path in QUERIES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), path
        store.query(text, base_iri=BASE)


def test_the_reader_of_places_sees_every_subject(shipped: Dataset) -> None:
    """Each subject of the hand-written data has a block with file and line."""
    raw = parse(builds.sources(data_dir()))
    subjects = {q.subject.value for q in raw.quads if isinstance(q.subject, ox.NamedNode)}
    assert sorted(subjects - set(raw.blocks)) == []
    assert len(raw.blocks) > 500
    assert isinstance(Source("x", "", True), Source)


def test_slugs_are_lower_case_words_with_hyphens(shipped: Dataset) -> None:
    """Every IRI of ours in the data ends in a slug that can be typed."""
    own = tuple(
        iri(f"{kind}:")
        for kind in ("actor", "place", "event", "object", "claim", "anchor", "article", "node", "snapshot")
    )
    for quad in shipped.quads:
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(own):
            slug = quad.subject.value.removeprefix(BASE).partition("/")[2].removesuffix("#selector")
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug), slug


def test_no_project_file_keeps_a_sentence_of_an_article(texts: dict[str, str]) -> None:
    """No tracked file shares thirteen words in a row with an article."""
    import subprocess

    def grams(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[at : at + 13]) for at in range(len(words) - 12)}

    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    sentences = set().union(*(grams(text) for text in texts.values()))
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 4_000_000:
            assert not grams(path.read_text(encoding="utf-8", errors="replace")) & sentences, name
