"""Vision transformers: tokens, heads and grids against the library's own outputs, on tiny random models."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.models.classifiers.transform import PhotoTransform
from concepts.models.encoders import ImageEncoder, open_image_encoder
from concepts.models.encoders.heads import blocks_of
from concepts.models.encoders.photos import WholePhoto, processor_transform
from concepts.models.encoders.pretrained import load_pretrained
from concepts.models.encoders.vision import MODEL
from tests.support.tiny_encoders import randomised, vision_folder

transformers = pytest.importorskip("transformers")

KINDS = {
    "ViT": ({}, ("class token",)),
    "Dinov2": ({}, ("class token",)),
    "Dinov2WithRegisters": ({"num_register_tokens": 2}, ("class token", "register 1", "register 2")),
    "DINOv3ViT": ({"num_register_tokens": 1}, ("class token", "register 1")),
    "Beit": ({"use_absolute_position_embeddings": True}, ("class token",)),
    "DeiT": ({}, ("class token", "distillation token")),
    "IJepa": ({}, ()),
    "ViTMSN": ({}, ("class token",)),
    "CLIPVision": ({}, ("class token",)),
    "SiglipVision": ({}, ()),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """kind → its folder, made once."""
    return {kind: vision_folder(kind, tmp_path_factory.mktemp(kind), **KINDS[kind][0]) for kind in KINDS}


@cache
def library_model(folder):
    return transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()


@cache
def opened(folder, **options):
    """An encoder, opened once for all seeds: they hold no state."""
    return open_image_encoder(str(folder), **options)


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_are_the_librarys_hidden_states(kind, folders, rng):
    model, images = library_model(folders[kind]), torch.randn(2, 3, 32, 32, generator=rng)
    with torch.no_grad():
        out = model(pixel_values=images, output_hidden_states=True)
    for layer, expected in [(-1, out.last_hidden_state), (0, out.hidden_states[0]), ("2", out.hidden_states[2])]:
        encoder = opened(folders[kind], layer=layer)
        assert isinstance(encoder, ImageEncoder)
        torch.testing.assert_close(encoder.encode(images), expected)
        assert (encoder.grid, encoder.named, encoder.n_channels) == ((4, 4), KINDS[kind][1], 16)
    assert (out.hidden_states[2] - out.last_hidden_state).abs().max() > 0.1  # the layers are not one and the same


@pytest.mark.parametrize("kind", ["ViT", "Dinov2WithRegisters", "DINOv3ViT", "Beit", "CLIPVision", "SiglipVision"])
def test_heads_through_the_output_projection_make_the_attention_output(kind, folders, rng):
    model, images = library_model(folders[kind]), torch.randn(2, 3, 32, 32, generator=rng)
    attention = next(m for name, m in blocks_of(model, 3)[1].named_modules() if name in ("attention", "self_attn"))
    projection = attention.o_proj if hasattr(attention, "o_proj") else attention.out_proj
    kept = []
    hook = attention.register_forward_hook(lambda module, arguments, output: kept.append(output[0]))
    with torch.no_grad():
        model(pixel_values=images)
    hook.remove()
    total = projection.bias.clone() if projection.bias is not None else 0
    for head in range(4):
        encoder = opened(folders[kind], layer=2, head=head)
        assert encoder.n_channels == 4
        total = total + encoder.encode(images) @ projection.weight[:, 4 * head : 4 * head + 4].T
    torch.testing.assert_close(total, kept[0])


@pytest.mark.parametrize("kind", KINDS)
def test_places_of_a_wide_photo_are_where_its_patches_are(kind, folders, rng):
    """At layer 0 a patch's token depends on its own pixels only: changing one patch moves one place of the map."""
    encoder = opened(folders[kind], layer=0, size=(16, 48))
    assert encoder.grid == (2, 6)
    assert encoder.card.input_size == (16, 48)
    images = torch.randn(1, 3, 16, 48, generator=rng)
    changed = images.clone()
    changed[:, :, 8:16, 24:32] += 1  # row 1, column 3
    moved = encoder.to_map(encoder.encode(changed) - encoder.encode(images))[0].abs().amax(dim=-1) > 1e-6
    assert moved.nonzero().tolist() == [[1, 3]]


