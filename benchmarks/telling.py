"""From a frame to a sentence that tells of it: words, voices, and the claims that an editor would make of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from benchmarks.draws import below, chance, one, stream, weighted
from benchmarks.nouns import Claim, Count, Entity, Frame, Loaded, Part, Pattern, Piece, Sentence, When
from benchmarks.words import LOADED, clause, listed, rhetoric, word
from benchmarks.world import HEARSAY, Scene, anonymous, entity, named_place, shared_outlet, state

LONGEST: Final = 45
"""Words of the longest sentence."""

_VOICES = (
    ("author", 660),
    ("cue", 190),
    ("behind", 20),
    ("passive", 40),
    ("hearsay", 12),
    ("relay", 60),
    ("relays", 18),
)
_MODES = (
    ("stated", 38),
    ("demanded", 34),
    ("reported", 14),
    ("predicted", 7),
    ("opined", 5),
    ("promised", 4),
    ("denied", 4),
    ("alleged", 3),
    ("refused", 3),
    ("accused", 2),
    ("asked", 2),
)
_CALLS = (("demanded", 60), ("refused", 25), ("promised", 15))
"""How sources speak of what is called for: an event on every third day."""
_NAMINGS = (("institution", 30), ("named", 12), ("collective", 32), ("anonymous", 18), ("medium", 16))
_CUES: Final = {
    "accused": ("charged that",),
    "alleged": ("claimed that", "alleged that"),
    "asked": ("asked whether",),
    "demanded": ("demanded that",),
    "denied": ("denied that",),
    "opined": ("held the view that", "found it likely that"),
    "predicted": ("predicted that",),
    "promised": ("pledged that", "vowed that"),
    "refused": ("refused to let",),
    "reported": ("reported that",),
    "stated": ("said that", "stated that", "noted that", "confirmed that", "revealed that"),
}
_MAY_HAVE: Final = {"had written": "may have written", "reported": "may have reported"}
_FUTURE: Final = ("predicted", "promised")
_BARE: Final = ("demanded", "refused")
_VERBS: Final = {
    **{mode: cues[0].removesuffix(" that") for mode, cues in _CUES.items()},
    "opined": "thinks",
    "reported": "reports",
    "stated": "says",
}
_ASSERTED: Final = ("accused", "alleged", "opined", "reported", "stated")
_CLOSE = (
    ("exact", 70),
    ("more-than", 5),
    ("about", 5),
    ("at-least", 4),
    ("unstated", 4),
    ("nearly", 2),
    ("up-to", 2),
)
_CLOSE_WORDS: Final = {
    "about": "about",
    "at-least": "at least",
    "exact": "",
    "more-than": "more than",
    "nearly": "nearly",
    "up-to": "up to",
}
_NOTES = (
    "The words on the place may go with either verb; given to this one.",
    "Nobody is named as the one who did it.",
    "The description may belong to the sentence before; encoded in the voice of this one.",
    "Whether it was carried out is not said.",
    "The occasion is given in the words of the sentence only.",
    "Read as the same thing that the paragraph before speaks of.",
)
_CARRIED = "A description inside what the cue governs."
_MORE = "The second part of the sentence goes on under the same cue."
_MONTHS = listed("January February March April May June July August September October November December")


def tell(
    scene: Scene, main: Frame, *, outlet: Entity, published: date, second: Frame | None = None, voice: str = ""
) -> Sentence:
    """A sentence about a frame, and perhaps about a second one, with all the claims in it; ``voice`` as in another."""
    voice = voice or _drawn_voice(scene.rng, main)
    while True:
        draft = _Draft(scene, outlet, published)
        _speak(draft, voice, main, second)
        if draft.length <= LONGEST:
            return replace(_finish(draft), voice=voice)


def _drawn_voice(rng: Random, frame: Frame) -> str:
    """Who speaks of an event: mostly as anywhere, more often a source where it is called for or has a spokesman."""
    if _is_called_for(frame) and chance(rng, 0.4):
        return "cue"
    if _has_spokesman(frame) and chance(rng, 0.3):
        return one(rng, ("cue", "relay"))
    return weighted(rng, _VOICES)


def empty(rng: Random) -> Sentence:
    """A sentence that says nothing, excused as rhetoric."""
    return Sentence((), fillers(rhetoric(rng)), (), excuse="rhetoric-without-content")


def fillers(pairs: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """Words that mean nothing as pieces; function words keep no class and stay as they are."""
    return tuple(Piece(text, kind=kind or "f") for text, kind in pairs)


def day_in_words(day: date) -> str:
    """A day as a text prints it: 5 March."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


