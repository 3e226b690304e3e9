"""Scores a SPARQL endpoint, ours or any other, on published criteria, and says what to do where one is not met.

    visit      asking one endpoint: politely, one question at a time, within a budget of time
    samples    small queries with the answers that SPARQL 1.1 prescribes, whatever the data
    protocol   what is measured of the service: answers, speed, protocol, formats
    metadata   what is measured of its descriptions, its licence, its addresses
    content    what is measured of its data
    criteria   the table: name, schemes, what is asked, weight, what to do
    report     as text and as JSON

What the schemes ask over weeks (availability) or of a whole cloud (centrality) is not claimed here: see ``UNMEASURED``.
"""

from kb.doctor.criteria import CRITERIA, UNMEASURED, Criterion, assess
from kb.doctor.report import FORMATS, Examination, Finding
from kb.doctor.visit import Outcome, Visit

__all__ = [
    "CRITERIA",
    "FORMATS",
    "UNMEASURED",
    "Criterion",
    "Examination",
    "Finding",
    "Outcome",
    "Visit",
    "assess",
]
