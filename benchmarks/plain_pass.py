"""What a user would write to run a network over photos: DataLoader, torchvision's transforms, model, nothing kept.

A process of its own: memory formats and the allocator are as torch and the system give them.
"""

import argparse
import time

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from benchmarks.networks import NETWORKS
from concepts.data.images import PhotoSet, open_photos
from concepts.models import load_model
from tests.support.places import SHARED

WORKERS, BATCH = 2, 32


class Photos(Dataset[Tensor]):
    """The photos, decoded and prepared for a network of 224 × 224 pixels."""

    def __init__(self, photos: PhotoSet) -> None:
        self.photos = photos
        steps = [v2.Resize(256), v2.CenterCrop(224), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
        self.transform = v2.Compose([*steps, v2.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, i: int) -> Tensor:
        return self.transform(self.photos.open(i))


def plain_model(name: str) -> nn.Module:
    """The network with its weights, in the memory format in which it was built."""
    network = NETWORKS[name]
    return load_model(network.model, weights=network.weights).to(memory_format=torch.contiguous_format)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    options = parser.parse_args()
    model = plain_model(options.network)
    loader = DataLoader(Photos(open_photos(str(SHARED / "data" / "imagenet_sample"))), BATCH, num_workers=WORKERS)
    with torch.inference_mode():
        model(torch.zeros(BATCH, 3, 224, 224))  # what the first call sets up is not counted, here as there
        begin = time.perf_counter()
        for images in loader:
            model(images)
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main()
