"""Visitors without a browser: they speak Streamlit's protocol, open a page after the other, and think in between.

In a room every visitor brings a computer; ten browsers on the server's own cores would measure browsers.
"""

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.support.addresses import VISITS

THINKING = (5.0, 15.0)  # seconds between two pages of a visitor


@contextmanager
def company(address: str, n: int) -> Iterator[list[float]]:
    """n visitors while the block runs; what they waited for each page, in milliseconds, is in the list."""
    taken: list[float] = []
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_all(address, n, taken, over)), daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join(timeout=30)


async def _all(address: str, n: int, taken: list[float], over: threading.Event) -> None:
    await asyncio.gather(*(_one(address, seed, taken, over) for seed in range(n)))


async def _one(address: str, seed: int, taken: list[float], over: threading.Event) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from websockets.asyncio.client import connect

    dice, stream = random.Random(seed), address.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        while not over.is_set():
            parts, message = urlsplit(dice.choice(VISITS).address), BackMsg()
            message.rerun_script.page_name, message.rerun_script.query_string = parts.path, parts.query
            start = time.perf_counter()
            await socket.send(message.SerializeToString())
            await _answered(socket)
            taken.append(1_000 * (time.perf_counter() - start))
            await asyncio.sleep(dice.uniform(*THINKING))


async def _answered(socket) -> None:
    """Everything of a page has come."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    while ForwardMsg.FromString(await socket.recv()).WhichOneof("type") != "script_finished":
        pass
