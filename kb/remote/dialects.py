"""How a service wants our queries written, and how its answers are to be read: the one place where engines differ.

A dialect is recognised by the ``Server`` header.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from kb import grammar
from kb.errors import QueryError
from kb.fetch import Reply
from kb.namespaces import BASE, DEFAULT_GRAPH, iri
from kb.remote.record import HIDDEN

_BOOLEAN = iri("xsd:boolean")


@dataclass(frozen=True)
class Dialect:
    """How to speak to a kind of service.

    ``default_graph`` is the named graph that holds our default graph where the service has none of its own, else "".
    ``reworded`` mends a query, ``reread`` an answer to SELECT and ASK; ``hidden`` are graphs that are no part of what
    is served, and ``strangers`` tells that there are others besides ours.
    """

    name: str
    server: str = ""
    default_graph: str = ""
    hidden: Sequence[str] = HIDDEN
    strangers: bool = False
    reworded: Callable[[str], str] = str
    reread: Callable[[Reply], Reply] = lambda reply: reply

    def query(self, text: str, *, has_record: bool) -> str:
        """A query in the words of the service, which sees no graph that is not ours."""
        is_alone = not has_record and not self.strangers
        return self.reworded(text if is_alone else _hiding(text, tuple(self.hidden), self.strangers))

    def dataset(self, dataset: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """The parameters of the protocol that say which graphs to ask."""
        return dataset or ([("default-graph-uri", self.default_graph)] if self.default_graph else [])


@lru_cache(maxsize=1024)
def _hiding(text: str, hidden: tuple[str, ...], strangers: bool) -> str:
    """The query with a condition on every variable that ranges over graphs; as it is where it does not parse."""
    tokens = grammar.read(text)
    opening = {index for index, rule in tokens.begun if rule == "Graph"}
    inserted: list[tuple[int, str]] = []
    within: list[tuple[int, str]] = []
    depth = 0
    for index, token in enumerate(tokens.tokens):
        if index in opening and tokens.tokens[index + 1].kind == "var":
            within.append((depth, tokens.tokens[index + 1].text))
            inserted.append((token.at, "{ "))
        if token.klass == "{":
            depth += 1
        elif token.klass == "}":
            depth -= 1
            while within and within[-1][0] == depth:
                variable = within.pop()[1]
                inserted.append((token.at + 1, f" FILTER ( {_condition(variable, hidden, strangers)} ) }}"))
    return _with(text, inserted)


def _condition(variable: str, hidden: Sequence[str], strangers: bool) -> str:
    found = [f"{variable} != <{name}>" for name in hidden]
    return " && ".join([*found, *([f'STRSTARTS(STR({variable}), "{BASE}")'] if strangers else [])])


def _with(text: str, inserted: Sequence[tuple[int, str]]) -> str:
    parts, at = [], 0
    for place, words in inserted:
        parts += [text[at:place], words]
        at = place
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=1024)
def _virtuoso_query(text: str) -> str:
    """A query to be joined in the order in which it is written, with the separator of GROUP_CONCAT and types of truth.

    QueryError for GRAPH with a name, which would find nothing.
    """
    tokens = grammar.tokens(text)
    for token, following in pairwise(tokens):
        if token.klass == "GRAPH" and following.kind != "var":
            raise QueryError(
                "The store behind this endpoint, virtuoso, does not find a graph by its name.",
                reason="forbidden",
                hint="Write GRAPH ?g { … } FILTER ( ?g = <…> ).",
            )
    inserted: list[tuple[int, str]] = []
    opened: list[_Bracket] = []
    for index, token in enumerate(tokens):
        if token.klass in ("(", "{"):
            opened.append(_Bracket(token.at + 1, tokens[index - 1].text.upper() if index else ""))
        elif token.klass in (")", "}"):
            bracket = opened.pop()
            if bracket.before == "GROUP_CONCAT" and not bracket.has_separator:
                inserted.append((token.at, '; separator=" "'))
        elif opened and token.klass == ";":
            opened[-1].has_separator = True
        elif opened and token.klass in _TRUTHS:
            opened[-1].is_truth = True
        elif opened and token.klass == "AS" and opened[-1].is_truth:
            inserted.append((opened[-1].start, "STRDT(IF("))
            inserted.append((token.at, f', "true", "false"), <{_BOOLEAN}>) '))
    return _IN_ORDER + _with(text, sorted(inserted, key=lambda one: one[0]))


_IN_ORDER = 'define sql:select-option "order"\n'
"""What stops Virtuoso's planner, which takes minutes over a dozen patterns, and loses rows in some of its plans."""


@dataclass
class _Bracket:
    """A bracket that is open: where its inside begins, what stands before it, and what has been seen in it."""

    start: int
    before: str
    has_separator: bool = False
    is_truth: bool = False


_TRUTHS = (
    "EXISTS",
    "=",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "&&",
    "||",
    "!",
    "BOUND",
    "CONTAINS",
    "STRSTARTS",
    "REGEX",
    "true",
    "false",
)
"""What makes a value of truth of an expression."""


def _virtuoso_reply(reply: Reply) -> Reply:
    """An answer of Virtuoso as the standard has it: ASK as a boolean, labels of blank nodes, and truth in words."""
    if not reply.media_type.endswith("json"):
        return reply
    try:
        found = json.loads(reply.body)
        rows = found["results"]["bindings"]
        if found["head"]["vars"] == ["__ASK_RETVAL"]:
            held = any(row["__ASK_RETVAL"]["value"] not in ("0", "false") for row in rows)
            return replace(reply, body=json.dumps({"head": {}, "boolean": held}).encode())
        for row in rows:
            for term in row.values():
                if term["type"] == "bnode":
                    term["value"] = term["value"].removeprefix("nodeID://")
                elif term.get("datatype") == _BOOLEAN:
                    term["value"] = {"1": "true", "0": "false"}.get(term["value"], term["value"])
    except (KeyError, TypeError, ValueError):
        return reply  # whoever reads it finds that it is broken
    return replace(reply, body=json.dumps(found, ensure_ascii=False).encode())


STANDARD = Dialect("standard")

DIALECTS = (
    Dialect(
        "virtuoso",
        server="Virtuoso/",
        default_graph=DEFAULT_GRAPH,
        hidden=(DEFAULT_GRAPH, *HIDDEN),
        strangers=True,
        reworded=_virtuoso_query,
        reread=_virtuoso_reply,
    ),
)
"""Those that differ from the standard in how they are asked."""


def dialect_of(server: str) -> Dialect:
    """The dialect of a service by its ``Server`` header."""
    return next((one for one in DIALECTS if server.startswith(one.server)), STANDARD)
