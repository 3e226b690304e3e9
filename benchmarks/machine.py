"""What a run was made on, so that runs can be compared."""

import os
import platform
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).parents[1]


def machine() -> dict[str, Any]:
    """Time, revision, Python, processor, cores, memory, system, and the load of the machine before anything is done."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "kind": "run",
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "revision": _revision(),
        "python": platform.python_version(),
        "processor": models[0].partition(":")[2].strip() if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": platform.platform(terse=True),
        "load": " ".join(f"{one:.1f}" for one in os.getloadavg()),
    }


def _revision() -> str:
    """The commit that is measured, marked where files differ from it; empty outside of a checkout."""
    if shutil.which("git") is None:
        return ""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
