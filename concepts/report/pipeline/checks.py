"""Figures that show how far a report can be trusted, each with one plain sentence."""

from collections.abc import Sequence

import numpy as np

from attribution.methods import IMPORTANCES
from concepts.activations.collect import Activations
from concepts.data.nouns import PHOTO, TEXT
from concepts.data.properties.table import PhotoTable
from concepts.metrics import r_squared, spearman
from concepts.models.outputs import Outputs
from concepts.numerics.counted import counted, listed
from concepts.numerics.intervals import bootstrap_means, interval, ratio_estimate
from concepts.numerics.written import at_most
from concepts.report.pipeline.dictionary import Dictionary
from concepts.report.pipeline.importance import Importances
from concepts.report.rows import CARRIED, KEPT_ANSWERS, KEPT_R2, NO_COUNT, SAME_FOR_ALL, TABLE_ROWS, Check, ImageRow
from concepts.report.schema import Clustering

SAME = 1e-5  # of the largest activation: a smaller difference is rounding
TOGETHER = 16  # photos read at a time
SHOWN = 10  # rows of a user's table, or columns, that a sentence names


def dictionary_checks(dictionary: Dictionary, noun: str = PHOTO) -> list[Check]:
    """Checks of how well the concepts describe the activations."""
    error, fitted, control = dictionary.relative_l2, dictionary.fit_l2, dictionary.control_l2
    sparsity, dead = dictionary.sparsity, int(dictionary.dead.sum())
    places = "in most texts" if noun == TEXT else "at most places"
    positions, place = ("texts", "in any text") if noun == TEXT else ("positions", "at any place")
    return [
        Check(
            "relative ℓ2", error,
            f"The concepts leave {error:.0%} of the length of the activations unexplained (all {positions}); "
            f"as many random directions leave {control:.0%}. "
            f"On the {positions} they were fitted to it is {fitted:.0%}.",
            control=control, control_name="random directions",
        ),
        Check(
            "sparsity", sparsity,
            f"{sparsity:.0%} of the codes are zero: {places} most concepts are absent.",
        ),
        Check(
            "dead concepts", float(dictionary.dead.mean()),
            "Every concept is among the three strongest somewhere." if dead == 0
            else f"{dead} of the concepts are never among the three strongest {place}: they may be left out.",
        ),
    ]  # fmt: skip


def kept_checks(
    true: np.ndarray, kept: np.ndarray, none: float, logits: np.ndarray, kept_logits: np.ndarray, outputs: Outputs,
    seed: int, noun: str = PHOTO,
) -> list[Check]:  # fmt: skip
    """Checks of how much of the model's prediction the concepts keep, on m items.

    true, kept: (m,) the target's score from the activations and from their reconstruction; none: with all activations
    0; logits, kept_logits: (m, c). noun: of one item.
    """
    fit, order = r_squared(true, kept), spearman(true, kept)
    return [
        *_kept_answers(logits, kept_logits, outputs, seed, noun),
        *_carried(true, kept, none, seed, noun),
        Check(
            KEPT_R2, _number(fit),
            f"How much of the differences of the target's score between {noun}s survives when the model sees only the "
            "concepts: 1 is all, below 0 is worse than a constant.",
        ),
        Check(
            "kept order (Spearman)", _number(order),
            f"Do the concepts rank the {noun}s by the target's score as the model does? 1 is the same order.",
        ),
    ]  # fmt: skip


def _kept_answers(logits: np.ndarray, kept_logits: np.ndarray, outputs: Outputs, seed: int, noun: str) -> list[Check]:
    """The share of items with the same prediction; of labels, with the same set of them; none for quantities."""
    if outputs.kind == "regression":
        return []
    if outputs.kind == "multilabel":
        same = ((logits > 0) == (kept_logits > 0)).all(axis=1).astype(float)
    else:
        same = (logits.argmax(axis=1) == kept_logits.argmax(axis=1)).astype(float)
    agreement, (low, high) = float(same.mean()), interval(bootstrap_means(same, seed=seed))
    sentence = f"Fed the concepts alone, the model gives the same answer on {agreement:.0%} of {len(same)} {noun}s."
    return [Check(KEPT_ANSWERS, agreement, sentence, low=float(low), high=float(high))]


def _carried(true: np.ndarray, kept: np.ndarray, none: float, seed: int, noun: str) -> list[Check]:
    """The share of the score, above that without any activation, that the concepts carry; none where there is none."""
    whole, carried = true - none, kept - none
    if abs(whole.mean()) <= SAME * np.abs(np.r_[true, none]).max():
        return []
    share = ratio_estimate(carried, whole, seed=seed)
    sentence = (
        f"The concepts alone give {float(share):.0%} of the score, on average over the {noun}s; how well they tell "
        f"{noun}s apart is another thing (R²)."
    )
    return [Check(CARRIED, float(share), sentence, low=_number(share.low), high=_number(share.high))]


