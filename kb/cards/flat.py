"""What claims tell of events as flat tables: who takes part in what, which numbers are given, what is told of months.

They are for programs, and for whoever counts: each row is short, and all values of a column are of one kind. Whatever
narrows the list of claims narrows them. Rows are read from the index; only names are looked up.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.cards.claims import spoken
from kb.cards.facts import Facts, Json, as_number
from kb.cards.filters import NUMBERED
from kb.cards.narrow import facets, narrowed
from kb.engine import Engine
from kb.index.entry import numbers
from kb.namespaces import BASE, slug

_MANY = 2000
"""Claims from which on a table is read from its begin rather than claim by claim."""

_ROWS = """
SELECT f.rowid, e.slug, v.voices, s.holder, s.mode, s.certainty, s.polarity, s.realis, v.article,
    f.event, f.type, f.role, f.participant {more}
FROM {table} f
JOIN stated s ON s.claim = f.claim
JOIN voiced v ON v.number = f.claim
JOIN entry e ON e.list = 'claims' AND e.number = f.claim
WHERE f.rowid > :after {where}
ORDER BY f.rowid LIMIT :most
"""
_OF_NUMBERS = ", f.quantity, f.number, f.least, f.most, f.unit, f.approximation, f.words"


@dataclass(frozen=True)
class Flat:
    """One page of a table: ``total`` rows in all; ``after`` gets the page that follows, None on the last."""

    total: int
    items: Sequence[Json]
    after: int | None


class Read(Protocol):
    """What reads a page of a table whose rows are of one claim each."""

    def __call__(
        self,
        engine: Engine,
        *,
        q: str = "",
        filters: Mapping[str, Sequence[str]] | None = None,
        after: int = 0,
        limit: int,
    ) -> Flat:
        """The rows behind ``after``, ``limit`` at most, of the claims that fit; BadFilter where a value is none."""


def participations(
    engine: Engine, *, q: str = "", filters: Mapping[str, Sequence[str]] | None = None, after: int = 0, limit: int
) -> Flat:
    """Who is said to take part in what, and as what, claim by claim; BadFilter where a value names nothing."""
    where, values = _narrowed(engine, q, filters or {})
    return _page(engine, "played", where, values, after, limit)


def quantities(
    engine: Engine, *, q: str = "", filters: Mapping[str, Sequence[str]] | None = None, after: int = 0, limit: int
) -> Flat:
    """The numbers that claims give, the largest first; BadFilter where a value names nothing."""
    given = dict(filters or {})
    unit = next(iter(given.pop(NUMBERED, ())), None)
    where, values = _narrowed(engine, q, given)
    if unit is not None:
        where, values = f"{where} AND f.unit = :unit", {**values, "unit": unit}
    return _page(engine, "measured", where, values, after, limit)


def months(engine: Engine, *, q: str = "", filters: Mapping[str, Sequence[str]] | None = None) -> Flat:
    """How many claims, of how many holders, tell of an event of a type that can begin in a month at the earliest.

    BadFilter where a value names nothing.
    """
    where, values = _narrowed(engine, q, filters or {})
    sql = f"""
    SELECT f.month, f.type, count(DISTINCT f.claim), count(DISTINCT s.holder)
    FROM begun f JOIN stated s ON s.claim = f.claim
    WHERE 1 {where} GROUP BY f.month, f.type ORDER BY f.month, f.type
    """
    found = engine.index.rows(sql, values)
    facts = Facts(engine)
    facts.load({BASE + kind for _, kind, _, _ in found})
    items = [
        {"month": month, "type": slug(kind), "label": _name(facts, kind), "claims": claims, "holders": holders}
        for month, kind, claims, holders in found
    ]
    return Flat(len(items), items, None)


def claim_facets(engine: Engine, q: str, filters: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, int]]:
    """How many claims each value of a counted filter gives under the other filters."""
    given = {key: values for key, values in filters.items() if key != NUMBERED}
    return facets(engine, "claims", narrowed(engine, "claims", q, given))


def _narrowed(engine: Engine, q: str, filters: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, object]]:
    """The condition under which a row is of a claim that fits, and its values."""
    left = narrowed(engine, "claims", q, filters)
    chosen = left.left()
    if chosen == left.everything:
        return "", {}
    unary = "+" if chosen.bit_count() > _MANY else ""  # keeps SQLite from looking up each of many claims
    return f"AND {unary}f.claim IN (SELECT value FROM json_each(:claims))", {
        "claims": json.dumps(list(numbers(chosen)))
    }


def _page(engine: Engine, table: str, where: str, values: Mapping[str, object], after: int, limit: int) -> Flat:
    ((total,),) = engine.index.rows(f"SELECT count(*) FROM {table} f WHERE 1 {where}", values)
    sql = _ROWS.format(table=table, where=where, more=_OF_NUMBERS if table == "measured" else "")
    found = engine.index.rows(sql, {**values, "after": after, "most": limit + 1})
    shown = found[:limit]
    facts = Facts(engine)
    voices: dict[str, list[str]] = {written: json.loads(written) for written in {row[2] for row in shown}}
    named = {one for some in voices.values() for one in some} | {row[12] for row in shown}
    facts.load(BASE + one for one in named)
    names = {one: _name(facts, one) for one in named}
    speakers = {written: spoken([names[one] for one in some]) for written, some in voices.items()}
    items = []
    for _, claim, spoke, holder, mode, certainty, polarity, realis, article, event, kind, role, who, *more in shown:
        item: Json = {
            "claim": f"{BASE}claim/{claim}",
            "speaker": speakers[spoke],
            "holder": _iri(holder),
            "mode": mode or None,
            "certainty": certainty or None,
            "polarity": polarity or None,
            "realis": realis in ("true", "1") if realis else None,
            "article": _iri(article),
            "event": _iri(event),
            "type": slug(kind) or None,
            "role": slug(role) or None,
            "participant": _iri(who),
            "label": names[who] if who else None,
        }
        if more:
            quantity, number, least, most, unit, approximation, words = more
            item |= {
                "quantity": _iri(quantity),
                "number": as_number(number) if number else None,
                "least": as_number(least) if least else None,
                "most": as_number(most) if most else None,
                "unit": unit or None,
                "approximation": approximation or None,
                "words": words or None,
            }
        items.append(item)
    return Flat(total, items, shown[-1][0] if len(found) > limit else None)


def _iri(path: str | None) -> str | None:
    """The IRI at a path; None where there is none."""
    if not path:
        return None
    return path if "://" in path else BASE + path


def _name(facts: Facts, path: str) -> str:
    """The name of what is at a path; a byline is one itself."""
    iri = BASE + path
    return str(facts.link(iri)["label"]) if facts.has(iri) else path
