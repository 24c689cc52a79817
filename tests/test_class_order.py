"""The order of the class names: where they came from, and what is said where another order is much better."""

import io
import re
import shlex
from itertools import permutations

import numpy as np
import pytest
import torch
from torch import nn

from concepts.data.images import DEFAULT_LIMITS, PhotoSet, open_photos
from concepts.data.images.labels import GivenLabels, LabelSource
from concepts.evaluation import LabSettings
from concepts.evaluation.advice import advise_n_concepts
from concepts.evaluation.evaluate import evaluate
from concepts.glossary import entry_of
from concepts.models import card_of, load_model, split_model
from concepts.models.classifiers.classnames import read_class_names
from concepts.report import ReportSettings, build_report
from concepts.report.class_names import ORDER
from concepts.report.pipeline import class_order
from concepts.report.pipeline.class_order import OrderTrial, best_assignment, sample_of
from concepts.report.pipeline.selection import names_from, names_of_classes
from tests.support import tiny
from tests.support.tiny import CLASSES, FACTORY, write_photos

SETTINGS = ReportSettings(n_concepts=3, sample=500, n_crops=1)
EACH = 8  # photos of a class


def trial(confusion: list[list[int]], seed: int = 0) -> OrderTrial:
    """The answers of a table of classes × outputs."""
    pairs = [(row, column) for row, counts in enumerate(confusion) for column, n in enumerate(counts) for _ in range(n)]
    labels, answers = np.array(pairs).T
    return OrderTrial(labels, answers, seed)


def noisy(order: list[int], right: float, seed: int, n: int = EACH) -> OrderTrial:
    """Photos of each class answered by the output `order[class]`, a share of them; the rest at random."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(order)), n)
    guesses = rng.integers(len(order), size=len(labels))
    return OrderTrial(labels, np.where(rng.random(len(labels)) < right, np.array(order)[labels], guesses), seed)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_assignment_is_the_best_of_all_permutations(seed):
    rng = np.random.default_rng(seed)
    labels, answers = rng.integers(4, size=30), rng.integers(4, size=30)
    every = [int((np.array(order)[labels] == answers).sum()) for order in permutations(range(4))]
    assert best_assignment(labels, answers).hits == max(every)


def test_of_equally_good_assignments_names_stay_where_they_are():
    found = best_assignment(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 0, 3, 3]))
    assert found.outputs == {0: 0, 1: 1, 2: 3}
    assert found.hits == 4


@pytest.mark.parametrize("classes", [2, 5, 12])
@pytest.mark.parametrize("seed", range(40))
def test_a_useless_model_is_not_taken_for_another_order(classes, seed):
    assert not noisy(list(range(classes)), 0.0, seed).much_better


BAD = {
    "always the same answer": [[8, 0, 0], [8, 0, 0], [8, 0, 0]],
    "always another answer": [[0, 0, 8], [0, 0, 8], [0, 0, 8]],
    "one class taken for another": [[0, 8, 0], [0, 8, 0], [0, 0, 8]],
    "one class taken for a class without photos": [[8, 0, 0, 0], [0, 8, 0, 0], [0, 0, 0, 8]],
    "one of two classes taken for one without photos": [[8, 0, 0], [0, 0, 8]],
    "each class taken for the next, but the last": [[0, 8, 0], [0, 0, 8], [0, 0, 8]],
    "half right": [[4, 4], [4, 4]],
    "a little worse than chance": [[3, 5], [5, 3]],
    "very few photos": [[0, 2], [2, 0]],
    "photos of one class only wrong": [[0, 8], [1, 7]],
}


@pytest.mark.parametrize("confusion", BAD.values(), ids=BAD.keys())
def test_a_bad_model_is_not_taken_for_another_order(confusion):
    assert not trial(confusion).much_better


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("classes", "right"), [(5, 0.2), (5, 0.5), (12, 0.1), (12, 0.4), (25, 0.2)])
def test_a_weak_model_with_names_in_order_is_not_taken_for_another_order(classes, right, seed):
    assert not noisy(list(range(classes)), right, seed).much_better


ORDERS = {
    "two swapped": [1, 0],
    "two of five swapped": [0, 1, 2, 4, 3],
    "shifted by one": [1, 2, 3, 4, 0],
    "folders 0 … 11 in text order": [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9],
    "capitals first": [2, 0, 3, 1],
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_another_order_is_found_also_where_the_model_errs(order, seed):
    found = noisy(order, 0.95, seed)
    assert found.much_better
    assert found.best.outputs == dict(enumerate(order))
    names = [f"name {i}" for i in range(len(order))]
    assert [found.order(names)[output] for output in order] == names


@pytest.mark.parametrize(("n", "told"), [(5, True), (6, True), (7, False), (12, False)])
def test_two_swapped_classes_of_many_are_below_thirty_points(n, told):
    found = noisy([1, 0, *range(2, n)], 1.0, 0)
    assert (found.hits, found.best.hits) == (EACH * (n - 2), EACH * n)
    assert found.much_better == told


def test_names_of_classes_without_photos_stay_where_they_can():
    found = trial([[0, 0, 8, 0, 0], [8, 0, 0, 0, 0]])
    assert found.order(["a", "b", "c", "d", "e"]) == ("b", "c", "a", "d", "e")


@pytest.mark.parametrize(("classes", "each", "n"), [(1, 50, 0), (2, 3, 6), (2, 50, 16), (12, 9, 96), (40, 20, 200)])
def test_at_most_eight_photos_a_class_and_two_hundred_are_tried(classes, each, n):
    labels = [None, *(i // each for i in range(classes * each)), None]
    chosen = sample_of(labels, [classes - 1])
    assert len(chosen) == len(set(chosen)) == n
    assert None not in {labels[i] for i in chosen}
    assert not chosen or sum(labels[i] == classes - 1 for i in chosen) == min(each, 8)


def classifier(*channels: int, names: list[str] | None = None) -> nn.Module:
    """The tiny model with an output for each of these channels (0 red, 1 green, 2 blue)."""
    model = tiny.build()
    linear = nn.Linear(4, len(channels))
    linear.weight.data, linear.bias.data = 5 * torch.eye(4)[list(channels)], torch.zeros(len(channels))
    model.linear = linear
    if names is not None:
        model.class_names = names  # type: ignore[assignment]  # a module takes any attribute
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Folders green/ and red/ of ten photos each."""
    return open_photos(write_photos(tmp_path_factory.mktemp("photos"), n=10))


