"""Terms bound to the variables of a query, as text: services take no bindings, and planners see what text says."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import pyoxigraph as ox

from kb import grammar
from kb.grammar import Token


def bind(query: str, bindings: Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]) -> str:
    """A SELECT query with terms bound to variables of its projection, as text.

    A VALUES block of one row stands at the start of the outer group, and of each inner one that speaks of the variable:
    what an inner group filters or binds is evaluated before it is joined. ValueError for what this would not be the
    same for (sub-selects, MINUS) and for blank nodes, which no query can name.
    """
    if not bindings:
        return query
    if any(isinstance(term, ox.BlankNode) for term in bindings.values()):
        raise ValueError("a blank node cannot be bound")
    pieces: list[str] = []
    start = 0
    for offset, spoken_of in _openings(query):
        names = [name for name in sorted(bindings) if not pieces or name in spoken_of]
        if names:
            variables = " ".join(f"?{name}" for name in names)
            terms = " ".join(str(bindings[name]) for name in names)
            pieces.append(f"{query[start:offset]} VALUES ( {variables} ) {{ ( {terms} ) }}")
            start = offset
    return "".join(pieces) + query[start:]


@lru_cache(maxsize=256)
def _openings(query: str) -> tuple[tuple[int, frozenset[str]], ...]:
    """Where the groups of a query begin, the outer one first, each with the variables that it speaks of."""
    tokens = grammar.tokens(query)
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    if words.count("SELECT") != 1 or "MINUS" in words:
        raise ValueError("terms are bound in queries without sub-selects and MINUS only")
    return tuple(
        (tokens[at].at + 1, frozenset(token.text[1:] for token in tokens[at:end] if token.kind == "var"))
        for at, end in sorted(_groups(tokens))
    )


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The group graph patterns of a query: where each opens and closes, as positions among the tokens."""
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "{":
            opened.append(at)
        elif token.kind == "mark" and token.text == "}":
            start = opened.pop()
            if not _holds_data(tokens, start):
                yield start, at


def _holds_data(tokens: Sequence[Token], at: int) -> bool:
    """Whether a bracket opens the rows of a VALUES block: after VALUES stands one variable, or several in brackets."""
    before = at - 1
    if tokens[before].text == ")":
        while tokens[before].text != "(":
            before -= 1
    elif tokens[before].kind != "var":
        return False
    return tokens[before - 1].text.upper() == "VALUES"
