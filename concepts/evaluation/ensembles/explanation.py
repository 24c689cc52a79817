"""The Shapley value of each view of an ensemble, for each text and over all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from attribution.views import ViewShares, view_shares
from concepts.evaluation.ensembles.combining import combination, log_odds
from concepts.numerics.intervals import mean_estimate
from concepts.storage.typed_json import Count, Finite

LEAST_VIEWS, LONGEST = 2, 400  # views of an ensemble; characters of a text that are kept


@dataclass(frozen=True)
class View:
    """What one view says of n texts. said: (n, c) probabilities, in the class order of all views."""

    name: str
    said: np.ndarray


@dataclass(frozen=True)
class Shown:
    """n texts for a person: their names, the text of each view (n, v), and their labels, None where not known."""

    names: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    labels: tuple[str | None, ...]


@dataclass(frozen=True)
class ViewSummary:
    """A view over all texts. size: the mean of |φ|, in logits, with its 95% interval over texts; share: of the sum of
    all views' sizes. right: the share of labelled texts that the view alone has right, None without labels.
    """

    name: str
    size: Finite
    low: Finite
    high: Finite
    share: Finite
    right: Finite | None


@dataclass(frozen=True)
class ExplainedText:
    """One text. texts: what each view reads, cut to 400 characters. said: each view's probability of the target alone.
    values: φ of each view, in logits. whole, nothing: the score with all views and with none; Σ values is their
    difference.
    """

    name: str
    label: str | None
    predicted: str
    texts: tuple[str, ...]
    said: tuple[Finite, ...]
    values: tuple[Finite, ...]
    whole: Finite
    nothing: Finite


@dataclass(frozen=True)
class EnsembleExplanation:
    """An ensemble's views: over all texts, and for each.

    target: the class whose log-odds are explained. combined: "mean" or "product". gap: the largest |Σ φ − (whole −
    nothing)| of any text, in logits. right: the share of labelled texts that the ensemble has right. fitted: whether
    heads were fitted to these texts, which they then know.
    """

    target: str
    combined: str
    classes: tuple[str, ...]
    n_texts: Count
    created: str
    gap: Finite
    right: Finite | None
    fitted: bool
    views: tuple[ViewSummary, ...]
    texts: tuple[ExplainedText, ...]


def explain_ensemble(
    views: Sequence[View],
    classes: Sequence[str],
    shown: Shown,
    *,
    target: int,
    combine: str = "mean",
    fitted: bool = False,
    seed: int = 0,
) -> EnsembleExplanation:
    """The exact Shapley values of the views for the ensemble's log-odds of one class.

    An absent view says what it says of these texts on average, so that Σ φ = log-odds of the text − log-odds where all
    views say their averages. Raises ValueError for fewer than two views, equal names, and as `view_shares`.
    """
    names = [view.name for view in views]
    if len(views) < LEAST_VIEWS or len(set(names)) < len(names):
        raise ValueError(f"views {', '.join(names)}: expected two or more, each with a name of its own")
    said, function = np.stack([view.said for view in views], axis=1), combination(combine)  # (n, v, c)
    found = view_shares(said, lambda some: log_odds(function(some)[:, target]), baseline=said.mean(axis=0), names=names)
    answers, truth = function(said), _indices(shown.labels, classes)
    return EnsembleExplanation(
        target=classes[target],
        combined=combine,
        classes=tuple(classes),
        n_texts=len(said),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        gap=float(np.abs(found.gap).max()),
        right=_right(answers, truth),
        fitted=fitted,
        views=_summaries(found, views, truth, seed),
        texts=tuple(_text(i, found, said[i, :, target], classes[answers[i].argmax()], shown) for i in range(len(said))),
    )


def _summaries(found: ViewShares, views: Sequence[View], truth: np.ndarray, seed: int) -> tuple[ViewSummary, ...]:
    sizes = np.abs(found.values)
    whole = float(sizes.mean(axis=0).sum()) or 1.0
    estimates = [mean_estimate(sizes[:, i], seed=seed) for i in range(len(views))]
    return tuple(
        ViewSummary(view.name, float(e), e.low, e.high, float(e) / whole, _right(view.said, truth))
        for view, e in zip(views, estimates, strict=True)
    )


def _text(i: int, found: ViewShares, said: np.ndarray, predicted: str, shown: Shown) -> ExplainedText:
    return ExplainedText(
        name=shown.names[i],
        label=shown.labels[i],
        predicted=predicted,
        texts=tuple(_cut(text) for text in shown.texts[i]),
        said=tuple(said.tolist()),
        values=tuple(found.values[i].tolist()),
        whole=float(found.whole[i]),
        nothing=float(found.nothing[i]),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _indices(labels: Sequence[str | None], classes: Sequence[str]) -> np.ndarray:
    """(n,): the class of each label, −1 where it is none of the classes."""
    places = {name: i for i, name in enumerate(classes)}
    return np.array([-1 if label is None else places.get(label, -1) for label in labels])


def _right(said: np.ndarray, truth: np.ndarray) -> float | None:
    known = truth >= 0
    return float((said[known].argmax(axis=1) == truth[known]).mean()) if known.any() else None
