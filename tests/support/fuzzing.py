"""Damaged copies of what the program reads, each by its seed, and what a reader does with them."""

import json
import random
import re
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, cast

from concepts.data.images.decoding import PILLOW_WARNINGS
from concepts.storage.typed_json import Json
from tests.support.damage import Place, changed, without

Mutate = Callable[[random.Random, bytes], bytes]
Outcome = Literal["read", "refused", "failed"]
CPU_LIMIT, WALL_LIMIT = 2.0, 60  # seconds that one reading may take
FEWEST = 20  # copies of a kind, however long they take
LONGEST = 1_500  # characters of a message
EXTREMES = (b"\0", b"\1", b"\x7f", b"\x80", b"\xfe", b"\xff")
HUGE = ("-1", "0", "65536", "4294967295", "1000000000000", "9" * 25, "9" * 5000, "1e999", "-0.0", "٣")
TEXTS = ("\0", "\ufeff", "\u202e", "\x1b[2J", "\t", "\r", "a" * 5000, "🜁", "..", "<b>", *"\"',;=/\\%")
NUMBERS = (-1, 0, 2**31, 2**63, 10**40, 0.5, 1e308, float("nan"), float("inf"))
VALUES: tuple[object, ...] = (None, True, "", "a" * 5000, "a\nb", "\0", "../x", [], {}, [[]], ["a"], {"a": 1}, *NUMBERS)
DEEP = "@deep@"  # replaced by nested lists in the JSON text


class TooLongError(BaseException):
    """Raised in a reading that takes longer than `WALL_LIMIT`; no reader catches it."""


@dataclass(frozen=True)
class Reader:
    """A kind of content: intact examples, the function that reads one, how copies are damaged, and the exceptions that
    the program tells its user in one line."""

    kind: str
    examples: tuple[bytes, ...]
    read: Callable[[bytes], object]
    mutate: Mutate
    refusals: tuple[type[Exception], ...] = (ValueError, OSError)


@dataclass(frozen=True)
class Tried:
    """What came of one damaged copy; text: the message, or what failed, with the lines that led there."""

    kind: str
    seed: int
    outcome: Outcome
    text: str = ""


@dataclass
class Tally:
    """What came of all copies of a kind."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    failures: list[Tried] = field(default_factory=list)

    def add(self, tried: Tried) -> None:
        self.counts[tried.outcome] += 1
        if tried.outcome == "failed":
            self.failures.append(tried)


def fuzz(reader: Reader, seeds: Iterator[int], *, seconds: float) -> Tally:
    """Reads copies damaged by one seed after the other until the time is over, 20 at least."""
    tally, end = Tally(), time.monotonic() + seconds
    for seed in seeds:
        tally.add(try_one(reader, seed))
        if tally.counts.total() >= FEWEST and time.monotonic() > end:
            break
    return tally


def damaged_copy(reader: Reader, seed: int) -> bytes:
    """The same for the same kind and seed everywhere."""
    rng = random.Random(f"{reader.kind} {seed}")
    return reader.mutate(rng, rng.choice(reader.examples))


def try_one(reader: Reader, seed: int) -> Tried:
    """A copy that is read or refused in one line, without a warning and in time, else failed."""
    data = damaged_copy(reader, seed)
    start = time.thread_time()
    outcome, text = "read", ""
    with warnings.catch_warnings(record=True) as caught, _limit():
        warnings.filterwarnings("ignore", module=PILLOW_WARNINGS)  # as in the program; pytest resets the filters
        try:
            reader.read(data)
        except reader.refusals as error:
            said = getattr(error, "strerror", None) or str(error)  # of an OSError, pages and commands show its reason
            outcome, text = ("refused", said) if _is_line(said) else ("failed", f"no line: {error!r:.300}")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome, text = "failed", _told(error)
    if caught:
        outcome, text = "failed", f"warned: {caught[0].message}"
    if (took := time.thread_time() - start) > CPU_LIMIT:
        outcome, text = "failed", f"took {took:.1f} s of the processor"
    return Tried(reader.kind, seed, outcome, text)  # type: ignore[arg-type]


def _is_line(text: str) -> bool:
    return "\n" not in text and len(text) <= LONGEST


def _told(error: BaseException) -> str:
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__}: {str(error)[:200]!r} at {' '.join(places[-6:])}"


@contextmanager
def _limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLongError(f"took longer than {WALL_LIMIT} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(WALL_LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# ------------------------------------------------------------------------------------------------- damage


def damaged_bytes(rng: random.Random, data: bytes) -> bytes:
    """One to three of: flipped bits, a piece cut out, doubled or moved, a number made extreme, the end cut off."""
    for _ in range(rng.randint(1, 3)):
        data = rng.choice(_OF_BYTES)(rng, data)
    return data


def damaged_text(rng: random.Random, data: bytes) -> bytes:
    """As bytes, or: a number made huge, odd characters put in, a line doubled, left out or made long."""
    for _ in range(rng.randint(1, 3)):
        data = rng.choice((*_OF_TEXT, damaged_bytes))(rng, data)
    return data


def damaged_json(rng: random.Random, data: bytes) -> bytes:
    """Values changed, left out, doubled or nested deeply at places of the tree; sometimes the text is damaged too."""
    value = json.loads(data)
    for _ in range(rng.randint(1, 3)):
        value = _changed(rng, value)
    nested = rng.choice((10, 500, 100_000))
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5).replace(f'"{DEEP}"', "[" * nested + "]" * nested)
    made = text.encode("utf-8", "surrogatepass")
    return damaged_text(rng, made) if rng.random() < 0.2 else made


def _changed(rng: random.Random, value: Json) -> Json:
    places = list(_places(value))
    if not places:
        return cast("Json", rng.choice(VALUES))
    place = rng.choice(places)
    if rng.random() < 0.2:
        return without(value, place)
    if rng.random() < 0.1:
        other = rng.choice(places)
        return changed(value, place, _at(value, other))
    new = DEEP if rng.random() < 0.1 else rng.choice(VALUES)
    return changed(value, place, new)


def _places(value: object, place: Place = ()) -> Iterator[Place]:
    """All places of the tree, a long list's first and last ones only."""
    if place:
        yield place
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*place, key))
    if isinstance(value, list):
        for i in {*range(min(3, len(value))), *range(max(0, len(value) - 1), len(value))}:
            yield from _places(value[i], (*place, i))


