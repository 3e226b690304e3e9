"""Which claims a picture of many is drawn of: by a few of the filters of lists, with what there is to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kb.cards.facts import Facts, Json, article_link
from kb.cards.filters import CHOOSING
from kb.cards.narrow import narrowed, suggestions
from kb.engine import Engine
from kb.namespaces import BASE

CHOICES = 60
"""Values of each that one can choose from; others have to be known."""


@dataclass(frozen=True)
class Chosen:
    """Claims that are chosen, a bit for each by its number in the index, and by which values of which filters."""

    claims: int
    given: Mapping[str, Sequence[str]]

    @property
    def total(self) -> int:
        """How many they are."""
        return self.claims.bit_count()

    def address(self, path: str = "/claims", **more: str) -> str:
        """The path of what is chosen here and fits what is given besides."""
        asked = urlencode({**self.given, **more}, doseq=True, safe="/")
        return f"{path}?{asked}" if asked else path


def chosen(engine: Engine, given: Mapping[str, Sequence[str]]) -> Chosen:
    """The claims that fit; BadFilter where a value names nothing."""
    kept = {key: list(given[key]) for key in CHOOSING if given.get(key)}
    return Chosen(narrowed(engine, "claims", "", kept).left(), kept)


def choices(engine: Engine, given: Mapping[str, Sequence[str]]) -> dict[str, list[Json]]:
    """What most claims have under each filter, most first: ``value``, ``label``, ``claims``, and whether it is chosen.

    What is chosen stands there too, with null for ``claims`` where it is not among those.
    """
    facts = Facts(engine)
    found = {key: dict(suggestions(engine, "claims", key, most=CHOICES)) for key in CHOOSING}
    iris = {key: {value: _iri(key, value) for value in (*some, *given.get(key, ()))} for key, some in found.items()}
    facts.load(iri for some in iris.values() for iri in some.values())
    facts.load(outlet for iri in iris["article"].values() for outlet in facts.iris(iri, "schema:publisher"))
    return {
        key: [
            {
                "value": value,
                "label": (article_link(facts, iri) if key == "article" else facts.link(iri))["label"],
                "claims": found[key].get(value),
                "chosen": value in given.get(key, ()),
            }
            for value, iri in some.items()
        ]
        for key, some in iris.items()
    }


def _iri(key: str, value: str) -> str:
    """The IRI of a value that may be a slug, a path or an IRI."""
    kind = {"about": "event", "holder": "actor"}.get(key, key)
    path = value.removeprefix(BASE)
    return BASE + (path if "/" in path else f"{kind}/{path}")
