"""Runs on a real Dask cluster with TLS on loopback: the reports are those of one process, whatever dies."""

import gc
import json
import os
import signal
import socket
import subprocess
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException

import psutil
import pytest
from distributed import Client

from concepts.engine.executors import dask_cluster
from concepts.engine.executors.dask_cluster import DaskCluster
from concepts.engine.executors.scheduler_address import scheduler_address
from concepts.engine.tasks.task import Ended, Task
from concepts.runs import finish, planning
from concepts.runs.whole import Telling
from tests.support.cluster import cluster, variables, wait_until
from tests.support.places import ROOT
from tests.support.runs import comparable, run_all, tiny_request
from tests.support.tiny import write_photos

HTTP = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@contextmanager
def another_program(words):
    """The address of one that answers every connection with these words, or with none at all."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept = []

        def answer():
            with suppress(OSError):  # it is closed
                while True:
                    kept.append(listening.accept()[0])
                    kept[-1].sendall(words)

        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)  # closing alone does not wake who waits for a connection
        answering.join()


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(planning, "PART", 8)
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos") / "photos", n=12)


def request_of(photos):
    request = tiny_request(photos)
    return replace(request, settings=replace(request.settings, evidence="off"))


@pytest.fixture(scope="module")
def alone(photos, tmp_path_factory):
    """The run in one process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finish, "lay_out", lambda folder: None)
        return run_all(request_of(photos), tmp_path_factory.mktemp("alone") / "out")


def assert_same(run, alone):
    for name in ("red-0", "green-1"):
        assert comparable(run.folder / "reports" / name) == comparable(alone.folder / "reports" / name)


@pytest.mark.slow
def test_workers_and_schedulers_may_die_and_all_reports_are_those_of_one_process(photos, alone, tmp_path, capfd):
    out = tmp_path / "out"
    with cluster(tmp_path / "cluster", n_workers=2) as found:
        executor = DaskCluster(str(found.file))
        assert executor.address.startswith("tls://127.0.0.1:")
        wait_until(lambda: len(executor._client.nthreads()) == 2)

        def kill_one():
            wait_until(lambda: list(out.glob("work/attempts-*/*")))  # a worker is at work
            os.kill(found.workers[0].pid, signal.SIGKILL)

        def kill_scheduler(table):
            if found.workers[0].poll() is not None and found.scheduler.poll() is None:
                os.kill(found.scheduler.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        with pytest.raises(ValueError, match="what is finished is kept; when it runs again, the same command goes on"):
            run_all(request_of(photos), out, executor=executor, telling=Telling(table=kill_scheduler))
        killer.join()
        assert "Traceback" not in capfd.readouterr().err
        assert found.workers[0].wait() == -signal.SIGKILL
    first = {file: file.stat().st_mtime_ns for file in out.glob("reports/*/report.json")}  # none or one, as it came
    run = run_all(request_of(photos), out)
    assert (run.n_done, run.failures) == (2, ())
    assert {file: file.stat().st_mtime_ns for file in first} == first
    assert_same(run, alone)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("tls://cluster.example:8786", "tls://cluster.example:8786"),
        ("127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
        ("tcp://localhost:8786", "tcp://localhost:8786"),
    ],
)
def test_addresses_that_are_taken(given, found):
    assert scheduler_address(given) == found


@pytest.mark.parametrize("given", ["tcp://10.0.0.1:8786", "cluster.example:8786", "tcp://0.0.0.0:8786"])
def test_what_is_not_encrypted_may_not_leave_this_machine(given, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": given}))
    for each in (given, str(file)):
        with pytest.raises(ValueError, match="is not encrypted") as error:
            scheduler_address(each)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("given", ["ws://127.0.0.1:1", "nowhere.json", "tls://host", "inproc://x", "tls://h:port", ""])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ValueError, match="is no address of a Dask scheduler"):
        scheduler_address(given)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is no file of a Dask scheduler"),
        (b"[]", "it names no address"),
        (b'{"address": 3}', "it names no address"),
        (b"\xff\xfe{}", "is no file of a Dask scheduler"),
        (b"[" * 100_000, "is no file of a Dask scheduler"),
        (b"", "it is empty: wait until the scheduler has written it"),
    ],
)
def test_a_file_without_an_address_is_refused(content, said, tmp_path):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=said) as error:
        scheduler_address(str(tmp_path / "file"))
    assert "\n" not in str(error.value)


def test_an_address_where_nothing_answers_is_one_line(monkeypatch):
    monkeypatch.setattr(dask_cluster, "TIMEOUT", 1)
    with pytest.raises(ValueError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 ") as error:
        DaskCluster("tcp://127.0.0.1:9")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [(HTTP, "is no Dask scheduler"), (b"", "no Dask scheduler answers at")],
)
def test_another_program_at_the_address_is_one_line(words, said, monkeypatch):
    monkeypatch.setattr(dask_cluster, "TIMEOUT", 20 if words else 1)
    monkeypatch.setattr(dask_cluster, "GRACE", 0.1)
    with another_program(words) as address, pytest.raises(ValueError, match=said) as error:
        DaskCluster(address)
    assert "\n" not in str(error.value)


