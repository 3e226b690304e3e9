"""An engine over any SPARQL 1.1 service that holds a build: nothing is evaluated here, everything is asked over HTTP.

The service must hold the dataset as it was built: what we say ourselves in the default graph, a named graph per claim.
Load ``dump.nq`` of a build folder into it, or give the /sparql of another Testimonia server. Services differ from the
standards and from each other; ``DEVIATIONS`` says where, and what is done about it.
"""

import json
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Self
from urllib.parse import urlencode

import pyoxigraph as ox

from kb import __version__, grammar, guard, store, wellformed
from kb.engine import Answer, QueryRequest, Row, Term
from kb.errors import LimitError, QueryError, SetupError
from kb.fetch import LARGEST, Client, Reply, check_address
from kb.grammar import Token
from kb.guard import Guarded
from kb.index import Index
from kb.namespaces import BASE, DEFAULT_GRAPH, iri
from kb.pool import State
from kb.prefixes import prefixes_of
from kb.statistics import Statistics


@dataclass(frozen=True)
class Deviation:
    """A place where services part from the standards: what those say, who is known to differ, and what is done here."""

    name: str
    standard: str
    seen: str
    done: str


DEVIATIONS = (
    Deviation(
        "union as default graph",
        "The default graph of a dataset is a graph of its own.",
        "Amazon Neptune, GraphDB and Virtuoso by design, Jena where so configured (their documentation)",
        "Refused when the engine is opened: what claims say would stand there as fact.",
    ),
    Deviation(
        "several default graphs",
        "They are merged: a triple that stands in two of them is there once.",
        "Oxigraph 0.5 gives it twice (measured)",
        "Tried with a triple that two graphs share; a query over several graphs is refused where it comes twice.",
    ),
    Deviation(
        "dataset of the request",
        "default-graph-uri and named-graph-uri replace FROM and FROM NAMED.",
        "rdflib-endpoint 0.6 ignores them",
        "Tried once; a query with a dataset of its own is refused where they are not obeyed.",
    ),
    Deviation(
        "name of the default graph",
        "There is none in the standard; ours is https://w3id.org/testimonia/graph/default.",
        "every service but ours",
        "Tried once; a query that names it is refused where the name is not known.",
    ),
    Deviation(
        "FROM a document",
        "What an IRI in FROM stands for is left to the service.",
        "rdflib reads files and fetches addresses",
        "Only graphs that the service holds are named to it; any other is empty, as it is with the embedded engine.",
    ),
    Deviation(
        "codepoint escapes",
        "\\u0053 may stand for S before the query is parsed.",
        "rdflib accepts it in keywords, Oxigraph does not",
        "A query is checked in both readings and refused where they differ.",
    ),
    Deviation(
        "silent cut",
        "An answer is whole.",
        "Oxigraph 0.5 ends in the midst of the JSON when it runs out of time (measured); Virtuoso gives status 206 "
        "or the first rows and a header (its documentation)",
        "Answers are parsed before they are passed on; status 206, X-SQL-State and a full X-SPARQL-MaxRows are errors.",
    ),
    Deviation(
        "lexical forms",
        "1.000 and 1 are two terms.",
        "Oxigraph 0.5 gives 1 for 1.000 as xsd:decimal (measured)",
        "Passed on as they come; so the id of such a service is not that of the build that was loaded into it.",
    ),
    Deviation(
        "labels of blank nodes",
        "They hold within one answer only.",
        "Jena numbers them anew in each (its documentation)",
        "A dump asks for all that has blank nodes in one answer; only the lists in the ontology's axioms have any.",
    ),
    Deviation(
        "DESCRIBE",
        "What it gives is left to the service.",
        "every service has its own way",
        "Passed on as it is.",
    ),
)
"""The one table of what services do differently."""

_WALLS = {"process": True, "deadline": True, "memory": False, "network": False, "files": False}

_NOBODY = iri("graph:none")
"""A graph that no build has, for datasets without any graph that is there."""

_BATCH = 200
"""IRIs named in one query."""

