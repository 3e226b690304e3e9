"""A client for a running server: saved questions, queries, cards and lists as Python values.

    with Client("http://127.0.0.1:8000") as server:
        for row in server.ask("what-is-said-of-a-day", day="2022-12-12"):
            print(row["speaker"], row["said"])

Everything that comes from ``/sparql`` and ``/questions`` is an ``Answer``, with values as Python has them (``Value``).
"""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode, urljoin

import pyoxigraph as ox

from kb.errors import ProblemError, SetupError
from kb.fetch import Client as Fetcher
from kb.fetch import Reply, check_address
from kb.namespaces import BASE, PREFIXES, shorten

if TYPE_CHECKING:
    import pandas

LONGEST_ADDRESS = 4000
"""Characters of the longest address that is asked by GET; a longer query is posted."""

KEPT = 64
"""Answers that are kept to be used again where the server says that they still hold."""

LARGEST_KEPT = 1_000_000
"""Bytes of the largest of them."""

LARGEST_DUMP = 4_000_000_000
"""Bytes of the largest dump that is read."""

_ELSEWHERE = (301, 303)
"""What was renamed, and what is a part of something, is found elsewhere."""

_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_XSD = PREFIXES["xsd"]
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = {
    _XSD + name
    for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt")
}


class Iri(str):
    """The IRI of something."""

    __slots__ = ()

    @property
    def short(self) -> str:
        """Its prefixed name where there is one, else the IRI in angle brackets."""
        return shorten(self)


class Blank(str):
    """A blank node; its label holds within one answer."""

    __slots__ = ()


class Text(str):
    """A text in a language, or the written form of a datatype that Python has no value for; else ``str`` will do."""

    language: str | None
    datatype: Iri | None

    def __new__(cls, text: str, *, language: str | None = None, datatype: Iri | None = None) -> Self:
        """A text with one of the two."""
        found = super().__new__(cls, text)
        found.language, found.datatype = language, datatype
        return found


Value = Iri | Blank | str | int | float | Decimal | bool | date | datetime | tuple["Value", ...] | None
"""What a cell holds: ``Text`` is a ``str``, a triple a tuple of three values, and None what is unbound."""

Parameter = str | int | float | Decimal | bool | date | Sequence["Parameter"] | None
"""What a parameter takes: a list for several values, and None for one that is not given."""


