"""An engine over any SPARQL 1.1 service that holds a build: nothing is evaluated here, everything is asked over HTTP.

The service must hold the dataset as it was built: what we say ourselves in the default graph, a named graph per claim.
Load ``dump.nq`` of a build folder into it, or give the /sparql of another Testimonia server. Services differ from the
standards and from each other; ``DEVIATIONS`` says where, and what is done about it.
"""

import logging
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Self

import pyoxigraph as ox

from kb import __version__, guard, store, wellformed
from kb.binding import bind
from kb.engine import Answer, QueryRequest, Row, Term, Told, told_by
from kb.errors import LimitError, QueryError, SetupError
from kb.fetch import Client, Reply, check_address
from kb.guard import Guarded
from kb.index import Index
from kb.namespaces import DEFAULT_GRAPH, iri
from kb.pool import State
from kb.prefixes import prefixes_of
from kb.remote.dialects import STANDARD, Dialect, dialect_of
from kb.remote.record import HIDDEN, Record, find_record
from kb.remote.replies import (
    BASE_CLAUSE,
    as_name,
    as_quad,
    broken,
    graph_anew,
    read_results,
    read_table,
    refuse_cut,
    solutions_anew,
)
from kb.remote.service import Service
from kb.statistics import Statistics

_log = logging.getLogger(__name__)


_WALLS = {"process": True, "deadline": True, "memory": False, "network": False, "files": False}

_NOBODY = iri("graph:none")
"""A graph that no build has, for datasets without any graph that is there."""

_BATCH = 200
"""IRIs named in one query."""

_BUILD_ID = re.compile(r"[0-9a-f]{64}")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

_HOLDS_CLAIMS = f"ASK {{ ?claim a <{iri('t:Claim')}> }}"
_CONTENT = f"{{ ?event a <{iri('sem:Event')}> }}"
_SHARED = """\
SELECT ?a ?b ?s ?p ?o {
  GRAPH ?a { ?s ?p ?o } GRAPH ?b { ?s ?p ?o }
  FILTER ( STR(?a) < STR(?b) && isIRI(?s) && !isBlank(?o) )
} LIMIT 1"""
_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
_PREDICATES = "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY ?p"
_WITH_BLANKS = """\
SELECT ?g ?s ?p ?o {
  { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }
  FILTER ( isBlank(?s) || isBlank(?o) )
}"""


@dataclass(frozen=True)
class _Habits:
    """What a service does with the dataset of a request."""

    obeys: bool
    merges: bool
    knows_default: bool