_ACCEPT = {
    "solutions": "application/sparql-results+json, application/sparql-results+xml;q=0.5",
    "graph": "application/n-triples, text/turtle;q=0.5",
}
_WORDS_OF_LIMIT = ("away", "busy", "crash", "memory", "size", "time")
_WORDS_OF_QUERY = ("forbidden", "not-found", "syntax", "too-complex", "too-long")
_REFUSALS = {400: "syntax", 403: "forbidden", 413: "too-long", 414: "too-long"}
_LIMITS = {408: "time", 429: "busy", 503: "busy", 504: "time"}
_BUILD_ID = re.compile(r"[0-9a-f]{64}")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_BASE_CLAUSE = f"BASE <{BASE}> "

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
    """

    def __init__(self, url: str, *, timeout: float = 10.0, at_once: int = 8, identify: bool = True) -> None:
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
        with self._opening():
            self._check_contents()
            if identify and not self._build_id:
                self._build_id, _ = store.build_id(quad for quads in self._everything() for quad in quads)

    @property
    def build_id(self) -> str:
        """SHA-256 of the served data, in hex."""
        return self._build_id

    @property
    def state(self) -> State:
        """What goes on, and the walls of this side: those of the service, and what it is doing, are not known."""
        with self._lock:
            at_work = self._at_work
        return State(free=self._at_once - at_work, long=at_work, walls=dict(_WALLS))

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
            reply = self._ask(_BASE_CLAUSE + request.text, dataset, "graph" if wants_graph else "solutions")
        merged = any(graph != DEFAULT_GRAPH for graph in default)
        try:
            media_type = request.graph if wants_graph else request.solutions
            kind, body = ("graph", _graph(reply, media_type)) if wants_graph else _solutions(reply, media_type)
        except (SyntaxError, ValueError) as error:
            raise _broken(error) from None
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
        for names in _batches(graphs):
            found.update(self._quads(f"SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }}"))
        return sorted(found, key=str)

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
        ox.serialize((quad.triple for quad in quads), out, format=form, prefixes=prefixes_of(quads))
        return bool(quads)

    def _copied(self) -> Path:
        """The folder of a build made of what the service holds now."""
        with self._copying:
            if self._copy is None or self._copy[0] != self._build_id:
                build_id = self._build_id
                quads = [quad for quads in self._everything() for quad in quads]
                if self._build_id != build_id:
                    raise LimitError("The service turned to another build.", reason="away")
                folder = store.write(Path(self._files.name), quads, inputs="remote", version=__version__, counts={})
                self._copy = (build_id, folder)
            return self._copy[1]

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
            yield sorted({_quad({**found, "p": row["p"]}) for found in self._rows(query)}, key=str)
        for names in _batches(_name(row["g"]) for row in self._rows(_GRAPHS)):
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
            found.update(_name(row["g"]) for row in self._rows(query))
        return found

    def _habits(self) -> _Habits:
        """How the service takes a dataset, found out once."""
        with self._lock:
            if self._known_habits is None:
                self._known_habits = self._find_habits()
            return self._known_habits

    def _find_habits(self) -> _Habits:
        try:
            graph = _name(self._rows(f"{_GRAPHS} LIMIT 1")[0]["g"])
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
                both = [("default-graph-uri", _name(row[name])) for name in ("a", "b")]
                merges = (
                    len(self._rows(f"SELECT * {{ {row['s']} {row['p']} ?o FILTER ( ?o = {row['o']} ) }}", both)) == 1
                )
        except LimitError as error:
            raise _not_served(
                f"How the store behind this endpoint takes a dataset cannot be found out: {error}"
            ) from None
        return _Habits(obeys, merges, knows_default)

    def _truth(self, query: str, dataset: Sequence[tuple[str, str]] = ()) -> bool:
        results = _results(self._own(query, dataset))
        if not isinstance(results, ox.QueryBoolean):
            raise _broken("an ASK query was answered with rows")
        return bool(results)

    def _rows(self, query: str, dataset: Sequence[tuple[str, str]] = ()) -> list[Row]:
        reply = self._own(query, dataset)
        found = _table(reply)
        _refuse_cut(reply, len(found))
        return found

    def _quads(self, query: str) -> Iterator[ox.Quad]:
        return map(_quad, self._rows(query))

    def _own(self, query: str, dataset: Sequence[tuple[str, str]] = ()) -> Reply:
        """The answer to one of our own queries; that such a one is refused is no fault of whoever reads the page."""
        try:
            return self._ask(query, dataset, "solutions")
        except QueryError as error:
            raise LimitError(f"The store behind this page refuses its query: {error}", reason="away") from None

    def _ask(self, query: str, dataset: Sequence[tuple[str, str]], kind: str) -> Reply:
        """The whole answer of the service; QueryError or LimitError for any that is none."""
        reply = self._client.ask(
            self._url,
            method="POST",
            headers={"Accept": _ACCEPT[kind], "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode([("query", query), *dataset]).encode(),
            timeout=self._timeout,
        )
        build = reply.headers.get("testimonia-build", "")
        if _BUILD_ID.fullmatch(build):
            self._build_id = build
        if reply.status != 200:
            raise _refusal(reply)
        return reply

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


def bind(query: str, bindings: Mapping[str, Term]) -> str:
    """A SELECT query with terms bound to variables of its projection, as text.

    A VALUES block of one row stands at the start of the outer group, and of each inner one that speaks of the variable:
    what an inner group filters or binds is evaluated before it is joined. ValueError for what this would not be the
    same for (sub-selects, MINUS) and for blank nodes, which no query can name.
    """
    if not bindings:
        return query
    tokens = grammar.tokens(query)
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    if words.count("SELECT") != 1 or "MINUS" in words:
        raise ValueError("terms are bound in queries without sub-selects and MINUS only")
    if any(isinstance(term, ox.BlankNode) for term in bindings.values()):
        raise ValueError("a blank node cannot be bound")
    pieces: list[str] = []
    start = 0
    for at, end in sorted(_groups(tokens)):
        is_outer = not pieces
        spoken_of = {token.text[1:] for token in tokens[at:end] if token.kind == "var"}
        names = [name for name in sorted(bindings) if is_outer or name in spoken_of]
        if names:
            offset = tokens[at].at + 1
            variables = " ".join(f"?{name}" for name in names)
            terms = " ".join(str(bindings[name]) for name in names)
            pieces.append(f"{query[start:offset]} VALUES ( {variables} ) {{ ( {terms} ) }}")
            start = offset
    return "".join(pieces) + query[start:]


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The group graph patterns of a query: where each opens and closes, as positions among the tokens."""
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "{":
            opened.append(at)
        elif token.kind == "mark" and token.text == "}":
            start = opened.pop()
            if not _holds_data(tokens, start):
                yield start, at


