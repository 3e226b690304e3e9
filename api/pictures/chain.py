"""Through whose mouths a claim comes to us: a ladder from the article down to the one to whom it is ascribed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_LINES = ("certain", "probable", "possible")
_HOLLOW = ("anonymous", "collective", "hearsay", "none")
"""Ways in which a source is named that leave open who it is."""


@dataclass(frozen=True)
class Rung:
    """One voice: who speaks, which claims of the chain are its own, and how it puts them.

    ``line`` is the style of the line that comes from the voice above: ``certain``, ``probable``, ``possible`` or
    ``underspecified``; ``hollow`` is a voice that nobody can ask, since the text does not name it.
    """

    voice: Mapping[str, Any] | None
    publishes: bool
    claim: str | None = None
    paraphrase: str | None = None
    lang: str | None = None
    mode: Mapping[str, Any] | None = None
    certainty: Mapping[str, Any] | None = None
    naming: Mapping[str, Any] | None = None
    line: str = "certain"
    hollow: bool = False
    last: bool = False


def ladder(card: Mapping[str, Any]) -> list[Rung]:
    """The rungs of a claim's card, outermost first; an outlet and a claim in its own voice are one rung."""
    found: list[Rung] = []
    for link in card["chain"]:
        if link["kind"] == "article":
            found.append(Rung(link["voice"], True))
            continue
        same = bool(found) and found[-1].claim is None and found[-1].voice == link["voice"]
        above = found.pop() if same else Rung(link["voice"], False)
        certainty = (link["certainty"] or {}).get("code")
        naming = (link["source_naming"] or {}).get("code")
        found.append(
            replace(
                above,
                claim=link["iri"],
                paraphrase=link["label"],
                lang=link["lang"],
                mode=link["mode"],
                certainty=link["certainty"],
                naming=link["source_naming"],
                line=certainty if certainty in _LINES else "underspecified",
                hollow=link["voice"] is None or (naming in _HOLLOW and not same),
            )
        )
    return [*found[:-1], replace(found[-1], last=True)] if found else []