@dataclass
class _Draft:
    """A sentence in the making."""

    scene: Scene
    outlet: Entity
    published: date
    core: list[Piece] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    loaded: list[Loaded] = field(default_factory=list)
    names: list[tuple[str, Entity]] = field(default_factory=list)
    aside: list[tuple[str, Entity, Entity]] = field(default_factory=list)
    """States that the words tell by the way: which, of what, and what of it."""
    told: set[Entity] = field(default_factory=set)

    @property
    def rng(self) -> Random:
        return self.scene.rng

    def say(self, text: str, tag: str = "") -> None:
        if text:
            self.core.append(Piece(text, tag))

    def tag(self, kind: str) -> str:
        return f"{kind}{len(self.core)}"

    @property
    def length(self) -> int:
        return sum(len(piece.text.split()) for piece in self.core)


@dataclass(frozen=True)
class _Voice:
    """Who speaks in a clause, how, and through whom."""

    holder: Entity | None
    mode: str
    basis: str
    naming: str
    certainty: str
    cue: str = ""
    factive: bool = False
    above: int | None = None
    said: When | None = None
    addressee: Entity | None = None
    through: tuple[Entity, ...] = ()


def _speak(draft: _Draft, kind: str, main: Frame, second: Frame | None) -> None:
    """Puts the clauses of a sentence together, with its claims."""
    voice = _voice(draft, kind, main)
    first = len(draft.claims)
    _clause(draft, voice, main)
    if second is not None and draft.length < LONGEST - 22:
        draft.say(",")
        draft.say("and")
        later = voice if voice.holder is None else replace(voice, basis="scope-carried-over", said=None)
        _clause(draft, later, second, note=_MORE)
    if kind == "behind":
        _cue_behind(draft, first)
    _asides(draft, first)


def _voice(draft: _Draft, kind: str, frame: Frame) -> _Voice:
    """Decides who speaks and writes the words that say so."""
    if kind in ("cue", "relay", "relays"):
        depth = ("cue", "relay", "relays").index(kind)
        return _relayed(draft, frame, depth) if depth else _cued(draft, frame)
    rng = draft.rng
    if kind == "behind":
        return _Voice(None, "stated", "author-voice", "none", "certain")
    if kind == "author":
        hedge = weighted(rng, (("certain", 96), ("probable", 2), ("possible", 2)))
        if hedge != "certain":
            draft.say("it seems likely that" if hedge == "probable" else "it may be that")
        mode = weighted(rng, (("stated", 96), ("predicted", 2), ("opined", 2)))
        return _Voice(None, mode, "author-voice", "none", hedge)
    tag = draft.tag("c")
    if kind == "passive":
        draft.say("it was said that", tag)
        return _Voice(None, "reported", "implied-by-passive", "none", "underspecified", tag)
    draft.say("reportedly", tag)
    return _Voice(HEARSAY, "alleged", "explicit-cue", "hearsay", "underspecified", tag)


