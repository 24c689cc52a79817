"""Where models come from: each source registers the names that it takes and what opens them.

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


@dataclass(frozen=True)
class ModelOptions:
    """What may be given beside a model's name, as `load_model` describes it; None where it is not."""

    device: "torch.device"
    weights: str | Path | None = None
    n_classes: int | None = None
    class_names: Sequence[str] | str | Path | None = None
    seed: int = 0
    resize: int | None = None
    crop: int | None = None
    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None

    @property
    def given(self) -> list[str]:
        """The names of those that a model with weights and transform of its own has no use for."""
        names = ("weights", "n_classes", "class_names", "resize", "crop", "mean", "std")
        return [name for name in names if getattr(self, name) not in (None, "", "DEFAULT")]


ModelOpener = Callable[[str, ModelOptions], "nn.Module"]  # gives the model with a ModelCard as its attribute `card`
MODELS: Registry[ModelOpener] = Registry()
