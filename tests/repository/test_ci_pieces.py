"""The pieces for other people's CI, run as far as that goes without their hosts, and the pages that explain them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from places import EXAMPLE, ROOT, story
from schemas import faults

from kb import baseline as baselines
from kb import cli
from kb.report import FORMATS

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SCHEMAS = "https://json.schemastore.org/"
CHECK = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
CI = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def steps() -> dict[str, dict[str, Any]]:
    """The steps of the action that run a shell, by their name."""
    return {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Runs a step of the action as GitHub's runner does, in a workspace of its own; the action is installed."""
    workspace, temporary = tmp_path_factory.mktemp("workspace"), tmp_path_factory.mktemp("temp")
    shutil.copytree(EXAMPLE, workspace / "a story")
    story(workspace / "bad", "dcterms:")

    def run(name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        step = steps()[name]
        given = {key: str(value["default"]) for key, value in ACTION["inputs"].items()} | inputs
        environment = {
            **{key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "TESTIMONIA_SOURCES")},
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(workspace),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "RUNNER_TEMP": str(temporary),
        }
        for key, value in step.get("env", {}).items():
            environment[key] = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], value)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=False)

    installed = run("Install")
    assert installed.returncode == 0, installed.stderr
    return run


def test_the_action_is_one() -> None:
    """action.yml keeps to the schema of actions, and takes its inputs from the environment only."""
    assert faults(ACTION, SCHEMAS + "github-action.json") == []
    assert all("${{" not in step["run"] for step in steps().values())
    assert list(steps()) == ["Install", "Check", "Verify"]


def test_the_action_passes_sound_data(runner) -> None:  # type: ignore[no-untyped-def]
    """A data folder with a blank in its name is checked and verified, with its texts."""
    check = runner("Check", data="a story")
    assert (check.returncode, check.stdout) == (0, "no findings\n"), check.stderr
    assert runner("Verify", data="a story", sources="a story/sources").returncode == 0


def test_the_action_annotates_what_it_finds(runner) -> None:  # type: ignore[no-untyped-def]
    """A warning is an annotation at its line in the workspace and fails the step, until the baseline has it."""
    check = runner("Check", data="bad")
    assert check.returncode == 1
    command = check.stdout.splitlines()[0]
    assert re.match(
        r"::warning file=bad/articles/2024-03-05-gazette\.trig,line=\d+,endLine=\d+,title=article-rights on ", command
    )
    assert runner("Check", data="bad", format="json").stdout.startswith("{")


def test_the_action_wants_the_texts_that_it_is_told_of(runner, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Where a folder of texts is given, a text that is not in it stops the step."""
    assert runner("Verify", data="a story", sources=str(tmp_path)).returncode == 2
    assert runner("Verify", data="a story").returncode == 0


def test_the_action_knows_a_baseline(runner, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """With the finding in the baseline the step passes, and the annotation is a notice."""
    baseline = tmp_path / "a baseline.txt"
    baseline.write_text("warning article-rights article:2024-03-05-gazette\n")
    check = runner("Check", data="bad", baseline=str(baseline))
    assert check.returncode == 0, check.stderr
    assert check.stdout.startswith("::notice file=bad/articles/2024-03-05-gazette.trig,")


def test_the_hook_checks_when_data_is_committed(tmp_path: Path) -> None:
    """The hook's entry is a command that runs without file names, and its pattern fits data files only."""
    (hook,) = HOOKS
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("testimonia-check", "python", False)
    fits = [name for name in ("a/x.trig", "a/x.ttl", "a/x.md", "trig") if re.search(hook["files"], name)]
    assert fits == ["a/x.trig", "a/x.ttl"]
    command, *arguments = shlex.split(hook["entry"])
    assert command == "testimonia"
    assert CliRunner().invoke(cli.main, [*arguments, "--data", str(EXAMPLE)]).exit_code == 0
    bad = story(tmp_path / "bad", "dcterms:")
    assert CliRunner().invoke(cli.main, [*arguments, "--data", str(bad)]).exit_code == 1


def test_the_page_on_check_has_every_option_and_format() -> None:
    """docs/check.md describes the options that --help lists, and each format, and no other."""
    shown = CliRunner().invoke(cli.main, ["check", "--help"]).stdout
    table = CHECK.partition("| option | does |")[2].partition("\n\n")[0]
    options = r"(?<![\w-])--[a-z][a-z-]+"
    described = " ".join(re.findall(r"^\| (.*?) \|", table, re.M))
    assert set(re.findall(options, described)) == set(re.findall(options, shown.partition("Options:")[2]))
    section = CHECK.partition("## Formats")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", section, re.M) == list(FORMATS)
    assert f"[{'|'.join(FORMATS)}]" in shown


def test_the_baseline_on_the_page_is_one() -> None:
    """The line that docs/check.md shows can be read."""
    (line,) = re.findall(r"^    (warning .*)$", CHECK, re.M)
    assert len(baselines.read(line, name="check.md")) == 1


def test_the_commands_on_the_pages_can_be_given() -> None:
    """Every testimonia command line in the pages has options that its command has."""
    for name, words in re.findall(r"testimonia (check|verify) ([^`\n]*)", CHECK + CI):
        command = cli.main.commands[name]
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", words.partition("&&")[0])) <= options, words


def test_the_page_on_ci_has_the_inputs_of_the_action() -> None:
    """docs/ci.md lists the inputs of the action with their defaults."""
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (\S+) \|", CI, re.M))
    assert rows == {
        name: f"`{value['default']}`" if value["default"] else "none" for name, value in ACTION["inputs"].items()
    }


def with_on(workflow: dict[object, object]) -> dict[object, object]:
    """A workflow whose key ``on``, which YAML 1.1 reads as true, is a word again."""
    return {"on" if key is True else key: value for key, value in workflow.items()}


def test_the_examples_on_the_page_on_ci_are_valid() -> None:
    """The workflow, the GitLab job and the pre-commit configuration are YAML that their hosts read."""
    workflow, upload, gitlab, hook = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", CI, re.S))
    assert faults(with_on(workflow), SCHEMAS + "github-workflow.json") == []
    steps = workflow["jobs"]["check"]["steps"]
    assert steps[-1]["with"].keys() <= ACTION["inputs"].keys()
    workflow["jobs"]["check"]["steps"] = upload
    assert faults(with_on(workflow), SCHEMAS + "github-workflow.json") == []
    assert faults(hook, SCHEMAS + "pre-commit-config.json") == []
    assert hook["repos"][0]["hooks"][0]["id"] == HOOKS[0]["id"]
    (job,) = gitlab.values()
    assert job["artifacts"]["reports"]["junit"] == job["script"][-1].rpartition(" > ")[2]
