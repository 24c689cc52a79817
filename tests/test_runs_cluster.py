"""Runs on a real Dask cluster with TLS on loopback: the reports are those of one process, whatever dies."""

import os
import signal
import threading
from dataclasses import replace

import pytest

from concepts.engine.executors.dask_cluster import DaskCluster
from concepts.runs import planning
from tests.support.cluster import cluster, wait_until
from tests.support.runs import comparable, run_all, tiny_request
from tests.support.tiny import SLOW, write_photos

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(planning, "PART", 8)
    monkeypatch.setattr("concepts.runs.finish._lay_out", lambda folder: None)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos") / "photos", n=12)


@pytest.fixture(scope="module")
def cluster_of_two(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("cluster") / "c", n_workers=2) as found:
        yield found


def request_of(photos):
    request = tiny_request(photos, model=SLOW)
    return replace(request, settings=replace(request.settings, evidence="off"))


def marks(out):
    return list((out / "work").glob("attempts-*/*"))


def test_a_worker_that_is_killed_costs_its_task_and_all_reports_are_those_of_one_process(
    photos, cluster_of_two, tmp_path
):
    out = tmp_path / "out"
    executor = DaskCluster(str(cluster_of_two.file))
    wait_until(lambda: executor._client.nthreads() and len(executor._client.nthreads()) == 2)

    def kill_one():
        wait_until(lambda: marks(out))  # a worker is at work
        os.kill(cluster_of_two.workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    run = run_all(request_of(photos), out, executor=executor)
    killer.join()
    assert cluster_of_two.workers[0].wait() == -signal.SIGKILL
    assert (run.n_done, run.failures) == (2, ())
    alone = run_all(request_of(photos), tmp_path / "alone" / "out")
    for name in ("red-0", "green-1"):
        assert comparable(run.folder / "reports" / name) == comparable(alone.folder / "reports" / name)
