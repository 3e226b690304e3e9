"""An article as it is read: its sentences in their order, each with the claims that rest on it and what else it has.

A place is a sentence of the text at hand; without the text, a passage that the data knows, so that words which overlap
are one place. How many places carry claims is counted, and says nothing of how well they were encoded.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kb import passages
from kb.cards.claims import SHOWING, hit, load_claims
from kb.cards.facts import Facts, Json, as_iri, kind_of, rows
from kb.cards.sections import Window
from kb.engine import Engine
from kb.namespaces import BASE, iri, slug
from kb.passages import Showing

PARAGRAPHS = 24
"""Paragraphs that are shown at once, at most."""

CLAIMS = 60
"""Claims after which no further paragraph is begun."""

CLAIMS_AT_ONE_PLACE = 40
"""Claims that are listed beside one sentence."""

METADATA = ("headline", "byline", "dateline")
"""Sections that the entry of the article itself accounts for."""

_FURNITURE = "furniture"
_LINKS = {iri("t:evidence"): "evidence", iri("t:cue"): "cue", iri("oa:hasTarget"): "loaded", iri("t:passage"): "shared"}


@dataclass(frozen=True)
class _Use:
    """That something uses a passage: how (``evidence``, ``cue``, ``loaded``, ``shared``), and the reason if it is an
    excuse."""

    anchor: str
    start: int
    end: int
    paragraph: int
    how: str
    user: str
    reason: str | None


@dataclass(frozen=True)
class _Place:
    """A sentence, or a passage of a text that is not at hand, with the uses that touch it."""

    paragraph: int
    start: int
    end: int
    section: str
    uses: tuple[_Use, ...] = ()

    def of(self, how: str) -> list[_Use]:
        """The uses of one manner."""
        return [use for use in self.uses if use.how == how]

    @property
    def claims(self) -> list[str]:
        """The claims that rest on it, sorted."""
        return sorted({use.user for use in self.of("evidence") if kind_of(use.user) == "claim"})

    @property
    def excuses(self) -> list[_Use]:
        """Why it, or words in it, carry no claim."""
        return [use for use in self.uses if use.reason is not None]

    @property
    def state(self) -> str:
        """What accounts for it: ``claims``, ``excused``, ``metadata``, or nothing: ``open``."""
        if self.claims:
            return "claims"
        if self.excuses:
            return "excused"
        return "metadata" if self.section in METADATA else "open"


def reading(
    engine: Engine,
    facts: Facts,
    snapshot: str | None,
    *,
    window: Window,
    shared: Iterable[tuple[str, Json]],
    snapshots: Mapping[str, str],
    showing: Showing = SHOWING,
) -> Json:
    """The text of a loaded snapshot, place by place, from the paragraph after ``window.after`` if that is on it.

    ``shared`` are its passages that stand in other articles too. ``snapshots`` are the texts at hand; one is used if
    it is the version that was read, and as much of it is shown as ``showing`` allows.
    """
    text = None if snapshot is None else _text(facts, snapshot, snapshots)
    places = [] if snapshot is None else _places(engine, facts, snapshot, text)
    paragraphs = _by_paragraph(places)
    room = showing if text is not None and showing.passage and showing.page else None
    pages = _pages(paragraphs, room)
    after = window.after if window.section == "reading" else 0
    left = [one for one in paragraphs if one[0].paragraph > after]
    shown = left[: _page(left, room)]
    last = shown[-1][0].paragraph if shown else after
    path = "/" + window.name.removeprefix(BASE)
    _load(facts, [place for paragraph in shown for place in paragraph])
    twins: dict[str, list[Json]] = {}
    for own, passage in shared:
        twins.setdefault(own, []).append(passage)
    parts, budget = [], showing.page
    for paragraph in shown:
        told = []
        for place in paragraph:
            end = min(place.end, place.start + showing.passage, place.start + budget)
            words = None if text is None or end <= place.start else text[place.start : end]
            budget -= len(words or "")
            told.append(_told(facts, place, words, twins))
        section = paragraph[0].section or None
        parts.append({"paragraph": paragraph[0].paragraph, "section": section, "passages": told})
    return {
        "text_is_at_hand": text is not None,
        "coverage": _coverage(places, text is not None),
        "outline": [
            {"paragraph": place.paragraph, "state": place.state, "total": len(place.claims)} for place in places
        ],
        "pages": [
            {"first": first, "last": to, "href": f"{path}?section=reading&after={first - 1}"} for first, to in pages
        ],
        "total": len(paragraphs),
        "items": parts,
        "more": f"{path}?section=reading&after={last}" if len(shown) < len(left) else None,
    }


def _text(facts: Facts, snapshot: str, snapshots: Mapping[str, str]) -> str | None:
    """The text of a snapshot, if just the version that was read is at hand, under any name."""
    wanted = facts.text(snapshot, "schema:sha256")
    text = snapshots.get(f"sha256:{wanted}", snapshots.get(slug(snapshot)))
    return text if text is not None and passages.sha256(text) == wanted else None


def _places(engine: Engine, facts: Facts, snapshot: str, text: str | None) -> list[_Place]:
    """All places of a text, in its order, without the furniture of the page."""
    uses = _uses(engine, snapshot)
    facts.load(facts.iris(snapshot, "t:section"))
    sections = sorted(
        (_number(facts, one, "t:start"), _number(facts, one, "t:end"), slug(facts.iri(one, "t:sectionType") or ""))
        for one in facts.iris(snapshot, "t:section")
    )
    if text is None:
        found = _merged(use for use in uses if use.how in ("evidence", "shared"))
    else:
        found = [_Place(one.paragraph, one.start, one.end, "") for one in passages.sentences(text)]
    placed = [replace(place, section=_section(place, sections)) for place in found]
    return _with_uses([place for place in placed if place.section != _FURNITURE], uses)


def _uses(engine: Engine, snapshot: str) -> list[_Use]:
    """What uses passages of a text, in its order."""
    answer = rows(engine, "passages-of", snapshot=snapshot)
    found = []
    for line in as_iri(answer[0]["all"]).splitlines() if answer else ():
        anchor, start, end, paragraph, link, user, reason = line.split(" ")
        if link in _LINKS:
            reason_or_none = None if reason == "-" else reason
            found.append(_Use(anchor, int(start), int(end), int(paragraph), _LINKS[link], user, reason_or_none))
    return sorted(found, key=lambda use: (use.start, -use.end, use.anchor, use.how, use.user))


def _merged(uses: Iterable[_Use]) -> list[_Place]:
    """The passages on which something rests; those that overlap are one."""
    found: list[_Place] = []
    for use in uses:
        if found and use.start < found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, use.end))
        else:
            found.append(_Place(use.paragraph, use.start, use.end, ""))
    return found


def _with_uses(places: Sequence[_Place], uses: Sequence[_Use]) -> list[_Place]:
    """Places with the uses that touch them; both stand in the order of the text."""
    found, first = [], 0
    for place in places:
        while first < len(uses) and uses[first].end <= place.start:
            first += 1
        touching = []
        for use in uses[first:]:
            if use.start >= place.end:
                break
            if place.start < use.end:
                touching.append(use)
        found.append(replace(place, uses=tuple(touching)))
    return found


def _section(place: _Place, sections: Sequence[tuple[int, int, str]]) -> str:
    """The type of the section in which a place begins; empty where it is in none."""
    return next((kind for start, end, kind in sections if start <= place.start < end), "")


def _by_paragraph(places: Iterable[_Place]) -> list[list[_Place]]:
    found: list[list[_Place]] = []
    for place in places:
        if found and found[-1][0].paragraph == place.paragraph:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def _page(paragraphs: Sequence[Sequence[_Place]], room: Showing | None) -> int:
    """How many of some paragraphs are shown at once: at least one, if there is any; without words, ``room`` is None."""
    claims = characters = 0
    for count, paragraph in enumerate(paragraphs[:PARAGRAPHS]):
        claims += sum(len(place.claims) for place in paragraph)
        characters += sum(min(place.end - place.start, room.passage) for place in paragraph) if room else 0
        if count and (claims > CLAIMS or (room and characters > room.page)):
            return count
    return min(len(paragraphs), PARAGRAPHS)


def _pages(paragraphs: Sequence[Sequence[_Place]], room: Showing | None) -> list[tuple[int, int]]:
    """The first and last paragraph of each part, if one reads from the beginning."""
    found, at = [], 0
    while at < len(paragraphs):
        count = _page(paragraphs[at : at + PARAGRAPHS], room)
        found.append((paragraphs[at][0].paragraph, paragraphs[at + count - 1][0].paragraph))
        at += count
    return found


def _coverage(places: Sequence[_Place], with_text: bool) -> Json:
    """How many places carry claims, are excused, are metadata, or are open; the latter is known with the text only."""
    counts = Counter(place.state for place in places)
    return {
        "counted": "sentences" if with_text else "passages",
        "total": len(places),
        "with_claims": counts["claims"],
        "excused": counts["excused"],
        "metadata": counts["metadata"],
        "open": counts["open"] if with_text else None,
    }


def _load(facts: Facts, places: Sequence[_Place]) -> None:
    """Loads what is told of some places."""
    uses = [use for place in places for use in place.uses]
    load_claims(facts, [claim for place in places for claim in place.claims[:CLAIMS_AT_ONE_PLACE]])
    marks = [use.user for use in uses if use.how == "loaded"]
    facts.load([name for use in uses for name in (use.anchor, use.reason)])
    facts.load([*marks, *(use.user for use in uses if use.reason is not None)])
    wordings = [body for mark in marks for body in facts.iris(mark, "oa:hasBody")]
    facts.load(wordings)
    facts.load([name for one in wordings for link in ("t:target", "t:sentiment") for name in facts.iris(one, link)])


def _told(facts: Facts, place: _Place, words: str | None, twins: Mapping[str, Sequence[Json]]) -> Json:
    """All that is told of one place, of which ``words`` are shown."""
    claims = [hit(facts, claim) for claim in place.claims[:CLAIMS_AT_ONE_PLACE]]
    again = {(one["iri"], one["anchor"]): one for use in place.of("shared") for one in twins.get(use.anchor, ())}
    return {
        "anchors": list(dict.fromkeys(use.anchor for use in place.uses)),
        "start": place.start,
        "end": place.end,
        "state": place.state,
        "passage": words,
        "passage_is_whole": None if words is None else len(words) == place.end - place.start,
        "marks": None if words is None else _marks(place, place.start + len(words)),
        "total": len(place.claims),
        "claims": sorted(claims, key=lambda one: (len(one["chain"]), one["speaker"], one["iri"])),
        "cues": [
            {"iri": anchor, "words": facts.text(anchor, "t:exactWords")}
            for anchor in dict.fromkeys(use.anchor for use in place.of("cue"))
        ],
        "loaded": [_loaded(facts, use) for use in place.of("loaded")],
        "excuses": [
            {"reason": facts.defined(use.user, "t:reason"), "words": facts.text(use.anchor, "t:exactWords")}
            for use in place.excuses
        ],
        "shared_with": [again[key] for key in sorted(again)],
    }


def _loaded(facts: Facts, use: _Use) -> Json:
    """A loaded wording: the words, whom or what they judge, in which direction, and what says the same without."""
    wording = facts.iri(use.user, "oa:hasBody") or use.user
    neutral = facts.literal(wording, "t:neutralEquivalent")
    return {
        "iri": use.anchor,
        "words": facts.text(use.anchor, "t:exactWords"),
        "target": facts.link_to(wording, "t:target"),
        "sentiment": facts.concept(wording, "t:sentiment"),
        "neutral": None if neutral is None else neutral.value,
    }


def _marks(place: _Place, end: int) -> list[Json]:
    """Where cue words and loaded words stand in what is shown of a place; one may stand inside the other."""
    found = {
        (use.start - place.start, use.end - place.start, use.how)
        for use in place.uses
        if use.how in ("cue", "loaded") and place.start <= use.start < use.end <= end
    }
    return [{"start": start, "end": to, "what": what} for start, to, what in sorted(found)]


def _number(facts: Facts, subject: str, name: str) -> int:
    found = facts.number(subject, name)
    return found if isinstance(found, int) else 0
