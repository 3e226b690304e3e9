"""``/participations``, ``/quantities``, ``/months``: what claims tell of events, as flat tables."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, render_template

from api import filters
from api.errors import bad_parameter
from api.filters import Asked
from api.language import translatable
from api.negotiate import HTML, JSON, LISTING, Format
from api.represent import ROWS_LIMIT, address, as_csv, as_json, chosen, engine
from kb import cards
from kb.cards import Flat

blueprint = Blueprint("flat", __name__)

_CLAIM = ("claim", "speaker", "holder", "mode", "certainty", "polarity", "realis", "article")
_PART = ("event", "type", "role", "participant", "label")
COLUMNS: Mapping[str, Sequence[str]] = {
    "participations": (*_CLAIM, *_PART),
    "quantities": (
        *(*_CLAIM, *_PART),
        *("quantity", "number", "least", "most", "unit", "approximation", "words"),
    ),
    "months": ("month", "type", "label", "claims", "holders"),
}
"""The columns of each table, in JSON as in CSV; new ones are added at the end."""

_SHOWN: Mapping[str, Sequence[tuple[str, str]]] = {
    "participations": (
        ("speaker", translatable("According to")),
        ("mode", translatable("Mode")),
        ("polarity", translatable("Affirmed or denied")),
        ("type", translatable("Event or state")),
        ("role", translatable("Role")),
        ("label", translatable("Who or what")),
    ),
    "quantities": (
        ("number", translatable("Number")),
        ("unit", translatable("Unit")),
        ("words", translatable("In the words of the text")),
        ("speaker", translatable("According to")),
        ("mode", translatable("Mode")),
        ("polarity", translatable("Affirmed or denied")),
        ("label", translatable("Of whom or what")),
        ("type", translatable("Event or state")),
    ),
    "months": (
        ("month", translatable("Month")),
        ("label", translatable("Event or state")),
        ("claims", translatable("Claims")),
        ("holders", translatable("Holders")),
    ),
}
"""The columns that the page of each table shows, with their headings."""

_INTRODUCED = {
    "participations": translatable(
        "Who or what has a part in what events and states, as claims tell it: each row is what one claim says, with "
        "its speaker."
    ),
    "quantities": translatable(
        "The numbers that claims give, the largest first; where the words only set a bound, by that. Each row is what "
        "one claim says, with its speaker."
    ),
    "months": translatable(
        "How many claims tell of an event or state of a type that can begin in a month at the earliest, and how many "
        "holders they have. Claims without such a day are not counted."
    ),
}
_FIRST = ("holder", "article", "names", "type", "mode", "polarity")
"""What the form shows at once; the other filters stand behind “More filters”."""


@blueprint.get("/participations")
def participations() -> Response:
    """Who is said to take part in what, and as what: a row for each part that a claim gives somebody or something."""
    asked, form = _asked("participations")
    limit = filters.limited(asked.one("limit"), cards.FLAT_LIMIT, cards.MOST_ROWS)
    return _answer(asked, form, limit)


@blueprint.get("/quantities")
def quantities() -> Response:
    """The numbers that claims give, the largest first: a row for each, with what it counts or measures."""
    asked, form = _asked("quantities")
    limit = filters.limited(asked.one("limit"), cards.FLAT_LIMIT, cards.MOST_ROWS)
    return _answer(asked, form, limit)


@blueprint.get("/months")
def months() -> Response:
    """How much is told of each month, by type of event: a row for each month and type."""
    asked, form = _asked("months")
    return _answer(asked, form, None)


def _asked(name: str) -> tuple[Asked, Format]:
    asked = filters.asked(f"/{name}", "claims", cards.FLAT[name])
    return asked, chosen(asked.one("format") or None, LISTING)


def _answer(asked: Asked, form: Format, limit: int | None) -> Response:
    """A table as it is asked for, in pages of ``limit`` rows; Problem where a filter names nothing."""
    name = asked.path.removeprefix("/")
    try:
        found = _found(name, asked, limit)
        if form is HTML:
            facets = cards.claim_facets(engine(), asked.one("q"), asked.filters)
    except cards.BadFilter as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None
    following = None if found.after is None else asked.address(after=str(found.after))
    if form is JSON:
        paged = {} if limit is None else {"limit": limit, "next": following}
        response = as_json({"total": found.total, **paged, "items": found.items})
    elif form is HTML:
        response = _page(name, asked, found, following, facets)
    else:
        columns = COLUMNS[name]
        response = as_csv(columns, ([filters.flat(row[column]) for column in columns] for row in found.items))
    response.headers["Testimonia-Total"] = str(found.total)
    if limit is not None:
        response.headers.add("Link", f'<{asked.address(after="")}>; rel="first"')
    if following is not None:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


def _found(name: str, asked: Asked, limit: int | None) -> Flat:
    if limit is None:
        return cards.months(engine(), q=asked.one("q"), filters=asked.filters)
    read = {"participations": cards.participations, "quantities": cards.quantities}[name]
    return read(
        engine(),
        q=asked.one("q"),
        filters=asked.filters,
        after=filters.behind(asked.one("after"), "row of a table"),
        limit=limit,
    )


def _page(
    name: str, asked: Asked, found: Flat, following: str | None, facets: Mapping[str, Mapping[str, int]]
) -> Response:
    parameters = {one.name: one for one in cards.FLAT[name]}
    names = ["q", *(key for key in parameters if key != "q" and key not in cards.PAGING)]
    first = [*_FIRST, *(key for key in names if key == cards.NUMBERED)]
    narrowing = {key: values for key, values in asked.given.items() if key not in (*cards.PAGING, cards.NUMBERED)}
    body = render_template(
        "flat.html",
        title=filters.TABLES[name],
        intro=_INTRODUCED[name],
        found=found,
        rows=found.items[:ROWS_LIMIT],
        columns=_SHOWN[name],
        first=[filters.field(asked, facets, parameters[key]) for key in first],
        more=[filters.field(asked, facets, parameters[key]) for key in names if key not in first],
        kept=[("limit", asked.one("limit"))] if asked.one("limit") else [],
        applied=filters.applied(asked),
        plain=asked.address(**{key: "" for key in asked.given}),
        following=following,
        begun=bool(asked.one("after")),
        start=asked.address(after=""),
        claims=address("/claims", narrowing),
        others=filters.tables(asked, without=name),
        twins=[
            (form.title, address(f"/{name}", {**asked.given, "format": form.name}))
            for form in LISTING
            if form is not HTML
        ],
    )
    return Response(body, content_type=HTML.content_type)
