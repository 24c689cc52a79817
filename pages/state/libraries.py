"""Libraries of the pages, imported by one thread, in order, before a page needs them.

Two visitors are two threads. Where both are the first to import a library, one of them may meet it half imported
(`partially initialized module`), and no lock of Python prevents that: libraries look into `sys.modules` for each other,
and Python lets a thread pass that would wait in a circle. Hence one thread imports, and a page waits for its stage.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from importlib import import_module
from pathlib import Path

from concepts.storage.app_folder import PACKAGE

ROOTS = {"pages": Path(__file__).parents[1], "concepts": PACKAGE}


class Stage(IntEnum):
    """What a page needs, in the order of loading: each stage includes those before it."""

    SHELF = 1  # the gallery
    REPORT = 2  # charts, tables and names of a stored report
    STATISTICS = 3  # tables of figures that are computed on the page
    MODEL = 4  # a model that answers


LIBRARIES = {
    Stage.SHELF: ("jinja2", "pydantic.dataclasses", "pydantic.type_adapter"),
    Stage.REPORT: (
        "pandas", "pyarrow", "plotly.graph_objects", "plotly.io", "plotly.tools", "plotly.colors", "plotly.offline",
        "sqlalchemy.dialects.sqlite", "safetensors.numpy",
    ),
    Stage.STATISTICS: ("scipy.sparse", "scipy.optimize", "scipy.stats"),
    Stage.MODEL: ("torch", "torchvision.models", "safetensors.torch", "sklearn.neighbors", "pyarrow.parquet"),
}  # fmt: skip
OURS = {
    Stage.SHELF: (
        "pages/state/reports.py", "pages/state/judgements.py", "pages/state/current.py",
        "pages/components/cards.py", "pages/components/left_out.py", "pages/components/once.py", "pages/gallery/*.py",
    ),
    Stage.REPORT: ("pages/components/*.py", "pages/report/*.py", "pages/teaching/*.py", "pages/analysis/*.py"),
    Stage.STATISTICS: ("pages/compare/*.py", "pages/language/statistics.py"),
    Stage.MODEL: (
        "concepts/activations/*.py", "concepts/models/**/*.py", "concepts/interventions/*.py",
        "concepts/report/queries/*.py", "concepts/demo/*.py",
        "pages/state/*.py", "pages/language/*.py", "pages/similarity/*.py", "pages/photo_map/*.py", "pages/words/*.py",
    ),
}  # fmt: skip


class Loader:
    """Loads stage after stage in a thread; a stage that no page waits for is left until no page is drawn.

    load: imports what belongs to a stage. rest: seconds without a visit, after which what nobody waits for is loaded.
    """

    def __init__(self, load: Callable[[Stage], None], rest: float = 0.5) -> None:
        self._load, self._rest = load, rest
        self._loaded = {stage: threading.Event() for stage in Stage}
        self._begun, self._lock = threading.Event(), threading.Lock()
        self._awaited = Stage.REPORT  # also before anybody has come
        self._visits, self._last_visit = 0, 0.0

    def begin(self) -> None:
        """Starts the thread, once."""
        if not self._begun.is_set():
            self._begun.set()
            self._last_visit = time.monotonic()
            threading.Thread(target=self._run, name="libraries", daemon=True).start()

    def wait_for(self, stage: Stage) -> None:
        """Returns when all is there up to that stage; at once where nothing was begun, as in tests."""
        if self._begun.is_set():
            with self._lock:
                self._awaited = max(self._awaited, stage)
            self._loaded[stage].wait()

    def is_loaded(self, stage: Stage) -> bool:
        """True where `wait_for` would return at once."""
        return not self._begun.is_set() or self._loaded[stage].is_set()

    @contextmanager
    def visit(self) -> Iterator[None]:
        """A page is drawn: what it does not wait for is loaded later, since imports would slow it down."""
        with self._lock:
            self._visits += 1
        try:
            yield
        finally:
            with self._lock:
                self._visits -= 1
                self._last_visit = time.monotonic()

    def _run(self) -> None:
        for stage in Stage:
            while not self._is_due(stage):
                time.sleep(0.02)
            try:
                self._load(stage)
            except Exception:  # the page that needs it fails by itself, the others go on
                logging.getLogger(__name__).exception("Libraries of the stage %s cannot be loaded", stage.name)
            self._loaded[stage].set()

    def _is_due(self, stage: Stage) -> bool:
        with self._lock:
            resting = not self._visits and time.monotonic() - self._last_visit > self._rest
            return resting or stage <= self._awaited


def load(stage: Stage) -> None:
    """Imports the libraries of one stage, then the modules of the pages that use them.

    What is missing is left to the page that needs it, which then says so.
    """
    for name in (*LIBRARIES[stage], *_modules_in(OURS[stage])):
        with suppress(ImportError):
            import_module(name)


def _modules_in(patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        room, _, rest = pattern.partition("/")
        place = ROOTS[room]
        for file in sorted(place.glob(rest)):
            yield ".".join((room, *file.relative_to(place).with_suffix("").parts)).removesuffix(".__init__")


libraries = Loader(load)  # of this process
