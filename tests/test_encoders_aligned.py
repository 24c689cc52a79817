"""CLIP and SigLIP: image and text in one space, equal to the library's features; patches against literal versions."""

from functools import cache

import pytest
import torch

from concepts.models.encoders import ImageEncoder, TextEncoder, open_image_encoder, open_text_encoder
from concepts.models.encoders.canonical import canonical_form
from concepts.models.encoders.heads import blocks_of
from tests.support.tiny_encoders import clip_folder, save, siglip_folder

transformers = pytest.importorskip("transformers")

TEXTS = ["a photo of a cat", "the dog", "red car on the grass and a dog"]


@pytest.fixture(scope="module", params=["clip", "siglip"])
def folder(request, tmp_path_factory):
    make = {"clip": clip_folder, "siglip": siglip_folder}[request.param]
    return make(tmp_path_factory.mktemp(request.param))


@cache
def library_model(folder):
    return transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()


@cache
def opened(folder, **options):
    return open_image_encoder(str(folder), **options)


@pytest.fixture
def images(rng):
    return torch.randn(2, 3, 32, 32, generator=rng)


def hidden_states(folder, images, **options):
    with torch.no_grad():
        return library_model(folder).vision_model(images, output_hidden_states=True, **options).hidden_states


def projected(folder, hidden):
    """Each patch by itself, in a loop, through the library's own modules."""
    model = library_model(folder)
    tower, rows = model.vision_model, []
    with torch.no_grad():
        for t in range(hidden.shape[1]):
            token = tower.post_layernorm(hidden[:, t : t + 1])
            is_clip = model.config.model_type == "clip"
            rows.append(model.visual_projection(token)[:, 0] if is_clip else tower.head(token))
    return torch.stack(rows, dim=1)


@pytest.mark.parametrize("path", ["plain", "value"])
def test_the_named_token_is_the_models_own_image_embedding(folder, images, path):
    encoder = opened(folder, path=path)
    assert isinstance(encoder, ImageEncoder)
    assert encoder.named == ("image",)
    with torch.no_grad():
        expected = library_model(folder).get_image_features(pixel_values=images).pooler_output
    torch.testing.assert_close(encoder.encode(images)[:, 0], expected)


def test_pooled_texts_are_the_librarys_text_features(folder):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    is_clip = library_model(folder).config.model_type == "clip"
    padding = {"padding": True} if is_clip else {"padding": "max_length", "max_length": 12}
    inputs = tokenizer(TEXTS, return_tensors="pt", **padding)
    inputs = dict(inputs) if is_clip else {"input_ids": inputs["input_ids"]}
    inputs.pop("token_type_ids", None)
    with torch.no_grad():
        expected = library_model(folder).get_text_features(**inputs).pooler_output
    for text in (opened(folder).text, open_text_encoder(str(folder))):
        assert isinstance(text, TextEncoder)
        torch.testing.assert_close(text.embed(TEXTS), expected, rtol=1e-4, atol=1e-5)
        assert text.fingerprint == opened(folder).card.fingerprint  # one space, one fingerprint
        assert text.n_channels == opened(folder).n_channels == expected.shape[1]


