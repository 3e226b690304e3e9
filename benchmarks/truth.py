"""What a corpus was made to contain, for whoever measures how much of it is found."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from benchmarks.copying import similarity, words
from benchmarks.nouns import Claim, Count, Entity, Frame, Line, Printed
from benchmarks.writing import claim_name, entity_name

COMMITTED: Final = ("accused", "alleged", "denied", "opined", "presumed", "reported", "stated")
"""Modes in which a holder commits to the content or its denial; such claims are compared with each other."""
WANTED: Final = ("demanded", "promised", "refused")
"""Modes in which a holder wants the content, or not; such claims are compared with each other."""
NEAR: Final = 0.8
_SHORTEST: Final = 12
"""The share of words that two copies have in common where their likeness still shows that they are copies."""

Days = tuple[date, date]
"""First and last day that a time leaves open."""


@dataclass(frozen=True)
class Told:
    """A claim as it is compared."""

    name: str
    article: str
    frame: str
    state: bool
    details: Mapping[str, "Days | frozenset[str] | frozenset[Number]"]
    guessed: frozenset[str]
    """The details that name somebody known by an article's description: who that is, nobody can say."""
    one_day: bool
    """Whether the time is one day of several."""
    positive: bool
    mode: str
    certainty: str
    loaded: frozenset[tuple[str, str]]
    holder: str
    alike: str
    """The holder without the article whose description it is."""
    relays: tuple[str, ...]
    own_voice: bool
    unnamed: bool
    family: str
    words: tuple[str, ...]
    published: date

    @property
    def wanted(self) -> bool:
        """Whether somebody wants it, or not, and does not say that it is so."""
        return self.mode in WANTED


@dataclass(frozen=True)
class Number:
    """How many, with the fewest and the most that the words leave open."""

    close: str
    value: int
    low: float
    high: float


def told(page: Printed) -> Iterator[Told]:
    """The claims of an article that can be compared with others."""
    for line in page.sentences:
        claims = line.sentence.claims
        tellers = Counter(key for claim in claims for key in _mentioned(claim))
        words_of_line = tuple(words(page.text[line.start : line.end]))
        for number, claim in enumerate(claims):
            if claim.mode not in (*COMMITTED, *WANTED) or claim.relay:
                continue
            relays, above = [], claim.above
            while above is not None:
                relays.append(_speaker(page, claims[above]))
                above = claims[above].above
            yield Told(
                claim_name(page, line, number),
                page.article.slug,
                claim.frame.name,
                claim.frame.pattern.state,
                details(claim),
                frozenset(_guessed(claim)),
                claim.when is not None and claim.when.edtf.startswith("["),
                claim.positive,
                claim.mode,
                claim.certainty,
                frozenset(
                    (_key(loaded.target), page.text[slice(*line.spans[loaded.tag])].lower())
                    for loaded in line.sentence.loaded
                    if _key(loaded.target) in _mentioned(claim)
                    and (_unnamed(loaded.target) or tellers[_key(loaded.target)] == 1)
                ),
                _speaker(page, claim),
                _key(claim.holder) if claim.holder else "",
                (*relays, page.article.outlet.name),
                claim.basis == "author-voice",
                claim.naming in ("anonymous", "hearsay") or claim.basis == "implied-by-passive",
                line.sentence.family,
                words_of_line,
                page.article.published,
            )


def details(claim: Claim) -> "dict[str, Days | frozenset[str] | frozenset[Number]]":
    """What a claim tells: who in each role, how many, where and when. Groups described alike count as the same."""
    who: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, set[Number]] = defaultdict(set)
    for part in claim.parts:
        share = bool(part.count and part.count.out_of)
        if not share:
            who[part.role].add(_key(part.who))
        if part.count and part.count.value is not None:
            key = f"number {'of them ' if share else ''}{part.role} {_key(part.who)} {part.count.unit}"
            numbers[key].add(_number(part.count))
    for name, other in _others(claim):
        who[name].add(_key(other))
    found: dict[str, Days | frozenset[str] | frozenset[Number]] = {key: frozenset(names) for key, names in who.items()}
    found |= {key: frozenset(counts) for key, counts in numbers.items()}
    if claim.when:
        found["when"] = days(claim.when.edtf)
    return found


