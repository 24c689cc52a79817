"""Who reaches the server, under which names, with which headers, and what is read where a page fails."""

import errno
import os
import subprocess
import sys
import tomllib

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from pages.serving.access import LOOPBACK, Access, is_local
from pages.serving.options import checked_access, middleware
from pages.serving.trouble import trouble_of
from tests.support.places import ROOT

LOCAL = ("127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]", "unix:///tmp/concepts.sock")
OPEN = (None, "", "0.0.0.0", "::", "192.168.1.5", "concepts.example.org", "::ffff:10.0.0.1")


def test_only_this_machine_s_addresses_need_no_leave():
    for address in LOCAL:
        Access().check_address(address)
        assert Access(is_open=True).warning(address) is None
    for address in OPEN:
        assert not is_local(address)
        with pytest.raises(ValueError, match="CONCEPTS_OPEN=1"):
            Access().check_address(address)
        Access(is_open=True).check_address(address)
        assert "no login" in (Access(is_open=True).warning(address) or "")


def test_what_the_operator_allows():
    assert Access.of({}) == Access(False, (), ())
    assert Access.of({"CONCEPTS_OPEN": "0", "CONCEPTS_HOSTS": " "}).answers_to == LOOPBACK
    assert Access.of({"CONCEPTS_OPEN": "1"}).answers_to == ("*",)
    listed = Access.of({"CONCEPTS_OPEN": "1", "CONCEPTS_HOSTS": "Concepts.example.org, *.lab.example [fe80::1]"})
    assert listed.answers_to == (*LOOPBACK, "concepts.example.org", "*.lab.example", "[fe80::1]")
    assert Access.of({"CONCEPTS_FRAMES": "https://wiki.example.org:8443"}).frames == ("https://wiki.example.org:8443",)


def test_a_name_that_is_none_is_refused_in_a_line():
    for text in ("https://a.example", "a.example:8501", "a*.example", "*", "a.example/x"):
        with pytest.raises(ValueError, match=r"^CONCEPTS_HOSTS has ") as refused:
            Access.of({"CONCEPTS_HOSTS": text})
        assert "\n" not in str(refused.value)
    for text in ("wiki.example.org", "https://a.example/x", "'none'; script-src *", "*"):
        with pytest.raises(ValueError, match="CONCEPTS_FRAMES"):
            Access.of({"CONCEPTS_FRAMES": text})


async def greet(visitor: WebSocket) -> None:
    await visitor.accept()
    await visitor.send_text("hello")


def served(access: Access) -> TestClient:
    routes = [Route("/", lambda request: PlainTextResponse("hello")), WebSocketRoute("/stream", greet)]
    return TestClient(Starlette(routes=routes, middleware=middleware(access)))


def test_it_answers_under_its_names_only():
    def status(access: Access, host: str) -> int:
        return served(access).get("/", headers={"host": host}).status_code

    for host in ("localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"):
        assert status(Access(), host) == 200
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "10.0.0.1:8501"):
        assert status(Access(), host) == 400
    assert status(Access(hosts=("concepts.example.org",)), "concepts.example.org:443") == 200
    assert status(Access(hosts=("concepts.example.org",)), "www.concepts.example.org") == 400
    assert status(Access(is_open=True, hosts=None), "anything.example") == 200


def test_a_websocket_answers_under_its_names_only():
    visitor = served(Access())
    with visitor.websocket_connect("/stream", headers={"host": "localhost:8501"}) as socket:
        assert socket.receive_text() == "hello"
    with pytest.raises(WebSocketDenialResponse), visitor.websocket_connect("/stream", headers={"host": "evil.example"}):
        pass


def test_an_open_address_ends_the_process_in_a_line(monkeypatch):
    monkeypatch.delenv("CONCEPTS_OPEN", raising=False)
    monkeypatch.setattr(st, "get_option", {"server.address": "0.0.0.0", "secrets.files": []}.get)
    with pytest.raises(SystemExit, match=r"^Listening on 0\.0\.0\.0 .*CONCEPTS_OPEN=1"):
        checked_access()
    monkeypatch.setenv("CONCEPTS_OPEN", "1")
    assert checked_access().is_open
    monkeypatch.setenv("CONCEPTS_HOSTS", "http://a.example")
    with pytest.raises(SystemExit, match="CONCEPTS_HOSTS"):
        checked_access()


def test_the_settings_listen_on_this_machine_and_show_no_stack():
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        settings = tomllib.load(file)
    assert is_local(settings["server"]["address"])
    assert settings["client"]["showErrorDetails"] == "none"


def test_every_answer_has_its_headers():
    for answer in (served(Access()).get("/", headers={"host": host}) for host in ("localhost", "evil.example")):
        assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
    framed = served(Access(frames=("https://a.example", "https://b.example"))).get("/", headers={"host": "localhost"})
    assert framed.headers["content-security-policy"] == "frame-ancestors https://a.example https://b.example"
    assert "x-frame-options" not in framed.headers


def test_trouble_is_one_line_without_paths():
    place = "/srv/secret/folder"
    cases = {
        "disk is full": OSError(errno.ENOSPC, "No space left on device", place),
        "may not write": OSError(errno.EROFS, "Read-only file system", place),
        "may not write, or read": PermissionError(errno.EACCES, "Permission denied", place),
        "no memory": MemoryError(place),
        "went wrong": RuntimeError(f"{place} is broken"),
    }
    for words, error in cases.items():
        said = trouble_of(error)
        assert words in said
        assert "secret" not in said
        assert "\n" not in said


def test_the_app_says_what_is_wrong_with_a_setting_in_one_line():
    """In a process of its own, which imports the app as its start does."""
    variables = {**os.environ, "CONCEPTS_PERSON_DISK": "much"}
    run = subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("CONCEPTS_PERSON_DISK is 'much': ")
    assert run.stderr.count("\n") == 1


def test_a_setting_that_is_not_valid_ends_the_start_in_one_line(monkeypatch):
    monkeypatch.setenv("CONCEPTS_JOB_MEMORY", "much")
    with pytest.raises(SystemExit, match=r"^CONCEPTS_JOB_MEMORY is 'much': [^\n]+$"):
        checked_access()
