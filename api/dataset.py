"""The dataset as a whole: its VoID description, its dumps with their hashes, and its graphs one by one."""

import base64
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import IO
from urllib.parse import urljoin

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request

from api import describe, negotiate
from api.errors import UPDATE, Problem, bad_parameter
from api.fields import by_name, is_absolute_iri, of_address
from api.headers import unchanged
from api.negotiate import RDF, TRIPLES
from api.represent import as_rdf, chosen, engine, href
from kb import cards
from kb.namespaces import BASE, DEFAULT_GRAPH, OWN

blueprint = Blueprint("dataset", __name__)

PIECE = 1 << 16
"""Bytes of a dump or graph that are in memory at once."""

_IN_MEMORY = 1 << 20
_COMMENTED = ("ttl", "nt")
"""Formats in which a graph can say in a comment whose claim it is."""

_RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")
"""One range of bytes; whatever else a Range header says is left aside, as RFC 9110, section 14.2, allows."""

_WRITING = ("DELETE", "PATCH", "POST", "PUT")


@blueprint.get("/.well-known/void")
def void() -> Response:
    """What is served here, in figures."""
    form = chosen(by_name(of_address(), ("format",)).get("format"), RDF)
    triples = describe.void(engine().statistics, engine().build_id)
    return as_rdf([ox.Quad(*triple) for triple in triples], form)


@blueprint.get(f"/dump.<any({', '.join(describe.DUMPS)}):suffix>")
def dump(suffix: str) -> Response:
    """The whole served dataset, byte for byte as it was built, or a range of it."""
    file = engine().statistics.dumps[suffix]
    response = Response(content_type=describe.DUMPS[suffix].content_type)
    response.content_length = file.bytes
    response.accept_ranges = "bytes"
    response.set_etag(file.sha256)
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode("ascii")
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"  # RFC 9530, section 3
    response.headers.add("Link", f'<{request.script_root}/.well-known/void>; rel="describedby"')
    ranges = request.method == "GET" and _RANGE.fullmatch(request.headers.get("Range", "")) is not None
    response.make_conditional(request, accept_ranges=ranges, complete_length=file.bytes)
    if request.method == "GET" and response.status_code in (200, 206):
        start = response.content_range.start or 0
        response.response = _pieces(partial(engine().dump, suffix), start, response.content_length)
    return response


@blueprint.get(f"/dump.<any({', '.join(describe.DUMPS)}):suffix>.sha256")
def dump_hash(suffix: str) -> Response:
    """The hash of a dump, as ``sha256sum --check`` reads it."""
    text = f"{engine().statistics.dumps[suffix].sha256}  dump.{suffix}\n"
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.route("/data", methods=["GET", "HEAD"], provide_automatic_options=False)
def graph() -> Response:
    """One graph, whole: HTTP GET of the SPARQL 1.1 Graph Store HTTP Protocol (W3C, 2013, section 5.2)."""
    found = by_name(of_address(), ("default", "format", "graph"))
    given = {name: value for name, value in found.items() if value or name == "default"}
    if ("default" in given) == ("graph" in given):
        raise bad_parameter("graph", "The request names no graph, or two.", ["an IRI; or give “default” without value"])
    if given.get("default"):
        raise bad_parameter("default", "“default” stands without a value.")
    name = urljoin(BASE, given["graph"]) if "graph" in given else None
    if name is not None and not is_absolute_iri(name):
        raise bad_parameter("graph", f"“{given['graph'][:200]}” is no IRI.")
    form = chosen(given.get("format"), TRIPLES)
    name = None if name == DEFAULT_GRAPH else name
    kind = ox.RdfFormat.from_media_type(form.syntax)
    assert kind is not None
    if unchanged(form.content_type):
        return Response(status=304, content_type=form.content_type)
    response = Response(content_type=form.content_type)
    with ExitStack() as closing:  # the graph is whole before the status is said
        out = closing.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        if form.name in _COMMENTED and name is not None:
            out.write("".join(f"# {line}\n" for line in cards.caption(engine(), name)).encode())
        if not engine().write_graph(name, kind, out):
            raise _no_graph(name or "")
        response.content_length = length = out.tell()
        if request.method == "GET":
            response.response = _pieces(lambda: out, 0, length)
            closing.pop_all()
    about = "/.well-known/void" if name is None else href(name)
    if about is not None:
        response.headers.add("Link", f'<{about}>; rel="describedby"')
    return response


@blueprint.route("/data", methods=["OPTIONS"])
def options() -> Response:
    """What can be done with graphs here."""
    return Response(headers={"Allow": "GET, HEAD, OPTIONS"})


@blueprint.route("/data", methods=_WRITING, provide_automatic_options=False)
def write() -> Response:
    """Nothing is written over HTTP."""
    raise UPDATE


@blueprint.get("/graph/default")
@blueprint.get("/graph/default.<suffix>")
def default_graph(suffix: str = "") -> Response:
    """A redirection to the default graph."""
    if suffix and negotiate.by_name(suffix, TRIPLES) is None:
        kinds = ", ".join(f".{name}" for name in negotiate.names(TRIPLES))
        raise Problem(404, f"There is no format “{suffix[:20]}” for a graph.", f"There are {kinds}.", "not-found")
    response = redirect(f"{request.script_root}/data?default{f'&format={suffix}' if suffix else ''}", 303)
    assert isinstance(response, Response)
    return response


def _pieces(opened: Callable[[], IO[bytes]], start: int, length: int) -> Iterator[bytes]:
    """So many bytes of a file from a place on, piece by piece; the file is closed in the end."""
    with opened() as file:
        file.seek(start)
        while length and (piece := file.read(min(length, PIECE))):
            length -= len(piece)
            yield piece


def _no_graph(name: str) -> Problem:
    kind = cards.kind_of(name)
    near = cards.nearest(engine(), kind, cards.slug(name)[:200]) if kind in OWN and kind is not None else []
    hint = (
        f"Did you mean {', '.join(near)}?" if near else "Each claim has a graph of the claim’s IRI; /claims lists them."
    )
    return Problem(404, f"There is no graph <{name[:200]}> here.", hint, "not-found")
