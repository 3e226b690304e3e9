"""An index made out of that of an earlier build: only the entries that a difference reaches are made again.

Which these are is told by ``Reached``; where that cannot be told, since the vocabulary itself differs or a name is not
formed as others are, the index has to be made from the beginning. Whoever lets an entry depend on more has to say so
here; tests compare with what is made from the beginning.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kb.index import addresses, claims, compared, entries, flat, things, words
from kb.index.entry import Entry, as_bits, numbers, unpack
from kb.index.said import Said
from kb.namespaces import BASE, iri, path, slug
from kb.nquads import Difference, parse

_PLAIN = frozenset(
    f"{BASE}{kind}/"
    for kind in (
        *("account", "actor", "anchor", "article", "change", "claim", "comparison", "contradiction", "drift", "event"),
        *("excuse", "node", "object", "perspective", "place", "retirement", "reuse", "snapshot"),
    )
)
"""How the IRIs of those begin whose statements reach nothing that ``Reached`` does not know of."""

_ELSEWHERE = ("t:valence", "t:committingMode", "t:culpable", "skos:broader")
"""Properties of the vocabulary that entries depend on."""

_CLASSES = {"t:Claim": "claim", "t:Comparison": "comparison"}
"""Classes whose instances have IRIs of one kind, as tables take for granted that keep only the last part of an IRI."""


class Unlike(Exception):
    """Why an index is not made out of an earlier one."""


@dataclass(frozen=True)
class Part:
    """What a store says of some subjects, and all that it says of the vocabulary."""

    store: ox.Store
    subjects: Collection[str]

    @cached_property
    def _quads(self) -> Mapping[str, list[ox.Quad]]:
        found: dict[str, list[ox.Quad]] = {}
        for subject in sorted(self.subjects):
            for quad in self.store.quads_for_pattern(ox.NamedNode(subject), None, None, ox.DefaultGraph()):
                found.setdefault(quad.predicate.value, []).append(quad)
        return found

    def of_property(self, name: str) -> Iterable[ox.Quad]:
        """The statements of a property in the default graph."""
        if name in _WHOLE:
            return self.store.quads_for_pattern(None, ox.NamedNode(name), None, ox.DefaultGraph())
        return self._quads.get(name, ())

    def of_graph(self, name: str) -> Iterable[ox.Quad]:
        """The statements of a named graph."""
        return self.store.quads_for_pattern(None, None, None, ox.NamedNode(name))


_WHOLE = frozenset(map(iri, _ELSEWHERE))


class Links:
    """The links of the default graph of one or two stores, from both their ends."""

    def __init__(self, *stores: ox.Store) -> None:
        self._stores = stores

    def to(self, ends: Iterable[str], *names: str) -> set[str]:
        """What has a link to one of some things."""
        return {
            quad.subject.value
            for store in self._stores
            for end in ends
            for name in names
            for quad in store.quads_for_pattern(None, ox.NamedNode(iri(name)), ox.NamedNode(end), ox.DefaultGraph())
            if isinstance(quad.subject, ox.NamedNode)
        }

    def of(self, things: Iterable[str], *names: str) -> set[str]:
        """To what some things have links."""
        return {
            quad.object.value
            for store in self._stores
            for thing in things
            for name in names
            for quad in store.quads_for_pattern(ox.NamedNode(thing), ox.NamedNode(iri(name)), None, ox.DefaultGraph())
            if isinstance(quad.object, ox.NamedNode)
        }

    def all_to(self, ends: Iterable[str], *names: str) -> set[str]:
        """What has a chain of links to one of some things, with these."""
        return self._closed(ends, lambda new: self.to(new, *names))

    def all_of(self, things: Iterable[str], *names: str) -> set[str]:
        """To what some things have chains of links, with these."""
        return self._closed(things, lambda new: self.of(new, *names))

    @staticmethod
    def _closed(some: Iterable[str], step: Callable[[set[str]], set[str]]) -> set[str]:
        found = new = set(some)
        while new:
            new = step(new) - found
            found = found | new
        return found


class Reached:
    """What a difference between two builds reaches, in either of them; Unlike where that cannot be told."""

    def __init__(self, difference: Difference, was: ox.Store, now: ox.Store) -> None:
        self._links = links = Links(was, now)
        self.subjects = {name[1:-1].decode() for name in difference.subjects}
        self.graphs = {name[1:-1].decode() for name in difference.graphs}
        _refuse_other_kinds(difference, self.subjects | self.graphs, links)
        changed = self.subjects | self.graphs
        marks = links.of(changed | links.to(changed, "oa:hasBody"), "oa:hasTarget", "t:passage")
        self.sources = links.of(changed | marks, "oa:hasSource") | links.of(changed, "t:snapshot")
        cited = {
            quad.object.value
            for quad in parse(difference.lines)
            if quad.predicate.value in _CITING and isinstance(quad.object, ox.NamedNode)
        }
        self.sources |= links.of(cited, "oa:hasSource")
        self.anchors = links.to(self.sources, "oa:hasSource") | changed | cited
        citing = links.to(self.anchors, "t:evidence", "t:cue")
        told = links.to(changed, "t:about")
        self.claims = {one for one in links.all_to(changed, "t:reportedIn") | citing | told if one.startswith(_CLAIM)}
        self.articles = links.to(self.sources, "t:snapshot") | links.to(changed, "schema:publisher")

    @property
    def worded(self) -> set[str]:
        """What may be found by other words."""
        return self.subjects | self.claims | self.articles

    @property
    def comparisons(self) -> set[str]:
        """The comparisons of which something else is said."""
        return {one for one in self.subjects if one.startswith(f"{BASE}comparison/")}

    @cached_property
    def things(self) -> set[str]:
        """The things whose entries may differ, besides those that the values of claims name."""
        links = self._links
        comparing = links.to(self.claims, "t:left", "t:right") | self.subjects
        ends = links.of(comparing, "t:left", "t:right")
        views = links.of(self.subjects, "t:underPerspective")
        return self.subjects | self.articles | views | links.of(ends | self.claims, "t:about")


_CLAIM = f"{BASE}claim/"
_CITING = frozenset(map(iri, ("t:evidence", "t:cue")))


def _refuse_other_kinds(difference: Difference, names: Collection[str], links: Links) -> None:
    """Unlike where something differs that reaches further than can be told."""
    for name in names:
        kind, slash, rest = name.removeprefix(BASE).partition("/")
        if f"{BASE}{kind}/" not in _PLAIN and not name.startswith(f"{BASE}graph/"):
            raise Unlike(f"{name} belongs to what everything may depend on")
        if not slash or not rest or (kind != "graph" and "/" in rest):
            raise Unlike(f"{name} is not formed as other names are")
        for class_name, wanted in _CLASSES.items():
            if kind != wanted and iri(class_name) in links.of([name], "rdf:type"):
                raise Unlike(f"{name} is not formed as other names are")
    for quad in parse(difference.lines):
        if quad.predicate.value in _WHOLE:
            raise Unlike(f"{quad.predicate} is a property of the vocabulary")


def renew(connection: sqlite3.Connection, reached: Reached, *, was: ox.Store, now: ox.Store) -> None:
    """Changes the tables of an earlier build into those of a later."""
    connection.execute("PRAGMA journal_mode = OFF")  # it is thrown away if anything fails
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    addresses.renew(connection, Said(Part(now, reached.subjects)), reached.subjects)
    words.renew(connection, Said(Part(now, _wording(reached, now))), reached.worded)
    _renew_lists(connection, reached, was, now)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")


def _wording(reached: Reached, store: ox.Store) -> set[str]:
    """All on which depends by what words something is found."""
    links = Links(store)
    snapshots = links.of(reached.articles | reached.subjects, "t:snapshot")
    anchors = links.to(snapshots, "oa:hasSource") | links.of(reached.claims, *_PASSAGES)
    owners = links.to(anchors, *_PASSAGES)
    outlets = links.of(reached.articles | reached.subjects, "schema:publisher")
    return reached.worded | links.to(snapshots, "t:snapshot") | anchors | owners | outlets


def _telling(reached: Reached, store: ox.Store) -> set[str]:
    """All on which the entries of claims depend."""
    links = Links(store)
    chain = links.all_of(reached.claims, "t:reportedIn")
    anchors = links.of(chain, "t:evidence")
    near = anchors | links.to(links.of(anchors, "oa:hasSource"), "oa:hasSource")
    marks = links.to(near, "oa:hasTarget", "t:passage") | links.to([iri("t:LoadedWording")], "rdf:type")
    return chain | near | marks | links.of(reached.claims, "t:about")


def _concerning(things: Collection[str], store: ox.Store) -> set[str]:
    """All on which the entries of things depend, besides the values of claims."""
    links = Links(store)
    comparing = links.to(links.to(things, "t:about"), "t:left", "t:right")
    ends = links.all_of(links.of(comparing, "t:left", "t:right"), "t:reportedIn")
    clashes = links.to([iri("t:Contradiction")], "rdf:type")
    return {*things, *comparing, *ends, *clashes, *links.of(things, "schema:publisher")}


def _renew_lists(connection: sqlite3.Connection, reached: Reached, was: ox.Store, now: ox.Store) -> None:
    told = [claims.Claims(Said(Part(store, _telling(reached, store)))) for store in (was, now)]
    old, new = ({slug(one): found.entry(one) for one in reached.claims & found.all} for found in told)
    list_of_claims = _renewed(connection, "claims", {name: set(one.values) for name, one in old.items()}, new)
    _renew_chains(connection, reached, told[1], list_of_claims)
    _renew_located(connection, reached, told[1])
    _renew_compared(connection, reached, now, list_of_claims)
    _renew_flat(connection, reached, told[1], list_of_claims)
    named = {BASE + value for one in (*old.values(), *new.values()) for name, value in one.values if name in _NAMING}
    affected = reached.things | named
    listed = things.Things(claims.Claims(Said(Part(now, _concerning(affected, now)))), _Kept(connection))
    dated = {"claims": (list_of_claims, new)}
    for name, kind in things.KINDS.items():
        some = {one for one in affected if one.startswith(f"{BASE}{kind}/")}
        entries_now = {slug(one): listed.entry(name, one) for one in listed.under(name) if one in some}
        values_then = _values_of(connection, name, set(map(slug, some)))
        dated[name] = (_renewed(connection, name, values_then, entries_now), entries_now)
    _renew_dated(connection, dated)
    connection.execute("DELETE FROM spot")
    gazetteers = Links(now).to([iri("t:GazetteerGraph")], "rdf:type")
    entries.write_spots(connection, Said(Part(now, gazetteers)))


_PASSAGES = ("t:evidence", "t:cue")
_NAMING = frozenset(("names", "holder", "about", "perspective", "article"))
"""Filters of the list of claims whose values are things that count them."""


@dataclass(frozen=True)
class _Numbering:
    """How the entries of a list were numbered, and how they are."""

    then: Sequence[str]
    now: Sequence[str]
    renewed: Collection[str]
    """The slugs of entries that are made anew, or are no more."""

    @property
    def is_kept(self) -> bool:
        """Whether every entry has the number that it had."""
        return self.then == self.now

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers now."""
        return {name: number for number, name in enumerate(self.now)}

    @cached_property
    def moved(self) -> Mapping[int, int]:
        """The numbers now of entries that are not made anew, by the numbers then."""
        return {number: self.numbers[name] for number, name in enumerate(self.then) if name not in self.renewed}

    @cached_property
    def _runs(self) -> Sequence[tuple[int, int, int]]:
        """Where a run of entries began, where it begins, and which they are, as bits."""
        found: list[list[int]] = []
        for then, name in enumerate(self.then):
            now = self.numbers.get(name)
            if now is None:
                continue
            if found and then - found[-1][0] == now - found[-1][1] == found[-1][2]:
                found[-1][2] += 1
            else:
                found.append([then, now, 1])
        return [(then, now, (1 << count) - 1) for then, now, count in found]

    @cached_property
    def _kept(self) -> int:
        return as_bits(self.moved.values())

    def bits(self, then: int) -> int:
        """A set of entries, without those that are made anew."""
        found = 0
        for start, begins, mask in self._runs:
            found |= ((then >> start) & mask) << begins
        return found & self._kept


