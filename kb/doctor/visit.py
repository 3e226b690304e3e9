"""One visit to one endpoint: what was asked is asked once, one question at a time, and never past the budget."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pyoxigraph as ox

from kb.engine import Row, Term
from kb.errors import LimitError, SetupError
from kb.fetch import Reply, check_address
from kb.namespaces import iri

RESULTS = "application/sparql-results+json"
RDF = "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8"
PAUSE = 0.02
"""Seconds between two questions."""

_REDIRECTIONS = 5

LARGEST = 20_000_000
"""Bytes of the largest answer that is read."""


class Ask(Protocol):
    """What asks over HTTP: ``kb.fetch.Client.ask`` or a stand-in."""

    def __call__(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
        limit: int = LARGEST,
    ) -> Reply:
        """The answer; LimitError where there is none."""


@dataclass(frozen=True)
class Outcome:
    """How far a criterion is met, from 0 to 1, and what was seen; None where it does not apply."""

    score: float | None
    seen: str


class OutOfTime(Exception):
    """The budget of a visit is used up."""


class Visit:
    """An endpoint, the site it belongs to, and what they answered so far.

    ``url`` is the address of the endpoint, or of a site whose endpoint is /sparql. ``timeout`` is in seconds per
    question, ``budget`` in seconds for all of them, ``pause`` in seconds between two.
    """

    def __init__(self, url: str, *, ask: Ask, timeout: float, budget: float, pause: float = PAUSE) -> None:
        parts = urlsplit(check_address(url))
        self.site = f"{parts.scheme}://{parts.netloc}"
        self.endpoint = url if parts.path.strip("/") else f"{self.site}/sparql"
        self._ask = ask
        self._timeout = timeout
        self._pause = pause
        self._until = time.monotonic() + budget
        self._known: dict[tuple[str, str, str, bytes | None], Reply | None] = {}

    def reach(self) -> None:
        """SetupError where nobody answers at the endpoint."""
        if self.query("ASK {}") is None:
            raise SetupError(f"{self.endpoint}: nobody answers; is a server running there?")

    def ask(
        self,
        url: str,
        accept: str = "*/*",
        *,
        method: str = "GET",
        body: bytes | None = None,
        media_type: str = "",
        again: bool = False,
    ) -> Reply | None:
        """The answer to a request, remembered unless it is asked ``again``; None where there was none in time."""
        key = (method, url, f"{accept} {media_type}", body)
        if again or key not in self._known:
            left = self._until - time.monotonic()
            if left <= 0:
                raise OutOfTime
            time.sleep(self._pause)
            headers = {"Accept": accept, "Origin": "https://doctor.invalid"}
            if media_type:
                headers["Content-Type"] = media_type
            try:
                self._known[key] = self._ask(
                    url, method=method, headers=headers, body=body, timeout=min(self._timeout, left), limit=LARGEST
                )
            except LimitError:
                self._known[key] = None
        return self._known[key]

    def query(self, text: str, accept: str = RESULTS, *, graph: str = "", again: bool = False) -> Reply | None:
        """The answer to a query by GET; over the default graph named ``graph`` where one is."""
        fields = {"query": text, **({"default-graph-uri": graph} if graph else {})}
        joint = "&" if "?" in self.endpoint else "?"
        return self.ask(f"{self.endpoint}{joint}{urlencode(fields, quote_via=quote)}", accept, again=again)

    def rows(self, text: str) -> list[Row] | None:
        """The solutions of a SELECT query; None where there is no valid answer."""
        results = results_of(self.query(text))
        if not isinstance(results, ox.QuerySolutions):
            return None
        names = [variable.value for variable in results.variables]
        try:
            return [{name: row[name] for name in names if row[name] is not None} for row in results]
        except (SyntaxError, ValueError):
            return None

    def truth(self, text: str, *, graph: str = "") -> bool | None:
        """The answer of an ASK query; None where there is no valid one."""
        results = results_of(self.query(text, graph=graph))
        return bool(results) if isinstance(results, ox.QueryBoolean) else None

    def number(self, text: str) -> float | None:
        """The one number that a SELECT query gives; None where it gives none."""
        rows = self.rows(text)
        if not rows or not rows[0]:
            return None
        try:
            return float(_text(next(iter(rows[0].values()))))
        except ValueError:
            return None

    @cached_property
    def description(self) -> Sequence[ox.Triple]:
        """The service description, as the endpoint gives it without a query; empty where it gives none."""
        return triples_of(self.ask(self.endpoint, RDF))

    @cached_property
    def void(self) -> Sequence[ox.Triple]:
        """The description of the dataset at its well-known place; empty where there is none."""
        return triples_of(self.ask(f"{self.site}/.well-known/void", RDF))

    @cached_property
    def metadata(self) -> Sequence[ox.Triple]:
        """All that the service says of itself and of its data in these two."""
        return [*self.description, *self.void]

    def values(self, *names: str) -> list[Term]:
        """The objects that the metadata has under prefixed property names, sorted."""
        wanted = {iri(name) if ":" in name and not name.startswith("http") else name for name in names}
        return sorted({triple.object for triple in self.metadata if triple.predicate.value in wanted}, key=str)

    def here(self, name: str) -> str:
        """Where an IRI is asked for: on this site where void:uriSpace says that it is one of its own."""
        for space in (_text(value) for value in self.values("void:uriSpace")):
            if name.startswith(space):
                return f"{self.site}/{name.removeprefix(space).partition('#')[0]}"
        return name.partition("#")[0]

    def look_up(self, name: str, accept: str) -> Reply | None:
        """What the IRI of a thing gives, over at most five redirections; None where it gives nothing."""
        url = self.here(name)
        reply = self.ask(url, accept)
        for _ in range(_REDIRECTIONS):
            if reply is None or reply.status not in (301, 302, 303, 307, 308):
                break
            url = self.here(urljoin(url, reply.headers.get("location", "")))
            if not url.startswith(("http://", "https://")):
                return None
            reply = self.ask(url, accept)
        return reply

    @cached_property
    def things(self) -> Sequence[str]:
        """IRIs of some things of a class that are in use, sorted: first those that the metadata gives as examples."""
        examples = [_text(value) for value in self.values("void:exampleResource")]
        rows = self.rows(_SOME_THINGS) or []
        return [*examples, *sorted(_text(row["s"]) for row in rows if "s" in row)]

    @cached_property
    def is_ours(self) -> bool:
        """Whether the server says that it is a Testimonia server."""
        reply = self.query("ASK {}")
        return reply is not None and "testimonia-build" in reply.headers


_SOME_THINGS = f"""\
SELECT DISTINCT ?s {{
  ?s a ?c FILTER ( isIRI(?s) ) FILTER NOT EXISTS {{ ?s <{iri("owl:deprecated")}> true }}
}} LIMIT 100"""


def results_of(reply: Reply | None) -> ox.QuerySolutions | ox.QueryBoolean | None:
    """The results in an answer, still to be read to the end; None where it is none."""
    form = None if reply is None or reply.status != 200 else ox.QueryResultsFormat.from_media_type(reply.media_type)
    if reply is None or form is None:
        return None
    try:
        return ox.parse_query_results(reply.body, format=form)
    except (SyntaxError, ValueError):
        return None


def triples_of(reply: Reply | None) -> list[ox.Triple]:
    """The triples in an answer; none where it is no RDF, or broken."""
    form = None if reply is None or reply.status != 200 else ox.RdfFormat.from_media_type(reply.media_type)
    if reply is None or form is None:
        return []
    try:
        return [quad.triple for quad in ox.parse(reply.body, format=form, base_iri="http://doctor.invalid/")]
    except (SyntaxError, ValueError):
        return []


def _text(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
