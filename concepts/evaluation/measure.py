"""The facts of a measure of an evaluation except its function."""

from dataclasses import dataclass

LOWER, HIGHER = "lower", "higher"
DICTIONARY, IMPORTANCE = "dictionary", "importance"  # objects of a measure
HOLISTIC = "Fel et al., A Holistic Approach (NeurIPS 2023)"  # source of most measures


@dataclass(frozen=True)
class Measure:
    """One figure of an evaluation.

    name: used in tables. better: the better direction. meaning: a phrase beside the name. of: what is measured, the
    dictionary, the importance or both. unit: "" for none. lowest, highest: its bounds, None where there is none.
    interval: how its 95% interval is computed; control: its chance level; "" where there is none. ranked: it has a
    column in the tables of ranks.
    term: the entry of the glossary that explains it; sentence, formula, source, also, see: the contents of that entry.
    Two measures may share a term; the first of them holds its sentence.
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
