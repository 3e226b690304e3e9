"""What is found by words, and what an address means here."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from api import negotiate
from api.errors import Problem, bad_parameter
from api.fields import by_name, of_address
from api.language import translatable
from api.negotiate import ENTITY, HTML, JSON, LISTING, Format
from api.represent import address, as_csv, as_json, chosen, engine, href, negotiated, redirected
from kb import cards
from kb.index.words import KINDS
from kb.namespaces import BASE

blueprint = Blueprint("search", __name__)

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_WORDS = 200
"""Characters of the longest text that is looked for."""

MAX_ADDRESS = 2000
"""Characters of the longest address that is looked up."""

_COLUMNS = ("iri", "kind", "label", "lang", "speaker", "found_in", "text", "kinds")


@blueprint.get("/search")
def search() -> Response:
    """What has the words asked for, best first, claims with their speaker."""
    fields = _fields({"after": MAX_WORDS, "format": MAX_WORDS, "kind": MAX_WORDS, "limit": MAX_WORDS, "q": MAX_WORDS})
    form = chosen(fields["format"] or None, LISTING)
    if fields["kind"] and fields["kind"] not in KINDS:
        raise bad_parameter("kind", f"“{fields['kind'][:40]}” is no kind of thing.", KINDS)
    limit = _number(fields, "limit", DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
    after = _number(fields, "after", 0, least=0, most=10**9)
    found = cards.NOTHING_FOUND
    if fields["q"]:
        try:
            found = cards.search(engine(), fields["q"], kind=fields["kind"], after=after, limit=limit)
        except cards.BadWords as error:
            raise bad_parameter("q", f"“q” {error}.") from None
    following = None
    if found.after is not None:
        following = request.script_root + address("/search", {**fields, "after": str(found.after)})
    value = {
        "q": fields["q"],
        "kind": fields["kind"] or None,
        "total": found.total,
        "counts": found.counts,
        "limit": limit,
        "items": found.items,
        "next": following,
        "read_as": found.read_as,
        "nearest": found.nearest,
        "apart": found.apart,
    }
    response = _FORMS[form.name](value, fields)
    response.headers["Testimonia-Total"] = str(found.total)
    if following is not None:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


@blueprint.get("/lookup")
def lookup() -> Response:
    """A redirection to what an IRI, path, prefixed name, slug or identifier means here; a list where it is several."""
    fields = _fields({"format": MAX_WORDS, "iri": MAX_ADDRESS})
    wanted, form = _without_suffix(_local(fields["iri"]))
    if fields["format"]:
        form = negotiate.by_name(fields["format"], ENTITY)
        if form is None:
            raise bad_parameter("format", f"“{fields['format'][:20]}” is no format.", negotiate.names(ENTITY))
    if not wanted:
        raise bad_parameter(
            "iri", "“iri” is missing: what is to be looked up.", ["an IRI, a path, a slug, an identifier"]
        )
    found = cards.addressed(engine(), wanted)
    if len(found) == 1:
        path, hash_, term = (href(found[0]) or "").partition("#")
        return redirected(f"{path}.{form.name}{hash_}{term}" if form else f"{path}{hash_}{term}", 303)
    if not found:
        near = cards.likely(engine(), wanted)
        hint = f"Did you mean {', '.join(f'/{name}' for name in near)}?" if near else "/search looks for words."
        raise Problem(404, f"There is nothing here under “{fields['iri'][:MAX_WORDS]}”.", hint, "not-found")
    items = cards.links(engine(), found)
    if negotiated((JSON, HTML)) is HTML:
        page = render_template("lookup.html", wanted=fields["iri"], items=items)
        return Response(page, content_type=HTML.content_type)
    return as_json({"iri": fields["iri"], "total": len(items), "items": items})


def _fields(known: Mapping[str, int]) -> dict[str, str]:
    """The parameters of this request, empty where not given; Problem for one that is not among ``known``, longer than
    that has it, or with control characters."""
    found = dict.fromkeys(known, "")
    for name, given in by_name(of_address(), list(known)).items():
        value = given.strip()
        if len(value) > known[name] or any(ord(c) < 32 or c == "\x7f" for c in value):
            raise bad_parameter(name, f"“{name}” takes at most {known[name]} characters, and no control characters.")
        found[name] = value
    return found


def _number(fields: Mapping[str, str], name: str, otherwise: int, *, least: int, most: int) -> int:
    text = fields[name]
    if not text:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 10 or not least <= int(text) <= most:
        raise bad_parameter(name, f"“{text[:20]}” is no “{name}”.", [f"a whole number from {least} to {most}"])
    return int(text)


def _local(text: str) -> str:
    """An address of this server as the IRI that it stands for; any other text as it is."""
    return BASE + text.removeprefix(request.url_root) if text.startswith(request.url_root) else text


def _without_suffix(text: str) -> tuple[str, Format | None]:
    """A text without the suffix of a format, and that format, where the whole text means nothing."""
    bare, dot, suffix = text.rpartition(".")
    form = negotiate.by_name(suffix, ENTITY) if dot else None
    return (bare, form) if form is not None and not cards.addressed(engine(), text) else (text, None)


def _as_json(value: cards.Json, fields: Mapping[str, str]) -> Response:
    return as_json(value)


def _as_csv(value: cards.Json, fields: Mapping[str, str]) -> Response:
    rows = (
        (
            item["iri"],
            item["kind"],
            item["label"],
            item["lang"],
            item.get("speaker"),
            *_joined(item["matches"]),
            "; ".join(item.get("kinds", ())),
        )
        for item in value["items"]
    )
    return as_csv(_COLUMNS, rows)


def _joined(matches: list[cards.Json]) -> tuple[str, str]:
    return "; ".join(match["what"] for match in matches), "; ".join(match["text"] for match in matches)


def _as_page(value: cards.Json, fields: Mapping[str, str]) -> Response:
    counts = value["counts"]
    kinds = [
        ("", translatable("in all"), sum(counts.values())),
        *((kind, _PLURALS[kind] if count > 1 else kind, count) for kind, count in counts.items()),
    ]
    page = render_template(
        "search.html",
        page=value,
        fields=fields,
        kinds=[
            (kind, name, count, address("/search", {"q": fields["q"], "kind": kind})) for kind, name, count in kinds
        ],
        twins=[
            (form.title, address("/search", {**fields, "format": form.name})) for form in LISTING if form is not HTML
        ],
        nearest=[
            (word, [(one, _instead(fields, word, one)) for one in near]) for word, near in value["nearest"].items()
        ],
        apart=[(word, count, address("/search", {"q": word})) for word, count in value["apart"].items()],
        lookup=f"/lookup?iri={quote(fields['q'], safe='')}",
    )
    return Response(page, content_type=HTML.content_type)


def _instead(fields: Mapping[str, str], word: str, other: str) -> str:
    """The address of the same search with another word."""
    return address("/search", {**fields, "after": "", "q": fields["q"].replace(word, other)})


_PLURALS = {kind: name for name, kind in cards.LISTS.items()} | {
    "concept": translatable("concepts"),
    "term": translatable("terms of the vocabulary"),
}
_FORMS: dict[str, Callable[[cards.Json, Mapping[str, str]], Response]] = {
    "csv": _as_csv,
    "html": _as_page,
    "json": _as_json,
}
