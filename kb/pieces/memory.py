"""Pieces on disk, each under a hash of all that it depends on."""

import hashlib
import os
import pickle
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any


class Memory:
    """A folder of our own with what was worked out before; None keeps nothing.

    What it holds is loaded as pickles, so nothing is believed that somebody else could have written.
    """

    def __init__(self, folder: Path | None, common: str) -> None:
        self._folder = folder / "pieces" if folder is not None else None
        self._common = common

    def load(self, *key: str) -> Any:
        """What is kept under a key; None where nothing is, or nothing whole."""
        if self._folder is None:
            return None
        path = self._path(key)
        try:
            with path.open("rb") as file:
                if not _ours(file.fileno()):
                    return None
                found = pickle.load(file)
            os.utime(path)
            return found
        except Exception:  # whatever a file that is not whole may do to a reader: then it is made again
            return None

    def save(self, kept: object, *key: str) -> None:
        """Keeps something under a key; where that cannot be done, nothing is lost but time."""
        if self._folder is None:
            return
        path = self._path(key)
        aside = path.with_name(f".{path.name}-{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(aside, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                pickle.dump(kept, file, pickle.HIGHEST_PROTOCOL)
            os.replace(aside, path)

    def forget(self, *, days: int) -> None:
        """Removes what nobody asked for in so many days."""
        for path in self._folder.glob("*/*") if self._folder is not None else ():
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - days * 86_400:
                    path.unlink()

    def _path(self, key: Iterable[str]) -> Path:
        name = hashlib.sha256("\0".join((self._common, *key)).encode()).hexdigest()
        return (self._folder or Path()) / name[:2] / name[2:]


def _ours(descriptor: int) -> bool:
    """Whether a file belongs to who reads it, and nobody else may write it."""
    if not hasattr(os, "geteuid"):
        return True
    found = os.fstat(descriptor)
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022
