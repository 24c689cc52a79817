"""What a concept looks like: kept and read again, damaged and drawn anew, traced to pixels; and the pages."""

import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from attribution import maco
from concepts.cli.main import main
from concepts.models import load_model, split_model
from concepts.report.class_report import ClassReport
from concepts.report.queries import visualisation
from concepts.report.queries.visualisation import DrawingFigures, concept_in_pixels, draw_concept, find_drawing
from concepts.report.rendering.overlay import OverlayStyle, in_place, overlay
from pages.report import visualisation as section
from pages.report.visualisation import drawn_sentence
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos

pytestmark = pytest.mark.slow

FIGURES = DrawingFigures(reached=5, random=1, random_best=2, photo=4, image=3, seconds=1, steps=9, crops=2, seed=0)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("looking")
    photos = write_photos(root / "photos", n=10)
    (root / "classes.txt").write_text("\n".join(CLASSES))
    given = ["--model", FACTORY, "--classes", str(root / "classes.txt"), "--images", str(photos), "--target", "red"]
    given += ["--layer", "features", "--concepts", "3", "--out", str(root / "reports" / "tiny")]
    assert main(["report", *given, "--store", str(root / "store")]) == 0
    split = split_model(load_model(FACTORY, class_names=CLASSES), "features")
    return root, ClassReport.load(root / "reports" / "tiny"), split


@pytest.fixture
def workspace(world, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    monkeypatch.setenv("CONCEPTS_MODELS", FACTORY)
    shutil.copytree(world[0] / "reports" / "tiny", tmp_path / "reports" / "tiny")
    return tmp_path


def red(report) -> int:
    """The concept of red squares: its direction has most of the channel that sees red."""
    V = report.array("components")
    return int((V[:, 0] / np.linalg.norm(V, axis=1)).argmax())


def test_the_numbers_of_a_drawing_are_said_once():
    assert (visualisation.STEPS, visualisation.CROPS) == (maco.STEPS, maco.CROPS)


def test_a_drawing_is_kept_and_read_without_the_model(world, tmp_path):
    _, report, split = world
    assert find_drawing(report, 0, tmp_path, steps=4) is None
    first = draw_concept(report, split, 0, store=tmp_path, steps=4)
    assert find_drawing(report, 0, tmp_path, steps=4) == first
    assert draw_concept(report, None, 0, store=tmp_path, steps=4) == first, "nothing is computed"
    assert find_drawing(report, 0, tmp_path, steps=5) is None
    assert find_drawing(report, 0, tmp_path, steps=4, seed=1) is None
    assert find_drawing(report, 1, tmp_path, steps=4) is None
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_another_model_of_the_same_place_is_drawn_anew(world, tmp_path):
    _, report, split = world
    draw_concept(report, split, 0, store=tmp_path, steps=2)
    data = replace(report.data, model=replace(report.data.model, fingerprint="another"))
    other = report.with_data(data)
    assert find_drawing(report, 0, tmp_path, steps=2) is not None
    assert find_drawing(other, 0, tmp_path, steps=2) is None


@pytest.mark.parametrize("name", ["picture.png", "figures.json"])
@pytest.mark.parametrize("content", [b"", b"no such thing", None])
def test_a_damaged_drawing_is_drawn_anew(world, tmp_path, name, content):
    _, report, split = world
    first = draw_concept(report, split, 0, store=tmp_path, steps=3)
    file = next(tmp_path.iterdir()) / name
    file.unlink() if content is None else file.write_bytes(content)
    assert find_drawing(report, 0, tmp_path, steps=3) is None
    again = draw_concept(report, split, 0, store=tmp_path, steps=3)
    assert again.picture == first.picture
    assert find_drawing(report, 0, tmp_path, steps=3) == again


def test_a_cut_off_picture_is_damaged(world, tmp_path):
    _, report, split = world
    first = draw_concept(report, split, 0, store=tmp_path, steps=2)
    (next(tmp_path.iterdir()) / "picture.png").write_bytes(first.picture[: len(first.picture) // 2])
    assert find_drawing(report, 0, tmp_path, steps=2) is None


def test_the_drawing_of_the_red_concept_is_redder_than_the_photos(world, tmp_path):
    _, report, split = world
    j = red(report)
    found = draw_concept(report, split, j, store=tmp_path, steps=40)
    pixels = np.asarray(Image.open(io.BytesIO(found.picture)), dtype=float)
    assert pixels.shape == (32, 32, 4)
    weights = pixels[..., 3]
    redness = pixels[..., 0] - pixels[..., 1:3].mean(axis=-1)
    assert (redness * weights).sum() / weights.sum() > redness[weights < weights.mean()].mean()
    V = torch.from_numpy(report.array("components")[j])
    seen = {found.figures.photo: report.thumbnail(found.figures.image), found.figures.reached: found.picture}
    for said, content in seen.items():
        rgb = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=np.float32)
        A = split.encode(torch.from_numpy(rgb).permute(2, 0, 1)[None] / 127.5 - 1)
        assert said == pytest.approx(float((A @ (V / V.norm())).max()), rel=0.01)  # the PNG has 8 bits


def test_the_pixels_of_the_red_concept_lie_on_the_red_square(world):
    _, report, split = world
    j = red(report)
    image = report.data.concepts[j].crops[0].image
    found = concept_in_pixels(report, split, j, image)
    picture = np.asarray(Image.open(io.BytesIO(report.thumbnail(image))), dtype=float)
    square = picture[..., 0] - picture[..., 1:].mean(axis=-1) > 120
    raising = np.maximum(found.pixels, 0)
    assert raising[square].sum() > 0.9 * raising.sum()
    assert square.mean() < 0.2
    assert found.gap < 0.02
    assert -1 <= found.control <= 1
    assert found.agreement > 0.4
    assert found.shown.shape == (32, 32)
    assert (found.shown <= found.top).mean() == pytest.approx(0.995, abs=0.002)


def test_a_concept_that_is_not_there_has_no_pixels(world):
    _, report, split = world
    maps = np.zeros_like(report.array("maps"))
    arrays = {"maps": maps, "components": report.array("components")}
    empty = ClassReport(report.data, arrays=arrays)
    with pytest.raises(ValueError, match="nowhere in this photo"):
        concept_in_pixels(empty, split, 0, 0)
    with pytest.raises(ValueError, match="no places"):
        concept_in_pixels(made_up_report(n=20, grid=False), split, 0, 0)


def grey(side=64):
    return Image.new("RGB", (side, side), (120, 120, 120))


def test_opacity_threshold_and_line_do_what_they_say():
    concept_map = np.zeros((4, 4))
    concept_map[0, 0], concept_map[3, 3] = 1.0, 0.4

    def drawn(**options):
        style = OverlayStyle(line=False, **options)
        return np.asarray(overlay(grey(), concept_map, top=1.0, side=64, style=style), dtype=int)

    bare = drawn(opacity=0.0)
    assert (bare == bare[0, 0]).all(), "at opacity 0 the photo shows"
    half, full = drawn(opacity=0.4), drawn(opacity=1.0)
    assert np.abs(full - bare)[4, 4].sum() > np.abs(half - bare)[4, 4].sum() > 0
    assert np.abs(full - bare)[60, 60].sum() > 0
    cut = drawn(opacity=1.0, threshold=0.5)
    assert (cut[60, 60] == bare[60, 60]).all()
    assert (cut[4, 4] == full[4, 4]).all()
    lined = np.asarray(overlay(grey(), concept_map, top=1.0, side=64))
    assert (lined == 255).all(axis=-1).any()
    assert not (full == 255).all(axis=-1).any()


def test_a_crop_lies_at_its_place_and_the_rest_is_dimmed():
    rng = np.random.default_rng(0)
    pixels = rng.integers(60, 200, (50, 100, 3), dtype=np.uint8)
    found = np.asarray(in_place(Image.fromarray(pixels), (0.2, 0.4, 0.5, 0.8), side=100), dtype=int)
    np.testing.assert_array_equal(found[24:36, 24:46], pixels[24:36, 24:46])
    outside = np.ones((50, 100), dtype=bool)
    outside[16:44, 16:54] = False
    assert (found[outside] < 0.5 * pixels.max()).all()
    assert (found[20, 20:50] == 255).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "No photo drives it so far: the drawing exaggerates."),
        ({"photo": 6.0}, "to the strongest real photo with 6. Where"),
        ({"reached": 1.5}, "no better than chance"),
        ({"photo": None}, "with random phases with 1 (at most 2). Where"),
    ],
)
def test_the_sentence_follows_the_figures(changes, said):
    assert said in drawn_sentence(replace(FIGURES, **changes))


