"""``testimonia check`` as it is used in CI: which findings are shown, which count, and how files are named."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from places import EXAMPLE, ROOT, story

from kb.cli import main
from kb.report import FORMATS

ARTICLE = "2024-03-05-gazette"
WARNING, VIOLATION = "dcterms:", "t:holder actor:harbour-office"
"""Lines of the invented story: without the first there is a warning, without the second a violation."""


@pytest.fixture(autouse=True)
def no_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT")]:
        monkeypatch.delenv(name)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *(str(argument) for argument in arguments)])


@pytest.fixture
def warned(tmp_path: Path) -> Path:
    return story(tmp_path / "warned", WARNING)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return story(tmp_path / "broken", VIOLATION)


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the invented story below ``stories/harbour``, committed."""
    top = tmp_path / "a repository"
    shutil.copytree(EXAMPLE, top / "stories" / "harbour")
    git(tmp_path, "init", "--quiet", str(top))
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "All")
    return top


def spoil(data: Path) -> Path:
    """Makes one mode of the invented story's article wrong; the article's path."""
    article = data / "articles" / f"{ARTICLE}.trig"
    article.write_text(article.read_text().replace("t:mode mode:demanded", "t:mode mode:wished"))
    return article


# formats


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_ends_with_the_exit_code_of_the_findings(warned: Path, form: str) -> None:
    """How findings are printed changes nothing in what they mean."""
    assert run("--data", warned, "--format", form).exit_code == 1
    result = run("--data", EXAMPLE, "--format", form)
    assert (result.exit_code, result.stderr) == (0, "") and result.stdout


def on_a_terminal(data: Path, **environment: str) -> str:
    """What a check prints on a terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", "from kb.cli import main; main()", "check", "--data", str(data)]
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        command, stdout=follower, env={**clean, "TERM": "xterm", **environment}, cwd=ROOT, check=False
    )
    os.close(follower)
    assert done.returncode == 1
    shown = b""
    while chunk := _read(leader):
        shown += chunk
    os.close(leader)
    return shown.decode()


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65_536)
    except OSError:  # how Linux ends a terminal that nobody writes to any more
        return b""


def test_colours_are_for_terminals_that_want_them(broken: Path) -> None:
    """A terminal shows colours unless NO_COLOR is set; both group by file."""
    coloured, plain = on_a_terminal(broken), on_a_terminal(broken, NO_COLOR="1")
    assert "\x1b[31m" in coloured and "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    assert plain.count(f"{ARTICLE}.trig") == 1


# names of files


def names(form: str, stdout: str) -> set[str]:
    """The files that a report names."""
    if form == "sarif":
        found = [r["locations"][0]["physicalLocation"] for r in json.loads(stdout)["runs"][0]["results"]]
        return {place["artifactLocation"]["uri"] for place in found}
    pattern = r"^::\w+ file=([^,]*)," if form == "github" else r"<failure [^>]*>([^:]*):\d+: "
    return set(re.findall(pattern, stdout, re.M))


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
@pytest.mark.parametrize("where", [".", "stories", "stories/harbour/articles", ".."])
def test_files_are_named_from_the_root_of_their_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch, form: str, where: str
) -> None:
    """Wherever a check is run, CI finds the file in the repository of the data."""
    spoil(repository / "stories" / "harbour")
    monkeypatch.chdir(repository / where)
    data = os.path.relpath(repository / "stories" / "harbour")
    found = names(form, run("--data", data, "--format", form).stdout)
    assert found == {f"stories/harbour/articles/{ARTICLE}.trig"}


def test_the_workspace_of_the_job_comes_first(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub names files from GITHUB_WORKSPACE, which may lie above the repository."""
    spoil(repository / "stories" / "harbour")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository.parent))
    shown = run("--data", repository / "stories" / "harbour", "--format", "github").stdout
    assert names("github", shown) == {f"a repository/stories/harbour/articles/{ARTICLE}.trig"}


