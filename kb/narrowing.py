"""A query narrowed to the graphs of one perspective, by saying so in the query instead of listing them.

Thousands of named graphs make a dataset that is slow to ask. What a perspective reaches says so in the default graph,
by ``t:underPerspective``; so each ``GRAPH ?g { … }`` is joined with that statement about ``?g``, and the rows are those
that the listed graphs would give.
"""

from kb import grammar, guard
from kb.namespaces import iri


def narrowed(text: str, perspective: str) -> str | None:
    """The query that gives through the whole dataset what ``text`` gives through a perspective, an IRI.

    None where that cannot be said in the query: a GRAPH inside another or a sub-select inside one, where the statement
    or its variable is out of reach, or a text that would grow beyond what a query may be. The text must be one that
    ``guard`` lets in; a query that asks for no graph stays as it is.
    """
    reading = grammar.read(text)
    tokens = reading.tokens
    opening = {index for index, rule in reading.begun if rule == "Graph"}
    selecting = {index for index, rule in reading.begun if rule == "SubSelect"}
    inserted: list[tuple[int, str]] = []
    depth, closing = 0, -1
    for index, token in enumerate(tokens):
        if closing >= 0 and (index in opening or index in selecting):
            return None
        if index in opening:
            closing = depth
            graph = tokens[index + 1].text
            inserted.append((token.at, f"{{ {graph} <{iri('t:underPerspective')}> <{perspective}> . "))
        if token.klass == "{":
            depth += 1
        elif token.klass == "}":
            depth -= 1
            if depth == closing:
                inserted.append((token.at + 1, " }"))
                closing = -1
    return guard.with_inserted(text, inserted)
