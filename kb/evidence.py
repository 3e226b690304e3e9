"""Evidence: passages, their offsets and hashes, and whether every sentence of an article is accounted for.

Nothing here stores a sentence: it compares texts with what the data says of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kb.dataset import Dataset, text_of
from kb.model import Finding, Severity
from kb.namespaces import iri, shorten
from kb.passages import MAX_WORDS, Sentence, find, paragraph_at, sha256
from kb.times import bounds
from kb.unused import resting, unused

COVERED = ("body", "headline", "subheading", "byline", "dateline", "caption")
"""Section types whose sentences must be anchored or excused; furniture is not."""


@dataclass(frozen=True)
class Coverage:
    """What one sentence is to the data: the claims that rest on it, or why it carries none."""

    sentence: Sentence
    claims: tuple[str, ...]
    excuse: str | None
    metadata: bool


@dataclass(frozen=True)
class Verification:
    """The result of comparing one article with its text; ``checked`` is False where the text is not at hand."""

    article: str
    checked: bool
    anchors: int
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]


def verify(dataset: Dataset, texts: Mapping[str, str]) -> list[Verification]:
    """The verification of every article of a dataset; ``texts`` are by article slug, and may lack some or all."""
    return [_verify(dataset, article, texts) for article in dataset.instances("schema:NewsArticle")]


def _verify(dataset: Dataset, article: str, texts: Mapping[str, str]) -> Verification:
    slug = article.rpartition("/")[2]
    text = texts.get(slug)
    snapshot = dataset.value(article, "t:snapshot") or ""
    anchors = [a for a in dataset.instances("oa:SpecificResource") if dataset.value(a, "oa:hasSource") == snapshot]
    findings = list(times(dataset, anchors_of=slug))
    if text is None:
        return Verification(article, False, len(anchors), tuple(findings), ())
    findings += _snapshot_findings(dataset, snapshot, text)
    findings += _word_count_findings(dataset, article, snapshot, text)
    for anchor in anchors:
        findings += _anchor_findings(dataset, anchor, text)
    findings += _verbatim_findings(dataset, slug, text)
    coverage = tuple(_coverage(dataset, article, snapshot, anchors, text))
    finished = dataset.value(article, "t:fullyEncoded") == "true"
    severity = Severity.WARNING if finished else Severity.INFO
    findings += [
        Finding(
            severity,
            "sentence-not-accounted-for",
            article,
            f"The sentence {c.sentence.name} ({c.sentence.start}–{c.sentence.end}) is neither the evidence of a claim "
            "nor excused. Encode it, or excuse it from the closed list.",
            dataset.place(article),
            value=c.sentence.name,
        )
        for c in coverage
        if not c.claims and c.excuse is None and not c.metadata
    ]
    findings += unused(dataset, anchors, text, severity)
    return Verification(article, True, len(anchors), tuple(sorted(findings, key=lambda f: f.sort_key)), coverage)


def _snapshot_findings(dataset: Dataset, snapshot: str, text: str) -> Iterator[Finding]:
    found = sha256(text)
    if dataset.value(snapshot, "schema:sha256") != found:
        yield _violation(
            dataset,
            "snapshot-hash",
            snapshot,
            "schema:sha256",
            f"The text at hand has the hash {found}, not the one that was encoded: it is another version. "
            "Get the encoded version, or go through the anchors again.",
        )
    if dataset.number(snapshot, "t:length") != len(text):
        yield _violation(
            dataset,
            "snapshot-length",
            snapshot,
            "t:length",
            f"The text at hand has {len(text)} characters, not {dataset.value(snapshot, 't:length')}. "
            "Correct t:length, or get the encoded version.",
        )


def _word_count_findings(dataset: Dataset, article: str, snapshot: str, text: str) -> Iterator[Finding]:
    """The word count, where one is given, is that of the sections which are not furniture."""
    given = dataset.number(article, "schema:wordCount")
    sections = dataset.texts(snapshot, "t:section")
    read = [s for s in sections if dataset.value(s, "t:sectionType") != iri("section:furniture")]
    found = sum(len(text[slice(*dataset.span(section))].split()) for section in read)
    if given is not None and given != found:
        yield _violation(
            dataset,
            "word-count",
            article,
            "schema:wordCount",
            f"The sections of the text outside its furniture have {found} words, not {given}. Correct the number.",
        )


def _anchor_findings(dataset: Dataset, anchor: str, text: str) -> Iterator[Finding]:
    start, end = dataset.number(anchor, "t:start"), dataset.number(anchor, "t:end")
    if start is None or end is None or not 0 <= start < end <= len(text):
        yield _violation(
            dataset,
            "anchor-bounds",
            anchor,
            "t:end",
            f"The anchor's range {start}–{end} does not lie in the text of {len(text)} characters. "
            "Make it again with: testimonia locate ARTICLE “a few words”",
        )
        return
    words = text[start:end]
    if dataset.value(anchor, "schema:sha256") != sha256(words):
        yield _violation(
            dataset,
            "anchor-hash",
            anchor,
            "schema:sha256",
            "The words at the anchor's range are not the ones that were encoded. "
            "Make it again with: testimonia locate ARTICLE “a few words”",
        )
    if dataset.number(anchor, "t:paragraph") != paragraph_at(text, start):
        yield _violation(
            dataset,
            "anchor-paragraph",
            anchor,
            "t:paragraph",
            f"The anchor stands in paragraph {paragraph_at(text, start)}, not "
            f"{dataset.value(anchor, 't:paragraph')}. Correct t:paragraph.",
        )
    exact = dataset.value(anchor, "t:exactWords")
    if exact is not None and exact != words:
        yield _violation(
            dataset,
            "anchor-exact-words",
            anchor,
            "t:exactWords",
            f"The exact words “{exact}” are not what stands in the text there. Correct them, or the range.",
        )
    if exact is not None and len(exact.split()) > MAX_WORDS:
        yield _violation(
            dataset,
            "anchor-exact-words",
            anchor,
            "t:exactWords",
            f"More than {MAX_WORDS} words of the text are kept here. Shorten the anchor.",
        )


def _verbatim_findings(dataset: Dataset, slug: str, text: str) -> Iterator[Finding]:
    """Words kept of times and quantities stand inside an evidence passage of the claim that keeps them."""
    for graph, quads in dataset.graphs.items():
        if not graph.startswith(iri(f"claim:{slug}-")):
            continue
        ranges = [dataset.span(anchor) for anchor in dataset.texts(graph, "t:evidence")]
        passages = [text[start:end] for start, end in ranges]
        for quad in quads:
            if quad.predicate.value != iri("t:verbatim") or not isinstance(quad.object, ox.Literal):
                continue
            words = quad.object.value
            if len(words.split()) > MAX_WORDS or not any(find(p, words) for p in passages):
                yield _violation(
                    dataset,
                    "verbatim-in-passage",
                    text_of(quad.subject),
                    "t:verbatim",
                    f"“{words}” does not stand in the passages of {shorten(graph)}, or has over {MAX_WORDS} words. "
                    "Copy the words from the passage.",
                )


def times(dataset: Dataset, *, anchors_of: str | None = None) -> Iterator[Finding]:
    """A violation for each ``t:edtf`` that is no EDTF, or ends before it begins; of one article's claims or of all."""
    for quad in dataset.quads:
        if quad.predicate.value != iri("t:edtf") or not isinstance(quad.object, ox.Literal):
            continue
        subject = text_of(quad.subject)
        if anchors_of is not None and not subject.startswith(iri(f"node:{anchors_of}-")):
            continue
        try:
            bounds(quad.object.value)
        except ValueError as error:
            yield _violation(
                dataset, "edtf-valid", subject, "t:edtf", f"{error}. Write it as in the editorial guide, “Dates”."
            )


def _coverage(dataset: Dataset, article: str, snapshot: str, anchors: list[str], text: str) -> Iterator[Coverage]:
    excuses = {
        anchor: dataset.value(excuse, "t:reason")
        for excuse in dataset.instances("t:Excused")
        for anchor in dataset.texts(excuse, "t:evidence")
    }
    sections = [
        (*dataset.span(section), dataset.value(section, "t:sectionType"))
        for section in dataset.texts(snapshot, "t:section")
    ]
    counted = {iri(f"section:{name}") for name in COVERED}
    metadata = {iri(f"section:{name}") for name in ("headline", "byline", "dateline")}
    for sentence, inside, used in resting(dataset, anchors, text):
        kind = next((k for start, end, k in sections if start <= sentence.start and sentence.end <= end), None)
        if kind not in counted:
            continue
        excuse = None if used else next((excuses[a] for a in inside if a in excuses), None)
        yield Coverage(sentence, used, excuse, kind in metadata)


def _violation(dataset: Dataset, rule: str, focus: str, predicate: str, message: str) -> Finding:
    return Finding(Severity.VIOLATION, rule, focus, message, dataset.place(focus, iri(predicate)))
