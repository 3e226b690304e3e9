"""Saved questions: each ``.rq`` file is a query with a title and a description in its first comment lines.

# title: Who is behind a count
# description: One or more sentences; a line that begins with "#   " goes on with the description.
PREFIX …
"""

from dataclasses import dataclass
from pathlib import Path

from kb.errors import SourceError
from kb.sources import read_text, show


@dataclass(frozen=True)
class Question:
    """A saved question: its name is its file's; ``text`` is the whole query."""

    name: str
    title: str
    description: str
    text: str


def load(folder: Path) -> dict[str, Question]:
    """The questions of a folder by name, sorted; SourceError names a file without title or description."""
    return {path.stem: _question(path) for path in sorted(folder.glob("*.rq"))}


def _question(path: Path) -> Question:
    text = read_text(path)
    fields = {"title": "", "description": ""}
    key = ""
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        name, colon, value = line.lstrip("# ").partition(":")
        if colon and name in fields and not line.startswith("#   "):
            key = name
            fields[key] = value.strip()
        elif key:
            fields[key] += " " + line.lstrip("# ").strip()
    for name, value in fields.items():
        if not value:
            raise SourceError(f"has no “# {name}: …” line at its top", file=show(path), line=1)
    return Question(path.stem, fields["title"], fields["description"], text)
