"""Checking part by part finds what checking everything at once finds, remembers it, and stops what does not end."""

import random
import re
import shutil
from pathlib import Path

import pytest
from endless import ENDLESS
from places import EXAMPLE

from kb import build as builds
from kb import checks, parts
from kb.dataset import parse
from kb.model import Finding, Source
from kb.namespaces import iri, turtle_prologue
from kb.paths import data_dir
from kb.rules import rules
from kb.work import Processes

SHAPES = builds.shapes(data_dir())


def whole(files: list[Source]) -> list[Finding]:
    """The reference: all rules on everything at once."""
    return builds.findings(parse(files), SHAPES)


def damaged(files: list[Source], seed: int, *, count: int) -> list[Source]:
    """The files with some lines of properties removed, doubled or given to another subject."""
    chance = random.Random(seed)
    changed = {file.name: file.text.split("\n") for file in files}
    fit = re.compile(r"    [a-z]+:\w+ \S+ ;")
    names = [file.name for file in files if Path(file.name).parent.name in ("articles", "registry")]
    for _ in range(count):
        lines = changed[chance.choice([name for name in names if any(map(fit.fullmatch, changed[name]))])]
        at = chance.choice([n for n, line in enumerate(lines) if fit.fullmatch(line)])
        what = chance.choice(["remove", "double", "swap", "value"])
        if what == "remove":
            del lines[at]
        elif what == "double":
            lines.insert(at, lines[at])
        elif what == "value":
            lines[at] = re.sub(r"( [a-z]+:[\w-]+) ;$", r"\1-x ;", lines[at])
        else:
            other = chance.choice([n for n, line in enumerate(lines) if fit.fullmatch(line)])
            lines[at], lines[other] = lines[other], lines[at]
    return [Source(file.name, "\n".join(changed[file.name]), file.trig) for file in files]


@pytest.mark.parametrize("folder", [data_dir(), EXAMPLE], ids=["shipped", "example"])
def test_sound_data_has_the_same_findings_in_parts(folder: Path, tmp_path: Path) -> None:
    """The findings on sound data are those of everything at once, the first time and from memory."""
    files = builds.sources(folder)
    expected = whole(files)
    assert parts.check(files, SHAPES, memory=tmp_path) == expected
    assert parts.check(files, SHAPES, memory=tmp_path) == expected


@pytest.mark.parametrize("seed", range(3))
def test_damaged_data_has_the_same_findings_in_parts(seed: int, tmp_path: Path) -> None:
    """With many defects in both articles and the registry, each finding is the same, with its line."""
    files = damaged(builds.sources(data_dir()), seed, count=25)
    expected = whole(files)
    assert len(expected) > 25
    found = parts.check(files, SHAPES, hands=Processes(2), memory=tmp_path)
    assert [f for f in expected if f not in found] == [] and [f for f in found if f not in expected] == []
    assert parts.check(files, SHAPES, memory=tmp_path) == expected


def copied(folder: Path) -> Path:
    shutil.copytree(EXAMPLE, folder)
    return folder


def test_only_what_changed_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an edit the edited part is examined, and after none nothing is."""
    data = copied(tmp_path / "data")
    other = data / "articles" / "2024-03-06-courier.trig"
    article = next((data / "articles").glob("*.trig"))
    registry = next((data / "registry").glob("*.ttl"))
    for source, copy in ((article, other), (registry, data / "registry" / "2024-03-06-courier.ttl")):
        text = source.read_text().replace("2024-03-05-gazette", "2024-03-06-courier")
        copy.write_text(re.sub(r"\b(actor|event|object|perspective|place):(?=\w)", r"\1:own-", text))
    told: list[str] = []
    work = parts._Run.work

    def heard(run, jobs):  # type: ignore[no-untyped-def]
        told.extend(part.slug for job in jobs for part in job.parts)
        return work(run, jobs)

    monkeypatch.setattr(parts._Run, "work", heard)
    memory = tmp_path / "memory"
    first = parts.check(builds.sources(data), SHAPES, memory=memory)
    assert {"2024-03-05-gazette", "2024-03-06-courier"} <= set(told)
    told.clear()
    assert parts.check(builds.sources(data), SHAPES, memory=memory) == first
    assert told == []
    other.write_text(other.read_text().replace("t:polarity polarity:positive", "t:polarity polarity:negative", 1))
    parts.check(builds.sources(data), SHAPES, memory=memory)
    assert "2024-03-06-courier" in told


@pytest.fixture
def in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process of its own for any job, so that a test sees what each does."""
    monkeypatch.setattr("multiprocessing.get_all_start_methods", list)


