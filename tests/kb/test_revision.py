"""What becomes of the anchors when a publisher changes a text, and how an editor takes it over."""

import re
from pathlib import Path

import pytest
from places import EXAMPLE

from kb import build as builds
from kb import evidence, proposal, revision
from kb.checks import check
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.errors import SetupError, SourceError
from kb.model import Severity, Source
from kb.namespaces import iri
from kb.passages import sentences
from kb.paths import data_dir, ontology_dir, shapes_dir
from kb.sources import read_data, read_folder, read_snapshots

ARTICLE = "2024-03-05-gazette"
NEW = "A paragraph that was not there before. It has two sentences."


@pytest.fixture
def text() -> str:
    return read_snapshots(EXAMPLE / "sources")[ARTICLE]


def fates(dataset: Dataset, text: str, *, slug: str = ARTICLE, earlier: str | None = None) -> dict[str, set[str]]:
    """The names of the anchors that did not hold, by what became of them."""
    found = revision.revise(dataset, iri(f"article:{slug}"), text, earlier=earlier)
    names = {
        fate: {f.anchor.rpartition(f"{slug}-")[2] for f in found.of(fate)} for fate in ("moved", "changed", "vanished")
    }
    return {fate: anchors for fate, anchors in names.items() if anchors}


def test_in_the_text_that_was_encoded_all_holds(example: Dataset, text: str) -> None:
    """The same text moves nothing and adds nothing."""
    found = revision.revise(example, iri(f"article:{ARTICLE}"), text)
    assert {fate.fate for fate in found.fates} == {"holds"}
    assert found.added == ()
    assert all(before == after for _, before, after in found.sections)


def test_a_paragraph_put_in_moves_what_comes_after_it(example: Dataset, text: str) -> None:
    """What stands before a new paragraph holds, what stands after it moves, and its sentences are new."""
    at = text.index("The fishermen")
    changed = f"{text[:at]}{NEW}\n\n{text[at:]}"
    assert fates(example, changed) == {"moved": {"p6-s1", "p6-s1-cue"}}
    found = revision.revise(example, iri(f"article:{ARTICLE}"), changed)
    assert [sentence.name for sentence in found.added] == ["p6-s1", "p6-s2"]
    assert {fate.after[0] - fate.before[0] for fate in found.of("moved") if fate.after} == {len(NEW) + 2}


def test_what_was_taken_out_has_vanished(example: Dataset, text: str) -> None:
    """A sentence that is gone takes the words inside it along."""
    start = text.index("The fishermen")
    assert fates(example, text[:start] + text[text.index("Share") :]) == {"vanished": {"p6-s1", "p6-s1-cue"}}


@pytest.mark.parametrize("known", [True, False])
def test_a_changed_word_is_a_proposal(example: Dataset, text: str, known: bool) -> None:
    """With the earlier text or without it, a sentence with another word is found, and is never certain."""
    changed = text.replace("could not prevent", "did not prevent")
    assert fates(example, changed, earlier=text if known else None) == {"changed": {"p6-s1"}}
    found = revision.revise(example, iri(f"article:{ARTICLE}"), changed, earlier=text if known else None)
    (fate,) = found.of("changed")
    assert (fate.likeness is not None) is known
    assert fate.by == ("earlier text" if known else "place and kept words")
    assert fate.lost == ()
    assert [user.rpartition("/")[2] for user in fate.users] == [f"{ARTICLE}-demand", f"{ARTICLE}-not-prevented"]


def test_words_that_a_claim_keeps_are_missed(example: Dataset, text: str) -> None:
    """Where the number of a claim no longer stands in the passage, the claim does not fit it any more."""
    found = revision.revise(example, iri(f"article:{ARTICLE}"), text.replace("12 of them", "13 of them"))
    (fate,) = found.of("changed")
    assert fate.lost == ("12 of them",)
    entries = {e["anchor"]: e for e in proposal.propose(found, text.replace("12 of them", "13 of them"))["anchors"]}
    assert {e["action"] for e in entries.values()} == {"earlier"}
    assert f"anchor:{ARTICLE}-p5-s1-cue" in entries  # it holds, but goes with its sentence


def test_paragraphs_that_change_places_are_found_again(example: Dataset, text: str) -> None:
    """The order of a text may change without a word being lost."""
    parts = text.split("\n\n")
    parts[4], parts[5] = parts[5], parts[4]
    assert set(fates(example, "\n\n".join(parts))) == {"moved"}


def accepted(folder: Path, slugs: dict[str, str]) -> list[Source]:
    """The files of a data folder after proposals for these texts were decided as proposed."""
    files = read_data(folder)
    for slug, text in slugs.items():
        dataset = parse([*read_folder(ontology_dir(), "*.ttl"), *files])
        made = proposal.propose(revision.revise(dataset, iri(f"article:{slug}"), text), text)
        for entry in [*made["anchors"], *made["sections"]]:
            entry["decided"] = True
        new = proposal.accept(files, made, text)
        files = [Source(file.name, new.get(file.name, file.text), file.trig) for file in files]
    return files


