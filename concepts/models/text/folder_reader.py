"""The reader of a folder: its tokenizer, window, padding and mask token."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from concepts.models.encoders.folders import read_part
from concepts.models.encoders.model_types import TextConfig
from concepts.models.encoders.pieces import FileTokenizer, SpecialToken, file_tokenizer, pad_id
from concepts.models.encoders.texts import UNBOUNDED, longest_of
from concepts.models.text.reading import TOO_LONG, TokenReader


@dataclass(frozen=True)
class MaskToken:
    """The used field of tokenizer_config.json and of special_tokens_map.json."""

    mask_token: str | SpecialToken | None = None


def reader_of(
    folder: Path, config: TextConfig, *, longest: int | None = None, most: int = UNBOUNDED
) -> tuple[TokenReader, str]:
    """The reader, and a hash of its tokenizer. longest: what the user asks for; most: a limit beside the model's.

    Padded with the config's token, by which decoders find the end of a text; else with the tokenizer's.
    Raises ValueError where there is no tokenizer, and for a `longest` beyond the window.
    """
    tokenizer = file_tokenizer(folder)
    window = min(longest_of(config, folder), most)
    own = config.pad_token_id
    pad = own if own is not None and own >= 0 else pad_id(folder, tokenizer) or 0
    return TokenReader(
        longest=_checked_window(longest, window),
        mask_id=_mask_id(folder, tokenizer),
        pad=pad,
        n_vectors=getattr(config, "vocab_size", None),  # missing in some architectures
        _tokenize=tokenizer,
    ), blake2b(tokenizer.rust.to_str().encode(), digest_size=8).hexdigest()


def _checked_window(longest: int | None, window: int) -> int:
    if longest is None:
        return min(window, TOO_LONG) if window >= UNBOUNDED else window
    if not 4 <= longest <= window:
        raise ValueError(f"longest={longest}: the model reads 4 to {window:,} tokens")
    return longest


def _mask_id(folder: Path, tokenizer: FileTokenizer) -> int | None:
    for file in ("tokenizer_config.json", "special_tokens_map.json"):
        token = read_part(MaskToken, folder / file, absent=MaskToken()).mask_token
        text = token.content if isinstance(token, SpecialToken) else token
        if text is not None and (found := tokenizer.id_of(text)) is not None:
            return found
    return None
