"""How fast conclusions are drawn, beside owlrl on the same statements, and how the time grows with the articles.

    python -m benchmarks.closure [--compared 77000] [--articles 100,300,1000,3000,10000] [--seed 1] [--json FILE]

Both are given what a build would give them: statements as triples in memory, in the perspectives of an invented
corpus, one for each article. As many as ``--compared`` says are given to both, and the conclusions are compared; a
growing number of thin articles is given to the rules alone. Of these three things are measured as articles grow: the
steps, that is statements and conclusions; the time; and, as the least that any way of going about it in memory takes,
the time to put the same statements into sets and do nothing else. Prints a table; ends with 1 where a bar is missed or
a conclusion differs.
"""

import math
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from benchmarks.corpus import CLAIMS, Plan, write
from benchmarks.figures import OURS, Figure, Point, add, header, row
from benchmarks.growth import grows
from kb import build, closure, perspectives, reference
from kb.dataset import RDF_TYPE
from kb.forward import Alone, Fact, Meeting, Rules, Triple, alone, meeting, together
from kb.namespaces import iri

RATIO, EXPONENT = 300.0, 1.05
"""The bars: how many times as long owlrl takes at least; the power of the articles with which steps and time grow."""

THIN = 3
"""Claims of each of the articles by whose number growth is measured."""

REFERENCE: Final = "owlrl"

REPEATED = 5
"""Runs on the same statements, of which the fastest counts."""


@dataclass(frozen=True)
class Given:
    """What is closed: the axioms, their rules, what the default graph states, and what claims say, by perspective."""

    axioms: Sequence[Triple]
    rules: Rules
    kept: frozenset[str]
    own: Sequence[Triple]
    said: Mapping[str, Sequence[Triple]]
    selected: Mapping[str, Sequence[str]]

    @property
    def size(self) -> int:
        """How many triples there are."""
        return len(self.own) + sum(map(len, self.said.values()))

    def part(self, triples: int) -> "Given":
        """The first perspectives with about so many triples in all, and with as much of the default graph."""
        return self.first(max(1, round(min(1.0, triples / self.size) * len(self.selected))))

    def first(self, count: int) -> "Given":
        """The first so many perspectives, with as much of the default graph as their claims reach."""
        names = list(self.selected)[:count]
        claims = {claim for name in names for claim in self.selected[name]}
        said = {claim: found for claim, found in self.said.items() if claim in claims}
        about: dict[str, list[Triple]] = {}
        for triple in self.own:
            about.setdefault(triple[0], []).append(triple)
        todo = {*claims, *(term for found in said.values() for s, _, o in found for term in (s, o))}
        reached: set[str] = set()
        while todo:
            term = todo.pop()
            reached.add(term)
            todo |= {o for _, _, o in about.get(term, ()) if o in about} - reached
        own = [triple for triple in self.own if triple[0] in reached]  # in the order in which a build has them
        return Given(self.axioms, self.rules, self.kept, own, said, {name: self.selected[name] for name in names})


@dataclass(frozen=True)
class Growth:
    """What so many articles come to: statements, conclusions, processor seconds for them, and those for sets alone."""

    articles: int
    statements: int
    conclusions: int
    seconds: float
    in_sets: float

    @property
    def steps(self) -> int:
        """Statements and conclusions: what has to be looked at and made at least."""
        return self.statements + self.conclusions

    @property
    def line(self) -> str:
        """A line of the table."""
        each, sets = (1e6 * seconds / self.steps for seconds in (self.seconds, self.in_sets))
        return (
            f"{self.articles:>7,} articles {self.statements:>10,} statements {self.conclusions:>10,} conclusions"
            f" {self.seconds:>8.3f} s, {each:.2f} µs each; sets alone {sets:.2f} µs"
        )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--compared", type=click.IntRange(min=100), default=77_000, help="Triples given to both (77,000).")
@click.option("--articles", default="100,300,1000,3000,10000", help="Sizes for the growth (100,300,1000,3000,10000).")
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Which corpus of that size (1).")
@click.option("--json", "report", type=click.Path(path_type=Path, dir_okay=False), help="Adds the figures to a file.")
def main(compared: int, articles: str, seed: int, report: Path | None) -> None:
    """Measure the closure on invented corpora.

    Example: python -m benchmarks.closure --compared 5000 --articles 20,40
    """
    sizes = [int(size) for size in articles.split(",")]
    grown: list[Growth] = []
    thin = corpus(max(sizes), THIN, seed)
    for size in sizes:
        grown.append(growth(size, thin.first(size)))
        click.echo(grown[-1].line)
        add(report, Point("closure of thin articles", "s", size, grown[-1].seconds))
        add(report, Point("putting the same into sets", "s", size, grown[-1].in_sets))
    del thin
    given = corpus(math.ceil(compared / 600), CLAIMS, seed).part(compared)
    ours, concluded = best(given)
    begun = time.process_time()
    expected = by_owlrl(given)
    theirs = time.process_time() - begun
    same = concluded == expected
    figures = [
        Figure(
            "P8",
            "conclusions as of owlrl",
            "s",
            {OURS: ours, REFERENCE: theirs},
            bar=theirs / RATIO,
            right=same,
            note=f"{given.size:,} triples, {sum(map(len, concluded.values())):,} conclusions, "
            + ("the same by both" if same else "THEY DIFFER"),
            against=REFERENCE,
        ),
        *(
            grows("P8", what, [(one.articles, value(one)) for one in grown], EXPONENT, barred=barred)
            for what, value, barred in _GROWING
        ),
    ]
    click.echo(header([OURS, REFERENCE]))
    for figure in figures:
        click.echo(row(figure, [OURS, REFERENCE]))
        add(report, figure)
    sys.exit(1 if any(figure.verdict == "missed" for figure in figures) else 0)


