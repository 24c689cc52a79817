"""What a model returns, read as logits: probabilities, one output, labels, quantities, dicts and tuples."""

from collections import OrderedDict, namedtuple
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from concepts.data.images import open_photos
from concepts.models import load_model, split_model
from concepts.models.outputs import Outputs
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.rendering.html import render_report_html
from tests.support.tiny import CLASSES, FACTORY, build, to_tensor, write_photos

SETTINGS = ReportSettings(n_concepts=3)
PLAIN = build().requires_grad_(False)
Both = namedtuple("Both", ["features", "logits"])


class Dressed(nn.Module):
    """The tiny model whose logits (n, 3) are returned in another dress."""

    def __init__(self, dress, names=CLASSES):
        super().__init__()
        self.body, self.dress, self.transform = build().requires_grad_(False), dress, to_tensor
        if names:
            self.class_names = names
        self.eval()

    def forward(self, x):
        return self.dress(self.body(x))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=12)))


@pytest.fixture(scope="module")
def images(photos):
    return torch.stack([to_tensor(photos.open(i)) for i in range(0, 24, 3)])


RETURNS = {
    "a dict": lambda z: {"logits": z},
    "a dict with more": lambda z: {"features": z.repeat(1, 2), "logits": z, "loss": None},
    "a dict of one": lambda z: {"classes": z},
    "an ordered dict": lambda z: OrderedDict(logits=z, hidden_states=None),
    "a tuple": lambda z: (z, z * 2),
    "a list after a loss": lambda z: [z.sum(), z],
    "a named tuple": lambda z: Both(z.repeat(1, 4), z),
    "an object": lambda z: SimpleNamespace(logits=z, hidden_states=(z,)),
    "places of one": lambda z: z[:, :, None, None],
}


@pytest.mark.parametrize("dress", RETURNS.values(), ids=RETURNS.keys())
def test_logits_are_found_in_what_is_returned(dress, images):
    split = split_model(Dressed(dress), "body.features")
    torch.testing.assert_close(split.head(split.encode(images)), PLAIN(images))
    assert (split.n_classes, split.outputs) == (3, Outputs())


MAPS = {
    "a map": (lambda z: z[:, :, None, None].expand(-1, -1, 4, 4), r"the model gives \(2, 3, 4, 4\) for 2 images"),
    "two tensors": (lambda z: {"a": z, "b": z}, r"dict \(a \(2, 3\), b \(2, 3\)\).* called logits"),
    "nothing": (lambda z: None, "NoneType .no tensor in it."),
    "integers": (lambda z: z.argmax(1), r"the model gives \(2,\)"),
    "empty": (lambda z: (), "tuple .no tensor in it."),
}


@pytest.mark.parametrize(("dress", "said"), MAPS.values(), ids=MAPS.keys())
def test_what_holds_no_logits_is_refused_with_its_shape(dress, said):
    with pytest.raises(ValueError, match=said):
        split_model(Dressed(dress))


@pytest.mark.parametrize("factor", [1.0, 5.0, 30.0])
def test_a_softmax_inside_is_not_taken_twice(factor, photos, images):
    inside = Dressed(lambda z: (z * factor).softmax(1))
    split = split_model(inside, "body.features")
    p = inside(images)
    np.testing.assert_allclose(split.head(split.encode(images)).softmax(1), p, atol=1e-6)
    report = build_report(split, photos, "red", SETTINGS)
    assert report.data.model.output == "classes"
    assert "softmax inside" in report.data.model.conversion
    for row, i in zip(report.data.images, range(12, 24), strict=True):  # green comes first
        shown = inside(to_tensor(photos.open(i))[None])[0]
        assert row.probability == pytest.approx(shown.max().item(), abs=1e-5)
        assert row.score == pytest.approx(shown[0].log().item(), abs=1e-4)


