"""Between the HTTP server and the WSGI application: what WSGI alone cannot do.

Granian speaks RSGI here, its own asynchronous interface, because through it a client that leaves is noticed, a slow
sender or reader holds no thread, and an answer that is kept goes out without one. Everything else runs in threads, as a
WSGI application does anywhere. To the environment of PEP 3333 it adds

    testimonia.there     a function that tells whether the client is still there
    testimonia.problem   status and detail of what was wrong before the application was reached
    testimonia.missed    the key under which no answer is kept, so that nobody looks again
    testimonia.begun     a query that is under way (``api.straight``)
"""

import asyncio
import io
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from granian._granian import RSGIProtocolClosed

from api.cache import REQUEST_ID, AnswerCache, Entry, posted_hash
from api.headers import request_id_of
from api.metrics import Metrics
from api.represent import client_of
from api.straight import Straight

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

THREADS = 128
"""Requests that the application answers at once; most of them may wait for an evaluator."""

SLOW = 30.0
"""Seconds in which a client must have sent its body, or have taken the next piece of an answer."""

PATIENT = 16_000_000
"""Bytes of a request that is too large which are read all the same, so that its sender hears why it is refused."""

_access = logging.getLogger("testimonia.access")
_log = logging.getLogger(__name__)


class Gateway:
    """The RSGI application around a WSGI application and the answers that are kept of it.

    ``straight`` answers plain requests without the application. ``max_body`` is in bytes: no more of a request is read.
    ``proxies`` is as for ``create_app``. ``close`` is called when the server stops.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        cache: AnswerCache,
        metrics: Metrics,
        straight: Straight,
        *,
        max_body: int,
        proxies: int = 0,
        close: Callable[[], None],
    ) -> None:
        self._app, self._cache, self._metrics, self._straight = app, cache, metrics, straight
        self._max_body, self._proxies, self._close = max_body, proxies, close
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ends what belongs to the application, after the last answer."""
        self._threads.shutdown(wait=False)
        self._close()

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Answers one request."""
        started = time.perf_counter()
        key, begun = None, None
        headers: dict[str, str] = {}
        for name, value in scope.headers.items():
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        body, problem = b"", None
        if scope.method not in ("GET", "HEAD", "OPTIONS"):
            body, problem = await self._read(headers, protocol)
        path = scope.path if scope.path.isascii() else scope.path.encode().decode("latin-1")  # decoded by the server
        if problem is None and "range" not in headers:
            posted = posted_hash(headers.get("content-type", ""), body) if scope.method == "POST" else b""
            key, entry = self._cache.find(
                scope.method,
                path,
                scope.query_string,
                headers.get("accept", ""),
                headers.get("accept-encoding", ""),
                posted,
                headers.get("accept-language", ""),
            )
            kept = entry is not None
            if key is not None and entry is None and path == "/sparql":
                client = client_of(_address(scope), headers.get("x-forwarded-for", ""), proxies=self._proxies)
                found = await self._straight.answer(key, scope.method, headers, body, client)
                entry, begun = (found, None) if isinstance(found, Entry) else (None, found)
            elif key is not None and entry is None:
                entry = self._straight.twins.answer(key, scope.method, headers)
            if entry is not None:
                name = request_id_of(headers.get("x-request-id", ""), trusted=bool(self._proxies))
                status, sent, content = entry.answer(name, headers.get("if-none-match"))
                if scope.method == "HEAD" or not content:
                    protocol.response_empty(status, sent)
                else:
                    protocol.response_bytes(status, sent, content)
                self._note(scope, status, started, name, kept=kept)
                return
        environ = _environ(scope, path, headers, body)
        environ["testimonia.problem"] = problem
        environ["testimonia.missed"] = key
        environ["testimonia.begun"] = begun
        try:
            await self._ask(scope, protocol, environ, started)
        finally:
            if begun is not None:
                begun.drop()

    async def _read(self, headers: dict[str, str], protocol: "HTTPProtocol") -> tuple[bytes, tuple[int, str] | None]:
        """The body, and what is wrong with it."""
        announced = headers.get("content-length", "")
        if not announced:
            if "transfer-encoding" not in headers:
                return b"", None
            return b"", (411, "A request without a Content-Length may have been cut short on its way.")
        length = int(announced) if announced.isdigit() else PATIENT + 1
        try:
            if length <= self._max_body:
                return await asyncio.wait_for(protocol(), SLOW), None
            if length <= PATIENT:
                await asyncio.wait_for(_drain(protocol), SLOW)
        except TimeoutError:
            return b"", (408, f"The request was not sent within {SLOW:g} seconds.")
        except RSGIProtocolClosed:
            return b"", (400, "The request ended before as much was sent as its Content-Length says.")
        return b"", (413, f"The request is larger than {self._max_body:,} bytes.")

    async def _ask(self, scope: "Scope", protocol: "HTTPProtocol", environ: "WSGIEnvironment", started: float) -> None:
        """Answers through the application."""
        presence = _Presence(asyncio.get_running_loop(), protocol)
        environ["testimonia.there"] = presence.there
        try:
            answering = asyncio.get_running_loop().run_in_executor(self._threads, _call, self._app, environ)
            status, sent, first, rest = await answering
            if rest is None:
                if first and scope.method != "HEAD":
                    protocol.response_bytes(status, sent, first)
                else:
                    protocol.response_empty(status, sent)
            else:
                await self._stream(protocol, status, sent, first, rest)
        finally:
            presence.forget()
        name = next((value for key, value in sent if key == REQUEST_ID), "")
        self._note(scope, status, started, name, kept=False)

    async def _stream(
        self, protocol: "HTTPProtocol", status: int, sent: list[tuple[str, str]], first: bytes, rest: "_Rest"
    ) -> None:
        """Sends an answer piece by piece, as fast as the client takes it; breaks off where it takes none."""
        loop = asyncio.get_running_loop()
        transport = protocol.response_stream(status, sent)
        piece: bytes | None = first
        try:
            while piece is not None:
                await asyncio.wait_for(transport.send_bytes(piece), SLOW)
                piece = await loop.run_in_executor(self._threads, next, rest, None)
        except TimeoutError:
            _log.info("a client took no more of its answer within %g seconds", SLOW)
        except Exception as error:  # whatever the server raises when the client has gone
            _log.info("an answer was broken off: %s", error)
        finally:
            rest.close()

    def _note(self, scope: "Scope", status: int, started: float, name: str, *, kept: bool) -> None:
        seconds = time.perf_counter() - started
        self._metrics.answered(scope.path, status, seconds, kept=kept)
        if _access.isEnabledFor(logging.INFO):
            said = {
                "request_id": name,
                "client": scope.client,
                "method": scope.method,
                "path": scope.path,
                "query": scope.query_string[:2000],
                "status": status,
                "seconds": round(seconds, 6),
                "kept": kept,
            }
            _access.info("answered", extra={"fields": said})


async def _drain(protocol: "HTTPProtocol") -> None:
    """Reads a body and keeps nothing of it."""
    async for _ in protocol:
        pass


class _Presence:
    """Whether a client is still there; looked at from the first time that somebody wants to know."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: "HTTPProtocol") -> None:
        self._loop, self._protocol = loop, protocol
        self._gone: asyncio.Future[None] | None = None
        self._asked = False

    def there(self) -> bool:
        """Called from any thread."""
        if not self._asked:
            self._asked = True
            self._loop.call_soon_threadsafe(self._look)
        return self._gone is None or not self._gone.done()

    def forget(self) -> None:
        """Called from the loop, when the answer is under way."""
        self._asked = True
        if self._gone is not None:
            self._gone.cancel()

    def _look(self) -> None:
        self._gone = asyncio.ensure_future(self._protocol.client_disconnect())


