"""What is shown of actors, places, events, objects, articles, concepts and the ontology itself.

What the knowledge base says in its own voice (names, kinds, identifiers) is kept apart from what claims say:
every claim is listed with its speaker, and the list says how many there are where it shows only the first.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from kb.cards import conclusions, measured, perspectives, replies, sections, side_by_side
from kb.cards.claims import SHOWING, claim_card, follows, hit, load_claims
from kb.cards.compared import counts
from kb.cards.content import content_of
from kb.cards.facts import Facts, Json, article_link, as_iri, by_label, column, kind_of, linked, rows, voice_of
from kb.cards.indexed import Picked, claims_with, picked, roles_in, spread
from kb.cards.places import in_gazetteers, located, located_as_json
from kb.cards.reading import reading
from kb.cards.retired import tombstone
from kb.cards.sections import Window, part
from kb.cards.shared import shared_by, shared_of
from kb.engine import Engine
from kb.namespaces import BASE, iri, slug
from kb.passages import Showing

HITS_LIMIT = 20
"""Claims listed in one section of several; the others are found in the list that the section points to."""

MAIN_LIMIT = 50
"""Claims listed where the card is about them."""

EXAMPLES_LIMIT = 10
"""Claims listed with a concept that they have."""

MEMBERS_LIMIT = 200
"""Members of a scheme that are listed at once."""

USES_LIMIT = 50
"""Uses of name forms that are listed at once."""

FOLLOWING = 5
"""Graphs of what follows from claims about an event that are listed at once."""

OTHERS_LIMIT = 20
"""Articles, or contradictions, that are listed at once."""

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
    engine: Engine,
    name: str,
    *,
    snapshots: Mapping[str, str] | None = None,
    showing: Showing = SHOWING,
    section: str = "",
    after: int = 0,
) -> Json | None:
    """All that is shown of the thing with the IRI ``name``, or None where nothing is said of it.

    ``snapshots`` maps the slugs of snapshots to texts, out of which the passages of a claim, and an article place by
    place, are shown, as ``showing`` allows.
    What is retired has its tombstone for a card.
    ``section`` is one of ``SECTIONS``, of which the card leaves out the first ``after`` items.
    """
    if name == ONTOLOGY:
        return ontology_card(engine)
    kind = kind_of(name)
    if kind is None:
        return None
    if (retired := tombstone(engine, name)) is not None:
        return retired
    window = Window(name, section, after)
    if kind == "claim":
        return claim_card(engine, name, snapshots or {}, showing=showing, window=window)
    facts = Facts(engine)
    facts.load([name])
    if not facts.has(name):
        return None
    special: Mapping[str, Callable[[Engine, Facts, Window], Json]] = {
        "actor": _actor,
        "article": partial(_article, snapshots=snapshots or {}, showing=showing),
        "event": partial(_event, snapshots=snapshots or {}, showing=showing),
        "object": _thing,
        "perspective": _perspective,
        "place": _place,
    }
    return {"iri": name, "kind": kind, **special.get(kind, _concept)(engine, facts, window), "own": facts.own(name)}


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


def _own_words(engine: Engine, facts: Facts, window: Window) -> Json:
    """What we say ourselves of a registry entry."""
    name = window.name
    seen = part(window, "name_uses", _linked(engine, "t:nameOf", "node", name), USES_LIMIT)
    facts.load([*facts.iris(name, "t:describedIn"), *facts.iris(name, "t:possiblySameAs"), *seen.items])
    described = facts.iri(name, "t:describedIn")
    articles = [article for use in seen.items for article in facts.iris(use, "t:usedBy")]
    facts.load([*articles, *facts.iris(name, "t:side")])
    outlets = [outlet for one in (described, *articles) if one for outlet in facts.iris(one, "schema:publisher")]
    facts.load(outlets)
    facts.load([side for outlet in outlets for side in facts.iris(outlet, "t:side")])
    return {
        "label": facts.link(name)["label"],
        "lang": facts.link(name)["lang"],
        "labels": facts.strings(name, "rdfs:label"),
        "kinds": kinds_of(facts, name),
        **{key: facts.strings(name, predicate) for key, predicate in _NAMES.items()},
        "names": _by_language(facts, name),
        "name_uses": {"total": seen.total, "items": [_use(facts, use) for use in seen.items], "more": seen.more},
        "external_ids": facts.iris(name, "schema:sameAs"),
        "identifier_source": facts.text(name, "t:identifierSource"),
        "identifiers": facts.strings(name, "schema:identifier"),
        "described_in": None if described is None else article_link(facts, described),
        "possibly_same_as": facts.links_to(name, "t:possiblySameAs"),
        "notes": facts.strings(name, "t:note"),
    }


def _by_language(facts: Facts, name: str) -> Json:
    """Labels, name forms and misspellings by the language that they are in; ``und`` where none is given."""
    found: dict[str, dict[str, list[str]]] = {}
    for key, predicate in {"labels": "rdfs:label", **_NAMES}.items():
        for literal in facts.literals(name, predicate):
            forms = found.setdefault(literal.language or "und", {"labels": [], **{form: [] for form in _NAMES}})
            forms[key].append(literal.value)
    return dict(sorted(found.items()))


def _use(facts: Facts, use: str) -> Json:
    """The observation that an article uses a name form: which, which article, and whose that is."""
    form, article = facts.literal(use, "t:nameForm"), facts.iri(use, "t:usedBy")
    outlet = None if article is None else voice_of(facts, article)
    return {
        "iri": use,
        "text": None if form is None else form.value,
        "lang": None if form is None else form.language,
        "article": None if article is None else article_link(facts, article),
        "outlet": outlet,
        "side": None if outlet is None or outlet["iri"] is None else facts.concept(outlet["iri"], "t:side"),
    }


def _actor(engine: Engine, facts: Facts, window: Window) -> Json:
    name = window.name
    published = part(window, "articles", _linked(engine, "schema:publisher", "article", name), OTHERS_LIMIT)
    facts.load([*published.items, *(found for found in facts.iris(name, "t:side"))])
    path = name.removeprefix(BASE)
    held, addressed, naming, accusing = (
        claims_with(engine, key, path, HITS_LIMIT) for key in ("holder", "addressee", "names", "accused")
    )
    others = picked(engine, naming.entries & ~accusing.entries & ~held.entries, HITS_LIMIT)
    _load(facts, held, addressed, naming, accusing, others)
    return {
        **_own_words(engine, facts, window),
        "side": facts.concept(name, "t:side"),
        "side_reason": facts.text(name, "t:sideReason"),
        "articles": [article_link(facts, article) for article in published.items],
        **sections.beside("articles", published),
        "claims_as_holder": _section(facts, held, f"holder={slug(name)}"),
        "modes_as_holder": _modes(engine, facts, "holder", name),
        "accusations": _naming(engine, facts, accusing, name, f"accused={slug(name)}"),
        "modes_of_accusations": _modes(engine, facts, "accused", name),
        "named_otherwise": _naming(engine, facts, others, name),
        "claims_naming_it": _naming(engine, facts, naming, name),
        "addressed_in": _section(facts, addressed, f"addressee={slug(name)}"),
    }


def _modes(engine: Engine, facts: Facts, key: str, name: str) -> list[Json]:
    """How claims with a value of a filter are put: each mode with the number of them, the most frequent first."""
    counts = spread(engine, key, name.removeprefix(BASE), "mode")
    facts.load(f"{BASE}{mode}" for mode in counts)
    return [{**facts.link(f"{BASE}{mode}"), "code": slug(mode), "total": count} for mode, count in counts.items()]


def _thing(engine: Engine, facts: Facts, window: Window) -> Json:
    naming = claims_with(engine, "names", window.name.removeprefix(BASE), HITS_LIMIT)
    _load(facts, naming)
    return {**_own_words(engine, facts, window), "claims_naming_it": _naming(engine, facts, naming, window.name)}


def _place(engine: Engine, facts: Facts, window: Window) -> Json:
    """A place: beside what every thing has, what is said to be there, and who says what it lies in."""
    name = window.name
    there = claims_with(engine, "at", name.removeprefix(BASE), HITS_LIMIT)
    _load(facts, there)
    ways = {
        key: part(window, key, located(engine, **{side: name.removeprefix(BASE)}), OTHERS_LIMIT)
        for key, side in (("lies_in", "inner"), ("contains", "outer"))
    }
    return {
        **_thing(engine, facts, window),
        **{key: located_as_json(engine, facts, shown.items) for key, shown in ways.items()},
        **{key: value for name, shown in ways.items() for key, value in sections.beside(name, shown).items()},
        "claims_there": _section(facts, there, f"place={slug(name)}"),
        "gazetteers": in_gazetteers(engine, facts, [name]).get(name, []),
    }


def _event(engine: Engine, facts: Facts, window: Window, *, snapshots: Mapping[str, str], showing: Showing) -> Json:
    name = window.name
    path = name.removeprefix(BASE)
    about, naming = claims_with(engine, "about", path), claims_with(engine, "names", path, HITS_LIMIT)
    claims = list(about.first.values())
    load_claims(facts, [*claims[:MAIN_LIMIT], *naming.first.values()])
    section = _listed(facts, claims[:MAIN_LIMIT], about.total, f"about={slug(name)}")
    by_holder: dict[str, Json] = {}
    for found in section["items"]:
        holder = found["holder"] or {"iri": None, "label": "nobody", "lang": None, "ascribed_by": None}
        by_holder.setdefault(holder["iri"] or "", {"holder": holder, "claims": []})["claims"].append(found)
    groups = sorted(by_holder.values(), key=lambda group: by_label(group["holder"]))
    read = side_by_side.read(engine, facts, name, claims)
    table = side_by_side.table(engine, facts, read, f"/claims?about={slug(name)}", snapshots, showing)
    told = content_of(engine, facts, [claim for claim in side_by_side.order(table) if claim in read.claims])
    following = conclusions.graphs_from_event(engine, name, window, FOLLOWING)
    concluded, grounds = conclusions.load(engine, facts, following.items)
    load_claims(facts, grounds)
    return {
        **_own_words(engine, facts, window),
        "counts": counts(facts, name),
        "claims": groups,
        "claims_total": section["total"],
        "claims_more": section["more"],
        "side_by_side": table,
        "amounts": measured.amounts(told),
        "times": measured.times(told),
        "accused": replies.accused(engine, facts, name, list(told)),
        "follows": follows(facts, following, concluded),
        "claims_naming_it": _naming(engine, facts, naming, name),
    }


def _perspective(engine: Engine, facts: Facts, window: Window) -> Json:
    name = window.name
    perspectives.load_rules(facts, [name])
    claims = claims_with(engine, "perspective", name.removeprefix(BASE), MAIN_LIMIT)
    clashes = part(window, "contradictions", _linked(engine, "t:underPerspective", "contradiction", name), OTHERS_LIMIT)
    facts.load(clashes.items)
    _load(facts, claims)
    return {
        "label": facts.link(name)["label"],
        "lang": facts.link(name)["lang"],
        "labels": facts.strings(name, "rdfs:label"),
        "code": slug(name),
        "rule": perspectives.rule(facts, name),
        "rule_in_words": perspectives.rule_in_words(facts, name),
        "claims": _section(facts, claims, f"perspective={slug(name)}"),
        "conclusions": perspectives.conclusions(engine, name),
        "contradictions": [
            {
                "iri": one,
                "why": facts.text(one, "dcterms:description"),
                "claims": facts.iris(one, "prov:wasDerivedFrom"),
            }
            for one in clashes.items
        ],
        **sections.beside("contradictions", clashes),
        "notes": facts.strings(name, "t:note"),
    }


def _article(engine: Engine, facts: Facts, window: Window, snapshots: Mapping[str, str], showing: Showing) -> Json:
    name = window.name
    facts.load([*facts.iris(name, "t:snapshot"), *facts.iris(name, "schema:publisher")])
    versions = sorted(facts.iris(name, "t:snapshot"), key=lambda one: facts.iri(one, "t:supersededBy") is not None)
    snapshot = versions[0] if versions else None
    claims = _in_reading_order(engine, name)
    load_claims(facts, claims[:MAIN_LIMIT])
    alike = shared_of(engine, facts, name)
    shared = part(window, "shares_words_with", shared_by(facts, alike), OTHERS_LIMIT)
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
        "shares_words_with": list(shared.items),
        **sections.beside("shares_words_with", shared),
        "notes": facts.strings(name, "t:note") + _notes_on(engine, name),
        "holders": _holders(engine, name),
        "reading": reading(engine, facts, snapshot, window=window, shared=alike, snapshots=snapshots, showing=showing),
        "claims": _listed(facts, claims[:MAIN_LIMIT], len(claims), f"article={slug(name)}&sort=article"),
    }


def _in_reading_order(engine: Engine, article: str) -> list[str]:
    """The claims in an article, in the order of the passages that they rest on; last those that rest on none."""
    starts: dict[str, list[float]] = {}
    ends: dict[str, list[float]] = {}
    for row in rows(engine, "article-order", article=article):
        for places, place in ((starts, "from"), (ends, "to")):
            known = places.setdefault(as_iri(row["claim"]), [])
            known += [float(as_iri(row[place]))] if place in row else []
    never = float("inf")
    return sorted(starts, key=lambda one: (min(starts[one], default=never), max(ends[one], default=never), one))


def _holders(engine: Engine, article: str) -> int:
    """How many holders the claims in an article have."""
    found = rows(engine, "holders-in-article", article=article)
    return int(as_iri(found[0]["holders"])) if found else 0


def _notes_on(engine: Engine, name: str) -> list[Json]:
    """The texts of editorial notes that regard a thing, in the order of their IRIs."""
    notes = column(engine, "notes-on", "note", thing=name)
    facts = Facts(engine)
    facts.load(notes)
    return [text for note in notes for text in facts.strings(note, "t:note")]


def _concept(engine: Engine, facts: Facts, window: Window) -> Json:
    """Concepts, schemes, contradictions and described graphs: label, definition, and what they are linked to."""
    name = window.name
    related = rows(engine, "broader", concept=name)
    members = part(window, "members", column(engine, "concepts", "concept", scheme=name), MEMBERS_LIMIT)
    others = ("skos:inScheme", "skos:closeMatch", "t:requiresRole", "t:underPerspective")
    facts.load([as_iri(row["other"]) for row in related])
    facts.load([*members.items, *(found for other in others for found in facts.iris(name, other))])
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
        "in_use": _in_use(engine, facts, name),
        "members": [_term(facts, member) for member in members.items],
        **sections.beside("members", members),
        "notes": facts.strings(name, "t:note"),
    }


_USED_AS = ("basis", "certainty", "mode", "naming", "polarity", "role", "type")
"""Kinds of concepts by which claims are found; the filters are called like them."""


def _in_use(engine: Engine, facts: Facts, name: str) -> Json | None:
    """The first claims that a concept says something of, or None where claims are not found by concepts of its kind."""
    kind = kind_of(name) or ""
    if kind not in _USED_AS:
        return None
    claims = claims_with(engine, kind, name.removeprefix(BASE), EXAMPLES_LIMIT)
    _load(facts, claims)
    return _section(facts, claims, f"{kind}={slug(name)}")


def _term(facts: Facts, name: str) -> Json:
    return {**facts.link(name), "definition": facts.text(name, "skos:definition")}


def _load(facts: Facts, *sections: Picked) -> None:
    """Loads the first claims of several sections."""
    load_claims(facts, [claim for some in sections for claim in some.first.values()])


def _naming(engine: Engine, facts: Facts, claims: Picked, name: str, filters: str = "") -> Json:
    """The first loaded claims in whose content a thing occurs, with its roles there; each with its speaker.

    All of them, if there are more, are found with ``filters``; without any, all that name the thing.
    """
    path = name.removeprefix(BASE)
    roles = roles_in(engine, claims.first, path)
    facts.load({role for some in roles.values() for role in some})
    section = _section(facts, claims, filters or f"names={path}")
    items = [
        {"claim": found, "roles": sorted((facts.link(role) for role in roles[found["iri"]]), key=by_label)}
        for found in section["items"]
    ]
    return {**section, "items": items}


def _linked(engine: Engine, link: str, kind: str, name: str) -> list[str]:
    """What of one kind has a thing under a property, sorted."""
    return linked(engine, "linked", kind, link=iri(link), thing=name)


def _section(facts: Facts, claims: Picked, filters: str) -> Json:
    """The first loaded claims in short, how many there are, and where all are listed if these are not all."""
    return _listed(facts, list(claims.first.values()), claims.total, filters)


def _listed(facts: Facts, claims: Sequence[str], total: int, filters: str) -> Json:
    items = [hit(facts, claim) for claim in claims if facts.has(claim)]
    return {"total": total, "items": items, "more": f"/claims?{filters}" if total > len(claims) else None}
