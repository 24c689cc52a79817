"""What `benchmarks/interpreto.py` runs in the environment of Interpreto: nothing of ours but the clock is imported.

`python -m benchmarks.interpreto_side FOLDER NAME [right]`: FOLDER holds `model/`, `texts.json` and `asked.json`;
`NAME.npz` is written into it. right: texts are padded at the right, as the model's own tokenizer does it; nnsight,
through which Interpreto opens a model, pads at the left.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from benchmarks.measuring import measure, resident

AT_ONCE = 32  # texts, as in its own examples; its default is 1


class Clock:
    """Wall-clock and processor seconds of named stages."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.processor: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a block under this name."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[name], self.processor[name] = time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Writes theirs: A (n, p), U (n, k), V (k, p), phi (n, k), and the figures as JSON."""
    from interpreto import SplitterForClassification
    from interpreto.concepts import SemiNMFConcepts

    folder, name = Path(sys.argv[1]), sys.argv[2]
    texts: list[str] = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    splitter, clock = SplitterForClassification(str(folder / "model"), batch_size=AT_ONCE), Clock()
    if "right" in sys.argv[3:]:
        splitter.tokenizer.padding_side = "right"
    splitter.get_activations(texts[:2])  # imports and first calls are off the clock
    torch.manual_seed(asked["seed"])  # it draws from the global generator
    with measure(resident()) as measured:
        with clock.stage("activations"):
            A, _ = splitter.get_activations(texts)
        with clock.stage("concepts"):
            explainer = SemiNMFConcepts(splitter, nb_concepts=asked["concepts"])
            explainer.fit(A)
            U = explainer.activations_to_concepts(A)
        with clock.stage("importance"):
            found = explainer.concept_output_gradient(A, targets=[asked["target"]], normalization=False)
            phi = torch.cat([each[0] for each in found])
    write(folder / f"{name}.npz", clock, measured.peak_bytes, A=A, U=U, V=explainer.get_dictionary(), phi=phi)


def write(
    path: Path, clock: Clock, peak_bytes: int, *, A: torch.Tensor, U: torch.Tensor, V: torch.Tensor, phi: torch.Tensor
) -> None:
    """One side's result: arrays, and the figures as JSON."""
    figures = json.dumps({"wall": clock.wall, "processor": clock.processor, "peak_bytes": peak_bytes})
    plain = [each.detach().cpu().float().numpy() for each in (A, U, V, phi)]
    np.savez(path, A=plain[0], U=plain[1], V=plain[2], phi=plain[3], figures=np.array(figures))


if __name__ == "__main__":
    main()
