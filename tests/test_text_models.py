"""A text classifier split at its last linear layer: exact, whatever the batch, with the three removals."""

import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch

from concepts.data.dataset import UnreadableItem
from concepts.models.text import open_text_model, opening
from concepts.models.text.batches import SAID
from concepts.models.text.reading import overlaps
from concepts.models.text.removal import without
from concepts.registry import Registry
from tests.support.places import ROOT
from tests.support.text_families import family_folder
from tests.support.tiny_encoders import bert_folder, write_byte_tokenizer
from tests.support.tiny_texts import classifier_folder, language_classifier

transformers = pytest.importorskip("transformers")

TEXTS = ["a cat", "the red car on the grass and the dog", "what is a photo of the dog", "dog", "a dog and a cat"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return classifier_folder(tmp_path_factory.mktemp("bert"))


@cache
def opened(folder, **options):
    return open_text_model(str(folder), **options)


def library_logits(folder, texts):
    """By transformers itself: its model and tokenizer, one text at a time."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        return torch.cat([model(**tokenizer(text, return_tensors="pt")).logits for text in texts])


def test_head_of_the_features_is_what_the_library_answers(folder):
    split = opened(folder)
    logits = split.head(split.encode_texts(TEXTS))
    torch.testing.assert_close(logits, library_logits(folder, TEXTS), rtol=1e-5, atol=1e-5)
    assert split.layer == "classifier"
    assert (split.n_channels, split.n_classes, split.sign) == (16, 3, "signed")


def test_more_padding_and_another_batch_change_nothing(folder):
    split = opened(folder)
    together = split.encode_texts(TEXTS)
    inputs = split.card.collate([split.card.prepare(text) for text in TEXTS])
    wider = torch.cat([inputs, torch.zeros(len(TEXTS), 2, 9, dtype=torch.int64)], dim=2)
    torch.testing.assert_close(split.encode(wider), together, rtol=0, atol=1e-5)
    torch.testing.assert_close(torch.cat([split.encode_texts([text]) for text in TEXTS]), together, rtol=0, atol=1e-5)


def test_results_come_in_the_order_of_the_texts(folder):
    split = opened(folder)
    turned = split.encode_texts(TEXTS[::-1])
    torch.testing.assert_close(turned.flip(0), split.encode_texts(TEXTS), rtol=0, atol=1e-5)


def test_the_check_sees_a_head_that_is_another_one(folder):
    split = opened(folder)
    inputs = split.card.collate([split.card.prepare(text) for text in TEXTS])
    assert split.measure(inputs) <= 1e-5
    with pytest.raises(ValueError, match=r"max \|h\(g\(x\)\) - f\(x\)\|"):
        replace(split, weight=split.weight + 0.1).measure(inputs)


def test_a_longer_text_is_cut_as_the_library_cuts_it_and_this_is_said(folder):
    split = opened(folder, longest=8)
    text = "the dog and the cat and the car"
    library = transformers.AutoTokenizer.from_pretrained(folder)
    cut = library(text, truncation=True, max_length=8)["input_ids"]
    assert split.card.prepare(text).tolist() == cut
    assert split.pieces(text).n_cut == len(library(text)["input_ids"]) - 8
    assert "longer than 8 tokens are cut" in split.reason
    assert split.card.longest == 8


@pytest.mark.parametrize("how", ["delete", "hide"])
def test_a_removed_word_has_no_influence(folder, how):
    split = opened(folder)
    assert how in split.removals
    rows = [split.removed(f"a {word} on grass", [[(2, 5)]], how=how) for word in ("cat", "dog")]
    torch.testing.assert_close(rows[0], rows[1], rtol=0, atol=1e-5)
    assert (rows[0] - split.encode_texts(["a cat on grass"])).abs().max() > 1e-3


def test_a_deleted_word_is_a_text_without_it(folder):
    split = opened(folder)
    rows = split.removed("a red cat on grass", [[(2, 5)], [(0, 1), (6, 9)]], how="delete")
    torch.testing.assert_close(rows, split.encode_texts(["a cat on grass", "red on grass"]), rtol=0, atol=1e-5)


def test_a_masked_word_is_the_mask_token(tmp_path):
    classifier_folder(tmp_path)
    described = (tmp_path / "tokenizer_config.json").read_text()
    (tmp_path / "tokenizer_config.json").write_text(
        described.replace('"pad_token"', '"mask_token": "<SEG>",\n"pad_token"')
    )
    split = open_text_model(str(tmp_path))
    assert split.removals == ("delete", "mask", "hide")
    row = split.removed("a cat on grass", [[(2, 5)]], how="mask")
    torch.testing.assert_close(row, split.encode_texts(["a <SEG> on grass"]), rtol=0, atol=1e-5)


def test_a_removal_that_the_model_does_not_allow_is_refused(folder):
    with pytest.raises(ValueError, match="removal 'mask': this model allows delete, hide"):
        opened(folder).removed("a cat", [[(0, 1)]], how="mask")


def test_blanks_around_a_removed_word_become_one():
    assert without("a red cat", [(2, 5)]) == "a cat"
    assert without("red cat", [(0, 3)]) == "cat"
    assert without("a cat.", [(2, 5)]) == "a ."
    assert without("one two three", [(0, 3), (8, 13)]) == "two "


def test_names_of_the_labels_and_what_the_outputs_mean(tmp_path):
    names = {0: "bad", 1: "good", 2: "so so"}
    kinds = {"multi_label_classification": "multilabel", "single_label_classification": "classes"}
    for problem, kind in kinds.items():
        folder = classifier_folder(tmp_path / problem, id2label=names, problem_type=problem)
        split = open_text_model(str(folder))
        assert (split.card.class_names, split.outputs.kind) == (("bad", "good", "so so"), kind)
        assert not split.card.names_given
    given = open_text_model(str(folder), class_names="x,y,z").card
    assert (given.class_names, given.names_given) == (("x", "y", "z"), True)


def test_one_output_is_a_quantity_or_an_answer(tmp_path):
    folder = classifier_folder(tmp_path, num_labels=1)
    with pytest.raises(ValueError, match="--output binary or --output regression"):
        open_text_model(str(folder))
    expected = library_logits(folder, TEXTS)
    quantity, answer = (open_text_model(str(folder), output=kind) for kind in ("regression", "binary"))
    torch.testing.assert_close(quantity.head(quantity.encode_texts(TEXTS)), expected, rtol=0, atol=1e-5)
    both = torch.cat([-expected, expected], dim=1)
    torch.testing.assert_close(answer.head(answer.encode_texts(TEXTS)), both, rtol=0, atol=1e-5)
    assert (quantity.n_classes, answer.n_classes) == (1, 2)


def test_texts_of_which_nothing_can_be_read_are_said_to_be(folder):
    card = opened(folder).card
    for text in ("", " \n\t", "\ud800 half"):
        with pytest.raises(UnreadableItem):
            card.prepare(text)


ODD = {
    "emoji": "👩‍👩‍👧 dog 🐕",
    "arabic": "قطة",
    "a NUL": "a\x00cat",
    "markup": "<b>cat</b>",
    "1 MB": "cat " * 250_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_are_read_and_their_places_kept(folder, text):
    split = opened(folder)
    pieces = split.pieces(text)
    assert len(pieces.ids) == len(pieces.spans) <= 40
    assert all(0 <= span[0] < span[1] <= len(text) for span in pieces.spans if span)
    assert split.encode_texts([text]).isfinite().all()


def test_a_folder_without_safetensors_or_tokenizer_or_head_is_refused_in_one_line(folder, tmp_path):
    def broken(name, *removed):
        copy = shutil.copytree(folder, tmp_path / name)
        for file in removed:
            (copy / file).unlink()
        return copy

    bare = broken("bare", "model.safetensors")
    (bare / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(ValueError, match=r"pytorch_model\.bin, which can run code"):
        open_text_model(str(bare))
    with pytest.raises(ValueError, match="no tokenizer"):
        open_text_model(str(broken("mute", "tokenizer.json", "tokenizer_config.json")))
    many = broken("many")
    text = (many / "config.json").read_text()
    labels = '"id2label": {"1000000000000": "x"}, "num_labels": 1000000000000'
    (many / "config.json").write_text(text[: text.rindex("}")] + f", {labels}}}")
    with pytest.raises(ValueError, match=r"larger than 1,000,000"):
        open_text_model(str(many))


def test_a_folder_without_a_head_for_classes_is_told_the_other_ways(tmp_path):
    with pytest.raises(ValueError, match=r"BertModel, which has no head for classes: write head:.* or ask:"):
        open_text_model(str(bert_folder(tmp_path)))
    with pytest.raises(ValueError, match=r"'resnet' is not a folder: give one with .* head:ENCODER or ask:"):
        open_text_model("resnet")


def test_an_option_that_a_model_does_not_use_is_refused(folder):
    with pytest.raises(ValueError, match="does not use question: leave out"):
        open_text_model(str(folder), question="what is {text}?")


def test_a_decoder_without_padding_reads_texts_of_one_length_together(tmp_path):
    split = open_text_model(str(family_folder("gpt2", tmp_path, pad_token_id=None)))
    assert SAID["same length"] in split.reason
    torch.testing.assert_close(
        split.head(split.encode_texts(TEXTS)), library_logits(tmp_path, TEXTS), rtol=1e-5, atol=1e-5
    )


def test_bart_reads_a_text_that_holds_its_end_token(tmp_path):
    split = open_text_model(str(family_folder("bart", tmp_path)))
    texts = ["a cat [SEP] dog", "a cat", "the red [SEP] [SEP] dog"]
    torch.testing.assert_close(
        split.head(split.encode_texts(texts)), library_logits(tmp_path, texts), rtol=1e-5, atol=1e-5
    )


def test_a_registered_source_comes_first(folder, monkeypatch):
    made = Registry()
    monkeypatch.setattr(opening, "TEXT_MODELS", made)
    made.register(lambda name: name == "demo/words", lambda name, options: open_text_model(str(folder)))
    assert open_text_model("demo/words").n_classes == 3


def test_naming_a_text_model_loads_no_heavy_library():
    code = (
        "import sys; import concepts.models.text, concepts.models.text.sources;"
        "print([m for m in ('torch', 'sklearn', 'transformers', 'tokenizers') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_tokenizer_of_another_model_is_said_to_be_one(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "other")
    write_byte_tokenizer(copy)
    with pytest.raises(ValueError, match="is none of the model's 20: the tokenizer is another model's"):
        open_text_model(str(copy))


def test_a_text_of_which_all_is_hidden_is_not_read(tmp_path):
    split = open_text_model(str(language_classifier(tmp_path)))
    text = "the cat and a red car"
    with pytest.raises(ValueError, match="leaves no token to attend to"):
        split.removed(text, [[(0, len(text))]], how="hide")
    assert split.removed(text, [[(0, 3)]], how="hide").isfinite().all()


def test_a_token_goes_with_any_of_its_characters_and_not_with_a_neighbours():
    assert overlaps((2, 5), [(4, 9)])
    assert overlaps((2, 5), [(0, 1), (2, 3)])
    assert not overlaps((5, 6), [(2, 5)])
    assert not overlaps((2, 5), [(5, 6), (0, 2)])
    assert not overlaps(None, [(0, 9)])
