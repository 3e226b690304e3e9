"""Where a service is written to: the graph store protocol, the bulk doors of two servers, and SPARQL UPDATE.

Each is a table of addresses and three verbs: put a graph in the place of another, add to one, drop one. A graph goes by
its name, the default graph by ``DEFAULT_GRAPH``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from kb.errors import SetupError
from kb.namespaces import DEFAULT_GRAPH
from kb.publish.access import Session
from kb.publish.dump import in_pieces

_TRIPLES = "application/n-triples"
_QUADS = "application/n-quads"
_UPDATE = "application/sparql-update"

LARGEST_UPDATE: Final = 100_000_000
"""Bytes of the largest update that is sent as one: Oxigraph takes 128 MiB."""

_PIECE: Final = 1_000_000
"""Bytes of triples in one INSERT DATA."""

_BODY: Final = 16_000_000
"""Bytes of triples in one request to a graph store."""


class Place(Protocol):
    """What graphs are written to."""

    @property
    def at_once(self) -> bool:
        """Whether readers see one update, or one load, whole or not at all."""

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Lets a graph consist of these triples, lines of N-Triples."""

    def add(self, name: str, triples: bytes) -> None:
        """Adds triples to a graph."""

    def drop(self, name: str) -> None:
        """Lets a graph be no more."""

    def load(self, quads: bytes) -> None:
        """Adds quads in one step, where ``at_once``."""

    def update(self, text: bytes) -> None:
        """Does a SPARQL update in one step, where ``at_once``."""


@dataclass(frozen=True)
class GraphStore:
    """The graph store protocol at ``url`` (SPARQL 1.1 Graph Store HTTP Protocol), ``default`` being what it calls ours.

    ``media_type`` is what it takes N-Triples as; ``update_url`` takes updates and ``load_url`` quads where both are
    one step for readers, else they are "".
    """

    session: Session
    url: str
    default: str = "default"
    media_type: str = _TRIPLES
    load_url: str = ""
    update_url: str = ""

    @property
    def at_once(self) -> bool:
        """Whether readers see one update, or one load, whole or not at all."""
        return bool(self.update_url)

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Lets a graph consist of these triples: the first request replaces, what is too large for it is added."""
        verb = "PUT"
        for piece in in_pieces(iter(lines), _BODY):
            self.session.send(verb, self._address(name), piece, self.media_type)
            verb = "POST"
        if verb == "PUT":
            self.drop(name)

    def add(self, name: str, triples: bytes) -> None:
        """Adds triples to a graph."""
        self.session.send("POST", self._address(name), triples, self.media_type)

    def drop(self, name: str) -> None:
        """Lets a graph be no more."""
        self.session.send("DELETE", self._address(name))

    def load(self, quads: bytes) -> None:
        """Adds quads in one step."""
        self.session.send("POST", self.load_url, quads, _QUADS)

    def update(self, text: bytes) -> None:
        """Does a SPARQL update in one step."""
        self.session.send("POST", self.update_url, text, _UPDATE)

    def _address(self, name: str) -> str:
        which = self.default if name == DEFAULT_GRAPH else f"graph={quote(name, safe='')}"
        return f"{self.url}?{which}"


@dataclass(frozen=True)
class Updates:
    """SPARQL UPDATE at ``url``, for a service that has nothing else; nothing is taken to be one step."""

    session: Session
    url: str
    at_once: bool = False

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Lets a graph consist of these triples: the first request replaces, what is too large for it is added."""
        first, *others = [*in_pieces(iter(lines), _PIECE)] or [b""]
        self.update(dropped(name) + b" ;\n" + inserted(name, first))
        for piece in others:
            self.add(name, piece)

    def add(self, name: str, triples: bytes) -> None:
        """Adds triples to a graph."""
        self.update(inserted(name, triples))

    def drop(self, name: str) -> None:
        """Lets a graph be no more."""
        self.update(dropped(name))

    def load(self, quads: bytes) -> None:
        """SetupError: it has no such door."""
        raise SetupError(f"{self.url}: takes no quads")

    def update(self, text: bytes) -> None:
        """Does a SPARQL update."""
        self.session.send("POST", self.url, text, _UPDATE)


def inserted(name: str, triples: bytes) -> bytes:
    """The update that adds triples to a graph."""
    if name == DEFAULT_GRAPH:
        return b"INSERT DATA {\n" + triples + b"}"
    return b"INSERT DATA { GRAPH <" + name.encode() + b"> {\n" + triples + b"} }"


def deleted(triples: bytes) -> bytes:
    """The update that takes triples out of the default graph."""
    return b"DELETE DATA {\n" + triples + b"}"


def dropped(name: str) -> bytes:
    """The update that lets a graph be no more, whether or not there is one."""
    return b"DROP SILENT DEFAULT" if name == DEFAULT_GRAPH else b"DROP SILENT GRAPH <" + name.encode() + b">"


PROTOCOLS: Final = ("oxigraph", "virtuoso", "graph-store", "update")
"""Ways to write: Oxigraph's own, Virtuoso's own, the graph store protocol, and SPARQL UPDATE alone."""

_BY_SERVER: Final[Mapping[str, str]] = {"oxigraph/": "oxigraph", "virtuoso/": "virtuoso"}


def protocol_of(server: str) -> str:
    """The way to write to a service by its ``Server`` header, "" where that is not known."""
    return next((name for start, name in _BY_SERVER.items() if server.lower().startswith(start)), "")


def place(protocol: str, query_url: str, write_url: str | None, session: Session) -> Place:
    """Where to write, given where queries go; SetupError where that cannot be told from it."""
    base, _, _ = query_url.rpartition("/")
    if protocol == "oxigraph":
        return GraphStore(session, write_url or f"{base}/store", load_url=f"{base}/store", update_url=f"{base}/update")
    if protocol == "virtuoso":
        named = f"graph={quote(DEFAULT_GRAPH, safe='')}"
        return GraphStore(session, write_url or f"{base}/sparql-graph-crud-auth", named, "text/turtle")
    if write_url is None:
        raise SetupError(f"{query_url}: where it is written to is not known; give that address with --write-url")
    return GraphStore(session, write_url) if protocol == "graph-store" else Updates(session, write_url)
