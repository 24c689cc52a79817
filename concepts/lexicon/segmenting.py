"""The pieces of a word by a model's tokenizer, as its vocabulary writes them."""

from dataclasses import dataclass

from concepts.models.encoders.minilm import text_model_folder
from concepts.models.encoders.pieces import FileTokenizer, file_tokenizer

BLANKS = "Ġ▁ "  # pieces of these alone stand for the blank before a word


@dataclass(frozen=True, eq=False)
class Segmenter:
    """Callable: a word to its pieces, as they are within a text, behind a blank: "Ġcat", "▁cat", "cat" and "##s".

    No pieces for a word that the tokenizer does not know.
    """

    tokenizer: FileTokenizer
    unknown: str | None

    def __call__(self, word: str) -> tuple[str, ...]:
        pieces = self.tokenizer.rust.encode(f" {word}", add_special_tokens=False).tokens
        said = tuple(piece for piece in pieces if piece.strip(BLANKS))
        return () if self.unknown in said else said


def segmenter(name: str, *, network: bool = True) -> Segmenter:
    """That of a model's folder, `hf:org/name` or all-MiniLM-L6-v2; no weights are read.

    Raises ValueError for a folder that does not exist, or that holds no tokenizer.
    """
    folder = text_model_folder(name, network=network)
    tokenizer = file_tokenizer(folder)
    return Segmenter(tokenizer, getattr(tokenizer.rust.model, "unk_token", None))
