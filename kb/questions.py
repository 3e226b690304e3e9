"""Saved questions: each ``.rq`` file is a query with a title, a description and its parameters in its first comments.

# title: What is said of a day?
# description: One or more sentences; a line that begins with "#   " goes on with what stands above it.
# first: 1, What somebody says happened on one day.
# page: /timeline
# param day (date): The day.
# param who (actor, several): Whoever speaks.
PREFIX …
SELECT … WHERE {
  VALUES ?day { "2022-12-12"^^xsd:date }
  VALUES ?who { UNDEF }
  …

A ``page`` is a path here, such as ``/timeline``, at which the question is asked too.
The few questions with a ``first`` are those that the front page asks, in this order, with these words beside them.

A parameter is a variable with a VALUES block of its own, in one or more places: what the block holds is the default, so
that the file is a query as it stands, for any SPARQL service. UNDEF means that nothing is asked of it. Other values
take the place of what the block holds, as terms: a block of data has room for nothing else.

In parentheses stands what the value is: ``date``, ``number``, ``text``, ``truth``, one of our kinds of IRI (``actor``,
``mode``, ``type``, …), ``thing`` for anything that has a card, or the words to choose from, as in ``before|after``;
with ``several``, any one of several values will do.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb import grammar
from kb.errors import SourceError
from kb.grammar import Token
from kb.namespaces import BASE, OWN, PREFIXES
from kb.sources import read_text, show

Value = ox.NamedNode | ox.Literal

PLAIN: Final = ("choice", "date", "number", "text", "truth")
"""What a value can be beside an IRI."""

TYPES: Final = (*PLAIN, "thing", *OWN)
RESERVED: Final = ("data", "f", "format", "help", "out")
"""Names that mean something else in an address or on the command line."""

LONGEST: Final = 200
"""Characters of the longest value."""

MOST: Final = 20
"""Values that a parameter takes at most."""

_XSD = PREFIXES["xsd"]
_HEAD = re.compile(r"# (title|description|first|page|param)(?: ([^ :]+) \(([a-z|]+)(, several)?\))?: (.*)")
_FIRST = re.compile(r"([1-9]\d?), (.+)")
_NAME = re.compile(r"[a-z]+")
_PAGE = re.compile(r"/[a-z]+")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}\.[0-9]{1,15}")


@dataclass(frozen=True)
class Parameter:
    """A variable of a question that can be given other values; without a default, none need be given."""

    name: str
    type: str
    description: str
    several: bool = False
    default: tuple[Value, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A saved question, named as its file; ``text`` is all that stands in it, with the defaults of its parameters.

    ``first`` is its place among those that the front page asks, and what is said of it there; ``page`` a path here,
    such as ``/timeline``, where it is asked too.
    """

    name: str
    title: str
    description: str
    text: str
    parameters: tuple[Parameter, ...] = ()
    first: tuple[int, str] | None = None
    page: str = ""


