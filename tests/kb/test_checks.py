"""What checking says of data, of rules, and of a run in which nothing was checked."""

import logging
import re
from pathlib import Path

import pytest
from places import CASES, EXAMPLE
from pyshacl.shape import Shape

from benchmarks.check import by_pyshacl
from kb import build as builds
from kb.checks import check
from kb.closure import close
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.errors import SourceError
from kb.model import Place, Severity, Source
from kb.namespaces import DEFAULT_GRAPH, PREFIXES, iri, turtle_prologue
from kb.paths import ontology_dir, shapes_dir
from kb.rules import rules
from kb.sources import read_folder, read_source

SHAPES = read_folder(shapes_dir(), "*.ttl")


def shapes(text: str) -> list[Source]:
    return [Source("mine.ttl", turtle_prologue() + text, False)]


def edited(old: str, new: str) -> Dataset:
    """The invented harbour story with one thing changed in its article."""
    sources = []
    for source in builds.sources(EXAMPLE):
        changed = source.text.replace(old, new) if source.trig else source.text
        sources.append(Source(source.name, changed, source.trig))
    assert any(new in source.text for source in sources if source.trig)
    return derive(parse(sources))


SELECT = """
shape:too-short a sh:NodeShape ;
    sh:message "{?value} is too short. Write more."@en ;
    sh:sparql shape:too-short-query ;
    sh:targetNode graph:default .

shape:too-short-query sh:select "SELECT $this ?value WHERE { ?value a <https://w3id.org/testimonia/ontology#Claim> }" .
"""


def test_the_example_is_consistent(example: Dataset) -> None:
    """The invented harbour story breaks no rule."""
    assert check(example, SHAPES) == []


def test_the_data_that_ships_is_consistent(shipped: Dataset) -> None:
    """The data that ships has neither a violation nor anything left for a human to look at."""
    assert [f for f in check(shipped, SHAPES) if f.severity > Severity.INFO] == []


def test_what_a_build_concludes_breaks_no_rule(shipped: Dataset) -> None:
    """Conclusions rest on realis claims of their perspective, and stand where conclusions may."""
    assert [f for f in check(close(shipped), SHAPES) if f.severity > Severity.INFO] == []


def test_an_empty_dataset_is_not_fine() -> None:
    """A check that saw no data says so, and does not pass."""
    (finding,) = check(Dataset((), {}), SHAPES)
    assert (finding.rule, finding.severity) == ("nothing-checked", Severity.VIOLATION)


def test_a_vocabulary_alone_is_not_fine() -> None:
    """Ontology and concepts without an article, a claim or an entry are nothing to check."""
    findings = check(parse(read_folder(ontology_dir(), "*.ttl")), SHAPES)
    assert [f.rule for f in findings] == ["nothing-checked"]


def test_no_rules_are_not_fine(example: Dataset) -> None:
    """A folder without a shape lets nothing pass."""
    assert [f.rule for f in check(example, [])] == ["no-rules"]
    assert [f.rule for f in check(example, shapes("shape:x a sh:NodeShape ; sh:nodeKind sh:IRI ."))] == ["no-rules"]


def test_a_rule_that_cannot_be_run_is_no_pass_and_hides_no_other(example: Dataset) -> None:
    """A query with an error is a violation in the name of its rule, and the other rules are still applied."""
    broken = SELECT.replace("too-short", "no-query").replace("WHERE", "WERE")
    findings = check(example, shapes(SELECT + broken))
    assert {f.rule for f in findings} == {"no-query", "too-short"}
    (fault,) = [f for f in findings if f.rule == "no-query"]
    assert fault.severity is Severity.VIOLATION
    assert fault.message.startswith("Broken rule")
    assert fault.place is not None and fault.place.file == "mine.ttl"


def test_a_query_that_shacl_does_not_allow_is_a_broken_rule(example: Dataset) -> None:
    """SHACL has no VALUES and no MINUS in its queries; who writes one is told."""
    (fault,) = check(example, shapes(SELECT.replace("{ ?value a", "{ VALUES ?x { 1 } ?value a")))
    assert "VALUES" in fault.message


def test_a_misspelt_term_of_shacl_is_a_broken_rule(example: Dataset) -> None:
    """A property that SHACL does not have would silently check nothing."""
    text = "shape:cue a sh:PropertyShape ; sh:path t:cue ; sh:minCounts 1 ; sh:targetClass t:Claim ."
    (fault,) = check(example, shapes(text))
    assert (fault.rule, "sh:minCounts" in fault.message) == ("cue", True)