def _holds_data(tokens: Sequence[Token], at: int) -> bool:
    """Whether a bracket opens the rows of a VALUES block: after VALUES stands one variable, or several in brackets."""
    before = at - 1
    if tokens[before].text == ")":
        while tokens[before].text != "(":
            before -= 1
    elif tokens[before].kind != "var":
        return False
    return tokens[before - 1].text.upper() == "VALUES"


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


def _quad(row: Row) -> ox.Quad:
    subject, predicate, graph = row["s"], row["p"], row.get("g", ox.DefaultGraph())
    if (
        isinstance(subject, ox.Literal)
        or not isinstance(predicate, ox.NamedNode)
        or isinstance(graph, ox.Literal | ox.Triple)
    ):
        raise _broken("a row is no quad")
    return ox.Quad(subject, predicate, row["o"], graph)


def _name(term: Term) -> str:
    """The IRI that a term is."""
    if not isinstance(term, ox.NamedNode):
        raise _broken(f"{term} is no IRI")
    return term.value


def _results(reply: Reply) -> ox.QuerySolutions | ox.QueryBoolean:
    """What the service answered, still to be read to its end."""
    form = ox.QueryResultsFormat.from_media_type(reply.media_type)
    if form is None:
        raise _broken(f"it came as {reply.media_type or 'nothing that has a media type'}")
    try:
        return ox.parse_query_results(reply.body, format=form)
    except (SyntaxError, ValueError) as error:
        raise _broken(error) from None


def _table(reply: Reply) -> list[Row]:
    """The rows of an answer; LimitError where it is none, or broken.

    Whatever is raised leaves with nothing of the engine's in its traceback, which another thread may have to collect.
    """
    found: list[Row] = []
    results, fault = _results(reply), ""
    if isinstance(results, ox.QuerySolutions):
        names = [variable.value for variable in results.variables]
        try:
            for row in results:
                found.append({name: row[name] for name in names if row[name] is not None})
        except (SyntaxError, ValueError) as error:
            fault = str(error)
    else:
        fault = "a SELECT query was answered with a boolean"
    del results
    if fault:
        raise _broken(fault)
    return found


