"""All importances on two real classifiers: faithfulness beside the random control, seconds, passes of the head.

The clothing classifier (affine head: the closed form holds) on photos of pants, and SqueezeNet (ReLU and mean after
the split) on ImageNet photos, each for its own class. One NMF dictionary a model. To reach: no method worse than the
random control without saying so.
"""

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from attribution.faithfulness import ConceptCurve, MuFidelity, c_deletion, c_insertion, c_mu_fidelity
from attribution.importance import IMPORTANCE_METHODS, Importance, checked_importance
from benchmarks.measuring import machine
from concepts.data.images import PhotoSet, open_photos
from concepts.data.read_ahead import read_all
from concepts.extraction import make_extractor
from concepts.models import Split, load_model, split_model
from tests.support.places import SHARED

CONCEPTS = 25
PANTS = 3
FITTED_ON = 20_000  # positions


@dataclass(frozen=True)
class Case:
    """A split model, codes (n, h, w, k) of its photos, components (k, p), and the class whose score is explained.

    targets: one class for all photos, or one for each.
    """

    name: str
    split: Split
    codes: Tensor
    components: Tensor
    targets: Sequence[int]


@dataclass(frozen=True)
class Row:
    """A method's line of the table."""

    method: str
    importance: Importance
    seconds: float
    deletion: ConceptCurve
    insertion: ConceptCurve
    fidelity: MuFidelity


def clothing(n_images: int, seed: int, device: str) -> Case:
    """Photos of pants, some with a planted price tag; the score of pants."""
    model = load_model(f"{SHARED / 'models' / 'clothing_classifier.py'}:build", device=device)
    photos = open_photos(str(SHARED / "data" / "clothing_planted"))
    return case("clothing, pants", split_model(model, layer="features"), photos, [PANTS] * len(photos), n_images, seed)


def imagenet(n_images: int, seed: int, device: str) -> Case:
    """One photo of each ImageNet class, in class order; each its own class's score."""
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    split = split_model(load_model("squeezenet1_0", weights=weights, device=device), layer="features")
    photos = open_photos(str(SHARED / "data" / "imagenet_sample"))
    return case("SqueezeNet, own classes", split, photos, range(len(photos)), n_images, seed)


def case(name: str, split: Split, photos: PhotoSet, targets: Sequence[int], n_images: int, seed: int) -> Case:
    """A seeded sample of the photos, encoded in a dictionary that was fitted on that sample."""
    generator = torch.Generator().manual_seed(seed)
    chosen = sorted(torch.randperm(len(photos), generator=generator)[:n_images].tolist())
    A = activations(split, photos.subset(chosen)).to(split.device)  # (n, h, w, p)
    rows = A.flatten(0, -2)
    extractor = make_extractor("nmf", CONCEPTS, seed=seed)
    extractor.fit(rows[torch.randperm(len(rows), generator=generator)[:FITTED_ON].to(rows.device)])
    codes = extractor.transform(rows).view(*A.shape[:-1], CONCEPTS)
    return Case(name, split, codes, extractor.dictionary, [targets[i] for i in chosen])


def activations(split: Split, photos: PhotoSet, batch_size: int = 16) -> Tensor:
    """g of every photo, (n, h, w, p)."""
    images = list(read_all(photos, range(len(photos)), transform=split.card.transform))
    with torch.inference_mode():
        parts = [split.encode(torch.stack(images[i : i + batch_size])) for i in range(0, len(images), batch_size)]
    return torch.cat(parts).clone()


def measured(given: Case, method: str, seed: int) -> Row:
    """The method's importances and their faithfulness; photos of one class together, else one by one."""
    together = len(set(given.targets)) == 1
    batches = [given.codes] if together else given.codes.split(1)
    targets = given.targets[:1] if together else given.targets
    begin = time.perf_counter()
    parts = [
        checked_importance(given.split.head, u, given.components, target, method, seed=seed)
        for u, target in zip(batches, targets, strict=True)
    ]
    if given.codes.is_cuda:
        torch.cuda.synchronize()
    seconds = time.perf_counter() - begin

    def each(measure: Callable) -> list:
        return [
            measure(given.split.head, u, given.components, target, part.phi, seed=seed + i)
            for i, (u, target, part) in enumerate(zip(batches, targets, parts, strict=True))
        ]

    deletion, insertion = (joined_curves(each(measure)) for measure in (c_deletion, c_insertion))
    return Row(method, joined_importance(parts), seconds, deletion, insertion, joined_fidelity(each(c_mu_fidelity)))


def joined_importance(parts: list[Importance]) -> Importance:
    """The importances of all photos as one; passes are means."""
    return replace(
        parts[0],
        phi=torch.cat([part.phi for part in parts]),
        checks={name: torch.cat([part.checks[name] for part in parts]) for name in parts[0].checks},
        forward_passes=sum(part.forward_passes for part in parts) / len(parts),
        backward_passes=sum(part.backward_passes for part in parts) / len(parts),
    )


