"""Judging bridges: ranks by hand, what is held out, the controls."""

import numpy as np
import pytest
import torch

from concepts.lexicon import Lexicon
from concepts.lexicon.alignment import BRIDGES, Bridge, LabelledPhotos, judge_on_photos, judge_on_words, word_ranks
from concepts.lexicon.alignment.ranks import Judgement

pytestmark = pytest.mark.slow

N, P, D = 60, 12, 8


def normal(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


@pytest.fixture
def world(rng):
    """60 words, one photo each; photos follow from words by a linear map and little noise."""
    vectors = normal(rng, N, D) + 2
    photos = vectors @ normal(rng, D, P) + 0.05 * normal(rng, N, P)
    lexicon = Lexicon(tuple(f"word {i}" for i in range(N)), vectors)
    return LabelledPhotos(photos, torch.arange(N)), lexicon


def of(found, method, setting):
    (one,) = [each for each in found if each.method == method and each.setting == setting]
    return one


def test_ranks_by_hand():
    vectors = torch.tensor([[1.0, 0], [0, 1], [-1, 0], [1, 1]])
    predicted = torch.tensor([[2.0, 0.1], [2.0, 0.1], [2.0, 0.1], [0, 0]])
    truth = torch.tensor([0, 1, 2, 0])  # nearest first: 0, 3, 1, 2; nothing is said at the end: the last place
    assert word_ranks(predicted, vectors, truth).tolist() == [1, 3, 4, 4]
    found = Judgement.of("by hand", "toy", 4, np.array([1, 3, 4, 4]))
    assert found.recall == {1: 0.25, 5: 1.0, 10: 1.0}
    assert found.median_rank == 3.5
    assert 0 < found.recall[1].low < 0.25 < found.recall[1].high < 1
    assert found.median_rank.low <= 3.5 <= found.median_rank.high


def test_what_all_words_share_is_taken_off():
    shift = torch.tensor([10.0, 10.0])
    vectors = torch.tensor([[1.0, 0], [0, 1], [0.2, 0.2]]) + shift
    predicted = torch.tensor([[0.1, 0.0]]) + shift
    assert word_ranks(predicted, vectors, torch.tensor([0])).tolist() == [2]
    assert word_ranks(predicted, vectors, torch.tensor([0]), centre=shift).tolist() == [1]


def test_a_linear_world_is_crossed_and_chance_is_chance(world):
    given, lexicon = world
    found = judge_on_words(given, lexicon)
    for method in ("ridge", "assignment"):
        assert of(found, method, "unseen words").recall[1] >= 0.95
    for setting, n_words in (("unseen words", N // 5), ("unseen words among all", N)):
        control = of(found, "random", setting)
        assert control.n_words == n_words
        for k, recall in control.recall.items():
            assert abs(recall - k / n_words) < 4 * (k / n_words * (1 - k / n_words) / N) ** 0.5 + 1e-9
        assert of(found, "ridge", setting).median_rank < control.median_rank


def test_the_random_control_is_always_there_and_conse_where_classes_are_known(world):
    given, lexicon = world
    assert {each.method for each in judge_on_words(given, lexicon, methods=["ridge"])} == {"ridge", "random"}
    known = LabelledPhotos(given.photos, given.labels, torch.eye(N, dtype=torch.float64) + 0.01)
    found = judge_on_photos(known, known, lexicon, methods=["ridge"])
    assert [each.method for each in found] == ["ridge", "random", "conse"]
    assert found[-1].recall[1] == 1


def test_no_map_sees_what_it_is_judged_on(world, monkeypatch):
    given, lexicon = world
    seen = []

    def spy(photos, texts, *, seed):
        """A map that says nothing: every photo to the mean word."""
        seen.append({int((lexicon.vectors == text).all(dim=1).nonzero()) for text in texts})
        return Bridge(torch.zeros(P, D, dtype=torch.float64), texts.mean(dim=0), "spy")

    monkeypatch.setitem(BRIDGES, "spy", spy)
    twice = LabelledPhotos(given.photos.repeat(2, 1), given.labels.repeat(2))
    found = judge_on_words(twice, lexicon, methods=["spy"], folds=4)
    held = [set(range(N)) - words for words in seen]
    assert sorted(word for words in held for word in words) == list(range(N))
    assert [len(words) for words in held] == [N // 4] * 4
    assert of(found, "spy", "unseen words").ranks.tolist() == [N // 4] * 2 * N  # a tie is no success
    assert of(found, "spy", "unseen words among all").ranks.tolist() == [N] * 2 * N


def test_conse_has_only_the_words_that_were_fitted_on(world):
    given, lexicon = world
    sure = LabelledPhotos(given.photos, given.labels, torch.eye(N, dtype=torch.float64) + 1e-9)
    found = judge_on_words(sure, lexicon, methods=["ridge"])
    assert of(found, "conse", "unseen words among all").recall[1] < 0.1  # with the own class it would be 1


def test_photos_do_not_depend_on_each_other(world):
    given, lexicon = world
    whole = judge_on_photos(given, given, lexicon, methods=["ridge"])[0]
    some = judge_on_photos(given, given.rows(torch.arange(7)), lexicon, methods=["ridge"])[0]
    assert some.ranks.tolist() == whole.ranks[:7].tolist()


def test_the_same_seed_gives_the_same_folds(world):
    given, lexicon = world
    first, again, other = (judge_on_words(given, lexicon, methods=["random"], seed=seed) for seed in (0, 0, 1))
    assert first[0].ranks.tolist() == again[0].ranks.tolist() != other[0].ranks.tolist()


def test_wrong_input_is_told(world):
    given, lexicon = world
    with pytest.raises(ValueError, match="60 words cannot be judged in 31 folds"):
        judge_on_words(given, lexicon, folds=31)
    with pytest.raises(ValueError, match="unknown bridge 'rdige'"):
        judge_on_words(given, lexicon, methods=["rdige"])
    with pytest.raises(ValueError, match="labels 0 to 60 for a lexicon of 60 words"):
        judge_on_words(LabelledPhotos(given.photos, given.labels + (given.labels == 59).long()), lexicon)
    with pytest.raises(ValueError, match="such as word 0, were not fitted on"):
        judge_on_photos(given.rows(torch.arange(1, N)), given, lexicon)
    with pytest.raises(ValueError, match="one of each for every photo"):
        LabelledPhotos(given.photos, given.labels[:-1])
    with pytest.raises(ValueError, match="3 channels were predicted, the words have 8"):
        word_ranks(torch.ones(2, 3), lexicon.vectors, torch.tensor([0, 1]))


def test_the_methods_of_the_issue_are_there():
    assert list(BRIDGES) == ["ridge", "procrustes", "assignment", "random"]
