"""Each format of findings: proven on what bad cases really give, and on a message with every awkward character."""

import json
import os
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import xmlschema
from click import unstyle
from places import CASES
from schemas import faults

from kb.checks import check
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Finding, Place, Severity
from kb.namespaces import iri, shorten
from kb.paths import ontology_dir, shapes_dir
from kb.report import FORMATS, Report, as_terminal, locators, summary
from kb.report.findings import fault_and_fix
from kb.rules import rules
from kb.sources import read_folder, read_source

SHAPES = tuple(read_folder(shapes_dir(), "*.ttl"))
REAL = (
    "attribution/bad-carried-over-note",  # a warning
    "attribution/bad-claim-holder",  # two violations on one claim
    "attribution/bad-self-citation",  # information
    "content/bad-time-edtf",  # a value that is a literal
    "evidence/bad-range-start--negative",  # a value with a datatype, on an anchor
    "attribution/bad-graph-has-claim--foreign-graph",  # a graph without a block of its own
    "vocabulary/bad-value-in-scheme",  # a value that is an IRI
)
AWKWARD = Finding(
    Severity.VIOLATION,
    "value-in-scheme",
    "https://w3id.org/testimonia/claim/x",
    "100 %, <b> & \"quotes\" 'all' \\n: end\r\nnext\ttab \x1b[31m \x00 \x85 \u2028 𝔘 %0A ::error::x ]]>. "
    "Mend it, please: now.",
    Place("a folder/öf, 100%:files.trig", 3, 7),
    'a "value"\nof two lines \x0b 𝔘',
    iri("t:mode"),
    iri("sh:InConstraintComponent"),
)
NOWHERE = Finding(Severity.VIOLATION, "nothing-checked", iri("graph:default"), "There is nothing. Name the folder.")
BLANK = Finding(Severity.WARNING, "node-kind", "f0xabc", "A node. Name it.", value="f0xdef", component=iri("sh:x"))
EVERYTHING = Report((AWKWARD, NOWHERE, BLANK), known=frozenset({BLANK.fingerprint}), gone=('warning x claim:y "%\n"',))


@cache
def report_of(case: str) -> Report:
    """What a check tells of a case, as the command line would."""
    vocabulary, found = parse(read_folder(ontology_dir(), "*.ttl")), parse([read_source(CASES / f"{case}.trig")])
    findings = tuple(check(derive(Dataset((*vocabulary.quads, *found.quads), found.blocks)), SHAPES))
    assert findings
    return Report(findings, rules=tuple(rules(SHAPES)), locators=locators(found, findings))


def baselined(report: Report) -> Report:
    return replace(report, known=frozenset(finding.fingerprint for finding in report.findings))


def shifted(report: Report) -> Report:
    """The same findings three lines further down."""
    moved = [
        replace(f, place=f.place and Place(f.place.file, f.place.line + 3, f.place.end + 3)) for f in report.findings
    ]
    return replace(report, findings=tuple(moved))


@pytest.fixture(params=[*REAL, "awkward"])
def report(request: pytest.FixtureRequest) -> Report:
    return EVERYTHING if request.param == "awkward" else report_of(request.param)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_deterministic_and_says_that_nothing_was_found(name: str) -> None:
    """The same report is the same text, and a report without findings is well-formed too."""
    assert FORMATS[name](EVERYTHING) == FORMATS[name](EVERYTHING)
    assert FORMATS[name](Report(())).strip()


# text


def test_a_piped_line_has_file_line_severity_message_rule_and_focus(report: Report) -> None:
    """Each finding is one line that editors and grep can read, and the last line counts them."""
    *lines, last = FORMATS["text"](replace(report, gone=())).split("\n")
    assert last == summary(report)
    assert len(lines) == len(report.findings)
    for line, finding in zip(lines, report.findings, strict=True):
        place = f"{finding.place.file}:{finding.place.line}" if finding.place else "no place"
        assert line.startswith(f"{place}: {finding.severity.name.lower()}: {finding.message[:20]}")
        assert f" [{finding.rule}] {shorten(finding.focus)}" in line
        assert re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", line) is None


def test_a_terminal_shows_findings_under_the_name_of_their_file() -> None:
    """The name of a file stands once above its findings, with line and severity in colour."""
    found = as_terminal(report_of("attribution/bad-claim-holder"))
    plain = re.sub(r"\x1b\[\d*m", "", found)
    assert plain.count("bad-claim-holder.trig") == 1
    assert len(re.findall(r"^ +\d+ violation: ", plain, re.M)) == 2
    assert plain.endswith("2 violations") and plain != found


