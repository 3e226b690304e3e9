"""The fields of an address or form, decoded once and strictly."""

from collections.abc import Sequence
from difflib import get_close_matches
from urllib.parse import unquote

import orjson
import pyoxigraph as ox
from flask import request

from api.errors import Problem, bad_parameter
from kb.cards import MAX_VALUES

MAX_FIELDS = 1000

Fields = Sequence[tuple[str, str]]


def of_address() -> Fields:
    """The fields of this request's address; Problem where they are not percent-encoded UTF-8, or too many."""
    return decoded(request.environ.get("QUERY_STRING", "").encode("latin-1"), "address")


def decoded(raw: bytes, where: str) -> Fields:
    """The fields of ``raw``, in their order; Problem as for ``of_address``."""
    if raw.count(b"&") >= MAX_FIELDS:
        raise Problem(400, f"The {where} has more than {MAX_FIELDS} fields.")
    parts = [field.partition(b"=") for field in raw.replace(b"+", b" ").split(b"&") if field]
    try:
        return [(_unquoted(name), _unquoted(value)) for name, _, value in parts]
    except UnicodeError:
        raise Problem(400, f"The {where} is not percent-encoded UTF-8.") from None


def _unquoted(raw: bytes) -> str:
    """A name or value without its percent-encoding, read by a parser of JSON, to which ``%C3`` is ``\\u00C3``.

    For a query that takes a tenth of what ``urllib`` does, which sees to what a text of JSON cannot be. UnicodeError
    where it is not UTF-8.
    """
    if b"%" in raw and raw.isascii() and b'"' not in raw and b"\\" not in raw:
        try:
            octets: str = orjson.loads(b'"' + raw.replace(b"%", b"\\u00") + b'"')
        except orjson.JSONDecodeError:
            pass  # a percent sign that encodes nothing, or a control character
        else:
            return octets.encode("latin-1").decode("utf-8")
    return unquote(raw.decode("utf-8"), errors="strict")


def single(given: Fields, name: str) -> str | None:
    """The value of a field, None where it is not given; Problem where it is given twice."""
    values = [value for key, value in given if key == name]
    if len(values) > 1:
        raise bad_parameter(name, f"“{name}” is given more than once.")
    return values[0] if values else None


def several(given: Fields, name: str) -> list[str]:
    """The values of a field that may be given more than once, without empty ones; Problem where there are too many."""
    values = [value.strip() for key, value in given if key == name]
    if len(values) > MAX_VALUES:
        raise bad_parameter(name, f"“{name}” takes at most {MAX_VALUES} values.")
    return [value for value in values if value]


def by_name(given: Fields, known: Sequence[str]) -> dict[str, str]:
    """The values of fields; Problem for one that is not known, or given twice."""
    checked(given, known)
    return {name: value for name in known if (value := single(given, name)) is not None}


def checked(given: Fields, known: Sequence[str]) -> Fields:
    """The fields as they are; Problem for one that is not known."""
    for name, _ in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean “{near[0]}”? " if near else ""
            hint += f"There are {', '.join(sorted(known))}." if known else "This address takes none."
            raise Problem(400, f"There is no parameter “{name[:80]}”.", hint, "parameter")
    return given


def section(given: Fields, names: Sequence[str]) -> tuple[str, int]:
    """Which section of a page goes on behind which place, empty and 0 where none does; Problem for one that is none."""
    name, after = single(given, "section") or "", single(given, "after") or ""
    if name and name not in names:
        raise bad_parameter("section", f"“{name[:20]}” is no section that is shown in parts.", names)
    if after and not (name and after.isascii() and after.isdigit() and len(after) < 10):
        raise bad_parameter("after", f"“{after[:20]}” is no place in a section.", ["a whole number, with section="])
    return name, int(after or 0)


def is_absolute_iri(text: str) -> bool:
    """Whether a text is an IRI with a scheme, as the engine's own parser sees it."""
    if any(ord(c) <= 32 or c in '<>"{}|\\^`' for c in text):
        return False
    try:
        next(iter(ox.parse(f"<{text}> <{text}> <{text}> .".encode(), format=ox.RdfFormat.N_TRIPLES)))
    except (SyntaxError, StopIteration, ValueError):
        return False
    return True
