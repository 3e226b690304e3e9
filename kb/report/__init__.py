"""What was found, in words: for people, for programs, for other people's tools. No judgement here.

findings        what the rules found
verification    what the texts showed
"""

from kb.report.findings import failing, findings_json, findings_text, summary
from kb.report.reuse import reuse_json, reuse_text
from kb.report.verification import verification_json, verification_text

__all__ = [
    "failing",
    "findings_json",
    "findings_text",
    "reuse_json",
    "reuse_text",
    "summary",
    "verification_json",
    "verification_text",
]
