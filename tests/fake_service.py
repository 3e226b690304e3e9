"""A SPARQL service in a thread of the test, which keeps to the standard until it is told otherwise."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox

JSON = "application/sparql-results+json"
Written = tuple[int, dict[str, str], bytes]


@dataclass
class FakeService:
    """Answers from ``store``; ``twist`` may put another answer in the place of the right one for a query.

    It says in each answer which build it holds, unless ``build_id`` is empty. Once ``over`` is set, whatever still
    answers must end.
    """

    store: ox.Store
    url: str = ""
    build_id: str = "b" * 64
    union: bool = False
    ignores_dataset: bool = False
    twist: Callable[[str, Written], Written] = lambda query, right: right
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, fields: dict[str, list[str]]) -> Written:
        self.asked.append(fields)
        (query,) = fields["query"]
        default = [ox.NamedNode(name) for name in fields.get("default-graph-uri", [])]
        named = [ox.NamedNode(name) for name in fields.get("named-graph-uri", [])]
        dataset: dict[str, object] = {"use_default_graph_as_union": self.union}
        if (default or named) and not self.ignores_dataset:
            dataset = {"default_graph": default, "named_graphs": named}
        try:
            results = self.store.query(query, **dataset)  # type: ignore[arg-type]
        except SyntaxError as error:
            return self.twist(query, (400, {"Content-Type": "text/plain"}, str(error).encode()))
        if isinstance(results, ox.QueryTriples):
            body = ox.serialize(list(results), format=ox.RdfFormat.N_TRIPLES)
            return self.twist(query, (200, {"Content-Type": "application/n-triples"}, body or b""))
        body = results.serialize(format=ox.QueryResultsFormat.JSON)  # type: ignore[call-overload]
        return self.twist(query, (200, {"Content-Type": JSON}, body or b""))


@contextlib.contextmanager
def serving(quads: Iterable[ox.Quad]) -> Iterator[FakeService]:
    """A fake service over some quads, at an address of its own."""
    store = ox.Store()
    store.extend(quads)
    service = FakeService(store)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fields = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            if service.raw is not None:
                return service.raw(self)
            status, headers, body = service.answer(fields)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if service.build_id:
                self.send_header("Testimonia-Build", service.build_id)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # so that closing it waits for whoever still answers
    service.url = f"http://127.0.0.1:{server.server_port}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
