"""What filters leave of a list: each value is looked up once, sets of entries are joined and cut as whole numbers."""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from kb.cards.entities import KINDS
from kb.cards.facts import column
from kb.cards.filters import MAX_VALUES, PARAMETERS, Parameter, parameter
from kb.cards.indexed import members
from kb.cards.lookup import among
from kb.cards.names import nearest
from kb.cards.places import Way, ways_into
from kb.cards.retired import Retired, in_use
from kb.engine import Engine
from kb.index.entry import as_bits, unpack
from kb.namespaces import BASE, shorten, slug

KIND_CODES = {label.replace(" ", "-"): shorten(name) for name, label in KINDS.items()}
"""The kinds of registry entries as they are asked for, with their classes."""

_STORED = {"loaded": "loaded_word", "place": "at", "place_of": "holder", "without": "holder"}
"""Where the values of a filter stand in the index under another name."""

_FEW = 12
"""Concepts of a kind up to which all are told to whoever asked for one that does not exist."""

_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
EVER = ("0000", "9999-12-31")
"""Before the first and up to the last day: the days of which nothing is asked."""

_WITH_A_DAY = """
SELECT number, max(
    (:last = '9999-12-31' OR coalesce(latest_begin <= :last OR latest_end <= :last, 0))
    AND (:first = '0000' OR coalesce(earliest_end >= :first OR earliest_begin >= :first, 0))
)
FROM dated
WHERE list = :list AND coalesce(earliest_begin <= :last, 1) AND coalesce(latest_end >= :first, 1)
GROUP BY number
"""
"""What can have a day from the first to the last, and whether it must: as in the question what-is-said-of-a-day.

On a side where nothing is asked (``EVER``), a time without a known bound is as good as any.
"""


class BadFilter(ValueError):
    """A filter with a value that it does not take; ``choices`` are those it does (some of them, where many)."""

    def __init__(self, name: str, value: str, choices: Sequence[str], message: str = "") -> None:
        super().__init__(message or f"“{value}” is no value of “{name}”")
        self.name = name
        self.value = value
        self.choices = choices


@dataclass
class Narrowed:
    """The entries that each filter leaves, by its name, and what is to be said of some of them.

    ``times`` says of entries whether they must have a day that was asked for (else they can have one). ``ways`` are the
    claims through which entries are at a place, ``there`` the entries that need none.
    """

    everything: int
    sets: dict[str, int] = field(default_factory=dict)
    times: Mapping[int, bool] | None = None
    ways: Sequence[tuple[int, Sequence[Way]]] = ()
    there: int = 0

    def left(self, *, without: str = "") -> int:
        """The entries that fit all filters, or all but one."""
        found = self.everything
        for name, entries in self.sets.items():
            if name != without:
                found &= entries
        return found


def narrowed(engine: Engine, name: str, q: str, filters: Mapping[str, Sequence[str]]) -> Narrowed:
    """What is left of the list ``name``; BadFilter where a value is none that its filter takes."""
    given = {key: list(dict.fromkeys(values)) for key, values in filters.items() if values}
    for key, values in given.items():
        _check(parameter(name, key), values, given)
    found = Narrowed(members(engine, name, "", [""]))
    if q:
        found.sets["q"] = _with_words(engine, name, q)
    if "from" in given or "to" in given:
        found.times = _in_time(engine, name, given)
        certain_only = given.get("when") == ["certain"]
        found.sets["from"] = as_bits(number for number, surely in found.times.items() if surely or not certain_only)
    if "place" in given:
        _at(engine, name, given, found)
    if "names" in given and "role" in given:
        named, roles = (resolved(engine, name, key, given[key]) for key in ("names", "role"))
        pairs = [f"{thing} {role}" for thing in named for role in roles]
        found.sets["names"] = members(engine, name, "named_as", pairs)
    if "without" in given:
        found.sets["without"] = found.everything & ~withdrawn(
            engine, name, resolved(engine, name, "without", given["without"])
        )
    done = ("from", "to", "when", "place", "place_of", "without", *(("names", "role") if "names" in found.sets else ()))
    for key in given.keys() - set(done):
        values = resolved(engine, name, key, given[key])
        found.sets[key] = members(engine, name, key, values)
        if parameter(name, key).type == "word":
            found.sets[key] |= members(engine, name, _STORED[key], values)
    return found


