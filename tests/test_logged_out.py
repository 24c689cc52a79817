"""Logging out ends the session itself: a copy of its cookie opens nothing, also after a restart."""

import time

import pytest

from concepts.access.ended_sessions import EndedSessions
from pages.state import logged_out as room
from pages.state import visitor
from pages.state.logged_out import LoggedOut
from pages.state.login import Login, Session
from pages.state.visitor import IDENTITY, MARK, UNTIL
from tests.support.postgres import url
from tests.test_gate import GUARDED, answered, claims, cookie, fragment_of, part, roles, served, statuses, with_cookie

__all__ = ["roles", "url"]
HOUR = 3600.0


@pytest.fixture
def database(tmp_path, monkeypatch) -> str:
    """The operator's database, which no other test has used."""
    found = f"sqlite:///{tmp_path / 'notes.sqlite'}"
    monkeypatch.setenv("CONCEPTS_NOTES", found)
    return found


def session(mark: str = "a" * 64, seconds: float = HOUR) -> Session:
    return Session("anna", time.time() + seconds, mark)


def test_marks_stay_until_their_time_and_no_longer(url):
    store = EndedSessions(url)
    assert store.marks() == frozenset()
    store.add({"a": time.time() + HOUR, "b": time.time() + 0.5})
    store.add({"a": time.time() + HOUR})
    assert EndedSessions(url).marks() >= {"a"}
    time.sleep(0.6)
    assert store.marks() == {"a"}
    store.add({"c": time.time() + HOUR})
    with store.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT mark FROM concept_ended_sessions ORDER BY mark").scalars().all()
    assert kept == ["a", "c"], "what is past is gone"
    store.close()


def test_an_ended_session_stays_ended_after_a_restart_and_at_other_servers(url, monkeypatch):
    monkeypatch.setattr(room, "FRESH", 600.0)
    one, other = LoggedOut(url), LoggedOut(url)
    for each in (one, other):
        each.look()
    assert not one.has(session())
    one.add(session(seconds=-1))
    one.add(Session("of a proxy", time.time() + HOUR))
    assert [one.has(session()), one.has(session("b" * 64)), one.has(Session("anna", 0.0))] == [True, False, False]
    started_anew = LoggedOut(url)
    started_anew.look()
    assert started_anew.has(session()), "though the time of that login was over: the operator may give more"
    other.look()
    assert not other.has(session()), "it does not ask at every request"
    monkeypatch.setattr(room.time, "monotonic", lambda clock=time.monotonic: clock() + room.FRESH)
    assert other.is_due
    other.look()
    assert other.has(session())


def test_nobody_comes_in_while_it_cannot_be_known_who_has_logged_out(tmp_path, caplog, monkeypatch):
    file = tmp_path / "notes.sqlite"
    file.write_bytes(b"no database" * 1000)
    gone = LoggedOut(f"sqlite:///{file}")
    gone.look()
    assert gone.has(session())
    assert not gone.is_due, "it is asked again after a while"
    assert "cannot be read or written" in caplog.text
    file.unlink()
    monkeypatch.setattr(room.time, "monotonic", lambda clock=time.monotonic: clock() + room.PAUSE)
    gone.look()
    assert not gone.has(session())


def test_who_logs_out_while_the_database_fails_is_out_and_is_written_later(tmp_path):
    file = tmp_path / "notes.sqlite"
    gone = LoggedOut(f"sqlite:///{file}")
    gone.look()
    file.write_bytes(b"no database" * 1000)
    gone.add(session())
    assert gone.has(session())
    assert not gone.has(session("b" * 64)), "what was read before holds on"
    file.unlink()
    gone.add(session("c" * 64))
    assert EndedSessions(f"sqlite:///{file}").marks() == {"a" * 64, "c" * 64}


def test_a_copied_cookie_opens_nothing_after_its_owner_has_logged_out(roles, database):
    login, value, others = Login("oidc", roles=roles), cookie(told := claims()), cookie(claims(nonce="another login"))
    owner, copy, other = (with_cookie(login, each) for each in (value, value, others))
    assert [statuses(each) for each in (owner, copy, other)] == [{200}] * 3
    assert owner.get("/auth/login").status_code == 200
    assert statuses(copy) == {200}
    assert owner.get("/base/auth/logout").json()[IDENTITY] == []
    assert [statuses(each) for each in (owner, copy, other)] == [{401}, {401}, {200}]
    assert statuses(with_cookie(login, cookie(dict(reversed(told.items()))))) == {401}, "in whatever order it is told"
    assert statuses(with_cookie(Login("oidc", roles=roles, hours=20), value)) == {401}


def test_whose_cookie_is_refused_ends_nobody_s_session(roles, database):
    login, value = Login("oidc", roles=roles), cookie(claims())
    served(login, cookie=f"_streamlit_user={value[:-2]}xx").get("/auth/logout")
    served(login, **{IDENTITY: "anna", UNTIL: "1e12", MARK: "a" * 64}).get("/auth/logout")
    assert statuses(with_cookie(login, value)) == {200}


def test_a_page_that_is_open_elsewhere_gets_nothing_more_of_it(roles, database):
    login, value = Login("oidc", roles=roles), cookie(claims())
    with with_cookie(login, value).websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_json()[IDENTITY] == ["anna"]
        assert fragment_of(answered(socket, part())) == "a part of a page"
        with_cookie(login, value).get("/auth/logout")
        assert fragment_of(answered(socket, part())) == "", "the page from its top, where a login is asked for"


def test_a_proxy_logs_people_out_itself(roles, database):
    client = served(Login("proxy", roles=roles), **{"x-forwarded-user": "anna"})
    assert client.get("/auth/logout").status_code == 200
    assert statuses(client, GUARDED) == {200}


def test_a_run_that_is_under_way_asks_whose_it_is(database, monkeypatch):
    told = {IDENTITY: "anna", UNTIL: repr(time.time() + HOUR), MARK: "a" * 64}
    monkeypatch.setattr(visitor.st, "context", type("Context", (), {"headers": told}))
    monkeypatch.setenv("CONCEPTS_LOGIN", "oidc")
    monkeypatch.setenv("CONCEPTS_OTHERS", "analyst")
    room.logged_out().look()
    assert visitor.person().name == "anna"
    begun = visitor.visitor().session
    assert visitor.person_of(begun).name == "anna"
    room.logged_out().add(session())
    for ask in (visitor.person, lambda: visitor.person_of(begun)):
        with pytest.raises(PermissionError, match="login has ended"):
            ask()
    assert visitor.visitor().session is None
