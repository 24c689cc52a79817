"""A user's own word list: one word per line, or a table with synonyms and definitions."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import normalize

from concepts.data.texts import one_line
from concepts.lexicon.lexicon import Lexicon
from concepts.models.encoders.base import TextEncoder

LIMIT_BYTES, LIMIT_LINES, LIMIT_TEXT = 5_000_000, 50_000, 2_000  # bytes and lines of the file, characters of a cell
SHOWN = 60  # characters of a cell in an error
COLUMNS = ("word", "synonyms", "definition")
BETWEEN = re.compile(r"[;|]")


@dataclass(frozen=True)
class WordEntry:
    """One word of a list, with its line number."""

    word: str
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    line: int = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that are embedded for the word."""
        return (self.word, *self.synonyms, *([self.definition] if self.definition else []))


def read_word_list(file: str | Path | bytes) -> tuple[WordEntry, ...]:
    """The entries of a list, in order, from the path of a file or its content.

    If the first line is a header that contains `word`, the file is a CSV with columns word, synonyms (several separated
    by ; or |) and definition, in any order; else each line is one word. Empty lines are left out.
    Raises ValueError with the line number for bytes that are not UTF-8, a missing or repeated word, an unknown column,
    too many cells or too long a text; and for a file without words or beyond 5 MB or 50,000 lines.
    """
    text = _decoded(file if isinstance(file, bytes) else _bytes(Path(file)))
    first = next((line for line in text.splitlines() if line.strip()), "")
    header = [cell.strip().casefold() for cell in first.split(",")]
    entries = tuple(_table(text) if COLUMNS[0] in header else _lines(text))
    if not entries:
        raise ValueError("the list holds no words: write one a line, or a CSV with a column named word")
    lines: dict[str, int] = {}
    for entry in entries:
        if entry.word.casefold() in lines:
            word, before = one_line(entry.word, SHOWN), lines[entry.word.casefold()]
            raise ValueError(f"line {entry.line}: the word {word!r} stands on line {before} already")
        lines[entry.word.casefold()] = entry.line
    return entries


def lexicon_of_words(entries: Sequence[WordEntry], encoder: TextEncoder, *, name: str = "my words") -> Lexicon:
    """A lexicon whose vector of a word is the mean normalised embedding of the word, its synonyms and its definition.

        e_w = 1/m Σ_i t_i / ‖t_i‖

    Source: the averages of DefSent+ (Liu 2024), there over definitions. Raises ValueError for no entries, and the
    encoder's error for a text that is too long.
    """
    if not entries:
        raise ValueError("no words to embed: the list is empty")
    texts = [text for entry in entries for text in entry.texts]
    vectors = normalize(encoder.embed(texts), dim=1)
    means = vectors.new_zeros(len(entries), vectors.shape[1])
    owners = [place for place, entry in enumerate(entries) for _ in entry.texts]
    means.index_add_(0, torch.tensor(owners, device=vectors.device), vectors)
    sizes = vectors.new_tensor([len(entry.texts) for entry in entries])
    words = tuple(entry.word for entry in entries)
    return Lexicon(words, means / sizes[:, None], name=name, space=encoder.fingerprint)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise ValueError(f"{path.name} has {path.stat().st_size:,} bytes, at most {LIMIT_BYTES:,} are read")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"the list {path.name} cannot be read: {error.strerror}") from error


def _decoded(content: bytes) -> str:
    if len(content) > LIMIT_BYTES:
        raise ValueError(f"the list has {len(content):,} bytes, at most {LIMIT_BYTES:,} are read: split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} is not UTF-8: save the list as UTF-8") from error
    if "\0" in text:
        raise ValueError(f"line {text.count(chr(10), 0, text.index(chr(0))) + 1} holds a zero byte: this is no text")
    if text.count("\n") > LIMIT_LINES:
        raise ValueError(f"the list has {text.count(chr(10)):,} lines, at most {LIMIT_LINES:,} are read: split it")
    return text


def _lines(text: str) -> Iterator[WordEntry]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _entry({"word": line}, number)


def _table(text: str) -> Iterator[WordEntry]:
    rows = csv.reader(io.StringIO(text), strict=True)
    header: list[str] = []
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = _header(row, rows.line_num)
            elif len(row) > len(header):
                raise ValueError(f"line {rows.line_num}: {len(row)} cells under {len(header)} columns: quote commas")
            else:
                yield _entry(dict(zip(header, row, strict=False)), rows.line_num)
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num}: {error}: check the quotes") from error


def _header(row: Sequence[str], line: int) -> list[str]:
    header = [cell.strip().casefold() for cell in row]
    odd = [name for name in header if name not in COLUMNS] or [name for name in COLUMNS if header.count(name) > 1]
    if odd:
        raise ValueError(
            f"line {line}: column {one_line(odd[0], SHOWN)!r}: the columns are {', '.join(COLUMNS)}, each once at most"
        )
    return header


def _entry(cells: dict[str, str], line: int) -> WordEntry:
    clean = {name: " ".join(text.split()) for name, text in cells.items()}
    if not clean.get("word"):
        raise ValueError(f"line {line}: the word is missing")
    if any(len(text) > LIMIT_TEXT for text in clean.values()):
        raise ValueError(f"line {line}: a text of more than {LIMIT_TEXT:,} characters: shorten it")
    synonyms = (part.strip() for part in BETWEEN.split(clean.get("synonyms", "")))
    return WordEntry(clean["word"], tuple(part for part in synonyms if part), clean.get("definition", ""), line)
