"""What a server counts, for Prometheus (text format 0.0.4): answers, how long they took, evaluators, kept answers."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from api.cache import AnswerCache
from kb import __version__
from kb.engine import Engine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Metrics:
    """Counters of one application; ``places`` are the first segments of its paths, all others count as ``other``."""

    def __init__(self, engine: Engine, cache: AnswerCache, places: Iterable[str]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # they double the series and tell what is known
        self._registry = CollectorRegistry()
        self._places = frozenset(places)
        self._answers = Counter(
            "testimonia_answers",
            "Answers by place, status and whether they were kept from before.",
            ("place", "status", "kept"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "testimonia_answer_seconds",
            "Seconds from the request's head to the answer's hand-over.",
            ("place", "kept"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._children: dict[tuple[str, int, bool], tuple[Callable[[], None], Callable[[float], None]]] = {}
        self._registry.register(_Now(engine, cache))

    def answered(self, path: str, status: int, seconds: float, *, kept: bool) -> None:
        """Counts an answer."""
        place = path.split("/", 2)[1].partition(".")[0] if path.startswith("/") else ""
        key = (place if place in self._places else "other", status, kept)
        found = self._children.get(key)
        if found is None:
            whether = "yes" if kept else "no"
            counter = self._answers.labels(key[0], str(status), whether)
            found = self._children[key] = (counter.inc, self._seconds.labels(key[0], whether).observe)
        found[0]()
        found[1](seconds)

    def text(self) -> bytes:
        """Everything counted so far, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is read off the engine and the kept answers when somebody asks."""

    def __init__(self, engine: Engine, cache: AnswerCache) -> None:
        self._engine, self._cache = engine, cache

    def collect(self) -> Iterable[Metric]:
        """The families of figures."""
        state = self._engine.state
        evaluators = GaugeMetricFamily("testimonia_evaluators", "Evaluators by what they do.", labels=["doing"])
        for doing, number in (("free", state.free), ("quick", state.quick), ("long", state.long)):
            evaluators.add_metric([doing], number)
        yield evaluators
        yield GaugeMetricFamily("testimonia_queries_waiting", "Queries that wait for an evaluator.", state.waiting)
        yield CounterMetricFamily("testimonia_evaluators_started", "Evaluators started.", state.started)
        ended = CounterMetricFamily("testimonia_queries", "Queries by how they ended.", labels=["how"])
        for how, number in sorted(state.ended.items()):
            ended.add_metric([how], number)
        yield ended
        yield CounterMetricFamily("testimonia_kept_answers_used", "Answers given from those kept.", self._cache.hits)
        yield GaugeMetricFamily("testimonia_kept_answers_bytes", "Bytes of the answers kept.", self._cache.size)
        walls = GaugeMetricFamily("testimonia_wall", "Which walls stand around queries.", labels=["wall"])
        for wall, stands in sorted(state.walls.items()):
            walls.add_metric([wall], int(stands))
        yield walls
        yield InfoMetricFamily(
            "testimonia_build", "What is served.", value={"build": self._engine.build_id, "version": __version__}
        )
