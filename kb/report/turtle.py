"""Findings as a validation report in Turtle, as SHACL defines it (W3C 2017, section 3.6)."""

import json
import re

from kb.model import Finding, Severity
from kb.namespaces import PREFIXES, iri, shorten, turtle_prologue
from kb.report.findings import Report
from kb.turtle import tokens

IN_CODE = "shape:in-code"
"""Stands for the constraint component of rules that are written in Python: SHACL wants one for each result."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")
_SEVERITY = {Severity.VIOLATION: "sh:Violation", Severity.WARNING: "sh:Warning", Severity.INFO: "sh:Info"}


def as_turtle(report: Report) -> str:
    """A ``sh:ValidationReport`` with a ``sh:ValidationResult`` for each finding, in order.

    It conforms if and only if there is no finding at all, as SHACL says: what a baseline excuses is still a result.
    A blank node that breaks a rule is a blank node here, and its label is not kept.
    """
    results = [_result(finding) for finding in report.findings]
    lines = ["[]", "    a sh:ValidationReport ;", f"    sh:conforms {'false' if results else 'true'} ;"]
    if results:
        lines += ["    sh:result", " ,\n".join(results) + " ;"]
    body = "\n".join([*lines, "    .", ""])
    used = {token.text.partition(":")[0] for token in tokens(body) if token.kind == "name" and ":" in token.text}
    return f"{turtle_prologue(used)}\n{body}".rstrip("\n")


def _result(finding: Finding) -> str:
    """One result, a blank node; its values are terms already written as Turtle."""
    properties = {
        "sh:focusNode": _node(finding.focus),
        "sh:resultMessage": f"{_string(finding.message)}@en",
        "sh:resultPath": _node(finding.path) if finding.path else None,
        "sh:resultSeverity": _SEVERITY[finding.severity],
        "sh:sourceConstraintComponent": _node(finding.component or iri(IN_CODE)),
        "sh:sourceShape": _shape(finding.rule),
        "sh:value": _value(finding),
    }
    lines = [f"            {name} {term} ;" for name, term in properties.items() if term is not None]
    return "\n".join(["        [", "            a sh:ValidationResult ;", *lines, "        ]"])


def _node(name: str) -> str:
    """An IRI, short where the table has its prefix; a blank node for what is no IRI."""
    return shorten(name) if _IRI.fullmatch(name) else "[]"


def _shape(rule: str) -> str:
    """The shape of a rule: one of ours goes by its local name."""
    if rule.startswith("<"):
        return rule
    return rule if ":" in rule else _node(PREFIXES["shape"] + rule)


def _value(finding: Finding) -> str | None:
    if finding.value is None:
        return None
    if finding.term is not None:
        return finding.term
    return _string(finding.value) if finding.component is None else None


def _string(words: str) -> str:
    """A string as Turtle and JSON both write it."""
    return json.dumps(words, ensure_ascii=False)
