"""A corpus, week by week: articles that share events and copy from each other, written as they are made."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

from benchmarks import truth
from benchmarks.copying import copied, fits, lookalike, similarity, words
from benchmarks.copying import frames as frames_of
from benchmarks.defects import Planted, spoiler
from benchmarks.draws import below, chance, one, rank, stream
from benchmarks.nouns import Article, Entity, Frame, Piece, Printed, Sentence
from benchmarks.printing import printed, sentence_text
from benchmarks.telling import empty, tell
from benchmarks.words import STOCK, headline, person_name
from benchmarks.world import (
    OUTLETS,
    WEEK,
    Scene,
    Week,
    article_day,
    article_outlet,
    frame,
    sizes,
    story,
)
from benchmarks.writing import article_file, article_registry, frames_file, shared_registry

CLAIMS: Final = 88
"""Claims of an article where nothing else is asked for: half of what the real ones have on average (132 and 218)."""
FOLDERS: Final = ("articles", "registry", "sources", "truth")
TRUTHS: Final = ("agreement", "defects", "drift", "lookalikes", "reuse", "stock")

UNLIKE: Final = 0.7
"""Likeness from which a sentence that nobody copied is told again in other words."""

_Told = dict[str, list[list[str]]]
"""What earlier articles of the week say of each event, in words."""
_GOLDEN: Final = 0.6180339887498949
_WRITERS: Final = 40


@dataclass(frozen=True)
class Plan:
    """What corpus to make."""

    articles: int
    seed: int = 1
    claims: int = CLAIMS
    reuse_share: float = 0.1
    defects: float = 0.0
    texts_only: bool = False


@dataclass(frozen=True)
class Totals:
    """What was made: ``quads`` as written, ``derived`` those that the build adds to them from each entry by itself."""

    articles: int = 0
    claims: int = 0
    words: int = 0
    quads: int = 0
    derived: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def write(plan: Plan, out: Path, *, jobs: int = 1, say: Callable[[Totals], None] = lambda totals: None) -> Totals:
    """Writes a corpus into an empty folder and tells what it holds; ``say`` hears of each week.

    A week is made and forgotten, so that memory stays as it is; weeks know nothing of each other, so that several
    processes write the same bytes as one.
    """
    for folder in FOLDERS:
        (out / folder).mkdir(parents=True, exist_ok=True)
    totals = Totals()
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(open(out / "truth" / f"{name}.jsonl", "w", encoding="utf-8", newline="\n"))
            for name in TRUTHS
        }
        each = stack.enter_context(get_context("spawn").Pool(jobs)).imap if jobs > 1 else map
        for made, lines in each(partial(_write_week, plan, out), range(ceil(plan.articles / WEEK))):
            totals += made
            for name, found in lines.items():
                files[name].writelines(found)
            say(totals)
    if not plan.texts_only:
        for name, text, quads in shared_registry(plan.seed, sizes(plan.articles), OUTLETS):
            _put(out / "registry" / name, text)
            totals += Totals(quads=quads)
    return totals


def week(plan: Plan, number: int) -> list[Printed]:
    """The articles of one week, as far as the plan goes."""
    shared = Week(plan.seed, number)
    pages: list[Printed] = []
    known: _Told = {}
    for at in range(number * WEEK, min(plan.articles, (number + 1) * WEEK)):
        page = printed(_article(plan, shared, at, pages, known))
        for line in page.sentences:
            for name in frames_of(line.sentence):
                known.setdefault(name, []).append(words(sentence_text(line.sentence)))
        pages.append(page)
    return pages


def _is_told_alike(sentence: Sentence, known: _Told) -> bool:
    """Whether an earlier article tells of the same event in nearly the same words, or in some of the same."""
    own = words(sentence_text(sentence))
    told = [other for name in frames_of(sentence) for other in known.get(name, ())]
    return any(
        truth.contains(tuple(own), tuple(other))
        or (2 * min(len(own), len(other)) >= UNLIKE * (len(own) + len(other)) and similarity(own, other) >= UNLIKE)
        for other in told
    )


def _article(plan: Plan, shared: Week, number: int, earlier: Sequence[Printed], known: _Told) -> Article:
    rng = stream(plan.seed, "article", number)
    scene = Scene(rng, shared, sizes(number + 1))
    outlet, published = article_outlet(plan.seed, number), article_day(number)
    slug = f"{published}-{outlet.name.partition(':')[2]}"
    length = max(3, round(plan.claims * (0.6 + 0.8 * ((number + 1) * _GOLDEN % 1.0))))
    taken = _taken(rng, outlet, earlier) if earlier and chance(rng, plan.reuse_share) else []
    alike = _resembling(scene, outlet, published, earlier)
    taken += [replace(sentence, family=f"{number}-like-{at}") for at, sentence in enumerate(alike)]
    length -= sum(len(sentence.claims) for sentence in taken)
    sentences: list[Sentence] = []
    while length > 0:
        if chance(rng, 0.035):
            sentences.append(empty(rng))
            continue
        main = _event(scene)
        second = _event(scene) if chance(rng, 0.42) else None
        if second == main:
            second = None
        sentence = tell(scene, main, outlet=outlet, published=published, second=second)
        if _is_told_alike(sentence, known):
            continue  # two that tell of one event by themselves do not choose the same words
        sentences.append(replace(sentence, family=f"{number}-{len(sentences)}"))
        length -= len(sentence.claims)
    at = below(rng, len(sentences) + 1)
    sentences[at:at] = taken
    return Article(
        number,
        slug,
        outlet,
        published,
        person_name(plan.seed, 9_000 + below(rng, _WRITERS)),
        headline(rng),
        tuple(_sections(rng, sentences)),
    )


def _event(scene: Scene) -> Frame:
    """What a sentence tells of: an event of the week, or one that only this article knows."""
    return story(scene) if chance(scene.rng, 0.5) else frame(scene)


def _sections(rng: Random, sentences: list[Sentence]) -> Iterator[tuple[str, tuple[tuple[Sentence, ...], ...]]]:
    """Sentences in paragraphs, under a subheading now and then, standing sentences at the end."""
    paragraphs: list[tuple[Sentence, ...]] = []
    at = 0
    while at < len(sentences):
        size = 1 + below(rng, 4)
        paragraphs.append(tuple(sentences[at : at + size]))
        at += size
        if at < len(sentences) and chance(rng, 0.1):
            yield "body", tuple(paragraphs)
            paragraphs = []
            pieces = tuple(Piece(word, kind="f") for word in headline(rng).lower().split())
            yield "subheading", ((Sentence((), pieces, (), excuse="rhetoric-without-content"),),)
    if chance(rng, 0.35):
        number = below(rng, len(STOCK))
        standing = Piece(STOCK[number].removesuffix("."))
        paragraphs.append((Sentence((), (standing,), (), excuse="metadata", stock=number),))
    yield "body", tuple(paragraphs)


def _taken(rng: Random, outlet: Entity, earlier: Sequence[Printed]) -> list[Sentence]:
    """One to six sentences in a row of an earlier article, recent ones likelier: word by word, or edited."""
    page = earlier[-1 - rank(rng, len(earlier))]
    first, count = below(rng, len(page.sentences)), 1 + below(rng, 6)
    verbatim = chance(rng, 0.4)
    found = [line.sentence for line in page.sentences[first : first + count]]
    usable = [replace(sentence, rivals=()) for sentence in found if sentence.claims and fits(sentence, outlet)]
    return [copied(rng, sentence, verbatim=verbatim or chance(rng, 0.2)) for sentence in usable]


def _resembling(scene: Scene, outlet: Entity, published: date, earlier: Sequence[Printed]) -> list[Sentence]:
    """A sentence or two that are made like those of an earlier article and tell of others."""
    if not earlier or not chance(scene.rng, 0.4):
        return []
    page = one(scene.rng, earlier)
    own = [line.sentence for line in page.sentences if line.sentence.family.startswith(f"{page.article.number}-")]
    first = below(scene.rng, len(own))
    found = (lookalike(scene, sentence, outlet=outlet, published=published) for sentence in own[first : first + 6])
    return list(islice((sentence for sentence in found if sentence is not None), 2))


def _write_week(plan: Plan, out: Path, number: int) -> tuple[Totals, dict[str, list[str]]]:
    """Writes the files of one week; what was planted in it, as lines of truth."""
    pages = week(plan, number)
    totals = Totals(articles=len(pages), claims=sum(_claims(page) for page in pages), words=sum(p.words for p in pages))
    for page in pages:
        _put(out / "sources" / f"{page.article.slug}.txt", page.text)
    lines = {
        "lookalikes": list(truth.lookalikes(pages)),
        "reuse": list(truth.reuse(pages)),
        "stock": list(truth.stock(pages)),
    }
    if plan.texts_only:
        return totals, lines
    lines["agreement"] = list(truth.agreement(pages))
    lines["drift"] = list(truth.drift(pages))
    lines["defects"] = []
    told = [_frames(page) for page in pages]
    users = Counter(name for frames in told for name in frames)
    planted: list[Planted] = []
    spoil = spoiler(stream(plan.seed, "defects", number), plan.defects, planted)
    for page, frames in zip(pages, told, strict=True):
        before = len(planted)
        text, quads, derived = article_file(page, spoil=spoil)
        file = f"articles/{page.article.slug}.trig"
        _put(out / file, text)
        totals += Totals(quads=quads, derived=derived)
        own = [used for name, used in frames.items() if users[name] == 1]
        text, quads = article_registry(page, own)
        _put(out / "registry" / f"{page.article.slug}.ttl", text)
        totals += Totals(quads=quads)
        lines["defects"] += [
            truth.defect_line(file=file, subject=p.subject, rule=p.rule, found_by=p.found_by, kind=p.kind)
            for p in planted[before:]
        ]
    shared = {name: used for frames in told for name, used in frames.items() if users[name] > 1}
    text, quads = frames_file(shared.values())
    _put(out / "registry" / f"events-{number + 1:05}.ttl", text)
    return totals + Totals(quads=quads), lines


def _frames(page: Printed) -> dict[str, Frame]:
    return {name: found for line in page.sentences for name, found in frames_of(line.sentence).items()}


def _claims(page: Printed) -> int:
    return sum(len(line.sentence.claims) for line in page.sentences)


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
