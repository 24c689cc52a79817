"""Training the pair: its losses against literal versions, its views and texts, and that it repeats itself."""

import math

import numpy as np
import pytest
import torch

from concepts.demo.pair.batches import PairBatch, batches, has_words, single_words, thinned
from concepts.demo.pair.losses import FLOOR, contrast, overuse, own_word, scores, true_of
from concepts.demo.pair.network import PADDING, PairNet, padded, saturated
from concepts.demo.pair.pictures import TELLS, Captioned, draw_captioned, text_without, training_pictures
from concepts.demo.pair.training import PairRecipe, fit_pair, initialise_pair, objective, sharpness
from concepts.demo.pair.views import SMALLEST, Increments, views, window
from concepts.demo.pair.words import GLUE, KNOWN, PARTS, ROWS, WORDS, spell
from concepts.demo.world import CLASS_NAMES, draw

pytestmark = pytest.mark.training

SMALL = (6, 6, 8, 8)


def quiet(stage: str, share: float) -> None:
    """Takes progress and shows nothing."""


@pytest.fixture(scope="module")
def drawn() -> Captioned:
    """Two pictures of every class, with two studies of each."""
    return training_pictures(0, 2, progress=quiet, n=2)


def test_scores_are_products_over_the_length_of_the_text(rng):
    photos, texts = torch.rand(3, 7, generator=rng), torch.rand(4, 7, generator=rng)
    literal = [[float(p @ t / (t @ t).sqrt()) for t in texts] for p in photos]
    torch.testing.assert_close(scores(photos, texts), torch.tensor(literal))
    torch.testing.assert_close(scores(photos, 5 * texts), scores(photos, texts))


@pytest.mark.parametrize("both", [True, False])
def test_contrast_is_the_literal_cross_entropy_without_texts_that_are_true_too(rng, both):
    fits = torch.randn(2, 5, 5, generator=rng, dtype=torch.float64)
    also = torch.rand(5, 5, generator=rng) < 0.3
    losses = []
    for view in fits:
        for i in range(5):
            row = [math.exp(view[i, j]) for j in range(5) if j == i or not also[i, j]]
            column = [math.exp(view[j, i]) for j in range(5) if j == i or not also[j, i]]
            to_text, to_photo = (math.log(sum(values)) - float(view[i, i]) for values in (row, column))
            losses.append((to_text + to_photo) / 2 if both else to_text)
    assert contrast(fits, also, both=both).item() == pytest.approx(np.mean(losses))


def test_captions_equal_in_content_are_never_negatives():
    captions = padded(
        [[word.row for word in spell(text)] for text in ("a boat at sea", "at the sea, a boat", "a fish")]
    )
    also = true_of(has_words(captions), has_words(captions))
    assert also.tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    fewer = has_words(padded([[ROWS["sea"]], [ROWS["boat"]], [ROWS["fish"]]]))
    assert true_of(fewer, has_words(captions)).tolist() == [
        [True, True, False],
        [True, True, False],
        [False] * 2 + [True],
    ]


def test_overuse_is_the_sum_of_squared_means_and_prefers_words_that_take_turns():
    turns, same = torch.eye(4)[None], torch.zeros(1, 4, 4)
    same[..., 0] = 1
    assert overuse(turns).item() == pytest.approx(4 * (1 / 4) ** 2)
    assert overuse(same).item() == pytest.approx(1.0)


def test_own_word_is_cross_entropy_plus_a_floor_over_words_of_the_vocabulary(rng):
    readings = torch.randn(2, 3, 5, generator=rng, dtype=torch.float64)
    rows = torch.tensor([[0, 4, 6], [2, PADDING, PADDING]])  # 6: a word that says nothing
    expected = []
    for i, t in ((0, 0), (0, 1), (1, 0)):
        own = readings[i, t, rows[i, t]]
        expected.append(float(readings[i, t].logsumexp(0) - own) + math.log1p(math.exp(FLOOR - own)))
    assert own_word(readings, rows, 5).item() == pytest.approx(np.mean(expected))