def joined_curves(parts: list[ConceptCurve]) -> ConceptCurve:
    """The curves of all photos as one result."""
    controls = [part.control for part in parts if part.control]
    control = joined_curves(controls) if controls else None
    return replace(parts[0], curves=torch.cat([part.curves for part in parts]), control=control)


def joined_fidelity(parts: list[MuFidelity]) -> MuFidelity:
    """The correlations of all photos as one result."""
    controls = [part.control for part in parts if part.control]
    starts = torch.tensor([0] + [len(part.images) + part.left_out for part in parts[:-1]]).cumsum(0).tolist()
    return replace(
        parts[0],
        per_image=torch.cat([part.per_image for part in parts]),
        images=torch.cat([part.images + start for part, start in zip(parts, starts, strict=True)]),
        left_out=sum(part.left_out for part in parts),
        control=joined_fidelity(controls) if controls else None,
    )


def worse_than_control(row: Row) -> list[str]:
    """The measures on which the method is no better than random, and whether that is beyond sampling error (95%)."""
    found = []
    for name, curve, sign in (("C-Deletion", row.deletion, 1), ("C-Insertion", row.insertion, -1)):
        mean, ends = curve.above_control
        if sign * mean >= 0:
            found.append(f"{name} ({'surely' if min(sign * end for end in ends) > 0 else 'within sampling error'})")
    control = row.fidelity.control
    if control and not row.fidelity.value > control.value:
        surely = row.fidelity.interval[1] < control.interval[0]
        undefined = not len(row.fidelity.per_image)
        found.append(f"C-μFidelity ({'none' if undefined else 'surely' if surely else 'within sampling error'})")
    return found


def check_text(importance: Importance) -> str:
    """The checks in short: the mean completeness gap; the standard error as a share of the deviation of φ."""
    texts = ["closed form"] if importance.closed_form else []
    if "completeness_gap" in importance.checks:
        texts.append(f"gap {importance.checks['completeness_gap'].mean():.1%}")
    if "standard_error" in importance.checks:
        error = importance.checks["standard_error"].square().mean().sqrt()
        scatter = importance.phi.std(dim=1).square().mean().sqrt()
        texts.append(f"se/sd {float(error / scatter):.2f}" if scatter > 0 else "no scatter")
    return ", ".join(texts)


def with_interval(value: float, ends: tuple[float, float]) -> str:
    return "none" if math.isnan(value) else f"{value:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]"


def report(given: Case, rows: list[Row]) -> None:
    n, h, w, k = given.codes.shape
    print(f"\n{given.name}: {n} photos, {h} × {w} positions, {k} concepts; 95% intervals over photos; AUC in logits")
    print(
        f"{'method':<21}{'C-Deletion ↓':<26}{'C-Insertion ↑':<26}{'C-μFidelity ↑':<26}"
        f"{'s':>8}{'forward':>9}{'backward':>9}  check"
    )
    first = rows[0]
    if first.deletion.control and first.insertion.control and first.fidelity.control:
        print(line("random control", first.deletion.control, first.insertion.control, first.fidelity.control))
    for row in rows:
        cost = f"{row.seconds:8.2f}{row.importance.forward_passes:9.1f}{row.importance.backward_passes:9.1f}"
        print(f"{line(row.method, row.deletion, row.insertion, row.fidelity)}{cost}  {check_text(row.importance)}")
    worse = {row.method: found for row in rows if (found := worse_than_control(row))}
    for method, found in worse.items():
        print(f"  no better than the random control: {method}: {', '.join(found)}")
    if not worse:
        print("  every method is better than the random control on every measure")
    left_out = {row.method: row.fidelity.left_out for row in rows if row.fidelity.left_out}
    if left_out:
        print(f"  photos without a correlation, left out of C-μFidelity: {left_out}")


def line(name: str, deletion: ConceptCurve, insertion: ConceptCurve, fidelity: MuFidelity) -> str:
    texts = (with_interval(each.auc, each.interval) for each in (deletion, insertion))
    return f"{name:<21}" + "".join(f"{text:<26}" for text in (*texts, with_interval(fidelity.value, fidelity.interval)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=64, help="photos a model, a seeded sample (default: %(default)s)")
    parser.add_argument("--methods", default=",".join(IMPORTANCE_METHODS), help="default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (the two classifiers' weights and their photos)")
    print(f"{machine()}; {options.device}; each photo's forward and backward passes of the head were counted")
    for make in (clothing, imagenet):
        given = make(options.images, options.seed, options.device)
        one = replace(given, codes=given.codes[:1], targets=given.targets[:1])
        measured(one, "gradient_input", options.seed)  # imports and caches, not timed
        report(given, [measured(given, method, options.seed) for method in options.methods.split(",")])


if __name__ == "__main__":
    main()
