"""Two addresses for machines: /healthz says that the server is up, /readyz whether it can do its work now.

Whoever reaches the port may ask them: they name no place of the server, and the log has the reasons. Asking without end
costs one look in `FRESH` seconds.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from concepts.annotations import NoteStore
from pages.state.libraries import Loader, Stage, libraries
from pages.state.server_settings import ServerSettings

FRESH = 2.0  # seconds for which an answer is given again
NOT_STORED = {"Cache-Control": "no-store"}
OK = "ok"
LOG = logging.getLogger(__name__)


def health_routes(settings: ServerSettings) -> list[BaseRoute]:
    """The routes /healthz (200 "ok", always) and /readyz (200, or 503 where something is missing; JSON)."""
    return [Route("/healthz", healthz), Route("/readyz", Readiness(settings).answer)]


async def healthz(request: Request) -> Response:
    """200: the process answers. Nothing is looked at: what a restart would not mend must not cause one."""
    return PlainTextResponse(OK, headers=NOT_STORED)


class Readiness:
    """Whether the database of names answers, the workspace can be written, and the libraries of reports are there.

    Those of later stages load while nobody visits: a busy server is no less ready for it.
    """

    def __init__(self, settings: ServerSettings, *, loader: Loader = libraries) -> None:
        self._settings, self._loader = settings, loader
        self._notes: NoteStore | None = None
        self._lock, self._looked, self._found = asyncio.Lock(), -FRESH, dict[str, str]()

    async def answer(self, request: Request) -> Response:
        """200 or 503, with what was looked at → "ok" or what is wrong, and "ready"."""
        async with self._lock:  # all who ask meanwhile take one thread
            if time.monotonic() - self._looked >= FRESH:
                self._found = await run_in_threadpool(self.look)
                self._looked = time.monotonic()
        ready = all(words == OK for words in self._found.values())
        return JSONResponse({"ready": ready} | self._found, 200 if ready else 503, NOT_STORED)

    def look(self) -> dict[str, str]:
        """What is looked at → "ok", or what is wrong in a few words."""
        loaded = self._loader.is_loaded(Stage.REPORT)
        return {
            "libraries": OK if loaded else "are being loaded",
            # its driver is a library, too, and one thread alone imports those
            "database": _said(self._ask_database, "does not answer") if loaded else "not asked before the libraries",
            "workspace": _said(self._write, "cannot be written"),
        }

    def _ask_database(self) -> None:
        if self._notes is None:
            self._notes = NoteStore(self._settings.notes)
        self._notes.check()

    def _write(self) -> None:
        write_in(self._settings.workspace)


def write_in(folder: Path) -> None:
    """Writes some bytes into the folder, which is made, and leaves nothing. Raises OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(4096))
        file.flush()


def _said(look: Callable[[], None], wrong: str) -> str:
    try:
        look()
    except (ValueError, OSError) as error:
        LOG.warning("Not ready: %s", error)
        return wrong
    return OK
