"""Answers kept in front of the application: what was asked before costs next to nothing.

A build never changes, so an answer is good for as long as its build is served. The key is all that an answer depends
on: build, path, query string, the body of a POST, and the headers that negotiate. Kept are whole 200 answers that the
application marks with ``keep``; all else passes through. WSGI middleware (PEP 3333), safe for threads.

Answers that were asked for once have a quarter of the room, those that were asked for again the rest: a crowd of
questions that nobody repeats neither takes all of it nor drives out what is repeated (a segmented LRU).
"""

import hashlib
import io
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_ENTRY = 1_000_000
"""Bytes of the largest answer that is kept."""

REQUEST_ID = "X-Request-Id"
_MARK = "testimonia.keep"
_OVERHEAD = 2000
_MAX_HEADER = 300
_NOT_MODIFIED = ("etag", "cache-control", "vary", "testimonia-build", "access-control-allow-origin")


class Key(NamedTuple):
    """What an answer depends on."""

    build: str
    path: str
    query: str
    accept: str
    encodings: str
    posted: bytes = b""
    language: str = ""


@dataclass(frozen=True)
class Entry:
    """A kept answer: headers but for the request id, and body, as it was sent."""

    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes

    def answer(self, request_id: str, matches: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body; 304 for a client whose If-None-Match header ``matches``."""
        if matches and self.etag and (matches.strip() == "*" or self.etag.removeprefix("W/") in matches):
            kept = [(name, value) for name, value in self.headers if name.lower() in _NOT_MODIFIED]
            return 304, [*kept, (REQUEST_ID, request_id)], b""
        return 200, [*self.headers, (REQUEST_ID, request_id)], self.body


def keep(environ: "WSGIEnvironment") -> None:
    """Marks the answer to a request as one that is the same for all who ask the same of this build."""
    environ[_MARK] = True


def request_id() -> str:
    """A new id for a request."""
    return secrets.token_hex(8)


class _Segment:
    """Answers in the order of their last use, and how many bytes they take."""

    def __init__(self) -> None:
        self.entries: OrderedDict[Key, Entry] = OrderedDict()
        self.bytes = 0

    def put(self, key: Key, entry: Entry) -> None:
        self.entries[key] = entry
        self.bytes += _size(key, entry)

    def take(self, key: Key) -> Entry | None:
        entry = self.entries.pop(key, None)
        if entry is not None:
            self.bytes -= _size(key, entry)
        return entry

    def take_oldest(self) -> tuple[Key, Entry]:
        key, entry = self.entries.popitem(last=False)
        self.bytes -= _size(key, entry)
        return key, entry


class AnswerCache:
    """The middleware around ``app``; ``build`` tells the id of the build now served, ``language`` that of the answer to
    an Accept-Language header, ``max_bytes`` is for all."""

    def __init__(
        self, app: "WSGIApplication", build: Callable[[], str], *, language: Callable[[str], str], max_bytes: int
    ) -> None:
        self._app, self._build, self._language, self._max_bytes = app, build, language, max_bytes
        self._lock = threading.Lock()
        self._of = ""
        self.hits = 0
        self.clear()

    @property
    def size(self) -> int:
        """Bytes of the answers that are kept."""
        return self._once.bytes + self._again.bytes

    def find(
        self,
        method: str,
        path: str,
        query: str,
        accept: str,
        encodings: str,
        posted: bytes = b"",
        languages: str = "",
    ) -> tuple[Key | None, Entry | None]:
        """The key of a request, None where its answer is never kept, and the answer if it is here."""
        if method not in ("GET", "HEAD", "POST") or len(accept) > _MAX_HEADER or len(encodings) > _MAX_HEADER:
            return None, None
        key = Key(self._build(), path, query, accept, encodings, posted, self._language(languages))
        with self._lock:
            entry = self._again.entries.get(key)
            if entry is not None:
                self._again.entries.move_to_end(key)
            elif (entry := self._once.take(key)) is not None:
                self._again.put(key, entry)
                self._make_room()
            self.hits += entry is not None
        return key, entry

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The kept answer, or that of the application, which is kept if it may be."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "POST") or "HTTP_RANGE" in environ:
            return self._app(environ, start_response)
        key, entry = environ.get("testimonia.missed"), None
        if key is None:
            key, entry = self.find(
                method,
                environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
                environ.get("QUERY_STRING", ""),
                environ.get("HTTP_ACCEPT", ""),
                environ.get("HTTP_ACCEPT_ENCODING", ""),
                posted_hash(environ.get("CONTENT_TYPE", ""), _body(environ)) if method == "POST" else b"",
                environ.get("HTTP_ACCEPT_LANGUAGE", ""),
            )
        if entry is not None:
            status, headers, body = entry.answer(request_id(), environ.get("HTTP_IF_NONE_MATCH"))
            start_response("304 NOT MODIFIED" if status == 304 else "200 OK", headers)
            return [body]
        return self._app(environ, start_response) if key is None else self._pass(key, environ, start_response)

    def _pass(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: object) -> Callable[[bytes], object]:
            seen[:] = [(status, headers)]
            return start_response(status, headers, *rest)  # type: ignore[arg-type]

        pieces = self._app(environ, note)
        if not environ.get(_MARK) or not seen or not seen[0][0].startswith("200"):
            return pieces
        headers = {name.lower(): value for name, value in seen[0][1]}
        if int(headers.get("content-length", MAX_ENTRY + 1)) > MAX_ENTRY or headers["testimonia-build"] != key.build:
            return pieces
        body = b"".join(pieces)
        if close := getattr(pieces, "close", None):
            close()
        kept = tuple((name, value) for name, value in seen[0][1] if name != REQUEST_ID)
        self.add(key, Entry(kept, headers.get("etag", ""), body))
        return [body]

    def add(self, key: Key, entry: Entry) -> None:
        """Keeps an answer of the build now served; the oldest fall out where there are too many."""
        if key.build != self._build():
            return
        with self._lock:
            if key.build != self._of:
                self.clear()
                self._of = key.build
            if key in self._once.entries or key in self._again.entries:
                return
            self._once.put(key, entry)
            self._make_room()

    def clear(self) -> None:
        """Forgets all answers."""
        self._once, self._again = _Segment(), _Segment()

    def _make_room(self) -> None:
        while self._again.bytes > self._max_bytes * 3 // 4:
            self._once.put(*self._again.take_oldest())
        while (self._once.bytes > self._max_bytes // 4 and len(self._once.entries) > 1) or self.size > self._max_bytes:
            (self._once if self._once.entries else self._again).take_oldest()


def posted_hash(content_type: str, body: bytes) -> bytes:
    """What stands for the body of a POST in a key."""
    return hashlib.blake2b(content_type.encode() + b"\n" + body, digest_size=20).digest()


def _size(key: Key, entry: Entry) -> int:
    return len(entry.body) + len(key.path) + len(key.query) + len(key.accept) + _OVERHEAD


def _body(environ: "WSGIEnvironment") -> bytes:
    """The body of a request, which is put back for the application to read."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_ENTRY:
        return b""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body
