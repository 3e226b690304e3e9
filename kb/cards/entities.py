"""What is shown of actors, places, events, objects, articles, concepts and the ontology itself.

What the knowledge base says in its own voice (names, kinds, identifiers) is kept apart from what claims say:
every claim is listed with its speaker, and the list says how many there are where it shows only the first.
"""

from collections.abc import Mapping, Sequence

from kb.cards import perspectives
from kb.cards.claims import SHOWING, claim_card, hits
from kb.cards.compared import counts
from kb.cards.facts import Facts, Json, article_link, as_iri, by_label, column, kind_of, rows, slug
from kb.cards.shared import shared_by
from kb.engine import Engine
from kb.namespaces import BASE, iri
from kb.passages import Showing

HITS_LIMIT = 100
"""Claims listed in one section of a card; the others are found in the list that the section points to."""

KINDS = {
    iri("foaf:Person"): "person",
    iri("org:Organization"): "organisation",
    iri("schema:NewsMediaOrganization"): "news outlet",
    iri("t:AnonymousSource"): "anonymous source",
    iri("t:Arms"): "arms",
    iri("t:DescribedGroup"): "described group",
    iri("t:Document"): "document",
    iri("t:Equipment"): "equipment",
    iri("t:EventFrame"): "event or state that a text mentions",
    iri("t:Material"): "material",
    iri("t:Medium"): "medium",
    iri("t:Structure"): "structure",
    iri("t:Vehicle"): "vehicle",
    iri("geo:Feature"): "place",
}
ONTOLOGY = f"{BASE}ontology"

_NAMES = {"name_forms": "skos:altLabel", "misspellings": "skos:hiddenLabel"}


def card(
    engine: Engine, name: str, *, snapshots: Mapping[str, str] | None = None, showing: Showing = SHOWING
) -> Json | None:
    """All that is shown of the thing with the IRI ``name``, or None where nothing is said of it.

    ``snapshots`` maps the slugs of snapshots to texts, out of which a claim's passage is shown, as ``showing`` allows.
    """
    if name == ONTOLOGY:
        return ontology_card(engine)
    kind = kind_of(name)
    if kind is None:
        return None
    if kind == "claim":
        return claim_card(engine, name, snapshots or {}, showing=showing)
    facts = Facts(engine)
    facts.load([name])
    if not facts.has(name):
        return None
    special = {
        "actor": _actor,
        "article": _article,
        "event": _event,
        "object": _thing,
        "perspective": _perspective,
        "place": _thing,
    }
    return {"iri": name, "kind": kind, **special.get(kind, _concept)(engine, facts, name)}


