"""Tiles stitch to what the whole photo gives, wherever padding does not reach; their places are those of the photo."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import VisionTransformer

from concepts.activations.tiling import TiledEncoder, encode_tiles
from concepts.activations.tiling.stitching import axis_weights, colours_of
from concepts.cli.main import main
from concepts.data.images import open_photos
from concepts.lexicon.collections import record_collection
from concepts.models import Split, split_model
from concepts.models.classifiers.transform import PhotoTransform

SIZE, STRIDE = 32, 4


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def small_net(padding: int, seed: int = 0) -> Split:
    """Stride 4, p = 5; a token sees 12 px: its own 4, and 4 to each side by the second convolution."""
    torch.manual_seed(seed)
    first, second = nn.Conv2d(3, 6, 4, stride=4), nn.Conv2d(6, 5, 3, padding=padding)
    model = nn.Sequential()
    model.add_module("features", nn.Sequential(first, nn.ReLU(), second))
    model.add_module("head", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3)))
    model.transform = PhotoTransform(resize=SIZE, crop=SIZE)
    return split_model(model.eval().requires_grad_(False), "features")


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def whole(split: Split, photo: Image.Image) -> torch.Tensor:
    return split.encode(colours_of(split.card.transform, (SIZE, SIZE))(photo)[None])[0]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("overlap", "batch_size"), [(0, 1), (4, 3), (16, 8), (20, 2)])
def test_without_padding_tiles_give_the_whole_photo(seed, overlap, batch_size):
    split = small_net(padding=0, seed=seed)
    photo = noise(32 + 4 * 17, 32 + 4 * 9, seed)
    found = encode_tiles(split, photo, tile=32, overlap=overlap, batch_size=batch_size)
    expected = whole(split, photo)  # 26 × 18 px in fours, less one at each border
    assert found.tokens.shape == expected.shape == (15, 23, 5)
    torch.testing.assert_close(found.tokens, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_padding_a_margin_as_wide_as_it_reaches_gives_the_whole_photo(seed):
    split, photo = small_net(padding=1, seed=seed), noise(32 + 4 * 11, 32 + 4 * 7, seed)
    expected = whole(split, photo)
    kept_out = encode_tiles(split, photo, overlap=16, margin=1).tokens
    let_in = encode_tiles(split, photo, overlap=16, margin=0).tokens
    torch.testing.assert_close(kept_out, expected, atol=1e-4, rtol=0)
    assert (let_in - expected).abs().max() > 1e-2


def test_the_default_is_no_worse_than_half_the_seams_of_plain_tiles(rng):
    split, photo = small_net(padding=1), noise(120, 96, rng.initial_seed())
    expected = whole(split, photo)
    plain = (encode_tiles(split, photo, overlap=0).tokens - expected).abs().max()
    assert (encode_tiles(split, photo, margin=0).tokens - expected).abs().max() < plain
    assert (encode_tiles(split, photo).tokens - expected).abs().max() < 1e-4  # a third of four tokens is one


@pytest.mark.parametrize(
    ("offsets", "n", "margin"), [((0, 5, 10), 8, 0), ((0, 5, 10), 8, 1), ((0, 4), 8, 2), ((0,), 8, 0)]
)
def test_weights_of_neighbours_add_up_to_one_and_leave_the_margin_out(offsets, n, margin):
    weights = axis_weights(offsets, n, margin)
    total = torch.zeros(offsets[-1] + n)
    for start, each in zip(offsets, weights, strict=True):
        total[start : start + n] += each
    torch.testing.assert_close(total, torch.ones_like(total))
    assert (weights[1:, :margin] == 0).all()
    assert (weights[:-1, n - margin :] == 0).all()
    assert weights[0, 0] == weights[-1, -1] == 1  # the photo's own border


def test_a_bright_square_is_found_at_its_place_in_the_photo():
    split = small_net(padding=0)
    pixels = np.zeros((256, 320, 3), dtype=np.uint8)
    photo_of_nothing = encode_tiles(split, Image.fromarray(pixels), short_side=128)
    pixels[160:176, 240:256] = 255
    found = encode_tiles(split, Image.fromarray(pixels), short_side=128)
    change = (found.tokens - photo_of_nothing.tokens).abs().sum(dim=-1)
    centre = (found.centres * change[..., None]).sum(dim=(0, 1)) / change.sum()
    torch.testing.assert_close(centre, torch.tensor([248.0, 168.0]), atol=8, rtol=0)  # one token of 8 px
    assert found.stride == (8, 8)
    torch.testing.assert_close(found.boxes[..., 2:] - found.boxes[..., :2], torch.full((*change.shape, 2), 8.0))


def test_the_whole_photo_is_blended_in_by_its_share():
    split, photo = small_net(padding=1), noise(96, 80)
    tiles, blended, only = (encode_tiles(split, photo, whole=share).tokens for share in (0.0, 0.25, 1.0))
    torch.testing.assert_close(blended, 0.75 * tiles + 0.25 * only)
    even = Image.new("RGB", (96, 80), (90, 30, 200))
    same = encode_tiles(small_net(padding=0), even, whole=0.5).tokens
    torch.testing.assert_close(same, same[:1, :1].expand_as(same), atol=1e-5, rtol=0)


def test_a_photo_of_50_megapixels_is_brought_down_and_a_small_one_enlarged():
    split = small_net(padding=0)
    large = encode_tiles(split, Image.new("RGB", (10_000, 5_000)), max_pixels=50_000)
    assert "brought down to the 50,000 pixels" in large.note
    assert "10,000 × 5,000 → 316 × 158" in large.note
    assert large.tokens.shape[:2] == ((158 - 32) // 4 + 6, (316 - 32) // 4 + 6)
    assert large.centres[-1, -1, 0] < 10_000
    small = encode_tiles(split, noise(20, 16))
    assert small.note == "enlarged to hold one tile: 20 × 16 → 40 × 32 pixels"
    assert encode_tiles(split, noise(64, 64)).note == ""


def test_colours_are_those_of_the_models_own_transform(rng):
    photo = noise(SIZE, SIZE, rng.initial_seed())
    transform = PhotoTransform(resize=SIZE, crop=SIZE)
    torch.testing.assert_close(colours_of(transform, (SIZE, SIZE))(photo), transform(photo), atol=1e-5, rtol=1e-5)


def test_bad_input_is_refused_in_plain_words():
    split, photo = small_net(padding=0), noise(64, 64)
    with pytest.raises(ValueError, match="overlap is 32 px, tiles of 6 tokens take 0 to 20"):
        encode_tiles(split, photo, overlap=32)
    with pytest.raises(ValueError, match="margin is 3 tokens, an overlap of 4 tokens takes 0 to 2"):
        encode_tiles(split, photo, margin=3)
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        encode_tiles(split, photo, whole=1.5)
    with pytest.raises(ValueError, match="crop it, or give smaller tiles"):
        encode_tiles(split, Image.new("RGB", (4000, 2)), max_pixels=10_000)
    with pytest.raises(ValueError, match="takes no tiles of 2 px"):
        encode_tiles(split, photo, tile=2)
    with pytest.raises(ValueError, match="more to colours"):
        colours_of(lambda image: torch.tensor(np.array(image)).permute(2, 0, 1).float().square(), (8, 8))


def test_a_layer_pooled_to_a_fixed_size_is_refused():
    model = nn.Sequential(nn.Conv2d(3, 4, 4, stride=4), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 3))
    model.transform = PhotoTransform(resize=SIZE, crop=SIZE)
    with pytest.raises(ValueError, match="before any pooling to a fixed size"):
        encode_tiles(split_model(model.eval(), "1"), noise(64, 64))


def test_a_transformer_of_one_image_size_is_tiled_too():
    torch.manual_seed(0)
    model = VisionTransformer(32, 8, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=3).eval()
    model.transform = PhotoTransform(resize=SIZE, crop=SIZE)
    split = split_model(model, "encoder.layers.encoder_layer_0")
    photo = noise(64, 32)
    found = encode_tiles(split, photo, overlap=0).tokens
    left, right = (split.card.prepare(photo.crop((x, 0, x + 32, 32))) for x in (0, 32))
    expected = torch.cat(list(split.to_map(split.encode(torch.stack([left, right])))), dim=1)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    with pytest.raises(ValueError, match="takes no tiles of 48 px"):
        encode_tiles(split, photo, tile=48)


@pytest.mark.parametrize("whole", [0.0, 0.3])
def test_a_tiled_encoder_gives_what_the_same_photo_gives_in_tiles(whole):
    split, photo = small_net(padding=1), noise(96, 96)
    tiled = TiledEncoder(split, times=3, whole=whole)
    expected = encode_tiles(split, photo, whole=whole).tokens
    found = tiled.encode(torch.stack([tiled.card.prepare(photo)] * 2))
    assert tiled.grid == tuple(expected.shape[:2])
    torch.testing.assert_close(found, expected.expand_as(found), atol=1e-5, rtol=0)


def test_photos_are_recorded_in_tiles_on_a_fine_grid_in_the_models_own_space(tmp_path):
    split = small_net(padding=0)
    for i in range(3):
        noise(90 + i, 70, i).save(tmp_path / f"{i}.png")
    photos = open_photos(str(tmp_path))
    plain = record_collection(split, photos, tmp_path / "plain", store=tmp_path / "store")
    fine = record_collection(TiledEncoder(split, times=2), photos, tmp_path / "fine", store=tmp_path / "store")
    assert (plain.grid, fine.grid) == ((6, 6), (14, 14))
    assert (plain.space, plain.n_channels) == (fine.space, fine.n_channels)
    assert plain.tokens != fine.tokens


def test_tiles_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="9 tiles a side were asked for: give 1 to 8"):
        TiledEncoder(small_net(padding=0), times=9)
    with pytest.raises(ValueError, match="share of the whole photo is 2"):
        TiledEncoder(small_net(padding=0), whole=2)


def test_the_command_records_tiles(tmp_path, capsys):
    noise(100, 100).save(tmp_path / "one.png")
    given = ["tokens", "--model", "demo/pair", "--images", str(tmp_path), "--workspace", str(tmp_path / "w")]
    assert main([*given, "--name", "fine", "--tiles", "2", "--whole", "0.2"]) == 0
    assert "48 × 48 places of 64 channels" in capsys.readouterr().out
    assert main([*given, "--name", "plain", "--whole", "0.2"]) == 2
    assert "--whole 0.2 goes with --tiles 2 or more" in capsys.readouterr().err