@dataclass(frozen=True)
class Answer:
    """A whole answer: ``rows`` have a value, or None, for each of ``columns``.

    Triples are rows of ``subject``, ``predicate`` and ``object``; a truth value is one row with the column ``answer``.
    ``build`` is the id of the data that it is from, ``url`` where it was asked for. ``hint`` says what may be wrong
    with a query that finds nothing. ``merged`` warns of FROM: then what is claimed stands beside what is stated.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Value], ...]
    build: str
    url: str
    hint: str = ""
    merged: bool = False

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def frame(self) -> "pandas.DataFrame":
        """The rows as a data frame; SetupError where pandas is not installed."""
        try:
            import pandas
        except ImportError:
            raise SetupError("data frames are made by pandas, which is not installed: pip install pandas") from None
        return pandas.DataFrame([list(row.values()) for row in self.rows], columns=list(self.columns))


class Client:
    """Asks the server at ``url``; keeps connections open until ``close``, and may be used from several threads.

    A request may take ``timeout`` seconds. One that is refused for the moment (429, 503) is asked again after as many
    seconds as the server says, ``retries`` times, but not where that is more than ``patience`` seconds. What goes
    wrong is a ProblemError where the server says what, and a LimitError where it does not answer.
    """

    def __init__(self, url: str, *, timeout: float = 30.0, retries: int = 1, patience: float = 30.0) -> None:
        self._base = check_address(url).rstrip("/") + "/"
        self._timeout, self._retries, self._patience = timeout, retries, patience
        self._fetcher = Fetcher()
        self._kept: dict[tuple[str, str], Reply] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self._fetcher.close()

    def query(self, sparql: str, *, perspective: str | None = None) -> Answer:
        """The answer to a SPARQL query, seen through a perspective where one is named (its IRI or slug)."""
        given = urlencode({"query": sparql, **({"perspective": perspective} if perspective else {})})
        url = f"{self._base}sparql?{given}"
        if len(url) <= LONGEST_ADDRESS:
            return _answer(self._ask(url, f"{_RESULTS}, {_TRIPLES}"), url)
        url = f"{self._base}sparql"
        return _answer(self._ask(url, f"{_RESULTS}, {_TRIPLES}", body=given.encode()), url)

    def ask(self, question: str, **parameters: Parameter) -> Answer:
        """The answer to a saved question; a parameter with several values takes a list."""
        url = self._address(f"questions/{quote(question, safe='')}", parameters)
        return _answer(self._ask(url, f"{_RESULTS}, {_TRIPLES}"), url)

    def questions(self) -> Sequence[Mapping[str, Any]]:
        """The saved questions, each with ``name``, ``title``, ``description`` and ``parameters``."""
        found: Sequence[Mapping[str, Any]] = self._json(f"{self._base}questions")
        return found

    def card(self, name: str) -> dict[str, Any]:
        """All that a server shows of one thing, named by IRI, prefixed name or path (``claim/x``).

        Of a part of something, such as an anchor, it is the card of what it belongs to; of what was renamed, that of
        the new name.
        """
        found: dict[str, Any] = self._json(f"{self._base}{quote(_local(name), safe='/')}.json")
        return found

    def list(self, name: str, **filters: Parameter) -> Iterator[dict[str, Any]]:
        """The entries of a list (``claims``, ``events``, …) or the rows of a table (``participations``, …) one by one.

        Pages are fetched when they are needed.
        """
        return self._items(self._address(name, filters))

    def search(self, words: str, **filters: Parameter) -> Iterator[dict[str, Any]]:
        """What is found for some words, best first, one by one."""
        return self._items(self._address("search", {"q": words, **filters}))

    def graph(self, name: str) -> Answer:
        """The triples of one graph, such as what a claim says; the default graph is ``graph/default``."""
        url = self._address("data", {"graph": BASE + _local(name)})
        return _answer(self._ask(url, _TRIPLES), url)

    def dump(self) -> bytes:
        """The whole dataset as sorted N-Quads."""
        return self._ask(f"{self._base}dump.nq", "application/n-quads", limit=LARGEST_DUMP).body

    def _address(self, path: str, parameters: Mapping[str, Parameter]) -> str:
        pairs = [(name, text) for name, value in parameters.items() for text in _texts(value)]
        return self._base + path + (f"?{urlencode(pairs)}" if pairs else "")

    def _items(self, url: str) -> Iterator[dict[str, Any]]:
        following: str | None = url
        while following:
            page = self._json(urljoin(self._base, following))
            yield from page["items"]
            following = page.get("next")

    def _json(self, url: str) -> Any:
        return _checked_json(self._ask(url, _JSON), url)

    def _ask(self, url: str, accept: str, *, body: bytes | None = None, limit: int | None = None) -> Reply:
        """An answer with status 200; ProblemError for any other."""
        for tries in range(self._retries + 1):
            reply = self._once(url, accept, body, limit)
            if reply.status in _ELSEWHERE:  # once, and never to another server
                url = urljoin(url, reply.headers.get("location", ""))
                if url.startswith(self._base):
                    reply = self._once(url, accept, body, limit)
            if reply.status == 200:
                return reply
            problem = _problem(reply, url)
            wait = problem.retry_after
            if wait is None or wait > self._patience or tries == self._retries:
                break
            time.sleep(wait)
        raise problem

    def _once(self, url: str, accept: str, body: bytes | None, limit: int | None) -> Reply:
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        kept = self._kept.pop((url, accept), None) if body is None else None
        if kept is not None:
            headers["If-None-Match"] = kept.headers["etag"]
        if body is not None:
            headers["Content-Type"] = _FORM
        more = {} if limit is None else {"limit": limit}
        reply = self._fetcher.ask(
            url, method="GET" if body is None else "POST", headers=headers, body=body, timeout=self._timeout, **more
        )
        if reply.status == 304 and kept is not None:
            reply = replace(kept, seconds=reply.seconds)
        if body is None and reply.status == 200 and "etag" in reply.headers and len(reply.body) <= LARGEST_KEPT:
            self._kept[url, accept] = reply
            for oldest in tuple(self._kept)[:-KEPT]:
                self._kept.pop(oldest, None)
        return reply


def _texts(value: Parameter) -> Iterator[str]:
    """What stands in an address for the value of a parameter."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)
    elif value is not None:
        yield value.isoformat() if isinstance(value, date) else str(value)


