"""What was read of late from a store that does not change, kept at hand and bounded."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sized
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Mapping[str, Sized])


class Recent(Generic[Value]):
    """What ``read`` tells of subjects, those asked for last, for any number of threads.

    ``most`` is how many values are kept at most, over all subjects; a subject of which nothing is told counts as one.
    """

    def __init__(self, read: Callable[[Collection[str]], Mapping[str, Value]], *, most: int) -> None:
        self._read, self._most = read, most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Value] = OrderedDict()
        self._held = 0

    def told(self, subjects: Iterable[str]) -> dict[str, Value]:
        """What is told of each of ``subjects``; they are read together, those that are not at hand."""
        wanted = list(dict.fromkeys(subjects))
        found: dict[str, Value] = {}
        with self._lock:
            for subject in wanted:
                if subject in self._kept:
                    self._kept.move_to_end(subject)
                    found[subject] = self._kept[subject]
        missing = [subject for subject in wanted if subject not in found]
        if missing:
            read = self._read(missing)
            found.update(read)
            with self._lock:
                self._keep(read)
        return found

    def _keep(self, read: Mapping[str, Value]) -> None:
        for subject, value in read.items():
            if subject not in self._kept:
                self._held += _size(value)
            self._kept[subject] = value
        while self._held > self._most:
            self._held -= _size(self._kept.popitem(last=False)[1])


def _size(value: Mapping[str, Sized]) -> int:
    return max(1, sum(map(len, value.values())))
