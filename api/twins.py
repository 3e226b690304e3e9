"""The straight way of a thing in RDF: on the event loop, without a thread and without Flask.

What the default graph says of one subject is read faster than a thread is woken. So the plainest requests for it go
this way, and whatever is not plain goes the way of all others; the answers are the same on both.
"""

import re
from collections.abc import Mapping

import pyoxigraph as ox

from api import headers, negotiate
from api.cache import AnswerCache, Entry, Key
from api.negotiate import ENTITY, HTML, JSON
from api.rest import VOCABULARY, links_to_twins
from kb import cards
from kb.engine import Engine
from kb.errors import QueryError
from kb.namespaces import BASE, OWN, iri

LARGEST = 64_000
"""Bytes of the largest answer that is sent from the event loop."""

_KINDS = sorted({*OWN} - {*cards.GATHERED, *cards.PARTS})
_PATH = re.compile(rf"/({'|'.join(_KINDS)})/([A-Za-z0-9][A-Za-z0-9._-]*)")
_TYPE, _TOMBSTONE = ox.NamedNode(iri("rdf:type")), ox.NamedNode(iri("t:Tombstone"))


class Twins:
    """Answers plain requests for things in RDF out of ``engine``; what is to be kept goes to ``cache``.

    ``salt`` is what validators depend on beside the build.
    """

    def __init__(self, engine: Engine, cache: AnswerCache, *, salt: str) -> None:
        self._engine, self._cache, self._salt = engine, cache, salt

    def answer(self, key: Key, method: str, given: Mapping[str, str]) -> Entry | None:
        """The answer to a request with the headers ``given``; None where it is not plain, or nothing is found."""
        if method != "GET" or key.query or "if-none-match" in given or (found := _PATH.fullmatch(key.path)) is None:
            return None
        kind, name = found.groups()
        slug, dot, suffix = name.rpartition(".")
        form = negotiate.by_name(suffix, ENTITY) if dot else None
        if form is None:
            slug, form = name, negotiate.choose(given.get("accept"), ENTITY)
        syntax = None if form in (None, HTML, JSON) else ox.RdfFormat.from_media_type(form.syntax)
        if form is None or syntax is None:
            return None
        with self._engine.pinned() as engine:
            if not engine.is_here or engine.build_id != key.build:
                return None
            quads = cards.description(engine, f"{BASE}{kind}/{slug}")
        if not quads or any(quad.predicate == _TYPE and quad.object == _TOMBSTONE for quad in quads):
            return None
        try:
            body = cards.as_rdf(quads, syntax)
        except QueryError:  # what XML cannot hold
            return None
        if len(body) > LARGEST:
            return None
        more = [("Link", link) for link in links_to_twins(f"/{kind}/{slug}", "")]
        if kind not in VOCABULARY:
            more.append(("X-Robots-Tag", "noindex"))
        entry = headers.entry(key, form, body, more, salt=self._salt)
        self._cache.add(key, entry)
        return entry
