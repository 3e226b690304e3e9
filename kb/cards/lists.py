"""Lists of what there is, with filters, counts by value and keyset paging, and the figures of the front page.

Which entries a list has is read from the index beside the store (``kb.index.entries``); what is shown of them, from the
store.
"""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.cards import perspectives
from kb.cards.claims import hit, load_claims
from kb.cards.compared import UNLIKE
from kb.cards.entities import kinds_of
from kb.cards.facts import Facts, Json, article_link, by_label
from kb.cards.filters import DEFAULT_LIMIT, LISTS, parameter
from kb.cards.indexed import entries_by_value, members, slugs_of
from kb.cards.narrow import BadFilter, Narrowed, facets, narrowed
from kb.cards.places import told
from kb.cards.witnesses import witnesses
from kb.engine import Engine
from kb.index.entry import numbers, unpack
from kb.index.things import is_single_voiced
from kb.namespaces import BASE, slug

ARTICLES = 12
"""Articles that the front page shows."""

EVENTS = 5
"""Events that the front page shows of a kind."""

WAYS = 3
"""Ways into a place that are told of an entry; it says how many there are."""

_BATCH = 1000
"""Entries that are read at once while a page is filled; so few are looked up one by one."""

Cursor = tuple[str, str]
"""A place in an order: the text by which an entry is sorted, and its slug."""


@dataclass(frozen=True)
class Page:
    """One page of a list.

    ``total`` is how many there are on all pages, ``after`` what gets the page that follows (None on the last), and
    ``facets`` how many entries each value of a counted filter gives under the other filters.
    """

    total: int
    items: Sequence[Json]
    after: str | None
    facets: Mapping[str, Mapping[str, int]]


def listing(
    engine: Engine,
    name: str,
    *,
    q: str = "",
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: str = "",
    after: str = "",
    limit: int = DEFAULT_LIMIT,
) -> Page:
    """One page of the list ``name``.

    ``q`` is a part of a name or text; ``filters``, by the names in ``PARAMETERS``, narrow by their values, of which any
    will do. BadFilter where a value names nothing, or where ``sort`` or ``after`` are none.
    """
    orders = parameter(name, "sort")
    sort = sort or orders.default
    if sort not in orders.choices:
        raise BadFilter("sort", sort, orders.choices)
    left = narrowed(engine, name, q, filters or {})
    chosen = left.left()
    found = _walk(engine, name, sort, _begin(sort, after), chosen, limit + 1)
    shown = {entry: number for _, entry, number in found[:limit]}
    items = _items(engine, name, shown, left)
    following = _cursor(sort, *found[limit - 1][:2]) if len(found) > limit else None
    return Page(chosen.bit_count(), items, following, facets(engine, name, left))


def overview(engine: Engine) -> Json:
    """The front page: the newest articles with their letters, how much there is of each kind, how accounts of one event
    stand to each other, and the events on which they are most apart, or that rest most on one voice."""
    totals = engine.index.rows("SELECT list, total FROM member WHERE filter = '' ORDER BY list")
    newest = """
    SELECT slug FROM rank WHERE list = 'articles' AND sort = 'published' ORDER BY key = '~', key DESC, slug DESC LIMIT ?
    """
    shown = [found for (found,) in engine.index.rows(newest, (ARTICLES,))]
    articles = _entries(engine, Facts(engine), "articles", shown[::-1])
    letters = witnesses(engine, articles)
    contested, single = _first(engine, "contested"), _first(engine, "single-voiced")
    return {
        "articles": [{**one, **{key: letters[one["iri"]][key] for key in ("siglum", "number")}} for one in articles],
        "totals": dict(totals),
        "sides": _sides(engine),
        "agreement": _agreement(engine),
        "contested": [
            {**one, "differs_in": _details(engine, one)}
            for one in contested
            if one["contradicting"] or one["differing"] or one["holders"] > 1
        ],
        "single_voiced": [one for one in single if is_single_voiced(one)],
    }