def _renewed(
    connection: sqlite3.Connection,
    name: str,
    values_then: Mapping[str, Collection[tuple[str, str]]],
    new: Mapping[str, Entry],
) -> _Numbering:
    """Writes a list anew where entries were that had values then, or are now; both by slug. Times are left out."""
    then = [found for (found,) in connection.execute("SELECT slug FROM entry WHERE list = ? ORDER BY number", (name,))]
    numbering = _Numbering(then, sorted({*new, *then} - (values_then.keys() - new.keys())), {*values_then, *new})
    _renew_members(connection, name, numbering, values_then, new)
    gone = [(name, number) for number, found in enumerate(then) if found in numbering.renewed]
    if numbering.is_kept:
        connection.executemany("DELETE FROM entry WHERE list = ? AND number = ?", gone)
        sorts = connection.execute("SELECT DISTINCT sort FROM rank WHERE list = ?", (name,)).fetchall()
        places = ((name, sort, number) for (sort,) in sorts for _, number in gone)
        connection.executemany("DELETE FROM rank WHERE list = ? AND sort = ? AND number = ?", places)
    else:
        kept = connection.execute("SELECT number, slug, words, counts FROM entry WHERE list = ?", (name,)).fetchall()
        ranks = connection.execute("SELECT sort, key, slug, number FROM rank WHERE list = ?", (name,)).fetchall()
        connection.execute("DELETE FROM entry WHERE list = ?", (name,))
        connection.execute("DELETE FROM rank WHERE list = ?", (name,))
        moved = numbering.moved
        rows = ((name, moved[number], *rest) for number, *rest in kept if number in moved)
        connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", rows)
        places = ((name, *rest, moved[number]) for *rest, number in ranks if number in moved)
        connection.executemany("INSERT INTO rank VALUES (?, ?, ?, ?, ?)", places)
    for found, entry in sorted(new.items()):
        entries.write_entry(connection, name, numbering.numbers[found], entry)
    return numbering


