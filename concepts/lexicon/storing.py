"""A lexicon on disk: words as Parquet, vectors as safetensors, what it is as JSON."""

from pathlib import Path
from typing import Any

import torch

from concepts.lexicon.lexicon import Lexicon
from concepts.store import new_folder, read_json, write_json

FORMAT = 1
ABOUT, WORDS, VECTORS = "lexicon.json", "words.parquet", "vectors.safetensors"


def save_lexicon(lexicon: Lexicon, folder: str | Path) -> Path:
    """The folder, written whole or not at all; an earlier lexicon there is replaced.

    Raises ValueError where anything else stands there.
    """
    import pandas as pd
    from safetensors.torch import save_file

    folder = Path(folder)
    if folder.exists() and not (folder / ABOUT).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} holds something else, which would be lost: choose another folder")
    tensors = {"vectors": lexicon.vectors} | ({} if lexicon.bias is None else {"bias": lexicon.bias})
    with new_folder(folder) as part:
        pd.DataFrame({"word": list(lexicon.words)}).to_parquet(part / WORDS, index=False)
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, part / VECTORS)
        write_json(part / ABOUT, {"format": FORMAT, "name": lexicon.name, "space": lexicon.space})
    return folder


def load_lexicon(folder: str | Path) -> Lexicon:
    """The lexicon in that folder. Raises ValueError, naming the file, when it is none or damaged."""
    folder = Path(folder)
    if not (folder / ABOUT).is_file():
        raise ValueError(f"{folder} holds no {ABOUT}: name the folder that a lexicon was saved to")
    about = read_json(folder / ABOUT)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ValueError(f"{folder / ABOUT} is of another format than {FORMAT}: save the lexicon again")
    words, tensors = _words(folder / WORDS), _tensors(folder / VECTORS)
    try:
        return Lexicon(
            words,
            tensors["vectors"],
            bias=tensors.get("bias"),
            name=str(about["name"]),
            space=str(about["space"]),
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"the lexicon in {folder} is damaged ({error}): save it again") from error


def _words(file: Path) -> tuple[str, ...]:
    import pandas as pd

    try:
        words = pd.read_parquet(file, columns=["word"])["word"].tolist()
    except Exception as error:  # pyarrow has its own errors, of several kinds
        raise ValueError(f"{file} cannot be read ({type(error).__name__}): save the lexicon again") from error
    if not all(isinstance(word, str) for word in words):
        raise ValueError(f"{file} holds something that is no word: save the lexicon again")
    return tuple(words)


def _tensors(file: Path) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(file)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{file} cannot be read ({type(error).__name__}): save the lexicon again") from error
    if not all(torch.is_floating_point(tensor) for tensor in tensors.values()):
        raise ValueError(f"{file} holds something that is no vector: save the lexicon again")
    return tensors
