"""The nouns of an invented corpus: who and what there is, what is told, and in which words."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Entity:
    """Somebody or something in the registry; ``scoped`` ones belong to the article that describes them."""

    name: str
    kind: str
    label: str
    words: tuple[str, ...]
    """The forms that a text prints, without an article."""
    scoped: bool = False
    unit: str = ""

    @property
    def contested(self) -> bool:
        """Whether the place has a name on either side."""
        return self.kind == "geo:Feature" and len(self.words) > 1


@dataclass(frozen=True)
class Pattern:
    """A type of event or state with the words in which it is told."""

    type: str
    state: bool
    subject: tuple[str, str]
    verbs: tuple[str, str, str]
    """Affirmed, not affirmed, and as a demand has it."""
    rest: tuple[tuple[str, str, str], ...]
    """What follows the verb: preposition, role (or property, with ``@``), and kind of thing."""
    negative: bool


@dataclass(frozen=True)
class Frame:
    """A handle for an event or state, and what the invented world knows of it."""

    name: str
    label: str
    matter: str
    pattern: Pattern
    fillers: "tuple[Entity | Frame, ...]"
    """Who and what takes part, in the order of the pattern: subject first."""
    count: int
    day: date


@dataclass(frozen=True)
class Count:
    """How many, as told; ``tag`` names the words of the sentence that say so."""

    value: int | None
    close: str
    unit: str
    tag: str
    out_of: str = ""
    """The tag of the count that this one is part of."""


@dataclass(frozen=True)
class When:
    """A time as told; ``open_end`` reads as "up to the day of publication"."""

    edtf: str
    tag: str
    relative: bool


@dataclass(frozen=True)
class Part:
    """Somebody or something in a role."""

    role: str
    who: "Entity | Frame"
    count: Count | None = None


@dataclass(frozen=True)
class Claim:
    """What one voice puts forward in a sentence; a holder of None is the outlet of whichever article prints it."""

    frame: Frame
    holder: Entity | None
    mode: str
    certainty: str
    positive: bool
    basis: str
    naming: str
    gist: str
    parts: tuple[Part, ...] = ()
    place: "Entity | Frame | None" = None
    near: "Entity | Frame | None" = None
    concerns: "Entity | Frame | None" = None
    after: "Entity | Frame | None" = None
    when: When | None = None
    cue: str = ""
    factive: bool = False
    above: int | None = None
    """Which claim of the sentence relays it; None where the article does."""
    presupposed: int | None = None
    relay: bool = False
    note: str = ""
    said: When | None = None
    addressee: Entity | None = None


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence; ``kind`` names the word class of a word that means nothing and may be changed."""

    text: str
    tag: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Loaded:
    """A word that takes a side, by its tag."""

    tag: str
    neutral: str
    sentiment: str
    target: "Entity | Frame"


@dataclass(frozen=True)
class Sentence:
    """A sentence with all that is said in it."""

    front: tuple[Piece, ...]
    core: tuple[Piece, ...]
    tail: tuple[Piece, ...]
    claims: tuple[Claim, ...] = ()
    loaded: tuple[Loaded, ...] = ()
    names: tuple[tuple[str, Entity], ...] = ()
    excuse: str = ""
    voice: str = ""
    """Who speaks in it, as the generator drew it."""
    family: str = ""
    """Shared by a sentence and its copies."""
    stock: int | None = None
    rivals: tuple[str, ...] = ()
    """Families of the sentences that this one only resembles."""


@dataclass(frozen=True)
class Article:
    """An article before it is written down; each section is a kind with its paragraphs of sentences."""

    number: int
    slug: str
    outlet: Entity
    published: date
    author: str
    headline: str
    sections: tuple[tuple[str, tuple[tuple[Sentence, ...], ...]], ...]


@dataclass(frozen=True)
class Printed:
    """Where things stand in the text of an article."""

    article: Article
    text: str
    sections: tuple[tuple[str, int, int], ...]
    sentences: tuple["Line", ...]
    words: int


@dataclass(frozen=True)
class Line:
    """A sentence as printed: paragraph, number in it, range, and the range of each tagged stretch."""

    sentence: Sentence
    paragraph: int
    number: int
    start: int
    end: int
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    first_claim: int = 0

    @property
    def name(self) -> str:
        """Its short name, as in the slugs of anchors."""
        return f"p{self.paragraph}-s{self.number}"