def _renew_members(
    connection: sqlite3.Connection,
    name: str,
    numbering: _Numbering,
    values_then: Mapping[str, Collection[tuple[str, str]]],
    new: Mapping[str, Entry],
) -> None:
    """Writes anew which entries have which values: all where numbers differ, else those that renewed entries have."""
    added: dict[tuple[str, str], int] = {}
    for found, entry in new.items():
        for member in {*entry.values, ("", "")}:
            added[member] = added.get(member, 0) | 1 << numbering.numbers[found]
    reached = {*added, *(member for values in values_then.values() for member in values), ("", "")}
    listing = "SELECT filter, value, entries FROM member WHERE list = ?"
    if numbering.is_kept:
        rows = [
            row
            for member in sorted(reached)
            for row in connection.execute(f"{listing} AND filter = ? AND value = ?", (name, *member))
        ]
    else:
        rows = connection.execute(listing, (name,)).fetchall()
    members = {(filter_name, value): numbering.bits(unpack(kept)) for filter_name, value, kept in rows}
    for member in members.keys() | reached:
        entries_now = members.get(member, 0) | added.get(member, 0)
        if entries_now or member == ("", ""):
            entries.write_member(connection, name, *member, entries_now)
        else:
            connection.execute("DELETE FROM member WHERE list = ? AND filter = ? AND value = ?", (name, *member))


