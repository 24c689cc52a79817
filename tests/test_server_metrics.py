"""Figures of the server: requests, tabs and jobs are counted, and nothing in them names anybody or anything."""

import socket
import urllib.request

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from concepts.engine import jobs
from concepts.engine.jobs import JobState
from concepts.engine.jobs.census import EndedJob, JobObserver
from concepts.report.request import Request
from pages.serving.access import Access
from pages.serving.metrics import Metrics, check_free
from pages.serving.options import checked_access, metrics_of, middleware
from pages.serving.requests_counted import PARTS, PLACES, CountRequests, route_of
from pages.state.server_settings import ServerSettings
from tests.support.browser import free_port
from tests.support.places import ROOT
from tests.test_job_queue import Unfinished

NAMES = ("golden-retriever", "holiday_photos", "resnet-of-ann")


def figures(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """(name, label values in the order of their keys) -> value."""
    return parsed(generate_latest(metrics.registry).decode())


def parsed(text: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(each.name, *(each.labels[key] for key in sorted(each.labels))): each.value for each in samples}


def job(workspace, target: str, status: str, *, task: str = "report") -> jobs.Job:
    request = Request(model=NAMES[2], images=NAMES[1], target=target)
    found = jobs.submit(request, workspace, task=task, executor=Unfinished())
    found.write(JobState(status=status))
    return found


async def greet(visitor: WebSocket) -> None:
    await visitor.accept()
    await visitor.send_text("hello")
    await visitor.receive()


async def fail(request) -> None:
    raise RuntimeError("broken")


def served(metrics: Metrics, settings: ServerSettings) -> TestClient:
    pages = [Route(f"/{name}", lambda request: PlainTextResponse("hello")) for name in ("", "report")]
    routes = [*pages, Route("/media/{id}", fail), WebSocketRoute("/_stcore/stream", greet)]
    app = Starlette(routes=routes, middleware=middleware(Access(), settings))
    return TestClient(app, headers={"host": "localhost"}, raise_server_exceptions=False)


def test_a_route_is_one_of_a_few_whatever_is_asked():
    known = {
        "/": "gallery", "": "gallery", "/report": "report", "/report/": "report", "/media/5f3a.png": "media",
        "/_stcore/stream": "stream", "/report/_stcore/health": "health", "/_stcore/upload_file/a/b": "upload_file",
        "/static/js/index.Ab1.js": "static", "/healthz": "healthz", "/_stcore/": "other",
    }  # fmt: skip
    assert {path: route_of(path) for path in known} == known
    for path in (f"/{NAMES[0]}", f"/_stcore/{NAMES[1]}", "/../etc/passwd", "//evil", "/%00", "/Report"):
        assert route_of(path) == "other"
    assert {file.stem for file in (ROOT / "pages" / "views").glob("*.py")} <= PLACES
    assert not PARTS & PLACES


def test_requests_and_tabs_are_counted(tmp_path):
    settings = ServerSettings(tmp_path, metrics_port=9)
    metrics = metrics_of(settings)
    visitor = served(metrics, settings)
    for path in ("/", "/report?id=golden-retriever", "/report", "/holiday_photos", "/media/1"):
        visitor.get(path)
    visitor.get("/", headers={"host": "evil.example"})
    with visitor.websocket_connect("/_stcore/stream", headers={"host": "localhost"}) as socket:
        socket.receive_text()
        assert figures(metrics)["concepts_sessions",] == 1
    with (
        pytest.raises(WebSocketDenialResponse),
        visitor.websocket_connect("/_stcore/stream", headers={"host": "evil.example"}),
    ):
        pass
    found = figures(metrics)
    counted = {key[1:]: value for key, value in found.items() if key[0] == "concepts_requests_total"}
    assert counted == {
        ("gallery", "200"): 1, ("gallery", "400"): 1, ("report", "200"): 2, ("other", "404"): 1, ("media", "500"): 1,
        ("stream", "101"): 1, ("stream", "400"): 1,
    }  # fmt: skip
    assert found["concepts_sessions",] == 0


def test_jobs_are_counted_by_state_and_an_end_is_told_once(tmp_path):
    first = job(tmp_path, "a", "running")
    job(tmp_path, "before", "done")
    (tmp_path / "jobs" / "report-damaged").mkdir()
    (tmp_path / "jobs" / "report-damaged" / "state.json").write_text("{")
    observer = JobObserver(tmp_path, executor=Unfinished())
    job(tmp_path, "b", "waiting", task="photos")
    seen = observer.look()
    assert seen.ended == ()
    some = {key: n for key, n in seen.counts.items() if n}
    assert some == {("report", "running"): 1, ("report", "done"): 1, ("photos", "waiting"): 1}
    assert len(seen.counts) == 48
    began = first.state.updated
    first.write(JobState(status="failed", started=began - 60))
    (ended,) = observer.look().ended
    assert ended == EndedJob("report", "failed", pytest.approx(60, abs=5))
    assert observer.look().ended == ()
    first.write(JobState(status="done", started=began - 5))  # it went on from there, and ended again
    assert [each.status for each in observer.look().ended] == ["done"]


def test_the_figures_of_jobs_name_nothing(tmp_path):
    metrics = Metrics(tmp_path, most_waiting=7)
    running = job(tmp_path, NAMES[0], "failed")
    job(tmp_path, "other", "waiting", task="texts")
    running.write(JobState(status="done", message=NAMES[0], result=NAMES[0], started=running.state.updated - 90))
    text = generate_latest(metrics.registry).decode()
    found = parsed(text)
    assert found["concepts_jobs", "done", "report"] == 1
    assert found["concepts_queue_length", "texts"] == found["concepts_jobs", "waiting", "texts"]
    assert found["concepts_queue_limit",] == 7
    assert found["concepts_job_seconds_count", "done", "report"] == 1
    assert found["concepts_job_seconds_sum", "done", "report"] == pytest.approx(90, abs=5)
    assert found["concepts_job_seconds_bucket", "60.0", "done", "report"] == 0
    assert found["concepts_job_seconds_bucket", "300.0", "done", "report"] == 1
    assert found["process_resident_memory_bytes",] > 2**20
    assert not [name for name in (*NAMES, running.id, str(tmp_path)) if name in text]
    assert parsed(generate_latest(metrics.registry).decode())["concepts_job_seconds_count", "done", "report"] == 1


def test_they_are_served_to_this_machine_alone_and_the_port_is_given_back(tmp_path):
    port = free_port()
    with Metrics(tmp_path, most_waiting=1).served(port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert "concepts_sessions 0.0" in answer.read().decode()
        with pytest.raises(ValueError, match=rf"^CONCEPTS_METRICS is {port}, and nothing can listen there [^\n]+$"):
            check_free(port)
        with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.2", port), timeout=5):
            pass
    check_free(port)


def test_without_a_port_nothing_is_counted(tmp_path):
    assert metrics_of(ServerSettings(tmp_path)) is None
    assert CountRequests not in [each.cls for each in middleware(Access(), ServerSettings(tmp_path))]
    assert metrics_of(ServerSettings(tmp_path, metrics_port=9)) is metrics_of(ServerSettings(tmp_path, metrics_port=9))


def test_the_setting_is_a_port_or_nothing(monkeypatch):
    assert [ServerSettings.of({"CONCEPTS_METRICS": text}).metrics_port for text in ("", " ", " 9101 ")] == [
        None, None, 9101
    ]  # fmt: skip
    for text in ("0", "65536", "-1", "9101.5", "127.0.0.1:9101", "١", "999999"):
        with pytest.raises(ValueError, match=r"^CONCEPTS_METRICS is .*: expected a free port"):
            ServerSettings.of({"CONCEPTS_METRICS": text})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("CONCEPTS_METRICS", str(taken.getsockname()[1]))
        with pytest.raises(SystemExit, match=r"^CONCEPTS_METRICS is [^\n]+ in use[^\n]+$"):
            checked_access()
