"""The invented corpora: valid, repeatable, and containing what they say they contain."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("benchmarks.corpus", reason="benchmarks/ is part of a checkout, not of the installed package")

from click.testing import CliRunner

from benchmarks.copying import similarity
from benchmarks.corpus import Plan, Totals, week, write
from benchmarks.defects import DEFECTS
from benchmarks.generate import SIZES, main
from benchmarks.world import WEEK
from kb import build as builds
from kb import evidence
from kb.dataset import Dataset, parse, text_of
from kb.derive import derive
from kb.model import Severity
from kb.namespaces import PREFIXES, iri, shorten
from kb.sources import read_data, read_snapshots

pytestmark = pytest.mark.long

PLAN = Plan(articles=16, claims=50, reuse_share=0.8)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Totals]:
    """A small corpus without defects, and what the generator says of it."""
    out = tmp_path_factory.mktemp("corpus")
    return out, write(PLAN, out)


@pytest.fixture(scope="module")
def loaded(corpus: tuple[Path, Totals]) -> Dataset:
    """The small corpus with the ontology and what is derived."""
    return builds.load(corpus[0])


def contents(out: Path, *folders: str) -> dict[str, bytes]:
    """Every file of some folders of a corpus, of all where none are named."""
    wanted = [path for path in sorted(out.rglob("*")) if path.is_file()]
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in wanted
        if not folders or path.relative_to(out).parts[0] in folders
    }


def truth(out: Path, name: str) -> list[dict[str, Any]]:
    """The lines of one kind of truth."""
    return [json.loads(line) for line in (out / "truth" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def slow_similarity(left: list[str], right: list[str]) -> float:
    """The normalised Indel similarity by the textbook's table."""
    row = [0] * (len(right) + 1)
    for one in left:
        last = row
        row = [0]
        for at, two in enumerate(right):
            row.append(last[at] + 1 if one == two else max(last[at + 1], row[at]))
    total = len(left) + len(right)
    return 1.0 - (total - 2 * row[-1]) / total


