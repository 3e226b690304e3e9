"""Saved questions with what is asked of them: values that are there, and the values that one can choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb.cards.facts import Facts, Json, article_link, by_label, kind_of
from kb.cards.lookup import LISTED, find
from kb.cards.names import nearest, registered
from kb.cards.retired import Retired, in_use
from kb.engine import Engine
from kb.namespaces import BASE, PREFIXES, slug
from kb.questions import MOST, PLAIN, BadValue, Parameter, Question, Value, bound, shown, value

CHOICES = 200
"""Values that one can choose from at most; where there are more, one has to know what one asks for."""


@dataclass(frozen=True)
class Asked:
    """A question as it is asked: its query, and for each parameter the values in it, as the shortest texts."""

    question: Question
    query: str
    given: Mapping[str, Sequence[str]]


def asked(engine: Engine, question: Question, given: Mapping[str, Sequence[str]]) -> Asked:
    """A question with the values that are given, as texts; an empty text asks nothing of its parameter.

    BadValue for a value that the parameter does not take or that is not in the data.
    """
    values: dict[str, list[Value]] = {}
    for parameter in question.parameters:
        texts = given.get(parameter.name, ())
        if len(texts) > (MOST if parameter.several else 1):
            most = f"at most {MOST} values" if parameter.several else "one value"
            raise BadValue(parameter.name, f"“{parameter.name}” takes {most}")
        if texts:
            terms = [value(parameter, _whole(engine, parameter, t)) for t in texts if t.strip()]
            values[parameter.name] = [_in_use(engine, parameter, term) for term in terms]
    _there(engine, question, values)
    used = {one.name: [shown(one, term) for term in values.get(one.name, one.default)] for one in question.parameters}
    return Asked(question, bound(question, values), used)


def choices_of(engine: Engine, parameter: Parameter, *, most: int = CHOICES) -> list[Json]:
    """What a parameter can take, as ``value`` and ``label``, sorted by label; [] where it is anything, or too much."""
    if parameter.type == "truth":
        return [{"value": text, "label": label} for text, label in (("true", "yes"), ("false", "no"))]
    if parameter.type == "choice":
        return [{"value": text, "label": text} for text in parameter.choices]
    if parameter.type in PLAIN or parameter.type == "thing":
        return []
    found = registered(engine, PREFIXES[parameter.type])
    if len(found) > most:
        return []
    facts = Facts(engine)
    facts.load(found)
    facts.load([outlet for one in found for outlet in facts.iris(one, "schema:publisher")])
    links = [article_link(facts, one) if kind_of(one) == "article" else facts.link(one) for one in found]
    return [{"value": slug(link["iri"]), "label": link["label"]} for link in sorted(links, key=by_label)]


def described(engine: Engine, question: Question, *, most: int = CHOICES) -> Json:
    """A question without its query: what it asks, and its parameters with type, default and choices."""
    return {
        "name": question.name,
        "title": question.title,
        "description": question.description,
        "href": f"/questions/{question.name}",
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "description": parameter.description,
                "several": parameter.several,
                "default": [shown(parameter, term) for term in parameter.default],
                "choices": choices_of(engine, parameter, most=most),
            }
            for parameter in question.parameters
        ],
    }


def _whole(engine: Engine, parameter: Parameter, text: str) -> str:
    """A value as it is given; where that may be anything, a bare slug with its kind, if it means one thing."""
    text = text.strip()
    if parameter.type != "thing" or "/" in text or ":" in text:
        return text
    found = [name for name in find(engine, text) if kind_of(name) in LISTED]
    if len(found) > 1:
        several = [name.removeprefix(BASE) for name in found]
        raise BadValue(parameter.name, f"“{text[:80]}” can mean several things", several)
    return found[0] if found else text


def _in_use(engine: Engine, parameter: Parameter, given: Value) -> Value:
    """A value, under its new name where it was renamed; BadValue for a thing that is no longer in use."""
    if not isinstance(given, ox.NamedNode):
        return given
    try:
        return ox.NamedNode(in_use(engine, given.value))
    except Retired as gone:
        raise BadValue(parameter.name, str(gone), gone.instead) from None


def _there(engine: Engine, question: Question, values: Mapping[str, Sequence[Value]]) -> None:
    """BadValue where a value is a thing that nothing is said of."""
    named = {term.value for terms in values.values() for term in terms if isinstance(term, ox.NamedNode)}
    there = {quad.subject.value for quad in engine.quads(subjects=named) if isinstance(quad.subject, ox.NamedNode)}
    for parameter in question.parameters:
        for term in values.get(parameter.name, ()):
            if isinstance(term, ox.NamedNode) and term.value not in there:
                kind = kind_of(term.value) or parameter.type
                near = [found.lstrip("/") for found in nearest(engine, kind, slug(term.value))]
                raise BadValue(parameter.name, f"There is no {kind} “{term.value.removeprefix(BASE)}” here", near)