def test_labels_that_do_not_exclude_each_other_have_their_own_probabilities(photos, images):
    inside = Dressed(torch.sigmoid)
    split = split_model(inside, "body.features")
    torch.testing.assert_close(split.head(split.encode(images)), PLAIN(images), atol=1e-4, rtol=1e-3)
    assert split.outputs.kind == "multilabel"
    report = build_report(split, photos, "red", SETTINGS)
    logits = PLAIN(torch.stack([to_tensor(photos.open(i)) for i in range(12, 24)]))
    for row, z in zip(report.data.images, logits, strict=True):
        assert row.probability == pytest.approx(z.sigmoid().max().item(), abs=1e-4)
        assert row.recognised == row.right == bool(z[0] > 0)
    assert report.data.accuracy.value == pytest.approx((logits[:, 0] > 0).float().mean().item())
    stated = split_model(Dressed(lambda z: z), "body.features", output="multilabel")
    np.testing.assert_allclose(
        build_report(stated, photos, "red", SETTINGS).array("phi"), report.array("phi"), atol=1e-3
    )


LOGITS = {
    "ordinary": lambda z: z,
    "never negative": lambda z: nn.functional.softplus(z),
    "after a ReLU": lambda z: z.relu(),
    "small, by a linear layer": lambda z: nn.functional.linear(z, torch.eye(3) * 1e-3, torch.tensor([0.2, 0.3, 0.5])),
    "small, by a product": lambda z: (z @ (torch.eye(3) * 1e-6)).flatten(1)[:, :, None].squeeze(2),
    "all zero": lambda z: z * 0,
    "log-softmax": lambda z: z.log_softmax(1),
}


@pytest.mark.parametrize("dress", LOGITS.values(), ids=LOGITS.keys())
def test_logits_are_not_taken_for_probabilities(dress, images):
    split = split_model(Dressed(dress), "body.features")
    assert split.outputs == Outputs()
    torch.testing.assert_close(split.head(split.encode(images)), dress(PLAIN(images)))


def yes(z):
    """Red beside green, as one logit."""
    return (z[:, :1] - z[:, 1:2]) * 4


ONE = {
    "a logit": yes,
    "a probability": lambda z: yes(z).sigmoid(),
    "one number a photo": lambda z: yes(z)[:, 0],
    "a probability in a dict": lambda z: {"logits": yes(z).sigmoid()},
}


@pytest.mark.parametrize("dress", ONE.values(), ids=ONE.keys())
def test_one_output_is_two_classes_where_that_is_said(dress, photos):
    with pytest.raises(ValueError, match=r"one number for an image.* --output binary or --output regression"):
        split_model(Dressed(dress, names=None))
    split = split_model(Dressed(dress, names=None), "body.features", output="binary")
    found = {}
    for name in ("green", "red"):  # in the order of the folders: the second is the answer yes
        report = found[name] = build_report(split, photos, name, SETTINGS)
        assert {row.predicted for row in report.data.images} == {name}
        assert report.data.accuracy.value == 1.0
        assert report.data.model.output == "binary"
        of_photo = yes(PLAIN(to_tensor(photos.open(12))[None])).sigmoid().item()
        assert (report.data.images[0].probability == pytest.approx(of_photo, abs=1e-4)) == (name == "red")
    assert found["red"].data.target.names == ("red",)
    assert split.n_classes == 2


def test_one_name_of_a_yes_or_no_model_names_both_classes(photos):
    split = split_model(Dressed(yes, names=["red"]), "body.features", output="binary")
    report = build_report(split, photos, "red", SETTINGS)
    assert {row.predicted for row in report.data.images} == {"red"}
    assert split.outputs.names(["red"], 2) == ("not red", "red")


@pytest.mark.parametrize("n", [1, 2])
def test_quantities_are_explained_as_they_are_without_accuracy(n, photos, tmp_path):
    split = split_model(Dressed(lambda z: z[:, :n] * 3 - 1, names=None), "body.features", output="regression")
    target = "value" if n == 1 else "value 1"
    report = build_report(split, photos, target, SETTINGS)
    data = report.data
    assert data.accuracy is None
    assert len(data.images) == 24, "photos of all folders"
    values = PLAIN(torch.stack([to_tensor(photos.open(i)) for i in range(24)]))[:, n - 1] * 3 - 1
    np.testing.assert_allclose([row.score for row in data.images], values.numpy(), rtol=1e-4, atol=1e-5)
    assert {row.probability for row in data.images} == {None}
    assert {row.right for row in data.images} == {None}
    assert {row.reliability for row in data.concepts} == {None}
    assert data.mistakes == ()
    again = ClassReport.load(report.save(tmp_path / "report"))
    assert again.data == data
    page = render_report_html(again)
    assert "quantities, not classes" in page
    assert f"arrives at “{target}”" in page
    assert "100% right" not in page