class BadValue(ValueError):
    """A value that a parameter does not take; ``choices`` are what it takes, or what is like it."""

    def __init__(self, name: str, message: str, choices: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.choices = choices


def load(folder: Path) -> dict[str, Question]:
    """The questions of a folder by name, sorted; SourceError with file and line of a head that is not as it must be."""
    return {path.stem: read(path.stem, read_text(path), show(path)) for path in sorted(folder.glob("*.rq"))}


def read(name: str, text: str, file: str) -> Question:
    """The question that a text is; SourceError where its head is not as it should be."""
    fields = {"title": "", "description": ""}
    first: tuple[int, str] | None = None
    page = ""
    found: dict[str, Parameter] = {}
    for line, words in _entries(text, file):
        head = _HEAD.fullmatch(words)
        if head is None:
            raise SourceError(f"no line of a head: {words[:60]!r}", file=file, line=line)
        key, parameter, kind, several, value = head.groups()
        if (key == "param") != (parameter is not None):
            raise SourceError("write “# param name (type): what it is”", file=file, line=line)
        if key == "first":
            place = _FIRST.fullmatch(value)
            if place is None:
                raise SourceError("write “# first: 1, What it is about.”", file=file, line=line)
            first = (int(place[1]), place[2])
            continue
        if key == "page":
            if not _PAGE.fullmatch(value):
                raise SourceError("write “# page: /timeline”, or another path here", file=file, line=line)
            page = value
            continue
        if key != "param":
            fields[key] = value
            continue
        if not _NAME.fullmatch(parameter) or parameter in RESERVED or parameter in found:
            raise SourceError(f"{parameter!r} cannot be the name of a parameter here", file=file, line=line)
        choices = tuple(kind.split("|")) if "|" in kind else ()
        if kind == "choice" or (kind not in TYPES and not all(choices or [""])):
            raise SourceError(f"there is no type {kind!r} of parameters", file=file, line=line)
        default = _default(text, parameter, file, line)
        found[parameter] = Parameter(
            parameter, "choice" if choices else kind, value, several is not None, default, choices
        )
    for key, value in fields.items():
        if not value:
            raise SourceError(f"has no “# {key}: …” line at its top", file=file, line=1)
    return Question(name, fields["title"], fields["description"], text, tuple(found.values()), first, page)


def firsts(questions: Iterable[Question], *, most: int) -> list[Question]:
    """The questions to begin with: those with a ``first``, by it, then others as they come."""
    last = (float("inf"), "")
    return sorted(questions, key=lambda one: (one.first or last)[0])[:most]


def bound(question: Question, given: Mapping[str, Sequence[Value]] | None = None) -> str:
    """The query with values for its parameters, without the comments on top; what is not given has its default.

    A parameter without any value is left out: nothing is asked of it.
    """
    given = given or {}
    values = {found.name: given.get(found.name, found.default) for found in question.parameters}
    body = _body(question.text)
    pieces, at = [], 0
    for name, start, inside, end in _blocks(body, tuple(values)):
        if not values[name]:
            pieces.append(body[at:start].rstrip())
            at = end
        elif name in given:
            rows = " ".join(str(value) for value in values[name])
            pieces.append(f"{body[at : inside[0]]} {rows} ")
            at = inside[1]
    return "".join([*pieces, body[at:]])


def value(parameter: Parameter, text: str) -> Value:
    """The term that a text means for a parameter: a slug, a path, a prefixed name or an IRI for things; BadValue."""
    name, kind = parameter.name, parameter.type
    if len(text) > LONGEST or any(ord(c) < 32 for c in text):
        raise BadValue(name, f"“{name}” takes at most {LONGEST} characters, and no control characters")
    if kind == "text":
        return ox.Literal(text)
    if kind == "choice":
        if text not in parameter.choices:
            raise BadValue(name, f"“{text[:40]}” is no value of “{name}”", parameter.choices)
        return ox.Literal(text)
    if kind == "truth":
        if text not in ("true", "false"):
            raise BadValue(name, f"“{text[:40]}” is no value of “{name}”", ("true", "false"))
        return ox.Literal(text, datatype=ox.NamedNode(f"{_XSD}boolean"))
    if kind == "date":
        if not _is_date(text):
            raise BadValue(name, f"“{text[:40]}” is no date", ("a day such as 2022-12-31",))
        return ox.Literal(text, datatype=ox.NamedNode(f"{_XSD}date"))
    if kind == "number":
        for form, datatype in ((_INTEGER, "integer"), (_DECIMAL, "decimal")):
            if form.fullmatch(text):
                return ox.Literal(text, datatype=ox.NamedNode(_XSD + datatype))
        raise BadValue(name, f"“{text[:40]}” is no number", ("a number such as 12 or 0.5",))
    local = text.removeprefix(BASE).lstrip("/")
    first, mark, rest = local.replace(":", "/", 1).partition("/")
    if kind != "thing" and not mark:
        first, rest = kind, local
    if first not in OWN or kind not in ("thing", first) or not _SLUG.fullmatch(rest):
        example = "place/x" if kind == "thing" else f"x or {kind}/x"
        raise BadValue(name, f"“{text[:80]}” names no {kind}", (f"a name such as {example}, or an IRI",))
    return ox.NamedNode(f"{BASE}{first}/{rest}")


def shown(parameter: Parameter, term: Value) -> str:
    """The shortest text that ``value`` reads as a term."""
    if isinstance(term, ox.Literal):
        return term.value
    local = term.value.removeprefix(BASE)
    return local.removeprefix(f"{parameter.type}/")


def _entries(text: str, file: str) -> Iterable[tuple[int, str]]:
    """The entries of a head, each as one line, with the number of its first."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#"):
            break
        if line.startswith("#   ") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line[1:].strip()}")
        else:
            found.append((number, line))
    if not found:
        raise SourceError("has no “# title: …” line at its top", file=file, line=1)
    return found


def _default(text: str, name: str, file: str, line: int) -> tuple[Value, ...]:
    body = _body(text)
    written = {" ".join(body[slice(*inside)].split()) for _, _, inside, _ in _blocks(body, (name,))}
    if len(written) != 1:
        fault = "has several defaults" if written else f"has no block “VALUES ?{name} {{ … }}” in the query"
        raise SourceError(f"parameter {name!r} {fault}", file=file, line=line)
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    rows = ox.Store().query(f"{prologue}SELECT ?{name} {{ VALUES ?{name} {{ {written.pop()} }} }}")
    assert isinstance(rows, ox.QuerySolutions)
    terms = [row[name] for row in rows]
    if terms == [None]:
        return ()
    values = tuple(term for term in terms if isinstance(term, ox.NamedNode | ox.Literal))
    if len(values) != len(terms) or not values:
        raise SourceError(f"the default of {name!r} mixes UNDEF with values", file=file, line=line)
    return values


def _body(text: str) -> str:
    """A query without the comments on top."""
    lines = text.splitlines(keepends=True)
    first = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[first:])


@lru_cache(maxsize=256)
def _blocks(body: str, names: tuple[str, ...]) -> tuple[tuple[str, int, tuple[int, int], int], ...]:
    """The VALUES blocks of some variables: the name, where it starts, what is inside, where it ends."""
    wanted, found = {f"?{name}" for name in names}, []
    tokens = _tokens(body)
    for at, token in enumerate(tokens[:-2]):
        if token.klass != "VALUES" or tokens[at + 1].text not in wanted:
            continue
        end = next(later for later in tokens[at + 2 :] if later.klass == "}")
        found.append((tokens[at + 1].text[1:], token.at, (tokens[at + 2].at + 1, end.at), end.at + 1))
    return tuple(found)


@lru_cache(maxsize=1)
def _tokens(body: str) -> Sequence[Token]:
    """The tokens of the query that was read last: each of its parameters looks for its blocks in them."""
    return grammar.tokens(body)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
