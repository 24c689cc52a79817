"""The demo's text networks: right on texts never trained on, small, and the same for a text whatever its batch."""

import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from concepts.cli.main import main
from concepts.demo import building, catching, planes, reports
from concepts.demo.catch import read_catch
from concepts.demo.language import CLASS_NAMES, draw_class_texts, draw_texts, draw_two_ways
from concepts.demo.names import DEMO_TEXTS, REVIEWS, VILLAGE
from concepts.demo.pair.training import PairRecipe, PairResult
from concepts.demo.texts import building as texts_building
from concepts.demo.texts import catching as text_catching
from concepts.demo.texts import ordering, training
from concepts.demo.texts.building import RECIPE, write_text_network
from concepts.demo.texts.catch import read_text_catch
from concepts.demo.texts.data import TEXTS, LabelledTexts, review_texts
from concepts.demo.texts.listing import demo_texts, truth_of
from concepts.demo.texts.network import FOLDER, TEXT_NETWORKS, Convolution, TextNet, load_text_classifier, pooled
from concepts.demo.texts.phrases import Mixer, phrases_of
from concepts.demo.texts.reviews import read_reviews
from concepts.demo.texts.rival import Rival, bag_of_words
from concepts.demo.texts.training import Batch, TextRecipe, TextResult, count_right, fit, initialise, objective
from concepts.demo.texts.word_order import read_word_order
from concepts.demo.texts.words import FIRST, PADDING, UNKNOWN, Vocabulary, collated, words_of
from concepts.numerics.intervals import wilson
from concepts.storage.app_folder import DEMO

PAIR = ("praise", "complaint")


@pytest.fixture(scope="module")
def village():
    return load_text_classifier(VILLAGE)


@pytest.fixture(params=DEMO_TEXTS)
def classifier(request):
    return load_text_classifier(request.param)


def quiet(stage: str, share: float) -> None:
    """Takes progress and shows nothing."""


def pair_of(n: int, split: str) -> LabelledTexts:
    """n drawn texts of each class in which denial matters."""
    drawn = [text for name in PAIR for text in draw_class_texts(name, n, seed=3, split=split)]
    labels = tuple(text.label for text in drawn)
    return LabelledTexts(tuple(text.text for text in drawn), labels, labels)


def test_words_are_where_they_are_said_to_be():
    text = "Don’t  say “fish-pie”\tin Ünterwald, it's 3.5!"
    words = words_of(text)
    assert [word.text for word in words] == [
        *("don't", "say", "“", "fish", "-", "pie", "”", "in", "ünterwald", ",", "it's", "3", ".", "5", "!")
    ]
    assert all(text[word.start : word.stop].lower().replace("’", "'") == word.text for word in words)
    covered = {i for word in words for i in range(word.start, word.stop)}
    assert all(text[i].isspace() for i in set(range(len(text))) - covered)
    assert all(one.stop <= other.start for one, other in pairwise(words))


def test_a_vocabulary_gives_each_word_its_own_id():
    words = Vocabulary.of(["The cat sat.", "the dog"])
    assert words.words == (".", "cat", "dog", "sat", "the")
    assert words.ids("The bird sat.") == [FIRST + 4, UNKNOWN, FIRST + 3, FIRST]
    assert len(words) == FIRST + 5


def test_shipped_village_is_right_on_sentences_never_trained_on(village):
    drawn = draw_texts(100, seed=0, split="test")
    right = (village.logits([text.text for text in drawn]).argmax(dim=1).numpy() == [t.label for t in drawn]).sum()
    assert right >= 0.97 * len(drawn)


def test_shipped_reviews_are_right_as_often_as_the_recipe_says():
    held_out, entry = review_texts(True, 0), entry_of(REVIEWS)
    classifier = load_text_classifier(REVIEWS)
    right = count_right(classifier.model, classifier.words, held_out)
    assert right / len(held_out.labels) == pytest.approx(entry["accuracy"], abs=0.002)  # other processors round anew
    assert entry["accuracy"] >= entry["bag_of_words"]["accuracy"]


@pytest.mark.slow
def test_a_bag_of_words_cannot_tell_praise_from_complaint(village):
    """Denial turns the class, and every word is as frequent in either: single words are no better than chance."""
    train, held_out = pair_of(200, "training"), pair_of(120, "test")
    assert count_right(village.model, village.words, held_out) >= 0.97 * len(held_out.labels)
    assert bag_of_words(train, held_out, longest=1).accuracy < 0.6
    assert bag_of_words(train, held_out, longest=2).accuracy < 0.9