def test_the_models_own_statement_counts_and_the_users_before_it(photos):
    class Config:
        problem_type = "regression"

    model = Dressed(yes, names=None)
    model.config = Config()
    assert split_model(model, "body.features").outputs.kind == "regression"
    assert split_model(model, "body.features", output="binary").outputs.kind == "binary"
    with pytest.raises(ValueError, match="output is 'maybe': choose one of classes, multilabel, binary, regression"):
        split_model(model, output="maybe")
    with pytest.raises(ValueError, match="'binary', and the model gives 3 numbers"):
        split_model(Dressed(lambda z: z), output="binary")


def test_a_split_elsewhere_keeps_the_meaning():
    split = split_model(Dressed(yes, names=None), "body.features", output="binary")
    other = split.at("body.pool")
    assert (other.layer, other.outputs.kind, other.n_classes) == ("body.pool", "binary", 2)


def test_the_statement_reaches_the_model_by_its_name(tmp_path):
    (tmp_path / "own.py").write_text(
        "from tests.support.tiny import build as tiny\nimport torch\n\n"
        "def one():\n    model = tiny()\n    model.linear = torch.nn.Linear(4, 1)\n    return model\n"
    )
    name = f"{tmp_path / 'own.py'}:one"
    with pytest.raises(ValueError, match=r"own.py:one': the model gives one number"):
        load_model(name)
    model = load_model(name, output="binary", class_names=["no", "yes"])
    assert model.card.class_names == ("no", "yes")
    assert split_model(model, "features").n_classes == 2
    assert load_model(name, output="binary", class_names=["broken"]).card.class_names == ("not broken", "broken")
    assert load_model(FACTORY, output="multilabel").card.output == "multilabel"


WRAPPERS = {
    "data parallel": nn.DataParallel,
    "compiled": torch.compile,
    "averaged": torch.optim.swa_utils.AveragedModel,
    "both": lambda model: nn.DataParallel(torch.optim.swa_utils.AveragedModel(model)),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS.keys())
def test_a_model_in_a_wrapper_is_the_model(wrap, images):
    split, plain = split_model(wrap(build()).eval(), "features"), split_model(build(), "features")
    assert split.card.fingerprint == plain.card.fingerprint
    assert split.card.transform is to_tensor
    torch.testing.assert_close(split.head(split.encode(images)), plain.head(plain.encode(images)))
    assert split.layers() == plain.layers()


def test_torchscript_is_told_in_one_line():
    with pytest.raises(ValueError, match=r"TorchScript, whose layers cannot be cut: build the Python model"):
        split_model(torch.jit.trace(build(), torch.zeros(1, 3, 32, 32)))


class Ungraded(nn.Module):
    """A model whose head gives no gradient."""

    def __init__(self):
        super().__init__()
        self.features, self.pool, self.linear = (build().get_submodule(name) for name in ("features", "pool", "linear"))
        self.transform, self.class_names = to_tensor, CLASSES
        self.eval()

    def forward(self, x):
        return self.linear(self.pool(self.features(x).detach()).flatten(1))


@pytest.mark.parametrize("method", ["gradient_input", "integrated_gradients", "saliency"])
def test_without_a_gradient_the_methods_that_work_are_named(method, photos):
    split = split_model(Ungraded(), "features")
    assert not split.differentiable
    with pytest.raises(
        ValueError, match=rf"no gradient after layer features .* which {method} follows.*: occlusion, sh"
    ):
        build_report(split, photos, "red", ReportSettings(n_concepts=3, importance=method))


@pytest.mark.parametrize("method", ["occlusion", "rise"])
def test_without_a_gradient_the_others_work(method, photos):
    settings = ReportSettings(n_concepts=3, importance=method)
    report = build_report(split_model(Ungraded(), "features"), photos, "red", settings)
    graded = build()
    graded.class_names = CLASSES
    plain = build_report(split_model(graded, "features"), photos, "red", settings)
    np.testing.assert_allclose(report.array("phi"), plain.array("phi"), atol=1e-5)