def test_the_page_draws_on_demand_and_shows_what_is_kept(workspace, world, monkeypatch):
    app = open_page("report", id="tiny", concept=1)
    assert "answers to the drawing" not in shown(app)
    app.button(key="draw_1").click().run()
    assert not app.exception
    assert "data:image/png" in shown(app)
    assert "random phases" in shown(app)
    kept = find_drawing(world[1], 1, workspace / "store")
    assert drawn_sentence(kept.figures).split(";")[0] in shown(app)
    monkeypatch.setattr(section, "split_of", lambda report: pytest.fail("the model is not needed"))
    again = open_page("report", id="tiny", concept=1)
    assert "data:image/png" in shown(again)
    assert not [button for button in again.button if button.key == "draw_1"]


def test_the_page_shows_the_pixels_beside_the_map(workspace):
    app = open_page("report", id="tiny", image=0)
    assert "that drive" not in shown(app).split("Why this answer?")[0]
    app.toggle(key="in_pixels").set_value(True).run()
    assert not app.exception
    assert 'alt="the pixels of photo' in shown(app)
    assert "They add up to the activation&#39;s change with a gap of" in shown(app)


def test_how_the_map_is_drawn_changes_the_picture(workspace):
    app = open_page("report", id="tiny", image=0)
    before = pair(app)
    app.slider(key="map_opacity").set_value(0.2).run()
    paler = pair(app)
    assert before[0] == paler[0]
    assert before[1] != paler[1]
    app.toggle(key="map_line").set_value(False).run()
    assert pair(app)[1] != paler[1]


def pair(app) -> list[str]:
    """The pictures of the local view."""
    row = next(element.proto.body for element in app.get("html") if "cx-pair" in element.proto.body)
    return [part.split('"')[0] for part in row.split('src="')[1:]]


def test_the_crops_are_shown_in_their_photos(workspace):
    app = open_page("report", id="tiny", concept=0)
    assert "where the crop lies in" not in shown(app)
    app.toggle(key="in_place").set_value(True).run()
    assert "where the crop lies in" in shown(app)


def test_where_the_model_cannot_be_opened_the_page_says_why(workspace, monkeypatch):
    monkeypatch.setenv("CONCEPTS_MODELS", "")
    app = open_page("report", id="tiny", image=0, concept=0)
    app.toggle(key="in_pixels").set_value(True).run()
    assert "whoever runs this server has to name it" in app.info[0].value
    app = open_page("report", id="tiny", concept=0)
    app.button(key="draw_0").click().run()
    assert not app.exception
    assert "whoever runs this server has to name it" in app.info[0].value