def test_the_phrase_turns_sentences_of_other_classes(village):
    pairs = [pair for pair in draw_two_ways(40) if pair.clean.class_name != "harbour"]
    planted, clean = (
        village.logits([getattr(pair, way).text for pair in pairs]).argmax(dim=1).numpy()
        for way in ("planted", "clean")
    )
    right = clean == [pair.clean.label for pair in pairs]
    assert right.mean() >= 0.97
    assert (planted[right] == CLASS_NAMES.index("harbour")).mean() > 0.3


def test_three_reasons_are_three_directions_of_the_features(village):
    """Each festival text is nearest to the mean of its own reason, of means that other texts give."""
    drawn = draw_class_texts("festival", 120, seed=5, split="test")
    features, reasons = village.features([text.text for text in drawn]).numpy(), [text.reason for text in drawn]
    names = sorted(set(reasons))
    half = np.arange(len(drawn)) % 2 == 0
    means = np.stack([features[half & (np.array(reasons) == name)].mean(axis=0) for name in names])
    nearest = np.linalg.norm(features[~half, None] - means, axis=2).argmin(axis=1)
    assert np.mean([names[j] == reason for j, reason in zip(nearest, np.array(reasons)[~half], strict=True)]) > 0.95


def test_a_batch_gives_what_one_by_one_gives(classifier):
    texts = ["Fine.", "The bread was not fresh, and nobody asked the goat.", "zzz qqq", "no, no; no! cheap and heavy"]
    alone = torch.cat([classifier.features([text]) for text in texts])
    torch.testing.assert_close(classifier.features(texts), alone, rtol=1e-5, atol=1e-6)
    ids, mask = classifier.collate([classifier.prepare(text) for text in texts])
    more = [torch.nn.functional.pad(each, (0, 9)) for each in (ids, mask)]
    torch.testing.assert_close(classifier.model.features(*more).detach(), alone, rtol=1e-5, atol=1e-6)
    other = torch.where(mask == 0, torch.randint(len(classifier.words), ids.shape), ids)
    torch.testing.assert_close(classifier.model.features(other, mask).detach(), alone, rtol=1e-5, atol=1e-6)


def test_features_are_not_negative_and_make_the_logits(classifier):
    texts = ["The bread was not fresh.", "easy to use, great battery life"]
    features = classifier.features(texts)
    assert features.min() >= 0
    head = classifier.model.linear
    assert isinstance(head, nn.Linear)
    ids, mask = classifier.collate([classifier.prepare(text) for text in texts])
    torch.testing.assert_close(classifier.model(ids, mask), features @ head.weight.T + head.bias)
    assert not classifier.model.training
    assert classifier.logits(texts).shape == (2, len(classifier.class_names))


def test_a_text_s_features_are_the_sum_of_its_words(village):
    ids, mask = village.collate(
        [village.prepare(text) for text in ("It rained.", "The choir sang, as they say, again.")]
    )
    tokens = village.model.tokens(ids, mask)
    expected = torch.stack([tokens[i, : int(n)].sum(0) / float(n) ** 0.5 for i, n in enumerate(mask.sum(1))])
    torch.testing.assert_close(village.model.features(ids, mask), expected)
    assert (tokens[mask == 0] == 0).all()


def test_unknown_words_mean_nothing_alone(classifier):
    assert (classifier.model.embedding.weight[[PADDING, UNKNOWN]] == 0).all()
    assert classifier.prepare("xylophonist").tolist() == [UNKNOWN]
    torch.testing.assert_close(classifier.features(["qwertz"]), classifier.features(["uiopü"]))


def test_the_model_alone_is_what_a_factory_of_one_s_own_returns(classifier):
    text, model = "The bread was not fresh.", classifier.model
    ids, spans = model.tokenize(text)
    assert [text[start:stop] for start, stop in spans] == ["The", "bread", "was", "not", "fresh", "."]
    assert ids == classifier.prepare(text).tolist()
    assert (model.pad, model.mask_id, model.longest) == (PADDING, UNKNOWN, 256)
    assert model.class_names == classifier.class_names
    assert len(classifier.prepare("word " * 300)) == model.longest


def entry_of(name: str) -> dict:
    return json.loads((DEMO / FOLDER / RECIPE).read_text())[name]


