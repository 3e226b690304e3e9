"""Lists of things and claims: filters, order, pages, and each page in every format."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, render_template, request

from api import filters
from api.errors import bad_parameter
from api.filters import Asked
from api.negotiate import GEOJSON, HTML, LISTED, LISTED_PLACES, TURTLE, Format
from api.represent import address, as_csv, as_json, as_rdf, chosen, engine
from kb import cards

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


@blueprint.get(f"/<any({', '.join(cards.LISTS)}):name>")
def listing(name: str) -> Response:
    """A page of a list, with filters."""
    asked = filters.asked(f"/{name}", name, cards.PARAMETERS[name])
    table = LISTED_PLACES if name == "places" else LISTED
    form = chosen(asked.one("format") or None, table)  # forms send what is left empty
    limit = filters.limited(asked.one("limit"), cards.DEFAULT_LIMIT, cards.MAX_LIMIT)
    try:
        page = cards.listing(
            engine(),
            name,
            q=asked.one("q"),
            filters=asked.filters,
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


def _json(asked: Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    sort = asked.one("sort") or "slug"
    value = {"total": page.total, "limit": limit, "sort": sort, "items": page.items, "next": following}
    return as_json({**value, "facets": page.facets})


def _csv(asked: Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    columns = COLUMNS[asked.name]
    return as_csv(columns, ([_cell(item, column) for column in columns] for item in page.items))


def _turtle(asked: Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    return as_rdf(engine().quads(subjects=[item["iri"] for item in page.items]), TURTLE)


def _geojson(asked: Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    value = cards.features(engine(), page.items, following=following)
    response = as_json(value)
    response.content_type = GEOJSON.content_type
    return response


def _page(asked: Asked, page: cards.Page, limit: int, following: str | None) -> Response:
    forms = LISTED_PLACES if asked.name == "places" else LISTED
    parameters = {one.name: one for one in cards.PARAMETERS[asked.name]}
    names = ["q", *(name for name in parameters if name != "q" and name not in cards.PAGING), "sort"]
    first = _FIRST if asked.name == "claims" else names
    body = render_template(
        "list.html",
        name=asked.name,
        page=page,
        following=following,
        first=[filters.field(asked, page.facets, parameters[name]) for name in first],
        more=[filters.field(asked, page.facets, parameters[name]) for name in names if name not in first],
        kept=[(key, asked.one(key)) for key in ("limit",) if asked.one(key)],
        applied=filters.applied(asked),
        words=asked.one("q"),
        begun=bool(asked.one("after")),
        start=asked.address(after=""),
        plain=request.script_root + f"/{asked.name}",
        tables=filters.tables(asked) if asked.name == "claims" else [],
        twins=[
            (form.title, address(f"/{asked.name}", {**asked.given, "format": form.name}))
            for form in forms
            if form is not HTML
        ],
    )
    return Response(body, content_type=HTML.content_type)


def _cell(item: Mapping[str, object], column: str) -> object:
    """A value of an entry as one CSV cell: links by IRI, concepts by code, several values with a semicolon between."""
    if column not in ("via", "via_speakers"):
        return filters.flat(item.get(column))
    ways = item["via"]
    assert isinstance(ways, list)
    claims = [claim for way in ways for claim in way["claims"]]
    return "; ".join(dict.fromkeys(str(claim["iri" if column == "via" else "speaker"]) for claim in claims))


_FORMS: Mapping[Format, Callable[[Asked, cards.Page, int, str | None], Response]] = {
    form: write for form, write in zip(LISTED_PLACES, (_json, _page, _csv, _turtle, _geojson), strict=True)
}
