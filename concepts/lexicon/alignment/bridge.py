"""A bridge: a linear map between two spaces, and its origin."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from concepts.storage.store import new_file
from concepts.storage.typed_json import Finite, Whole, from_json, to_json


@dataclass(frozen=True)
class BridgeDescription:
    """A bridge without its arrays, as stored in the metadata of its file; fields as in `Bridge`."""

    method: str
    seed: Whole = 0
    trained_on: str = ""
    source: str = ""
    space: str = ""
    figures: dict[str, Finite] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Bridge:
    """The map y = x M + b from vectors of p channels to vectors of d.

    matrix: M (p, d). offset: b (d,). trained_on: a description of the photos. source and space: fingerprints of the
    encoder of the input space and of the encoder of the output space, "" if unknown. figures: what the fit chose and
    measured. Raises ValueError for other shapes and for numbers that are not finite.
    """

    matrix: Tensor
    offset: Tensor
    method: str
    seed: int = 0
    trained_on: str = ""
    source: str = ""
    space: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or self.offset.shape != self.matrix.shape[1:]:
            raise ValueError(
                f"matrix {tuple(self.matrix.shape)} and offset {tuple(self.offset.shape)}, expected (p, d) and (d,)"
            )
        if not (torch.isfinite(self.matrix).all() and torch.isfinite(self.offset).all()):
            raise ValueError(f"the {self.method} bridge holds NaN or infinity: check the vectors that it is fitted on")

    def apply(self, vectors: Tensor) -> Tensor:
        """(..., p) → (..., d), on the device of the vectors. Raises ValueError for another width."""
        if vectors.shape[-1] != len(self.matrix):
            raise ValueError(
                f"vectors have {vectors.shape[-1]} channels, the bridge leads from {len(self.matrix)} to "
                f"{len(self.offset)}: use one that was fitted for this encoder and layer"
            )
        return vectors @ self.matrix.to(vectors) + self.offset.to(vectors)

    def check_source(self, space: str) -> None:
        """Raises ValueError where the bridge was fitted on another token space than this (`space_of`)."""
        if self.source not in ("", space):
            raise ValueError(
                f"the bridge leads from another model or layer ({self.trained_on or 'photos not stated'}): fit one for "
                "this model and layer (`bridge`)"
            )

    def save(self, path: str | Path) -> None:
        """Writes a .safetensors file atomically, with the description as JSON in the metadata."""
        from safetensors.torch import save_file

        described = BridgeDescription(self.method, self.seed, self.trained_on, self.source, self.space, self.figures)
        tensors = {"matrix": self.matrix.contiguous(), "offset": self.offset.contiguous()}
        with new_file(Path(path)) as unfinished:
            save_file(tensors, unfinished, metadata={"bridge": json.dumps(to_json(described))})


def load_bridge(path: str | Path, *, device: str = "cpu") -> Bridge:
    """The bridge that `Bridge.save` wrote, bit for bit. Nothing is unpickled. Raises ValueError for another file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt", device=device) as file:
            given = from_json(BridgeDescription, (file.metadata() or {})["bridge"], source="its description")
            matrix, offset = (file.get_tensor(name) for name in ("matrix", "offset"))
        return Bridge(
            matrix, offset, given.method, given.seed, given.trained_on, given.source, given.space, given.figures
        )
    except (SafetensorError, KeyError, ValueError) as error:
        raise ValueError(f"{path} is not a saved bridge: {error}") from error
