"""The fields of an address or form, decoded once and strictly."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

import pyoxigraph as ox
from flask import request

from api.errors import Problem

MAX_FIELDS = 1000

Fields = Sequence[tuple[str, str]]


def of_address() -> Fields:
    """The fields of this request's address; Problem where they are not percent-encoded UTF-8, or too many."""
    return decoded(request.environ.get("QUERY_STRING", "").encode("latin-1"), "address")


def decoded(raw: bytes, where: str) -> Fields:
    """The fields of ``raw``, in their order; Problem as for ``of_address``."""
    try:
        return parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS
        )
    except UnicodeError:
        raise Problem(400, f"The {where} is not percent-encoded UTF-8.") from None
    except ValueError:
        raise Problem(400, f"The {where} has more than {MAX_FIELDS} fields.") from None


def is_absolute_iri(text: str) -> bool:
    """Whether a text is an IRI with a scheme, as the engine's own parser sees it."""
    if any(ord(c) <= 32 or c in '<>"{}|\\^`' for c in text):
        return False
    try:
        next(iter(ox.parse(f"<{text}> <{text}> <{text}> .".encode(), format=ox.RdfFormat.N_TRIPLES)))
    except (SyntaxError, StopIteration, ValueError):
        return False
    return True
