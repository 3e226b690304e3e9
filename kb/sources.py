"""The edge where hand-written files are read: folders in, texts out."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from kb.errors import SetupError, SourceError
from kb.model import Source
from kb.paths import ontology_dir

SNAPSHOT_LIMIT = 4_000_000
"""Bytes of the largest article text that is read."""


def read_data(data: Path) -> list[Source]:
    """The registry, article and computed files of a data folder, and its own ontology if it has one, sorted by name.

    SourceError where the folder has no ``articles`` or ``registry``, or a file is not UTF-8.
    """
    if not data.is_dir():
        raise SourceError("no such folder; --data wants one with articles/*.trig and registry/*.ttl", file=str(data))
    if not (data / "articles").is_dir() and not (data / "registry").is_dir():
        raise SourceError("has neither articles/ nor registry/; is this a data folder?", file=str(data))
    own = data / "ontology"  # in a wheel the shipped ontology stands there: whoever builds reads that one already
    found = read_folder(own, "*.ttl") if own.is_dir() and own.resolve() != ontology_dir().resolve() else []
    found += read_folder(data / "registry", "*.ttl")
    found += read_folder(data / "articles", "*.trig")
    for pattern in ("*.trig", "*.ttl"):
        found += read_folder(data / "computed", pattern)
    return found


def read_folder(folder: Path, pattern: str) -> list[Source]:
    """The files of one folder that fit ``pattern``, sorted; their names are as short as the working folder allows."""
    if not folder.is_dir():
        return []
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=show(folder)) from None
    return [read_source(folder / name) for name in names if Path(name).match(pattern)]


def read_source(path: Path) -> Source:
    """One RDF file; SourceError where it is missing, not UTF-8, or neither .ttl nor .trig."""
    name = show(path)
    if path.suffix not in (".ttl", ".trig"):
        raise SourceError("is neither .ttl nor .trig", file=name)
    return Source(name, read_text(path), path.suffix == ".trig")


def read_text(path: Path) -> str:
    """A UTF-8 file as it is, line ends untouched; SourceError says where it is not UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=show(path)) from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError("is not UTF-8; save it as UTF-8", file=show(path), line=line) from None


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 file aside and renames it, so that it is there whole or as before; makes its folder."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(text.encode("utf-8"))
        if path.exists():
            shutil.copymode(path, aside)
        os.replace(aside, path)
    except OSError as error:
        raise SetupError(f"{show(path)}: cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            aside.unlink()


def snapshot_paths(*folders: Path) -> dict[str, Path]:
    """The article texts at hand, by article slug (the file's name without ``.txt``); empty where there are none.

    Where two folders have a text of the same name, that of the first is taken.
    """
    paths = [path for folder in reversed(folders) if folder.is_dir() for path in sorted(folder.glob("*.txt"))]
    return {path.stem: path for path in paths if path.is_file() and path.stat().st_size <= SNAPSHOT_LIMIT}


def read_snapshots(*folders: Path) -> dict[str, str]:
    """The words of the article texts at hand, by article slug; SourceError where one is not UTF-8."""
    return {slug: read_text(path) for slug, path in snapshot_paths(*folders).items()}


def folder_of(source: Source) -> str:
    """The name of the folder in which a file stands, wherever the command was called."""
    return Path(source.name).resolve().parent.name


def show(path: Path) -> str:
    """A path as messages show it: relative to the working folder where it is below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
