"""What an explained ensemble says in words."""

from concepts.evaluation.ensembles.explanation import EnsembleExplanation, ExplainedText
from concepts.numerics.written import at_most, two_decimals, with_sign
from concepts.report.rendering.sentences import percent

HEADER = ("view", "mean size (logits)", "95% interval", "of all", "right alone")


def about_sentence(found: EnsembleExplanation) -> str:
    """What is combined, how, and how often it is right."""
    right = "" if found.right is None else f" Together they have {percent(found.right)} of the labelled texts right."
    known = (
        " Heads were fitted to these texts, so that shares of right answers are of texts that they know."
        if found.fitted else ""
    )  # fmt: skip
    return (
        f"{found.n_texts:,} texts. The ensemble's probability of “{found.target}” is the {found.combined} of "
        f"{len(found.views)} views.{right}{known}"
    )


def rows_of(found: EnsembleExplanation) -> list[tuple[str, str, str, str, str]]:
    """The views under `HEADER`, the largest first."""
    return [
        (
            view.name,
            two_decimals(view.size),
            f"{two_decimals(view.low)} to {two_decimals(view.high)}",
            percent(view.share),
            "–" if view.right is None else percent(view.right),
        )
        for view in sorted(found.views, key=lambda view: -view.size)
    ]


def sum_sentence(found: EnsembleExplanation, text: ExplainedText) -> str:
    """The shares of one text as a sum that comes out, and how exactly it does for all texts."""
    parts = " ".join(f"{with_sign(value)} ({view.name})" for value, view in zip(text.values, found.views, strict=True))
    return (
        f"Log-odds of “{found.target}”: {with_sign(text.nothing)} (no view) {parts} = {with_sign(text.whole)}. The sum "
        f"is complete: over all texts it misses the score by {at_most(found.gap)} logits at most."
    )


def most_divided(found: EnsembleExplanation) -> int:
    """The place of the text whose views pull most against each other: the largest Σ |φ| − |Σ φ|."""
    divided = [sum(map(abs, text.values)) - abs(sum(text.values)) for text in found.texts]
    return max(range(len(divided)), key=divided.__getitem__)