def _sides(engine: Engine) -> list[Json]:
    """The sides that editors count states and organisations on, with how many claims are ascribed to these, 0 too."""
    sides: dict[str, int] = {}
    for side, actors in entries_by_value(engine, "actors", "side"):
        held = [f"actor/{found}" for found in slugs_of(engine, "actors", list(numbers(actors))).values()]
        sides[f"{BASE}{side}"] = members(engine, "claims", "holder", held).bit_count()
    facts = Facts(engine)
    facts.load(sides)
    return [
        {**facts.link(side), "claims": claims}
        for side, claims in sorted(sides.items(), key=lambda one: (-one[1], one[0]))
    ]


def _first(engine: Engine, sort: str) -> list[Json]:
    """The first events in an order."""
    events = _walk(engine, "events", sort, ("", ""), members(engine, "events", "", [""]), EVENTS)
    return _entries(engine, Facts(engine), "events", [found for _, found, _ in events])


def _details(engine: Engine, event: Json) -> list[Json]:
    """In what articles differ on an event, by label."""
    number = "SELECT number FROM entry WHERE list = 'events' AND slug = ?"
    sql = "SELECT value, entries FROM member WHERE list = 'events' AND filter = 'differs_in'"
    at = 1 << engine.index.rows(number, (slug(event["iri"]),))[0][0]
    found = [f"{BASE}{value}" for value, entries in engine.index.rows(sql) if unpack(entries) & at]
    facts = Facts(engine)
    facts.load(found)
    return sorted(map(facts.link, found), key=by_label)


def _agreement(engine: Engine) -> Json:
    """Of how many events several articles tell, and in how many their claims stand to each other in each way."""
    sql = "SELECT filter, value, total FROM member WHERE list = 'events' AND filter IN ('relation', 'several')"
    found = {(key, value): total for key, value, total in engine.index.rows(sql)}
    relations = {f"{BASE}{value}": total for (key, value), total in found.items() if key == "relation"}
    facts = Facts(engine)
    facts.load(relations)
    return {
        "events_of_several": found.get(("several", "true"), 0),
        "relations": [
            {**facts.link(name), "code": slug(name), "events": relations[name]}
            for name in sorted(relations, key=lambda name: UNLIKE.index(slug(name)))
        ],
    }