def test_one_seed_gives_one_corpus_whatever_the_number_of_processes(tmp_path: Path) -> None:
    """Two runs write the same bytes, also when weeks are shared out between two processes."""
    plan = Plan(articles=WEEK + 4, claims=5, reuse_share=0.5, defects=0.1)
    write(plan, tmp_path / "one")
    write(plan, tmp_path / "two", jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_another_corpus(corpus: tuple[Path, Totals], tmp_path: Path) -> None:
    """The texts of two seeds share no file."""
    write(Plan(articles=4, claims=10, seed=2), tmp_path)
    assert not set(contents(tmp_path, "sources").values()) & set(contents(corpus[0], "sources").values())


def test_a_larger_corpus_keeps_the_articles_of_a_smaller_one(corpus: tuple[Path, Totals], tmp_path: Path) -> None:
    """An article does not depend on how many follow it."""
    write(Plan(articles=9, claims=PLAN.claims, reuse_share=PLAN.reuse_share), tmp_path)
    smaller = contents(tmp_path, "articles", "sources")
    assert len(smaller) == 18
    assert smaller.items() <= contents(corpus[0]).items()


def test_texts_alone_are_the_texts_of_the_corpus(corpus: tuple[Path, Totals], tmp_path: Path) -> None:
    """Without the data, texts and what is copied in them are the same."""
    write(Plan(articles=PLAN.articles, claims=PLAN.claims, reuse_share=PLAN.reuse_share, texts_only=True), tmp_path)
    assert contents(tmp_path, "sources") == contents(corpus[0], "sources")
    assert truth(tmp_path, "reuse") == truth(corpus[0], "reuse")
    assert not contents(tmp_path, "articles", "registry")


def test_a_corpus_breaks_no_rule(corpus: tuple[Path, Totals], loaded: Dataset) -> None:
    """The check has neither a violation nor a warning."""
    raw = parse(builds.sources(corpus[0]))
    found = builds.findings(raw, builds.shapes(corpus[0]), derived=loaded)
    assert [f"{f.rule} on {f.focus}: {f.message}" for f in found if f.severity > Severity.INFO] == []


def test_every_anchor_fits_its_text_and_every_sentence_is_accounted_for(
    corpus: tuple[Path, Totals], loaded: Dataset
) -> None:
    """The comparison with the texts finds nothing, and each claim is found resting on a sentence."""
    results = evidence.verify(loaded, read_snapshots(corpus[0] / "sources"))
    assert len(results) == PLAN.articles
    assert all(result.checked and result.anchors > 20 for result in results)
    assert [f"{f.rule} on {f.focus}: {f.message}" for result in results for f in result.findings] == []
    resting = {claim for result in results for sentence in result.coverage for claim in sentence.claims}
    assert resting == set(loaded.instances("t:Claim"))


def test_files_are_in_house_style(corpus: tuple[Path, Totals]) -> None:
    """Prefixes are those used, each subject has one block, properties and objects are in order."""
    for path in [*corpus[0].glob("articles/*.trig"), *corpus[0].glob("registry/*.ttl")]:
        prologue, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        declared = re.findall(r"^@prefix ([a-z]+): <(.*)> \.$", prologue, re.M)
        bare = re.sub(r'"[^"]*"', '""', body)
        assert declared == sorted((name, PREFIXES[name]) for name in set(re.findall(r"([a-z]+):", bare)))
        for block in re.split(r"\n\n+|\{\n|^\}\n", body, flags=re.M):
            names = re.findall(r"^ +([a-z]+:\w+)(?: .*)?$(?<![,;])|^ +([a-z]+:\w+) .* ;$", block, re.M)
            properties = [one or two for one, two in names if re.match(r"(?!claim|node|anchor)", one or two)]
            assert properties == sorted(properties), f"{path.name}: {block}"
            objects = re.findall(r"^ +(.*) ,$", block, re.M)
            assert objects == sorted(objects) or "t:participation" in block
        subjects = re.findall(r"^(?! )([a-z]+:\S+)$", body, re.M)
        assert len(subjects) == len(set(subjects))


def test_sentences_are_as_long_as_those_of_news() -> None:
    """A sentence that carries claims has 6 to 45 words, and a week of news uses thousands of words."""
    lengths, words = set(), set()
    for page in week(Plan(articles=24), 0):
        words.update(re.findall(r"\w+", page.text.lower()))
        lengths |= {len(page.text[s.start : s.end].split()) for s in page.sentences if s.sentence.claims}
    assert min(lengths) >= 6 and max(lengths) <= 45 and len(lengths) > 35
    assert len(words) > 2000


def test_chains_have_one_to_three_voices(loaded: Dataset) -> None:
    """Claims stand in the article, in what another voice relays, or in what that one relays of a third."""
    depths = set()
    for claim in loaded.instances("t:Claim"):
        above, depth = loaded.value(claim, "t:reportedIn"), 1
        while above is not None and not above.startswith(iri("article:")):
            above, depth = loaded.value(above, "t:reportedIn"), depth + 1
        depths.add(depth)
    assert depths == {1, 2, 3}


def test_the_similarity_of_copies_is_what_the_texts_have(corpus: tuple[Path, Totals]) -> None:
    """Each pair of copied or resembling sentences has the similarity that the truth gives, by another method."""
    texts = read_snapshots(corpus[0] / "sources")
    found = {}
    for kind in ("reuse", "lookalikes"):
        found[kind] = truth(corpus[0], kind)
        for pair in found[kind]:
            here = texts[pair["article"]][pair["start"] : pair["end"]]
            there = texts[pair["other"]][pair["otherStart"] : pair["otherEnd"]]
            sides = [re.findall(r"\w+", passage.lower()) for passage in (here, there)]
            assert pair["similarity"] == slow_similarity(*sides) == similarity(*sides)
            assert (pair.get("kind") == "verbatim") == (here == there)
            assert pair["article"] != pair["other"]
    assert {pair["kind"] for pair in found["reuse"]} == {"near", "verbatim"}
    assert all(0.4 <= pair["similarity"] < 0.8 for pair in found["lookalikes"])
    copies = [pair["similarity"] for pair in found["reuse"]]
    assert min(copies) < 0.75 and any(0.8 < one < 1 for one in copies)


def test_standing_sentences_recur(corpus: tuple[Path, Totals]) -> None:
    """A standing sentence of a newspaper is the same wherever it stands."""
    texts = read_snapshots(corpus[0] / "sources")
    forms: dict[str, set[str]] = {}
    for entry in truth(corpus[0], "stock"):
        passage = texts[entry["article"]][entry["start"] : entry["end"]]
        forms.setdefault(entry["stock"], set()).add(passage)
    assert forms and all(len(found) == 1 for found in forms.values())


def test_agreement_and_contradiction_are_between_claims_about_one_frame(
    corpus: tuple[Path, Totals], loaded: Dataset
) -> None:
    """Every pair of the truth is about one frame, told by two articles, and each relation occurs."""
    pairs = truth(corpus[0], "agreement")
    about = {name: loaded.value(iri(name), "t:about") for pair in pairs for name in (pair["left"], pair["right"])}
    assert None not in about.values()
    for pair in pairs:
        assert about[pair["left"]] == about[pair["right"]]
    relations = {"compatible", "contradicts", "narrower", "sameContent"}
    relations |= {"differsInCertainty", "differsInDetail", "differsInWording"}
    assert {pair["relation"] for pair in pairs} == relations
    assert {pair["independence"] for pair in pairs} == {"independent", "sameOrigin", "sharedText", "unknown"}


def test_same_content_is_the_same_in_the_graphs(corpus: tuple[Path, Totals], loaded: Dataset) -> None:
    """Claims that the truth calls the same have the same polarity, place and participants but for described groups."""

    def told(name: str) -> set[str | None]:
        wanted = {iri("sem:hasPlace"), iri("t:participant"), iri("schema:value"), iri("t:edtf")}
        said = {text_of(quad.object) for quad in loaded.graphs[iri(name)] if quad.predicate.value in wanted}
        described = {re.sub(r"actor/\d{4}-.*-", "group/", value) for value in said}
        return {*described, loaded.value(iri(name), "t:polarity")}

    same = [pair for pair in truth(corpus[0], "agreement") if pair["relation"] == "sameContent"]
    assert same
    assert [pair for pair in same if told(pair["left"]) != told(pair["right"])] == []


def test_each_planted_defect_is_found_by_its_rule(tmp_path: Path) -> None:
    """The rule that the truth expects finds each defect on its subject; all kinds of defects occur."""
    write(Plan(articles=14, claims=60, defects=0.2), tmp_path)
    planted = truth(tmp_path, "defects")
    assert {defect["kind"] for defect in planted} == set(DEFECTS)
    assert len({defect["rule"] for defect in planted}) >= 12
    raw = parse(builds.sources(tmp_path))
    derived = derive(raw)
    checked = {(f.rule, shorten(f.focus)) for f in builds.findings(raw, builds.shapes(tmp_path), derived=derived)}
    results = evidence.verify(derived, read_snapshots(tmp_path / "sources"))
    verified = {(f.rule, shorten(f.focus)) for result in results for f in result.findings}
    found = {"check": checked, "verify": verified}
    assert [d for d in planted if (d["rule"], d["subject"]) not in found[d["foundBy"]]] == []
    for defect in planted:
        assert defect["subject"] in (tmp_path / defect["file"]).read_text(encoding="utf-8")


def test_the_generator_counts_what_is_there(corpus: tuple[Path, Totals]) -> None:
    """Claims and quads, as written and after derive, are as many as a reader of the files finds."""
    out, totals = corpus
    raw = parse(read_data(out))
    assert totals.quads == len(raw.quads)
    assert totals.quads + totals.derived == len(derive(raw).quads)
    assert totals.claims == len(raw.instances("t:Claim"))


def test_the_sizes_are_as_large_as_they_say(tmp_path: Path) -> None:
    """S and M have 20,000 and 0.5 million quads after derive, and L is as many articles as make 5.6 million."""
    made = {}
    for size in ("S", "M"):
        articles, claims = SIZES[size]
        totals = write(Plan(articles, claims=claims), tmp_path / size)
        made[size] = totals.quads + totals.derived
    assert made["S"] == pytest.approx(20_000, rel=0.05)
    assert made["M"] == pytest.approx(500_000, rel=0.05)
    assert made["M"] / SIZES["M"][0] * SIZES["L"][0] == pytest.approx(5_600_000, rel=0.05)


def test_the_command_writes_into_an_empty_folder_only(tmp_path: Path) -> None:
    """A folder with something in it is left alone, and the size is asked for in one way."""
    run = CliRunner().invoke
    done = run(main, [str(tmp_path / "new"), "--articles", "2", "--claims-per-article", "4"])
    assert done.exit_code == 0 and done.output.startswith("2 articles, ")
    assert run(main, [str(tmp_path / "new"), "--articles", "2"]).exit_code == 2
    assert run(main, [str(tmp_path / "other")]).exit_code == 2
    assert run(main, [str(tmp_path / "other"), "--articles", "2", "--size", "S"]).exit_code == 2
    assert run(main, [str(tmp_path / "other"), "--articles", "2", "--texts-only", "--defects", "0.1"]).exit_code == 2
    assert not (tmp_path / "other").exists()