def test_sharpness_turns_the_soft_activations_into_those_that_are_read(rng):
    z = torch.randn(50, generator=rng) * 3
    torch.testing.assert_close(saturated(z), torch.log1p(z.clamp(min=0)))
    gaps = [(saturated(z, s) - saturated(z)).abs().max().item() for s in (0.25, 1.0, 10.0)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.1
    recipe = PairRecipe()
    assert [sharpness(recipe, done) for done in (0.0, 1.0)] == pytest.approx([recipe.soft, recipe.sharp])


def test_views_come_one_after_another_and_never_say_more_than_the_whole(rng):
    said, increments = torch.rand(3, 8, 8, 5, generator=rng), Increments(windows=4, patches=6)
    for done, expected in ((0.05, [1]), (0.2, [1, 4]), (0.9, [1, 4, 6])):
        seen = list(views(said, increments, rng, done=done))
        assert [view.said.shape for view in seen] == [(g, 3, 5) for g in expected]
        assert [view.whole for view in seen] == [True, False, False][: len(seen)]
        assert [view.single for view in seen] == [False, False, True][: len(seen)]
        torch.testing.assert_close(seen[0].said[0], said.flatten(1, 2).amax(dim=1))
        assert all((view.said <= seen[0].said + 1e-7).all() for view in seen)
    patches = said.flatten(1, 2)
    assert all(any(torch.equal(one, patches[:, t]) for t in range(64)) for one in seen[2].said)


def test_windows_shrink_from_the_whole_to_two_patches(rng):
    said = torch.eye(64).reshape(1, 8, 8, 64)  # what a window says tells which patches it covers
    assert window(said, 0.0, rng).sum() == 64
    covered = [int(window(said, 1.0, rng).sum()) for _ in range(200)]
    assert min(covered) == SMALLEST**2
    assert all(math.isqrt(n) ** 2 == n for n in covered)
    assert len(set(covered)) > 4


def test_texts_are_thinned_to_at_least_one_word_that_says_something(rng):
    rows = padded([[word.row for word in spell("a fish with scales on its body, at night")]] * 400)
    thin, single = thinned(rows, rng), single_words(rows, rng)
    assert ((thin == rows) | (thin == PADDING)).all()
    assert (has_words(thin).sum(dim=1) >= 1).all()
    assert 0.4 < (thin == rows).all(dim=1).float().mean() < 0.7
    assert set(single.flatten().tolist()) == {ROWS[word] for word in ("fish", "scales", "body", "night")}


def test_studies_show_one_part_at_most_and_their_texts_tell_of_no_other(drawn):
    assert drawn.studies.tolist() == [False, True, True] * 2 * len(CLASS_NAMES)
    for name in CLASS_NAMES:
        captioned = draw_captioned(name, 2, studies=2, seed=0)
        assert np.array_equal(captioned.images[0], draw(name, 0).image)
        assert captioned.texts[0] == draw(name, 0).caption
        for text in (captioned.texts[i] for i in (1, 2, 4, 5)):
            told = {KNOWN[word.row] for word in spell(text)}
            assert sum(part in told for part in PARTS) <= 1
            assert not told & set(GLUE)


def test_a_picture_with_parts_left_out_is_the_same_elsewhere():
    whole, without = draw("robot", 3), draw("robot", 3, left_out=("head",))
    assert without.parts == ("chest",)
    changed = (whole.image != without.image).any(axis=2)
    near = np.zeros_like(changed)
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            near |= np.roll(whole.masks["head"], (dy, dx), axis=(0, 1))
    assert changed.sum() > 0.8 * whole.masks["head"].sum()
    assert not (changed & ~near).any()


def test_a_text_loses_what_tells_of_parts_left_out_and_of_none_shown():
    caption = "a sailing boat with striped sails and a brown hull and a stamp in a corner, at night"
    assert text_without(caption, ["hull"], left_out=["sail", "stamp"]) == "boat brown hull night"
    assert text_without(caption, [], left_out=["sail", "hull", "stamp"]) == "night"
    assert set(TELLS) == set(PARTS)
    assert {word for part in TELLS for word in TELLS[part].replace("_", "~").split()} <= {
        w.replace(" ", "~") for w in WORDS
    }


def test_training_twice_gives_the_same_pair_and_another_seed_another(drawn):
    recipe = PairRecipe(
        epochs=1, batch=16, increments=Increments(windows=2, windows_from=0.2, patches=3, patches_from=0.5)
    )
    first, second, other = (fit_pair(PairNet(SMALL), drawn, recipe, seed=s, progress=quiet) for s in (0, 0, 1))
    weights = [
        torch.cat([value.flatten().float() for value in net.state_dict().values()]) for net in (first, second, other)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.allclose(weights[0], weights[2])
    assert torch.isfinite(weights[0]).all()
    assert not first.training


def test_the_start_depends_on_the_generator_alone():
    nets = [PairNet(SMALL), PairNet(SMALL)]
    state = torch.random.get_rng_state()
    for net in nets:
        initialise_pair(net, torch.Generator().manual_seed(5))
    assert torch.equal(state, torch.random.get_rng_state())
    for one, other in zip(*(net.state_dict().values() for net in nets), strict=True):
        assert torch.equal(one, other)


def test_the_objective_falls(drawn):
    recipe = PairRecipe(batch=60)
    net = PairNet(SMALL)
    initialise_pair(net, torch.Generator().manual_seed(0))
    (batch,) = batches(drawn, epochs=1, size=60, generator=torch.Generator().manual_seed(0))
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=1e-2), []
    for _ in range(25):
        loss = objective(net, batch, recipe, torch.Generator().manual_seed(0), done=0.1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_a_batch_without_studies_is_trained_on_as_wholes(drawn):
    net, generator = PairNet(SMALL), torch.Generator().manual_seed(0)
    initialise_pair(net, generator)
    (batch,) = batches(drawn, epochs=1, size=60, generator=generator)
    whole = PairBatch(*(getattr(batch, name)[~batch.studies] for name in PairBatch.__dataclass_fields__))
    only_whole = PairRecipe(increments=Increments(windows_from=2, patches_from=2))
    torch.testing.assert_close(
        *(objective(net, whole, recipe, generator, done=0.9) for recipe in (PairRecipe(), only_whole))
    )
