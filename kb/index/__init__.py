"""The index beside the store: tables for what SPARQL is slow at, such as words, names and long lists.

It is one SQLite file in the folder of a build, written once and never changed: whatever it holds follows
from the quads, so that the same build has the same tables. Each module of this package makes the tables of one concern:

    addresses  what has an address here, and the same things elsewhere
    words      names and texts, folded, and the words that occur in them
    compared   which claims are compared with each other
    entries    what lists hold: claims, things, by which values they are narrowed and in which orders read
    flat       what claims tell of events, row by row: who takes part, how many, in which months

``said`` and ``folding`` are what they share. A new concern is a module with a ``Part`` and a line in ``PARTS``.
"""

import errno
import os
import shutil
import sqlite3
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kb.errors import SetupError
from kb.index import addresses, compared, entries, flat, renewing, words
from kb.index.part import Part
from kb.index.renewing import Unlike as Unlike
from kb.index.said import Held, Said, Stored
from kb.nquads import Difference

PARTS: tuple[Part, ...] = (addresses.PART, words.PART, entries.PART, compared.PART, flat.PART)
"""What writes tables, in this order."""

EDITION = 6
"""Raised when the same tables get other rows, so that builds of earlier versions get them too."""

FILE = "index.sqlite"
"""The name of the file in the folder of a build."""

Row = tuple[Any, ...]
"""Values of the columns of a SELECT: str, int, float or None."""

_LAYOUT = zlib.crc32("\n".join((str(EDITION), *(part.schema for part in PARTS))).encode()) & 0x7FFF_FFFF


class Index:
    """The tables of one build, read-only, for any number of threads."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._idle: list[sqlite3.Connection] = []
        self._finalizer = weakref.finalize(self, _close, self._idle)
        self.rows("SELECT 1")

    def rows(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        """The rows of a SELECT of our own; what users wrote comes only as ``parameters``."""
        with self._connection() as connection:
            return connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Closes the file; it cannot be read again."""
        self._finalizer()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile: there are as many as were ever in use at once."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            if self._finalizer.alive:
                self._idle.append(connection)
            else:
                connection.close()


def open_index(path: Path) -> Index:
    """The index in a file; SetupError where there is none that this version has written."""
    if not is_current(path):
        raise SetupError(f"{path}: is no index of this version; build it again with testimonia build")
    return Index(lambda: _open(path))


def in_memory(store: ox.Store) -> Index:
    """The index of a store, kept in memory: for what is small."""
    with closing(_memory()) as connection:
        fill(connection, Stored(store))
        content = connection.serialize()

    def connect() -> sqlite3.Connection:
        connection = _memory()
        connection.deserialize(content)
        return connection

    return Index(connect)


def write(path: Path, held: Held) -> None:
    """Writes the index of what is held, aside first: it is there whole or not at all; OSError where it cannot."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    aside.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(aside, isolation_level=None)) as connection:
            fill(connection, held)
        os.replace(aside, path)
    except sqlite3.OperationalError as error:  # no space, or a file that cannot be written
        raise OSError(errno.EIO, str(error)) from error
    finally:
        aside.unlink(missing_ok=True)


def renew(earlier: Path, path: Path, difference: Difference, *, was: ox.Store, now: ox.Store) -> None:
    """Writes the index of a build out of that of an earlier one, by what differs between what two stores hold.

    Unlike, before anything is written, where it has to be written from the beginning; OSError where it cannot be.
    """
    reached = renewing.Reached(difference, was, now)
    shutil.copyfile(earlier, path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            renewing.renew(connection, reached, was=was, now=now)
    except sqlite3.OperationalError as error:
        raise OSError(errno.EIO, str(error)) from error


def fill(connection: sqlite3.Connection, held: Held) -> None:
    """Writes all tables into an empty database, in one transaction."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = OFF")  # it is thrown away if anything fails
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    said = Said(held)
    for part in PARTS:
        for statement in part.schema.split(";"):
            connection.execute(statement)
        part.fill(connection, said)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")


def is_current(path: Path) -> bool:
    """Whether a file is an index with the tables of this version."""
    try:
        with closing(_open(path)) as connection:
            return bool(connection.execute("PRAGMA user_version").fetchone() == (_LAYOUT,))
    except sqlite3.Error:
        return False


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


def _close(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
