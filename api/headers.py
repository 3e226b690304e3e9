"""What every answer carries: validators, compression, cross-origin and security headers, request and build id."""

import contextlib
import functools
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from api.cache import REQUEST_ID, Entry, Key, keep, request_id
from api.errors import Problem, hint_of
from api.language import OWN, spoken
from api.negotiate import HTML, Format
from kb import __version__
from kb.engine import Engine
from kb.passages import Showing
from kb.questions import Question

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COMPRESS_FROM = 1000
"""Bytes from which a body is worth compressing."""

MAX_URL = 100_000
"""Bytes of the longest address that is read; longer queries come by POST."""

CACHE_CONTROL = "public, no-cache"
"""Anybody may keep an answer, and has to ask whether it still holds."""

ALWAYS = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Range, Range",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, POST",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Length, Content-Range, ETag, Link, Repr-Digest, Retry-After, "
        "Testimonia-Attribution, Testimonia-Build, Testimonia-Hint, Testimonia-Total, X-Request-Id"
    ),
    "Access-Control-Max-Age": "86400",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Vary": "Accept, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer, unless it has such a header of its own."""

SCRIPTED = {
    "Content-Security-Policy": f"{ALWAYS['Content-Security-Policy']}; connect-src 'self'; script-src 'self'",
}
"""On pages that bring a script, which is ours and asks nobody else."""

LASTING = "public, max-age=86400"
"""Anybody may keep an answer for a day: it depends on this code and not on the data."""

_ANSWERS_DEPEND_ON = ("*.py", "templates/*", "static/*", "static/built/*", "locale/*/LC_MESSAGES/*.mo")
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_COMPRESSIBLE = ("text/", "application/", "image/svg")


def register(
    app: Flask,
    engine: Engine,
    questions: Mapping[str, Question],
    snapshots: Mapping[str, str],
    showing: Showing,
    *,
    proxies: int,
) -> None:
    """Makes every answer of ``app`` carry its headers, and every request ask one engine from begin to end.

    With ``proxies`` in front, a request id that they give is taken.
    """
    app.extensions["testimonia"]["salt"] = _fingerprint(app, questions, snapshots, showing)
    languages = app.extensions["testimonia"]["languages"]

    @app.before_request
    def begin() -> None:
        g.request_id = request_id_of(request.headers.get(REQUEST_ID, ""), trusted=bool(proxies))
        g.may_be_indexed = False
        g.may_be_kept = True
        g.cache_control = CACHE_CONTROL
        g.validators = {}
        g.held = ExitStack()
        begun = request.environ.get("testimonia.begun")
        g.engine = begun.engine if begun is not None else g.held.enter_context(engine.pinned())
        if problem := request.environ.get("testimonia.problem"):
            raise Problem(problem[0], problem[1], hint_of(problem[0]))
        if len(request.environ.get("QUERY_STRING", "")) + len(request.path) > MAX_URL:
            raise Problem(414, "The address is too long.", "Send the query in the body of a POST request.")

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if held := g.pop("held", None):
            held.close()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers[REQUEST_ID] = g.get("request_id") or request_id()
        response.headers["Testimonia-Build"] = g.engine.build_id
        if not g.get("may_be_indexed") and request.endpoint != "static":
            response.headers["X-Robots-Tag"] = "noindex"
        _read_file(response)
        if response.mimetype == HTML.media_type and len(languages) > 1:
            response.headers["Vary"] = f"{ALWAYS['Vary']}, Accept-Language"
        if not g.may_be_kept:
            response.headers["Cache-Control"] = "no-store"
        elif response.status_code in (200, 206, 304) and request.method in ("GET", "HEAD"):
            response.headers["Cache-Control"] = g.cache_control
            if "ETag" in response.headers:  # a dump, which has seen to its conditions itself
                return _compressed(response)
            response.headers["ETag"] = f'W/"{_etag(response.content_type or "")}"'
            if "HTTP_IF_NONE_MATCH" in request.environ:
                response.make_conditional(request)
        sent = _compressed(response)
        if response.status_code == 200 and g.may_be_kept:
            keep(request.environ)
        return sent


def request_id_of(given: str, *, trusted: bool) -> str:
    """The id of a request: the one it was ``given``, where that is one and can be trusted, else a new one."""
    return given if trusted and _ID.fullmatch(given) else request_id()


def constant(app: "WSGIApplication") -> "WSGIApplication":
    """The application with the headers that are the same on every answer."""

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            own = {name for name, _ in headers}
            return start_response(status, [*headers, *((n, v) for n, v in ALWAYS.items() if n not in own)], *error)

        return app(environ, start)

    return wrapped


def unchanged(content_type: str) -> bool:
    """Whether the client has the answer to this request in this format already, before anything is evaluated.

    ``*`` tells nothing of that: whether there is an answer is not known yet.
    """
    given = request.if_none_match
    return request.method in ("GET", "HEAD") and not given.star_tag and given.contains_weak(_etag(content_type))


def momentary() -> None:
    """Says of the answer to this request that it is true for a moment: nobody keeps it."""
    g.may_be_kept = False


def lasting() -> None:
    """Says of the answer to this request that it holds longer than the build."""
    g.cache_control = LASTING


def _etag(content_type: str) -> str:
    """A validator out of the build, this code, the address, the format, and the language of a page: the same answer has
    the same one."""
    made: dict[str, str] = g.validators
    if content_type == HTML.content_type and spoken() != OWN:
        content_type = f"{content_type} {spoken()}"
    if content_type not in made:
        made[content_type] = validator(
            current_app.extensions["testimonia"]["salt"],
            g.engine.build_id,
            request.script_root + request.path,
            request.environ.get("QUERY_STRING", ""),
            content_type,
        )
    return made[content_type]


def validator(salt: str, build_id: str, path: str, query: str, content_type: str) -> str:
    """What stands between the quotes of an ETag; ``salt`` is what answers depend on beside the build."""
    parts = (salt, build_id, path, query, content_type)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def entry(
    key: Key, form: Format, body: bytes, more: Iterable[tuple[str, str]], *, salt: str, validated: bool = True
) -> Entry:
    """A whole answer as the application would send it, with ``more`` headers of its own; those of POST carry no
    validator."""
    sent = [("Content-Type", form.content_type), ("Testimonia-Build", key.build), *more]
    etag = f'W/"{validator(salt, key.build, key.path, key.query, form.content_type)}"' if validated else ""
    if validated:
        sent += [("Cache-Control", CACHE_CONTROL), ("ETag", etag)]
    if len(body) >= COMPRESS_FROM and takes_gzip(key.encodings):
        body = compressed(body)
        sent.append(("Content-Encoding", "gzip"))
    sent.append(("Content-Length", str(len(body))))
    return Entry((*sent, *ALWAYS.items()), etag, body)


@functools.lru_cache(maxsize=1024)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip, by its Accept-Encoding header."""
    return parse_accept_header(accept_encoding, Accept).quality("gzip") > 0


