"""Builds on disk: immutable folders named by what is in them, and a name that is swapped in one step.

OUT/<build id>/manifest.json   what it is (written last: a folder without it is no build)
OUT/<build id>/store/          the Oxigraph store, opened read-only by whoever serves it
OUT/<build id>/dump.nq         the same quads, sorted; dump.trig the same for people, dump.jsonld for the web
OUT/<build id>/statistics.json figures of the dumps, for descriptions of the dataset
OUT/<build id>/index.sqlite   names, words and lists, for what is asked without SPARQL
OUT/current                    a link to the newest build
OUT/inputs/<hash>              which build came out of which files, so that nothing is built twice
"""

import gc
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kb import abreast, dumps, index, nquads, statistics
from kb.errors import SetupError
from kb.model import Manifest
from kb.namespaces import PREFIXES
from kb.prefixes import prefixes_of

DUMPS = ("jsonld", "nq", "trig")
"""Suffixes of the dumps of a build."""

MANY = 100_000
"""Quads from which on a build is written by several processes."""

EDITION = 1
"""Raised when the same quads get other files, so that no build is made out of one that was written otherwise."""

_WORTH = 20
"""A build is made out of an earlier one where at most one statement in so many differs."""

_TOGETHER = 10_000
"""Lines that are hashed together."""

_DESCRIPTION = "statistics.json"


def build_id(quads: Iterable[ox.Quad]) -> tuple[str, bytes]:
    """SHA-256 (hex) of the sorted canonical N-Quads (RDFC-1.0), and those N-Quads."""
    text = b"".join(nquads.canonical(quads))
    return hashlib.sha256(text).hexdigest(), text


def write(out: Path, quads: Iterable[ox.Quad], *, inputs: str, version: str, counts: Mapping[str, int]) -> Path:
    """The folder of a finished build of ``quads``, as ``write_lines`` makes it."""
    return write_lines(out, nquads.canonical(quads), inputs=inputs, version=version, counts=counts)