def _solutions(reply: Reply, media_type: str) -> tuple[str, bytes]:
    """The kind of an answer, and its body written anew: so it is known to be whole, and in the format asked for."""
    form = ox.QueryResultsFormat.from_media_type(media_type)
    if form is None:
        raise ValueError(f"{media_type} is no format of SPARQL results")
    if "x-sparql-maxrows" in reply.headers:
        _refuse_cut(reply, len(_table(reply)))
    _refuse_cut(reply, 0)
    results, fault = _results(reply), ""
    kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
    try:
        written = results.serialize(format=form) or b""
    except (SyntaxError, ValueError) as error:
        fault = str(error)
    del results  # see _table
    if fault:
        raise _broken(fault)
    return kind, _bounded(written)


def _graph(reply: Reply, media_type: str) -> bytes:
    """The triples of an answer, written anew: sorted, each once."""
    form = ox.RdfFormat.from_media_type(reply.media_type)
    wanted = ox.RdfFormat.from_media_type(media_type)
    if form is None or wanted is None:
        raise _broken(f"it came as {reply.media_type or 'nothing that has a media type'}")
    triples = sorted({quad.triple for quad in ox.parse(reply.body, format=form)}, key=str)
    _refuse_cut(reply, len(triples))
    return _bounded(ox.serialize(triples, format=wanted, prefixes=prefixes_of(triples)) or b"")


def _bounded(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise LimitError(f"The answer is larger than {LARGEST:,} bytes and is not sent in part.", reason="size")
    return body


def _refuse_cut(reply: Reply, rows: int) -> None:
    """LimitError where the service says that its answer is but the first part."""
    most = reply.headers.get("x-sparql-maxrows", "")
    if "x-sql-state" in reply.headers or (most.isdigit() and 0 < int(most) <= rows):
        raise LimitError(
            "The store behind this endpoint cut its answer short, so it is not passed on.",
            reason="size",
            hint="Add LIMIT and OFFSET, or ask for less.",
        )


def _refusal(reply: Reply) -> QueryError | LimitError:
    """What a status other than 200 says, in our own terms; problem details (RFC 9457) are read where there are any."""
    problem: dict[str, Any] = {}
    if reply.media_type == "application/problem+json":
        try:
            found = json.loads(reply.body)
            problem = found if isinstance(found, dict) else {}
        except ValueError:
            problem = {}
    kind = str(problem.get("type", "")).rpartition("/")[2]
    first_line = next((line.strip() for line in reply.text.splitlines() if line.strip()), "")
    detail, hint = str(problem.get("detail") or first_line)[:300], str(problem.get("hint", ""))
    if reply.status in _REFUSALS:
        line, column = problem.get("line"), problem.get("column")
        if line == 1 and isinstance(column, int):
            column = max(1, column - len(_BASE_CLAUSE))
        known = isinstance(line, int) and isinstance(column, int)
        return QueryError(
            detail or "The store behind this endpoint does not take the query.",
            reason=kind if kind in _WORDS_OF_QUERY else _REFUSALS[reply.status],
            hint=hint,
            line=line if known else None,
            column=column if known else None,
        )
    if reply.status in _LIMITS:
        wait = reply.headers.get("retry-after", "")
        return LimitError(
            detail or "The store behind this endpoint stopped the query.",
            reason=kind if kind in _WORDS_OF_LIMIT else _LIMITS[reply.status],
            hint=hint,
            retry_after=int(wait) if wait.isdigit() else 1,
        )
    if 300 <= reply.status < 400:
        detail = f"it sends elsewhere, to {reply.headers.get('location', 'nowhere')}; give that address"
    return LimitError(
        f"The store behind this endpoint answered with status {reply.status}: {detail}", reason="away", retry_after=5
    )


def _broken(why: object) -> LimitError:
    return LimitError(f"The answer of the store behind this endpoint is broken: {why}.", reason="away", retry_after=5)


def _not_served(message: str) -> QueryError:
    return QueryError(message, reason="forbidden", hint="Ask without FROM and dataset, with GRAPH instead.")