def _relayed(draft: _Draft, frame: Frame, depth: int) -> _Voice:
    """A speaker whom other newspapers pass on, one or two of them, each with a claim of its own."""
    above: int | None = None
    through: tuple[Entity, ...] = ()
    for verb in ("reported", "had written")[:depth]:
        medium = shared_outlet(draft.scene, but=(draft.outlet, *through))
        hedged = above is None and chance(draft.rng, 0.1)
        tag = draft.tag("c")
        draft.say(f"the {medium.words[0]} {_MAY_HAVE[verb] if hedged else verb} that", tag)
        gist = _speech((medium, *through), f"others spoke of {_matter(frame)}")
        sure = "possible" if hedged else "certain"
        relay = _Voice(medium, "reported", "explicit-cue", "medium", sure, tag, above=above)
        draft.claims.append(_claim(relay, frame, gist, relay=True))
        above = len(draft.claims) - 1
        through = (medium, *through)
    holder, naming = _speaker(draft, media=False) if not _has_spokesman(frame) else _spokesman(draft, frame)
    draft.say(",")
    tag = draft.tag("c")
    draft.say(f"according to {_the(holder)}", tag)
    draft.say(",")
    return _Voice(holder, "stated", "explicit-cue", naming, "certain", tag, above=above, through=through)


def _cued(draft: _Draft, frame: Frame) -> _Voice:
    """A speaker with a verb of saying, now and then with the day on which, or to whom, it was said."""
    rng = draft.rng
    holder, naming = _spokesman(draft, frame) if _has_spokesman(frame) else _speaker(draft)
    mode = weighted(rng, _CALLS if _is_called_for(frame) and chance(rng, 0.6) else _MODES)
    cue = one(rng, _CUES[mode])
    addressee, said = None, None
    tag = draft.tag("c")
    if mode == "demanded" and chance(rng, 0.6):
        addressee = entity(draft.scene, "org", but=(holder,))
        draft.say(f"{_the(holder)} demanded", tag)
        draft.say(f"of {_the(addressee)} that")
    elif mode == "stated" and chance(rng, 0.35):
        draft.say(f"{_the(holder)} {cue.removesuffix(' that')}", tag)
        said = When(frame.day.isoformat(), draft.tag("s"), True)
        draft.say(f"on {day_in_words(frame.day)}", said.tag)
        draft.say("that")
    else:
        draft.say(f"{_the(holder)} {cue}", tag)
    factive = cue.startswith(("confirmed", "revealed"))
    certainty = "underspecified" if mode in ("alleged", "reported") else "certain"
    if mode == "alleged" and chance(rng, 0.5):
        draft.say("without any doubt")
        certainty = "certain"
    elif mode == "stated" and chance(rng, 0.15):
        certainty = one(rng, ("possible", "probable"))
        draft.say("it seemed likely that" if certainty == "probable" else "it might be that")
    return _Voice(holder, mode, "explicit-cue", naming, certainty, tag, factive, None, said, addressee)


def _is_called_for(frame: Frame) -> bool:
    """Whether people demand an event, or refuse it, more than they say that it was so."""
    return not frame.pattern.state and frame.day.toordinal() % 3 == 0


def _has_spokesman(frame: Frame) -> bool:
    """Whether one organisation speaks for those who took part in an event, whichever article asks."""
    return not frame.pattern.state and frame.day.toordinal() % 3 == 1


def _spokesman(draft: _Draft, frame: Frame) -> tuple[Entity, str]:
    """The organisation that speaks of an event, and how far the text names it."""
    return entity(replace(draft.scene, rng=stream("spokesman", frame.name)), "org"), "institution"


def _speaker(draft: _Draft, *, media: bool = True) -> tuple[Entity, str]:
    """A holder and how far the text names it."""
    naming = weighted(draft.rng, _NAMINGS if media else _NAMINGS[:-1])
    if naming == "medium":
        return shared_outlet(draft.scene, but=(draft.outlet,)), naming
    if naming == "anonymous":
        return anonymous(draft.rng), naming
    kind = {"institution": "org", "named": "person", "collective": "group"}[naming]
    return entity(draft.scene, kind), naming