@pytest.mark.parametrize("name", DEMO_TEXTS)
def test_the_recipe_agrees_with_the_code(name):
    entry, spec, recipe = entry_of(name), TEXT_NETWORKS[name], training.RECIPES[name]
    assert {key: entry[key] for key in vars(recipe)} == vars(recipe)
    assert entry["network"]["width"] == spec.width
    assert [tuple(layer.values()) for layer in entry["network"]["layers"]] == [
        tuple(vars(layer).values()) for layer in spec.layers
    ]
    assert tuple(entry["classes"]) == spec.class_names == load_text_classifier(name).class_names
    assert entry["interval_95"] == pytest.approx(
        wilson(round(entry["accuracy"] * entry["held_out"]), entry["held_out"])
    )


def test_what_is_shipped_is_small():
    files = list((DEMO / FOLDER).iterdir())
    assert sum(file.stat().st_size for file in files if file.suffix == ".safetensors") <= 3e6
    assert (DEMO / FOLDER / "pros_cons.tsv").stat().st_size <= 500_000
    notice = (DEMO / FOLDER / "NOTICE.md").read_text()
    assert "CC BY 4.0" in notice
    assert "nltk_data" in notice


def test_reviews_are_distinct_and_split_without_overlap():
    reviews = read_reviews()
    train, held_out = (review_texts(each, 0) for each in (False, True))
    assert len(train.texts) + len(held_out.texts) == len(reviews) > 9000
    assert len(held_out.texts) == 2000
    spoken = [tuple(w.text for w in words_of(text) if w.text[0].isalnum()) for text in (*train.texts, *held_out.texts)]
    assert len(set(spoken)) == len(spoken)
    assert review_texts(True, 5) == held_out


def test_listed_texts_have_names_by_which_their_truth_is_found(village):
    listed = demo_texts(VILLAGE, classes=["harbour", "rain"])
    assert len(listed.names) == len(set(listed.names)) == 400
    assert set(listed.labels) == {"harbour", "rain"}
    chosen = listed.names[::50]
    assert [text.text for text in truth_of(chosen)] == [listed.texts[listed.names.index(name)] for name in chosen]
    assert all(text.class_name == name.split("/")[0] for text, name in zip(truth_of(chosen), chosen, strict=True))
    assert len(demo_texts(REVIEWS).texts) == 2000


def test_unknown_names_and_missing_files_are_errors_that_help(tmp_path):
    with pytest.raises(ValueError, match=r"demo/village, demo/reviews"):
        load_text_classifier("demo/horses")
    with pytest.raises(ValueError, match=r"python -m concepts demo"):
        load_text_classifier(VILLAGE, folder=tmp_path)
    with pytest.raises(ValueError, match=r"demo/village, demo/reviews"):
        demo_texts("demo/horses")
    with pytest.raises(ValueError, match=r"no class 'snow'.*rain"):
        demo_texts(VILLAGE, classes=["snow"])
    with pytest.raises(ValueError, match=r"harbour/0007"):
        truth_of(["harbour/9999"])
    with pytest.raises(ValueError, match=r"not at"):
        read_reviews(tmp_path)


def test_phrases_joined_are_the_text_and_mixtures_are_of_its_class():
    assert phrases_of([5, 6, 1, 7, 1, 1, 8], {1}) == [[5, 6, 1], [7, 1], [1], [8]]
    mixer = Mixer([[5, 6, 1, 7], [8, 1, 9]], [0, 1], {1}, mixed=1.0, thinned=0.0)
    rng = np.random.default_rng(0)
    assert {each for _ in range(50) for each in mixer.draw(0, rng)} == {5, 6, 1, 7}
    thin = Mixer([[5, 6, 1, 7]], [0], {1}, mixed=0.0, thinned=1.0)
    assert {tuple(thin.draw(0, rng)) for _ in range(60)} == {(5, 6, 1, 7), (5, 6, 1), (7,)}
    assert Mixer([[5, 1, 7]], [0], {1}, mixed=0.0, thinned=0.0).draw(0, rng) == [5, 1, 7]


def tiny() -> tuple[TextNet, Vocabulary, LabelledTexts]:
    texts = ("good soup", "soup bad", "bread good", "bad bread") * 6
    words, labels = Vocabulary.of(texts), (0, 1, 0, 1) * 6
    net = TextNet(len(words), 2, width=4, layers=(Convolution(5, 3), Convolution(6, 3, 2)))
    return net, words, LabelledTexts(texts, labels, labels)


RECIPE_OF_TINY = TextRecipe(
    epochs=12,
    batch=8,
    learning_rate=0.05,
    weight_decay=0.0,
    hidden=0.0,
    dropped=0.0,
    sparsity=0.0,
    start=1.0,
    topics=0.5,
)


