"""A visitor's side of Streamlit's protocol: a page is asked for on a websocket, and read until all of it has come."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

Socket = Any  # websockets has no types here


@asynccontextmanager
async def connected(address: str, *, person: str = "") -> AsyncIterator[Socket]:
    """A visit to the server. person: an address that a proxy would have seen; all visits from it are one person's."""
    from websockets.asyncio.client import connect

    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {"X-Forwarded-For": person} if person else None
    options: Any = {"subprotocols": ["streamlit"], "max_size": None, "compression": None, "additional_headers": headers}
    async with connect(stream, **options) as socket:
        yield socket


async def opened(socket: Socket, page: str) -> tuple[float, list[str]]:
    """Milliseconds until a page of this address has come as a whole, and the errors that it shows."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    parts, message = urlsplit(page), BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = parts.path, parts.query
    start = time.perf_counter()
    await socket.send(message.SerializeToString())
    errors = await _errors_until_answered(socket)
    return 1_000 * (time.perf_counter() - start), errors


async def _errors_until_answered(socket: Socket) -> list[str]:
    """The errors that the page shows, once all of it has come."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    errors = []
    while (message := ForwardMsg.FromString(await socket.recv())).WhichOneof("type") != "script_finished":
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            errors.append(f"{element.exception.type}: {element.exception.message[:100]}")
        elif "went wrong on the server" in element.alert.body:
            errors.append(element.alert.body[:100])
    return errors
