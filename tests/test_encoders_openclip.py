"""open_clip models: the same claims as for CLIP, against open_clip's own encode_image and encode_text."""

import json
from functools import cache

import pytest
import torch
from PIL import Image

from concepts.models.encoders import open_image_encoder, open_text_encoder
from concepts.models.encoders.bytepieces import found_again
from concepts.models.encoders.openclip_files import openclip_files
from tests.support.tiny_encoders import OPEN_CLIP, open_clip_folder

open_clip = pytest.importorskip("open_clip")
huggingface_hub = pytest.importorskip("huggingface_hub")

TEXTS = ["a photo of a cat", "the dog", "Red cars, on the grass & more"]
VARIANTS = {
    "plain": {},
    "custom_text": {"custom_text": True},
    "layer_scale": {
        "vision_cfg": OPEN_CLIP["vision_cfg"] | {"ls_init_value": 0.5, "final_ln_after_pool": True},
        "quick_gelu": True,
    },
}


@pytest.fixture(scope="module", params=VARIANTS)
def folder(request, tmp_path_factory):
    return open_clip_folder(tmp_path_factory.mktemp(request.param), **VARIANTS[request.param])


@cache
def library_model(folder, size=None):
    return open_clip.create_model(f"local-dir:{folder}", force_image_size=size).eval()


@cache
def opened(folder, **options):
    return open_image_encoder(str(folder), **options)


@pytest.fixture
def rng() -> torch.Generator:
    """One seed: the library gets the same numbers."""
    return torch.Generator().manual_seed(0)


@pytest.fixture
def images(rng):
    return torch.randn(2, 3, 32, 32, generator=rng)


def hidden_states(folder, images):
    """Of every block, by hand: (n, 17, 16) each."""
    visual = library_model(folder).visual
    with torch.no_grad():
        x = visual.conv1(images).flatten(2).transpose(1, 2)
        x = torch.cat([visual.class_embedding.expand(len(x), 1, -1), x], dim=1) + visual.positional_embedding
        states = [visual.ln_pre(x)]
        for block in visual.transformer.resblocks:
            states.append(block(states[-1]))
    return states


def projected(folder, hidden):
    visual = library_model(folder).visual
    with torch.no_grad():
        return torch.stack([visual.ln_post(hidden[:, t]) @ visual.proj for t in range(hidden.shape[1])], dim=1)


@pytest.mark.parametrize("path", ["plain", "value"])
def test_image_and_texts_are_the_librarys_embeddings(folder, images, path):
    encoder, model = opened(folder, path=path), library_model(folder)
    ids = open_clip.get_tokenizer(f"local-dir:{folder}")(TEXTS)
    with torch.no_grad():
        torch.testing.assert_close(encoder.encode(images)[:, 0], model.encode_image(images))
        torch.testing.assert_close(encoder.text.embed(TEXTS), model.encode_text(ids), rtol=1e-4, atol=1e-5)
    assert (encoder.named, encoder.grid) == (("image",), (4, 4))
    assert encoder.card.fingerprint == encoder.text.fingerprint == open_text_encoder(str(folder)).fingerprint