def test_a_size_of_ones_own_is_interpolated_as_the_library_does(folders, rng):
    images = torch.randn(1, 3, 16, 48, generator=rng)
    with torch.no_grad():
        expected = library_model(folders["ViT"])(pixel_values=images, interpolate_pos_encoding=True).last_hidden_state
    torch.testing.assert_close(opened(folders["ViT"], size=(16, 48)).encode(images), expected)


def test_a_batch_is_its_photos_one_by_one(folders, rng):
    encoder = opened(folders["Dinov2"])
    images = torch.randn(3, 3, 32, 32, generator=rng)
    one_by_one = torch.cat([encoder.encode(image[None]) for image in images])
    torch.testing.assert_close(encoder.encode(images), one_by_one, rtol=1e-4, atol=1e-5)


def test_threads_do_not_meet_and_nothing_is_left_on_the_model(folders, rng):
    """Two layers and two heads of one model object at a time, as two browser sessions have it."""
    from concepts.models.encoders.vision import vision_encoder

    model = library_model(folders["ViT"])
    card = opened(folders["ViT"]).card
    wanted = [(1, None), (2, None), (2, 0), (3, 1)] * 4
    encoders = [vision_encoder(model, card, layer=i, head=h, device=torch.device("cpu")) for i, h in wanted]
    images = [torch.randn(2, 3, 32, 32, generator=rng) for _ in wanted]
    expected = [encoder.encode(x) for encoder, x in zip(encoders, images, strict=True)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: pair[0].encode(pair[1]), zip(encoders, images, strict=True)))
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_tokens_carry_a_gradient_to_the_photo_and_keep_none_otherwise(folders, rng):
    encoder = opened(folders["ViT"], layer=2)
    images = torch.randn(1, 3, 32, 32, generator=rng)
    assert not encoder.encode(images).requires_grad
    images.requires_grad_()
    encoder.encode(images).square().sum().backward()
    assert images.grad.abs().max() > 0


def photo(generator: torch.Generator) -> Image.Image:
    """Smooth noise with edges, 70 × 51."""
    coarse = torch.rand(1, 3, 7, 10, generator=generator)
    fine = torch.nn.functional.interpolate(coarse, size=(51, 70), mode="bicubic").clamp(0, 1)
    fine[..., 20:30, 15:40] = 0.1
    return Image.fromarray(fine[0].mul(255).byte().permute(1, 2, 0).contiguous().numpy())


@pytest.mark.parametrize(
    ("processor", "kind"),
    [
        ("ViTImageProcessor", WholePhoto),
        ("SiglipImageProcessor", WholePhoto),
        ("CLIPImageProcessor", PhotoTransform),
        ("BitImageProcessor", PhotoTransform),
    ],
)
def test_photos_are_prepared_as_the_processor_does(processor, kind, tmp_path, rng):
    """Equal to the processor with PIL behind it; within two of 255 levels of the one with torchvision behind it."""
    whole = kind is WholePhoto
    size = {"height": 32, "width": 32} if whole else {"shortest_edge": 36}
    options = {"size": size} if whole else {"size": size, "crop_size": {"height": 32, "width": 32}}
    made = getattr(transformers, processor)(**options)
    made.save_pretrained(tmp_path)
    transform, picture = processor_transform(tmp_path, None), photo(rng)
    assert isinstance(transform, kind)
    with_pil = getattr(transformers, f"{processor}Pil")(**options)
    expected = torch.as_tensor(np.array(with_pil(picture, return_tensors="np")["pixel_values"][0]))
    torch.testing.assert_close(transform(picture), expected.float(), rtol=1e-5, atol=1e-5)
    close = made(picture, return_tensors="pt")["pixel_values"][0]
    levels = (transform(picture) - close).abs() * torch.tensor(transform.std)[:, None, None] * 255
    assert levels.max() < 2.01