def _walk(engine: Engine, name: str, sort: str, begin: Cursor, chosen: int, most: int) -> list[tuple[str, str, int]]:
    """The first of the chosen entries behind a place in an order: sort key, slug and number of each."""
    if chosen.bit_count() <= _BATCH:
        sql = """
        SELECT key, slug, number FROM rank
        WHERE list = ? AND sort = ? AND number IN (SELECT value FROM json_each(?)) AND (key, slug) > (?, ?)
        ORDER BY key, slug LIMIT ?
        """
        return engine.index.rows(sql, (name, sort, json.dumps(list(numbers(chosen))), *begin, most))
    sql = """
    SELECT key, slug, number FROM rank WHERE list = ? AND sort = ? AND (key, slug) > (?, ?) ORDER BY key, slug LIMIT ?
    """
    bits = chosen.to_bytes((chosen.bit_length() + 7) // 8, "little")
    found: list[tuple[str, str, int]] = []
    while True:
        rows = engine.index.rows(sql, (name, sort, *begin, _BATCH))
        for key, entry, number in rows:
            if number >> 3 < len(bits) and bits[number >> 3] >> (number & 7) & 1:
                found.append((key, entry, number))
                if len(found) == most:
                    return found
        if len(rows) < _BATCH:
            return found
        begin = rows[-1][:2]


def _begin(sort: str, after: str) -> Cursor:
    """The place behind which a page begins; BadFilter where ``after`` is none of this order."""
    if not after or sort == "slug":
        return ("", after)
    try:
        given, key, entry = json.loads(base64.urlsafe_b64decode(after.encode("ascii")))
        if given == sort and isinstance(key, str) and isinstance(entry, str):
            return (key, entry)
    except (ValueError, TypeError):
        pass  # said below
    raise BadFilter(
        "after", after, [], f"“after” is no place in the order by {sort}; take it from the link to the next page"
    )


def _cursor(sort: str, key: str, entry: str) -> str:
    """What a client gives as ``after`` for the page behind an entry."""
    if sort == "slug":
        return entry
    return base64.urlsafe_b64encode(json.dumps([sort, key, entry]).encode()).decode("ascii")


def _items(engine: Engine, name: str, shown: Mapping[str, int], left: Narrowed) -> list[Json]:
    """The entries of a page in short, with what the filters let us say of each."""
    facts = Facts(engine)
    reached = {
        number: [way for entries, ways in left.ways if entries >> number & 1 for way in ways]
        for number in shown.values()
        if not left.there >> number & 1
    }
    through = told(engine, facts, {way for some in reached.values() for way in some[:WAYS]})
    if name == "claims":
        claims = [f"{BASE}claim/{entry}" for entry in shown]
        load_claims(facts, claims)
        items = [hit(facts, claim) for claim in claims]
        dates = _dates(engine, shown.values())
    else:
        items = _entries(engine, facts, name, list(shown))
    for item in items:
        number = shown[slug(item["iri"])]
        if name == "claims":
            first = item["chain"][0]
            item["article"] = (
                {key: first[key] for key in ("iri", "label", "lang")} if first["kind"] == "article" else None
            )
            item["dates"] = dates.get(number, [])
            item["when"] = None if left.times is None else _possibility(left.times, number)
        if name in ("claims", "places"):
            ways = reached.get(number, [])
            item["via"] = [through[way] for way in ways[:WAYS]]
            item["ways"] = len(ways)
    return items


def _possibility(times: Mapping[int, bool], number: int) -> str:
    return "certain" if times[number] else "possible"


def _dates(engine: Engine, numbers: Iterable[int]) -> dict[int, list[str]]:
    """The times of claims as EDTF, sorted."""
    sql = """
    SELECT number, edtf FROM dated
    WHERE list = 'claims' AND number IN (SELECT value FROM json_each(?)) ORDER BY number, edtf
    """
    found: dict[int, list[str]] = {}
    for number, edtf in engine.index.rows(sql, (json.dumps(list(numbers)),)):
        found.setdefault(number, []).append(edtf)
    return found


def _entries(engine: Engine, facts: Facts, name: str, entries: Sequence[str]) -> list[Json]:
    """Registry entries, articles and perspectives in short, in the order given."""
    iris = [f"{BASE}{LISTS[name]}/{entry}" for entry in entries]
    sql = "SELECT slug, counts FROM entry WHERE list = ? AND slug IN (SELECT value FROM json_each(?))"
    counts = {found: json.loads(some) for found, some in engine.index.rows(sql, (name, json.dumps(entries)))}
    facts.load(iris)
    if name == "perspectives":
        perspectives.load_rules(facts, iris)
    facts.load(
        linked for found in iris for term in ("schema:publisher", "t:side") for linked in facts.iris(found, term)
    )
    return [{**_entry(facts, name, found), **counts[slug(found)]} for found in iris]


def _entry(facts: Facts, name: str, found: str) -> Json:
    if name == "articles":
        return {
            **article_link(facts, found),
            "headline": facts.text(found, "schema:headline"),
            "outlet": facts.link_to(found, "schema:publisher"),
            "byline": facts.text(found, "schema:author"),
            "published": facts.text(found, "schema:datePublished"),
        }
    if name == "perspectives":
        return {**facts.link(found), "rule": perspectives.rule_in_words(facts, found)}
    entry = {**facts.link(found), "kinds": kinds_of(facts, found)}
    return {**entry, "side": facts.concept(found, "t:side")} if name == "actors" else entry
