"""A peer: rdflib over a dump in memory, by itself behind Python's own HTTP server, or behind rdflib-endpoint.

    python rdflibs.py plain|endpoint DUMP PORT

Runs in the environment of the peer, which has nothing of ours. The dump is read once and a child process answers; when
a child is killed, since a question took too long and cannot be stopped otherwise, the next takes over what was read.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from urllib.parse import parse_qs, urlsplit

from rdflib import Dataset
from rdflib.plugins.sparql import prepareQuery

HOST = "127.0.0.1"
_MEDIA_TYPES = {"json": "application/sparql-results+json", "nt": "application/n-triples"}


def main(kind: str, dump: str, port: int) -> None:
    """Serves a dump until it is ended; the first line printed is how many seconds reading it took."""
    begun = time.perf_counter()
    data = Dataset()
    data.parse(dump, format="nquads")
    print(f"{time.perf_counter() - begun:.3f}", flush=True)
    serve = SERVED[kind](data)
    gc.freeze()
    while True:
        child = os.fork()
        if not child:
            serve(port)
            return

        def end(signal_number: int, frame: FrameType | None, child: int = child) -> None:
            os.kill(child, signal.SIGKILL)
            sys.exit(0)

        signal.signal(signal.SIGTERM, end)
        _, status = os.waitpid(child, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


def _plain(data: Dataset) -> Callable[[int], None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query).get("query", [""])[0]
            try:
                result = data.query(prepareQuery(query))
                form = "json" if result.type in ("SELECT", "ASK") else "nt"
                status, media_type, body = 200, _MEDIA_TYPES[form], result.serialize(format=form) or b""
            except Exception as error:  # whatever it is, it is the answer of this peer
                status, media_type, body = 500, "text/plain", repr(error).encode()
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    return lambda port: ThreadingHTTPServer((HOST, port), Handler).serve_forever()


def _endpoint(data: Dataset) -> Callable[[int], None]:
    import uvicorn
    from rdflib_endpoint import SparqlEndpoint

    app = SparqlEndpoint(graph=data, path="/sparql")
    return lambda port: uvicorn.run(app, host=HOST, port=port, log_level="warning")


SERVED: dict[str, Callable[[Dataset], Callable[[int], None]]] = {"endpoint": _endpoint, "plain": _plain}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
