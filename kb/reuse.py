"""Text reuse: sentences of different articles whose words agree, computed from the texts.

Words are what ``\\w+`` finds, in small letters; the ratio of two sentences is twice the number of words that both have
in the same order, over the number of words of both (Indel similarity of the word sequences: 1.0 where all agree).
Few sentences are compared each with each. Of many, MinHash with locality-sensitive hashing (Broder 1997; Indyk and
Motwani 1998) proposes the pairs that are compared, so that time grows with the number of sentences and not with its
square. Nothing here tells who copied from whom: that a text names an outlet says nothing of where its words are from.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import combinations

import pyoxigraph as ox
from rapidfuzz.distance import Indel, LCSseq

from kb.dataset import RDF_TYPE, Dataset, node
from kb.errors import MissingError, SetupError
from kb.model import Finding, Severity
from kb.namespaces import iri
from kb.passages import paragraph_at, sentences, sha256
from kb.printed import turtle
from kb.work import ONE, Workers, run

KINDS = ("verbatim", "near-verbatim", "contained")
"""How the words of passages agree, the closest first."""
COMPARED = ("body", "headline", "subheading", "caption")
"""Section types whose sentences are compared: bylines, datelines and furniture recur without being copied."""
MIN_WORDS = 6
"""Words of the shortest sentence that is compared."""
NEAR, NEAR_WORDS = 0.8, 10
"""The least ratio of a near-verbatim pair, and the fewest words that both have: short sentences are alike by chance."""
CONTAINED, CONTAINED_RATIO, CONTAINED_WORDS = 0.8, 0.5, 12
"""A contained sentence: the share of its words that the longer one has in order, the least ratio, the fewest words."""
RARE, RARE_SHARE = 20, 0.005
"""A word is rare that stands in at most so many wordings, or in this share of them."""
PHRASE, RARE_PHRASE = 12, 3
"""So many words in a row are rare that stand in at most so many wordings, however common each of them is.

Sentences that have neither a rare word nor a rare row of words in common are formulas with other names in them: alike,
but copied by nobody.
"""
EACH_WITH_EACH = 1_000_000
"""Pairs of wordings up to which all are compared; with more, MinHash proposes pairs."""
GROUP = 20
"""Passages of one wording, or pairs of two wordings, up to which each pair gets an entry of its own."""

_BANDS, _ROWS = 40, 4
_AT_ONCE = 256
"""Wordings of which signatures are made at once."""
_COMMON = 0.02
"""Words in more than this share of wordings say nothing about copying and are left out of what is hashed."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, order=True)
class Passage:
    """A sentence of an article: the article's slug, its range, and its name, which says nothing more."""

    article: str
    start: int
    end: int
    name: str = field(compare=False)


@dataclass(frozen=True)
class Reuse:
    """Passages that share their words: two or, where one wording stands in many articles, all of them.

    ``kind`` is verbatim, near-verbatim or contained; ``containment`` the share of the shorter passage's words that
    the longer one has in the same order.
    """

    passages: tuple[Passage, ...]
    kind: str
    ratio: Decimal
    containment: Decimal

    @property
    def slug(self) -> str:
        """Its name: those of its first two passages, the second without its article where that says nothing more."""
        first, second = self.passages[0], self.passages[1]
        more = f"-and-{len(self.passages) - 2}-more" if len(self.passages) > 2 else ""
        return f"{first.article}-{first.name}-{second.article}-{second.name}{more}"


def words(text: str) -> list[str]:
    """The words of a passage as they are compared."""
    return _WORD.findall(text.casefold())


def passages(
    dataset: Dataset, texts: Mapping[str, str], *, hands: Workers = ONE
) -> Iterator[tuple[Passage, list[str]]]:
    """The sentences that are compared, with their words, article by article; ``hands`` do the work, as below.

    Of each article whose text is at hand in the version that was encoded; other versions say nothing of the anchors.
    """
    count = len(dataset.instances("schema:NewsArticle"))
    for found in run(hands, _passages, _texts(dataset, texts), count=count, common=None, name=lambda task: task[0]):
        yield from found


