"""Collections: recording the tokens of photos, asking them, and what is told where they are gone."""

import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from attribution.similarity import conditional_map, similarity_map
from concepts.data.images import open_photos
from concepts.lexicon import Lexicon, load_lexicon
from concepts.lexicon.collections import (
    Collection,
    TokenMatrix,
    best_places,
    is_space_of,
    list_collections,
    mean_token,
    place_search,
    places_on_grid,
    record_collection,
    record_report,
    recording,
    retrieve_photos,
    share_space,
)
from concepts.models import load_model, split_model
from concepts.report import ReportSettings, build_report
from tests.support.tiny import CLASSES, FACTORY, build, to_tensor, write_photos


@pytest.fixture(scope="module")
def split():
    return split_model(load_model(FACTORY, class_names=CLASSES), layer="features")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=10)))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def collection(split, photos, root):
    lexicon = Lexicon(("red", "green"), torch.eye(4)[:2], name="colours")
    folder = root / "collections" / "tiny"
    return record_collection(split, photos, folder, store=root / "store", lexicons=[lexicon])


def test_it_holds_the_tokens_of_every_photo(collection, split, photos):
    assert len(collection) == 20
    assert collection.grid == (8, 8)
    assert collection.n_channels == 4
    images = torch.stack([split.card.prepare(photos.open(i)) for i in (0, 13)])
    expected = split.encode(images)
    torch.testing.assert_close(collection.patches(0), expected[0], atol=1e-3, rtol=1e-3)  # stored in halves
    torch.testing.assert_close(collection.patches(13), expected[1], atol=1e-3, rtol=1e-3)
    assert collection.labels[0] == "green"
    assert collection.labels[13] == "red"
    assert collection.names[13] == photos.names[13]
    assert collection.thumbnail(3).startswith(b"\xff\xd8")


