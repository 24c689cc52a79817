"""Words swapped for others of the same meaning or kind: pairs of one's own, and movie and film."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from concepts.probes.probe import Probe
from concepts.storage.reading import read_file

MOVIE_AND_FILM = (("movie", "film"), ("movies", "films"))
FIRST_NAMES = (("john", "ahmed"), ("mary", "fatima"), ("james", "wei"), ("anna", "mei"), ("peter", "carlos"))
MOST_BYTES = 2**20  # of a file of pairs
MOST_PAIRS = 1_000  # each word of a text is compared with all of them
BETWEEN = re.compile(r"\s*(?:<->|->|↔|→|\t|,|;|=)\s*")


def swaps(pairs: Sequence[tuple[str, str]], *, name: str) -> Probe:
    """Each word of a pair becomes the other one, everywhere in the text at once; whole words, their case kept.

    pairs: words or phrases. A text with none of them is left out. Raises ValueError for no pairs, an empty word, and a
    word that stands in two pairs.
    """
    other = _others(pairs)
    longest_first = sorted(other, key=len, reverse=True)
    sought = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

    def change(text: str, rng: np.random.Generator) -> str | None:
        changed, n_changes = sought.subn(lambda found: in_case_of(found[0], other[found[0].casefold()]), text)
        return changed if n_changes else None

    some = ", ".join(f"{first} and {second}" for first, second in pairs[:3])
    return Probe(name, f"Words become their partners: {some}{' and more' if len(pairs) > 3 else ''}.", change)


def read_pairs(lines: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a list, one a line: "movie, film"; also with a tab, a semicolon, =, -> or <-> between them.

    A word with one of these in it stands in quotation marks, as in a CSV. Empty lines are left out. Raises ValueError
    with the line for one that is no pair, and for more than 1,000 pairs.
    """
    pairs = []
    for number, line in enumerate(lines.splitlines(), start=1):
        words = _words_of(line.strip())
        if line.strip():
            if len(words) != 2 or not all(words):
                raise ValueError(f"line {number} is {line.strip()[:60]!r}: write a pair, such as movie, film")
            pairs.append((words[0], words[1]))
    if len(pairs) > MOST_PAIRS:
        raise ValueError(f"{len(pairs):,} pairs of words, the limit is {MOST_PAIRS:,}: give fewer")
    return tuple(pairs)


def _words_of(line: str) -> list[str]:
    """The words of a line of pairs; of one with a quotation mark as a CSV has them, by the first of , ; and tab."""
    if '"' not in line:
        return BETWEEN.split(line)
    outside = re.sub(r'"(?:[^"]|"")*"', "", line)
    between = next((each for each in outside if each in ",;\t"), ",")
    try:
        cells = next(csv.reader([line], delimiter=between, skipinitialspace=True))
    except csv.Error:  # a word of more than 131,072 characters
        return []
    return [word.strip() for word in cells]


def open_pairs(path: str | Path) -> tuple[tuple[str, str], ...]:
    """The pairs in a file of UTF-8 as `read_pairs` takes them, fit for `swaps`.

    Raises ValueError, one line with the file, where it cannot be read, holds no pairs, or a word stands in two.
    """
    try:
        pairs = read_pairs(read_file(Path(path), MOST_BYTES).decode("utf-8-sig"))
        _others(pairs)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: save it as UTF-8, one pair a line") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return pairs


def in_case_of(model: str, word: str) -> str:
    """The word in the case of another: all large, first large, else as it is."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _others(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each word, in lower case -> its partner."""
    words = [word.casefold() for pair in pairs for word in pair]
    twice = [word for word, n in Counter(words).items() if n > 1]
    if not pairs or not all(word.strip() for word in words):
        raise ValueError(f"{len(pairs)} pairs of words, one of them may be empty: give pairs such as movie, film")
    if twice:
        raise ValueError(f"{twice[0]!r} stands in two pairs: give each word one partner")
    return {word.casefold(): other for first, second in pairs for word, other in ((first, second), (second, first))}
