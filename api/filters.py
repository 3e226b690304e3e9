"""What filters are asked for in an address, and the fields of the form that asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from api.errors import bad_parameter
from api.fields import checked, of_address, several, single
from api.language import translatable
from api.represent import address, engine
from kb import cards
from kb.cards import Parameter

_LARGEST = 10**9

PROPOSED = 100
"""Values that are proposed where one is typed."""

_LABELS = {
    "about": translatable("About (event)"),
    "addressee": translatable("Put to"),
    "basis": translatable("Bound to the holder by"),
    "articles/from": translatable("Published from"),
    "articles/to": translatable("Published to"),
    "events/differs_in": translatable("Articles differ in"),
    "events/relation": translatable("Claims of articles stand"),
    "events/type": translatable("Type, as a claim has it"),
    "from": translatable("Day from"),
    "loaded": translatable("Loaded words (true, or one)"),
    "naming": translatable("Source named as"),
    "outlets": translatable("Outlets that tell of it"),
    "place": translatable("Place, or in it as claimed"),
    "place_of": translatable("… as claimed by"),
    "places/place": translatable("In this place, as claimed"),
    "polarity": translatable("Affirmed or denied"),
    "q": translatable("Words"),
    "realis": translatable("Told as having happened"),
    "several": translatable("In several articles"),
    "shared": translatable("Words shared with other articles"),
    "single_source": translatable("Single source"),
    "sort": translatable("Order"),
    "to": translatable("Day to"),
    "voices": translatable("Voices it comes through"),
    "when": translatable("Time fits"),
    "without": translatable("Not through"),
}
TABLES = {
    "participations": translatable("Who is said to take part in what"),
    "quantities": translatable("Numbers that claims give"),
    "months": translatable("What is told of each month"),
}
"""What the flat tables of claims are called."""

_ORDERS = {
    "article": translatable("as one reads them"),
    "certainty": translatable("firmest first"),
    "claims": translatable("most claims first"),
    "contested": translatable("most apart first"),
    "date": translatable("day told of"),
    "holders": translatable("most speakers first"),
    "label": translatable("name"),
    "published": translatable("day published"),
    "single-voiced": translatable("one voice first"),
    "slug": translatable("address"),
}
"""The orders of lists as the form has them."""

_YES_OR_NO = {"true": translatable("yes"), "false": translatable("no")}


@dataclass(frozen=True)
class Asked:
    """What a request asks of entries of the list ``name`` at ``path``: its parameters that have a value, by name."""

    path: str
    name: str
    given: Mapping[str, Sequence[str]]

    def one(self, key: str) -> str:
        """The value of a parameter that has one; empty where it is not given."""
        return next(iter(self.given.get(key, ())), "")

    @property
    def filters(self) -> dict[str, Sequence[str]]:
        """The parameters that narrow, but for words."""
        return {key: values for key, values in self.given.items() if key not in ("q", *cards.PAGING)}

    def address(self, **changed: str | Sequence[str]) -> str:
        """The address of this list with some parameters changed; empty ones are left out."""
        return request.script_root + address(self.path, {**self.given, **changed})


def asked(path: str, name: str, takes: Sequence[Parameter]) -> Asked:
    """What is asked; Problem for a parameter that it does not take, or that is given too often."""
    parameters = {one.name: one for one in takes}
    fields = of_address()
    checked(fields, [*parameters])
    given: dict[str, list[str]] = {}
    for key, one in parameters.items():
        values = several(fields, key) if one.many else [(single(fields, key) or "").strip()]
        most = cards.MAX_CURSOR if one.type == "cursor" else cards.MAX_TEXT
        if any(len(value) > most or any(ord(c) < 32 for c in value) for value in values):
            raise bad_parameter(key, f"“{key}” takes at most {most:,} characters, and no control characters.")
        if found := [value for value in values if value]:
            given[key] = found
    return Asked(path, name, given)


def limited(text: str, default: int, most: int) -> int:
    """How many entries are asked for; Problem where that is no number up to ``most``."""
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise bad_parameter("limit", f"“{text[:20]}” is no limit.", [f"a whole number from 1 to {most}"])
    return int(text)


def behind(text: str, what: str) -> int:
    """How many of what an answer has come before the page, 0 if that is not said; Problem where it is no number."""
    if text and not (text.isascii() and text.isdigit() and int(text) <= _LARGEST):
        raise bad_parameter("after", f"“{text[:20]}” is no {what}.", ["a whole number"])
    return int(text or 0)


def field(asked: Asked, facets: Mapping[str, Mapping[str, int]], one: Parameter) -> dict[str, object]:
    """A field of the form: its label, its value, and what can be chosen or is proposed, with how many each gives."""
    value, *others = asked.given.get(one.name, [""])
    found: dict[str, object] = {
        "name": one.name,
        "label": label(asked.name, one.name),
        "type": one.type,
        "value": value,
        "others": others,
        "options": None,
        "proposed": [],
    }
    if one.facet and one.type != "word":
        counts = facets[one.name]
        missing = [given for given in asked.given.get(one.name, []) if given not in counts]
        found["options"] = [(code, _words(one, code), counts.get(code, 0)) for code in [*counts, *missing]]
    elif one.type == "choice":
        found["options"] = [(code, _words(one, code), None) for code in one.choices if code != one.default]
        found["default"] = _words(one, one.default)
    elif one.type in ("thing", "concept"):
        found["proposed"] = cards.suggestions(engine(), asked.name, one.name, most=PROPOSED)
    if one.type == "word":
        found["proposed"] = [
            *facets[one.name].items(),
            *cards.suggestions(engine(), asked.name, one.name, most=PROPOSED),
        ]
    return found


def label(name: str, key: str) -> str:
    """What a parameter of a list is called in the form."""
    return _LABELS.get(f"{name}/{key}", _LABELS.get(key, key.replace("_", " ").capitalize()))


def _words(one: Parameter, code: str) -> str:
    """A value as the form shows it."""
    if one.name == "sort":
        return _ORDERS[code]
    return _YES_OR_NO[code] if one.type == "flag" else code.replace("-", " ")


def applied(asked: Asked) -> list[tuple[str, str, str]]:
    """The filters that are applied: label, value, and the address of the list without it."""
    return [
        (
            label(asked.name, key),
            value,
            asked.address(after="", **{key: [other for other in values if other != value]}),
        )
        for key, values in asked.given.items()
        if key not in cards.PAGING
        for value in values
    ]


def tables(asked: Asked, *, without: str = "") -> list[tuple[str, str]]:
    """The names of the tables of the claims that fit, of all but one, with their addresses."""
    taken = {one.name for one in cards.FLAT["months"]} - {*cards.PAGING}
    given = {key: values for key, values in asked.given.items() if key in taken}
    return [(name, address(f"/{key}", given)) for key, name in TABLES.items() if key != without]


def flat(value: object) -> object:
    """A value of an entry as one CSV cell: links by IRI, concepts by code, several values with a semicolon between."""
    if isinstance(value, dict):
        return value.get("code") or value.get("iri")
    if isinstance(value, list):
        return "; ".join(str(flat(found)) for found in value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value
