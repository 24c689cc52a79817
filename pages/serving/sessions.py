"""How the session of a request is found: in Streamlit's signed cookie, or in the header of a trusted proxy."""

import json
import time
from hmac import compare_digest
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from concepts.access.person import LONGEST
from pages.serving.gate import FindSession
from pages.state.login import Login, Session

SECRET = "x-concepts-proxy-secret"


def session_finder(login: Login) -> FindSession:
    """What finds the session of a request, by the operator's way to log in."""
    ways: dict[str, FindSession] = {
        "oidc": lambda scope: session_in_cookie(login, scope),
        "proxy": lambda scope: session_of_proxy(login, scope),
    }
    return ways[login.way]


def session_in_cookie(login: Login, scope: Scope) -> Session | None:
    """The session in the cookie that Streamlit's login has set, whose signature is checked; None without one.

    Reads the cookie by a function of Streamlit 1.67 that is not public: nothing public gives it to a middleware.
    """
    try:
        content = _get_signed_cookie_with_chunks(HTTPConnection(scope).cookies, USER_COOKIE_NAME)
        claims = None if content is None else json.loads(content)
    except (ValueError, UnicodeError):
        return None
    return login.session_of(claims) if isinstance(claims, dict) else None


def session_of_proxy(login: Login, scope: Scope) -> Session | None:
    """The session that a trusted proxy gives; None where the request does not come from it, or names nobody.

    It comes from it where it carries the secret; without a secret, where it arrives at this machine's loopback. The
    address at which it arrives is the server's own, which no header changes, unlike the client's. Named twice is not
    named: one of the two may be the client's.
    """
    headers = Headers(scope=scope)
    named = headers.getlist(login.header)
    if not _is_from_proxy(login, headers, scope) or len(named) != 1:
        return None
    try:
        identity = named[0].encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return None
    return Session(identity, time.time() + login.hours * 3600) if 0 < len(identity) <= LONGEST else None


def _is_from_proxy(login: Login, headers: Headers, scope: Scope) -> bool:
    if login.secret:
        given = headers.getlist(SECRET)
        return len(given) == 1 and compare_digest(given[0].encode(), login.secret.encode())
    server = scope.get("server")
    try:
        return server is not None and ip_address(server[0]).is_loopback
    except ValueError:
        return False
