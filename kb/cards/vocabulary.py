"""What can stand in a query over this data: its terms, with what each means and how often it is used."""

from typing import Final

from kb.cards.facts import Facts, Json, as_iri, rows
from kb.engine import Engine
from kb.namespaces import iri, shorten
from kb.statistics import WHOLE

_KINDS: Final = {
    "owl:AnnotationProperty": "property",
    "owl:Class": "class",
    "owl:DatatypeProperty": "property",
    "owl:ObjectProperty": "property",
    "skos:Concept": "concept",
    "skos:ConceptScheme": "scheme",
}
"""What a term is in a query, by its class."""


def vocabulary(engine: Engine) -> list[Json]:
    """Every term of the ontology, and every other class and property that the data uses, by prefixed name.

    Each has ``name``, ``iri``, ``kind`` (class, property, concept or scheme), ``label``, ``definition`` or null, and
    ``uses``: of a class its instances, of a property its statements, of others null.
    """
    whole = engine.statistics.parts[WHOLE]
    uses: dict[str, int] = {**whole.classes, **{name: found.triples for name, found in whole.properties.items()}}
    kinds = {name: "class" for name in whole.classes} | {name: "property" for name in whole.properties}
    by_iri = {iri(name): kind for name, kind in _KINDS.items()}
    found = {as_iri(row["term"]): by_iri.get(as_iri(row["kind"])) for row in rows(engine, "terms")}
    kinds.update((name, kind) for name, kind in found.items() if kind is not None)
    facts = Facts(engine)
    facts.load(kinds)
    terms = [
        {
            "name": shorten(name),
            **facts.link(name),
            "kind": kind,
            "definition": facts.text(name, "skos:definition"),
            "uses": uses.get(name, 0) if kind in ("class", "property") else None,
        }
        for name, kind in kinds.items()
    ]
    return sorted(terms, key=lambda term: str(term["name"]))
