"""Where things stand in hand-written Turtle and TriG: a reader of places, not of meaning.

Meaning comes from a real parser (``kb.dataset``); this module only tells on which lines the statements about
a subject stand, so that a finding can point there. It walks the tokens of the TriG grammar (W3C, 2014).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.model import Block, Place, Source

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      | (?P<string>"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
                  |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<mark>\^\^|[{}()\[\];,]|\.(?![A-Za-z0-9]))
      | (?P<name>(?:[^\s<>"'{}()\[\];,\#\\.]|\\.|\.(?=[^\s<>"'{}()\[\];,\#]))+)
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.X | re.S,
)


@dataclass(frozen=True)
class Token:
    """One token: its kind (a group name of the pattern), its text, and the line and offset it starts at."""

    kind: str
    text: str
    line: int
    at: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a Turtle or TriG text, without comments and white space."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind not in ("comment", "space"):
            yield Token(kind, match.group(), line, match.start())
        line += match.group().count("\n")


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    """A text piece by piece, each with whether it is white space outside of strings and comments."""
    for match in _TOKEN.finditer(text):
        yield match.lastgroup == "space", match.group()


def blocks(source: Source) -> list[tuple[str, Block]]:
    """Each subject's IRI with the block of statements about it, in the order of the file.

    A subject that is a blank node has no block of its own. A text that is no valid TriG gives what can be read.
    """
    reader = _Reader(source)
    return reader.found


class _Reader:
    """Walks one file; keeps the prefixes seen so far and the graph it is in."""

    def __init__(self, source: Source) -> None:
        self.found: list[tuple[str, Block]] = []
        self._file = source.name
        self._prefixes: dict[str, str] = {}
        self._graph: str | None = None
        self._walk(list(tokens(source.text)))

    def _iri(self, token: Token) -> str | None:
        if token.kind == "iri":
            return token.text[1:-1]
        if token.kind == "name" and ":" in token.text and not token.text.startswith("_:"):
            prefix, _, local = token.text.partition(":")
            return self._prefixes[prefix] + local.replace("\\", "") if prefix in self._prefixes else None
        return None

    def _walk(self, tokens: list[Token]) -> None:
        at = 0
        while at < len(tokens):
            word = tokens[at].text.lower()
            if word in ("@prefix", "prefix") and at + 2 < len(tokens):
                self._prefixes[tokens[at + 1].text[:-1]] = tokens[at + 2].text[1:-1]
                at += 3
            elif word in ("@base", "base"):
                at += 2
            elif word in ("graph", ".", "{"):
                at += 1
            elif word == "}":
                self._graph = None
                at += 1
            elif at + 1 < len(tokens) and tokens[at + 1].text == "{":
                self._graph = self._iri(tokens[at])
                at += 2
            else:
                at = self._statement(tokens, at)

    def _statement(self, tokens: list[Token], at: int) -> int:
        """Reads one block from its subject on; returns where the next begins."""
        subject, first = self._iri(tokens[at]), tokens[at].line
        predicates: dict[str, int] = {}
        objects: dict[str, tuple[int, int]] = {}
        name: str | None = None
        depth, expect_predicate, last = 0, True, first
        if tokens[at].text in "[(":
            depth, expect_predicate = 1, False
        at += 1
        while at < len(tokens):
            token = tokens[at]
            if depth == 0 and token.text == "}":
                break
            last = token.line
            at += 1
            if depth == 0 and token.text == ".":
                break
            if depth == 0 and token.text == ";":
                expect_predicate = True
                continue
            if expect_predicate:
                name = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" if token.text == "a" else self._iri(token)
                if name is not None:
                    predicates.setdefault(name, token.line)
                expect_predicate = False
                continue
            depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(token.text, 0)
            if name is not None:
                objects[name] = (objects.get(name, (token.at, 0))[0], token.at + len(token.text))
        if subject is not None:
            place = Place(self._file, first, last)
            self.found.append((subject, Block(place, self._graph, predicates, objects)))
        return at
