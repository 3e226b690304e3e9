"""How the time and memory of each step grow with the articles.

    python -m benchmarks.growing [--size M] [--points 5] [--cache DIR] [--json FILE]

Corpora from half of S to the size asked for, each some times as large as the one before, of articles alike: how long a
build takes, checking, comparing and drawing conclusions, how long the fourteen questions in the middle, and the memory
of the server. The build and the check of the largest are measured by ``benchmarks.building`` and ``benchmarks.check``
and left out here. Prints a table.
"""

import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Final

import click
import pyoxigraph as ox

from benchmarks.asking import Connection, milliseconds
from benchmarks.engines import build, over
from benchmarks.figures import Point, add, in_figures
from benchmarks.filling import choose, fourteen, numbered
from benchmarks.generate import SIZES, cached
from kb import build as builds
from kb.errors import TestimoniaError
from kb.work import CORES

LEAST: Final = SIZES["S"][0] // 2
"""Articles of the smallest corpus."""

ASKED: Final = 3
"""How often each question is asked, in new words."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--size", type=click.Choice(list(SIZES)), default="M", help="The largest corpus (M, 0.5 million quads).")
@click.option("--points", type=click.IntRange(min=2), default=5, help="How many sizes (5).")
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False), help="Keeps corpora and builds.")
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False), help="Adds the points to a file.")
def main(size: str, points: int, cache: Path | None, report: Path | None) -> None:
    """Measure how time and memory grow.

    Example: python -m benchmarks.growing --size S --points 2
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = (cache or Path(folder)).resolve()
        try:
            for articles in sizes(SIZES[size][0], points):
                name = size if articles == SIZES[size][0] else f"{articles}-articles"
                for point in measured(kept, name, articles, whole=articles < SIZES[size][0]):
                    add(report, point)
                    click.echo(
                        f"{point.articles:>6,} articles  {point.of:<28}{in_figures(point.value):>10} {point.unit}"
                    )
        except TestimoniaError as error:
            click.echo(str(error), err=True)
            sys.exit(2)


def sizes(most: int, points: int) -> list[int]:
    """Numbers of articles, each the same factor above the one before, from ``LEAST`` to ``most``."""
    return [round(LEAST * (most / LEAST) ** (at / (points - 1))) for at in range(points)]


def measured(cache: Path, name: str, articles: int, *, whole: bool) -> Iterator[Point]:
    """What one corpus comes to; building and checking it only where that is done ``whole``."""
    data = cached(cache, name, articles, *(SIZES[name][1:] if name in SIZES else ()))
    if whole:  # nothing may be known of articles that another corpus has too
        cache = cache / "growing"
        shutil.rmtree(cache, ignore_errors=True)
    begun = time.perf_counter()
    built = build(data, cache, check=False)
    if whole:
        yield Point("build", "s", articles, time.perf_counter() - begun)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        steps = pool.submit(computed, data, check=whole).result()
    for of, seconds in steps.items():
        yield Point(of, "s", articles, seconds)
    dump = built / "dump.nq"
    asked = fourteen(choose(ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS)))
    with over(built, cache) as server, Connection(server.endpoint) as line:
        spent = [
            median(milliseconds(line.ask(numbered(text, f"growing-{at}"))) for at in range(ASKED))
            for text in asked.values()
        ]
        yield Point("middle of the fourteen questions", "ms", articles, median(spent))
        yield Point("memory of the server", "MB", articles, server.memory()[0])


def computed(data: Path, *, check: bool) -> dict[str, float]:
    """Seconds of each step between the files of a data folder and its build, each by itself."""
    from kb import closure, parts
    from kb.compare.statements import with_comparisons

    found: dict[str, float] = {}
    begun = time.perf_counter()
    dataset = builds.load(data)
    found["reading"] = time.perf_counter() - begun
    begun = time.perf_counter()
    compared = with_comparisons(dataset)
    found["comparing"] = time.perf_counter() - begun
    begun = time.perf_counter()
    closure.close(compared)
    found["drawing conclusions"] = time.perf_counter() - begun
    del dataset, compared
    if check:
        begun = time.perf_counter()
        parts.check(builds.sources(data), builds.shapes(data), hands=CORES)
        found["check"] = time.perf_counter() - begun
    return found


if __name__ == "__main__":
    main()
