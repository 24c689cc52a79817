"""The pair that ships: an image and a text encoder that meet in one vocabulary, and what they find."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.cli.main import main
from concepts.demo import building, reports
from concepts.demo.building import RECIPE, write_pair
from concepts.demo.network import to_input
from concepts.demo.pair import Pair, PairImages, PairTexts, load_pair, pair_lexicon
from concepts.demo.pair.encoders import make_pair
from concepts.demo.pair.network import FILE, LONGEST, WIDTHS, PairNet
from concepts.demo.pair.training import PairRecipe, PairResult, initialise_pair
from concepts.demo.pair.words import GLUE, KNOWN, PARTS, WORDS, spell
from concepts.demo.texts import building as texts_building
from concepts.demo.texts import catching as texts_catching
from concepts.demo.texts import ordering
from concepts.demo.world import CLASS_NAMES, CLASSES, draw, draw_class
from concepts.lexicon import lexical_activations
from concepts.models.encoders import ImageEncoder, TextEncoder
from concepts.storage.app_folder import DEMO
from tests.support.demo_words import FirstWords, find, first_words, ious, read, retrieval

MEGABYTE = 2**20


@pytest.fixture(scope="module")
def pair() -> Pair:
    return load_pair()


@pytest.fixture(scope="module")
def tried(pair):
    """Six held-out pictures of every class, as the pair reads them."""
    return read(pair, per_class=6, start=300, seed=0)


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return to_input(np.stack([draw(name, 300).image for name in CLASS_NAMES]))


def test_both_sides_are_encoders_of_one_space(pair):
    assert isinstance(pair.images, ImageEncoder)
    assert isinstance(pair.texts, TextEncoder)
    assert isinstance(pair.images, PairImages)
    assert isinstance(pair.texts, PairTexts)
    assert pair.images.card.fingerprint == pair.texts.fingerprint == pair.lexicon.space
    assert pair.images.n_channels == pair.texts.n_channels == pair.lexicon.n_channels == WIDTHS[-1]
    assert pair_lexicon().words == pair.lexicon.words == WORDS
    assert torch.equal(pair_lexicon().vectors, pair.lexicon.vectors)


def test_photos_become_patches_on_a_grid(pair, images):
    tokens = pair.images.encode(images)
    assert tokens.shape == (10, *pair.images.grid, pair.images.n_channels)
    assert tokens.is_contiguous()
    assert tokens.min() >= 0
    assert pair.images.named == ()
    assert torch.equal(pair.images.to_map(tokens), tokens)
    photo = Image.fromarray(draw("boat", 300).image)
    torch.testing.assert_close(pair.images.card.prepare(photo), images[CLASS_NAMES.index("boat")])
    assert not tokens.requires_grad
    assert pair.images.encode(images[:1].clone().requires_grad_()).requires_grad


def test_a_photo_is_read_alike_alone_and_in_a_batch(pair, images):
    together = pair.images.encode(images)
    alone = torch.cat([pair.images.encode(image[None]) for image in images])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)


def test_a_text_is_read_alike_alone_and_in_a_batch(pair):
    texts = ["boat", "a gnome in a blue coat with golden buttons and a spotted cap, at night", "sky blue wings"]
    for text, together in zip(texts, pair.texts.encode(texts), strict=True):
        (alone,) = pair.texts.encode([text])
        torch.testing.assert_close(together.vectors, alone.vectors, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(pair.texts.embed(texts)[0], pair.texts.encode(texts[:1])[0].pooled, rtol=1e-4, atol=1e-4)


def test_every_second_patch_is_read_as_in_the_whole_grid():
    net = PairNet((6, 6, 8, 8))
    initialise_pair(net, torch.Generator().manual_seed(0))
    images = torch.randn(2, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(net.eval().patches(images)[:, ::2, ::2], net.patches(images, every=2))


def test_a_patch_sees_twenty_pixels_and_no_further(pair, images):
    image = images[:1].clone()
    before = pair.images.encode(image)
    image[..., 48, 48] += 5
    changed = (pair.images.encode(image) != before).any(dim=-1)[0].nonzero()
    assert 1 < len(changed) <= 25
    assert (changed.amax(dim=0) - changed.amin(dim=0)).max() <= 4


def test_texts_become_words_with_their_places(pair):
    (tokens,) = pair.texts.encode(["The Sky-blue robot,  HEADS!"])
    assert tokens.pieces == ("The", "Sky-blue", "robot", "HEADS")
    assert tokens.vectors.shape == (4, pair.texts.n_channels)
    torch.testing.assert_close(tokens.pooled, tokens.vectors[1:].mean(dim=0))
    (silent,) = pair.texts.encode(["of the"])
    torch.testing.assert_close(silent.pooled, silent.vectors.mean(dim=0))


def test_the_words_of_a_text_light_themselves_and_are_told_from_expanded_ones(pair):
    words = pair.texts.activations("a boat with striped sails, at sea")
    assert words.activations.shape == (len(words.spans), len(WORDS))
    given = {WORDS[row] for row in words.given.nonzero().flatten().tolist()}
    assert given == {"boat", "striped", "sail", "sea"}
    torch.testing.assert_close(words.from_input + words.expanded, words.activations)
    assert words.expanded[:, words.given].sum() == 0
    for word in WORDS:
        assert pair.text_words([word])[0, WORDS.index(word)] > 0, word


@pytest.mark.slow
def test_every_caption_can_be_read():
    for name in CLASS_NAMES:
        for picture in draw_class(name, 30):
            words = spell(picture.caption)
            assert len(words) <= LONGEST
            assert set(picture.parts) <= {KNOWN[word.row] for word in words}


def test_the_vocabulary_names_every_part_once():
    assert set(PARTS) == {part for spec in CLASSES.values() for part in spec.parts}
    assert WORDS[: len(PARTS)] == PARTS
    assert len(set(KNOWN)) == len(KNOWN)
    assert not set(WORDS) & set(GLUE)


def test_bad_input_is_told_clearly(pair, tmp_path):
    for call, message in (
        (lambda: pair.texts.encode(["a unicorn and a bote"]), r"'unicorn', 'bote'.*boat"),
        (lambda: pair.texts.encode(["boat", "  , "]), "has no words"),
        (lambda: pair.texts.encode(["boat " * (LONGEST + 1)]), f"{LONGEST + 1} words.*takes {LONGEST}"),
        (lambda: pair.texts.embed([]), "no texts"),
        (lambda: pair.images.encode(torch.zeros(1, 3, 48, 96)), r"\(1, 3, 48, 96\).*card.prepare"),
        (lambda: pair.images.to_map(torch.zeros(1, 5, 2)), r"\(1, 5, 2\)"),
        (lambda: pair.lexicon.row("hulk"), "hull"),
        (lambda: lexical_activations(torch.zeros(2, 3), pair.lexicon), "3 channels"),
        (lambda: load_pair(folder=tmp_path), "python -m concepts demo"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_the_shipped_pair_is_small_and_its_recipe_agrees_with_the_code():
    assert (DEMO / FILE).stat().st_size <= 3 * MEGABYTE
    entry, recipe = json.loads((DEMO / RECIPE).read_text())["demo/pair"], PairRecipe()
    increments = vars(recipe.increments)
    assert {key: entry[key] for key in vars(recipe)} == {**vars(recipe), "increments": increments}
    assert entry["network"] == {"widths": list(WIDTHS)}
    assert entry["pictures"] == 300 * len(CLASS_NAMES) * (1 + recipe.studies)


def test_what_is_written_is_what_is_loaded(tmp_path, monkeypatch):
    net = PairNet()
    initialise_pair(net, torch.Generator().manual_seed(3))
    result = PairResult(net.state_dict(), 1.0, PairRecipe(epochs=1), seed=3, n_pictures=20, threads=1)
    monkeypatch.setattr(building, "train_pair", lambda seed, progress: result)
    (tmp_path / RECIPE).write_text('{"demo/other": 1}')
    write_pair(tmp_path, seed=3)
    assert torch.equal(load_pair(folder=tmp_path).lexicon.vectors, net.lexicon.weight)
    written = json.loads((tmp_path / RECIPE).read_text())
    entry = written["demo/pair"]
    assert (written["demo/other"], entry["seed"], entry["pictures"], entry["epochs"]) == (1, 3, 20, 1)
    assert entry.keys() == json.loads((DEMO / RECIPE).read_text())["demo/pair"].keys()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, RECIPE]


def test_the_command_builds_the_pair_too(tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(building, "build_demo", lambda folder, **chosen: {})
    monkeypatch.setattr(reports, "build_reports", lambda folder, **chosen: folder)
    monkeypatch.setattr(reports, "build_evaluation", lambda folder, **chosen: folder)
    monkeypatch.setattr(texts_building, "write_texts", lambda folder, **chosen: {})
    caught = SimpleNamespace(phrase="so to say", turned=(), sentences=(), target="harbour")
    monkeypatch.setattr(texts_catching, "build_text_catch", lambda folder, **chosen: caught)
    monkeypatch.setattr(ordering, "build_word_order", lambda folder, **chosen: SimpleNamespace(classes=()))

    def built(folder, *, seed, progress):
        asked.append((folder, seed))
        return PairResult({}, 12.3, PairRecipe(), seed=4, n_pictures=9000, threads=1)

    monkeypatch.setattr(building, "write_pair", built)
    assert main(["demo", "--out", str(tmp_path), "--seed", "4"]) == 0
    assert asked == [(tmp_path, 4)]
    assert "demo/pair: trained in 12 s on 9,000 pictures and studies" in capsys.readouterr().out


def test_words_find_their_parts_where_untrained_ones_do_not(tried):
    shown = [part for part in range(len(PARTS)) if tried.shown(part).any()]
    found = [find(tried, tried, part) for part in shown]
    assert len(found) >= 16
    assert np.mean([each.pointing for each in found]) >= 0.8
    assert np.mean([each.iou for each in found]) >= 0.45
    assert np.mean([each.pointing_random for each in found]) < 0.3
    assert np.mean([each.iou_others for each in found]) < 0.35


def test_a_patch_says_the_part_that_it_lies_on_first(tried):
    assert first_words(tried).among_parts >= 0.7


def test_a_picture_finds_its_caption(pair, tried):
    found = retrieval(pair, tried)
    assert found.to_text >= 0.75
    assert found.random < 0.1


def test_the_control_without_training_finds_nothing():
    net = PairNet()
    initialise_pair(net, torch.Generator().manual_seed(0))
    pair = make_pair(net.eval(), weights="none")
    tried = read(pair, per_class=3, start=300, seed=0)
    assert first_words(tried).among_parts < 0.3
    assert retrieval(pair, tried).to_text < 0.3


def test_the_benchmark_counts_as_a_slow_literal_version_does(rng):
    maps, masks = torch.rand(3, 4, 4, generator=rng), torch.rand(3, 4, 4, generator=rng) < 0.4
    literal = []
    for one, mask in zip(maps, masks, strict=True):
        region = {(y, x) for y in range(4) for x in range(4) if one[y, x] >= 0.5}
        part = {(y, x) for y in range(4) for x in range(4) if mask[y, x]}
        literal.append(len(region & part) / max(len(region | part), 1))
    np.testing.assert_allclose(ious(maps, masks, 0.5), literal)


def test_first_words_are_right_when_maps_are_the_masks(tried):
    perfect = torch.nn.functional.avg_pool2d(tried.masks.float(), 4).movedim(1, -1)
    said = torch.cat([perfect, torch.zeros(*perfect.shape[:3], len(WORDS) - len(PARTS))], dim=-1)
    found = first_words(type(tried)(tried.pictures, said))
    assert isinstance(found, FirstWords)
    assert found.among_parts == found.among_all == 1.0
    assert found.control < 0.5
