"""Scores of a concept's words: word lists, identities, bags of words, coherence, meanings, detection, outputs."""

import numpy as np
import pytest

from concepts.wordings.bag_of_words import bag_of_words, ridge
from concepts.wordings.coherence import coherence
from concepts.wordings.controls import most_active, random_scores
from concepts.wordings.describing import active_texts, describe
from concepts.wordings.detection import detection
from concepts.wordings.identity import identity_r_squared
from concepts.wordings.meanings import meanings
from concepts.wordings.outputs import class_effects, output_words
from concepts.wordings.top_texts import top_texts
from concepts.wordings.word_list import found_and_scored, half, holds_any, word_list_score

WORDS = np.array(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"])


def made_texts(rng: np.random.Generator, n: int) -> list[str]:
    return [" ".join(rng.choice(WORDS, size=rng.integers(3, 9))) for _ in range(n)]


def test_random_scores_are_as_long_as_the_components():
    components = np.random.default_rng(0).normal(size=(3, 5))
    drawn = random_scores(np.eye(5), components).T
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), np.linalg.norm(components, axis=1))
    assert not np.allclose(drawn, random_scores(np.eye(5), components, seed=1).T)
    assert most_active(np.array([1.0, 3, 3, 0]), 2).tolist() == [False, True, True, False]
    with pytest.raises(ValueError, match="features of 4 channels, components of 5"):
        random_scores(np.eye(4), components)


def test_active_texts_are_the_largest_codes_above_0():
    codes = np.array([[0.0, 5], [0, 4], [0, 3], [1, 2], [0, 1]])
    assert active_texts(codes, most=0.4).T.tolist() == [[False] * 3 + [True, False], [True, True] + [False] * 3]
    ties = np.array([[2.0], [1], [1], [0]])
    assert active_texts(ties, most=0.5)[:, 0].tolist() == [True, False, False, False]


def test_holds_any_knows_words_from_parts_of_words_and_phrases():
    texts = ["The movie!", "movies", "a price tag", "price, tag"]
    assert holds_any(texts, ["Movie", "price tag"]).tolist() == [True, False, True, False]
    assert not holds_any(texts, []).any()


def test_the_score_of_a_list_is_that_of_its_two_shares():
    texts, active = ["a b", "a c", "c", "a", "b", "b"], np.array([True, True, True, False, False, False])
    found = word_list_score(texts, active, ["a"])
    assert float(found.auroc) == pytest.approx((1 + 2 / 3 - 1 / 3) / 2)
    assert (float(found.recall), float(found.precision)) == pytest.approx((2 / 3, 2 / 3))
    assert np.isnan(word_list_score(texts, active, ["nowhere"]).precision)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_word_is_found_on_one_half_and_holds_on_the_other_and_chance_does_not(seed):
    rng = np.random.default_rng(seed)
    texts = made_texts(rng, 300)
    active = np.array(["kappa" in text for text in texts])
    found = found_and_scored(texts, active, longest=1, seed=seed)
    assert found.words[0] == "kappa"
    assert found.recall == 1
    by_chance = found_and_scored(texts, rng.permutation(active), longest=1, seed=seed)
    assert by_chance.auroc.low < 0.55
    assert found_and_scored(texts, np.arange(300) < 3) is None
    assert found.n_texts == (~half(active, seed=seed)).sum()
    assert found.n_active == active[~half(active, seed=seed)].sum()
    taken = half(active, seed=seed)
    assert abs(taken[active].mean() - 0.5) < 0.01
    assert abs(taken[~active].mean() - 0.5) < 0.01


@pytest.mark.parametrize("seed", [0, 1])
def test_identity_explains_words_and_no_context(seed):
    rng = np.random.default_rng(seed)
    tokens, texts = rng.integers(0, 20, 2000), np.arange(2000) // 10
    by_word, by_context = (tokens == 3) * 1.0, rng.normal(size=2000)
    assert identity_r_squared(tokens, by_word, texts) == 1
    context = identity_r_squared(tokens, by_context, texts)
    assert -0.05 < context < 0.02
    mixed = identity_r_squared(tokens, by_word + rng.normal(0, by_word.std(), 2000), texts)
    assert mixed.low < 0.5 < mixed.high
    assert identity_r_squared(tokens * 7 + 5, by_context, texts) == context  # names do not matter


