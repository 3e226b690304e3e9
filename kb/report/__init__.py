"""What was found, in words: for people, for programs, for other people's tools. No judgement here.

findings                                what the formats share
text json junit sarif github turtle     what the rules found, one module a format
verification                            what the texts showed; imported by itself
reuse                                   which passages share their words; imported by itself
changes                                 what became of claims and other things; imported by itself
"""

from collections.abc import Callable, Mapping
from typing import Final

from kb.report.findings import Locator, Report, failing, locators, summary
from kb.report.github import as_github
from kb.report.json import as_json
from kb.report.junit import as_junit
from kb.report.sarif import as_sarif
from kb.report.text import as_terminal, as_text
from kb.report.turtle import as_turtle

FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_github,
    "turtle": as_turtle,
}
"""How findings are printed, by the name of the format."""

__all__ = [
    "FORMATS",
    "Locator",
    "Report",
    "as_terminal",
    "as_text",
    "failing",
    "locators",
    "summary",
]
