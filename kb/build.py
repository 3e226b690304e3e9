"""From files to a build: read, derive, compare, close, write. The edge that ``build`` and ``serve`` share."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import kb
from kb import nquads, store
from kb.compare.statements import with_comparisons
from kb.dataset import Dataset, parse, statements
from kb.derive import derive, handwritten
from kb.errors import SetupError, SourceError
from kb.model import Finding, Place, Severity, Source
from kb.namespaces import DEFAULT_GRAPH, shorten
from kb.paths import ontology_dir, shapes_dir
from kb.report.findings import UNREADABLE
from kb.sources import folder_of, read_data, read_folder, read_source, read_text, show, write_text
from kb.work import CORES, ONE, Workers

if TYPE_CHECKING:
    from kb.reuse import Computed
    from kb.rules import Rule

CONTRADICTIONS = "what-contradicts-itself-in-a-perspective"
"""The saved question that tells of claims of one perspective that cannot all hold."""

REUSE = Path("computed", "text-reuse.ttl")
"""Where text reuse is kept in a data folder: computed, so apart from what people write."""

GAZETTEER = Path("computed", "gazetteer.trig")
"""Where a data folder keeps what a gazetteer has of its places."""


def sources(data: Path) -> list[Source]:
    """Everything that a data folder is built from: the shipped ontology, its own, its registry and its articles."""
    return read_folder(ontology_dir(), "*.ttl") + read_data(data)


def load(data: Path) -> Dataset:
    """The parsed dataset of a data folder with the ontology, and with what ``kb.derive`` adds."""
    return derive(parse(sources(data)))


def accept(data: Path, proposals: Path, texts: Mapping[str, str]) -> list[str]:
    """Makes the changes of decided proposals in the hand-written files; the names of the files that changed.

    SourceError where the file is no proposal or not for this data, SetupError where something is not decided yet;
    then nothing is changed.
    """
    from kb import proposal

    try:
        found = json.loads(read_text(proposals))
    except ValueError as error:
        raise SourceError(f"is no JSON: {error}", file=show(proposals)) from None
    changed: dict[str, str] = {}
    files = [*read_data(data)]
    for one in found if isinstance(found, list) else [found]:
        try:
            slug = str(one["article"]).rpartition("/")[2]
        except (KeyError, TypeError):
            raise SourceError("is no proposal of testimonia verify", file=show(proposals)) from None
        if slug not in texts:
            raise SetupError(f"no text of {slug} at hand; give --sources")
        new = proposal.accept(files, one, texts[slug])
        files = [Source(file.name, new.get(file.name, file.text), file.trig) for file in files]
        changed |= new
    parse(files)
    for name, text in changed.items():
        write_text(Path(name), text)
    if (data / REUSE).is_file():
        changed[write_reuse(data, load(data), texts)] = ""
    return sorted(changed)


def write_reuse(data: Path, dataset: Dataset, texts: Mapping[str, str], *, known: "Computed | None" = None) -> str:
    """Computes text reuse anew from the texts at hand and keeps it in the data; the name of the file.

    ``known`` saves computing it again where that was done. SetupError where the texts are too many for what is
    installed.
    """
    from kb import reuse

    path = data / REUSE
    write_text(path, reuse.as_turtle(reuse.kept_and_new(dataset, texts, known=known)))
    return show(path)


def shapes(data: Path) -> list[Source]:
    """The shipped shapes, and those of a data folder that brings its own."""
    own = data / "shapes"
    found = read_folder(shapes_dir(), "*.ttl")
    return found + (read_folder(own, "*.ttl") if own.is_dir() and own.resolve() != shapes_dir().resolve() else [])


def findings(raw: Dataset, rules: Sequence[Source], *, derived: Dataset | None = None) -> list[Finding]:
    """What every check but that of the texts finds in hand-written data, in the order of the files.

    ``derived`` saves deriving it again where that was done.
    """
    # pySHACL takes a while to load, and a build that is up to date needs none
    from kb import checks, evidence, style, timechecks

    found = [*handwritten(raw), *evidence.times(raw), *timechecks.disagreements(raw)]
    found += checks.check(derived or derive(raw), rules)
    return style.lint(raw, found)


def unreadable(data: Path) -> list[Finding]:
    """A violation at its line for each file that a check of ``data`` would read and cannot."""
    folders = [(ontology_dir(), "*.ttl"), (shapes_dir(), "*.ttl")]
    folders += [(data / name, "*.ttl") for name in ("ontology", "registry", "computed", "shapes")]
    folders += [(data / name, "*.trig") for name in ("articles", "computed")]
    found = []
    for path in dict.fromkeys(path for folder, pattern in folders for path in sorted(folder.glob(pattern))):
        try:
            statements([read_source(path)])
        except SourceError as error:
            line = error.line or 1
            message = f"This file cannot be read, so that nothing is checked: {error.message}."
            place = Place(show(path), line, line)
            found.append(Finding(Severity.VIOLATION, UNREADABLE, DEFAULT_GRAPH, message, place))
    return sorted(found, key=lambda finding: finding.sort_key)


def check_parts(
    files: Sequence[Source], rules: Sequence[Source], *, hands: Workers = ONE, memory: Path | None = None
) -> list[Finding]:
    """The same as ``findings``, found part by part: of what has not changed since, results are taken from ``memory``.

    SourceError for a file that no parser takes.
    """
    from kb import parts

    return parts.check(files, rules, hands=hands, memory=memory)


def fix(files: Sequence[Source]) -> list[str]:
    """Mends the layout of files where that is mechanical; a line for each that was changed says what was mended.

    Nothing is written unless all can be read. SourceError for a file that no parser takes, SetupError for one that
    cannot be written.
    """
    from kb import style

    changed = [(file, mended) for file in files if (mended := style.mend(file)) != file]
    for _, mended in changed:
        write_text(Path(mended.name).resolve(), mended.text)
    return [f"{file.name}: mended {style.difference(file, mended)}" for file, mended in changed]


def rules(shapes: Sequence[Source], *, memory: Path | None = None) -> "tuple[Rule, ...]":
    """Every rule in the shapes files, by name; where these have not changed, from ``memory``."""
    from kb import parts

    return parts.known_rules(shapes, memory)


def build(
    data: Path,
    out: Path,
    *,
    check: bool = True,
    reference: bool = False,
    texts: Mapping[str, str] | None = None,
    memory: Path | None = None,
    hands: Workers = CORES,
    say: Callable[[str], None] = lambda line: None,
) -> Path:
    """The build folder for a data folder; found again where the same files were built before.

    With the ``texts`` of articles at hand (by slug), text reuse among them is computed anew; else it is as stored. What
    was checked and worked out is remembered in the folder ``memory``; ``hands`` do what is done article by article.
    With ``reference``, everything is compared at once too, and owlrl has to conclude the same.
    Data with violations is not built, unless ``check`` is False: then only what would be stated as fact stops it.
    ``say`` is told of each step. SourceError for data that cannot be read or is not built, SetupError where ``out``
    cannot be written.
    """
    files = sources(data)
    rules = shapes(data)
    at_hand = [Source(f"{slug}.txt", text, False) for slug, text in sorted((texts or {}).items())]
    inputs = hash_of([*files, *(rules if check else ()), *at_hand])
    found = store.find(out, inputs)
    if found is not None and not reference:
        store.make_current(found)
        say(f"build {found.name[:12]} is up to date")
        return found
    store.prepare(out)
    say(f"reading {len(files)} files{' and checking them' if check else ''}")
    if not any(file.trig and folder_of(file) == "articles" for file in files):
        raise _no_article(data)
    if check:
        faults = check_parts(files, rules, hands=hands, memory=memory)
        _refuse([finding for finding in faults if finding.severity is Severity.VIOLATION])
    from kb import closure, pieces  # a build that is up to date needs none

    built = pieces.build(files, texts=texts, stored=show(data / REUSE), hands=hands, memory=memory, say=say)
    if not built.counts["articles"]:
        raise _no_article(data)
    if built.leaks:
        place = parse(files).place(built.leaks[0])
        raise SourceError(
            f"{built.leaks[0]} is told of outside the graph of a claim; move it into one (testimonia check tells more)",
            file=place.file if place else None,
            line=place.line if place else None,
        )
    with closure.uncollected():
        lines = built.lines()
    built = replace(built, blobs=())  # what is written need not be in memory twice
    if reference:
        _refer(built.files, lines, say)
    if built.contradictions:
        say(f"{built.contradictions} contradictions among claims of one perspective (testimonia ask {CONTRADICTIONS})")
    if built.idle:
        say(f"{len(built.idle)} perspectives select nothing: {', '.join(map(shorten, built.idle[:5]))}")
    say(f"{len(lines)} statements; writing the store")
    counts = {**built.counts, "quads": len(lines)}
    with closure.uncollected():
        folder = store.write_lines(out, lines, inputs=inputs, version=kb.__version__, counts=counts, say=say)
    say(f"build {folder.name[:12]} is ready")
    return folder


def at_once(files: Sequence[Source]) -> Dataset:
    """All that a build states, worked out of everything at once: the reference for ``kb.pieces``."""
    from kb import closure

    return closure.close(with_comparisons(derive(parse(files))))


def _refer(files: Sequence[Source], lines: Sequence[bytes], say: Callable[[str], None]) -> None:
    """SetupError where a build is not what follows from everything at once, with the conclusions of owlrl."""
    from kb.reference import differences

    say("comparing everything at once, and concluding by owlrl too")
    closed = at_once(files)
    if more := set(nquads.canonical(closed.quads)).symmetric_difference(lines):
        raise SetupError(f"{len(more)} statements differ from those made at once; the first: {min(more).decode()}")
    if differing := list(differences(with_comparisons(derive(parse(files))), closed)):
        raise SetupError(f"{len(differing)} conclusions differ from those of owlrl; the first: {differing[0]}")


def _no_article(data: Path) -> SourceError:
    return SourceError("has no article; articles/*.trig must describe at least one", file=show(data))


def _refuse(violations: Sequence[Finding]) -> None:
    """SourceError for the first violation, which says how many there are."""
    if violations:
        first = violations[0]
        more = f" and {len(violations) - 1} more" if len(violations) > 1 else ""
        raise SourceError(
            f"{first.message} [{first.rule}]{more}; data with violations is not published, see: testimonia check",
            file=first.place.file if first.place else None,
            line=first.place.line if first.place else None,
        )


def hash_of(files: Sequence[Source]) -> str:
    """SHA-256 (hex) of the code version and of all file contents, whatever the folder they stand in."""
    digest = hashlib.sha256(kb.__version__.encode())
    for file in sorted(files, key=lambda file: (Path(file.name).name, file.text)):
        digest.update(f"\0{Path(file.name).name}\0{len(file.text)}\0{file.text}".encode())
    return digest.hexdigest()
