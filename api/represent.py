"""From values to responses: links, table cells, RDF in its formats, JSON, CSV. What every blueprint shares."""

import csv
import functools
import io
import ipaddress
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlencode

import orjson
import pyoxigraph as ox
from flask import Response, current_app, g, redirect, render_template, request, url_for

from api import negotiate
from api.errors import bad_parameter, not_acceptable
from api.metrics import Metrics
from api.negotiate import HTML, Format
from kb import cards
from kb.engine import MAX_ANSWER, Answer, Engine, QueryRequest, Term, always
from kb.namespaces import BASE, OWN, PREFIXES, shorten
from kb.passages import Showing
from kb.process import Body
from kb.questions import Question

ROWS_LIMIT = 2000
"""Rows that a page shows; it says so, and links to the whole answer, where there are more."""

MAX_PAGE = 8_000_000
"""Bytes of the largest answer that is made into a page."""

BUILT = Path(__file__).parent / "static" / "built"
"""Where the build puts what browsers load."""

_PIECE = 1 << 18
"""Bytes that are sent at once of a large answer."""

_NUMBERS = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float")}


def engine() -> Engine:
    """The engine that this request asks: that of one build from begin to end."""
    return cast(Engine, g.engine)


def build_id() -> str:
    """The id of the build that this request is answered from."""
    return engine().build_id


def client() -> str:
    """Whose share of the evaluators this request takes: an address, or the network of a household with IPv6."""
    return share_of(request.remote_addr or "")


def client_of(remote: str, forwarded: str, *, proxies: int) -> str:
    """As ``client``, of a request from ``remote`` with X-Forwarded-For as ``ProxyFix`` reads it behind ``proxies``."""
    passed = [part.strip() for part in forwarded.split(",")] if forwarded else []
    return share_of(passed[-proxies] if proxies and len(passed) >= proxies else remote)


@functools.lru_cache(maxsize=1024)
def share_of(remote: str) -> str:
    """The share that an address belongs to; an empty text for what is no address."""
    try:
        address = ipaddress.ip_address(remote)
    except ValueError:
        return ""
    return str(address if address.version == 4 else ipaddress.ip_network((address, 64), strict=False))


def still_there() -> Callable[[], bool]:
    """A function that tells whether the client still waits; a server that cannot know says that it does."""
    return cast(Callable[[], bool], request.environ.get("testimonia.there", always))


def asking(query: str, form: Format, client: str) -> QueryRequest:
    """What is asked of the engine for a query whose answer is to have a format."""
    return QueryRequest(
        query,
        solutions=cards.RESULTS_JSON if form is HTML else form.syntax,
        graph=negotiate.N_TRIPLES.media_type if form is HTML else form.syntax,
        max_bytes=MAX_PAGE if form is HTML else MAX_ANSWER,
        client=client,
    )


def answered(asked: QueryRequest) -> Answer:
    """The answer to a query, which may be under way already; errors as those of the engine."""
    begun = request.environ.get("testimonia.begun")
    if begun is not None and begun.asked.request == asked:
        return cast(Answer, begun.asked.finish(asked.there))
    return engine().answer(asked)


def questions() -> Mapping[str, Question]:
    """The saved questions that this application was made with."""
    return cast(Mapping[str, Question], current_app.extensions["testimonia"]["questions"])


def questions_on(kind: str, slug: str) -> list[tuple[str, str]]:
    """The saved questions that can be asked of one thing, by title, with the address at which they are asked of it."""
    return sorted(
        (one.title, address(f"/questions/{one.name}", {parameter.name: slug}))
        for one in questions().values()
        for parameter in one.parameters
        if parameter.type == kind
    )


def remaining_in(perspective: str) -> cards.Json:
    """What is left of all claims, articles and events when one looks through the perspective of a slug."""
    return cards.remaining(engine(), perspective=[f"perspective/{perspective}"])


def questions_at(path: str) -> list[tuple[str, str]]:
    """The saved questions that are asked at a path here too, by title, with their addresses."""
    return sorted((one.title, f"/questions/{one.name}") for one in questions().values() if one.page == path)


def snapshots() -> Mapping[str, str]:
    """The article texts at hand, by article slug."""
    return cast(Mapping[str, str], current_app.extensions["testimonia"]["snapshots"])


def metrics() -> Metrics:
    """What this application counts."""
    return cast(Metrics, current_app.extensions["testimonia"]["metrics"])


def showing() -> Showing:
    """How much of an article text may be shown at one place."""
    return cast(Showing, current_app.extensions["testimonia"]["showing"])


