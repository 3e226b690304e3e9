"""The house style looked at: what in the layout of one file is not as ``kb.style.mending`` writes it, rule by rule."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from kb.model import Finding, Source
from kb.namespaces import PREFIXES
from kb.style.document import INDENT, Block, Document, Gap, lead, read
from kb.style.mending import is_settled, plain_text, spare, undeclared, written
from kb.style.rules import RULES, finding
from kb.turtle import pieces

_MEND = "or run testimonia check --fix"
_SAYS = {
    "blank-line": "Blank lines are missing here, or too many: one stands between blocks, none within",
    "end-of-file": "The file does not end with exactly one line end",
    "graph-line": "A brace is out of place: a graph opens with its name and a brace, and closes with a brace alone",
    "object-line": "Objects do not stand one per line, or a single one does not stand beside its property",
    "prefix-form": "The prefix is not declared as @prefix name: <iri> . on one line",
    "property-line": "Two properties stand on one line",
    "spacing": "The words of this line are not set apart by one blank each, or a comment at its end by two",
    "statement-end": "A semicolon or dot is missing or out of place: one ends every line, the other stands alone",
    "subject-line": "The subject does not stand alone on its line",
    "indent": "The line is not indented by 4 blanks for each level",
    "tab": "A tab stands outside of strings",
    "trailing-blank": "The line ends with a blank",
}
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_INVISIBLE = re.compile("[^\\S \t\n\r]")
_SPACE = re.compile(r"[^\S\n]")


def faults(source: Source, document: Document) -> Iterator[Finding]:
    """What is not in house style in a file that a parser takes: prefixes, order, lines and blanks."""
    found = list(_prefixes(source, document))
    for line in document.bases:
        message = "Names depend on a base, so that --fix leaves the file as it is. Write them with a prefix."
        yield finding("no-base", source.name, line, message)
    if is_settled(document) and (mended := written(document)) != source.text:
        plain = plain_text(source.text)
        found += [*_order(source, document), *_text(source, plain), *_gaps(source, read(plain, gaps=True), plain)]
        if not any(RULES[each.rule].mended for each in found):
            found.append(_says("spacing", source, _first_difference(source.text, mended)))
    yield from found


def _says(rule: str, source: Source, line: int) -> Finding:
    return finding(rule, source.name, line, f"{_SAYS[rule]}. Put it right, {_MEND}.")


def _prefixes(source: Source, document: Document) -> Iterator[Finding]:
    needless = spare(document)
    for number, entry in enumerate(document.declarations):
        table = PREFIXES.get(entry.name)
        if table is None:
            names = [name for name, iri in PREFIXES.items() if iri == entry.iri]
            names += get_close_matches(entry.name, PREFIXES, n=1)
            mend = f"Did you mean {names[0]}:?" if names else "Write the names of that vocabulary in full."
            message = f"The prefix {entry.name}: is not in the one table of prefixes. {mend}"
            yield finding("prefix-unknown", source.name, entry.line, message)
        elif table != entry.iri:
            message = f"The prefix {entry.name}: means <{table}> everywhere else. Declare it so."
            yield finding("prefix-iri", source.name, entry.line, message)
        if number in needless:
            message = f"The prefix {entry.name}: is declared twice, or not used. Remove the line, {_MEND}."
            yield finding("prefix-unused", source.name, entry.line, message)
        if not entry.plain:
            yield _says("prefix-form", source, entry.line)
        if entry.late:
            message = f"The prefix {entry.name}: is declared behind a block. Move it to the top, {_MEND}."
            yield finding("prefix-place", source.name, entry.line, message)
    for name in undeclared(document):
        message = f"The prefix {name}: is not declared. Add it, {_MEND}."
        yield finding("prefix-missing", source.name, document.used[name], message)
    early = [entry for entry in document.declarations if not entry.late]
    for place in misplaced([entry.name for entry in early]):
        message = f"The prefix {early[place].name}: is not in order. Sort the prefixes, {_MEND}."
        yield finding("prefix-order", source.name, early[place].line, message)


def _order(source: Source, document: Document) -> Iterator[Finding]:
    """What stands in the wrong order within blocks."""
    for _, block in document.blocks():
        for rule, line, message in _block_order(block):
            yield finding(rule, source.name, line, f"{message}, {_MEND}.", block.subject.text)


def _block_order(block: Block) -> Iterator[tuple[str, int, str]]:
    once: dict[str, int] = {}
    for number, statement in enumerate(block.statements):
        name, line = statement.predicate.text, statement.predicate.line
        if name in once:
            yield "property-twice", line, f"{name} has been given before. Put all its objects under it"
        elif name == "a" and number:
            yield "type-first", line, "The type is not the first thing said of a subject. Put it on top"
        once.setdefault(name, line)
        for place in misplaced([term.text for term in statement.objects]):
            term = statement.objects[place]
            yield "object-order", term.line, f"{term.text} is not in order. Sort the objects"
    names = [name for name in once if name != "a"]
    for place in misplaced(names):
        message = f"{names[place]} is not in order. Put properties in alphabetical order"
        yield "property-order", once[names[place]], message


def misplaced(names: Sequence[str]) -> list[int]:
    """The fewest places of a list that must change for it to be sorted."""
    ends: list[str] = []  # the least last name of a sorted selection of each length
    lengths = []
    for name in names:
        length = bisect_right(ends, name)
        ends[length : length + 1] = [name]
        lengths.append(length)
    found, wanted = [], len(ends) - 1
    for place in reversed(range(len(names))):
        if lengths[place] == wanted:
            wanted -= 1
        else:
            found.append(place)
    return sorted(found)


def _text(source: Source, plain: str) -> Iterator[Finding]:
    """Tabs, blanks at the end of lines, and carriage returns, wherever they are not part of a string."""
    masked = _masked(source.text)
    for number, line in enumerate(masked.split("\n"), start=1):
        if _INVISIBLE.search(line) or (number == 1 and line.startswith("\ufeff")):
            message = f"An invisible character stands in this line that stops every reader. Remove it, {_MEND}."
            yield finding("invisible-character", source.name, number, message)
    if returns := masked.count("\r"):
        message = f"{returns} lines end with a carriage return. Save the file with plain line feeds, {_MEND}."
        yield finding("line-end", source.name, 1, message)
    for number, line in enumerate(_masked(plain).split("\n"), start=1):
        if line.endswith((" ", "\t")):
            yield _says("trailing-blank", source, number)
        elif "\t" in line:
            yield _says("tab", source, number)


def _masked(text: str) -> str:
    """A text of the same lines in which strings and comments have no white space but that at their end."""
    return "".join(
        part if space else _SPACE.sub("x", end := part.rstrip()) + part[len(end) :] for space, part in pieces(text)
    )


def _gaps(source: Source, document: Document, plain: str) -> Iterator[Finding]:
    """White space between words and comments that is not the one wanted, each line once for each rule."""
    found = {(line, "statement-end") for line in document.unended}
    for gap in document.gaps:
        actual = plain[gap.start : gap.token.at]
        if actual != gap.wanted:
            cleaned = _TRAILING.sub("", actual.replace("\t", INDENT))
            if cleaned != gap.wanted:
                found.update(_gap_faults(gap, cleaned))
    for line, rule in sorted(found):
        yield _says(rule, source, line)


def _gap_faults(gap: Gap, actual: str) -> Iterator[tuple[int, str]]:
    """The line and rule of each fault in the white space and the comments before one token."""
    top, line = gap.start == 0, gap.token.line
    if not top and not gap.wanted.startswith("\n"):
        yield line, gap.rule if "\n" in actual else "spacing"
        return
    if not top and "\n" not in actual:
        yield line, gap.rule
        return
    beside, *own = actual.split("\n") if not top else ["", *actual.split("\n")]
    first = line - len(own)
    if beside and beside != f"  {beside.strip()}":
        yield first, "spacing"
    if gap.token.kind == "end":
        comments = "\n".join(lead([text.strip() for text in own])).rstrip("\n")
        if own != (["", *comments.split("\n"), ""] if comments else [""]):
            yield max(first, 1), "end-of-file"
        return
    indent = gap.wanted.lstrip("\n")
    if own.pop() != indent:
        yield line, "indent"
    inner = indent + INDENT if gap.token.text == "}" else indent
    for number, text in enumerate(own, start=first + 1):
        if text and text != inner + text.strip():
            yield number, "indent"
    texts = tuple(text.strip() for text in own)
    apart = gap.wanted.startswith("\n\n")
    wanted = lead(texts) if top or apart else tuple(text for text in texts if text)
    if texts != (("", *wanted) if apart else wanted):
        yield line, "blank-line"


def _first_difference(text: str, other: str) -> int:
    """The first line in which two texts differ."""
    pairs = zip(text.split("\n"), other.split("\n"), strict=False)
    return next((number for number, (left, right) in enumerate(pairs, start=1) if left != right), 1)