def test_shapes_that_cannot_be_read_as_shapes_are_no_pass(example: Dataset) -> None:
    """A property shape with two paths stops the whole run, which says so."""
    text = "shape:cue a sh:PropertyShape ; sh:path t:cue , t:mode ; sh:minCount 1 ; sh:targetClass t:Claim ."
    assert [f.rule for f in check(example, shapes(text))] == ["shapes"]


def test_a_rule_without_a_name_is_a_fault(example: Dataset) -> None:
    """Whoever reads a report must be able to look up the rule."""
    found = check(example, shapes("[] a sh:PropertyShape ; sh:path t:cue ; sh:minCount 1 ; sh:targetClass t:Claim ."))
    assert {f.rule for f in found} == {"no-rules", "unnamed-rule"}


def test_a_rule_that_sees_nothing_of_its_class_is_broken(example: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are claims, so a rule on claims that finds none of them has not been applied."""
    monkeypatch.setattr(Shape, "focus_nodes", lambda *_, **__: set())
    text = "shape:cue a sh:PropertyShape ; sh:path t:cue ; sh:maxCount 9 ; sh:targetClass t:Claim ."
    (fault,) = check(example, shapes(text))
    assert "looked at nothing" in fault.message


def test_shapes_that_are_no_turtle_are_an_error() -> None:
    """What cannot be read at all is no finding but an error with file and line."""
    with pytest.raises(SourceError, match=r"mine\.ttl:\d+"):
        check(Dataset((), {}), shapes("shape:x a ."))


def test_a_finding_stands_at_the_line_of_the_property() -> None:
    """Of a claim with a mode that is not in the list, the report shows the line of the mode."""
    (finding,) = check(edited("mode mode:demanded", "mode mode:begged"), SHAPES)
    assert finding.rule == "value-in-scheme"
    assert finding.message.startswith("mode:begged is no value of the list scheme:mode.")
    assert finding.place is not None
    text = Path(finding.place.file).read_text(encoding="utf-8")
    assert text.splitlines()[finding.place.line - 1].strip() == "t:mode mode:demanded ;"


def test_a_finding_on_content_stands_in_the_graph_of_its_claim() -> None:
    """Frames are shared, so that what is wrong with one claim's content is shown in that claim's own graph."""
    (finding,) = check(edited("type:explanation", "type:excuse"), SHAPES)
    assert finding.focus == iri("claim:2024-03-05-gazette-demand")
    assert finding.place is not None
    text = Path(finding.place.file).read_text(encoding="utf-8")
    assert text.splitlines()[finding.place.line - 1].strip() == "sem:eventType type:explanation ;"


def test_core_findings_name_offender_and_value() -> None:
    """Where a property has a wrong value, the finding has it beside the offender."""
    findings = check(edited("t:addressee actor:port-director", "t:addressee object:barrels"), SHAPES)
    assert [(f.rule, f.focus, f.value) for f in findings] == [
        ("claim-addressee", iri("claim:2024-03-05-gazette-demand"), iri("object:barrels"))
    ]


def test_findings_are_sorted_and_said_once() -> None:
    """The same data gives the same list, in the order of the files, nothing twice."""
    data = edited("t:polarity polarity:positive ;", "t:polarity polarity:perhaps ;")
    findings = check(data, SHAPES)
    assert findings == check(data, SHAPES)
    assert len(findings) == len(set(findings)) == 3
    lines = [f.place for f in findings]
    assert lines == sorted(lines, key=lambda place: place or Place("", 0, 0))


def test_literals_of_the_wrong_kind_are_findings_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """A day that is none is reported by its rule; rdflib's complaint about it is not printed."""
    line = "t:sourceNaming naming:medium ;"
    found = check(edited(line, f'{line}\n    t:reviewed "2024-02-31"^^xsd:date ;'), SHAPES)
    assert [f.rule for f in found] == ["claim-reviewed"]
    assert caplog.records == []
    assert logging.getLogger("rdflib.term").disabled is False


def test_every_rule_says_what_is_wrong_and_what_to_do() -> None:
    """A message is two sentences or more, for people who know neither RDF nor SHACL by heart."""
    known = rules(SHAPES)
    assert len({rule.name for rule in known}) == len(known) > 100
    for rule in known:
        assert re.fullmatch(r"\S.+[.:;] \S.+[.…]", rule.message), rule
        assert not re.search(r"shape|sh:|graph:", rule.message), rule
        assert rule.place is not None


def test_every_rule_weighs_what_its_file_says() -> None:
    """Each rule gives its severity itself."""
    dataset = parse(SHAPES)
    for rule in rules(SHAPES):
        assert len(dataset.values(iri(f"shape:{rule.name}"), "sh:severity")) == 1, rule.name


def test_a_rule_lives_in_one_block() -> None:
    """No shape or query is written twice, since the two would silently be one."""
    assert [subject for subject, blocks in parse(SHAPES).blocks.items() if len(blocks) > 1] == []


def test_rules_by_query_look_at_the_data_once() -> None:
    """A query that were run for each claim would take thirty times as long; it runs once and names its offenders."""
    dataset = parse(SHAPES)
    by_query = {q.subject.value for q in dataset.quads if q.predicate.value == iri("sh:sparql")}  # type: ignore[union-attr]
    assert len(by_query) > 70
    for shape in by_query:
        assert [str(v.value) for v in dataset.values(shape, "sh:targetNode")] == [DEFAULT_GRAPH]  # type: ignore[union-attr]
        (query,) = dataset.values(shape, "sh:sparql")
        select = dataset.value(query.value, "sh:select") or ""  # type: ignore[union-attr]
        assert re.match(r"\s*SELECT (DISTINCT )?\$this (\?value\b|\(\w+\(\?\w+\) AS \?value\))", select), shape


def test_queries_declare_the_prefixes_that_they_use() -> None:
    """Each file declares exactly the prefixes of its queries, bound as the one table binds them."""
    dataset = parse(SHAPES)
    declared: dict[str, set[str]] = {}
    for quad in dataset.quads:
        if quad.predicate.value == iri("sh:declare"):
            name, space = (dataset.value(quad.object.value, key) or "" for key in ("sh:prefix", "sh:namespace"))  # type: ignore[union-attr]
            assert PREFIXES[name] == space
            declared.setdefault(quad.subject.value, set()).add(name)  # type: ignore[union-attr]
    used: dict[str, set[str]] = {}
    for quad in dataset.quads:
        if quad.predicate.value == iri("sh:select"):
            text = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "", quad.object.value)  # type: ignore[union-attr]
            (ontology,) = dataset.values(quad.subject.value, "sh:prefixes")  # type: ignore[union-attr]
            used.setdefault(ontology.value, set()).update(re.findall(r"(?<![\w?:])([a-z0-9]+):", text))  # type: ignore[union-attr]
    assert used == declared
    assert {dataset.value(s, "sh:prefix") for s in dataset.instances("sh:PrefixDeclaration")} == set().union(
        *used.values()
    )


