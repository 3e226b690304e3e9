"""The house style of hand-written RDF: found where it is not kept, and mended where that is mechanical.

document    a file as it is laid out
layout      prefixes, lines, blanks, order
article     how the files of articles and registry are made up
names       terms and references that nothing describes
mending     the house style written out
rules       the names of all rules, and what each wants
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from kb.dataset import Dataset
from kb.model import Finding, Source
from kb.sources import folder_of
from kb.style import article
from kb.style.document import Document, read
from kb.style.layout import faults
from kb.style.mending import mend, plain_text
from kb.style.names import Unknown, described, judge, unknown
from kb.style.rules import RULES

__all__ = ["RULES", "Unknown", "described", "difference", "judge", "lint", "lint_file", "mend", "scan"]


def lint(dataset: Dataset, others: Iterable[Finding] = ()) -> list[Finding]:
    """What is not in house style in the files of ``dataset``, and all ``others``, in the order of the files.

    The dataset is hand-written and whole, with the ontology. What ``others`` say of a name that nothing describes is
    told at the line of that name with the name that was probably meant, and is not told twice.
    """
    known = described(dataset)
    strange, layout = scan(dataset, known)
    return sorted([*judge(strange, others, known), *layout], key=lambda finding: finding.sort_key)


def scan(dataset: Dataset, known: frozenset[str]) -> tuple[list[Unknown], list[Finding]]:
    """The names in the files of ``dataset`` that are not ``known``, and what of their layout is not in house style."""
    documents = [(source, read(plain_text(source.text))) for source in dataset.sources]
    strange = [one for source, document in documents for one in unknown(source, document, known)]
    return strange, [found for source, document in documents for found in _file(source, document)]


def lint_file(source: Source) -> list[Finding]:
    """What is not in house style in one file that a parser takes, seen by itself, in the order of its lines."""
    return sorted(_file(source, read(plain_text(source.text))), key=lambda finding: finding.sort_key)


def difference(before: Source, after: Source) -> str:
    """Which rules were broken before and no longer are, with how often: ``property-order 2, tab 1``."""
    counts = Counter(finding.rule for finding in lint_file(before))
    counts.subtract(finding.rule for finding in lint_file(after))
    return ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items()) if count > 0)


def _file(source: Source, document: Document) -> Iterator[Finding]:
    yield from faults(source, document)
    yield from article.blocks(source, document)
    folder = folder_of(source)
    if folder in ("articles", "registry"):
        yield from article.identifiers(source, document)
    if folder == "articles":
        yield from article.order(source, document)
        yield from article.name(source, document)