def test_data_outside_of_the_repository_has_absolute_names(
    broken: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies outside of the root is named whole, so that nobody takes it for a file of the repository."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    article = broken / "articles" / f"{ARTICLE}.trig"
    assert names("github", run("--data", broken, "--format", "github").stdout) == {str(article)}
    assert names("sarif", run("--data", broken, "--format", "sarif").stdout) == {article.as_uri()}


# PATHs


def test_a_path_is_a_file_or_any_folder_with_data_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, their folders, the data folder and the folders above it select what is below."""
    data = Path(shutil.copytree(EXAMPLE, tmp_path / "deep" / "data"))
    article = spoil(data)
    for path in (article, data / "articles", data, tmp_path / "deep", tmp_path):
        assert run("--data", data, path).exit_code == 1, path
    assert run("--data", data, data / "registry").exit_code == 0
    assert run("--data", data, data / "registry", article).exit_code == 1
    monkeypatch.chdir(data / "registry")
    assert run("--data", "..", "../articles").exit_code == 1
    assert run("--data", "..", ".").exit_code == 0


def test_a_path_without_data_is_an_error(tmp_path: Path) -> None:
    """A folder in which nothing is checked is named, with exit code 2."""
    for path, fault in ((EXAMPLE / "sources", "not part of the data"), (tmp_path / "nowhere", "no such file")):
        result = run("--data", EXAMPLE, EXAMPLE / "registry", path)
        assert result.exit_code == 2 and fault in result.stderr


def test_a_check_of_nothing_does_not_pass_because_of_a_path(tmp_path: Path) -> None:
    """What belongs to no file is shown whatever files are named."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / f"{ARTICLE}.trig").write_text("")
    result = run("--data", tmp_path, tmp_path / "articles")
    assert result.exit_code == 1 and "nothing-checked" in result.stdout


# what cannot be read


@pytest.fixture
def unreadable(repository: Path) -> Path:
    """The data of a repository, with an article that no parser takes and a registry file that is not UTF-8."""
    data = repository / "stories" / "harbour"
    article = data / "articles" / f"{ARTICLE}.trig"
    article.write_text(article.read_text(encoding="utf-8").replace("    t:holder", "    t:holder holder", 1))
    (data / "registry" / "odd.ttl").write_bytes(b"# one\n# \xff\n")
    return data


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_a_file_that_cannot_be_read_is_told_at_its_line_in_every_format(unreadable: Path, form: str) -> None:
    """Each such file is a violation in the format that was asked for, beside the error, with exit code 2."""
    result = run("--data", unreadable, "--format", form)
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1
    article = unreadable / "articles" / f"{ARTICLE}.trig"
    at = next(
        n for n, line in enumerate(article.read_text(encoding="utf-8").splitlines(), 1) if "t:holder holder" in line
    )
    told = {
        "github": [f"::error file=stories/harbour/articles/{ARTICLE}.trig,line={at},", "registry/odd.ttl,line=2,"],
        "json": [f'"line": {at},', '"line": 2,', '"conforms": false', '"rule": "unreadable-file"'],
        "junit": [f"harbour/articles/{ARTICLE}.trig:{at}: violation: ", 'failures="2"'],
        "sarif": [f'"startLine": {at},', '"startLine": 2,', '"executionSuccessful": false'],
        "turtle": ["This file cannot be read", "sh:conforms false"],
    }
    assert [words for words in told[form] if words not in result.stdout] == []


def test_a_file_that_cannot_be_read_is_told_once_as_text(unreadable: Path) -> None:
    """For people there is the error, with file and line."""
    result = run("--data", unreadable)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "registry/odd.ttl:2: is not UTF-8" in result.stderr


def test_other_errors_are_no_findings(tmp_path: Path) -> None:
    """A folder that is not there has no file to tell of."""
    result = run("--data", tmp_path / "nowhere", "--format", "github")
    assert (result.exit_code, result.stdout) == (2, "")


# baselines


def test_a_known_warning_does_not_count_and_a_new_one_does(warned: Path, tmp_path: Path) -> None:
    """Once written, a warning is shown as known and the run ends with 0; without the entry it ends with 1."""
    baseline = tmp_path / "baseline.txt"
    written = run("--data", warned, "--write-baseline", baseline)
    assert (written.exit_code, written.stderr.startswith("1 known findings written to ")) == (0, True)
    result = run("--data", warned, "--baseline", baseline)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 warning (1 in the baseline)")
    assert result.stdout.splitlines()[0].endswith("article:2024-03-05-gazette (in the baseline)")
    baseline.write_text("".join(line for line in baseline.read_text().splitlines(True) if "article-rights" not in line))
    assert run("--data", warned, "--baseline", baseline).exit_code == 1


def test_a_known_violation_still_counts(broken: Path, tmp_path: Path) -> None:
    """Violations are written down too and shown as known, but data with violations is not published."""
    baseline = tmp_path / "baseline.txt"
    assert run("--data", broken, "--write-baseline", baseline).exit_code == 1
    result = run("--data", broken, "--baseline", baseline)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "3 violations (3 in the baseline)")


def test_a_baseline_outlives_the_lines_it_was_written_at(warned: Path, tmp_path: Path) -> None:
    """Lines above a finding change nothing."""
    baseline = tmp_path / "baseline.txt"
    run("--data", warned, "--write-baseline", baseline)
    article = warned / "articles" / f"{ARTICLE}.trig"
    article.write_text("# one more line\n\n" + article.read_text())
    assert run("--data", warned, "--baseline", baseline).exit_code == 0


