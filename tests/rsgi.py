"""The server's side of a request, played: head and body of what comes in, and what was sent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from granian._granian import RSGIProtocolClosed


@dataclass
class Scope:
    """A request's head."""

    path: str
    method: str = "GET"
    query_string: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    client: str = "127.0.0.9:4000"
    server: str = "127.0.0.1:8000"
    scheme: str = "http"
    http_version: str = "1.1"
    authority: str | None = None


@dataclass
class Protocol:
    """The server's side of one request: what comes in, and what was sent; ``pairs`` are all headers, in order."""

    body: bytes | None = b""
    leaves: bool = False
    reads: float = 0.0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    async def __call__(self) -> bytes:
        if self.body is None:
            raise RSGIProtocolClosed
        return self.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.body or b""

    async def client_disconnect(self) -> None:
        await asyncio.sleep(0 if self.leaves else 3600)

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.pairs = status, [(name.lower(), value) for name, value in headers]
        self.headers = dict(self.pairs)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.response_empty(status, headers)
        self.sent.append(body)

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Protocol":
        self.response_empty(status, headers)
        return self

    async def send_bytes(self, data: bytes) -> None:
        await asyncio.sleep(self.reads)
        self.sent.append(data)
