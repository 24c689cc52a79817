"""What a probe is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Change = Callable[[str, np.random.Generator], str | None]


@dataclass(frozen=True)
class Probe:
    """One way of changing texts. sentence: what it does, in words. change: a text and a generator → the changed text,
    None where the probe does not apply to it. is_control: it changes as much and means nothing."""

    name: str
    sentence: str
    change: Change
    is_control: bool = False

    def apply(self, text: str, rng: np.random.Generator) -> str | None:
        """The changed text; None where the probe does not apply, or leaves the text as it is."""
        changed = self.change(text, rng)
        return None if changed == text else changed
