"""Who comes in at the gate, is refused there, or logs out, is a row of the record: once a login, not once a request."""

import time

import pytest
from starlette.websockets import WebSocketDisconnect

from concepts.record import RecordStore
from concepts.service import Logins
from concepts.service.logins import MOST, NO_ROLE, SLACK
from pages.state.login import Login
from tests.test_gate import SECRET, answered, claims, cookie, part, proxied, served, with_cookie

NOON = 1.8e9


@pytest.fixture
def roles(tmp_path, monkeypatch):
    file = tmp_path / "roles"
    file.write_text("anna analyst\n", encoding="utf-8")
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CONCEPTS_LOGIN", "proxy")
    monkeypatch.setenv("CONCEPTS_ROLES", str(file))
    return file


def told(roles, what: str = "log in") -> list[tuple[str, str, str]]:
    entries = RecordStore(f"sqlite:///{roles.parent / 'notes.sqlite'}").latest()
    assert {entry.what for entry in entries} <= {"log in", "log out"}
    return [(entry.who, entry.of, entry.result) for entry in entries if entry.what == what][::-1]


def opened(client, *sent: bytes) -> None:
    with client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        for data in sent:
            answered(socket, data)


def test_a_login_is_one_row_however_many_pages_are_opened(roles):
    client = with_cookie(Login("oidc", roles=roles), cookie(claims()))
    assert client.get("/report").status_code == 200
    assert told(roles) == [], "a page is opened by its websocket"
    for _ in range(3):
        opened(client)
        client.get("/media/a.png")
    assert told(roles) == [("anna", "", "done")]
    client.headers["cookie"] = with_cookie(Login("oidc", roles=roles), cookie(claims(iat=time.time() - 5))).headers[
        "cookie"
    ]
    opened(client)
    assert told(roles) == [("anna", "", "done")] * 2, "another login"


def test_a_login_from_before_the_server_s_start_was_told_by_the_one_before(roles):
    opened(with_cookie(Login("oidc", roles=roles), cookie(claims(iat=time.time() - 3600))))
    assert told(roles) == []


def test_who_has_no_role_is_told_once_and_whoever_has_no_session_never(roles):
    client = with_cookie(Login("oidc", roles=roles), cookie(claims(email="Eve")))
    for _ in range(2):
        assert client.get("/media/a.png").status_code == 403
        opened(client)
    assert served(Login("oidc", roles=roles)).get("/media/a.png").status_code == 401
    forged = with_cookie(Login("oidc", roles=roles), cookie(claims(), secret="another server's secret"))
    assert forged.get("/media/a.png").status_code == 401
    assert told(roles) == [("eve", "", "refused: no role on this server")]


def test_a_session_that_has_ended_is_told(roles):
    client = with_cookie(Login("oidc", roles=roles), cookie(claims(iat=time.time() - 13 * 3600)))
    for _ in range(2):
        assert client.get("/media/a.png").status_code == 401
    assert told(roles) == [("anna", "", "refused: the login has ended")]


def test_who_logs_out_is_one_row_a_session(roles):
    login, value = Login("oidc", roles=roles), cookie(claims())
    owner, copy = with_cookie(login, value), with_cookie(login, value)
    with copy.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        for client in (owner, owner, copy, with_cookie(login, value)):
            assert client.get("/auth/logout").status_code == 200
        assert answered(socket, part()) != part()
    assert told(roles, "log out") == [("anna", "", "done")]
    assert told(roles) == [("anna", "", "done")], "what is still open of it is no login that was refused"
    with_cookie(login, cookie(claims(iat=time.time() - 3600))).get("/auth/logout")
    assert told(roles, "log out") == [("anna", "", "done")] * 2, "another login, from before the server's start"


def test_who_has_no_session_that_could_end_logs_nobody_out(roles):
    login = Login("oidc", roles=roles)
    for value in (cookie(claims(), secret="another server's secret"), cookie(claims(iat=time.time() - 13 * 3600)), ""):
        assert with_cookie(login, value).get("/auth/logout").status_code == 200
    proxied(Login("proxy", roles=roles, secret=SECRET), **{"x-concepts-proxy-secret": SECRET}).get("/auth/logout")
    assert told(roles, "log out") == []


def test_a_session_that_ends_while_a_page_is_open_is_told(roles):
    client = with_cookie(Login("oidc", roles=roles), cookie(claims()))
    with client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        answered(socket, part())
        roles.write_text("somebody else admin\n", encoding="utf-8")
        for _ in range(2):
            answered(socket, part())
    assert told(roles) == [("anna", "", "done"), ("anna", "", "refused: no role on this server")]


def test_behind_a_proxy_too(roles):
    login = Login("proxy", roles=roles, secret=SECRET)
    client = proxied(login, **{"x-concepts-proxy-secret": SECRET})
    for _ in range(2):
        opened(client)
    eve = proxied(login, user="eve", **{"x-concepts-proxy-secret": SECRET})
    with pytest.raises(WebSocketDisconnect):
        opened(eve)
    assert served(login, **{"x-forwarded-user": "ada"}).get("/").status_code == 401, "not from the proxy: nobody"
    assert told(roles) == [("anna", "", "done"), ("eve", "", "refused: no role on this server")]


def test_a_record_that_cannot_be_written_keeps_nobody_out(roles, monkeypatch, caplog):
    monkeypatch.setenv("CONCEPTS_NOTES", "mysql://somewhere")
    login = Login("proxy", roles=roles, secret=SECRET)  # the app's own needs the database: who has logged out?
    opened(proxied(login, **{"x-concepts-proxy-secret": SECRET}))
    assert "Not in the record: anna, log in, done" in caplog.text


def test_a_proxy_s_visitor_is_told_again_after_the_hours_of_a_login():
    now = [NOON]
    logins = Logins(hours=12, clock=lambda: now[0])
    found = []
    for hours in (0, 11, 13, 14, 26):
        now[0] = NOON + 3600 * hours
        found.append(logins.new_entry("ann", issued=None) is not None)
    assert found == [True, False, True, False, True]
    assert logins.new_entry("ann", issued=NOON - SLACK - 1) is None
    assert logins.new_entry("ann", issued=NOON - SLACK - 1, result=NO_ROLE) is not None
    ends = [logins.new_end("ann", issued=NOON - SLACK - 1) for _ in range(2)]
    assert [end is None for end in ends] == [False, True], "of several requests at once, too"


def test_what_is_remembered_has_an_end_and_a_name_shows_what_it_is():
    logins = Logins(hours=12)
    for i in range(MOST + 5):
        assert logins.new_entry(f"p{i}", issued=None) is not None
    assert len(logins._told) == MOST
    entry = logins.new_entry("an\u202ena", issued=None, result=NO_ROLE)
    assert entry is not None
    assert entry.who == "'an\\u202ena'"
