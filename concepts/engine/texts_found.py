"""A look at texts before an analysis: their columns, the first of them, classes, and what stands there twice, also
nearly."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from concepts.data.dataset import Dataset
from concepts.data.documents.columns import Columns
from concepts.data.documents.duplicates import across, copies_among, plain_text
from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.data.documents.textset import TextSet
from concepts.engine.analysis import Progress, open_request_items
from concepts.report.request import Request
from concepts.storage.typed_json import Count

UPLOAD_LIMITS = TextLimits(max_texts=200_000, max_bytes=200 * 2**20)
SHOWN, LONGEST = 5, 300  # texts, and characters of each
MOST_CLASSES, MOST_LEFT_OUT = 50, 5  # that are listed
FIRST_COMPARED, FIRST_CHARACTERS = 400, 400_000  # texts for near copies, and their characters: then twice as many, …
MOST_COMPARED, ENOUGH = (
    50_000,
    1.0,
)  # texts; seconds after which no more are tried: the next would take up to four times


@dataclass(frozen=True)
class FirstText:
    """The beginning of a text, with its label as the source has it."""

    text: str
    label: str | None


@dataclass(frozen=True)
class TextsFound:
    """What a source of texts holds.

    columns: the names of its table's columns, () without a table; used: those that were taken, None where `problem`
    says in one line why they cannot be told; then nothing else is known. per_class: texts of the most frequent labels,
    of n_classes. n_repeated: texts that are equal to an earlier one but for case and white space. n_near: of the first
    n_compared, those that are nearly equal to another one before them, as `copies_among` has it, and not equal to one.
    n_across: groups of equal or nearly equal texts among these that have more than one label. left_out: (name, reason)
    of the first of n_left_out.
    """

    columns: tuple[str, ...] = ()
    used: Columns | None = None
    problem: str = ""
    n_texts: Count = 0
    first: tuple[FirstText, ...] = ()
    per_class: tuple[tuple[str, Count], ...] = ()
    n_classes: Count = 0
    n_repeated: Count = 0
    n_compared: Count = 0
    n_near: Count = 0
    n_across: Count = 0
    n_left_out: Count = 0
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def look_at_texts(
    request: Request,
    store: Path | None,
    progress: Progress,
    *,
    within: Sequence[Path] | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
) -> TextsFound:
    """Opens the request's texts and counts them; where columns cannot be told, says which there are.

    Raises the other ValueErrors of `open_texts`.
    """
    progress("reading the texts", 0.0)
    source = str(request.texts)
    try:
        texts = open_request_items(request, store, within=within, limits=limits)
    except ValueError as error:
        columns = _columns(source, request.encoding, limits, within)
        if len(columns) < 2:
            raise
        return TextsFound(columns=columns, problem=str(error))
    progress("comparing the texts", 0.5)
    return found_in(texts)


def _columns(source: str, encoding: str | None, limits: TextLimits, within: Sequence[Path] | None) -> tuple[str, ...]:
    """The names of the columns; () where there is no table, or it cannot be read."""
    from concepts.data.documents import column_names

    try:
        return column_names(source, encoding=encoding, limits=limits, within=within)
    except (ValueError, OSError):
        return ()


def found_in(texts: Dataset[str]) -> TextsFound:
    """What a set of texts holds."""
    used, notes = (texts.columns, texts.notes) if isinstance(texts, TextSet) else (None, ())
    every = [texts.open(i) for i in range(len(texts))]
    named = () if used is None else tuple(name for name in (used.text, used.label, used.id) if name is not None)
    counts = Counter(group for group in texts.groups if group is not None)
    n_compared, n_near, n_across = _near_copies(every, texts.groups)
    return TextsFound(
        columns=() if used is None else (*named, *used.others),
        used=used,
        n_texts=len(texts),
        first=tuple(FirstText(text[:LONGEST], label) for text, label in zip(every[:SHOWN], texts.groups, strict=False)),
        per_class=tuple(counts.most_common(MOST_CLASSES)),
        n_classes=len(counts),
        n_repeated=n_repeated(every),
        n_compared=n_compared,
        n_near=n_near,
        n_across=n_across,
        n_left_out=len(texts.skipped),
        left_out=tuple((each.name, each.reason) for each in texts.skipped[:MOST_LEFT_OUT]),
        notes=notes,
    )


def n_repeated(texts: Sequence[str]) -> int:
    """How many of the texts are equal to an earlier one but for case and white space."""
    return len(texts) - len(set(map(plain_text, texts)))


def _near_copies(texts: Sequence[str], labels: Sequence[str | None]) -> tuple[int, int, int]:
    """`n_compared`, `n_near` and `n_across` of `TextsFound`: of as many texts as can be compared in a few seconds."""
    n, times = 0, 1
    while True:
        started, n = time.monotonic(), _first_texts(texts, times)
        groups = copies_among(texts[:n])
        if n >= min(len(texts), MOST_COMPARED) or time.monotonic() - started > ENOUGH:
            break
        times *= 2
    n_near = sum(len(group) - 1 for group in groups) - n_repeated(texts[:n])
    return n, n_near, across(groups, labels)


def _first_texts(texts: Sequence[str], times: int) -> int:
    """How many texts are compared at the first, second, fourth … try."""
    lengths = accumulate(map(len, texts[: min(times * FIRST_COMPARED, MOST_COMPARED)]))
    return sum(length <= times * FIRST_CHARACTERS for length in lengths)


def limits_of(source: str, workspace: Path) -> TextLimits:
    """The limits on reading: narrower for what a visitor uploaded."""
    return UPLOAD_LIMITS if Path(source).is_relative_to(workspace / "uploads") else DEFAULT_LIMITS
