"""Visitors without a browser: they speak Streamlit's protocol, open a page after the other, and think in between.

In a room every visitor brings a computer; ten browsers on the server's own cores would measure browsers.
"""

import asyncio
import random
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.budgets import line
from benchmarks.measuring import machine
from tests.support.addresses import VISITS, Visit

THINKING = (5.0, 15.0)  # seconds between two pages of a visitor


STORED = ("gallery", "report", "compare", "language", "tour", "exercises", "glossary")  # no model answers there
VISIT_STORED = tuple(visit for visit in VISITS if visit.name.startswith(STORED) and visit.name != "report-whatif")


@dataclass
class Waits:
    """What visitors met. taken: milliseconds for each page, in the order of arrival; errors: one line each."""

    taken: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def company(address: str, n: int, visits: Sequence[Visit] = VISITS) -> Iterator[Waits]:
    """n visitors while the block runs, and what they met."""
    waits, over = Waits(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_all(address, n, visits, waits, over)), daemon=True)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join(timeout=120)


def measure_visitors(address: str, n: int, *, seconds: float, budget: int) -> None:
    """Prints what n visitors of stored pages wait, who all come at once and stay; 0 errors are to be reached."""
    with company(address, n, VISIT_STORED) as waits:
        time.sleep(seconds)
    print(f"\n{n} visitors of stored pages who come at once; {machine()}")
    print(f"  errors: {len(waits.errors)}", *sorted(set(waits.errors))[:5], sep="\n    ")
    print(line(f"a page whole ({len(waits.taken)} pages)", waits.taken, budget))
    print(line(f"the same without the first page of each ({n})", waits.taken[n:], budget), flush=True)


async def _all(address: str, n: int, visits: Sequence[Visit], waits: Waits, over: threading.Event) -> None:
    await asyncio.gather(*(_told(_one(address, seed, visits, waits, over), waits) for seed in range(n)))


async def _told(visitor: Coroutine[None, None, None], waits: Waits) -> None:
    from websockets.exceptions import WebSocketException

    try:
        await visitor
    except (WebSocketException, OSError) as error:
        waits.errors.append(f"connection: {type(error).__name__}: {error}")


async def _one(address: str, seed: int, visits: Sequence[Visit], waits: Waits, over: threading.Event) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from websockets.asyncio.client import connect

    dice, stream = random.Random(seed), address.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], max_size=None, compression=None) as socket:  # type: ignore[list-item]
        while not over.is_set():
            visit = dice.choice(visits)
            parts, message = urlsplit(visit.address), BackMsg()
            message.rerun_script.page_name, message.rerun_script.query_string = parts.path, parts.query
            start = time.perf_counter()
            await socket.send(message.SerializeToString())
            waits.errors += [f"{visit.name}: {error}" for error in await _errors_until_answered(socket)]
            waits.taken.append(1_000 * (time.perf_counter() - start))
            await asyncio.sleep(dice.uniform(*THINKING))


async def _errors_until_answered(socket) -> list[str]:
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