def _call(
    app: "WSGIApplication", environ: "WSGIEnvironment"
) -> "tuple[int, list[tuple[str, str]], bytes, _Rest | None]":
    """Status, headers, the first piece of a body, and the rest of it, None where there is none."""
    seen: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        seen[:] = [int(status[:3]), headers]
        return lambda data: None

    pieces: Iterable[bytes] = app(environ, start_response)
    iterator = iter(pieces)
    first = next(iterator, b"")
    status, headers = seen
    length = next((value for name, value in headers if name.lower() == "content-length"), None)
    if environ["REQUEST_METHOD"] == "HEAD" or not first or length == str(len(first)):
        if close := getattr(pieces, "close", None):
            close()
        return status, headers, first, None
    return status, headers, first, _Rest(iterator, pieces)


class _Rest:
    """What is left of a body, with the ``close`` of the whole."""

    def __init__(self, iterator: Iterator[bytes], whole: object) -> None:
        self._iterator, self.close = iterator, getattr(whole, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._iterator)


def _address(scope: "Scope") -> str:
    """The address that a request comes from."""
    return scope.client.rpartition(":")[0].strip("[]")


def _environ(scope: "Scope", path: str, headers: dict[str, str], body: bytes) -> "WSGIEnvironment":
    """The environment of PEP 3333 for a request; ``path`` is as PEP 3333 has it, bytes as Latin-1."""
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _address(scope),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in headers.items():
        if "_" in name or name in ("content-length", "transfer-encoding"):
            continue  # an underscore would pass for a hyphen
        key = name.replace("-", "_").upper()
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