class RemoteEngine:
    """An engine over the SPARQL service at ``url``.

    ``timeout`` is in seconds of wall-clock time per query, ``at_once`` how many foreign queries are passed on at a
    time; one more is turned away. SetupError where the service cannot be reached or holds no build.

    A service that says so in the header Testimonia-Build is believed about the id of its build, and followed when it
    changes. Of any other, everything is read once, when the engine is opened, and the id computed as for a local
    build: it is that build's id where the service kept every term as it was. Open the engine anew after such a service
    got other data. Without ``identify`` nothing is read, and the id may be unknown ("").

    What ``testimonia publish`` loaded has a record (``kb.remote.record``), which is believed. The engine serves that
    one edition: once the service has another, or is being changed, every query ends in LimitError ``away``. An
    unfinished publication is not opened. ``builds`` is a folder of builds; where the one that is served stands there,
    what is asked without SPARQL comes from it, and nothing is copied.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 10.0,
        at_once: int = 8,
        identify: bool = True,
        builds: Path | None = None,
    ) -> None:
        self._url = check_address(url)
        self._timeout = timeout
        self._client = Client()
        self._at_once, self._at_work = at_once, 0
        self._copying = threading.Lock()
        self._copy: tuple[str, Path] | None = None
        self._indexes: dict[Path, Index] = {}
        self._files = tempfile.TemporaryDirectory(prefix="testimonia-copy-")
        self._lock = threading.Lock()
        self._build_id = ""
        self._known_habits: _Habits | None = None
        self._builds = builds
        self._record: Record | None = None
        self._dialect = STANDARD
        with self._opening():
            self._dialect = self._find_dialect()
            self._record = self._find_record()
            self._check_contents()
            if self._record is not None:
                self._build_id = self._record.build_id
            elif identify and not self._build_id:
                self._build_id, _ = store.build_id(quad for quads in self._everything() for quad in quads)

    @property
    def build_id(self) -> str:
        """SHA-256 of the served data, in hex."""
        return self._build_id

    @property
    def record(self) -> Record | None:
        """What the publication that is served says of itself, None where the service has no such record."""
        return self._record

    @property
    def dialect(self) -> Dialect:
        """How the service is spoken to."""
        return self._dialect

    @property
    def state(self) -> State:
        """What goes on, and the walls of this side: those of the service, and what it is doing, are not known."""
        with self._lock:
            at_work = self._at_work
        return State(free=self._at_once - at_work, long=at_work, walls=dict(_WALLS))

    @property
    def is_here(self) -> bool:
        """False: whatever it says is asked of the service."""
        return False

    def pinned(self) -> AbstractContextManager[Self]:
        """This engine; a service that changes its build in the midst of a request is not held back."""
        return nullcontext(self)

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query; QueryError where it is not evaluated, LimitError where it was stopped."""
        guarded = _guarded(request.text)
        default, named = request.default_graphs, request.named_graphs
        if not default and not named:
            default, named = guarded.default_graphs, guarded.named_graphs
        wants_graph = guarded.form in ("CONSTRUCT", "DESCRIBE")
        with self._seat():
            dataset = self._dataset(default, named)
            reply = self._ask(BASE_CLAUSE + request.text, dataset, "graph" if wants_graph else "solutions")
        merged = any(graph != DEFAULT_GRAPH for graph in default)
        try:
            media_type = request.graph if wants_graph else request.solutions
            kind, body = ("graph", graph_anew(reply, media_type)) if wants_graph else solutions_anew(reply, media_type)
        except (SyntaxError, ValueError) as error:
            raise broken(error) from None
        return Answer(kind, media_type, wellformed.xml(body) if media_type.endswith("xml") else body, merged)

    def enter(self, request: QueryRequest, wake: Callable[[], None]) -> None:
        """None: the service elsewhere is asked by threads."""

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own SELECT queries."""
        return self._rows(bind(query, bindings or {}))

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """All default-graph quads with one of ``subjects``, and all quads of the named ``graphs``, sorted."""
        found: set[ox.Quad] = set()
        for names in _batches(subjects):
            found.update(self._quads(f"SELECT ?s ?p ?o {{ VALUES ?s {{ {names} }} ?s ?p ?o }}"))
        for names in _batches(set(graphs) - set(self._dialect.hidden)):
            found.update(self._quads(f"SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }}"))
        return sorted(found, key=str)

    def told(self, subjects: Iterable[str]) -> Mapping[str, Told]:
        """What the default graph says of each of ``subjects``; read anew, since the service may have changed."""
        return told_by(self, subjects)

    @property
    def statistics(self) -> Statistics:
        """The figures of the served data, counted on a copy of it that is made when first asked for."""
        return store.figures(self._copied())

    @property
    def index(self) -> Index:
        """The tables of names, words and lists of a copy that is made when first asked for."""
        folder = self._copied()
        with self._copying:
            if folder not in self._indexes:
                self._indexes[folder] = store.open_index(folder)
            return self._indexes[folder]

    def dump(self, suffix: str) -> BinaryIO:
        """The whole served dataset, one of ``kb.store.DUMPS``, of a copy that is made when first asked for.

        LimitError where the service turns to another build in between.
        """
        return (self._copied() / f"dump.{suffix}").open("rb")

    def write_graph(self, name: str | None, form: ox.RdfFormat, out: IO[bytes]) -> bool:
        """Writes the triples of a graph, of the default graph for None; False where there is no such graph."""
        if name is None:
            store.write_default_graph(self._copied(), form, out)
            return True
        quads = self.quads(graphs=[name])
        ox.serialize((quad.triple for quad in quads), out, format=form, prefixes=prefixes_of(quads, form))
        return bool(quads)

    def _copied(self) -> Path:
        """The folder of the build that the service holds: where it stands on this machine, else one made of a copy."""
        with self._copying:
            if self._copy is None or self._copy[0] != self._build_id:
                build_id = self._build_id
                folder = self._at_hand() or self._made_copy()
                if self._build_id != build_id:
                    raise LimitError("The service turned to another build.", reason="away")
                self._copy = (build_id, folder)
            return self._copy[1]

    def _at_hand(self) -> Path | None:
        """The folder of the served build where it stands among the builds of this machine, whole."""
        folder = None if self._builds is None or not self._build_id else self._builds / self._build_id
        return folder if folder is not None and store.is_whole(folder) else None

    def _made_copy(self) -> Path:
        _log.info("the build %s is not at hand: copying all that the service holds", self._build_id[:12])
        quads = [quad for quads in self._everything() for quad in quads]
        return store.write(Path(self._files.name), quads, inputs="remote", version=__version__, counts={})

    def close(self) -> None:
        """Closes the connections, and forgets the copy."""
        self._client.close()
        for index in self._indexes.values():
            index.close()
        self._files.cleanup()

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """Makes a fault of the set-up of whatever goes wrong, and leaves no connection open."""
        try:
            yield
        except (LimitError, QueryError) as error:
            self.close()
            raise SetupError(f"{self._url}: does not serve as an engine: {error}") from None
        except SetupError:
            self.close()
            raise

    def _check_contents(self) -> None:
        """SetupError where the service does not hold a build, or shows content as fact."""
        if not self._truth(_HOLDS_CLAIMS):
            raise SetupError(f"{self._url}: has no claims in its default graph; load dump.nq of a build into it")
        if self._truth(f"ASK {_CONTENT}"):
            raise SetupError(
                f"{self._url}: shows in its default graph what stands in the graphs of claims, as if it were fact; "
                "configure it so that the default graph is not the union of all graphs"
            )
        if not self._truth(f"ASK {{ GRAPH ?graph {_CONTENT} }}"):
            raise SetupError(f"{self._url}: has no graphs of claims; load dump.nq of a build into it, with its graphs")

    def _everything(self) -> Iterator[list[ox.Quad]]:
        """All quads, sorted within each piece: those with blank nodes, the default graph by predicate, the graphs.

        What has a blank node comes in one answer, since labels hold within one answer only.
        """
        yield sorted(set(self._quads(_WITH_BLANKS)), key=str)
        for row in self._rows(_PREDICATES):
            query = f"SELECT ?s ?o {{ ?s {row['p']} ?o FILTER ( !isBlank(?s) && !isBlank(?o) ) }}"
            yield sorted({as_quad({**found, "p": row["p"]}) for found in self._rows(query)}, key=str)
        for names in _batches(as_name(row["g"]) for row in self._rows(_GRAPHS)):
            pattern = "?s ?p ?o FILTER ( !isBlank(?s) && !isBlank(?o) )"
            query = f"SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {names} }} GRAPH ?g {{ {pattern} }} }}"
            yield sorted(set(self._quads(query)), key=lambda quad: (str(quad.graph_name), str(quad)))

    def _dataset(self, default: Sequence[str], named: Sequence[str]) -> list[tuple[str, str]]:
        """The dataset as parameters of the protocol; QueryError where this service would not keep to it."""
        if not default and not named:
            return []
        habits = self._habits()
        if not habits.obeys:
            raise _not_served("The store behind this endpoint does not take a dataset with a query.")
        if DEFAULT_GRAPH in (*default, *named) and not habits.knows_default:
            raise _not_served("The store behind this endpoint does not know the default graph by name.")
        default = [name for name in default if name not in HIDDEN]
        named = [name for name in named if name not in HIDDEN]
        there = self._there({*default, *named}) if any(name != DEFAULT_GRAPH for name in (*default, *named)) else set()
        there |= {DEFAULT_GRAPH}
        kept = list(dict.fromkeys(name for name in default if name in there))
        if len(kept) > 1 and not habits.merges:
            raise _not_served("The store behind this endpoint would count twice what stands in two graphs.")
        parameters = [("default-graph-uri", name) for name in kept]
        parameters += [("named-graph-uri", name) for name in dict.fromkeys(named) if name in there]
        return parameters or [("default-graph-uri", _NOBODY)]

    def _there(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are graphs of the service with something in them."""
        found: set[str] = set()
        for some in _batches(names):
            query = f"SELECT ?g {{ VALUES ?g {{ {some} }} FILTER EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
            found.update(as_name(row["g"]) for row in self._rows(query))
        return found

    def _habits(self) -> _Habits:
        """How the service takes a dataset, found out once."""
        with self._lock:
            if self._known_habits is None:
                self._known_habits = self._find_habits()
            return self._known_habits

    def _find_habits(self) -> _Habits:
        try:
            graph = as_name(self._rows(f"{_GRAPHS} LIMIT 1")[0]["g"])
            nothing, one = [("default-graph-uri", _NOBODY)], [("default-graph-uri", graph)]
            anything = "{ ?s ?p ?o }"
            obeys = (
                self._truth(f"ASK {anything}", one)
                and not self._truth(f"ASK {anything}", nothing)
                and not self._truth(f"ASK FROM <{graph}> {anything}", nothing)
                and not self._truth(f"ASK {{ GRAPH ?g {anything} }}", one)
            )
            knows_default = obeys and self._truth(_HOLDS_CLAIMS, [("default-graph-uri", DEFAULT_GRAPH)])
            merges = True
            for row in self._rows(_SHARED):
                both = [("default-graph-uri", as_name(row[name])) for name in ("a", "b")]
                merges = (
                    len(self._rows(f"SELECT * {{ {row['s']} {row['p']} ?o FILTER ( ?o = {row['o']} ) }}", both)) == 1
                )
        except LimitError as error:
            raise _not_served(
                f"How the store behind this endpoint takes a dataset cannot be found out: {error}"
            ) from None
        return _Habits(obeys, merges, knows_default)

    def _truth(self, query: str, dataset: Sequence[tuple[str, str]] = ()) -> bool:
        results = read_results(self._own(query, dataset))
        if not isinstance(results, ox.QueryBoolean):
            raise broken("an ASK query was answered with rows")
        return bool(results)

    def _rows(self, query: str, dataset: Sequence[tuple[str, str]] = ()) -> list[Row]:
        reply = self._own(query, dataset)
        found = read_table(reply)
        refuse_cut(reply, len(found))
        return found

    def _quads(self, query: str) -> Iterator[ox.Quad]:
        return map(as_quad, self._rows(query))

    def _own(self, query: str, dataset: Sequence[tuple[str, str]] = ()) -> Reply:
        """The answer to one of our own queries; that such a one is refused is no fault of whoever reads the page."""
        try:
            return self._ask(query, dataset, "solutions")
        except QueryError as error:
            raise LimitError(f"The store behind this page refuses its query: {error}", reason="away") from None

    def _ask(self, query: str, dataset: Sequence[tuple[str, str]], kind: str) -> Reply:
        """The whole answer of the service; QueryError or LimitError for any that is none."""
        asked = self._dialect.query(query, has_record=self._record is not None)
        reply = self._exchange(asked, self._dialect.dataset(dataset), kind)
        if self._record is not None and (now := self._find_record(waiting=True)) != self._record:
            at_work = now is None or not now.is_whole
            raise LimitError(
                "The store behind this endpoint is being given another build."
                if at_work
                else "The store behind this endpoint was given another build meanwhile.",
                reason="away",
                hint="Ask again.",
                retry_after=5 if at_work else 1,
            )
        return self._dialect.reread(reply) if kind == "solutions" else reply

    def _exchange(self, query: str, dataset: Sequence[tuple[str, str]], kind: str) -> Reply:
        """What the service says to a query in its own words."""
        reply = Service(self._client, self._url, self._timeout).exchange(query, dataset, kind)
        build = reply.headers.get("testimonia-build", "")
        if _BUILD_ID.fullmatch(build) and self._record is None:
            self._build_id = build
        return reply

    def _find_dialect(self) -> Dialect:
        return dialect_of(self._exchange("ASK {}", (), "solutions").headers.get("server", ""))

    def _find_record(self, *, waiting: bool = False) -> Record | None:
        """The record of the service now; SetupError for one that is not whole, unless that is waited for."""
        record = find_record(lambda query: read_table(self._dialect.reread(self._exchange(query, (), "solutions"))))
        if record is not None and not record.is_whole and not waiting:
            raise SetupError(
                f"{self._url}: holds an unfinished publication of build {record.build_id[:12]}; "
                "run testimonia publish again, which goes on where it was"
            )
        return record

    @contextmanager
    def _seat(self) -> Iterator[None]:
        with self._lock:
            if self._at_work >= self._at_once:
                raise LimitError(
                    "All places for queries are taken; yours was not started.", reason="busy", hint="Try again shortly."
                )
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1


