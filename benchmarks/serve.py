"""How the service compares with its peers on the same dump: one run, engines in turn, answers compared first.

    python -m benchmarks.serve [--size M] [--peers oxigraph,virtuoso] [--only P1,P9] [--cache DIR] [--json FILE]

Prints a table with the bars; ends with 1 where one is missed. What the measures are: ``benchmarks.measures``.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import psutil
import pyoxigraph as ox

from benchmarks.corpus import Plan, write
from benchmarks.engines import PEERS, ROOT, Server, build, ours
from benchmarks.figures import AGAINST, OURS, Figure, as_json, header, row
from benchmarks.filling import choose
from benchmarks.generate import SIZES
from benchmarks.loading import generator
from benchmarks.measures import MEASURES, Bench
from kb.errors import TestimoniaError


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--size", type=click.Choice(list(SIZES)), default="M", help="S 20,000, M 0.5 million, L 5.6 million quads."
)
@click.option("--peers", default=AGAINST, help=f"Which of {', '.join(PEERS)}, with commas; “” for none.")
@click.option("--only", default="", help=f"Which of {', '.join(MEASURES)}, with commas; all if not given.")
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=10.0, help="Length of a load, and most per question."
)
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False), help="Keeps corpora, stores and peers.")
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False), help="Adds the figures to a file.")
def main(size: str, peers: str, only: str, seconds: float, cache: Path | None, report: Path | None) -> None:
    """Measure the service beside its peers.

    Example: python -m benchmarks.serve --size S --only P1 --cache /tmp/bench
    """
    chosen_peers, measures = _names(peers, PEERS, "--peers"), _names(only, MEASURES, "--only") or list(MEASURES)
    with ExitStack() as stack:
        folder = (cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))).resolve()
        try:
            figures = run(size, chosen_peers, measures, seconds, folder, report)
        except TestimoniaError as error:
            click.echo(str(error), err=True)
            sys.exit(2)
    sys.exit(1 if any(figure.verdict == "missed" for figure in figures) else 0)


def run(
    size: str, peers: list[str], measures: list[str], seconds: float, cache: Path, report: Path | None
) -> list[Figure]:
    """The figures of a run, printed and added to ``report`` as they come. SetupError where ours cannot be measured."""
    data = corpus(size, cache)
    built = build(data, cache)
    dump = built / "dump.nq"
    found: list[Figure] = []
    with ExitStack() as stack:
        servers: dict[str, Server] = {OURS: stack.enter_context(ours(data, cache))}
        for name in peers:
            try:
                servers[name] = stack.enter_context(PEERS[name](dump, cache))
            except TestimoniaError as error:
                click.echo(f"{name} is left out: {error}")
        about = machine(size, json.loads((built / "manifest.json").read_text(encoding="utf-8")), servers, seconds)
        _add(report, about)
        click.echo("   ".join(f"{name} {value}" for name, value in about.items() if name != "kind"))
        click.echo(header(list(servers)))
        bench = Bench(servers, choose(_quads(dump)), dump, lambda: _start(data, cache), seconds)
        for figures in (figures for name, figures in MEASURES.items() if name in measures):
            for figure in figures(bench):
                click.echo(row(figure, list(servers)))
                _add(report, as_json(figure))
                found.append(figure)
    return found


def corpus(size: str, cache: Path) -> Path:
    """The invented corpus of a size, written to the cache where it is not there yet."""
    folder = cache / "corpora" / size
    if not folder.is_dir():
        aside = folder.with_name(f".{size}")
        shutil.rmtree(aside, ignore_errors=True)
        count, claims = SIZES[size]
        write(Plan(count, 1, claims, 0.1, 0.0, False), aside, jobs=os.cpu_count() or 1)
        aside.rename(folder)
    return folder


def machine(size: str, manifest: Mapping[str, Any], servers: Mapping[str, Server], seconds: float) -> dict[str, Any]:
    """What a run was made on and with, so that runs can be compared."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "kind": "run",
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "size": size,
        "quads": manifest["counts"]["quads"],
        "build": manifest["build_id"][:12],
        "seconds": seconds,
        "revision": _revision(),
        "python": platform.python_version(),
        "processor": models[0].partition(":")[2].strip() if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": platform.platform(terse=True),
        "load": " ".join(f"{one:.1f}" for one in os.getloadavg()),
        "generator": generator(),
        **{f"engine {name}": server.version for name, server in servers.items()},
    }


def _revision() -> str:
    """The commit that is measured, marked where files differ from it; empty outside of a checkout."""
    if shutil.which("git") is None:
        return ""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def _names(text: str, known: Mapping[str, object], option: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"“{name}” is none of {', '.join(known)}.", param_hint=option)
    return names


def _start(data: Path, cache: Path) -> float:
    with ours(data, cache) as server:
        return server.started


def _quads(dump: Path) -> Iterator[ox.Quad]:
    return ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS)


def _add(report: Path | None, line: Mapping[str, Any]) -> None:
    if report is not None:
        with report.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
