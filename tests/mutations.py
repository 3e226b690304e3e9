"""Mistakes made on purpose in hand-written RDF: blocks to edit, edits, and where each mistake must be found.

A kind of mistake is made at a few places, each chosen by the data alone, as an edit of the text of a file. Places that
share no name are independent: they are laid together in one round, so that a check says what it finds of many at once.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kb.model import Finding, Source
from kb.namespaces import PREFIXES, shorten

PLACES = 3
"""At how many places a kind of mistake is made, where the data has as many."""
TOGETHER = 100
"""How many mistakes are made in one round at most."""
ANY = "any rule"
"""Stands for the rule where there is none yet: whatever is found of what the mistake is about will do."""
_NAME = re.compile(r"\b(?:anchor|claim|node|reuse):[\w-]+")
_ANY_NAME = re.compile(r"\b[a-z]+:[\w-]+")
_GIVEN = re.compile(r"<([\w:]+)>")

Found = tuple[str, str, str, int]
"""A finding as the tests compare it: rule, focus, name of the file, line."""


@dataclass(frozen=True)
class Block:
    """What one subject is said to be in one file: its lines (from 0), its graph, its properties with their objects."""

    file: str
    first: int
    subject: str
    graph: str
    said: Mapping[str, tuple[str, ...]]

    @property
    def key(self) -> tuple[str, int]:
        """Where the block stands."""
        return self.file, self.first

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The block in house style."""
        indent = "    " if self.graph else ""
        found = [f"{indent}{self.subject}"]
        for name, values in sorted(self.said.items(), key=lambda item: (item[0] != "a", item[0])):
            if len(values) == 1 or name == "a":
                found.append(f"{indent}    {name} {' , '.join(sorted(values))} ;")
            else:
                marks = [" ,"] * (len(values) - 1) + [" ;"]
                found.append(f"{indent}    {name}")
                found += [f"{indent}        {value}{mark}" for value, mark in zip(sorted(values), marks, strict=True)]
        return (*found, f"{indent}    .")

    def value(self, name: str) -> str:
        """The first object of a property, empty where there is none."""
        return self.said.get(name, ("",))[0]

    def has(self, name: str, value: str | None = None) -> bool:
        """Whether a property is given, or given with this object."""
        return name in self.said if value is None else value in self.said.get(name, ())

    def without(self, name: str) -> "Block":
        """The block less one property."""
        return replace(self, said={key: values for key, values in self.said.items() if key != name})

    def having(self, name: str, *values: str) -> "Block":
        """The block with exactly these objects of one property."""
        return replace(self, said={**self.said, name: values})

    def adding(self, name: str, *values: str) -> "Block":
        """The block with more objects of one property."""
        return self.having(name, *self.said.get(name, ()), *values)

    def named(self, subject: str) -> "Block":
        """The block of another subject."""
        return replace(self, subject=subject)

    def at(self, *steps: str) -> tuple[str, ...]:
        """The way to the block in its file, or further to one of its lines."""
        return (f"{self.graph} {{", self.subject, *steps) if self.graph else (self.subject, *steps)


@dataclass(frozen=True)
class Edit:
    """New lines instead of those from ``first`` up to ``last`` (exclusive) in a file."""

    file: str
    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """A finding that a mistake must cause: its rule, on whom, and the steps to its line, each below the one before."""

    rule: str
    focus: str
    steps: tuple[str, ...]
    file: str = ""
    """The file in which the steps begin; empty where the first step stands in one file only."""


class Corpus:
    """Hand-written files as blocks that can be looked up."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources = tuple(sources)
        self.lines = {source.name: tuple(source.text.split("\n")) for source in self.sources}
        self.blocks = tuple(block for source in self.sources for block in _blocks(source))
        self._entries = {block.subject: block for block in self.blocks if not block.graph}
        self._graphs: dict[str, list[Block]] = {}
        self._users: dict[str, list[tuple[str, Block]]] = {}
        for block in self.blocks:
            if block.graph:
                self._graphs.setdefault(block.graph, []).append(block)
            for name, values in block.said.items():
                for value in values:
                    self._users.setdefault(value, []).append((name, block))

    def entry(self, subject: str) -> Block:
        """What the default graph says of a subject."""
        return self._entries[subject]

    def graph(self, claim: str) -> Sequence[Block]:
        """The blocks of a claim's graph."""
        return self._graphs.get(claim, ())

    def focus(self, claim: str) -> Block:
        """What a claim's graph says of what the claim is about."""
        about = self.entry(claim).value("t:about")
        return next(block for block in self.graph(claim) if block.subject == about)

    def users(self, subject: str, *names: str) -> list[Block]:
        """The blocks that point to a subject, by some properties or by any."""
        return [block for name, block in self._users.get(subject, ()) if not names or name in names]


