"""How well a fitted head does on texts held out, beside a bag of words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Judged:
    """Of `n_held_out` texts that were not fitted on: the share with the right answer, its 95% Wilson interval, and
    the share of a bag of words (tf-idf, logistic regression) fitted on the same `n_fitted` texts.
    """

    n_fitted: int
    n_held_out: int
    accuracy: float
    low: float
    high: float
    rival: float

    def __str__(self) -> str:
        """One sentence for a person."""
        return (
            f"Its head was fitted on {self.n_fitted:,} texts, on frozen features; of {self.n_held_out:,} held out it "
            f"has {self.accuracy:.1%} right (95% interval {self.low:.1%} to {self.high:.1%}), "
            f"a bag of words {self.rival:.1%}."
        )
