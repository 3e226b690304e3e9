"""``/timeline``: when things are said to have happened, with what is uncertain of it."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Response, render_template

from api import filters
from api.errors import bad_parameter
from api.filters import Asked
from api.negotiate import HTML, JSON, LISTING
from api.pictures import times
from api.represent import address, as_csv, as_json, chosen, engine
from kb import cards
from kb.cards import Json, Timeline

blueprint = Blueprint("timeline", __name__)

COLUMNS = (
    *("iri", "speaker", "holder", "mode", "certainty", "polarity", "realis", "about", "paraphrase", "article"),
    *("edtf", "words", "relative_to", "earliest_begin", "latest_begin", "earliest_end", "latest_end", "when"),
)
"""The columns of the CSV form; new ones are added at the end."""

LETTERED = 26
"""Articles of one page up to which each has a letter."""

_FIRST = ("holder", "article", "place", "type", "mode", "realis", "from", "to")
"""What the form shows at once; the other filters stand behind “More filters”."""


@blueprint.get("/timeline")
def timeline() -> Response:
    """The times that claims tell of, with their speakers: what is certain, possible and open of each."""
    asked = filters.asked("/timeline", "claims", cards.TIMELINE)
    form = chosen(asked.one("format") or None, LISTING)
    limit = filters.limited(asked.one("limit"), cards.TIMELINE_LIMIT, cards.MOST_TIMES)
    try:
        found = cards.timeline(
            engine(),
            q=asked.one("q"),
            filters=asked.filters,
            after=filters.behind(asked.one("after"), "place in a timeline"),
            limit=limit,
        )
    except cards.BadFilter as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None
    following = None if found.after is None else asked.address(after=str(found.after))
    if form is JSON:
        response = as_json(_value(asked, found, limit, following))
    elif form is HTML:
        response = _page(asked, found, following)
    else:
        response = as_csv(COLUMNS, map(_row, found.items))
    response.headers["Testimonia-Total"] = str(found.total)
    response.headers.add("Link", f'<{asked.address(after="")}>; rel="first"')
    if following is not None:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


def _value(asked: Asked, found: Timeline, limit: int, following: str | None) -> Json:
    return {
        "total": found.total,
        "claims": found.claims,
        "undated": found.undated,
        "undated_claims": _undated(asked),
        "limit": limit,
        "unit": found.unit,
        "stretches": found.stretches,
        "items": found.items,
        "next": following,
        "facets": found.facets,
    }


def _undated(asked: Asked) -> str:
    """The list of the claims that fit and tell of no time."""
    dropped = ("from", "to", "when", *cards.PAGING)
    return address("/claims", {**{k: v for k, v in asked.given.items() if k not in dropped}, "dated": "false"})


def _row(item: Mapping[str, Json]) -> list[object]:
    """An entry as a line of CSV."""
    time = item["time"]
    bounds = time["bounds"] or {}
    given: dict[str, object] = {
        **item,
        **bounds,
        "edtf": time["edtf"],
        "words": time["verbatim"],
        "relative_to": time["relative_to"],
    }
    return [filters.flat(given.get(column)) for column in COLUMNS]


def _page(asked: Asked, found: Timeline, following: str | None) -> Response:
    parameters = {one.name: one for one in cards.TIMELINE}
    names = ["q", *(name for name in parameters if name != "q" and name not in cards.PAGING)]
    articles = {item["article"]["iri"]: item["article"] for item in found.items if item["article"]}
    body = render_template(
        "timeline.html",
        found=found,
        first=[filters.field(asked, found.facets, parameters[name]) for name in _FIRST],
        more=[filters.field(asked, found.facets, parameters[name]) for name in names if name not in _FIRST],
        kept=[("limit", asked.one("limit"))] if asked.one("limit") else [],
        applied=filters.applied(asked),
        plain=asked.address(**{name: "" for name in asked.given}),
        following=following,
        begun=bool(asked.one("after")),
        start=asked.address(after=""),
        undated=_undated(asked),
        density=_density(asked, found),
        groups=_groups(found),
        letters=cards.witnesses(engine(), articles.values()) if len(articles) <= LETTERED else {},
        twins=[
            (form.title, address("/timeline", {**asked.given, "format": form.name}))
            for form in LISTING
            if form is not HTML
        ],
    )
    return Response(body, content_type=HTML.content_type)


def _density(asked: Asked, found: Timeline) -> Json | None:
    """The picture of how much is told of each stretch of days, with addresses of timelines of these alone."""
    if len(found.stretches) < 2:
        return None
    first, last = (date.fromisoformat(found.stretches[at][key]) for at, key in ((0, "first"), (-1, "last")))
    on = times.axis(first, last)
    rows = [
        {**one, "href": asked.address(**{"from": one["from"], "to": one["to"], "after": ""})} for one in found.stretches
    ]
    return {
        "axis": on,
        "columns": times.columns(on, found.stretches),
        "rows": rows,
        "most": max(one["claims"] for one in found.stretches),
    }


def _groups(found: Timeline) -> list[Json]:
    """The times of a page by the month or year in which they begin, each group with an axis of that."""
    months = found.unit in ("day", "month")
    groups: dict[tuple[date, date], list[Json]] = {}
    for item in found.items:
        groups.setdefault(times.frame(times.bounds(item["time"]["bounds"]), months=months), []).append(item)
    return [
        {
            "label": times.framed(first, last),
            "axis": (on := times.axis(first, last)),
            "items": [(item, _bar(on, item["time"])) for item in items],
        }
        for (first, last), items in groups.items()
    ]


def _bar(on: times.Axis, time: Json) -> times.Bar | None:
    return times.bar(on, times.bounds(time["bounds"]), about="~" in (time["edtf"] or ""))
