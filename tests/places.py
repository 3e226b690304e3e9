"""Where the tests find things."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "tests" / "example"
CASES = ROOT / "tests" / "cases"


def story(folder: Path, without: str = "") -> Path:
    """A copy of the invented story in a new folder, its article without a line that has these words."""
    shutil.copytree(EXAMPLE, folder)
    for article in (folder / "articles").iterdir():
        lines = article.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not without or without not in line]
        article.write_text("".join(kept), encoding="utf-8")
    return folder
