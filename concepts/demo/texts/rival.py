"""The bag-of-words rival of the demo's text networks: logistic regression on tf-idf of single words and pairs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from concepts.demo.texts.data import LabelledTexts
from concepts.numerics.intervals import wilson

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

STRENGTHS = (1.0, 3.0, 10.0, 30.0)  # inverse regularisation; the best by cross-validation on the training texts
FOLDS = 5


@dataclass(frozen=True)
class Rival:
    """The share of held-out texts that the bag of words classifies correctly, with its 95% Wilson interval."""

    accuracy: float
    interval: tuple[float, float]


def bag_of_words(training: LabelledTexts, held_out: LabelledTexts, *, longest: int = 2) -> Rival:
    """The rival, fitted on the training texts and tried on those held out."""
    model = fit_bag_of_words(training, longest=longest)
    n, right = len(held_out.labels), int((model.predict(held_out.texts) == held_out.labels).sum())
    return Rival(right / n, wilson(right, n))


def fit_bag_of_words(training: LabelledTexts, *, longest: int = 2) -> "Pipeline":
    """The rival's model. longest: words in a row that count as one feature, at most."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline

    counts = TfidfVectorizer(ngram_range=(1, longest), token_pattern=r"(?u)\b\w+\b")
    search = GridSearchCV(LogisticRegression(max_iter=1000), {"C": STRENGTHS}, cv=FOLDS)
    return make_pipeline(counts, search).fit(training.texts, training.labels)
