"""The engines that are measured: ours and its peers, each a process that serves the same dump while a block lasts.

A peer is installed apart from the project and with default settings: Oxigraph's server and rdflib-endpoint from PyPI
into environments of their own, Virtuoso from what the system has. What must be loaded is loaded once and kept in the
cache folder.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

from benchmarks.asking import Connection, Endpoint
from kb import __version__
from kb.errors import SetupError
from kb.namespaces import DEFAULT_GRAPH

ROOT: Final = Path(__file__).parents[1]
HOST: Final = "127.0.0.1"

_START_UP: Final = 300.0
"""Seconds that a server may take until it answers."""

_COMMAND: Final = [sys.executable, "-c", "from kb.cli import main; main()"]
"""``testimonia`` of this checkout, whatever is installed."""

_OVER: Final = """
import sys
from pathlib import Path
from api.server import Settings, run
run(Settings(Path(sys.argv[1]), 10.0, 512, ()), host=sys.argv[2], port=int(sys.argv[3]))
"""
"""The same server over a build that is there, checked or not."""

_ENDPOINT: Final = "0.6.3"
"""The release of rdflib-endpoint that is measured."""

_LIMIT: Final = 20.0
"""Seconds that a peer may take for a question which is slow by nature."""

_IN_MEMORY: Final = 8
"""Bytes that rdflib takes for each byte of a dump, and some more."""

_LOAD: Final = "ld_dir('{}', '{}', '{}'); rdf_loader_run(); checkpoint;"
_FAULTS: Final = "select ll_error from DB.DBA.LOAD_LIST where ll_error is not null;"


@dataclass(frozen=True)
class Server:
    """An engine at work: its processes are ``process`` and all below; ``started`` seconds to its first answer.

    ``store`` is the folder that it serves, which took ``loaded`` seconds to load. A ``slow`` one has no store and may
    take as long for a question as its endpoint has patience; it takes no part under load.
    """

    name: str
    version: str
    endpoint: Endpoint
    process: psutil.Popen
    started: float
    store: Path | None = None
    loaded: float | None = None
    slow: bool = False

    def renew(self) -> None:
        """Ends what a slow engine is still at, so that it takes the next question; SetupError where it does not."""
        if self.slow:
            for child in self.process.children():
                child.kill()
            _until_it_answers(self.process, self.endpoint, self.name)

    def memory(self) -> tuple[float, float]:
        """Megabytes of all its processes: proportional set size, in which shared pages count once, and resident."""
        found = [process.memory_full_info() for process in self._tree()]
        return sum(one.pss for one in found) / 1e6, sum(one.rss for one in found) / 1e6

    def cpu(self) -> float:
        """Seconds of processor time that its processes have taken so far."""
        found = [process.cpu_times() for process in self._tree()]
        return float(sum(one.user + one.system for one in found))

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def build(data: Path, cache: Path, *, check: bool = True) -> Path:
    """The build of a data folder, from the cache where it is there; SetupError where it cannot be built."""
    options = [] if check else ["--no-check"]
    done = _run([*_COMMAND, "build", *options, "--data", str(data), "--out", str(_builds(cache))], cache)
    return Path(done.strip().splitlines()[-1])


def disk(path: Path) -> int:
    """The bytes that a file, or all files of a folder, take on disk."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(512 * one.stat().st_blocks for one in files)


@contextlib.contextmanager
def ours(data: Path, cache: Path) -> Iterator[Server]:
    """Our server over a data folder that was built before."""
    port = _free_port()
    command = [*_COMMAND, "serve", "--data", str(data), "--out", str(_builds(cache)), "--port", str(port)]
    with _running(
        "testimonia", __version__, command, Endpoint(HOST, port, "/sparql"), cache, environment=_environment(cache)
    ) as server:
        yield server


@contextlib.contextmanager
def over(built: Path, cache: Path) -> Iterator[Server]:
    """Our server over a build of the cache, whether it was checked or not."""
    port = _free_port()
    command = [sys.executable, "-c", _OVER, str(built.parent / "current"), HOST, str(port)]
    with _running(
        "testimonia", __version__, command, Endpoint(HOST, port, "/sparql"), cache, environment=_environment(cache)
    ) as server:
        yield server


