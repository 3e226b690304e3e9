"""The rules of style by name: how much each weighs, whether ``check --fix`` mends it, and what it wants."""

from dataclasses import dataclass
from typing import Final

from kb.model import Finding, Place, Severity
from kb.namespaces import DEFAULT_GRAPH, PREFIXES, iri

_WARNING, _VIOLATION = Severity.WARNING, Severity.VIOLATION


@dataclass(frozen=True)
class StyleRule:
    """A rule on how files are written: its severity, whether it is mended mechanically, and what it wants."""

    severity: Severity
    mended: bool
    wants: str


RULES: Final = {
    "blank-line": StyleRule(_WARNING, True, "one blank line stands between blocks, none within"),
    "blank-node": StyleRule(
        _VIOLATION, False, "everything in articles and registry has an IRI, so that it can be cited"
    ),
    "claim-graph": StyleRule(_WARNING, False, "a claim's graph follows its block; only its own nodes stand between"),
    "dangling-reference": StyleRule(
        _VIOLATION, False, "what is referred to in our own namespaces is written somewhere"
    ),
    "end-of-file": StyleRule(_WARNING, True, "a file ends with one line end"),
    "file-name": StyleRule(_WARNING, False, "an article's file is named as the one article in it, date and words"),
    "file-order": StyleRule(_WARNING, False, "an article's file has snapshot, sections, article, then all else"),
    "graph-line": StyleRule(_WARNING, True, "a graph opens with its name and a brace, and closes with a brace alone"),
    "indent": StyleRule(_WARNING, True, "lines are indented by 4 blanks for each level"),
    "invisible-character": StyleRule(_VIOLATION, True, "there is no byte order mark, and no blank but the plain one"),
    "line-end": StyleRule(_WARNING, True, "lines end with a line feed, without a carriage return"),
    "list": StyleRule(_VIOLATION, False, "there are no lists in articles and registry"),
    "no-base": StyleRule(_WARNING, False, "names are written with a prefix, never relative to a base"),
    "object-line": StyleRule(_WARNING, True, "several objects stand one per line, a single one beside its property"),
    "object-order": StyleRule(_WARNING, True, "several objects are sorted"),
    "one-block": StyleRule(_WARNING, False, "a subject has one block in a file and graph, a graph one in a file"),
    "prefix-form": StyleRule(_WARNING, True, "a prefix is declared as `@prefix name: <iri> .` on its own line"),
    "prefix-iri": StyleRule(_VIOLATION, False, "a prefix means what `kb/namespaces.py` says"),
    "prefix-missing": StyleRule(_VIOLATION, True, "a prefix that is used is declared"),
    "prefix-order": StyleRule(_WARNING, True, "prefixes are declared in alphabetical order"),
    "prefix-place": StyleRule(_WARNING, True, "prefixes are declared before the first block"),
    "prefix-unknown": StyleRule(_WARNING, False, "a prefix is one of `kb/namespaces.py`"),
    "prefix-unused": StyleRule(_WARNING, True, "a prefix is declared where it is used, and once"),
    "property-line": StyleRule(_WARNING, True, "each property stands on its own line"),
    "property-order": StyleRule(_WARNING, True, "properties stand in alphabetical order"),
    "property-twice": StyleRule(_WARNING, True, "the objects of one property stand together"),
    "spacing": StyleRule(_WARNING, True, "one blank stands between words of a line, two before a comment at its end"),
    "statement-end": StyleRule(_WARNING, True, "`;` ends every line and `.` stands alone"),
    "subject-line": StyleRule(_WARNING, True, "a subject stands alone on its line"),
    "tab": StyleRule(_WARNING, True, "there are no tabs outside of strings"),
    "trailing-blank": StyleRule(_WARNING, True, "no line ends with a blank"),
    "type-first": StyleRule(_WARNING, True, "`a` is the first property of a block"),
    "undeclared-term": StyleRule(_VIOLATION, False, "classes, properties and concepts are those of the ontology"),
}
"""Alphabetical. A missing prefix and an invisible character stop the parser, so that ``check`` tells them as errors."""


def finding(rule: str, file: str, line: int, message: str, focus: str = DEFAULT_GRAPH) -> Finding:
    """A fault at one line of a file, weighing what its rule weighs."""
    prefix = focus.partition(":")[0]
    whom = iri(focus) if prefix in PREFIXES else focus.strip("<>")
    return Finding(RULES[rule].severity, rule, whom, message, Place(file, line, line))
