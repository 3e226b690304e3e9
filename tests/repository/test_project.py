"""The project itself: packaging, commands, pages of documentation, and what must not be in it."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import click
import pytest
from places import EXAMPLE, ROOT

from kb import cli

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BROWSER = json.loads((ROOT / "api" / "browser" / "package.json").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Runs ``testimonia`` as a user would, with a cache of its own."""
    cache = tmp_path_factory.mktemp("cache")

    def call(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
        command = [sys.executable, "-c", "from kb.cli import main; main()", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)

    return call


def test_the_query_of_the_readme_has_the_answer_of_the_readme(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The README's query, asked as the README says, gives the rows that the README shows."""
    (query,) = re.findall(r"```sparql\n(.*?)```", README, re.S)
    (answer,) = re.findall(r"```csv\n(.*?)```", README, re.S)
    (tmp_path / "question.rq").write_text(query, encoding="utf-8")
    done = run("query", "-f", "csv", f"@{tmp_path / 'question.rq'}")
    assert done.returncode == 0, done.stderr
    assert list(csv.reader(io.StringIO(done.stdout))) == list(csv.reader(io.StringIO(answer)))


def test_the_readme_lists_every_command() -> None:
    """The table of commands is that of the program."""
    listed = re.findall(r"^\| `testimonia (\w+)` \|", README, re.M)
    assert sorted(listed) == sorted(cli.main.commands)


def test_every_command_has_help_with_an_example_that_exists(run) -> None:  # type: ignore[no-untyped-def]
    """Each command's help ends with an example of that command, with options that it has."""
    for name, command in cli.main.commands.items():
        done = run(name, "--help")
        assert done.returncode == 0
        example = re.search(r"Example: testimonia (\S+)(.*)", done.stdout)
        assert example and example[1] == name
        if isinstance(command, click.Group):  # of saved questions, each with options of its own
            command = command.get_command(click.Context(command), example[2].split()[0])
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", example[2])) <= options


def test_the_make_targets_of_the_readme_exist() -> None:
    """What the README says to make can be made."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    assert set(re.findall(r"^\s+make (\w+)", README, re.M)) <= targets
    assert {"serve", "test", "check"} <= targets


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link of the documentation is a file."""
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_each_dependency_has_its_reason() -> None:
    """docs/dependencies.md has one line for each dependency, of Python or of browsers, and no other."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    declared = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    names = [re.match(r"[\w-]+", line)[0] for line in declared]  # type: ignore[index]
    names += [name for kind in ("dependencies", "devDependencies") for name in BROWSER[kind]]
    assert sorted(re.findall(r"^\| `([\w@/-]+)` \| [^|]+ \| [^|]{20,} \|$", page, re.M)) == sorted(names)


def test_the_console_script_points_at_a_command() -> None:
    """The installed command is there and is the command line of kb.cli."""
    assert PROJECT["project"]["scripts"] == {"testimonia": "kb.cli:main"}
    script = Path(sys.executable).with_name("testimonia")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("testimonia, version 0.")


def test_the_wheel_holds_what_serving_needs(tmp_path: Path) -> None:
    """A wheel has code, data, ontology, shapes, questions, templates, styles, what browsers load, and no test."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("testimonia-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = [path for path in tracked() if path.relative_to(ROOT).parts[0] in ("api", "kb")]
    assert {str(path.relative_to(ROOT)) for path in wanted} <= names
    made = ("LICENSES.txt", "editor.js", "land.json", "pictures.js", "sparql.js", "stamp.txt")
    assert {f"api/static/built/{name}" for name in made} <= names
    for folder in ("ontology", "shapes"):
        assert {f"kb/{folder}/{path.name}" for path in (ROOT / folder).glob("*.ttl")} <= names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"api", "kb"}


def test_ci_runs_what_the_readme_runs() -> None:
    """The CI script calls ``make test`` and ``make check``, and the workflow calls the CI script."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^make test\b", script, re.M) and re.search(r"^make check\b", script, re.M)
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "validate.yml").read_text(encoding="utf-8")


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    """No tracked file has an absolute path of a home or work folder, or an address of a package registry."""
    pattern = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w|https?://[\w.-]*(?:pypi|npmjs)\.\w+")
    for path in tracked():
        if path.name != "test_project.py":
            found = pattern.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{path}: {found}"


def test_the_editorial_guide_numbers_what_the_agreement_cites() -> None:
    """Each decision that the agreement page cites is in the guide."""
    guide = (ROOT / "docs" / "editorial-guide.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "encoding-agreement.md").read_text(encoding="utf-8")
    numbers = set(re.findall(r"^\*\*(\d+)\. ", guide, re.M))
    settled = page.partition("## What was settled")[2].partition("\n## ")[0]
    cited = set(re.findall(r"\| (\d+) \|$", settled, re.M))
    assert cited and cited <= numbers
    assert numbers == {str(number) for number in range(1, len(numbers) + 1)}


def test_the_example_of_the_tests_is_whole() -> None:
    """The invented story has an article, a registry file and a text."""
    assert {path.parent.name for path in EXAMPLE.rglob("*.*")} == {"articles", "registry", "sources"}
