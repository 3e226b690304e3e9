"""A Turtle or TriG file as it is laid out: declarations, blocks, graphs, and the comments that belong to each line.

Read from the tokens of ``kb.turtle``. What stands in brackets is one term, kept as it is written. The text is one that
a parser takes; meaning is not looked at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.turtle import Token, tokens

INDENT = "    "


@dataclass(frozen=True)
class Comments:
    """What is said of a line: comments above it ("" is a blank line between them), and those at its end."""

    above: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """A prefix with its IRI; ``late`` where it stands behind a block, ``plain`` where it is ``@prefix … .``"""

    name: str
    iri: str
    line: int
    late: bool
    plain: bool
    comments: Comments


@dataclass(frozen=True)
class Term:
    """A subject, property or object as it is written; ``name`` is its text where that is a name or an IRI, else ""."""

    text: str
    name: str
    line: int
    comments: Comments = Comments()


@dataclass(frozen=True)
class Statement:
    """One property of a subject with its objects; on one line, its comments are those of the property."""

    predicate: Term
    objects: tuple[Term, ...]

    @property
    def inline(self) -> bool:
        """Whether the house style has it on one line: a single object, or types."""
        return is_inline(self.predicate.text, len(self.objects))


@dataclass(frozen=True)
class Block:
    """All that is written about one subject in one place; ``end`` has the comments at its closing dot."""

    subject: Term
    statements: tuple[Statement, ...]
    end: Comments


@dataclass(frozen=True)
class Graph:
    """A named graph with its blocks; ``end`` has the comments at its closing brace."""

    name: Term
    blocks: tuple[Block, ...]
    end: Comments


@dataclass(frozen=True)
class Gap:
    """The white space that the house style wants before a token, and the rule for a line that breaks elsewhere.

    ``start`` is the offset at which the white space before the token begins.
    """

    start: int
    token: Token
    wanted: str
    rule: str


@dataclass(frozen=True)
class Document:
    """A whole file, with what only its layout shows."""

    declarations: tuple[Declaration, ...]
    items: tuple[Block | Graph, ...]
    end: tuple[str, ...]
    """The comments below the last block."""
    gaps: tuple[Gap, ...]
    """What should stand before each token outside of brackets, in the order of the file, where that was asked for."""
    unended: tuple[int, ...]
    """Lines on which a ``;`` or ``.`` is missing or repeated."""
    bases: tuple[int, ...]
    """Lines with ``@base``."""
    used: Mapping[str, int]
    """Prefixes that stand in names, with the line on which each does so first."""

    def blocks(self) -> Iterator[tuple[str, Block]]:
        """Each block with the name of the graph it stands in, "" outside of one, in the order of the file."""
        for item in self.items:
            if isinstance(item, Graph):
                yield from ((item.name.name, block) for block in item.blocks)
            else:
                yield "", item


def read(text: str, *, gaps: bool = False) -> Document:
    """The layout of a text with plain line ends and blanks; of one that no parser takes, what can be read.

    With ``gaps`` also what should stand before each token, which takes half as long again.
    """
    return _Reader(text, gaps).document()


def is_inline(predicate: str, objects: int) -> bool:
    """Whether a property stands on one line with its objects: a single one, or types."""
    return objects < 2 or predicate == "a"


def lead(lines: Sequence[str]) -> tuple[str, ...]:
    """Comments above a line with at most one blank line between them, and none before the first."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return tuple(kept)


_NONE = Comments()
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_DECLARING = ("@prefix", "prefix")


