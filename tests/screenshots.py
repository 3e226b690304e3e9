"""Pictures of every kind of page, narrow and wide, light and dark: ``python tests/screenshots.py FOLDER [WORD…]``.

With words, only of the pages whose names have one of them. The pictures are to be looked at; nothing compares them.
"""

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from browsing import NARROW, WIDE, chromium, pages_of, visit
from serving import serve

from kb.paths import data_dir


def main(folder: Path, *words: str) -> None:
    """Serves the data that ships, with the article texts of this environment, and writes a PNG file of each page."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name, serve(data_dir(), Path(name)) as site, chromium() as browser:
        wanted = {name: path for name, path in pages_of(site).items() if not words or any(w in name for w in words)}
        for width in (NARROW, WIDE):
            for scheme in ("light", "dark"):
                look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
                with visit(browser, site.address, **look) as (page, seen):
                    for name, path in wanted.items():
                        page.goto(path)
                        slug = re.sub(r"\W+", "-", name.replace("…", "one")).strip("-")
                        page.screenshot(path=folder / f"{slug}-{width}-{scheme}.png", full_page=True)
                    print(*seen.wrong, sep=os.linesep, end="")
    print(folder)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), *sys.argv[2:])
