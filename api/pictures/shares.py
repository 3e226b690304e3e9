"""How a whole is divided: parts one behind the other, in hundredths of the width."""

from collections.abc import Sequence

from api.pictures.times import Span


def shares(parts: Sequence[int]) -> list[Span]:
    """Where each part of a whole stands, in their order; parts of nothing have no width."""
    whole = sum(parts) or 1
    ends = [sum(parts[: at + 1]) / whole * 100 for at in range(len(parts))]
    return [
        Span(round(end - part / whole * 100, 3), round(part / whole * 100, 3))
        for part, end in zip(parts, ends, strict=True)
    ]
