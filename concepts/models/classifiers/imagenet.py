"""The names of ImageNet's 1,000 classes."""


def imagenet_names() -> tuple[str, ...]:
    """The names in class order, as torchvision's weights give them."""
    from torchvision.models import ResNet18_Weights

    return tuple(ResNet18_Weights.DEFAULT.meta["categories"])
