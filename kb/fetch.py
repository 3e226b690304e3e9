"""One HTTP exchange at a time, kept within limits: a deadline by the wall clock, a largest body, no redirection.

What is fetched is read whole or not at all: a transfer that breaks off is an error and never a short answer.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from kb import __version__
from kb.errors import LimitError, SetupError

LARGEST = 64_000_000
"""Bytes of the largest answer that is read."""

_PIECE = 1 << 16
_CONNECTIONS = 32


@dataclass(frozen=True)
class Reply:
    """A whole answer, whatever its status: header names in lower case, ``seconds`` from asking to the last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as UTF-8, with what is none replaced."""
        return self.body.decode("utf-8", "replace")


class _Deadline:
    """Cuts a connection off when its time is over, wherever the exchange stands."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self.over = False

    @property
    def left(self) -> float:
        """Seconds that are left, never quite none: a socket takes 0 for “do not wait”."""
        return max(0.001, self._until - time.monotonic())

    def watch(self, connected: socket.socket | None) -> None:
        """Names the socket that the exchange goes through."""
        self._socket = connected

    def cut(self) -> None:
        """Ends whatever is being sent or read."""
        self.over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it may be closed already
                self._socket.shutdown(socket.SHUT_RDWR)


class _Here(threading.local):
    deadline: _Deadline | None = None


_here = _Here()


def _tell(connected: socket.socket | None) -> None:
    if _here.deadline is not None:
        _here.deadline.watch(connected)


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _tell(self.sock)
        return super().getresponse()


class _Secure(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        _tell(self.sock)
        return super().getresponse()


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Secure


class Client:
    """Asks over HTTP and keeps connections open for the next time; may be used from several threads.

    No proxy and no credentials are taken from the environment, and no redirection is followed.
    """

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(maxsize=_CONNECTIONS, retries=False)
        self._pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
        limit: int = LARGEST,
    ) -> Reply:
        """The answer, within ``timeout`` seconds and with at most ``limit`` bytes.

        LimitError ``time``, ``size``, or ``away`` where nobody answers or an answer breaks off.
        """
        started = time.monotonic()
        deadline = _Deadline(timeout)
        timer = threading.Timer(timeout, deadline.cut)
        timer.daemon = True
        timer.start()
        _here.deadline = deadline
        try:
            with self._response(method, url, headers or {}, body, deadline) as response:
                found = b"".join(_pieces(response, limit))
                status, fields = response.status, {name.lower(): value for name, value in response.headers.items()}
        except LimitError:
            raise
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if deadline.over or _is_late(error):
                raise _late(timeout) from None
            raise LimitError(f"{url} cannot be asked: {_cause(error)}.", reason="away", retry_after=5) from None
        finally:
            _here.deadline = None
            timer.cancel()
        if deadline.over:
            raise _late(timeout)
        return Reply(status, fields, found, time.monotonic() - started)

    def close(self) -> None:
        """Closes all connections that are kept, now and not when somebody collects them."""
        pools = self._pools.pools
        for key in pools.keys():  # noqa: SIM118  # it cannot be iterated over itself
            pools[key].close()
        self._pools.clear()

    @contextlib.contextmanager
    def _response(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: _Deadline
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """A response whose head has come; a kept connection that was closed meanwhile costs a second try."""
        for attempt in (1, 2):
            try:
                response = self._pools.request(
                    method,
                    url,
                    body=body,
                    headers={"User-Agent": f"testimonia/{__version__}", **headers},
                    timeout=urllib3.Timeout(deadline.left),
                    redirect=False,
                    preload_content=False,
                )
                break
            except urllib3.exceptions.ProtocolError:
                if attempt == 2 or deadline.over:
                    raise
        finished = False
        try:
            yield response
            finished = True
        finally:
            if finished:
                response.release_conn()
            else:
                response.close()


def check_address(url: str) -> str:
    """The address itself if it is one of http or https with a host; SetupError otherwise."""
    try:
        parsed = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError:
        parsed = urllib3.util.Url()
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.auth or parsed.fragment:
        raise SetupError(f"{url}: is no address of a service; give one like http://127.0.0.1:8000/sparql")
    return url


def _pieces(response: urllib3.BaseHTTPResponse, limit: int) -> Iterator[bytes]:
    left = limit
    for piece in response.stream(_PIECE, decode_content=True):
        left -= len(piece)
        if left < 0:
            raise LimitError(
                f"The answer is larger than {limit:,} bytes and is not sent in part.",
                reason="size",
                hint="Add LIMIT and OFFSET, ask for fewer columns, or fetch the dump.",
            )
        yield piece


def _is_late(error: Exception) -> bool:
    """Whether an error says that time ran out; that nobody listens is another one, although of the same kind."""
    late, refused = urllib3.exceptions.TimeoutError, urllib3.exceptions.NewConnectionError
    return isinstance(error, late) and not isinstance(error, refused)


def _late(timeout: float) -> LimitError:
    return LimitError(
        f"The query ran longer than {timeout:g} seconds and was given up.",
        reason="time",
        hint="Ask for less: add LIMIT, bind more terms, or put GRAPH behind the claim's own properties.",
    )


def _cause(error: Exception) -> str:
    """What lies at the bottom of an error, in its own words."""
    reason: BaseException = error
    while inner := (getattr(reason, "reason", None) or reason.__cause__):
        if not isinstance(inner, BaseException):
            break
        reason = inner
    return (getattr(reason, "strerror", None) or str(reason) or type(reason).__name__).rstrip(".")
