"""What of the dataset belongs to one thing, and to which page an address without a page of its own belongs."""

from collections.abc import Iterable

import pyoxigraph as ox

from kb import wellformed
from kb.cards.claims import hits
from kb.cards.entities import ONTOLOGY
from kb.cards.facts import Facts, Json, as_iri, column, kind_of, linked, rows
from kb.engine import Engine
from kb.namespaces import BASE, iri, slug
from kb.prefixes import prefixes_of

CLAIM_PARTS = ("t:evidence", "t:cue", "t:statementTime")
PARTS = ("anchor", "node", "snapshot")
"""Kinds of thing without a page of their own."""
ARTICLE_PARTS = ("t:snapshot", "t:section")
GATHERED = ("article", "claim", "event", "graph", "scheme")
"""Kinds of thing whose description holds more than what the default graph says of them themselves."""


def description(engine: Engine, name: str) -> list[ox.Quad]:
    """The quads about the thing with the IRI ``name``: default-graph quads, then content; [] if unknown.

    A claim brings its anchors, their selectors and its own graph; an event the claims about it with their graphs,
    so that no content travels without its speaker; an article its snapshot and sections; a scheme its concepts.
    """
    kind = kind_of(name)
    own = engine.quads(subjects=[name])
    if kind not in GATHERED or (not own and kind != "graph"):
        return own
    subjects: set[str] = {name}
    graphs: list[str] = []
    if kind == "claim":
        anchors = _objects(own, CLAIM_PARTS)
        subjects |= anchors | _objects(engine.quads(subjects=anchors), ("oa:hasSelector",))
        graphs = [name]
    elif kind == "event":
        graphs = linked(engine, "linked", "claim", link=iri("t:about"), thing=name)
        subjects.update(graphs)
    elif kind == "article":
        snapshots = _objects(own, ARTICLE_PARTS)
        subjects |= snapshots | _objects(engine.quads(subjects=snapshots), ARTICLE_PARTS)
    elif kind == "scheme":
        subjects.update(column(engine, "concepts", "concept", scheme=name))
    elif kind == "graph":
        graphs = [name]
    return engine.quads(subjects=sorted(subjects), graphs=graphs)


def caption(engine: Engine, graph: str) -> list[str]:
    """What is to be said of a graph on its own, line by line: whose claim it is, or from whose claims it follows."""
    if kind_of(graph) == "claim":
        return [f"What is claimed, not what is so. {_speaking(hit)}" for hit in hits(engine, [graph])]
    grounds = sorted(_objects(engine.quads(subjects=[graph]), ("prov:wasDerivedFrom",)))
    if not grounds:
        return []
    return ["Computed: what follows if these claims hold.", *(_speaking(hit) for hit in hits(engine, grounds))]


def _speaking(hit: Json) -> str:
    """A claim in short, in one line that begins with its speaker."""
    told = f"{hit['speaker']}: {hit['paraphrase'] or ''} <{hit['iri']}>"
    return " ".join("".join(c if c.isprintable() else " " for c in told).split())


def ontology(engine: Engine) -> list[ox.Quad]:
    """The quads of the whole ontology: header, terms, schemes, concepts, and the lists in its axioms."""
    cells = [
        ox.Quad(row["cell"], row["property"], row["value"], ox.DefaultGraph())
        for row in rows(engine, "list-cells")
        if isinstance(row["cell"], ox.BlankNode) and isinstance(row["property"], ox.NamedNode)
    ]
    terms = column(engine, "terms", "term")
    return [*engine.quads(subjects=[ONTOLOGY, *terms]), *sorted(set(cells), key=str)]


def as_rdf(quads: Iterable[ox.Quad], form: ox.RdfFormat) -> bytes:
    """Quads in a format, sorted; one that knows no named graphs gets those of the default graph only.

    QueryError where XML cannot carry them.
    """
    ordered = sorted(quads, key=lambda quad: (quad.graph_name != ox.DefaultGraph(), str(quad.graph_name), str(quad)))
    if not form.supports_datasets:
        ordered = [quad for quad in ordered if quad.graph_name == ox.DefaultGraph()]
    statements = ordered if form.supports_datasets else [quad.triple for quad in ordered]
    body = ox.serialize(statements, format=form, prefixes=prefixes_of(ordered, form)) or b""
    return wellformed.xml(body) if form == ox.RdfFormat.RDF_XML else body


def owner(engine: Engine, name: str) -> str | None:
    """The claim or article that a node, anchor or snapshot belongs to; None where there is none.

    A node or anchor that no statement ties to anything belongs to the article with whose slug its own begins.
    """
    kind = kind_of(name)
    if kind not in PARTS:
        return None
    found = rows(engine, f"{kind}-owner", **{kind: name})
    if found:
        return as_iri(found[0]["owner"])
    if kind == "snapshot" or not engine.quads(subjects=[name]):
        return None
    articles = [found for (found,) in engine.index.rows("SELECT slug FROM entry WHERE list = 'articles'")]
    own = max((one for one in articles if slug(name).startswith(f"{one}-")), key=len, default=None)
    return None if own is None else f"{BASE}article/{own}"


def paragraph(engine: Engine, anchor: str) -> int | None:
    """The number of the paragraph in which a passage stands; None where that is not recorded."""
    facts = Facts(engine)
    facts.load([anchor])
    found = facts.number(anchor, "t:paragraph")
    return found if isinstance(found, int) else None


def _objects(quads: list[ox.Quad], names: tuple[str, ...]) -> set[str]:
    predicates = {iri(name) for name in names}
    return {q.object.value for q in quads if q.predicate.value in predicates and isinstance(q.object, ox.NamedNode)}