def _at(value: object, place: Place) -> object:
    for step in place:
        value = value[step]  # type: ignore[index]
    return value


def _flip(rng: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 8) if made else 0):
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def _piece(rng: random.Random, data: bytes) -> tuple[bytes, bytes, bytes]:
    """The bytes before a piece, the piece, and those behind it."""
    start = rng.randrange(len(data) + 1)
    stop = min(len(data), start + rng.choice((1, 4, 16, 64, 1024)))
    return data[:start], data[start:stop], data[stop:]


def _cut_end(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _cut_out(rng: random.Random, data: bytes) -> bytes:
    before, _, behind = _piece(rng, data)
    return before + behind


def _double(rng: random.Random, data: bytes) -> bytes:
    before, piece, behind = _piece(rng, data)
    return before + piece * rng.choice((2, 3, 100)) + behind


def _move(rng: random.Random, data: bytes) -> bytes:
    before, piece, behind = _piece(rng, data)
    place = rng.randrange(len(behind) + 1)
    return before + behind[:place] + piece + behind[place:]


def _extreme(rng: random.Random, data: bytes) -> bytes:
    width, place = rng.choice((1, 2, 4, 8)), rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(EXTREMES) * width + data[place + width :]


def _nest(rng: random.Random, data: bytes) -> bytes:
    before, piece, behind = _piece(rng, data)
    return before + rng.choice((b"[", b'{"a":', b"(", b"\x85", b"]", b"<")) * rng.choice((3, 1000)) + piece + behind


def _huge_number(rng: random.Random, data: bytes) -> bytes:
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return data
    match = rng.choice(found)
    return data[: match.start()] + rng.choice(HUGE).encode() + data[match.end() :]


def _odd_text(rng: random.Random, data: bytes) -> bytes:
    before, piece, behind = _piece(rng, data)
    return before + rng.choice(TEXTS).encode("utf-8", "surrogatepass") + piece + behind


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    i = rng.randrange(len(lines))
    lines[i : i + 1] = rng.choice(([], [lines[i]] * 2, [lines[i] * 50], [lines[i], b""], [lines[i][::-1]]))
    return b"\n".join(lines)


_OF_BYTES: tuple[Mutate, ...] = (_flip, _cut_end, _cut_out, _double, _move, _extreme, _nest)
_OF_TEXT: tuple[Mutate, ...] = (_huge_number, _odd_text, _lines)
