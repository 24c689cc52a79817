"""`bridge` as a user runs it, and words that come back over it: fitted on class folders, judged, read on photos."""

import re

import numpy as np
import pytest
import torch
from PIL import Image

import concepts.models.encoders
from concepts.cli.main import main
from concepts.lexicon import Lexicon, load_lexicon
from concepts.lexicon.alignment import Bridge, bridged_lexicon, load_bridge
from concepts.lexicon.collections import Collection, read_words
from tests.support.tiny import CLASSES, FACTORY

WORDS = {"red": (240, 20, 20), "green": (20, 240, 20), "blue": (20, 20, 240), "yellow": (240, 240, 20),
         "violet": (200, 20, 240), "white": (245, 245, 245)}  # fmt: skip


class Texts:
    """A word as its colour, beside much that all words have in common."""

    name, fingerprint, n_channels, longest = "colours", "rgb", 5, 99

    def embed(self, texts):
        rows = [next(WORDS[word] for word in text.split() if word in WORDS) for text in texts]
        return torch.tensor([[*(value / 255 for value in row), 9.0, 4.0] for row in rows])


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.setattr(concepts.models.encoders, "open_text_encoder", lambda name, **options: Texts())
    rng = np.random.default_rng(0)
    for word, colour in WORDS.items():
        (tmp_path / "photos" / word).mkdir(parents=True)
        for i in range(4):
            pixels = np.clip(np.array(colour) + rng.integers(-15, 16, (32, 32, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / word / f"{i}.png")
    return tmp_path / "photos"


def bridge(root, photos, **options):
    given = {"model": FACTORY, "layer": "features", "images": photos, "out": root / "b.safetensors", "folds": 2}
    return main(["bridge", *(text for name, value in (given | options).items() for text in (f"--{name}", str(value)))])


def test_it_is_fitted_judged_and_written(tmp_path, photos, capsys):
    assert bridge(tmp_path, photos) == 0
    said = capsys.readouterr().out
    found = load_bridge(tmp_path / "b.safetensors")
    assert found.matrix.shape == (4, 5)
    assert found.trained_on == "24 photos of 6 words, photos"
    assert found.space == "rgb"
    written = found.figures["recall at 1, unseen words"]
    assert f"{written:.3f}" in re.search(r"ridge +(\S+)", said)[1]
    assert "random" in said
    assert "\n  conse" not in said  # the model's classes are not these words


def test_words_do_not_read_photos_over_a_bridge_of_another_layer(tmp_path, photos, capsys):
    assert bridge(tmp_path, photos) == 0
    (tmp_path / "words.txt").write_text("\n".join(WORDS))
    given = ["--model", FACTORY, "--layer", "features.0", "--images", str(photos), "--text", "colours"]
    given += ["--words", str(tmp_path / "words.txt"), "--bridge", str(tmp_path / "b.safetensors")]
    assert main(["tokens", *given, "--name", "all", "--workspace", str(tmp_path)]) == 2
    assert "the bridge leads from another model or layer" in capsys.readouterr().err


def test_its_words_read_photos(tmp_path, photos):
    assert bridge(tmp_path, photos) == 0
    (tmp_path / "words.txt").write_text("\n".join(WORDS))
    given = ["--model", FACTORY, "--layer", "features", "--images", str(photos), "--text", "colours"]
    given += ["--words", str(tmp_path / "words.txt"), "--bridge", str(tmp_path / "b.safetensors")]
    assert main(["tokens", *given, "--name", "all", "--workspace", str(tmp_path)]) == 0
    collection = Collection.load(tmp_path / "collections" / "all", tmp_path / "store")
    lexicon = next(lexicon for lexicon in map(load_lexicon, collection.lexicons()) if lexicon.name == "my words")
    index = read_words(collection, lexicon).index
    for word in ("red", "green", "blue"):
        assert collection.labels[index.photos(word, top=1).rows[0]] == word


def test_labels_come_from_a_file_and_the_models_own_words_are_judged_too(tmp_path, photos, capsys):
    for word in set(WORDS) - set(CLASSES):
        for file in (photos / word).iterdir():
            file.unlink()
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES))
    (tmp_path / "labels.txt").write_text("\n".join(word for word in sorted(CLASSES) for _ in range(4)))
    given = {"labels": tmp_path / "labels.txt", "classes": tmp_path / "classes.txt"}
    assert bridge(tmp_path, photos, **given) == 2  # three words in two folds: one would be alone
    assert "3 words cannot be judged in 2 folds" in capsys.readouterr().err
    (tmp_path / "labels.txt").write_text("red\nblue")
    assert bridge(tmp_path, photos, **given) == 2
    assert "2 words for 12 photos, one for each" in capsys.readouterr().err


def test_a_lexicon_over_a_bridge_says_what_bridged_tokens_say(rng):
    M, b = torch.randn(6, 5, generator=rng), torch.randn(5, generator=rng)
    E, x = torch.randn(7, 5, generator=rng), torch.randn(3, 6, generator=rng)
    found = bridged_lexicon(Lexicon(tuple("abcdefg"), E), Bridge(M, b, "ridge"))
    centre = E.mean(dim=0)
    words = torch.nn.functional.normalize(E - centre, dim=1)
    torch.testing.assert_close(x @ found.vectors.T + found.bias, (x @ M + b - centre) @ words.T, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        (Lexicon(("a", "b"), torch.eye(3)[:2]), "words have 3 channels, the bridge leads to 2"),
        (Lexicon(("a", "b"), torch.eye(2), space="other"), "another text encoder"),
        (Lexicon(("a",), torch.ones(1, 2)), "1 words that cannot be told apart"),
    ],
)
def test_words_that_do_not_fit_are_refused(lexicon, message):
    with pytest.raises(ValueError, match=message):
        bridged_lexicon(lexicon, Bridge(torch.eye(2), torch.zeros(2), "ridge", space="rgb"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"out": "b.json"}, "give the name of a .safetensors file"),
        ({"prompt": "a photo"}, "write {} where the word goes"),
        ({"images": "no/such/folder"}, "no/such/folder"),
        ({"folds": 9}, "6 words cannot be judged in 9 folds"),
    ],
)
def test_wrong_input_is_one_line(tmp_path, photos, capsys, options, message):
    assert bridge(tmp_path, photos, **options) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert "\n" not in said
    assert not (tmp_path / "b.safetensors").exists()


def test_photos_without_a_word_are_told(tmp_path, photos, capsys):
    Image.new("RGB", (40, 40)).save(photos / "loose.png")
    assert bridge(tmp_path, photos) == 2
    assert "1 photos have no word: put them in folders named by it, or give --labels" in capsys.readouterr().err