def test_identity_of_tokens_seen_once_is_the_mean_and_wrong_input_is_told():
    codes = np.array([1.0, 2, 3, 4])
    unseen = identity_r_squared(np.arange(4), codes, np.array([0, 1, 2, 3]))
    assert unseen == pytest.approx(0)
    with pytest.raises(ValueError, match="tokens of 1 text"):
        identity_r_squared(np.arange(4), codes, np.zeros(4))
    with pytest.raises(ValueError, match="same code"):
        identity_r_squared(np.arange(4), np.ones(4), np.arange(4))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_bag_of_words_predicts_sums_of_words_and_not_their_order_or_noise(seed):
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.permutation(WORDS)) for _ in range(400)]
    order = np.array([text.index("alpha") < text.index("beta") for text in texts], dtype=float)
    held = rng.random((400, 3)) < 0.3
    texts = [" ".join([text, *WORDS2[on]]) for text, on in zip(texts, held, strict=True)]
    codes = np.stack([held[:, 0] * 1.0, order, rng.normal(size=400), np.zeros(400)], axis=1)
    word, ordered, noise, nothing = bag_of_words(texts, codes, seed=seed)
    assert word.r_squared.low > 0.9
    assert word.auroc == 1
    assert ordered.r_squared < 0.05
    assert ordered.auroc.low < 0.5
    assert noise.r_squared < 0.05
    assert np.isnan(nothing.r_squared)
    assert np.isnan(nothing.auroc)
    (alone,) = bag_of_words(texts, codes[:, :1], seed=seed)
    assert float(alone.r_squared) == pytest.approx(float(word.r_squared), abs=1e-4)


WORDS2 = np.array(["one", "two", "three"])


@pytest.mark.parametrize("seed", [0, 1])
def test_the_ridge_is_that_of_scikit_learn(seed):
    from scipy.sparse import csr_array
    from sklearn.linear_model import Ridge

    rng = np.random.default_rng(seed)
    X, U, inside = rng.random((30, 8)) * (rng.random((30, 8)) < 0.5), rng.normal(size=(30, 2)), np.arange(30) % 5 == 0
    expected = Ridge(alpha=1.0).fit(X[~inside], U[~inside]).predict(X[inside])
    np.testing.assert_allclose(ridge(csr_array(X), U, inside), expected, atol=1e-3)


def test_a_bag_that_could_learn_noise_by_heart_predicts_none_of_it():
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{i}" for i in rng.integers(0, 500, 20)) for _ in range(200)]
    (found,) = bag_of_words(texts, rng.normal(size=(200, 1)))
    assert found.r_squared < 0.1
    assert found.auroc.low < 0.5


def test_a_bag_needs_ten_texts_and_copes_without_words():
    with pytest.raises(ValueError, match="9 texts"):
        bag_of_words(["a"] * 9, np.ones((9, 1)))
    (found,) = bag_of_words([str(i) for i in range(20)], np.arange(20.0)[:, None], least=3)
    assert found.r_squared <= 0


@pytest.mark.parametrize("seed", [0, 1])
def test_coherence_of_one_direction_and_of_chance(seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(200, 20))
    vectors[:20, 0] += 8
    found = coherence(vectors, np.arange(20), seed=seed)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = [unit[i] @ unit[j] for i in range(20) for j in range(i)]
    assert float(found.top) == pytest.approx(np.mean(pairs))
    assert found.gain.low > 0.5
    assert found.gain.low < found.top - found.random < found.gain.high
    assert coherence(vectors * rng.random((200, 1)), np.arange(20), seed=seed).top == pytest.approx(found.top)
    chance = coherence(vectors[20:], np.arange(20), seed=seed)
    assert chance.gain.low < 0 < chance.gain.high
    with pytest.raises(ValueError, match="2 top texts"):
        coherence(vectors, np.arange(2))


def test_two_meanings_are_told_from_one():
    one, two = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        topic = rng.normal(size=(3, 30))
        rows = topic[0] + rng.normal(0, 0.7, (40, 30))
        one.append(meanings(rows, seed=seed).several)
        split = np.arange(40) >= 25
        found = meanings(rows + np.where(split[:, None], 2 * topic[1], 2 * topic[2]), seed=seed)
        two.append(found.several)
        assert (found.labels == split).all()
        assert found.silhouette > found.expected
    assert all(two)
    assert sum(one) <= 1


def test_top_texts_of_a_topic_of_two_topics_and_of_chance():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(300, 30))
    vectors[:40, 0] += 12
    vectors[40:80, 1] += 12
    topic, either = np.arange(300) < 40, np.arange(300) < 80
    noise = rng.random((300, 1)) + 0.1
    codes = np.hstack([noise * topic[:, None], noise * either[:, None], noise, np.zeros((300, 1))])
    one, two, chance = top_texts(vectors, codes, vectors, np.ones((4, 30)))
    assert one.texts.tolist() == np.argsort(-codes[:, 0])[:30].tolist()
    assert one.coherence.gain.low > 0.5
    assert one.control.top < one.coherence.top
    assert not one.meanings.several
    assert two.meanings.several
    assert two.coherence.top < one.coherence.top
    assert chance.coherence.gain.low < 0.1
    few = top_texts(vectors, (np.arange(300) < 5)[:, None] * 1.0, vectors, np.ones((1, 30)))[0]
    assert (len(few.texts), few.meanings) == (5, None)
    with pytest.raises(ValueError, match=r"vectors \(299, 30\)"):
        top_texts(vectors[1:], codes, vectors, np.ones((4, 30)))


