"""Work in processes and on a cluster gives the same, whatever is lost on the way."""

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import clusters
import psutil
import pytest
from click.testing import CliRunner
from endless import ENDLESS
from places import EXAMPLE

pytest.importorskip("benchmarks.corpus", reason="benchmarks/ is part of a checkout, not of the installed package")
pytest.importorskip("distributed", reason="needs testimonia[cluster]")

import kb
from benchmarks.corpus import Plan, write
from kb import build as builds
from kb import evidence, parts, pieces, reuse, work
from kb.cli import main
from kb.errors import SetupError
from kb.model import Finding, Source
from kb.sources import read_snapshots
from kb.work import Late, Workers, child, cluster
from kb.work.model import Done, Lost

PLAN = Plan(articles=8, claims=16, reuse_share=0.6, defects=0.1)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten articles with defects in every tenth claim."""
    folder = tmp_path_factory.mktemp("corpus")
    write(PLAN, folder)
    return folder


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler with four workers under nannies, each a process; its address."""
    processes = clusters.Processes(tmp_path_factory.mktemp("cluster")).begin()
    try:
        processes.worker("--nworkers", "4")
        yield processes.address
    finally:
        processes.end()


@pytest.fixture(scope="module")
def connection(four: str) -> Iterator[Workers]:
    """A connection to the four workers."""
    with work.workers(scheduler=four) as hands:
        yield hands


@pytest.fixture
def hands(connection: cluster.Cluster) -> cluster.Cluster:
    """The four workers, all there."""
    connection.client.wait_for_workers(4, timeout=clusters.SECONDS)
    return connection


@pytest.fixture(params=["processes", "cluster"])
def place(request: pytest.FixtureRequest) -> Workers:
    """Two processes of this machine, then the cluster."""
    return work.Processes(2) if request.param == "processes" else request.getfixturevalue("hands")


@pytest.fixture(scope="module")
def found(corpus: Path) -> list[Finding]:
    """What one process finds in the corpus."""
    return parts.check(builds.sources(corpus), builds.shapes(corpus))


def test_results_come_in_the_order_of_the_tasks(place: Workers) -> None:
    """Whoever is first, the results stand where their tasks do."""
    tasks = range(50)
    results = work.run(place, clusters.doubled, tasks, count=50, common=1)
    assert list(results) == [2 * task + 1 for task in tasks]


def test_of_several_errors_that_of_the_first_task_is_raised(place: Workers) -> None:
    """What is wrong is told the same way, wherever the work is done."""
    with pytest.raises(ValueError, match=r"^-7 is less than nothing$"):
        list(work.run(place, clusters.doubled, [3, -7, 4, -9, -8], count=5, common=0))


def test_tasks_are_taken_as_there_is_room_for_them(place: Workers, tmp_path: Path) -> None:
    """With the first tasks in hand and none done, the rest is not even asked for."""
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            if number == 100:
                raise AssertionError("too many at once")
            yield number

    several = place.each(clusters.waits, tasks(), common=tmp_path, name=str)
    threading.Timer(1.0, (tmp_path / "go on").touch).start()
    next(several)
    several.close()  # type: ignore[attr-defined]
    assert place.size <= len(taken) <= 2 * place.size + 1


def test_a_step_that_does_not_end_is_stopped(place: Workers) -> None:
    """A task is told to be late by the name of its step, and the others are done."""
    told = dict(place.each(clusters.takes_steps, ["a", "b", "c"], common="b", name=str, deadline=0.5))
    assert told == {"a": "a", "b": Late("step of b"), "c": "c"}


def test_a_task_that_ends_every_process_is_named(place: Workers) -> None:
    """What cannot be done is an error with its name, never a result without it."""
    with pytest.raises(SetupError, match=r"^poison: 3 processes ended one after the other .*-9"):
        list(place.each(clusters.ends_itself, ["a", "poison", "b"], common="poison", name=str))


