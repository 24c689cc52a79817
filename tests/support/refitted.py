"""The clothing classifier with a head that was fitted again, on photos of which some bear a mark."""

from functools import cache

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from concepts.data.images import PhotoSet, open_photos
from concepts.data.read_ahead import read_all
from concepts.models import Split, load_model, split_model
from tests.support.places import SHARED

CLASSES = ("dress", "hat", "longsleeve", "pants", "shoes")
BATCH = 32


@cache
def clothing() -> Split:
    """The clothing classifier as it lies in ../shared, split before its pool."""
    return split_model(load_model(f"{SHARED / 'models' / 'clothing_classifier.py'}:build"), layer="features")


@cache
def clean_features() -> dict[str, np.ndarray]:
    """Pooled features (n, 512) of the clean training photos of each class."""
    return {name: pooled(open_photos(str(SHARED / "data" / "clothing" / "train" / name))) for name in CLASSES}


def pooled(photos: PhotoSet) -> np.ndarray:
    """(n, 512): mean features of the photos, in order."""
    split, found, waiting = clothing(), [], []
    with torch.inference_mode():
        for i, image in enumerate(read_all(photos, range(len(photos)), transform=split.card.prepare)):
            waiting.append(image)
            if len(waiting) == BATCH or i == len(photos) - 1:
                found.append(split.encode(torch.stack(waiting)).mean(dim=(1, 2)))
                waiting = []
    return torch.cat(found).numpy()


def refitted(class_name: str, own: np.ndarray) -> Split:
    """The classifier with a head fitted on clean photos of the other classes and these features of its own class."""
    features = clean_features() | {class_name: own}
    X = np.concatenate([features[name] for name in CLASSES])
    y = np.concatenate([np.full(len(features[name]), i) for i, name in enumerate(CLASSES)])
    fitted = LogisticRegression(C=0.1, max_iter=2000).fit(X, y)
    model = load_model(f"{SHARED / 'models' / 'clothing_classifier.py'}:build")
    linear = model.get_submodule("linear")
    if not isinstance(linear, nn.Linear):
        raise TypeError("the head is no linear layer")
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(fitted.coef_))
        linear.bias.copy_(torch.from_numpy(fitted.intercept_))
    del model.card  # of the weights as they were
    return split_model(model, layer="features")
