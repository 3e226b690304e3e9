"""The report: bars, reasons, what changed beyond noise, growth, and one run of what is new."""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("benchmarks.report", reason="benchmarks/ is part of a checkout, not of the installed package")

import psutil
from click.testing import CliRunner
from places import EXAMPLE

from benchmarks import rdflibs, report
from benchmarks.asking import Connection, Endpoint, Reply, answer
from benchmarks.building import EDITS, PARAPHRASE, copy, edited, reword, written
from benchmarks.documents import Heading, Plots, Table, Text, as_html, as_markdown
from benchmarks.figures import AGAINST, OURS, Figure, Point, add, figure_of, in_figures
from benchmarks.growing import measured, sizes
from benchmarks.growth import fit, grows
from benchmarks.history import FLOOR, SINGLE, Part, Run, changes, previous, read
from benchmarks.plots import dots, growth
from benchmarks.reporting import EVERY, MEASURED, NONE_GIVEN, document, figures_of, reason, stale
from kb.errors import SetupError, SourceError

ABOUT = {
    "kind": "run",
    "at": "2026-01-02T03:04:05Z",
    "revision": "abc",
    "size": "S",
    "load": "0.1",
    "engine oxigraph": "1",
}
MET = Figure("P1", "entity", "ms", {OURS: 2.0, AGAINST: 2.0}, bar=3.3, runs={OURS: [1.9, 2.0, 2.1]})
LOST = Figure("P3", "mix, 16 clients", "/s", {OURS: 4.0, AGAINST: 1.0}, bar=5.0, at_least=True)
LATE = Figure(
    "P1", "top", "ms", {OURS: 1.0, AGAINST: 1.0, "rdflib": math.inf}, bar=2.0, details={"rdflib": {"limit": 20.0}}
)
POINTS = tuple(Point("check", "s", size, 0.5 * size**2) for size in (2, 4, 8))


def made(*figures: Figure, points: tuple[Point, ...] = (), parts: tuple[Part, ...] = ()) -> Run:
    """A run that nobody made."""
    return Run(ABOUT, figures, points, parts, {})


def tables(run: Run, before: Run | None = None, reasons: dict[str, dict[str, str]] | None = None) -> dict[str, Table]:
    """The tables of a report by caption."""
    return {block.caption: block for block in document(run, before, reasons or {}) if isinstance(block, Table)}


def test_every_bar_has_its_verdict_and_every_missed_one_a_reason() -> None:
    """What is met says nothing more; what is missed says why, or that nobody has said why."""
    rows = {row[0]: row for row in tables(made(MET, LOST))["Figures that have a bar"].rows}
    assert (rows["P1 entity"][1], rows["P1 entity"][-1]) == ("met", "")
    assert rows["P3 mix, 16 clients"][1:] == ["missed", "4 /s", "≥ 5", "oxigraph 1 /s", "4", NONE_GIVEN]


def test_a_reason_holds_for_its_figure_or_for_all_of_its_measure() -> None:
    """The reason of a figure goes before that of its measure, and there is none for what is met."""
    own, all_of = {"P3": {LOST.what: "own", EVERY: "all"}}, {"P3": {EVERY: "all"}, "P1": {EVERY: "never"}}
    assert (reason(LOST, own), reason(LOST, all_of), reason(LOST, {}), reason(MET, all_of)) == (
        "own",
        "all",
        NONE_GIVEN,
        "",
    )


def test_a_reason_for_what_is_met_is_stale() -> None:
    """It is told of, unless the figure was not measured or another of its measure is missed."""
    reasons = {"P1": {MET.what: "a"}, "P3": {EVERY: "b", LOST.what: "c"}, "P9": {EVERY: "d"}}
    assert stale([MET, LOST], reasons) == ["P1 entity"]
    assert any("P1 entity" in block.text for block in document(made(MET), None, reasons) if isinstance(block, Text))


def test_a_measure_without_a_figure_is_not_measured() -> None:
    """Each of the eleven bars is in the summary, whatever was measured."""
    rows = {row[0].split()[0]: row[1] for row in tables(made(MET, LOST))["What is asked of each measure"].rows}
    assert rows == dict.fromkeys((f"P{number}" for number in range(1, 12)), "not measured") | {
        "P1": "met",
        "P3": "missed",
    }


