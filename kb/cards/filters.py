"""The parameters of lists, as data: the pages, the documentation and the interface description are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from kb.index.claims import VOICE_COUNTS
from kb.index.things import KINDS, OUTLET_COUNTS
from kb.namespaces import OWN

LISTS = dict(sorted({"claims": "claim", **KINDS}.items()))
"""The lists, by their path, with the kind that each lists."""

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_TEXT, MAX_CURSOR = 200, 4000
"""Characters of the longest value."""
MAX_VALUES = 20
"""Values that one filter takes at most."""
FORMATS = ("json", "html", "csv", "ttl")
"""The short names of the formats of every list."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a list.

    ``type`` says what its values are:

        text      any words
        flag      true or false
        date      a day, month or year: YYYY-MM-DD, YYYY-MM or YYYY
        number    a whole number from 1 to ``most``
        choice    one of ``choices``
        concept   a concept of the vocabulary: its slug, path or IRI; ``of`` says of which kind
        thing     something that is here: its slug, path or IRI; ``of`` says of which kinds
        word      true, false, or a word itself
        cursor    what an answer gave for the page that follows

    One that is ``many`` can be given several times and takes whatever fits any of its values. One that is a ``facet``
    is counted by value. ``needs`` are others of which one must be given with it.
    """

    name: str
    type: str
    description: str
    of: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    many: bool = False
    facet: bool = False
    needs: tuple[str, ...] = ()
    default: str = ""
    most: int = 0


def _coded(name: str, description: str, kind: str = "") -> Parameter:
    return Parameter(name, "concept", description, of=(kind or name,), many=True, facet=True)


def _linked(name: str, kind: str, description: str) -> Parameter:
    return Parameter(name, "thing", description, of=(kind,), many=True)


def _flag(name: str, description: str) -> Parameter:
    return Parameter(name, "flag", description, facet=True)


def _kind(*choices: str) -> Parameter:
    return Parameter("kind", "choice", "what it is registered as", choices=choices, many=True, facet=True)


def _common(words: str, *sorts: str, formats: tuple[str, ...] = FORMATS) -> tuple[Parameter, ...]:
    """What every list has: words, order, pages and formats."""
    return (
        Parameter("q", "text", f"a part of {words}, in any case"),
        Parameter("sort", "choice", "the order", choices=("slug", *sorts), default="slug"),
        Parameter(
            "after",
            "cursor",
            "the entry behind which the page begins: with `sort=slug` any slug, else as `next` has it",
        ),
        Parameter("limit", "number", "how many on a page", default=str(DEFAULT_LIMIT), most=MAX_LIMIT),
        Parameter("format", "choice", "the format, whatever the Accept header says", choices=formats),
    )


_NAMEABLE = tuple(kind for kind in OWN if kind not in ("anchor", "node", "snapshot"))
_NAMES = "a name, name form or slug"
_PLACES = (
    Parameter(
        "place_of",
        "thing",
        "with `place`: that a place lies in another counts only as claimed by this holder",
        of=("actor",),
        many=True,
        needs=("place",),
    ),
)
_CONTAINED = "or at what somebody claims lies there; each answer says through whose claim (`via`)"
PARAMETERS: Mapping[str, tuple[Parameter, ...]] = {
    "claims": (
        _linked("article", "article", "told in this article"),
        _linked("outlet", "actor", "told in an article of this outlet"),
        _linked("holder", "actor", "ascribed to this holder, at the inner end of the chain"),
        _linked("relayed_by", "actor", "reaching us through this voice, anywhere in the chain above its holder"),
        Parameter(
            "voices",
            "choice",
            "coming through this many voices: its holder, and each that stands between it and us",
            choices=VOICE_COUNTS,
            many=True,
            facet=True,
        ),
        _linked("without", "actor", "not reaching us through this voice, nor through any other that is given"),
        _linked("addressee", "actor", "said to have been put to this one"),
        _linked("about", "event", "about this event or state"),
        Parameter("names", "thing", "naming this in its content, in any role", of=_NAMEABLE, many=True),
        Parameter("role", "concept", "naming something in this role; with `names`, that", of=("role",), many=True),
        _linked("accused", "actor", "blaming this one for something, by the rule of `do-the-accused-answer`"),
        _coded("mode", "put forward in this way"),
        _coded("certainty", "put forward as this certain"),
        _coded("polarity", "affirming its content, or denying it"),
        _flag("realis", "told as having happened"),
        _coded("basis", "bound to its holder by this (`t:attributionBasis`)"),
        _coded("naming", "with a source that is named like this (`t:sourceNaming`)"),
        _coded("type", "on an event or state of this type, or of a narrower one"),
        Parameter("place", "thing", f"said to be at this place, {_CONTAINED}", of=("place",), many=True),
        *_PLACES,
        Parameter("from", "date", "with a time that can have a day from this on"),
        Parameter("to", "date", "with a time that can have a day up to this"),
        Parameter(
            "when",
            "choice",
            "with `from` or `to`: whether the time must have such a day however its words are taken",
            choices=("possible", "certain"),
            needs=("from", "to"),
            default="possible",
        ),
        _flag("dated", "telling of a time at all"),
        Parameter("loaded", "word", "resting on a passage with loaded words, or with this one", facet=True),
        _flag("single_source", "about something of which no two independent voices are known to tell"),
        _flag("shared", "resting on a passage whose words stand in other articles too"),
        _linked("perspective", "perspective", "selected by this perspective"),
        *_common("the paraphrase or slug", "article", "date", "certainty"),
    ),
    "actors": (
        _kind("person", "organisation", "news-outlet", "described-group", "anonymous-source"),
        _coded("side", "counted by editors on this side"),
        _linked("perspective", "perspective", "who holds a claim that this perspective selects, or is named in one"),
        *_common(_NAMES, "label", "claims"),
    ),
    "articles": (
        Parameter("outlet", "thing", "published by this outlet", of=("actor",), many=True, facet=True),
        Parameter("from", "date", "published on this day or later"),
        Parameter("to", "date", "published on this day or earlier"),
        _linked("perspective", "perspective", "with a claim that this perspective selects"),
        *_common("the outlet, headline, byline or slug", "published", "label", "claims", "holders"),
    ),
    "events": (
        _coded("type", "of which a claim, affirming or denying it, speaks as of this type or a narrower one"),
        _coded("relation", "of which claims of different articles stand to each other like this"),
        _coded(
            "differs_in",
            "on which articles exclude or oppose each other, or differ in detail or certainty, in this",
            "detail",
        ),
        _flag("several", "told of in several articles"),
        Parameter(
            "outlets",
            "choice",
            "told of in articles of this many outlets",
            choices=OUTLET_COUNTS,
            many=True,
            facet=True,
        ),
        _linked("perspective", "perspective", "which a claim that this perspective selects is about"),
        *_common(_NAMES, "label", "claims", "holders", "contested", "single-voiced"),
    ),
    "objects": (
        _kind("arms", "document", "equipment", "material", "medium", "structure", "vehicle"),
        _linked("perspective", "perspective", "named in a claim that this perspective selects"),
        *_common(_NAMES, "label", "claims", "holders"),
    ),
    "perspectives": _common("the name or slug", "label", "claims"),
    "places": (
        Parameter(
            "place",
            "thing",
            "which somebody claims lies in this place; says through whose claim (`via`)",
            of=("place",),
            many=True,
        ),
        *_PLACES,
        _linked("perspective", "perspective", "named in a claim that this perspective selects"),
        *_common(_NAMES, "label", "claims", "holders", formats=(*FORMATS, "geojson")),
    ),
}
"""The parameters of each list, in the order in which they are documented."""

PAGING = ("sort", "after", "limit", "format")
"""Parameters that do not narrow a list."""


TIMELINE_LIMIT = 100
MOST_TIMES = 200
"""Times that a page of the timeline has at most."""

TIMELINE = (
    *(one for one in PARAMETERS["claims"] if one.name not in ("dated", *PAGING)),
    Parameter("after", "cursor", "how many times come before the page; `next` has it"),
    Parameter("limit", "number", "how many times on a page", default=str(TIMELINE_LIMIT), most=MOST_TIMES),
    Parameter("format", "choice", "the format, whatever the Accept header says", choices=("json", "html", "csv")),
)
"""The parameters of the timeline: those by which claims are narrowed, and its own."""

NUMBERED = "unit"
"""The filter of the table of quantities that narrows its rows, and not the claims."""
FLAT_LIMIT = 100
MOST_ROWS = 1000
"""Rows that a page of a table has at most."""

_OF_CLAIMS = tuple(one for one in PARAMETERS["claims"] if one.name not in PAGING)
_FORMAT = "the format, whatever the Accept header says"
_AS_TABLE = Parameter("format", "choice", _FORMAT, choices=("json", "html", "csv"))
_ROW_PAGES = (
    Parameter("after", "cursor", "the row behind which the page begins; `next` has it"),
    Parameter("limit", "number", "how many rows on a page", default=str(FLAT_LIMIT), most=MOST_ROWS),
    _AS_TABLE,
)
FLAT: Mapping[str, tuple[Parameter, ...]] = {
    "participations": (*_OF_CLAIMS, *_ROW_PAGES),
    "quantities": (
        *_OF_CLAIMS,
        Parameter(NUMBERED, "text", "only numbers of this unit, as the data has it: person, truck, year"),
        *_ROW_PAGES,
    ),
    "months": (*_OF_CLAIMS, _AS_TABLE),
}
"""The parameters of each table: those by which claims are narrowed, and its own."""

CHOOSING = ("article", "holder", "about", "type")
"""The filters by which the claims of a map, or of a picture of voices, are chosen."""

_CHOSEN = tuple(one for name in CHOOSING for one in PARAMETERS["claims"] if one.name == name)
MAP = (
    *_CHOSEN,
    Parameter("view", "text", "which part the page shows: `all`, or the surroundings of a place on it, by its slug"),
    Parameter("format", "choice", _FORMAT, choices=("html", "json", "geojson")),
)
VOICES = (*_CHOSEN, Parameter("format", "choice", _FORMAT, choices=("html", "json")))
"""The parameters of the map, and of the picture of voices."""


def parameter(name: str, key: str) -> Parameter:
    """The parameter ``key`` of the list ``name``; KeyError where it has no such."""
    return {one.name: one for one in PARAMETERS[name]}[key]
