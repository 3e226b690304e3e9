"""What is shown of an address that is no longer in use: why, since when, and what to use instead; nothing else."""

from kb.cards.facts import Facts, Json, kind_of
from kb.engine import Engine
from kb.namespaces import iri, slug


def tombstone(engine: Engine, name: str) -> Json | None:
    """The tombstone at an IRI, None where there is none."""
    facts = Facts(engine)
    facts.load([name])
    if iri("t:Tombstone") not in facts.iris(name, "rdf:type"):
        return None
    facts.load(facts.iris(name, "t:retiredBecause"))
    return {
        "iri": name,
        "kind": kind_of(name),
        "label": slug(name),
        "lang": None,
        "retired": {
            "reason": facts.defined(name, "t:retiredBecause"),
            "date": facts.text(name, "t:retiredOn"),
            "replacement": facts.iri(name, "dcterms:isReplacedBy"),
        },
        "notes": facts.strings(name, "t:note"),
        "own": facts.own(name),
    }
