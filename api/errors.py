"""Everything that goes wrong, as one body: RFC 9457 problem details, with an HTML twin for browsers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from api import negotiate
from api.language import translatable
from kb.errors import LimitError, QueryError
from kb.namespaces import BASE


@dataclass(eq=False)
class Problem(Exception):
    """An answer that is an error: raise it from a view, or let the handler make it of what was raised.

    ``members`` are those that a kind of problem has beside the common ones (RFC 9457, section 3.2).
    """

    status: int
    detail: str
    hint: str = ""
    kind: str = ""
    line: int | None = None
    column: int | None = None
    token: str = ""
    excerpt: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The problem in a few words."""
        return KINDS[self.kind][1] if self.kind in KINDS else HTTP_STATUS_CODES.get(self.status, "Error")

    @property
    def type(self) -> str:
        """The IRI of this kind of problem; ``about:blank`` where the status says it all (RFC 9457, section 4.2.1)."""
        return f"{BASE}problem/{self.kind}" if self.kind in KINDS else "about:blank"


KINDS: dict[str, tuple[int, str, str]] = {
    "away": (
        503,
        translatable("The store does not answer"),
        translatable("What is served here lies in a store elsewhere, which gave no answer."),
    ),
    "busy": (
        503,
        translatable("All evaluators are busy"),
        translatable("Every place for foreign queries is taken. Ask again a little later."),
    ),
    "crash": (
        503,
        translatable("The query ended its evaluator"),
        translatable("The process that evaluated the query broke down; others go on."),
    ),
    "forbidden": (
        403,
        translatable("This is not served"),
        translatable("SERVICE, LOAD and updates are refused: the endpoint reads its own data."),
    ),
    "memory": (
        503,
        translatable("The query needed too much memory"),
        translatable("A query may use a limited amount of memory and was stopped."),
    ),
    "not-acceptable": (
        406,
        translatable("No format fits"),
        translatable("The Accept header names no format that this answer can take."),
    ),
    "not-in-xml": (
        406,
        translatable("XML cannot carry this answer"),
        translatable("A text in it has a character that XML 1.0 has no way to write."),
    ),
    "not-found": (
        404,
        translatable("There is no such thing here"),
        translatable("The address, or the graph that was asked for, is not served."),
    ),
    "parameter": (
        400,
        translatable("A parameter does not fit"),
        translatable("A parameter is missing, repeated, or has a value it cannot take."),
    ),
    "retired": (
        410,
        translatable("This entry was retired"),
        translatable(
            "The address was published and is no longer in use. It is kept for those who have cited it: with the "
            "reason, the day, and what to use instead."
        ),
    ),
    "share": (
        429,
        translatable("Your share is taken"),
        translatable("A client may have a limited number of long queries at work or waiting."),
    ),
    "size": (
        503,
        translatable("The answer is too large"),
        translatable("Answers are whole or not given; this one grew over the limit."),
    ),
    "syntax": (
        400,
        translatable("The query is not valid"),
        translatable("The query does not follow the grammar of SPARQL 1.1."),
    ),
    "time": (
        503,
        translatable("The query ran too long"),
        translatable("A query may run for a limited time and was stopped."),
    ),
    "too-complex": (
        400,
        translatable("The query is too complex"),
        translatable("The query nests too deep or chains too many operators."),
    ),
    "too-long": (413, translatable("The query is too long"), translatable("Queries may have a limited length.")),
    "update": (
        403,
        translatable("Read only"),
        translatable("This knowledge base is edited by pull request, not over SPARQL."),
    ),
}
"""The kinds of problem that say more than their status: status, title, what it means."""

UPDATE = Problem(
    403,
    "This knowledge base is edited by pull request, not over SPARQL; nothing was changed.",
    hint="Propose the change in the project's tracker; /corrections says how.",
    kind="update",
)

_STATUS_HINTS = {
    404: "The front page / says what is here; /claims, /events, /actors, /places and /objects list it.",
    405: "The Allow header lists the methods that this address knows.",
    408: "Send the request in one go.",
    411: "Send a Content-Length header, as clients do for a body that they have whole.",
    413: "Send less than a megabyte.",
    414: "Send the query in the body of a POST request.",
    416: "The Content-Range header tells how many bytes there are.",
    500: "It is our fault. Please report it with the request id.",
}
_STATUS_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not know that method.",
    413: "The request is too large.",
    414: "The address is too long.",
    416: "That range of bytes is not there.",
    500: "Something went wrong on our side.",
}


def hint_of(status: int) -> str:
    """What to do about a status that says it all."""
    return _STATUS_HINTS.get(status, "")


def register(app: Flask) -> None:
    """Makes every error of ``app`` a problem."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error  # a redirect, which is no error
    return respond(_problem(error))


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, QueryError):
        kind = error.reason if error.reason in KINDS else "syntax"
        return Problem(
            KINDS[kind][0], str(error), error.hint, kind, error.line, error.column, error.token, error.excerpt
        )
    if isinstance(error, LimitError):
        kind = error.reason if error.reason in KINDS else "busy"
        return Problem(KINDS[kind][0], str(error), error.hint, kind, headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, HTTPException) and error.code is not None:
        headers = {
            name: value for name, value in error.get_headers() if name in ("Allow", "Content-Range", "Retry-After")
        }
        detail = _STATUS_DETAILS.get(error.code, error.description or "")
        return Problem(error.code, detail, _STATUS_HINTS.get(error.code, ""), headers=headers)
    current_app.logger.error("request %s failed", g.get("request_id"), exc_info=error)
    return Problem(500, _STATUS_DETAILS[500], _STATUS_HINTS[500])


def respond(problem: Problem) -> Response:
    """The response that tells a problem: HTML where the client asks for it by name, else problem+json."""
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "hint": problem.hint,
        "request_id": g.get("request_id"),
        "line": problem.line,
        "column": problem.column,
        "token": problem.token or None,
        "excerpt": problem.excerpt or None,
        **problem.members,
    }
    body = {name: value for name, value in body.items() if value is not None}
    form = negotiate.choose(request.headers.get("Accept"), negotiate.ERROR) or negotiate.PROBLEM
    if form is negotiate.HTML:
        response = Response(render_template("problem.html", problem=body), content_type=form.content_type)
    else:
        text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
        response = Response(text, content_type=negotiate.PROBLEM.media_type)
    response.status_code = problem.status
    response.headers.extend(dict(problem.headers))
    response.headers["Cache-Control"] = "no-store"
    return response


def not_acceptable(table: tuple[negotiate.Format, ...]) -> Problem:
    """The problem of an Accept header that fits none of ``table``."""
    types = ", ".join(dict.fromkeys(found.media_type for found in table))
    return Problem(
        406, "The Accept header names no format that this answer can take.", f"It can be {types}.", "not-acceptable"
    )


def bad_parameter(name: str, detail: str, choices: Sequence[str] = ()) -> Problem:
    """The problem of one parameter; the hint names what it takes."""
    hint = f"“{name}” takes: {', '.join(choices)}." if choices else ""
    return Problem(400, detail, hint, "parameter")
