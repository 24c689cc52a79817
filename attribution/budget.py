"""Number of images per call of the head, so that memory does not grow with the data or with the masks."""

from torch import Tensor

BUDGETS = {"cpu": 24 * 2**20, "cuda": 512 * 2**20}  # bytes per call of the head; on a CPU what fits its caches


def images_per_call(codes: Tensor, components: Tensor, budget: int | None = None) -> int:
    """Number of images whose activations, with gradients and the head's own, fit in `budget` bytes, at least 1.

    codes: (n, T..., k), n ≥ 1; components: (k, p). None: a budget that suits the device. On a CPU a smaller one is not
    slower: what fits its caches is twice as fast.
    """
    budget = budget or BUDGETS.get(components.device.type, BUDGETS["cuda"])
    positions = codes[0].numel() // codes.shape[-1]
    per_image = positions * components.shape[1] * components.element_size() * 4
    return max(1, budget // per_image)


def split_to_budget(codes: Tensor, components: Tensor, budget: int | None = None) -> tuple[Tensor, ...]:
    """The codes in batches of at most `images_per_call` images; an empty tuple for no images."""
    return codes.split(images_per_call(codes, components, budget)) if len(codes) else ()
