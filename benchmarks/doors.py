"""P2: the fourteen questions asked through our own doors: REST, lists, search and saved questions.

A door answers what the question asks in the form that we chose for it: it may read an index or a computed statement,
and it may tell more (the speaker of each claim). Each is held against a query that says what the answer has to be,
asked once of the engine with which ours is compared; what is timed of the peers is the question itself.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from benchmarks.asking import Connection, Reply, answer, milliseconds, percentile
from benchmarks.figures import OURS, Figure
from benchmarks.filling import Chosen, fill, numbered
from kb.namespaces import PREFIXES

LEAST, MOST = 5, 25
"""Rounds in which a question is asked at every door, at least and at most."""

Found = set[tuple[str, ...]]


@dataclass(frozen=True)
class Door:
    """Where a question is answered: a path with ``{actor}`` and the other constants as slugs, and what is asked for.

    ``truth`` is a query for what the answer has to have; ``read`` takes the same out of a reply, with how many there
    are in all where the reply is a page of a list. It may tell of more where ``truth`` is what it has ``at_least``.
    """

    path: str
    accept: str
    truth: str
    read: Callable[[Reply], tuple[Found, int | None]]
    at_least: bool = False


def _listed(reply: Reply) -> tuple[Found, int | None]:
    """The IRIs of a page of a list, and how many there are in all."""
    page = json.loads(reply.body)
    return {(item["iri"],) for item in page["items"]}, page["total"]


def _naming(reply: Reply) -> tuple[Found, int | None]:
    """The claims that a card lists as naming its thing."""
    section = json.loads(reply.body)["claims_naming_it"]
    return {(item["claim"]["iri"],) for item in section["items"]}, section["total"]


def _claims(reply: Reply) -> tuple[Found, int | None]:
    """The claims that the card of an article lists."""
    section = json.loads(reply.body)["claims"]
    return {(item["iri"],) for item in section["items"]}, section["total"]


def _columns(*names: str) -> Callable[[Reply], tuple[Found, int | None]]:
    """The values of some columns, row by row."""

    def read(reply: Reply) -> tuple[Found, int | None]:
        rows = json.loads(reply.body)["results"]["bindings"]
        return {tuple(row[name]["value"] if name in row else "" for name in names) for row in rows}, None

    return read


def _rows(*names: str, first: int | None = None) -> Callable[[Reply], tuple[Found, int | None]]:
    """The values of some columns of a table, row by row, and how many rows there are where these are not all.

    Where only the ``first`` so many are asked for, these are all.
    """

    def read(reply: Reply) -> tuple[Found, int | None]:
        page = json.loads(reply.body)
        found = {tuple(str(row[name]) for name in names) for row in page["items"]}
        return found, page["total"] if page.get("next") and first is None else None

    return read


def _triples(reply: Reply) -> tuple[Found, int | None]:
    return {(str(triple),) for triple in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)}, None


def _statements(reply: Reply) -> tuple[Found, int | None]:
    """How many statements there are, as the description of the dataset has it."""
    for triple in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES):
        whole = isinstance(triple.subject, ox.NamedNode) and triple.subject.value.endswith("#dataset")
        if whole and triple.predicate.value == f"{PREFIXES['void']}triples" and isinstance(triple.object, ox.Literal):
            return {(triple.object.value,)}, None
    return set(), None


_JSON, _N_TRIPLES, _RESULTS = "application/json", "application/n-triples", "application/sparql-results+json"
_PLAYED = """
  GRAPH ?claim {
    ?event sem:eventType ?kind ; t:participation ?part .
    ?part sem:roleType ?as ; t:participant ?participant .
  }
  BIND(REPLACE(STR(?as), "^.*/", "") AS ?role) BIND(REPLACE(STR(?kind), "^.*/", "") AS ?type)
"""
_AT = """
  { BIND($place AS ?at) } UNION {
    GRAPH ?located {
      ?state sem:eventType type:location ; sem:hasPlace $place ; t:participation ?part .
      ?part sem:roleType role:located-thing ; t:participant ?at .
    }
    ?located a t:Claim ; t:polarity polarity:positive .
  }
