"""Builds on disk: immutable folders named by what is in them, and a name that is swapped in one step.

OUT/<build id>/manifest.json   what it is (written last: a folder without it is no build)
OUT/<build id>/store/          the Oxigraph store, opened read-only by whoever serves it
OUT/<build id>/dump.nq         the same quads, sorted; dump.trig the same for people, dump.jsonld for the web
OUT/<build id>/statistics.json figures of the dumps, for descriptions of the dataset
OUT/<build id>/index.sqlite   names, words and lists, for what is asked without SPARQL
OUT/current                    a link to the newest build
OUT/inputs/<hash>              which build came out of which files, so that nothing is built twice
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kb import index, statistics
from kb.errors import SetupError
from kb.model import Manifest
from kb.namespaces import PREFIXES
from kb.prefixes import prefixes_of

DUMPS = ("jsonld", "nq", "trig")
"""Suffixes of the dumps of a build."""

_DESCRIPTION = "statistics.json"


def build_id(quads: Iterable[ox.Quad]) -> tuple[str, bytes]:
    """SHA-256 (hex) of the sorted canonical N-Quads (RDFC-1.0), and those N-Quads."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    text = b"".join(sorted(written.splitlines(keepends=True)))
    return hashlib.sha256(text).hexdigest(), text


def write(out: Path, quads: Sequence[ox.Quad], *, inputs: str, version: str, counts: dict[str, int]) -> Path:
    """The folder of a finished build of ``quads``; an interrupted call leaves the earlier builds as they were.

    SetupError where ``out`` cannot be written.
    """
    name, text = build_id(quads)
    target = out / name
    prepare(out)
    try:
        if not (target / "manifest.json").is_file():
            _write_folder(out, target, text, Manifest(name, inputs, version, counts))
        elif not is_whole(target):
            _describe(target)
        _replace_text(out / "inputs" / inputs, name)
        make_current(target)
    except OSError as error:
        raise _not_writable(out, error) from None
    return target


def prepare(out: Path) -> None:
    """Makes the folder for builds; SetupError where it cannot be made or written."""
    try:
        (out / "inputs").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise _not_writable(out, error) from None


def find(out: Path, inputs: str) -> Path | None:
    """The folder of the build that came out of the same inputs, if it is still whole."""
    try:
        name = (out / "inputs" / inputs).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return out / name if is_whole(out / name) else None


def make_current(build: Path) -> None:
    """Lets the name ``current`` beside a build point to it; SetupError where that cannot be written."""
    link = build.parent / "current"
    try:
        if not link.is_symlink() or os.readlink(link) != build.name:
            _swap(link, build.name)
    except OSError as error:
        raise _not_writable(build.parent, error) from None


def manifest(build: Path) -> Manifest:
    """What a build folder says of itself; SetupError where it is none."""
    try:
        return Manifest(**json.loads((build / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SetupError(f"{build}: is not a build: {error}") from None


def figures(build: Path) -> statistics.Statistics:
    """The statistics of a build; SetupError where its folder has none."""
    try:
        return statistics.from_json(json.loads((build / _DESCRIPTION).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{build}: has no statistics: {error}; build it again with testimonia build") from None


def open_index(build: Path) -> index.Index:
    """The index of a build; SetupError where its folder has none of this version."""
    return index.open_index(build / index.FILE)


def write_default_graph(build: Path, form: ox.RdfFormat, out: IO[bytes]) -> None:
    """Writes the triples of a build's default graph, sorted, in constant memory."""
    quads = ox.parse(path=str(build / "dump.nq"), format=ox.RdfFormat.N_QUADS)
    triples = (quad.triple for quad in quads if quad.graph_name == ox.DefaultGraph())
    ox.serialize(triples, out, format=form, prefixes=PREFIXES)


def write_named_graph(store: ox.Store, name: str, form: ox.RdfFormat, out: IO[bytes]) -> bool:
    """Writes the triples of a named graph, in the order of the store and in constant memory; False if there is none."""
    graph = ox.NamedNode(name)
    if not store.contains_named_graph(graph):
        return False
    prefixes = prefixes_of(store.quads_for_pattern(None, None, None, graph))
    store.dump(out, format=form, from_graph=graph, prefixes=prefixes)
    return True


def is_whole(build: Path) -> bool:
    """Whether a folder has what is written last, and what builds of earlier versions did not have."""
    return all((build / name).is_file() for name in ("manifest.json", _DESCRIPTION)) and index.is_current(
        build / index.FILE
    )


def _describe(build: Path) -> None:
    """Writes what follows from the store and the other dumps: the index, the JSON-LD dump, and last the statistics.

    Each is written aside first.
    """
    index.write(build / index.FILE, ox.Store.read_only(str(build / "store")))
    aside = build / f".writing-{os.getpid()}"
    try:
        ox.serialize(
            ox.parse(path=str(build / "dump.trig"), format=ox.RdfFormat.TRIG),
            str(aside),
            format=ox.RdfFormat.JSON_LD,
            prefixes=PREFIXES,
        )
        os.replace(aside, build / "dump.jsonld")
        with (build / "dump.nq").open("rb") as lines:
            kinds = statistics.graph_kinds(lines)
            lines.seek(0)
            found = statistics.measure(lines, kinds)
        dumps = {suffix: _file(build / f"dump.{suffix}") for suffix in DUMPS}
        text = json.dumps(statistics.as_json(replace(found, dumps=dumps)), ensure_ascii=False, indent=1)
        aside.write_text(text + "\n", encoding="utf-8")
        os.replace(aside, build / _DESCRIPTION)
    finally:
        aside.unlink(missing_ok=True)


def _file(path: Path) -> statistics.File:
    with path.open("rb") as stream:
        return statistics.File(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def _write_folder(out: Path, target: Path, text: bytes, made: Manifest) -> None:
    """Writes aside and renames, so that a build folder is there whole or not at all."""
    aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    try:
        store = ox.Store(str(aside / "store"))
        store.bulk_load(text, ox.RdfFormat.N_QUADS)
        store.flush()
        store.optimize()
        del store
        (aside / "dump.nq").write_bytes(text)
        quads = list(ox.parse(text, format=ox.RdfFormat.N_QUADS))
        quads.sort(key=lambda quad: (str(quad.graph_name), str(quad.subject), str(quad.predicate), str(quad.object)))
        ox.serialize(quads, str(aside / "dump.trig"), format=ox.RdfFormat.TRIG, prefixes=PREFIXES)
        del quads
        _describe(aside)
        (aside / "manifest.json").write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
        if target.exists():  # left by an interrupted run of an older version
            shutil.rmtree(target)
        aside.chmod(0o755)
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _swap(link: Path, name: str) -> None:
    aside = link.with_name(f".{link.name}-{os.getpid()}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(name, target_is_directory=True)
    os.replace(aside, link)


def _replace_text(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    aside.write_text(text + "\n", encoding="ascii")
    os.replace(aside, path)


def _not_writable(out: Path, error: OSError) -> SetupError:
    return SetupError(f"{out}: cannot be written ({error.strerror}); give another folder with --out")
