"""What a service answers, read whole or told as an error."""

import json
from typing import Any

import pyoxigraph as ox

from kb.engine import Row, Term
from kb.errors import LimitError, QueryError
from kb.fetch import LARGEST, Reply
from kb.namespaces import BASE
from kb.prefixes import prefixes_of

BASE_CLAUSE = f"BASE <{BASE}> "
"""What stands before a foreign query, and shifts the places of faults in its first line."""

_WORDS_OF_LIMIT = ("away", "busy", "crash", "memory", "size", "time")
_WORDS_OF_QUERY = ("forbidden", "not-found", "syntax", "too-complex", "too-long")
_REFUSALS = {400: "syntax", 403: "forbidden", 413: "too-long", 414: "too-long"}
_LIMITS = {408: "time", 429: "busy", 503: "busy", 504: "time"}


def as_quad(row: Row) -> ox.Quad:
    subject, predicate, graph = row["s"], row["p"], row.get("g", ox.DefaultGraph())
    if (
        isinstance(subject, ox.Literal)
        or not isinstance(predicate, ox.NamedNode)
        or isinstance(graph, ox.Literal | ox.Triple)
    ):
        raise broken("a row is no quad")
    return ox.Quad(subject, predicate, row["o"], graph)


def as_name(term: Term) -> str:
    """The IRI that a term is."""
    if not isinstance(term, ox.NamedNode):
        raise broken(f"{term} is no IRI")
    return term.value


def read_results(reply: Reply) -> ox.QuerySolutions | ox.QueryBoolean:
    """What the service answered, still to be read to its end."""
    form = ox.QueryResultsFormat.from_media_type(reply.media_type)
    if form is None:
        raise broken(f"it came as {reply.media_type or 'nothing that has a media type'}")
    try:
        return ox.parse_query_results(reply.body, format=form)
    except (SyntaxError, ValueError) as error:
        raise broken(error) from None


def read_table(reply: Reply) -> list[Row]:
    """The rows of an answer; LimitError where it is none, or broken.

    Whatever is raised leaves with nothing of the engine's in its traceback, which another thread may have to collect.
    """
    found: list[Row] = []
    results, fault = read_results(reply), ""
    if isinstance(results, ox.QuerySolutions):
        names = [variable.value for variable in results.variables]
        try:
            for row in results:
                found.append({name: row[name] for name in names if row[name] is not None})
        except (SyntaxError, ValueError) as error:
            fault = str(error)
    else:
        fault = "a SELECT query was answered with a boolean"
    del results
    if fault:
        raise broken(fault)
    return found


def solutions_anew(reply: Reply, media_type: str) -> tuple[str, bytes]:
    """The kind of an answer, and its body written anew: so it is known to be whole, and in the format asked for."""
    form = ox.QueryResultsFormat.from_media_type(media_type)
    if form is None:
        raise ValueError(f"{media_type} is no format of SPARQL results")
    if "x-sparql-maxrows" in reply.headers:
        refuse_cut(reply, len(read_table(reply)))
    refuse_cut(reply, 0)
    results, fault = read_results(reply), ""
    kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
    try:
        written = results.serialize(format=form) or b""
    except (SyntaxError, ValueError) as error:
        fault = str(error)
    del results  # see _table
    if fault:
        raise broken(fault)
    return kind, _bounded(written)


def graph_anew(reply: Reply, media_type: str) -> bytes:
    """The triples of an answer, written anew: sorted, each once."""
    form = ox.RdfFormat.from_media_type(reply.media_type)
    wanted = ox.RdfFormat.from_media_type(media_type)
    if form is None or wanted is None:
        raise broken(f"it came as {reply.media_type or 'nothing that has a media type'}")
    triples = sorted({quad.triple for quad in ox.parse(reply.body, format=form)}, key=str)
    refuse_cut(reply, len(triples))
    return _bounded(ox.serialize(triples, format=wanted, prefixes=prefixes_of(triples, wanted)) or b"")


def _bounded(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise LimitError(f"The answer is larger than {LARGEST:,} bytes and is not sent in part.", reason="size")
    return body


def refuse_cut(reply: Reply, rows: int) -> None:
    """LimitError where the service says that its answer is but the first part."""
    most = reply.headers.get("x-sparql-maxrows", "")
    if "x-sql-state" in reply.headers or (most.isdigit() and 0 < int(most) <= rows):
        raise LimitError(
            "The store behind this endpoint cut its answer short, so it is not passed on.",
            reason="size",
            hint="Add LIMIT and OFFSET, or ask for less.",
        )


def refusal(reply: Reply) -> QueryError | LimitError:
    """What a status other than 200 says, in our own terms; problem details (RFC 9457) are read where there are any."""
    problem: dict[str, Any] = {}
    if reply.media_type == "application/problem+json":
        try:
            found = json.loads(reply.body)
            problem = found if isinstance(found, dict) else {}
        except ValueError:
            problem = {}
    kind = str(problem.get("type", "")).rpartition("/")[2]
    first_line = next((line.strip() for line in reply.text.splitlines() if line.strip()), "")
    detail, hint = str(problem.get("detail") or first_line)[:300], str(problem.get("hint", ""))
    if reply.status in _REFUSALS:
        line, column = problem.get("line"), problem.get("column")
        if line == 1 and isinstance(column, int):
            column = max(1, column - len(BASE_CLAUSE))
        known = isinstance(line, int) and isinstance(column, int)
        return QueryError(
            detail or "The store behind this endpoint does not take the query.",
            reason=kind if kind in _WORDS_OF_QUERY else _REFUSALS[reply.status],
            hint=hint,
            line=line if known else None,
            column=column if known else None,
        )
    if "S1T00" in first_line:  # how Virtuoso says that MaxQueryExecutionTime is over
        return LimitError("The store behind this endpoint stopped the query: it ran too long.", reason="time")
    if reply.status in _LIMITS:
        wait = reply.headers.get("retry-after", "")
        return LimitError(
            detail or "The store behind this endpoint stopped the query.",
            reason=kind if kind in _WORDS_OF_LIMIT else _LIMITS[reply.status],
            hint=hint,
            retry_after=int(wait) if wait.isdigit() else 1,
        )
    if 300 <= reply.status < 400:
        detail = f"it sends elsewhere, to {reply.headers.get('location', 'nowhere')}; give that address"
    return LimitError(
        f"The store behind this endpoint answered with status {reply.status}: {detail}", reason="away", retry_after=5
    )


def broken(why: object) -> LimitError:
    return LimitError(f"The answer of the store behind this endpoint is broken: {why}.", reason="away", retry_after=5)
