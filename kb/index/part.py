"""What a concern brings to the index: how its tables are made, and what fills them."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from kb.index.said import Said


@dataclass(frozen=True)
class Part:
    """``schema`` are statements that make tables, with a semicolon between them and none within them.

    ``fill`` gets the new tables and what the store says, and inserts rows in an order that follows from the quads.
    """

    schema: str
    fill: Callable[[sqlite3.Connection, Said], None]