OLD_FILES = {
    "google/vit-base-patch16-224": ({"do_resize": True, "size": 224}, WholePhoto((224, 224), (0.5,) * 3, (0.5,) * 3)),
    "facebook/dinov2-small": (
        {"image_processor_type": "BitImageProcessor", "do_center_crop": True, "resample": 3,
         "size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}},
        PhotoTransform(resize=256, crop=224, interpolation=3, mean=(0.5,) * 3, std=(0.5,) * 3),
    ),
    "openai/clip-vit-base-patch32": (
        {"feature_extractor_type": "CLIPFeatureExtractor", "do_center_crop": True, "resample": 3, "size": 224,
         "crop_size": 224},
        PhotoTransform(resize=224, crop=224, interpolation=3, mean=(0.5,) * 3, std=(0.5,) * 3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("model", OLD_FILES)
def test_processor_files_as_they_are_published_are_read(model, folders, tmp_path):
    """Old ones write a size as one number, and name no class or one that is gone."""
    values, expected = OLD_FILES[model]
    shutil.copy(folders["ViT"] / "config.json", tmp_path)
    colours = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "do_normalize": True}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(values | colours))
    assert processor_transform(tmp_path, None) == expected


def test_a_photo_reaches_the_grid(folders, rng):
    encoder = opened(folders["ViT"])
    tokens = encoder.encode(encoder.card.prepare(photo(rng))[None])
    assert encoder.to_map(tokens).shape == (1, 4, 4, 16)


def test_the_fingerprint_follows_weights_and_config_not_the_place(folders, tmp_path):
    first = open_image_encoder(str(folders["ViT"])).card.fingerprint
    moved = shutil.copytree(folders["ViT"], tmp_path / "moved")
    assert open_image_encoder(str(moved), layer=1).card.fingerprint == first
    config = (moved / "config.json").read_text()
    (moved / "config.json").write_text(config.replace('"num_attention_heads": 4', '"num_attention_heads": 2'))
    assert open_image_encoder(str(moved)).card.fingerprint != first  # same weights, other heads
    other = vision_folder("ViT", tmp_path / "other", seed=1)
    assert open_image_encoder(str(other)).card.fingerprint != first


def test_a_checkpoint_without_pooler_gives_the_same_fingerprint_each_time(tmp_path):
    """Missing weights would be drawn at random, and with them the fingerprint."""
    model = transformers.ViTModel(
        transformers.ViTConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=16, patch_size=8),
        add_pooling_layer=False,
    )
    randomised(model, 0).save_pretrained(tmp_path)
    transformers.ViTImageProcessor(size={"height": 16, "width": 16}).save_pretrained(tmp_path)
    assert load_pretrained(MODEL, tmp_path, torch.device("cpu")).pooler is None
    state = torch.get_rng_state()
    prints = {open_image_encoder(str(tmp_path)).card.fingerprint for _ in range(2)}
    assert len(prints) == 1
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": 4}, r"layer 4: expected a hidden state, 0 … 3, or -1"),
        ({"layer": "features"}, r"layer 'features': expected a hidden state"),
        ({"layer": 0, "head": 0}, r"layer 0: expected a hidden state, 1 … 3"),
        ({"head": 4}, r"head 4: this model has heads 0 … 3"),
        ({"size": (4, 32)}, r"images of 4 × 32 are smaller than a patch of 8 × 8"),
        ({"path": "value"}, r"has no use for path: leave it out"),
        ({"prompt": "what?"}, r"has no use for prompt"),
    ],
)
def test_what_is_not_there_is_refused(options, message, folders):
    with pytest.raises(ValueError, match=message):
        open_image_encoder(str(folders["ViT"]), **options)


def test_photos_of_another_size_are_refused(folders):
    with pytest.raises(ValueError, match=r"images \(1, 3, 32, 40\), expected \(n, 3, 32, 32\)"):
        open_image_encoder(str(folders["ViT"])).encode(torch.zeros(1, 3, 32, 40))


def test_a_folder_that_does_not_say_how_photos_are_prepared_is_refused(folders, tmp_path):
    copy = shutil.copytree(folders["ViT"], tmp_path / "copy")
    (copy / "preprocessor_config.json").unlink()
    with pytest.raises(ValueError, match=r"copy the model's preprocessor_config\.json there"):
        open_image_encoder(str(copy))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": {"height": 32, "width": 32}, "do_rescale": False}, "this encoder cannot follow it"),
        ({"size": {"shortest_edge": 32}}, r"crops to None, which is not done here: give size=\(height, width\)"),
        (
            {"size": {"height": 32, "width": 32}, "do_center_crop": True, "crop_size": {"height": 16, "width": 16}},
            "which is not done here",
        ),
    ],
)
def test_a_processor_that_does_more_is_refused(tmp_path, options, message):
    transformers.ViTImageProcessor(**options).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=message):
        processor_transform(tmp_path, None)


def test_a_size_of_ones_own_takes_the_whole_photo(tmp_path):
    transformers.CLIPImageProcessor().save_pretrained(tmp_path)
    assert processor_transform(tmp_path, (96, 160)).size == (96, 160)
