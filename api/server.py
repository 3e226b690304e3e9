"""The production server around the app: granian, one worker process, threads for requests, evaluators beside it."""

import functools
import gc
import json
import logging
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from api.gateway import Gateway
from kb.engine import PATIENCE
from kb.errors import SetupError
from kb.live import LiveEngine, linked
from kb.passages import Showing

if TYPE_CHECKING:
    from kb.engine import Engine

_STOP = 5
"""Seconds beyond the longest that a query may take, after which a server that was told to stop is ended."""


@dataclass(frozen=True)
class Settings:
    """What a worker needs in order to serve: plain values, since they travel to another process.

    ``current`` is the link to the newest build, which is followed; None where ``engine_url`` names a SPARQL service
    that holds one, which may stand in the folder ``builds`` too. ``timeout`` is in seconds, ``memory_mb`` and
    ``cache_mb`` are in millions of bytes; ``proxies`` is as ``create_app`` takes it.
    """

    current: Path | None
    timeout: float
    memory_mb: int
    sources: tuple[Path, ...]
    showing: Showing = field(default_factory=Showing)
    engine_url: str | None = None
    cache_mb: int = 64
    proxies: int = 0
    access_log: bool = False
    builds: Path | None = None


def load(settings: Settings, _target: str = "") -> Any:
    """What granian serves; called inside the worker process."""
    _log_to_stderr(access=settings.access_log)
    gc.disable()  # all that is read here stays
    with ThreadPoolExecutor(1) as threads:
        opened = threads.submit(_engine, settings)  # its first evaluator starts while the rest is read here
        from api import MAX_BODY, create_app
        from kb.paths import queries_dir
        from kb.questions import load as load_questions
        from kb.sources import read_snapshots

        questions, engine = load_questions(queries_dir()), opened.result()
    app = create_app(
        engine,
        questions=questions,
        snapshots=read_snapshots(*settings.sources),
        showing=settings.showing,
        cache_bytes=settings.cache_mb * 1_000_000,
        proxies=settings.proxies,
    )
    own = app.extensions["testimonia"]
    gc.collect()
    gc.freeze()  # so that it need not be looked through again and again
    gc.enable()
    return Gateway(
        app.wsgi_app,
        own["cache"],
        own["metrics"],
        own["straight"],
        max_body=MAX_BODY,
        proxies=settings.proxies,
        close=engine.close,
    )


def _engine(settings: Settings) -> "Engine":
    """The engine that ``settings`` ask for; SetupError where there is none to be had."""
    if settings.engine_url is not None:
        return _remote_engine(settings.engine_url, settings)
    from kb.engine import EmbeddedEngine

    if settings.current is None:
        raise SetupError("neither a build nor a service to serve")
    places = max(2, os.cpu_count() or 2) + 1
    return LiveEngine(
        linked(settings.current),
        lambda build: EmbeddedEngine(build, timeout=settings.timeout, memory_mb=settings.memory_mb, workers=places),
    )


def _remote_engine(url: str, settings: Settings) -> "Engine":
    """An engine over a service, which follows what is published there."""
    from kb.remote import RemoteEngine, editions

    def opened(_: object = None) -> RemoteEngine:
        return RemoteEngine(url, timeout=settings.timeout, builds=settings.builds)

    newest = editions(url, timeout=settings.timeout)
    return opened() if newest() is None else LiveEngine(newest, opened)


def run(settings: Settings, *, host: str, port: int) -> None:
    """Serves until it is told to stop, and then answers what it was asked; SetupError where it cannot listen."""
    check_free(host, port)
    server = Granian(
        "testimonia",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=int(settings.timeout + PATIENCE) + _STOP,
        process_name="testimonia",
    )
    server.serve(target_loader=functools.partial(load, settings), wrap_loader=False)


def _log_to_stderr(*, access: bool) -> None:
    """Sends what is logged to standard error, one JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("testimonia.access").setLevel(logging.INFO if access else logging.WARNING)


class _JsonLines(logging.Formatter):
    """A record as JSON: time, level, where from, message, and what was passed as ``extra={"fields": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"time": time, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        said.update(getattr(record, "fields", {}))
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


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
