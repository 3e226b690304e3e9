"""Evidence: passages, their offsets and hashes, and whether every sentence of an article is accounted for.

Nothing here stores a sentence: it compares texts with what the data says of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kb.dataset import Dataset, text_of
from kb.model import Finding, Severity
from kb.namespaces import iri, shorten
from kb.passages import MAX_WORDS, Sentence, find, paragraph_at, sha256
from kb.revision import CHANGED, MOVED, Revision, revise
from kb.times import bounds
from kb.unused import Names, names_in, resting, unused

RULES = (
    "anchor-bounds",
    "anchor-changed",
    "anchor-exact-words",
    "anchor-hash",
    "anchor-moved",
    "anchor-paragraph",
    "anchor-section",
    "anchor-vanished",
    "edtf-valid",
    "sentence-not-accounted-for",
    "snapshot-hash",
    "snapshot-length",
    "unused-content",
    "verbatim-in-passage",
    "word-count",
)
"""What is told of an article that does not agree with its text, by the names of the findings."""
COVERED = ("body", "headline", "subheading", "byline", "dateline", "caption")
"""Section types whose sentences must be anchored or excused; furniture is not."""


@dataclass(frozen=True)
class Coverage:
    """What one sentence is to the data: the claims that rest on it, or why it carries none."""

    sentence: Sentence
    section: str
    """The type of its section, such as ``body``."""
    claims: tuple[str, ...]
    excuse: str | None
    metadata: bool

    @property
    def is_open(self) -> bool:
        """Whether nothing accounts for the sentence."""
        return not self.claims and self.excuse is None and not self.metadata


@dataclass(frozen=True)
class Tally:
    """How often one thing was compared with the text, and how often it did not agree."""

    what: str
    compared: int
    failed: int


@dataclass(frozen=True)
class Verification:
    """The result of comparing one article with its text; ``checked`` is False where the text is not at hand.

    ``unchecked`` counts the anchors whose text is not at hand: all of them, or those in an earlier version.
    ``revision`` is there where the text at hand is another version than the one that was encoded: then it tells what
    became of each anchor, and nothing else is compared.
    """

    article: str
    checked: bool
    anchors: int
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    unchecked: int = 0
    tallies: tuple[Tally, ...] = ()
    revision: Revision | None = None

    @property
    def slug(self) -> str:
        """The article's slug."""
        return self.article.rpartition("/")[2]


def verify(dataset: Dataset, texts: Mapping[str, str]) -> list[Verification]:
    """The verification of every article of a dataset.

    ``texts`` are by the slug of their snapshot, which is that of the article, and may lack some or all. A text under
    any other name serves too where it is the version that was encoded of an article whose text has changed since.
    """
    by_hash = {sha256(text): text for text in texts.values()}
    dates, names = list(times(dataset)), names_in(dataset)
    return [
        _verify(dataset, article, texts, by_hash, dates, names) for article in dataset.instances("schema:NewsArticle")
    ]


def _verify(
    dataset: Dataset,
    article: str,
    texts: Mapping[str, str],
    by_hash: Mapping[str, str],
    dates: Iterable[Finding],
    names: Names,
) -> Verification:
    slug = article.rpartition("/")[2]
    snapshot = dataset.snapshot(article)
    anchors = _anchors_in(dataset, snapshot)
    earlier = [s for s in dataset.texts(article, "t:snapshot") if s != snapshot]
    left = {s: _anchors_in(dataset, s) for s in earlier}
    total = len(anchors) + sum(map(len, left.values()))
    findings = [finding for finding in dates if finding.focus.startswith(iri(f"node:{slug}-"))]
    earlier_texts = {s: by_hash.get(dataset.value(s, "schema:sha256") or "") for s in earlier}
    for name, words in earlier_texts.items():
        if words is not None:
            findings += [f for anchor in left[name] for f in _anchor_findings(dataset, anchor, name, words)]
    unchecked = sum(len(left[name]) for name, words in earlier_texts.items() if words is None)
    text = texts.get(snapshot.rpartition("/")[2])
    if text is None:
        return Verification(article, False, total, tuple(findings), (), unchecked + len(anchors))
    other = _whose(dataset, text)
    if not text.strip() or other not in (None, snapshot):
        told = "is empty" if other is None else f"is that of {shorten(other)}"
        findings.append(
            _violation(
                dataset,
                "snapshot-hash",
                snapshot,
                "schema:sha256",
                f"The text at hand {told}. Put the right one there.",
            )
        )
        return Verification(article, True, total, _in_order(findings), (), unchecked + len(anchors))
    if dataset.value(snapshot, "schema:sha256") != sha256(text):
        recorded = dataset.value(snapshot, "schema:sha256") or ""
        revision = revise(dataset, article, text, earlier=by_hash.get(recorded))
        findings += _revision_findings(dataset, revision, text)
        return Verification(article, True, total, _in_order(findings), (), unchecked, revision=revision)
    findings += _length_findings(dataset, snapshot, text)
    findings += _word_count_findings(dataset, article, snapshot, text)
    for anchor in anchors:
        findings += _anchor_findings(dataset, anchor, snapshot, text)
    kept = _verbatims(dataset, [*anchors, *(anchor for found in left.values() for anchor in found)])
    findings += _verbatim_findings(dataset, kept, {snapshot: text, **earlier_texts})
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
        if c.is_open
    ]
    findings += unused(dataset, anchors, text, Severity.VIOLATION if finished else severity, names=names)
    exact = sum(1 for anchor in anchors if dataset.values(anchor, "t:exactWords"))
    tallies = _tallies(len(anchors), exact, len(kept), len(coverage), sum(1 for c in coverage if c.claims), findings)
    return Verification(article, True, total, _in_order(findings), coverage, unchecked, tallies)