def check_service(url: str, *, timeout: float) -> None:
    """SetupError where the service at ``url`` cannot be reached or holds no build; little is asked of it."""
    RemoteEngine(url, timeout=timeout, identify=False).close()


def editions(url: str, *, timeout: float) -> Callable[[], Record | None]:
    """What tells which publication the service holds, whole: the one before as long as another is not finished.

    None for a service without a record; LimitError where it cannot be asked.
    """
    service = Service(Client(), check_address(url), timeout)
    last: list[Record | None] = [None]

    def newest() -> Record | None:
        found = find_record(service.rows)
        if last[0] is None or (found is not None and found.is_whole):
            last[0] = found
        return last[0]

    return newest


def _guarded(text: str) -> Guarded:
    """As ``guard.guard``, in both readings of codepoint escapes (SPARQL 1.1 Query, section 19.2)."""
    guarded = guard.guard(text)
    if _ESCAPE.search(text):
        try:
            plain = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
        except (OverflowError, ValueError):
            plain = ""
        if not plain or _asked(guard.guard(plain)) != _asked(guarded):
            raise QueryError(
                "An escape such as \\u0053 changes what the query asks.",
                reason="syntax",
                hint="Write the character itself.",
            )
    return guarded


def _asked(guarded: Guarded) -> object:
    """What a query asks for, wherever in the text it says so."""
    names = [(mention.iri, mention.role) for mention in guarded.iris]
    return guarded.form, guarded.default_graphs, guarded.named_graphs, guarded.prefixes, names


def _batches(names: Iterable[str]) -> Iterator[str]:
    """IRIs as a query writes them, some at a time, sorted; ValueError for what is no IRI."""
    ordered = sorted(set(names))
    for start in range(0, len(ordered), _BATCH):
        yield " ".join(str(ox.NamedNode(name)) for name in ordered[start : start + _BATCH])


def _not_served(message: str) -> QueryError:
    return QueryError(message, reason="forbidden", hint="Ask without FROM and dataset, with GRAPH instead.")