def withdrawn(engine: Engine, name: str, voices: Sequence[str]) -> int:
    """The claims that reach us through any of some voices: holders anywhere in the chain, or the publisher."""
    return members(engine, name, "holder", voices) | members(engine, name, "relayed_by", voices)


def facets(engine: Engine, name: str, found: Narrowed) -> dict[str, dict[str, int]]:
    """How many entries each value of the counted filters gives under the other filters; values that give none are
    left out, and those that give most come first."""
    counted = {one.name: one for one in PARAMETERS[name] if one.facet}
    places = ", ".join("?" for _ in counted)
    sql = f"SELECT filter, value, entries FROM member WHERE list = ? AND filter IN ({places})"
    bases = {key: found.left(without=key) for key in counted}
    counts: dict[str, dict[str, int]] = {key: {} for key in counted}
    for key, value, entries in engine.index.rows(sql, (name, *counted)):
        typed = as_typed(counted[key], value)
        if typed is not None and (number := (bases[key] & unpack(entries)).bit_count()):
            counts[key][typed] = number
    return {key: dict(sorted(some.items(), key=lambda one: (-one[1], one[0]))) for key, some in counts.items()}


def suggestions(engine: Engine, name: str, key: str, *, most: int) -> list[tuple[str, int]]:
    """The values of a filter that most entries of the whole list have, as they are typed, with how many have them."""
    sql = "SELECT value, total FROM member WHERE list = ? AND filter = ? ORDER BY total DESC, value LIMIT ?"
    rows = engine.index.rows(sql, (name, _STORED.get(key, key), most))
    typed = [(as_typed(parameter(name, key), value), total) for value, total in rows]
    return [(value, total) for value, total in typed if value is not None]


def resolved(engine: Engine, name: str, key: str, values: Sequence[str]) -> list[str]:
    """The values of a filter as the index has them; BadFilter for one that names nothing, or several things."""
    one = parameter(name, key)
    if one.type in ("thing", "concept"):
        return [_named(engine, name, one, value) for value in values]
    if one.type == "word":
        return [_word(engine, name, one, value) for value in values]
    if one.name == "kind":
        return [KIND_CODES[value] for value in values]
    return list(values)


def as_typed(one: Parameter, value: str) -> str | None:
    """A value of the index as users give it: the slug where that is enough; None for one that is not asked for."""
    if one.name == "kind":
        return next((code for code in one.choices if KIND_CODES[code] == value), None)
    if one.type in ("thing", "concept") and len(one.of) == 1:
        return value.removeprefix(f"{one.of[0]}/")
    return value


def choices(engine: Engine, kind: str) -> list[str]:
    """The concepts of a kind such as ``mode``, sorted."""
    scheme = {"type": "event-type"}.get(kind, kind)
    return [slug(found) for found in column(engine, "concepts", "concept", scheme=f"{BASE}scheme/{scheme}")]


def _check(one: Parameter, values: Sequence[str], given: Mapping[str, Sequence[str]]) -> None:
    """BadFilter where a filter has too many values, lacks another that it needs, or a value is none of few."""
    if len(values) > (MAX_VALUES if one.many else 1):
        most = f"at most {MAX_VALUES} values" if one.many else "one value"
        raise BadFilter(one.name, values[-1], [], f"“{one.name}” takes {most}")
    if one.needs and not any(other in given for other in one.needs):
        raise BadFilter(one.name, values[0], [], f"“{one.name}” is given with “{'” or “'.join(one.needs)}” only")
    few = ("true", "false") if one.type == "flag" else one.choices
    for value in values:
        if few and value not in few:
            raise BadFilter(one.name, value, few)


def _named(engine: Engine, name: str, one: Parameter, value: str) -> str:
    """The path of what a slug, path, prefixed name or IRI names among the kinds of a filter."""
    if one.name == "role" and ":" in value and not value.startswith(("role:", "http")):
        return _property(engine, name, one, value)
    known = among(engine, value, one.of)
    if len(known) == 1:
        try:
            return in_use(engine, f"{BASE}{known[0]}").removeprefix(BASE)
        except Retired as gone:
            raise BadFilter(one.name, value, gone.instead, str(gone)) from None
    if known:
        raise BadFilter(one.name, value, known, f"“{value}” can mean several things as “{one.name}”")
    if one.type == "concept":
        there = choices(engine, one.of[0])
        raise BadFilter(one.name, value, there if len(there) <= _FEW else near_words(slug(value), there))
    kind = value.removeprefix(BASE).rpartition("/")[0]
    near = [
        found[1:] for other in ((kind,) if kind in one.of else one.of) for found in nearest(engine, other, slug(value))
    ]
    raise BadFilter(one.name, value, [as_typed(one, found) or found for found in near])


