"""The command that writes a corpus: ``python -m benchmarks.generate OUT --articles 2000 --seed 1``."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final

import click

from benchmarks.corpus import CLAIMS, Plan, Totals, write

SIZES: Final = {"S": (6, 77), "M": (135, CLAIMS), "L": (1520, CLAIMS)}
"""Articles, and claims of each, of corpora of 20,000, 0.5 million and 5.6 million quads: what the files of the corpus
say and what ``kb.derive`` adds to it, without the ontology."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--articles", type=click.IntRange(min=1), help="How many articles.")
@click.option("--size", type=click.Choice(list(SIZES)), help="S 20,000, M 0.5 million, L 5.6 million quads.")
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Which corpus of that size (1).")
@click.option("--claims-per-article", type=click.IntRange(min=3), help=f"How many on average ({CLAIMS}).")
@click.option("--reuse-share", type=click.FloatRange(0, 1), default=0.1, help="Share of articles that copy (0.1).")
@click.option("--defects", type=click.FloatRange(0, 1), default=0.0, help="Share of claims with a planted defect (0).")
@click.option("--texts-only", is_flag=True, help="Only the texts and what is copied in them.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Processes; the bytes are the same (1).")
def main(
    out: Path,
    articles: int | None,
    size: str | None,
    seed: int,
    claims_per_article: int | None,
    reuse_share: float,
    defects: float,
    texts_only: bool,
    jobs: int,
) -> None:
    """Write an invented corpus to the folder OUT, which must be empty or new.

    Example: python -m benchmarks.generate corpus --size M
    """
    if (articles is None) == (size is None):
        raise click.UsageError("Give either --articles or --size.")
    if texts_only and defects:
        raise click.UsageError("Texts alone have no claims to spoil; leave out --defects or --texts-only.")
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty; name a new folder.")
    count, claims = SIZES[size] if size is not None else (articles or 0, CLAIMS)
    plan = Plan(count, seed, claims_per_article or claims, reuse_share, defects, texts_only)
    begun = time.perf_counter()
    say = _progress if sys.stderr.isatty() else lambda totals: None
    totals = write(plan, out, jobs=jobs, say=say)
    click.echo(summary(totals, time.perf_counter() - begun))


def cached(cache: Path, name: str, articles: int, claims: int = CLAIMS) -> Path:
    """An invented corpus that a cache folder holds under a name, written where it is not there yet."""
    folder = cache / "corpora" / name
    if not folder.is_dir():
        aside = folder.with_name(f".{name}")
        shutil.rmtree(aside, ignore_errors=True)
        write(Plan(articles, 1, claims, 0.1, 0.0, False), aside, jobs=os.cpu_count() or 1)
        aside.rename(folder)
    return folder


def summary(totals: Totals, seconds: float) -> str:
    """What was written, in one line."""
    quads = f"{totals.quads:,} quads, {totals.quads + totals.derived:,} after derive; " if totals.quads else ""
    speed = f" ({totals.quads / seconds:,.0f} quads/s)" if totals.quads else ""
    return (
        f"{totals.articles:,} articles, {totals.claims:,} claims, {totals.words:,} words; {quads}{seconds:.1f} s{speed}"
    )


def _progress(totals: Totals) -> None:
    click.echo(f"\r{totals.articles:,} articles, {totals.quads:,} quads", nl=False, err=True)


if __name__ == "__main__":
    main()
