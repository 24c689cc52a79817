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

    Those of all their visits count, and those that are on their way. Visits whose tab has gone are ended first. most:
    None without a login, where nobody is told from others and nothing is refused. A file that comes after its tab has
    gone is kept nowhere, whoever sent it.
    """

    def __init__(self, app: ASGIApp, *, most: float | None, visits: Visits | None = None) -> None:
        self._app, self._most, self._visits = app, most, visits or StreamlitVisits()
        self._of: defaultdict[str, set[str]] = defaultdict(set)  # person → visits
        self._coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = _sent(scope)
        if sent is None:
            await self._app(scope, receive, send)
            return
        person = same_identity(unquote(Headers(scope=scope).get(IDENTITY, "")))
        with self._dropped_without_tab(sent):
            if self._most is None or not person:
                await self._app(scope, receive, send)
            elif (refusal := self._refusal(person, scope, self._most)) is not None:
                await refusal(scope, receive, send)
            else:
                with self._on_its_way(person, sent.visit, _length(scope) or 0):
                    await self._app(scope, receive, send)

    def _refusal(self, person: str, scope: Scope, most: float) -> PlainTextResponse | None:
        """The answer to a file that may not come; None to one that may."""
        length = _length(scope)
        if length is None:
            return PlainTextResponse(NO_LENGTH, 411)
        if self._held(person) + length > most:
            self._make_room(person)
        if (held := self._held(person) + length) <= most:
            return None
        said = f"{size_words(held)} of files would lie in the server's memory for one person, and no more than "
        said += f"{size_words(int(most))} may: close other tabs, or take files out of the fields they are in."
        LOG.warning("A file was refused: %s", said)
        return PlainTextResponse(said, 413)

    def _make_room(self, person: str) -> None:
        """Ends a person's visits whose tab has gone."""
        for visit in self._of[person]:
            if not self._visits.is_open(visit):
                self._visits.end(visit)

    def _held(self, person: str) -> int:
        """Bytes of a person's files, here or on their way; forgets visits that hold none and have no tab."""
        found = {visit: self._visits.n_bytes(visit) for visit in self._of[person]}
        self._of[person] = {visit for visit, n_bytes in found.items() if n_bytes or self._visits.is_open(visit)}
        return sum(found.values()) + self._coming[person]

    @contextmanager
    def _on_its_way(self, person: str, visit: str, n_bytes: int) -> Iterator[None]:
        self._coming[person] += n_bytes
        try:
            yield
        finally:
            self._coming[person] -= n_bytes
            self._of[person].add(visit)

    @contextmanager
    def _dropped_without_tab(self, sent: _Sent) -> Iterator[None]:
        try:
            yield
        finally:
            if not self._visits.is_open(sent.visit):
                self._visits.drop(*sent)


def _length(scope: Scope) -> int | None:
    """The length that a request says its body has; None where it says none, or comes in pieces, which may say less."""
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and "transfer-encoding" not in headers else None


def _sent(scope: Scope) -> _Sent | None:
    """The file that a request sends; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    parts = [part for part in scope["path"].split("/") if part]
    return _Sent(*parts[-2:]) if parts[-4:-2] == UPLOADS else None
