"""The facts of an extraction method except its estimator. Nothing here needs torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExtractionMethod:
    """A method that finds V (k, p) and U with A ≈ U V.

    name: used in settings, reports and tables. label: its written form; choice: its entry in a choice list.
    sentence: what it does, in plain words. constraint: on U and V in min ‖A − UV‖²_F, or their definition where nothing
    is learned. solver: how it is solved. implementation: "module:class" of its estimator.
    signed_input: A may be negative. signed_codes: U may be negative, and then an atom and its negative are the same
    concept. streams: fitted on all rows in mini-batches, not on a sample. state: the names of its fitted tensors.
    independent: its atoms are linearly independent, so there are at most as many as channels.
    needs_head: it needs the model's head, so its name alone does not make it. control: nothing is learned.
    see: related terms of the glossary.
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
    independent: bool = False
    needs_head: bool = False
    control: bool = False
    see: tuple[str, ...] = ("dictionary",)

    @property
    def formula(self) -> str:
        """The objective and its constraint; for a control only the constraint."""
        return self.constraint if self.control else f"min ‖A − UV‖²_F with {self.constraint}"