"""

DOORS: Final[Mapping[str, Door]] = {
    "article-card": Door("/article/{article}.json", _JSON, "SELECT ?claim { ?claim t:inArticle $article }", _claims),
    "article-events": Door(
        "/participations?article={article}&limit=1000",
        _JSON,
        f"SELECT DISTINCT ?claim ?event ?participant ?role ?type {{ ?claim t:inArticle $article . {_PLAYED} }}",
        _rows("claim", "event", "participant", "role", "type"),
    ),
    "attribution-chains": Door(
        "/claims?voices=2&voices=3&voices=more&limit=100",
        _JSON,
        "SELECT DISTINCT ?claim { ?claim t:relayedBy ?voice }",
        _listed,
    ),
    "count-all": Door(
        "/.well-known/void",
        _N_TRIPLES,
        "SELECT (COUNT(*) AS ?statements) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
        _statements,
    ),
    "describe-actor": Door("/actor/{actor}.nt", _N_TRIPLES, "DESCRIBE $actor", _triples),
    "entity": Door(
        "/actor/{actor}.json",
        _JSON,
        "SELECT DISTINCT ?claim { GRAPH ?claim { ?part ?property $actor } ?claim t:holder ?holder }",
        _naming,
    ),
    "events-by-type-and-month": Door(
        "/months",
        _JSON,
        """SELECT ?claims ?month ?label {
          { SELECT ?type ?month (COUNT(DISTINCT ?claim) AS ?claims) {
            ?claim a t:Claim .
            GRAPH ?claim { ?event sem:eventType ?type ; sem:hasTime / sem:hasEarliestBeginTimeStamp ?day }
            BIND(SUBSTR(STR(?day), 1, 7) AS ?month)
          } GROUP BY ?type ?month }
          ?type skos:prefLabel ?label
        }""",
        _rows("claims", "label", "month"),
    ),
    "label-text": Door(
        "/actors?q={word}",
        _JSON,
        f"""SELECT DISTINCT ?thing {{
          ?thing rdfs:label|skos:altLabel|skos:hiddenLabel ?label
          FILTER(CONTAINS(LCASE(STR(?label)), $word) && STRSTARTS(STR(?thing), "{PREFIXES["actor"]}"))
        }}""",
        _listed,
    ),
    "perspective": Door(
        "/participations?holder={source}&limit=1000",
        _JSON,
        f"SELECT DISTINCT ?claim ?event ?participant ?role ?type {{ ?claim t:holder $source . {_PLAYED} }}",
        _rows("claim", "event", "participant", "role", "type"),
    ),
    "place-timeline": Door(
        "/claims?place={place}&sort=date",
        _JSON,
        f"SELECT DISTINCT ?claim {{ {_AT} GRAPH ?claim {{ ?event sem:hasPlace ?at }} ?claim a t:Claim }}",
        _listed,
        at_least=True,  # also near it, and what lies there in several steps
    ),
    "quantity-contradictions": Door(
        "/questions/how-do-accounts-of-one-event-differ?detail=number",
        _RESULTS,
        "SELECT DISTINCT ?left ?right { ?comparison t:differsIn detail:number ; t:left ?left ; t:right ?right }",
        _columns("left", "right"),
    ),
    "source-about-actor": Door(
        "/claims?holder={source}&names=actor/{actor}&limit=100",
        _JSON,
        "SELECT DISTINCT ?claim { ?claim t:holder $source . GRAPH ?claim { ?part ?property $actor } }",
        _listed,
    ),
    "told-by-two-owners": Door(
        "/events?outlets=2&outlets=3&outlets=more&limit=500",
        _JSON,
        "SELECT ?event { ?event t:outletCount ?told FILTER(?told >= 2) }",
        _listed,
    ),
    "top-quantities": Door(
        "/quantities?limit=20",
        _JSON,
        """SELECT DISTINCT ?claim ?quantity {
          GRAPH ?claim {
            [] t:quantity ?quantity
            OPTIONAL { ?quantity schema:value ?number }
            OPTIONAL { ?quantity schema:maxValue ?most }
            OPTIONAL { ?quantity schema:minValue ?least }
          }
          ?claim a t:Claim
        } ORDER BY DESC(COALESCE(?number, ?most, ?least)) ?claim LIMIT 20""",
        _rows("claim", "quantity", first=20),
    ),
}
"""The door of each of the fourteen questions."""


def at_door(name: str, text: str, chosen: Chosen, lines: Mapping[str, Connection], seconds: float) -> Figure:
    """A question at its door, each time with another Accept header, which no cache has seen, beside the peers' raw
    answers; the bar is the fastest of them. ``kept`` is the time of an answer that was given before."""
    door, salt = DOORS[name], secrets.token_hex(4)
    path = door.path.format(**{key: _slug(term) for key, term in chosen.constants.items()})
    peers = [engine for engine in lines if engine != OURS]
    spent: dict[str, list[float]] = {engine: [] for engine in lines}
    begun, number = time.monotonic(), 0
    while number < LEAST or (number < MOST and time.monotonic() - begun < seconds):
        number += 1
        first = lines[OURS].get(path, f"{door.accept}, x/{salt}-{number};q=0.1")
        spent[OURS].append(milliseconds(first))
        for engine in peers:
            spent[engine].append(milliseconds(lines[engine].ask(numbered(text, f"{salt}-{number}"))))
    kept = [milliseconds(lines[OURS].get(path, door.accept)) for _ in range(LEAST + 1)][1:]
    values = {engine: median(times) for engine, times in spent.items()}
    fault = _fault(door, first, chosen, lines[OURS])
    return Figure(
        "P2",
        name,
        "ms",
        values,
        bar=min(values[engine] for engine in peers) if peers else None,
        right=not fault,
        note=f"{path.partition('?')[0]}{': ' if fault else ''}{fault}",
        details={OURS: {"p95": percentile(spent[OURS], 0.95), "kept": median(kept), "bytes": len(first.body)}},
        runs=spent,
    )


def _fault(door: Door, reply: Reply, chosen: Chosen, line: Connection) -> str:
    """What is wrong with the answer at a door; the truth is asked of our endpoint, which P1 compares with others."""
    if reply.status != 200:
        return f"status {reply.status}"
    found, total = door.read(reply)
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    truth = answer(line.ask(prologue + fill(door.truth, chosen.constants)))
    wanted = {tuple(cell.split("\0")[1] if "\0" in cell else cell for cell in row) for row in truth}
    if door.at_least and total is not None:
        return "" if total >= len(wanted) else f"{total} of {len(wanted)}"
    if total is None:
        return "" if found == wanted else f"{len(found - wanted)} too many, {len(wanted - found)} missing"
    return "" if total == len(wanted) and found <= wanted else f"{total} of {len(wanted)}"


def _slug(term: str) -> str:
    """A constant as a path has it: the last part of an IRI, or the words of a text."""
    return quote(term.strip('<>"').rpartition("/")[2])
