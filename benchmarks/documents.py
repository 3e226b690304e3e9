"""A document of headings, texts, tables and plots, as one HTML file that needs no other, and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

STYLE: Final = Path(__file__).with_name("report.css")


@dataclass(frozen=True)
class Heading:
    """A heading, of level 2 or 3."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table: columns, of which those whose name ends with “#” have numbers, and rows of as many cells.

    A cell that is one of ``verdicts`` is set off.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Plots:
    """Drawings as SVG, each with its caption; the numbers stand in a table of their own."""

    drawings: Sequence[tuple[str, str]]


Block = Heading | Text | Table | Plots
VERDICTS: Final = {
    "met": "good",
    "better": "good",
    "missed": "bad",
    "worse": "bad",
    "failed": "bad",
    "not measured": "bad",
    "no peer": "open",
}
"""Words that are set off in tables, and how."""


def as_html(title: str, blocks: Sequence[Block]) -> str:
    """The whole page, with its style inside."""
    body = "\n".join(_html(block) for block in blocks)
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def as_markdown(title: str, blocks: Sequence[Block]) -> str:
    """The same without the plots, whose numbers stand in tables."""
    parts = [f"# {title}", *(_markdown(block) for block in blocks if not isinstance(block, Plots))]
    return "\n\n".join(parts) + "\n"


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Text(text):
            return f"<p>{escape(text)}</p>"
        case Plots(drawings):
            figures = "".join(
                f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>\n"
                for caption, drawing in drawings
            )
            return f'<div class="plots">\n{figures}</div>'
        case Table(caption, columns, rows):
            head = "".join(f'<th scope="col"{_kind(one)}>{escape(_named(one))}</th>' for one in columns)
            lines = "".join(_line(columns, row) for row in rows)
            label = escape(caption, quote=True)
            return (
                f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">\n<table>\n'
                f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
                f"<tbody>\n{lines}</tbody>\n</table>\n</div>"
            )


def _line(columns: Sequence[str], row: Sequence[str]) -> str:
    first, *rest = row
    cells = [f'<th scope="row">{escape(first)}</th>']
    for column, cell in zip(columns[1:], rest, strict=True):
        mark = VERDICTS.get(cell)
        inner = f'<span class="{mark}">{escape(cell)}</span>' if mark else escape(cell)
        cells.append(f"<td{_kind(column)}>{inner}</td>")
    return f"<tr>{''.join(cells)}</tr>\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {text}"
        case Text(text):
            return text
        case Table(caption, columns, rows):
            head = " | ".join(map(_named, columns))
            rule = "|".join("---:" if one.endswith("#") else "---" for one in columns)
            lines = [f"| {' | '.join(cell.replace('|', '¦') for cell in row)} |" for row in rows]
            return "\n".join([f"{caption}:", "", f"| {head} |", f"|{rule}|", *lines])
        case Plots():
            return ""


def _kind(column: str) -> str:
    """Numbers, verdicts, which stand in columns without a name, and text are set each in its way."""
    return f' class="{"number" if column.endswith("#") else "text" if column else "verdict"}"'


def _named(column: str) -> str:
    return column.removesuffix("#").strip()