def _blocks(source: Source) -> Iterator[Block]:
    """The blocks of a file in house style, in its order."""
    graph, lines = "", source.text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.endswith(" {"):
            graph = line[:-2]
        elif line == "}":
            graph = ""
        elif line and line[0] not in "@#":
            first, said, name = at, dict[str, tuple[str, ...]](), ""
            end = f"{'    ' if graph else ''}    ."
            deep = len(end) + 3
            while lines[at + 1] != end:
                at += 1
                text = lines[at].strip().removesuffix(" ;").removesuffix(" ,")
                if lines[at].startswith(" " * deep):
                    said[name] = (*said[name], text)
                else:
                    name, _, rest = text.partition(" ")
                    said[name] = tuple(rest.split(" , ")) if name == "a" else (rest,) if rest else ()
            at += 1
            yield Block(source.name, first, line.strip(), graph, said)
        at += 1


# edits


def put(old: Block, *new: Block) -> Edit:
    """Other blocks in the place of one."""
    lines = [line for number, block in enumerate(new) for line in ((("",) if number else ()) + block.lines)]
    return Edit(old.file, old.first, old.first + len(old.lines), tuple(lines))


def cut(corpus: Corpus, block: Block) -> Edit:
    """One block and the blank line that goes with it removed."""
    lines, last = corpus.lines[block.file], block.first + len(block.lines)
    if lines[last] == "":
        return Edit(block.file, block.first, last + 1, ())
    return Edit(block.file, block.first - 1, last, ())


def span(corpus: Corpus, claim: str) -> tuple[str, int, int]:
    """The file of a claim's graph, its first line and the one behind its last."""
    file = corpus.graph(claim)[0].file
    lines = corpus.lines[file]
    first = lines.index(f"{claim} {{")
    return file, first, lines.index("}", first) + 1


def line_edit(block: Block, change: Callable[[list[str]], list[str]]) -> Edit:
    """The lines of a block changed as text."""
    return Edit(block.file, block.first, block.first + len(block.lines), tuple(change(list(block.lines))))


def written(corpus: Corpus, edits: Iterable[Edit]) -> list[Source]:
    """The files as edited."""
    texts = {name: list(lines) for name, lines in corpus.lines.items()}
    edits = sorted(edits, key=lambda edit: (edit.first, edit.last), reverse=True)
    for edit in edits:
        texts[edit.file][edit.first : edit.last] = edit.lines
    for edit in edits:
        _declare(texts[edit.file], edit.lines)
    return [replace(source, text="\n".join(texts[source.name])) for source in corpus.sources]


def _declare(lines: list[str], new: Iterable[str]) -> None:
    """Declares the prefixes of new lines in their file, as whoever writes them must."""
    words = " ".join(re.sub(r'"[^"]*"|<[^>]*>', "", line) for line in new if not line.startswith("@prefix"))
    for name in set(re.findall(r"(?<![\w-])([a-z]+):", words)) & PREFIXES.keys():
        if not any(line.startswith(f"@prefix {name}: ") for line in lines):
            declared = [n for n, line in enumerate(lines) if line.startswith("@prefix ")]
            at = next((n for n in declared if lines[n].split()[1] > f"{name}:"), declared[-1] + 1)
            lines.insert(at, f"@prefix {name}: <{PREFIXES[name]}> .")


# kinds of mistakes


@dataclass(frozen=True)
class Kind:
    """A kind of mistake: its name, the blocks where it can be made, the edits, and all that must be found of it.

    ``alone`` for what spreads over a file, so that no other mistake is made beside it.
    """

    name: str
    where: Callable[[Corpus, Block], bool]
    edits: Callable[[Corpus, Block], Sequence[Edit]]
    finds: Callable[[Corpus, Block], Sequence[Expected]]
    alone: bool = False
    places: int = PLACES


@dataclass(frozen=True)
class Mistake:
    """A kind of mistake made at one place."""

    kind: Kind
    block: Block
    edits: tuple[Edit, ...]
    expected: tuple[Expected, ...]
    names: frozenset[str]
    """All names by which places may be related, before and after: the subjects, and what belongs to one article."""
    touched: frozenset[str]
    """All names of which the place speaks, those included of which many others speak."""


