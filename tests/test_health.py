"""/healthz and /readyz: what is looked at, what is said of it, and how often."""

import threading

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from concepts.annotations import Note, NoteStore
from pages.serving import health
from pages.serving.health import Readiness, health_routes, healthz
from pages.state.libraries import Loader, Stage
from pages.state.server_settings import ServerSettings

SECRET = "secret-folder"


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / SECRET


def asked(settings: ServerSettings, path: str = "/readyz"):
    return TestClient(Starlette(routes=health_routes(settings))).get(path)


def test_a_new_workspace_is_ready_and_nothing_is_left_in_it(workspace):
    answer = asked(ServerSettings(workspace))
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "libraries": "ok", "database": "ok", "workspace": "ok"}
    assert answer.headers["cache-control"] == "no-store"
    assert list(workspace.iterdir()) == []


def test_a_database_that_is_none_is_not_ready_and_no_place_is_named(workspace, caplog):
    workspace.mkdir()
    (workspace / "notes.sqlite").write_text("no database at all, but a text that is long enough to be read as one" * 9)
    answer = asked(ServerSettings(workspace))
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "libraries": "ok", "database": "does not answer", "workspace": "ok"}
    assert SECRET not in answer.text
    assert SECRET in caplog.text


def test_a_database_with_notes_answers(workspace):
    settings = ServerSettings(workspace)
    NoteStore(settings.notes).write(Note("a" * 24, "concept", 0, "price tag", author="Ann"))
    assert asked(settings).status_code == 200


def test_a_workspace_that_cannot_be_written_is_not_ready_but_the_server_is_up(workspace, tmp_path):
    workspace.write_text("a file where the folder is meant to be")
    settings = ServerSettings(workspace, notes_url=f"sqlite:///{tmp_path / 'notes.sqlite'}")
    answer = asked(settings)
    assert answer.status_code == 503
    assert answer.json()["workspace"] == "cannot be written"
    assert SECRET not in answer.text
    assert (asked(settings, "/healthz").status_code, asked(settings, "/healthz").text) == (200, "ok")


def test_the_database_is_not_asked_before_the_libraries_are_there(workspace):
    go = threading.Event()
    loader = Loader(lambda stage: go.wait(10) and None)
    readiness = Readiness(ServerSettings(workspace, notes_url="sqlite:////none/of/this.sqlite"), loader=loader)
    loader.begin()
    assert readiness.look() == {
        "libraries": "are being loaded",
        "database": "not asked before the libraries",
        "workspace": "ok",
    }
    go.set()
    loader.wait_for(Stage.REPORT)
    assert readiness.look()["libraries"] == "ok"


def test_who_asks_without_end_costs_one_look(workspace, monkeypatch):
    looks: list[int] = []
    monkeypatch.setattr(Readiness, "look", lambda self: looks.append(1) or {"database": "ok"})
    monkeypatch.setattr(health, "FRESH", 600.0)
    client = TestClient(Starlette(routes=health_routes(ServerSettings(workspace))))
    with client:
        assert [client.get("/readyz").status_code for _ in range(20)] == [200] * 20
    assert len(looks) == 1


def test_a_change_is_told_after_a_while(workspace, monkeypatch):
    said = iter(["ok", "does not answer"])
    monkeypatch.setattr(health, "FRESH", 0.0)
    monkeypatch.setattr(Readiness, "look", lambda self: {"database": next(said)})
    client = TestClient(Starlette(routes=health_routes(ServerSettings(workspace))))
    assert [client.get("/readyz").status_code for _ in range(2)] == [200, 503]


def test_a_route_is_no_address_of_streamlit(workspace):
    assert {route.path for route in health_routes(ServerSettings(workspace))} == {"/healthz", "/readyz"}
    assert healthz in [route.endpoint for route in health_routes(ServerSettings(workspace))]