def test_more_photos_than_a_collection_lists_are_told_before_the_pass(split, photos, collection, tmp_path, monkeypatch):
    size = (collection.folder / "collection.json").stat().st_size
    monkeypatch.setattr(recording, "MOST_BYTES", size // 2)
    passed = []
    with pytest.raises(
        ValueError, match=r"^the names of 20 photos are 0 MB, and a collection lists at most 0 MB: record"
    ):
        record_collection(split, photos, tmp_path / "a", store=tmp_path, progress=passed.append)
    assert (passed, list(tmp_path.iterdir())) == ([], [])
    monkeypatch.setattr(recording, "MOST_BYTES", size)
    assert len(record_collection(split, photos, tmp_path / "a", store=tmp_path)) == 20


def test_what_is_written_is_read_again(collection, root):
    again = Collection.load(collection.folder, root / "store")
    assert again == collection
    assert [load_lexicon(folder).words for folder in again.lexicons()] == [("red", "green")]
    assert list_collections([root / "collections", root / "nothing"], root / "store") == [collection]


def test_a_few_thumbnails_are_looked_for_when_it_is_opened_and_a_missing_one_is_told(collection, root, tmp_path):
    store = shutil.copytree(root / "store", tmp_path / "store")
    again = Collection.load(collection.folder, store)
    missing = again.activations.thumbnail(10)
    missing.unlink()
    with pytest.raises(OSError, match=missing.name):
        again.activations.check()
    again.activations.check(thumbnails=2)  # the first and the last
    with pytest.raises(ValueError, match=r"cannot be shown .* run the same analysis again"):
        again.thumbnail(10)
    assert again.thumbnail(11)
    again.activations.thumbnail(19).unlink()
    with pytest.raises(ValueError, match="are damaged"):
        Collection.load(collection.folder, store).activations


def test_checking_it_keeps_no_logits_in_memory(collection):
    again = Collection.load(collection.folder, collection.store)
    assert again.activations.grid == (8, 8)
    assert "logits" not in vars(again.activations)


def test_asking_all_photos_is_asking_each(collection, rng):
    query = torch.randn(4, generator=rng)
    found = TokenMatrix(collection).similarity(query)
    assert found.shape == (20, 8, 8)
    for image in (0, 7, 19):
        one = similarity_map(collection.patches(image), query)
        np.testing.assert_allclose(found[image], one.numpy(), atol=1e-6)


def test_more_than_fits_is_read_from_disk_with_the_same_answer(collection, monkeypatch):
    query = torch.tensor([1.0, -0.5, 0.2, 0.3])
    expected = TokenMatrix(collection).similarity(query)
    monkeypatch.setattr(place_search, "IN_MEMORY", 0)
    monkeypatch.setattr(place_search, "BATCH", 3)
    np.testing.assert_allclose(TokenMatrix(collection).similarity(query), expected, atol=1e-6)


def test_a_centre_is_taken_from_tokens_and_query(collection):
    centre, query = torch.tensor([0.1, 0.2, 0.0, -0.1]), torch.tensor([1.0, 0.0, 0.0, 0.0])
    found = TokenMatrix(collection, centre).similarity(query)
    one = similarity_map(collection.patches(5) - centre, query - centre)
    np.testing.assert_allclose(found[5], one.numpy(), atol=1e-6)


@pytest.mark.parametrize("in_memory", [0, place_search.IN_MEMORY])
def test_a_condition_holds_in_all_photos(collection, monkeypatch, in_memory):
    monkeypatch.setattr(place_search, "IN_MEMORY", in_memory)
    monkeypatch.setattr(place_search, "ROWS", 100)  # no multiple of a photo's places
    centre, query = torch.tensor([0.1, 0.2, 0.0, -0.1]), torch.tensor([1.0, 0.3, 0.0, 0.0])
    condition = torch.tensor([[0.0, 1.0, 0.5, 0.0], [1.0, 0.0, 0.0, 0.0]])
    found = TokenMatrix(collection, centre).similarity(query, partial(conditional_map, condition=condition))
    for image in (0, 5, 19):
        one = conditional_map(collection.patches(image), query, condition, centre=centre)
        np.testing.assert_allclose(found[image], one.numpy(), atol=1e-6)
    assert np.abs(found - TokenMatrix(collection, centre).similarity(query)).max() > 0.1


def test_a_condition_that_says_nothing_of_the_query_is_told(collection):
    query, condition = torch.tensor([1.0, 0.0, 0.0, 0.0]), torch.tensor([[0.0, 1.0, 0.0, 0.0]])
    with pytest.raises(ValueError, match="choose another condition"):
        TokenMatrix(collection).similarity(query, partial(conditional_map, condition=condition))


def test_a_place_is_found_again_first(collection):
    query = collection.patches(13)[4, 5]
    maps = TokenMatrix(collection).similarity(query)
    assert maps[13, 4, 5] == pytest.approx(1, abs=1e-6)
    found = best_places(maps, top=10)
    assert found[0].value == pytest.approx(1, abs=1e-6)
    assert len({place.image for place in found}) == 10


def test_best_places_are_the_peaks_in_order():
    maps = np.zeros((4, 2, 3))
    maps[0, 1, 2], maps[1, 0, 0], maps[2, 1, 0], maps[3] = 0.5, 0.9, 0.5, -1
    assert [(f.image, f.row, f.column) for f in best_places(maps, 3)] == [(1, 0, 0), (0, 1, 2), (2, 1, 0)]
    assert [f.image for f in best_places(maps, 2, but=1)] == [0, 2]
    with pytest.raises(ValueError, match="at least one"):
        best_places(maps, 0)


def test_a_report_gives_a_collection_without_computing_again(split, photos, root):
    report = build_report(split, photos, "red", ReportSettings(n_concepts=4), store=root / "store")
    recorded = record_report(report, root / "collections", root / "store")
    assert recorded.names == tuple(row.name for row in report.data.images)
    assert recorded.space == list_collections([root / "collections"], root / "store")[-1].space
    thumbnails = [recorded.thumbnail(i) for i in range(3)]
    assert thumbnails == [report.thumbnail(i) for i in range(3)]
    shutil.rmtree(recorded.folder)


def test_tokens_that_are_gone_are_told(collection, root, tmp_path):
    folder = shutil.copytree(collection.folder, tmp_path / "collections" / "copy")
    with pytest.raises(ValueError, match="no longer stored"):
        Collection.load(folder, tmp_path / "store")
    assert list_collections([tmp_path / "collections"], tmp_path / "store") == []
    (folder / "collection.json").write_text('{"title": "x"}')
    with pytest.raises(ValueError, match="record it again"):
        Collection.load(folder, root / "store")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda c: c.patches(20), "has 0 to 19"),
        (lambda c: c.named_token(0, "class token"), "none beside the grid"),
        (lambda c: TokenMatrix(c).similarity(torch.ones(5)), "tokens have 4 channels, the query has 5"),
        (lambda c: TokenMatrix(c).similarity(torch.zeros(4)), "all zeros"),
    ],
)
def test_bad_questions_are_told(collection, ask, message):
    with pytest.raises(ValueError, match=message):
        ask(collection)


