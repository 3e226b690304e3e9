"""How many planted relations, dependences and drifts of claims are computed rightly, and how the time grows.

    python -m benchmarks.compare [--articles 96] [--most 2000] [--seed 1]

Writes an invented corpus to a temporary folder, computes its text reuse and its comparisons as a build does, and holds
them against what was planted: precision and recall of each relation, each value of independence and each kind of drift
with its rule. Then comparisons of three larger and larger corpora of shorter articles are timed. Prints a table; ends
with 1 where a bar is missed.
"""

import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import astuple
from itertools import combinations
from pathlib import Path

import click

from benchmarks.corpus import CLAIMS, Plan, write
from kb import build, reuse
from kb.compare import Compared, compare
from kb.compare.given import read
from kb.dataset import Dataset
from kb.namespaces import iri
from kb.sources import read_snapshots

RATE, EXPONENT = 0.98, 1.2
"""The bars: the least precision and recall of each value, and the greatest exponent with which time grows."""

ALONG_CHAINS = ("relay-doubts", "relay-hedges", "relay-vouches")
"""The rules of drift from a claim to who relays it."""

FEWER_CLAIMS = 12
"""Claims of an article of the corpora that are only timed, so that thousands of articles fit into memory."""

Pair = frozenset[str]
Change = tuple[str, str, str, str]
"""A drift: earlier and later, kind and rule."""
Label = tuple[str, str]
"""A relation or a value of independence, and the claim that says more where one is narrower, else empty."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--articles", type=click.IntRange(min=2), default=96, help="Articles whose pairs are judged (96).")
@click.option("--most", type=click.IntRange(min=8), default=2000, help="Articles of the largest timed corpus (2000).")
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Which corpus of that size (1).")
def main(articles: int, most: int, seed: int) -> None:
    """Measure comparisons between claims on invented corpora.

    Example: python -m benchmarks.compare --articles 32 --most 400
    """
    with tempfile.TemporaryDirectory() as folder:
        missed = [*judged(Plan(articles, seed, CLAIMS, 0.3, 0.0, False), Path(folder, "judged"))]
        times = [timed(Plan(size, seed, FEWER_CLAIMS), Path(folder, str(size))) for size in sizes(most)]
    for size, pairs, seconds in times:
        click.echo(f"{size:>6,} articles{pairs:>12,} pairs{seconds:>9.2f} s")
    (first, _, begun), (last, _, ended) = times[0], times[-1]
    exponent = math.log(ended / begun) / math.log(last / first)
    click.echo(f"time grows with the number of articles to the power of {exponent:.2f}   bar: at most {EXPONENT}")
    sys.exit(1 if missed or exponent > EXPONENT else 0)


def sizes(most: int) -> tuple[int, int, int]:
    """Three sizes, each the same factor above the one before, from a twentieth on."""
    return most // 20, round(most / math.sqrt(20)), most


def judged(plan: Plan, folder: Path) -> Iterator[str]:
    """Prints how well the planted values of a corpus are found; the values that miss a bar."""
    write(plan, folder)
    dataset = build.load(folder)
    found = compare(read(reuse.renewed(dataset, read_snapshots(folder / "sources"))))
    planted = _truth(folder, "agreement")
    for name, wanted, got in (
        ("relation", {pair(line): planted_relation(line) for line in planted}, dict(relations(found))),
        ("independence", {pair(line): (slug(line["independence"]), "") for line in planted}, dict(ties(found))),
    ):
        yield from _told(name, rates(wanted, got))
        click.echo(
            f"  {len(wanted.keys() - got.keys()):,} planted pairs are not judged, as the build says of their frames"
        )
    whole = {frame.name for frame in found.frames if not frame.uncompared}
    changes = {change(line) for line in _truth(folder, "drift")}, {*map(astuple, found.drifts)}
    both = [[one for one in some if _is_judged(dataset, one, whole)] for some in changes]
    yield from _told("drift", drift_rates(*both))
    click.echo(f"  {len(changes[0]) - len(both[0]):,} planted changes are not judged, for the same reason")
    own = sum(len(frame.comparisons) for frame in found.frames)
    click.echo(
        f"{own:,} comparisons; accounts stand for {sum(frame.uncompared for frame in found.frames):,} pairs more"
    )


def _truth(folder: Path, name: str) -> list[dict[str, str]]:
    lines = (folder / "truth" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _told(name: str, found: Iterable[tuple[str, int, float, float]]) -> Iterator[str]:
    """Prints the rates of some values; those that miss a bar."""
    click.echo(f"{name:<34}{'planted':>9}{'precision':>11}{'recall':>9}   bar: at least {RATE:.0%}")
    for value, planted, precision, recall in found:
        click.echo(f"  {value:<32}{planted:>9,}{precision:>11.2%}{recall:>9.2%}")
        if min(precision, recall) < RATE:
            yield value


def _is_judged(dataset: Dataset, one: Change, whole: Collection[str]) -> bool:
    """Whether it is a change along a chain, or of a frame of which each claim was compared with each."""
    return one[3] in ALONG_CHAINS or dataset.value(one[0], "t:about") in whole


def drift_rates(wanted: Collection[Change], got: Collection[Change]) -> Iterator[tuple[str, int, float, float]]:
    """For each kind of change by each rule: how many were planted, precision, and recall."""
    right = Counter(one[2:] for one in {*wanted} & {*got})
    planted, computed = (Counter(one[2:] for one in some) for some in (wanted, got))
    for value in sorted(planted.keys() | computed.keys()):
        name = " by ".join(value)
        yield name, planted[value], right[value] / max(computed[value], 1), right[value] / max(planted[value], 1)


def change(line: Mapping[str, str]) -> Change:
    """A line of the truth of drift, as it is computed."""
    later = line["later"] if ":" in line["later"] else f"article:{line['later']}"
    return iri(line["earlier"]), iri(later), slug(line["change"]), line["rule"]


def rates(wanted: Mapping[Pair, Label], got: Mapping[Pair, Label]) -> Iterator[tuple[str, int, float, float]]:
    """For each value: how many pairs were planted, precision, and recall, of the pairs that were judged by both."""
    both = wanted.keys() & got.keys()
    right = Counter(wanted[pair][0] for pair in both if wanted[pair] == got[pair])
    planted = Counter(wanted[pair][0] for pair in both)
    computed = Counter(got[pair][0] for pair in both)
    for value in sorted(planted.keys() | computed.keys()):
        yield value, planted[value], right[value] / max(computed[value], 1), right[value] / max(planted[value], 1)


def relations(found: Compared) -> Iterator[tuple[Pair, Label]]:
    """The relation of each pair of claims, also of those for which an account stands."""
    for frame in found.frames:
        accounts = {account.name: [told.claim for told in account.claims] for account in frame.accounts}
        for account in accounts.values():
            yield from ((frozenset(two), ("same-content", "")) for two in combinations(account, 2))
        for one in frame.comparisons:
            relation = one.relation
            left, right = relation.left.claim, relation.right.claim
            for first in accounts.get(left, [left]):
                for other in accounts.get(right, [right]):
                    more = first if relation.relation == "narrower" else ""
                    yield frozenset((first, other)), (relation.relation, more)


def ties(found: Compared) -> Iterator[tuple[Pair, Label]]:
    """The independence of each pair of claims that has a comparison of its own."""
    return ((one.pair, (one.tie.independence, "")) for frame in found.frames for one in frame.comparisons)


def planted_relation(line: Mapping[str, str]) -> Label:
    """What a line of truth says, as it is computed."""
    relation = slug(line["relation"])
    return relation, iri(line["left"]) if relation == "narrower" else ""


def pair(line: Mapping[str, str]) -> Pair:
    """The claims of a line of truth."""
    return frozenset((iri(line["left"]), iri(line["right"])))


def slug(value: str) -> str:
    """A value of truth as the ontology names it: sharedText is shared-text."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in value)


def timed(plan: Plan, folder: Path) -> tuple[int, int, float]:
    """Articles, pairs, and processor seconds for comparing the claims of a corpus; the quicker of two runs."""
    write(plan, folder)
    dataset = build.load(folder)
    runs = []
    for _ in range(2):  # the first one also builds the indexes of the dataset
        begun = time.process_time()
        found = compare(read(dataset))
        runs.append(time.process_time() - begun)
    return plan.articles, sum(len(frame.comparisons) for frame in found.frames), min(runs)


if __name__ == "__main__":
    main()
