"""What a report says of a run: every bar, what differs from an earlier run, and each measure beside the peers.

Nothing is measured or read here: a run, an earlier one and the reasons that people gave for missed bars become a
document.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from benchmarks.documents import Block, Heading, Plots, Table, Text
from benchmarks.engines import PEERS
from benchmarks.figures import OURS, Figure, Point, in_figures
from benchmarks.growth import fit, grows
from benchmarks.history import ERRORS, FLOOR, SINGLE, Change, Run, changes
from benchmarks.plots import dots, growth

LINEAR: Final = 1.1
"""The power up to which the growth of checking counts as linear."""

BUSY: Final = 0.5
"""The load of a machine, the average of a minute, from which a run is said to be disturbed."""

NONE_GIVEN: Final = "no reason given"
EVERY: Final = "*"
"""The key of a reason that holds for every figure of a measure."""

Reasons = Mapping[str, Mapping[str, str]]
"""Why a bar is missed: by measure and figure, or ``EVERY`` figure of the measure."""


@dataclass(frozen=True)
class About:
    """What a measure is: its title, its bar in words, what is done, and which details of engines are tables of their
    own, with captions."""

    title: str
    bar: str
    text: str
    details: Mapping[str, str]
    plotted: bool = False


MEASURED: Final[Mapping[str, About]] = {
    "P1": About(
        "Fourteen questions as SPARQL",
        "at most 1.15 times Oxigraph and 1 ms",
        "Each question in words not asked before (a comment with a number at its end), over one kept connection, the "
        "engines in turn; the middle value in milliseconds. A slow engine is asked by itself and stopped at its limit.",
        {
            "p95": "95th percentile, ms",
            "warm": "asked again in the same words, middle, ms",
            "warmP95": "asked again, 95th percentile, ms",
            "rows": "rows or triples of the answer",
        },
        True,
    ),
    "P2": About(
        "The same fourteen at our own doors",
        "no slower than the fastest peer",
        "Asked of us as saved questions and over REST, each time with another Accept header, which no cache has seen; "
        "of the peers as in P1. “Kept” is an answer that was given before.",
        {"p95": "95th percentile, ms", "kept": "kept answers, middle, ms", "bytes": "bytes of the answer"},
        True,
    ),
    "P3": About(
        "A mix of 200 cheap questions, asked before",
        "at 16 clients at least 5 times Oxigraph",
        "Answers a second from so many clients at once, the middle one of three runs. Refusals do not count.",
        {"p50": "middle, ms", "p99": "99th percentile, ms", "serverCores": "cores that the server took"},
        True,
    ),
    "P4": About(
        "The same mix, never asked before",
        "at 16 clients at least half of Oxigraph",
        "As above, each question in a text of its own, so that no answer is kept anywhere.",
        {"p50": "middle, ms", "p99": "99th percentile, ms", "serverCores": "cores that the server took"},
        True,
    ),
    "P5": About(
        "Start and reload",
        "at most 1 s to the first answer; around a reload none above 0.2 s, none refused",
        "From the command to the first answer, the store being built, the middle one of three starts. Then one client "
        "keeps asking in new words while the server is given another build, and the first one again.",
        {"slowest": "slowest start, ms", "p99": "99th percentile around reloads, ms"},
    ),
    "P6": About(
        "Build, and an edit",
        "at least 30,000 quads a second; with two articles an edit is served after 2 s at most; of a large corpus at "
        "most a tenth of a full build",
        "By the command, with Python’s start, checking left out where nothing else is said. An edit is one reworded "
        "paraphrase; the time ends when a running server answers from the build that has it.",
        {},
    ),
    "P7": About(
        "Check",
        "at most a fiftieth of plain pySHACL, linear, 3 s after an edit",
        "All rules. Plain pySHACL runs as its manual says, in one process, and has to find the same.",
        {},
    ),
    "P8": About(
        "Closure",
        "at most a 300th of owlrl, growing with the power 1.05 at most",
        "Processor seconds from triples in memory to conclusions, which are compared with those of owlrl.",
        {},
    ),
    "P9": About(
        "Memory",
        "at most 3 times Oxigraph",
        "All processes of an engine once each of the fourteen questions was asked, pages that they share counted once.",
        {"resident": "resident, shared pages counted each time, MB"},
    ),
    "P10": About(
        "Under attack",
        "the 99th percentile of ASK {} at most 200 ms",
        "While 64 clients send products, sorts, paths and regular expressions without end. Ours alone: it ends a peer.",
        {"median": "middle, ms", "refused": "refused"},
    ),
    "P11": About(
        "Several default graphs",
        "right, and at most 20 ms for 45 graphs",
        "Compared with the rows of one merged graph. Ours alone: peers do not merge.",
        {"p95": "95th percentile, ms", "rows": "rows"},
    ),
    "search": About(
        "Search",
        "",
        "One word of a name. Ours looks into its index and ranks; the peers filter all labels by a regular expression.",
        {"p95": "95th percentile, ms"},
    ),
    "disk": About("Disk", "", "What it takes to serve the corpus, as the file system counts it.", {}),
    "load": About(
        "Load",
        "",
        "The dump of our build into a new store of each peer, with what the engine offers for bulk.",
        {"seconds": "seconds"},
    ),
}
"""The measures, in the order in which a report has them."""

GROWTH: Final = "growth"

MARKS: Final = {engine: number for number, engine in enumerate((OURS, *PEERS))}
"""The shape and colour of each engine, the same in every report."""


def figures_of(run: Run) -> list[Figure]:
    """The figures of a run with those that follow from its sizes."""
    checks = [(point.articles, point.value) for point in run.points if point.of == "check"]
    return [*run.figures, *([grows("P7", "growth of checking", checks, LINEAR)] if checks else [])]


def document(run: Run, before: Run | None, reasons: Reasons) -> list[Block]:
    """The whole report; ``before`` is the run that it is compared with."""
    figures = figures_of(run)
    return [
        *_summary(run, figures, reasons),
        *_machine(run),
        *_changes(run, before),
        *_measures(figures),
        *_growth(run.points),
        *_method(),
    ]


def missed(figures: Sequence[Figure]) -> bool:
    """Whether a bar is missed."""
    return any(figure.verdict == "missed" for figure in figures)


def reason(figure: Figure, reasons: Reasons) -> str:
    """Why a figure misses its bar, as people have said; empty where it does not."""
    if figure.verdict != "missed":
        return ""
    given = reasons.get(figure.measure, {})
    return given.get(figure.what) or given.get(EVERY) or NONE_GIVEN


def stale(figures: Sequence[Figure], reasons: Reasons) -> list[str]:
    """Reasons for what is not missed, as names of figures; none for what was not measured."""
    found = []
    for measure, given in reasons.items():
        own = [figure for figure in figures if figure.measure == measure]
        for what in given:
            about = own if what == EVERY else [figure for figure in own if figure.what == what]
            if about and not any(figure.verdict == "missed" for figure in about):
                found.append(f"{measure} {what}")
    return found


def _summary(run: Run, figures: Sequence[Figure], reasons: Reasons) -> Iterator[Block]:
    barred = [figure for figure in figures if figure.barred]
    met, lost = (sum(figure.verdict == verdict for figure in barred) for verdict in ("met", "missed"))
    yield Text(
        f"{run.about.get('at', '')}, revision {run.about.get('revision') or 'unknown'}, "
        f"size {run.about.get('size', '')}: {met} of {len(barred)} bars are met, {lost} are missed"
        + (f", {len(barred) - met - lost} cannot be judged." if len(barred) > met + lost else ".")
    )
    load = str(run.about.get("load", "")).partition(" ")[0]
    if load and float(load) > BUSY:
        yield Text(f"The machine had other work when the run began (load {load}): times are longer than they need be.")
    failed = [part for part in run.parts if part.fault]
    if failed:
        yield Table(
            "Parts that came to no end", ["part", "state", "why"], [[p.name, "failed", p.fault] for p in failed]
        )
    if run.left_out:
        yield Table("Peers left out", ["peer", "why"], [[name, why] for name, why in sorted(run.left_out.items())])
    yield Heading("Bars")
    yield Table("What is asked of each measure", ["measure", "", "met#", "bar"], list(_by_measure(barred)))
    yield Heading("Every bar", 3)
    yield Table(
        "Figures that have a bar",
        ["figure", "", "ours#", "bar#", "peer#", "ratio#", "why it is missed"],
        [
            [
                figure.name,
                figure.verdict,
                _value(figure, OURS),
                _bar(figure),
                f"{figure.against} {_value(figure, figure.against)}" if figure.against in figure.values else "–",
                "–" if figure.ratio is None else in_figures(figure.ratio),
                _why(figure, reasons),
            ]
            for figure in _in_order(barred)
        ],
    )
    old = stale(figures, reasons)
    if old:
        yield Text(f"Reasons that are stale, since the bar is met: {'; '.join(old)}.")


def _by_measure(barred: Sequence[Figure]) -> Iterator[list[str]]:
    for measure, about in MEASURED.items():
        own = [figure for figure in barred if figure.measure == measure]
        if not about.bar:
            continue
        met = sum(figure.verdict == "met" for figure in own)
        verdict = "not measured" if not own else "missed" if missed(own) else "no peer" if met < len(own) else "met"
        yield [f"{measure} {about.title}", verdict, f"{met} of {len(own)}", about.bar]


def _why(figure: Figure, reasons: Reasons) -> str:
    given = reason(figure, reasons)
    return f"{given} ({figure.note})" if given and figure.note and not figure.right else given


def _machine(run: Run) -> Iterator[Block]:
    rows = [[name, str(value)] for name, value in run.about.items() if name != "kind"]
    rows += [[f"seconds for {part.name}", in_figures(part.seconds)] for part in run.parts]
    yield Heading("Machine and versions")
    yield Table("What was measured, on what and with what", ["", "value"], rows)


def _changes(run: Run, before: Run | None) -> Iterator[Block]:
    yield Heading("Since the run before")
    if before is None:
        yield Text("There is no earlier run of this size to compare with.")
        return
    found = changes(run, before)
    marked = [change for change in found if change.better or change.worse]
    yield Text(
        f"Compared with {before.about.get('at')}, revision {before.about.get('revision') or 'unknown'}; load "
        f"{before.about.get('load')} then, {run.about.get('load')} now: {len(marked)} of {len(found)} figures "
        "changed by more than noise explains."
    )
    columns = ["figure", "before#", "now#", "change#", "noise#", ""]
    if marked:
        yield Table("Beyond noise", columns, [_change(change) for change in marked])
    rest = [change for change in found if change not in marked]
    if rest:
        yield Table("Within noise", columns[:-1], [_change(change)[:-1] for change in rest])


def _change(change: Change) -> list[str]:
    verdict = "worse" if change.worse else "better" if change.better else ""
    figure = change.figure
    return [
        figure.name,
        f"{in_figures(change.before)} {figure.unit}".rstrip(),
        _value(figure, OURS),
        f"{change.share:+.0%}",
        f"± {change.noise:.0%}",
        verdict,
    ]


def _measures(figures: Sequence[Figure]) -> Iterator[Block]:
    for measure, about in MEASURED.items():
        own = [figure for figure in figures if figure.measure == measure]
        if not own:
            continue
        engines = engines_of(own)
        yield Heading(f"{measure}: {about.title}" if about.bar else about.title)
        yield Text(about.text + (f" Bar: {about.bar}." if about.bar else ""))
        if measure == "P1":
            yield _equality(own, engines)
        if about.plotted:
            rows = {figure.what: figure.values for figure in own}
            marks = {engine: MARKS[engine] for engine in engines if engine in MARKS}
            drawing = dots(f"{about.title}: the values of the table below", rows, marks)
            if drawing:
                late = any(math.isinf(value) for figure in own for value in figure.values.values())
                rest = "; an engine without a mark gave no answer in time" if late else ""
                yield Plots([(f"{about.title}, {_unit(own[0].unit)}, logarithmic{rest}", drawing)])
        yield Table(
            about.title,
            ["", *(f"{engine}#" for engine in engines), "bar#", "", "note"],
            [
                [
                    figure.what,
                    *(_value(figure, engine) for engine in engines),
                    _bar(figure),
                    figure.verdict,
                    figure.note,
                ]
                for figure in own
            ],
        )
        for key, caption in about.details.items():
            yield from _detail(own, key, caption)
        if measure == "disk":
            parts = {name: size for figure in own for name, size in figure.details.get(OURS, {}).items()}
            yield Table("Of our build", ["file", "MB#"], [[name, in_figures(size)] for name, size in parts.items()])


def engines_of(figures: Sequence[Figure]) -> list[str]:
    """The engines that have values in some figures: ours first, then in the order in which they come up."""
    found = dict.fromkeys(engine for figure in figures for engine in figure.values)
    return [*([OURS] if OURS in found else []), *(engine for engine in found if engine != OURS)]


def _equality(figures: Sequence[Figure], engines: Sequence[str]) -> Table:
    rows = []
    for engine in engines:
        known = [figure.details[engine] for figure in figures if engine in figure.details]
        same, late = (sum(1 for one in known if one.get(key)) for key in ("same", "limit"))
        rows.append([engine, str(same), str(len(figures) - same - late), str(late)])
    return Table(
        "Answers, compared with ours before anything was timed",
        ["engine", "the same#", "others or none#", "over its limit#"],
        rows,
    )


def _detail(figures: Sequence[Figure], key: str, caption: str) -> Iterator[Block]:
    own = [figure for figure in figures if any(key in known for known in figure.details.values())]
    if not own:
        return
    engines = [engine for engine in engines_of(own) if any(key in figure.details.get(engine, {}) for figure in own)]
    yield Table(
        caption[0].upper() + caption[1:],
        ["", *(f"{engine}#" for engine in engines)],
        [
            [
                figure.what,
                *(
                    in_figures(figure.details[engine][key]) if key in figure.details.get(engine, {}) else "–"
                    for engine in engines
                ),
            ]
            for figure in own
        ],
    )


def _growth(points: Sequence[Point]) -> Iterator[Block]:
    series: dict[str, list[Point]] = {}
    for point in points:
        series.setdefault(point.of, []).append(point)
    if not series:
        return
    drawings, rows = [], []
    for of, found in series.items():
        found.sort(key=lambda point: point.articles)
        values = [(float(point.articles), point.value) for point in found]
        line = fit(values)
        drawing = growth(f"{of} as articles grow: the values of the table below", found[0].unit, values, line)
        power = "" if line is None else f", power {line.exponent:.2f}"
        if drawing:
            drawings.append((f"{of}, {_unit(found[0].unit)}{power}", drawing))
        rows.append([of, str(len(found)), *_fitted(values)])
    yield Heading("Growth")
    yield Text(
        "By which power of the number of articles each grows: the line through the logarithms with the least squares, "
        "with the interval that holds the true power in 95 of 100 such series. What every run takes however small, "
        "such as the start of Python and our ontology, makes small sizes look alike and powers small; the last "
        "column is the power between the two largest sizes alone."
    )
    yield Table("Powers", ["", "sizes#", "power#", "interval#", "between the two largest#"], rows)
    yield Plots(drawings)
    yield Table(
        "The values",
        ["", "articles#", "value#"],
        [
            [of, in_figures(point.articles), f"{in_figures(point.value)} {point.unit}"]
            for of, found in series.items()
            for point in found
        ],
    )


def _fitted(values: Sequence[tuple[float, float]]) -> list[str]:
    """Power, interval and power of the last step; dashes where there are too few sizes."""
    line = fit(values)
    if line is None:
        return ["–", "–", "–"]
    interval = f"{line.low:.2f} to {line.high:.2f}" if math.isfinite(line.low) else "–"
    last = [fit(pair) for pair in pairwise(values)][-1]
    return [f"{line.exponent:.2f}", interval, "–" if last is None else f"{last.exponent:.2f}"]


def _method() -> Iterator[Block]:
    yield Heading("How to read this")
    yield Text(
        "All engines run on one machine and are asked in turn, with their default settings, over the same dump, each "
        "on a connection that is kept. Figures vary from machine to machine; ratios within one run count. "
        "Answers are compared as multisets of rows or sets of triples before anything is timed."
    )
    yield Text(
        f"A change counts where it exceeds the largest of these: {FLOOR:.0%}; {ERRORS:g} standard errors of the "
        f"difference, where both runs have three repetitions or more (the error of a median, from the median distance "
        f"of the repetitions from it), else {SINGLE:.0%}; how much the peer of the same version, beside which it is "
        "measured, has changed; and how much such peers have changed in the middle of all figures. These are what the "
        "machine did."
    )


def _in_order(figures: Sequence[Figure]) -> list[Figure]:
    order = {measure: number for number, measure in enumerate(MEASURED)}
    return sorted(figures, key=lambda figure: order.get(figure.measure, len(order)))


def _value(figure: Figure, engine: str) -> str:
    value = figure.values.get(engine)
    if value is None:
        return "–"
    if math.isfinite(value):
        return f"{in_figures(value)} {figure.unit}".rstrip()
    limit = figure.details.get(engine, {}).get("limit")
    return f"> {limit:g} s" if limit else "no answer"


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return "–"
    return f"{'≥' if figure.at_least else '≤'} {in_figures(figure.bar)}"


def _unit(unit: str) -> str:
    return {"/s": "answers a second", "s": "seconds", "ms": "milliseconds"}.get(unit, unit)
