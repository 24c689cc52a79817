"""The gate: every address is asked who asks; what a client says of itself counts for nothing."""

import json
import time
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages.serving.access import Access
from pages.serving.gate import needs_no_login
from pages.serving.options import middleware
from pages.state.login import Login
from pages.state.visitor import IDENTITY, UNTIL

SECRET = "a long secret of the proxy"
FORGED = {IDENTITY: "anna", UNTIL: "1e12"}
GUARDED = (
    "/media/abc.png", "/x//media/abc.png", "/report/media/abc.png", "/_stcore/upload_file/s/f", "/_stcore/metrics",
    "/_stcore/agent/run", "/_stcore/anything", "/_stcore", "/app/static/x",
)  # fmt: skip
OPEN = ("/", "/report", "/static/js/main.js", "/_stcore/health", "/report/_stcore/host-config", "/auth/login")
HEALTH = ("/healthz", "/readyz")


def told(connection: HTTPConnection) -> dict[str, list[str]]:
    return {name: connection.headers.getlist(name) for name in (IDENTITY, UNTIL)}


async def answer(request: Request) -> Response:
    return JSONResponse(told(request), headers={"Cache-Control": "public"})


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(told(socket))
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_bytes(await socket.receive_bytes())


def served(login: Login, base: str = "http://127.0.0.1:8501", **headers: str) -> TestClient:
    routes = [WebSocketRoute("/_stcore/stream", stream), Route("/{path:path}", answer, methods=["GET", "PUT"])]
    access = Access(hosts=None)
    app = Starlette(routes=routes, middleware=middleware(access, login=login))
    return TestClient(app, base_url=base, headers=headers)


@pytest.fixture
def roles(tmp_path):
    file = tmp_path / "roles"
    file.write_text("anna analyst\nbjörk@lab.example reader\n", encoding="utf-8")
    return file


def cookie(claims: dict, secret: str | None = None, name: str = USER_COOKIE_NAME) -> str:
    return create_signed_value(secret or get_cookie_secret(), name, json.dumps(claims)).decode()


def claims(**more) -> dict:
    return {"is_logged_in": True, "email": "anna", "iat": time.time(), "origin": "http://127.0.0.1:8501"} | more


def with_cookie(login: Login, value: str) -> TestClient:
    return served(login, cookie=f"{USER_COOKIE_NAME}={value}")


def statuses(client: TestClient, paths=GUARDED) -> set[int]:
    return {client.get(path).status_code for path in paths}


def test_what_needs_no_login_is_a_short_list():
    assert all(map(needs_no_login, OPEN))
    assert not any(map(needs_no_login, GUARDED))


def test_pictures_and_downloads_need_a_login(roles):
    login = Login("oidc", roles=roles)
    assert statuses(served(login)) == {401}
    assert statuses(served(login), OPEN + HEALTH) == {200}
    assert served(login).put("/_stcore/upload_file/s/f").status_code == 401
    assert statuses(with_cookie(login, cookie(claims()))) == {200}


def test_without_a_login_nothing_is_asked():
    assert statuses(served(Login()), GUARDED + OPEN + HEALTH) == {200}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: cookie(claims(iat=time.time() - 13 * 3600)),
        lambda: cookie(claims(is_logged_in=False)),
        lambda: cookie(claims(), secret="another server's secret"),
        lambda: cookie(claims(), name="_streamlit_user_tokens"),
        lambda: cookie(claims())[:-2] + "xx",
        lambda: json.dumps(claims()),
        lambda: cookie({"email": "anna"}),
        lambda: create_signed_value(get_cookie_secret(), USER_COOKIE_NAME, "[1]").decode(),
        lambda: "\xff\xfe",
        lambda: "",
    ],
    ids=["expired", "logged out", "another server", "another cookie", "changed", "unsigned", "no time", "a list",
         "no text", "empty"],
)  # fmt: skip
def test_a_cookie_that_is_no_session_opens_nothing(roles, wrong):
    client, given = served(Login("oidc", roles=roles)), f"{USER_COOKIE_NAME}={wrong()}".encode("latin-1")
    assert {client.get(path, headers=[(b"cookie", given)]).status_code for path in GUARDED} == {401}


def test_who_has_no_role_is_refused_by_name(roles):
    answered = with_cookie(Login("oidc", roles=roles), cookie(claims(email="eve"))).get("/media/a.png")
    assert (answered.status_code, "eve" in answered.text) == (403, True)
    assert answered.headers["cache-control"] == "no-store"


def test_what_lies_behind_the_login_is_in_no_shared_cache(roles):
    client = with_cookie(Login("oidc", roles=roles), cookie(claims()))
    assert client.get("/media/a.png").headers["cache-control"] == "private, no-cache"
    assert client.get("/static/a.js").headers["cache-control"] == "public"


def test_a_client_cannot_say_who_it_is(roles):
    for login in (Login("oidc", roles=roles), Login("proxy", roles=roles)):
        client = served(login, **FORGED)
        assert statuses(client) <= {401}
        if login.way == "oidc":
            assert client.get("/report").json() == {IDENTITY: [], UNTIL: []}
    held = with_cookie(Login("oidc", roles=roles), cookie(claims(email="björk@lab.example")))
    held.headers.update(FORGED)
    assert held.get("/report").json()[IDENTITY] == ["bj%C3%B6rk%40lab.example"]