def _clause(draft: _Draft, voice: _Voice, frame: Frame, *, note: str = "") -> None:
    """Writes one clause and the claim that it makes."""
    rng, pattern = draft.rng, frame.pattern
    negated = voice.mode in _ASSERTED and voice.basis != "implied-by-passive" and chance(rng, 0.13)
    parts: list[Part] = []
    gist: list[str] = []
    properties: dict[str, Entity | Frame] = {}
    subject, *others = frame.fillers
    _place_part(draft, frame, pattern.subject[0], subject, parts, gist)
    if chance(rng, 0.22):
        draft.core.append(Piece(word(rng, "d"), kind="d"))
    verb = _verb(voice.mode, pattern, negated=negated)
    draft.say(verb)
    gist.append(verb)
    for number, ((preposition, slot, kind), other) in enumerate(zip(pattern.rest, others, strict=True)):
        if number and chance(rng, 0.25):
            continue
        if kind != "frame" and chance(rng, 0.03):
            other = entity(draft.scene, kind, but=frame.fillers)
        draft.say(preposition)
        gist.append(preposition)
        if not slot.startswith("@"):
            _place_part(draft, frame, slot, other, parts, gist)
            continue
        properties[slot] = other
        if isinstance(other, Frame):
            draft.say(_matter(other))
            gist.append(_matter(other))
        else:
            _mention(draft, other)
            gist.append(other.label)
    told_of = voice.mode not in (*_FUTURE, *_BARE, "asked")
    when = _when(draft, frame) if told_of and chance(rng, 0.36) else None
    if chance(rng, 0.05):
        properties["@after"] = state(draft.scene, "location", entity(draft.scene, "place"))
        draft.say("after")
        draft.say(_matter(properties["@after"]))
    if voice.holder is None or voice.basis == "explicit-cue":
        note = one(rng, _NOTES) if chance(rng, 0.65) else ""
    claim = _claim(voice, frame, _paraphrase(voice, " ".join(filter(None, gist))), note=note)
    draft.claims.append(
        replace(
            claim,
            positive=not negated and voice.mode not in ("denied", "refused"),
            parts=tuple(parts),
            place=properties.get("@place"),
            near=properties.get("@near"),
            concerns=properties.get("@concerns"),
            after=properties.get("@after"),
            when=when,
            said=voice.said,
            addressee=voice.addressee,
        )
    )


def _claim(voice: _Voice, frame: Frame, gist: str, *, note: str = "", relay: bool = False) -> Claim:
    """The claim of a voice about a frame, as yet without its details."""
    return Claim(
        frame,
        voice.holder,
        voice.mode,
        voice.certainty,
        True,
        voice.basis,
        voice.naming,
        gist,
        cue=voice.cue,
        factive=voice.factive,
        above=voice.above,
        note=note,
        relay=relay,
    )


def _verb(mode: str, pattern: Pattern, *, negated: bool) -> str:
    if mode in _BARE:
        return pattern.verbs[2]
    return f"would {pattern.verbs[2]}" if mode in _FUTURE else pattern.verbs[1 if negated else 0]


def _place_part(
    draft: _Draft, frame: Frame, role: str, who: Entity | Frame, parts: list[Part], gist: list[str]
) -> None:
    """Writes somebody or something in a role, counted where it can be counted, and keeps the part."""
    assert isinstance(who, Entity)
    if who.unit and frame.count and chance(draft.rng, 0.75):
        count = _count(draft, frame, who)
        parts.append(Part(role, who, count))
        if count.value is not None and count.value > 4 and count.close == "exact" and chance(draft.rng, 0.15):
            few = 1 + below(draft.rng, count.value - 1)
            draft.say(",")
            tag = draft.tag("q")
            draft.say(f"{few:,} of them", tag)
            draft.say("sealed" if who.kind.startswith("t:M") else "marked")
            draft.say(",")
            parts.append(Part(role, who, Count(few, "exact", who.unit, tag, out_of=count.tag)))
        amount = _CLOSE_WORDS.get(count.close, "several")
        gist.append(" ".join(filter(None, (amount, f"{count.value:,}" if count.value else "", who.label))))
        return
    parts.append(Part(role, who))
    _mention(draft, who)
    gist.append(who.label)


def _count(draft: _Draft, frame: Frame, who: Entity) -> Count:
    rng = draft.rng
    close = weighted(rng, _CLOSE)
    value = frame.count if chance(rng, 0.8) else frame.count + 1 + below(rng, frame.count)
    tag = draft.tag("q")
    if close == "unstated":
        draft.say(f"several {who.words[0]}", tag)
        return Count(None, close, who.unit, tag)
    draft.say(" ".join(filter(None, (_CLOSE_WORDS[close], f"{value:,}", who.words[0]))), tag)
    return Count(value, close, who.unit, tag)


