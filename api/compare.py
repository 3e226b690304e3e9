"""``/compare``: two articles or speakers against each other; ``/remaining``: what is left without some voices."""

from flask import Blueprint, Response, render_template

from api import fields
from api.errors import Problem, bad_parameter
from api.negotiate import HTML, PAGE_OR_JSON
from api.represent import address, as_json, chosen, engine
from kb import cards
from kb.namespaces import path

blueprint = Blueprint("compare", __name__)

PROPOSED = 100
"""Articles, and speakers, that are proposed where one is typed."""


@blueprint.get("/compare")
def compare() -> Response:
    """Two articles or two speakers against each other: what both tell of and how, and what only one tells of."""
    given = fields.of_address()
    form = chosen(fields.single(given, "format") or None, PAGE_OR_JSON)
    section, after = fields.section(given, tuple(cards.VERSUS))
    try:
        pair = _pair(fields.single(given, "left") or "", fields.single(given, "right") or "")
        found = None if pair is None else cards.versus(engine(), *pair, section=section, after=after)
    except cards.BadFilter as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None
    if form is not HTML:
        return as_json(found or cards.nothing())
    proposals = [
        (f"{kind}/{slug}", claims)
        for kind, key in (("article", "article"), ("actor", "holder"))
        for slug, claims in cards.suggestions(engine(), "claims", key, most=PROPOSED)
    ]
    sides = [found["left"], found["right"]] if found else []
    asked = {key: fields.single(given, key) or "" for key in ("left", "right")}
    if found:
        asked = {key: path(found[key]["iri"]) for key in asked}
    page = render_template(
        "compare.html",
        found=found,
        asked=asked,
        proposals=proposals,
        letters=cards.witnesses(engine(), [side for side in sides if side["kind"] == "article"]),
        twins=[("JSON", address("/compare", {**asked, "format": "json"}))] if found else [],
    )
    return Response(page, content_type=HTML.content_type)


@blueprint.get("/remaining")
def remaining() -> Response:
    """What remains without some voices: of all claims, of each article, and which events nobody else tells of."""
    given = fields.of_address()
    form = chosen(fields.single(given, "format") or None, PAGE_OR_JSON)
    section, after = fields.section(given, tuple(cards.REMAINING))
    without = fields.several(given, "without")
    perspective = [value for value in [(fields.single(given, "perspective") or "").strip()] if value]
    try:
        found = cards.remaining(engine(), without=without, perspective=perspective, section=section, after=after)
    except cards.BadFilter as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None
    if form is not HTML:
        return as_json(found)
    page = render_template(
        "remaining.html",
        found=found,
        twins=[("JSON", address("/remaining", {"without": without, "perspective": perspective, "format": "json"}))],
    )
    return Response(page, content_type=HTML.content_type)


def _pair(left: str, right: str) -> tuple[str, str] | None:
    """The IRIs of what is compared: what is given, or what shares most events; None where nothing does.

    BadFilter for what is neither article nor actor; Problem for one of each, or for one and the same.
    """
    one, other = (
        cards.named(engine(), key, text.strip()) if text.strip() else None
        for key, text in (("left", left), ("right", right))
    )
    if one is None and other is None:
        return cards.proposed(engine())
    if one is None or other is None:
        known = one or other
        assert known is not None
        found = cards.proposed(engine(), known)
        if found is None:
            raise Problem(404, "Nothing here tells of an event of which it tells too.", "Choose both sides.")
        return found if one else (found[1], found[0])
    if one == other:
        raise bad_parameter("right", "It is compared with itself.", ["another one"])
    if cards.kind_of(one) != cards.kind_of(other):
        raise bad_parameter(
            "right", "An article and a speaker are no two of one kind.", ["two articles, or two actors"]
        )
    return one, other
