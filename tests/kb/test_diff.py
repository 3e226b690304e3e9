"""What became of claims and other things from one state of the data to another."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from places import EXAMPLE, ROOT
from serving import own_server

from kb import build as builds
from kb.cli import main
from kb.dataset import Dataset, parse, statements
from kb.derive import derive
from kb.diff import COUNTED, Diff, Entry, Tally, compare
from kb.diff.reading import read
from kb.diff.side import Side, differing
from kb.engine import quads_in
from kb.errors import LimitError, SourceError
from kb.namespaces import OWN, iri
from kb.report.changes import changes_json, changes_text

SLUG = "2024-03-05-gazette"
BARRELS = f"claim/{SLUG}-barrels"
OFFICE = "Harbour office, as relayed by Northport Herald and Northport Gazette"
STATED = '    t:mode mode:stated ;\n    t:paraphrase "According to the harbour office'
TOMBSTONE = """
claim:{0}
    {2}<http://www.w3.org/2002/07/owl#deprecated> true ;
    t:note "{1}"@en ;
    .
"""


def edited(*replacements: tuple[str, str], more: str = "") -> Dataset:
    """The example with some texts replaced wherever they stand, and more written into its article."""
    files = builds.sources(EXAMPLE)
    for old, new in replacements:
        assert any(old in file.text for file in files), old
        files = [replace(file, text=file.text.replace(old, new)) for file in files]
    return derive(parse([replace(file, text=file.text + (more if file.trig else "")) for file in files]))


def without(claim: str) -> tuple[tuple[str, str], ...]:
    """The replacements that take a claim of the example out of it, with what it says."""
    (text,) = (file.text for file in builds.sources(EXAMPLE) if file.trig)
    start = text.index(f"\nclaim:{claim}\n")
    end = text.index("\n}\n", start) + 3
    return ((text[start:end], ""),)


def changes(new: Dataset, old: Dataset | None = None) -> Diff:
    return compare(Side.of((old or edited()).quads), Side.of(new.quads))


def only(diff: Diff, kind: str = "claim") -> Entry:
    """The one entry of a kind."""
    (entry,) = (entry for entry in diff.entries if entry.kind == kind)
    return entry


def told(entry: Entry) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {change.property: (change.old, change.new) for change in entry.changes}


def test_the_same_data_has_no_difference() -> None:
    """However often it is read: blank nodes are called otherwise each time."""
    assert changes(edited()).is_empty
    assert changes_text(changes(edited())) == "no difference"


def test_a_claim_is_added_or_removed_with_its_speaker() -> None:
    """A claim that only one side has is told with paraphrase, speaker and article, in either direction."""
    fewer = edited(*without(f"{SLUG}-barrels"))
    for old, new, what in ((edited(), fewer, "removed"), (fewer, edited(), "added")):
        entry = next(entry for entry in changes(new, old).entries if entry.iri == iri(f"claim:{SLUG}-barrels"))
        assert (entry.what, entry.kind, entry.speaker) == (what, "claim", OFFICE)
        assert entry.label.startswith("According to the harbour office")
        assert entry.article == f"{SLUG} (Northport Gazette, 2024-03-05)"


def test_a_property_changes_from_one_value_to_another() -> None:
    """Label of the property and both values are told; what follows from it (realis) is no change of its own."""
    entry = only(changes(edited((STATED, STATED.replace("stated", "alleged", 1)))))
    assert (entry.what, entry.speaker, entry.speaker_before) == ("changed", OFFICE, "")
    assert told(entry) == {"mode": (("Stated (mode/stated)",), ("Alleged (mode/alleged)",))}
    assert entry.changes[0].iri == iri("t:mode")


def test_another_speaker_is_told_beside_the_one_before() -> None:
    """Where the holder changes, the entry names both speakers."""
    held = "    t:holder actor:harbour-office ;\n    t:mode mode:stated"
    diff = changes(edited((held, held.replace("harbour-office", "port-director"))))
    entry = next(entry for entry in diff.entries if entry.iri == iri(f"claim:{SLUG}-barrels"))
    assert entry.speaker.startswith("Director of the port, as relayed by ")
    assert entry.speaker_before == OFFICE
    assert "(before: Harbour office" in changes_text(diff)


def test_what_a_claim_says_changes_in_sentences() -> None:
    """What it says no longer and says now are whole statements, each begun with the speaker."""
    place = "t:participant place:westquay"
    entry = only(changes(edited((place, place.replace("west", "east")))))
    ((name, (old, new)),) = told(entry).items()
    assert name == "what it says"
    assert old == (f"According to {OFFICE}: the destination is Westquay.",)
    assert new == (f"According to {OFFICE}: the destination is Eastquay.",)


def test_a_number_changes_that_no_sentence_tells() -> None:
    """Where sentences stay as they are, because they quote, the bare statements are told, with the speaker."""
    entry = only(changes(edited(("schema:value 40 ;", "schema:value 50 ;"))))
    ((old,), (new,)) = told(entry)["what it says"]
    assert old == f'According to {OFFICE}: node:{SLUG}-barrels-40 schema:value "40"^^xsd:integer'
    assert new.endswith('"50"^^xsd:integer')
    kept = only(changes(edited(("approximation:about ;", "approximation:nearly ;"))))
    assert "approximation:nearly" in told(kept)["what it says"][1][0]


def test_a_passage_that_moved_changes_the_claims_on_it() -> None:
    """An anchor with other offsets is told at each claim that rests on it, and counted."""
    diff = changes(edited(("t:end 362 ;\n    t:paragraph 6", "t:end 361 ;\n    t:paragraph 6")))
    assert [entry.iri for entry in diff.entries] == [
        iri(f"claim:{SLUG}-{name}") for name in ("demand", "not-prevented")
    ]
    ((old,), (new,)) = told(diff.entries[0])["evidence"]
    assert "characters 270 to 362" in old and "characters 270 to 361" in new
    assert diff.counts == {"anchor": Tally(changed=1)}


def test_the_day_of_a_statement_changes() -> None:
    """A time in the default graph is told at the claim that was made then."""
    made = f"claim:{SLUG}-barrels\n    a t:Claim ;\n    t:statementTime node:{SLUG}-barrels-said ;"
    time = f'\nnode:{SLUG}-barrels-said a t:TimeRef ; t:edtf "2024-03-04"^^edtf:EDTF ; t:verbatim "on Monday"@en .\n'
    before = edited((f"claim:{SLUG}-barrels\n    a t:Claim ;", made), more=time)
    after = edited((f"claim:{SLUG}-barrels\n    a t:Claim ;", made), more=time.replace("03-04", "03-05"))
    ((old,), (new,)) = told(only(changes(after, before)))["statement time"]
    assert (old, new) == ("“on Monday”, 2024-03-04", "“on Monday”, 2024-03-05")


def test_a_retired_claim_has_its_reason() -> None:
    """A tombstone gives the reason and what to see instead; its speaker is the one it had."""
    see = f"<http://purl.org/dc/terms/isReplacedBy> claim:{SLUG}-demand ;\n    "
    name = f"{SLUG}-not-prevented"
    diff = changes(edited(*without(name), more=TOMBSTONE.format(name, "Nobody said so.", see)))
    entry = only(diff)
    assert (entry.what, entry.reason, entry.replacement) == (
        "retired",
        "Nobody said so.",
        iri(f"claim:{SLUG}-demand"),
    )
    assert entry.speaker.startswith("fishermen")
    assert "reason: Nobody said so.\n" in changes_text(diff) and f"see: claim/{SLUG}-demand" in changes_text(diff)


def test_a_claim_is_not_renamed_that_another_replaces() -> None:
    """Where the reason on the tombstone is another, the new claim is added beside what it replaces."""
    see = f"""<http://purl.org/dc/terms/isReplacedBy> claim:{SLUG}-asked ;
    t:retiredBecause mode:alleged ;
    t:retiredOn "2024-03-06"^^xsd:date ;
    """
    tombstone = TOMBSTONE.format(f"{SLUG}-demand", "It was a question.", see)
    diff = changes(edited((f"claim:{SLUG}-demand", f"claim:{SLUG}-asked"), more=tombstone))
    found = {entry.iri: entry for entry in diff.entries}
    retired = found[iri(f"claim:{SLUG}-demand")]
    assert (retired.what, retired.since) == ("retired", "2024-03-06")
    assert (retired.reason, retired.replacement) == ("Alleged: It was a question.", iri(f"claim:{SLUG}-asked"))
    assert found[iri(f"claim:{SLUG}-asked")].what == "added"
    assert "reason: Alleged: It was a question. (since 2024-03-06)" in changes_text(diff)


def test_a_tombstone_is_told_as_it_changes() -> None:
    """A tombstone that comes alone is a retired thing, a better reason a change, and its end a removal."""
    first, second = (edited(more=TOMBSTONE.format(f"{SLUG}-x", reason, "")) for reason in ("Wrong.", "Not said."))
    name = iri(f"claim:{SLUG}-x")
    entry = only(changes(first))
    assert (entry.what, entry.iri, entry.reason, entry.speaker) == ("retired", name, "Wrong.", "")
    entry = only(changes(second, first))
    assert (entry.what, told(entry)) == ("changed", {"note": (("“Wrong.” (en)",), ("“Not said.” (en)",))})
    assert only(changes(edited(), first)).what == "removed"
    assert "Harbour" not in changes_text(changes(first))


def test_a_claim_that_is_called_otherwise_is_renamed() -> None:
    """Its tombstone leads to the new name; that is no addition, and what names it has not changed."""
    see = f"<http://purl.org/dc/terms/isReplacedBy> claim:{SLUG}-asked ;\n    "
    tombstone = TOMBSTONE.format(f"{SLUG}-demand", "The slug said too little.", see)
    renamed = ((f"claim:{SLUG}-demand", f"claim:{SLUG}-asked"), (f"node:{SLUG}-demand", f"node:{SLUG}-asked"))
    entry = only(changes(edited(*renamed, more=tombstone)))
    assert (entry.what, entry.iri) == ("renamed", iri(f"claim:{SLUG}-demand"))
    assert (entry.replacement, entry.changes) == (iri(f"claim:{SLUG}-asked"), ())
    wording = ("    t:mode mode:demanded ;", "    t:mode mode:asked ;")
    diff = changes(edited(*renamed, wording, more=tombstone))
    assert told(only(diff)) == {"mode": (("Demanded (mode/demanded)",), ("Asked (mode/asked)",))}
    assert f"renamed  claim/{SLUG}-demand → claim/{SLUG}-asked" in changes_text(diff)


def test_other_things_are_told_by_kind() -> None:
    """Actors, places and events that were added, changed and removed have their labels and what changed."""
    diff = changes(
        edited(
            ('"Director of the port"@en', '"Port director"@en'),
            ("place:westquay\n    a geo:Feature", "place:northquay a geo:Feature ; rdfs:label \"Northquay\"@en .\n"
             "place:westquay\n    a geo:Feature"),
            ('event:dumping\n    a t:EventFrame ;\n    rdfs:label "Putting down of barrels"@en ;\n    .', ""),
        )
    )  # fmt: skip
    assert [(entry.what, entry.kind, entry.label) for entry in diff.entries] == [
        ("removed", "event", "Putting down of barrels"),
        ("changed", "actor", "Port director"),
        ("added", "place", "Northquay"),
    ]
    ((name, (old, new)),) = told(diff.entries[1]).items()
    assert (name, old, new) == ("label", ("“Director of the port” (en)",), ("“Port director” (en)",))


def test_the_vocabulary_is_told_too() -> None:
    """A term whose chain of properties is another one is changed, and no other term is."""
    ontology = next(file for file in builds.sources(EXAMPLE) if "propertyChainAxiom" in file.text)
    chain = ontology.text.partition("owl:propertyChainAxiom")[2].partition("(")[2].partition(")")[0]
    entry = only(changes(edited((f"({chain})", f"({chain.rstrip()} t:holder )"))), "term")
    ((old, new),) = told(entry).values()
    assert len(entry.changes) == 1 and old != new
    assert any(value.endswith(" t:holder )") for value in new)


def test_nothing_is_lost_in_silence() -> None:
    """Whatever single statement is taken out of the example, something is told or counted."""
    whole = parse(builds.sources(EXAMPLE)).quads
    written = statements([file for file in builds.sources(EXAMPLE) if "example" in file.name])
    old = Side.of(whole)
    for lost in random.Random(3).sample(written, 150):
        assert not compare(old, Side.of(quad for quad in whole if quad != lost)).is_empty, lost


def test_what_is_computed_is_counted(example: Dataset, example_build: Path) -> None:
    """A build against what it was made of differs in what is computed only, as counts."""
    built = Side.of(ox.parse(path=example_build / "dump.nq"))
    diff = compare(Side.of(example.quads), built)
    assert diff.entries == ()
    assert diff.counts["graph"].added > 0 and diff.counts.keys() <= COUNTED.keys()
    assert "graphs of conclusions: " in changes_text(diff)


def test_counted_kinds_are_kinds() -> None:
    """What is counted is a kind of IRI that there is."""
    assert COUNTED.keys() <= set(OWN)


@pytest.fixture(scope="module")
def shipped_side(shipped_build: Path) -> Side:
    """The build that ships."""
    side, _ = read(str(shipped_build), str(shipped_build), built=lambda folder: folder)
    return side


def stored(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Quads as any store has them, sorted: it writes numbers in a form of its own, and names blank nodes anew."""
    store = ox.Store()
    for quad in quads:
        told = ox.BlankNode("any") if isinstance(quad.object, ox.BlankNode) else quad.object
        store.add(ox.Quad(quad.subject, quad.predicate, told, quad.graph_name))
    return sorted(store, key=str)


