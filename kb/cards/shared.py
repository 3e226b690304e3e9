"""What is shown of text reuse: where the words of a passage stand again, lest two outlets be taken for two voices.

Nothing here says who copied: the direction is as the data has it, and unknown where no article credits the other.
"""

from collections.abc import Mapping

from kb.cards.facts import Facts, Json, article_link, as_iri, by_label, rows
from kb.engine import Engine, Row


def shared_with(engine: Engine, facts: Facts, claim: str) -> Mapping[str, list[Json]]:
    """For each passage of a claim, the passages of other articles that share its words; claims by IRI only."""
    found: dict[str, dict[tuple[str, str], Json]] = {}
    answer = rows(engine, "claim-shared", claim=claim)
    _load(facts, answer, "article")
    for row in answer:
        entries = found.setdefault(as_iri(row["anchor"]), {})
        key = (as_iri(row["reuse"]), as_iri(row["other"]))
        entry = entries.setdefault(key, {**_passage(facts, *key, as_iri(row["article"])), "claims": []})
        if row.get("otherClaim") is not None:
            entry["claims"].append(as_iri(row["otherClaim"]))
    return {anchor: list(entries.values()) for anchor, entries in found.items()}


def shared_by(engine: Engine, facts: Facts, article: str) -> list[Json]:
    """For each other article, the passages that it shares with ``article``, in the order of this one."""
    answer = rows(engine, "article-shared", article=article)
    _load(facts, answer, "otherArticle")
    facts.load(as_iri(row["own"]) for row in answer)
    found: dict[str, Json] = {}
    for row in answer:
        other = as_iri(row["otherArticle"])
        entry = found.setdefault(other, {"article": article_link(facts, other), "passages": []})
        own = as_iri(row["own"])
        entry["passages"].append(
            {
                **_passage(facts, as_iri(row["reuse"]), as_iri(row["other"]), other),
                "here": {
                    "iri": own,
                    "paragraph": facts.number(own, "t:paragraph"),
                    "start": facts.number(own, "t:start"),
                },
            }
        )
    for entry in found.values():
        entry["passages"].sort(key=lambda passage: (passage["here"]["start"], passage["iri"]))
        entry["total"] = len(entry["passages"])
    return sorted(found.values(), key=lambda entry: by_label(entry["article"]))


def _load(facts: Facts, answer: list[Row], article: str) -> None:
    names = {as_iri(row[name]) for row in answer for name in ("reuse", "other", article)}
    facts.load(names)
    facts.load([found for name in names for term in _LINKS for found in facts.iris(name, term)])


_LINKS = ("schema:publisher", "t:direction", "t:sharing")


def _passage(facts: Facts, reuse: str, anchor: str, article: str) -> Json:
    return {
        "iri": reuse,
        "article": article_link(facts, article),
        "anchor": anchor,
        "paragraph": facts.number(anchor, "t:paragraph"),
        "sharing": facts.concept(reuse, "t:sharing"),
        "ratio": facts.number(reuse, "t:ratio"),
        "direction": facts.concept(reuse, "t:direction"),
    }