def test_a_layer_without_places_is_refused(split, photos, tmp_path):
    vector = split_model(load_model(FACTORY, class_names=CLASSES), layer="flatten")
    with pytest.raises(ValueError, match="no places"):
        record_collection(vector, photos, tmp_path / "x", store=tmp_path / "store")


@pytest.mark.parametrize("centred", [False, True])
def test_retrieved_photos_have_the_largest_cosines_above_the_usual(collection, centred):
    matrix = TokenMatrix(collection, mean_token(collection) if centred else None)
    query = collection.patches(3)[2, 5] + 0.1
    found, maps = retrieve_photos(matrix, query, top=4, alike=0.6, but=3), matrix.similarity(query)
    best = [float(image.max()) for image in maps]
    order = sorted((i for i in range(20) if i != 3), key=lambda i: -best[i])[:4]
    assert [place.value for place in found.places] == pytest.approx([best[i] for i in order])
    assert 3 not in [place.image for place in found.places]
    assert found.usual == pytest.approx(maps.mean())
    assert found.share == sum(value >= 0.6 for value in best) / 20
    assert found.highest == pytest.approx(maps.max())  # of the photo that is left out as well
    for place, shown in zip(found.places, found.maps, strict=True):
        np.testing.assert_allclose(shown, np.clip(maps[place.image] - maps.mean(), 0, None), atol=1e-6)


def test_the_mean_token_is_that_of_an_even_sample(collection):
    every = torch.stack([collection.patches(i) for i in range(20)])
    torch.testing.assert_close(mean_token(collection), every.mean(dim=(0, 1, 2)))
    torch.testing.assert_close(mean_token(collection, 2), every[[0, 19]].mean(dim=(0, 1, 2)))


def test_places_on_another_grid_cover_the_same_part_of_the_photo():
    assert places_on_grid([0, 5, 15], (4, 4), (4, 4)) == [0, 5, 15]
    assert places_on_grid([0, 1, 4, 5], (4, 4), (2, 2)) == [0]
    assert places_on_grid([3, 12], (4, 4), (2, 2)) == [1, 2]
    for place in range(6):
        row, column = divmod(places_on_grid([place], (2, 3), (6, 6))[0], 6)
        assert (row // 3, column // 2) == divmod(place, 3)


class Ordered(nn.Module):
    """The tiny model on channels in another order, by an attribute that no fingerprint shows; photos at their size."""

    def __init__(self, order, transform=to_tensor):
        super().__init__()
        self.order, self.body, self.transform, self.class_names = order, build(), transform, CLASSES

    def forward(self, x):
        return self.body(x[:, self.order])


def ordered(*order, transform=to_tensor):
    return split_model(Ordered(list(order), transform).eval(), layer="body.features")


def test_models_that_are_written_alike_and_act_differently_share_no_space(photos, tmp_path):
    store = tmp_path / "store"
    one, other = ordered(0, 1, 2), ordered(2, 1, 0)
    mine = record_collection(one, photos, tmp_path / "mine", store=store)
    theirs = record_collection(other, photos, tmp_path / "theirs", store=store)
    assert mine.space == theirs.space
    assert not share_space(mine, theirs)
    report = build_report(one, photos, "red", ReportSettings(n_concepts=3))
    assert is_space_of(mine, report)
    assert not is_space_of(theirs, report)


def test_another_preparation_of_photos_leaves_the_space(photos, tmp_path):
    """What the layer makes of other probes says nothing about its space."""
    dark = ordered(0, 1, 2, transform=lambda image: to_tensor(image) / 2)
    collection = record_collection(dark, photos, tmp_path / "dark", store=tmp_path / "store")
    assert is_space_of(collection, build_report(ordered(0, 1, 2), photos, "red", ReportSettings(n_concepts=3)))


def test_results_without_probes_are_compared_by_weights_and_layer(photos, tmp_path):
    split = ordered(0, 1, 2)
    collection = record_collection(split, photos, tmp_path / "old", store=tmp_path / "store")
    report = build_report(split, photos, "red", ReportSettings(n_concepts=3))
    (tmp_path / "store" / collection.tokens / "behaviour.safetensors").unlink()
    assert is_space_of(collection, report)
    elsewhere = replace(report.data, layer=replace(report.data.layer, path="elsewhere"))
    assert not is_space_of(collection, report.with_data(elsewhere))
