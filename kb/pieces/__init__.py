"""A build piece by piece: what has not changed since is not worked out again, and several hands share the work.

A piece is one article with its registry file, or several that are bound to each other: read, derived, and what
comparing and concluding need of it, as tables. It is a pure function of its files and of what these reach in the shared
registry. Then come the steps across pieces: claims are compared in groups of frames, each of which depends on nothing
but the pieces that have claims about them; conclusions are drawn from the tables of all, for that takes less time than
looking them up. ``kb.build.load``, ``kb.compare`` and ``kb.closure`` do the same to everything at once and are the
reference: what they give are the same statements.

Where an article states an axiom, or more of what shared files say what it is, all of them make one piece.

model     the nouns
making    a piece out of files
memory    what is kept
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb import closure, compare, nquads
from kb.compare import given
from kb.compare.given import Given
from kb.compare.statements import coded_support, statements
from kb.dataset import RDF_TYPE, Dataset, node, parse, text_of
from kb.errors import MissingError
from kb.model import Source
from kb.parts import split
from kb.parts.linking import around, needs, tangled
from kb.parts.memory import hash_of
from kb.parts.model import Links, Part
from kb.pieces.making import COUNTED, lines_of, make, make_shared
from kb.pieces.memory import Memory
from kb.pieces.model import Common, Group, Piece
from kb.sources import folder_of
from kb.work import ONE, Workers, run
from kb.work.versions import code

NOBODY = Links((), (), (), (), (), {})


@dataclass(frozen=True)
class Built:
    """All statements of a build, and what is told of them."""

    blobs: tuple[bytes, ...]
    """Sorted lines of N-Quads; two may have the same line."""
    counts: Mapping[str, int]
    comparisons: int
    contradictions: int
    idle: tuple[str, ...]
    """Perspectives that select nothing."""
    leaks: tuple[str, ...]
    """Events and the like that stand outside of claims; there must be none."""
    made: int
    """How many pieces were made anew."""
    pieces: int
    files: tuple[Source, ...]
    """What it was made of, with text reuse as it was computed."""

    def lines(self) -> list[bytes]:
        """All statements as the sorted lines of canonical N-Quads."""
        found: list[bytes] = []
        blank: list[bytes] = []
        for blob in self.blobs:
            (blank if b"_:" in blob else found).extend(blob.splitlines(keepends=True))
        return nquads.ordered([*found, *nquads.named(blank)])


def build(
    files: Sequence[Source],
    *,
    texts: Mapping[str, str] | None = None,
    stored: str = "",
    hands: Workers = ONE,
    memory: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Built:
    """What ``kb.build`` builds out of ``files``, the ontology's among them.

    With the ``texts`` of articles at hand (by slug), text reuse among them is computed anew, and stands instead of that
    in the file named ``stored``. What was worked out is kept in the folder ``memory``. SourceError for a file that no
    parser takes, or for what cannot be concluded from.
    """
    with closure.uncollected():
        return _built(files, texts or {}, stored, hands, memory, say)


def _built(
    files: Sequence[Source],
    texts: Mapping[str, str],
    stored: str,
    hands: Workers,
    memory: Path | None,
    say: Callable[[str], None],
) -> Built:
    shared, parts = split(files)
    common = Common(tuple(shared))
    ontology = [file for file in shared if folder_of(file) == "ontology"]
    working = _Run(common, Memory(memory, f"{code()} {hash_of(ontology)}"), hands)
    common, pieces = working.pieces(parts)
    if (renewed := working.reuse(pieces, texts, say)) is not None:
        files = [*(file for file in files if file.name != stored), Source(stored, renewed, False)]
        working = replace(working, common=Common(tuple(split(files)[0])))
        common, pieces = working.pieces(parts)
    whole = given.together(piece.given for piece in pieces.values())
    say(f"{len(pieces)} pieces, {len(working.made)} made anew; comparing {len(whole.told)} claims")
    compared = working.compared(whole, pieces)
    if working.made:
        working.memory.forget(days=30)
    comparisons = sum(count for _, count in compared) + len(whole.coded)
    say(f"{comparisons} comparisons; drawing conclusions")
    stated = closure.together(piece.stated for piece in pieces.values())
    kept = closure.kept_of(common.whole)
    found = closure.conclude(common.rules, kept, stated, lambda thing: parse(files).place(thing))
    drifts = compare.Compared((), tuple(sorted(set(whole.along_chains))))
    drawn = lines_of([*found, *coded_support(whole), *statements(drifts)])
    under, kind = node("t:underPerspective"), node("t:Contradiction")
    selecting = {text_of(quad.object) for quad in found if quad.predicate == under}
    return Built(
        blobs=(*(piece.lines for piece in pieces.values()), *(lines for lines, _ in compared), drawn),
        counts={name: sum(piece.counts[name] for piece in pieces.values()) for name in COUNTED},
        comparisons=comparisons,
        contradictions=sum(quad.predicate == RDF_TYPE and quad.object == kind for quad in found),
        idle=tuple(sorted(stated.conditions.keys() - selecting)),
        leaks=tuple(sorted({leak for piece in pieces.values() for leak in piece.leaks})),
        made=len(working.made),
        pieces=len(pieces),
        files=tuple(files),
    )


@dataclass(frozen=True)
class _Run:
    """One build: what all pieces are made with, where they are kept, who makes them, and which were made."""

    common: Common
    memory: Memory
    hands: Workers
    made: list[str] = field(default_factory=list)

    def pieces(self, parts: Sequence[Part]) -> tuple[Common, dict[str, Piece]]:
        """The pieces by a hash of what they depend on, and what they are made with."""
        alone = [Group(part.slug, part.files) for part in parts]
        pieces = self._each(alone)
        if any(self._acts(piece) for piece in pieces.values()):
            everything = Common((*self.common.files, *(file for group in alone for file in group.files)))
            self.made.append("")
            return everything, {hash_of(everything.files): make_shared(everything)}
        links = {"": NOBODY, **{group.slug: piece.links for group, piece in zip(alone, pieces.values(), strict=True)}}
        groups, wants = tangled(parts, links), needs(parts, links)
        bound = {part.slug for group in groups for part in group}
        again = [Group(part.slug, part.files, wants[part.slug]) for part in parts if part.slug in wants.keys() - bound]
        for group in groups:
            needed = dict.fromkeys(file for part in group for file in wants.get(part.slug, ()))
            own = tuple(file for part in group for file in part.files)
            again.append(Group(group[0].slug, own, tuple(file for file in needed if file not in own)))
        bound |= {group.slug for group in again}
        kept = {
            name: piece for (name, piece), part in zip(pieces.items(), parts, strict=True) if part.slug not in bound
        }
        return self.common, {**self._shared(), **kept, **self._each(again)}

    def _acts(self, piece: Piece) -> bool:
        """Whether a piece states what acts on other articles: an axiom, or more of what shared files name."""
        return piece.acting or any(self.common.names(entry) for entry in piece.links.described)

    def _each(self, groups: Sequence[Group]) -> dict[str, Piece]:
        """The piece of each group; those that are kept are not made."""
        found: dict[str, tuple[str, Piece] | None] = {}
        for group in groups:
            found[group.slug] = self._kept(group)
        todo = [group for group in groups if found[group.slug] is None]
        if todo:
            self.common.prepare()
        for group, piece in zip(
            todo, run(self.hands, make, todo, count=len(todo), common=self.common, name=_slug), strict=True
        ):
            content = _content(self.common, piece.names)
            self.memory.save((content, piece), hash_of((*group.files, *group.needed)))
            found[group.slug] = _named(group, content), piece
            self.made.append(group.slug)
        return dict(one for one in found.values() if one is not None)

    def _kept(self, group: Group) -> tuple[str, Piece] | None:
        """What was made of the same files, if what these reach is still the same."""
        known = self.memory.load(hash_of((*group.files, *group.needed)))
        if known is None:
            return None
        content, piece = known
        return (_named(group, content), piece) if _content(self.common, piece.names) == content else None

    def _shared(self) -> dict[str, Piece]:
        name = hash_of(self.common.files)
        piece = self.memory.load(name)
        if piece is None:
            piece = make_shared(self.common)
            self.memory.save(piece, name)
            self.made.append("")
        return {name: piece}

    def reuse(self, pieces: Mapping[str, Piece], texts: Mapping[str, str], say: Callable[[str], None]) -> str | None:
        """The file of text reuse as the texts at hand show it; None where that is what is stored."""
        if not texts:
            return None
        textual = sorted(piece.textual for piece in pieces.values())
        key = _hash([hashlib.sha256(lines).hexdigest() for lines in textual], sorted(texts.items()))
        known: tuple[str, str | None] | None = self.memory.load("reuse", key)
        told, renewed = known or _reuse(textual, texts, self.hands)
        if told:
            say(told)
        if known is None and (renewed is not None or not told):  # what was missing may be installed the next time
            self.memory.save((told, renewed), "reuse", key)
        return renewed

    def compared(self, whole: Given, pieces: Mapping[str, Piece]) -> list[tuple[bytes, int]]:
        """What comparing frames gives, as lines with the number of comparisons.

        Frames that may be compared with each other make a group; what was found of a group is kept.
        """
        known = compare.gather(whole)
        name_of = {one.claim: name for name, piece in pieces.items() for one in piece.given.told}
        everywhere = _hash(sorted(map(sorted, whole.identity.declared)), sorted(map(sorted, whole.credited)))
        written: dict[str, list[frozenset[str]]] = {}
        for pair in whole.coded:
            for claim in pair:
                written.setdefault(claim, []).append(pair)
        before = self.memory.load("frames") or {}
        found = {}
        for frames in compare.together(known):
            key = _hash(everywhere, frames, *_depends_on(known, frames, name_of, written))
            found[key] = before.get(key) or self._compare(known, frames)
        if found.keys() != before.keys():
            self.memory.save(found, "frames")
        return list(found.values())

    def _compare(self, known: compare.Known, frames: Sequence[str]) -> tuple[bytes, int]:
        found = compare.compare_frames(known, frames)
        return lines_of(statements(found)), sum(len(frame.comparisons) for frame in found.frames)


def _reuse(textual: Iterable[bytes], texts: Mapping[str, str], hands: Workers) -> tuple[str, str | None]:
    """What is to be said of text reuse, and its file where that differs from what is stored."""
    from kb import reuse

    dataset = Dataset(tuple(nquads.parse(textual)), {})
    try:
        known = reuse.computed(dataset, texts, hands=hands)
    except MissingError as error:
        return f"text reuse is taken as stored: {error}", None
    missing, surplus = reuse.differing(dataset, texts, known=known)
    if not missing and not surplus:
        return "", None
    told = f"text reuse computed anew: {len(missing)} more and {len(surplus)} fewer than stored"
    return f"{told} (testimonia reuse --write)", reuse.as_turtle(reuse.kept_and_new(dataset, texts, known=known))


def _depends_on(
    known: compare.Known,
    frames: Iterable[str],
    name_of: Mapping[str, str],
    written: Mapping[str, Iterable[frozenset[str]]],
) -> Iterator[object]:
    """On what the comparisons of some frames depend, but for what all depend on.

    ``name_of`` gives the piece of a claim, ``written`` the pairs that are compared by hand, by claim.
    """
    claims = [one.claim for frame in frames for group in (known.so, known.wanted) for one in group[frame]]
    origins = [known.origins.by_claim[claim] for claim in claims]
    yield sorted({name_of[claim] for claim in claims})
    yield sorted((one.claim, sorted(one.shared)) for one in origins if one.shared)
    yield sorted((article, sorted(known.origins.sharing_with(article))) for article in {one.article for one in origins})
    pairs = {pair for claim in claims for pair in written.get(claim, ())}
    yield sorted((sorted(pair), known.given.coded[pair]) for pair in pairs)


def _content(common: Common, names: Iterable[str]) -> str:
    """A hash of what the shared registry says of some names and of all that it refers to there."""
    return hashlib.sha256(lines_of(around([common.registry], names))).hexdigest()


def _named(group: Group, content: str) -> str:
    return _hash(hash_of((*group.files, *group.needed)), content)


def _slug(group: Group) -> str:
    return group.slug


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=sorted).encode()).hexdigest()
