"""Files that visitors choose lie in the server's memory until their visit ends: how much of it one person may fill."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from concepts.engine.quotas import size_words
from pages.state.visitor import IDENTITY

LOG = logging.getLogger(__name__)
UPLOADS = ["_stcore", "upload_file"]
NO_LENGTH = "A file comes with its length (Content-Length)."

BytesOf = Callable[[str], int | None]  # of the files that a visit holds; None: the visit has ended


def bytes_of_visit(visit: str) -> int | None:
    """Bytes of the files that Streamlit keeps for a visit; None once it has ended."""
    runtime = Runtime.instance()
    if not runtime.is_active_session(visit):
        return None
    manager = runtime.uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return sum(len(file.data) for file in list(manager.file_storage.get(visit, {}).values()))


class HoldFiles:
    """A middleware, behind the gate: refuses a file where its sender's would be more than `most` bytes in memory.

    Those of all their visits count, and those that are on their way. Without a login nothing is refused: there, nobody
    is told from others.
    """

    def __init__(self, app: ASGIApp, *, most: float, bytes_of: BytesOf = bytes_of_visit) -> None:
        self._app, self._most, self._bytes_of = app, most, bytes_of
        self._visits: defaultdict[str, set[str]] = defaultdict(set)  # by person
        self._coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit, headers = _visit_of(scope), Headers(scope=scope) if scope["type"] == "http" else Headers()
        person = unquote(headers.get(IDENTITY, ""))
        if visit is None or not person:
            await self._app(scope, receive, send)
            return
        length = headers.get("content-length", "")
        if not length.isdecimal():
            await PlainTextResponse(NO_LENGTH, 411)(scope, receive, send)
            return
        self._visits[person].add(visit)
        with self._on_its_way(person, int(length)):
            if (held := self._held(person)) > self._most:
                said = f"{size_words(held)} of files would lie in the server's memory for one person, and no more than "
                said += f"{size_words(self._most)} may: close other tabs, or take files out of the fields they are in."
                LOG.warning("A file was refused: %s", said)
                await PlainTextResponse(said, 413)(scope, receive, send)
                return
            await self._app(scope, receive, send)

    def _held(self, person: str) -> int:
        """Bytes of a person's files, here or on their way; forgets visits that have ended."""
        found = {visit: self._bytes_of(visit) for visit in self._visits[person]}
        self._visits[person] = {visit for visit, n_bytes in found.items() if n_bytes is not None}
        return sum(filter(None, found.values())) + self._coming[person]

    @contextmanager
    def _on_its_way(self, person: str, n_bytes: int) -> Iterator[None]:
        self._coming[person] += n_bytes
        try:
            yield
        finally:
            self._coming[person] -= n_bytes


def _visit_of(scope: Scope) -> str | None:
    """The visit that a file is sent for; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    parts = [part for part in scope["path"].split("/") if part]
    return parts[-2] if parts[-4:-2] == UPLOADS else None
