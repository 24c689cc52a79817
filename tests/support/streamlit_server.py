"""Streamlit's own server behind middlewares of ours: its runtime, websocket and uploads; no script of it is run."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient, WebSocketTestSession
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.starlette import starlette_routes
from streamlit.web.server.starlette.starlette_websocket import create_websocket_routes

from tests.support.places import ROOT

UPLOADS = "/_stcore/upload_file"


class StreamlitServer(NamedTuple):
    """A running server. files: what it holds of uploads."""

    client: TestClient
    runtime: Runtime
    files: MemoryUploadedFileManager

    @contextmanager
    def tab(self) -> Iterator[tuple[str, WebSocketTestSession]]:
        """A visit, by Streamlit's name for it, and its websocket; a browser may come back to it afterwards."""
        before = self._open()
        with self.client.websocket_connect("/_stcore/stream") as socket:
            heartbeat(socket)
            (visit,) = self._open() - before
            yield visit, socket

    def send(self, visit: str, n_bytes: int, file: str, **headers: str) -> int:
        """Uploads a file of that many bytes; returns the status."""
        content = {"file": (f"{file}.png", b"x" * n_bytes)}
        return self.client.put(f"{UPLOADS}/{visit}/{file}", files=content, headers=headers).status_code

    def knows(self, visit: str) -> bool:
        """Whether a tab shows it, or a browser may come back to it."""
        return self.runtime._session_mgr.get_session_info(visit) is not None

    def _open(self) -> set[str]:
        return {info.session.id for info in self.runtime._session_mgr.list_active_sessions()}


@contextmanager
def streamlit_server(*middleware: Middleware, seconds: float = 120) -> Iterator[StreamlitServer]:
    """A server in this process. seconds: how long a browser may come back to a visit whose tab has gone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runtime, "_instance", None)
        patch.setattr(starlette_routes, "is_xsrf_enabled", lambda: False)
        files = MemoryUploadedFileManager(UPLOADS)
        storage = MemorySessionStorage(ttl_seconds=seconds)  # type: ignore[arg-type]
        script, media = str(ROOT / "app.py"), MemoryMediaFileStorage("/media")
        runtime = Runtime(RuntimeConfig(script, media, files, session_storage=storage))
        routes = create_websocket_routes(runtime, None) + starlette_routes.create_upload_routes(runtime, files, None)
        app = Starlette(routes=routes, middleware=middleware, lifespan=lambda app: _running(runtime))
        with TestClient(app) as client:
            yield StreamlitServer(client, runtime, files)


def heartbeat(socket: WebSocketTestSession) -> None:
    """Waits until the server has done what was asked before."""
    socket.send_bytes(BackMsg(app_heartbeat=True).SerializeToString())
    answer = ForwardMsg()
    while not answer.heartbeat_ack:
        answer.ParseFromString(socket.receive_bytes())


@asynccontextmanager
async def _running(runtime: Runtime) -> AsyncIterator[None]:
    await runtime.start()
    yield
    runtime.stop()
    await runtime.stopped
