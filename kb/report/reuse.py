"""Text reuse for people and for programs: text and JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from kb.reuse import KINDS, Reuse


def reuse_text(found: Sequence[Reuse]) -> str:
    """Each pair of articles with how many sentences they share, then the pairs with their ratio."""
    pairs: dict[tuple[str, ...], list[Reuse]] = {}
    for reuse in found:
        pairs.setdefault(tuple(sorted({p.article for p in reuse.passages})), []).append(reuse)
    lines = []
    for articles, shared in sorted(pairs.items()):
        counts = ", ".join(
            f"{sum(r.kind == kind for r in shared)} {kind}" for kind in KINDS if any(r.kind == kind for r in shared)
        )
        lines.append(f"{' and '.join(articles)}: {counts}")
        for reuse in shared:
            ends = " = ".join(f"{p.article} {p.name}" if len(articles) > 2 else p.name for p in reuse.passages)
            more = f", {reuse.containment:.0%} of the shorter" if reuse.kind == "contained" else ""
            lines.append(f"  {reuse.ratio} {reuse.kind:<13} {ends}{more}")
    lines.append(
        f"{len(found)} shared passages; nothing here tells who copied from whom" if found else "no shared passages"
    )
    return "\n".join(lines)


def reuse_json(found: Sequence[Reuse]) -> str:
    """A JSON list with an object for each shared passage."""
    body = [
        {
            "reuse": f"reuse:{reuse.slug}",
            "passages": [asdict(passage) for passage in reuse.passages],
            "sharing": reuse.kind,
            "ratio": float(reuse.ratio),
            "containment": float(reuse.containment),
        }
        for reuse in found
    ]
    return json.dumps(body, indent=2, ensure_ascii=False)
