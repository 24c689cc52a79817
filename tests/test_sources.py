"""Models, photos and encoders from a source of one's own: it registers names, and everything opens them."""

import sys
from dataclasses import dataclass
from subprocess import run

import pytest
import torch

from concepts.data.images import open_photos
from concepts.data.sources import DATA_SOURCES
from concepts.engine.analysis import analyse, open_request_photos
from concepts.models import Split, load_model
from concepts.models.classifiers.card import make_card
from concepts.models.classifiers.transform import PhotoTransform
from concepts.models.encoders import open_image_encoder, open_text_encoder
from concepts.models.encoders.sources import IMAGE_ENCODERS, TEXT_ENCODERS
from concepts.models.sources import MODELS, ModelOptions
from concepts.registry import Registry
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from tests.support.places import ROOT
from tests.support.tiny import CLASSES, build, write_photos

NAME = "toy/colours"


@dataclass(frozen=True)
class ToyEncoder:
    """What a source gives for an encoder's name; nothing asks it anything here."""

    name: str
    device: torch.device


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """A source of a model, of photos and of encoders, for as long as the test runs."""

    def open_model(name: str, options: ModelOptions) -> torch.nn.Module:
        if options.given:
            raise ValueError(f"{name} takes no {options.given[0]}")
        model = build()
        transform = PhotoTransform(resize=32, crop=32, mean=(0.5,) * 3, std=(0.5,) * 3)
        model.card = make_card(model, name=name, weights="toy", class_names=tuple(CLASSES), transform=transform)
        return model

    for registry in (MODELS, DATA_SOURCES, IMAGE_ENCODERS, TEXT_ENCODERS):
        monkeypatch.setattr(registry, "_sources", list(registry._sources))
    MODELS.register(lambda name: name.startswith("toy/"), open_model)
    DATA_SOURCES.register(lambda name: name == NAME, lambda name, store, classes: open_photos(write_photos(store)))
    IMAGE_ENCODERS.register(lambda name: name == "toy/eye", ToyEncoder)
    TEXT_ENCODERS.register(lambda name: name == "toy/tongue", ToyEncoder)


def test_the_latest_registered_is_asked_first():
    registry: Registry[str] = Registry()
    assert registry.opener("a") is None
    registry.register(lambda name: True, "any")
    registry.register(lambda name: name == "a", "a alone")
    assert [registry.opener(name) for name in ("a", "b")] == ["a alone", "any"]


@pytest.mark.usefixtures("toy")
def test_a_request_of_a_registered_model_and_photos_is_analysed(tmp_path):
    request = Request(model=NAME, images=NAME, target="red", settings=ReportSettings(n_concepts=2))
    report = analyse(request, tmp_path / "store")
    assert (report.data.model.name, report.data.target.label, len(report.data.images)) == (NAME, "red", 24)
    assert report.data.accuracy.value == 1


@pytest.mark.usefixtures("toy")
def test_a_source_says_itself_what_it_has_no_use_for():
    assert load_model(NAME, weights="DEFAULT").card.name == NAME
    with pytest.raises(ValueError, match="toy/colours takes no crop"):
        load_model(NAME, crop=8)


@pytest.mark.usefixtures("toy")
def test_registered_encoders_are_opened_on_the_device_that_was_asked_for():
    assert open_image_encoder("toy/eye") == ToyEncoder("toy/eye", torch.device("cpu"))
    assert open_text_encoder("toy/tongue") == ToyEncoder("toy/tongue", torch.device("cpu"))
    with pytest.raises(ValueError, match="toy/eye has no use for size"):
        open_image_encoder("toy/eye", size=(8, 8))
    assert isinstance(open_image_encoder(NAME, layer="features"), Split), "a registered classifier is split"


@pytest.mark.parametrize(
    ("open_it", "message"),
    [
        (lambda: load_model("toy/colours"), "^unknown model 'toy/colours': near names are .*; expected a torchvision"),
        (lambda: load_model("demo/x"), "^no demo model 'demo/x'; there are demo/shapes, demo/digits$"),
        (lambda: load_model("demo/shapes", crop=8), "^'demo/shapes' brings its own crop: leave out what was given$"),
        (
            lambda: open_request_photos(Request("", "demo/x"), None),
            "^no such folder or file: .*expected a folder",
        ),
        (lambda: open_image_encoder("toy/eye"), "^'toy/eye' is not a folder: give one with a config.json, hf:org/name"),
    ],
)
def test_a_name_that_nobody_takes_is_told_as_ever(open_it, message):
    with pytest.raises(ValueError, match=message):
        open_it()


def test_the_demo_is_registered_wherever_the_package_is_used_and_costs_nothing():
    code = (
        "import sys, concepts; from concepts.models.sources import MODELS;"
        "print(MODELS.opener('demo/shapes') is not None, {'torch', 'numpy', 'PIL'} & sys.modules.keys())"
    )
    found = run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "True set()"