@pytest.mark.usefixtures("in_one_process")
def test_after_an_edit_only_rules_that_can_see_it_are_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another wording of a paraphrase is looked at by the rules on paraphrases, and by those that see everything."""
    files = builds.sources(EXAMPLE)
    parts.check(files, SHAPES, memory=tmp_path)
    applied: set[str] = set()
    apply = checks.apply

    def heard(dataset, shapes, wanted, **options):  # type: ignore[no-untyped-def]
        applied.update(rule.name for rule in wanted if rule.sees is not None)
        return apply(dataset, shapes, wanted, **options)

    monkeypatch.setattr(checks, "apply", heard)
    edited = [Source(f.name, f.text.replace('t:paraphrase "', 't:paraphrase "x ', 1), f.trig) for f in files]
    found = parts.check(edited, SHAPES, memory=tmp_path)
    sees = {rule.name for rule in rules(SHAPES) if rule.sees is not None and iri("t:paraphrase") in rule.sees}
    assert applied == {rule.name for rule in rules(SHAPES) if rule.name in sees and not rule.across}
    assert found == whole(edited)


@pytest.mark.usefixtures("in_one_process")
def test_a_comment_moves_findings_and_applies_no_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands one line lower is told one line lower, from memory."""
    files = damaged(builds.sources(EXAMPLE), 5, count=4)
    before = parts.check(files, SHAPES, memory=tmp_path)
    monkeypatch.setattr(checks, "apply", lambda *_, **__: pytest.fail("a rule was applied"))
    edited = [Source(f.name, f"# A remark.\n{f.text}" if f.trig else f.text, f.trig) for f in files]
    after = parts.check(edited, SHAPES, memory=tmp_path)
    lines = [(f.rule, f.focus, f.place.line if f.place else 0) for f in before]
    trig = [f.place is not None and f.place.file.endswith(".trig") for f in before]
    assert any(trig)
    moved = [(rule, focus, line + 1 if low else line) for (rule, focus, line), low in zip(lines, trig, strict=True)]
    assert sorted((f.rule, f.focus, f.place.line if f.place else 0) for f in after) == sorted(moved)


def test_edits_one_after_the_other_are_found_as_if_all_were_new(tmp_path: Path) -> None:
    """With a memory of all states before, each state has the findings of everything at once."""
    files = builds.sources(EXAMPLE)
    for seed in range(8):
        parts.check(files, SHAPES, memory=tmp_path)
        files = damaged(files, seed, count=1)
        assert parts.check(files, SHAPES, memory=tmp_path) == whole(files), seed


def test_a_memory_that_is_damaged_is_made_again(tmp_path: Path) -> None:
    """A file that is cut off, or no JSON, is as good as none."""
    files = builds.sources(EXAMPLE)
    expected = parts.check(files, SHAPES, memory=tmp_path)
    for number, path in enumerate(sorted(tmp_path.rglob("*.json"))):
        path.write_text(["", "{", "[1, 2]", "null"][number % 4])
    assert parts.check(files, SHAPES, memory=tmp_path) == expected


def test_a_rule_that_does_not_end_is_told_as_broken_and_the_others_go_on() -> None:
    """A query that would run for years costs its deadline, and all else is still found."""
    files = damaged(builds.sources(EXAMPLE), 1, count=4)
    shapes = [*SHAPES, Source("shapes/endless.ttl", ENDLESS, False)]
    found = parts.check(files, shapes, deadline=2)
    broken = [finding for finding in found if finding.rule == "endless"]
    assert broken and all("did not end within 2 seconds" in finding.message for finding in broken)
    assert [finding for finding in found if finding.rule != "endless"] == whole(files)


def test_what_was_found_without_a_broken_rule_is_not_remembered(tmp_path: Path) -> None:
    """A rule that did not end once is applied again the next time."""
    files, shapes = builds.sources(EXAMPLE), [*SHAPES, Source("shapes/endless.ttl", ENDLESS, False)]
    for _ in range(2):
        found = parts.check(files, shapes, deadline=1, memory=tmp_path)
        assert "endless" in {finding.rule for finding in found}


def test_a_file_that_cannot_be_read_stops_the_check(tmp_path: Path) -> None:
    """What no parser takes is an error with file and line, also from another process."""
    from kb.errors import SourceError

    data = copied(tmp_path / "data")
    article = next((data / "articles").glob("*.trig"))
    article.write_text(article.read_text() + "\nnonsense here\n")
    with pytest.raises(SourceError, match=r"2024-03-05-gazette\.trig:\d+: "):
        parts.check(builds.sources(data), SHAPES, hands=Processes(2))


def test_nothing_to_check_is_a_violation(tmp_path: Path) -> None:
    """An empty data folder does not pass."""
    (tmp_path / "articles").mkdir()
    assert [f.rule for f in parts.check(builds.sources(tmp_path), SHAPES)] == ["nothing-checked"]


def test_parts_that_write_the_same_thing_are_checked_together(tmp_path: Path) -> None:
    """A second holder that another article's file gives to a claim is found."""
    data = copied(tmp_path / "data")
    other = data / "articles" / "2024-03-06-courier.trig"
    other.write_text(
        "@prefix actor: <https://w3id.org/testimonia/actor/> .\n"
        "@prefix claim: <https://w3id.org/testimonia/claim/> .\n"
        "@prefix t: <https://w3id.org/testimonia/ontology#> .\n\n"
        "claim:2024-03-05-gazette-demand\n    t:holder actor:port-director ;\n    .\n"
    )
    files = builds.sources(data)
    found = parts.check(files, SHAPES, memory=tmp_path / "memory")
    assert "claim-holder" in {finding.rule for finding in found}
    assert found == whole(files) == parts.check(files, SHAPES, memory=tmp_path / "memory")


def test_what_a_shared_file_adds_to_an_entry_of_an_article_is_seen_with_it(tmp_path: Path) -> None:
    """A line on an entry in another file of the registry is no second entry without a kind."""
    data = copied(tmp_path / "data")
    own = data / "registry" / "own.ttl"
    own.write_text(
        turtle_prologue(["actor", "event", "sem"]) + "\nevent:dumping\n    sem:hasActor actor:port ;\n    .\n"
    )
    files = builds.sources(data)
    assert parts.check(files, SHAPES) == whole(files)