def write_lines(
    out: Path,
    lines: Sequence[bytes],
    *,
    inputs: str,
    version: str,
    counts: Mapping[str, int],
    earlier: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Path:
    """The folder of a finished build; an interrupted call leaves the earlier builds as they were.

    ``lines`` are the statements as ``kb.nquads.canonical`` gives them. Where little differs from an ``earlier`` build
    (the current one of ``out``, if none is given), only that is written anew; ``say`` is told which way is taken.
    SetupError where ``out`` cannot be written.
    """
    name = _hash(lines)
    target = out / name
    prepare(out)
    gc.freeze()  # what is there stays there: looking through millions of quads for garbage takes longer than the rest
    try:
        if not (target / "manifest.json").is_file():
            made = Manifest(name, inputs, version, counts, EDITION)
            _write_folder(target, lines, made, earlier or out / "current", say)
        elif not is_whole(target):
            _mend(target)
        _replace_text(out / "inputs" / inputs, name)
        make_current(target)
    except OSError as error:
        raise _not_writable(out, error) from None
    finally:
        gc.unfreeze()
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
    prefixes = prefixes_of(store.quads_for_pattern(None, None, None, graph), form)
    store.dump(out, format=form, from_graph=graph, prefixes=prefixes)
    return True


def is_whole(build: Path) -> bool:
    """Whether a folder has what is written last, and what builds of earlier versions did not have."""
    return all((build / name).is_file() for name in ("manifest.json", _DESCRIPTION)) and index.is_current(
        build / index.FILE
    )


def _mend(build: Path) -> None:
    """Writes anew what follows from the N-Quads of a build; each file is written aside first, the statistics last."""
    aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=build))
    try:
        lines = (build / "dump.nq").read_bytes().splitlines(keepends=True)
        (aside / "dump.nq").symlink_to(build / "dump.nq")
        _describe(aside, lines, load=lambda: None)
        for name in (index.FILE, *(f"dump.{suffix}" for suffix in dumps.FORMS), _DESCRIPTION):
            os.replace(aside / name, build / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _describe(folder: Path, lines: Sequence[bytes], *, load: Callable[[], None]) -> None:
    """Writes what follows from the N-Quads in a folder, which are ``lines`` too, while ``load`` is called."""

    def write_index() -> None:
        index.write(folder / index.FILE, nquads.by_graph(lines))

    def write_dumps() -> None:
        dumps.write(folder, nquads.by_graph(lines))
        found = statistics.measure(lines, statistics.graph_kinds(lines))
        _write_statistics(folder, found, {suffix: _file(folder / f"dump.{suffix}") for suffix in DUMPS})

    abreast.run([write_index, write_dumps], load, apart=len(lines) >= MANY)


def _write_statistics(folder: Path, found: statistics.Statistics, files: Mapping[str, statistics.File]) -> None:
    text = json.dumps(statistics.as_json(replace(found, dumps=files)), ensure_ascii=False, indent=1)
    (folder / _DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def _hash(lines: Sequence[bytes]) -> str:
    """SHA-256 (hex) of lines, which need not be in memory a second time as one text."""
    found = hashlib.sha256()
    for start in range(0, len(lines), _TOGETHER):
        found.update(b"".join(lines[start : start + _TOGETHER]))
    return found.hexdigest()


def _file(path: Path) -> statistics.File:
    with path.open("rb") as stream:
        return statistics.File(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def _write_folder(
    target: Path, lines: Sequence[bytes], made: Manifest, earlier: Path, say: Callable[[str], None]
) -> None:
    """Writes aside and renames, so that a build folder is there whole or not at all."""
    aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
    try:
        with (aside / "dump.nq").open("wb") as dump:
            dump.writelines(lines)
        try:
            _renew(aside, lines, made, earlier.resolve(), say)
        except _Unlike as reason:
            if is_whole(earlier):
                say(f"writing everything, since {reason}")
            shutil.rmtree(aside / "store", ignore_errors=True)
            _describe(aside, lines, load=lambda: _load(aside / "store", aside / "dump.nq"))
        (aside / "manifest.json").write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
        if target.exists():  # left by an interrupted run of an older version
            shutil.rmtree(target)
        aside.chmod(0o755)
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _load(path: Path, dump: Path) -> None:
    """Makes a store of a file of N-Quads."""
    store = ox.Store(str(path))
    store.bulk_load(path=str(dump), format=ox.RdfFormat.N_QUADS)
    store.flush()
    store.optimize()


class _Unlike(Exception):
    """Why a build is not made out of an earlier one."""


def _renew(folder: Path, lines: Sequence[bytes], made: Manifest, earlier: Path, say: Callable[[str], None]) -> None:
    """Makes everything beside dump.nq out of an earlier build, by what differs; _Unlike where that does not pay."""
    old, difference = _difference(earlier, lines, made)
    figures_then = figures(earlier)
    was = ox.Store.read_only(str(earlier / "store"))
    names = sorted(str(name).encode() for name in was.named_graphs())
    say(
        f"writing what differs from build {earlier.name[:12]}: {len(difference.added)} statements more,"
        f" {len(difference.removed)} fewer"
    )
    was.backup(str(folder / "store"))

    def write_dumps() -> dict[str, statistics.File]:
        for suffix in dumps.FORMS:
            if _file(earlier / f"dump.{suffix}") != figures_then.dumps[suffix]:
                raise dumps.Unlike(f"dump.{suffix} of the earlier build was changed")
        dumps.renew(earlier, folder, dumps.edits(old, lines, names, difference))
        return {suffix: _file(folder / f"dump.{suffix}") for suffix in dumps.FORMS}

    def change() -> statistics.Statistics:
        store = ox.Store(str(folder / "store"))
        for quad in nquads.parse(difference.removed):
            store.remove(quad)
        # a store keeps one of the numbers 1.0 and 1.00, and what is removed as one may be left as the other
        alike = (line for subject in difference.typed for line in nquads.of_subject(lines, subject))
        store.extend(nquads.parse([*difference.added, *alike]))
        store.flush()
        try:
            index.renew(earlier / index.FILE, folder / index.FILE, difference, was=was, now=store)
        except index.Unlike as reason:
            say(f"writing the whole index, since {reason}")
            index.write(folder / index.FILE, nquads.by_graph(lines))
        return statistics.changed(
            figures_then, difference, statistics.Content(old, was), statistics.Content(lines, store)
        )

    try:
        files, found = abreast.run([write_dumps], change, apart=len(lines) >= MANY)
    except dumps.Unlike as error:
        raise _Unlike(str(error)) from None
    files["nq"] = statistics.File((folder / "dump.nq").stat().st_size, made.build_id)
    _write_statistics(folder, found, {suffix: files[suffix] for suffix in DUMPS})


def _difference(earlier: Path, lines: Sequence[bytes], made: Manifest) -> tuple[Sequence[bytes], nquads.Difference]:
    """The lines of an earlier build, and how those of another differ; _Unlike where that does not tell enough."""
    if not is_whole(earlier):
        raise _Unlike("there is no earlier build")
    then = manifest(earlier)
    if (then.edition, then.version) != (made.edition, made.version):
        raise _Unlike("the earlier build is of another version")
    text = (earlier / "dump.nq").read_bytes()
    if hashlib.sha256(text).hexdigest() != then.build_id:
        raise _Unlike("dump.nq of the earlier build was changed")
    old = text.splitlines(keepends=True)
    difference = nquads.difference(old, lines)
    if len(difference.lines) * _WORTH > len(lines):
        raise _Unlike("too much differs from the earlier build")
    if difference.has_blank_nodes:
        raise _Unlike("blank nodes differ from those of the earlier build")
    return old, difference


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
