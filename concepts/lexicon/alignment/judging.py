"""Evaluation of bridges on held-out photos and words, beside their controls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from concepts.lexicon import Lexicon
from concepts.lexicon.alignment.conse import conse
from concepts.lexicon.alignment.methods import BRIDGES, fit_bridge
from concepts.lexicon.alignment.ranks import Judgement, word_ranks

UNSEEN, AMONG_ALL, PHOTOS = "unseen words", "unseen words among all", "unseen photos"
DRAWS = 20  # of the random control


@dataclass(frozen=True, eq=False)
class LabelledPhotos:
    """n photos (n, p) and the lexicon row of each photo's word, (n,); probabilities (n, L) of its words, if known.

    Raises ValueError when their numbers differ.
    """

    photos: Tensor
    labels: Tensor
    probabilities: Tensor | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", torch.as_tensor(self.labels, dtype=torch.long))
        sizes = [len(each) for each in (self.photos, self.labels, self.probabilities) if each is not None]
        if self.photos.ndim != 2 or not sizes[0] or len(set(sizes)) > 1:
            raise ValueError(
                f"photos {tuple(self.photos.shape)}, labels and probabilities of {sizes[1:]}, expected (n, p) and one "
                "of each for every photo"
            )

    def __len__(self) -> int:
        return len(self.photos)

    def rows(self, chosen: Tensor) -> "LabelledPhotos":
        """The chosen photos alone."""
        probabilities = None if self.probabilities is None else self.probabilities[chosen]
        return LabelledPhotos(self.photos[chosen], self.labels[chosen], probabilities)


Predict = Callable[[LabelledPhotos, LabelledPhotos], Tensor]  # fitted on, judged (n, p) → vectors (n, d)


def judge_on_words(
    given: LabelledPhotos,
    lexicon: Lexicon,
    *,
    methods: Sequence[str] = tuple(BRIDGES),
    folds: int = 5,
    seed: int = 0,
) -> list[Judgement]:
    """Evaluates each method, the random control and ConSE (with `given.probabilities`) on held-out words (zero-shot).

    The words are split into `folds`; the photos of a fold are evaluated with a map fitted on the photos of the others,
    so neither they nor their words were seen. Two settings each: UNSEEN chooses among the words of the fold alone,
    AMONG_ALL among all words of the photos, which biases towards the words fitted on. ConSE uses the probabilities of
    the words fitted on. If each word has one photo, this is the only way to hold out a photo.
    Raises ValueError for an unknown method, labels outside the lexicon, or fewer than two words per fold.
    """
    words = _words(given, lexicon)
    if folds < 2 or len(words) < 2 * folds:
        raise ValueError(f"{len(words)} words cannot be judged in {folds} folds: two folds or more, two words in each")
    found = []
    for name, predict in _ways(methods, lexicon, seed, given).items():
        unseen, among_all = np.zeros(len(given), dtype=int), np.zeros(len(given), dtype=int)
        for held in _dealt(words, folds, seed):
            inside = torch.isin(given.labels, held)
            fitted, judged = given.rows(~inside), given.rows(inside)
            vectors = predict(fitted, judged)
            unseen[inside.numpy()] = _ranks(vectors, lexicon, held, judged, fitted)
            among_all[inside.numpy()] = _ranks(vectors, lexicon, words, judged, fitted)
        found.append(Judgement.of(name, UNSEEN, len(words) // folds, unseen, seed=seed))
        found.append(Judgement.of(name, AMONG_ALL, len(words), among_all, seed=seed))
    return found


def judge_on_photos(
    fitted: LabelledPhotos,
    judged: LabelledPhotos,
    lexicon: Lexicon,
    *,
    methods: Sequence[str] = tuple(BRIDGES),
    seed: int = 0,
) -> list[Judgement]:
    """Evaluates the same methods on other photos of the words fitted on, choosing among all of these words.

    judged: other photos, or other views of the same photos (one half of each to fit, the other to evaluate). Views of
    one photo share its light and colours, which is easier than a new photo. Raises ValueError as `judge_on_words` does,
    and for photos to evaluate whose words were not fitted on.
    """
    words = _words(fitted, lexicon)
    unknown = _words(judged, lexicon)[~torch.isin(_words(judged, lexicon), words)]
    if len(unknown):
        example = lexicon.words[int(unknown[0])]
        raise ValueError(f"{len(unknown)} words to judge, such as {example}, were not fitted on: use judge_on_words")
    ways = _ways(methods, lexicon, seed, judged)
    ranks = {name: _ranks(way(fitted, judged), lexicon, words, judged, fitted) for name, way in ways.items()}
    return [Judgement.of(name, PHOTOS, len(words), each, seed=seed) for name, each in ranks.items()]


def _words(given: LabelledPhotos, lexicon: Lexicon) -> Tensor:
    """The lexicon rows that are the word of some photo, ascending."""
    words = given.labels.unique()
    if not 0 <= int(words[0]) <= int(words[-1]) < len(lexicon):
        raise ValueError(f"labels {int(words[0])} to {int(words[-1])} for a lexicon of {len(lexicon)} words")
    return words


def _dealt(words: Tensor, folds: int, seed: int) -> Iterator[Tensor]:
    """The words split by seed into `folds` parts of about equal size, each ascending."""
    order = torch.randperm(len(words), generator=torch.Generator().manual_seed(seed))
    return (words[part].sort().values for part in order.tensor_split(folds))


def _ways(methods: Sequence[str], lexicon: Lexicon, seed: int, judged: LabelledPhotos) -> dict[str, Predict]:
    """The methods, the random control, and ConSE if the photos to evaluate have probabilities, by name."""

    def mapped(method: str, fitted: LabelledPhotos, judged: LabelledPhotos, *, seed: int = seed) -> Tensor:
        texts = lexicon.vectors.to(fitted.photos)[fitted.labels.to(fitted.photos.device)]
        return fit_bridge(method, fitted.photos, texts, seed=seed).apply(judged.photos)

    def drawn(fitted: LabelledPhotos, judged: LabelledPhotos) -> Tensor:
        """Maps each photo by one of several random maps, so that the photos do not all depend on a single draw."""
        which = torch.arange(len(judged)) % DRAWS
        vectors = judged.photos.new_zeros(len(judged), lexicon.n_channels)
        for draw in which.unique().tolist():
            vectors[which == draw] = mapped("random", fitted, judged.rows(which == draw), seed=seed + draw)
        return vectors

    def averaged(fitted: LabelledPhotos, judged: LabelledPhotos) -> Tensor:
        seen = fitted.labels.unique()
        return conse(judged.probabilities[:, seen], lexicon.vectors[seen])  # type: ignore[index]

    ways: dict[str, Predict] = {method: partial(mapped, method) for method in methods if method != "random"}
    ways["random"] = drawn
    return ways if judged.probabilities is None else ways | {"conse": averaged}


def _ranks(
    vectors: Tensor, lexicon: Lexicon, words: Tensor, judged: LabelledPhotos, fitted: LabelledPhotos
) -> np.ndarray:
    """Ranks of the true words among `words`, ascending lexicon rows; the mean of the words fitted on is subtracted."""
    centre = lexicon.vectors[fitted.labels].mean(dim=0)
    truth = torch.searchsorted(words, judged.labels)
    return word_ranks(vectors, lexicon.vectors[words].to(vectors), truth, centre=centre)
