"""A query whose order is by kinds of values first, where the engine cannot order them otherwise.

It compares numbers with numbers by value, but texts with numbers or dates as they are written, so that there may be no
order of all: 9 < 10, "10" < "9x", "9x" > 9. Its sort ends the process when it finds that out. SPARQL leaves open how
values that cannot be compared follow each other; so those of one datatype, numbers being one, stand together.
"""

from collections.abc import Iterator, Sequence

from kb import grammar, guard
from kb.grammar import Token

_END = frozenset({"LIMIT", "OFFSET", "VALUES", "}"})


def sorted_by_kind(text: str) -> str | None:
    """The query with the datatype before each of its sort keys; None where it has none, or grows beyond its limits.

    The text must be one that ``guard`` lets in.
    """
    reading = grammar.read(text)
    ordered = (index for index, rule in reading.begun if rule == "OrderBy")
    keys = sorted(key for index in ordered for key in _keys(text, reading.tokens, index + 2))
    return guard.with_inserted(text, keys) if keys else None


def _keys(text: str, tokens: Sequence[Token], index: int) -> Iterator[tuple[int, str]]:
    """The offset of each sort key, the first of which is the token ``index``, and the key that comes before it."""
    while index < len(tokens) and tokens[index].klass not in _END:
        begin, direction = index, "ASC"
        if tokens[index].klass in ("ASC", "DESC"):
            index, direction = index + 1, tokens[index].klass
        end = index if tokens[index].klass == "var" else _closing(tokens, index)
        value = text[tokens[index].at : tokens[end].at + len(tokens[end].text)]
        yield tokens[begin].at, f"{direction}(IF(ISNUMERIC({value}), 0, DATATYPE({value}))) "
        index = end + 1


def _closing(tokens: Sequence[Token], index: int) -> int:
    """Where the first bracket closes that opens behind ``index``."""
    depth = 0
    for at in range(index, len(tokens)):
        depth += (tokens[at].klass in ("(", "{")) - (tokens[at].klass in (")", "}"))
        if not depth and tokens[at].klass in (")", "}"):
            return at
    raise AssertionError("a query that guard lets in closes its brackets")