def _values_of(connection: sqlite3.Connection, name: str, slugs: Collection[str]) -> dict[str, set[tuple[str, str]]]:
    """The values that entries of a list have, by slug."""
    rows = connection.execute("SELECT number, slug FROM entry WHERE list = ?", (name,))
    wanted = {number: found for number, found in rows if found in slugs}
    values: dict[str, set[tuple[str, str]]] = {found: set() for found in wanted.values()}
    for filter_name, value, kept in connection.execute(
        "SELECT filter, value, entries FROM member WHERE list = ?", (name,)
    ):
        bits = unpack(kept)
        for number, found in wanted.items():
            if bits >> number & 1:
                values[found].add((filter_name, value))
    return values


class _Kept:
    """The values of claims as they stand in an index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._values: dict[str, dict[int, list[str]]] = {}

    def claims(self, name: str, value: str) -> Collection[int]:
        """The claims that have a value of a filter."""
        listing = "SELECT entries FROM member WHERE list = 'claims' AND filter = ? AND value = ?"
        row = self._connection.execute(listing, (name, value)).fetchone()
        return () if row is None else list(numbers(unpack(row[0])))

    def of(self, name: str, claim: int) -> Collection[str]:
        """The values that a claim has of a filter."""
        if name not in self._values:
            found: dict[int, list[str]] = {}
            listing = "SELECT value, entries FROM member WHERE list = 'claims' AND filter = ?"
            for value, kept in self._connection.execute(listing, (name,)):
                for number in numbers(unpack(kept)):
                    found.setdefault(number, []).append(value)
            self._values[name] = found
        return self._values[name].get(claim, ())


def _renew_chains(connection: sqlite3.Connection, reached: Reached, told: claims.Claims, numbering: _Numbering) -> None:
    chains = {slug(one): entries.chain_row(told, one) for one in reached.claims & told.all}
    rows = [(numbering.numbers[name], *chain) for name, chain in chains.items()]
    if not numbering.is_kept:
        kept = connection.execute("SELECT number, article, voices FROM voiced").fetchall()
        connection.execute("DELETE FROM voiced")
        rows += [(numbering.moved[number], *rest) for number, *rest in kept if number in numbering.moved]
    connection.executemany("INSERT OR REPLACE INTO voiced VALUES (?, ?, ?)", rows)


def _renew_located(connection: sqlite3.Connection, reached: Reached, told: claims.Claims) -> None:
    renewed = set(map(path, reached.claims))
    rows = [row for row in connection.execute("SELECT * FROM located") if row[2] not in renewed]
    rows += [entries.located_row(one) for one in told.located() if one.claim in renewed]
    connection.execute("DELETE FROM located")
    connection.executemany("INSERT INTO located VALUES (?, ?, ?, ?, ?)", sorted(rows))


def _renew_compared(connection: sqlite3.Connection, reached: Reached, now: ox.Store, numbering: _Numbering) -> None:
    turned = {f"{_CLAIM}{name}" for name in {*numbering.then} ^ {*numbering.now}}
    comparing = reached.comparisons | Links(now).to(turned, "t:left", "t:right")
    renewed = set(map(slug, comparing))
    of_then = {number: numbering.numbers.get(name) for number, name in enumerate(numbering.then)}
    rows = [
        (of_then[left], of_then[right], relation, independence, name)
        for left, right, relation, independence, name in connection.execute("SELECT * FROM compared")
        if name not in renewed
    ]
    rows = [row for row in rows if None not in row]
    numbers_now = {f"{_CLAIM}{name}": number for name, number in numbering.numbers.items()}
    rows += compared.rows(Said(Part(now, comparing)), numbers_now)
    connection.execute("DELETE FROM compared")
    connection.executemany("INSERT INTO compared VALUES (?, ?, ?, ?, ?)", sorted(rows))


def _renew_flat(connection: sqlite3.Connection, reached: Reached, told: claims.Claims, numbering: _Numbering) -> None:
    found = flat.Rows()
    for claim in reached.claims & told.all:
        found.add(told.said, claim, numbering.numbers[slug(claim)])
    flat.renew(connection, found, numbering.moved)


def _renew_dated(connection: sqlite3.Connection, lists: Mapping[str, tuple[_Numbering, Mapping[str, Entry]]]) -> None:
    kept: dict[tuple[str, int], list[tuple[object, ...]]] = {}
    for row in connection.execute("SELECT * FROM dated ORDER BY rowid").fetchall():
        name, number, *time = row
        if number in lists[name][0].moved:
            kept.setdefault((name, lists[name][0].moved[number]), []).append(tuple(time))
    connection.execute("DELETE FROM dated")
    for name, (numbering, new) in lists.items():
        for number, found in enumerate(numbering.now):
            if found in new:
                entries.write_times(connection, name, number, new[found])
            rows = ((name, number, *time) for time in kept.get((name, number), ()))
            connection.executemany("INSERT INTO dated VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
