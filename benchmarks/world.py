"""The invented world: actors, places and things by number, and the events and states that a week's articles share.

Popularity follows Zipf's law over a stock that grows with the corpus, so that an article draws from what earlier
ones have known and a little more, and never from what comes after it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Final

from benchmarks.draws import below, chance, one, rank, stream
from benchmarks.nouns import Entity, Frame, Pattern
from benchmarks.words import lexicon, listed, make_name, people_name, person_name, place_name, town_name

FIRST_DAY: Final = date(1990, 1, 1)
PER_DAY: Final = 4
"""Articles a day, each by another outlet."""
WEEK: Final = 32
"""Articles that share events and copy from each other: eight days. What is shared never reaches beyond."""
OUTLETS: Final = 40

_STORIES: Final = 420
_ORGANISATIONS = (
    "Harbour Office",
    "Fisheries Board",
    "Pilots Guild",
    "Ministry of Tides",
    "Coast Guard",
    "Ferry Company",
    "Islands Council",
    "Salt Company",
    "Lighthouse Service",
    "Customs House",
    "Water Authority",
    "Marsh Commission",
)
_MEDIA = ("Courier", "Herald", "Gazette", "Observer", "Mercury", "Tribune", "Chronicle", "Messenger")
_GROUPS = listed(
    "dockers fishermen residents boatbuilders students netmakers pilots shepherds islanders divers crews villagers "
    "ferrymen guards traders sailors"
)
_SOURCES = ("port insiders", "people close to the council", "harbour records")
_THINGS = (
    ("t:Material", "crates", "crate"),
    ("t:Vehicle", "barges", "barge"),
    ("t:Material", "barrels", "barrel"),
    ("t:Document", "charter", ""),
    ("t:Structure", "pier", ""),
    ("t:Arms", "signal pistols", "pistol"),
    ("t:Equipment", "pumps", "pump"),
    ("t:Material", "sacks", "sack"),
)
_KINDS: Final = {
    "arms": ("t:Arms",),
    "document": ("t:Document",),
    "goods": ("t:Arms", "t:Equipment", "t:Material"),
    "material": ("t:Material",),
    "structure": ("t:Structure",),
    "thing": ("t:Arms", "t:Document", "t:Equipment", "t:Material", "t:Structure", "t:Vehicle"),
}

_MIXED: Final = {"agent": ("person", "org", "org", "group"), "body": ("org", "org", "group")}

_PATTERNS = """
transport | | cargo goods | were taken/be taken | from origin place; to destination place |
dispatch | | agent body | sent/send | - cargo goods; to destination place |
travel | | traveller agent | travelled/travel | from origin place; to destination place |
departure | | traveller agent | left/leave | - origin place; for destination place |
meeting | | participant agent | met/meet | - participant agent; in @place place |
protest | | agent body | rallied/rally | in @place place; over @concerns frame |
obstruction | | agent body | blocked/block | - obstructed-party agent; in @place place | negative
damage | | agent body | damaged/damage | - damaged-object thing; in @place place | negative
extraction | | agent body | dug up/dig up | - material material; at source-place place |
construction | | agent body | built/build | - product structure; near @near place |
opening | | agent agent | opened/open | - product structure; in @place place |
monitoring | | monitor body | inspected/inspect | - topic thing; in @place place |
agreement | | party body | came to terms with/come to terms with | - party body; on topic document |
permission | | authority org | gave leave to/give leave to | - permitted-party agent; over @concerns frame |
stationing | | affected-party body | took post/take post | in @place place |
control | state | holder-of-control org | held/hold | - controlled-thing place |
control-change | | controlled-thing place | passed/pass | from former-holder-of-control org; to holder-of-control org |
taking-of-property | | agent body | took/take | - cargo goods; from victim agent | negative
injury | | victim group | suffered injuries/suffer injuries | in @place place | negative
support | | agent agent | backed/back | - beneficiary agent; over @concerns frame |
prevention | | agent body | prevented/prevent | - @concerns frame; in @place place |
publication | | speaker org | published/publish | - topic document |
transfer-of-arms | | agent body | handed/hand | - weapon arms; to recipient body |
signing | | party agent | signed/sign | - topic document; in @place place |
withdrawal | | agent body | withdrew/withdraw | from origin place |
discovery | | agent agent | came upon/come upon | - topic thing; in @place place |
negotiation | | party body | held talks with/hold talks with | - party body; over @concerns frame |
bearing-of-arms | | agent group | carried/carry | - weapon arms; in @place place |
request | | speaker agent | asked for/ask for | - topic thing; in @place place |
explanation | | speaker agent | gave an account of/give an account of | - @concerns frame |
"""
"""Type, state or not, subject (role and kind), verb in the past and bare, what follows, valence; a line each."""


def _pattern(line: str) -> Pattern:
    kind, state, subject, verbs, rest, valence = (cell.strip() for cell in line.split("|"))
    role, filler = subject.split()
    affirmed, bare = verbs.split("/")
    negated = affirmed.replace("were ", "were not ", 1) if bare.startswith("be ") else f"did not {bare}"
    following = [piece.split() for piece in rest.split(";")]
    return Pattern(
        kind,
        state == "state",
        (role, filler),
        (affirmed, negated, bare),
        tuple(("" if preposition == "-" else preposition, slot, what) for preposition, slot, what in following),
        valence == "negative",
    )


PATTERNS: Final = tuple(_pattern(line) for line in _PATTERNS.strip().splitlines())

_WITHOUT_GROUPS: Final = tuple(
    pattern for pattern in PATTERNS if "group" not in (pattern.subject[1], *(kind for _, _, kind in pattern.rest))
)

STATES: Final = {
    "location": Pattern(
        "location",
        True,
        ("located-thing", "place"),
        ("lies", "does not lie", "lie"),
        (("in", "@place", "place"),),
        False,
    ),
    "membership": Pattern(
        "membership",
        True,
        ("member", "agent"),
        ("belongs to", "does not belong to", "belong to"),
        (("", "whole", "org"),),
        False,
    ),
    "provenance": Pattern(
        "provenance",
        True,
        ("located-thing", "thing"),
        ("comes from", "does not come from", "come from"),
        (("", "place-of-origin", "place"),),
        False,
    ),
    "held": Pattern(
        "control",
        True,
        ("controlled-thing", "place"),
        ("is held by", "is not held by", "be held by"),
        (("", "holder-of-control", "org"),),
        False,
    ),
}
"""What a sentence tells by the way, of somebody or something that it names."""


@dataclass(frozen=True)
class Sizes:
    """How many of each kind of entry a corpus of some articles knows."""

    persons: int
    organisations: int
    places: int
    things: int


def sizes(articles: int) -> Sizes:
    """What is known when so many articles are out; it only grows."""
    return Sizes(
        min(9_000, 20 + articles),
        min(4_000, 20 + articles // 2),
        min(4_000, 40 + articles // 2),
        min(4_000, 24 + articles // 2),
    )


@lru_cache(maxsize=4096)
def person(seed: int, number: int) -> Entity:
    """A person by number."""
    name = person_name(seed, number)
    return Entity(f"actor:{_slug(name)}", "foaf:Person", name, (name,))


@lru_cache(maxsize=4096)
def organisation(seed: int, number: int) -> Entity:
    """An office, company or council by number."""
    name = f"{people_name(seed, number)} {_ORGANISATIONS[number % len(_ORGANISATIONS)]}"
    return Entity(f"actor:{_slug(name)}", "org:Organization", name, (name,))


@lru_cache(maxsize=OUTLETS)
def outlet(seed: int, number: int) -> Entity:
    """A newspaper by number."""
    name = f"{town_name(seed, number)} {_MEDIA[number % len(_MEDIA)]}"
    return Entity(f"actor:{_slug(name)}", "org:Organization , schema:NewsMediaOrganization", name, (name,))


@lru_cache(maxsize=4096)
def place(seed: int, number: int) -> Entity:
    """A place by number; each fourth is contested and has a name on either side."""
    first, second = place_name(seed, 2 * number), place_name(seed, 2 * number + 1)
    words = (first, second) if number % 4 == 0 else (first,)
    return Entity(f"place:{first.lower()}", "geo:Feature", " / ".join(words), words)


@lru_cache(maxsize=4096)
def thing(seed: int, number: int) -> Entity:
    """A thing by number: goods, vehicles, arms, a document or a structure."""
    kind, noun, unit = _THINGS[number % len(_THINGS)]
    name = f"{make_name(seed, number)} {noun}"
    return Entity(f"object:{_slug(name)}", kind, name, (name,), unit=unit)


def group(word: str) -> Entity:
    """People known by an article's description; whose article, is settled where it is written down."""
    return Entity(
        f"actor:{word}", "t:DescribedGroup", f"people described as {word}", (word,), scoped=True, unit="person"
    )


