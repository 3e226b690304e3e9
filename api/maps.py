"""What claims say of places and ways, on a map, and who relays whom: pictures of many claims, and the same as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from api import filters
from api.errors import bad_parameter
from api.filters import Asked
from api.negotiate import GEOJSON, HTML, MAPPED, PAGE_OR_JSON, Format
from api.pictures import flows
from api.pictures import map as maps
from api.represent import address, as_json, chosen, engine
from kb import cards
from kb.engine import Engine
from kb.namespaces import slug

blueprint = Blueprint("maps", __name__)

VIEWS = 6
"""Parts of the map that are proposed."""

_ALL = "all"


@blueprint.get("/map")
def places() -> Response:
    """What claims say of places, on a map: where gazetteers have them, and who says what goes from where to where."""
    asked = filters.asked("/map", "claims", cards.MAP)
    form, given = chosen(asked.one("format") or None, MAPPED), _choosing(asked)
    card = _answer(cards.mapped, given)
    spots = [
        maps.Spot(one["iri"], (first["long"], first["lat"]), one["claims"], one["label"], first["precision"])
        for one in card["places"]["items"]
        for first in one["gazetteers"][:1]
    ]
    views = _views(spots)
    view = asked.one("view") or (views[0].key if len(views) > 1 else _ALL)
    centre = _centre(view, spots)
    if form is GEOJSON:
        return _as(GEOJSON, cards.as_geojson(card))
    if form is not HTML:
        return as_json(card)
    picture = maps.picture(spots, centre)
    return _page(
        "map.html",
        card,
        given,
        MAPPED,
        picture=picture,
        ways=_drawn(card, picture),
        centre=None if centre is None else slug(centre.key),
        views=[(slug(one.key), one.name, _address("/map", given, view=slug(one.key))) for one in views],
        everything=_address("/map", given, view=_ALL),
        path="/map",
    )


@blueprint.get("/voices")
def voices() -> Response:
    """Who relays whom, and how much rests on whom: the chains through which claims reach us, counted."""
    asked = filters.asked("/voices", "claims", cards.VOICES)
    form, given = chosen(asked.one("format") or None, PAGE_OR_JSON), _choosing(asked)
    card = _answer(cards.relaying, given)
    if form is not HTML:
        return as_json(card)
    articles = [one["iri"] for one in card["articles"]["items"]]
    drawn = [flows.Flow(one["article"], tuple(one["through"]), one["holder"], one["claims"]) for one in card["flows"]]
    return _page(
        "voices.html", card, given, PAGE_OR_JSON, picture=flows.picture(drawn, articles), bar=flows.BAR, path="/voices"
    )


@dataclass(frozen=True)
class Way:
    """A way as it is drawn: its number in the list beside, the line, and the claim that it is of."""

    number: int
    path: str
    claim: cards.Json
    label: str


def _choosing(asked: Asked) -> dict[str, Sequence[str]]:
    """What claims are chosen by."""
    return {key: values for key, values in asked.given.items() if key not in ("view", "format")}


def _answer(
    ask: Callable[[Engine, Mapping[str, Sequence[str]]], cards.Json], given: Mapping[str, Sequence[str]]
) -> cards.Json:
    """A card of chosen claims; Problem where a value names nothing."""
    try:
        return ask(engine(), given)
    except cards.BadFilter as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None


def _page(
    template: str, card: cards.Json, given: Mapping[str, Sequence[str]], forms: Sequence[Format], **more: object
) -> Response:
    path = str(more["path"])
    body = render_template(
        template,
        card=card,
        fields=cards.choices_by(engine(), given),
        given=given,
        twins=[(form.title, address(path, {**given, "format": form.name})) for form in forms if form is not HTML],
        **more,
    )
    return Response(body, content_type=HTML.content_type)


def _views(spots: Sequence[maps.Spot]) -> list[maps.Spot]:
    """Places whose surroundings are worth a view of their own: each far from those before it."""
    found: list[maps.Spot] = []
    for spot in spots:
        if not any(maps.near(spot.point, other.point) for other in found):
            found.append(spot)
    return found[:VIEWS]


def _centre(view: str, spots: Sequence[maps.Spot]) -> maps.Spot | None:
    """The place around which the map is drawn; None for all; Problem for one that is not on it."""
    if view == _ALL:
        return None
    for spot in spots:
        if view in (spot.key, slug(spot.key)):
            return spot
    raise bad_parameter(
        "view", f"“{view[:40]}” is no place on this map.", [_ALL, *(slug(one.key) for one in _views(spots))]
    )


def _drawn(card: cards.Json, picture: maps.Picture) -> list[Way]:
    """The ways of which both ends are on the map, bent more where several have the same ends."""
    markers = {marker.spot.key: marker for marker in picture.markers}
    found: list[Way] = []
    for number, way in enumerate(card["ways"]["items"], 1):
        for origin in way["origins"]:
            for destination in way["destinations"]:
                ends = (markers.get(origin["iri"]), markers.get(destination["iri"]))
                if ends[0] is None or ends[1] is None or ends[0] is ends[1]:
                    continue
                label = f"{origin['label']} → {destination['label']}"
                bend = 0.14 + 0.07 * sum(1 for one in found if one.label == label)
                start, end = ((marker.x, marker.y) for marker in ends if marker is not None)
                line = maps.arrow(start, end, margin=max(ends[0].r, ends[1].r) + 3, bend=bend)
                found.append(Way(number, line, way["claim"], label))
    return found


def _address(path: str, given: Mapping[str, Sequence[str]], **more: str) -> str:
    return request.script_root + address(path, {**given, **more})


def _as(form: Format, value: cards.Json) -> Response:
    response = as_json(value)
    response.content_type = form.content_type
    return response
