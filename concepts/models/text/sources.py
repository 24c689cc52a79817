"""The registry of text models: each source registers its names and the function that opens them.

Nothing heavy is imported here, so that a source can register itself wherever the program starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.registry import Registry

if TYPE_CHECKING:
    import torch

    from concepts.models.outputs import Kind
    from concepts.models.text.split import TextSplit


@dataclass(frozen=True)
class TextOptions:
    """Options beside a text model's name, described in `open_text_model`; None where not given."""

    device: "torch.device"
    weights: str | Path | None = None
    class_names: Sequence[str] | str | Path | None = None
    output: "Kind | None" = None
    texts: Sequence[str] | None = None
    labels: Sequence[str] | None = None
    question: str | None = None
    answers: Sequence[str] | None = None
    longest: int | None = None
    seed: int = 0
    network: bool = True

    def check_unused(self, name: str, *unused: str) -> None:
        """Raises ValueError where one of these options is given: the model of that name does not use it."""
        given = [option for option in unused if getattr(self, option) is not None]
        if given:
            raise ValueError(f"{name!r} does not use {', '.join(given)}: leave out what was given")


TextOpener = Callable[[str, TextOptions], "TextSplit"]
TEXT_MODELS: Registry[TextOpener] = Registry()