def test_the_silhouette_is_that_of_scikit_learn():
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, 3)) + 4 * (np.arange(20) < 7)[:, None]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = meanings(rows)
    assert found.silhouette == pytest.approx(silhouette_score(rows, found.labels))
    assert np.bincount(found.labels).tolist() == sorted(np.bincount(found.labels), reverse=True)
    assert not meanings(np.ones((9, 3))).several
    with pytest.raises(ValueError, match="7 top texts"):
        meanings(np.ones((7, 3)))


@pytest.mark.parametrize("seed", [0, 1])
def test_hard_negatives_share_the_topic(seed):
    """Active texts have the topic and the meaning, hard ones the topic alone, the others neither."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(0, 0.2, (300, 10))
    vectors[:100, 0] += 3  # topic
    active = np.arange(300) < 40
    vectors[active, 1] += 0.3
    topic, meaning = np.eye(10)[0], np.eye(10)[1]
    by_topic = detection(vectors, topic, active, seed=seed)
    assert by_topic.random.low > 0.65
    assert by_topic.hard.low < 0.5
    found = detection(vectors, meaning, active, seed=seed)
    assert found.hard > by_topic.hard
    assert (found.n_active, found.n_inactive) == (40, 40)
    assert detection(vectors, meaning, np.arange(300) < 200).n_inactive == 100


def test_each_hard_negative_is_taken_once():
    vectors, active = np.array([[1.0, 0], [1, 0], [1, 0], [-1, 0]]), np.array([True, True, False, False])
    assert detection(vectors, np.array([1.0, 0]), active).hard == 0.75


def test_effects_on_classes_and_on_a_vocabulary():
    rng = np.random.default_rng(0)
    V, W, A = rng.normal(size=(3, 5)), rng.normal(size=(2, 5)), rng.normal(size=(1, 5))
    effects = class_effects(V, W)
    np.testing.assert_allclose((A + V[1]) @ W.T - A @ W.T, effects[1:2])
    rows = rng.normal(size=(4, 5))
    raised, lowered = output_words(V[0], rows, "abcd", top=4)
    by_token = {word.token: word.effect for word in (*raised, *lowered)}
    assert sum(by_token.values()) == pytest.approx(0)
    shifted = output_words(V[0], rows + 7, "abcd", top=4)[0]
    assert [word.token for word in shifted] == [word.token for word in raised]
    assert [word.effect for word in shifted] == pytest.approx([word.effect for word in raised])
    with pytest.raises(ValueError, match=r"shape \(4, 5\), expected \(3, 5\)"):
        output_words(V[0], rows, "abc")
    with pytest.raises(ValueError, match="components of 5 channels, a head of 4"):
        class_effects(V, W[:, :4])


def test_a_concept_that_is_a_word_is_described_as_one_and_its_control_is_not():
    rng = np.random.default_rng(0)
    marked = rng.permutation(300) < 60
    texts = [
        text.replace("kappa", "iota") + " kappa" * on
        for text, on in zip(made_texts(rng, 300), marked.tolist(), strict=True)
    ]
    features = np.stack([[word in text for word in WORDS] for text in texts]).astype(float)
    features = features @ rng.normal(size=(10, 10)) + rng.normal(0, 0.01, (300, 10))
    codes = np.stack([marked, rng.random(300) < 0.2], axis=1) * rng.random((300, 1))
    components = rng.normal(size=(2, 10))
    word, noise = describe(texts, codes, features, components)
    assert word.words[0].term == "kappa"
    assert word.list_score.recall.low > 0.7
    assert noise.list_score.auroc.low < 0.6
    assert word.bag.auroc > noise.bag.auroc
    random = random_scores(features, components)
    chance = np.stack([most_active(random[:, j], 60 if j == 0 else noise.n_active) for j in range(2)], axis=1)
    assert (word.bag_control, noise.bag_control) == bag_of_words(texts, random, active=chance)
    assert word.list_control == found_and_scored(texts, chance[:, 0])
    assert word.n_active == 60
    assert sum(each.n for each in word.deciles) == (codes[:, 0] > 0).sum()
    with pytest.raises(ValueError, match="299 texts"):
        describe(texts[1:], codes, features, np.ones((2, 10)))
