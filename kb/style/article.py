"""How the files of articles and registry are made up: one block for each subject, in order, everything with an IRI."""

from collections.abc import Iterator
from pathlib import Path

from kb.model import Finding, Source
from kb.namespaces import ARTICLE_SLUG
from kb.style.document import Block, Document, Graph, Term
from kb.style.rules import finding


def blocks(source: Source, document: Document) -> Iterator[Finding]:
    """A subject, or a graph, whose statements stand in more than one block of a file."""
    seen: dict[tuple[str, str], int] = {}
    found = [(graph, block.subject) for graph, block in document.blocks()]
    found += [("{}", item.name) for item in document.items if isinstance(item, Graph)]
    for graph, term in found:
        first = seen.setdefault((graph, term.text), term.line)
        if first != term.line:
            kind = "graph" if graph == "{}" else "subject"
            message = f"The {kind} {term.text} has a block at line {first} already. Put all of it there."
            yield finding("one-block", source.name, term.line, message)


def identifiers(source: Source, document: Document) -> Iterator[Finding]:
    """Blank nodes and lists, which nobody can cite; for the files of articles and registry."""
    for _, block in document.blocks():
        objects = [term for statement in block.statements for term in statement.objects]
        for term in (block.subject, *objects):
            if term.text.startswith(("[", "_:")):
                message = "A blank node cannot be cited. Give it an IRI, and a block of its own."
                yield finding("blank-node", source.name, term.line, message, block.subject.text)
            elif term.text.startswith("("):
                message = "A list cannot be cited in parts. Give several objects, sorted, one per line."
                yield finding("list", source.name, term.line, message, block.subject.text)


def order(source: Source, document: Document) -> Iterator[Finding]:
    """What in the file of an article does not follow its plan: snapshot, sections, article, then all else.

    A claim's graph follows its block; only nodes whose slug begins with the claim's may stand between.
    """
    last = 0
    for item in document.items:
        rank = _rank(item)
        if rank < last:
            term = _subject(item)
            message = (
                f"{term.text} stands too late. Put snapshot, sections and article, in this order, before all else."
            )
            yield finding("file-order", source.name, term.line, message)
        last = rank
    written = {item.subject.name for item in document.items if isinstance(item, Block)}
    claim = ""  # whose graph may come next
    for item in document.items:
        if isinstance(item, Graph):
            if item.name.name in written and item.name.name != claim:
                message = f"The graph {item.name.name} does not follow the block of its claim. Put it there."
                yield finding("claim-graph", source.name, item.name.line, message)
            claim = ""
        elif not (claim and item.subject.name.startswith(f"node:{claim.partition(':')[2]}-")):
            claim = item.subject.name


def name(source: Source, document: Document) -> Iterator[Finding]:
    """What does not agree between the name of an article's file and the articles in it."""
    stem = Path(source.name).stem
    found: dict[str, Term] = {}
    for _, block in document.blocks():
        if block.subject.name.startswith("article:"):
            found.setdefault(block.subject.name, block.subject)
    articles = list(found.values())
    if not articles:
        yield finding("file-name", source.name, 1, f"The file describes no article. Describe article:{stem} here.")
    for term in articles[:1]:
        if term.name != f"article:{stem}":
            message = f"The file of {term.name} is named {stem}. Name both alike."
            yield finding("file-name", source.name, term.line, message)
        elif not ARTICLE_SLUG.fullmatch(stem):
            message = f"{stem} is no day and words. Name the article and its file YYYY-MM-DD-words, in lower case."
            yield finding("file-name", source.name, term.line, message)
    for term in articles[1:]:
        message = f"{term.name} is a second article in one file. Give it a file of its own."
        yield finding("file-name", source.name, term.line, message)


def _subject(item: Block | Graph) -> Term:
    return item.subject if isinstance(item, Block) else item.name


def _rank(item: Block | Graph) -> int:
    """The place of a block in the plan of the file."""
    subject = _subject(item).name
    if subject.startswith("snapshot:"):
        return 0
    if isinstance(item, Block) and any(
        statement.predicate.text == "a" and "t:Section" in [term.text for term in statement.objects]
        for statement in item.statements
    ):
        return 1
    return 2 if subject.startswith("article:") else 3