def _local(name: str) -> str:
    """The path of a thing of ours that is named by IRI, prefixed name or path."""
    return name.removeprefix(BASE).replace(":", "/", 1).lstrip("/")


def _answer(reply: Reply, url: str) -> Answer:
    """The rows of an answer; SetupError for what is none."""
    try:
        if reply.media_type == _TRIPLES:
            names = ["subject", "predicate", "object"]
            triples = ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
            rows = [(triple.subject, triple.predicate, triple.object) for triple in triples]
        elif reply.media_type == _RESULTS:
            results = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
            if isinstance(results, ox.QueryBoolean):
                return _as_answer(("answer",), ({"answer": bool(results)},), reply, url)
            names = [variable.value for variable in results.variables]
            rows = [tuple(solution) for solution in results]
        else:
            raise _strange(reply, url)
    except SyntaxError:
        raise _strange(reply, url) from None
    found = tuple(dict(zip(names, map(_value, row), strict=True)) for row in rows)
    return _as_answer(tuple(names), found, reply, url)


def _as_answer(columns: tuple[str, ...], rows: tuple[Mapping[str, Value], ...], reply: Reply, url: str) -> Answer:
    told = reply.headers
    merged = told.get("testimonia-attribution") == "merged"
    return Answer(columns, rows, told.get("testimonia-build", ""), url, told.get("testimonia-hint", ""), merged)


def _value(term: object) -> Value:
    """A term as Python has it."""
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.BlankNode):
        return Blank(term.value)
    if isinstance(term, ox.Triple):
        return _value(term.subject), _value(term.predicate), _value(term.object)
    return _literal(term) if isinstance(term, ox.Literal) else None


def _literal(term: ox.Literal) -> Value:
    text, datatype = term.value, term.datatype.value
    if term.language:
        return Text(text, language=term.language)
    if datatype == f"{_XSD}string":
        return text
    try:
        if datatype in _WHOLE:
            return int(text)
        if datatype == f"{_XSD}decimal":
            return Decimal(text)
        if datatype in (f"{_XSD}double", f"{_XSD}float"):
            return float(text)
        if datatype == f"{_XSD}boolean":
            return {"true": True, "1": True, "false": False, "0": False}[text]
        if datatype == f"{_XSD}date" and _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if datatype == f"{_XSD}dateTime":
            return datetime.fromisoformat(text)
    except (ArithmeticError, KeyError, ValueError):
        pass  # not as its datatype has it, or a year that Python does not know
    return Text(text, datatype=Iri(datatype))


def _checked_json(reply: Reply, url: str) -> Any:
    try:
        if reply.media_type == _JSON or reply.media_type.endswith("+json"):
            return json.loads(reply.body)
    except ValueError:
        pass
    raise _strange(reply, url)


def _strange(reply: Reply, url: str) -> SetupError:
    return SetupError(
        f"{url}: is answered as {reply.media_type or 'nothing'} and not as such a server would; is it one?"
    )


def _problem(reply: Reply, url: str) -> ProblemError:
    """What a status other than 200 says (RFC 9457), with the status alone where nothing more is said."""
    try:
        found = json.loads(reply.body) if reply.media_type == "application/problem+json" else {}
    except ValueError:
        found = {}
    told: Mapping[str, Any] = found if isinstance(found, dict) else {}
    wait = reply.headers.get("retry-after", "")
    return ProblemError(
        str(told.get("detail") or f"{url} is answered with status {reply.status}."),
        status=reply.status,
        title=str(told.get("title", "")),
        hint=str(told.get("hint", "")),
        request_id=str(told.get("request_id") or reply.headers.get("x-request-id", "")),
        retry_after=int(wait) if wait.isdecimal() and wait.isascii() else None,
        members=told,
    )
