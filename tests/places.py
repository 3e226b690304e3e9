"""Where the tests find things."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "tests" / "example"
CASES = ROOT / "tests" / "cases"