def _property(engine: Engine, name: str, one: Parameter, value: str) -> str:
    """A property as a role, by its prefixed name."""
    sql = "SELECT value FROM member WHERE list = ? AND filter = 'role' ORDER BY value"
    there = [found for (found,) in engine.index.rows(sql, (name,)) if ":" in found]
    if value not in there:
        raise BadFilter(one.name, value, there)
    return value


def _word(engine: Engine, name: str, one: Parameter, value: str) -> str:
    """A loaded word, or whether there is any; in the latter case as it is."""
    wanted = value.casefold()
    if wanted in ("true", "false"):
        return wanted
    sql = "SELECT value FROM member WHERE list = ? AND filter = ? ORDER BY value"
    there = [found for (found,) in engine.index.rows(sql, (name, _STORED[one.name]))]
    if wanted not in there:
        raise BadFilter(one.name, value, ["true", "false", *near_words(wanted, there)])
    return wanted


def near_words(wanted: str, there: Sequence[str], *, most: int = 5) -> list[str]:
    """The words that are most like one that is not there."""
    return [found for found, _, _ in process.extract(wanted, there, scorer=fuzz.WRatio, limit=most)]


def _with_words(engine: Engine, name: str, q: str) -> int:
    """The entries in whose names or text a text occurs."""
    sql = "SELECT number FROM entry WHERE list = ? AND instr(words, ?) > 0"
    return as_bits(number for (number,) in engine.index.rows(sql, (name, q.casefold())))


def _in_time(engine: Engine, name: str, given: Mapping[str, Sequence[str]]) -> dict[int, bool]:
    """The entries that can have a day that is asked for, with whether they must."""
    first, last = window(given)
    rows = engine.index.rows(_WITH_A_DAY, {"list": name, "first": first, "last": last})
    return {number: bool(surely) for number, surely in rows}


def window(given: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """The first and the last day that are asked for, those of ``EVER`` where none is; BadFilter where they are none."""
    first = _day("from", given["from"][0], last=False) if given.get("from") else EVER[0]
    last = _day("to", given["to"][0], last=True) if given.get("to") else EVER[1]
    if first > last:
        raise BadFilter("from", given["from"][0], [], f"“from” ({first}) is later than “to” ({last})")
    return first, last


def _day(key: str, value: str, *, last: bool) -> str:
    """The first or last day of a day, month or year."""
    found = _DATE.fullmatch(value)
    if found is not None and value.isascii():
        year, month, day = int(found[1]), int(found[2] or (12 if last else 1)), found[3]
        if year and 1 <= month <= 12:
            days = calendar.monthrange(year, month)[1]
            number = int(day) if day else (days if last else 1)
            if 1 <= number <= days:
                return f"{year:04}-{month:02}-{number:02}"
    raise BadFilter(key, value, ["a day, month or year such as 2022-12-12, 2022-12 or 2022"])


def _at(engine: Engine, name: str, given: Mapping[str, Sequence[str]], found: Narrowed) -> None:
    """Narrows to what is at places, or at what somebody claims lies in them."""
    holders = resolved(engine, name, "place_of", given.get("place_of", ()))
    outers = resolved(engine, name, "place", given["place"])
    ways: dict[str, list[Way]] = {}
    for way in (way for outer in outers for way in ways_into(engine, outer, holders)):
        ways.setdefault(way.inner, []).append(way)
    key = "at" if name == "claims" else ""
    found.ways = [(_placed(engine, name, inner), sorted(some, key=_steps)) for inner, some in ways.items()]
    found.there = members(engine, name, key, outers) if key else 0
    found.sets["place"] = found.there
    for entries, _ in found.ways:
        found.sets["place"] |= entries


def _steps(way: Way) -> int:
    return len(way.claims)


def _placed(engine: Engine, name: str, place: str) -> int:
    """The entries at a place; of places, the place itself."""
    if name == "claims":
        return members(engine, name, "at", [place])
    sql = "SELECT number FROM entry WHERE list = ? AND slug = ?"
    return as_bits(number for (number,) in engine.index.rows(sql, (name, slug(place))))
