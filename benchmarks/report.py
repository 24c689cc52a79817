"""The main job on a real network and the 1,000 ImageNet photos, beside the bare forward pass of the same run, and
beside what a user would write (`benchmarks.plain_pass`).

Target the dogs, 25 concepts, all positions, without the stage "evidence". To reach: whole ≤ 1.3 × the forward pass,
start-up and imports apart, and ≤ 1.0 × the plain pass of a user for EfficientNet-Lite0 and MobileNetV2, ≤ 1.15 × for
SqueezeNet; `nmf` at least 5 times (goal 20) as fast as scikit-learn's at the same error; at most 1.5 GB of memory above
the model for 10,000 photos (`--times 10 --skip-nmf`).
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from sklearn.decomposition import NMF

from benchmarks.measuring import Measured, machine, measure, resident
from benchmarks.networks import NETWORKS
from concepts.data.images import PhotoSet, open_photos
from concepts.data.read_ahead import read_all
from concepts.engine.allocator import giving_back_between_stages, keep_freed_memory
from concepts.extraction import make_extractor
from concepts.metrics import relative_l2
from concepts.models import Split
from concepts.report import ReportSettings, build_report
from tests.support.places import SHARED

DOGS = "151-268"
CONCEPTS = 25


def load(network: str = "squeezenet") -> tuple[Split, PhotoSet]:
    """The network with its real weights, split before its classifier, and the 1,000 photos."""
    return NETWORKS[network].split(), open_photos(str(SHARED / "data" / "imagenet_sample"))


def plain_pass(network: str) -> float:
    """Seconds of what a user would write, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.plain_pass", network]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def forward_pass(split: Split, photos: PhotoSet, batch_size: int, base: int) -> Measured:
    """Decoding and the bare model over all photos, nothing kept."""
    with measure(base) as measured, torch.inference_mode():
        waiting = []
        for index, image in enumerate(read_all(photos, range(len(photos)), transform=split.card.transform)):
            waiting.append(image)
            if len(waiting) == batch_size or index == len(photos) - 1:
                split.head(split.encode(torch.stack(waiting)))
                waiting = []
    return measured


def whole_job(
    split: Split, photos: PhotoSet, settings: ReportSettings, base: int
) -> tuple[Measured, dict[str, float], np.ndarray]:
    """The report, saved; its stages' seconds; a sample of the activations for the factorisers."""
    with tempfile.TemporaryDirectory() as folder:
        with measure(base) as measured:
            progress = giving_back_between_stages(lambda stage, share: None)  # as the command line and jobs do
            report = build_report(split, photos, DOGS, settings, store=Path(folder) / "store", progress=progress)
            report.save(Path(folder) / "report")
        file = next(Path(folder).glob("store/activations-*/activations.bin"))  # read here: the report never holds all
        A = np.fromfile(file, np.float16).reshape(-1, split.n_channels)
    return measured, report.data.seconds, A


def compare_nmf(A: np.ndarray) -> None:
    """Ours, fitted on a sample and encoded everywhere, beside scikit-learn's on all positions."""
    rows = torch.from_numpy(A).float()
    sample = rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))[:20_000]]
    with measure() as ours:
        extractor = make_extractor("nmf", CONCEPTS, seed=0).fit(sample)
        codes = extractor.transform(rows)
    our_error = relative_l2(rows, extractor.inverse_transform(codes))
    theirs_model = NMF(CONCEPTS, init="nndsvda", max_iter=200, random_state=0)
    with measure() as theirs:
        their_codes = theirs_model.fit_transform(rows.numpy())
    their_error = relative_l2(rows, torch.from_numpy(their_codes @ theirs_model.components_))
    print(f"nmf, {len(rows):,} × {rows.shape[1]}, k = {CONCEPTS}")
    print(f"  ours          {ours.seconds:7.2f} s  relative ℓ2 {our_error:.4f}")
    print(f"  scikit-learn  {theirs.seconds:7.2f} s  relative ℓ2 {their_error:.4f}")
    print(f"  {theirs.seconds / ours.seconds:.1f} times as fast")
    for size in (10_000, 20_000, 40_000):
        chosen = rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(1))[:size]]
        fitted = make_extractor("nmf", CONCEPTS, seed=0).fit(chosen)
        error = relative_l2(rows, fitted.inverse_transform(fitted.transform(rows)))
        print(f"  fitted on {size:,} positions: relative ℓ2 {error:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=NETWORKS, default="squeezenet")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--times", type=int, default=1, help="each photo so many times: 10 gives 10,000 photos")
    parser.add_argument("--skip-nmf", action="store_true")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights and the ImageNet photos)")
    keep_freed_memory()  # as the command line and jobs do
    with measure() as loading:
        split, photos = load(options.network)
    base = resident()  # of the loaded model: what is freed stays, so that each block alone would show too little
    photos = photos.subset(list(range(len(photos))) * options.times)
    print(f"{options.network}; {machine()}; {len(photos):,} photos")
    print(f"model loaded and split in {loading.seconds:.1f} s (not counted below)")
    settings = ReportSettings(
        n_concepts=CONCEPTS, method="nmf", photos="all", batch_size=options.batch_size, evidence="off"
    )
    starting, _, _ = whole_job(split, photos.subset(range(32)), settings, base)
    print(f"start-up: imports, compiling and a report of 32 photos {starting.seconds:.1f} s (not counted below)")
    plain = [plain_pass(options.network)] if options.times == 1 else []
    before = forward_pass(split, photos, options.batch_size, base)
    whole, seconds, A = whole_job(split, photos, settings, base)
    after = forward_pass(split, photos, options.batch_size, base)
    plain += [plain_pass(options.network)] if plain else []
    bare = (before.seconds + after.seconds) / 2
    print(f"bare forward pass {before.seconds:.1f} s before, {after.seconds:.1f} s after")
    for name, value in seconds.items():
        print(f"  {name:<14}{value:7.1f} s {value / bare:6.2f} ×")
    print(f"whole {whole.seconds:.1f} s = {whole.seconds / bare:.2f} × the forward pass")
    if plain:
        user = sum(plain) / len(plain)
        print(
            f"plain pass of a user {plain[0]:.1f} s before, {plain[1]:.1f} s after: whole {whole.seconds / user:.2f} ×"
        )
    job, bare_pass = (measured.peak_bytes / 2**20 for measured in (whole, before))
    print(f"peak memory above the model: {job:.0f} MB, bare pass {bare_pass:.0f} MB")
    if not options.skip_nmf:
        compare_nmf(A)


if __name__ == "__main__":
    main()
