"""Requests made by chance out of the OpenAPI document, fitting and unfitting, and what every answer must keep."""

from typing import Any
from zlib import crc32

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import allow_header_conformance, positive_data_acceptance

MEDIA_TYPES = (
    *("*/*", "application/json", "text/html", "text/turtle", "application/ld+json", "application/trig", "text/csv"),
    *("application/sparql-results+json", "application/sparql-results+xml", "application/rdf+xml"),
)

CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": [400, 403, 404, 405, 406, 411, 413, 414, 415, 431]},
            "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
        }
    }
)
"""What is too long has statuses of its own, and 503 is what a limit is told with."""


@schemathesis.serializer("application/sparql-query")
def _as_it_is(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A query as the body of a request; what is no text is sent as what Python calls it."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


def by_chance(examples: int) -> settings:
    """The same requests each time, so many of each kind for each operation."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def holds(case: Case, **more: Any) -> None:
    """Sends a request, and holds the answer against the document: statuses, media types, headers, schemas, refusals.

    Which format is asked for follows from the request, for chance knows nothing of that. What fits its schema may be
    refused all the same: not every text is a query. ``Allow`` on graphs does not name the methods that are refused.
    """
    accept = MEDIA_TYPES[crc32(repr((case.path_parameters, case.query)).encode()) % len(MEDIA_TYPES)]
    headers = {"Accept": accept, "Accept-Encoding": "identity", **(case.headers or {})}
    unfit = [positive_data_acceptance, *([allow_header_conformance] if case.path == "/data" else [])]
    case.call_and_validate(headers=headers, excluded_checks=unfit, **more)