def test_the_lexicon_is_the_same_wherever_it_is_used() -> None:
    """Names and paraphrases are kept free of the same words."""
    dataset = parse(SHAPES)
    names = dataset.value(iri("shape:loaded-word"), "sh:pattern") or ""
    paraphrases = dataset.value(iri("shape:neutral-paraphrase-query"), "sh:select") or ""
    assert len(names) > 100 and f'"{names}"' in paraphrases
    words = names.removeprefix("(^|[^a-z])").removesuffix("($|[^a-z])")
    quoted = dataset.value(iri("shape:quoted-word-annotated-query"), "sh:select") or ""
    assert f'"^(.*[^a-z])?{words}([^a-z].*)?$"' in quoted


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("gang", True),
        ("Gangs of the harbour", True),
        ("A gangway", False),
        ("Crimes", True),
        ("A crimson boat", False),
        ("Anti-terror drill", True),
        ("https://w3id.org/testimonia/event/illegal-dumping", True),
        ("ethnic cleansing", True),
        ("ethnic dress", False),
    ],
)
def test_the_lexicon_means_whole_words(text: str, loaded: bool) -> None:
    """A word is loaded as a whole, in any case and number, and not as part of another."""
    pattern = parse(SHAPES).value(iri("shape:loaded-word"), "sh:pattern") or ""
    assert bool(re.search(pattern, text, re.I)) is loaded


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
def test_plain_pyshacl_finds_the_same() -> None:
    """Queries answered by pyoxigraph find what pySHACL with rdflib finds, on a story with a leak and more."""
    files = [source for source in SHAPES if Path(source.name).stem in ("lexicon", "neutrality", "prefixes")]
    cases = sorted((CASES / "neutrality").glob("bad-*.trig"))
    merged = {str(quad): quad for path in cases for quad in parse([read_source(path)]).quads}
    data = derive(parse(read_folder(ontology_dir(), "*.ttl")).with_quads(merged.values()))
    ours = {(f.rule, f.focus) for f in check(data, files)}
    theirs = by_pyshacl(data, files)
    assert len(ours) > 8
    assert ours == theirs
