"""Whether a tensor that a weights file describes is dense and fits the file, from its shape and strides alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

CURE = "save dense tensors: {key: value.to_dense().cpu().contiguous() for key, value in model.state_dict().items()}"


@dataclass(frozen=True)
class Storage:
    """A run of bytes in the file, and the bytes of each of its elements."""

    n_bytes: int
    item: int


def check_extent(
    storage: Storage, offset: object, size: object, stride: object, *, limit: int, item: int | None = None
) -> None:
    """Raises ValueError for a tensor that reaches beyond its storage, or is larger than `limit` bytes.

    item: bytes of an element, where it is not the storage's.
    """
    sizes, strides, start = _whole_numbers(size), _whole_numbers(stride), _whole_numbers((offset,))[0]
    width = item or storage.item
    if len(sizes) != len(strides):
        raise ValueError(f"a tensor of {len(sizes)} sizes and {len(strides)} strides")
    if 0 in sizes:
        return
    end = start + 1 + sum((n - 1) * step for n, step in zip(sizes, strides, strict=True))
    if end * width > storage.n_bytes:
        raise ValueError(f"a tensor of shape {shown(sizes)} needs more values than are stored for it")
    if prod(sizes) * width > limit:
        raise ValueError(
            f"a tensor of shape {shown(sizes)} is larger than the whole file, because values are repeated by strides: "
            f"{CURE}"
        )


def is_dense(value: Tensor) -> bool:
    """Whether every element has a place of its own in memory, none of them shared as in an expanded tensor."""
    if value.layout != torch.strided or value.is_quantized or value.is_meta:
        return False
    taken = 0
    for step, n in sorted((step, n) for step, n in zip(value.stride(), value.shape, strict=True) if n > 1):
        if step <= taken:
            return value.numel() == 0
        taken += step * (n - 1)
    return True


def shown(sizes: Sequence[int]) -> str:
    """A shape, cut to the first sizes, and each to a bounded number of digits."""
    texts = [str(n) if n < 10**18 else "more than 10¹⁸" for n in sizes[:6]]
    return f"({', '.join(texts)}{', …' if len(sizes) > len(texts) else ''})"


def _whole_numbers(values: object) -> tuple[int, ...]:
    if not isinstance(values, tuple) or not all(type(each) is int and 0 <= each < 2**63 for each in values):
        raise ValueError("a tensor whose offset, sizes or strides are not whole numbers from 0 on")
    return tuple(values)
