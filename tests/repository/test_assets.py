"""What pages load in a browser: made of locked packages, whole, and from nowhere else."""

import json
import re
import subprocess
import sys

import pytest
from places import ROOT

BROWSER = ROOT / "api" / "browser"
BUILT = ROOT / "api" / "static" / "built"


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The files, made anew where the sources have changed since they were installed."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run([*command, str(tmp_path_factory.mktemp("wheel")), str(ROOT)], check=True, capture_output=True)


def test_versions_are_exact_and_locked_without_a_registry() -> None:
    """Each package has one version, whose content is known by its hash, wherever it is fetched from."""
    package = json.loads((BROWSER / "package.json").read_text(encoding="utf-8"))
    for version in (package["dependencies"] | package["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    locked = json.loads((BROWSER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, entry in locked.items():
        assert not name or (entry["integrity"].startswith("sha512-") and "resolved" not in entry), name


def test_land_is_one_shape_of_closed_rings_without_borders() -> None:
    """The base of maps is a MultiPolygon of degrees with three decimals, each ring closed."""
    land = json.loads((BUILT / "land.json").read_text(encoding="utf-8"))
    assert land["type"] == "MultiPolygon"
    rings = [ring for polygon in land["coordinates"] for ring in polygon]
    assert len(rings) > 1000
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(abs(x) <= 180 and abs(y) <= 90 and round(x, 3) == x and round(y, 3) == y for x, y in ring)


@pytest.mark.parametrize("name", ["editor.js", "pictures.js", "sparql.js"])
def test_scripts_ask_nobody_and_make_no_markup(name: str) -> None:
    """What we write in a script never turns text into markup or code, and fetches nothing from elsewhere."""
    text = (BROWSER / "src" / name).read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|\.style\b", text)
    assert not re.search(r"(?:fetch|import)\(\s*[\"'`]https?:", text)