def test_a_websocket_is_told_who_asks(roles):
    with served(Login("oidc", roles=roles), **FORGED).websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_json() == {IDENTITY: [], UNTIL: []}
    client = with_cookie(Login("oidc", roles=roles), cookie(claims()))
    with client.websocket_connect("/_stcore/stream", headers=FORGED) as socket:
        assert socket.receive_json()[IDENTITY] == ["anna"]
        assert answered(socket, b"still here") == b"still here"


def part(fragment: str = "a part of a page") -> bytes:
    asked = BackMsg()
    asked.rerun_script.fragment_id, asked.rerun_script.query_string = fragment, "id=first"
    return asked.SerializeToString()


def fragment_of(data: bytes) -> str:
    asked = BackMsg()
    asked.ParseFromString(data)
    assert asked.rerun_script.query_string == "id=first"
    return asked.rerun_script.fragment_id


def answered(socket, data: bytes) -> bytes:
    socket.send_bytes(data)
    return socket.receive_bytes()


def test_whoever_s_session_has_ended_gets_no_part_of_a_page(roles, monkeypatch):
    client = with_cookie(Login("oidc", roles=roles, hours=1), cookie(claims(iat=time.time() - 1800)))
    with client.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_json()[IDENTITY] == ["anna"]
        assert fragment_of(answered(socket, part())) == "a part of a page"
        monkeypatch.setattr(time, "time", lambda clock=time.time: clock() + 1801)
        assert fragment_of(answered(socket, part())) == "", "the page from its top, where a login is asked for"
        assert answered(socket, b"no message") == b"no message"


def test_whoever_has_lost_their_role_gets_no_part_of_a_page(roles):
    client = with_cookie(Login("oidc", roles=roles), cookie(claims()))
    with client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        roles.write_text("somebody else admin\n", encoding="utf-8")
        assert fragment_of(answered(socket, part())) == ""


def test_whoever_never_logged_in_gets_no_part_of_a_page(roles):
    with served(Login("oidc", roles=roles)).websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        assert fragment_of(answered(socket, part())) == ""


@pytest.mark.parametrize("kind", ["file_urls_request", "backend_operation_request"])
def test_whoever_is_not_admitted_gets_the_page_whatever_else_they_ask(roles, kind):
    asked = BackMsg()
    if kind == "file_urls_request":
        asked.file_urls_request.file_names.append("photo.png")
    else:
        asked.backend_operation_request.deferred_file.file_id = "a download"
    client = with_cookie(Login("oidc", roles=roles), cookie(claims()))
    with client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        assert answered(socket, asked.SerializeToString()) == asked.SerializeToString()
        roles.write_text("somebody else admin\n", encoding="utf-8")
        found = BackMsg()
        found.ParseFromString(answered(socket, asked.SerializeToString()))
        assert found.WhichOneof("type") == "rerun_script"
        assert not found.rerun_script.fragment_id
        for harmless in (BackMsg(app_heartbeat=True), BackMsg(stop_script=True)):
            assert answered(socket, harmless.SerializeToString()) == harmless.SerializeToString()


def test_behind_a_proxy_a_websocket_ends_with_its_session(roles):
    client = proxied(Login("proxy", roles=roles, secret=SECRET), **{"x-concepts-proxy-secret": SECRET})
    with client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        assert fragment_of(answered(socket, part())) == "a part of a page"
        roles.write_text("somebody else admin\n", encoding="utf-8")
        socket.send_bytes(part())
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_bytes()
    assert ended.value.code == 1008


def proxied(login: Login, base: str = "http://127.0.0.1:8501", user: str = "anna", **headers: str) -> TestClient:
    return served(login, base, **{"x-forwarded-user": user, **headers})


def test_a_proxy_on_this_machine_says_who_asks(roles):
    login = Login("proxy", roles=roles)
    assert statuses(proxied(login), GUARDED + OPEN) == {200}
    assert proxied(login).get("/report").json()[IDENTITY] == ["anna"]
    assert statuses(served(login), GUARDED + OPEN) == {401}
    assert statuses(served(login), HEALTH) == {200}
    assert statuses(proxied(login, user="eve"), GUARDED + OPEN) == {403}


def test_a_header_from_elsewhere_is_forged(roles):
    login = Login("proxy", roles=roles)
    for base in ("http://192.168.1.5:8501", "http://concepts.example.org", "http://[fe80::1]"):
        client = proxied(login, base, **{"x-forwarded-for": "127.0.0.1", "host": "127.0.0.1:8501"})
        assert statuses(client, GUARDED + OPEN) == {401}, base
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
            pass


def test_a_proxy_elsewhere_shows_its_secret(roles):
    login = Login("proxy", roles=roles, secret=SECRET)
    base = "http://192.168.1.5:8501"
    assert statuses(proxied(login, base, **{"x-concepts-proxy-secret": SECRET})) == {200}
    for forged in ({}, {"x-concepts-proxy-secret": SECRET[:-1]}, {"x-concepts-proxy-secret": ""}):
        assert statuses(proxied(login, base, **forged)) == {401}
        assert statuses(proxied(login, "http://127.0.0.1", **forged)) == {401}, "where there is one it is always asked"


def test_a_header_that_comes_twice_names_nobody(roles):
    client = served(Login("proxy", roles=roles))
    twice = [("x-forwarded-user", "anna"), ("x-forwarded-user", "björk@lab.example".encode())]
    assert client.get("/media/a.png", headers=twice).status_code == 401
    assert client.get("/media/a.png", headers=twice[:1]).status_code == 200
    assert client.get("/media/a.png", headers=twice[1:]).status_code == 200