def _mention(draft: _Draft, who: Entity) -> None:
    """Writes a name, with a loaded word or something told by the way now and then."""
    rng = draft.rng
    if who.kind == "geo:Feature":
        form = named_place(rng, who)
        tag = draft.tag("n") if who.contested else ""
        if who.contested:
            draft.names.append((tag, who))
        draft.say(form, tag)
    elif who.kind == "foaf:Person":
        draft.say(who.words[0])
    else:
        draft.say("the")
        if chance(rng, 0.42):
            adjective, neutral, sentiment = one(rng, LOADED)
            tag = draft.tag("l")
            draft.say(adjective, tag)
            draft.loaded.append(Loaded(tag, neutral, sentiment, who))
        draft.say(who.words[0])
    if who in draft.told or draft.length > LONGEST - 14:
        return
    draft.told.add(who)
    name = _aside_kind(rng, who)
    if name:
        _aside_words(draft, name, who)


def _aside_kind(rng: Random, who: Entity) -> str:
    if who.kind == "geo:Feature":
        return weighted(rng, (("location", 54), ("held", 10), ("", 36)))
    if who.scoped:  # known by one article's description, while states are shared
        return ""
    if who.kind.startswith("t:"):
        return "provenance" if chance(rng, 0.3) else ""
    return "membership" if chance(rng, 0.42) else ""


def _aside_words(draft: _Draft, name: str, who: Entity) -> None:
    known = state(draft.scene, name, who)
    other = known.fillers[1]
    if chance(draft.rng, 0.12):
        other = entity(draft.scene, known.pattern.rest[0][2], but=known.fillers)
    assert isinstance(other, Entity)
    if name in ("held", "membership"):
        draft.say(",")
    draft.say({"location": "in", "held": "held by", "membership": "of", "provenance": "from"}[name])
    draft.told.add(other)
    if other.kind == "geo:Feature":
        tag = draft.tag("n") if other.contested else ""
        if tag:
            draft.names.append((tag, other))
        draft.say(named_place(draft.rng, other), tag)
    else:
        draft.say(_the(other))
    if name in ("held", "membership"):
        draft.say(",")
    draft.aside.append((name, who, other))


def _asides(draft: _Draft, main: int) -> None:
    """The claims that a sentence makes by the way: what it takes for granted, and how it describes whom it names."""
    host = draft.claims[main]
    for name, subject, other in draft.aside:
        frame = state(draft.scene, name, subject)
        slot = frame.pattern.rest[0][1]
        located = Part(frame.pattern.subject[0], subject)
        presumed = name in ("location", "held") or chance(draft.rng, 0.4)
        voice = _Voice(
            host.holder,
            "presumed" if presumed else "stated",
            "scope-carried-over" if host.holder else "author-voice",
            host.naming,
            "underspecified" if presumed else "certain",
            host.cue if host.holder and not presumed else "",
            host.factive and not presumed,
            host.above,
        )
        note = _CARRIED if host.holder else one(draft.rng, _NOTES) if chance(draft.rng, 0.6) else ""
        gist = " ".join((subject.label, frame.pattern.verbs[0], frame.pattern.rest[0][0], other.label))
        draft.claims.append(
            replace(
                _claim(voice, frame, _paraphrase(voice, gist.replace("  ", " ")), note=note),
                parts=(located,) if slot == "@place" else (located, Part(slot, other)),
                place=other if slot == "@place" else None,
                presupposed=main if presumed else None,
            )
        )


