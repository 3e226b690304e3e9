"""The numbers and times that claims about one event give, put together so that they can be compared.

Numbers stand together where they count in one role and in one unit; what each counts is told with it, since two
articles may count different things. Nothing is summed up, and no bound is made up.
"""

from collections.abc import Mapping, Sequence

from kb.cards.content import Content
from kb.cards.facts import Json, by_label

_EVENT = {"iri": "", "label": "", "lang": None}


def amounts(contents: Mapping[str, Content]) -> list[Json]:
    """What claims count or measure, by role and unit; ``contents`` are those of the claims, in their order."""
    found: dict[tuple[str, str], Json] = {}
    for claim, content in contents.items():
        for role, counted, quantity in _quantities(content):
            key = (str((role or _EVENT)["iri"]), str(quantity["unit"] or ""))
            group = found.setdefault(key, {"role": role, "unit": quantity["unit"], "items": []})
            group["items"].append({"claim": claim, "counted": counted, "quantity": quantity})
    for group in found.values():
        group["items"].sort(key=lambda item: item["quantity"]["subset_of"] is not None)
    return sorted(
        found.values(), key=lambda one: (-len(one["items"]), by_label(one["role"] or _EVENT), one["unit"] or "")
    )


def times(contents: Mapping[str, Content]) -> list[Json]:
    """When claims say that it was, or is, each with its claim, in their order."""
    return [{"claim": claim, "time": time} for claim, content in contents.items() for time in content.happening()]


def _quantities(content: Content) -> Sequence[tuple[Json | None, Json | None, Json]]:
    """Each quantity with the role in which it counts and what it counts; without these where it measures the event."""
    found: list[tuple[Json | None, Json | None, Json]] = [
        (part["role"], part["participant"], part["quantity"]) for part in content.participations() if part["quantity"]
    ]
    return [*found, *((None, None, quantity) for quantity in content.measures())]
