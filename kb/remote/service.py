"""A SPARQL service asked as it is: nothing is hidden, and whether it holds a build is not looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kb.engine import Row
from kb.fetch import Client, Reply
from kb.remote.dialects import Dialect, dialect_of
from kb.remote.replies import read_table, refusal, refuse_cut

ACCEPT = {
    "solutions": "application/sparql-results+json, application/sparql-results+xml;q=0.5",
    "graph": "application/n-triples, text/turtle;q=0.5",
}
"""What is asked for by kind of answer: what is easiest to read whole."""


@dataclass(frozen=True)
class Service:
    """The SPARQL service at ``url``; ``timeout`` is in seconds of wall-clock time per query."""

    client: Client
    url: str
    timeout: float

    def exchange(self, query: str, dataset: Sequence[tuple[str, str]] = (), kind: str = "solutions") -> Reply:
        """The reply to a query, whole and with status 200; QueryError or LimitError for any other."""
        reply = self.client.ask(
            self.url,
            method="POST",
            headers={"Accept": ACCEPT[kind], "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode([("query", query), *dataset]).encode(),
            timeout=self.timeout,
        )
        if reply.status != 200:
            raise refusal(reply)
        return reply

    def rows(self, query: str) -> list[Row]:
        """The rows of a SELECT query, over our default graph and every named graph; errors as of ``exchange``."""
        dialect = self.dialect()
        reply = dialect.reread(self.exchange(dialect.reworded(query), dialect.dataset(())))
        found = read_table(reply)
        refuse_cut(reply, len(found))
        return found

    def server(self) -> str:
        """What the service says that it is."""
        return self.exchange("ASK {}").headers.get("server", "")

    def dialect(self) -> Dialect:
        """How it wants to be spoken to, asked anew each time: the service may be another by now."""
        return dialect_of(self.server())