def order_check(report):
    return next((check for check in report.data.checks if check.name == ORDER), None)


def test_names_guessed_from_folders_in_another_order_are_refused_before_the_work(photos, tmp_path):
    swapped = split_model(classifier(0, 1), layer="features")  # green, red are the folders in alphabetical order
    with pytest.raises(ValueError, match=r"right on 0 of 16 photos .* on 16 in another") as error:
        build_report(swapped, photos, "red", SETTINGS, store=tmp_path)
    assert "--classes 'red, green'" in str(error.value)
    assert "insist on this one (--classes 'green, red')" in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_evaluations_and_advice_refuse_a_wrong_order_too(photos, tmp_path):
    swapped = split_model(classifier(0, 1), layer="features")
    settings = LabSettings(n_concepts=(3,))
    with pytest.raises(ValueError, match=r"right on 0 of 16 photos"):
        evaluate(swapped, photos, "red", settings, out=tmp_path / "out", store=tmp_path)
    with pytest.raises(ValueError, match=r"right on 0 of 16 photos"):
        advise_n_concepts(swapped, photos, "red", [3], SETTINGS, store=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_names_guessed_from_folders_in_the_right_order_are_kept(photos):
    report = build_report(split_model(classifier(1, 0), layer="features"), photos, "red", SETTINGS)
    assert report.data.model.names_from == "folder names"
    assert (order_check(report).value, order_check(report).control) == (1, 1)
    assert report.data.accuracy.value == 1
    assert report.data.seconds["class order"] > 0
    assert entry_of(ORDER) is not None


@pytest.mark.parametrize(("names", "value"), [(["red", "green"], 1), (["green", "red"], 0)])
def test_names_that_the_model_states_are_kept_and_checked(names, value, photos):
    report = build_report(split_model(classifier(0, 1, names=names), layer="features"), photos, "red", SETTINGS)
    assert report.data.model.names_from == "model"
    assert (order_check(report).value, order_check(report).control) == (value, 1)
    assert ("wrong order" in order_check(report).sentence) == (value == 0)


def test_given_names_are_told_from_the_model_s_own(photos):
    given = load_model(FACTORY, class_names=CLASSES)
    assert card_of(given).names_given
    report = build_report(split_model(given, layer="features"), photos, "red", SETTINGS)
    assert report.data.model.names_from == "given"
    assert order_check(report).value == 1
    assert order_check(report).sentence.startswith("With these class names, the model is right on 16 of 16 photos of 2")


def test_without_names_classes_have_numbers(photos):
    report = build_report(split_model(classifier(0, 1, 2), layer="features"), photos.subset(range(10)), 1, SETTINGS)
    assert report.data.model.names_from == "none"
    assert order_check(report) is None


class Thousand(nn.Module):
    """An untrained classifier of n classes."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 4, 4), nn.ReLU())
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, n))
        self.transform = tiny.to_tensor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


@pytest.mark.parametrize(
    ("n", "folders", "source", "first"),
    [
        (1000, ("n01440764", "n01443537"), "wnids", ("tench", "goldfish")),
        (1000, ("n01440764_tench", "n01443537"), "wnids", ("tench", "goldfish")),
        (999, ("n01440764", "n01443537"), "none", ("class 0", "class 1")),
        (1000, ("tench", "goldfish"), "none", ("class 0", "class 1")),
    ],
)
def test_wnids_of_photos_name_the_classes_of_a_model_of_imagenet(n, folders, source, first, tmp_path):
    for folder in folders:
        (tmp_path / folder).mkdir()
        tiny.draw("red", marked=False, rng=np.random.default_rng(0)).save(tmp_path / folder / "1.png")
    split, photos = split_model(Thousand(n).eval(), layer="features"), open_photos(tmp_path)
    assert names_from(split, photos) == source
    assert names_of_classes(split, photos)[:2] == first
    assert len(names_of_classes(split, photos)) == n


class Pictures:
    """A source of red and green pictures, in turn, that names its classes in the order of their indices."""

    title = root_name = "pictures"
    names = tuple(f"{i:02d}.png" for i in range(20))
    skipped = ()
    labels = GivenLabels(("red", "green") * 10, LabelSource.DATASET, LabelSource.DATASET_NUMBERS, ("red", "green"))

    def read(self, position: int) -> bytes:
        stream = io.BytesIO()
        tiny.draw(self.labels.names[position], marked=False, rng=np.random.default_rng(position)).save(stream, "PNG")
        return stream.getvalue()


@pytest.mark.parametrize("chosen", [range(20), range(0, 20, 2)])
def test_a_dataset_that_names_its_classes_states_their_order(chosen):
    taken = PhotoSet(Pictures(), DEFAULT_LIMITS).subset(chosen)
    report = build_report(split_model(classifier(0, 1), layer="features"), taken, "red", SETTINGS)
    assert report.data.model.names_from == "dataset"
    assert report.data.accuracy.value == 1
    assert (order_check(report) is None) == (len(chosen) == 10)


def test_the_names_that_the_refusal_gives_are_read_as_names():
    names = ["a b", "it's", "ä/ö"]
    said = class_order._refusal(trial([[0, 8, 0], [0, 0, 8], [8, 0, 0]]), names, "photo")
    given = [shlex.split(part)[0] for part in re.findall(r"--classes (.*?)\)", said)]
    assert [read_class_names(each, 3) for each in given] == [("ä/ö", "a b", "it's"), tuple(names)]


@pytest.mark.parametrize("names", [[f"name {i}" for i in range(13)], ["a, b", "c"], ['"a"', "b"]])
def test_names_that_cannot_stand_in_a_command_go_into_a_file(names):
    order = [*range(1, len(names)), 0]
    assert "(--classes FILE, one name a line)" in class_order._refusal(noisy(order, 1.0, 0), names, "photo")


def test_quantities_have_no_order(photos):
    model = load_model(FACTORY, class_names=["red", "green", "blue"], output="regression")
    report = build_report(split_model(model, layer="features"), photos, "red", SETTINGS)
    assert report.data.model.names_from == "given"
    assert order_check(report) is None


def test_numbered_folders_are_in_the_order_of_their_numbers(tmp_path):
    write_photos(tmp_path, n=5)
    for number, colour in enumerate(("red", "green")):
        (tmp_path / colour).rename(tmp_path / f"{number}")
    report = build_report(split_model(classifier(0, 1), layer="features"), open_photos(tmp_path), "0", SETTINGS)
    assert report.data.model.names_from == "folder numbers"
    assert order_check(report).value == 1


def test_one_class_of_photos_says_nothing_of_the_order(photos):
    swapped = split_model(classifier(0, 1, names=["green", "red"]), layer="features")
    report = build_report(swapped, photos.subset(range(10, 20)), "red", SETTINGS)
    assert order_check(report) is None
    assert report.data.accuracy.value == 0