def edited(texts: dict[str, str]) -> dict[str, str]:
    """Each text with a paragraph put in, a sentence taken out and a word changed, at three places of its body."""
    changed = {}
    for slug, text in texts.items():
        body = [s for s in sentences(text) if s.end - s.start > 120]
        gone, other, before = body[len(body) // 2], body[-3], body[len(body) // 4]
        at = max(word.start() for word in re.finditer(r"\b[a-z]{5,}\b", text[other.start : other.end]))
        at += other.start
        text = text[:at] + "changed" + text[text.index(" ", at) if " " in text[at : other.end] else other.end - 1 :]
        text = text[: gone.start] + text[gone.end :].lstrip(" ")
        line = text.rindex("\n", 0, before.start) + 1
        changed[slug] = f"{text[:line]}{NEW}\n\n{text[line:]}"
    return changed


def test_an_edited_copy_of_the_shipped_texts_is_told_exactly(shipped: Dataset, texts: dict[str, str]) -> None:
    """With a paragraph put in, a sentence taken out and a word changed, each anchor's fate is the true one."""
    for slug, text in texts.items():
        changed = edited(texts)[slug]
        found = revision.revise(shipped, iri(f"article:{slug}"), changed)
        body = [s for s in sentences(text) if s.end - s.start > 120]
        gone, other = body[len(body) // 2], body[-3]
        for fate in found.fates:
            start, end = fate.before
            if gone.start <= start and end <= gone.end:
                assert fate.fate == "vanished", fate
            elif (start, end) == (other.start, other.end):
                assert fate.fate == "changed", fate
            elif other.start <= start and end <= other.end:
                assert fate.fate in ("moved", "changed", "vanished"), fate
            else:
                assert fate.fate in ("holds", "moved"), fate
                assert fate.after is not None
                assert changed[slice(*fate.after)] == text[start:end]
        assert [changed[s.start : s.end] for s in found.added] == [f"{NEW.split('. ')[0]}.", NEW.split(". ")[1]]


def test_an_accepted_proposal_holds(texts: dict[str, str]) -> None:
    """After the proposals for edited texts are decided as proposed, evidence and rules have no fault."""
    changed = edited(texts)
    files = accepted(data_dir(), changed)
    raw = parse([*read_folder(ontology_dir(), "*.ttl"), *files])
    dataset = derive(raw)
    for result in evidence.verify(dataset, changed):
        assert [f for f in result.findings if f.severity > Severity.INFO] == []
        assert result.revision is None and result.unchecked > 0
    for result in evidence.verify(dataset, {**changed, **{f"{slug}-old": text for slug, text in texts.items()}}):
        assert (result.unchecked, [f for f in result.findings if f.severity > Severity.INFO]) == (0, [])
    found = [f for f in check(dataset, read_folder(shapes_dir(), "*.ttl")) if f.severity > Severity.INFO]
    assert [f.rule for f in found if "reuse" not in f.rule] == []


def test_comments_and_order_stay(text: str) -> None:
    """Accepting changes values and adds blocks; every other line of the file stays where it was."""
    changed = text.replace("It was a grey week", "It was quite a grey week")
    before = next(f for f in read_data(EXAMPLE) if f.trig).text.splitlines()
    after = next(f for f in accepted(EXAMPLE, {ARTICLE: changed}) if f.trig).text.splitlines()
    assert len(after) == len(before)
    assert all(new == old or ";" in new for new, old in zip(after, before, strict=True))


def test_an_anchor_that_stays_in_the_earlier_version_keeps_its_claim(text: str) -> None:
    """The claims of a sentence that was taken out point into an earlier snapshot, which the article keeps."""
    changed = text[: text.index("The fishermen")] + text[text.index("Share") :]
    dataset = parse([*read_folder(ontology_dir(), "*.ttl"), *accepted(EXAMPLE, {ARTICLE: changed})])
    article = iri(f"article:{ARTICLE}")
    earlier = [s for s in dataset.texts(article, "t:snapshot") if s != dataset.snapshot(article)]
    assert dataset.snapshot(article) == iri(f"snapshot:{ARTICLE}")
    assert [dataset.value(s, "t:supersededBy") for s in earlier] == [iri(f"snapshot:{ARTICLE}")]
    assert dataset.value(iri(f"anchor:{ARTICLE}-p6-s1"), "oa:hasSource") == earlier[0]
    assert dataset.value(iri(f"claim:{ARTICLE}-demand"), "t:evidence") == iri(f"anchor:{ARTICLE}-p6-s1")


def test_a_proposal_is_refused_until_it_fits(example: Dataset, text: str) -> None:
    """What is undecided, made for another text, or without a range is named, and nothing is changed."""
    changed = text.replace("could not prevent", "did not prevent")
    files = read_data(EXAMPLE)
    made = proposal.propose(revision.revise(example, iri(f"article:{ARTICLE}"), changed), changed)
    with pytest.raises(SetupError, match="wait to be decided"):
        proposal.accept(files, made, changed)
    decided = {**made, "anchors": [{**entry, "decided": True} for entry in made["anchors"]]}
    with pytest.raises(SetupError, match="not the one"):
        proposal.accept(files, decided, text)
    wrong = {**decided, "anchors": [{**entry, "action": "keep"} for entry in decided["anchors"]]}
    with pytest.raises(SetupError, match="action"):
        proposal.accept(files, wrong, changed)
    lost = {**decided, "sections": [{**section, "decided": False} for section in decided["sections"]]}
    with pytest.raises(SetupError, match="wait to be decided, the first is node:"):
        proposal.accept(files, lost, changed)
    with pytest.raises(SourceError, match="is missing"):
        proposal.accept(files, {"article": decided["article"]}, changed)
    elsewhere = {**decided, "anchors": [{**decided["anchors"][0], "anchor": f"anchor:{ARTICLE}-p9-s9"}]}
    with pytest.raises(SetupError, match="is no anchor of this article"):
        proposal.accept(files, elsewhere, changed)
    (taken,) = [entry for entry in decided["anchors"] if entry["anchor"].endswith("p6-s1")]
    for wrong_range in ([True, 20], [900, 100], ["1", "2"], [-5, 10], [0, 99_999], None):
        with pytest.raises(SetupError, match="is no range"):
            proposal.accept(files, {**decided, "anchors": [{**taken, "after": wrong_range}]}, changed)
    with pytest.raises(SetupError, match="is missing"):
        proposal.accept(files, {**decided, "anchors": []}, changed)
    with pytest.raises(SetupError, match="stands twice"):
        proposal.accept(files, {**decided, "anchors": [taken, taken]}, changed)
    with pytest.raises(SetupError, match="wait to be decided"):
        proposal.accept(files, {**decided, "anchors": [{**taken, "decided": "true"}]}, changed)
    moved = text.replace("It was a grey", "It was a very grey")
    made = proposal.propose(revision.revise(example, iri(f"article:{ARTICLE}"), moved), moved)
    entries = [{**entry, "decided": True} for entry in made["anchors"]]
    for entry in entries:
        if entry["fate"] == "moved":
            entry["after"] = [at + 1 for at in entry["after"]]
    with pytest.raises(SetupError, match="are not those that were encoded"):
        proposal.accept(files, {**made, "anchors": entries}, moved)


def test_a_proposal_is_accepted_once(text: str) -> None:
    """What was accepted already is refused, and the earlier version stays what it was."""
    changed = text[: text.index("The fishermen")] + text[text.index("Share") :]
    dataset = parse([*read_folder(ontology_dir(), "*.ttl"), *read_data(EXAMPLE)])
    made = proposal.propose(revision.revise(dataset, iri(f"article:{ARTICLE}"), changed), changed)
    for entry in [*made["anchors"], *made["sections"]]:
        entry["decided"] = True
    once = accepted(EXAMPLE, {ARTICLE: changed})
    with pytest.raises(SetupError, match="accepted already"):
        proposal.accept(once, made, changed)


@pytest.mark.parametrize("behind", ["Barrels on the move", "5 March 2024", "the dumping."])
def test_a_paragraph_between_sections_is_new(example: Dataset, text: str, behind: str) -> None:
    """A standfirst behind the headline or byline, and a correction at the end, are told as new."""
    at = text.index(behind) + len(behind)
    changed = f"{text[:at]}\n\nCorrection: it was 13 barrels.{text[at:]}"
    found = revision.revise(example, iri(f"article:{ARTICLE}"), changed)
    assert [changed[s.start : s.end] for s in found.added] == ["Correction: it was 13 barrels."]


@pytest.mark.parametrize(("before", "after"), [("40 barrels", "400 barrels"), ("12 of them", "112 of them")])
def test_a_number_that_grew_is_another_number(example: Dataset, text: str, before: str, after: str) -> None:
    """40 does not stand in 400: the claim does not fit any more."""
    found = revision.revise(example, iri(f"article:{ARTICLE}"), text.replace(before, after))
    (lost,) = [fate.lost for fate in found.fates if fate.lost]
    assert before in lost[0]


def test_the_build_takes_the_reuse_of_the_texts_at_hand(tmp_path: Path) -> None:
    """A build with texts computes reuse anew, and one without takes what is stored."""
    said: list[str] = []
    builds.build(EXAMPLE, tmp_path, texts=read_snapshots(EXAMPLE / "sources"), say=said.append)
    assert not any("reuse" in line for line in said)
