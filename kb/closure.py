"""Conclusions by OWL 2 RL, each kept inside the voices that it rests on. The only module that imports owlrl.

owlrl runs over a plain graph per perspective declared in the data, and only over realis claims: on a dataset it
would join triples across claims and conclude what nobody said. A second run over the default-graph
layers gives what follows about chains. Only statements of properties marked ``t:keptConclusion`` are kept.
"""

from collections.abc import Iterable

import owlrl
import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node as RdfNode

from kb.dataset import RDF_TYPE, Dataset, node
from kb.errors import SourceError
from kb.namespaces import BASE, iri, shorten

_AXIOMS = (
    "owl:disjointWith",
    "owl:inverseOf",
    "owl:propertyChainAxiom",
    "rdf:first",
    "rdf:rest",
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "skos:broader",
)
_KINDS = (
    "foaf:Person",
    "geo:Feature",
    "org:Organization",
    "t:AnonymousSource",
    "t:Arms",
    "t:Claim",
    "t:DescribedGroup",
    "t:Document",
    "t:Equipment",
    "t:EventFrame",
    "t:Material",
    "t:Medium",
    "t:Structure",
    "t:Vehicle",
)
_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
"""Under this owlrl reports a contradiction, as a triple: it does not raise."""

_CHAIN_LAYER = ("schema:publisher", "t:holder", "t:reportedIn", "t:snapshot")
_CONTENT = ("sem:eventType", "sem:subEventOf", "t:participant", "t:participation")


def close(dataset: Dataset) -> Dataset:
    """The dataset with an inferred graph for the default-graph layers and one for each declared perspective.

    Each inferred graph is typed ``t:InferredGraph``, says how it was made, and names the claims that it rests on.
    What follows from the default-graph layers alone stands in the default graph too.
    SourceError where a perspective's claims contradict the vocabulary.
    """
    kept = {
        q.subject.value
        for q in dataset.default
        if q.predicate == node("t:keptConclusion") and isinstance(q.subject, ox.NamedNode)
    }
    axioms = _axioms(dataset)
    added: list[ox.Quad] = []

    layer = {iri(name) for name in _CHAIN_LAYER}
    own = [q for q in dataset.default if q.predicate.value in layer]
    own += [ox.Quad(ox.NamedNode(s), RDF_TYPE, node(kind)) for kind in _KINDS for s in dataset.instances(kind)]
    holders = {(q.subject, q.object) for q in own if q.predicate == node("t:holder")}
    conclusions = [
        t  # nobody relays a claim of their own
        for t in _conclusions(own, axioms, kept, "the default graph")
        if t.predicate != node("t:relayedBy") or (t.subject, t.object) not in holders
    ]
    graph = ox.NamedNode(f"{BASE}graph/inferred-default")
    added += _inferred(graph, conclusions, sources=())
    added += [ox.Quad(t.subject, t.predicate, t.object) for t in conclusions]
    claims_of = _claims_by_article(dataset, conclusions)

    content = {iri(name) for name in _CONTENT}
    for perspective in dataset.instances("t:Perspective"):
        articles = dataset.texts(perspective, "t:selectsArticle")
        claims = sorted({claim for article in articles for claim in claims_of.get(article, ())})
        claims = [claim for claim in claims if dataset.value(claim, "t:realis") == "true"]
        said = [q for claim in claims for q in dataset.graphs.get(claim, ()) if q.predicate.value in content]
        conclusions = _conclusions(said, axioms, kept, shorten(perspective))
        graph = ox.NamedNode(f"{BASE}graph/inferred-{perspective.rpartition('/')[2]}")
        used = sorted({q.graph_name.value for q in said if isinstance(q.graph_name, ox.NamedNode)})
        added += _inferred(graph, conclusions, sources=used)
        added.append(ox.Quad(graph, node("t:underPerspective"), ox.NamedNode(perspective)))
    return dataset.with_quads(added)


def _axioms(dataset: Dataset) -> list[ox.Quad]:
    """The few statements of the ontology that rules are made of; the rest only costs time."""
    wanted = {iri(name) for name in _AXIOMS}
    transitive = node("owl:TransitiveProperty")
    return [q for q in dataset.default if q.predicate.value in wanted or q.object == transitive]


def _claims_by_article(dataset: Dataset, conclusions: Iterable[ox.Triple]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for triple in conclusions:
        if triple.predicate == node("t:inArticle"):
            found.setdefault(triple.object.value, []).append(triple.subject.value)  # type: ignore[union-attr]
    return found


def _conclusions(given: Iterable[ox.Quad], axioms: Iterable[ox.Quad], kept: set[str], where: str) -> list[ox.Triple]:
    """What owlrl adds to ``given``, of the kept properties and about named things only, sorted."""
    graph = Graph()
    for quad in [*axioms, *given]:
        graph.add((_to_rdflib(quad.subject), URIRef(quad.predicate.value), _to_rdflib(quad.object)))
    before = set(graph)
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(graph)
    for error in graph.objects(None, _ERROR):
        raise SourceError(f"the claims contradict the vocabulary: {error}", file=where)
    found = {
        ox.Triple(ox.NamedNode(str(s)), ox.NamedNode(str(p)), ox.NamedNode(str(o)))
        for s, p, o in set(graph) - before
        if str(p) in kept and isinstance(s, URIRef) and isinstance(o, URIRef)
    }
    return sorted(found, key=str)


def _inferred(graph: ox.NamedNode, conclusions: Iterable[ox.Triple], *, sources: Iterable[str]) -> list[ox.Quad]:
    """The quads of one inferred graph, and what the default graph says of it."""
    about = [ox.Quad(graph, RDF_TYPE, node("t:InferredGraph")), ox.Quad(graph, node("dcterms:description"), _HOW)]
    about += [ox.Quad(graph, node("prov:wasDerivedFrom"), ox.NamedNode(source)) for source in sources]
    return about + [ox.Quad(t.subject, t.predicate, t.object, graph) for t in conclusions]


_HOW = ox.Literal("Computed at build with owlrl (OWL 2 RL) from realis claims only; asserted by nobody.", language="en")


def _to_rdflib(term: object) -> RdfNode:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return URIRef(f"urn:blank:{term.value}")  # lists of property chains: owlrl reads them as well by name
    assert isinstance(term, ox.Literal)
    return RdfLiteral(term.value, lang=term.language, datatype=None if term.language else URIRef(term.datatype.value))
