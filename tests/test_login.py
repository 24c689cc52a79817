"""How visitors log in: the operator's settings, and how long a login holds."""

import time
from importlib.util import find_spec

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from concepts.access import NOBODY_IN_PARTICULAR, Person, Role
from pages.serving import login_checks
from pages.serving.login_checks import NEEDED, check_login
from pages.serving.options import checked_access
from pages.state.login import Login, Session

SECRET = "a long secret of the proxy"
SECTION = dict.fromkeys(NEEDED, "x") | {"cookie_secret": "c" * 32}


def settings(**given: str) -> Login:
    return Login.of({f"CONCEPTS_{name}": value for name, value in given.items()})


@pytest.fixture
def roles(tmp_path) -> str:
    file = tmp_path / "roles"
    file.write_text("anna@lab.example admin\nben@lab.example analyst\n", encoding="utf-8")
    return str(file)


def test_without_settings_there_is_no_login():
    assert settings() == Login()
    assert not Login().is_asked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"LOGIN": "ldap"}, "CONCEPTS_LOGIN is 'ldap'"),
        ({"LOGIN": "oidc"}, "nobody could enter"),
        ({"LOGIN": "oidc", "OTHERS": "none"}, "nobody could enter"),
        ({"LOGIN": "oidc", "OTHERS": "admin"}, "one by one"),
        ({"LOGIN": "oidc", "OTHERS": "owner"}, "no role 'owner'"),
        ({"LOGIN": "proxy", "OTHERS": "reader", "PROXY_SECRET": "short"}, "fewer than 16"),
        ({"LOGIN": "proxy", "OTHERS": "reader", "LOGIN_HEADER": "a: b"}, "CONCEPTS_LOGIN_HEADER"),
        ({"LOGIN": "oidc", "OTHERS": "reader", "LOGIN_HOURS": "-1"}, "CONCEPTS_LOGIN_HOURS"),
        ({"LOGIN": "oidc", "OTHERS": "reader", "LOGIN_HOURS": "1e9"}, "CONCEPTS_LOGIN_HOURS"),
        ({"LOGIN": "proxy", "OTHERS": "reader", "LOGOUT": "//evil.example"}, "CONCEPTS_LOGOUT"),
        ({"LOGIN": "oidc", "ROLES": "/no/such/file"}, "cannot be read"),
        ({"OTHERS": "reader"}, "need a login"),
        ({"PROXY_SECRET": SECRET}, "need a login"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_a_line(given, said):
    with pytest.raises(ValueError, match=said) as refused:
        settings(**given)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_roles_are_looked_up_each_time(roles):
    login, anna = settings(LOGIN="oidc", ROLES=roles), Session("Anna@lab.example", time.time() + 60)
    assert login.person(anna) == Person("anna@lab.example", Role.ADMIN)
    with open(roles, "w", encoding="utf-8") as file:
        file.write("anna@lab.example reader\n")
    assert login.person(anna) == Person("anna@lab.example", Role.READER)
    with open(roles, "w", encoding="utf-8") as file:
        file.write("anna@lab.example king\n")
    assert login.person(anna) is None, "a file that cannot be read lets nobody in"
    assert login.person(None) is None


def test_a_login_ends(roles):
    login = settings(LOGIN="oidc", ROLES=roles, LOGIN_HOURS="2")
    now = time.time()
    claims = {"is_logged_in": True, "email": "anna@lab.example", "iat": now - 7100, "exp": now - 3500}
    held = login.session_of(claims)
    assert held is not None
    assert held.holds()
    assert login.person(held) is not None
    ended = login.session_of(claims | {"iat": now - 7300})
    assert ended is not None
    assert not ended.holds()
    assert login.person(ended) is None


@pytest.mark.parametrize(
    "wrong",
    [{"is_logged_in": False}, {"is_logged_in": "yes"}, {"email": None}, {"email": ""}, {"email": "a" * 81},
     {"email": ["anna@lab.example"]}, {"iat": None}, {"iat": "1"}, {"email_verified": False}],
)  # fmt: skip
def test_an_identity_that_does_not_say_who_and_when_is_none(roles, wrong):
    login = settings(LOGIN="oidc", ROLES=roles)
    right = {"is_logged_in": True, "email": "anna@lab.example", "iat": time.time(), "email_verified": True}
    assert login.session_of(right) is not None
    assert login.session_of(right | wrong) is None


def test_another_claim_says_who(roles):
    login = settings(LOGIN="oidc", ROLES=roles, LOGIN_CLAIM="preferred_username")
    found = login.session_of({"is_logged_in": True, "preferred_username": "anna", "iat": time.time()})
    assert found is not None
    assert found.identity == "anna"


def checked(monkeypatch, login: Login, section: dict | None = None, address: str | None = "127.0.0.1", **options):
    monkeypatch.setattr(login_checks, "_section", lambda: section)
    monkeypatch.setattr(st, "get_option", {"server.enableAgentApi": False, **options}.get)
    check_login(login, address)


def test_a_proxy_without_a_secret_is_trusted_on_this_machine_alone(monkeypatch):
    checked(monkeypatch, Login("proxy", others=Role.READER))
    for address in (None, "0.0.0.0", "192.168.1.5"):
        with pytest.raises(ValueError, match="CONCEPTS_PROXY_SECRET"):
            checked(monkeypatch, Login("proxy", others=Role.READER), address=address)
        checked(monkeypatch, Login("proxy", others=Role.READER, secret=SECRET), address=address)


def test_a_login_of_the_app_s_own_is_whole_or_refused(monkeypatch):
    login = Login("oidc", others=Role.READER)
    monkeypatch.setattr(login_checks, "find_spec", lambda name: object())
    checked(monkeypatch, login, SECTION)
    for section in (None, {}, SECTION | {"client_id": ""}, {**SECTION, "cookie_secret": "short"}):
        with pytest.raises(ValueError, match=r"\[auth\]"):
            checked(monkeypatch, login, section)
    monkeypatch.setattr(login_checks, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"requirements-login\.txt"):
        checked(monkeypatch, login, SECTION)


def test_a_login_that_stands_there_unasked_and_a_way_beside_it_are_refused(monkeypatch):
    with pytest.raises(ValueError, match="no login is asked for"):
        checked(monkeypatch, Login(), SECTION)
    checked(monkeypatch, Login())
    with pytest.raises(ValueError, match="enableAgentApi"):
        checked(monkeypatch, Login("proxy", others=Role.READER), **{"server.enableAgentApi": True})


def secrets_from(monkeypatch, file):
    monkeypatch.setattr(st, "secrets", Secrets())
    for module in (config, st):
        monkeypatch.setattr(module, "get_option", {"secrets.files": [str(file)]}.get)


def test_a_file_of_secrets_that_cannot_be_read_is_said_in_a_line(monkeypatch, tmp_path):
    file = tmp_path / "secrets.toml"
    file.mkdir()  # a folder cannot be read by root either
    secrets_from(monkeypatch, file)
    for login in (Login(), Login("oidc", others=Role.READER)):
        with pytest.raises(ValueError, match=r"secrets\.toml cannot be read \(.*\): let the user who runs") as refused:
            check_login(login, "127.0.0.1")
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b'[auth]\nclient_id = "a\nb', b"[auth\n", b"caf\xe9 = 1"], ids=["value", "section", "encoding"]
)
def test_a_file_of_secrets_that_is_no_toml_is_said_in_a_line(content, monkeypatch, tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_bytes(content)
    secrets_from(monkeypatch, file)
    for login in (Login(), Login("oidc", others=Role.READER)):
        with pytest.raises(ValueError, match=r"secrets\.toml is no TOML: ") as refused:
            check_login(login, "127.0.0.1")
        assert "\n" not in str(refused.value)


def test_a_server_with_a_login_may_listen_beyond_this_machine(monkeypatch):
    for name, value in {"LOGIN": "proxy", "OTHERS": "reader", "PROXY_SECRET": SECRET}.items():
        monkeypatch.setenv(f"CONCEPTS_{name}", value)
    monkeypatch.delenv("CONCEPTS_OPEN", raising=False)
    monkeypatch.setattr(st, "get_option", {"server.address": "0.0.0.0", "secrets.files": []}.get)
    access = checked_access()
    assert not access.is_open
    assert access.warning("0.0.0.0", has_login=True) is None
    monkeypatch.setenv("CONCEPTS_PROXY_SECRET", "")
    with pytest.raises(SystemExit, match="CONCEPTS_PROXY_SECRET"):
        checked_access()


def test_nobody_in_particular_may_all():
    assert NOBODY_IN_PARTICULAR.role is Role.ADMIN
    assert not NOBODY_IN_PARTICULAR.is_known
    assert find_spec("streamlit.web.server.starlette.starlette_websocket") is not None
