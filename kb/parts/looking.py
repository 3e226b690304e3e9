"""What the text of a part shows without being understood: its layout, and where everything stands."""

import json
from collections.abc import Sequence

from kb import style
from kb.dataset import Dataset
from kb.parts.model import Look, Part, Shared
from kb.turtle import blocks


def looks(shared: Shared, parts: Sequence[Part], described: Sequence[Sequence[str]]) -> list[Look]:
    """What the texts of some parts show; ``described`` is what each of them describes."""
    return [_look(shared, part, frozenset(own)) for part, own in zip(parts, described, strict=True)]


def _look(shared: Shared, part: Part, described: frozenset[str]) -> Look:
    strange, layout = style.scan(Dataset((), {}, part.files), described | shared.described)
    lines: dict[str, list[tuple[int, int, int, str | None, dict[str, int]]]] = {}
    for number, file in enumerate(part.files):
        for subject, block in blocks(file):
            where = (number, block.place.line, block.place.end, block.graph, dict(block.predicates))
            lines.setdefault(subject, []).append(where)
    return Look(tuple(layout), tuple(strange), json.dumps(lines, ensure_ascii=False))
