"""Figures for Prometheus, on a port of this machine alone: no name of a person, a photo, a report or a model."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.engine.jobs.census import JobObserver

if TYPE_CHECKING:
    from prometheus_client import Histogram, Metric

LOOPBACK = "127.0.0.1"
SECONDS = (1, 5, 15, 60, 300, 900, 3_600, 14_400)  # upper ends of the histogram of jobs


class Metrics:
    """What is counted, and the server that tells it. `prometheus_client` is imported when the first is made.

    workspace: whose jobs are counted. most_waiting: jobs of a kind that may wait.
    """

    def __init__(self, workspace: Path, *, most_waiting: int) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory, time of the processor, open files
        by = ("route", "status")
        self._requests = Counter("concepts_requests", "Requests answered.", by, registry=self.registry)
        self._sessions = Gauge("concepts_sessions", "Browser tabs connected.", registry=self.registry)
        limit = Gauge("concepts_queue_limit", "Jobs of a task that may wait.", registry=self.registry)
        limit.set(most_waiting)
        self.registry.register(JobMetrics(JobObserver(workspace)))

    def answered(self, route: str, status: int) -> None:
        """Counts a request."""
        self._requests.labels(route, str(status)).inc()

    def connected(self, change: int) -> None:
        """Counts a tab that has come (1) or gone (−1)."""
        self._sessions.inc(change)

    @contextmanager
    def served(self, port: int) -> Iterator[None]:
        """Serves the figures on that port within the block. Raises OSError where it is taken."""
        from prometheus_client import start_http_server

        server, thread = start_http_server(port, addr=LOOPBACK, registry=self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class JobMetrics:
    """A collector of prometheus_client: jobs by task and state, how many wait, and how long they took."""

    def __init__(self, observer: JobObserver) -> None:
        self._observer = observer

    def describe(self) -> list["Metric"]:
        """Nothing: the jobs are looked at when they are asked for, not at the start."""
        return []

    def collect(self) -> Iterator["Metric"]:
        """The jobs as they are on disk now."""
        from prometheus_client.core import GaugeMetricFamily

        census = self._observer.look()
        jobs = GaugeMetricFamily("concepts_jobs", "Jobs on disk.", labels=("task", "state"))
        queue = GaugeMetricFamily("concepts_queue_length", "Jobs that wait for a slot.", labels=("task",))
        for (task, status), n in census.counts.items():
            jobs.add_metric((task, status), n)
            if status == "waiting":
                queue.add_metric((task,), n)
        for job in census.ended:
            self._seconds.labels(job.task, job.status).observe(job.seconds)
        yield from (jobs, queue, *self._seconds.collect())

    @cached_property
    def _seconds(self) -> "Histogram":
        from prometheus_client import Histogram

        told = "Seconds that jobs worked, of those that ended since the server started."
        return Histogram("concepts_job_seconds", told, ("task", "state"), buckets=SECONDS, registry=None)


def check_free(port: int | None) -> None:
    """Raises ValueError where nothing can listen on that port of this machine; None: nothing is meant to."""
    if port is None:
        return
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(
            f"CONCEPTS_METRICS is {port}, and nothing can listen there ({reason.lower()}): choose a free port"
        ) from error
