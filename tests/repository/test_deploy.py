"""The files for operators, held against the program they run, and the pages that explain them."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from api import MAX_BODY
from api.headers import MAX_URL
from kb import cli

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "testimonia.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
SERVE = {option for parameter in cli.main.commands["serve"].params for option in parameter.opts}


def settings(section: str) -> dict[str, list[str]]:
    """The settings of a section of the unit; each may stand there more than once."""
    found: dict[str, list[str]] = {}
    body = UNIT.partition(f"[{section}]\n")[2].partition("\n[")[0]
    for name, value in re.findall(r"^(\w+)=(.*)$", body, re.M):
        found.setdefault(name, []).append(value)
    return found


def without_comments(text: str) -> str:
    return re.sub(r"^\s*#.*$", "", text, flags=re.M)


def directives(name: str) -> list[str]:
    """What nginx is told under a name, in the order of the file."""
    return re.findall(rf"^\s*{name}\s+([^;]+);", NGINX, re.M)


def size(text: str) -> int:
    return int(text.rstrip("km")) * {"k": 1024, "m": 1024**2}.get(text[-1], 1)


def test_the_unit_starts_the_command() -> None:
    """What systemd starts is ``testimonia serve`` with options that it has, and what it writes is its cache."""
    (line,) = settings("Service")["ExecStart"]
    program, command, *arguments = shlex.split(line)
    assert program.endswith("/bin/testimonia") and command == "serve"
    assert {word for word in arguments if word.startswith("--")} <= SERVE
    assert settings("Service")["Environment"] == ["XDG_CACHE_HOME=/var/cache"]
    assert settings("Service")["CacheDirectory"] == ["testimonia"]


def test_the_unit_is_closed_but_for_what_evaluators_need() -> None:
    """It may write nothing, gain nothing and use little; it may make the namespaces that keep queries at home."""
    service = settings("Service")
    yes = ("DynamicUser", "NoNewPrivileges", "PrivateDevices", "PrivateTmp", "ProtectHome", "RestrictSUIDSGID")
    assert {name: service[name] for name in yes} == {name: ["yes"] for name in yes}
    assert service["ProtectSystem"] == ["strict"] and service["CapabilityBoundingSet"] == [""]
    assert set(service["RestrictNamespaces"][0].split()) == {"net", "user"}
    assert set(service["RestrictAddressFamilies"][0].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}
    assert service["OOMPolicy"] == ["continue"] and {"MemoryMax", "TasksMax"} <= service.keys()


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """systemd-analyze, where it is at hand, finds nothing amiss; whatever the machine, each line is a setting."""
    for line in without_comments(UNIT).splitlines():
        assert not line or re.fullmatch(r"\[(Unit|Service|Install)\]|[A-Z]\w+=.*", line), line
    program = shutil.which("systemd-analyze")
    if program is not None:
        unit = tmp_path / "testimonia.service"
        unit.write_text(UNIT.replace("/opt/testimonia/bin/testimonia", sys.executable), encoding="utf-8")
        done = subprocess.run([program, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
        assert [line for line in done.stderr.splitlines() if "testimonia" in line] == []


def test_the_image_is_made_of_what_is_there() -> None:
    """Each file that is copied is in the repository, and nothing that serving needs is left out."""
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)$", CONTAINER, re.M)]
    names = {name for some in copied for name in some}
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []
    assert {"api", "kb", "ontology", "shapes", "pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA"} <= names


def test_the_image_runs_the_command_as_nobody_in_particular() -> None:
    """The last stage ends as a user without rights, runs ``serve`` with options that it has, and is watched."""
    last = CONTAINER.rpartition("FROM ")[2]
    (user,) = re.findall(r"^USER (\S+)$", last, re.M)
    assert user not in ("0", "root")
    (command,) = re.findall(r"^CMD (\[.*\])$", last, re.M)
    words = re.findall(r'"([^"]*)"', command)
    assert words[0] == "serve" and {word for word in words if word.startswith("--")} <= SERVE
    assert 'ENTRYPOINT ["/opt/testimonia/bin/testimonia"]' in last
    assert "HEALTHCHECK" in last and "/healthz" in last
    assert not re.search(r"\b(curl|wget|apt-get)\b", CONTAINER)


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    """nginx, where it is at hand, finds nothing amiss; whatever the machine, blocks close and directives end."""
    text = without_comments(NGINX)
    assert text.count("{") == text.count("}")
    for line in filter(None, map(str.strip, text.splitlines())):
        assert line.endswith((";", "{", "}")), line
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if program is not None:
        (tmp_path / "site.conf").write_text(NGINX.replace("/var/cache/nginx", str(tmp_path)), encoding="utf-8")
        inside = f"access_log off; include {tmp_path}/site.conf;"
        whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {inside} }}"
        (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
        done = subprocess.run(
            [program, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_nginx_lets_through_what_the_server_takes() -> None:
    """Addresses and bodies as long as the server's own limits pass, and the slowest query is waited for."""
    (buffers,) = directives("large_client_header_buffers")
    assert size(buffers.split()[1]) > MAX_URL
    assert size(directives("proxy_buffer_size")[0]) > MAX_URL  # it holds the key of the cache
    assert size(directives("client_max_body_size")[0]) == MAX_BODY
    timeout = next(p.default for p in cli.main.commands["serve"].params if p.name == "query_timeout")
    assert int(directives("proxy_read_timeout")[0].rstrip("s")) > 2 * float(timeout)  # type: ignore[arg-type]
    assert directives("proxy_http_version") == ["1.1"]
    assert directives("proxy_cache_revalidate") == ["on"]
    assert "Authorization" not in NGINX and "X-Forwarded-For $remote_addr" in directives("proxy_set_header")


@pytest.mark.parametrize("option", sorted(SERVE - {"--help", "-h"}))
def test_the_page_has_every_setting(option: str) -> None:
    """docs/operation.md says of each option of ``serve`` what it limits."""
    table = PAGE.partition("| setting |")[2].partition("\n\n")[0]
    described = " ".join(re.findall(r"^\| (.*?) \|", table, re.M))
    assert f"`{option}`" in described


def test_the_page_knows_no_setting_that_is_not_there() -> None:
    """Each option in the table of settings is one of ``serve``."""
    table = PAGE.partition("| setting |")[2].partition("\n\n")[0]
    described = " ".join(re.findall(r"^\| (.*?) \|", table, re.M))
    assert set(re.findall(r"`(--[a-z-]+)`", described)) <= SERVE
