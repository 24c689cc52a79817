"""The real networks of ../shared that are timed, as a request names them."""

from dataclasses import dataclass

from concepts.models import Split, load_model, split_model
from tests.support.places import SHARED


@dataclass(frozen=True)
class Network:
    """What `load_model` and `split_model` take. mean, std: of the model's transform, None for torchvision's."""

    model: str
    weights: str | None = None
    layer: str | None = "features"
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None

    def split(self) -> Split:
        """Loaded and split as a report does it."""
        return split_model(load_model(self.model, weights=self.weights, mean=self.mean, std=self.std), layer=self.layer)


MODELS = SHARED / "models"
NETWORKS = {
    "squeezenet": Network("squeezenet1_0", str(MODELS / "squeezenet1_0_imagenet.safetensors")),
    "mobilenet": Network("mobilenet_v2", str(MODELS / "mobilenet_v2" / "mobilenet_v2.safetensors")),
    "lite0": Network(
        f"{MODELS / 'efficientnet_lite0' / 'efficientnet_lite0.py'}:load",
        mean=(127 / 255,) * 3,
        std=(128 / 255,) * 3,
    ),
}
