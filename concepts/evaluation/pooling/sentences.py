"""What a comparison of poolings says in words, for its file and for the page."""

from collections.abc import Sequence

from concepts.evaluation.measure import LOWER
from concepts.evaluation.pooling.compared import MEASURES, PoolingRow
from concepts.evaluation.pooling.comparison import REFERENCE, PoolingComparison
from concepts.numerics.written import minus, with_sign

HEADER = ("pooling", "attention", "value", "95% interval", "difference", "95% interval of it")
WHAT = {
    "accuracy": "share of texts held out that a linear probe has right",
    "relative ℓ2": "what the concepts leave out of the features, beside their mean",
    "R² of the logits": "how much of the probe's logits the concepts tell",
}


def about_sentence(found: PoolingComparison) -> str:
    """The texts, the concepts and the folds."""
    return (
        f"{found.n_texts:,} texts of {len(found.classes)} classes · {found.n_concepts} concepts by semi-NMF · "
        f"{found.n_folds} folds, seed {found.seed} · {found.created[:10]}"
    )


def how_sentences(found: PoolingComparison) -> list[str]:
    """How it was compared, and what was cut, not possible, or left out."""
    said = [
        "Each way to make one vector of a text's tokens, on the same texts and folds. The difference is to the mean of "
        "the tokens with the model's own attention, text by text; intervals are 95%, over texts."
    ]
    if found.n_cut:
        said.append(f"{found.n_cut:,} texts are longer than the model reads, and were cut at their end.")
    if len(found.attentions) == 1:
        said.append(
            "This model takes no mask of tokens by tokens: it was read with its own attention only, "
            f"{found.attentions[0]}."
        )
    if found.left_out:
        said.append(f"Left out, since all texts have the same vector there: {'; '.join(found.left_out)}.")
    return said


def meaning(measure: str) -> str:
    """What a measure is, and its better end."""
    return f"{WHAT[measure]}; {MEASURES[measure][2]} is better"


def best_sentence(rows: Sequence[PoolingRow], measure: str) -> str:
    """Which ways are better than the mean of the tokens by more than chance: by the intervals of their differences.

    rows: of all measures. The intervals are those of one comparison each; the sentence says so.
    """
    sign = -1 if MEASURES[measure][2] == LOWER else 1
    others = [row for row in of_measure(rows, measure) if row.attention and not is_reference(row, rows)]
    clear = [row for row in others if min(sign * row.difference_low, sign * row.difference_high) > 0]
    if not clear:
        return f"By {measure}, none of the {len(others)} other ways is clearly better than the mean of the tokens."
    best = max(clear, key=lambda row: sign * row.difference)
    return (
        f"By {measure}, {len(clear)} of the {len(others)} other ways {'is' if len(clear) == 1 else 'are'} clearly "
        f"better than the mean of the tokens, most of all {way(best)}: {difference_of(best)}. Each interval is that of "
        "one comparison: of many, some look better by chance."
    )


def of_measure(rows: Sequence[PoolingRow], measure: str) -> list[PoolingRow]:
    """The rows of one measure."""
    return [row for row in rows if row.measure == measure]


def is_reference(row: PoolingRow, rows: Sequence[PoolingRow]) -> bool:
    """Whether the row is that to which the others are compared: the first mean of tokens."""
    first = next((each for each in rows if each.pooling == REFERENCE), None)
    return first is not None and (row.pooling, row.attention) == (first.pooling, first.attention)


def way(row: PoolingRow) -> str:
    """A row's pooling and attention; of the control its name alone."""
    return f"{row.pooling}, {row.attention}" if row.attention else row.pooling


def difference_of(row: PoolingRow) -> str:
    """The difference with its interval."""
    return f"{with_sign(row.difference, 3)} ({with_sign(row.difference_low, 3)} to {with_sign(row.difference_high, 3)})"


def three_decimals(value: float) -> str:
    """A figure with three decimals: "0.870"."""
    return minus(f"{value:.3f}")


def cells(row: PoolingRow) -> tuple[str, str, str, str, str, str]:
    """A row under `HEADER`."""
    return (
        row.pooling,
        row.attention or "–",
        three_decimals(row.value),
        f"{three_decimals(row.low)} to {three_decimals(row.high)}",
        with_sign(row.difference, 3),
        f"{with_sign(row.difference_low, 3)} to {with_sign(row.difference_high, 3)}",
    )
