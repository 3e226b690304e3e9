"""The edge to git: the repository that data stands in, what changed in it, and how others name its files."""

import os
import subprocess
from pathlib import Path

from kb.errors import SetupError

_OF_ANOTHER = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")
"""What git sets for its hooks, and what would make it answer of the repository that the hook runs in."""


def root(data: Path, *, workspace: str | None) -> Path:
    """The folder that files are named from: that of the CI job, else the repository of ``data``, else this folder."""
    if workspace:
        return Path(workspace).resolve()
    try:
        return _top(data)
    except SetupError:
        return Path.cwd()


def name_from(top: Path, name: str) -> str:
    """A file's path as others write it: from ``top`` where it is below it, else absolute; always with slashes."""
    path = Path(name).resolve()
    return (path.relative_to(top) if path.is_relative_to(top) else path).as_posix()


def changed_since(data: Path, revision: str) -> frozenset[Path]:
    """The files that differ from a commit, or that git does not know yet, in the repository of ``data``.

    SetupError where git or the commit is missing, or ``data`` stands in no repository.
    """
    top = _top(data)
    verify = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    fault = (
        f"{revision}: no such commit here; name a branch, tag or hash, and fetch it first (a shallow clone lacks it)"
    )
    commit = _git(top, *verify, fault=fault).strip()
    fault = f"what changed since {revision} cannot be told"
    names = _git(top, "diff", "--name-only", "--no-renames", "-z", commit, "--", fault=fault)
    names += _git(top, "ls-files", "--others", "--exclude-standard", "-z", fault=fault)
    return frozenset((top / name).resolve() for name in names.split("\0") if name)


def _top(data: Path) -> Path:
    fault = f"{data}: is in no git repository that can be read"
    return Path(_git(data, "rev-parse", "--show-toplevel", fault=fault).removesuffix("\n")).resolve()


def _git(folder: Path, *arguments: str, fault: str) -> str:
    """What git answers; SetupError with ``fault`` and git's own last word where it does not."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    try:
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, env=environment, check=False)
    except OSError:
        raise SetupError("git is not installed; it tells what changed") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SetupError(": ".join([fault, *said]))
    return done.stdout.decode("utf-8", "surrogateescape")
