"""What is served here as OpenAPI 3.1: made of the routes, the table of operations, the keys of cards, and the data.

Nothing stands in the document that the code does not go by: paths are those of the application, parameters and formats
those that requests are held against, choices those of the data, and examples are what the application answers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import getdoc
from itertools import islice
from typing import Final
from urllib.parse import urlencode

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import Rule

from api.bodies import BODIES
from api.errors import KINDS
from api.negotiate import ERROR, GEOJSON, GRAPH, HTML, JSON_LD, SOLUTIONS, Format, names
from api.operations import (
    BARE,
    BODY,
    DATASET,
    EXAMPLE_QUERY,
    MAX_TEXT,
    NO_CONTROLS,
    OPERATIONS,
    QUERY,
    SLUG,
    Operation,
    Parameter,
    format_parameter,
    one_of,
    section_parameters,
)
from api.sparql import DIRECT, FORM
from kb import __version__, cards, guard
from kb.cards import keys
from kb.cards.facts import Json
from kb.cards.filters import MAX_VALUES
from kb.cards.keys import Schema, ref, text, whole
from kb.engine import Engine
from kb.namespaces import BASE, slug
from kb.questions import MOST, PLAIN, Question
from kb.questions import Parameter as Asked

VERSION: Final = "3.1.1"

LONGEST_EXAMPLE: Final = 20_000
"""Characters of the longest example that stands in the document; longer ones stand at their address."""

_TRIED = 3
"""Things of a kind of which the shortest is the example."""

_FEW = 60
"""Choices of a parameter that are listed at most."""

_LOOKED_AT = 50
"""Common values among which one is found that serves as an example: no property, and nothing of the vocabulary."""

_KINDS_TOLD = 4
"""Kinds of thing that are named at most where a parameter takes several."""

_WORD = "said"
"""The word that the example of a search looks for: some claim says who said something."""

_OTHER = "other"
_ARGUMENT = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")

_OF_CLAIMS: Final = {
    **{f"flat.{name}": parameters for name, parameters in cards.FLAT.items()},
    "maps.places": cards.MAP,
    "maps.voices": cards.VOICES,
    "timeline.timeline": cards.TIMELINE,
}
"""The parameters of what shows many claims at once, by endpoint."""

TAGS: Final = {
    "Lists": "What there is, by kind, with filters and pages.",
    "Tables": "What claims tell of events as flat tables, for programs: a row for each part, number or month.",
    "Things": "Everything that has an address, as a page, as JSON and as RDF: by the Accept header, or by a suffix.",
    "Pictures": "Many claims at once: where things are said to be, who relays whom; as a page and as data.",
    "Questions": "Saved questions: answers without writing SPARQL.",
    "Search": "What has some words in it, and what an address or identifier means here.",
    "SPARQL": "The query operation of the SPARQL 1.1 Protocol, read only.",
    "Data": "The dataset as a whole, its figures, and its graphs one by one.",
    "About": "The front page, what problems mean, how to ask for a correction, and this description.",
    "Health": "Whether all is well, for monitors.",
}

ABOUT: Final = """\
Who is said to say what about contested events, where, and on whose authority. Nothing that a source alleges is stated
as fact: whatever tells of a claim names its speaker.

Every key that is described here, and is not marked as optional, is always there. Keys may be added; none is taken away,
and none comes to mean another thing, within a major version.

Parameters that are not described are refused (400), but for /sparql, whose clients send what other services know. One
without a value is as one that is not given; a question asks nothing of it then. Every address answers HEAD and OPTIONS
too. Errors are problems (RFC 9457); their types lead to a page that says what they mean. As long as Testimonia-Build is
the same, so is the answer.

