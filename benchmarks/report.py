"""All benchmarks in one run, and the report of it: ``make bench``.

    python -m benchmarks.report [--size M] [--out DIR] [--only P1,P6] [--peers oxigraph,virtuoso] [--against FILE]
    python -m benchmarks.report --from DIR/runs/FILE

Each part is a command of its own and runs in a process of its own; one that fails is told of in the report, and the
rest goes on. A run is kept as JSON lines in DIR/runs and compared with the one before of the same size; DIR/report.html
and DIR/report.md tell of the newest. Ends with 1 where a bar is missed or a part failed.
"""

import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from benchmarks.documents import as_html, as_markdown
from benchmarks.engines import PEERS
from benchmarks.figures import add
from benchmarks.generate import SIZES
from benchmarks.history import previous, read
from benchmarks.machine import ROOT, machine
from benchmarks.measures import MEASURES
from benchmarks.reporting import GROWTH, MEASURED, Reasons, document, figures_of, missed
from kb.errors import TestimoniaError

REASONS: Final = Path(__file__).with_name("reasons.toml")

MADE_ANEW: Final = ("builds", "growing", "own", "shipped", "stores")
"""Folders of the cache that a run begins without, since filling them is measured; corpora and peers are kept."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "building": ("P6",),
    "growing": (GROWTH,),
    "serve": tuple(MEASURES),
    "check": ("P7",),
    "closure": ("P8",),
}
"""The commands that a run consists of, with the measures of each."""

CACHED: Final = ("building", "growing", "serve")
SIZED: Final = (*CACHED, "check")
SCALED: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "S": {
        "growing": ("--points", "2"),
        "check": ("--no-plain",),
        "closure": ("--compared", "5000", "--articles", "30,100,300"),
    },
    "M": {"closure": ("--articles", "100,300,1000,3000")},
    "L": {},
}
"""What parts are told at a size: S is there to try things out, and M has to end within half an hour."""

CLIENTS: Final = "1,16,64"
_TRACE: Final = "Traceback (most recent call last):"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--size", type=click.Choice(list(SIZES)), default="M", help="S to try, M 0.5, L 5.6 million quads (M).")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build", "bench"),
    help="Folder of the report and the runs (build/bench).",
)
@click.option("--peers", default=",".join(PEERS), help=f"Which of {', '.join(PEERS)}, with commas; “” for none (all).")
@click.option("--only", default="", help=f"Which of {', '.join(MEASURED)}, {GROWTH}, with commas; all if not given.")
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=3.0, help="Length of a load, and most per question (3)."
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keeps corpora and peers; stores and builds in it are made anew (OUT/cache).",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The run to compare with (the newest of this size).",
)
@click.option(
    "--from",
    "kept",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Measure nothing; report on a run that was kept.",
)
def main(
    size: str,
    out: Path,
    peers: str,
    only: str,
    seconds: float,
    cache: Path | None,
    against: Path | None,
    kept: Path | None,
) -> None:
    """Measure everything beside the peers and write a report.

    Example: python -m benchmarks.report --size S --only P1,P9
    """
    wanted = {name.strip() for name in only.split(",") if name.strip()} or {*MEASURED, GROWTH}
    if unknown := sorted(wanted - {*MEASURED, GROWTH}):
        raise click.BadParameter(f"“{unknown[0]}” is none of {', '.join(MEASURED)}, {GROWTH}.", param_hint="--only")
    try:
        file = kept or measure(size, out, peers, wanted, seconds, (cache or out / "cache").resolve())
        run = read(file)
        earlier = against or previous(file.parent, str(run.about.get("size")), file)
        reasons = read_reasons(REASONS.read_text(encoding="utf-8"))
        blocks = document(run, read(earlier) if earlier else None, reasons)
    except TestimoniaError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    title = f"Testimonia: benchmarks at size {run.about.get('size')}"
    out.mkdir(parents=True, exist_ok=True)
    for name, written in (("report.html", as_html(title, blocks)), ("report.md", as_markdown(title, blocks))):
        (out / name).write_text(written, encoding="utf-8")
        click.echo(str(out / name))
    sys.exit(1 if missed(figures_of(run)) or any(part.fault for part in run.parts) else 0)


def measure(size: str, out: Path, peers: str, wanted: Collection[str], seconds: float, cache: Path) -> Path:
    """The file of a new run."""
    begun = time.monotonic()
    for folder in MADE_ANEW:
        shutil.rmtree(cache / folder, ignore_errors=True)
    runs = out / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    file = (runs / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{size}.jsonl").resolve()
    add(file, {**machine(), "size": size, "seconds": seconds})
    for name, measures in PARTS.items():
        chosen = [measure for measure in measures if measure in wanted]
        if not chosen:
            continue
        options = ["--json", str(file)]
        options += ["--size", size] if name in SIZED else []
        options += ["--cache", str(cache)] if name in CACHED else []
        options += SCALED[size].get(name, ())
        if name == "serve":
            options += ["--only", ",".join(chosen), "--peers", peers, "--clients", CLIENTS, "--seconds", f"{seconds:g}"]
        at = time.monotonic()
        fault = run_part(name, options, begun)
        add(file, {"kind": "part", "name": name, "seconds": round(time.monotonic() - at, 1), "fault": fault})
    return file


def run_part(name: str, options: Sequence[str], begun: float) -> str:
    """Runs a part and prints what it prints, with the time since the run began; why it failed, else empty."""
    said: list[str] = []
    command = [sys.executable, "-u", "-m", f"benchmarks.{name}", *options]
    _say(begun, f"{name} begins")
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            _say(begun, said[-1])
    # an error that nobody caught ends with 1, as a missed bar does
    failed = process.returncode not in (0, 1) or _TRACE in said
    _say(begun, f"{name} {'failed' if failed else 'is done'}")
    return (said[-1] if said else f"ended with {process.returncode}")[:500] if failed else ""


def read_reasons(text: str) -> Reasons:
    """The reasons that people gave, from TOML: a table for each measure, in it a text for each figure."""
    return {measure: {what: str(why) for what, why in given.items()} for measure, given in tomllib.loads(text).items()}


def _say(begun: float, line: str) -> None:
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    click.echo(f"{minutes:>3}:{seconds:02}  {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
