"""The command line as a user meets it: what it prints, and how it ends."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from fake_engine import FakeEngine
from places import EXAMPLE

from api import create_app
from kb.cli import main

ARTICLE = "2024-03-05-gazette"
RDF = ("ttl", "nt", "rdf", "jsonld", "trig", "nq")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("builds")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "data"))


@pytest.fixture(autouse=True)
def no_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TESTIMONIA_SOURCES", raising=False)


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def one_line(result: Result) -> str:
    """The single line of an error that stopped a command."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if not line.startswith("reading ")]
    assert len(lines) == 1 and lines[0].startswith("testimonia: "), result.stderr
    return lines[0]


def test_sound_data_passes() -> None:
    """The example has no findings, and the command ends with 0."""
    result = run("check", "--data", EXAMPLE)
    assert (result.exit_code, result.stdout) == (0, "no findings\n")


def test_a_finding_has_file_line_rule_and_focus(data: Path) -> None:
    """A missing holder is told at the claim's lines, as text and as JSON, and the command ends with 1."""
    article = data / "articles" / f"{ARTICLE}.trig"
    lines = article.read_text().splitlines(keepends=True)
    at = lines.index("    t:holder actor:2024-03-05-gazette-fishermen ;\n")
    del lines[at]
    article.write_text("".join(lines))
    subject = max(number for number, line in enumerate(lines[:at], 1) if line.startswith("claim:"))
    result = run("check", "--data", data, "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["conforms"] is False
    (finding,) = [f for f in report["findings"] if "holder" in f["rule"]]
    assert finding["file"].endswith(f"{ARTICLE}.trig")
    assert finding["line"] == subject
    assert finding["severity"] == "violation"
    assert finding["message"].count(".") >= 1
    assert f"{ARTICLE}.trig:{subject}: violation: " in run("check", "--data", data).stdout


def test_only_findings_in_the_named_files_are_printed(data: Path) -> None:
    """A fault in an article is not the registry's."""
    article = data / "articles" / f"{ARTICLE}.trig"
    article.write_text(article.read_text().replace("t:mode mode:demanded", "t:mode mode:wished"))
    assert run("check", "--data", data, article).exit_code == 1
    assert run("check", "--data", data, data / "registry").exit_code == 0


@pytest.mark.parametrize("command", ["check", "verify", "build"])
def test_a_syntax_error_is_one_line_with_its_place(data: Path, out: Path, command: str) -> None:
    """A broken article stops every command at its line, with exit code 2."""
    article = data / "articles" / f"{ARTICLE}.trig"
    article.write_text(article.read_text().replace("t:mode mode:demanded ;", "t:mode mode:demanded"))
    extra = ["--out", out] if command == "build" else []
    assert f"{ARTICLE}.trig:" in one_line(run(command, "--data", data, *extra))


def test_an_unknown_term_is_a_finding_at_its_line(data: Path) -> None:
    """A misspelt property is a violation at its own line, not a crash."""
    article = data / "articles" / f"{ARTICLE}.trig"
    article.write_text(article.read_text().replace("t:addressee", "t:adressee"))
    result = run("check", "--data", data)
    line = article.read_text().splitlines().index("    t:adressee actor:port-director ;") + 1
    assert result.exit_code == 1
    assert f"{ARTICLE}.trig:{line}: violation: " in result.stdout and "t:adressee" in result.stdout


def test_layout_is_mended_where_it_is_asked_for(data: Path) -> None:
    """Disorder is a finding; with --fix it is mended, with a line for the file, and what cannot be mended stays."""
    article, registry = data / "articles" / f"{ARTICLE}.trig", data / "registry" / f"{ARTICLE}.ttl"
    good = article.read_text(), registry.read_text()
    article.write_text(good[0].replace("    t:addressee", "\tt:addressee").replace("mode:demanded", "mode:demandd"))
    registry.write_text(good[1].replace("\n    a ", " a "))
    before = run("check", "--data", data, article)
    assert before.exit_code == 1 and "[tab]" in before.stdout and "Did you mean mode:demanded?" in before.stdout
    only = run("check", "--data", data, "--fix", article)
    assert only.stderr.endswith(f"{ARTICLE}.trig: mended tab 1\n")
    assert only.exit_code == 1 and "[tab]" not in only.stdout and "Did you mean" in only.stdout
    assert registry.read_text() != good[1]
    article.write_text(good[0].replace("@prefix type:", "# @prefix type:"))
    both = run("check", "--data", data, "--fix", "--format", "json")
    assert both.exit_code == 0 and json.loads(both.stdout)["conforms"] is True
    assert both.stderr.splitlines()[0].endswith(f"{ARTICLE}.ttl: mended subject-line 15")
    assert "prefix-missing 1" in both.stderr
    assert registry.read_text() == good[1]


def test_nothing_is_mended_where_a_file_cannot_be_read(data: Path) -> None:
    """With one broken file no file is written."""
    article, registry = data / "articles" / f"{ARTICLE}.trig", data / "registry" / f"{ARTICLE}.ttl"
    registry.write_text(registry.read_text().replace("\n    a ", " a "))
    article.write_text(article.read_text().replace("t:mode mode:demanded ;", "t:mode ;"))
    before = registry.read_text()
    assert f"{ARTICLE}.trig:" in one_line(run("check", "--data", data, "--fix"))
    assert registry.read_text() == before


def test_missing_folders_and_files_are_named(tmp_path: Path) -> None:
    """What is not there is named, with exit code 2."""
    assert "nowhere" in one_line(run("check", "--data", tmp_path / "nowhere"))
    assert "no-such.trig" in one_line(run("check", "--data", EXAMPLE, tmp_path / "no-such.trig"))
    assert "no-texts" in one_line(run("verify", "--data", EXAMPLE, "--sources", tmp_path / "no-texts"))
    assert "no-such.rq" in one_line(run("query", "--data", EXAMPLE, f"@{tmp_path / 'no-such.rq'}"))


def test_a_file_outside_the_data_is_not_silently_fine(tmp_path: Path) -> None:
    """Checking a file that is not part of the data is an error, not a pass."""
    stray = tmp_path / "stray.trig"
    stray.write_text("")
    assert "not part of the data" in one_line(run("check", "--data", EXAMPLE, stray))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A build that has nowhere to go says so."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "--out" in one_line(run("build", "--data", EXAMPLE, "--out", blocked / "deeper"))


def test_a_port_in_use_is_one_line() -> None:
    """A server that cannot listen says where and what to do, before it builds anything."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = one_line(run("serve", "--data", EXAMPLE, "--port", port))
    assert f"127.0.0.1:{port}" in error and "--port" in error


def test_evidence_is_verified_where_the_texts_are(tmp_path: Path) -> None:
    """With the texts every anchor is checked; without them it is said so; and --require-sources makes that an error."""
    checked = run("verify", "--data", EXAMPLE)
    assert checked.exit_code == 0 and "6 anchors checked, 0 faults" in checked.stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    unchecked = run("verify", "--data", EXAMPLE, "--sources", empty)
    assert unchecked.exit_code == 0 and "not checked" in unchecked.stdout
    assert ARTICLE in one_line(run("verify", "--data", EXAMPLE, "--sources", empty, "--require-sources"))


def test_evidence_that_does_not_match_ends_with_one(data: Path) -> None:
    """A changed text is a violation, as text and as JSON, and each anchor that it touches is one."""
    text = data / "sources" / f"{ARTICLE}.txt"
    text.write_text(text.read_text().replace("40 barrels", "50 barrels"))
    assert run("verify", "--data", data).exit_code == 1
    answer = json.loads(run("verify", "--data", data, "--format", "json").stdout)
    assert answer["texts"] == {"at_hand": [ARTICLE], "missing": []}
    (article,) = answer["articles"]
    assert {f["rule"] for f in article["findings"]} == {"snapshot-hash", "anchor-changed"}
    (changed,) = [anchor for anchor in article["revision"]["anchors"] if anchor["fate"] == "changed"]
    assert changed["anchor"].endswith("-p5-s1")
    assert changed["no_longer_there"] == ["about 40 barrels"]


def test_a_changed_text_is_taken_over_by_a_proposal(data: Path, tmp_path: Path) -> None:
    """What changed is proposed, waits for a decision, is taken over when decided, and then holds."""
    text = data / "sources" / f"{ARTICLE}.txt"
    text.write_text(text.read_text().replace("It was a grey week", "It was a very grey week"))
    proposal = tmp_path / "proposal.json"
    assert "by place and length" in run("verify", "--data", data, "--propose", proposal).stdout
    assert "wait to be decided" in one_line(run("verify", "--data", data, "--accept", proposal))
    found = json.loads(proposal.read_text())
    for entry in [*found[0]["anchors"], *found[0]["sections"]]:
        entry["decided"] = True
    proposal.write_text(json.dumps(found))
    result = run("verify", "--data", data, "--accept", proposal)
    assert (result.exit_code, "0 faults" in result.stdout) == (0, True)
    assert run("check", "--data", data).exit_code == 0
    assert "nothing to propose" in run("verify", "--data", data, "--propose", tmp_path / "none.json").stderr
    assert not (tmp_path / "none.json").exists()


def test_what_is_no_proposal_changes_nothing(data: Path, tmp_path: Path) -> None:
    """A file that is no proposal, or one for other data, is refused in a line and the data stays as it was."""
    article = data / "articles" / f"{ARTICLE}.trig"
    before = article.read_text()
    for body, reason in (
        ("no json", "is no JSON"),
        ("[{}]", "is no proposal"),
        ('{"article": "x/2024-03-06-courier"}', "no text of 2024-03-06-courier"),
        (json.dumps({"article": f"article/{ARTICLE}"}), "is missing"),
    ):
        (tmp_path / "p.json").write_text(body)
        assert reason in one_line(run("verify", "--data", data, "--accept", tmp_path / "p.json"))
    assert article.read_text() == before


def test_anchors_are_located() -> None:
    """The anchor block of a passage is printed, and an article without text is named with those at hand."""
    assert f"anchor:{ARTICLE}-p6-s1\n" in run("locate", "--data", EXAMPLE, ARTICLE, "demanded").stdout
    assert ARTICLE in one_line(run("locate", "--data", EXAMPLE, "2024-03-06-courier", "demanded"))


def test_a_new_article_is_begun_once(data: Path) -> None:
    """The skeleton of an article is checked without a crash, and a second call overwrites nothing."""
    result = run("new", "--data", data, "2024-03-06-courier")
    assert result.exit_code == 0 and result.stdout.count("2024-03-06-courier") == 2
    assert "is there already" in one_line(run("new", "--data", data, "2024-03-06-courier"))
    assert run("check", "--data", data).exit_code == 1


def test_queries_are_answered_in_each_format(out: Path) -> None:
    """A query is taken as text or from standard input, and answered as it was asked for."""
    query = "PREFIX t: <https://w3id.org/testimonia/ontology#> SELECT (COUNT(?c) AS ?n) { ?c a t:Claim }"
    asked = ["query", "--data", EXAMPLE, "--out", out]
    assert run(*asked, "-f", "csv", query).stdout.split() == ["n", "4"]
    assert json.loads(run(*asked, "-f", "json", "-", stdin=query).stdout)["head"] == {"vars": ["n"]}
    assert run(*asked, "-f", "tsv", query).stdout.startswith("?n")
    assert run(*asked, "-f", "xml", query).stdout.startswith("<?xml")
    assert "4" in run(*asked, query).stdout
    assert "claim:" in run(*asked, f"DESCRIBE <https://w3id.org/testimonia/claim/{ARTICLE}-demand>").stdout


@pytest.mark.parametrize("form", RDF)
def test_triples_are_printed_in_each_format_of_rdf(out: Path, form: str) -> None:
    """The triples of CONSTRUCT are the same in every format; rows have no such format, and triples none of rows."""
    claim = f"<https://w3id.org/testimonia/claim/{ARTICLE}-demand>"
    query = f"CONSTRUCT {{ {claim} ?p ?o }} WHERE {{ {claim} ?p ?o }}"
    asked = ["query", "--data", EXAMPLE, "--out", out, "-f"]
    wanted = {quad.triple for quad in ox.parse(run(*asked, "nt", query).stdout, format=ox.RdfFormat.N_TRIPLES)}
    found = ox.parse(run(*asked, form, query).stdout, format=ox.RdfFormat.from_extension(form))
    assert len(wanted) > 10 and {quad.triple for quad in found} == wanted
    assert f"have no {form}" in one_line(run(*asked, form, "ASK {}"))
    assert "have no csv" in one_line(run(*asked, "csv", query))


def test_a_bad_query_is_shown_with_its_place(out: Path) -> None:
    """A query that is wrong or refused is told with line, column and reason, and its line with carets under it."""
    for query, place, line, carets in (
        ("SELECT *\n{ ?s }", "line 2, column 6: ", "{ ?s }", "     ^"),
        ("ASK { SERVICE <x> {} }", "line 1, column 7: SERVICE", "ASK { SERVICE <x> {} }", "      ^^^^^^^"),
    ):
        result = run("query", "--data", EXAMPLE, "--out", out, query)
        told, *shown = result.stderr.splitlines()[-3:]
        assert result.exit_code == 2 and told.startswith(f"testimonia: {place}")
        assert shown == [f"    {line}", f"    {carets}"]


def test_saved_questions_are_listed_and_answered(out: Path) -> None:
    """Without a name the questions are listed; an unknown name is answered with the known ones."""
    names = [line.split("\t")[0] for line in run("ask").stdout.splitlines()]
    assert "which-way-and-when" in names
    assert "from" in run("ask", "--data", EXAMPLE, "--out", out, "-f", "csv", "which-way-and-when").stdout
    assert "which-way-and-when" in one_line(run("ask", "no-such-question"))


def test_a_card_names_the_speaker(out: Path) -> None:
    """The card of a claim shows chain and holder; an entity is found by slug, kind and slug, or IRI."""
    for name in (
        f"{ARTICLE}-barrels",
        f"claim/{ARTICLE}-barrels",
        f"https://w3id.org/testimonia/claim/{ARTICLE}-barrels",
    ):
        shown = run("show", "--data", EXAMPLE, "--out", out, name)
        assert shown.exit_code == 0
        assert "Harbour office" in shown.stdout and "Northport Herald" in shown.stdout
    card = json.loads(run("show", "--data", EXAMPLE, "--out", out, "--format", "json", f"{ARTICLE}-barrels").stdout)
    assert card["chain"][0]["kind"] == "article"
    assert "40" in card["evidence"][0]["passage"]


@pytest.mark.parametrize("form", RDF)
@pytest.mark.parametrize("name", [f"claim/{ARTICLE}-barrels", "event/barrels-eastquay-westquay", "mode/alleged"])
def test_what_is_stated_is_printed_as_a_server_gives_it(out: Path, example_build: Path, name: str, form: str) -> None:
    """``show`` prints, byte for byte, the twin of an entity's page."""
    served = FakeEngine(ox.parse(path=example_build / "dump.nq"))
    twin = create_app(served).test_client().get(f"/{name}.{form}")
    assert (twin.status_code, len(twin.data) > 100) == (200, True)
    assert run("show", "--data", EXAMPLE, "--out", out, "-f", form, name).stdout == twin.text


def test_an_unknown_entity_is_answered_with_near_ones(out: Path) -> None:
    """A misspelt slug gets one line with what was probably meant."""
    assert "barrels-eastquay-westquay" in one_line(
        run("show", "--data", EXAMPLE, "--out", out, "event/barrels-eastquay-westqay")
    )


def test_dumps_are_the_whole_dataset(out: Path) -> None:
    """N-Quads, TriG and JSON-LD dumps are printed and parse."""
    assert run("dump", "--data", EXAMPLE, "--out", out, "-f", "nq").stdout.count(" .\n") > 1000
    assert "claim:" in run("dump", "--data", EXAMPLE, "--out", out).stdout
    assert isinstance(json.loads(run("dump", "--data", EXAMPLE, "--out", out, "-f", "jsonld").stdout), list)


def test_a_closed_pipe_is_no_error(out: Path) -> None:
    """Output that nobody reads to its end leaves no traceback."""
    code = "from kb.cli import main; main()"
    command = [sys.executable, "-c", code, "dump", "--data", str(EXAMPLE), "--out", str(out), "-f", "nq"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
