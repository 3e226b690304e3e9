"""Servers in processes of their own, started for tests and ended with them."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from places import ROOT
from serving import free_port


@contextlib.contextmanager
def running(command: Sequence[str], address: str, log: Path, **environment: str) -> Iterator[None]:
    """Runs a server until the block ends; the block begins when something answers at ``address``."""
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream, env={**os.environ, **environment})
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(address, timeout=10).close()
                break
            except urllib.error.HTTPError as error:
                error.close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def own_server(folder: Path, *arguments: str) -> Iterator[str]:
    """The address of ``testimonia serve`` without article texts; ``folder`` takes its log and cache."""
    port, texts = free_port(), folder / "no-texts"
    texts.mkdir(exist_ok=True)
    command = [sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", str(port)]
    command += ["--sources", str(texts), *arguments]
    address = f"http://127.0.0.1:{port}"
    with running(command, f"{address}/healthz", folder / "testimonia.log", XDG_CACHE_HOME=str(folder / "cache")):
        yield address


@contextlib.contextmanager
def oxigraph_server(build: Path, folder: Path) -> Iterator[str]:
    """The SPARQL endpoint of an Oxigraph server over a build, opened read-only; skipped where there is none."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        if os.environ.get("TESTIMONIA_STRICT") == "1":
            pytest.fail("the oxigraph server is not at hand")
        pytest.skip("the oxigraph server is not at hand")
    port = free_port()
    command = [program, "serve-read-only", "--location", str(build / "store"), "--bind", f"127.0.0.1:{port}"]
    with running(command, f"http://127.0.0.1:{port}/", folder / "oxigraph.log"):
        yield f"http://127.0.0.1:{port}/query"