def test_text_tells_the_first_twenty_of_much_information_by_one_rule() -> None:
    """The others are counted under the name of the rule; warnings and violations are told one by one."""

    def many(severity: Severity, rule: str, count: int) -> list[Finding]:
        return [Finding(severity, rule, iri(f"claim:x{n}"), "A fault. Mend it.") for n in range(count)]

    found = [
        *many(Severity.INFO, "noted", 333),
        *many(Severity.INFO, "seldom", 20),
        *many(Severity.WARNING, "w", 30),
        *many(Severity.VIOLATION, "v", 30),
    ]
    for as_shown in (FORMATS["text"], lambda report: unstyle(as_terminal(report))):
        text = as_shown(Report(tuple(found)))
        assert [text.count(f"[{rule}]") for rule in ("noted", "seldom", "w", "v")] == [20, 20, 30, 30]
        assert text.splitlines()[-2] == "noted: info: and 313 more; --format json gives all"
        assert text.splitlines()[-1] == "30 violations, 30 warnings, 353 information"
    assert FORMATS["json"](Report(tuple(found))).count('"rule": "noted"') == 333


def test_words_from_the_data_cannot_steer_a_terminal() -> None:
    """An escape sequence in a message is shown, not obeyed."""
    assert "\x1b[31m \x00" not in as_terminal(EVERYTHING) and "\\x1b[31m" in as_terminal(EVERYTHING)


# messages


def test_every_message_of_a_rule_has_a_fault_and_a_fix() -> None:
    """Messages are written fault first, then the fix, and can be told apart."""
    assert [rule.name for rule in rules(SHAPES) if fault_and_fix(rule.message)[1] is None] == []
    assert fault_and_fix("Two words stop. Here. Mend it.") == ("Two words stop. Here.", "Mend it.")
    assert fault_and_fix("Only a fault.") == ("Only a fault.", None)


# json


def test_json_has_fault_fix_and_the_passages_of_a_claim() -> None:
    """A finding on a claim has the halves of its message and the range of its evidence in the article."""
    body = json.loads(FORMATS["json"](report_of("attribution/bad-claim-holder")))
    assert body["conforms"] is False and body["counts"] == {"violation": 2}
    (finding,) = [f for f in body["findings"] if f["rule"] == "claim-holder"]
    assert finding["message"] == f"{finding['fault']} {finding['fix']}"
    assert finding["fix"].startswith("Give one t:holder")
    (passage,) = finding["passages"]
    assert passage["article"] == iri("article:2024-03-05-gazette")
    assert passage["anchor"].startswith(iri("anchor:2024-03-05-gazette-"))
    assert 0 < passage["start"] < passage["end"] and passage["paragraph"] >= 1
    assert finding["baselined"] is False


def test_json_keeps_every_character(report: Report) -> None:
    """Messages and values come back as they were."""
    body = json.loads(FORMATS["json"](report))
    assert [(f["message"], f["value"]) for f in body["findings"]] == [(f.message, f.value) for f in report.findings]


def test_a_known_warning_conforms_and_a_known_violation_does_not() -> None:
    """A baseline excuses warnings; violations count however well they are known."""
    warning = baselined(report_of("attribution/bad-carried-over-note"))
    violation = baselined(report_of("attribution/bad-claim-holder"))
    assert [json.loads(FORMATS["json"](r))["conforms"] for r in (warning, violation)] == [True, False]
    assert summary(warning) == "1 warning (1 in the baseline)"


# sarif


def sarif_run(report: Report) -> dict:  # type: ignore[type-arg]
    log = json.loads(FORMATS["sarif"](report))
    assert faults(log, "https://json.schemastore.org/sarif-2.1.0.json") == []
    (run,) = log["runs"]
    return run  # type: ignore[no-any-return]