_Text = tuple[str, str, Sequence[tuple[int, int]]]
"""An article's slug, its text, and the ranges of the sections that are compared."""


def _texts(dataset: Dataset, texts: Mapping[str, str]) -> Iterator[_Text]:
    compared = {iri(f"section:{name}") for name in COMPARED}
    for article in dataset.instances("schema:NewsArticle"):
        snapshot = dataset.snapshot(article)
        slug = article.rpartition("/")[2]
        text = texts.get(snapshot.rpartition("/")[2])
        if text is None or sha256(text) != dataset.value(snapshot, "schema:sha256"):
            continue
        ranges = [
            dataset.span(section)
            for section in dataset.texts(snapshot, "t:section")
            if dataset.value(section, "t:sectionType") in compared
        ]
        yield slug, text, ranges


def _passages(_: None, task: _Text) -> list[tuple[Passage, list[str]]]:
    slug, text, ranges = task
    told = [
        (Passage(slug, sentence.start, sentence.end, sentence.name), words(text[sentence.start : sentence.end]))
        for sentence in sentences(text)
        if any(start <= sentence.start and sentence.end <= end for start, end in ranges)
    ]
    return [(passage, found) for passage, found in told if len(found) >= MIN_WORDS]


def compare(compared: Iterable[tuple[Passage, Sequence[str]]], *, hands: Workers = ONE) -> list[Reuse]:
    """The reuse among passages of different articles, sorted by passage.

    MissingError where there are too many to compare each with each and what proposes pairs is not installed.
    """
    return _compare(compared, partial(_candidates, hands))


def compare_all(compared: Iterable[tuple[Passage, Sequence[str]]]) -> list[Reuse]:
    """The same with each compared with each, however many there are: the reference for what MinHash proposes."""
    return _compare(compared, lambda wordings: combinations(wordings, 2))


def _compare(
    compared: Iterable[tuple[Passage, Sequence[str]]],
    candidates: Callable[[Sequence[str]], Iterable[tuple[str, str]]],
) -> list[Reuse]:
    letters: dict[str, str] = {}
    groups: dict[str, list[Passage]] = {}
    for passage, found in compared:
        groups.setdefault("".join(_letter(letters, word) for word in found), []).append(passage)
    result = [reuse for group in groups.values() for reuse in _verbatim(sorted(group))]
    wordings = sorted(groups, key=lambda wording: min(groups[wording]))
    frequent = _frequent(wordings, max(RARE, round(RARE_SHARE * len(wordings))))
    rows = Counter(row for wording in wordings for row in _rows(wording))
    rare = {row for row, count in rows.items() if 1 < count <= RARE_PHRASE}
    for left, right in candidates(wordings):
        result += _alike(left, right, groups, frequent, rare)
    return sorted(result, key=lambda reuse: (reuse.passages, reuse.kind))


def _letter(letters: dict[str, str], word: str) -> str:
    """One character that stands for a word, so that a sentence is a string and comparing it is fast."""
    number = len(letters) + 0x100
    return letters.setdefault(word, chr(number if number < 0xD800 else number + 0x800))


def _verbatim(group: list[Passage]) -> Iterator[Reuse]:
    if len({passage.article for passage in group}) < 2:
        return
    whole = Decimal("1.000")
    if len(group) > GROUP:
        yield Reuse(tuple(group), "verbatim", whole, whole)
        return
    for pair in combinations(group, 2):
        if pair[0].article != pair[1].article:
            yield Reuse(pair, "verbatim", whole, whole)


def _frequent(wordings: Iterable[str], most: int) -> set[str]:
    """The words that stand in more than so many wordings."""
    seen = Counter(letter for wording in wordings for letter in set(wording))
    return {letter for letter, count in seen.items() if count > most}


def _rows(wording: str) -> set[str]:
    """All rows of words in a wording, without repeats."""
    return {wording[at : at + PHRASE] for at in range(len(wording) - PHRASE + 1)}


