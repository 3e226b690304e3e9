"""How many planted copies text reuse finds in a large corpus, how many pairs that are none, and how long it takes.

    python -m benchmarks.reuse [--articles 2000] [--seed 1] [--sample 200]

Writes the texts of an invented corpus to a temporary folder, compares their sentences as ``testimonia reuse`` does, and
holds what is found against what was planted. In a sample of the articles each sentence is compared with each, so that
recall does not rest on the planted copies alone. Prints a table; ends with 1 where a bar is missed.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import click

from benchmarks.corpus import CLAIMS, Plan, write
from kb import reuse
from kb.passages import sentences
from kb.reuse import Passage, Reuse

RECALL, FALSE, SECONDS = 0.95, 0.02, 120.0
"""The bars: the least share of planted copies found, the greatest of false pairs, the most seconds."""

BYLINE = 3
"""The paragraph in which an invented article has its byline; what stands above it is its outlet and its headline."""

Place = tuple[str, int]
"""Where a sentence stands: the article's slug and the offset of its first character."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--articles", type=click.IntRange(min=2), default=2000, help="How many articles (2000).")
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Which corpus of that size (1).")
@click.option("--sample", type=click.IntRange(min=2), default=200, help="Articles compared each with each too (200).")
def main(articles: int, seed: int, sample: int) -> None:
    """Measure text reuse on an invented corpus.

    Example: python -m benchmarks.reuse --articles 500
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "corpus"
        write(Plan(articles, seed, CLAIMS, 0.1, 0.0, True), out)
        texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((out / "sources").glob("*.txt"))}
        planted = _lines(out / "truth" / "reuse.jsonl")
        origin = origins(planted, _lines(out / "truth" / "stock.jsonl"))
    compared = [pair for slug, text in texts.items() for pair in passages(slug, text)]
    begun = time.perf_counter()
    entries = reuse.compare(compared)
    seconds = time.perf_counter() - begun
    found = pairs(entries)
    wanted = {
        frozenset(((line["article"], line["start"]), (line["other"], line["otherStart"])))
        for line in planted
        if line["similarity"] >= reuse.NEAR
    }
    recall = len(wanted & found) / max(len(wanted), 1)
    stock = {place for place, first in origin.items() if first[0] == "stock"}
    copies = [
        pair for pair in found if not pair & stock
    ]  # stock phrases are many and easy; they would hide false pairs
    false = sum(len({origin.get(place, place) for place in pair}) > 1 for pair in copies) / max(len(copies), 1)
    few = set(list(texts)[:sample])
    whole = pairs(reuse.compare_all([pair for pair in compared if pair[0].article in few]))
    same = len(whole & found) / max(len(whole), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, value, note in (
        ("articles", f"{articles:,}", ""),
        ("sentences compared", f"{len(compared):,}", ""),
        ("planted copies", f"{len(wanted):,}", f"with a ratio of {reuse.NEAR} or more"),
        ("found of them", f"{recall:.1%}", f"bar: at least {RECALL:.0%}"),
        ("pairs found", f"{len(found):,}", f"{len(found) - len(copies):,} of them between stock phrases"),
        (
            "false among them",
            f"{false:.2%}",
            f"bar: under {FALSE:.0%}; of the {len(copies):,} that are no stock phrases",
        ),
        ("found of all", f"{same:.1%}", f"of {len(whole):,} pairs in {len(few):,} articles, each with each compared"),
        ("seconds", f"{seconds:.1f}", f"bar: under {SECONDS:.0f}; one process"),
        ("megabytes", f"{memory:,.0f}", ""),
    ):
        click.echo(f"{name:<20}{value:>10}   {note}".rstrip())
    sys.exit(1 if recall < RECALL or false >= FALSE or seconds >= SECONDS else 0)


def passages(slug: str, text: str) -> Iterator[tuple[Passage, list[str]]]:
    """The sentences of a text that are compared, with their words; not the byline, as no editor would compare it."""
    for sentence in sentences(text):
        if sentence.paragraph <= BYLINE:
            continue
        words = reuse.words(text[sentence.start : sentence.end])
        if len(words) >= reuse.MIN_WORDS:
            yield Passage(slug, sentence.start, sentence.end, sentence.name), words


def pairs(entries: Iterable[Reuse]) -> set[frozenset[Place]]:
    """The pairs of places that entries call verbatim or near-verbatim."""
    return {
        frozenset(((a.article, a.start), (b.article, b.start)))
        for entry in entries
        if entry.kind != "contained"
        for a, b in combinations(entry.passages, 2)
        if a.article != b.article
    }


def origins(planted: Iterable[Mapping[str, Any]], stock: Iterable[Mapping[str, Any]]) -> dict[Place, Place]:
    """For each place whose words come from elsewhere, one place or stock phrase that all with these words share."""
    above: dict[Place, Place] = {}

    def root(place: Place) -> Place:
        while place in above:
            place = above[place]
        return place

    joined = [((line["article"], line["start"]), (line["other"], line["otherStart"])) for line in planted]
    joined += [((line["article"], line["start"]), ("stock", line["stock"])) for line in stock]
    for left, right in joined:
        if root(left) != root(right):
            above[root(left)] = root(right)
    return {place: root(place) for place in above}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
