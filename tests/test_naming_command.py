"""`name` as a user runs it: a report's concepts get words of the classes, of a list through a bridge, of captions."""

import functools
import json

import pytest
import torch

import concepts.models.encoders
from concepts.cli.main import main
from concepts.data.images import open_photos
from concepts.lexicon.alignment import fit_bridge
from concepts.lexicon.naming import name_concepts, read_names
from concepts.lexicon.naming.report_tokens import report_places
from concepts.lexicon.naming.scores import shuffled_thresholds, word_scores
from concepts.models import load_model, split_model
from concepts.report.class_report import ClassReport
from tests.support.tiny import CLASSES, FACTORY, build, write_photos


class Colours:
    """Words as the channels of the tiny model: red, green, blue and brightness."""

    name, fingerprint, n_channels, longest = "colours", "rgb", 4, 99

    def embed(self, texts):
        return torch.tensor(
            [[float(word in text.split()) for word in ("red", "green", "blue", "bright")] for text in texts]
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Photos of red squares, half of them with a blue mark, and their report."""
    root = tmp_path_factory.mktemp("naming")
    photos = write_photos(root / "photos", n=16)
    (root / "classes.txt").write_text("\n".join(CLASSES))
    made = {"target": "red", "layer": "features", "concepts": 3, "out": root / "report"}
    assert main(arguments("report", root, photos, **made)) == 0
    return root, photos


def arguments(command, root, photos, **options):
    given = {"model": FACTORY, "classes": root / "classes.txt", "images": photos} | options
    return [command, *(text for name, value in given.items() for text in (f"--{name}", str(value)))]


def run(world, **options):
    root, photos = world
    given = {"report": root / "report", "out": root / "names.json", "prototypes": 5} | options
    return main(arguments("name", root, photos, **given))


def test_concepts_get_the_words_of_classes(world, capsys):
    root, _ = world
    assert run(world) == 0
    said = capsys.readouterr().out
    names = read_names(root / "names.json")
    assert len(names) == 3
    for name in names:
        assert f"concept {name.concept + 1}: {name.sentence}" in said
    assert {"red", "blue"} <= {name.word for name in names}
    about = json.loads((root / "names.json").read_text(encoding="utf-8"))["about"]
    assert about["prototypes"] == 5
    assert about["words"] == 3


def test_the_names_are_those_of_the_functions(world):
    root, photos = world
    assert run(world, capacity=3, seed=4) == 0
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    tokens, codes = report_places(ClassReport.load(root / "report"), split, open_photos(str(photos)), root / "other")
    assert tokens.shape == (16, 64, 4)
    assert codes.shape == (16, 64, 3)
    lexicon = concepts.lexicon.class_lexicon(split)
    limits = shuffled_thresholds(tokens, codes, lexicon, n_prototypes=5, seed=4)
    scores = word_scores(tokens, codes, lexicon, n_prototypes=5)
    expected = name_concepts(scores.numpy(), lexicon.words, threshold=limits.numpy(), capacity=3)
    assert read_names(root / "names.json") == expected


def test_codes_and_tokens_are_of_the_same_places(world):
    """The report's codes times its dictionary give the tokens back."""
    root, photos = world
    report = ClassReport.load(root / "report")
    split = split_model(build(), layer="features")
    with pytest.raises(ValueError, match="other weights or another layer"):
        report_places(report, split_model(build(), layer="flatten"), open_photos(str(photos)), root / "other")
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    tokens, codes = report_places(report, split, open_photos(str(photos)), root / "other")
    error = (codes @ torch.from_numpy(report.array("components")) - tokens).norm() / tokens.norm()
    assert error < 0.35
    few, _ = report_places(report, split, open_photos(str(photos)), root / "other", most=4, seed=1)
    assert len(few) == 4


@pytest.fixture
def bridged(world, monkeypatch, tmp_path):
    monkeypatch.setattr(concepts.models.encoders, "open_text_encoder", lambda name, **options: Colours())
    eye = torch.eye(4).repeat(3, 1)
    fit_bridge("ridge", eye, eye).save(tmp_path / "bridge.safetensors")
    return functools.partial(run, world, bridge=tmp_path / "bridge.safetensors", encoder="colours")


def test_a_list_of_words_goes_through_a_bridge(world, bridged, tmp_path):
    (tmp_path / "words.txt").write_text("blue\nred\n\nred\ngreen\n")
    assert bridged(lexicon=tmp_path / "words.txt") == 0
    assert {"red", "blue"} <= {name.word for name in read_names(world[0] / "names.json")}


def test_a_word_that_is_no_better_than_unrelated_ones_is_no_name(world, bridged, tmp_path, monkeypatch, capsys):
    class Vague(Colours):
        """Says red for every word that it does not know."""

        def embed(self, texts):
            known = super().embed(texts)
            return torch.where(known.any(dim=1, keepdim=True), known, super().embed(["red"]))

    (tmp_path / "words.txt").write_text("blue\nred\n")
    assert bridged(lexicon=tmp_path / "words.txt") == 0
    before = {name.word for name in read_names(world[0] / "names.json")}
    monkeypatch.setattr(concepts.models.encoders, "open_text_encoder", lambda name, **options: Vague())
    assert bridged(lexicon=tmp_path / "words.txt") == 0
    assert {name.word for name in read_names(world[0] / "names.json")} == before - {"red"}
    assert "better than each of 830 words that no photo shows" in capsys.readouterr().out


def test_words_may_come_from_captions(world, bridged, tmp_path):
    (tmp_path / "captions.txt").write_text("this is red\nthat is blue\nit is bright\nnothing green\n")
    assert bridged(captions=tmp_path / "captions.txt") == 0
    assert {"red", "blue"} <= {name.word for name in read_names(world[0] / "names.json")}


def test_a_bridge_to_another_encoder_is_told(world, bridged, tmp_path, capsys):
    (tmp_path / "words.txt").write_text("red\nblue\n")
    eye = torch.eye(4)
    fit_bridge("ridge", eye, eye, space="another").save(tmp_path / "bridge.safetensors")
    assert bridged(lexicon=tmp_path / "words.txt") == 2
    assert "another text encoder" in capsys.readouterr().err


def test_a_bridge_from_another_model_or_layer_is_told(world, bridged, tmp_path, capsys):
    (tmp_path / "words.txt").write_text("red\nblue\n")
    eye = torch.eye(4)
    fit_bridge("ridge", eye, eye, source="another", trained_on="9 photos").save(tmp_path / "bridge.safetensors")
    assert bridged(lexicon=tmp_path / "words.txt") == 2
    assert "from another model or layer (9 photos)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"out": "names.txt"}, "give the name of a .json file"),
        ({"report": "no/such/folder"}, "holds no report.json"),
        ({"images": "no/such/folder"}, "no/such/folder"),
        ({"lexicon": "no-such-file.txt"}, "no-such-file.txt"),
        ({"captions": "no-such-file.txt"}, "captions cannot be read"),
        ({"bridge": "no-such-file", "lexicon": "WORDS"}, "no-such-file"),
        ({"lexicon": "WORDS"}, "need --bridge FILE"),
        ({"capacity": 0}, "capacity is 0"),
        ({"prototypes": 0}, "n_prototypes is 0"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(world, tmp_path, capsys, change, words):
    (tmp_path / "words.txt").write_text("red\nblue\n")
    change = {name: tmp_path / "words.txt" if value == "WORDS" else value for name, value in change.items()}
    if "images" in change:
        root, _ = world
        assert main(arguments("name", root, change["images"], report=root / "report", out=tmp_path / "n.json")) == 2
    else:
        assert run(world, **{"out": tmp_path / "n.json"} | change) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
    assert not (tmp_path / "n.json").exists()


def test_other_photos_are_told(world, tmp_path, capsys):
    root, _ = world
    other = write_photos(tmp_path / "other", n=2)
    assert main(arguments("name", root, other, report=root / "report", out=tmp_path / "n.json")) == 2
    assert "are not among those given" in capsys.readouterr().err