def test_a_side_finds_what_a_store_finds(shipped_build: Path, shipped_side: Side) -> None:
    """Subjects and graphs are found as an engine finds them, and nothing is found for what is not there."""
    store = ox.Store.read_only(str(shipped_build / "store"))
    subjects = sorted({quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)})
    some = random.Random(5).sample(subjects, 200) + subjects[:1] + subjects[-1:] + ["https://example.org/none", ""]
    for name in filter(None, some):
        wanted = quads_in(store, subjects=[name], graphs=[])
        assert stored(shipped_side.quads(subjects=[name])) == stored(wanted)
        assert shipped_side.has(name) or not wanted
    graphs = [name for name in some if name.startswith(iri("claim:"))]
    found = shipped_side.quads(graphs=graphs)
    assert graphs and stored(found) == stored(quads_in(store, subjects=[], graphs=graphs))


@pytest.mark.parametrize("seed", range(20))
def test_sorted_lines_differ_as_sets_do(seed: int) -> None:
    """Walking through both sides together finds what set difference finds."""
    draw = random.Random(seed)
    universe = [f"<x:{number}> <x:p> <x:o> .\n".encode() for number in range(40)]
    old, new = (set(draw.sample(universe, draw.randrange(len(universe)))) for _ in range(2))
    found = list(differing(Side(b"".join(sorted(old))), Side(b"".join(sorted(new)))))
    assert len(found) == len(set(found)) and set(found) == old ^ new


