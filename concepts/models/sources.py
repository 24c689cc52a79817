"""The registry of model sources: each source registers its names and the function that opens them.

Nothing heavy is imported here, so that a source can register itself wherever the program starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import nn

    from concepts.models.outputs import Kind


@dataclass(frozen=True)
class ModelOptions:
    """Options beside a model's name, described in `load_model`; None where not given."""

    device: "torch.device"
    weights: str | Path | None = None
    n_classes: int | None = None
    class_names: Sequence[str] | str | Path | None = None
    seed: int = 0
    resize: int | None = None
    crop: int | None = None
    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None
    output: "Kind | None" = None

    @property
    def given(self) -> list[str]:
        """Names of the given options that a model with its own weights and transform does not use."""
        names = ("weights", "n_classes", "class_names", "resize", "crop", "mean", "std", "output")
        return [name for name in names if getattr(self, name) not in (None, "", "DEFAULT")]


ModelOpener = Callable[[str, ModelOptions], "nn.Module"]  # returns the model with a ModelCard as attribute `card`
MODELS: Registry[ModelOpener] = Registry()