def test_the_cluster_finds_what_one_process_finds(hands: Workers, corpus: Path, found: list[Finding]) -> None:
    """Findings of checks and of evidence, and reuse, are the same on a cluster, in processes and in one."""
    assert len(found) > 20
    dataset, texts = builds.load(corpus), read_snapshots(corpus / "sources")
    verified, reused = evidence.verify(dataset, texts), reuse.computed(dataset, texts)
    assert sum(len(one.findings) for one in verified) and reused[0]
    assert parts.check(builds.sources(corpus), builds.shapes(corpus), hands=hands) == found
    for place in (hands, work.Processes(2)):
        assert evidence.verify(dataset, texts, hands=place) == verified
        assert reuse.computed(dataset, texts, hands=place) == reused


def test_signatures_made_elsewhere_propose_the_same_pairs(place: Workers, corpus: Path) -> None:
    """Sentences too many to be compared each with each have the same reuse wherever their signatures are made."""
    sentences = reuse.passages(builds.load(corpus), read_snapshots(corpus / "sources"))
    wordings = [" ".join(words) for _, words in sentences] * 4
    here = list(reuse.proposed(wordings))
    assert here and list(reuse.proposed(wordings, hands=place)) == here


def test_a_worker_keeps_a_process_until_a_task_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Task after task is done by one process; after a task that was its end, or a step too long, there is another."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(clusters.PATHS))
    monkeypatch.setattr(child, "_idle", kept := [])
    works = (clusters.takes_steps, clusters.takes_steps, clusters.ends_itself)
    told, ends = [], []
    for run, (work_, task) in enumerate(zip(works, ("a", "b", "b"), strict=True)):
        common = child.wrapped((work_, "b", 0.2))
        told += [pickle.loads(child.perform(str(run), common, child.wrapped(one))) for one in ("c", task, "d")]
        ends += [one.pid for one in kept]
    assert told[:5] == [Done("c"), Done("a"), Done("d"), Done("c"), Late("step of b")]
    assert told[5:] == [Done("d"), Done("c"), Lost("its end was -9"), Done("d")]
    assert len(set(ends)) == len(ends) == 3
    child.release()
    assert not psutil.pid_exists(ends[-1])


def test_a_process_whose_worker_was_lost_ends_itself() -> None:
    """What belongs to no worker any more waits for nobody's tasks."""
    with subprocess.Popen([sys.executable, "-m", "kb.work.child", "1"], stdin=subprocess.PIPE) as orphan:
        assert orphan.wait(clusters.SECONDS) == 1


@contextmanager
def two_killed(hands: cluster.Cluster) -> Iterator[Callable[[], bool]]:
    """Kills two workers that have something in hand; tells whether it is done."""
    pids = hands.client.run(os.getpid)
    killed: list[int] = []

    def kill() -> None:
        while len(killed) < 2:
            busy = [pids[worker] for worker, keys in hands.client.processing().items() if keys and worker in pids]
            for pid in set(busy[: 2 - len(killed)]) - set(killed):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    yield lambda: len(killed) == 2
    killer.join(clusters.SECONDS)
    assert len(killed) == 2


def test_two_workers_killed_in_the_midst_cost_no_finding(
    hands: cluster.Cluster, corpus: Path, found: list[Finding]
) -> None:
    """What two of four workers had in hand as they were killed is done again by the others."""
    with two_killed(hands):
        again = parts.check(builds.sources(corpus), builds.shapes(corpus), hands=hands)
    assert again == found


def test_two_workers_killed_in_the_midst_leave_a_build_as_it_is(hands: cluster.Cluster, corpus: Path) -> None:
    """A build whose pieces were made by workers, of whom two were lost, has the same statements as one made here."""
    files = builds.sources(corpus)
    here = pieces.build(files).lines()
    with two_killed(hands) as done:
        while not done():
            assert pieces.build(files, hands=hands).lines() == here


def test_an_endless_rule_is_told_as_broken_on_a_cluster_too(hands: Workers) -> None:
    """A worker stops a rule at its deadline, and everything else is found."""
    files, shapes = builds.sources(EXAMPLE), builds.shapes(EXAMPLE)
    endless = Source("shapes/endless.ttl", ENDLESS, False)
    told = parts.check(files, [*shapes, endless], hands=hands, deadline=3)
    assert "did not end within 3 seconds" in next(one.message for one in told if one.rule == "endless")
    assert [one for one in told if one.rule != "endless"] == parts.check(files, shapes)


