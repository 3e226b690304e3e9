"""``/questions``: the saved questions, each with a form for its parameters and its answer in every format."""

import re
from dataclasses import replace
from difflib import get_close_matches

from flask import Blueprint, Response, g, render_template

from api import fields
from api.errors import Problem, bad_parameter
from api.headers import unchanged
from api.negotiate import GRAPH, HTML, PAGE_OR_JSON, SOLUTIONS
from api.represent import (
    as_json,
    asking,
    chosen,
    client,
    engine,
    negotiated,
    questions,
    result_page,
    still_there,
    whole,
)
from kb import cards, guard
from kb.questions import BadValue, Question

blueprint = Blueprint("questions", __name__)

_CAPITAL = re.compile("[A-Z]")
"""Where a word begins in the name of a column, such as “relayedBy”."""

LISTED_CHOICES = 40
"""Choices of a parameter that the list of questions tells at most; a question's page tells more."""


@blueprint.get("/questions")
def question_list() -> Response:
    """All saved questions, with their parameters."""
    g.may_be_indexed = True
    if negotiated(PAGE_OR_JSON) is HTML:
        found = [{"title": one.title, "description": one.description, "name": one.name} for one in questions().values()]
        return Response(render_template("questions.html", questions=found), content_type=HTML.content_type)
    return as_json([cards.described(engine(), one, most=LISTED_CHOICES) for one in questions().values()])


@blueprint.get("/questions/<name>")
def question(name: str) -> Response:
    """The answer to a saved question, with the values that the address gives for its parameters."""
    found = questions().get(name)
    if found is None:
        near = get_close_matches(name[:80], questions(), n=3)
        hint = f"Did you mean {', '.join(f'/questions/{one}' for one in near)}? " if near else ""
        raise Problem(404, f"There is no question “{name[:80]}”.", f"{hint}/questions lists them.", "not-found")
    given = _given(found)
    try:
        asked = cards.asked(engine(), found, given)
    except BadValue as error:
        raise bad_parameter(error.name, f"{error}.", error.choices) from None
    table = GRAPH if guard.guard(asked.query).form in ("CONSTRUCT", "DESCRIBE") else SOLUTIONS
    form = chosen(given["format"][0] if "format" in given else None, (HTML, *table))
    if unchanged(form.content_type):
        return Response(status=304, content_type=form.content_type)
    answer = engine().answer(replace(asking(asked.query, form, client()), there=still_there()))
    if form is not HTML:
        return whole(answer.body, form)
    rows = cards.read_triples(bytes(answer.body)) if table is GRAPH else cards.read(bytes(answer.body))
    shown = cards.described(engine(), found)
    for parameter in shown["parameters"]:
        parameter["given"] = asked.given[parameter["name"]]
    same = [(key, value) for key, values in given.items() if key != "format" for value in values]
    headings = [_CAPITAL.sub(lambda match: f" {match[0].lower()}", column) for column in rows.columns]
    return result_page(
        "question.html", rows, table, headings=headings, question=shown, query=asked.query.strip(), same=same
    )


def _given(asked: Question) -> dict[str, list[str]]:
    """The values of the address by parameter; Problem for a parameter that the question does not have."""
    known = [*(parameter.name for parameter in asked.parameters), "format"]
    found: dict[str, list[str]] = {}
    for name, value in fields.checked(fields.of_address(), known):
        found.setdefault(name, []).append(value)
    if len(found.get("format", ())) > 1:
        raise bad_parameter("format", "“format” is given more than once.")
    return found
