"""Files that visitors choose lie in the server's memory: how much of it one person may fill, over all their visits.

Streamlit keeps a visit, and its files, for some minutes after its tab was closed or loaded anew: the browser may come
back to it. Such files count as all others do, and make room as soon as their person needs it.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol, cast
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from concepts.access.roles_file import same_identity
from concepts.engine.quotas import size_words
from pages.state.visitor import IDENTITY

LOG = logging.getLogger(__name__)
UPLOADS = ["_stcore", "upload_file"]
NO_LENGTH = "A file comes with its length (Content-Length)."


class Visits(Protocol):
    """The server's visits, and the files that it holds for them."""

    def is_open(self, visit: str) -> bool:
        """Whether a tab shows it now."""
        ...

    def n_bytes(self, visit: str) -> int:
        """Bytes of its files, also once its tab has gone."""
        ...

    def drop(self, visit: str, file: str) -> None:
        """Forgets a file, where it is held."""
        ...

    def end(self, visit: str) -> None:
        """Forgets the visit with its files: no browser comes back to it."""
        ...


class StreamlitVisits:
    """Those of this process's Streamlit; to be asked on the thread of its event loop."""

    def is_open(self, visit: str) -> bool:
        """As `Visits` has it."""
        return Runtime.instance().is_active_session(visit)

    def n_bytes(self, visit: str) -> int:
        """As `Visits` has it."""
        return sum(len(file.data) for file in list(self._files.file_storage.get(visit, {}).values()))

    def drop(self, visit: str, file: str) -> None:
        """As `Visits` has it; Streamlit would keep an empty entry for a visit that it no longer knows."""
        self._files.remove_file(visit, file)
        if not self.is_open(visit) and not self._files.file_storage.get(visit):
            self._files.remove_session_files(visit)

    def end(self, visit: str) -> None:
        """As `Visits` has it; one that Streamlit has given up, and not cleared yet, has files all the same."""
        Runtime.instance().close_session(visit)
        self._files.remove_session_files(visit)

    @property
    def _files(self) -> MemoryUploadedFileManager:
        return cast("MemoryUploadedFileManager", Runtime.instance().uploaded_file_mgr)


class _Sent(NamedTuple):
    """A file on its way: for which visit, and what Streamlit calls it."""

    visit: str
    file: str


class HoldFiles:
    """A middleware, behind the gate: refuses a file where its sender's would be more than `most` bytes in memory.

    Those of all their visits count, and those that are on their way. Visits whose tab has gone are ended first. A file
    that comes after its tab has gone is kept nowhere. Without a login nothing is refused: there, nobody is told from
    others.
    """

    def __init__(self, app: ASGIApp, *, most: float, visits: Visits | None = None) -> None:
        self._app, self._most, self._visits = app, most, visits or StreamlitVisits()
        self._of: defaultdict[str, set[str]] = defaultdict(set)  # person → visits
        self._coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent, headers = _sent(scope), Headers(scope=scope) if scope["type"] == "http" else Headers()
        person = same_identity(unquote(headers.get(IDENTITY, "")))
        if sent is None or not person:
            await self._app(scope, receive, send)
            return
        length = headers.get("content-length", "")
        if not length.isdecimal():
            await PlainTextResponse(NO_LENGTH, 411)(scope, receive, send)
            return
        with self._on_its_way(person, int(length)):
            if (held := self._held_with_room_made(person)) > self._most:
                await PlainTextResponse(self._refusal(held), 413)(scope, receive, send)
                return
            with self._arriving(person, sent):
                await self._app(scope, receive, send)

    def _refusal(self, held: int) -> str:
        said = f"{size_words(held)} of files would lie in the server's memory for one person, and no more than "
        said += f"{size_words(int(self._most))} may: close other tabs, or take files out of the fields they are in."
        LOG.warning("A file was refused: %s", said)
        return said

    def _held_with_room_made(self, person: str) -> int:
        """Bytes of a person's files, after the visits whose tab has gone are ended where that many may not be."""
        if self._held(person) > self._most:
            for visit in self._of[person]:
                if not self._visits.is_open(visit):
                    self._visits.end(visit)
        return self._held(person)

    def _held(self, person: str) -> int:
        """Bytes of a person's files, here or on their way; forgets visits that hold none and have no tab."""
        found = {visit: self._visits.n_bytes(visit) for visit in self._of[person]}
        self._of[person] = {visit for visit, n_bytes in found.items() if n_bytes or self._visits.is_open(visit)}
        return sum(found.values()) + self._coming[person]

    @contextmanager
    def _on_its_way(self, person: str, n_bytes: int) -> Iterator[None]:
        self._coming[person] += n_bytes
        try:
            yield
        finally:
            self._coming[person] -= n_bytes

    @contextmanager
    def _arriving(self, person: str, sent: _Sent) -> Iterator[None]:
        try:
            yield
        finally:
            if self._visits.is_open(sent.visit):
                self._of[person].add(sent.visit)
            else:
                self._visits.drop(*sent)


def _sent(scope: Scope) -> _Sent | None:
    """The file that a request sends; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    parts = [part for part in scope["path"].split("/") if part]
    return _Sent(*parts[-2:]) if parts[-4:-2] == UPLOADS else None
