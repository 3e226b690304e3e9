"""Whether the words for times agree with their readings: weekdays, and lengths that a claim gives beside its dates.

Told is only what cannot be, however the words are taken; what merely need not be is nothing to mend. A ``t:note`` on
the claim or the time, which says that the text errs, silences both.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import pyoxigraph as ox

from kb.dataset import Dataset, text_of
from kb.model import Finding, Severity, Truth
from kb.namespaces import PREFIXES, iri
from kb.quantities import DAYS_IN, Amounts, amounts, lasts, length, on_weekday
from kb.times import Bounds, bounds

RULES: Final = ("duration-agrees", "weekday-agrees")
"""The names of the findings."""

_NUMBERS: Final = {"value": "schema:value", "minimum": "schema:minValue", "maximum": "schema:maxValue"}
_READ: Final = frozenset(
    map(
        iri,
        (
            *("sem:hasTime", "t:quantity", "t:edtf", "t:verbatim", "t:note", "t:statementTime"),
            *("schema:unitText", "t:approximation", *_NUMBERS.values()),
        ),
    )
)
_Said = Mapping[str, Mapping[str, Sequence[str]]]
"""The values of each property of each subject in one graph."""


def disagreements(dataset: Dataset) -> Iterator[Finding]:
    """A warning for each time without the weekday in its words, and for each claim whose length its dates exclude."""
    graphs: dict[str, dict[str, dict[str, list[str]]]] = {}
    for quad in dataset.quads:
        if quad.predicate.value in _READ:
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            values = graphs.setdefault(name, {}).setdefault(text_of(quad.subject), {})
            values.setdefault(quad.predicate.value, []).append(text_of(quad.object))
    voice = graphs.get("", {})
    excused = {subject for said in graphs.values() for subject, values in said.items() if iri("t:note") in values}
    excused |= {time for claim in excused for time in voice.get(claim, {}).get(iri("t:statementTime"), ())}
    for name, said in graphs.items():
        if name not in excused:
            yield from _weekdays(dataset, said, excused)
            yield from _durations(dataset, name, said)


def _weekdays(dataset: Dataset, said: _Said, excused: set[str]) -> Iterator[Finding]:
    for subject, values in said.items():
        words = " ".join(values.get(iri("t:verbatim"), ()))
        for edtf in values.get(iri("t:edtf"), ()):
            time = _bounds(edtf)
            if subject not in excused and time is not None and on_weekday(time, words) is Truth.IMPOSSIBLE:
                yield Finding(
                    Severity.WARNING,
                    "weekday-agrees",
                    subject,
                    f"The text says “{words}”, but {edtf} has no such day of the week. "
                    "Correct t:edtf, or say in a t:note that the text errs.",
                    dataset.place(subject, iri("t:edtf")),
                    path=iri("t:edtf"),
                )


def _durations(dataset: Dataset, claim: str, said: _Said) -> Iterator[Finding]:
    for values in said.values():
        times = {
            edtf: time
            for node in values.get(iri("sem:hasTime"), ())
            for edtf in said.get(node, {}).get(iri("t:edtf"), ())
            if "/" in edtf and (time := _bounds(edtf)) is not None
        }
        for node in values.get(iri("t:quantity"), ()):
            stated = said.get(node, {})
            unit, measured = _unit(stated), _amounts(stated)
            for edtf, time in times.items():
                if unit and measured and lasts(time, measured, unit) is Truth.IMPOSSIBLE:
                    yield Finding(
                        Severity.WARNING,
                        "duration-agrees",
                        claim,
                        f"The text says “{' '.join(stated.get(iri('t:verbatim'), ()))}”, but {edtf} is "
                        f"{_days(length(time))}. Correct t:edtf or the quantity, or say in a t:note why they differ.",
                        dataset.place(claim),
                        value=node,
                    )


def _bounds(edtf: str) -> Bounds | None:
    try:
        return bounds(edtf)
    except ValueError:
        return None  # kb.evidence.times says so, with its place


def _unit(stated: Mapping[str, Sequence[str]]) -> str | None:
    """The unit of time that a quantity has, where it is at least a day."""
    units = {unit.strip().lower().removesuffix("s") for unit in stated.get(iri("schema:unitText"), ())}
    return next((unit for unit in DAYS_IN if units == {unit}), None)


def _amounts(stated: Mapping[str, Sequence[str]]) -> Amounts | None:
    """The amounts of a quantity; None where it is not stated as the rules on quantities ask."""
    slugs = stated.get(iri("t:approximation"), ())
    numbers = {key: stated[iri(name)] for key, name in _NUMBERS.items() if iri(name) in stated}
    if len(slugs) != 1 or any(len(values) != 1 for values in numbers.values()):
        return None
    try:
        given = {key: Decimal(number) for key, (number,) in numbers.items()}
        return amounts(slugs[0].removeprefix(PREFIXES["approximation"]), **given)
    except (InvalidOperation, ValueError):
        return None


def _days(days: Amounts) -> str:
    """A number of days in words."""
    if days.is_one:
        return f"{days.low} days"
    return f"{days.low} to {days.high} days" if days.high.is_finite() else f"{days.low} days or more"
