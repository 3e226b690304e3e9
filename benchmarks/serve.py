"""How the service compares with its peers on the same dump: one run, engines in turn, answers compared first.

    python -m benchmarks.serve [--size M] [--peers oxigraph,virtuoso] [--only P1,P9] [--cache DIR] [--json FILE]

Prints a table with the bars; ends with 1 where one is missed. What the measures are: ``benchmarks.measures``.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox

from benchmarks.engines import PEERS, ROOT, Server, build, ours
from benchmarks.figures import AGAINST, OURS, add, header, row
from benchmarks.filling import choose
from benchmarks.generate import SIZES, cached
from benchmarks.loading import generator
from benchmarks.machine import machine
from benchmarks.measures import CLIENTS, MEASURES, Bench
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
@click.option("--clients", default=str(CLIENTS), help=f"How many at once in P3 and P4, with commas ({CLIENTS}).")
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False), help="Keeps corpora, stores and peers.")
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False), help="Adds the figures to a file.")
def main(
    size: str, peers: str, only: str, seconds: float, clients: str, cache: Path | None, report: Path | None
) -> None:
    """Measure the service beside its peers.

    Example: python -m benchmarks.serve --size S --only P1 --cache /tmp/bench
    """
    chosen_peers, measures = _names(peers, PEERS, "--peers"), _names(only, MEASURES, "--only") or list(MEASURES)
    with ExitStack() as stack:
        folder = (cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))).resolve()
        try:
            met = run(size, chosen_peers, measures, seconds, folder, report, _numbers(clients))
        except TestimoniaError as error:
            click.echo(str(error), err=True)
            sys.exit(2)
    sys.exit(0 if met else 1)


def run(
    size: str,
    peers: list[str],
    measures: list[str],
    seconds: float,
    cache: Path,
    report: Path | None,
    clients: Sequence[int] = (CLIENTS,),
) -> bool:
    """Whether every bar is met and every measure made; figures are printed and added to ``report`` as they come.

    SetupError where ours cannot be started.
    """
    data = cached(cache, size, *SIZES[size])
    click.echo(f"building {size}")
    other = build(ROOT / "kb", cache) if "P5" in measures else None
    built = build(data, cache)
    dump = built / "dump.nq"
    met = True
    left_out: dict[str, str] = {}
    with ExitStack() as stack:
        servers: dict[str, Server] = {OURS: stack.enter_context(ours(data, cache))}
        for name in peers:
            click.echo(f"loading {name}")
            try:
                servers[name] = stack.enter_context(PEERS[name](dump, cache))
            except TestimoniaError as error:
                left_out[name] = str(error)
                click.echo(f"{name} is left out: {error}")
        about = {**machine(), **_about(size, built, servers, seconds)}
        add(report, about)
        for name, fault in left_out.items():
            add(report, {"kind": "left out", "name": name, "why": fault})
        click.echo("   ".join(f"{name} {value}" for name, value in about.items() if name != "kind"))
        click.echo(header(list(servers)))
        bench = Bench(servers, choose(_quads(dump)), built, other or built, lambda: ours(data, cache), seconds, clients)
        for name, figures in ((name, figures) for name, figures in MEASURES.items() if name in measures):
            begun = time.monotonic()
            try:
                for figure in figures(bench):
                    click.echo(row(figure, list(servers)))
                    add(report, figure)
                    met &= figure.verdict != "missed"
            except TestimoniaError as error:
                met = False
                spent = time.monotonic() - begun
                add(report, {"kind": "part", "name": f"serve {name}", "seconds": spent, "fault": str(error)})
                click.echo(f"{name} failed: {error}")
    return met


def _about(size: str, built: Path, servers: Mapping[str, Server], seconds: float) -> dict[str, Any]:
    """What is measured, and with what."""
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    return {
        "size": size,
        "quads": manifest["counts"]["quads"],
        "build": manifest["build_id"][:12],
        "seconds": seconds,
        "generator": generator(),
        **{f"engine {name}": server.version for name, server in servers.items()},
    }


def _names(text: str, known: Mapping[str, object], option: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"“{name}” is none of {', '.join(known)}.", param_hint=option)
    return names


def _numbers(text: str) -> list[int]:
    if not all(one.strip().isdecimal() and int(one) for one in text.split(",")):
        raise click.BadParameter(f"“{text}” is no list of numbers from 1 on.", param_hint="--clients")
    return [int(one) for one in text.split(",")]


def _quads(dump: Path) -> Iterator[ox.Quad]:
    return ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS)


if __name__ == "__main__":
    main()
