"""The production server around the app: granian, one worker process, threads for requests, evaluators beside it."""

import functools
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kb.errors import SetupError
from kb.passages import Showing

if TYPE_CHECKING:
    from kb.engine import Engine

_THREADS = 32


@dataclass(frozen=True)
class Settings:
    """What a worker needs in order to serve: plain values, since they travel to another process.

    ``build`` is the folder of a build; None where ``engine_url`` names a SPARQL service that holds one.
    """

    build: Path | None
    timeout: float
    memory_mb: int
    sources: tuple[Path, ...]
    showing: Showing = field(default_factory=Showing)
    engine_url: str | None = None


def load(settings: Settings, _target: str = "") -> Any:
    """The WSGI app for ``settings``; called inside the worker process."""
    from api import create_app
    from kb.paths import queries_dir
    from kb.questions import load as load_questions
    from kb.sources import read_snapshots

    return create_app(
        _engine(settings),
        questions=load_questions(queries_dir()),
        snapshots=read_snapshots(*settings.sources),
        showing=settings.showing,
    )


def _engine(settings: Settings) -> "Engine":
    """The engine that ``settings`` ask for; SetupError where there is none to be had."""
    if settings.engine_url is not None:
        from kb.remote import RemoteEngine

        return RemoteEngine(settings.engine_url, timeout=settings.timeout)
    from kb.engine import EmbeddedEngine

    if settings.build is None:
        raise SetupError("neither a build nor a service to serve")
    workers = max(2, os.cpu_count() or 2)
    return EmbeddedEngine(settings.build, timeout=settings.timeout, memory_mb=settings.memory_mb, workers=workers)


def run(settings: Settings, *, host: str, port: int) -> None:
    """Serves until it is told to stop; SetupError where the address cannot be had."""
    check_free(host, port)
    server = Granian(
        "testimonia",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        process_name="testimonia",
    )
    server.serve(target_loader=functools.partial(load, settings), wrap_loader=False)


def check_free(host: str, port: int) -> None:
    """SetupError, with what to do, where nothing can listen on the address."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SetupError(f"cannot listen on {host}:{port}: {reason}; choose another with --host or --port") from None