@pytest.mark.parametrize("layer", [-1, 2])
def test_patches_go_one_by_one_through_the_projection(folder, images, layer):
    states = hidden_states(folder, images)
    found = opened(folder, layer=layer).encode(images)[:, 1:]
    torch.testing.assert_close(found, projected(folder, states[layer][:, 1:]), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(opened(folder, layer=layer, path="tower").encode(images), states[layer])


def test_the_value_path_is_a_block_over_each_token_alone(folder, images):
    states, block = hidden_states(folder, images), library_model(folder).visual.transformer.resblocks[-1]
    with torch.no_grad():
        alone = torch.cat([block(states[2][:, t : t + 1]) for t in range(1, 17)], dim=1)
    found = opened(folder, path="value").encode(images)[:, 1:]
    torch.testing.assert_close(found, projected(folder, alone), rtol=1e-4, atol=1e-5)


def test_another_size_is_loaded_as_the_library_does(folder, rng):
    images = torch.randn(1, 3, 16, 48, generator=rng)
    encoder = opened(folder, size=(16, 48))
    assert encoder.to_map(encoder.encode(images)).shape == (1, 2, 6, 10)
    with torch.no_grad():
        expected = library_model(folder, (16, 48)).encode_image(images)
    torch.testing.assert_close(encoder.encode(images)[:, 0], expected)
    assert encoder.card.fingerprint == opened(folder).card.fingerprint  # the same space


@pytest.mark.parametrize("mode", ["shortest", "squash"])
def test_photos_are_prepared_as_open_clip_does(tmp_path, mode, rng):
    folder = open_clip_folder(tmp_path)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["preprocess_cfg"] = {"resize_mode": mode, "interpolation": "bicubic", "mean": [0.4, 0.5, 0.6]}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    noise = torch.randint(0, 256, (51, 70, 3), generator=rng, dtype=torch.uint8)
    photo = Image.fromarray(noise.numpy())
    _, _, expected = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    torch.testing.assert_close(open_image_encoder(str(folder)).card.prepare(photo), expected(photo), rtol=0, atol=1e-6)


def test_a_wide_model_that_crops_asks_for_a_size(tmp_path):
    wide = {"vision_cfg": OPEN_CLIP["vision_cfg"] | {"image_size": [16, 48]}}
    folder = open_clip_folder(tmp_path, **wide)
    with pytest.raises(ValueError, match=r"which is not done here: give size=\(height, width\)"):
        open_image_encoder(str(folder))
    assert open_image_encoder(str(folder), size=(16, 48)).grid == (2, 6)


def test_tokens_of_a_text_stand_on_its_words(folder):
    found = opened(folder).text.encode(["Two Cats,  étoile's 12", "x"])[0]
    assert found.pieces[:3] == ("Two", "Cats", ",")
    assert "".join(found.pieces).replace(" ", "") == "TwoCats,étoile's12"
    assert found.vectors.shape == (len(found.pieces), 10)


def test_tokens_that_the_cleaning_made_up_have_no_place():
    """An entity stands for one character; its letters are not skipped to find a later one."""
    assert found_again("cat &amp; dog", [b"cat", b"&"]) == [(0, 3), (4, 5)]
    assert found_again('“cat” "', [b'"', b"cat"]) == [None, (1, 4)]
    assert found_again("Aé", [b"a", "é".encode()[:1], "é".encode()[1:]]) == [(0, 1), (1, 2), (1, 2)]


def test_too_long_a_text_is_not_cut_off(folder):
    with pytest.raises(ValueError, match="has 13 tokens, the model takes 12"):
        opened(folder).text.embed(["cat " * 11])


def test_batches_do_not_matter(folder, images):
    encoder = opened(folder)
    one_by_one = torch.cat([encoder.encode(image[None]) for image in images])
    torch.testing.assert_close(encoder.encode(images), one_by_one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("open_clip:RN50/openai", "its image tower is a ResNet"),
        ("open_clip:ViT-B-16-SigLIP/webli", "its image tower is one of timm's"),
        ("open_clip:coca_ViT-B-32/laion2b_s13b_b90k", "its image tower pools by attention"),
        ("open_clip:roberta-ViT-B-32/laion2b_s12b_b32k", "its text tower or tokenizer is one of Hugging Face's"),
    ],
)
def test_towers_that_cannot_be_read_say_so(name, message):
    with pytest.raises(ValueError, match=message):
        open_image_encoder(name, network=False)


def test_a_resnet_is_refused_from_its_folder(tmp_path):
    folder = open_clip_folder(tmp_path)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["vision_cfg"] = {"layers": [1, 1, 1, 1], "width": 8, "patch_size": None, "image_size": 32}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"its image tower is a ResNet.*Use a ViT"):
        open_image_encoder(str(folder))


@pytest.mark.parametrize(
    ("name", "weights", "message"),
    [
        ("open_clip:ViT-Z-99/openai", None, "has no architecture 'ViT-Z-99'"),
        ("open_clip:ViT-B-32/nobody", None, "its tags: openai, "),
        ("open_clip:ViT-B-32", "weights.pt", r"weights 'weights\.pt': expected a \.safetensors file"),
    ],
)
def test_unknown_names_say_what_there_is(name, weights, message):
    with pytest.raises(ValueError, match=message):
        openclip_files(name, weights, network=False)


def test_a_tag_that_is_not_in_the_cache_says_how_to_fetch_it(tmp_path, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ValueError, match=r"hf download timm/vit_base_patch32_clip_224\.openai --include") as caught:
        open_image_encoder("open_clip:ViT-B-32/openai", network=False)
    assert "the network was not to be used" in str(caught.value)


@pytest.mark.slow
def test_weights_that_do_not_fit_are_refused(tmp_path):
    folder = open_clip_folder(tmp_path)
    with pytest.raises(ValueError, match="do not fit the architecture ViT-B-32"):
        open_image_encoder("open_clip:ViT-B-32", weights=folder / "open_clip_model.safetensors")


def test_one_head_is_refused(folder):
    with pytest.raises(ValueError, match="heads of open_clip models are not read"):
        open_image_encoder(str(folder), path="tower", head=0)