@contextlib.contextmanager
def oxigraph(dump: Path, cache: Path) -> Iterator[Server]:
    """Oxigraph's own server, of the release whose library we use, over its own store."""
    release, port = version("pyoxigraph"), _free_port()
    program = _installed(cache, f"oxigraph-{release}", f"oxigraph=={release}") / "oxigraph"
    store = cache / "stores" / f"oxigraph-{dump.parent.name}"
    with _once(store) as aside:
        if aside is not None:
            _run([str(program), "load", "--location", str(aside), "--file", str(dump)], cache)
            _run([str(program), "optimize", "--location", str(aside)], cache)
    command = [str(program), "serve-read-only", "--location", str(store), "--bind", f"{HOST}:{port}"]
    with _running("oxigraph", release, command, Endpoint(HOST, port, "/query"), cache) as server:
        yield _stored(server, store)


@contextlib.contextmanager
def virtuoso(dump: Path, cache: Path) -> Iterator[Server]:
    """Virtuoso 7, as the system's packages have it, with the default graph under our name of it.

    Its default graph would be the union of all otherwise; even so ``GRAPH ?g`` reaches every graph there is.
    """
    program, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or client is None:
        raise SetupError("virtuoso-t and isql-vt are not installed (apt-get install virtuoso-opensource)")
    store = cache / "stores" / f"virtuoso-{dump.parent.name}"
    with _once(store) as aside:
        if aside is not None:
            aside.mkdir(parents=True)
            with _virtuoso(program, aside, cache):
                sql = int((aside / "sql-port").read_text())
                isql = [client, f"{HOST}:{sql}", "dba", "dba", "banner=off", "verbose=off"]
                _run([*isql, f"exec={_LOAD.format(dump.parent, dump.name, DEFAULT_GRAPH)}"], cache)
                if fault := _run([*isql, f"exec={_FAULTS}"], cache).strip():
                    raise SetupError(f"virtuoso cannot load {dump}: {fault[:300]}")
    with _virtuoso(program, store, cache) as server:
        yield _stored(server, store)


def rdflib_endpoint(dump: Path, cache: Path) -> AbstractContextManager[Server]:
    """rdflib-endpoint, from PyPI, over rdflib's own store in memory."""
    return _rdflib("rdflib-endpoint", f"{_ENDPOINT} with rdflib {version('rdflib')}", "endpoint", dump, cache)


def rdflib(dump: Path, cache: Path) -> AbstractContextManager[Server]:
    """rdflib's own store and query engine in memory, with no more around it than Python's own HTTP server."""
    return _rdflib("rdflib", version("rdflib"), "plain", dump, cache)


PEERS: Final[Mapping[str, Callable[[Path, Path], AbstractContextManager[Server]]]] = {
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
    "rdflib": rdflib,
}


@contextlib.contextmanager
def _rdflib(name: str, release: str, kind: str, dump: Path, cache: Path) -> Iterator[Server]:
    needed = _IN_MEMORY * dump.stat().st_size
    if needed > psutil.virtual_memory().available / 4:
        raise SetupError(f"it would need some {needed / 1e9:.0f} GB of memory, more than a fourth of what is free")
    used = version("rdflib")
    home = f"rdflib-{used}-endpoint-{_ENDPOINT}"
    python = _installed(cache, home, f"rdflib=={used}", f"rdflib-endpoint=={_ENDPOINT}", "uvicorn") / "python"
    port = _free_port()
    command = [str(python), str(ROOT / "benchmarks" / "rdflibs.py"), kind, str(dump), str(port)]
    with _running(name, release, command, Endpoint(HOST, port, "/sparql", patience=_LIMIT), cache) as server:
        loaded = float((cache / f"{name}.log").read_text(encoding="utf-8").splitlines()[0])
        yield replace(server, loaded=loaded, slow=True)


