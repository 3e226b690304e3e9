"""Evidence: passages, their offsets and hashes, and whether every sentence of an article is accounted for.

Nothing here stores a sentence: it compares texts with what the data says of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kb.dataset import Dataset, text_of
from kb.model import Finding, Severity
from kb.namespaces import iri, shorten
from kb.passages import MAX_WORDS, Sentence, find, paragraph_at, sha256
from kb.revision import CHANGED, MOVED, RESTING, Revision, revise
from kb.times import bounds
from kb.unused import Names, names_in, resting, unused
from kb.work import ONE, Workers, run

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


def verify(dataset: Dataset, texts: Mapping[str, str], *, hands: Workers = ONE) -> list[Verification]:
    """The verification of every article of a dataset; ``hands`` do the work.

    ``texts`` are by the slug of their snapshot, which is that of the article, and may lack some or all. A text under
    any other name serves too where it is the version that was encoded of an article whose text has changed since.
    """
    count, names = len(dataset.instances("schema:NewsArticle")), names_in(dataset)
    found = run(hands, _verify, _tasks(dataset, texts), count=count, common=names, name=lambda task: task.article)
    return [replace(one, findings=_in_order(_placed(dataset, told))) for one, told in found]


Told = tuple[Finding, str]
"""A finding without its place, and the IRI of the property at whose line that is; "" for where its focus begins."""


@dataclass(frozen=True)
class _Task:
    """An article with all that is looked at in order to compare it with its text."""

    article: str
    quads: bytes
    """What is said of it and of what rests on it, as N-Quads."""
    text: str | None
    earlier: Mapping[str, str | None]
    """The texts at hand of its earlier snapshots, and of the one in use where another version is at hand."""
    whose: str | None
    """The snapshot that has the hash of the text."""
    dates: tuple[Finding, ...]


def _tasks(dataset: Dataset, texts: Mapping[str, str]) -> Iterator[_Task]:
    by_hash = {sha256(text): text for text in texts.values()}
    hashes: dict[str, list[str]] = {}
    for snapshot in dataset.instances("t:TextSnapshot"):
        hashes.setdefault(dataset.value(snapshot, "schema:sha256") or "", []).append(snapshot)
    whose = {
        found: min(several, key=lambda name: (bool(dataset.values(name, "t:supersededBy")), name))
        for found, several in hashes.items()
    }
    nameless: dict[str, list[ox.Quad]] = {}
    for quad in dataset.default:
        if isinstance(quad.subject, ox.BlankNode):
            nameless.setdefault(quad.subject.value, []).append(quad)
    dates = list(times(dataset))
    for article in dataset.instances("schema:NewsArticle"):
        text = texts.get(dataset.snapshot(article).rpartition("/")[2])
        own = iri(f"node:{article.rpartition('/')[2]}-")
        yield _Task(
            article,
            ox.serialize(_reached(dataset, article, nameless), format=ox.RdfFormat.N_QUADS) or b"",
            text,
            {
                snapshot: by_hash.get(dataset.value(snapshot, "schema:sha256") or "")
                for snapshot in dataset.texts(article, "t:snapshot")
            },
            None if text is None else whose.get(sha256(text)),
            tuple(finding for finding in dates if finding.focus.startswith(own)),
        )


def _reached(dataset: Dataset, article: str, nameless: Mapping[str, Sequence[ox.Quad]]) -> Iterable[ox.Quad]:
    """What is said of an article, of its snapshots and anchors, of what rests on these, and of what that names."""
    snapshots = dataset.texts(article, "t:snapshot")
    anchors = [anchor for snapshot in snapshots for anchor in _anchors_in(dataset, snapshot)]
    users = [user for anchor in anchors for name in RESTING for user in dataset.subjects(name, anchor)]
    contents = [quad for user in dict.fromkeys(users) for quad in dataset.graphs.get(user, ())]
    own = dict.fromkeys((article, *snapshots, *anchors, *users))
    said = [quad for name in own for quad in dataset.about(name) if isinstance(quad.graph_name, ox.DefaultGraph)]
    named = dict.fromkeys(
        text_of(quad.object) for quad in (*said, *contents) if not isinstance(quad.object, ox.Literal)
    )
    more = [
        quad
        for name in named
        if name not in own
        for quad in (*dataset.about(name), *nameless.get(name, ()))
        if isinstance(quad.graph_name, ox.DefaultGraph)
    ]
    return dict.fromkeys((*said, *contents, *more))


def _placed(dataset: Dataset, told: Iterable[Told]) -> Iterator[Finding]:
    for finding, path in told:
        yield finding if finding.place else replace(finding, place=dataset.place(finding.focus, path or None))


def _verify(names: Names, task: _Task) -> tuple[Verification, list[Told]]:
    """The verification of an article without its findings, and these."""
    dataset = Dataset(tuple(ox.parse(task.quads, format=ox.RdfFormat.N_QUADS)), {})
    article, text, snapshot = task.article, task.text, dataset.snapshot(task.article)
    anchors = _anchors_in(dataset, snapshot)
    earlier_texts = {s: words for s, words in task.earlier.items() if s != snapshot}
    left = {s: _anchors_in(dataset, s) for s in earlier_texts}
    total = len(anchors) + sum(map(len, left.values()))
    told: list[Told] = [(finding, "") for finding in task.dates]
    for name, words in earlier_texts.items():
        if words is not None:
            told += [f for anchor in left[name] for f in _anchor_findings(dataset, anchor, name, words)]
    unchecked = sum(len(left[name]) for name, words in earlier_texts.items() if words is None)
    if text is None:
        return Verification(article, False, total, (), (), unchecked + len(anchors)), told
    if not text.strip() or task.whose not in (None, snapshot):
        what = "is empty" if task.whose is None else f"is that of {shorten(task.whose)}"
        message = f"The text at hand {what}. Put the right one there."
        told.append(_violation("snapshot-hash", snapshot, "schema:sha256", message))
        return Verification(article, True, total, (), (), unchecked + len(anchors)), told
    if dataset.value(snapshot, "schema:sha256") != sha256(text):
        revision = revise(dataset, article, text, earlier=task.earlier.get(snapshot))
        told += _revision_findings(revision, text)
        return Verification(article, True, total, (), (), unchecked, revision=revision), told
    told += _length_findings(dataset, snapshot, text)
    told += _word_count_findings(dataset, article, snapshot, text)
    for anchor in anchors:
        told += _anchor_findings(dataset, anchor, snapshot, text)
    kept = _verbatims(dataset, [*anchors, *(anchor for found in left.values() for anchor in found)])
    told += _verbatim_findings(dataset, kept, {snapshot: text, **earlier_texts})
    coverage = tuple(_coverage(dataset, article, snapshot, anchors, text))
    finished = dataset.value(article, "t:fullyEncoded") == "true"
    severity = Severity.WARNING if finished else Severity.INFO
    told += [(_not_accounted_for(severity, article, c.sentence), "") for c in coverage if c.is_open]
    heavy = Severity.VIOLATION if finished else severity
    told += [(finding, "") for finding in unused(dataset, anchors, text, heavy, names=names)]
    exact = sum(1 for anchor in anchors if dataset.values(anchor, "t:exactWords"))
    found = [finding for finding, _ in told]
    tallies = _tallies(len(anchors), exact, len(kept), len(coverage), sum(1 for c in coverage if c.claims), found)
    return Verification(article, True, total, (), coverage, unchecked, tallies), told


def _not_accounted_for(severity: Severity, article: str, sentence: Sentence) -> Finding:
    return Finding(
        severity,
        "sentence-not-accounted-for",
        article,
        f"The sentence {sentence.name} ({sentence.start}–{sentence.end}) is neither the evidence of a claim "
        "nor excused. Encode it, or excuse it from the closed list.",
        value=sentence.name,
    )


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


def _revision_findings(revision: Revision, text: str) -> Iterator[Told]:
    """The text is another version: a violation for that, and one for each anchor that does not hold."""
    yield _violation(
        "snapshot-hash",
        revision.snapshot,
        "schema:sha256",
        f"The text at hand has the hash {sha256(text)}, not the one that was encoded: it is another version. "
        "Get the encoded version, or let testimonia verify --propose FILE write what to change.",
    )
    for fate in revision.fates:
        if fate.fate == MOVED and fate.after is not None:
            yield _violation(
                "anchor-moved",
                fate.anchor,
                "t:start",
                f"The words stand at {fate.after[0]}–{fate.after[1]} now. Accept the proposal, or locate them again.",
            )
        elif fate.fate == CHANGED and fate.after is not None:
            gone = "" if not fate.lost else " Gone from it: " + ", ".join(f"“{words}”" for words in fate.lost) + "."
            yield _violation(
                "anchor-changed",
                fate.anchor,
                "schema:sha256",
                f"The words were changed; what is most like them stands at {fate.after[0]}–{fate.after[1]} "
                f"({fate.how}).{gone} Read it, and decide in the proposal.",
            )
        elif fate.after is None:
            yield _violation(
                "anchor-vanished",
                fate.anchor,
                "schema:sha256",
                "The words stand nowhere in the text any more. Let the proposal keep the anchor in the earlier "
                "version, or take back what rests on it.",
            )


def _length_findings(dataset: Dataset, snapshot: str, text: str) -> Iterator[Told]:
    if dataset.number(snapshot, "t:length") != len(text):
        yield _violation(
            "snapshot-length",
            snapshot,
            "t:length",
            f"The text at hand has {len(text)} characters, not {dataset.value(snapshot, 't:length')}. "
            "Correct t:length.",
        )


def _word_count_findings(dataset: Dataset, article: str, snapshot: str, text: str) -> Iterator[Told]:
    """The word count, where one is given, is that of the sections which are not furniture."""
    given = dataset.number(article, "schema:wordCount")
    sections = dataset.texts(snapshot, "t:section")
    read = [s for s in sections if dataset.value(s, "t:sectionType") != iri("section:furniture")]
    found = sum(len(text[slice(*dataset.span(section))].split()) for section in read)
    if given is not None and given != found:
        yield _violation(
            "word-count",
            article,
            "schema:wordCount",
            f"The sections of the text outside its furniture have {found} words, not {given}. Correct the number.",
        )


def _anchor_findings(dataset: Dataset, anchor: str, snapshot: str, text: str) -> Iterator[Told]:
    start, end = dataset.number(anchor, "t:start"), dataset.number(anchor, "t:end")
    if start is None or end is None or not 0 <= start < end <= len(text):
        yield _violation(
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
            "anchor-hash",
            anchor,
            "schema:sha256",
            "The words at the anchor's range are not the ones that were encoded. "
            "Make it again with: testimonia locate ARTICLE “a few words”",
        )
    if dataset.number(anchor, "t:paragraph") != paragraph_at(text, start):
        yield _violation(
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
            "anchor-section",
            anchor,
            "t:start",
            "The anchor lies in no section of its text, or in furniture of the page. "
            "Correct its offsets, or the sections of the snapshot.",
        )
    exact = dataset.value(anchor, "t:exactWords")
    if exact is not None and exact != words:
        yield _violation(
            "anchor-exact-words",
            anchor,
            "t:exactWords",
            f"The exact words “{exact}” are not what stands in the text there. Correct them, or the range.",
        )
    if exact is not None and len(exact.split()) > MAX_WORDS:
        yield _violation(
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
) -> Iterator[Told]:
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
            place = dataset.place(subject, iri("t:edtf"))
            yield Finding(Severity.VIOLATION, "edtf-valid", subject, message, place, path=iri("t:edtf"))


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


def _violation(rule: str, focus: str, predicate: str, message: str) -> Told:
    return Finding(Severity.VIOLATION, rule, focus, message), iri(predicate)
