"""Lists of things and claims: filters, order, pages, and each page in every format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from api.errors import bad_parameter
from api.fields import by_name, of_address
from api.language import translatable
from api.negotiate import GEOJSON, HTML, LISTED, LISTED_PLACES, TURTLE, Format
from api.represent import address, as_csv, as_json, as_rdf, chosen, engine
from kb import cards
from kb.cards import Parameter

blueprint = Blueprint("lists", __name__)

COLUMNS: Mapping[str, Sequence[str]] = {
    "actors": ("iri", "label", "kinds", "side", "claims", "named"),
    "articles": ("iri", "label", "outlet", "byline", "published", "claims", "holders", "headline"),
    "claims": (
        *("iri", "speaker", "holder", "mode", "certainty", "polarity", "realis", "about", "paraphrase"),
        *("article", "dates", "when", "via", "via_speakers"),
    ),
    "events": ("iri", "label", "claims", "holders", "kinds"),
    "objects": ("iri", "label", "kinds", "claims", "holders"),
    "perspectives": ("iri", "label", "rule", "claims", "holders", "contradictions"),
    "places": ("iri", "label", "kinds", "claims", "holders", "via", "via_speakers"),
}
"""The columns of the CSV form of each list; new ones are added at the end."""

_FIRST = ("q", "holder", "article", "mode", "certainty", "realis", "sort")
"""What the form of the claims shows at once; the other filters stand behind “More filters”."""

_LABELS = {
    "about": translatable("About (event)"),
    "addressee": translatable("Put to"),
    "basis": translatable("Bound to the holder by"),
    "articles/from": translatable("Published from"),
    "articles/to": translatable("Published to"),
    "events/type": translatable("Type, as a claim has it"),
    "from": translatable("Day from"),
    "loaded": translatable("Loaded words (true, or one)"),
    "naming": translatable("Source named as"),
    "place": translatable("Place, or in it as claimed"),
    "place_of": translatable("… as claimed by"),
    "places/place": translatable("In this place, as claimed"),
    "polarity": translatable("Affirmed or denied"),
    "q": translatable("Words"),
    "realis": translatable("Told as having happened"),
    "shared": translatable("Words shared with other articles"),
    "single_source": translatable("Single source"),
    "sort": translatable("Order"),
    "to": translatable("Day to"),
    "when": translatable("Time fits"),
}
_YES_OR_NO = {"true": translatable("yes"), "false": translatable("no")}


@dataclass(frozen=True)
class _Asked:
    """What a request asks of a list: its parameters that have a value, by name."""

    name: str
    given: Mapping[str, Sequence[str]]

    def one(self, key: str) -> str:
        """The value of a parameter that has one; empty where it is not given."""
        return next(iter(self.given.get(key, ())), "")

    def address(self, **changed: str | Sequence[str]) -> str:
        """The address of this list with some parameters changed; empty ones are left out."""
        return request.script_root + address(f"/{self.name}", {**self.given, **changed})


@blueprint.get(f"/<any({', '.join(cards.LISTS)}):name>")
def listing(name: str) -> Response:
    """A page of a list, with filters."""
    asked = _asked(name)
    table = LISTED_PLACES if name == "places" else LISTED
    form = chosen(asked.one("format") or None, table)  # forms send what is left empty
    filters = {key: values for key, values in asked.given.items() if key not in ("q", *cards.PAGING)}
    limit = _limit(asked.one("limit"))
    try:
        page = cards.listing(
            engine(),
            name,
            q=asked.one("q"),
            filters=filters,
            sort=asked.one("sort"),
            after=asked.one("after"),
            limit=limit,
        )
    except cards.BadFilter as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None
    following = None if page.after is None else asked.address(after=page.after)
    response = _FORMS[form](asked, page, limit, following)
    response.headers["Testimonia-Total"] = str(page.total)
    response.headers.add("Link", f'<{asked.address(after="")}>; rel="first"')
    if following is not None:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


def _asked(name: str) -> _Asked:
    """The parameters of a list; Problem for one that it does not know, or that is given twice and takes one value."""
    parameters = {one.name: one for one in cards.PARAMETERS[name]}
    fields = of_address()
    single = by_name(
        [pair for pair in fields if not (pair[0] in parameters and parameters[pair[0]].many)], [*parameters]
    )
    pairs = [*single.items(), *(pair for pair in fields if pair[0] not in single)]
    given: dict[str, list[str]] = {}
    for key, text in pairs:
        value = text.strip()
        if len(value) > cards.MAX_TEXT or any(ord(c) < 32 for c in value):
            raise bad_parameter(key, f"“{key}” takes at most {cards.MAX_TEXT} characters, and no control characters.")
        if value:
            given.setdefault(key, []).append(value)
    return _Asked(name, {key: given[key] for key in parameters if key in given})


def _limit(text: str) -> int:
    if not text:
        return cards.DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= cards.MAX_LIMIT:
        raise bad_parameter("limit", f"“{text[:20]}” is no limit.", [f"a whole number from 1 to {cards.MAX_LIMIT}"])
    return int(text)


def _json(asked: _Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    sort = asked.one("sort") or "slug"
    value = {"total": page.total, "limit": limit, "sort": sort, "items": page.items, "next": following}
    return as_json({**value, "facets": page.facets})


def _csv(asked: _Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    columns = COLUMNS[asked.name]
    return as_csv(columns, ([_cell(item, column) for column in columns] for item in page.items))


def _turtle(asked: _Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    return as_rdf(engine().quads(subjects=[item["iri"] for item in page.items]), TURTLE)


def _geojson(asked: _Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    value = cards.features(engine(), page.items, following=following)
    response = as_json(value)
    response.content_type = GEOJSON.content_type
    return response


def _page(asked: _Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    forms = LISTED_PLACES if asked.name == "places" else LISTED
    parameters = {one.name: one for one in cards.PARAMETERS[asked.name]}
    names = ["q", *(name for name in parameters if name != "q" and name not in cards.PAGING), "sort"]
    first = _FIRST if asked.name == "claims" else names
    body = render_template(
        "list.html",
        name=asked.name,
        page=page,
        following=following,
        first=[_field(asked, page, parameters[name]) for name in first],
        more=[_field(asked, page, parameters[name]) for name in names if name not in first],
        kept=[(key, asked.one(key)) for key in ("limit",) if asked.one(key)],
        applied=_applied(asked),
        words=asked.one("q"),
        begun=bool(asked.one("after")),
        start=asked.address(after=""),
        plain=request.script_root + f"/{asked.name}",
        twins=[
            (form.title, address(f"/{asked.name}", {**asked.given, "format": form.name}))
            for form in forms
            if form is not HTML
        ],
    )
    return Response(body, content_type=HTML.content_type)


def _field(asked: _Asked, page: cards.Page, one: Parameter) -> dict[str, object]:
    """A field of the form: its label, its value, and what can be chosen or is proposed, with how many each gives."""
    value, *others = asked.given.get(one.name, [""])
    field: dict[str, object] = {
        "name": one.name,
        "label": _label(asked.name, one.name),
        "type": one.type,
        "value": value,
        "others": others,
        "options": None,
        "proposed": [],
    }
    if one.facet and one.type != "word":
        counts = page.facets[one.name]
        missing = [given for given in asked.given.get(one.name, []) if given not in counts]
        field["options"] = [(code, _words(one, code), counts.get(code, 0)) for code in [*counts, *missing]]
    elif one.type == "choice":
        field["options"] = [(code, code.replace("_", " "), None) for code in one.choices if code != one.default]
        field["default"] = one.default
    elif one.type in ("thing", "concept"):
        field["proposed"] = cards.suggestions(engine(), asked.name, one.name, most=_PROPOSED)
    if one.type == "word":
        field["proposed"] = [
            *page.facets[one.name].items(),
            *cards.suggestions(engine(), asked.name, one.name, most=_PROPOSED),
        ]
    return field


def _label(name: str, key: str) -> str:
    """What a parameter of a list is called in the form."""
    return _LABELS.get(f"{name}/{key}", _LABELS.get(key, key.replace("_", " ").capitalize()))


def _words(one: Parameter, code: str) -> str:
    """A value as the form shows it."""
    return _YES_OR_NO[code] if one.type == "flag" else code.replace("-", " ")


def _applied(asked: _Asked) -> list[tuple[str, str, str]]:
    """The filters that are applied: label, value, and the address of the list without it."""
    return [
        (
            _label(asked.name, key),
            value,
            asked.address(after="", **{key: [other for other in values if other != value]}),
        )
        for key, values in asked.given.items()
        if key not in cards.PAGING
        for value in values
    ]


def _cell(item: Mapping[str, object], column: str) -> object:
    """A value of an entry as one CSV cell: links by IRI, concepts by code, several values with a semicolon between."""
    if column not in ("via", "via_speakers"):
        return _flat(item.get(column))
    ways = item["via"]
    assert isinstance(ways, list)
    claims = [claim for way in ways for claim in way["claims"]]
    return "; ".join(dict.fromkeys(str(claim["iri" if column == "via" else "speaker"]) for claim in claims))


def _flat(value: object) -> object:
    if isinstance(value, dict):
        return value.get("code") or value.get("iri")
    if isinstance(value, list):
        return "; ".join(str(_flat(found)) for found in value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


_PROPOSED = 100
"""Values that are proposed where one is typed."""

_FORMS: Mapping[Format, Callable[[_Asked, cards.Page, int, str | None], Response]] = {
    form: write for form, write in zip(LISTED_PLACES, (_json, _page, _csv, _turtle, _geojson), strict=True)
}