def expect(block: Block, rule: str, at: str = "", *, focus: str = "") -> Expected:
    """A finding on the subject of a block, or on another focus, at its first line or that of a property.

    ``at`` that begins with ``/`` tells the way from the top of the file, its steps parted by `` / ``; names in angle
    brackets stand for what the block says, ``<subject>`` and ``<graph>`` for what it is of and where it stands.
    """

    def given(text: str) -> str:
        return _GIVEN.sub(lambda match: block.graph if match[1] == "graph" else _of(block, match[1]), text)

    steps = tuple(given(at)[1:].split(" / ")) if at.startswith("/") else block.at(*([at] if at else []))
    return Expected(rule, given(focus) or block.subject, steps)


def _of(block: Block, name: str) -> str:
    return block.subject if name == "subject" else block.value(name)


def places(corpus: Corpus, kind: Kind) -> list[Block]:
    """All blocks where a kind of mistake can be made, those first that lie far from each other."""
    fit = [block for block in corpus.blocks if kind.where(corpus, block)]
    turn = zlib.crc32(kind.name.encode()) % len(fit) if fit else 0
    step = max(1, len(fit) // kind.places)
    return [fit[(at + turn) % len(fit)] for at in sorted(range(len(fit)), key=lambda at: (at % step, at))]


def mistakes(corpus: Corpus, kind: Kind, blocks: Iterable[Block], taken: Iterable[str] = ()) -> list[Mistake]:
    """A kind of mistake at the first of some blocks that share no name with each other, nor with those taken."""
    made: list[Mistake] = []
    names = set(taken)
    for block in blocks:
        if len(made) == kind.places:
            break
        if block.subject not in names and not names & (mistake := _mistake(corpus, kind, block)).names:
            made.append(mistake)
            names |= mistake.names
    return made


def _mistake(corpus: Corpus, kind: Kind, block: Block) -> Mistake:
    edits, expected = tuple(kind.edits(corpus, block)), tuple(kind.finds(corpus, block))
    texts = [line for edit in edits for line in (*edit.lines, *corpus.lines[edit.file][edit.first : edit.last])]
    names = {name for text in texts for name in _NAME.findall(text)}
    names |= {each.focus for each in expected if each.focus != "graph:default"} | {
        block.subject,
        block.graph or block.subject,
    }
    touched = names | {name for text in texts for name in _ANY_NAME.findall(text)}
    return Mistake(kind, block, edits, expected, frozenset(names), frozenset(touched))


@dataclass(frozen=True)
class Round:
    """Independent mistakes, made together."""

    mistakes: tuple[Mistake, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """All names of which the places speak."""
        return frozenset().union(*(mistake.names for mistake in self.mistakes))


def rounds(corpus: Corpus, kinds: Iterable[Kind]) -> list[Round]:
    """All mistakes of some kinds in as few rounds as come easily; those of one kind are in one round."""
    found: list[Round] = []
    for kind in kinds:
        blocks = places(corpus, kind)
        for number, one in enumerate(found):
            if kind.alone or one.mistakes[0].kind.alone or len(one.mistakes) + kind.places > TOGETHER:
                continue
            made = mistakes(corpus, kind, blocks, one.names)
            if len(made) == kind.places:
                found[number] = Round((*one.mistakes, *made))
                break
        else:
            found.append(Round(tuple(mistakes(corpus, kind, blocks))))
    return found


# what is found


def as_found(findings: Iterable[Finding]) -> set[Found]:
    """Findings as the tests compare them."""
    return {
        (
            each.rule,
            shorten(each.focus).strip("<>"),
            each.place.file if each.place else "",
            each.place.line if each.place else 0,
        )
        for each in findings
    }


def located(expected: Iterable[Expected], sources: Iterable[Source]) -> dict[Expected, Found]:
    """Expected findings with file and line in files as edited; LookupError for one whose line is not there."""
    files = {source.name: source.text.split("\n") for source in sources}
    tops: dict[tuple[str, str], int] = {}
    for name, lines in files.items():
        for number, line in enumerate(lines):
            tops.setdefault((line, name), number)
    homes = {line: name for name in reversed(files) for line in files[name]}
    found = {}
    for each in expected:
        top, *below = each.steps
        name = each.file or homes[top]
        at = tops[top, name]
        for number, step in enumerate(below):
            whole = top.endswith("{") and number == 0
            at = next(n for n in range(at + 1, len(files[name])) if _is_at(files[name][n].strip(), step, whole=whole))
        found[each] = (each.rule, each.focus, name, at + 1)
    return found


def _is_at(line: str, step: str, *, whole: bool) -> bool:
    """Whether a line is a subject, or begins with a property or an object."""
    return line == step or (not whole and line.startswith(f"{step} "))
