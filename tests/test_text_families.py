"""Sequence classifiers of every family: exact features in any batch and padding, found without a list of names."""

import pytest
import torch

from concepts.models.text import open_text_model
from concepts.models.text.batches import SAID
from tests.support.text_families import FAMILIES, family_folder

transformers = pytest.importorskip("transformers")

TEXTS = ["a cat", "the red car on the grass and the dog", "what is a photo of the dog", "dog", "a dog and a cat"]
LONG = "the cat and a dog " * 20
SAME_LENGTH = {"convbert", "fnet", "mobilebert", "nystromformer", "xlnet"}  # whose answers padding changes
SEEN_BY_THE_DECODER = {"bart", "mbart", "t5", "umt5"}  # it reads the text again, without the mask
UNKNOWN_IS_PADDING = {"mpnet"}  # its padding has the id 1, which is [UNK] in this tokenizer: it moves the places
NOT_HIDDEN = SAME_LENGTH - {"xlnet"} | SEEN_BY_THE_DECODER | UNKNOWN_IS_PADDING


@pytest.fixture(scope="module", params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def folder(family, tmp_path_factory):
    return family_folder(family, tmp_path_factory.mktemp(family))


@pytest.fixture(scope="module")
def split(folder):
    return open_text_model(str(folder))


def library_logits(folder, split):
    """By transformers, one text at a time, on the same ids."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        return torch.cat([model(torch.tensor([split.pieces(text).ids])).logits for text in TEXTS])


def test_a_family_is_split_exactly_whatever_the_batch(family, folder, split):
    together = split.encode_texts(TEXTS)

    expected = library_logits(folder, split)
    torch.testing.assert_close(split.head(together), expected, rtol=1e-5, atol=1e-5)
    assert expected.std(dim=0).min() > 1e-3  # else anything would pass

    alone = torch.cat([split.encode_texts([text]) for text in TEXTS])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-5)

    inputs = split.card.collate([split.card.prepare(text) for text in TEXTS])
    wider = torch.cat([inputs, torch.zeros(len(TEXTS), 2, 7, dtype=torch.int64)], dim=2)
    torch.testing.assert_close(split.encode(wider), together, rtol=0, atol=1e-5)

    assert split.encode_texts([LONG, "dog"]).isfinite().all()
    assert split.sign == (">= 0" if family == "distilbert" else "signed")
    assert (SAID["same length"] in split.reason) == (family in SAME_LENGTH)
    assert not split.alone


def test_a_hidden_word_has_no_influence_where_hiding_is_offered(family, split):
    assert ("hide" in split.removals) == (family not in NOT_HIDDEN)
    if "hide" in split.removals:
        rows = [split.removed(f"a {word} on the grass", [[(2, 5)]], how="hide") for word in ("cat", "dog", "red")]
        torch.testing.assert_close(torch.cat(rows), rows[0].expand(3, -1), rtol=0, atol=1e-5)
        assert (rows[0] - split.encode_texts(["a cat on the grass"])).abs().max() > 1e-4
