"""Visitors without a browser: they speak Streamlit's protocol, open a page after the other, and think in between.

In a room every visitor brings a computer; ten browsers on the server's own cores would measure browsers.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.budgets import line
from benchmarks.measuring import machine
from benchmarks.protocol import connected, opened
from tests.support.addresses import VISITS, Visit

THINKING = (5.0, 15.0)  # seconds between two pages of a visitor


STORED = ("gallery", "report", "compare", "language", "tour", "exercises", "glossary")  # no model answers there
VISIT_STORED = tuple(visit for visit in VISITS if visit.name.startswith(STORED) and visit.name != "report-whatif")


@dataclass
class Waits:
    """What visitors met. names, taken: pages and their milliseconds, in the order of arrival; errors: a line each."""

    names: list[str] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, taken: float, errors: list[str]) -> None:
        """A page that has come."""
        self.names.append(name)
        self.taken.append(taken)
        self.errors += [f"{name}: {error}" for error in errors]


@contextmanager
def meanwhile(work: Callable[[threading.Event], Coroutine[Any, Any, object]], *, patience: float) -> Iterator[None]:
    """Does the work in a thread while the block runs, then sets its event; patience: seconds until it has ended."""
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(work(over)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=patience)


@contextmanager
def company(address: str, n: int, visits: Sequence[Visit] = VISITS) -> Iterator[Waits]:
    """n visitors while the block runs, and what they met."""
    waits = Waits()
    with meanwhile(lambda over: _all(address, n, visits, waits, over), patience=120):
        yield waits


def measure_visitors(address: str, n: int, *, seconds: float, budget: int) -> None:
    """Prints what n visitors of stored pages wait, who all come at once and stay; 0 errors are to be reached."""
    with company(address, n, VISIT_STORED) as waits:
        time.sleep(seconds)
    print(f"\n{n} visitors of stored pages who come at once; {machine()}")
    print(f"  errors: {len(waits.errors)}", *sorted(set(waits.errors))[:5], sep="\n    ")
    print(line(f"a page whole ({len(waits.taken)} pages)", waits.taken, budget))
    print(line(f"the same without the first page of each ({n})", waits.taken[n:], budget), flush=True)


async def _all(address: str, n: int, visits: Sequence[Visit], waits: Waits, over: threading.Event) -> None:
    await asyncio.gather(*(told(_one(address, seed, visits, waits, over), waits) for seed in range(n)))


async def told(visitor: Coroutine[None, None, None], waits: Waits) -> None:
    """A visitor to the end, or to a connection that broke."""
    from websockets.exceptions import WebSocketException

    try:
        await visitor
    except (WebSocketException, OSError) as error:
        waits.errors.append(f"connection: {type(error).__name__}: {error}")


async def _one(address: str, seed: int, visits: Sequence[Visit], waits: Waits, over: threading.Event) -> None:
    dice = random.Random(seed)
    async with connected(address) as socket:
        while not over.is_set():
            visit = dice.choice(visits)
            waits.add(visit.name, *await opened(socket, visit.address))
            await asyncio.sleep(dice.uniform(*THINKING))
