"""The house style written out: a file mended where that is mechanical, with all its comments and the same statements.

Never through a serializer: blocks stay in their order, terms and comments as they are written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import pyoxigraph as ox

from kb.dataset import parse
from kb.errors import SourceError
from kb.model import Source
from kb.namespaces import PREFIXES
from kb.style.document import INDENT, Block, Comments, Declaration, Document, Graph, Statement, Term, lead, read
from kb.turtle import pieces

_ODD = re.compile("[^\\S \t\n]")
_BREAK = re.compile("\r\n?")


def mend(source: Source) -> Source:
    """The file in house style; itself where there is nothing to mend, or where a prefix changes its meaning midway.

    SourceError where no parser takes the file, or where mending would change what it says.
    """
    plain = plain_text(source.text)
    document = read(plain)
    said = _said(source, replace(source, text=_declarations(undeclared(document)) + plain))
    mended = replace(source, text=written(document)) if is_settled(document) else source
    if mended != source and _statements(mended) != said:
        raise SourceError("mending the layout would change what the file says; it is left as it is", file=source.name)
    return mended


def plain_text(text: str) -> str:
    """A text without byte order mark, and with plain blanks and line ends between what it says."""
    text = text.removeprefix("\ufeff")
    if not _ODD.search(text):
        return text
    return "".join(_ODD.sub(" ", _BREAK.sub("\n", part)) if space else part for space, part in pieces(text))


def is_settled(document: Document) -> bool:
    """Whether each prefix means one thing in all of the file, so that its declarations can be moved."""
    bound = {(declaration.name, declaration.iri) for declaration in document.declarations}
    return not document.bases and len(bound) == len({name for name, _ in bound})


def undeclared(document: Document) -> list[str]:
    """The prefixes of the table that a file uses and does not declare, sorted."""
    return sorted(
        (document.used.keys() & PREFIXES.keys()) - {declaration.name for declaration in document.declarations}
    )


def spare(document: Document) -> set[int]:
    """The places of declarations that nothing needs: of prefixes that are not used, and repeated ones."""
    seen: set[str] = set()
    found = set()
    for number, entry in enumerate(document.declarations):
        if entry.name in seen or entry.name not in document.used:
            found.add(number)
        seen.add(entry.name)
    return found


def written(document: Document) -> str:
    """The text of a document in house style; declarations on which there is a comment are never dropped."""
    groups = [_prologue(document)]
    groups += [_graph(item) if isinstance(item, Graph) else _block(item, "") for item in document.items]
    groups.append(list(lead(document.end)))
    text = "\n\n".join("\n".join(group).rstrip("\n") for group in groups if any(group))
    return text + "\n" if text else ""


def _prologue(document: Document) -> list[str]:
    """The comments on top of a file, and its declarations with those that are missing, by name."""
    entries = list(document.declarations)
    head: tuple[str, ...] = ()
    if entries and not entries[0].late:
        head = lead(entries[0].comments.above)
        entries[0] = replace(entries[0], comments=Comments((), entries[0].comments.beside))
    needless = spare(document)
    stay = [e for n, e in enumerate(entries) if n not in needless or any(e.comments.above) or e.comments.beside]
    stay += [Declaration(name, PREFIXES[name], 0, False, True, Comments()) for name in undeclared(document)]
    lines = [_line("", f"@prefix {e.name}: <{e.iri}> .", e.comments) for e in sorted(stay, key=lambda e: e.name)]
    return [*head, *(line for part in lines for line in part)]


def _graph(graph: Graph) -> list[str]:
    opening = f"{graph.name.text} {{".lstrip()
    lines = _line("", opening, graph.name.comments, blanks=True)
    for number, block in enumerate(graph.blocks):
        lines += ([""] if number else []) + _block(block, INDENT)
    comments = "".join(f"{INDENT}{line}\n" for line in graph.end.above if line)
    return [*lines, *comments.splitlines(), *_line("", "}", Comments((), graph.end.beside))]


def _block(block: Block, indent: str) -> list[str]:
    inner = indent + INDENT
    lines = _line(indent, block.subject.text, block.subject.comments, blanks=True)
    for statement in ordered(block.statements):
        predicate, objects = statement.predicate, statement.objects
        if statement.inline:
            values = " , ".join(term.text for term in objects)
            lines += _line(inner, f"{predicate.text} {values} ;", predicate.comments)
        else:
            lines += _line(inner, predicate.text, predicate.comments)
            for number, term in enumerate(objects, start=1):
                end = ";" if number == len(objects) else ","
                lines += _line(inner + INDENT, f"{term.text} {end}", term.comments)
    return [*lines, *_line(inner, ".", block.end)]


def ordered(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Statements with ``a`` first, then by property, one for each, objects sorted."""
    for _, same in groupby(sorted(statements, key=_rank), key=_rank):
        yield _merged(list(same))


def _rank(statement: Statement) -> tuple[bool, str]:
    return statement.predicate.text != "a", statement.predicate.text


def _merged(same: Sequence[Statement]) -> Statement:
    """One statement of several with the same property; the comments of each stay with its first object, or line."""
    predicate, several = same[0].predicate, len(same) > 1
    objects = [term for statement in same for term in (_commented(statement) if several else statement.objects)]
    if several:
        above = [line for statement in same for line in statement.predicate.comments.above]
        beside = [line for statement in same for line in statement.predicate.comments.beside]
        comments = Comments(tuple(above), tuple(beside)) if same[0].inline and predicate.text == "a" else Comments()
        predicate = replace(predicate, comments=comments)
    return Statement(predicate, tuple(sorted(objects, key=lambda term: term.text)))


def _commented(statement: Statement) -> Iterator[Term]:
    """The objects of a statement, the first with the comments of its property too."""
    own, (first, *rest) = statement.predicate.comments, statement.objects
    if statement.inline:
        yield replace(first, comments=own)
    else:
        above = (*own.above, *own.beside, *first.comments.above)
        yield replace(first, comments=Comments(above, first.comments.beside))
    yield from rest


def _line(indent: str, text: str, comments: Comments, *, blanks: bool = False) -> list[str]:
    """A line with the comments above and beside it; blank lines between those above only where asked for."""
    above = [line for line in lead(comments.above) if line or blanks]
    above += comments.beside[:-1]
    end = f"  {comments.beside[-1]}" if comments.beside else ""
    return [*(f"{indent}{line}" if line else "" for line in above), f"{indent}{text}{end}"]


def _said(source: Source, prepared: Source) -> set[ox.Quad]:
    """What a file says or, where no parser takes it as it is, what it says once prefixes and blanks are put right."""
    try:
        return _statements(source)
    except SourceError:
        return _statements(prepared)


def _declarations(names: Sequence[str]) -> str:
    """Declarations that can stand before a text without moving its lines."""
    return "".join(f"@prefix {name}: <{PREFIXES[name]}> . " for name in names)


def _statements(source: Source) -> set[ox.Quad]:
    """What a file says, comparable with what another one says: blank nodes under canonical labels."""
    dataset = ox.Dataset(parse([source]).quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)