The code is under Apache-2.0; what the data may be used for is said at /.well-known/void.
"""

_HEADERS: Final[Mapping[str, tuple[str, Schema, bool]]] = {
    "Accept-Ranges": ("Ranges of bytes can be asked for.", text(), False),
    "Allow": ("The methods that the address knows.", text(), True),
    "Content-Range": ("Which bytes of how many these are.", text(), False),
    "ETag": ("A validator of this answer: send it as If-None-Match.", text(), False),
    "Link": ("Addresses that belong to this one: canonical, alternate, describedby, next.", text(), False),
    "Location": ("Where to go on.", text(), True),
    "Repr-Digest": ("The SHA-256 of the whole (RFC 9530).", text(), False),
    "Retry-After": ("Seconds after which to ask again.", whole(), False),
    "Testimonia-Attribution": (
        "“merged” where graphs of claims were merged into the default graph: claims stand there without their speaker.",
        text(),
        False,
    ),
    "Testimonia-Build": ("The id of the build that the answer is made from.", text(), True),
    "Testimonia-Hint": ("Why an answer may be empty.", text(), False),
    "Testimonia-Total": ("How many entries there are in all.", whole(), True),
    "X-Request-Id": ("The id of this request.", text(), True),
}
"""Headers of answers: what they say, as what, and whether they are there wherever they are described."""

_PAGE = {HTML.media_type: {"schema": text()}}


@dataclass(frozen=True)
class Place:
    """Where an operation is found: a path with arguments in braces, and the values of those that are spelt out."""

    path: str
    values: Mapping[str, str]
    arguments: Mapping[str, Schema]


@dataclass(frozen=True)
class Source:
    """What a document is made of: the routes with their views, what is served, and what ``ask`` answers in JSON.

    ``ask`` takes a path with its query; it returns None where the answer is not 200. ``files`` are the static ones.
    """

    rules: Sequence[Rule]
    views: Mapping[str, Callable[..., object]]
    engine: Engine
    questions: Mapping[str, Question]
    files: Sequence[str]
    ask: Callable[[str], Json | None]
    root: str = ""


def document(source: Source) -> Json:
    """The OpenAPI document of all that ``source`` has, the same each time for the same build."""
    paths: dict[str, dict[str, Json]] = {}
    names_: set[str] = set()
    for endpoint, place, methods in sorted(operations(source), key=lambda one: (one[1].path, one[0])):
        for method in methods:
            found = _operation(source, endpoint, place, method)
            if found["operationId"] in names_:
                found["operationId"] += "_as"  # with the suffix of a format
            names_.add(found["operationId"])
            paths.setdefault(place.path, {})[method.lower()] = found
    return {
        "openapi": VERSION,
        "info": {
            "title": "Testimonia",
            "version": __version__,
            "summary": "Contested news as attributed claims.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": source.root or "/"}],
        "externalDocs": {"description": "This description as a page to try things out on.", "url": "docs/api"},
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {
            "headers": {
                name: {"description": about, "required": required, "schema": schema}
                for name, (about, schema, required) in _HEADERS.items()
            },
            "responses": {f"Error{status}": _error(status) for status in sorted(_statuses())},
            "schemas": dict(sorted({**keys.schemas(), **BODIES}.items())),
        },
    }


def operations(source: Source) -> Iterator[tuple[str, Place, list[str]]]:
    """Every place with its endpoint and methods; HEAD, and OPTIONS where Flask adds it, go without saying."""
    for rule in source.rules:
        implied = {"HEAD", "OPTIONS"} if getattr(rule, "provide_automatic_options", False) else {"HEAD"}
        for place in _places(source, rule):
            yield rule.endpoint, place, sorted((rule.methods or set()) - implied)


def _places(source: Source, rule: Rule) -> Iterator[Place]:
    """The paths that a rule stands for: one for each value of the argument that is spelt out, and one for the rest."""
    operation = OPERATIONS[rule.endpoint]
    arguments = {
        name: one_of(sorted(part.strip() for part in given.split(","))) if given else _schema(source, rule, name)
        for _, given, name in _ARGUMENT.findall(rule.rule)
    }
    path = _ARGUMENT.sub(r"{\3}", rule.rule)
    each = operation.each
    values = (
        list(source.questions) if rule.endpoint == "questions.question" else arguments.get(each, {}).get("enum", [])
    )
    spelt = [value for value in values if value in operation.bodies] if rule.endpoint == "rest.entity" else values
    for value in spelt:
        rest = {name: schema for name, schema in arguments.items() if name != each}
        yield from _twins(operation, Place(path.replace(f"{{{each}}}", value), {each: value}, rest))
    if not each or len(spelt) < len(values):
        others = {each: one_of([value for value in values if value not in spelt])} if each else {}
        yield from _twins(operation, Place(path, {each: _OTHER} if each else {}, {**arguments, **others}))


def _twins(operation: Operation, place: Place) -> Iterator[Place]:
    yield place
    if operation.twins:
        arguments = {**place.arguments, "suffix": one_of(names(operation.formats))}
        yield Place(f"{place.path}.{{suffix}}", place.values, arguments)


def _schema(source: Source, rule: Rule, name: str) -> Schema:
    """What an argument of a route takes, where the route does not say so itself."""
    if name == "suffix":
        return one_of(names(OPERATIONS[rule.endpoint].formats))
    if name == "filename":
        return one_of(list(source.files))
    if rule.endpoint == "pages.problem":
        return one_of(sorted(KINDS))
    return {"type": "string", "pattern": SLUG}


def _operation(source: Source, endpoint: str, place: Place, method: str) -> Json:
    operation, values = OPERATIONS[endpoint], {**place.values, "method": method.lower()}
    value = place.values.get(operation.each, "")
    summary, about = _words(source, endpoint, place)
    example = _example(source, endpoint, place)
    found: Json = {
        "tags": [operation.tag],
        "operationId": operation.name.format_map(values).replace("-", "_"),
        "summary": summary,
        **({"description": about} if about else {}),
        "parameters": [
            *(_argument(name, schema, example.get(name)) for name, schema in place.arguments.items()),
            *(_query(parameter) for parameter in parameters_of(source, endpoint, value, method)),
        ],
    }
    if method == "POST" and endpoint == "sparql.sparql":
        found["requestBody"] = _body()
    found["responses"] = _responses(source, endpoint, place, method, example)
    return found


def _words(source: Source, endpoint: str, place: Place) -> tuple[str, str]:
    """Summary and description of an operation."""
    value = place.values.get(OPERATIONS[endpoint].each, "")
    if endpoint == "questions.question":
        return source.questions[value].title, source.questions[value].description
    if endpoint == "static":
        return "A file of the pages: style, script, icon", ""
    operation = OPERATIONS[endpoint]
    first, _, rest = (getdoc(source.views[endpoint]) or "").partition("\n")
    kind = "something else that is described" if value == _OTHER else _a(value)
    summary = operation.summary.format_map({operation.each: value, "a_kind": kind}) or first.rstrip(".")
    if "suffix" in place.arguments and operation.twins:
        summary += ", in the format that the suffix names"
    return summary, " ".join(rest.split())


def _a(kind: str) -> str:
    """A kind with its article."""
    return f"an {kind}" if kind[:1] in ("a", "e", "i", "o") else f"a {kind}"


def parameters_of(source: Source, endpoint: str, value: str, method: str = "GET") -> Sequence[Parameter]:
    """The parameters of an operation; ``value`` is that of the argument that is spelt out."""
    if endpoint == "lists.listing":
        return list_parameters(source.engine, value)
    if endpoint in _OF_CLAIMS:
        return [_listed(source.engine, "claims", one) for one in _OF_CLAIMS[endpoint]]
    if endpoint == "questions.question":
        return question_parameters(source.engine, source.questions[value])
    if endpoint == "rest.entity":
        return section_parameters(value)
    found = OPERATIONS[endpoint].parameters or ()
    return [one for one in found if method == "GET" or one is not QUERY]


def list_parameters(engine: Engine, name: str) -> list[Parameter]:
    """The parameters of a list, out of the table that the list goes by."""
    return [_listed(engine, name, one) for one in cards.PARAMETERS[name]]


def _listed(engine: Engine, name: str, one: cards.Parameter) -> Parameter:
    """A parameter of a list with what there is to choose from."""
    most = cards.MAX_CURSOR if one.type == "cursor" else cards.MAX_TEXT
    schema: Schema = {"type": "string", "maxLength": most, "pattern": NO_CONTROLS}
    example, told = None, ""
    if one.type == "number":
        schema = {"type": "integer", "minimum": 1, "maximum": one.most, "default": int(one.default)}
    elif one.type in ("choice", "flag"):
        schema = one_of(list(one.choices) or ["true", "false"])
        schema |= {"default": one.default} if one.default and not one.needs else {}
    elif one.type == "date":
        schema = {"type": "string", "pattern": r"^\s*\d{4}(-\d\d(-\d\d)?)?\s*$"}
    elif one.type in ("concept", "thing"):
        kinds = " or ".join(_a(kind) for kind in one.of) if len(one.of) < _KINDS_TOLD else "anything"
        told = f" The slug, path or IRI of {kinds}."
        there = cards.choices(engine, one.of[0]) if one.type == "concept" else []
        schema = one_of(there) if 0 < len(there) <= _FEW and one.name != "role" else schema
        common = [value for value, _ in cards.suggestions(engine, name, one.name, most=_LOOKED_AT)]
        example = next((value for value in common if ":" not in value and not value.startswith("role/")), None)
    if one.needs:
        told += f" It is given with {' or '.join(one.needs)} only."
    if one.many:
        schema = {"type": "array", "items": schema, "maxItems": MAX_VALUES}
    about = f"{one.description[:1].upper()}{one.description[1:]}.{told}"
    return Parameter(one.name, about, schema, one.many, example=None if "enum" in schema else example)


def question_parameters(engine: Engine, question: Question) -> list[Parameter]:
    """The parameters of a saved question, with their defaults and what there is to choose from."""
    described = cards.described(engine, question, most=_FEW)["parameters"]
    found = [_asked(one, told) for one, told in zip(question.parameters, described, strict=True)]
    return [*found, format_parameter((HTML, *_table(question)))]


def _asked(parameter: Asked, told: Json) -> Parameter:
    schema: Schema = {
        "date": {"type": "string", "format": "date"},
        "number": {"type": "number"},
        "truth": one_of(["true", "false"]),
    }.get(parameter.type, {"type": "string", "maxLength": MAX_TEXT})
    if parameter.type != "truth" and told["choices"]:
        schema = one_of([choice["value"] for choice in told["choices"]])
    default = [one for one in told["default"] if one in schema.get("enum", (one,))]  # it may not be in these data
    if parameter.several:
        schema = {"type": "array", "items": schema, "maxItems": MOST, **({"default": default} if default else {})}
    elif default:
        value = float(default[0]) if parameter.type == "number" else default[0]
        schema = {**schema, "default": value}
    about = parameter.description
    if parameter.type not in PLAIN:
        about += f" A slug{' with its kind, such as place/x' if parameter.type == 'thing' else ''}, or an IRI."
    if told["default"]:
        about += " Given without a value, nothing is asked of it."
    return Parameter(parameter.name, about, schema, parameter.several)


def _table(question: Question) -> tuple[Format, ...]:
    """The formats that the answer of a question can take."""
    return GRAPH if guard.guard(question.text).form in ("CONSTRUCT", "DESCRIBE") else SOLUTIONS


def _argument(name: str, schema: Schema, example: str | None) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        **({} if example is None else {"example": example}),
    }


def _query(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        **({"required": True} if parameter.required else {"allowEmptyValue": True}),
        "schema": parameter.schema,
        **({"style": "form", "explode": True} if parameter.several else {}),
        **({} if parameter.example is None else {"example": parameter.example}),
    }


def _body() -> Json:
    fields = {one.name: {**one.schema, "description": one.about} for one in (QUERY, *DATASET)}
    form = {"type": "object", "properties": fields, "required": ["query"]}
    return {
        "required": True,
        "content": {
            FORM: {"schema": form, "example": {"query": EXAMPLE_QUERY}},
            DIRECT: {"schema": QUERY.schema, "example": EXAMPLE_QUERY},
        },
    }


def _responses(source: Source, endpoint: str, place: Place, method: str, example: Mapping[str, str]) -> Json:
    operation = OPERATIONS[endpoint]
    always = ("Testimonia-Build", "X-Request-Id")
    value = place.values.get(operation.each, "")
    kept = not operation.momentary and method == "GET" and operation.status == 200
    content = _content(source, endpoint, value)
    found: dict[int, Json] = {}
    if operation.status < 400:
        found[operation.status] = {
            "description": "See other" if operation.status == 303 else "The answer",
            "headers": _named((*operation.headers, *(("ETag",) if kept else ()), *always)),
            **({"content": content} if content else {}),
        }
    if content and operation.status == 200 and method == "GET" and (shown := _shown(source, endpoint, place, example)):
        found[200]["content"]["application/json"]["examples"] = shown
    if method == "GET" and endpoint in ("questions.question", "sparql.sparql"):
        found[200]["content"]["application/json"]["examples"] = _linked(source, endpoint, place)
    if kept:
        found[304] = {"description": "Not modified", "headers": _named(("ETag", *always[:1], *always[1:]))}
    for status in {301, 303} & {*operation.also}:
        told = {"description": HTTP_STATUS_CODES[status], "headers": _named(("Location", *always))}
        found[status] = {**told, "content": _PAGE}
    if 206 in operation.also:
        part = {"description": "A range of bytes", "headers": _named(("Content-Range", "ETag", *always))}
        found[206] = {**part, "content": content}
    problems = {*operation.also, *(BODY if method == "POST" and endpoint == "sparql.sparql" else ())}
    problems |= {404} if place.arguments else set()
    for status in (*problems, *((operation.status,) if operation.status >= 400 else ())):
        if status in operation.same_body_on:
            found[status] = {**found[200], "description": HTTP_STATUS_CODES[status]}
        elif status >= 400:
            found[status] = {"$ref": f"#/components/responses/Error{status}"}
    return {str(status): found[status] for status in sorted(found)}


def _content(source: Source, endpoint: str, value: str) -> dict[str, Json]:
    """The media types of an answer with their schemas."""
    operation = OPERATIONS[endpoint]
    if operation.status == 303:
        return dict(_PAGE)
    formats = operation.other_formats.get(value, operation.formats)
    if endpoint == "questions.question":
        formats = (HTML, *_table(source.questions[value]))
    found: dict[str, list[Schema]] = {}
    for form in formats:
        schema = text()
        if form.syntax == JSON_LD.media_type:
            schema = ref("JsonLd")
        elif form is GEOJSON:
            schema = ref(operation.features)
        elif form.syntax.endswith("json"):
            schema = ref(operation.bodies.get(value, operation.bodies.get("", "")))
        schemas = found.setdefault(form.media_type, [])
        if schema not in schemas:
            schemas.append(schema)
    return {
        name: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}} for name, schemas in found.items()
    }


def _example(source: Source, endpoint: str, place: Place) -> dict[str, str]:
    """Values for the arguments of a place that lead to an answer; {} where nothing is there."""
    if endpoint in ("rest.entity", "rest.part"):
        kind = place.values["kind"]
        kind = "mode" if kind == _OTHER else kind
        there = [slug(one) for one in cards.registered(source.engine, f"{BASE}{kind}/")]
        if endpoint == "rest.entity":
            answers = ((one, source.ask(f"/{kind}/{one}")) for one in there)
            shown = islice(((len(str(card)), one) for one, card in answers if card is not None), _TRIED)
            there = [one for _, one in sorted(shown)]  # what was retired has no card
        name = next(iter(there), None)
        return {} if name is None else {"kind": kind, "name": name, "suffix": "json"}
    choices = {name: schema["enum"] for name, schema in place.arguments.items() if schema.get("enum")}
    return {name: "json" if "json" in values else values[0] for name, values in choices.items()}


def _shown(source: Source, endpoint: str, place: Place, example: Mapping[str, str]) -> Json | None:
    """An example of an answer in JSON: in the document, or where to find it; None where there is none to be shown."""
    operation = OPERATIONS[endpoint]
    unfit = ("questions.question", "reference.document", "search.lookup", "sparql.sparql", "static")
    if not operation.bodies or operation.momentary or endpoint in unfit or place.arguments.keys() - example.keys():
        return None
    path = place.path.format_map(example)
    asked = path + {
        "lists.listing": "?limit=1",
        "flat.participations": "?limit=1",
        "flat.quantities": "?limit=1",
        "timeline.timeline": "?limit=1",
        "search.search": f"?limit=1&q={_WORD}",
    }.get(endpoint, "")
    answer = source.ask(asked)
    if answer is None:
        return None
    fitting = len(str(answer)) <= LONGEST_EXAMPLE
    return {"real": {"summary": asked, **({"value": answer} if fitting else {"externalValue": source.root + asked})}}


def _linked(source: Source, endpoint: str, place: Place) -> Json:
    """Where an answer to a query is to be found: it may take seconds, and have thousands of rows."""
    asked = {"query": EXAMPLE_QUERY} if endpoint == "sparql.sparql" else {}
    if endpoint == "sparql.sparql" or _table(source.questions[place.values["name"]]) == SOLUTIONS:
        asked["format"] = "json"
    path = f"{place.path}?{urlencode(asked)}"
    return {"real": {"summary": path, "externalValue": source.root + path}}


def _named(names_: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names_)}


def _statuses() -> set[int]:
    also = {status for operation in OPERATIONS.values() for status in (*operation.also, operation.status)}
    return {status for status in {*also, *BODY} if status >= 400}


def _error(status: int) -> Json:
    if status in BARE:
        return {"description": f"{HTTP_STATUS_CODES[status]}: it may come without a body"}
    kinds = [f"{title.lower()} (`{kind}`)" for kind, (of, title, _) in KINDS.items() if of == status]
    told = HTTP_STATUS_CODES[status] + (f": {', '.join(kinds)}" if kinds else "")
    waits = ("Retry-After",) if status in (429, 503) else ()
    return {
        "description": told,
        "headers": _named(("Testimonia-Build", "X-Request-Id", *waits)),
        "content": {form.media_type: {"schema": text() if form is HTML else ref("Problem")} for form in ERROR},
    }
