"""What the words of a concept explain, what its top texts share, and which classes it speaks for, in words."""

from concepts.numerics.counted import counted
from concepts.numerics.written import two_decimals, with_sign
from concepts.report.names import joined_names
from concepts.report.rows import WordingRow
from concepts.report.text_rows import ClassEffectRow, MeaningsRow, Measured


def score_sentences(row: WordingRow) -> list[str]:
    """One sentence for each score that is known, beside its control; empty for older reports."""
    found = [_bag(row), _coherence(row), _meanings(row.meanings, row.meanings_control), _speaks_for(row.speaks_for)]
    return [each for each in found if each]


def _bag(row: WordingRow) -> str:
    if row.bag is None:
        return ""
    return (
        f"All words of a text, in any order, explain its code with R² {_figure(row.bag)} on texts held out: 1 would be "
        f"all of it, 0 nothing; {_control(row.bag_control)}."
    )


def _coherence(row: WordingRow) -> str:
    if row.coherence is None:
        return ""
    return (
        f"Its top texts are more alike, for the model, than random texts by a cosine of {_figure(row.coherence)}; "
        f"{_control(row.coherence_control)}."
    )


def _meanings(found: MeaningsRow | None, control: MeaningsRow | None) -> str:
    if found is None:
        return ""
    also = "; those of a random direction do so as well" if control is not None and control.several else ""
    if not found.several:
        return f"Its top texts may all be of one kind (p = {two_decimals(found.p)})."
    sizes = joined_names([f"{size:,}" for size in found.sizes])
    return (
        f"Its top texts fall into {counted(len(found.sizes), 'kind')}, of {sizes} (p = {two_decimals(found.p)}){also}."
    )


def _speaks_for(effects: tuple[ClassEffectRow, ...]) -> str:
    said = [f"{each.name} ({with_sign(each.effect)})" for each in effects]
    return f"A unit of its code moves most the logits of {joined_names(said)}." if said else ""


def _figure(figure: Measured) -> str:
    return f"{two_decimals(figure.value)} ({two_decimals(figure.low)} to {two_decimals(figure.high)})"


def _control(control: Measured | None) -> str:
    return "a random direction was not tried" if control is None else f"a random direction: {_figure(control)}"