def test_sarif_is_valid_and_whole(report: Report) -> None:
    """The log keeps to the schema of OASIS, with a result for each finding and a rule for each result."""
    for variant in (report, baselined(report), replace(report, known=frozenset())):
        run = sarif_run(variant)
        described = run["tool"]["driver"]["rules"]
        assert [r["message"]["text"] for r in run["results"]] == [f.message for f in report.findings]
        for result, finding in zip(run["results"], report.findings, strict=True):
            assert described[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
            assert (
                result["level"] == {"VIOLATION": "error", "WARNING": "warning", "INFO": "note"}[finding.severity.name]
            )


def test_sarif_names_files_from_the_root_of_the_repository() -> None:
    """Files in the repository are relative to %SRCROOT%, others absolute; both are escaped as URIs."""
    file = "a folder/öf, 100%:files.trig"
    (result, *_) = sarif_run(EVERYTHING)["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 3, "endLine": 7}
    assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
    assert unquote(place["artifactLocation"]["uri"]) == file and " " not in place["artifactLocation"]["uri"]
    (result, *_) = sarif_run(replace(EVERYTHING, names={file: f"/else where/{file}"}))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"].startswith("file:///else%20where/") and "uriBaseId" not in artifact


def test_sarif_fingerprints_stay_when_lines_move(report: Report) -> None:
    """A finding is the same one three lines further down, and no two findings of a run share a fingerprint."""
    prints = [result["partialFingerprints"] for result in sarif_run(report)["results"]]
    assert prints == [result["partialFingerprints"] for result in sarif_run(shifted(report))["results"]]
    twice = replace(report, findings=report.findings * 2)
    found = [r["partialFingerprints"]["testimoniaFinding/v1"] for r in sarif_run(twice)["results"]]
    assert len(set(found)) == 2 * len(report.findings)


def test_sarif_tells_known_from_new() -> None:
    """With a baseline each result is new or unchanged; a known warning is suppressed, a known violation is not."""
    warning, violation = report_of("attribution/bad-carried-over-note"), report_of("attribution/bad-claim-holder")
    (known,) = sarif_run(baselined(warning))["results"]
    assert known["baselineState"] == "unchanged" and known["suppressions"][0]["kind"] == "external"
    (new,) = sarif_run(replace(warning, known=frozenset()))["results"]
    assert new["baselineState"] == "new" and "suppressions" not in new
    assert all("suppressions" not in result for result in sarif_run(baselined(violation))["results"])
    assert "baselineState" not in sarif_run(warning)["results"][0]


# junit

JUNIT = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
"""Those elements and attributes of Jenkins' schema that all viewers know."""


def junit(report: Report) -> ElementTree.Element:
    root = ElementTree.fromstring(FORMATS["junit"](report).encode())
    assert root.tag == "testsuites"
    assert all(element.attrib.keys() <= JUNIT[element.tag] for element in root.iter())
    assert all(suite.attrib.keys() >= {"name", "tests", "failures", "errors"} for suite in root)
    for suite in root:
        count = Counter(child.tag for case in suite.iter("testcase") for child in case)
        assert (int(suite.attrib["failures"]), int(suite.attrib["skipped"])) == (count["failure"], count["skipped"])
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
    assert int(root.attrib["failures"]) == len(root.findall("*/*/failure"))
    return root


def test_junit_keeps_to_the_schema_of_jenkins(report: Report) -> None:
    """Our reports are what Jenkins says that a JUnit report is; without its schema nothing is compared."""
    folder = os.environ.get("TESTIMONIA_SCHEMAS")
    if folder is None:
        reason = "the schema of JUnit reports is not at hand (TESTIMONIA_SCHEMAS); .ci/run installs it"
        if os.environ.get("TESTIMONIA_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    schema = xmlschema.XMLSchema(Path(folder) / "jenkins-junit.xsd")
    for one in (report, report_of("attribution/bad-claim-holder"), EVERYTHING, Report(())):
        schema.validate(FORMATS["junit"](one))
    broken = FORMATS["junit"](report_of("attribution/bad-claim-holder")).replace("failure", "failing")
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(broken)


def test_junit_counts_and_places_what_failed(report: Report) -> None:
    """What makes the run fail is a failure with file and line; all else passes."""
    wanted = [f for f in report.findings if f.severity > Severity.INFO and not report.is_excused(f)]
    failures = junit(report).findall("*/*/failure")
    places = sorted(f"{f.place.file}:{f.place.line}: " if f.place else "no place: " for f in wanted)
    assert len(failures) == len(wanted)
    for place, told in zip(places, sorted(failure.text or "" for failure in failures), strict=True):
        assert told.startswith(place)


def test_junit_shows_rules_that_passed() -> None:
    """Every rule is a suite, and one that found nothing has a case that passed."""
    root = junit(report_of("attribution/bad-claim-holder"))
    passed = {suite.attrib["name"] for suite in root if suite.attrib["failures"] == "0"}
    assert {suite.attrib["name"] for suite in root} == {rule.name for rule in rules(SHAPES)}
    assert {suite.attrib["name"] for suite in root} - passed == {"claim-holder", "paraphrase-names-speaker"}


def test_junit_skips_what_the_baseline_excuses() -> None:
    """A known warning is a skipped case, and a known violation a failed one."""
    warning = junit(baselined(report_of("attribution/bad-carried-over-note")))
    assert (len(warning.findall("*/*/skipped")), warning.attrib["failures"]) == (1, "0")
    assert junit(baselined(report_of("attribution/bad-claim-holder"))).attrib["failures"] == "2"


def test_junit_keeps_what_xml_can_hold() -> None:
    """Quotes, signs and characters beyond the basic plane come back; what XML has no way to write is marked."""
    message = junit(EVERYTHING).findall("*/*/failure")[-1].attrib["message"]
    assert "<b> & \"quotes\" 'all' \\n: end" in message and "𝔘 %0A ::error::x ]]>" in message
    assert "\ufffd[31m \ufffd" in message and "\x85" in message


# github

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def unescaped(words: str) -> str:
    """What GitHub's runner makes of an escaped word."""
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        words = words.replace(code, character)
    return words


def test_github_commands_say_what_was_meant(report: Report) -> None:
    """The runner reads file, lines, title and message of each finding as they are, whatever characters they have."""
    lines = FORMATS["github"](replace(report, gone=())).split("\n")
    assert lines.pop() == summary(report)
    for line, finding in zip(lines, report.findings, strict=True):
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        found = {name: unescaped(value) for name, _, value in (p.partition("=") for p in match[2].split(","))}
        assert unescaped(match[3]) == finding.message
        assert found["title"].startswith(f"{finding.rule} on {shorten(finding.focus)}")
        place = finding.place
        assert (found.get("file"), found.get("line"), found.get("endLine")) == (
            (place.file, str(place.line), str(place.end)) if place else (None, None, None)
        )


def test_github_shows_what_is_excused_as_a_notice() -> None:
    """A known warning is no warning any more, a known violation is still an error."""
    for case, command in (("attribution/bad-carried-over-note", "notice"), ("attribution/bad-claim-holder", "error")):
        assert FORMATS["github"](baselined(report_of(case))).startswith(f"::{command} ")


# turtle


def turtle(report: Report) -> list[ox.Quad]:
    return list(ox.parse(FORMATS["turtle"](report).encode(), format=ox.RdfFormat.TURTLE))


def test_turtle_is_a_validation_report_as_shacl_has_it(report: Report) -> None:
    """One report; each result has one focus node, severity, shape and component, and at most one path and value."""
    quads = turtle(report)
    (root,) = [q.subject for q in quads if q.object == ox.NamedNode(iri("sh:ValidationReport"))]
    (conforms,) = [q.object for q in quads if q.predicate.value == iri("sh:conforms")]
    results = [q.object for q in quads if q.subject == root and q.predicate.value == iri("sh:result")]
    assert (conforms.value, len(results)) == ("false", len(report.findings))
    for result in results:
        count = Counter(q.predicate.value for q in quads if q.subject == result)
        once = ("focusNode", "resultMessage", "resultSeverity", "sourceConstraintComponent", "sourceShape")
        assert [count.pop(iri(f"sh:{name}")) for name in once] == [1] * len(once)
        assert count.pop(iri("rdf:type")) == 1
        assert count.keys() <= {iri("sh:resultPath"), iri("sh:value")} and set(count.values()) <= {1}


def test_turtle_conforms_only_without_any_result() -> None:
    """Nothing found conforms; information or a known warning is a result, so that the report does not conform."""
    for report, conforms in (
        (Report(()), "true"),
        (report_of("attribution/bad-self-citation"), "false"),
        (baselined(report_of("attribution/bad-carried-over-note")), "false"),
    ):
        assert [q.object.value for q in turtle(report) if q.predicate.value == iri("sh:conforms")] == [conforms]


def test_turtle_keeps_terms_as_they_are() -> None:
    """A value is the IRI or the literal that the data has, messages keep every character, blank nodes stay blank."""

    def values(report: Report, name: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        return [q.object for q in turtle(report) if q.predicate.value == iri(name)]  # type: ignore[misc]

    number = ox.Literal("-1", datatype=ox.NamedNode(iri("xsd:integer")))
    assert values(report_of("evidence/bad-range-start--negative"), "sh:value") == [number]
    assert all(isinstance(v, ox.NamedNode) for v in values(report_of("vocabulary/bad-value-in-scheme"), "sh:value"))
    assert ox.Literal(AWKWARD.message, language="en") in values(EVERYTHING, "sh:resultMessage")
    assert sum(isinstance(v, ox.BlankNode) for v in values(EVERYTHING, "sh:focusNode")) == 1
    assert values(EVERYTHING, "sh:sourceShape")[0] == ox.NamedNode(iri("shape:value-in-scheme"))
    assert values(report_of("attribution/bad-claim-holder"), "sh:resultPath")[0] == ox.NamedNode(iri("t:holder"))
