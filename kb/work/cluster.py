"""A Dask cluster to work at: whoever has a scheduler and workers gives the scheduler's address.

Workers need the same version of Testimonia and of Python. What all tasks see goes to each worker once; tasks follow as
workers have room, so that the scheduler never holds more than a few for each. Dask does a task again whose worker was
lost; the rest is ``driving``'s.
"""

import pickle
import platform
import queue
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import uuid4

import kb
from kb.errors import MissingError, SetupError
from kb.work import child
from kb.work.driving import LOSSES, drive
from kb.work.model import Failed, Late, Lost, Name, Outcome, Work
from kb.work.versions import code

try:
    from distributed import Client, Future, KilledWorker, Security
except ImportError:
    raise MissingError(
        "a cluster is reached with Dask, which is not installed: pip install 'testimonia[cluster]'"
    ) from None

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")

SCHEMES: Final = {"tcp": False, "tls": True, "ws": False, "wss": True}
"""Whether connections by a scheme have certificates."""
AHEAD: Final = 2
"""Tasks in hand for each thread of the workers: one that is worked on, and one that waits."""
ANSWER: Final = 10.0
"""Seconds in which a scheduler has to answer first."""
PATIENCE: Final = 30.0
"""Seconds to wait for a worker where there is none."""
_LOOK: Final = 1.0
"""Seconds after which it is looked whether the scheduler and workers are still there."""


@dataclass(frozen=True)
class Version:
    """What decides whether two machines work out the same."""

    testimonia: str
    python: str
    code: str

    def __str__(self) -> str:
        return f"Testimonia {self.testimonia} ({self.code[:8]}) on Python {self.python}"


def version() -> Version:
    """The version that runs here."""
    return Version(kb.__version__, ".".join(platform.python_version_tuple()[:2]), code())


@contextmanager
def connected(address: str) -> "Iterator[Cluster]":
    """The cluster of the scheduler at ``address``, such as ``tcp://10.0.0.1:8786``, with workers that fit.

    SetupError where it cannot be reached, has no worker, or one of another version.
    """
    _check(address)
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False, name="testimonia")
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SetupError(
            f"no Dask scheduler answers at {address} ({reason}). Start one with: dask scheduler, "
            "and give the address that it prints, which begins with tls:// where it has certificates"
        ) from None
    try:
        found = Cluster(client, address)
        found.wait()
        found.compare(version())
        yield found
    finally:
        with suppress(Exception):  # the scheduler may be gone, which whoever needed it was told
            if client.status == "running":
                client.run(child.release, on_error="ignore")
            client.close(timeout=2)


def _check(address: str) -> None:
    """SetupError where an address cannot be one of a scheduler, or wants certificates that Dask was not told of."""
    scheme, _, host = address.partition("://")
    if scheme not in SCHEMES or not host:
        raise SetupError(f"“{address}” is no address of a Dask scheduler; one looks like tcp://10.0.0.1:8786")
    if SCHEMES[scheme] and Security().get_connection_args("client")["ssl_context"] is None:
        raise SetupError(
            f"{address} is reached with certificates, and Dask was told of none: set "
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY (docs/cluster.md)"
        )


