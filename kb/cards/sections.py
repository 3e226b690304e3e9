"""Sections of cards: how many things there are, those that are shown, and where the rest is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kb.cards.facts import Json
from kb.namespaces import BASE

Item = TypeVar("Item")

SECTIONS = {
    "actor": ("articles", "name_uses"),
    "article": ("reading", "shares_words_with"),
    "claim": (
        "answered_by",
        "comparisons",
        "follows",
        "presupposes",
        "relays",
        "same_words_elsewhere",
    ),
    "event": ("name_uses",),
    "object": ("name_uses",),
    "perspective": ("contradictions",),
    "place": ("contains", "lies_in", "name_uses"),
    "scheme": ("members",),
}
"""The sections, by kind, that are shown in parts and have no list of their own; other sections point to a list."""


@dataclass(frozen=True)
class Window:
    """Of which thing a card is, and how many items of one of its sections come before those that are shown."""

    name: str
    section: str = ""
    after: int = 0


@dataclass(frozen=True)
class Part(Generic[Item]):
    """Some of the items of a section: how many there are in all, those that are shown, the address of the next."""

    total: int
    items: Sequence[Item]
    more: str | None


def part(window: Window, section: str, found: Sequence[Item], size: int) -> Part[Item]:
    """At most ``size`` items of a section, from where the window begins if it is on this one."""
    start = window.after if window.section == section else 0
    end = start + size
    path = "/" + window.name.removeprefix(BASE)
    more = f"{path}?section={section}&after={end}" if end < len(found) else None
    return Part(len(found), found[start:end], more)


def beside(section: str, shown: Part[Item]) -> Json:
    """What stands beside a section that is a plain list: how many there are in all, and the address of the next."""
    return {f"{section}_total": shown.total, f"{section}_more": shown.more}