def _installed(cache: Path, name: str, *packages: str) -> Path:
    """The folder of programs of an environment that has some packages, made where it is not there yet."""
    with _once(cache / name) as aside:
        if aside is not None:
            _run([sys.executable, "-m", "venv", str(aside)], cache)
            _run([str(aside / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages], cache)
    return cache / name / "bin"


def _stored(server: Server, store: Path) -> Server:
    """A server with its store and what it took to load it, where that is known."""
    try:
        loaded = float(_seconds(store).read_text(encoding="ascii"))
    except FileNotFoundError:
        loaded = None
    return replace(server, store=store, loaded=loaded)


def _seconds(store: Path) -> Path:
    return store.with_name(f"{store.name}.seconds")


@contextlib.contextmanager
def _virtuoso(program: str, store: Path, cache: Path) -> Iterator[Server]:
    http, sql = _free_port(), _free_port()
    (store / "sql-port").write_text(str(sql))
    (store / "virtuoso.ini").write_text(
        f"[Database]\nDatabaseFile = virtuoso.db\nErrorLogFile = virtuoso.log\nTransactionFile = virtuoso.trx\n"
        f"LockFile = virtuoso.lck\nxa_persistent_file = virtuoso.pxa\nFileExtend = 200\nMaxCheckpointRemap = 2000\n"
        f"[TempDatabase]\nDatabaseFile = temp.db\nTransactionFile = temp.trx\nMaxCheckpointRemap = 2000\n"
        f"[Parameters]\nServerPort = {HOST}:{sql}\nDirsAllowed = /\nNumberOfBuffers = 10000\nMaxDirtyBuffers = 6000\n"
        f"ThreadsPerQuery = 4\nMaxQueryMem = 2G\n"
        f"[HTTPServer]\nServerPort = {HOST}:{http}\nServerThreads = 80\nMaxKeepAlives = 80\nKeepAliveTimeout = 60\n"
        f"[SPARQL]\nResultSetMaxRows = 1000000\n",
        encoding="utf-8",
    )
    release = _run([program, "--version"], cache, either=True).split("Version ")[-1].split()[0]
    endpoint = Endpoint(HOST, http, "/sparql", (("default-graph-uri", DEFAULT_GRAPH),))
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    with _running("virtuoso", release, command, endpoint, cache, cwd=store) as server:
        yield server


@contextlib.contextmanager
def _running(
    name: str,
    release: str,
    command: Sequence[str],
    endpoint: Endpoint,
    cache: Path,
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server that has given its first answer; ended with all below it when the block is left."""
    log = cache / f"{name}.log"
    with log.open("wb") as out:
        begun = time.perf_counter()
        process = psutil.Popen(command, cwd=cwd, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment)
        try:
            _until_it_answers(process, endpoint, name, log)
            yield Server(name, release, endpoint, process, time.perf_counter() - begun)
        finally:
            _stop(process)


def _until_it_answers(process: psutil.Popen, endpoint: Endpoint, name: str, log: Path | None = None) -> None:
    until = time.monotonic() + _START_UP
    while time.monotonic() < until and process.poll() is None:
        try:
            with Connection(endpoint) as connection:
                if connection.ask("ASK {}").status == 200:
                    return
        except (OSError, SetupError):
            pass
        time.sleep(0.005)
    said = log.read_text(encoding="utf-8", errors="replace")[-500:] if log else ""
    raise SetupError(f"{name} gave no answer: {said}")


def _stop(process: psutil.Popen) -> None:
    below = process.children(recursive=True) if process.is_running() else []
    process.terminate()
    _, alive = psutil.wait_procs([process, *below], timeout=15)
    for one in alive:
        one.kill()
    psutil.wait_procs(alive, timeout=15)


@contextlib.contextmanager
def _once(folder: Path) -> Iterator[Path | None]:
    """Where to put what ``folder`` is to hold, moved there if the block ends well; None where it is there already."""
    if folder.is_dir():
        yield None
        return
    aside = folder.with_name(f".{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    yield aside
    _seconds(folder).write_text(f"{time.perf_counter() - begun:.3f}", encoding="ascii")
    aside.rename(folder)


def _run(command: Sequence[str], cache: Path, *, either: bool = False) -> str:
    """What a program prints; SetupError with its last words where it fails."""
    cache.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=ROOT, env=_environment(cache), capture_output=True, text=True, check=False)
    if done.returncode and not either:
        raise SetupError(f"{Path(command[0]).name} {command[1]}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout + (done.stderr if either else "")


def _environment(cache: Path) -> dict[str, str]:
    """Ours with a cache of its own, so that nothing is left in the user's."""
    return {**os.environ, "XDG_CACHE_HOME": str(cache / "own")}


def _builds(cache: Path) -> Path:
    return cache / "builds"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