def test_entries_without_a_finding_are_told_and_do_not_count(tmp_path: Path) -> None:
    """What was mended is named for removal, and the run ends with 0."""
    baseline = tmp_path / "baseline.txt"
    baseline.write_text("violation claim-mode claim:2024-03-05-gazette-demand\n")
    result = run("--data", EXAMPLE, "--baseline", baseline)
    told = "no longer found, remove: violation claim-mode claim:2024-03-05-gazette-demand\nno findings\n"
    assert (result.exit_code, result.stdout) == (0, told)
    assert json.loads(run("--data", EXAMPLE, "--baseline", baseline, "--format", "json").stdout)["no_longer_found"]


def test_a_baseline_that_cannot_be_read_or_written_stops_the_check(tmp_path: Path) -> None:
    """No file, a file that is no baseline and a folder that is not there are told with exit code 2."""
    bad = tmp_path / "bad.txt"
    bad.write_text("what is this\n")
    for option, path, fault in (
        ("--baseline", tmp_path / "no.txt", "cannot be read"),
        ("--baseline", bad, "bad.txt:1: is no line of a baseline"),
        ("--write-baseline", tmp_path / "no" / "b.txt", "cannot be written"),
    ):
        result = run("--data", EXAMPLE, option, path)
        assert result.exit_code == 2 and fault in result.stderr and len(result.stderr.splitlines()) == 1


def test_a_baseline_is_of_everything_whatever_is_shown(warned: Path, tmp_path: Path) -> None:
    """Writing a baseline of one file does not forget the others."""
    (warned / "registry" / "x.ttl").write_text("# Nothing yet.\n")
    baseline = tmp_path / "baseline.txt"
    result = run("--data", warned, warned / "registry", "--write-baseline", baseline)
    assert (result.exit_code, result.stdout) == (0, "no findings\n")
    assert "article-rights" in baseline.read_text()


# --changed-since


def test_only_findings_in_changed_files_count(repository: Path) -> None:
    """A fault in a file that was changed, or that git does not know yet, counts; an older one does not."""
    data = repository / "stories" / "harbour"
    article = spoil(data)
    assert run("--data", data, "--changed-since", "HEAD").exit_code == 1
    git(repository, "commit", "--quiet", "--all", "--message", "A fault")
    assert run("--data", data, "--changed-since", "HEAD").exit_code == 0
    assert run("--data", data, "--changed-since", "HEAD~1").exit_code == 1
    assert run("--data", data).exit_code == 1
    article.rename(article.with_name("2024-03-06-renamed.trig"))
    assert run("--data", data, "--changed-since", "HEAD").exit_code == 1


def test_changed_files_and_paths_narrow_together(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With PATHs only what is both named and changed counts, from any folder."""
    data = repository / "stories" / "harbour"
    article = spoil(data)
    monkeypatch.chdir(data / "registry")
    assert run("--data", data, "--changed-since", "HEAD", data / "registry").exit_code == 0
    assert run("--data", "..", "--changed-since", "HEAD", article).exit_code == 1


def test_files_with_odd_names_are_seen_as_changed(repository: Path) -> None:
    """Blanks, quotes and letters beyond ASCII in a file's name hide no finding."""
    data = repository / "stories" / "harbour"
    spoil(data).rename(data / "articles" / 'ö "odd" näme.trig')
    assert run("--data", data, "--changed-since", "HEAD").exit_code == 1


def test_a_hook_of_another_repository_changes_nothing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What git sets for a hook does not hide the repository of the data."""
    spoil(repository / "stories" / "harbour")
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))
    result = run("--data", repository / "stories" / "harbour", "--changed-since", "HEAD", "--format", "github")
    assert result.exit_code == 1 and "file=stories/harbour/articles/" in result.stdout


def test_what_git_cannot_tell_stops_the_check(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown commit, an option in its place, data in no repository and a missing git have exit code 2."""
    data = repository / "stories" / "harbour"
    outside = Path(shutil.copytree(EXAMPLE, tmp_path / "outside"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for folder, revision, fault in (
        (data, "no-such-branch", "no-such-branch: no such commit here"),
        (data, "--output=x", "--output=x: no such commit here"),
        (outside, "HEAD", "is in no git repository"),
    ):
        result = run("--data", folder, f"--changed-since={revision}")
        assert result.exit_code == 2 and fault in result.stderr and len(result.stderr.splitlines()) == 1
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("--data", data, "--changed-since", "HEAD")
    assert result.exit_code == 2 and "git is not installed" in result.stderr
    assert run("--data", EXAMPLE, "--format", "github").exit_code == 0


def test_an_unreadable_time_leaves_the_report_readable(tmp_path: Path) -> None:
    """Of EDTF at which its reader fails, nothing stands before or after the JSON of the report."""
    folder = story(tmp_path / "timed")
    article = folder / "articles" / f"{ARTICLE}.trig"
    text = article.read_text(encoding="utf-8")
    article.write_text(re.sub(r't:edtf "[^"]*"', 't:edtf "2022-1X"', text, count=1), encoding="utf-8")
    result = run("--data", folder, "--format", "json")
    assert result.exit_code == 1 and "not supported here" in result.stdout
    assert json.loads(result.stdout)
