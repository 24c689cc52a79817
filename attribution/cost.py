"""The cost of a method: how often it runs the head, counted, not estimated."""

from torch import Tensor

from attribution.score import Head


class CountedHead:
    """A head that counts the images of its forward and backward passes, in `forwards` and `backwards`."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self.forwards = 0
        self.backwards = 0

    def __call__(self, activations: Tensor) -> Tensor:
        logits = self.head(activations)
        self.forwards += len(activations)
        if logits.requires_grad:
            logits.register_hook(self._count_backward)
        return logits

    def _count_backward(self, gradient: Tensor) -> None:
        self.backwards += len(gradient)
