"""What is to be known of an importance method beside its function. Nothing here needs torch."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from attribution.estimate import ImportanceEstimate, Sampling
    from attribution.score import Forward

    Method = Callable[[Forward, Tensor, Sampling], ImportanceEstimate]


class AddsUp(StrEnum):
    """For which heads is Σ_j φ_j = F(u) − F(0)?

    AFFINE: for affine ones, where φ is the closed form of `attribution.affine` (Holistic, theorems 1-3); for others
    the sum is right to first order. ALWAYS: for those too, and for any other.
    """

    ALWAYS = "always"
    AFFINE = "affine heads"
    NEVER = "no"


@dataclass(frozen=True)
class HeadPasses:
    """How often a method runs the head for one image of k concepts: fixed + each · k times forward.

    backward: does every run also go backward?
    """

    fixed: int = 0
    each: int = 0
    backward: bool = False

    def forwards(self, k: int) -> int:
        return self.fixed + self.each * k

    def backwards(self, k: int) -> int:
        return self.forwards(k) if self.backward else 0

    def __str__(self) -> str:
        runs = {1: "k"}.get(self.each, f"{self.each} k") if self.each else ""
        text = " + ".join(filter(None, (runs, str(self.fixed) if self.fixed else "")))
        return f"{text}, with gradient" if self.backward else text


@dataclass(frozen=True)
class ImportanceMethod:
    """One way to compute φ (n, k).

    name: what settings, reports and tables hold. label: what people write. sentence: what φ_j means, in plain words.
    formula, source: of φ_j(u). how: by which program, with how many draws. unit: of φ; "" for none. signed: may φ be
    negative? sampled: estimated from seeded draws, with a standard error. implementation: "module:function", from
    (score, codes, sampling) to an `ImportanceEstimate`. also: other spellings. see: terms of the glossary to read next.
    """

    name: str
    label: str
    sentence: str
    formula: str
    source: str
    how: str
    implementation: str
    passes: HeadPasses
    unit: str = "logits"
    adds_up: AddsUp = AddsUp.NEVER
    signed: bool = True
    sampled: bool = False
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()

    @property
    def complete_when_affine(self) -> bool:
        """Does the closed form replace it where the head is affine, and has Σ_j φ_j a sum to be held against?"""
        return self.adds_up is not AddsUp.NEVER

    def function(self) -> "Method":
        """The implementation, imported now."""
        module, name = self.implementation.split(":")
        return getattr(import_module(module), name)
