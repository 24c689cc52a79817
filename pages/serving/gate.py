"""The gate in front of everything: who asks, found out anew for every request, and what is open to whom.

A page's script is not the only way to what lies on a server: pictures and downloads have addresses of their own. The
gate therefore looks at every request, before Streamlit does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.serving.logins_told import LoginsTold
from pages.serving.needed_messages import message_of
from pages.state.logged_out import LoggedOut
from pages.state.login import Login, Session
from pages.state.visitor import IDENTITY, MARK, UNTIL, headers_of

OURS = {IDENTITY.encode(), UNTIL.encode(), MARK.encode()}
HEALTH = ("/healthz", "/readyz")
LOGOUT = ["auth", "logout"]
LOG_IN = "Log in first: this address is for those who have."
NO_ROLE = "{identity} has no role on this server: ask its operator."
NO_PROXY = "This address is reached through the proxy that logs people in."
PAGE_PARTS = {"health", "host-config", "stream", "bidi-components"}  # of Streamlit's own addresses, without a login
GUARDED = {"media", "upload_file", "metrics", "agent", "app"}
HARMLESS = {"app_heartbeat", "stop_script"}
POLICY_VIOLATION = 1008

FindSession = Callable[[Scope], Session | None]


@dataclass(frozen=True)
class Door:
    """What the gate goes by: the login, how a request's session is found, and who has logged out.

    logged_out: None where a proxy logs people in and out.
    """

    login: Login
    session_of: FindSession
    logged_out: LoggedOut | None = None

    async def session(self, scope: Scope) -> Session | None:
        """The session of a request; None without one, and once its person has logged out."""
        found = self.session_of(scope)
        if found is None:
            return None
        await self.look()
        return None if self.has_left(found) else found

    async def log_out(self, scope: Scope) -> Session | None:
        """Ends the session of a request that logs out, and returns it; None where that has ended nothing."""
        if self.logged_out is None or not is_logout(scope) or (found := self.session_of(scope)) is None:
            return None
        await self.look()
        had_ended = self.has_left(found) or not found.holds()
        await run_in_threadpool(self.logged_out.add, found)
        return None if had_ended else found

    async def look(self) -> None:
        """Asks the database who has logged out, where that is due."""
        if self.logged_out is not None and self.logged_out.is_due:
            await run_in_threadpool(self.logged_out.look)

    def has_left(self, session: Session) -> bool:
        """Whether its person has logged out."""
        return self.logged_out is not None and self.logged_out.has(session)

    def admits(self, session: Session | None) -> bool:
        """Whether whoever has this session may come in now: roles are looked up each time."""
        return session is not None and not self.has_left(session) and self.login.person(session) is not None

    def is_open(self, path: str) -> bool:
        """Whether the address is open without a login.

        With a login of the app's own these are what the page that asks for it needs; where a proxy asks for it, none.
        """
        if path in HEALTH:
            return True
        return self.login.way == "oidc" and needs_no_login(path)


class Gate:
    """A middleware: refuses requests without a valid session, but for what is open; tells the app who asks.

    Whoever opens a page, whoever is refused by name, and whoever logs out, is told to the record.

    A websocket gives no more of a page when its session ends, or its person loses their role. What a client says of
    itself in the gate's headers is taken away.
    """

    def __init__(self, app: ASGIApp, *, door: Door, told: LoginsTold) -> None:
        self._app, self._door, self._told = app, door, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        door = self._door
        if (ended := await door.log_out(scope)) is not None:
            await self._told.tell_end(ended)
        session = await door.session(scope)
        admitted = door.admits(session)
        refused = not admitted and not door.is_open(scope["path"])
        if session is not None and (refused or scope["type"] == "websocket"):
            await self._told.tell(session, admitted=admitted)
        if refused:
            status = 403 if session is not None and session.holds() else 401
            await _refuse(scope, receive, send, _reason(door.login, session), status)
            return
        scope = {**scope, "headers": _with_session(scope, session)}
        if scope["type"] == "http":
            await self._app(scope, receive, send if door.is_open(scope["path"]) else _privately(send))
        else:
            await self._app(scope, _Watched(door, self._told, session, receive, send).receive, send)


class _Watched:
    """What a websocket receives: once its session has ended, only what asks for the whole page, which asks for a login.

    Streamlit draws parts of a page anew without its top, where it is asked who the visitor is. Behind a proxy, which
    asks by itself, the websocket ends; the browser then comes in anew, through the proxy.
    """

    def __init__(self, door: Door, told: LoginsTold, session: Session | None, receive: Receive, send: Send) -> None:
        self._door, self._told, self._session = door, told, session
        self._receive, self._send = receive, send

    async def receive(self) -> Message:
        message = await self._receive()
        await self._door.look()
        if message["type"] != "websocket.receive" or self._door.admits(self._session):
            return message
        if self._session is not None and not self._door.has_left(self._session):
            await self._told.tell(self._session, admitted=False)
        if self._door.login.way == "proxy":
            await self._send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        return {**message, "bytes": of_the_whole_page(message.get("bytes") or b"")}


def needs_no_login(path: str) -> bool:
    """Whether the page that asks for a login needs this address; whatever is not known does not count among them."""
    parts = [part for part in path.split("/") if part]
    if not GUARDED.isdisjoint(parts):
        return False
    if "_stcore" in parts:
        below = parts[parts.index("_stcore") + 1 :]
        return bool(below) and below[0] in PAGE_PARTS
    return True


def is_logout(scope: Scope) -> bool:
    """Whether the request is for Streamlit's address at which one logs out."""
    return scope["type"] == "http" and [part for part in scope["path"].split("/") if part][-2:] == LOGOUT


def _with_session(scope: Scope, session: Session | None) -> list[tuple[bytes, bytes]]:
    """The request's headers, with what the gate knows in place of what the client says."""
    own = [pair for pair in scope["headers"] if pair[0].lower() not in OURS]
    return own if session is None else own + headers_of(session)


def of_the_whole_page(data: bytes) -> bytes:
    """What a browser sent over Streamlit's websocket, asking for the page from its top where it asks for more.

    A heartbeat and what stops a script stay, and so does what Streamlit cannot read.
    """
    asked = message_of(data)
    kind = None if asked is None else asked.WhichOneof("type")
    if asked is None or kind in HARMLESS or (kind == "rerun_script" and not asked.rerun_script.fragment_id):
        return data
    asked.rerun_script.SetInParent()  # takes the place of whatever else was asked
    asked.rerun_script.ClearField("fragment_id")
    return asked.SerializeToString()


def _reason(login: Login, session: Session | None) -> str:
    if session is not None:
        return NO_ROLE.format(identity=ascii(session.identity)) if session.holds() else LOG_IN
    return NO_PROXY if login.way == "proxy" else LOG_IN


async def _refuse(scope: Scope, receive: Receive, send: Send, reason: str, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": reason[:120]})
        return
    await PlainTextResponse(reason, status, {"Cache-Control": "no-store"})(scope, receive, send)


def _privately(send: Send) -> Send:
    """Sends answers that no cache between the server and the browser keeps for others."""

    async def send_privately(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "no-" not in headers.get("cache-control", ""):
                headers["Cache-Control"] = "private, no-cache"
        await send(message)

    return send_privately
