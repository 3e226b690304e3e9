"""The straight way of a query: from the event loop to an evaluator and back, without a thread and without Flask.

Most queries are short, and what costs most on their way is all that stands around them. So the plainest requests (a
query and perhaps a format, nothing else) are read here and waited for on the event loop. Whatever is not plain, is not
answered at once, or has an answer of which more is to be said (an error, an empty one), goes the way of all others,
with ``testimonia.begun`` in its environment if its query is under way; the answers are the same on both ways. What a
DESCRIBE of things that it names asks for, one look-up in the store gives: no evaluator is woken for it.
"""

import asyncio
import contextlib
import functools
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import pyoxigraph as ox

from api import fields, headers
from api.cache import AnswerCache, Entry, Key
from api.errors import Problem
from api.negotiate import GRAPH, HTML, SOLUTIONS, Format
from api.represent import asking
from api.sparql import DIRECT, FORM, HINT, format_for
from api.twins import Twins
from kb import cards, guard, hints
from kb.engine import Answer, Asked, Engine, QueryRequest, always
from kb.errors import LimitError, QueryError
from kb.guard import READ_AT_ONCE, Guarded
from kb.pool import QUICK

LARGEST = 250_000
"""Bytes of the largest answer that is sent from the event loop."""

LARGEST_PACKED = 64_000
"""Bytes of the largest that is compressed there: that takes a millisecond or two."""


MOST_DESCRIBED = 10
"""Things of a DESCRIBE that are looked up there."""

_UNLISTED = ("X-Robots-Tag", "noindex")


@dataclass(frozen=True)
class Begun:
    """A query that is under way, and the engine that is held for it until it is dropped."""

    asked: Asked
    engine: Engine
    held: ExitStack

    def drop(self) -> None:
        """Gives up the query if nobody has waited for its answer, and lets go of the engine."""
        self.held.close()


@dataclass(frozen=True)
class _Refused:
    """A query that was not let in: ``finish`` says why."""

    request: QueryRequest
    error: LimitError

    def begin(self) -> None:
        """None: it has no turn."""

    def take(self) -> None:
        """None: there is nothing to take."""

    def finish(self, there: Callable[[], bool]) -> Answer:
        """Raises what it was refused with."""
        raise self.error

    def drop(self) -> None:
        """Does nothing."""


class Straight:
    """Answers plain requests to ``/sparql`` out of ``engine``, and ``twins`` those for things in RDF.

    What is to be kept goes to ``cache``; ``salt`` is what validators depend on beside the build.
    """

    def __init__(self, engine: Engine, cache: AnswerCache, *, salt: str) -> None:
        self._engine, self._cache, self._salt = engine, cache, salt
        self.twins = Twins(engine, cache, salt=salt)

    async def answer(
        self, key: Key, method: str, given: Mapping[str, str], body: bytes, client: str
    ) -> Entry | Begun | None:
        """The answer to a request with the headers ``given``, or its query under way, or None where it is not plain."""
        asked = _plain(method, key.query, given, body)
        if asked is None:
            return None
        query, guarded, form = asked
        with ExitStack() as held:
            engine = held.enter_context(self._engine.pinned())
            if engine.build_id != key.build:
                return None
            if (known := _described(guarded, form, engine)) is not None:
                entry = headers.entry(key, form, known, [_UNLISTED], salt=self._salt, validated=method == "GET")
                self._cache.add(key, entry)
                return entry
            waiting = _Waiting(asyncio.get_running_loop())
            try:
                begun = engine.enter(asking(query, form, client), waiting.wake)
            except LimitError as error:
                return Begun(_Refused(asking(query, form, client), error), engine, held.pop_all())
            if begun is None:
                return None
            held.callback(begun.drop)
            packed = headers.takes_gzip(key.encodings)
            answer = await waiting.answer(begun, LARGEST_PACKED if packed else LARGEST)
            hint = None if answer is None else _hint(guarded, answer, engine)
            if answer is None or hint is None:
                return Begun(begun, engine, held.pop_all())
        more = [_UNLISTED, *([(HINT, hint)] if hint else [])]
        entry = headers.entry(key, form, bytes(answer.body), more, salt=self._salt, validated=method == "GET")
        self._cache.add(key, entry)
        return entry


