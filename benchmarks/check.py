"""How long checking takes: against plain pySHACL on a small corpus, and on a large one from nothing and after an edit.

    python -m benchmarks.check [--size M] [--no-plain] [--json FILE]

All rules of ``shapes/`` on invented corpora. On the small corpus (20,000 quads, with planted defects) pySHACL is run as
its manual says, on an rdflib Dataset in one process, and must find the same; ours is run in the same way as
``testimonia check --fresh``, lint included. Prints a table with the bars; ends with 1 where one is missed.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final, TypeVar

import click
import pyoxigraph as ox
import pyshacl
import rdflib

from benchmarks.corpus import Plan, write
from benchmarks.figures import OURS, Figure, Point, add, header, row
from benchmarks.generate import SIZES
from kb import build as builds
from kb import parts
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Finding, Source
from kb.namespaces import DEFAULT_GRAPH
from kb.work import Processes

T = TypeVar("T")
RATIO, EDIT, MEMORY = 50.0, 3.0, 2048.0
"""The bars: times as fast as plain pySHACL, seconds after an edit of the large corpus, megabytes there."""

PLAIN: Final = "pySHACL"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--size", type=click.Choice(["S", "M", "L"]), default="M", help="The large corpus (M, 0.5 million quads)."
)
@click.option("--plain/--no-plain", default=True, help="Whether plain pySHACL is run too; it takes minutes.")
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Processes (one a core).")
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False), help="Adds the figures to a file.")
def main(size: str, plain: bool, jobs: int, report: Path | None) -> None:
    """Measure checking.

    Example: python -m benchmarks.check --no-plain
    """
    missed = False
    engines = [OURS, PLAIN]
    click.echo(header(engines))
    with tempfile.TemporaryDirectory() as folder:
        for one in measured(Path(folder), size, plain=plain, jobs=jobs):
            add(report, one)
            if isinstance(one, Figure):
                click.echo(row(one, engines))
                missed |= one.verdict == "missed"
    sys.exit(1 if missed else 0)


def measured(folder: Path, size: str, *, plain: bool, jobs: int) -> Iterator[Figure | Point]:
    """P7: what checking takes on a small corpus beside plain pySHACL, and on a large one, from nothing and again."""
    small = corpus(folder / "small", "S", defects=0.01)
    shapes = builds.shapes(small)
    files = builds.sources(small)
    spent, ours = timed(lambda: parts.check(files, shapes, hands=Processes(jobs)), runs=3)
    values, same, note = {OURS: median(spent)}, True, f"{len(ours)} findings, {jobs} processes"
    if plain:
        dataset = derive(parse(files))
        (values[PLAIN],), theirs = timed(lambda: by_pyshacl(dataset, shapes), runs=1)
        same = theirs == {(f.rule, f.focus) for f in ours if f.component} and bool(theirs)
        note += ", the same by both" if same else ", OTHERS BY PYSHACL"
    yield Figure(
        "P7",
        "S with planted defects",
        "s",
        values,
        bar=values[PLAIN] / RATIO if plain else None,
        right=same,
        note=note,
        against=PLAIN,
        runs={OURS: spent},
    )
    large, memory = corpus(folder / "large", size), folder / "memory"
    count = len(list((large / "articles").glob("*.trig")))

    def check() -> list[Finding]:
        return parts.check(builds.sources(large), shapes, hands=Processes(jobs), memory=memory)

    (whole,), found = timed(check, runs=1)
    yield Point("check", "s", count, whole)
    yield Figure("P7", f"{size} from nothing", "s", {OURS: whole}, note=f"{len(found)} findings", barred=False)
    again, _ = timed(check, runs=3)
    yield Figure("P7", f"{size}, nothing changed", "s", {OURS: median(again)}, barred=False, runs={OURS: again})
    articles = sorted((large / "articles").glob("*.trig"))
    after = []
    for article in articles[:: max(1, len(articles) // 5)][:5]:
        edit(article)
        after += timed(check, runs=1)[0]
    yield Figure("P7", f"{size}, one article edited", "s", {OURS: median(after)}, bar=EDIT, runs={OURS: after})
    used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    yield Figure(
        "P7",
        f"{size}, memory if every process were the largest",
        "MB",
        {OURS: used * (1 if plain else jobs + 1)},
        bar=MEMORY,
        note="pySHACL is the largest" if plain else "",
    )


def corpus(folder: Path, size: str, *, defects: float = 0.0) -> Path:
    """An invented corpus of a size, in a new folder."""
    count, claims = SIZES[size]
    write(Plan(count, 1, claims, 0.1, defects, False), folder)
    return folder


def timed(work: Callable[[], T], *, runs: int) -> tuple[list[float], T]:
    """The seconds of each run of some work, and what it gives."""
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - begun)
    return spent, result


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


if __name__ == "__main__":
    main()
