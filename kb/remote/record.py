"""What a published build says of itself in the service that holds it, in two graphs of their own.

``graph:publication`` has four statements: which build it is (or is to be), whether it is whole, which edition of the
service's contents, and how many quads. ``graph:publication-parts`` has a hash for each graph that is there as it should
be. Whoever publishes says “unfinished” before anything else is changed, and “whole”, with the next edition, after
everything was verified. So an answer belongs to one build where the record is whole and of the same edition before it
was asked for and after it came.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb.engine import Row
from kb.namespaces import iri

RECORD = iri("graph:publication")
PARTS = iri("graph:publication-parts")
HIDDEN = (RECORD, PARTS)
"""Graphs of a service that are no part of what is served."""

WHOLE = "whole"
UNFINISHED = "unfinished"

_READ = f"""\
SELECT ?build ?state ?edition ?quads {{
  GRAPH ?record {{
    ?record <{iri("dcterms:identifier")}> ?build ;
      <{iri("schema:creativeWorkStatus")}> ?state ;
      <{iri("schema:version")}> ?edition ;
      <{iri("void:triples")}> ?quads .
  }}
  FILTER ( ?record = <{RECORD}> )
}}"""
_READ_PARTS = f"""\
SELECT ?graph ?hash {{
  GRAPH ?record {{ ?graph <{iri("spdx:checksumValue")}> ?hash }}
  FILTER ( ?record = <{PARTS}> )
}}"""
# GRAPH with a variable: Virtuoso finds no graph by its name where a default graph is given as well


@dataclass(frozen=True)
class Record:
    """A publication: SHA-256 of its build in hex, ``state`` whole or unfinished, a number that grows, and quads."""

    build_id: str
    state: str
    edition: int
    quads: int

    @property
    def is_whole(self) -> bool:
        """Whether everything is there and was verified."""
        return self.state == WHOLE

    def triples(self) -> bytes:
        """The statements of the record, as N-Triples."""
        said = (
            ("dcterms:identifier", ox.Literal(self.build_id)),
            ("schema:creativeWorkStatus", ox.Literal(self.state)),
            ("schema:version", ox.Literal(str(self.edition))),
            ("void:triples", ox.Literal(str(self.quads))),
        )
        return b"".join(f"<{RECORD}> <{iri(name)}> {value} .\n".encode() for name, value in said)


def find_record(rows: Callable[[str], Sequence[Row]]) -> Record | None:
    """The record of a service whose SELECT queries ``rows`` answers, None where there is none.

    ValueError where what is there is no record; one that is being replaced is unfinished.
    """
    found = rows(_READ)
    if not found:
        return None
    texts = [{name: _text(term) for name, term in row.items()} for row in found]
    if len(texts) > 1:
        return Record(texts[0]["build"], UNFINISHED, max(int(text["edition"]) for text in texts), 0)
    (text,) = texts
    return Record(text["build"], text["state"], int(text["edition"]), int(text["quads"]))


def find_parts(rows: Callable[[str], Sequence[Row]]) -> dict[str, str]:
    """The hash of each graph that is said to be there, by its name; the default graph by our name of it."""
    return {_text(row["graph"]): _text(row["hash"]) for row in rows(_READ_PARTS)}


def parts_triples(hashes: Mapping[str, str]) -> bytes:
    """The statements about parts, as N-Triples."""
    said = iri("spdx:checksumValue")
    return b"".join(f'<{name}> <{said}> "{hashes[name]}" .\n'.encode() for name in sorted(hashes))


def hash_of(lines: Iterable[bytes]) -> str:
    """SHA-256, in hex, of the sorted lines of a graph."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()


def _text(term: object) -> str:
    if not isinstance(term, ox.NamedNode | ox.Literal):
        raise ValueError(f"{term} has no place in the record of a publication")
    return term.value
