"""Language models that are asked a question: the answers' logits, and where the text lies in the prompt."""

from functools import cache

import pytest
import torch

from concepts.models.classifiers.neighbours import load_file
from concepts.models.encoders.pieces import file_tokenizer
from concepts.models.text import open_text_model
from concepts.models.text.prompts import answer_tokens, prompted
from tests.support.places import SHARED
from tests.support.tiny_encoders import language_folder, write_byte_tokenizer, write_tokenizer

transformers = pytest.importorskip("transformers")

QUESTION = "a {text} on:"
ANSWERS = ("cat", "red", "photo")
TEXTS = ["the cat and", "car", "a red photo of"]


@pytest.fixture(scope="module", params=["GPT2", "Llama"])
def folder(request, tmp_path_factory):
    return language_folder(request.param, tmp_path_factory.mktemp(request.param))


@cache
def opened(folder, question=QUESTION):
    return open_text_model(f"ask:{folder}", question=question, answers=ANSWERS)


@pytest.mark.parametrize("question", [QUESTION, None])
def test_classes_have_the_models_own_logits_of_the_answers(folder, question):
    split = opened(folder, question)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder).eval()
    tokenizer = file_tokenizer(folder)
    rows = [tokenizer.id_of(f"Ġ{answer}") for answer in ANSWERS]
    for text in TEXTS:
        ids = tokenizer([(question or "{text}").replace("{text}", text)])[0].ids
        with torch.no_grad():
            expected = model(torch.tensor([ids])).logits[:, -1, rows]
        torch.testing.assert_close(split.head(split.encode_texts([text])), expected, rtol=1e-5, atol=1e-5)
    assert split.card.class_names == ANSWERS
    assert "of the next token's probability" in split.reason


def test_prompts_in_a_batch_are_those_alone(folder):
    split = opened(folder)
    alone = torch.cat([split.encode_texts([text]) for text in TEXTS])
    torch.testing.assert_close(split.encode_texts(TEXTS), alone, rtol=0, atol=1e-5)


def test_only_words_of_the_text_have_places_and_can_be_hidden(folder):
    split = opened(folder)
    pieces = split.pieces("the cat and")
    words = ["the cat and"[slice(*span)] for span in pieces.spans if span]
    assert words == ["the", "cat", "and"]
    assert sum(span is None for span in pieces.spans) >= 3
    rows = [split.removed(f"the {word} and", [[(4, 4 + len(word))]], how="hide") for word in ("cat", "car")]
    assert "hide" in split.removals
    torch.testing.assert_close(rows[0], rows[1], rtol=0, atol=1e-5)


def test_a_long_text_is_cut_and_the_question_kept(folder):
    split = opened(folder)
    pieces, short = split.pieces("the cat and " * 30), split.pieces("the")
    assert len(pieces.ids) == split.card.longest
    assert pieces.n_cut > 0
    n_after = list(reversed([span is None for span in short.spans])).index(False)
    assert pieces.ids[-n_after:] == short.ids[-n_after:]


@pytest.mark.parametrize(
    ("question", "answers", "said"),
    [
        ("what is it?", ("cat", "red"), r"has 0 places for a text: write \{text\} once"),
        ("{text} on: ", ("cat", "red"), "ends with a blank"),
        (QUESTION, ("cat", "cat"), "do not all begin with different tokens"),
        (QUESTION, ("cat",), "give two answers or more"),
        ("the red car on " * 20 + "{text}", ("cat", "red"), "the question has"),
    ],
)
def test_questions_that_cannot_be_asked_are_refused_in_one_line(folder, question, answers, said):
    with pytest.raises(ValueError, match=said):
        open_text_model(f"ask:{folder}", question=question, answers=answers)


def test_the_answer_comes_before_the_tokens_that_end_a_text(tmp_path):
    write_tokenizer(tmp_path)  # it ends texts with [SEP]
    prompt = prompted("the {text} is", file_tokenizer(tmp_path))
    assert prompt(["dog"])[0].spans == (None, None, (0, 3), None)
    assert len(set(answer_tokens(prompt, ["red", "grass"]))) == 2


def test_an_answer_after_a_line_has_no_blank_before_it(tmp_path):
    write_byte_tokenizer(tmp_path)
    tokenizer = file_tokenizer(tmp_path)
    assert prompted("{text}\n", tokenizer).first_token("cat") == tokenizer(["cat"])[0].ids[0]
    assert prompted("{text} on", tokenizer).first_token("cat") == tokenizer([" cat"])[0].ids[0]


STORIES = """
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, {folder!r})
from stories260k import load, rms

class Ending(nn.Module):
    class_names, longest = ["park", "day"], 200

    def __init__(self):
        super().__init__()
        self.inner, self.words = load(Path({folder!r}))
        rows = [self.words.encode(name, bos=False)[0] for name in self.class_names]
        self.answers = nn.Linear(64, 2, bias=False)
        self.answers.weight = nn.Parameter(self.inner.embed_tokens.weight[rows])

    def tokenize(self, text):
        return self.words.encode(text)

    def forward(self, ids, mask):
        x = self.inner.embed_tokens(ids)
        for layer in self.inner.layers:
            x = layer(x)
        last = rms(x, self.inner.norm)[torch.arange(len(ids)), mask.sum(dim=1) - 1]
        return self.answers(last)

build = Ending
"""


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "models" / "stories260k").is_dir(), reason="no stories260k in ../shared")
def test_a_language_model_of_ones_own_code_answers_by_its_next_token(tmp_path):
    place = SHARED / "models" / "stories260k"
    path = tmp_path / "stories.py"
    path.write_text(STORIES.format(folder=str(place)))
    split = open_text_model(f"{path}:build")
    model, words = load_file(place / "stories260k.py").load(place)
    texts = ["Once upon a time", "She loved to play outside in the"]
    rows = [words.encode(name, bos=False)[0] for name in ("park", "day")]
    with torch.no_grad():
        expected = torch.cat([model(torch.tensor([words.encode(text)]))[:, -1, rows] for text in texts])
    torch.testing.assert_close(split.head(split.encode_texts(texts)), expected, rtol=1e-4, atol=1e-4)
    assert split.layer == "answers"