class _Reader:
    """Walks the tokens of one file, and notes what should stand before each."""

    def __init__(self, text: str, gaps: bool) -> None:
        self._text = text
        self._noting = gaps
        self._tokens = [*tokens(text), Token("end", "", text.count("\n") + 1, len(text))]
        self._last = len(self._tokens) - 1
        self._above: dict[int, tuple[str, ...]] = {}
        self._beside: dict[int, str] = {}
        self._at = 0
        self._gaps: list[Gap] = []
        self._unended: list[int] = []
        self._bases: list[int] = []
        if "#" in text:
            self._find_comments()

    def _find_comments(self) -> None:
        """Keeps comments by the number of the token that they stand above, or beside."""
        last = 0
        for number, token in enumerate(self._tokens):
            gap = self._text[last : token.at]
            if "#" in gap:
                first, *own = gap.split("\n")
                if number == 0:
                    own.insert(0, first)
                elif first.strip():
                    self._beside[number - 1] = first.strip()
                if own and not own[-1].strip():
                    own.pop()  # what stands before the token on its own line
                if any(line.strip() for line in own):
                    self._above[number] = tuple(line.strip() for line in own)
            last = token.at + len(token.text)

    def _comments(self, first: int, last: int) -> Comments:
        """The comments of a line made of the tokens from ``first`` up to, not including, ``last``."""
        if not self._above and not self._beside:
            return _NONE
        span = range(first, last)
        above = tuple(line for number in span for line in self._above.get(number, ()))
        return Comments(above, tuple(self._beside[number] for number in span if number in self._beside))

    def _end_of(self, number: int) -> int:
        """The offset at which a token ends, 0 for that before the first."""
        return self._tokens[number].at + len(self._tokens[number].text) if number >= 0 else 0

    def _told(self, term: Term, first: int, last: int) -> Term:
        """A term with the comments of a line made of these tokens."""
        comments = self._comments(first, last)
        return term if comments is _NONE else replace(term, comments=comments)

    def _word(self) -> str:
        return self._tokens[self._at].text

    def _over(self) -> bool:
        return self._at == self._last

    def _take(self, wanted: str, rule: str) -> Token:
        """The next token, which should stand behind the white space ``wanted``, else breaks ``rule`` or spacing."""
        token = self._tokens[self._at]
        if self._noting:
            self._gaps.append(Gap(self._end_of(self._at - 1), token, wanted, rule))
        if self._at < self._last:
            self._at += 1
        return token

    def document(self) -> Document:
        declarations: list[Declaration] = []
        items: list[Block | Graph] = []
        while not self._over():
            wanted = "" if self._at == 0 else "\n" if declarations and not items else "\n\n"
            word = self._word().lower()
            if word in _DECLARING:
                declarations.append(self._declaration(wanted, bool(items)))
            elif word in ("@base", "base"):
                self._bases.append(self._take(wanted, "prefix-form").line)
                self._take(" ", "prefix-form")
                if self._word() == ".":
                    self._take(" ", "prefix-form")
            elif word in (".", "}"):  # one too many
                self._unended.append(self._take("\n", "statement-end").line)
            else:
                items.append(self._item("\n\n" if declarations and not items else wanted))
        above = self._comments(self._at, self._at + 1).above
        self._gaps.append(
            Gap(self._end_of(self._at - 1), self._tokens[-1], "\n\n" if lead(above) else "\n", "end-of-file")
        )
        return Document(
            tuple(declarations),
            tuple(items),
            above,
            tuple(self._gaps),
            tuple(self._unended),
            tuple(self._bases),
            self._used(),
        )

    def _used(self) -> dict[str, int]:
        found: dict[str, int] = {}
        declared = False  # whether the next token is declared, not used
        for token in self._tokens:
            if token.kind == "name" and ":" in token.text and not declared and not token.text.startswith("_:"):
                found.setdefault(token.text.partition(":")[0], token.line)
            declared = token.text.lower() in _DECLARING
        return found

    def _declaration(self, wanted: str, late: bool) -> Declaration:
        start = self._at
        keyword = self._take(wanted, "prefix-form")
        name, iri = self._take(" ", "prefix-form").text, self._take(" ", "prefix-form").text
        plain = keyword.text == "@prefix" and self._word() == "."
        if self._word() == ".":
            self._take(" ", "prefix-form")
        return Declaration(name[:-1], iri[1:-1], keyword.line, late, plain, self._comments(start, self._at))

    def _item(self, wanted: str) -> Block | Graph:
        start = self._at
        words = [self._term(wanted, "blank-line")] if self._word() != "{" else []
        if words and words[0].text.lower() == "graph":
            words.append(self._term(" ", "graph-line"))
        if self._word() != "{":
            return self._block(words[0], start, "")
        self._take(" " if words else wanted, "graph-line")
        comments = self._comments(start, self._at)
        name = Term(
            " ".join(term.text for term in words),
            words[-1].name if words else "",
            self._tokens[start].line,
            comments,
        )
        blocks: list[Block] = []
        while not self._over() and self._word() != "}":
            start = self._at
            gap = f"\n\n{INDENT}" if blocks else f"\n{INDENT}"
            blocks.append(self._block(self._term(gap, "blank-line" if blocks else "graph-line"), start, INDENT))
        start = self._at
        self._take("\n", "graph-line")
        return Graph(name, tuple(blocks), self._comments(start, self._at))

    def _block(self, subject: Term, start: int, indent: str) -> Block:
        """The block of a subject that begins with token ``start``, up to its dot or to the brace behind it."""
        subject = self._told(subject, start, self._at)
        statements: list[Statement] = []
        while not self._over() and self._word() not in (".", "}"):
            statements.append(self._statement(indent + INDENT, "property-line" if statements else "subject-line"))
        start = self._at
        if self._word() == ".":
            self._take(f"\n{indent}{INDENT}", "statement-end")
        else:
            self._unended.append(self._tokens[start - 1].line)
        return Block(subject, tuple(statements), self._comments(start, self._at))

    def _statement(self, indent: str, rule: str) -> Statement:
        first = self._at
        predicate = self._term(f"\n{indent}", rule)
        noted = len(self._gaps)  # white space before objects depends on how many there are
        parts: list[tuple[Term, int, int]] = []
        while not self._over() and self._word() not in (";", ".", "}"):
            start = self._at
            term = self._term(" ", "object-line")
            if self._word() == ",":
                self._take(" ", "object-line")
            parts.append((term, start, self._at))
        before = self._at
        while self._word() == ";":
            if self._at > before:
                self._unended.append(self._tokens[self._at].line)
            self._take(" ", "statement-end")
        if self._at == before:
            self._unended.append(self._tokens[self._at - 1].line)
        if is_inline(predicate.text, len(parts)):
            objects = tuple(term for term, _, _ in parts)
            return Statement(self._told(predicate, first, self._at), objects)
        starts = {self._tokens[start].at for _, start, _ in parts}
        self._gaps[noted:] = [
            replace(gap, wanted=f"\n{indent}{INDENT}") if gap.token.at in starts else gap for gap in self._gaps[noted:]
        ]
        parts[-1] = (*parts[-1][:2], self._at)
        listed = tuple(self._told(*part) for part in parts)
        return Statement(self._told(predicate, first, parts[0][1]), listed)

    def _term(self, wanted: str, rule: str) -> Term:
        """A name, IRI or literal, or all that stands in a pair of brackets as it is written."""
        token = self._take(wanted, rule)
        text, name = token.text, token.text if token.kind in ("name", "iri") else ""
        if text in ("[", "("):
            return Term(self._bracket(token), "", token.line)
        if token.kind == "string" and self._word() == "^^":
            text += self._take("", "spacing").text + self._take("", "spacing").text
        elif token.kind == "string" and self._tokens[self._at].kind == "at":
            text += self._take("", "spacing").text
        return Term(text, name, token.line)

    def _bracket(self, opening: Token) -> str:
        """The text from an opening bracket to its closing one; comments inside are part of it."""
        text, depth, last = opening.text, 1, opening
        while depth and not self._over():
            token = self._tokens[self._at]
            depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(token.text, 0)
            self._above.pop(self._at, None)
            self._beside.pop(self._at - 1, None)
            gap = self._text[last.at + len(last.text) : token.at]
            text += _TRAILING.sub("", gap).replace("\t", INDENT) + token.text
            self._at, last = self._at + 1, token
        return text
