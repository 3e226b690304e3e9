"""What a corpus was made to contain, for whoever measures how much of it is found."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from benchmarks.copying import similarity, words
from benchmarks.nouns import Claim, Entity, Frame, Line, Printed
from benchmarks.writing import claim_name, entity_name

COMMITTED: Final = ("accused", "alleged", "denied", "opined", "presumed", "reported", "stated")
"""Modes in which a holder commits to the content or its denial; only such claims are compared."""


@dataclass(frozen=True)
class Told:
    """A claim as it is compared."""

    name: str
    article: str
    frame: str
    details: Mapping[str, object]
    positive: bool
    certainty: str
    holder: str
    unnamed: bool
    family: str


def told(page: Printed) -> Iterator[Told]:
    """The claims of an article that can be compared with others."""
    for line in page.sentences:
        for number, claim in enumerate(line.sentence.claims):
            if claim.mode in COMMITTED and not claim.relay:
                yield Told(
                    claim_name(page, line, number),
                    page.article.slug,
                    claim.frame.name,
                    details(claim),
                    claim.positive,
                    claim.certainty,
                    page.article.outlet.name if claim.holder is None else entity_name(page, claim.holder),
                    claim.naming in ("anonymous", "hearsay") or claim.basis == "implied-by-passive",
                    line.sentence.family,
                )


def details(claim: Claim) -> dict[str, object]:
    """What a claim tells: who in each role, how many, where and when. Groups described alike count as the same."""
    found: dict[str, object] = {}
    for part in claim.parts:
        if part.count and part.count.out_of:
            found[f"of them {part.role}"] = (part.count.close, part.count.value)
            continue
        found[part.role] = (*found.get(part.role, ()), _key(part.who))  # type: ignore[misc]
        if part.count:
            found[f"number {part.role}"] = (part.count.close, part.count.value)
    for name, other in (
        ("place", claim.place), ("near", claim.near), ("concerns", claim.concerns), ("after", claim.after)
    ):  # fmt: skip
        if other is not None:
            found[name] = _key(other)
    if claim.when:
        found["when"] = claim.when.edtf
    return found


def relation(left: Told, right: Told) -> tuple[Told, Told, str]:
    """How two claims about one frame relate, the one that says more on the left where one does.

    Opposite polarity or two exact numbers that differ contradict; any other detail that both give differently
    differs in detail; where no detail clashes, the same details are the same content or differ in certainty, more
    details than the other's are narrower, and each having what the other lacks is compatible.
    """
    if left.positive != right.positive:
        return left, right, "contradicts"
    shared = left.details.keys() & right.details.keys()
    clash = [key for key in shared if left.details[key] != right.details[key]]
    if any(key.startswith("number ") and _exact(left.details[key]) and _exact(right.details[key]) for key in clash):
        return left, right, "contradicts"
    if clash:
        return left, right, "differsInDetail"
    if left.details.keys() == right.details.keys():
        return left, right, "sameContent" if left.certainty == right.certainty else "differsInCertainty"
    if left.details.keys() > right.details.keys():
        return left, right, "narrower"
    if left.details.keys() < right.details.keys():
        return right, left, "narrower"
    return left, right, "compatible"


def independence(left: Told, right: Told) -> str:
    """Whether one text or one voice stands behind both; unknown where either names nobody."""
    if left.family and left.family == right.family:
        return "sharedText"
    if left.holder == right.holder:
        return "sameOrigin"
    return "unknown" if left.unnamed or right.unnamed else "independent"


def agreement(pages: Sequence[Printed]) -> Iterator[str]:
    """A line for each pair of claims of two articles about one frame."""
    by_frame: dict[str, list[Told]] = defaultdict(list)
    for page in pages:
        for claim in told(page):
            by_frame[claim.frame].append(claim)
    for frame in sorted(by_frame):
        for one, two in combinations(by_frame[frame], 2):
            if one.article != two.article:
                left, right, how = relation(one, two)
                yield _line(left=left.name, right=right.name, relation=how, independence=independence(one, two))


def reuse(pages: Sequence[Printed]) -> Iterator[str]:
    """A line for each pair of sentences of two articles that go back to one sentence."""
    by_family: dict[str, list[tuple[Printed, Line]]] = defaultdict(list)
    for page in pages:
        for line in page.sentences:
            if line.sentence.family:
                by_family[line.sentence.family].append((page, line))
    for family in by_family.values():
        for (page, line), (later, copy) in combinations(family, 2):
            yield _pair(later, copy, page, line, kind=True)


def lookalikes(pages: Sequence[Printed]) -> Iterator[str]:
    """A line for each sentence that only resembles another: the same make, other names and numbers."""
    origins = {line.sentence.family: (page, line) for page in reversed(pages) for line in page.sentences}
    for page in pages:
        for line in page.sentences:
            for rival in line.sentence.rivals:
                yield _pair(page, line, *origins[rival], kind=False)


def stock(pages: Sequence[Printed]) -> Iterator[str]:
    """A line for each standing sentence of a newspaper."""
    for page in pages:
        for line in page.sentences:
            if line.sentence.stock is not None:
                yield _line(article=page.article.slug, start=line.start, end=line.end, stock=line.sentence.stock)


def _pair(page: Printed, line: Line, other: Printed, first: Line, *, kind: bool) -> str:
    here, there = page.text[line.start : line.end], other.text[first.start : first.end]
    found: dict[str, object] = {
        "article": page.article.slug,
        "start": line.start,
        "end": line.end,
        "other": other.article.slug,
        "otherStart": first.start,
        "otherEnd": first.end,
        "similarity": similarity(words(here), words(there)),
    }
    return _line(**found, kind="verbatim" if here == there else "near") if kind else _line(**found)


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def defect_line(*, file: str, subject: str, rule: str, found_by: str, kind: str) -> str:
    """A line for one planted defect."""
    return _line(file=file, subject=subject, rule=rule, foundBy=found_by, kind=kind)


def _key(who: Entity | Frame) -> str:
    return who.name


def _exact(value: object) -> bool:
    return isinstance(value, tuple) and value[0] == "exact"