def href(name: str | None) -> str | None:
    """Where a page links to for an IRI: its path here if it is ours, the IRI if it is https, else nowhere."""
    if name is None:
        return None
    if name == cards.ONTOLOGY or name.startswith(f"{cards.ONTOLOGY}#") or cards.kind_of(name) in OWN:
        return request.script_root + "/" + quote(name.removeprefix(BASE), safe="/#-._~")
    return name if name.startswith("https://") and not name.startswith(BASE) else None


def built(name: str) -> str | None:
    """The address of a file that the build makes for browsers; None where this runs from a checkout without them."""
    there = Path(current_app.static_folder or "", BUILT.name, name).is_file()
    return url_for("static", filename=f"built/{name}") if there else None


def pieces(words: str, marks: Iterable[Mapping[str, object]]) -> list[tuple[str, list[str]]]:
    """Words in pieces, each with what it is marked as, sorted: marks may overlap or stand inside each other."""
    ranges = [(int(str(mark["start"])), int(str(mark["end"])), str(mark["what"])) for mark in marks]
    cuts = sorted({0, len(words), *(cut for start, end, _ in ranges for cut in (start, end))})
    return [
        (words[start:end], sorted({what for first, last, what in ranges if first <= start and end <= last}))
        for start, end in itertools.pairwise(cuts)
    ]


def address(path: str, parameters: Mapping[str, str | Sequence[str]]) -> str:
    """A path here with parameters, of which some may have several values; those that are empty are left out."""
    kept = {key: value for key, value in parameters.items() if value}
    return path + (f"?{urlencode(kept, doseq=True)}" if kept else "")


def redirected(location: str, status: int) -> Response:
    """A redirection."""
    response = redirect(location, status)
    assert isinstance(response, Response)
    return response


def negotiated(table: tuple[Format, ...]) -> Format:
    """The format of ``table`` that this request asks for; Problem 406 where none fits."""
    found = negotiate.choose(request.headers.get("Accept"), table)
    if found is None:
        raise not_acceptable(table)
    return found


def chosen(name: str | None, table: tuple[Format, ...]) -> Format:
    """The format that ``format=`` or, without a value, the Accept header asks for; Problem where there is none."""
    found = negotiate.by_name(name, table) if name else negotiated(table)
    if found is None:
        raise bad_parameter("format", f"“{(name or '')[:20]}” is no format of this.", negotiate.names(table))
    return found


def whole(body: Body, form: Format) -> Response:
    """A response out of an answer; a large one goes out in pieces."""
    if isinstance(body, bytes):
        return Response(body, content_type=form.content_type)
    pieces = (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))
    return Response(pieces, content_type=form.content_type, headers={"Content-Length": str(len(body))})


def as_json(value: object, form: Format = negotiate.JSON) -> Response:
    """A JSON response, readable as it stands."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(text, content_type=form.content_type)


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV response (RFC 4180) with a header line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return Response(out.getvalue(), content_type=negotiate.CSV.content_type)


def as_rdf(quads: Iterable[ox.Quad], form: Format) -> Response:
    """Quads in a format; one that knows no named graphs gets those of the default graph only."""
    kind = ox.RdfFormat.from_media_type(form.syntax)
    if kind is None:
        raise ValueError(f"{form.syntax} is no format of RDF")
    return Response(cards.as_rdf(quads, kind), content_type=form.content_type)


def result_page(
    template: str, table: cards.Table, formats: tuple[Format, ...], *, headings: Sequence[str] = (), **values: object
) -> Response:
    """A page with a table of results under ``headings`` or the names of its columns, and links to other formats."""
    shown = [[_cell(row.get(name)) for name in table.columns] for row in table.rows[:ROWS_LIMIT]]
    page = render_template(
        template,
        table={"columns": headings or table.columns, "rows": shown, "total": len(table.rows), "limit": ROWS_LIMIT},
        formats=[(form.title, form.name) for form in formats if form.name != "html" and not form.written_as],
        **values,
    )
    return Response(page, content_type=HTML.content_type)


def _cell(term: Term | None) -> dict[str, object]:
    """A term as a table cell: text, and where it leads."""
    if isinstance(term, ox.NamedNode):
        return {"text": shorten(term.value), "href": href(term.value), "lang": None, "number": False}
    if isinstance(term, ox.Literal):
        number = term.datatype.value in _NUMBERS
        return {"text": term.value, "href": None, "lang": term.language, "number": number}
    return {"text": "" if term is None else str(term), "href": None, "lang": None, "number": False}