def test_the_docs_have_every_scheduler_and_worker_take_the_variables_of_the_tests():
    told = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    assert told.count(". deploy/dask.env") >= 3, "by hand, Slurm, dask-jobqueue"
    assert "--from-env-file=deploy/dask.env" in told, "Kubernetes"
    found = subprocess.run(["sh", "-c", "set -a; . ./deploy/dask.env; env"], cwd=ROOT, capture_output=True, text=True)
    assert {f"{name}={value}" for name, value in variables().items()} <= set(found.stdout.splitlines())


@pytest.mark.slow
def test_a_cluster_serves_nothing_beside_its_encrypted_port(tmp_path):
    with cluster(tmp_path, n_workers=1) as found:
        executor = DaskCluster(str(found.file))
        wait_until(lambda: executor.slots == 1)
        executor.close()
        ports = [
            each.laddr for process in (found.scheduler, *found.workers)
            for each in psutil.Process(process.pid).net_connections() if each.status == psutil.CONN_LISTEN
        ]  # fmt: skip
        assert len(ports) == 4, "one of each for tasks, one for HTTP"
        for port in ports:
            with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port.port, timeout=5)) as asked:
                asked.request("GET", "/json/counts.json")
                assert asked.getresponse().status == 404


@pytest.mark.parametrize("ends", [True, False])
def test_a_client_that_is_collected_while_another_starts_stops_none(ends, monkeypatch):
    """Dask's own takes the lock under which clients start, as it is collected: all of the process waited for ever."""
    begin, collected = threading.Thread.start, []
    if not ends:
        monkeypatch.setattr(Client, "_close", cannot_end)

    def start(thread):
        if thread.name == "IO loop":  # which a client starts under that lock
            gc.collect()
            collected.append(thread)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    for _ in range(2):
        with another_program(HTTP) as address, pytest.raises(ValueError, match="is no Dask scheduler"):
            DaskCluster(address)
    assert len(collected) == 2


async def cannot_end(client, fast=False):
    raise OSError("the line is cut")


def test_a_client_that_meets_another_program_leaves_no_thread():
    before = set(threading.enumerate())
    with another_program(HTTP) as address, pytest.raises(ValueError, match="is no Dask scheduler"):
        DaskCluster(address)
    assert not loops_since(before)


def test_a_client_that_nothing_answers_leaves_no_thread(monkeypatch):
    monkeypatch.setattr(dask_cluster, "TIMEOUT", 1)
    before = set(threading.enumerate())
    with pytest.raises(ValueError, match="no Dask scheduler answers at"):
        DaskCluster("tcp://127.0.0.1:9")
    assert not loops_since(before)


def loops_since(before):
    return [each for each in set(threading.enumerate()) - before if each.name == "IO loop"]


@pytest.mark.slow
def test_a_worker_without_the_program_ends_the_run_in_one_line(tmp_path):
    with cluster(tmp_path, n_workers=0) as found:
        found.start_worker(program=False)
        executor = DaskCluster(str(found.file))
        executor.submit(Task("key", "concepts.storage.store:slug", "a"))
        with pytest.raises(ValueError, match=r"has not this program \(No module named 'concepts'\)") as error:
            wait_until(lambda: executor.next(1.0))
        assert "\n" not in str(error.value)
        with pytest.raises(ValueError, match="is no Dask scheduler"):
            DaskCluster(next(iter(executor._client.nthreads())))  # a worker's address
        executor.close()


@pytest.mark.slow
def test_what_needs_a_gpu_waits_for_a_worker_that_has_one_and_others_do_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_cluster, "SLOTS_EVERY", 0.0)
    with cluster(tmp_path, n_workers=1) as found:
        plain, executor = DaskCluster(str(found.file)), DaskCluster(str(found.file), gpu=True)
        wait_until(lambda: plain.slots == 1)
        executor.submit(Task("key", "concepts.storage.store:slug", "A b", gpu=True))
        assert (executor.next(0.5), executor.slots) == (None, 0)
        found.start_worker(gpu=True)
        wait_until(lambda: executor.slots == 1)
        assert wait_until_some(executor) == Ended("key", "a-b")
        assert plain.slots == 2
        for each in (plain, executor):
            each.close()


@pytest.mark.slow
def test_a_result_that_is_lost_with_its_worker_is_made_again(tmp_path):
    with cluster(tmp_path, n_workers=1) as found:
        executor = DaskCluster(str(found.file))
        executor.submit(Task("key", "concepts.storage.store:slug", "A b"))
        wait_until(lambda: not executor._ended.empty())
        found.workers[0].kill()
        wait_until(lambda: not executor._client.nthreads())
        assert executor.next(1.0) is None
        found.start_worker()
        assert wait_until_some(executor) == Ended("key", "a-b")
        executor.close()


def wait_until_some(executor):
    ended = []
    wait_until(lambda: ended.append(executor.next(1.0)) or ended[-1])
    return ended[-1]


def test_tls_without_certificates_says_where_to_name_them():
    with pytest.raises(ValueError, match="needs certificates"):
        DaskCluster("tls://127.0.0.1:9")
