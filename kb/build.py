"""From files to a build: read, derive, compare, close, write. The edge that ``build`` and ``serve`` share."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import kb
from kb import store
from kb.compare.statements import with_comparisons
from kb.dataset import Dataset, parse, statements
from kb.derive import derive, handwritten
from kb.errors import SetupError, SourceError
from kb.model import Finding, Place, Severity, Source
from kb.namespaces import DEFAULT_GRAPH, shorten
from kb.paths import ontology_dir, shapes_dir
from kb.report.findings import UNREADABLE
from kb.sources import read_data, read_folder, read_source, read_text, show, write_text

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
    files: Sequence[Source], rules: Sequence[Source], *, jobs: int = 1, memory: Path | None = None
) -> list[Finding]:
    """The same as ``findings``, found part by part: of what has not changed since, results are taken from ``memory``.

    SourceError for a file that no parser takes.
    """
    from kb import parts

    return parts.check(files, rules, jobs=jobs, memory=memory)


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
    say: Callable[[str], None] = lambda line: None,
) -> Path:
    """The build folder for a data folder; found again where the same files were built before.

    With the ``texts`` of articles at hand (by slug), text reuse among them is computed anew; else it is as stored. What
    was checked is remembered in the folder ``memory``. With ``reference``, owlrl has to conclude the same.
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
    say(f"reading {len(files)} files")
    raw = parse(files)
    dataset = derive(raw)
    if not dataset.instances("schema:NewsArticle"):
        raise SourceError("has no article; articles/*.trig must describe at least one", file=show(data))
    if check:
        say(f"checking {len(dataset.quads)} statements")
        faults = check_parts(files, rules, jobs=os.cpu_count() or 1, memory=memory)
        _refuse([finding for finding in faults if finding.severity is Severity.VIOLATION])
    dataset = _with_reuse(dataset, texts or {}, say)
    leak = first_leak(dataset)
    if leak:
        place = dataset.place(leak)
        raise SourceError(
            f"{leak} is told of outside the graph of a claim; move it into one (testimonia check tells more)",
            file=place.file if place else None,
            line=place.line if place else None,
        )
    from kb import closure  # a build that is up to date needs none

    say(f"{len(dataset.instances('t:Claim'))} claims; comparing them")
    dataset = with_comparisons(dataset)
    say(f"{len(dataset.instances('t:Comparison'))} comparisons; drawing conclusions")
    closed = closure.close(dataset)
    if reference:
        from kb.reference import differences

        say("drawing them by owlrl too")
        if differing := list(differences(dataset, closed)):
            raise SetupError(f"{len(differing)} conclusions differ from those of owlrl; the first: {differing[0]}")
    if clashes := len(closed.instances("t:Contradiction")):
        say(f"{clashes} contradictions among claims of one perspective (testimonia ask {CONTRADICTIONS})")
    if empty := [name for name in closed.instances("t:Perspective") if not closed.subjects("t:underPerspective", name)]:
        say(f"{len(empty)} perspectives select nothing: {', '.join(map(shorten, empty[:5]))}")
    say(f"{len(closed.quads) - len(dataset.quads)} conclusions; writing the store")
    folder = store.write(out, closed.quads, inputs=inputs, version=kb.__version__, counts=counts(closed), say=say)
    say(f"build {folder.name[:12]} is ready")
    return folder


def _with_reuse(dataset: Dataset, texts: Mapping[str, str], say: Callable[[str], None]) -> Dataset:
    """The dataset with text reuse as the texts at hand show it; says so where that is not what is stored."""
    from kb import reuse

    try:
        known = reuse.computed(dataset, texts)
    except SetupError as error:
        say(f"text reuse is taken as stored: {error}")
        return dataset
    missing, surplus = reuse.differing(dataset, texts, known=known)
    if not missing and not surplus:
        return dataset
    say(
        f"text reuse computed anew: {len(missing)} more and {len(surplus)} fewer than stored (testimonia reuse --write)"
    )
    return derive(reuse.renewed(dataset, texts, known=known))


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
