"""Figures of a build: counted in passes over its sorted N-Quads, and the same as queries count."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from places import EXAMPLE

from kb import build as builds
from kb import statistics, store
from kb.errors import SetupError
from kb.namespaces import DATASET, iri

TYPE = iri("rdf:type")
LINES = [
    '<https://e.org/a> <https://e.org/p> "x" .\n',
    f'<https://e.org/a> <https://e.org/p> "x" <{iri("claim:one")}> .\n',
    f'<https://e.org/a> <https://e.org/p> "x" <{iri("claim:two")}> .\n',
    '<https://e.org/a> <https://e.org/p> "x \\" <https://e.org/g> ."@en .\n',
    f"<{iri('actor:a')}> <{iri('schema:sameAs')}> <http://other.org/entity/7/> .\n",
    f"<{iri('actor:a')}> <{iri('skos:closeMatch')}> <{iri('plover:x')}> .\n",
    f'<{iri("article:a")}> <{iri("schema:datePublished")}> "2022-12-13T16:34:00"^^<{iri("xsd:dateTime")}> .\n',
    f'<{iri("article:b")}> <{iri("schema:datePublished")}> "2022-12-12"^^<{iri("xsd:date")}> .\n',
    f"<{iri('claim:one')}> <{TYPE}> <{iri('t:Claim')}> .\n",
    f"<{iri('claim:two')}> <{TYPE}> <{iri('t:Claim')}> .\n",
    f'<{DATASET}> <{iri("dcterms:title")}> "T"@en .\n',
    "_:b <https://e.org/p> _:c <https://e.org/g> .\n",
]


@pytest.fixture(scope="module")
def found() -> statistics.Statistics:
    lines = sorted(line.encode() for line in LINES)
    return statistics.measure(lines, statistics.graph_kinds(lines))


def test_a_statement_counts_once_for_each_graph(found: statistics.Statistics) -> None:
    """The same triple in the default graph and in two claims is three statements of one subject."""
    whole, claims = found.parts["whole"], found.parts["claims"]
    assert (whole.triples, whole.graphs, claims.triples, claims.graphs) == (12, 4, 2, 2)
    assert (claims.subjects, claims.objects, claims.entities) == (1, 1, 0)
    assert whole.properties["https://e.org/p"] == statistics.Uses(5, 2, 3)
    assert found.parts["default"].properties["https://e.org/p"] == statistics.Uses(2, 1, 2)


def test_a_graph_without_a_known_class_is_of_no_kind(found: statistics.Statistics) -> None:
    """A graph whose name has no class counts under other, and blank nodes count as subjects and objects."""
    other = found.parts["other"]
    assert (other.graphs, other.triples, other.subjects, other.objects, other.entities) == (1, 1, 1, 1, 0)


def test_links_lead_out(found: statistics.Statistics) -> None:
    """Links are counted by the namespace that they lead to; those to our own concepts are none."""
    assert found.links == {iri("schema:sameAs"): {"http://other.org/entity/": 1}}


def test_days_and_words_come_from_the_data(found: statistics.Statistics) -> None:
    """The first and last day of publication, one example of a class, and what the data says of the dataset."""
    assert found.published == ["2022-12-12", "2022-12-13"]
    assert found.reviewed == []
    assert found.examples == [iri("claim:one")]
    assert found.about == f'<{DATASET}> <{iri("dcterms:title")}> "T"@en .\n'


def test_what_is_no_statement_is_refused() -> None:
    """A line that is no N-Quads is an error, not a statement that is left out."""
    with pytest.raises(ValueError, match=r"no N-Quads: <https://e\.org/a> nonsense"):
        statistics.measure([b"<https://e.org/a> nonsense\n"], {})


def test_statistics_survive_their_file(found: statistics.Statistics) -> None:
    """What is written as JSON is read as it was."""
    assert statistics.from_json(json.loads(json.dumps(statistics.as_json(found)))) == found


def test_a_build_has_the_figures_of_its_dumps(example_build: Path) -> None:
    """Beside the dumps stand their sizes and hashes, which are those of the files."""
    import hashlib

    dumps = store.figures(example_build).dumps
    assert sorted(dumps) == sorted(store.DUMPS)
    for suffix, file in dumps.items():
        text = (example_build / f"dump.{suffix}").read_bytes()
        assert (file.bytes, file.sha256) == (len(text), hashlib.sha256(text).hexdigest())
    assert dumps["nq"].sha256 == example_build.name


def test_the_json_ld_dump_is_the_dataset(example_build: Path) -> None:
    """The JSON-LD dump holds the quads of the N-Quads dump."""
    found = [ox.Dataset(ox.parse(path=str(example_build / f"dump.{name}"))) for name in ("jsonld", "nq")]
    for dataset in found:
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert found[0] == found[1]


def test_figures_are_the_same_each_time(example_build: Path, tmp_path: Path) -> None:
    """A second build in another folder has the same statistics and dumps, byte for byte."""
    second = builds.build(EXAMPLE, tmp_path / "out")
    for name in ("dump.jsonld", "statistics.json"):
        assert (second / name).read_bytes() == (example_build / name).read_bytes()


def test_a_build_of_an_earlier_version_gets_its_figures(tmp_path: Path) -> None:
    """A build without statistics cannot be served as it is; building again adds them and leaves the rest alone."""
    first = builds.build(EXAMPLE, tmp_path / "out")
    text, made = (first / "statistics.json").read_bytes(), (first / "dump.nq").stat().st_mtime_ns
    (first / "statistics.json").unlink()
    with pytest.raises(SetupError, match=r"has no statistics.*testimonia build"):
        store.figures(first)
    assert builds.build(EXAMPLE, tmp_path / "out") == first
    assert (first / "statistics.json").read_bytes() == text
    assert (first / "dump.nq").stat().st_mtime_ns == made


def test_the_data_says_in_words_what_it_is(shipped_build: Path) -> None:
    """The shipped data names its title, makers and licence, and the licence is that of LICENSE-DATA."""
    about = store.figures(shipped_build).about
    assert "<https://creativecommons.org/licenses/by/4.0/>" in about
    assert "The Testimonia contributors" in about
