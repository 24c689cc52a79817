"""LLaVA: image tokens inside the language model's sequence, and the token that ends the prompt."""

from functools import cache

import pytest
import torch

from concepts.lexicon import Lexicon
from concepts.models.encoders import ImageEncoder, open_image_encoder
from concepts.models.encoders.multimodal import MultimodalEncoder
from tests.support.tiny_encoders import SPECIAL, llava_folder

transformers = pytest.importorskip("transformers")

PROMPT = "user <image> what is the red car"
IMAGE, SEG = SPECIAL.index("<image>"), SPECIAL.index("<SEG>")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return llava_folder(tmp_path_factory.mktemp("llava"))


@cache
def library_model(folder):
    return transformers.LlavaForConditionalGeneration.from_pretrained(folder).eval()


@cache
def opened(folder, **options):
    return open_image_encoder(str(folder), **({"prompt": PROMPT} | options))


@pytest.fixture
def images(rng):
    return torch.randn(2, 3, 32, 32, generator=rng)


def ids_of(folder, prompt, n_image):
    """The library's ids, the image's place filled up; without the end token that would come after <SEG>."""
    ids = transformers.AutoTokenizer.from_pretrained(folder)(prompt)["input_ids"]
    at = ids.index(IMAGE)
    ids = ids[:at] + [IMAGE] * n_image + ids[at + 1 :]
    return ids[: ids.index(SEG) + 1] if SEG in ids else ids


def library_states(folder, prompt, images, n_image=16):
    ids = torch.tensor([ids_of(folder, prompt, n_image)] * len(images))
    with torch.no_grad():
        out = library_model(folder)(input_ids=ids, pixel_values=images, output_hidden_states=True)
    return ids[0], out.hidden_states


@pytest.mark.parametrize("layer", [-1, 0, 1])
@pytest.mark.parametrize("token", [None, "<SEG>"])
def test_tokens_are_the_librarys_hidden_states_at_their_places(folder, images, layer, token):
    encoder = opened(folder, layer=layer, token=token)
    assert isinstance(encoder, ImageEncoder)
    ids, states = library_states(folder, PROMPT if token is None else f"{PROMPT} <SEG>", images)
    found = encoder.encode(images)
    torch.testing.assert_close(found[:, 1:], states[layer][:, ids == IMAGE], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found[:, 0], states[layer][:, -1], rtol=1e-4, atol=1e-5)
    assert (encoder.grid, encoder.named) == ((4, 4), (token or "last token",))
    assert token is None or ids[-1] == SEG


def test_image_tokens_stand_on_their_patches(folder, images):
    """At layer 0 they are what the projector gives; an early patch does not see a later one in any layer."""
    first, last = opened(folder, layer=0), opened(folder)
    with torch.no_grad():
        projected = torch.stack(library_model(folder).get_image_features(pixel_values=images).pooler_output)
    torch.testing.assert_close(first.to_map(first.encode(images)).flatten(1, 2), projected, rtol=1e-4, atol=1e-5)
    assert last.to_map(last.encode(images)).shape == (2, 4, 4, 16)


def test_the_prompt_moves_the_asking_token_not_the_image_before_it(folder, images):
    """Causal: image tokens come before the question, the token that ends it after."""
    one, other = opened(folder, token="<SEG>"), opened(folder, token="<SEG>", prompt="user <image> the dog")
    a, b = one.encode(images), other.encode(images)
    torch.testing.assert_close(a[:, 1:], b[:, 1:], rtol=1e-4, atol=1e-5)
    assert (a[:, 0] - b[:, 0]).abs().max() > 0.1
    assert one.layer != other.layer  # a store must not mistake one for the other


def test_a_token_that_already_ends_the_prompt_is_not_doubled(folder, images):
    written = opened(folder, prompt=f"{PROMPT} <SEG>", token="<SEG>")
    torch.testing.assert_close(written.encode(images), opened(folder, token="<SEG>").encode(images))
    assert written.prompt == f"{PROMPT} <SEG>"


def test_batches_do_not_matter(folder, images):
    encoder = opened(folder)
    one_by_one = torch.cat([encoder.encode(image[None]) for image in images])
    torch.testing.assert_close(encoder.encode(images), one_by_one, rtol=1e-4, atol=1e-5)


def test_a_class_token_that_the_model_keeps_is_named(tmp_path, images):
    folder = llava_folder(tmp_path, vision_feature_select_strategy="full")
    encoder = opened(folder)
    assert encoder.named == ("last token", "class token")
    ids, states = library_states(folder, PROMPT, images, n_image=17)
    torch.testing.assert_close(encoder.encode(images)[:, 1:], states[-1][:, ids == IMAGE], rtol=1e-4, atol=1e-5)


def test_image_tokens_have_words(folder, images):
    """Their product with the unembedding is what the model would say at their place."""
    encoder = opened(folder)
    assert isinstance(encoder, MultimodalEncoder)
    words, vectors = encoder.unembedding()
    assert Lexicon(words, vectors).row("cat") >= 0
    ids, _ = library_states(folder, PROMPT, images)
    with torch.no_grad():
        logits = library_model(folder)(input_ids=ids.expand(2, -1), pixel_values=images).logits
    rows = [transformers.AutoTokenizer.from_pretrained(folder).convert_tokens_to_ids(word) for word in words]
    found = encoder.encode(images)[:, 1:] @ vectors.T
    torch.testing.assert_close(found, logits[:, ids == IMAGE][..., rows], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prompt": "what is the red car"}, "has 0 image tokens, expected one"),
        ({"prompt": "<image> and <image>"}, "has 2 image tokens, expected one"),
        ({"token": "<ANSWER>"}, "the model's vocabulary has no token '<ANSWER>'"),
        ({"prompt": "<image> " + "cat " * 60}, r"the prompt with its image has 78 tokens, the model takes 64"),
        ({"head": 0}, "has no use for head"),
    ],
)
def test_what_cannot_be_asked_is_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        open_image_encoder(str(folder), **options)