def _when(draft: _Draft, frame: Frame) -> When:
    """Writes when it is said to have happened."""
    rng = draft.rng
    day = frame.day if chance(rng, 0.85) else frame.day - timedelta(days=1 + below(rng, 3))
    later = min(day + timedelta(days=1 + below(rng, 3)), draft.published)
    style = weighted(
        rng, (("day", 50), ("year", 14), ("between", 10), ("from", 8), ("month", 8), ("recent", 6), ("since", 4))
    )
    if style in ("between", "from") and (later.month != day.month or later == day):
        style = "day"
    month = _MONTHS[day.month - 1]
    tag = draft.tag("w")
    words, edtf, relative = {
        "between": (f"between {day.day} and {day_in_words(later)}", f"[{day}..{later}]", True),
        "day": (f"on {day_in_words(day)}", day.isoformat(), True),
        "from": (f"from {day.day} to {day_in_words(later)}", f"{day}/{later}", True),
        "month": (f"in {month} {day.year}", f"{day:%Y-%m}", False),
        "recent": ("recently", f"[..{draft.published}]", True),
        "since": (f"since {month} {day.year}", f"{day:%Y-%m}/..", False),
        "year": (f"on {day_in_words(day)} {day.year}", day.isoformat(), False),
    }[style]
    draft.say(words, tag)
    return When(edtf, tag, relative)


def _cue_behind(draft: _Draft, first: int) -> None:
    """Closes a sentence with its source: what was the article's own so far is the source's."""
    holder, naming = _speaker(draft)
    draft.say(",")
    tag = draft.tag("c")
    draft.say(f"according to {_the(holder)}", tag)
    for number in range(first, len(draft.claims)):
        claim = draft.claims[number]
        draft.claims[number] = replace(
            claim,
            holder=holder,
            basis="explicit-cue",
            naming=naming,
            cue=tag,
            gist=claim.gist.replace("{outlet} says that", f"According to {holder.label}, as relayed by {{outlet}},", 1),
        )


def _finish(draft: _Draft) -> Sentence:
    """The sentence with words before and after that mean nothing, as far as its length allows."""
    rng = draft.rng
    front = fillers([*clause(rng, opener=True), (",", "")]) if chance(rng, 0.28) else ()
    tail = fillers([(",", ""), *clause(rng, opener=chance(rng, 0.5))]) if chance(rng, 0.36) else ()
    if draft.length + len(front) > LONGEST:
        front = ()
    if draft.length + len(front) + len(tail) > LONGEST:
        tail = ()
    return Sentence(front, tuple(draft.core), tail, tuple(draft.claims), tuple(draft.loaded), tuple(draft.names))


def _the(who: Entity) -> str:
    """A holder as running text has it."""
    return who.words[0] if who.kind in ("foaf:Person", "t:AnonymousSource") else f"the {who.words[0]}"


def _matter(frame: "Entity | Frame") -> str:
    assert isinstance(frame, Frame)
    return f"the {frame.matter} matter"


def _speech(voices: tuple[Entity, ...], what: str) -> str:
    """Who says something, through whom; the outlet is filled in where the claim is written down."""
    first, *others = voices
    relays = " and ".join([*(other.label for other in others), "{outlet}"])
    return f"According to {first.label}, as relayed by {relays}, {what}"


def _paraphrase(voice: _Voice, gist: str) -> str:
    """One sentence of ours that names the speaker, without its full stop."""
    if voice.holder is None:
        if voice.mode == "presumed":
            return f"{{outlet}} takes it as given that {gist}"
        if voice.basis == "implied-by-passive":
            return f"{{outlet}} passes on, without saying from whom, that {gist}"
        return (
            f"{{outlet}} {_VERBS[voice.mode]} that {gist}"
            if voice.mode != "opined"
            else f"{{outlet}} holds that {gist}"
        )
    if voice.mode == "presumed":
        return f"As {{outlet}} words it, {voice.holder.label} take it as given that {gist}"
    if voice.mode == "refused":
        return f"According to {{outlet}}, {voice.holder.label} refused to let {gist}"
    if voice.mode in ("stated", "reported", "opined"):
        return _speech((voice.holder, *voice.through), gist)
    that = "whether" if voice.mode == "asked" else "that"
    return f"According to {{outlet}}, {voice.holder.label} {_VERBS[voice.mode].removesuffix(' whether')} {that} {gist}"
