"""Words for concepts: scores against a literal version, thresholds on shuffled codes, assignment, files, bad input."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from concepts.lexicon import Lexicon
from concepts.lexicon.naming import ConceptName, assign_words, name_concepts, read_names, write_names
from concepts.lexicon.naming.prototypes import prototype_places, shuffled_places
from concepts.lexicon.naming.scores import WordScorer, shuffled_thresholds, word_scores
from tests.support.damage import refuses_damage
from tests.support.places import ROOT

N, T, P, K, L = 12, 6, 5, 3, 8


def normal(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def words(count):
    return tuple(f"word {i}" for i in range(count))


@pytest.fixture
def world(rng):
    tokens = normal(rng, N, T, P) + 2
    codes = torch.rand(N, T, K, generator=rng, dtype=torch.float64)
    return tokens, codes, Lexicon(words(L), normal(rng, L, P), bias=normal(rng, L))


def literal_scores(tokens, codes, lexicon, m):
    """A place at a time."""
    z = np.array(tokens @ lexicon.vectors.T + lexicon.bias)
    scores = np.zeros((codes.shape[2], len(lexicon)))
    for j in range(codes.shape[2]):
        peaks = sorted(range(N), key=lambda i: -float(codes[i, :, j].max()))[:m]
        inside = {(i, int(codes[i, :, j].argmax())) for i in peaks if codes[i, :, j].max() > 0}
        rest = [z[i, t] for i, t in itertools.product(range(N), range(T)) if (i, t) not in inside]
        if inside:
            scores[j] = (np.mean([z[place] for place in inside], axis=0) - np.mean(rest, axis=0)) / z.std(axis=(0, 1))
    return scores


@pytest.mark.parametrize("m", [1, 4, 50])
def test_scores_are_the_literal_ones(world, m):
    found = word_scores(*world, n_prototypes=m)
    np.testing.assert_allclose(found.numpy(), literal_scores(*world, m), atol=1e-9)


def test_prototypes_by_hand():
    codes = torch.tensor([[[1.0], [3]], [[9], [2]], [[0], [0]], [[-1], [4]]])  # (4, 2, 1)
    assert [each.tolist() for each in prototype_places(codes, 10)] == [[2, 7, 1]]  # no place where it is absent
    assert [each.tolist() for each in prototype_places(codes, 2)] == [[2, 7]]


def test_scores_do_not_change_with_scale_order_or_what_every_place_says(world, rng):
    tokens, codes, lexicon = world
    scores = word_scores(tokens, codes, lexicon)
    longer = Lexicon(lexicon.words, lexicon.vectors * torch.arange(1, L + 1)[:, None])
    torch.testing.assert_close(word_scores(tokens, codes, longer), scores)
    torch.testing.assert_close(word_scores(tokens + normal(rng, P), codes, lexicon), scores)
    order = torch.randperm(N, generator=rng)
    torch.testing.assert_close(word_scores(tokens[order], codes[order], lexicon), scores)
    torch.testing.assert_close(word_scores(tokens, codes.sqrt(), lexicon), scores)
    few = Lexicon(lexicon.words[2:4], lexicon.vectors[2:4])
    torch.testing.assert_close(word_scores(tokens, codes, few), scores[:, 2:4])


def test_a_word_that_fires_everywhere_does_not_win(rng):
    tokens = 0.1 * normal(rng, 40, T, 3)
    codes = torch.zeros(40, T, 1, dtype=torch.float64)
    tokens[:10, 2, 0] += 1  # the concept
    codes[:10, 2, 0] = 1
    tokens[..., 1] += 50  # everywhere
    tokens[::2, :, 2] += 30  # in half of all photos
    lexicon = Lexicon(("own", "everywhere", "half"), torch.eye(3, dtype=torch.float64))
    activation = (tokens.view(-1, 3)[prototype_places(codes)[0]]).mean(dim=0)
    assert lexicon.words[int(activation.argmax())] == "everywhere"
    scores = word_scores(tokens, codes, lexicon)[0]
    assert lexicon.words[int(scores.argmax())] == "own"


def test_a_word_that_no_token_can_say_scores_nothing():
    tokens = torch.zeros(4, 2, 2)
    tokens[0, 0, 0] = 1
    lexicon = Lexicon(("said", "mute"), torch.eye(2))
    assert WordScorer(tokens, lexicon).scores([torch.tensor([0])])[0, 1] == 0
    assert word_scores(tokens, torch.zeros(4, 2, 1), lexicon).tolist() == [[0, 0]]  # a concept that is nowhere


@pytest.mark.slow
def test_shuffled_places_are_those_of_shuffled_codes(rng):
    """The same distribution as literally shuffling images, and the places in each."""
    codes = torch.rand(4, 3, 1, generator=rng)
    counts = {"drawn": torch.zeros(12), "literal": torch.zeros(12)}
    for places in shuffled_places(4, 3, 2, 3000, rng):
        assert len(set((places // 3).tolist())) == 2  # at most one an image
        counts["drawn"][places] += 1
    for _ in range(3000):
        shuffled = codes[torch.randperm(4, generator=rng)]
        shuffled = torch.stack([image[torch.randperm(3, generator=rng)] for image in shuffled])
        counts["literal"][prototype_places(shuffled, 2)[0]] += 1
    for each in counts.values():
        np.testing.assert_allclose(each / 6000, 1 / 12, atol=0.02)


def test_the_threshold_holds_its_level(rng):
    """Codes that have nothing to do with the tokens get a name in about 5% of cases, planted ones always."""
    tokens = normal(rng, 50, 9, 6) @ normal(rng, 6, 6)
    lexicon = Lexicon(words(30), normal(rng, 30, 6))
    codes = torch.rand(50, 9, 2000, generator=rng)
    limits = shuffled_thresholds(tokens, codes, lexicon, seed=1)
    scores = word_scores(tokens, codes, lexicon)
    false = np.mean([name.word is not None for name in name_concepts(scores.numpy(), lexicon.words,
        threshold=limits.numpy(), capacity=2000)])  # fmt: skip
    assert 0.03 <= false <= 0.075  # 1,000 shuffles and 2,000 concepts: a deviation of about 0.9%
    planted = torch.stack([tokens @ vector for vector in lexicon.vectors[:4]], dim=-1)
    names = name_concepts(word_scores(tokens, planted, lexicon).numpy(), lexicon.words, threshold=limits[:4].numpy())
    assert all(name.word is not None for name in names)


def test_the_threshold_is_the_seeds_and_rises_with_its_level(world):
    args = world
    first = shuffled_thresholds(*args, seed=5)
    assert torch.equal(first, shuffled_thresholds(*args, seed=5))
    assert not torch.equal(first, shuffled_thresholds(*args, seed=6))
    assert (shuffled_thresholds(*args, seed=5, level=0.99) >= first).all()
    nowhere = torch.cat([world[1], torch.zeros(N, T, 1)], dim=2)
    assert shuffled_thresholds(world[0], nowhere, world[2]).tolist()[-1] == 0


def test_one_word_does_not_name_everything():
    scores = np.array([[5.0, 4, 1], [5, 1, 3], [6, 2, 2]])
    assert scores.argmax(axis=1).tolist() == [0, 0, 0]
    assert assign_words(scores, 0.0).tolist() == [1, 2, 0]
    assert assign_words(scores, 0.0, capacity=2).tolist() == [1, 0, 0]
    assert assign_words(scores, 0.0, capacity=3).tolist() == [0, 0, 0]
    assert assign_words(scores, 4.5).tolist() == [-1, -1, 0]  # none is better than a word below the threshold
    assert assign_words(scores, np.array([0, 9, 6.0])).tolist() == [0, -1, -1]  # nor one at it


def test_assignment_is_the_best_of_all(rng):
    scores = normal(rng, 4, 5).numpy()
    limits = normal(rng, 4).numpy() - 0.5

    def worth(choice):
        taken = [w for w in choice if w >= 0]
        if len(set(taken)) < len(taken):
            return -np.inf
        return sum(scores[j, w] - limits[j] for j, w in enumerate(choice) if w >= 0)

    best = max(itertools.product(range(-1, 5), repeat=4), key=worth)
    assert worth(assign_words(scores, limits)) == pytest.approx(worth(best))


def test_more_concepts_than_words_leaves_some_without():
    chosen = assign_words(np.ones((5, 2)), 0.0, capacity=2)
    assert sorted(chosen.tolist()) == [-1, 0, 0, 1, 1]


def test_a_soft_plan_nears_the_exact_one(rng):
    scores = 3 * normal(rng, 6, 9).numpy()
    assert assign_words(scores, 0.0, entropy=0.02).tolist() == assign_words(scores, 0.0).tolist()


def test_rows_by_hand(tmp_path):
    scores = np.array([[5.0, 4, 1], [6, 2, 2], [0.5, 0.2, 0.9]])
    names = name_concepts(scores, ("tail", "ear", "eye"), threshold=1.5)
    assert names == (
        ConceptName(0, "ear", 4.0, "tail", 5.0, 1.5),  # the word that fits better names another
        ConceptName(1, "tail", 6.0, "ear", 2.0, 1.5),
        ConceptName(2, None, None, "eye", 0.9, 1.5),
    )
    assert [name.sentence for name in names] == [
        "ear (4.00), then tail (5.00)",
        "tail (6.00), then ear (2.00)",
        "no good word; nearest is eye (0.90), below 1.50",
    ]
    left = name_concepts(np.array([[5.0, 1], [4, 1]]), ("tail", "ear"), threshold=1.5)
    assert [name.word for name in left] == ["tail", None]
    assert left[1].sentence == "no good word left; tail (4.00) names another concept"
    write_names(tmp_path / "names.json", names, {"lexicon": "toy"})
    assert read_names(tmp_path / "names.json") == names
    assert json.loads((tmp_path / "names.json").read_text(encoding="utf-8"))["about"] == {"lexicon": "toy"}
    assert name_concepts(np.ones((1, 1)), ["one"], threshold=0.0)[0].runner_up is None


def test_reading_names_loads_no_heavy_library():
    code = (
        "import sys; from concepts.lexicon.naming import read_names;"
        "print([m for m in ('torch', 'sklearn', 'ot', 'scipy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_wrong_input_is_told(world, tmp_path):
    tokens, codes, lexicon = world
    with pytest.raises(ValueError, match="tokens have 4 channels, the lexicon lexicon reads 5"):
        word_scores(tokens[..., :4], codes, lexicon)
    with pytest.raises(ValueError, match="same images and places"):
        word_scores(tokens[:-1], codes, lexicon)
    with pytest.raises(ValueError, match="n_prototypes is 0"):
        word_scores(tokens, codes, lexicon, n_prototypes=0)
    with pytest.raises(ValueError, match="level is 95"):
        shuffled_thresholds(tokens, codes, lexicon, level=95)
    with pytest.raises(ValueError, match="at least one concept and one word"):
        name_concepts(np.zeros((3, 0)), (), threshold=0.0)
    with pytest.raises(ValueError, match="scores of 3 words, 2 words"):
        name_concepts(np.zeros((1, 3)), ("a", "b"), threshold=0.0)
    with pytest.raises(ValueError, match="capacity is 0"):
        assign_words(np.zeros((1, 3)), 0.0, capacity=0)
    with pytest.raises(ValueError, match="NaN"):
        assign_words(np.full((1, 3), np.nan), 0.0)
    (tmp_path / "x.json").write_text('{"names": []}')
    with pytest.raises(ValueError, match=r"x.json is no file of names"):
        read_names(tmp_path / "x.json")


def test_damaged_names_are_told_with_the_file_and_the_field(tmp_path):
    names = (ConceptName(0, "ear", 4.0, "tail", 5.0, 1.5),)
    write_names(tmp_path / "names.json", names)
    whole = json.loads((tmp_path / "names.json").read_text(encoding="utf-8"))

    def read(content):
        (tmp_path / "names.json").write_bytes(content)
        return read_names(tmp_path / "names.json")

    refuses_damage(read, whole, source=str(tmp_path / "names.json"), optional=("about",))


def test_names_from_before_it_was_noted_what_they_were_made_from_are_read(tmp_path):
    row = {"concept": 1, "word": None, "score": None, "runner_up": "a", "runner_up_score": 1.25, "threshold": 2.0}
    (tmp_path / "names.json").write_text(json.dumps({"format": 1, "about": {}, "names": [row]}))
    assert read_names(tmp_path / "names.json") == (ConceptName(1, None, None, "a", 1.25, 2.0),)
