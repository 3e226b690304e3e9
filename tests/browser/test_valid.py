"""HTML as its standard has it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from browsing import PAGES
from serving import Server

RULES = {
    "extends": ["html-validate:standard"],
    "rules": {
        # how HTML is laid out is not what makes it valid, and an address may be as long as it is
        "long-title": "off",
        "no-trailing-whitespace": "off",
    },
    "root": True,
}


def faults(folder: Path) -> list[str]:
    """What the validator says of the pages in a folder; skipped without a validator, failing where one must be."""
    program = os.environ.get("TESTIMONIA_HTML_VALIDATE") or shutil.which("html-validate")
    if program is None:
        reason = "no html-validate is at hand (an npm package; TESTIMONIA_HTML_VALIDATE says where it is)"
        if os.environ.get("TESTIMONIA_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    (folder / ".htmlvalidate.json").write_text(json.dumps(RULES), encoding="utf-8")
    command = [program, "--formatter", "json", "--ext", "html", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{Path(page['filePath']).name}:{one['line']}: {one['ruleId']}: {one['message']}"
        for page in json.loads(done.stdout)
        for one in page["messages"]
    ]


def test_every_page_is_valid(site: Server, pages: dict[str, str], tmp_path: Path) -> None:
    """The validator has nothing to say of any kind of page."""
    for name, path in pages.items():
        answer = site.ask(path, headers={"Accept": "text/html"})
        (tmp_path / f"{re.sub(r'[^a-z]+', '-', name)}.html").write_bytes(answer.body)
    assert len(list(tmp_path.glob("*.html"))) == len(PAGES)
    assert faults(tmp_path) == []


def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    """An element where none may stand, and an attribute that there is not, are found."""
    page = (
        '<!DOCTYPE html><html lang="en"><head><title>A</title></head><body><ul><p colour="red">b</p></ul></body></html>'
    )
    (tmp_path / "wrong.html").write_text(page, encoding="utf-8")
    assert {re.split(": ", line)[1] for line in faults(tmp_path)} == {"element-permitted-content"}
