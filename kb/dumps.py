"""The dumps of a build beside its N-Quads: TriG for people, graph by graph, and JSON-LD in the same order."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb.namespaces import PREFIXES
from kb.nquads import Graphs, parse

FORMS: Final[Mapping[str, ox.RdfFormat]] = {"jsonld": ox.RdfFormat.JSON_LD, "trig": ox.RdfFormat.TRIG}
"""What is written, by suffix."""


def write(folder: Path, graphs: Graphs) -> None:
    """Writes ``dump.trig`` and ``dump.jsonld`` into a folder; OSError where that fails."""
    quads = list(parse(line for name in graphs.names for line in graphs.lines[name]))
    for suffix, form in FORMS.items():
        ox.serialize(quads, str(folder / f"dump.{suffix}"), format=form, prefixes=PREFIXES)
