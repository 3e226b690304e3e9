"""Perspectives: rules that select claims, and the graphs that are left when one of them is looked through."""

from kb.cards.facts import as_iri, rows, slug
from kb.engine import Engine
from kb.namespaces import BASE


def perspectives(engine: Engine) -> list[str]:
    """The slugs of all perspectives."""
    return [slug(as_iri(row["perspective"])) for row in rows(engine, "perspectives")]


def perspective_graphs(engine: Engine, name: str) -> list[str] | None:
    """The IRIs of the graphs that a perspective, given by IRI or slug, reaches; None where there is no such."""
    found = slug(name) if name.startswith(f"{BASE}perspective/") else name
    if found not in perspectives(engine):
        return None
    return [
        as_iri(row["graph"]) for row in rows(engine, "perspective-graphs", perspective=f"{BASE}perspective/{found}")
    ]
