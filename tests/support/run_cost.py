"""What a run over many classes would cost on machines that are not here, from the parts that were measured here."""

from dataclasses import dataclass
from statistics import mean

HOUR, GB = 3600, 10**9
PASS = "forward pass"
ON_MODEL = (
    "class order",
    "importance",
    "evidence",
)  # stages that ask the model: less on a GPU, by how much is not known
GPU_RATE = (300.0, 1_000.0)  # photos a second through one GPU, decoded: an assumption, as others measured it


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
class Parts:
    """Measured on one core, of a class of as many photos as in the whole collection, or extended to them.

    passed: seconds a photo of the pass. stages: seconds a class of each other stage. memory: bytes, the peak of a
    worker. stored, kept: bytes on disk of a class while it is made, and after.
    """

    passed: Range
    stages: dict[str, Range]
    memory: Range
    stored: Range
    kept: Range


@dataclass(frozen=True)
class Machines:
    """gpus: how many; workers: processes, of one core each."""

    name: str
    gpus: int
    workers: int


@dataclass(frozen=True)
class Cost:
    """Hours, bytes of memory of all workers, bytes on disk meanwhile and for good; bound: by what."""

    hours: Range
    memory: Range
    at_a_time: Range
    for_good: Range
    bound: str


MACHINES = (
    Machines("one H200, one worker", 1, 1),
    Machines("one H200, 16 workers", 1, 16),
    Machines("four GPUs, one worker each", 4, 4),
    Machines("four GPUs, 64 workers", 4, 64),
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
    and what they take on a core.
    """
    photos, model = n_classes * n_photos, Range(0.0, 0.0)
    rest = Range(0.0, 0.0)
    for name, seconds in parts.stages.items():
        is_fast = machines.gpus and name in ON_MODEL
        rest, model = (rest, model + seconds) if is_fast else (rest + seconds, model)
    rest = Range(rest.low, (rest + model).high).times(n_classes / machines.workers)
    passed = _passed(parts, machines, photos)
    low = max(passed.low, rest.low) if machines.workers > machines.gpus > 0 else passed.low + rest.low
    hours = Range(low, passed.high + rest.high).times(1 / HOUR)
    window = min(machines.workers + 1, n_classes)
    bound = "the pass" if passed.low > rest.high else "the rest" if rest.low > passed.high else "either"
    memory = parts.memory.times(machines.workers)
    return Cost(hours, memory, parts.stored.times(window), parts.kept.times(n_classes), bound)


def _passed(parts: Parts, machines: Machines, photos: int) -> Range:
    """Seconds of the pass over so many photos."""
    if machines.gpus:
        slow, fast = GPU_RATE
        return Range(photos / fast / machines.gpus, photos / slow / machines.gpus)
    return parts.passed.times(photos / machines.workers)
