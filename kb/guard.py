"""What is known of a foreign query before anything evaluates it: its form, its dataset, and whether it is let in.

The checks run over tokens, never over a recursive parse: 600 nested braces end the process that parses them.
The token classes are those of the SPARQL 1.1 grammar (W3C, 2013, section 19.8).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from kb.errors import QueryError
from kb.namespaces import BASE

MAX_LENGTH = 100_000
"""Characters of the longest query that is read."""

MAX_TOKENS = 20_000
"""Tokens of the longest query that is evaluated."""

MAX_DEPTH = 60
"""Deepest nesting of brackets of any kind."""

MAX_CHAIN = 300
"""Most operators of one kind (or keywords OPTIONAL, UNION, …) in one query: the engine recurses over them."""

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n\r]*)
      | (?P<string>"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
                  |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<var>[?$]\w+)
      | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<name>(?:[A-Za-z\u00c0-\U0010ffff](?:[\w.\-\u00b7]*[\w\-\u00b7])?)?:(?:[\w:%\-\u00b7]|\\.|\.(?=[\w:%\-\\]))*
                |_:\w(?:[\w.\-]*[\w\-])?)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<space>\s+)
      | (?P<mark>\^\^|&&|\|\||!=|<=|>=|.)""",
    re.X | re.S,
)
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_CHAINED_WORDS = {"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "NOT", "EXISTS", "GRAPH", "SELECT", "IN", "LATERAL"}
_CHAINED_MARKS = {"+", "-", "*", "/", "|", "||", "&&", "!", "=", "<", ">", "^"}


@dataclass(frozen=True)
class Token:
    """One token of a query: kind, text, and the offset of its first character."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Guarded:
    """A query that may be evaluated: its form, and the graphs it names in FROM and FROM NAMED."""

    form: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    light: bool = False


def form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; QueryError as for ``guard``."""
    return guard(text).form


def guard(text: str) -> Guarded:
    """What a foreign query asks for, if it may be evaluated.

    QueryError with reason ``too-long``, ``too-complex``, ``forbidden`` (SERVICE, update) or ``syntax`` otherwise.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"The query has {len(text):,} characters; the limit is {MAX_LENGTH:,}.",
            reason="too-long",
            hint="Split it, or fetch the dump and ask it at home.",
        )
    if "\x00" in text:
        raise _syntax(text, text.index("\x00"), "The query contains a NUL character.")
    found = tokens(text)
    if len(found) > MAX_TOKENS:
        raise _complex(f"The query has over {MAX_TOKENS:,} tokens.")
    _check_depth(found)
    _check_chains(found)
    for token in found:
        if token.kind == "word" and token.text.upper() == "SERVICE":
            raise QueryError(
                "SERVICE is not served: this endpoint answers from its own data only.",
                reason="forbidden",
                hint="Ask the other service yourself and join the answers at home.",
                line=_line(text, token.at),
                column=_column(text, token.at),
            )
    return _prologue(text, found)


def tokens(text: str) -> list[Token]:
    """The tokens of a query, without comments and space."""
    return list(_significant(text))


def _significant(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind not in ("comment", "space"):
            yield Token(kind, match.group(), match.start())


def _check_depth(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "mark" and token.text in "([{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _complex(f"The query nests brackets more than {MAX_DEPTH} deep.")
        elif token.kind == "mark" and token.text in ")]}":
            depth -= 1


def _check_chains(tokens: list[Token]) -> None:
    counts: dict[str, int] = {}
    for token in tokens:
        text = token.text.upper()
        if (token.kind == "word" and text in _CHAINED_WORDS) or (token.kind == "mark" and text in _CHAINED_MARKS):
            counts[text] = counts.get(text, 0) + 1
            if counts[text] > MAX_CHAIN:
                raise _complex(f"The query has more than {MAX_CHAIN} times “{token.text}”.")


def _prologue(text: str, tokens: list[Token]) -> Guarded:
    prefixes: dict[str, str] = {}
    base = BASE
    at = 0
    while at < len(tokens) and tokens[at].text.upper() in ("PREFIX", "BASE"):
        if tokens[at].text.upper() == "BASE":
            base = urljoin(base, tokens[at + 1].text[1:-1]) if at + 1 < len(tokens) else base
            at += 2
        else:
            if at + 2 < len(tokens) and tokens[at + 2].kind == "iri":
                prefixes[tokens[at + 1].text[:-1]] = urljoin(base, tokens[at + 2].text[1:-1])
            at += 3
    if at >= len(tokens):
        raise _syntax(text, len(text), "The query ends before SELECT, ASK, CONSTRUCT or DESCRIBE.")
    word = tokens[at].text.upper()
    if word in _UPDATES:
        raise QueryError(
            f"{word} is an update, and this knowledge base is edited by pull request, not over SPARQL.",
            reason="forbidden",
            hint="See /corrections for how to propose a change.",
            line=_line(text, tokens[at].at),
            column=_column(text, tokens[at].at),
        )
    if word not in _FORMS:
        raise _syntax(
            text, tokens[at].at, f"Expected SELECT, ASK, CONSTRUCT or DESCRIBE, found “{tokens[at].text[:40]}”."
        )
    default, named = _from(tokens, at, prefixes, base)
    return Guarded(word, tuple(default), tuple(named), light=len(tokens) - at <= 3)


def _from(tokens: list[Token], at: int, prefixes: dict[str, str], base: str) -> tuple[list[str], list[str]]:
    """The graphs of the dataset clause, which stands between the form and the first group."""
    default: list[str] = []
    named: list[str] = []
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth == 0 and token.kind == "word" and token.text.upper() == "FROM" and at + 1 < len(tokens):
            into = default
            at += 1
            if tokens[at].text.upper() == "NAMED" and at + 1 < len(tokens):
                into = named
                at += 1
            graph = tokens[at]
            prefix, _, local = graph.text.partition(":")
            if graph.kind == "iri":
                into.append(urljoin(base, graph.text[1:-1]))
            elif graph.kind == "name" and prefix in prefixes:
                into.append(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))
        elif depth == 0 and token.kind == "word" and token.text.upper() == "WHERE":
            break
        at += 1
    return default, named


def _complex(message: str) -> QueryError:
    return QueryError(message, reason="too-complex", hint="Ask in several smaller queries, or fetch the dump.")


def _syntax(text: str, at: int, message: str) -> QueryError:
    return QueryError(message, reason="syntax", line=_line(text, at), column=_column(text, at))


def _line(text: str, at: int) -> int:
    """The line of an offset, from 1."""
    return text.count("\n", 0, at) + 1


def _column(text: str, at: int) -> int:
    """The column of an offset, from 1."""
    return at - text.rfind("\n", 0, at)
