"""An engine that answers everything in this process from memory: for tests of what stands above engines."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cache, cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

import pyoxigraph as ox

from kb import guard, index, statistics, wellformed
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.engine import Answer, QueryRequest, Row, Term, Told, quads_in, select_in, told_by
from kb.errors import QueryError
from kb.model import Source
from kb.namespaces import BASE, DEFAULT_GRAPH, PREFIXES
from kb.paths import ontology_dir
from kb.pool import State
from kb.sources import read_data, read_folder
from kb.statistics import File, Statistics
from kb.store import DUMPS, write_named_graph

EXAMPLE = Path(__file__).parent / "example"


@cache
def example(*extra: Source) -> Dataset:
    """The invented example with the ontology, derived as a build derives it; ``extra`` texts join in."""
    return derive(parse([*read_folder(ontology_dir(), "*.ttl"), *read_data(EXAMPLE), *extra]))


class FakeEngine:
    """Implements ``kb.engine.Engine`` over quads in memory.

    ``trouble`` is raised instead of the next answer to a foreign query; ``asked`` lists the foreign queries.
    """

    def __init__(self, quads: Iterable[ox.Quad], *, build_id: str = "b" * 64) -> None:
        self.store = ox.Store()
        self.store.extend(quads)
        self.build_id = build_id
        self.state = State(free=1, walls={"process": False})
        self.is_here = True
        self.trouble: Exception | None = None
        self.asked: list[QueryRequest] = []

    def answer(self, request: QueryRequest) -> Answer:
        """The answer to a foreign query, without any wall around it."""
        guarded = guard.guard(request.text)
        self.asked.append(request)
        if self.trouble is not None:
            raise self.trouble
        default = request.default_graphs or guarded.default_graphs
        named = request.named_graphs or guarded.named_graphs
        graphs = [ox.DefaultGraph() if name == DEFAULT_GRAPH else ox.NamedNode(name) for name in default]
        dataset: dict[str, object] = {}
        if default or named:
            dataset = {"default_graph": graphs, "named_graphs": [ox.NamedNode(name) for name in named]}
        try:
            results = self.store.query(request.text, base_iri=BASE, **dataset)  # type: ignore[arg-type]
        except SyntaxError as error:
            raise QueryError(str(error), reason="syntax", line=1, column=8) from None
        merged = any(name != DEFAULT_GRAPH for name in default)
        if isinstance(results, ox.QueryTriples):
            kind, media_type = "graph", request.graph
            body = ox.serialize(list(results), format=ox.RdfFormat.from_media_type(media_type), prefixes=PREFIXES)
        else:
            kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
            media_type = request.solutions
            body = results.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))  # type: ignore[call-overload]
        whole = body or b""
        return Answer(kind, media_type, wellformed.xml(whole) if media_type.endswith("xml") else whole, merged)

    def pinned(self) -> AbstractContextManager["FakeEngine"]:
        """This engine."""
        return nullcontext(self)

    def enter(self, request: QueryRequest, wake: Callable[[], None]) -> None:
        """None: it answers at once."""

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> list[Row]:
        """The solutions of one of our own queries."""
        return select_in(self.store, query, bindings)

    def quads(self, *, subjects: Iterable[str] = (), graphs: Iterable[str] = ()) -> list[ox.Quad]:
        """Default-graph quads of the subjects, and the quads of the graphs, sorted."""
        return quads_in(self.store, subjects=subjects, graphs=graphs)

    def told(self, subjects: Iterable[str]) -> Mapping[str, Told]:
        """What the default graph says of each of ``subjects``."""
        return told_by(self, subjects)

    @property
    def statistics(self) -> Statistics:
        """The figures of the quads, and of their dumps."""
        lines = self.dump("nq").readlines()
        files = {suffix: self.dump(suffix).read() for suffix in DUMPS}
        dumps = {suffix: File(len(text), sha256(text).hexdigest()) for suffix, text in files.items()}
        return replace(statistics.measure(lines, statistics.graph_kinds(lines)), dumps=dumps)

    @cached_property
    def index(self) -> index.Index:
        """The index of the quads, made when first asked for."""
        return index.in_memory(self.store)

    def dump(self, suffix: str) -> BinaryIO:
        """The whole dataset, sorted."""
        quads = sorted(self.store, key=str)
        text = ox.serialize(quads, format=ox.RdfFormat.from_extension(suffix), prefixes=PREFIXES)
        assert text is not None
        return BytesIO(b"".join(sorted(text.splitlines(keepends=True))) if suffix == "nq" else text)

    def write_graph(self, name: str | None, form: ox.RdfFormat, out: IO[bytes]) -> bool:
        """The triples of a graph."""
        if name is not None:
            return write_named_graph(self.store, name, form, out)
        self.store.dump(out, format=form, from_graph=ox.DefaultGraph())
        return True

    def close(self) -> None:
        """Nothing to end."""