def _whose(dataset: Dataset, text: str) -> str | None:
    """The snapshot that has the hash of a text; the one in use where several versions have it."""
    found = sha256(text)
    known = [s for s in dataset.instances("t:TextSnapshot") if dataset.value(s, "schema:sha256") == found]
    return min(known, key=lambda snapshot: (bool(dataset.values(snapshot, "t:supersededBy")), snapshot), default=None)


def _anchors_in(dataset: Dataset, snapshot: str) -> list[str]:
    return [a for a in dataset.subjects("oa:hasSource", snapshot) if dataset.is_a(a, "oa:SpecificResource")]


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))


def _tallies(
    anchors: int, exact: int, kept: int, counted: int, encoded: int, findings: Iterable[Finding]
) -> tuple[Tally, ...]:
    """How often each rule was applied and broken, in the order in which a reader asks."""
    broken = Counter(finding.rule for finding in findings)
    compared = (
        ("snapshot", 1, ("snapshot-length", "word-count")),
        ("bounds", anchors, ("anchor-bounds",)),
        ("hashes", anchors, ("anchor-hash",)),
        ("paragraphs", anchors, ("anchor-paragraph",)),
        ("sections", anchors, ("anchor-section",)),
        ("exact words", exact, ("anchor-exact-words",)),
        ("words of times, quantities and names", kept, ("verbatim-in-passage",)),
        ("sentences", counted, ("sentence-not-accounted-for",)),
        ("words of encoded sentences", encoded, ("unused-content",)),
    )
    return tuple(Tally(what, count, sum(broken[rule] for rule in rules)) for what, count, rules in compared)


def _revision_findings(dataset: Dataset, revision: Revision, text: str) -> Iterator[Finding]:
    """The text is another version: a violation for that, and one for each anchor that does not hold."""
    yield _violation(
        dataset,
        "snapshot-hash",
        revision.snapshot,
        "schema:sha256",
        f"The text at hand has the hash {sha256(text)}, not the one that was encoded: it is another version. "
        "Get the encoded version, or let testimonia verify --propose FILE write what to change.",
    )
    for fate in revision.fates:
        if fate.fate == MOVED and fate.after is not None:
            yield _violation(
                dataset,
                "anchor-moved",
                fate.anchor,
                "t:start",
                f"The words stand at {fate.after[0]}–{fate.after[1]} now. Accept the proposal, or locate them again.",
            )
        elif fate.fate == CHANGED and fate.after is not None:
            gone = "" if not fate.lost else " Gone from it: " + ", ".join(f"“{words}”" for words in fate.lost) + "."
            yield _violation(
                dataset,
                "anchor-changed",
                fate.anchor,
                "schema:sha256",
                f"The words were changed; what is most like them stands at {fate.after[0]}–{fate.after[1]} "
                f"({fate.how}).{gone} Read it, and decide in the proposal.",
            )
        elif fate.after is None:
            yield _violation(
                dataset,
                "anchor-vanished",
                fate.anchor,
                "schema:sha256",
                "The words stand nowhere in the text any more. Let the proposal keep the anchor in the earlier "
                "version, or take back what rests on it.",
            )


