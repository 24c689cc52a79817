"""A script in the app's page that runs before Streamlit's own: components come too late for the first visit."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNWANTED = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")  # a whole page, not compressed
HEAD = b"<head>"


class EarlyScript:
    """A middleware: puts the script first into the head of every page that a browser opens.

    script: JavaScript of ours, put in as it is; it runs before modules do.
    """

    def __init__(self, app: ASGIApp, *, script: str) -> None:
        self._app, self._element = app, b"<script>" + script.encode() + b"</script>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or "text/html" not in Headers(scope=scope).get("accept", "")
        ):
            await self._app(scope, receive, send)
            return
        headers = [pair for pair in scope["headers"] if pair[0] not in UNWANTED]
        await self._app({**scope, "headers": headers}, receive, _Page(self._element, send).send)


class _Page:
    """Collects an answer, and sends it with the element in its head if it is a page."""

    def __init__(self, element: bytes, send: Send) -> None:
        self._element, self._send, self._body = element, send, b""
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start, self._body.replace(HEAD, HEAD + self._element, 1))

    async def _finish(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        for name in ("etag", "last-modified", "accept-ranges"):  # of the page without the element
            if name in headers:
                del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