def _alike(
    left: str, right: str, groups: Mapping[str, list[Passage]], frequent: set[str], rare: set[str]
) -> Iterator[Reuse]:
    """The entries for two wordings, if they are alike; of wordings that recur often, for one passage of each."""
    ratio = Indel.normalized_similarity(left, right, score_cutoff=CONTAINED_RATIO)
    if ratio < CONTAINED_RATIO:
        return
    if not (set(left) & set(right)) - frequent and rare.isdisjoint(_rows(left) & _rows(right)):
        return
    shorter, common = min(len(left), len(right)), LCSseq.similarity(left, right)
    containment = common / shorter
    if ratio >= NEAR and common >= NEAR_WORDS:
        kind = "near-verbatim"
    elif containment >= CONTAINED and shorter >= CONTAINED_WORDS:
        kind = "contained"
    else:
        return
    pairs = [
        (min(a, b), max(a, b)) for a in sorted(groups[left]) for b in sorted(groups[right]) if a.article != b.article
    ]
    for pair in pairs if len(pairs) <= GROUP else pairs[:1]:
        yield Reuse(pair, kind, _share(ratio), _share(containment))


def _share(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.001"))


def _candidates(hands: Workers, wordings: Sequence[str]) -> Iterable[tuple[str, str]]:
    count = len(wordings)
    if count * (count - 1) // 2 <= EACH_WITH_EACH:
        return combinations(wordings, 2)
    return proposed(wordings, hands=hands)


def proposed(wordings: Sequence[str], *, hands: Workers = ONE) -> Iterator[tuple[str, str]]:
    """Pairs of wordings that are probably alike, each once, found by MinHash: near-verbatim ones almost surely.

    Two are proposed whose signatures agree in all rows of one band. MissingError where datasketch is not installed.
    """
    try:
        import datasketch  # noqa: F401  loaded here once, and not in each process
    except ImportError:
        raise MissingError(
            f"{len(wordings)} sentences are too many to be compared each with each; "
            "install what compares many: pip install 'testimonia[scale]'"
        ) from None
    common = _frequent(wordings, max(10, round(_COMMON * len(wordings))))
    several = range(0, len(wordings), _AT_ONCE)
    tasks = (wordings[at : at + _AT_ONCE] for at in several)
    signed = run(hands, _signatures, tasks, count=len(several), common=common, name=lambda _: "signatures of sentences")
    buckets: list[dict[bytes, list[int]]] = [{} for _ in range(_BANDS)]
    for number, signature in enumerate(one for found in signed for one in found):
        size, alike = len(signature) // _BANDS, set()
        for band in range(_BANDS) if signature else ():
            bucket = buckets[band].setdefault(signature[band * size : (band + 1) * size], [])
            alike.update(bucket)
            bucket.append(number)
        for other in sorted(alike):
            yield wordings[other], wordings[number]


def _signatures(common: set[str], wordings: Sequence[str]) -> list[bytes]:
    """The MinHash of each wording, band by band; empty where all its words are common."""
    try:
        from datasketch import MinHash  # brings NumPy and SciPy, which two articles can do without
    except ImportError:
        raise SetupError("a worker lacks what compares many sentences: pip install 'testimonia[scale]' there") from None
    features = [[f.encode() for f in sorted(_features(wording, common))] for wording in wordings]
    hashed = MinHash.generator(features, num_perm=_BANDS * _ROWS, seed=1)
    return [one.hashvalues.tobytes() if found else b"" for found, one in zip(features, hashed, strict=True)]


def _features(wording: str, common: set[str]) -> set[str]:
    """What is hashed of a wording: its words that are not common, and its neighbouring words."""
    return {letter for letter in wording if letter not in common} | {
        wording[at : at + 2] for at in range(len(wording) - 1)
    }


Computed = tuple[list[Reuse], set[str]]
"""Reuse, and the slugs of the articles that were looked at for it."""


def computed(dataset: Dataset, texts: Mapping[str, str], *, hands: Workers = ONE) -> Computed:
    """The reuse among the articles whose texts are at hand, and the slugs of these articles."""
    found = list(passages(dataset, texts, hands=hands))
    return compare(found, hands=hands), {passage.article for passage, _ in found}


def stored(dataset: Dataset) -> list[Reuse]:
    """The reuse that a dataset has as data, sorted; entries that are not whole are left to the shapes."""
    found = []
    for name in dataset.instances("t:TextReuse"):
        ratio, containment = dataset.value(name, "t:ratio"), dataset.value(name, "t:containment")
        ends = sorted(_passage(dataset, anchor) for anchor in dataset.texts(name, "t:passage"))
        kind = (dataset.value(name, "t:sharing") or "").rpartition("/")[2]
        if ratio is not None and containment is not None and len(ends) > 1:
            found.append(Reuse(tuple(ends), kind, Decimal(ratio), Decimal(containment)))
    return sorted(found, key=lambda reuse: (reuse.passages, reuse.kind))


def _passage(dataset: Dataset, anchor: str) -> Passage:
    snapshot = (dataset.value(anchor, "oa:hasSource") or "").rpartition("/")[2]
    name = anchor.rpartition("/")[2].removeprefix(f"{snapshot}-").removesuffix(_OWN_ANCHOR)
    return Passage(snapshot, *dataset.span(anchor), name)


def renewed(dataset: Dataset, texts: Mapping[str, str], *, known: Computed | None = None) -> Dataset:
    """The dataset with its reuse computed anew among the articles whose texts are at hand; the rest stays stored.

    ``known`` saves computing it again where that was done; so it does below.
    """
    old = set(dataset.instances("t:TextReuse"))
    kept = [q for q in dataset.quads if not (isinstance(q.subject, ox.NamedNode) and q.subject.value in old)]
    return Dataset(tuple(kept), dataset.blocks).with_quads(kept_and_new(dataset, texts, known=known))


def kept_and_new(dataset: Dataset, texts: Mapping[str, str], *, known: Computed | None = None) -> list[ox.Quad]:
    """Reuse computed anew among the articles whose texts are at hand, and as stored among others; with its anchors."""
    found, looked_at = known or computed(dataset, texts)
    others = [r for r in stored(dataset) if not {p.article for p in r.passages} <= looked_at]
    return quads(dataset, sorted([*found, *others], key=lambda reuse: (reuse.passages, reuse.kind)), texts)


def differing(
    dataset: Dataset, texts: Mapping[str, str], *, known: Computed | None = None
) -> tuple[list[Reuse], list[Reuse]]:
    """What the texts at hand show and the data lacks, and what the data has and these texts do not show."""
    found, looked_at = known or computed(dataset, texts)
    before = [reuse for reuse in stored(dataset) if {p.article for p in reuse.passages} <= looked_at]
    now, then = set(found), set(before)
    return [r for r in found if r not in then], [r for r in before if r not in now]


def outdated(dataset: Dataset, texts: Mapping[str, str], *, known: Computed | None = None) -> list[Finding]:
    """A warning for each passage that the texts at hand show to be shared and the data lacks, or the other way."""
    missing, surplus = differing(dataset, texts, known=known)
    told = [(reuse, "share their words, and the data does not say so") for reuse in missing]
    told += [(reuse, "do not share their words in this way, as the data says") for reuse in surplus]
    return [
        Finding(
            Severity.WARNING,
            "reuse-outdated",
            iri(f"reuse:{reuse.slug}"),
            f"{' and '.join(f'{p.article} {p.name}' for p in reuse.passages)} {what} ({reuse.kind}, {reuse.ratio}). "
            "Renew it with: testimonia reuse --write",
            dataset.place(iri(f"reuse:{reuse.slug}")) or dataset.place(iri(f"article:{reuse.passages[0].article}")),
        )
        for reuse, what in told
    ]


def quads(dataset: Dataset, found: Iterable[Reuse], texts: Mapping[str, str]) -> list[ox.Quad]:
    """Reuse as default-graph quads, with an anchor for each passage that has none in ``dataset``."""
    anchors = _Anchors(dataset, texts)
    credits = _credits(dataset)
    made = [quad for reuse in found for quad in _entry(reuse, anchors, credits)]
    return [*anchors.made, *made]


_OWN_ANCHOR = "-sentence"
"""What the name of an anchor ends in that stands for no evidence, only for a passage that is shared."""
_ANCHOR = ("rdf:type", "oa:hasSource", "schema:sha256", "t:end", "t:paragraph", "t:start")


class _Anchors:
    """Finds the anchor of a passage by its range; makes one where there is none, and remembers it."""

    def __init__(self, dataset: Dataset, texts: Mapping[str, str]) -> None:
        self.made: list[ox.Quad] = []
        self._dataset = dataset
        self._texts = texts
        self._known: dict[tuple[str, int, int], str] = {}
        for anchor in sorted(dataset.instances("oa:SpecificResource"), reverse=True):
            snapshot = (dataset.value(anchor, "oa:hasSource") or "").rpartition("/")[2]
            self._known[snapshot, *dataset.span(anchor)] = anchor

    def of(self, passage: Passage) -> ox.NamedNode:
        key = (passage.article, passage.start, passage.end)
        if key not in self._known:
            self._known[key] = iri(f"anchor:{passage.article}-{passage.name}{_OWN_ANCHOR}")
            text, anchor = self._texts[passage.article], ox.NamedNode(self._known[key])
            whole = node("xsd:integer")
            self.made += [
                ox.Quad(anchor, RDF_TYPE, node("oa:SpecificResource")),
                ox.Quad(anchor, node("oa:hasSource"), node(f"snapshot:{passage.article}")),
                ox.Quad(anchor, node("schema:sha256"), ox.Literal(sha256(text[passage.start : passage.end]))),
                ox.Quad(anchor, node("t:end"), ox.Literal(str(passage.end), datatype=whole)),
                ox.Quad(
                    anchor,
                    node("t:paragraph"),
                    ox.Literal(str(paragraph_at(text, passage.start)), datatype=whole),
                ),
                ox.Quad(anchor, node("t:start"), ox.Literal(str(passage.start), datatype=whole)),
            ]
        elif self._known[key].endswith(_OWN_ANCHOR):
            anchor = ox.NamedNode(self._known[key])
            self.made += [
                ox.Quad(anchor, node(name), value)
                for name in _ANCHOR
                for value in self._dataset.values(anchor.value, name)
            ]
        return ox.NamedNode(self._known[key])


def _credits(dataset: Dataset) -> set[tuple[str, str]]:
    """Pairs of article slugs: who credits whose very text."""
    return {
        ((dataset.value(anchor, "oa:hasSource") or "").rpartition("/")[2], credited.rpartition("/")[2])
        for credit in dataset.instances("t:Credit")
        for anchor in dataset.texts(credit, "t:evidence")
        for credited in dataset.texts(credit, "t:creditedText")
    }


def _entry(reuse: Reuse, anchors: _Anchors, credits: set[tuple[str, str]]) -> Iterator[ox.Quad]:
    name = node(f"reuse:{reuse.slug}")
    ends = [anchors.of(passage) for passage in reuse.passages]
    decimal = node("xsd:decimal")
    yield ox.Quad(name, RDF_TYPE, node("t:TextReuse"))
    yield ox.Quad(name, node("t:containment"), ox.Literal(str(reuse.containment), datatype=decimal))
    yield ox.Quad(name, node("t:method"), node("method:text-reuse"))
    for end in ends:
        yield ox.Quad(name, node("t:passage"), end)
    yield ox.Quad(name, node("t:ratio"), ox.Literal(str(reuse.ratio), datatype=decimal))
    yield ox.Quad(name, node("t:sharing"), node(f"sharing:{reuse.kind}"))
    source = _source(reuse, credits)
    yield ox.Quad(name, node("t:direction"), node(f"direction:{'unknown' if source is None else 'credited'}"))
    if source is not None:
        yield ox.Quad(name, node("t:takenFrom"), ends[source])


def _source(reuse: Reuse, credits: set[tuple[str, str]]) -> int | None:
    """Which of two passages was there first, known only where one article credits the very text of the other."""
    if len(reuse.passages) != 2:
        return None
    first, second = (passage.article for passage in reuse.passages)
    known = [at for at, pair in enumerate([(second, first), (first, second)]) if pair in credits]
    return known[0] if len(known) == 1 else None


def as_turtle(found: Sequence[ox.Quad]) -> str:
    """Computed quads as a Turtle file in the house style, which says on top what it is."""
    return turtle(found, head="Computed from the texts by: testimonia reuse --write. Never edited by hand.")
