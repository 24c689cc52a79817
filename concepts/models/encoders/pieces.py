"""Texts to token ids and the character span of each token, with a model's tokenizer file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.texts import one_line
from concepts.models.encoders.folders import library, read_part

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Span = tuple[int, int]
SHOWN = 40  # characters of a text in a message


@dataclass(frozen=True)
class Pieces:
    """The tokens of one text: `ids`, and per token its characters (start, stop), None for a token without any."""

    ids: tuple[int, ...]
    spans: tuple[Span | None, ...]


Tokenize = Callable[[Sequence[str]], list[Pieces]]


@dataclass(frozen=True, eq=False)
class FileTokenizer:
    """Callable: texts to Pieces, with the Rust tokenizer of a folder. Safe to share between threads.

    The tokenizer classes of transformers set padding and truncation on it at every call, which is not thread-safe.
    Here both are off from the start, and only `encode_batch` is called, which changes no state.
    """

    rust: "Tokenizer"

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        return [
            Pieces(
                tuple(each.ids),
                tuple(
                    None if special else _trimmed(text, span)
                    for span, special in zip(each.offsets, each.special_tokens_mask, strict=True)
                ),
            )
            for text, each in zip(texts, self.rust.encode_batch(list(texts)), strict=True)
        ]

    def id_of(self, piece: str) -> int | None:
        """The id of a token, written as in the vocabulary, or None."""
        return self.rust.token_to_id(piece)


def file_tokenizer(folder: Path) -> FileTokenizer:
    """The tokenizer of tokenizer.json; without that file, the one that transformers builds from the vocabulary files.

    Raises ValueError where neither yields a tokenizer that reports the positions of its tokens in the text.
    """
    file = folder / "tokenizer.json"
    rust = _of_file(file) if file.is_file() else _made_of_vocabulary(folder)
    rust.no_truncation()
    rust.no_padding()
    return FileTokenizer(rust)


def _of_file(file: Path) -> "Tokenizer":
    made = library("tokenizers").Tokenizer
    try:
        return made.from_file(str(file))
    except Exception as error:  # the Rust library raises plain Exceptions
        raise ValueError(f"{file} is no readable tokenizer ({one_line(error)}): copy it anew") from error


def _made_of_vocabulary(folder: Path) -> "Tokenizer":
    transformers = library("transformers")
    try:
        made = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        return _with_words(made.backend_tokenizer)
    except Exception as error:  # missing file, missing library: each tokenizer class has its own error
        raise ValueError(
            f"{folder} has no tokenizer that knows the places of its tokens: copy the model's tokenizer.json there"
        ) from error


def _with_words(rust: "Tokenizer") -> "Tokenizer":
    """The tokenizer. Raises ValueError where it has special tokens alone, as one made without a vocabulary has."""
    if rust.get_vocab_size() <= len(rust.get_added_tokens_decoder()):
        raise ValueError("there is no vocabulary")
    return rust


@dataclass(frozen=True)
class SpecialToken:
    """A token written as an object, as in some files: its text and its splitting options."""

    content: str


@dataclass(frozen=True)
class TokenizerConfig:
    """The used fields of tokenizer_config.json and of special_tokens_map.json, which has no length."""

    pad_token: str | SpecialToken | None = None
    model_max_length: float | None = None  # 10³⁰ where the tokenizer has no limit


def pad_id(folder: Path, tokenizer: FileTokenizer) -> int | None:
    """The id of the padding token named in the folder's files; None without one."""
    for file in ("tokenizer_config.json", "special_tokens_map.json"):
        token = read_part(TokenizerConfig, folder / file, absent=TokenizerConfig()).pad_token
        text = token.content if isinstance(token, SpecialToken) else token
        if text is not None and (found := tokenizer.id_of(text)) is not None:
            return found
    return None


def check_texts(texts: Sequence[str]) -> None:
    """Raises ValueError for a text without a visible character, and for a single string in place of a sequence."""
    if isinstance(texts, str):
        raise ValueError(f"one text {shortened(texts)!r} was given, expected a list of texts: write [text]")
    for i, text in enumerate(texts):
        if not text.strip():
            raise ValueError(f"text {i} is empty: leave it out")


def check_lengths(texts: Sequence[str], pieces: Sequence[Pieces], longest: int) -> None:
    """Raises ValueError for a text longer than `longest` tokens, begin and end included; nothing is truncated."""
    for text, each in zip(texts, pieces, strict=True):
        if len(each.ids) > longest:
            raise ValueError(
                f"the text {shortened(text)!r} has {len(each.ids)} tokens, the model takes {longest}: "
                "shorten it, or give it in parts"
            )


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _trimmed(text: str, span: Span) -> Span | None:
    """The span without the spaces at its ends, which some tokenizers include; None if nothing is left."""
    start, stop = span
    inner = text[start:stop]
    if not inner:
        return None
    if not inner.strip():
        return span
    return start + len(inner) - len(inner.lstrip()), stop - len(inner) + len(inner.rstrip())
