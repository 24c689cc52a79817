"""Language models of the user's own code that are asked a question: the answers' logits, whatever makes them."""

import numpy as np
import pytest
import torch

from concepts.cli.main import main
from concepts.models.classifiers.neighbours import load_file
from concepts.models.text import open_text_model
from tests.support.places import SHARED
from tests.support.tiny_encoders import language_folder

QUESTION, ANSWERS = "a {text} on:", ("cat", "red", "photo")
TEXTS = ["the cat and", "car", "a red photo of the dog"]
FACTORY = """
import torch
from torch import nn

WORDS = ["?", "a", "photo", "of", "cat", "dog", "the", "red", "car", "on", ":", "and"]


class Tiny(nn.Module):
    longest = 24

    def __init__(self, spans=False, end=False):
        super().__init__()
        torch.manual_seed(0)
        self.embed, self.spans, self.end = nn.Embedding(len(WORDS), 6), spans, end
        self.mix = nn.GRU(6, 6, batch_first=True)

    def tokenize(self, text):
        import re
        found = [(m.group(), m.span()) for m in re.finditer(r"\\w+|[^\\w\\s]", text)]
        ids = [WORDS.index(word) if word in WORDS else 0 for word, _ in found] + [0] * self.end
        return (ids, [span for _, span in found]) if self.spans else ids

    def hidden(self, ids):
        return self.mix(self.embed(ids))[0]


class Linear(Tiny):
    def __init__(self):
        super().__init__(spans=True)
        self.words = nn.Linear(6, len(WORDS))

    def forward(self, ids, mask):
        return {"logits": self.words(self.hidden(ids))}


class Tied(Tiny):
    def forward(self, ids):
        return self.hidden(ids) @ self.embed.weight.T


class Capped(Tied):
    def forward(self, ids):
        return 2 * torch.tanh(super().forward(ids))


class Ends(Tied):
    def __init__(self):
        super().__init__(end=True)


class Answers(Linear):
    def forward(self, ids, mask):
        return self.words(self.hidden(ids))[:, -1, :2]
"""
OF_TRANSFORMERS = """
import transformers

def build():
    model = transformers.AutoModelForCausalLM.from_pretrained({folder!r})
    model.tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained({folder!r})
    model.longest = 24
    return model
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("code") / "mine.py"
    path.write_text(FACTORY)
    return path


def asked(file, kind, question=QUESTION, answers=ANSWERS):
    return open_text_model(f"{file}:{kind}", question=question, answers=answers)


@pytest.mark.parametrize(("kind", "layer"), [("Linear", "words"), ("Tied", "embed.weight")])
@pytest.mark.parametrize("question", [QUESTION, None])
def test_classes_have_the_modules_own_logits_of_the_answers(file, kind, layer, question):
    split, code = asked(file, kind, question), load_file(file)
    model = getattr(code, kind)().eval()
    rows = [code.WORDS.index(answer) for answer in ANSWERS]
    for text in TEXTS:
        made = model.tokenize((question or "{text}").replace("{text}", text))
        ids = torch.tensor([made[0] if model.spans else made])
        returned = model(ids, torch.ones_like(ids)) if model.spans else model(ids)
        logits = returned["logits"] if model.spans else returned
        found = split.head(split.encode_texts([text]))
        torch.testing.assert_close(found, logits[:, -1, rows].detach(), rtol=1e-4, atol=1e-5)
    alone = torch.cat([split.encode_texts([text]) for text in TEXTS])
    torch.testing.assert_close(split.encode_texts(TEXTS), alone, rtol=0, atol=1e-5)
    assert (split.layer, split.card.class_names) == (layer, ANSWERS)
    assert "of the next token's probability" in split.reason


def test_another_question_is_another_model(file):
    prints = [asked(file, "Tied", question).card.fingerprint for question in (QUESTION, "the {text} on:", QUESTION)]
    assert prints[0] == prints[2] != prints[1]


def test_what_is_too_long_is_cut_where_places_are_known_and_else_not_read(file):
    long = "the cat and " * 20
    assert len(asked(file, "Linear").card.prepare(long)) == 24
    with pytest.raises(ValueError, match="with the question it has 63 tokens, the model reads 24"):
        asked(file, "Tied").card.prepare(long)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "Answers",
            r"returns \(1, 2\) for 1 texts, expected logits of the next.* with 8 words.* leave out --question",
        ),
        ("Capped", "no linear layer and no matrix of Capped makes its 12 logits: end it with its nn.Linear"),
        ("Ends", "a tokenize without spans must put no token after a text"),
    ],
)
def test_what_cannot_be_asked_is_told_what_to_return(file, kind, said):
    with pytest.raises(ValueError, match=said):
        asked(file, kind)


def test_questions_are_for_modules_and_answers_are_needed(file, tmp_path):
    with pytest.raises(ValueError, match="give two answers or more"):
        asked(file, "Linear", answers=None)
    with pytest.raises(ValueError, match="does not use class_names"):
        open_text_model(f"{file}:Linear", question=QUESTION, answers=ANSWERS, class_names="a, b, c")
    other = tmp_path / "pipe.py"
    other.write_text(
        "from sklearn.feature_extraction.text import CountVectorizer\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.pipeline import make_pipeline\n"
        "build = lambda: make_pipeline(CountVectorizer(), LogisticRegression()).fit(['a cat', 'the dog'], [0, 1])\n"
    )
    with pytest.raises(ValueError, match="does not use question, answers"):
        asked(other, "build")


def test_a_model_of_transformers_from_a_factory_is_as_from_its_folder(tmp_path):
    pytest.importorskip("transformers")
    folder = language_folder("GPT2", tmp_path / "gpt2")
    file = tmp_path / "hf.py"
    file.write_text(OF_TRANSFORMERS.format(folder=str(folder)))
    mine, own = asked(file, "build"), open_text_model(f"ask:{folder}", question=QUESTION, answers=ANSWERS)
    for split in (mine, own):
        assert split.card.class_names == ANSWERS
    expected = own.head(own.encode_texts(TEXTS))
    torch.testing.assert_close(mine.head(mine.encode_texts(TEXTS)), expected, rtol=1e-4, atol=1e-5)
    assert mine.layer == "lm_head"


def test_a_report_asks_it(file, tmp_path):
    rng, table, out = np.random.default_rng(0), tmp_path / "texts.csv", tmp_path / "report"
    words = ["cat", "dog", "the", "red", "car"]
    rows = [f"{' '.join(rng.choice(words, size=5))} {i},{ANSWERS[i % 2]}" for i in range(24)]
    table.write_text("text,label\n" + "\n".join(rows) + "\n")
    given = ["--texts", str(table), "--target", "cat", "--out", str(out), "--concepts", "2", "--photos", "all",
             "--evidence", "off", "--question", QUESTION, "--answers", "cat, red"]  # fmt: skip
    assert main(["report", "--model", f"{file}:Tied", *given]) == 0
    assert (out / "report.json").is_file()


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "models" / "stories260k").is_dir(), reason="no stories260k in ../shared")
def test_a_real_one_whose_unembedding_is_its_embedding(tmp_path):
    place = SHARED / "models" / "stories260k"
    file = tmp_path / "stories.py"
    file.write_text(
        f"import sys\nfrom pathlib import Path\nsys.path.insert(0, {str(place)!r})\nfrom stories260k import load\n"
        f"def build():\n    model, words = load(Path({str(place)!r}))\n    model.tokenize = words.encode\n"
        "    return model\n"
    )
    split = asked(file, "build", "{text} She went to the", ("park", "day"))
    model, words = load_file(place / "stories260k.py").load(place)
    rows = [words.encode(name, bos=False)[0] for name in ("park", "day")]
    texts = ["Once upon a time there was a girl.", "It was hot."]
    with torch.no_grad():
        expected = torch.cat(
            [model(torch.tensor([words.encode(f"{text} She went to the")]))[:, -1, rows] for text in texts]
        )
    torch.testing.assert_close(split.head(split.encode_texts(texts)), expected, rtol=1e-3, atol=1e-3)
    assert split.layer == "embed_tokens.weight"