def test_scores_are_the_models_own_logits(folder, images):
    """Cosines of "image" and texts are the logits, but for the model's scale and bias."""
    model, encoder = library_model(folder), opened(folder)
    unit = torch.nn.functional.normalize
    cosine = unit(encoder.encode(images)[:, 0], dim=-1) @ unit(encoder.text.embed(TEXTS), dim=-1).T
    ids = transformers.AutoTokenizer.from_pretrained(folder)(TEXTS, padding="max_length", max_length=12)["input_ids"]
    with torch.no_grad():
        logits = model(input_ids=torch.tensor(ids), pixel_values=images).logits_per_image
    bias = model.logit_bias.detach() if hasattr(model, "logit_bias") else 0
    torch.testing.assert_close(cosine * model.logit_scale.detach().exp() + bias, logits, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layer", [-1, 1])
def test_plain_patches_go_one_by_one_through_the_projection(folder, images, layer):
    """SigLIP's is its attention pooling of a photo of that patch alone."""
    expected = projected(folder, hidden_states(folder, images)[layer][:, -16:])
    torch.testing.assert_close(opened(folder, layer=layer).encode(images)[:, 1:], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("layer", [-1, 2])
def test_the_value_path_is_a_block_over_each_token_alone(folder, images, layer):
    """Attention over one token has weight 1: the block run on sequences of length one, in a loop."""
    before = hidden_states(folder, images)[layer - 1][:, -16:]
    block = blocks_of(library_model(folder).vision_model, 3)[layer - 1 if layer > 0 else layer]
    with torch.no_grad():
        alone = torch.cat([block(before[:, t : t + 1], attention_mask=None) for t in range(16)], dim=1)
    encoder = opened(folder, layer=layer, path="value")
    torch.testing.assert_close(encoder.encode(images)[:, 1:], projected(folder, alone), rtol=1e-4, atol=1e-5)
    assert (encoder.encode(images) - opened(folder, layer=layer).encode(images))[:, 1:].abs().max() > 0.01


def test_in_the_last_block_the_value_path_keeps_a_change_in_its_place(folder, images):
    """A patch of hidden state 2 that changes moves all patches on the plain path, and only itself on the value path."""
    before = hidden_states(folder, images)[2][:, -16:]
    changed = before.clone()
    changed[:, 5, :4] += 1  # a shift of all channels would not pass the norm
    block = blocks_of(library_model(folder).vision_model, 3)[2]
    from concepts.models.encoders.aligned import value_step

    with torch.no_grad():
        moved = (value_step(block, changed) - value_step(block, before)).abs().amax(dim=(0, 2)) > 1e-6
        mixed = (block(changed, attention_mask=None) - block(before, attention_mask=None)).abs().amax(dim=(0, 2)) > 1e-6
    assert moved.nonzero().flatten().tolist() == [5]
    assert mixed.all()


def test_the_tower_path_gives_its_own_hidden_states_and_heads(folder, images):
    expected = hidden_states(folder, images)[2]
    torch.testing.assert_close(opened(folder, layer=2, path="tower").encode(images), expected)
    assert opened(folder, layer=2, path="tower", head=1).encode(images).shape == (*expected.shape[:2], 4)
    with pytest.raises(ValueError, match="one head is not in the space of the texts, use path='tower'"):
        open_image_encoder(str(folder), head=1)


def test_a_wide_photo_has_its_grid(folder, rng):
    encoder = opened(folder, size=(16, 48))
    images = torch.randn(1, 3, 16, 48, generator=rng)
    tokens = encoder.encode(images)
    assert encoder.to_map(tokens).shape == (1, 2, 6, encoder.n_channels)
    expected = projected(folder, hidden_states(folder, images, interpolate_pos_encoding=True)[-1][:, -12:])
    torch.testing.assert_close(tokens[:, 1:], expected, rtol=1e-4, atol=1e-5)


def test_batches_do_not_matter(folder, images):
    encoder = opened(folder)
    one_by_one = torch.cat([encoder.encode(image[None]) for image in images])
    torch.testing.assert_close(encoder.encode(images), one_by_one, rtol=1e-4, atol=1e-5)
    together = torch.cat([encoder.text.embed([text]) for text in TEXTS])
    torch.testing.assert_close(encoder.text.embed(TEXTS), together, rtol=1e-4, atol=1e-5)


def test_tokens_of_a_text_stand_on_its_words(folder):
    found = opened(folder).text.encode(["The dog, a Cat"])[0]
    pieces = ("The", "dog", ",", "a", "Cat")
    if library_model(folder).config.model_type == "siglip":
        pieces = ("The", "dog", "a", "Cat")  # it was trained without punctuation
    assert found.pieces == pieces
    assert found.vectors.shape == (len(pieces), opened(folder).n_channels)


def test_the_token_that_ends_a_clip_text_is_its_pooled_vector(tmp_path):
    """CLIP reads a text at its end token: the same projection over all tokens has the pooled vector there."""
    folder = clip_folder(tmp_path)
    text, model = open_text_encoder(str(folder)), library_model(folder)
    ids = torch.tensor([[2, 6, 9, 3]])  # [CLS] a cat [SEP]
    with torch.no_grad():
        out = model.get_text_features(input_ids=ids)
        expected = model.text_projection(out.last_hidden_state)
    torch.testing.assert_close(text.encode(["a cat"])[0].vectors, expected[0, 1:3])
    torch.testing.assert_close(text.embed(["a cat"])[0], expected[0, 3])


def test_too_long_a_text_says_how_long(folder):
    text = opened(folder).text
    with pytest.raises(ValueError, match=r"the text 'cat cat cat .*…' has 13 tokens, the model takes 12: shorten it"):
        text.embed(["cat " * 11])
    with pytest.raises(ValueError, match="text 1 is empty"):
        text.encode(["cat", "  "])


def test_a_siglip_without_pooling_cannot_reach_the_texts(tmp_path):
    config = transformers.SiglipConfig(
        vision_config={"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "image_size": 16,
                       "patch_size": 8, "intermediate_size": 8, "vision_use_head": False},
        text_config={"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 20},
    )  # fmt: skip
    from tests.support.tiny_encoders import write_tokenizer

    write_tokenizer(tmp_path)
    processor = transformers.SiglipImageProcessor(size={"height": 16, "width": 16})
    save(transformers.SiglipModel(config), tmp_path, processor=processor)
    with pytest.raises(ValueError, match="no attention pooling"):
        open_image_encoder(str(tmp_path))


@pytest.mark.parametrize("text", ["The  Cat's_tail, (red)!", "  a\tB ", "É_É--x", "_", "ΑΒΓ İx"])
def test_the_canonical_form_is_that_of_big_vision(text):
    """As open_clip copies it; and every character of the form comes from its place in the text."""
    canonicalize = pytest.importorskip("open_clip.tokenizer").canonicalize_text
    form, places = canonical_form(text)
    assert form == canonicalize(text)
    assert len(places) == len(form)
    assert places == sorted(places)
    assert all(a == " " or a in text[place].lower() for a, place in zip(form, places, strict=True))