def test_a_peer_that_is_left_out_and_a_part_that_failed_are_told_with_their_reasons() -> None:
    """Both stand at the beginning of the report."""
    run = replace(made(MET, parts=(Part("check", 1.0, "no memory"),)), left_out={"virtuoso": "apt-get install it"})
    found = tables(run)
    assert found["Peers left out"].rows == [["virtuoso", "apt-get install it"]]
    assert found["Parts that came to no end"].rows == [["check", "failed", "no memory"]]


def test_a_run_on_a_busy_machine_says_so() -> None:
    """The load before anything is measured is told where it was more than half a core."""
    for load, told in (("0.1 0.5 2.0", False), ("1.8 0.1 0.1", True)):
        blocks = document(replace(made(MET), about={**ABOUT, "load": load}), None, {})
        assert any(isinstance(block, Text) and "other work" in block.text for block in blocks) == told


def test_an_engine_that_was_stopped_took_more_than_its_limit() -> None:
    """Where others have milliseconds it has the seconds that it exceeded."""
    assert tables(made(LATE))["Fourteen questions as SPARQL"].rows[0][3] == "> 20 s"


def test_growth_of_checking_has_a_bar() -> None:
    """It follows from the sizes that were checked, and a square is not linear."""
    (figure,) = figures_of(made(points=POINTS))
    assert (figure.measure, figure.verdict, round(figure.values[OURS], 6)) == ("P7", "missed", 2)
    assert figures_of(made()) == []


def test_a_fit_finds_the_power_and_how_sure_it_is() -> None:
    """Exact powers have no room for doubt, two points leave all of it, and noise widens what holds the truth."""
    exact = fit([(size, 3 * size**1.5) for size in (1.0, 10.0, 100.0)])
    assert exact is not None and exact.at(4) == pytest.approx(24)
    assert (exact.exponent, exact.low, exact.high) == pytest.approx((1.5, 1.5, 1.5))
    two = fit([(1.0, 1.0), (10.0, 100.0)])
    assert two is not None and two.exponent == pytest.approx(2) and math.isinf(two.high)
    rough = fit([(1.0, 1.1), (10.0, 9.0), (100.0, 110.0), (1000.0, 950.0)])
    assert rough is not None and rough.low < 1 < rough.high and rough.high - rough.low < 0.4


@pytest.mark.parametrize("points", [[], [(1.0, 2.0)], [(1.0, 2.0), (1.0, 3.0)], [(1.0, 0.0), (2.0, 1.0)]])
def test_too_little_gives_no_power(points: list[tuple[float, float]]) -> None:
    """One size, and values that have no logarithm, have no fit; a figure of them misses."""
    assert fit(points) is None
    assert grows("P8", "growth", points, 1.05).verdict == "missed"


def test_a_change_counts_only_beyond_noise() -> None:
    """A steady figure counts from five percent on, one measured once from fifteen; more answers a second are better."""
    slower = replace(MET, values={OURS: 2.5, AGAINST: 2.0}, runs={OURS: [2.49, 2.5, 2.51]})
    steady = replace(MET, runs={OURS: [1.99, 2.0, 2.01]})
    (change,) = changes(made(slower), made(steady))
    assert change.worse and not change.better and change.share == pytest.approx(0.25) and change.noise == FLOOR
    once = replace(LOST, values={OURS: 4.4, AGAINST: 1.0})
    (within,) = changes(made(once), made(LOST))
    assert not within.worse and not within.better and within.noise == SINGLE
    (more,) = changes(made(replace(LOST, values={OURS: 6.0, AGAINST: 1.0})), made(LOST))
    assert more.better and not more.worse


def test_what_the_unchanged_peer_moved_is_the_machine() -> None:
    """Where the same release of the peer became as slow, nothing is said of us; another release is no measure."""
    slower = replace(MET, values={OURS: 3.0, AGAINST: 3.2})
    (change,) = changes(made(slower), made(MET))
    assert change.noise == pytest.approx(0.6) and not change.worse
    (other,) = changes(replace(made(slower), about={**ABOUT, "engine oxigraph": "2"}), made(MET))
    assert other.worse


def test_a_figure_without_a_peer_is_held_against_what_peers_moved_elsewhere() -> None:
    """On a machine that became as much slower for all, nothing is said of what was measured alone."""
    alone = Figure("P6", "build", "s", {OURS: 10.0})
    slower = replace(MET, values={OURS: 3.0, AGAINST: 3.0}), replace(alone, values={OURS: 14.0})
    found = changes(made(*slower), made(MET, alone))
    assert [change.noise for change in found] == pytest.approx([0.5, 0.5])
    assert not any(change.worse for change in found)


