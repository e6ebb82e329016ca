"""Logs and metrics. Structured logs with a request id each and no secrets; Prometheus metrics; nothing leaves the machine.

Knows nothing of protocols: it wraps an ASGI application. Source: https://prometheus.io/docs/practices/naming/
"""

import itertools
import logging
import secrets
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from placekeeper.domain.errors import Refused, Unavailable
from placekeeper.domain.reading import Outcome

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

SLOW_SECONDS = 1.0
"""From here on a request is worth a line in the log: KOReader gives up after 2 s without a byte."""
_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
LONGEST_PATH = 200
"""Characters of a path that are worth logging: the rest would be somebody's flood."""
AREA = "placekeeper.area"
"""In the scope: the part of the server that a request belongs to, said by whoever dispatches it."""
_REQUEST = "placekeeper.request"

log: structlog.stdlib.BoundLogger = structlog.get_logger("placekeeper")


def configure_logging(level: str, *, json: bool) -> None:
    """Log to standard error, as JSON lines or for a person. `level` as in the standard library, lower case."""
    renderer: Any = structlog.processors.JSONRenderer()
    if not json:  # a plain traceback: a richer one would print the values of variables, and among them keys
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
    errors = [structlog.processors.format_exc_info] if json else []
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *errors,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class Tally:
    """A histogram as it grows: how many were at most so much. Told to Prometheus' library only when somebody asks."""

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        """`bounds` in rising order; what is larger than the last is counted too."""
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def report(self) -> tuple[list[tuple[str, float]], float]:
        """Cumulative buckets and the sum, as `HistogramMetricFamily` takes them."""
        names = [*(f"{bound:g}" for bound in self._bounds), "+Inf"]
        return list(zip(names, itertools.accumulate(self._counts), strict=True)), self._sum


class Metrics(Collector):
    """All that is measured. Implements `domain.ports.Observer`.

    Counted in plain dictionaries on the event loop, for a request passes here several times; the library asks for them when
    it writes the page. Source: https://prometheus.github.io/client_python/collector/custom/
    """

    def __init__(self) -> None:
        """A registry of its own, so that several servers can live in one process."""
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[tuple[str, str], Tally] = {}
        self._units, self._commits = Tally(_BATCHES), Tally(_BUCKETS)
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._credentials: Counter[str] = Counter()
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def decided(self, protocol: str, outcome: Outcome) -> None:
        """See the port."""
        self._outcomes[protocol, outcome] += 1

    def committed(self, units: int, seconds: float) -> None:
        """See the port."""
        self._units.add(units)
        self._commits.add(seconds)

    def recognised(self, how: str) -> None:
        """See the port."""
        self._credentials[how] += 1

    def answered(self, area: str, method: str, status: int, seconds: float) -> None:
        """A request was answered. `area` is one of few words, never a path: paths hold documents and are without end."""
        self._requests[area, method, status] += 1
        tally = self._seconds.get((area, method))
        if tally is None:
            tally = self._seconds[area, method] = Tally(_BUCKETS)
        tally.add(seconds)

    def collect(self) -> Iterator[Metric]:
        """What the library writes on the page."""
        requests = CounterMetricFamily("placekeeper_requests", "Requests answered", labels=["area", "method", "status"])
        for (area, method, status), count in self._requests.items():
            requests.add_metric([area, method, str(status)], count)
        yield requests
        seconds = HistogramMetricFamily(
            "placekeeper_request_seconds", "From headers read to answer sent", labels=["area", "method"]
        )
        for labels, tally in self._seconds.items():
            seconds.add_metric(labels, *tally.report())
        yield seconds
        yield _histogram("placekeeper_commit_units", "Writes that shared one commit", self._units)
        yield _histogram("placekeeper_commit_seconds", "A commit, disk included", self._commits)
        outcomes = CounterMetricFamily("placekeeper_readings", "Readings judged", labels=["protocol", "outcome"])
        for (protocol, outcome), count in self._outcomes.items():
            outcomes.add_metric([protocol, str(outcome)], count)
        yield outcomes
        credentials = CounterMetricFamily("placekeeper_credentials", "Credentials checked, by how", labels=["how"])
        for how, count in self._credentials.items():
            credentials.add_metric([how], count)
        yield credentials

    def page(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self._registry)


def _histogram(name: str, documentation: str, tally: Tally) -> Metric:
    buckets, total = tally.report()
    return HistogramMetricFamily(name, documentation, buckets=buckets, sum_value=total)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Telemetry:
    """Wraps an application: gives each request an id, counts and times it, logs what failed or was slow."""

    def __init__(self, app: App, metrics: Metrics, *, verbose: bool) -> None:
        """`verbose` logs every request."""
        self._app, self._metrics, self._verbose = app, metrics, verbose
        self._ids = itertools.count(1)
        self._run = secrets.token_hex(4)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass the request on and watch its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        scope[_REQUEST] = next(self._ids)
        await self._app(scope, receive, watched)
        seconds = time.perf_counter() - began
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.answered(scope.get(AREA, "other"), method, status, seconds)
        error = scope.get("error")
        if error is not None or seconds > SLOW_SECONDS or self._verbose:
            self._log(scope, status, seconds, error)

    def _log(self, scope: Message, status: int, seconds: float, error: Exception | None) -> None:
        """One line. Never headers, never a query: both can hold secrets."""
        client = scope.get("client")
        line = log.bind(
            request=f"{self._run}-{scope[_REQUEST]:x}",
            method=scope["method"],
            path=scope["path"][:LONGEST_PATH],
            status=status,
            ms=round(seconds * 1000, 1),
            address=client[0] if client else None,
        )
        if error is None:
            line.info("slow" if seconds > SLOW_SECONDS else "answered")
        elif isinstance(error, Refused):
            line.info("refused", why=type(error).__name__, detail=str(error) or None)
        elif isinstance(error, Unavailable):
            line.error("unavailable", why=type(error).__name__, detail=str(error) or None)
        else:
            line.error("failed", why=type(error).__name__, exc_info=error)