def _length_findings(dataset: Dataset, snapshot: str, text: str) -> Iterator[Finding]:
    if dataset.number(snapshot, "t:length") != len(text):
        yield _violation(
            dataset,
            "snapshot-length",
            snapshot,
            "t:length",
            f"The text at hand has {len(text)} characters, not {dataset.value(snapshot, 't:length')}. "
            "Correct t:length.",
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


def _anchor_findings(dataset: Dataset, anchor: str, snapshot: str, text: str) -> Iterator[Finding]:
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
    furniture = iri("section:furniture")
    if not any(
        first <= start and end <= last
        for first, last in (
            dataset.span(section)
            for section in dataset.texts(snapshot, "t:section")
            if dataset.value(section, "t:sectionType") != furniture
        )
    ):
        yield _violation(
            dataset,
            "anchor-section",
            anchor,
            "t:start",
            "The anchor lies in no section of its text, or in furniture of the page. "
            "Correct its offsets, or the sections of the snapshot.",
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


def _verbatims(dataset: Dataset, anchors: Iterable[str]) -> list[tuple[str, ox.Quad]]:
    """The words kept of times, quantities and names by what rests on some anchors, each with the claim or name use."""
    users = {user for anchor in anchors for user in dataset.subjects("t:evidence", anchor)}
    owners = {user: user for user in users} | {
        said: claim for claim in users for said in dataset.texts(claim, "t:statementTime")
    }
    kept = {iri("t:nameForm"), iri("t:verbatim")}
    quads = [(owners[s], quad) for quad in dataset.default if (s := text_of(quad.subject)) in owners]
    quads += [(user, quad) for user in users for quad in dataset.graphs.get(user, ())]
    return sorted(
        ((owner, q) for owner, q in quads if q.predicate.value in kept and isinstance(q.object, ox.Literal)), key=str
    )


def _verbatim_findings(
    dataset: Dataset, kept: Iterable[tuple[str, ox.Quad]], texts: Mapping[str, str | None]
) -> Iterator[Finding]:
    """Words kept of times, quantities and names stand inside an evidence passage of the claim or name use.

    ``texts`` are by snapshot; what has a passage in a text that is not at hand is passed over.
    """
    for claim, quad in kept:
        words = text_of(quad.object)
        passages = []
        for anchor in dataset.texts(claim, "t:evidence"):
            text = texts.get(dataset.value(anchor, "oa:hasSource") or "")
            passages.append(None if text is None else text[slice(*dataset.span(anchor))])
        known = [passage for passage in passages if passage is not None]
        found = len(known) < len(passages) or any(find(passage, words) for passage in known)
        if len(words.split()) > MAX_WORDS or not found:
            yield _violation(
                dataset,
                "verbatim-in-passage",
                text_of(quad.subject),
                shorten(quad.predicate.value),
                f"“{words}” does not stand in the passages of {shorten(claim)}, or has over {MAX_WORDS} words. "
                "Copy the words from the passage.",
            )


def times(dataset: Dataset) -> Iterator[Finding]:
    """A violation for each ``t:edtf`` that is no EDTF, or ends before it begins."""
    for quad in dataset.quads:
        if quad.predicate.value != iri("t:edtf") or not isinstance(quad.object, ox.Literal):
            continue
        subject = text_of(quad.subject)
        try:
            bounds(quad.object.value)
        except ValueError as error:
            message = f"{error}. Write it as in the editorial guide, “Dates”."
            yield replace(_violation(dataset, "edtf-valid", subject, "t:edtf", message), path=iri("t:edtf"))


def _coverage(dataset: Dataset, article: str, snapshot: str, anchors: list[str], text: str) -> Iterator[Coverage]:
    excuses = {
        anchor: dataset.value(excuse, "t:reason")
        for anchor in anchors
        for excuse in dataset.subjects("t:evidence", anchor)
        if dataset.is_a(excuse, "t:Excused")
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
        yield Coverage(sentence, (kind or "").rpartition("/")[2], used, excuse, kind in metadata)


def _violation(dataset: Dataset, rule: str, focus: str, predicate: str, message: str) -> Finding:
    return Finding(Severity.VIOLATION, rule, focus, message, dataset.place(focus, iri(predicate)))