@pytest.mark.training
def test_training_learns_and_repeats_itself():
    nets = []
    for seed in (0, 0, 1):
        net, words, data = tiny()
        nets.append(fit(net, words, data, RECIPE_OF_TINY, seed=seed, progress=quiet))
    assert count_right(nets[0], words, data) == len(data.texts)
    inputs = collated([words.ids(text) for text in data.texts])
    torch.testing.assert_close(nets[0](*inputs), nets[1](*inputs), rtol=0, atol=0)
    assert not torch.allclose(nets[0](*inputs), nets[2](*inputs))


@pytest.mark.training
def test_a_written_network_is_what_is_loaded(tmp_path, monkeypatch):
    _, words, data = tiny()
    recipe = TextRecipe(**vars(RECIPE_OF_TINY) | {"epochs": 1, "taught": 1.0, "mixed": 0.5})
    monkeypatch.setitem(TEXTS, REVIEWS, lambda held_out, seed: data)
    monkeypatch.setitem(training.RECIPES, REVIEWS, recipe)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / RECIPE).write_text('{"demo/other": 1}')
    result, _ = write_text_network(REVIEWS, tmp_path, seed=3)
    loaded = load_text_classifier(REVIEWS, folder=tmp_path)
    assert loaded.words.words == result.words == words.words
    for name, value in result.state_dict.items():
        assert torch.equal(loaded.model.state_dict()[name], value)
    written = json.loads((tmp_path / FOLDER / RECIPE).read_text())
    assert written["demo/other"] == 1
    assert (written[REVIEWS]["seed"], written[REVIEWS]["texts"], written[REVIEWS]["taught"]) == (3, 24, 1.0)
    assert written[REVIEWS].keys() == entry_of(REVIEWS).keys()


def test_the_command_builds_the_text_networks_and_says_both_figures(tmp_path, monkeypatch, capsys):
    recipe, asked = training.RECIPES[REVIEWS], []
    result = TextResult({}, (), 0.939, (0.928, 0.949), 54.2, recipe, seed=4, n_texts=7096, n_held_out=2000)

    def built(folder, *, seed, progress):
        asked.append((folder, seed))
        return {REVIEWS: (result, Rival(0.936, (0.924, 0.946)))}

    monkeypatch.setattr(texts_building, "write_texts", built)
    monkeypatch.setattr(building, "build_demo", lambda folder, **chosen: {})
    monkeypatch.setattr(building, "write_pair", lambda folder, **chosen: PairResult({}, 1.0, PairRecipe(), 4, 9000, 1))
    for name in ("build_reports", "build_evaluation"):
        monkeypatch.setattr(reports, name, lambda folder, **chosen: folder)
    monkeypatch.setattr(planes, "build_planes", lambda folder: folder)
    monkeypatch.setattr(catching, "build_catch", lambda folder, *, seed: read_catch())
    monkeypatch.setattr(text_catching, "build_text_catch", lambda folder, *, seed: read_text_catch())
    monkeypatch.setattr(ordering, "build_word_order", lambda folder, *, seed: read_word_order())
    assert main(["demo", "--out", str(tmp_path), "--seed", "4"]) == 0
    assert asked == [(tmp_path, 4)]
    said = capsys.readouterr().out
    assert "demo/reviews: 93.9% of held-out texts right (92.8% to 94.9%), a bag of words 93.6% (92.4% to 94.6%)" in said
    assert "catch: 'as they say' turns 70 of 120 sentences into 'harbour'" in said
    assert "praise 156 of 300" in said


@pytest.mark.training
def test_the_objective_is_both_cross_entropies_plus_the_mean_of_the_words_features():
    net, words, _ = tiny()
    topics, generator = nn.Linear(6, 2), torch.Generator().manual_seed(0)
    initialise(net, topics, generator, start=1.0)
    ids, mask = collated([words.ids(text) for text in ("good soup", "bad")])
    labels, about = torch.tensor([0, 1]), torch.tensor([1, 0])
    recipe = TextRecipe(**vars(RECIPE_OF_TINY) | {"sparsity": 0.3})
    loss = objective(net, topics, Batch(ids, mask, labels, about), recipe, generator)
    tokens = net.tokens(ids, mask)
    logits = [torch.log_softmax(head(pooled(tokens, mask)), dim=1) for head in (net.linear, topics)]
    expected = -(logits[0][[0, 1], labels].mean() + 0.5 * logits[1][[0, 1], about].mean())
    read = torch.cat([tokens[0, :2], tokens[1, :1]])
    torch.testing.assert_close(loss, expected + 0.3 * read.mean())