_GROWING: Final[Sequence[tuple[str, Callable[[Growth], float], bool]]] = (
    ("growth of steps", lambda one: one.steps, True),
    ("growth of time", lambda one: one.seconds, True),
    ("growth of the time for sets alone", lambda one: one.in_sets, False),
)


def corpus(articles: int, claims: int, seed: int) -> Given:
    """What is given to the rules of an invented corpus."""
    with tempfile.TemporaryDirectory() as folder:
        write(Plan(articles, seed, claims, 0.1, 0.0, False), Path(folder) / "corpus")
        dataset = build.load(Path(folder) / "corpus")
    rules, selected = closure.rules_of(dataset), perspectives.members(dataset)
    own, said = closure.asserted(dataset, rules), closure.said(dataset, rules, selected)
    return Given(closure.axioms_of(dataset), rules, closure.kept_of(dataset), own, said, selected)


def best(given: Given) -> tuple[float, dict[str, set[Triple]]]:
    """Processor seconds of the fastest run, and what is concluded inside each perspective, "" the default graph."""
    seconds = math.inf
    drawn: _Drawn | None = None
    for _ in range(REPEATED):
        drawn = None  # to let go of what the run before made is no part of this one
        with closure.uncollected():
            begun = time.process_time()
            drawn = _draw(given)
            seconds = min(seconds, time.process_time() - begun)
    assert drawn is not None
    by_claim: dict[str, set[Triple]] = {}
    for name, facts in drawn.inside.items():
        for s, o, claim in facts:
            by_claim.setdefault(claim, set()).add((s, name, o))
    found = {"": {(s, name, o) for name, facts in drawn.outside.items() for s, o, _ in facts}}
    for name, claims in given.selected.items():
        said = {triple for claim in claims for triple in given.said.get(claim, ())}
        own = {triple for claim in claims for triple in by_claim.get(claim, ())}
        found[name] = (own | {triple for triple in drawn.together[name] if triple[1] in given.kept}) - said
    return seconds, found


@dataclass(frozen=True)
class _Drawn:
    """Conclusions from the default graph and inside claims, by property; those from several, by perspective; and all
    that they were made from."""

    outside: Mapping[str, Sequence[Fact]]
    inside: Mapping[str, Sequence[Fact]]
    together: Mapping[str, Collection[Triple]]
    beside: tuple[Alone, Alone, Meeting]


def _draw(given: Given) -> _Drawn:
    background = alone(given.rules, {"": given.own})
    each = alone(given.rules, given.said, background)
    met = meeting(given.rules, each, background)
    more = {name: together(given.rules, met, claims)[0] for name, claims in given.selected.items()}
    outside, inside = ({name: found.concluded(name) for name in given.kept} for found in (background, each))
    return _Drawn(outside, inside, more, (background, each, met))


def growth(articles: int, given: Given) -> Growth:
    """What is concluded from the statements of some articles, inside each relation, and how long it takes."""
    seconds, found = best(given)
    in_sets = math.inf
    with closure.uncollected():
        for _ in range(REPEATED):
            begun = time.process_time()
            by_relation: dict[str, set[tuple[str, str, str]]] = {}
            for claim, triples in (("", given.own), *given.said.items()):
                for s, p, o in triples:
                    by_relation.setdefault(p, set()).add((s, o, claim))
            in_sets = min(in_sets, time.process_time() - begun)
            del by_relation
    return Growth(articles, given.size, sum(map(len, found.values())), seconds, in_sets)


def by_owlrl(given: Given) -> dict[str, set[Triple]]:
    """The same by owlrl: the default graph by itself, then each perspective with its kinds and its wider types."""
    beside = [triple for triple in given.own if triple[1] in (RDF_TYPE.value, iri("skos:broader"))]
    found = {"": reference.conclusions(given.own, given.axioms)[0]}
    for name, claims in given.selected.items():
        said = [triple for claim in claims for triple in given.said.get(claim, ())]
        about = {term for triple in said for term in (triple[0], triple[2])}
        kinds = [triple for triple in beside if triple[0] in about or triple[1] != RDF_TYPE.value]
        found[name] = reference.conclusions([*kinds, *said], given.axioms)[0]
    return {name: {triple for triple in triples if triple[1] in given.kept} for name, triples in found.items()}


if __name__ == "__main__":
    main()
