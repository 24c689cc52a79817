"""A run over many classes on disk, as all its processes read it: `run.json` in its folder."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

from concepts.engine import beside_results
from concepts.report.request import Request
from concepts.storage.output_folder import OutputKind
from concepts.storage.store import key_of
from concepts.storage.typed_json import Count, exactly, read_typed, write_typed

FORMAT = 1
FILE, TABLE, LOG = "run.json", "table.json", "log.txt"
REPORTS, SITE, WORK, LISTS = "reports", "site", "work", "lists"
PLANES = "store"  # of the atlas, where the app looks for them when the run is its workspace
# beside its own files, those that the app adds where the run is its workspace
RUN = OutputKind(
    "run over many classes",
    frozenset({FILE, REPORTS, SITE, WORK, LISTS, TABLE, LOG, PLANES, "jobs", "collections", "notes.sqlite"}),
    FILE,
    frozenset({"format", "request", "classes", "key"}),
)
PART = 512  # photos that a task passes through the model, about


@dataclass(frozen=True)
class RunClass:
    """A class of a run, or a group of them. id: the folder of its report. target: as a request takes it. indices: of
    the model's outputs. n_items: its photos or texts."""

    id: str
    label: str
    target: str
    indices: tuple[Count, ...]
    n_items: Count


@dataclass(frozen=True)
class Home:
    """A workspace of which a run is one of several: its pages show the reports beside others. reports, planes: its
    folders of reports and of the atlas's planes. within: folders that links among the photos may lead to. owner: of the
    reports that are made; "" for nobody."""

    reports: str
    planes: str
    within: tuple[str, ...]
    owner: str = ""


@dataclass(frozen=True)
class Run:
    """What is asked for all classes, and which these are.

    request: the common one, its paths absolute, its target empty. store: the folder of stages. key: of everything that
    a report depends on but its class. answered: whether photos go to classes by the model's answer; each class then has
    a list of its photos. part: photos of a part of a class. n_items: of all classes' source. looked: how many photos a
    first look at them takes at a time; 0 where there is none. versions: of Python and libraries, which all processes
    must have. home: None where the run has a folder of its own for its reports.
    """

    format: Annotated[int, exactly(FORMAT)]
    request: Request
    store: str
    key: str
    answered: bool
    part: Count
    n_items: Count
    looked: Count
    versions: dict[str, str]
    classes: tuple[RunClass, ...] = ()
    home: Home | None = None

    @property
    def within(self) -> tuple[Path, ...] | None:
        """The folders that links among the photos may lead to; None: any."""
        return None if self.home is None else tuple(map(Path, self.home.within))

    @property
    def shares(self) -> bool:
        """Whether each report is on all photos or texts: then the classes share activations and dictionary."""
        return self.request.settings.photos == "all"

    def n_parts(self, each: RunClass) -> int:
        """In how many parts the photos of a class go through the model."""
        return max(1, -(-each.n_items // self.part))

    @property
    def n_looks(self) -> int:
        """How many tasks look at the photos first."""
        return -(-self.n_items // self.looked) if self.looked else 0


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run, and what lies where. Files in `work` are written once, whole, and never changed."""

    path: Path

    @cached_property
    def run(self) -> Run:
        """The content of run.json. Raises ValueError or FileNotFoundError where there is none."""
        return read_typed(Run, self.path / FILE)

    def write(self, run: Run) -> None:
        write_typed(self.path / FILE, run)

    def request_of(self, each: RunClass) -> Request:
        """The request of a class: that of `report` for it alone."""
        base = self.run.request
        if not self.run.answered or self.run.shares:
            return replace(base, target=each.target)
        return replace(base, target=each.target, images=str(self.list_of(each)), others=base.others or base.images)

    def key_of(self, each: RunClass) -> str:
        """The name of what belongs to a class: different where its report would be."""
        return key_of(run=self.run.key, target=each.target)

    @property
    def reports(self) -> Path:
        """The folder of the reports; in a home, others lie there, too."""
        return self.path / REPORTS if self.run.home is None else Path(self.run.home.reports)

    @property
    def planes(self) -> Path:
        """The folder of the atlas's planes."""
        return self.path / PLANES if self.run.home is None else Path(self.run.home.planes)

    def report(self, each: RunClass) -> Path:
        return self.reports / each.id

    def list_of(self, each: RunClass) -> Path:
        """The list of the photos that the model answers with this class; in a home, beside the reports on them, which
        outlive the run."""
        kept = self.reports / beside_results.LISTS / self.run.key
        return (self.path / LISTS if self.run.home is None else kept) / f"{each.id}.csv"

    def store_of(self, each: RunClass) -> Path:
        """The stages of a class: an entry of the store that goes when its report stands, or where the classes share it,
        when the last one does."""
        key = key_of(run=self.run.key) if self.run.shares else self.key_of(each)
        return Path(self.run.store) / f"class-{key}"

    def done(self, each: RunClass) -> Path:
        return self.path / WORK / f"done-{self.key_of(each)}.json"

    def site_part(self, each: RunClass) -> Path:
        return self.path / WORK / f"site-{self.key_of(each)}.json"

    def failed(self, each: RunClass) -> Path:
        return self.path / WORK / f"failed-{self.key_of(each)}.json"

    def look(self, number: int) -> Path:
        return self.path / WORK / f"look-{self.run.key}-{number}.json"
