"""What was read of late from a store that does not change."""

from collections.abc import Collection, Mapping, Sequence

from kb.recent import Recent

Told = Mapping[str, Sequence[int]]


class Store:
    """Tells of n that it has n values, and remembers what it was asked for together."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def read(self, subjects: Collection[str]) -> dict[str, Told]:
        self.asked.append(list(subjects))
        return {one: {"has": range(int(one))} if int(one) else {} for one in subjects}


def test_what_is_at_hand_is_not_read_again() -> None:
    """Of several subjects those that were asked for before are at hand, and the others are read together."""
    store = Store()
    recent = Recent(store.read, most=10)
    recent.told(["3"])
    assert recent.told(["2", "3", "2", "1"]) == {"1": {"has": range(1)}, "2": {"has": range(2)}, "3": {"has": range(3)}}
    assert store.asked == [["3"], ["2", "1"]]


def test_the_longest_unused_goes_first() -> None:
    """Over the bound, what was not asked for the longest goes, and only that."""
    store = Store()
    recent = Recent(store.read, most=6)
    for asked in ("3", "2", "3", "1", "2", "3"):
        recent.told([asked])
    assert store.asked == [["3"], ["2"], ["1"]]
    recent.told(["4"])
    recent.told(["3", "2", "1"])
    assert store.asked[3:] == [["4"], ["3", "2", "1"]]


def test_the_unknown_counts_too() -> None:
    """Subjects of which nothing is told are remembered, and do not grow beyond the bound."""
    store = Store()
    recent = Recent(store.read, most=2)
    assert recent.told(["0"]) == {"0": {}}
    recent.told(["0", "1"])
    recent.told(["2"])
    recent.told(["0"])
    assert store.asked == [["0"], ["1"], ["2"], ["0"]]


def test_more_than_may_be_kept_is_answered_all_the_same() -> None:
    """What is larger than the bound is told, and not kept."""
    store = Store()
    recent = Recent(store.read, most=2)
    assert recent.told(["5"]) == {"5": {"has": range(5)}}
    recent.told(["5"])
    assert store.asked == [["5"], ["5"]]
