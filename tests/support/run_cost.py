"""What a run over many classes would cost on machines that are not here, from the parts that were measured here."""

from dataclasses import dataclass
from statistics import mean

from concepts.runs.window import window_of

HOUR, GB = 3600, 10**9
PASS = "forward pass"
ON_MODEL = (
    "class order",
    "importance",
    "evidence",
)  # stages that ask the model: less on a GPU, by how much is not known
GPU_RATE = (300.0, 1_000.0)  # photos a second through one GPU, once decoded: an assumption, as others measured it


@dataclass(frozen=True)
class Range:
    """From the least to the most that is likely."""

    low: float
    high: float

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> "Range":
        return Range(self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Finish:
    """What the command does alone at the end, measured over n_classes of n_photos each. site, atlas: seconds; memory:
    bytes that it had before the site; peak: the most that it had."""

    n_classes: int
    n_photos: int
    site: float
    atlas: float
    memory: float
    peak: float

    def seconds(self, n: int) -> Range:
        """Of n classes: the atlas compares pairs, so that it grows between their number and its square."""
        more = n / self.n_classes
        return Range((self.site + self.atlas) * more, self.site * more + self.atlas * more**2)

    def bytes(self, n: int, n_photos: int) -> Range:
        """The command's memory for n classes of n_photos: it holds all reports, which grow with their number, and at
        most as their photos do."""
        more = max(1.0, n / self.n_classes)
        most = more * max(1.0, n_photos / self.n_photos)
        return Range(*(self.memory + (self.peak - self.memory) * each for each in (more, most)))


@dataclass(frozen=True)
class Parts:
    """Measured on one core, of a class of as many photos as in the whole collection, or extended to them.

    passed: seconds a photo of the pass; decoded, looked: of these, to read and decode it; of the first look at it.
    listed: bytes that a process holds of each photo of the run. stages: seconds a class of each other stage. memory:
    bytes, the peak of a worker. stored, kept: bytes on disk of a class while it is made, and after, with its part of
    the site.
    """

    passed: Range
    decoded: float
    looked: float
    listed: float
    stages: dict[str, Range]
    memory: Range
    stored: Range
    kept: Range
    finish: Finish


@dataclass(frozen=True)
class Machines:
    """gpus: how many; workers: processes, of one core each."""

    name: str
    gpus: int
    workers: int


@dataclass(frozen=True)
class Cost:
    """Hours, bytes of memory of all processes, bytes on disk meanwhile and for good; bound: by what."""

    hours: Range
    memory: Range
    at_a_time: Range
    for_good: Range
    bound: str


MACHINES = (  # several workers share a GPU where each says that it has one
    Machines("one H200, one worker", 1, 1),
    Machines("one H200, 16 workers on it", 1, 16),
    Machines("four GPUs, one worker each", 4, 4),
    Machines("four GPUs, 16 workers on each", 4, 64),
    Machines("100 CPU cores", 0, 100),
)


def grown(few: list[float], few_of_many: list[float], many: list[float]) -> Range:
    """What classes of many photos take, of classes that were measured with few.

    few: of all classes with few photos. few_of_many, many: of the same classes, with few and with many. The mean of the
    first times the least and the largest growth of the others.
    """
    growths = [b / a if a else 1.0 for a, b in zip(few_of_many, many, strict=True)]
    return Range(mean(few) * min(growths), mean(few) * max(growths))


def cost(parts: Parts, machines: Machines, n_classes: int, n_photos: int) -> Cost:
    """What so many classes of n_photos each cost.

    A worker does one task at a time. With more workers than GPUs the pass of one goes on beside the rest of others:
    then it takes between the longer of both and their sum. Stages that ask the model take, on a GPU, between nothing
    and what they take on a core. The first look comes before, shared by all workers; site and atlas after it, by the
    command alone. What all workers read at a time is taken to be no bound.
    """
    photos, model = n_classes * n_photos, Range(0.0, 0.0)
    rest = Range(0.0, 0.0)
    for name, seconds in parts.stages.items():
        is_fast = machines.gpus and name in ON_MODEL
        rest, model = (rest, model + seconds) if is_fast else (rest + seconds, model)
    rest = Range(rest.low, (rest + model).high).times(n_classes / machines.workers)
    passed = _passed(parts, machines, photos)
    low = max(passed.low, rest.low) if machines.workers > machines.gpus > 0 else passed.low + rest.low
    alone = parts.finish.seconds(n_classes)
    around = alone + Range(*2 * (parts.looked * photos / machines.workers,))
    hours = (Range(low, passed.high + rest.high) + around).times(1 / HOUR)
    window = min(window_of(machines.workers), n_classes)
    shares = {"the pass": passed, "the rest of the reports": rest, "site and atlas": alone}
    most = max(shares, key=lambda name: shares[name].low)
    bound = most if all(shares[most].low > each.high for name, each in shares.items() if name != most) else "several"
    lists = parts.listed * photos * (machines.workers + 1)  # of the command, too
    memory = parts.memory.times(machines.workers) + parts.finish.bytes(n_classes, n_photos) + Range(lists, lists)
    return Cost(hours, memory, parts.stored.times(window), parts.kept.times(n_classes), bound)


def _passed(parts: Parts, machines: Machines, photos: int) -> Range:
    """Seconds of the pass over so many photos: a GPU gets them no faster than its workers decode them."""
    if machines.gpus:
        slow, fast = GPU_RATE
        decoded = parts.decoded * photos / machines.workers
        return Range(*(max(photos / rate / machines.gpus, decoded) for rate in (fast, slow)))
    return parts.passed.times(photos / machines.workers)
