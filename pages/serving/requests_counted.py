"""Counts requests by route and status, and the browser tabs that are connected."""

from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

VIEWS = {file.stem for file in (Path(__file__).parents[1] / "views").glob("*.py")}
STREAMLIT = "_stcore"
PLACES = VIEWS | {"healthz", "readyz", "media", "component", "static"}
STREAM, PARTS = "stream", {"health", "host-config", "metrics", "script-health-check", "bidi-components", "upload_file"}
OTHER = "other"


class Traffic(Protocol):
    """What is told of each request."""

    def answered(self, route: str, status: int) -> None:
        """A request was answered."""
        ...

    def connected(self, change: int) -> None:
        """A tab has come (1) or gone (−1)."""
        ...


class CountRequests:
    """A middleware that tells `traffic` of every request; one that fails without an answer counts as 500."""

    def __init__(self, app: ASGIApp, *, traffic: Traffic) -> None:
        self._app, self._traffic = app, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = _Request(send)
        route = route_of(scope["path"])
        try:
            await self._app(scope, receive, request.send if route != STREAM else self._watched(request))
        finally:
            self._traffic.answered(route, request.status)
            if request.is_open:
                self._traffic.connected(-1)

    def _watched(self, request: "_Request") -> Send:
        async def send(message: Message) -> None:
            await request.send(message)
            if message["type"] == "websocket.accept":
                request.is_open = True
                self._traffic.connected(1)

        return send


class _Request:
    """Passes an answer on and keeps its status."""

    def __init__(self, send: Send) -> None:
        self._send, self.status, self.is_open = send, int(HTTPStatus.INTERNAL_SERVER_ERROR), False

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("http.response.start", "websocket.http.response.start"):
            self.status = message["status"]
        elif kind == "websocket.accept":
            self.status = HTTPStatus.SWITCHING_PROTOCOLS
        elif kind == "websocket.close" and self.status != HTTPStatus.SWITCHING_PROTOCOLS:
            self.status = HTTPStatus.FORBIDDEN
        await self._send(message)


def route_of(path: str) -> str:
    """The route of an address: one of a few names, whatever visitors ask for. "/": the gallery.

    Streamlit asks for its own addresses beside the page's, such as /report/_stcore/health.
    """
    parts = [part for part in path.split("/") if part]
    if not parts:
        return "gallery"
    if STREAMLIT in parts:
        below = parts[parts.index(STREAMLIT) + 1 :]
        return below[0] if below and below[0] in PARTS | {STREAM} else OTHER
    return parts[0] if parts[0] in PLACES else OTHER