@pytest.fixture(scope="module")
def address(example_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the example."""
    with own_server(
        tmp_path_factory.mktemp("served"), "--data", str(EXAMPLE), "--out", str(example_build.parent)
    ) as url:
        yield url


def test_a_state_can_be_given_in_any_form(example_build: Path, address: str) -> None:
    """Build, data folder, dump and running server of the same data have no difference."""
    forms = (
        str(example_build),
        str(EXAMPLE),
        str(example_build / "dump.trig"),
        str(example_build / "dump.nq"),
        address,
    )
    for form in forms:
        old, new = read(form, str(example_build), built=lambda folder: example_build)
        assert compare(old, new).is_empty, form
    asked: list[Path] = []
    read(str(EXAMPLE), str(EXAMPLE), built=lambda folder: asked.append(folder) or folder)  # type: ignore[func-returns-value]
    assert asked == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no-such-folder", "is not there"),
        ("empty", "is no build, data folder, dump"),
        ("half", "is no whole build"),
        ("bad.trig", r"bad\.trig:2: "),
        ("page.html", "is no build, data folder, dump"),
    ],
)
def test_what_is_no_state_is_told(tmp_path: Path, name: str, words: str) -> None:
    """What is not there, is nothing of the kind, or cannot be read is an error with its name."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "manifest.json").touch()
    (tmp_path / "bad.trig").write_text("\n<a", encoding="utf-8")
    (tmp_path / "page.html").touch()
    with pytest.raises(SourceError, match=words):
        read(str(tmp_path / name), str(EXAMPLE), built=lambda folder: folder)


def test_a_server_that_is_away_is_told() -> None:
    """Where nobody listens at an address, that is what is said."""
    with pytest.raises(LimitError, match="cannot be asked"):
        read("http://127.0.0.1:9", "http://127.0.0.1:9", built=lambda folder: folder)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A data folder in which one claim is alleged that was stated."""
    for folder in ("articles", "registry"):
        (tmp_path / folder).mkdir()
        for path in (EXAMPLE / folder).iterdir():
            text = path.read_text(encoding="utf-8").replace(STATED, STATED.replace("stated", "alleged", 1))
            (tmp_path / folder / path.name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_command_tells_what_changed(changed: Path) -> None:
    """As text it begins with how much of what; each claim stands with its speaker below its article."""
    result = run(EXAMPLE, changed)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "claims: 1 changed"
    assert lines[2:4] == [f"{SLUG} (Northport Gazette, 2024-03-05)", f"  changed  {BARRELS}"]
    assert lines[4].startswith(f"    {OFFICE}: According to")
    assert lines[5] == "    mode: Stated (mode/stated) → Alleged (mode/alleged)"


def test_the_command_prints_json(changed: Path) -> None:
    """Entries have the same members whatever they are; counts are by kind."""
    body: dict[str, Any] = json.loads(run(EXAMPLE, changed, "--format", "json").stdout)
    (entry,) = body["entries"]
    assert (entry["what"], entry["speaker"], entry["changes"][0]["property"]) == ("changed", OFFICE, "mode")
    assert body == json.loads(changes_json(changes(edited((STATED, STATED.replace("stated", "alleged", 1))))))


def test_the_page_shows_what_the_command_prints() -> None:
    """The example of docs/diff.md is what is printed of such a change."""
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    place = "t:participant place:westquay"
    stated, moved = (STATED, STATED.replace("stated", "alleged", 1)), (place, place.replace("west", "east"))
    assert f"```text\n{changes_text(changes(edited(stated, moved)))}\n```\n" in page


def test_the_exit_code_tells_when_it_is_asked_to(changed: Path, example_build: Path) -> None:
    """It is 0 where the comparing worked, 1 for a difference where that is wanted, and 2 where it could not be done."""
    assert run(EXAMPLE, changed).exit_code == 0
    assert run(EXAMPLE, changed, "--exit-code").exit_code == 1
    assert run(EXAMPLE, EXAMPLE, "--exit-code").exit_code == 0
    assert run(example_build, EXAMPLE, "--out", example_build.parent, "--exit-code").exit_code == 0
    result = run(EXAMPLE, "no-such-folder")
    assert (result.exit_code, result.stderr) == (2, "testimonia: no-such-folder: is not there\n")