def test_a_widely_spread_figure_has_to_change_more() -> None:
    """Three standard errors of the difference are the noise where repetitions are far apart."""
    spread = replace(MET, runs={OURS: [1.0, 2.0, 3.0]})
    (change,) = changes(made(spread), made(spread))
    assert change.noise > 1


def test_runs_are_kept_and_read_as_they_were(tmp_path: Path) -> None:
    """Figures, sizes, parts and what was left out come back, and a time that never ended still has no end."""
    file = tmp_path / "20260102T030405Z-S.jsonl"
    part, left = Part("serve", 1.5), {"kind": "left out", "name": "virtuoso", "why": "not there"}
    for line in (ABOUT, LATE, LOST, POINTS[0], left, {"kind": "part", **vars(part)}):
        add(file, line)
    assert read(file) == Run(ABOUT, (LATE, LOST), (POINTS[0],), (part,), {"virtuoso": "not there"})
    assert figure_of(json.loads(file.read_text(encoding="utf-8").splitlines()[1])).values["rdflib"] == math.inf
    file.write_text("no run", encoding="utf-8")
    with pytest.raises(SourceError, match="no run of the benchmark"):
        read(file)


def test_a_run_is_compared_with_the_newest_before_it_of_its_size(tmp_path: Path) -> None:
    """Runs of other sizes and later ones do not count."""
    for name in ("20260101T000000Z-S", "20260102T000000Z-S", "20260103T000000Z-M", "20260104T000000Z-S"):
        (tmp_path / f"{name}.jsonl").touch()
    assert previous(tmp_path, "S", tmp_path / "20260103T120000Z-S.jsonl") == tmp_path / "20260102T000000Z-S.jsonl"
    assert previous(tmp_path, "S", tmp_path / "20260101T000000Z-S.jsonl") is None


def test_numbers_have_three_figures_that_count() -> None:
    """However large or small they are; thousands stand apart and whole numbers stay whole."""
    found = [in_figures(value) for value in (0.0, 0.000512, 0.05, 1.234, 56.78, 9.0, 12345.6, math.inf)]
    assert found == ["0", "0.000512", "0.0500", "1.23", "56.8", "9", "12,346", "∞"]


def test_sizes_are_the_same_factor_apart() -> None:
    """From half of the smallest corpus to the largest that is asked for."""
    assert sizes(135, 5) == [3, 8, 20, 52, 135]


