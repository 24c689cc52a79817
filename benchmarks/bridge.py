"""Bridges from SqueezeNet to MiniLM on the ImageNet photos: does a map find the words of photos it has never seen?

Photos: the mean over places of SqueezeNet's features (512), or its logits (1,000). Words: all-MiniLM-L6-v2 of the class
names (384). One photo a class: to hold out a photo is to hold out its word, so words are held out in five folds; for
photos with known words each photo is cut in halves that share no pixel, one to fit on and the other to judge.
SqueezeNet itself was trained on all 1,000 classes: unseen means unseen by the map. Beside each: the random control and
ConSE. The penalty of `assignment` was chosen on one split of these photos, so its figures lean to the good side.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator

import torch
from PIL import Image
from torch import Tensor

from benchmarks.measuring import machine
from concepts.data.images import PhotoSet, open_photos
from concepts.data.read_ahead import read_all
from concepts.lexicon import Lexicon
from concepts.lexicon.alignment import BRIDGES, Judgement, LabelledPhotos, judge_on_photos, judge_on_words
from concepts.models import Split, load_model, split_model
from concepts.models.encoders import open_text_encoder
from concepts.models.encoders.minilm import MINILM
from tests.support.places import SHARED

BATCH = 16
PROMPT = "a photo of a {}"


def half(photo: Image.Image, which: int) -> Image.Image:
    """The first or second half of a photo along its longer side."""
    width, height = photo.size
    if width >= height:
        return photo.crop((which * width // 2, 0, (which + 1) * width // 2, height))
    return photo.crop((0, which * height // 2, width, (which + 1) * height // 2))


def read(split: Split, photos: PhotoSet, which: int | None) -> tuple[Tensor, Tensor]:
    """Mean features (n, 512) and logits (n, 1000) of the photos, or of their first or second halves."""

    def prepared(photo: Image.Image) -> Tensor:
        return split.card.prepare(photo if which is None else half(photo, which))

    features, logits = [], []
    with torch.inference_mode():
        for images in batches(photos, prepared):
            A = split.encode(images.to(split.device))
            features.append(A.mean(dim=(1, 2)).cpu())
            logits.append(split.head(A).cpu())
    return torch.cat(features).clone(), torch.cat(logits).clone()


def batches(photos: PhotoSet, prepared: Callable[[Image.Image], Tensor]) -> Iterator[Tensor]:
    """(≤ 16, 3, H, W) at a time, in order."""
    waiting = []
    for i, image in enumerate(read_all(photos, range(len(photos)), transform=prepared)):
        waiting.append(image)
        if len(waiting) == BATCH or i == len(photos) - 1:
            yield torch.stack(waiting)
            waiting = []


def views(split: Split, photos: PhotoSet, which: int | None) -> dict[str, LabelledPhotos]:
    """The photos, or their halves, as features and as logits."""
    features, logits = read(split, photos, which)
    labels = torch.arange(len(photos))
    probabilities = logits.softmax(dim=1)
    return {
        "features": LabelledPhotos(features, labels, probabilities),
        "logits": LabelledPhotos(logits, labels, probabilities),
    }


def line(found: Judgement) -> str:
    recalls = "".join(f"{r:>8.3f} [{r.low:.3f}, {r.high:.3f}]" for r in found.recall.values())
    median = found.median_rank
    return f"{found.method:<12}{recalls}{median:>8.1f} [{median.low:.1f}, {median.high:.1f}]"


def report(name: str, judgements: list[Judgement], seconds: float) -> None:
    """A table a setting: recall at 1, 5, 10 and median rank with 95% intervals over photos; chance below."""
    for setting in dict.fromkeys(each.setting for each in judgements):
        rows = [each for each in judgements if each.setting == setting]
        n_words = rows[0].n_words
        print(f"\n{name}, {setting}: {len(rows[0].ranks):,} photos, {n_words:,} words to choose from")
        print(f"{'method':<12}{'recall at 1':>23}{'at 5':>23}{'at 10':>23}{'median rank':>23}")
        for each in rows:
            print(line(each))
        chance = "".join(f"{k / n_words:>8.3f}{'':15}" for k in rows[0].recall)
        print(f"{'(chance)':<12}{chance}{(n_words + 1) / 2:>8.1f}")
    print(f"  {seconds:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", default=",".join(BRIDGES), help="default: %(default)s")
    parser.add_argument("--prompt", default=PROMPT, help="how a class name is put to the text model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights, the ImageNet photos and their names)")
    print(f"{machine()}; {options.device}")
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    split = split_model(load_model("squeezenet1_0", weights=weights, device=options.device), layer="features")
    photos = open_photos(str(SHARED / "data" / "imagenet_sample"))
    names = json.loads((SHARED / "data" / "imagenet_labels.json").read_text(encoding="utf-8"))
    encoder = open_text_encoder(MINILM, device=options.device)
    lexicon = Lexicon(tuple(names), encoder.embed([options.prompt.format(name) for name in names]))
    whole, first, second = (views(split, photos, which) for which in (None, 0, 1))
    methods = options.methods.split(",")
    for kind in whole:
        begin = time.perf_counter()
        found = judge_on_words(whole[kind], lexicon, methods=methods, seed=options.seed)
        found += judge_on_photos(first[kind], second[kind], lexicon, methods=methods, seed=options.seed)
        report(kind, found, time.perf_counter() - begin)


if __name__ == "__main__":
    main()
