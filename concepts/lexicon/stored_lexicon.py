"""A lexicon on disk: words as Parquet, vectors as safetensors, description as JSON."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import torch
from torch import Tensor

from concepts.lexicon.lexicon import Lexicon
from concepts.storage.store import new_folder
from concepts.storage.typed_json import Format, exactly, read_typed, write_typed

FORMAT = 1
LEXICONS = Format("lexicon", FORMAT, {})
ABOUT, WORDS, VECTORS = "lexicon.json", "words.parquet", "vectors.safetensors"


@dataclass(frozen=True)
class AboutLexicon:
    """Content of lexicon.json: name and space as in `Lexicon`."""

    name: str
    space: str
    format: Annotated[int, exactly(FORMAT)]


@dataclass(frozen=True, eq=False)
class Vectors:
    """Content of vectors.safetensors: vectors (L, p), bias (L,) or None."""

    vectors: Tensor
    bias: Tensor | None

    def write(self, file: Path) -> None:
        """Writes the file, from any device."""
        from safetensors.torch import save_file

        tensors = {"vectors": self.vectors} | ({} if self.bias is None else {"bias": self.bias})
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, file)

    @classmethod
    def read(cls, file: Path) -> Self:
        """The content of the file. Raises ValueError, naming the file, when it is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        if not file.is_file() or file.is_symlink():
            raise ValueError(f"{file} is no file that can be read: save the lexicon again")
        try:
            tensors = load_file(file)
        except (SafetensorError, OSError) as error:
            raise ValueError(f"{file} cannot be read ({type(error).__name__}): save the lexicon again") from error
        if "vectors" not in tensors or not all(torch.is_floating_point(tensor) for tensor in tensors.values()):
            raise ValueError(f"{file} holds no vectors, or something that is none: save the lexicon again")
        return cls(tensors["vectors"], tensors.get("bias"))


def save_lexicon(lexicon: Lexicon, folder: str | Path) -> Path:
    """Writes the folder atomically and returns it; an earlier lexicon there is replaced.

    Raises ValueError if the folder holds anything else.
    """
    import pandas as pd

    folder = Path(folder)
    if folder.exists() and not (folder / ABOUT).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} holds something else, which would be lost: choose another folder")
    with new_folder(folder) as part:
        pd.DataFrame({"word": list(lexicon.words)}).to_parquet(part / WORDS, index=False)
        Vectors(lexicon.vectors, lexicon.bias).write(part / VECTORS)
        write_typed(part / ABOUT, AboutLexicon(lexicon.name, lexicon.space, FORMAT))
    return folder


def load_lexicon(folder: str | Path) -> Lexicon:
    """The lexicon in a folder. Raises ValueError, naming the file, when it is missing or damaged."""
    folder = Path(folder)
    if not (folder / ABOUT).is_file():
        raise ValueError(f"{folder} holds no {ABOUT}: name the folder that a lexicon was saved to")
    about = read_typed(AboutLexicon, folder / ABOUT, LEXICONS)
    words, stored = _words(folder / WORDS), Vectors.read(folder / VECTORS)
    try:
        return Lexicon(words, stored.vectors, stored.bias, about.name, about.space)
    except ValueError as error:
        raise ValueError(f"the lexicon in {folder} is damaged ({error}): save it again") from error


def _words(file: Path) -> tuple[str, ...]:
    import pandas as pd

    if not file.is_file() or file.is_symlink():
        raise ValueError(f"{file} is no file that can be read: save the lexicon again")
    try:
        words = pd.read_parquet(file, columns=["word"])["word"].tolist()
    except Exception as error:  # pyarrow raises several error types of its own
        raise ValueError(f"{file} cannot be read ({type(error).__name__}): save the lexicon again") from error
    if not all(isinstance(word, str) for word in words):
        raise ValueError(f"{file} holds something that is no word: save the lexicon again")
    return tuple(words)
