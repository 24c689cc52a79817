"""One visitor who asks without a pause, in many tabs, for what computes; and what that costs ten others.

And one person who submits many jobs before another submits one.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.budgets import head, line
from benchmarks.protocol import connected, opened
from benchmarks.visiting import VISIT_STORED, Waits, company, meanwhile
from concepts.demo.collection import ID
from concepts.demo.names import SHAPES
from concepts.engine import jobs
from concepts.engine.executors.processes import running
from concepts.engine.jobs.line import SLOTS
from concepts.report.request import Request
from tests.support.addresses import REPORT, VISITS, Visit

Flood = Callable[[str], AbstractContextManager[Waits]]  # who floods that address while the block runs
TABS, OTHERS = 12, 10
COMPUTING = ("report-whatif", "similarity")  # visits that ask a model, or search a collection
FLOODER = "192.0.2.1"  # the one address of all the tabs
ASKING = tuple(visit for visit in VISITS if visit.name in COMPUTING)
VISIT_ALL = (*VISIT_STORED, *4 * ASKING)  # about a third of the visits
JOBS = 12
PATIENCE = 120  # seconds until all have ended


def measure_flood(address: str, *, seconds: float, budget: int) -> None:
    """Prints what ten visitors wait, alone and beside the one who asks, once each page has been seen."""
    measure_beside(
        f"one who asks without a pause in {TABS} tabs", flooding, VISIT_ALL, address, seconds=seconds, budget=budget
    )


def measure_beside(
    words: str, flood: Flood, visits: Sequence[Visit], address: str, *, seconds: float, budget: int
) -> None:
    """Prints what ten visitors wait, alone and beside a flood, once each page has been seen. words: whose flood."""
    asyncio.run(_seen_once(address, visits))
    print(head(f"{OTHERS} visitors, first alone, then beside {words}"))
    for when in ("alone", "beside the flood"):
        with company(address, OTHERS, visits) as waits:
            if when == "alone":
                time.sleep(seconds)
            else:
                with flood(address) as flooder:
                    time.sleep(seconds)
                _tell_errors("flooder", flooder)
        for kind in ("stored", "computing"):
            of_kind = [
                taken
                for name, taken in zip(waits.names, waits.taken, strict=True)
                if (name in COMPUTING) == (kind == "computing")
            ]
            if of_kind:
                print(line(f"{when}: a {kind} page ({len(of_kind)})", of_kind, budget))
        _tell_errors("visitors", waits)


async def _seen_once(address: str, visits: Sequence[Visit]) -> None:
    async with connected(address) as socket:
        for visit in dict.fromkeys(visits):
            await opened(socket, visit.address)


def _tell_errors(who: str, waits: Waits) -> None:
    first = sorted(set(waits.errors))[:3]
    print(f"  {who}: {len(waits.taken)} pages, errors: {len(waits.errors)}", *first, sep="\n    ", flush=True)


@contextmanager
def flooding(address: str) -> Iterator[Waits]:
    """The one who floods while the block runs, and what that one met."""
    waits = Waits()

    async def all_tabs(over: threading.Event) -> None:
        await asyncio.gather(*(_tab(address, seed, waits, over) for seed in range(TABS)))

    with meanwhile(all_tabs, patience=300):
        yield waits


async def _tab(address: str, seed: int, waits: Waits, over: threading.Event) -> None:
    dice = random.Random(1_000 + seed)
    async with connected(address, person=FLOODER) as socket:
        while not over.is_set():
            taken, errors = await opened(socket, _question(dice))
            waits.add("flood", taken, errors)


def _question(dice: random.Random) -> str:
    """An address that nobody has asked for before: of the model, or of the collection."""
    if dice.random() < 0.5:
        doses = f"{dice.randrange(5)}_{dice.uniform(0, 2):.4f}"
        return "report?" + urlencode({"id": REPORT, "doses": doses, "image": dice.randrange(40)})
    places = ".".join(str(dice.randrange(400)) for _ in range(3))
    return "similarity?" + urlencode({"collection": ID, "image": dice.randrange(20), "places": places})


def measure_queue(workspace: Path) -> None:
    """Prints how many jobs of one who submitted many begin while another's one waits."""
    many = [_look(workspace, i, owner="flood") for i in range(JOBS)]
    while _begun(many) < SLOTS:
        time.sleep(0.05)
    one = _look(workspace, JOBS, owner="other")
    while jobs.queue_place(one) is None and one.state.status == "waiting":
        time.sleep(0.05)
    before, start = _begun(many), time.perf_counter()
    while one.state.status == "waiting":
        time.sleep(0.05)
    waited, begun = time.perf_counter() - start, _begun(many) - before
    print(f"\n{JOBS} looks at a model by one person, then one by another, which waited for {waited:.1f} s in the queue")
    print(f"  {begun} of the first person's began meanwhile (at most 1 is to be), {JOBS - _begun(many)} wait behind it")
    end_jobs((*many, one))


def _look(workspace: Path, number: int, *, owner: str) -> jobs.Job:
    request = Request(model=SHAPES, images=SHAPES, target=str(number))  # looks do not depend on the target
    return jobs.submit(request, workspace, task="inspect", owner=owner, most_waiting=2 * JOBS)


def end_jobs(started: Sequence[jobs.Job]) -> None:
    """Cancels the jobs, and waits for their processes."""
    for job in started:
        jobs.cancel(job)
    end = time.time() + PATIENCE
    while time.time() < end and any(map(running, started)):
        time.sleep(0.5)


def _begun(many: list[jobs.Job]) -> int:
    return sum(job.state.status != "waiting" for job in many)