class Page(HTMLParser):
    """What a page refers to, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.references += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_a_report_is_one_file_with_a_twin_in_markdown() -> None:
    """The page needs no other file; both have the same numbers, and whatever is in a text is shown and not obeyed."""
    wild = replace(MET, what="<b>|</b>")
    blocks = document(made(wild, LATE, points=POINTS), made(wild), {})
    page, twin = as_html("Bench & co", blocks), as_markdown("Bench & co", blocks)
    assert Page(page).references == [] and "url(" not in page and "<b>" not in page
    assert "<b>|</b>" in Page(page).shown and "| P1 <b>¦</b> |" in twin
    for number in ("> 20 s", "≤ 3.30", "2.00"):
        assert number in Page(page).shown and number in twin
    assert page.count("<svg") == 2 and "<svg" not in twin


def test_each_plot_is_followed_by_the_table_of_its_numbers() -> None:
    """Nothing can only be seen in a drawing."""
    blocks = document(made(MET, LATE, points=POINTS), None, {})
    for number, block in enumerate(blocks):
        if isinstance(block, Plots):
            assert isinstance(blocks[number + 1], Table)


def test_plots_of_nothing_are_left_out() -> None:
    """Neither values that never ended nor a single size can be drawn."""
    assert dots("x", {"a": {OURS: math.inf}}, {OURS: 0}) == "" == growth("x", "s", [(1, 1.0)], None)


def test_a_page_of_a_report_is_valid(tmp_path: Path) -> None:
    """The validator has nothing to say of headings, tables and plots."""
    program = os.environ.get("TESTIMONIA_HTML_VALIDATE") or shutil.which("html-validate")
    if program is None:
        pytest.skip("no html-validate is at hand (an npm package; TESTIMONIA_HTML_VALIDATE says where it is)")
    blocks = [*document(made(MET, LOST, LATE, points=POINTS), made(MET), {}), Heading("End", 3)]
    (tmp_path / "report.html").write_text(as_html("Report", blocks), encoding="utf-8")
    rules = {"extends": ["html-validate:standard"], "rules": {"no-trailing-whitespace": "off"}, "root": True}
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps(rules), encoding="utf-8")
    done = subprocess.run([program, "report.html"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_reasons_are_of_measures_that_there_are() -> None:
    """The file that people maintain can be read, and each table in it is a measure."""
    assert set(report.read_reasons(report.REASONS.read_text(encoding="utf-8"))) <= set(MEASURED)


def test_every_measure_of_a_part_is_one_of_the_report() -> None:
    """What is measured is shown, and what is shown is measured by one part."""
    measured = [measure for measures in report.PARTS.values() for measure in measures]
    assert sorted(measured) == sorted([*MEASURED, report.GROWTH])


def test_a_part_that_fails_says_why() -> None:
    """A wrong option ends with 2, and the last line of what was printed is the reason."""
    assert "--none" in report.run_part("growing", ["--none"], 0.0)


def test_a_kept_run_is_reported_without_measuring(tmp_path: Path) -> None:
    """Both files are written, compared with the run that is named, and a missed bar is told by the exit code."""
    now, then = tmp_path / "now.jsonl", tmp_path / "then.jsonl"
    for file, figure in ((now, LOST), (then, replace(LOST, values={OURS: 40.0, AGAINST: 1.0}))):
        add(file, ABOUT)
        add(file, figure)
    options = ["--from", str(now), "--against", str(then), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(report.main, options)
    assert done.exit_code == 1, done.output
    twin = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "| P3 mix, 16 clients | 40 /s | 4 /s | -90% | ± 15% | worse |" in twin
    assert (tmp_path / "out" / "report.html").is_file()


def test_an_unknown_measure_is_told_from_the_known() -> None:
    """A name that is no measure is refused before anything is measured."""
    done = CliRunner().invoke(report.main, ["--only", "P77"])
    assert done.exit_code == 2 and "P77" in done.output


def test_an_edit_rewords_one_paraphrase(tmp_path: Path) -> None:
    """Nothing else of the article changes."""
    article = tmp_path / "a.trig"
    article.write_text('x t:paraphrase "One."@en ; y t:paraphrase "Two."@en .', encoding="utf-8")
    reword(article)
    assert PARAPHRASE.findall(article.read_text(encoding="utf-8")) and '"Then One."' in article.read_text(
        encoding="utf-8"
    )
    assert '"Two."' in article.read_text(encoding="utf-8")


def test_rdflib_answers_over_http_and_again_after_a_question_was_ended(tmp_path: Path) -> None:
    """Graphs have their names, the default graph is none of them, and a killed child is followed by another."""
    dump = tmp_path / "dump.nq"
    dump.write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:d> <x:g> .\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, rdflibs.__file__, "plain", str(dump), str(port)]
    with psutil.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            for _ in range(2):
                with Connection(Endpoint("127.0.0.1", port, "/sparql")) as line:
                    found = answer(asked(line, "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }"))
                    assert list(found) == [("g=uri\0x:g\0\0", "o=uri\0x:d\0\0")]
                    assert answer(line.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")).total() == 1
                    assert line.ask("SELECT").status == 500
                (child,) = process.children()
                child.kill()
                child.wait(10)
        finally:
            process.terminate()
            process.wait(10)


def asked(line: Connection, query: str) -> Reply:
    """The answer of a server that may not have begun yet."""
    for _ in range(200):
        try:
            return line.ask(query)
        except (OSError, SetupError):
            time.sleep(0.05)
    raise AssertionError("no answer in ten seconds")


@pytest.mark.long
def test_a_small_corpus_has_a_value_for_each_thing_that_grows(tmp_path: Path) -> None:
    """Each step takes some time, the questions are answered, and the server takes some memory."""
    found = {point.of: point for point in measured(tmp_path, "3-articles", 3, whole=True)}
    assert {"build", "check", "comparing", "drawing conclusions", "memory of the server"} <= set(found)
    assert all(point.articles == 3 and 0 < point.value < math.inf for point in found.values())


@pytest.mark.long
def test_an_edit_is_timed_until_it_is_served(tmp_path: Path) -> None:
    """A running server answers from the build of each edit, and the data that was copied stays as it is."""
    before = written(EXAMPLE)
    spent = edited(copy(EXAMPLE, tmp_path / "data"), tmp_path / "cache", check=False)
    assert len(spent) == EDITS and min(spent) > 0
    assert written(EXAMPLE) == before == written(tmp_path / "data")
