"""From files to a build: read, derive, close, write. The edge that the commands ``build`` and ``serve`` share."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import kb
from kb import closure, store
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.errors import SourceError
from kb.model import Source
from kb.paths import ontology_dir
from kb.sources import read_data, read_folder


def sources(data: Path) -> list[Source]:
    """Everything that a data folder is built from: the shipped ontology, its own, its registry and its articles."""
    return read_folder(ontology_dir(), "*.ttl") + read_data(data)


def load(data: Path) -> Dataset:
    """The parsed dataset of a data folder with the ontology, and with what ``kb.derive`` adds."""
    return derive(parse(sources(data)))


def build(data: Path, out: Path, *, say: Callable[[str], None] = lambda line: None) -> Path:
    """The build folder for a data folder; found again where the same files were built before.

    ``say`` is told of each step. SourceError for data that cannot be read or that leaks, SetupError where ``out``
    cannot be written.
    """
    files = sources(data)
    inputs = hash_of(files)
    found = store.find(out, inputs)
    if found is not None:
        say(f"build {found.name[:12]} is up to date")
        return found
    store.prepare(out)
    say(f"reading {len(files)} files")
    dataset = derive(parse(files))
    leak = first_leak(dataset)
    if leak:
        place = dataset.place(leak)
        raise SourceError(
            f"{leak} is told of outside the graph of a claim; move it into one (testimonia check tells more)",
            file=place.file if place else None,
            line=place.line if place else None,
        )
    say(f"{len(dataset.quads)} statements, {len(dataset.instances('t:Claim'))} claims; drawing conclusions")
    closed = closure.close(dataset)
    say(f"{len(closed.quads) - len(dataset.quads)} conclusions; writing the store")
    folder = store.write(out, closed.quads, inputs=inputs, version=kb.__version__, counts=counts(closed))
    say(f"build {folder.name[:12]} is ready")
    return folder


def hash_of(files: Sequence[Source]) -> str:
    """SHA-256 (hex) of the code version and of all file contents, whatever the folder they stand in."""
    digest = hashlib.sha256(kb.__version__.encode())
    for file in sorted(files, key=lambda file: (Path(file.name).name, file.text)):
        digest.update(f"\0{Path(file.name).name}\0{len(file.text)}\0{file.text}".encode())
    return digest.hexdigest()


def first_leak(dataset: Dataset) -> str | None:
    """An event or state that stands in the default graph, where nothing of the world may be stated; else None."""
    leaks = [*dataset.instances("sem:Event"), *dataset.instances("t:State"), *dataset.instances("t:Participation")]
    return min(leaks, default=None)


def counts(dataset: Dataset) -> dict[str, int]:
    """How much a dataset holds, for the manifest and the landing page."""
    return {
        "articles": len(dataset.instances("schema:NewsArticle")),
        "claims": len(dataset.instances("t:Claim")),
        "events": len(dataset.instances("t:EventFrame")),
        "quads": len(dataset.quads),
    }
