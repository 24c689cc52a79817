"""What is to be known of a measure of an evaluation beside its function."""

from dataclasses import dataclass

LOWER, HIGHER = "lower", "higher"
DICTIONARY, IMPORTANCE = "dictionary", "importance"  # what a measure is of
HOLISTIC = "Fel et al., A Holistic Approach (NeurIPS 2023)"  # the source of most


@dataclass(frozen=True)
class Measure:
    """One figure of an evaluation.

    name: what tables hold. better: which direction is. meaning: a phrase beside the name. of: what is measured, the
    dictionary, the importance or both. unit: "" for none. lowest, highest: its bounds, None where there is none.
    interval: how its 95% interval is made, control: what chance is taken for; "" where there is none. ranked: has it a
    column in the tables of ranks?
    term: the entry of the glossary that explains it; sentence, formula, source, also, see: what stands there. Two
    measures may share a term; the first of them holds its sentence.
    """

    name: str
    better: str
    meaning: str
    of: tuple[str, ...]
    term: str
    sentence: str = ""
    formula: str = ""
    source: str = ""
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    interval: str = ""
    control: str = ""
    ranked: bool = True
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
