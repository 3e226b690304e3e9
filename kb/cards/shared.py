"""What is shown of text reuse: where the words of a passage stand again, lest two outlets be taken for two voices.

Nothing here says who copied: the direction is as the data has it, and unknown where no article credits the other.
"""

from collections.abc import Iterable, Mapping

from kb.cards.facts import Facts, Json, article_link, as_iri, by_label, kind_of, rows
from kb.engine import Engine, Row

PASSAGES = 50
"""Passages that are listed of two articles that share words; the others are counted."""


def shared_with(engine: Engine, facts: Facts, claim: str) -> Mapping[str, list[Json]]:
    """For each passage of a loaded claim, those of other articles that share its words; claims by IRI only."""
    answer = rows(engine, "claim-reuse", claim=claim)
    facts.load(as_iri(row[name]) for row in answer for name in ("own", "reuse"))
    pairs = [
        (anchor, as_iri(row["own"]), as_iri(row["reuse"]))
        for anchor in facts.iris(claim, "t:evidence")
        for row in answer
        if _overlap(facts, anchor, as_iri(row["own"]))
    ]
    if not pairs:
        return {}
    _load_links(facts, {reuse for _, _, reuse in pairs})
    others = {other for _, _, reuse in pairs for other in facts.iris(reuse, "t:passage")}
    facts.load(others)
    articles = _articles(engine, facts, claim)
    claims = _claims(engine, facts, claim, {source for other in others for source in facts.iris(other, _SOURCE)})
    found: dict[str, dict[tuple[str, str], Json]] = {}
    for anchor, own, reuse in sorted(pairs):
        for other in facts.iris(reuse, "t:passage"):
            source = facts.iri(other, _SOURCE)
            if source == facts.iri(own, _SOURCE) or source not in articles:
                continue
            entry = {**_passage(facts, reuse, other, articles[source]), "claims": []}
            entry["claims"] = [
                name for name, rests in claims.items() if any(_overlap(facts, one, other) for one in rests)
            ]
            found.setdefault(anchor, {})[reuse, other] = entry
    return {anchor: list(entries.values()) for anchor, entries in found.items()}


def shared_of(engine: Engine, facts: Facts, article: str) -> list[tuple[str, Json]]:
    """Each passage of an article, which is loaded, with one of another article that shares its words."""
    answer = rows(engine, "article-shared", article=article)
    _load(facts, answer)
    return [
        (as_iri(row["own"]), _passage(facts, as_iri(row["reuse"]), as_iri(row["other"]), as_iri(row["otherArticle"])))
        for row in answer
    ]


def shared_by(facts: Facts, shared: Iterable[tuple[str, Json]]) -> list[Json]:
    """``shared`` passages by the other article, the first ones of each, in the order of the text that is read."""
    found: dict[str, Json] = {}
    for own, passage in shared:
        entry = found.setdefault(passage["article"]["iri"], {"article": passage["article"], "passages": []})
        here = {"iri": own, "paragraph": facts.number(own, "t:paragraph"), "start": facts.number(own, "t:start")}
        entry["passages"].append({**passage, "here": here})
    for entry in found.values():
        entry["passages"].sort(key=lambda passage: (passage["here"]["start"], passage["iri"]))
        entry["total"] = len(entry["passages"])
        entry["passages"] = entry["passages"][:PASSAGES]
    return sorted(found.values(), key=lambda entry: by_label(entry["article"]))


_SOURCE = "oa:hasSource"
_LINKS = ("schema:publisher", "t:direction", "t:sharing")


def _load(facts: Facts, answer: list[Row]) -> None:
    facts.load(as_iri(row["own"]) for row in answer)
    _load_links(facts, {as_iri(row[name]) for row in answer for name in ("reuse", "other", "otherArticle")})


def _load_links(facts: Facts, names: set[str]) -> None:
    facts.load(names)
    facts.load([found for name in names for term in _LINKS for found in facts.iris(name, term)])


def _articles(engine: Engine, facts: Facts, claim: str) -> dict[str, str]:
    """The articles that share words with that of a claim, by their snapshots."""
    articles = {as_iri(row["article"]) for row in rows(engine, "claim-shared-articles", claim=claim)}
    _load_links(facts, articles)
    return {snapshot: article for article in sorted(articles) for snapshot in facts.iris(article, "t:snapshot")}


def _claims(engine: Engine, facts: Facts, claim: str, sources: set[str]) -> dict[str, list[str]]:
    """The claims that rest on passages of some snapshots, sorted, each with these passages, which are loaded."""
    answer = [row for row in rows(engine, "claim-shared", claim=claim) if as_iri(row["source"]) in sources]
    facts.load(as_iri(row["anchor"]) for row in answer)
    found: dict[str, list[str]] = {}
    for row in answer:
        if kind_of(as_iri(row["otherClaim"])) == "claim":  # not an excused sentence
            found.setdefault(as_iri(row["otherClaim"]), []).append(as_iri(row["anchor"]))
    return dict(sorted(found.items()))


def _overlap(facts: Facts, one: str, other: str) -> bool:
    """Whether two loaded passages of one text have a character in common."""
    if facts.iri(one, _SOURCE) != facts.iri(other, _SOURCE):
        return False
    ranges = [(facts.number(anchor, "t:start"), facts.number(anchor, "t:end")) for anchor in (one, other)]
    (start, end), (first, last) = ranges
    places = (start, end, first, last)
    return all(isinstance(place, int) for place in places) and first < end and start < last  # type: ignore[operator]


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