def source(words: str) -> Entity:
    """An unnamed source of an article."""
    return Entity(f"actor:{_slug(words)}", "t:AnonymousSource", f"unnamed {words}", (words,), scoped=True)


HEARSAY: Final = Entity(
    "actor:unnamed-reports", "t:AnonymousSource", "unnamed reports", ("unnamed reports",), scoped=True
)


def anonymous(rng: Random) -> Entity:
    """Some unnamed source."""
    return source(one(rng, _SOURCES))


@dataclass
class Week:
    """What the articles of one week share: frames, made when they are first told of. Changed as it is used."""

    seed: int
    number: int
    stories: dict[int, Frame] = field(default_factory=dict)
    states: dict[tuple[str, str], Frame] = field(default_factory=dict)
    handles: int = 0

    @property
    def first_day(self) -> date:
        """The day before which everything happened that the week's articles tell of."""
        return FIRST_DAY + timedelta(days=self.number * WEEK // PER_DAY)


@dataclass(frozen=True)
class Scene:
    """Where draws for one article come from."""

    rng: Random
    week: Week
    known: Sizes
    groups: bool = True
    """Whether people known by an article's description take part: not in what several articles tell of."""


def entity(scene: Scene, kind: str, *, but: tuple[object, ...] = ()) -> Entity:
    """Somebody or something of a kind, popular ones likelier, and none of ``but``."""
    for _ in range(20):
        found = _draw(scene, kind)
        if found not in but:
            return found
    raise AssertionError(f"there is more than one {kind}")


def _draw(scene: Scene, kind: str) -> Entity:
    rng, seed, known = scene.rng, scene.week.seed, scene.known
    if kind in _MIXED:
        kind = one(rng, _MIXED[kind] if scene.groups else _MIXED[kind][:-1])
    if kind == "person":
        return person(seed, rank(rng, known.persons))
    if kind == "org":
        return organisation(seed, rank(rng, known.organisations))
    if kind == "place":
        return place(seed, rank(rng, known.places))
    if kind == "group":
        return group(one(rng, _GROUPS))
    number = rank(rng, known.things)
    while _THINGS[number % len(_THINGS)][0] not in _KINDS[kind]:
        number = (number + 1) % known.things
    return thing(seed, number)


def story(scene: Scene) -> Frame:
    """An event of the week that several articles may tell of."""
    number = rank(scene.rng, _STORIES, shift=12)
    found = scene.week.stories.get(number)
    if found is None:
        rng = stream(scene.week.seed, "story", scene.week.number, number)
        own = Scene(rng, scene.week, scene.known, groups=False)
        found = frame(own)
        scene.week.stories[number] = found
    return found


def frame(scene: Scene, pattern: Pattern | None = None, *, depth: int = 0) -> Frame:
    """A new event or state with those who take part."""
    rng = scene.rng
    pattern = pattern or one(rng, PATTERNS if scene.groups else _WITHOUT_GROUPS)
    fillers: list[Entity | Frame] = []
    for _, kind in (pattern.subject, *((slot, what) for _, slot, what in pattern.rest)):
        if kind == "frame":
            fillers.append(state(scene, "location", entity(scene, "place")) if depth else frame(scene, depth=1))
        else:
            fillers.append(entity(scene, kind, but=tuple(fillers)))
    day = scene.week.first_day - timedelta(days=1 + below(rng, 20))
    return _handle(scene.week, rng, pattern, tuple(fillers), count=_number(rng), day=day)


def state(scene: Scene, name: str, of: Entity) -> Frame:
    """The week's handle for where something lies, whom it belongs to or where it comes from."""
    week = scene.week
    found = week.states.get((name, of.name))
    if found is None:
        rng = stream(week.seed, "state", week.number, name, of.name)
        pattern = STATES[name]
        other = entity(Scene(rng, week, scene.known, groups=False), pattern.rest[0][2], but=(of,))
        found = _handle(week, rng, pattern, (of, other), count=0, day=week.first_day)
        week.states[name, of.name] = found
    return found


def _handle(
    week: Week, rng: Random, pattern: Pattern, fillers: "tuple[Entity | Frame, ...]", *, count: int, day: date
) -> Frame:
    week.handles += 1
    matter = one(rng, lexicon().adjectives)
    gloss = pattern.type.replace("-", " ")
    return Frame(
        f"event:{pattern.type}-{week.number + 1}-{week.handles}",
        f"{gloss.capitalize()} in the {matter} matter (week {week.number + 1}, handle {week.handles})",
        matter,
        pattern,
        fillers,
        count,
        day,
    )


def _number(rng: Random) -> int:
    """A count as news have it: small ones are likelier."""
    limit = one(rng, (12, 60, 60, 400, 3_000))
    return 4 + below(rng, limit)


def shared_outlet(scene: Scene, *, but: tuple[Entity, ...]) -> Entity:
    """A newspaper that is none of ``but``."""
    while True:
        found = outlet(scene.week.seed, rank(scene.rng, OUTLETS))
        if found not in but:
            return found


def article_outlet(seed: int, number: int) -> Entity:
    """Who publishes an article: popular papers more, and no paper twice a day."""
    rng = stream(seed, "outlet", number)
    return outlet(seed, rank(rng, OUTLETS // PER_DAY) * PER_DAY + number % PER_DAY)


def article_day(number: int) -> date:
    """When an article came out."""
    return FIRST_DAY + timedelta(days=number // PER_DAY)


def named_place(rng: Random, where: Entity) -> str:
    """The form of a place's name that a text uses."""
    return where.words[0] if not where.contested or chance(rng, 0.6) else where.words[1]


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-")
