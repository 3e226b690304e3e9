"""How fast a corpus is built from its files, and how soon an edit of one article is served (P6).

    python -m benchmarks.building [--size M] [--cache DIR] [--json FILE]

By the command ``testimonia build`` in a process of its own, with Python's start. Builds that the cache folder holds,
and what is remembered of them, are removed first. Prints a table with the bars; ends with 1 where one is missed.
"""

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

import click
import pyoxigraph as ox

from benchmarks.asking import Connection
from benchmarks.engines import ROOT, Server, build, over
from benchmarks.figures import OURS, Figure, Point, add, header, row
from benchmarks.generate import SIZES, cached
from kb.errors import SetupError, TestimoniaError
from kb.sources import read_data
from kb.store import manifest

SPEED, SERVED, SHARE = 30_000.0, 2.0, 0.1
"""The bars: quads a second, seconds from an edit until it is served with two articles, share of a full build at M."""

SHIPPED: Final = ROOT / "kb"
DATA: Final = ("articles", "computed", "registry", "sources")
"""The folders of a data folder that a copy needs."""

EDITS: Final = 3
"""Edits that are measured; one where a build takes longer than ``_LONG`` seconds."""

_LONG, _PATIENCE = 20.0, 30.0
PARAPHRASE = re.compile(r'(t:paraphrase ")')


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--size", type=click.Choice(list(SIZES)), default="M", help="Which corpus (M, 0.5 million quads).")
@click.option(
    "--cache", type=click.Path(path_type=Path, file_okay=False), help="Keeps corpora; its builds are removed."
)
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False), help="Adds the figures to a file.")
def main(size: str, cache: Path | None, report: Path | None) -> None:
    """Measure building.

    Example: python -m benchmarks.building --size S
    """
    missed = False
    click.echo(header([OURS]))
    with tempfile.TemporaryDirectory() as folder:
        try:
            for one in measured(size, (cache or Path(folder)).resolve(), Path(folder)):
                add(report, one)
                if isinstance(one, Figure):
                    click.echo(row(one, [OURS]))
                    missed |= one.verdict == "missed"
        except TestimoniaError as error:
            click.echo(str(error), err=True)
            sys.exit(2)
    sys.exit(1 if missed else 0)


def measured(size: str, cache: Path, aside: Path) -> Iterator[Figure | Point]:
    """P6: a full build and an edit of one article, of a corpus and of the two articles that ship."""
    for folder in ("builds", "own", "shipped"):
        shutil.rmtree(cache / folder, ignore_errors=True)
    data = cached(cache, size, *SIZES[size])
    full, built = _timed(data, cache, check=False)
    quads = manifest(built).counts["quads"]
    yield Point("build", "s", SIZES[size][0], full)
    for what, count in (("as written by hand", written(data)), ("as built", quads)):
        yield Figure(
            "P6",
            f"build of {size}, quads {what}",
            "quads/s",
            {OURS: count / full},
            bar=SPEED,
            at_least=True,
            note=f"{count:,} quads in {full:.1f} s",
        )
    spent = edited(copy(data, aside / "corpus"), cache, check=False)
    yield Figure(
        "P6", f"{size}, one article edited, till served", "s", {OURS: median(spent)}, barred=False, runs={OURS: spent}
    )
    yield Figure(
        "P6",
        f"{size}, one article edited, share of a full build",
        "",
        {OURS: median(spent) / full},
        bar=SHARE,
        runs={OURS: [one / full for one in spent]},
    )
    shipped = copy(SHIPPED, aside / "shipped")
    for what, check, barred in (("", False, True), (" and checked", True, False)):
        build(shipped, cache / "shipped", check=check)
        spent = edited(shipped, cache / "shipped", check=check)
        yield Figure(
            "P6",
            f"two articles, one edited{what}, till served",
            "s",
            {OURS: median(spent)},
            bar=SERVED,
            barred=barred,
            runs={OURS: spent},
        )


def written(data: Path) -> int:
    """How many quads stand in the files of a data folder."""
    return sum(
        sum(1 for _ in ox.parse(file.text, format=ox.RdfFormat.TRIG if file.trig else ox.RdfFormat.TURTLE))
        for file in read_data(data)
    )


def copy(data: Path, folder: Path) -> Path:
    """A copy of a data folder, whose articles may be edited."""
    for name in DATA:
        if (data / name).is_dir():
            shutil.copytree(data / name, folder / name)
    return folder


def edited(data: Path, cache: Path, *, check: bool) -> list[float]:
    """Seconds from each edit of an article until a running server answers from a build that has it.

    The data folder has been built before; its articles are edited in turn.
    """
    spent: list[float] = []
    articles = sorted((data / "articles").glob("*.trig"))
    with over(build(data, cache, check=check), cache) as server:
        while len(spent) < EDITS and not (spent and spent[0] > _LONG):
            reword(articles[len(spent) * len(articles) // EDITS])
            begun = time.perf_counter()
            made = build(data, cache, check=check)
            _until_served(server, made.name)
            spent.append(time.perf_counter() - begun)
    return spent


def reword(article: Path) -> None:
    """Adds a word to a paraphrase of an article, as an editor might."""
    text = article.read_text(encoding="utf-8")
    changed = PARAPHRASE.sub(r"\1Then ", text, count=1)
    if changed == text:
        raise SetupError(f"{article} has no paraphrase to reword")
    article.write_text(changed, encoding="utf-8")


def _until_served(server: Server, name: str) -> None:
    until = time.monotonic() + _PATIENCE
    with Connection(server.endpoint) as connection:
        while connection.ask("ASK {}").build != name:
            if time.monotonic() > until:
                raise SetupError(f"the build {name[:12]} is not served {_PATIENCE:g} seconds after it was made")
            time.sleep(0.01)


def _timed(data: Path, cache: Path, *, check: bool) -> tuple[float, Path]:
    begun = time.perf_counter()
    made = build(data, cache, check=check)
    return time.perf_counter() - begun, made


if __name__ == "__main__":
    main()
