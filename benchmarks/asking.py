"""One keep-alive connection to a SPARQL endpoint, and answers in a form that can be compared between engines."""

import json
import math
import re
import socket
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from kb.errors import SetupError
from kb.namespaces import iri

SOLUTIONS, GRAPH = "application/sparql-results+json", "application/n-triples"
EITHER: Final = f"{SOLUTIONS}, {GRAPH}"
"""What is asked for: solutions as JSON, graphs as N-Triples."""

_MAKES_GRAPH = re.compile(r"^(CONSTRUCT|DESCRIBE)\b", re.M)

_LAST_CHUNK: Final = b"0\r\n\r\n"


@dataclass(frozen=True)
class Endpoint:
    """Where an engine answers: host, port, and the path with the parameters that each question needs; ``patience`` are
    the seconds after which it is taken to have failed."""

    host: str
    port: int
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    patience: float = 120.0

    def target(self, query: str, more: Sequence[tuple[str, str]] = ()) -> str:
        """The path and query string of a GET request that asks a question, which stands at the end of it."""
        return f"{self.path}?{urlencode([*self.parameters, *more, ('query', query)], quote_via=quote)}"


@dataclass(frozen=True)
class Reply:
    """A whole answer: status, media type, body, the seconds from the first byte sent to the last received, and the id
    of the build that it is from, where a server says so."""

    status: int
    media_type: str
    body: bytes
    seconds: float
    build: str = ""


class Connection:
    """One connection, opened again where the server closed it; for use in a ``with`` block.

    Nothing is compressed. Replies are read as fast as they come and taken apart after the clock has stopped, so that
    an engine that sends many small chunks pays for them and not for the reading.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._socket: socket.socket | None = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def ask(self, query: str, more: Sequence[tuple[str, str]] = ()) -> Reply:
        """The answer to a question; SetupError where the server does not answer at all."""
        return self.get(self.endpoint.target(query, more), GRAPH if _MAKES_GRAPH.search(query) else SOLUTIONS)

    def get(self, target: str, accept: str = EITHER) -> Reply:
        """The answer to a GET request for a path with its query string."""
        request = (
            f"GET {target} HTTP/1.1\r\nHost: {self.endpoint.host}:{self.endpoint.port}\r\nAccept: {accept}\r\n\r\n"
        ).encode("ascii")
        for attempt in (1, 2):
            try:
                return self._exchange(request)
            except (ConnectionError, EOFError) as error:
                self._close()
                if attempt == 2:
                    raise SetupError(f"{self.endpoint.host}:{self.endpoint.port} closed the connection") from error
            except TimeoutError:
                self._close()
                raise SetupError(f"no answer in {self.endpoint.patience:g} seconds") from None
        raise AssertionError

    def _exchange(self, request: bytes) -> Reply:
        if self._socket is None:
            self._socket = socket.create_connection(
                (self.endpoint.host, self.endpoint.port), timeout=self.endpoint.patience
            )
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = time.perf_counter()
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._piece()
        status, headers = _head(bytes(received[:end]))
        body = received[end + 4 :]
        chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        length = 0 if status in (204, 304) else int(headers.get("content-length", "0"))
        # neither JSON nor N-Triples has a bare carriage return, so these bytes end the body and are not in it
        while not (body == _LAST_CHUNK or body.endswith(b"\r\n" + _LAST_CHUNK)) if chunked else len(body) < length:
            body += self._piece()
        seconds = time.perf_counter() - begun
        if headers.get("connection", "").lower() == "close":
            self._close()
        whole = _joined(body) if chunked else bytes(body)
        return Reply(status, headers.get("content-type", ""), whole, seconds, headers.get("testimonia-build", ""))

    def _piece(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(1 << 18)
        if not piece:
            raise EOFError
        return piece

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _head(raw: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


def _joined(body: bytearray) -> bytes:
    """The content of a chunked body."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(body[end + 2 : end + 2 + size]))
        at = end + 2 + size + 2


Answer = Counter[tuple[str, ...]]
"""An answer whatever its order: how often each row, or each triple, is in it."""


def answer(reply: Reply) -> Answer:
    """The rows of a reply; SetupError where it is an error or cannot be read."""
    if reply.status != 200:
        text = reply.body.decode("utf-8", "replace").strip().replace("\n", " ")
        raise SetupError(f"{reply.status}: {text[:200]}")
    try:
        if "json" in reply.media_type:
            found = json.loads(reply.body)
            if "boolean" in found:
                return Counter([(str(found["boolean"]),)])
            rows = found["results"]["bindings"]
            if found["head"]["vars"] == ["__ASK_RETVAL"]:  # how Virtuoso 7 writes a truth value
                return Counter([(str(bool(rows)),)])
            return Counter(_row(binding) for binding in rows)
        return Counter({(str(triple),) for triple in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)})
    except (KeyError, SyntaxError, TypeError, ValueError) as error:
        raise SetupError(f"{reply.media_type} that cannot be read: {error}") from None


def _row(binding: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}={_term(term)}" for name, term in sorted(binding.items()))


def _term(term: Mapping[str, str]) -> str:
    """A term in one spelling: some engines write typed literals and plain strings in older ways."""
    kind = "literal" if term["type"] == "typed-literal" else term["type"]
    datatype = term.get("datatype", "")
    datatype = "" if datatype == iri("xsd:string") else datatype
    return "\0".join((kind, term["value"], datatype, term.get("xml:lang", "").lower()))


def milliseconds(reply: Reply) -> float:
    """How long a reply took; infinite where it is an error, such as that of a limit."""
    return 1000 * reply.seconds if reply.status == 200 else float("inf")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of some values that no more than the rest of a share exceeds; ``share`` from 0 to 1."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
