"""The facts of an importance method except its function. Nothing here needs torch."""

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
    """The heads for which Σ_j φ_j = F(u) − F(0).

    AFFINE: affine heads, where φ is the closed form of `attribution.affine` (Holistic, theorems 1-3); for others
    the sum is right to first order. ALWAYS: any head.
    """

    ALWAYS = "always"
    AFFINE = "affine heads"
    NEVER = "no"


@dataclass(frozen=True)
class HeadPasses:
    """Number of head runs for one image of k concepts: fixed + each · k times forward.

    backward: every run also has a backward pass.
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
    """A method that computes φ (n, k).

    name: used in settings, reports and tables. label: its written form. sentence: the meaning of φ_j, in plain words.
    formula, source: of φ_j(u). how: the program and the number of draws. unit: of φ; "" for none. signed: φ may be
    negative. sampled: estimated from seeded draws, with a standard error. implementation: "module:function", from
    (score, codes, sampling) to an `ImportanceEstimate`. also: other spellings. see: related terms of the glossary.
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
        """True where the closed form replaces the method for an affine head, and Σ_j φ_j has a sum to compare with."""
        return self.adds_up is not AddsUp.NEVER

    def function(self) -> "Method":
        """The implementation, imported now."""
        module, name = self.implementation.split(":")
        return getattr(import_module(module), name)
