"""Commands on words and tokens of texts: carry, word-states, permuted, and the JSON that they write."""

import json

import numpy as np
import pytest
import torch

from concepts.cli.json_table import checked_json
from concepts.cli.main import main
from concepts.evaluation.permuted import PermutedRow, permuted_concepts
from concepts.lexicon import Lexicon, load_lexicon, save_lexicon
from concepts.lexicon.segmenting import segmenter
from concepts.models.text.token_states import open_token_states
from concepts.numerics.intervals import Estimate
from tests.support.tiny_encoders import bert_folder, write_byte_tokenizer, write_tokenizer

pytest.importorskip("transformers")
SAID = ["cat", "cat red", "dog car", "red car", "the dog", "a photo", "on grass", "photo of cat", "what is", "user",
        "car and dog", "grass"]  # fmt: skip


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return bert_folder(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    vectors = torch.randn(len(SAID) + 1, 5, generator=torch.Generator().manual_seed(0))
    folder = tmp_path_factory.mktemp("words") / "lexicon"
    return save_lexicon(Lexicon((*SAID, "unheard"), vectors, name="mine"), folder)


def test_pieces_are_those_of_a_word_within_a_text(tmp_path):
    write_byte_tokenizer(tmp_path)
    segment = segmenter(str(tmp_path))
    assert segment("cat") == ("Ġcat",)
    assert "".join(segment("grotto")) == "grotto"  # its blank is a piece of its own, and no part of the word
    words = tmp_path / "words"
    write_tokenizer(words)
    assert segmenter(str(words))("cat dog") == ("cat", "dog")
    assert segmenter(str(words))("cat unheard") == ()


def test_carry_leaves_out_what_cannot_be_said_and_keeps_the_rest(tmp_path, lexicon, capsys):
    write_tokenizer(tmp_path / "new")
    out, save = tmp_path / "carry.json", tmp_path / "carried"
    given = ["--lexicon", str(lexicon), "--tokenizer", str(tmp_path / "new"), "--save", str(save), "--out", str(out)]
    assert main(["carry", *given]) == 0
    printed, figures = capsys.readouterr().out, json.loads(out.read_text())
    assert figures["unknown_words"] == ["unheard"]
    assert "without 1 word that it does not know, such as 'unheard'" in printed
    carried = load_lexicon(save)
    assert set(carried.words) == {piece for words in SAID for piece in words.split()}
    assert (carried.name, carried.n_channels) == ("mine, carried", 5)
    words = {row["piece"]: row["words"] for row in figures["pieces"]}
    assert words["cat"] == sum("cat" in each.split() for each in SAID)
    assert main(["carry", *given]) == 0  # over its own results


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "give one lexicon"),
        (["--words", "words.txt"], "--words needs --text"),
        (["--lexicon", "nowhere"], "holds no lexicon.json"),
        (["--lexicon", "LEXICON", "--penalty", "0"], "penalty is 0"),
        (["--lexicon", "LEXICON", "--tokenizer", "nowhere"], "'nowhere' is not a folder"),
        (["--lexicon", "LEXICON", "--save", "TOKENIZER"], "holds no lexicon: choose a new folder"),
    ],
)
def test_what_cannot_be_carried_is_one_line(tmp_path, lexicon, capsys, options, said):
    write_tokenizer(tmp_path)
    given = [{"LEXICON": str(lexicon), "TOKENIZER": str(tmp_path)}.get(word, word) for word in options]
    assert main(["carry", "--tokenizer", str(tmp_path), *given]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_word_states_are_those_of_the_text_and_know_their_nearest(tmp_path, bert, capsys):
    out = tmp_path / "words.json"
    given = ["--model", str(bert), "--text", "the cat", "--text", "the cat", "--out", str(out)]
    assert main(["word-states", *given]) == 0
    rows = json.loads(out.read_text())["words"]
    assert [(row["text"], row["word"], row["n_tokens"]) for row in rows] == [
        (0, "the", 1), (0, "cat", 1), (1, "the", 1), (1, "cat", 1),
    ]  # fmt: skip
    for row in rows:  # the same word of the same text lies at the same place
        assert row["nearest"] == f"{row['word']} of text {2 - row['text']}"
        assert row["cosine"] == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm(row["state"]) == pytest.approx(row["length"], rel=1e-5)
    assert "nearest cat of text 2 (1.00)" in capsys.readouterr().out
    assert main(["word-states", "--model", str(bert), "--text", "cat"]) == 0
    assert "nearest" not in capsys.readouterr().out
    assert main(["word-states", "--model", str(bert), "--text", "?!"]) == 2


def test_states_of_ids_are_those_of_the_text_in_any_batch(bert):
    encoder = open_token_states(str(bert))
    texts = ["the cat", "a red car on the grass", "a dog"]
    ids = [np.array(encoder.pieces(text).ids) for text in texts]
    together = encoder.states(ids)
    for text, each, states in zip(texts, ids, together, strict=True):
        torch.testing.assert_close(states, encoder.states([each])[0], rtol=0, atol=1e-5)
        assert states.shape == (len(text.split()) + 2, 16)
    other = open_token_states(str(bert), layer=0).states(ids)[0]
    assert not torch.allclose(other, together[0])
    with pytest.raises(ValueError, match=r"layer 3: .* has hidden states 0 \(embeddings\) to 2"):
        open_token_states(str(bert), layer=3)


class ByToken:
    """An encoder whose state of a token is its own, whatever stands around it, or that of its place alone."""

    def __init__(self, encoder, *, place: bool) -> None:
        self.pieces, self.place = encoder.pieces, place
        self.table = torch.rand(64, 4, generator=torch.Generator().manual_seed(1))

    def states(self, ids):
        return [self.table[torch.arange(len(each)) if self.place else torch.from_numpy(each)] for each in ids]


@pytest.mark.parametrize("place", [False, True])
def test_concepts_of_tokens_hang_on_identity_and_those_of_places_on_context(bert, place):
    rng = np.random.default_rng(0)
    words = ["cat", "dog", "red", "car", "grass", "photo", "the", "a"]
    texts = [" ".join(rng.choice(words, size=8)) for _ in range(40)]
    rows = permuted_concepts(ByToken(open_token_states(str(bert)), place=place), texts, n_concepts=3)
    expected, other = ("context", "identity") if place else ("identity", "context")
    for row in rows:
        assert row.hangs_on in (expected, "both")  # of eight tokens, one that takes another's place tells which it was
        assert getattr(row, expected).value > 0.999
        assert abs(getattr(row, other).value) < 0.8
    assert {token for row in rows for token in row.tokens} <= set(words)


def test_what_a_concept_hangs_on_is_what_lies_above_chance():
    high, low = Estimate(0.5, 0.4, 0.6), Estimate(0.2, 0.05, 0.3)
    for identity, context, said in ((high, low, "identity"), (low, high, "context"), (high, high, "both"),
                                    (low, low, "neither"), (Estimate(float("nan")), low, "neither")):  # fmt: skip
        assert PermutedRow(0, (), identity, context, 0.1, 9).hangs_on == said


def test_permuted_prints_a_line_a_concept(tmp_path, bert, capsys):
    texts, out = tmp_path / "texts.txt", tmp_path / "permuted.json"
    texts.write_text("".join(f"the {word} on a red {other}\n" for word in ("cat", "dog", "car")
                             for other in ("photo", "grass", "cat")))  # fmt: skip
    given = ["permuted", "--model", str(bert), "--texts", str(texts), "--concepts", "2", "--out", str(out)]
    assert main(given) == 0
    assert len(json.loads(out.read_text())["concepts"]) == 2
    assert capsys.readouterr().out.count("\n") == 2 + 2 + 1
    texts.write_text("cat\n")
    assert main(given) == 2
    assert "1 texts with 1 tokens, expected two texts and 2 tokens at least" in capsys.readouterr().err


def test_a_file_of_another_is_not_lost(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text('{"command": "carry"}')
    assert checked_json(file, "carry") == file
    with pytest.raises(ValueError, match="is no result of permuted, and would be lost"):
        checked_json(file, "permuted")
    file.write_text("notes")
    with pytest.raises(ValueError, match="would be lost"):
        checked_json(file, "carry")
    with pytest.raises(ValueError, match=r"is a folder, expected a file: add a name, such as carry\.json"):
        checked_json(tmp_path, "carry")
