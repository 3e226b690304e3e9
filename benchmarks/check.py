"""How long checking takes: against plain pySHACL on a small corpus, and on a large one from nothing and after an edit.

    python -m benchmarks.check [--size M] [--no-plain]

All rules of ``shapes/`` on invented corpora. On the small corpus (20,000 quads, with planted defects) pySHACL is run as
its manual says, on an rdflib Dataset in one process, and must find the same; ours is run in the same way as
``testimonia check --fresh``, lint included. Prints a table with the bars; ends with 1 where one is missed.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

import click
import pyoxigraph as ox
import pyshacl
import rdflib

from benchmarks.corpus import Plan, write
from benchmarks.generate import SIZES
from kb import build as builds
from kb import parts
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Source
from kb.namespaces import DEFAULT_GRAPH
from kb.work import Processes

T = TypeVar("T")
RATIO, EDIT, MEMORY = 50.0, 3.0, 2048.0
"""The bars: times as fast as plain pySHACL, seconds after an edit of the large corpus, megabytes there."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--size", type=click.Choice(["S", "M", "L"]), default="M", help="The large corpus (M, 0.5 million quads)."
)
@click.option("--plain/--no-plain", default=True, help="Whether plain pySHACL is run too; it takes minutes.")
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Processes (one a core).")
def main(size: str, plain: bool, jobs: int) -> None:
    """Measure checking.

    Example: python -m benchmarks.check --no-plain
    """
    missed, hands = False, Processes(jobs)
    with tempfile.TemporaryDirectory() as folder:
        small = corpus(Path(folder) / "small", "S", defects=0.01)
        shapes = builds.shapes(small)
        files = builds.sources(small)
        seconds, ours = timed(lambda: parts.check(files, shapes, hands=hands), runs=3)
        row("20,000 quads, defects", f"{seconds:.2f} s", f"{len(ours)} findings, {jobs} processes")
        if plain:
            dataset = derive(parse(files))
            theirs_seconds, theirs = timed(lambda: by_pyshacl(dataset, shapes), runs=1)
            same = theirs == {(f.rule, f.focus) for f in ours if f.component} and bool(theirs)
            ratio = theirs_seconds / seconds
            row("plain pySHACL", f"{theirs_seconds:.1f} s", "same findings" if same else "OTHER findings")
            row("times as fast", f"{ratio:.0f}", f"bar: at least {RATIO:.0f}")
            missed |= not same or ratio < RATIO
        large = corpus(Path(folder) / "large", size)
        memory = Path(folder) / "memory"
        files = builds.sources(large)
        seconds, found = timed(lambda: parts.check(files, shapes, hands=hands, memory=memory), runs=1)
        row(f"{size}, from nothing", f"{seconds:.1f} s", f"{len(files)} files, {len(found)} findings")
        seconds, _ = timed(lambda: parts.check(builds.sources(large), shapes, hands=hands, memory=memory), runs=3)
        row(f"{size}, nothing changed", f"{seconds:.2f} s", "")
        articles = sorted((large / "articles").glob("*.trig"))
        spent = []
        for article in articles[:: max(1, len(articles) // 5)]:
            edit(article)
            spent.append(
                timed(lambda: parts.check(builds.sources(large), shapes, hands=hands, memory=memory), runs=1)[0]
            )
        row(f"{size}, one article edited", f"{median(spent):.2f} s", f"bar: at most {EDIT:.0f}; median of {len(spent)}")
        used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        row("megabytes, largest process", f"{used:,.0f}", f"bar: under {MEMORY:,.0f} for all")
        missed |= median(spent) > EDIT or used * (1 if plain else jobs + 1) > MEMORY
    sys.exit(1 if missed else 0)


def corpus(folder: Path, size: str, *, defects: float = 0.0) -> Path:
    """An invented corpus of a size, in a new folder."""
    count, claims = SIZES[size]
    write(Plan(count, 1, claims, 0.1, defects, False), folder)
    return folder


def timed(work: Callable[[], T], *, runs: int) -> tuple[float, T]:
    """The median of the seconds that some work takes, and what it gives."""
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - begun)
    return median(spent), result


def by_pyshacl(dataset: Dataset, shapes: Sequence[Source]) -> set[tuple[str, str]]:
    """Rule and focus of what pySHACL finds by itself, with rdflib for graphs and queries."""
    rules, data = rdflib.Graph(), rdflib.Dataset(default_union=True)
    for source in shapes:
        rules.parse(data=source.text, format="turtle")
    for name, quads in [(DEFAULT_GRAPH, dataset.default), *dataset.graphs.items()]:
        triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
        data.graph(rdflib.URIRef(name)).parse(data=triples, format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=rules)
    assert isinstance(report, rdflib.Graph)
    found = set()
    for result in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult):
        focus, value = report.value(result, rdflib.SH.focusNode), report.value(result, rdflib.SH.value)
        rule = str(report.value(result, rdflib.SH.sourceShape)).rpartition("/")[2]
        found.add((rule, str(value if str(focus) == DEFAULT_GRAPH and value is not None else focus)))
    return found


def edit(article: Path) -> None:
    """Turns one statement of an article round, as somebody might by mistake."""
    text = article.read_text(encoding="utf-8")
    article.write_text(text.replace("polarity:positive", "polarity:negative", 1), encoding="utf-8")


def row(what: str, value: str, note: str) -> None:
    """Prints a line of the table."""
    click.echo(f"{what:<28}{value:>12}   {note}".rstrip())


if __name__ == "__main__":
    main()
