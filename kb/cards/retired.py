"""What is shown of an address that is no longer in use: why, since when, and what to use instead; nothing else."""

from kb.cards.facts import Facts, Json, kind_of
from kb.engine import Engine
from kb.namespaces import BASE, iri, slug


class Retired(Exception):
    """Something that is no longer in use: ``str()`` says so with name and reason, ``instead`` has what replaces it."""

    def __init__(self, message: str, instead: list[str]) -> None:
        super().__init__(message)
        self.instead = instead


def in_use(engine: Engine, name: str) -> str:
    """The IRI by which a thing goes now: its own, or the new one of what was renamed; Retired for what is in no use."""
    grave = tombstone(engine, name)
    if grave is None:
        return name
    retired = grave["retired"]
    reason, instead = retired["reason"] or {}, retired["replacement"]
    if reason.get("code") == "renamed" and instead is not None:
        return str(instead)
    why = f"{reason.get('label', 'retired')}, {retired['date']}"
    raise Retired(
        f"“{name.removeprefix(BASE)}” is no longer in use ({why})",
        [] if instead is None else [instead.removeprefix(BASE)],
    )


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