def test_a_task_that_ends_every_worker_is_named(hands: cluster.Cluster) -> None:
    """Where the worker itself is lost each time, Dask gives the task up, and it is named."""
    with pytest.raises(SetupError, match=r"^poison: [4-9] processes ended .*the last was the worker tcp://"):
        list(hands.each(clusters.ends_its_worker, ["a", "poison", "b"], common="poison", name=str))


@pytest.mark.parametrize("command", [["check", "--fresh", "--format", "json"], ["verify"], ["reuse"]])
def test_commands_print_the_same_by_a_cluster(four: str, corpus: Path, command: list[str]) -> None:
    """With --scheduler a command prints the same bytes and ends with the same code."""
    if command[0] == "check":
        given = [*command, "--data", str(EXAMPLE)]
    else:
        given = [*command, "--data", str(corpus), "--sources", str(corpus / "sources")]
    here, there = (CliRunner().invoke(main, [*given, *more]) for more in ([], ["--scheduler", four]))
    assert here.stdout_bytes and isinstance(here.exception, SystemExit | None)
    assert (there.stdout_bytes, there.exit_code) == (here.stdout_bytes, here.exit_code)


def test_a_cluster_and_a_number_of_processes_do_not_go_together() -> None:
    """--jobs beside --scheduler is refused instead of being passed over."""
    result = CliRunner().invoke(main, ["check", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"])
    assert result.exit_code == 2 and "--jobs has no meaning" in result.output


def test_where_no_scheduler_answers_that_is_said(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong address ends a command with 2, and with what to start."""
    monkeypatch.setattr(cluster, "ANSWER", 0.5)
    with clusters.unused() as address:
        result = CliRunner().invoke(main, ["check", "--data", str(corpus), "--scheduler", address])
    assert result.exit_code == 2 and "no Dask scheduler answers at" in result.output


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("10.0.0.1:8786", "is no address of a Dask scheduler; one looks like tcp://"),
        ("http://10.0.0.1:8786", "is no address of a Dask scheduler; one looks like tcp://"),
        ("tls://10.0.0.1:8786", "is reached with certificates, and Dask was told of none"),
    ],
)
def test_an_address_that_cannot_be_reached_is_refused_at_once(address: str, told: str) -> None:
    """What is no address of a scheduler is told before anything is sent."""
    with pytest.raises(SetupError, match=told), work.workers(scheduler=address):
        pass


@pytest.fixture
def own(tmp_path: Path) -> Iterator[clusters.Processes]:
    """A scheduler of a test's own."""
    processes = clusters.Processes(tmp_path).begin()
    yield processes
    processes.end()


def test_faults_of_a_cluster_are_told(own: clusters.Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker, a worker of another version, a scheduler that goes: each is an error that says what to do."""
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with (
        pytest.raises(SetupError, match=r"has no worker\. Start some with: dask worker"),
        work.workers(scheduler=own.address),
    ):
        pass
    monkeypatch.setattr(cluster, "PATIENCE", clusters.SECONDS)
    other = shutil.copytree(
        Path(kb.__file__).parent, tmp_path / "other" / "kb", ignore=shutil.ignore_patterns("*.trig")
    )
    start = (other / "__init__.py").read_text()
    (other / "__init__.py").write_text(start.replace(kb.__version__, "0.0.1"))
    old = own.worker("--no-nanny", environment={"PYTHONPATH": str(tmp_path / "other")})
    with pytest.raises(SetupError) as told, work.workers(scheduler=own.address):
        pass
    assert "has Testimonia 0.0.1 " in str(told.value) and f"this is Testimonia {kb.__version__} " in str(told.value)
    old.kill()
    old.wait()
    own.worker("--no-nanny")
    with work.workers(scheduler=own.address) as hands:
        several = hands.each(clusters.waits, range(9), common=tmp_path, name=str)
        threading.Thread(target=_end, args=(own.running[0], (tmp_path / "waits-0").exists), daemon=True).start()
        with pytest.raises(SetupError, match=r"the Dask scheduler at .* has gone\. Start it"):
            list(several)


def _end(process: clusters.Process, when: Callable[[], bool]) -> None:
    clusters.until(when)
    process.kill()
