"""Which claims are compared with each other, and how they stand to one another.

compared   the comparisons, by the numbers that the two claims have in the list of claims
"""

import sqlite3
from collections.abc import Mapping

from kb.index.part import Part
from kb.index.said import Said
from kb.namespaces import slug

SCHEMA = """
CREATE TABLE compared (
    "left" INTEGER NOT NULL, "right" INTEGER NOT NULL, relation TEXT NOT NULL, independence TEXT NOT NULL,
    comparison TEXT NOT NULL
);
CREATE INDEX compared_left ON compared ("left");
CREATE INDEX compared_right ON compared ("right")
"""


def fill(connection: sqlite3.Connection, said: Said) -> None:
    """Writes the comparisons, by the order of their claims; relation and independence as codes."""
    numbers = {claim: number for number, claim in enumerate(sorted(said.content, key=slug))}
    connection.executemany("INSERT INTO compared VALUES (?, ?, ?, ?, ?)", sorted(rows(said, numbers)))


def rows(said: Said, numbers: Mapping[str, int]) -> list[tuple[int, int, str, str, str]]:
    """The rows of comparisons between claims that have numbers."""
    return [
        (numbers[left], numbers[right], slug(relation), slug(independence), slug(one))
        for one in said.instances("t:Comparison")
        for left in said.iris(one, "t:left")
        for right in said.iris(one, "t:right")
        for relation in said.iris(one, "t:relation")
        for independence in said.iris(one, "t:independence")
        if left in numbers and right in numbers
    ]


PART = Part(SCHEMA, fill)
