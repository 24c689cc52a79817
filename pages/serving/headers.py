"""Headers of every answer, which tell browsers what not to do with it."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SafeHeaders:
    """A middleware: no frames but the operator's, no guessing of content types, no address told to other sites."""

    def __init__(self, app: ASGIApp, *, frames: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": "frame-ancestors " + (" ".join(frames) or "'none'"),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }
        if not frames:
            self._headers["X-Frame-Options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)