def days(edtf: str) -> Days:
    """The days that an expression of the generator leaves open."""
    begin, _, end = edtf.strip("[]").partition("/" if "/" in edtf else "..")
    return _day(begin, date.min, last=False), _day(end or begin if ".." not in edtf else end, date.max, last=True)


def _day(text: str, otherwise: date, *, last: bool) -> date:
    """A day, or the first or last one of a month; ``otherwise`` where it is open."""
    if text in ("", ".."):
        return otherwise
    if len(text) > len("2000-01"):
        return date.fromisoformat(text)
    first = date.fromisoformat(f"{text}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1) if last else first


def relation(left: Told, right: Told) -> tuple[Told, Told, str]:
    """How two claims about one frame relate, both of what is so or of what is wanted; the one that says more first.

    One denies what the other affirms only where the other affirms all of it. Of two that affirm, counts of the same
    and days of an event that leave nothing open between them contradict; any other detail that both give differently
    differs in detail. Of what is wanted nothing contradicts: one opposes the other where one denies, and not both can
    have it. Where no detail clashes, the same details are the same content, or differ in certainty, or in
    loaded words; more details than the other's are narrower (fewer, where both deny), and each having what the other
    lacks is compatible. A wider time that takes in the other is a detail less, also of two denials where it is one day
    of several.
    """
    how = {key: _how(key, left, right) for key in sorted(left.details.keys() | right.details.keys())}
    if not left.positive and not right.positive:
        closer = {"when"} & left.details.keys() & right.details.keys() if left.one_day or right.one_day else set()
        how |= {key: _OTHER_SIDE.get(found, found) for key, found in how.items() if key not in closer}
    more_left, more_right = (any(side in found for found in how.values()) for side in ("left", "right"))
    clash = {key for key, found in how.items() if found == "clash"}
    guessed = left.guessed | right.guessed
    if left.positive != right.positive:
        more_denied = more_right if left.positive else more_left
        sure = not clash and not more_denied and not _only_possibly(left, right)
        return left, right, ("opposes" if left.wanted else "contradicts") if sure else "compatible"
    if left.positive and not left.wanted and any(_excludes(key, left, right) for key in clash - guessed):
        return left, right, "contradicts"
    if clash:
        return left, right, "differsInDetail"
    if more_left and more_right:
        return left, right, "compatible"
    if more_left or more_right:
        return (left, right, "narrower") if more_left else (right, left, "narrower")
    if left.certainty != right.certainty:
        return left, right, "differsInCertainty"
    return left, right, "sameContent" if left.loaded == right.loaded else "differsInWording"


_OTHER_SIDE: Final = {"left": "right", "right": "left"}


def _how(key: str, left: Told, right: Told) -> str:
    """Which of two claims says more of a detail: "", "left", "right", "left right"; or "clash"."""
    one, two = left.details.get(key), right.details.get(key)
    if one is None or two is None or one == two:
        return "" if one == two else "left" if two is None else "right"
    if isinstance(one, tuple) and isinstance(two, tuple):
        (first, last), (begin, end) = one, two
        if last < begin or end < first:
            return "clash"
        within, around = begin <= first and last <= end, first <= begin and end <= last
        return "left" if within else "right" if around else "left right"
    assert isinstance(one, frozenset) and isinstance(two, frozenset)
    if key.startswith("number "):
        return "clash"
    return "right" if one < two else "left" if two < one else "clash"


def _excludes(key: str, left: Told, right: Told) -> bool:
    """Whether a detail that two claims give differently cannot be both ways."""
    if key == "when":
        return not left.state
    if not key.startswith("number "):
        return False
    one, two = _counts(left.details[key]), _counts(right.details[key])
    if len(one) != 1 or len(two) != 1:
        return False
    return one[0].low > two[0].high or two[0].low > one[0].high


def _counts(detail: object) -> list[Number]:
    return [count for count in detail if isinstance(count, Number)] if isinstance(detail, frozenset) else []


def _only_possibly(left: Told, right: Told) -> bool:
    """Whether some detail that both give is somebody whom each article only describes."""
    return bool(left.guessed & right.guessed & left.details.keys() & right.details.keys())


def independence(left: Told, right: Told, sharing: Set[frozenset[str]] = frozenset()) -> str:
    """Whether one text or one voice stands behind both; unknown where either names nobody, or one paper prints both.

    ``sharing`` are the pairs of articles that have a sentence in common: what such an article says by itself may be of
    the other, too.
    """
    if _copied(left, right):
        return "sharedText"
    if left.holder == right.holder or left.holder in right.relays or right.holder in left.relays:
        return "sameOrigin"
    if set(left.relays) & set(right.relays) or left.unnamed or right.unnamed:
        return "unknown"
    if left.alike and left.alike == right.alike:
        return "unknown"
    pair = frozenset((left.article, right.article))
    return "unknown" if pair in sharing and (left.own_voice or right.own_voice) else "independent"


def _copied(left: Told, right: Told) -> bool:
    """Whether the sentences go back to one, and are still near enough to show it, or one stands whole in the other."""
    return bool(left.family) and left.family == right.family and _alike(left.words, right.words)


def _alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return similarity(left, right) >= NEAR or contains(left, right)


def contains(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether all words of the shorter sentence stand in the longer one in this order, and are half of it."""
    shorter, longer = sorted((left, right), key=len)
    rest = iter(longer)
    return len(shorter) >= _SHORTEST and 2 * len(shorter) >= len(longer) and all(word in rest for word in shorter)


def agreement(pages: Sequence[Printed]) -> Iterator[str]:
    """A line for each pair of claims of two articles about one frame, both of what is so or both of what is wanted."""
    by_frame = _by_frame(pages)
    together = sharing(pages)
    for frame in sorted(by_frame):
        for one, two in combinations(by_frame[frame], 2):
            if one.article != two.article and one.wanted == two.wanted:
                left, right, how = relation(one, two)
                yield _line(
                    left=left.name, right=right.name, relation=how, independence=independence(one, two, together)
                )


def _by_frame(pages: Sequence[Printed]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for page in pages:
        for claim in told(page):
            found[claim.frame].append(claim)
    return found


def drift(pages: Sequence[Printed]) -> Iterator[str]:
    """A line for each change from a claim to a later one that tells the same again, or to who relays it."""
    for claims in _by_frame(pages).values():
        yield from (_line(earlier=e, later=la, change=c, rule=r) for e, la, r, c in sorted(_retold(claims)))
    for page in pages:
        for line in page.sentences:
            for number, claim in enumerate(line.sentence.claims):
                name = claim_name(page, line, number)
                above = None if claim.above is None else line.sentence.claims[claim.above]
                later = page.article.slug if claim.above is None else claim_name(page, line, claim.above)
                for rule, change in _on_the_way(claim, above):
                    yield _line(earlier=name, later=later, change=change, rule=rule)


_RETOLD: Final = ("sameContent", "differsInCertainty", "differsInWording", "narrower")
"""How a claim relates to one that it tells again, or a part of which it tells again."""
_SURE: Final = {"possible": 1, "probable": 2, "certain": 3}


def _retold(claims: Sequence[Told]) -> Iterator[tuple[str, str, str, str]]:
    """Earlier and later claim, rule and change, wherever something changed between two articles of one frame.

    Whatever the two articles tell of it beside these claims must have changed alike.
    """
    said = [claim for claim in claims if not claim.wanted]
    again: dict[str, dict[str, Told]] = defaultdict(dict)
    pairs = [(one, two) for one, two in combinations(said, 2) if relation(one, two)[2] in _RETOLD]
    for one, two in pairs:
        again[one.name][two.name], again[two.name][one.name] = two, one
    for pair in pairs:
        first, then = sorted(pair, key=lambda claim: claim.published)
        if first.published == then.published:
            continue
        beside = [first, then, *again[first.name].values(), *again[then.name].values()]
        before, after = ([one for one in beside if one.article == end.article] for end in (first, then))
        changed = [_changed(one, two) | _turned(_changed(two, one)) for one in before for two in after]
        for rule, change in set.intersection(*changed):
            yield first.name, then.name, rule, change


_TURN: Final = {"Gained": "Lost", "Lost": "Gained"}


def _turned(changes: Set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The same changes, seen from the other claim."""
    ends = {(rule, change): "Gained" if change.endswith("Gained") else "Lost" for rule, change in changes}
    return {(rule, change.removesuffix(end) + _TURN[end]) for (rule, change), end in ends.items()}


def _changed(one: Told, two: Told) -> set[tuple[str, str]]:
    """What the second claim has of certainty that the first has not, or lacks of attribution; rules with changes."""
    found = set()
    if _SURE.get(one.certainty, 9) < _SURE.get(two.certainty, 0):
        found.add(("surer-later", "certaintyGained"))
    if two.holder == one.holder and not two.own_voice and not {*one.relays[:-1]} <= {two.holder, *two.relays}:
        found.add(("relay-dropped", "attributionLost"))
    if "presumed" in (one.mode, two.mode):
        return found
    if one.certainty == "underspecified" and (one.unnamed or one.mode == "alleged") and two.certainty == "certain":
        found.add(("hedge-dropped", "certaintyGained"))
    if not one.own_voice and two.own_voice and (one.unnamed or one.holder not in (one.relays[-1], two.holder)):
        found.add(("source-dropped", "attributionLost"))
    if not one.own_voice and not one.unnamed and two.unnamed:
        found.add(("source-unnamed", "attributionLost"))
    return found


def _on_the_way(claim: Claim, above: Claim | None) -> Iterator[tuple[str, str]]:
    """How a claim is changed by who passes it on: by the article itself, or by the voice of the claim above."""
    own = _SURE.get(claim.certainty, 0)
    if claim.factive and 0 < own < _SURE["certain"]:
        yield "relay-vouches", "certaintyGained"
    if above is not None and 0 < _SURE.get(above.certainty, 0) < own:
        yield "relay-hedges", "certaintyLost"
    if claim.mode == "alleged" and own == _SURE["certain"]:
        yield "relay-doubts", "certaintyLost"


def sharing(pages: Sequence[Printed]) -> frozenset[frozenset[str]]:
    """The pairs of articles that have a sentence in common on which claims rest, whatever these are."""
    by_family: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for page in pages:
        for line in page.sentences:
            if line.sentence.family and line.sentence.claims:
                told_in_words = tuple(words(page.text[line.start : line.end]))
                by_family[line.sentence.family].append((page.article.slug, told_in_words))
    return frozenset(
        frozenset((article, other))
        for family in by_family.values()
        for (article, one), (other, two) in combinations(family, 2)
        if article != other and _alike(one, two)
    )


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


def _speaker(page: Printed, claim: Claim) -> str:
    return page.article.outlet.name if claim.holder is None else entity_name(page, claim.holder)


def _unnamed(who: Entity | Frame) -> bool:
    """Whether it is an event, or known by an article's description only; a name may be judged for another claim."""
    return isinstance(who, Frame) or who.scoped


def _mentioned(claim: Claim) -> set[str]:
    return {_key(part.who) for part in claim.parts} | {_key(other) for _, other in _others(claim)}


def _others(claim: Claim) -> Iterator[tuple[str, Entity | Frame]]:
    """What a claim says of the event as a whole."""
    found = (("place", claim.place), ("near", claim.near), ("concerns", claim.concerns), ("after", claim.after))
    return ((name, other) for name, other in found if other is not None)


def _guessed(claim: Claim) -> Iterator[str]:
    for part in claim.parts:
        if isinstance(part.who, Entity) and part.who.scoped:
            yield part.role
            if part.count:
                yield f"number {part.role} {_key(part.who)} {part.count.unit}"


def _number(count: Count) -> Number:
    value = count.value or 0
    low = {"exact": value, "at-least": value, "more-than": value + 0.5}.get(count.close, float("-inf"))
    high = {"exact": value, "nearly": value - 0.5, "up-to": value}.get(count.close, float("inf"))
    return Number(count.close, value, low, high)