def ontology_card(engine: Engine) -> Json:
    """The ontology: its header, and its terms by kind, each with label and definition."""
    found = rows(engine, "terms")
    facts = Facts(engine)
    facts.load(as_iri(row["term"]) for row in found)
    by_kind: dict[str, list[str]] = {}
    for row in found:
        by_kind.setdefault(as_iri(row["kind"]), []).append(as_iri(row["term"]))
    sections = (
        ("classes", ("owl:Class",)),
        ("properties", ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")),
        ("schemes", ("skos:ConceptScheme",)),
    )
    return {
        "iri": ONTOLOGY,
        "kind": "ontology",
        "label": facts.link(ONTOLOGY)["label"],
        "description": facts.text(ONTOLOGY, "dcterms:description"),
        "version": facts.text(ONTOLOGY, "owl:versionInfo"),
        "license": facts.iri(ONTOLOGY, "dcterms:license"),
        "semantics": facts.strings(ONTOLOGY, "t:datasetSemantics"),
        **{
            key: sorted((_term(facts, term) for kind in kinds for term in by_kind.get(iri(kind), [])), key=by_label)
            for key, kinds in sections
        },
    }


def kinds_of(facts: Facts, name: str) -> list[str]:
    """The kinds of a registry entry in words, sorted."""
    return sorted(KINDS[kind] for kind in facts.iris(name, "rdf:type") if kind in KINDS)


def _own_words(facts: Facts, name: str) -> Json:
    """What we say ourselves of a registry entry."""
    facts.load([*facts.iris(name, "t:describedIn"), *facts.iris(name, "t:possiblySameAs"), *facts.iris(name, "t:side")])
    described = facts.iri(name, "t:describedIn")
    if described is not None:
        facts.load(facts.iris(described, "schema:publisher"))
    return {
        "label": facts.link(name)["label"],
        "lang": facts.link(name)["lang"],
        "labels": facts.strings(name, "rdfs:label"),
        "kinds": kinds_of(facts, name),
        **{key: facts.strings(name, predicate) for key, predicate in _NAMES.items()},
        "external_ids": facts.iris(name, "schema:sameAs"),
        "identifier_source": facts.text(name, "t:identifierSource"),
        "identifiers": facts.strings(name, "schema:identifier"),
        "described_in": None if described is None else article_link(facts, described),
        "possibly_same_as": facts.links_to(name, "t:possiblySameAs"),
        "notes": facts.strings(name, "t:note"),
    }


def _actor(engine: Engine, facts: Facts, name: str) -> Json:
    articles = column(engine, "articles-of-outlet", "article", outlet=name)
    facts.load(articles)
    held = column(engine, "claims-held", "claim", holder=name)
    addressed = column(engine, "claims-addressed", "claim", who=name)
    return {
        **_own_words(facts, name),
        "side": facts.concept(name, "t:side"),
        "side_reason": facts.text(name, "t:sideReason"),
        "articles": [article_link(facts, article) for article in articles],
        "claims_as_holder": _section(engine, held, f"holder={slug(name)}"),
        "claims_naming_it": _naming(engine, name),
        "addressed_in": _section(engine, addressed, f"addressee={slug(name)}"),
    }


def _thing(engine: Engine, facts: Facts, name: str) -> Json:
    return {**_own_words(facts, name), "claims_naming_it": _naming(engine, name)}


def _event(engine: Engine, facts: Facts, name: str) -> Json:
    about = _section(engine, column(engine, "claims-about", "claim", event=name), f"about={slug(name)}")
    by_holder: dict[str, Json] = {}
    for hit in about["items"]:
        holder = hit["holder"] or {"iri": None, "label": "nobody", "lang": None, "ascribed_by": None}
        by_holder.setdefault(holder["iri"] or "", {"holder": holder, "claims": []})["claims"].append(hit)
    groups = sorted(by_holder.values(), key=lambda group: by_label(group["holder"]))
    return {
        **_own_words(facts, name),
        "counts": counts(facts, name),
        "claims": groups,
        "claims_total": about["total"],
        "claims_more": about["more"],
        "claims_naming_it": _naming(engine, name),
    }


def _perspective(engine: Engine, facts: Facts, name: str) -> Json:
    perspectives.load_rules(facts, [name])
    claims = column(engine, "claims-in-perspective", "claim", perspective=name)
    return {
        "label": facts.link(name)["label"],
        "lang": facts.link(name)["lang"],
        "labels": facts.strings(name, "rdfs:label"),
        "code": slug(name),
        "rule": perspectives.rule(facts, name),
        "rule_in_words": perspectives.rule_in_words(facts, name),
        "claims": _section(engine, claims, f"perspective={slug(name)}"),
        "conclusions": perspectives.conclusions(engine, name),
        "contradictions": perspectives.contradictions(engine, name),
        "notes": facts.strings(name, "t:note"),
    }


def _article(engine: Engine, facts: Facts, name: str) -> Json:
    facts.load([*facts.iris(name, "t:snapshot"), *facts.iris(name, "schema:publisher")])
    versions = sorted(facts.iris(name, "t:snapshot"), key=lambda one: facts.iri(one, "t:supersededBy") is not None)
    snapshot = versions[0] if versions else None
    claims = [as_iri(row["claim"]) for row in rows(engine, "claims-in-article", article=name)]
    section = _section(engine, claims, f"article={slug(name)}")
    link = article_link(facts, name)
    return {
        "label": link["label"],
        "lang": None,
        "headline": facts.text(name, "schema:headline"),
        "language": facts.text(name, "schema:inLanguage"),
        "outlet": facts.link_to(name, "schema:publisher"),
        "byline": facts.text(name, "schema:author"),
        "published": facts.text(name, "schema:datePublished"),
        "modified": facts.text(name, "schema:dateModified"),
        "rights": facts.strings(name, "dcterms:rights"),
        "urls": sorted(
            {value for term in ("schema:url", "t:requestedLink") for value in facts.iris(name, term)}
            | {literal.value for literal in facts.literals(name, "schema:url")}
        ),
        "fully_encoded": facts.truth(name, "t:fullyEncoded"),
        "snapshot": None
        if snapshot is None
        else {
            "iri": snapshot,
            "sha256": facts.text(snapshot, "schema:sha256"),
            "length": facts.number(snapshot, "t:length"),
            "sections": len(facts.iris(snapshot, "t:section")),
        },
        "earlier_versions": [
            {"iri": one, "sha256": facts.text(one, "schema:sha256"), "length": facts.number(one, "t:length")}
            for one in versions[1:]
        ],
        "shares_words_with": shared_by(engine, facts, name),
        "notes": facts.strings(name, "t:note") + _notes_on(engine, name),
        "holders": len(rows(engine, "holders-in-article", article=name)),
        "claims": section,
    }


def _notes_on(engine: Engine, name: str) -> list[Json]:
    """The texts of editorial notes that regard a thing, in the order of their IRIs."""
    notes = column(engine, "notes-on", "note", thing=name)
    facts = Facts(engine)
    facts.load(notes)
    return [text for note in notes for text in facts.strings(note, "t:note")]


def _concept(engine: Engine, facts: Facts, name: str) -> Json:
    """Concepts, schemes, contradictions and described graphs: label, definition, and what they are linked to."""
    related = rows(engine, "broader", concept=name)
    members = column(engine, "concepts", "concept", scheme=name)
    others = ("skos:inScheme", "skos:closeMatch", "t:requiresRole", "t:underPerspective")
    facts.load([as_iri(row["other"]) for row in related])
    facts.load([*members, *(found for other in others for found in facts.iris(name, other))])
    ways: dict[str, list[Json]] = {"broader": [], "narrower": []}
    for row in related:
        ways[as_iri(row["way"])].append(facts.link(as_iri(row["other"])))
    return {
        **facts.link(name),
        "code": slug(name),
        "labels": facts.strings(name, "skos:prefLabel") or facts.strings(name, "rdfs:label"),
        "definition": facts.text(name, "skos:definition") or facts.text(name, "dcterms:description"),
        "examples": facts.strings(name, "skos:example"),
        "schemes": facts.links_to(name, "skos:inScheme"),
        **ways,
        "close_matches": facts.links_to(name, "skos:closeMatch"),
        "requires_roles": facts.links_to(name, "t:requiresRole"),
        "perspectives": facts.links_to(name, "t:underPerspective"),
        "rests_on": facts.iris(name, "prov:wasDerivedFrom"),
        "members": [_term(facts, member) for member in members],
        "notes": facts.strings(name, "t:note"),
    }


def _term(facts: Facts, name: str) -> Json:
    return {**facts.link(name), "definition": facts.text(name, "skos:definition")}


def _naming(engine: Engine, name: str) -> Json:
    """The claims in whose content a thing occurs, with its roles there; each with its speaker."""
    found = rows(engine, "claims-naming", thing=name)
    roles: dict[str, set[str]] = {}
    for row in found:
        roles.setdefault(as_iri(row["claim"]), set()).add(as_iri(row["role"]))
    section = _section(engine, sorted(roles), f"names={name.removeprefix(BASE)}")
    facts = Facts(engine)
    facts.load({role for some in roles.values() for role in some})
    items = [
        {"claim": hit, "roles": sorted((facts.link(role) for role in roles[hit["iri"]]), key=by_label)}
        for hit in section["items"]
    ]
    return {**section, "items": items}


def _section(engine: Engine, claims: Sequence[str], filters: str) -> Json:
    """The first claims in short, how many there are, and where all of them are listed if these are not all."""
    items = hits(engine, claims[:HITS_LIMIT])
    more = f"/claims?{filters}" if len(claims) > HITS_LIMIT else None
    return {"total": len(claims), "items": items, "more": more}
