"""What a service gives back, compared with the build: counts of all graphs, and triples by what they mean.

Services write some literals anew: 1.000 comes back as 1, true as 1. So literals of numbers, truth and dates are
compared as Oxigraph stores them, by value; what this cannot tell apart, no answer of ours tells apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb.errors import LimitError
from kb.namespaces import BASE, DEFAULT_GRAPH
from kb.publish.dump import Dump
from kb.remote.record import HIDDEN
from kb.remote.replies import as_name, as_quad
from kb.remote.service import Service

_COUNTS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_PREDICATES = "SELECT DISTINCT ?p { ?s ?p ?o }"
_BLANK = "SELECT ?s ?p ?o { ?s ?p ?o FILTER ( isBlank(?s) || isBlank(?o) ) }"
_BATCH_GRAPHS = 100
_BATCH_QUADS = 20_000


@dataclass(frozen=True)
class Difference:
    """A graph that is not as in the build: how many triples are missing and too many, and one of them."""

    graph: str
    missing: int
    surplus: int
    example: str

    def __str__(self) -> str:
        return f"{self.graph}: {self.missing} triples are missing and {self.surplus} too many, such as {self.example}"


def graphs_of(service: Service) -> dict[str, int]:
    """How many triples each named graph of ours has there, without those that tell of the publication."""
    counts = {as_name(row["g"]): _number(row["n"]) for row in service.rows(_COUNTS)}
    return {name: n for name, n in counts.items() if name.startswith(BASE) and name not in (*HIDDEN, DEFAULT_GRAPH)}


def differences(service: Service, dump: Dump, read: Iterable[str]) -> list[Difference]:
    """The graphs that are not as in the dump: all are counted; those in ``read``, and what counts otherwise, are read.

    LimitError where the service does not give them.
    """
    counts = graphs_of(service)
    counts[DEFAULT_GRAPH] = _number(service.rows(_COUNT)[0]["n"])
    wanted = {name: len(places) for name, places in dump.places.items()}
    surplus = [Difference(name, 0, counts[name], "the graph as a whole") for name in counts.keys() - wanted.keys()]
    named = sorted({*read, *(name for name, n in wanted.items() if counts.get(name, 0) != n)})
    found = [*surplus, *_in_default_graph(service, dump, named)]
    for batch in _batches([name for name in named if name != DEFAULT_GRAPH], wanted):
        given: dict[str, list[ox.Triple]] = {name: [] for name in batch}
        names = " ".join(f"<{name}>" for name in batch)
        for row in service.rows(f"SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }}"):
            given[as_name(row["g"])].append(as_quad({**row, "g": ox.NamedNode(DEFAULT_GRAPH)}).triple)
        found += [one for name in batch for one in _compared(name, _parsed(dump.triples(name)), given[name])]
    return sorted(found, key=lambda one: one.graph)


def _in_default_graph(service: Service, dump: Dump, names: Sequence[str]) -> Iterator[Difference]:
    """The default graph is read by predicate: the whole may be larger than an answer may be."""
    if DEFAULT_GRAPH not in names or DEFAULT_GRAPH not in dump.places:
        return
    given = [as_quad(row).triple for row in service.rows(_BLANK)]
    for row in service.rows(_PREDICATES):
        predicate = row["p"]
        query = f"SELECT ?s ?o {{ ?s {predicate} ?o FILTER ( !isBlank(?s) && !isBlank(?o) ) }}"
        given += [as_quad({**found, "p": predicate}).triple for found in service.rows(query)]
    yield from _compared(DEFAULT_GRAPH, _parsed(dump.triples(DEFAULT_GRAPH)), given)


def _compared(name: str, wanted: Iterable[ox.Triple], given: Iterable[ox.Triple]) -> Iterator[Difference]:
    ours, theirs = valued(wanted), valued(given)
    if ours != theirs:
        example = min((ours - theirs) or (theirs - ours))
        yield Difference(name, len(ours - theirs), len(theirs - ours), example)


def valued(triples: Iterable[ox.Triple]) -> set[str]:
    """Triples by what they mean: numbers, truth and dates by value, blank nodes by what is said of them (RDFC-1.0)."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    plain: set[str] = set()
    blank = ox.Dataset()
    for quad in store:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            blank.add(quad)
        else:
            plain.add(str(quad))
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return plain | {str(quad) for quad in blank}


def _parsed(triples: bytes) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))


def _batches(names: Sequence[str], counts: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    quads = 0
    for name in names:
        if batch and (len(batch) == _BATCH_GRAPHS or quads + counts[name] > _BATCH_QUADS):
            yield batch
            batch, quads = [], 0
        batch.append(name)
        quads += counts[name]
    if batch:
        yield batch


def _number(term: object) -> int:
    if not isinstance(term, ox.Literal) or not term.value.isdigit():
        raise LimitError(f"The service counts with {term}, which is no number.", reason="away")
    return int(term.value)
