"""The edge of comparing: a build, a data folder, a dump or a running server becomes a side."""

import mmap
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from kb import build as builds
from kb.client import Client
from kb.diff.side import Side
from kb.errors import SourceError
from kb.sources import show

PATIENCE = 600.0
"""Seconds in which a server must have sent its dump."""

_DUMPS = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG}


def read(old: str, new: str, *, built: Callable[[Path], Path]) -> tuple[Side, Side]:
    """Two sides, each named by a folder, a file or an address.

    Two data folders are read as they stand. One beside anything else is ``built`` first, since only then it has what is
    computed at build. SourceError for what is none of all these, or cannot be read.
    """
    if _is_data(Path(old)) and _is_data(Path(new)):
        return _of_data(Path(old)), _of_data(Path(new))
    first, second = (_opener(name, built) for name in (old, new))
    return first(), second()


def _opener(name: str, built: Callable[[Path], Path]) -> Callable[[], Side]:
    """What gives the side that a name stands for; SourceError where it stands for none."""
    if name.startswith(("http://", "https://")):
        return lambda: _of_server(name)
    path = Path(name)
    if (path / "manifest.json").is_file():
        return lambda: _of_build(path)
    if _is_data(path):
        return lambda: _of_build(built(path))
    if path.suffix in _DUMPS and path.is_file():
        return lambda: _of_dump(path)
    fault = "is no build, data folder, dump (.nq, .trig) or address of a server" if path.exists() else "is not there"
    raise SourceError(fault, file=name)


def _of_server(url: str) -> Side:
    with Client(url, timeout=PATIENCE) as server:
        return Side.of_text(server.dump())


def _of_dump(path: Path) -> Side:
    try:
        return Side.of(ox.parse(path=path, format=_DUMPS[path.suffix]))
    except SyntaxError as error:
        raise SourceError(str(error.args[0]), file=show(path), line=error.lineno) from None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=show(path)) from None


def _is_data(path: Path) -> bool:
    return (path / "articles").is_dir() or (path / "registry").is_dir()


def _of_data(path: Path) -> Side:
    return Side.of(builds.load(path).quads)


def _of_build(path: Path) -> Side:
    try:
        with (path / "dump.nq").open("rb") as file:
            return Side(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise SourceError(f"is no whole build: {error}", file=show(path)) from None