def importance_checks(importances: Importances, seed: int) -> list[Check]:
    """Checks that importance adds up to the score, and of its sampling error.

    If the method claims neither, one check states this.
    """
    gap, error, found = importances.gap, importances.error, []
    if len(gap):
        mean, (low, high) = float(gap.mean()), interval(bootstrap_means(gap, seed=seed))
        exact = "The head is affine: importance is exact (closed form), its sum misses the score by {:.1%}."
        added = "The concepts' importances add up to the change of the score to within {:.1%} on average."
        sentence = (exact if importances.closed_form else added).format(mean)
        found.append(Check("completeness gap", mean, sentence, low=float(low), high=float(high)))
    if len(error):
        mean, (low, high) = float(error.mean()), interval(bootstrap_means(error, seed=seed))
        sentence = f"Importance is estimated from random draws: its standard error is {mean:.0%} of its mean size."
        found.append(Check("sampling error", mean, sentence, low=float(low), high=float(high)))
    if not found:
        sentence = (
            "This importance is a slope or a dependence, not a part of the score: it has no sum to hold it against."
        )
        found.append(Check("completeness gap", None, sentence))
    return found


def no_count_check(label: str, method: str, *, changes: bool) -> Check:
    """The finding that all importances are 0. changes: the target's score changes without the concepts."""
    if changes:
        sentence = (
            f"By {IMPORTANCES[method].label}, no concept counts for “{label}”, though its score changes when all are "
            "taken out: choose another importance to see which concepts do that."
        )
    else:
        sentence = (
            f"No concept counts for “{label}”: its score is the same with all concepts as with none. A model that was "
            "not trained can be so; if this one was, check its weights, or choose another layer."
        )
    return Check(NO_COUNT, 0.0, sentence)


def layer_checks(activations: Activations, noun: str = PHOTO) -> list[Check]:
    """The finding that the layer gives the same activations for all items; none where it does not."""
    if not same_for_all(activations):
        return []
    what = "only zeros" if not activations.rows(0, 1).any() else "the same activations"
    return [
        Check(
            SAME_FOR_ALL, 0.0,
            f"The layer gives {what} for every {noun}, so that no concept tells one {noun} from another: choose "
            f"another layer, and check the model's weights and the {noun}s.",
        )
    ]  # fmt: skip


def same_for_all(activations: Activations) -> bool:
    """True where all photos have the same activations, within 1e-5 of the largest; read until two differ."""
    first = activations.rows(0, 1).astype(np.float32)
    tolerance = SAME * np.abs(first).max()
    starts = range(0, len(activations), TOGETHER)
    return all(np.abs(activations.rows(i, i + TOGETHER) - first).max() <= tolerance for i in starts)


def split_check(measured: float, noun: str = PHOTO) -> Check:
    """The identity h(g(x)) = f(x), measured on items of the report."""
    return Check(
        "split check", measured,
        f"Cutting the model at this layer and joining it again moves its logits by at most {at_most(measured)} on the "
        f"first of these {noun}s.",
    )  # fmt: skip


def strategy_checks(clustering: Clustering, noun: str = PHOTO) -> list[Check]:
    """Checks of how certain the grouping into strategies is."""
    n, agreement, silhouette = clustering.n, clustering.agreement, clustering.silhouette
    found = "One strategy: nothing in the importances speaks for more." if n == 1 else f"{n} strategies were found."
    checks = [
        Check(
            "agreement of strategies", agreement,
            f"{found} Found again on {noun}s drawn anew, the grouping agrees with this one by {agreement or 0:.2f} "
            "(adjusted Rand index; 1 is the same, 0 is chance).",
            low=clustering.agreement_low, high=clustering.agreement_high, control=0.0, control_name="chance",
        )
    ]  # fmt: skip
    if silhouette is not None:
        checks.append(
            Check("silhouette", silhouette, "How far apart the strategies lie: 1 is far, 0 is touching, below 0 mixed.")
        )
    return checks


def table_checks(table: PhotoTable | None, items: Sequence[ImageRow], noun: str) -> list[Check]:
    """How much of the user's table belongs to photos: rows that name none, columns that are no property."""
    if table is None:
        return []
    n_rows, lost = table.n_rows, table.unmatched
    sentence = f"{n_rows - len(lost):,} of the {counted(n_rows, 'row')} of {table.source} name a {noun}"
    if lost:
        sentence += f"; no {noun} is called {listed(lost, SHOWN)}"
    told = ", ".join(f"{each.name} ({each.reason})" for each in table.left_out[:SHOWN])
    named = sum(name in table for name in (row.name for row in items))
    sentence += f". {named:,} of the {counted(len(items), noun)} of this report have a row."
    if told:
        sentence += f" Columns left out: {told}."
    return [Check(TABLE_ROWS, 1 - len(lost) / n_rows, sentence)]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
