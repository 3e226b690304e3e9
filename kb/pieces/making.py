"""A piece out of the files of its articles, and of as much of the shared files as these reach."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kb import closure, nquads
from kb.compare import given
from kb.dataset import RDF_TYPE, Dataset, statements, text_of
from kb.derive import derived
from kb.model import Source
from kb.namespaces import iri
from kb.parts.linking import around, bonds
from kb.parts.model import Part
from kb.pieces.model import Common, Group, Piece

LEAKING = ("sem:Event", "t:Participation", "t:State")
"""What may stand in the graphs of claims only."""
COUNTED = {"articles": "schema:NewsArticle", "claims": "t:Claim", "events": "t:EventFrame"}
"""What a manifest counts."""


_TEXTUAL = frozenset(
    iri(name)
    for name in (
        *("oa:hasSource", "schema:sha256", "t:containment", "t:creditedText", "t:direction", "t:end", "t:method"),
        *("t:paragraph", "t:passage", "t:ratio", "t:section", "t:sectionType", "t:sharing", "t:snapshot", "t:start"),
        *("t:supersededBy", "t:takenFrom"),
    )
)
_OF_TEXTS = frozenset(
    iri(name)
    for name in ("oa:SpecificResource", "schema:NewsArticle", "t:Credit", "t:Section", "t:TextReuse", "t:TextSnapshot")
)


def make(common: Common, group: Group) -> Piece:
    """The piece of some articles; SourceError for a file that no parser takes.

    Of the shared registry it sees what its articles refer to, and what that refers to, so that it need not be made anew
    where anything else of it changes.
    """
    apart = _apart(group.files, group.slug)
    raw = tuple(dict.fromkeys(quad for found in apart for quad in found))
    terms = {term for quad in raw for term in (quad.subject, quad.object)}
    names = sorted(term.value for term in terms if isinstance(term, ox.NamedNode))
    dataset = common.vocabulary.with_quads([*around([common.registry], names), *statements(group.needed), *raw])
    return _piece(common, Part(group.slug, group.files), apart, raw, dataset, names)


def make_shared(common: Common) -> Piece:
    """The piece of the shared files."""
    apart = _apart(common.files, "")
    raw = tuple(dict.fromkeys(quad for found in apart for quad in found))
    return _piece(common, Part("", common.files), apart, raw, Dataset(raw, {}), ())


def _apart(files: Sequence[Source], slug: str) -> list[tuple[ox.Quad, ...]]:
    """The statements of each file; their blank nodes meet those of no other piece by accident."""
    mark = f"p{hashlib.sha256(slug.encode()).hexdigest()[:16]}"
    return [statements([file], mark=f"{mark}n{number}f") for number, file in enumerate(files)]


def _piece(
    common: Common,
    part: Part,
    apart: Sequence[Iterable[ox.Quad]],
    raw: Sequence[ox.Quad],
    dataset: Dataset,
    names: Sequence[str],
) -> Piece:
    more = derived(dataset, raw)
    whole = dataset.with_quads(more)
    own = {text_of(quad.subject) for quad in raw}
    base = Dataset((*raw, *(quad for quad in more if text_of(quad.subject).partition("#")[0] in own)), {})
    links = bonds(part, apart, frozenset())
    return Piece(
        lines=lines_of(base.quads),
        given=given.read(whole, own=own),
        stated=closure.read(whole, common.rules, base),
        links=links,
        names=tuple(names),
        leaks=tuple(sorted({name for kind in LEAKING for name in base.instances(kind)})),
        acting=bool(base.having("t:keptConclusion") or closure.axioms_of(base)),
        counts={name: len(base.instances(kind)) for name, kind in COUNTED.items()},
        textual=lines_of(_of_texts(base)),
    )


def _of_texts(base: Dataset) -> Iterator[ox.Quad]:
    """What ``kb.reuse`` needs to know of articles: their texts, sections and anchors, and whom they credit."""
    credits, evidence = set(base.instances("t:Credit")), iri("t:evidence")
    for quad in base.default:
        predicate = quad.predicate.value
        typed = predicate == RDF_TYPE.value and text_of(quad.object) in _OF_TEXTS
        if predicate in _TEXTUAL or typed or (predicate == evidence and text_of(quad.subject) in credits):
            yield quad


def lines_of(quads: Iterable[ox.Quad]) -> bytes:
    """Statements as N-Quads, sorted, each once."""
    return b"".join(nquads.ordered((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))