class Cluster:
    """The workers of a Dask scheduler; made by ``connected``."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address
        self._threads, self._looked = 0, 0.0

    @property
    def size(self) -> int:
        """How many threads its workers have, as far as was seen."""
        return max(1, self.threads())

    def threads(self) -> int:
        """How many threads its workers have now; SetupError where the scheduler has gone."""
        if self.client.status != "running":
            raise SetupError(
                f"the Dask scheduler at {self.address} has gone. Start it and its workers, then run the command again"
            )
        if time.monotonic() - self._looked > _LOOK:
            try:
                self._threads = sum(self.client.nthreads().values())
            except (OSError, CancelledError):
                raise SetupError(
                    f"the Dask scheduler at {self.address} does not answer any more. "
                    "Start it and its workers, then run the command again"
                ) from None
            self._looked = time.monotonic()
        return self._threads

    def wait(self) -> None:
        """Returns as soon as there is a worker; SetupError where none comes."""
        begun = time.monotonic()
        while not self.threads():
            if time.monotonic() - begun > PATIENCE:
                raise SetupError(
                    f"the Dask scheduler at {self.address} has no worker. Start some with: dask worker {self.address}"
                )
            time.sleep(0.2)

    def compare(self, ours: Version) -> None:
        """SetupError for the first worker that has another version."""
        for worker, theirs in sorted(self.client.run(version, on_error="return").items()):
            if isinstance(theirs, Exception):
                raise SetupError(f"the worker {worker} has no {ours}: {type(theirs).__name__}: {theirs}")
            if theirs != ours:
                raise SetupError(_differs(f"the worker {worker}", theirs, ours))

    def each(
        self, work: Work[C, T, R], tasks: Iterable[T], *, common: C, name: Name[T], deadline: float | None = None
    ) -> Iterator[tuple[T, R | Late]]:
        """As ``Workers.each``; SetupError too where the scheduler goes, or all workers do."""
        return drive(_Run(self, child.wrapped((work, common, deadline))), tasks, name)


class _Run(Generic[T]):
    """The tasks of one run that are at a cluster."""

    def __init__(self, cluster: Cluster, given: bytes) -> None:
        self._cluster, self._given = cluster, given
        self._id, self._version = uuid4().hex, version()
        self._common: Future | None = None
        self._futures: dict[int, Future] = {}
        self._ended: queue.SimpleQueue[tuple[int, Future]] = queue.SimpleQueue()

    def room(self) -> int:
        return AHEAD * self._cluster.size

    def begin(self, number: int, task: T) -> None:
        data = child.wrapped(task)
        future = self._cluster.client.submit(
            perform, self._version, self._id, self._shared(), data, key=f"testimonia-{self._id}-{number}-{uuid4().hex}"
        )
        self._futures[number] = future
        future.add_done_callback(lambda done: self._ended.put((number, done)))

    def ended(self) -> Sequence[tuple[int, Outcome]]:
        while True:
            try:
                number, future = self._ended.get(timeout=_LOOK)
            except queue.Empty:
                self._cluster.wait()
                continue
            if self._futures.get(number) is future:
                outcome = self._outcome(future)
                del self._futures[number]
                return [(number, outcome)]

    def stop(self) -> None:
        self._common = None
        with suppress(Exception):  # the scheduler may be gone, and then there is nothing to give up
            self._cluster.client.cancel(list(self._futures.values()), force=True)
        self._futures.clear()

    def _shared(self) -> Future:
        """What all tasks see, at every worker; sent again where the workers that had it were lost."""
        while self._common is None or self._common.status != "finished":
            self._cluster.wait()
            try:
                self._common = self._cluster.client.scatter(self._given, broadcast=True, hash=False)
            except (OSError, CancelledError, KeyError):  # a worker went in the midst of it
                self._cluster.threads()
        return self._common

    def _outcome(self, future: Future) -> Outcome:
        try:
            found: Outcome = pickle.loads(future.result())
            return found
        except KilledWorker as error:
            times = max(LOSSES, error.allowed_failures + 1)
            return Lost(f"the last was the worker {error.last_worker.address}", times)
        except (CancelledError, OSError) as error:
            self._cluster.threads()
            return Lost(" ".join(str(error).split()) or "the workers that had what all tasks see were lost")
        except ModuleNotFoundError as error:
            return Failed(SetupError(f"a worker has no {self._version}: {error}"))
        except Exception as error:
            return Failed(error)


def perform(ours: Version, run: str, common: bytes, task: bytes) -> bytes:
    """How a task ended, pickled; what a worker does. It may have come after versions were compared, so it is again."""
    if (theirs := version()) != ours:
        return pickle.dumps(Failed(SetupError(_differs(f"a worker on {platform.node()}", theirs, ours))))
    return child.perform(run, common, task)


def _differs(worker: str, theirs: Version, ours: Version) -> str:
    return f"{worker} has {theirs}, and this is {ours}. Install the same version on all machines"