def compressed(body: bytes) -> bytes:
    """A body as gzip, the same each time."""
    return gzip.compress(body, compresslevel=5, mtime=0)


def _fingerprint(app: Flask, questions: Mapping[str, Question], snapshots: Mapping[str, str], showing: Showing) -> str:
    """A hash of what answers depend on beside the build: version, templates, style, questions, and texts at hand."""
    found = hashlib.sha256(f"{__version__} {showing}".encode())
    here = Path(app.root_path)
    for path in sorted(path for pattern in _ANSWERS_DEPEND_ON for path in here.glob(pattern)):
        if path.is_file():
            found.update(path.name.encode() + path.read_bytes())
    for name, question in sorted(questions.items()):
        found.update(f"{name}\n{question.text}".encode())
    for slug, text in sorted(snapshots.items()):
        found.update(slug.encode() + text.encode())
    return found.hexdigest()


def _read_file(response: Response) -> None:
    """Puts a file that would be passed through (styles, scripts, pictures, all small) into the response's memory.

    Its validator goes, since it is made of the day of the file and not of what is in it.
    """
    if response.direct_passthrough:
        response.direct_passthrough = False
        response.headers.pop("ETag", None)
        with contextlib.closing(cast(BinaryIO, response.response)) as file:
            response.set_data(b"".join(file))


def _compressed(response: Response) -> Response:
    """The response as gzip where the client takes it and it is worth it."""
    if (
        not takes_gzip(request.headers.get("Accept-Encoding", ""))
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(_COMPRESSIBLE)
    ):
        return response
    if response.is_streamed:
        response.response = _gzip_pieces(response.iter_encoded())
        response.headers.pop("Content-Length", None)
    else:
        body = response.get_data()
        if len(body) < COMPRESS_FROM:
            return response
        response.set_data(compressed(body))
    response.headers["Content-Encoding"] = "gzip"
    for name in ("Accept-Ranges", "Repr-Digest"):  # they are of the bytes before compression
        response.headers.pop(name, None)
    tag, weak = response.get_etag()
    if tag is not None and not weak:
        response.set_etag(tag, weak=True)
    return response


def _gzip_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A stream as gzip; it breaks off where the stream does."""
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
