"""Fields as options of the command line: each comes back from the command that gives it."""

import argparse
import shlex
from dataclasses import dataclass, fields, replace
from typing import Annotated

import pytest

from concepts.cli import evaluate, report
from concepts.cli.shared import request_of
from concepts.evaluation import LabSettings
from concepts.options import Option, add_options, with_options, words_of
from concepts.report.request import Request, command_again
from concepts.report.settings import ReportSettings
from concepts.storage.typed_json import Count

NO_OPTION = {"n_crops", "settings", "texts"}  # asked for in Python alone; options by its own fields; in place of photos
NEEDED = ["--model=m.py:build", "--images=photos", "--target=red", "--out=there"]
OTHER = {  # a value that is not the default, of each field
    Request: {
        "model": "demo/shapes", "images": "my photos", "target": "cat, dog", "weights": "w.pt", "layer": "features.3",
        "classes": "c.txt", "n_classes": 10, "resize": 256, "crop": 224, "output": "binary", "device": "cuda:1",
        "others": "more photos", "metadata": "about.csv", "text_column": "body", "label_column": "stars",
        "id_column": "key", "encoding": "cp1252", "question": "Is {text} kind?", "answers": "yes, no",
        "pairs": "pairs.txt",
    },
    ReportSettings: {
        "method": "nmf", "n_concepts": 3, "importance": "tcav", "photos": "all", "sample": 2000, "sub_concepts": 2,
        "split_concepts": 2, "depth": 2, "evidence": "off", "seed": 7, "batch_size": 16,
    },
    LabSettings: {
        "methods": ("ica",), "importances": (), "n_concepts": (5, 12), "n_seeds": 2, "folds": 0, "images": 8,
        "photos": "all", "sample": 2000, "seed": 4, "batch_size": 16,
    },
}  # fmt: skip
BASE = {Request: Request("m.py:build", "photos", "red"), ReportSettings: ReportSettings(), LabSettings: LabSettings()}
COMMANDS = {Request: report, ReportSettings: report, LabSettings: evaluate}


def given(command, words: list[str]) -> argparse.Namespace:
    """What a command reads; of an option that is given twice, the last counts."""
    parser = argparse.ArgumentParser()
    command.add(parser)
    return parser.parse_args([*NEEDED, *words])


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, field.name) for kind in OTHER for field in fields(kind) if field.name not in NO_OPTION],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_every_field_comes_back_from_its_command(kind, name):
    asked = replace(BASE[kind], **{name: OTHER[kind][name]})
    assert asked != BASE[kind]
    assert with_options(BASE[kind], given(COMMANDS[kind], words_of(asked))) == asked


def test_texts_come_back_from_the_command_in_place_of_photos():
    asked = Request(model="m.py:build", texts="texts.csv", target="red")
    words = [word for word in NEEDED if not word.startswith("--images")]
    parser = argparse.ArgumentParser()
    report.add(parser)
    assert with_options(Request(model=""), parser.parse_args([*words, "--texts=texts.csv"])) == asked
    with pytest.raises(ValueError, match=r"photos and texts were given: .* give --images or --texts"):
        replace(asked, images="photos")


@pytest.mark.parametrize("kind", OTHER, ids=lambda kind: kind.__name__)
def test_what_is_left_out_is_the_default(kind):
    assert with_options(BASE[kind], given(COMMANDS[kind], [])) == BASE[kind]


def test_the_command_that_makes_a_report_again_asks_for_the_same():
    asked = Request(**OTHER[Request], settings=ReportSettings(**OTHER[ReportSettings]))
    program, words = (words := shlex.split(command_again(asked, method="nmf", layer="features.3")))[:4], words[4:]
    assert program == ["python", "-m", "concepts", "report"]
    options = given(report, words)
    assert request_of(options, with_options(ReportSettings(), options)) == asked
    assert str(options.out) == "report-again"


@dataclass(frozen=True)
class Bread:
    """A toy: a field that is needed, numbers of two kinds, a list, and what the command line does not take."""

    flour: Annotated[str, Option("of what", choices=("rye", "wheat"))]
    grams: Annotated[Count | None, Option("how much", name="weight")] = None
    minutes: Annotated[tuple[Count, ...], Option("in the oven")] = (10, 20)
    crust: Annotated[str, Option("how dark", "crust")] = ""
    secret: str = "salt"


def bread(*words: str, group: str = "") -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser, Bread, group)
    return parser.parse_args(words)


def test_an_option_has_the_type_of_its_field():
    found = with_options(Bread("wheat", secret="seeds"), bread("--flour=rye", "--weight=500", "--minutes=5, 6"))
    assert found == Bread("rye", 500, (5, 6), secret="seeds")
    assert words_of(found) == ["--flour=rye", "--weight=500", "--minutes=5,6"]
    assert with_options(Bread("rye"), bread("--crust=dark", group="crust")) == Bread("rye", crust="dark")


@pytest.mark.parametrize("words", [[], ["--flour=oats"], ["--flour=rye", "--weight=x"], ["--flour=rye", "--secret=x"]])
def test_what_is_no_option_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        bread(*words)
    assert "error: " in capsys.readouterr().err


def test_a_list_of_numbers_that_is_none_names_its_option():
    with pytest.raises(ValueError, match=r"^--minutes '5,x': give one number or several"):
        with_options(Bread("rye"), bread("--flour=rye", "--minutes=5,x"))
