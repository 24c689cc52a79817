"""What is to be known of a way to find concepts beside its estimator. Nothing here needs torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExtractionMethod:
    """One way to find V (k, p) and U with A ≈ U V.

    name: what settings, reports and tables hold. label: what people write; choice: the same in a list to choose from.
    sentence: what it does, in plain words. constraint: on U and V in min ‖A − UV‖²_F, or what they are where nothing is
    learned. solver: how it is solved. implementation: "module:class" of its estimator.
    signed_input: may A be negative? signed_codes: may U be? Then an atom and its negative are the same concept.
    streams: is it fitted on all rows in mini-batches, and not on a sample? state: the names of its fitted tensors.
    needs_head: does it need the model's head? Then no name alone makes it. control: is nothing learned?
    see: terms of the glossary to read next.
    """

    name: str
    label: str
    choice: str
    sentence: str
    constraint: str
    solver: str
    source: str
    implementation: str
    signed_input: bool = True
    signed_codes: bool = False
    streams: bool = False
    state: tuple[str, ...] = ("components",)
    needs_head: bool = False
    control: bool = False
    see: tuple[str, ...] = ("dictionary",)

    @property
    def formula(self) -> str:
        """What is minimised, and under which constraint."""
        return self.constraint if self.control else f"min ‖A − UV‖²_F with {self.constraint}"