class _Waiting:
    """A query that is waited for on the event loop, first for its turn and then for its answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._thread = loop, threading.get_ident()
        self._is_whole: asyncio.Future[bool] = loop.create_future()
        self._asked: Asked | None = None
        self._largest = 0
        self._descriptor: int | None = None

    def wake(self) -> None:
        """Tells that it is the query's turn; called from any thread."""
        if threading.get_ident() == self._thread:
            self._loop.call_soon(self._begin)  # without the way through the kernel
        else:
            with contextlib.suppress(RuntimeError):  # the server has stopped, and a thread waits
                self._loop.call_soon_threadsafe(self._begin)

    async def answer(self, asked: Asked, largest: int) -> Answer | None:
        """The whole answer; None where it is not here at once, larger than so many bytes, or an error."""
        self._asked, self._largest = asked, largest
        timer = self._loop.call_later(QUICK, self._end, False)
        try:
            if not await self._is_whole:
                return None
            answer = asked.finish(always)
        except (LimitError, QueryError):
            return None
        finally:
            timer.cancel()
            self._end(False)
        return answer if len(answer.body) <= largest else None

    def _begin(self) -> None:
        if self._asked is None or self._is_whole.done():
            return
        self._descriptor = self._asked.begin()
        if self._descriptor is None:
            self._end(False)
        else:
            self._loop.add_reader(self._descriptor, self._take, self._asked)

    def _take(self, asked: Asked) -> None:
        try:
            size = asked.take()
        except EOFError:
            self._end(False)
        else:
            if size is None:
                self._end(True)
            elif size > self._largest:
                self._end(False)

    def _end(self, is_whole: bool) -> None:
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            self._descriptor = None
        if not self._is_whole.done():
            self._is_whole.set_result(is_whole)


def _plain(method: str, in_url: str, given: Mapping[str, str], body: bytes) -> tuple[str, Guarded, Format] | None:
    """Query, what is known of it, and format of a request; None where it is not of the plainest kind."""
    if method not in ("GET", "POST") or "if-none-match" in given or "content-encoding" in given:
        return None
    try:
        found = [*fields.decoded(in_url.encode("latin-1"), "address")]
        if method == "POST":
            media_type = given.get("content-type", "").lower()
            if media_type == FORM:
                found += fields.decoded(body, "body")
            elif media_type == DIRECT:
                found.append(("query", body.decode("utf-8-sig")))
            else:
                return None
        values = dict(found)
        query = values.get("query", "")
        if (
            len(values) < len(found)
            or not query
            or len(query) > READ_AT_ONCE
            or not values.keys() <= {"query", "format"}
        ):
            return None
        guarded = guard.guard(query)
        if guarded.volatile or guarded.default_graphs or guarded.named_graphs:
            return None
        table = SOLUTIONS if guarded.form in ("SELECT", "ASK") else GRAPH
        form = format_for(values.get("format"), given.get("accept"), table)
    except (Problem, QueryError, LimitError, UnicodeError):
        return None
    return None if form is HTML else (query, guarded, form)


def _described(guarded: Guarded, form: Format, engine: Engine) -> bytes | None:
    """What is said of things that a query names and asks nothing else of, as an evaluator would write it.

    None where that is more than a look-up: where nothing is said of any, or blank nodes have to be followed.
    """
    syntax = ox.RdfFormat.from_media_type(form.syntax)
    if not 0 < len(guarded.described) <= MOST_DESCRIBED or syntax is None or not engine.is_here:
        return None
    quads = engine.quads(subjects=guarded.described)
    if not quads or any(isinstance(quad.object, ox.BlankNode) for quad in quads):
        return None
    try:
        body = cards.as_rdf(quads, syntax)
    except QueryError:
        return None
    return body if len(body) <= LARGEST_PACKED else None


def _hint(guarded: Guarded, answer: Answer, engine: Engine) -> str | None:
    """What is to be told of an empty answer, the empty text of any other; None where that has to be looked up."""
    if not hints.is_empty(answer.body, answer.media_type):
        return ""
    try:
        return hints.hint(guarded, functools.partial(cards.known_to_occur, engine), lambda name: ())
    except LookupError:
        return None
